"""Alembic's folder. Run by storage/upgrade.py at every start; nobody calls `alembic` by hand."""
