"""One file of SQLite: one process writes, one transaction at a time; readings go beside it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import engine
from storage.work import Work
from storage.writer import OnCommit, Writer


class SqliteFile:
    """See storage.database.Database. Close it, or the last pages wait in the WAL file."""

    shared = False

    def __init__(self, file: Path, on_commit: OnCommit | None) -> None:
        self._file = file
        self.writer = engine.writer(file)
        self.readers = engine.readers(file)
        self._writing = Writer(self.writer, on_commit)
        self._glancing: AsyncConnection | None = None
        self._glance_raw: sqlite3.Connection | None = None

    def writing(self) -> AbstractAsyncContextManager[Work]:
        return self._writing.transaction()

    intake = writing

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        async with self.readers.connect() as connection:
            yield Work(connection)
        await self._writing.wipe_if_due()

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Work]:
        if self._glancing is None:
            async with self.reading() as work:
                yield work
        else:
            yield Work(self._glancing, raw=self._glance_raw)

    claiming = glance  # nobody else is at work: what is next needs no mark, and so no commit

    async def lead(self) -> FileLock | None:
        return FileLock.taken(lock_of(self._file))

    async def follow(self, told: Callable[[], None]) -> None:
        del told  # there is no other process to hear of
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Let a running transaction end, then close every connection; the last one empties the WAL file."""
        await self._writing.close(self._close_readers)

    async def _close_readers(self) -> None:
        if self._glancing is not None:
            await self._glancing.close()
            self._glancing = self._glance_raw = None
        await self.readers.dispose()

    async def try_both(self) -> None:
        """Make a connection of either kind, so that a pragma that is refused shows at the start."""
        try:
            for one in (self.writer, self.readers):
                async with one.connect():
                    pass
            if engine.safety_of(engine.linked_version()).journal == "wal":  # else a reading may have to wait
                self._glancing = await self.readers.connect()
                self._glance_raw = await engine.within(self._glancing)
        except BaseException:
            await self.close()
            raise


def lock_of(file: Path) -> Path:
    """The file that is locked while a bot runs on the database."""
    return file.with_name(f"{file.name}.lock")


class FileLock:
    """See bot.ports.Leadership: an empty database beside ours, locked. The system frees it when the process is gone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def taken(cls, file: Path) -> FileLock | None:
        """The lock, or None where another process holds it."""
        engine.make_private(file)
        # SQLite knows how to lock a file on every system.
        connection = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return None
        return cls(connection)

    async def hold(self) -> None:
        await asyncio.Event().wait()

    async def end(self) -> None:
        self.release()

    def release(self) -> None:
        """The same for those who do not wait."""
        self._connection.close()
