"""Connections to SQLite that can be trusted: the start-up gate, the pragmas, one writer behind a lock.

Durability first. A SQLite with the WAL-reset bug (before 3.44.6, 3.50.7, 3.51.3) may lose commits in WAL mode, so it
gets a rollback journal with synchronous=EXTRA; a sound one gets WAL with synchronous=FULL. Every pragma is read back
on every new connection, because SQLite ignores what it cannot do without saying so.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from sqlalchemy import URL, Connection, NullPool, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.texts.keys import Key
from storage.faults import StorageFault

BUSY_MS = 10_000  # how long a statement waits for another process (a command beside the running bot)
OLDEST = (3, 35, 0)  # RETURNING

_WAL_RESET_FIXED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
_READERS = 4
_MORE_READERS = 8

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Safety:
    """How commits are made to survive a power cut. `synchronous` is SQLite's number: 2 is FULL, 3 is EXTRA."""

    journal: Literal["wal", "delete"]
    synchronous: Literal[2, 3]


def safety_of(version: Version) -> Safety:
    """The start-up gate. Raises StorageFault for a SQLite that lacks what our statements need."""
    if version < OLDEST:
        raise StorageFault(Key.STORAGE_SQLITE_OLD, found=_dotted(version), wanted=_dotted(OLDEST))
    major, minor, patch = version
    fixed_at = _WAL_RESET_FIXED.get((major, minor))
    sound = patch >= fixed_at if fixed_at is not None else version > (3, 51, 0)
    return Safety("wal", 2) if sound else Safety("delete", 3)


def linked_version() -> Version:
    """The SQLite that aiosqlite really uses (after the exchange in storage/__init__.py)."""
    major, minor, patch = sqlite3.sqlite_version_info
    return major, minor, patch


def database_file(url: str) -> Path:
    """The file that a URL names: `sqlite:///file`, `sqlite+aiosqlite:////abs/file` or `sqlite:///C:/file`.

    Raises StorageFault for anything else, passwords hidden.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageFault(Key.STORAGE_URL, url="") from error
    known = parsed.drivername in ("sqlite", "sqlite+aiosqlite")
    if not known or parsed.host or parsed.query or parsed.database in (None, "", ":memory:"):
        raise StorageFault(Key.STORAGE_URL, url=parsed.render_as_string(hide_password=True))
    return Path(str(parsed.database)).absolute()


def make_private(file: Path) -> None:
    """Make the file (0600) and its missing folders (0700), for nobody but us; what exists keeps its rights."""
    missing = [folder for folder in file.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def writer(file: Path) -> AsyncEngine:
    """One connection, every transaction of it begun with BEGIN IMMEDIATE."""
    # Whoever begins ends, too (a commit, or a rollback at closing): the pool need not roll back once more.
    return _engine(file, "BEGIN IMMEDIATE", _pragmas(), pool_size=1, max_overflow=0, pool_reset_on_return=None)


def readers(file: Path) -> AsyncEngine:
    """Connections that refuse to write; a transaction sees the database as it was at its first statement."""
    return _engine(file, "BEGIN", _pragmas() | {"query_only": 1}, pool_size=_READERS, max_overflow=_MORE_READERS)


def upgrader(file: Path) -> AsyncEngine:
    """A connection for migrations: a table that is built anew must not take the rows that refer to it along."""
    return _engine(file, "BEGIN IMMEDIATE", _pragmas() | {"foreign_keys": 0}, poolclass=NullPool)


async def within(connection: AsyncConnection) -> sqlite3.Connection:
    """The connection of sqlite3 within one of SQLAlchemy. Only for whoever knows that nothing runs in its thread."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    raw: sqlite3.Connection = driver._conn  # noqa: SLF001 - as SQLAlchemy itself does
    return raw


async def empty_wal(connection: AsyncConnection) -> bool:
    """Move the WAL file into the database and cut it to nothing; False where a reading still needs the old pages.

    A checkpoint cannot run inside a transaction, so this goes past SQLAlchemy, which would begin one.
    """
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.execute("PRAGMA busy_timeout=0")
    try:
        cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_ = await cursor.fetchone()
    finally:
        await driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return not busy


def _pragmas() -> dict[str, str | int]:
    safety = safety_of(linked_version())
    return {
        "busy_timeout": BUSY_MS,
        "journal_mode": safety.journal,
        "synchronous": safety.synchronous,
        "foreign_keys": 1,
        "secure_delete": 1,
        "recursive_triggers": 1,  # else REPLACE deletes rows of the history behind its trigger's back
    }


def _engine(file: Path, begin: str, pragmas: Mapping[str, str | int], **pool: Any) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(file)),
        # Python's own BEGIN is deferred, and late. The writer runs short statements outside the connection's thread.
        connect_args={"isolation_level": None, "check_same_thread": False},
        **pool,
    )
    event.listen(engine.sync_engine, "connect", lambda connection, _: _prepare(connection, file, pragmas))
    event.listen(engine.sync_engine, "begin", lambda connection: _begin(connection, begin))
    return engine


def _begin(connection: Connection, begin: str) -> None:
    """Past SQLAlchemy, which would make a cursor, read it out and close it: three ways to the thread and back."""
    adapted: Any = connection.connection.dbapi_connection
    try:
        adapted.run_async(lambda driver: driver.execute(begin))
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error) from error


def _prepare(connection: Any, file: Path, pragmas: Mapping[str, str | int]) -> None:
    """Set every pragma and read it back; a connection that cannot be trusted is closed."""
    try:
        for name, wanted in pragmas.items():
            _set(connection, file, name, wanted)
    except BaseException:
        connection.close()
        raise


def _set(connection: Any, file: Path, name: str, wanted: str | int) -> None:
    _ask(connection, f"PRAGMA {name}={wanted}")
    found = _ask(connection, f"PRAGMA {name}")
    if found != wanted:
        raise StorageFault(Key.STORAGE_SETTING, name=name, wanted=wanted, found=found, path=file)


def _ask(connection: Any, pragma: str) -> object:
    cursor = connection.cursor()
    cursor.execute(pragma)
    row = cursor.fetchone()
    cursor.close()
    return None if row is None else row[0]


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))


class Turn:
    """The lock in front of the writer: whoever comes first writes first. Waiting for oneself is a fault, not a wait."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None

    @property
    def taken(self) -> bool:
        return self._lock.locked()

    async def __aenter__(self) -> None:
        if self._owner is not None and self._owner is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction of the same task would wait for itself for ever")
        await self._lock.acquire()
        self._owner = asyncio.current_task()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owner = None
        self._lock.release()
