"""An empty database of today's schema, made by the real migrations once a run and copied to wherever a test wants one.

A migration takes six times as long as opening what is migrated already, and nearly every test wants an empty database.
What opening promises still holds: SqlStore.open checks revision and pragmas of a copy as of any other file. Tests of
opening itself (tests/integration/test_storage_opening.py) begin with no file.

Where DOITHOAI_TEST_POSTGRES names a server (see tests/postgres), the same tests get a database of it instead; a file
then only names it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from bot.domain.deadline import VIETNAM
from storage.store import SqlStore

SERVER = os.environ.get("DOITHOAI_TEST_POSTGRES", "")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=VIETNAM)  # what the database notes as the instant of its making
_made: dict[Path, str] = {}


def empty_database(file: Path) -> str:
    """Put an empty, migrated database at `file`, for us alone, unless something is there; its URL for SqlStore.open."""
    if SERVER:
        if file not in _made:
            _made[file] = _copied(_name(file), _template())
        return url_of(file)
    return empty_file(file)


def empty_file(file: Path) -> str:
    """The same, always as a file of SQLite."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_migrated())
    return f"sqlite+aiosqlite:///{file.as_posix()}"


def url_of(file: Path) -> str:
    """The URL that `empty_database` will give; nothing is made."""
    return on_server(_name(file)) if SERVER else f"sqlite+aiosqlite:///{file.as_posix()}"


def bare_database(file: Path) -> str:
    """A database of the server without any table; its URL. Only where there is a server."""
    _made[file] = _copied(_name(file), "template0")
    return url_of(file)


def forget_database(file: Path) -> None:
    """Make as if there had never been one; nobody has it open."""
    if SERVER:
        drop_databases()
    else:
        file.unlink()


def drop_databases() -> None:
    """Give back what was made on the server since the last time."""
    names = list(_made.values())
    _made.clear()
    if names:
        _run(_admin(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names)))


def on_server(name: str) -> str:
    """The URL of a database of the server."""
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


def _name(file: Path) -> str:
    return f"t_{sha256(str(file).encode()).hexdigest()[:20]}"


def _copied(name: str, template: str) -> str:
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    _run(_admin(drop, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return name


@cache
def _template() -> str:
    name = f"template_{os.getpid()}"

    async def make() -> None:
        await _admin(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE template0')
        await (await SqlStore.open(on_server(name), at=_LONG_AGO)).close()

    _run(make())
    return name


@cache
def _migrated() -> bytes:
    async def make(file: Path) -> bytes:
        store = await SqlStore.open(f"sqlite:///{file.as_posix()}", at=_LONG_AGO)
        await store.close()
        assert [made.name for made in file.parent.iterdir()] == [file.name]  # nothing waits in a WAL file
        return file.read_bytes()

    with TemporaryDirectory() as folder:
        return _run(make(Path(folder, "x.sqlite3")))


async def _admin(*statements: str) -> None:
    connection = await asyncpg.connect(SERVER)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own, because whoever asks may stand in a running event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
