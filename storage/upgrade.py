"""Brings the schema to this program's revision, whole or not at all, before anything else touches the database.

Alembic runs inside one transaction of ours, and nobody writes beside it. Building a table anew can silently drop its
triggers and lose rows, so both are compared before the commit.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.texts.keys import Key
from storage.faults import StorageFault
from storage.prepared import insert_into
from storage.schema import facts

MIGRATIONS = Path(__file__).parent / "migrations"
TRIGGERS = {"history_no_update", "history_no_delete"}

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'history'::regclass AND tgenabled = 'O'",
}


def upgrade(connection: Connection, path: str, at: datetime, migrations: Path = MIGRATIONS) -> bool:
    """Run the missing revisions; True where there were any. The caller's transaction commits or rolls back.

    Raises StorageFault where the database is not ours, is newer than this program, or would not survive whole.
    """
    config = _config(connection, migrations)
    script = ScriptDirectory.from_config(config)
    current = _current(connection, path, script)
    if current == script.get_current_head():
        return False
    before = _row_counts(connection)
    command.upgrade(config, "head")
    _check_whole(connection, path, before)
    _note(connection, "schema_made_at" if current is None else "schema_upgraded_at", at)
    return True


def is_behind(connection: Connection, path: str, migrations: Path = MIGRATIONS) -> bool:
    """Whether there is a database of ours that `upgrade` would change. Raises StorageFault as that does."""
    script = ScriptDirectory.from_config(_config(connection, migrations))
    return _current(connection, path, script) not in (None, script.get_current_head())


def _config(connection: Connection, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection, path: str, script: ScriptDirectory) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and inspect(connection).get_table_names():
        raise StorageFault(Key.STORAGE_NOT_OURS, path=path)
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise StorageFault(Key.STORAGE_NEWER, path=path, found=current)
    return current


def _row_counts(connection: Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar_one()  # noqa: S608
        for name in inspect(connection).get_table_names()
    }


def _check_whole(connection: Connection, path: str, before: dict[str, int]) -> None:
    after = _row_counts(connection)
    lost = [name for name, rows in before.items() if after.get(name, 0) < rows and name != "alembic_version"]
    if connection.dialect.name == "sqlite":  # where foreign keys were off meanwhile
        lost += [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    lost += sorted(TRIGGERS - set(connection.exec_driver_sql(_TRIGGERS[connection.dialect.name]).scalars()))
    if lost:
        raise StorageFault(Key.STORAGE_UPGRADE, path=path, what=", ".join(dict.fromkeys(lost)))


def _note(connection: Connection, name: str, at: datetime) -> None:
    value = at.isoformat()
    fact = insert_into(facts, connection.dialect).values(name=name, value=value)
    connection.execute(fact.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
