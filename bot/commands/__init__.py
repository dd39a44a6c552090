"""The commands of `doithoai`, a file for each subject. Each imports what it needs when it runs: most need no Telegram."""
