"""The commands of `doithoai`, a file for each subject. Each imports only what it needs."""
