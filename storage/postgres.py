"""Connections to PostgreSQL that can be trusted: which address, which server, which settings, and why not.

Writers of all processes go one after another, behind one advisory lock: every use case was written for that, and the
chain of the history needs it. A transaction is READ COMMITTED, so that what it reads once it has the lock is what the
one before it committed.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy import NullPool, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.texts.keys import Key
from storage.faults import StorageFault

OLDEST = 140_000  # server_version_num
CHANNEL = "doithoai"  # of NOTIFY

# Advisory locks are numbers, of each database by itself. Ours begin with "DoiThoa".
WRITER, LEADER = 0x446F6954686F6101, 0x446F6954686F6102

_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
_WRITERS, _READERS, _MORE = 4, 4, 4  # connections; a server grants a hundred to all processes together
_STATEMENTS = 500  # prepared ones that each connection keeps; we have about that many
_REACH_SECONDS = 10.0
_STATEMENT_SECONDS = 120.0
_SESSION = {
    "application_name": "doithoai",
    "TimeZone": "UTC",
    "synchronous_commit": "on",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "120s",  # a process that hangs must not keep the others from writing
    # A machine that is gone without a word must not keep its locks for hours.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
}
_TRUSTED = (("synchronous_commit", "on"), ("fsync", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8"))


class WriterBusy(TimeoutError):
    """Another process kept the writing lock longer than anybody waits for it. Nothing was changed; try again later."""


def is_postgres(url: str) -> bool:
    """Whether the URL names a PostgreSQL database."""
    return urlsplit(url).scheme in _SCHEMES


def address(url: str) -> str:
    """Where the database is, for people: no user and no password."""
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.hostname or 'localhost'}{port}{parts.path}"


def writers(url: str) -> AsyncEngine:
    """Connections that write: one with the lock, a few for what needs none. Each is tried before it is handed out:
    after a restart of the server the first who writes must not be turned away.
    """
    return _engine(url, pool_size=_WRITERS, max_overflow=_MORE, pool_pre_ping=True)


def readers(url: str) -> AsyncEngine:
    """Connections that refuse to write; a transaction sees the database as it was at its first statement."""
    engine = _engine(url, pool_size=_READERS, max_overflow=_MORE, pool_pre_ping=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def upgrader(url: str) -> AsyncEngine:
    """A connection for migrations: one process at a time, and nobody writes meanwhile."""
    engine = _engine(url, poolclass=NullPool)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.execute(lock(WRITER)))
    return engine


async def connect(url: str) -> asyncpg.Connection:
    """A connection of its own, outside every pool: for a lock or for listening."""
    scheme, *rest = urlsplit(url)
    del scheme
    return await asyncpg.connect(
        urlunsplit(("postgresql", *rest)),
        timeout=_REACH_SECONDS,
        command_timeout=_STATEMENT_SECONDS,
        server_settings=_SESSION,
    )


def lock(which: int) -> Any:
    """The statement that waits for one of our locks and keeps it to the end of the transaction."""
    return text("SELECT pg_advisory_xact_lock(:which)").bindparams(which=which)


async def try_to_keep(connection: asyncpg.Connection, which: int) -> bool:
    """Whether this connection has the lock from now on, for as long as it lives."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", which))


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the system or the server says while the database is opened into a StorageFault; others pass."""
    try:
        yield
    except ValueError as error:  # a port that is no number, a setting of the address that there is not
        raise StorageFault(Key.STORAGE_URL, url=address(url)) from error
    except (OSError, asyncpg.InterfaceError) as error:
        raise StorageFault(Key.STORAGE_PG_UNREACHABLE, path=address(url)) from error
    except (DBAPIError, asyncpg.PostgresError) as error:
        if isinstance(error, DBAPIError) and isinstance(error.orig, OSError):
            raise StorageFault(Key.STORAGE_PG_UNREACHABLE, path=address(url)) from error
        key = _BY_STATE.get(sqlstate(error))
        if key is None:
            raise
        raise StorageFault(key, path=address(url)) from error


@contextmanager
def writer_free(url: str) -> Iterator[None]:
    """Waiting for the lock: give a WriterBusy where it took too long."""
    try:
        yield
    except DBAPIError as error:
        if sqlstate(error) != _LOCK_NOT_AVAILABLE:
            raise
        raise WriterBusy(errno.ETIMEDOUT, "another process is writing", address(url)) from error


def sqlstate(error: BaseException) -> str:
    """The server's five characters for what went wrong; "" where it was not the server."""
    found = getattr(error, "orig", None) or error
    return getattr(found, "sqlstate", None) or ""


_LOCK_NOT_AVAILABLE = "55P03"
_BY_STATE = {
    "28P01": Key.STORAGE_PG_PASSWORD,
    "28000": Key.STORAGE_PG_PASSWORD,
    "3D000": Key.STORAGE_PG_MISSING,
    "42501": Key.STORAGE_PG_RIGHTS,
    "53300": Key.STORAGE_PG_CROWDED,
    "57P03": Key.STORAGE_PG_UNREACHABLE,
    _LOCK_NOT_AVAILABLE: Key.STORAGE_PG_LOCKED,
    "53100": Key.STORAGE_PG_FULL,
}


def _engine(url: str, **pool: Any) -> AsyncEngine:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: connect(url),
        connect_args={"prepared_statement_cache_size": _STATEMENTS},
        **pool,
    )
    event.listen(engine.sync_engine, "connect", lambda connection, _: _prepare(connection, url))
    return engine


def _prepare(connection: Any, url: str) -> None:
    """Ask the server what it is; one that may lose what it has confirmed is refused."""
    cursor = connection.cursor()
    names = ("server_version_num", *(name for name, _ in _TRUSTED))
    cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
    version, *found = cursor.fetchone()
    cursor.close()
    connection.rollback()
    if int(version) < OLDEST:
        raise StorageFault(Key.STORAGE_PG_OLD, path=address(url), found=_major(version), wanted=_major(OLDEST))
    for (name, wanted), value in zip(_TRUSTED, found, strict=True):
        if value != wanted:
            raise StorageFault(Key.STORAGE_PG_SETTING, path=address(url), name=name, wanted=wanted, found=value)


def _major(version: str | int) -> str:
    return str(int(version) // 10_000)
