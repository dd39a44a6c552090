"""Brings the schema to this program's revision, whole or not at all, before anything else touches the database.

Alembic runs inside one BEGIN IMMEDIATE of ours. Building a table anew can silently drop its triggers and lose rows, so
both are compared before the commit.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import sqlite

from bot.texts.keys import Key
from storage.faults import StorageFault
from storage.schema import facts

MIGRATIONS = Path(__file__).parent / "migrations"
TRIGGERS = {"history_no_update", "history_no_delete"}


def upgrade(connection: Connection, file: Path, at: datetime, migrations: Path = MIGRATIONS) -> bool:
    """Run the missing revisions; True where there were any. The caller's transaction commits or rolls back.

    Raises StorageFault where the database is not ours, is newer than this program, or would not survive whole.
    """
    config = _config(connection, migrations)
    script = ScriptDirectory.from_config(config)
    current = _current(connection, file, script)
    if current == script.get_current_head():
        return False
    before = _row_counts(connection)
    command.upgrade(config, "head")
    _check_whole(connection, file, before)
    _note(connection, "schema_made_at" if current is None else "schema_upgraded_at", at)
    return True


def _config(connection: Connection, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection, file: Path, script: ScriptDirectory) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and inspect(connection).get_table_names():
        raise StorageFault(Key.STORAGE_NOT_OURS, path=file)
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise StorageFault(Key.STORAGE_NEWER, path=file, found=current)
    return current


def _row_counts(connection: Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar_one()  # noqa: S608
        for name in inspect(connection).get_table_names()
    }


def _check_whole(connection: Connection, file: Path, before: dict[str, int]) -> None:
    after = _row_counts(connection)
    lost = [name for name, rows in before.items() if after.get(name, 0) < rows and name != "alembic_version"]
    lost += [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
    lost += sorted(TRIGGERS - set(triggers))
    if lost:
        raise StorageFault(Key.STORAGE_UPGRADE, path=file, what=", ".join(dict.fromkeys(lost)))


def _note(connection: Connection, name: str, at: datetime) -> None:
    value = at.isoformat()
    fact = sqlite.insert(facts).values(name=name, value=value)
    connection.execute(fact.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
