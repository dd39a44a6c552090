"""Alembic's entry: uses the connection, and the transaction, that storage/upgrade.py has opened."""

from __future__ import annotations

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can; Alembic does not expect it to
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
