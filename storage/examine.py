"""A look at a database that changes nothing of it, not even its schema, before anything runs."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from alembic.script import ScriptDirectory

from bot.domain.checkup import Examined
from storage import engine, postgres
from storage.upgrade import MIGRATIONS

_REVISION = "SELECT version_num FROM alembic_version"
_COMPLAINTS = 3


async def examine(url: str) -> Examined:
    """Raises StorageFault where it cannot be reached, sqlite3.Error for a file that is no database."""
    if postgres.is_postgres(url):
        return await _server(url)
    return await asyncio.to_thread(_file, url)


def _wanted() -> str:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "there are revisions"
    return head


def _file(url: str) -> Examined:
    file = engine.database_file(url)
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        complaints = [row[0] for row in connection.execute(f"PRAGMA quick_check({_COMPLAINTS})")]
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        revision = connection.execute(_REVISION).fetchone() if known else None
    safety = engine.safety_of(engine.linked_version())
    return Examined(
        place=str(file),
        version=f"SQLite {sqlite3.sqlite_version}",
        revision=revision[0] if revision else None,
        wanted=_wanted(),
        damage="" if complaints == ["ok"] else "; ".join(map(str, complaints)),
        cautious=safety.journal != "wal",
        size=file.stat().st_size,
    )


async def _server(url: str) -> Examined:
    with postgres.explained(url):
        connection = await postgres.connect(url)
        try:
            known = await connection.fetchval("SELECT to_regclass('alembic_version')")
            return Examined(
                place=postgres.address(url),
                version=f"PostgreSQL {await connection.fetchval('SHOW server_version')}",
                revision=await connection.fetchval(_REVISION) if known else None,
                wanted=_wanted(),
                size=await connection.fetchval("SELECT pg_database_size(current_database())"),
            )
        finally:
            await connection.close()
