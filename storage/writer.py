"""The one connection of SQLite that writes: transactions one after another, those that wait for each other in one
commit.

A commit that survives a power cut costs more than all that most transactions do. So whoever ends while others wait
shares theirs: each is a savepoint, which comes undone alone where it fails, and nobody hears that theirs is over before
the commit of all of them is on the disk.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.usecases.tasks import start
from storage import engine
from storage.work import Work, to_its_end

_log = logging.getLogger(__name__)

OnCommit = Callable[[Collection[str]], None]
"""Is told of the tables that a commit touched."""


class Undone(Exception):
    """What stopped another task undid this transaction too. Nothing was changed; try again."""


class Batch:
    """Transactions that share a commit. `ended` gives the fault that undid all of them, None where they are kept."""

    def __init__(self, connection: AsyncConnection, raw: sqlite3.Connection) -> None:
        self.connection = connection
        self.raw = raw
        self.touched: set[str] = set()
        self.erased = False
        self.ended: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def part(self) -> AsyncIterator[Work]:
        """One transaction of them. What it raises undoes it alone, wherever that is still possible."""
        self.raw.execute("SAVEPOINT part")
        work = Work(self.connection, raw=self.raw)
        try:
            yield work
        except BaseException:
            if not self.is_lost:
                self.raw.execute("ROLLBACK TO part")
            raise
        self.raw.execute("RELEASE part")
        self.touched |= work.touched
        self.erased = self.erased or work.erased

    @property
    def is_lost(self) -> bool:
        """Some faults (a full disk) make SQLite undo everything by itself."""
        try:
            return not self.raw.in_transaction
        except sqlite3.ProgrammingError:  # the connection was given up, and with it all that was not committed
            return True


class Writer:
    """Hands out the writing transactions of one engine, whose pool has one connection."""

    def __init__(self, connections: AsyncEngine, on_commit: OnCommit | None) -> None:
        self._connections = connections
        self._on_commit = on_commit
        self._turn = engine.Turn()
        self._batch: Batch | None = None
        self._wipe_due = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Work]:
        """Over when it is committed. Raises RuntimeError inside another one of the same task."""
        async with self._turn:
            batch = self._batch or await self._begin()
            try:
                async with batch.part() as work:
                    yield work
            except BaseException as fault:
                if batch.is_lost and not batch.ended.done():
                    await self._end(batch, fault)
                raise
        undone_by = await asyncio.shield(batch.ended)
        if undone_by is not None:
            raise undone_by

    async def wipe_if_due(self) -> None:
        """What a reading kept from being wiped is wiped now, unless somebody writes, who will do it."""
        if self._wipe_due and not self._turn.taken:
            async with self._turn:
                if self._batch is None:
                    async with self._connections.connect() as connection:
                        await self._wipe(connection)

    async def close(self, others: Callable[[], Awaitable[None]]) -> None:
        """Let what runs come to its end; then close `others` and, last of all, this connection."""
        while self._batch is not None:
            await asyncio.shield(self._batch.ended)
        async with self._turn:
            await others()
            await self._connections.dispose()

    async def _begin(self) -> Batch:
        connection = await self._connections.connect()
        try:
            await to_its_end(connection.begin().start())  # else it would begin after its connection was given back
            raw = await engine.within(connection)
        except BaseException:
            await connection.close()
            raise
        self._batch = Batch(connection, raw)
        # Behind all who wait for their turn by now: they come in before the commit.
        start(self._commit(self._batch), "commit")
        return self._batch

    async def _commit(self, batch: Batch) -> None:
        try:
            async with self._turn:
                if not batch.ended.done():
                    await self._end(batch, None)
        except asyncio.CancelledError:
            if not batch.ended.done():
                await self._end(batch, asyncio.CancelledError())
            raise

    async def _end(self, batch: Batch, fault: BaseException | None) -> None:
        """Commit, or undo what a fault left; then tell everybody who takes part."""
        self._batch = None
        try:
            if fault is None:
                await batch.connection.commit()
                self._wipe_due = self._wipe_due or batch.erased
                if self._wipe_due:
                    await self._wipe(batch.connection)
        except BaseException as refused:  # noqa: BLE001 - each of those who take part raises it
            fault = refused
        try:
            if not batch.is_lost:  # SQLAlchemy does not undo what could not be committed
                batch.raw.rollback()
            await batch.connection.close()
        finally:
            batch.ended.set_result(_for_the_others(fault))
        if fault is None and batch.touched and self._on_commit is not None:
            self._on_commit(batch.touched)

    async def _wipe(self, connection: AsyncConnection) -> None:
        """Empty the WAL file, which still holds what was erased (secure_delete clears only the database itself).

        Never waits for a reading that still needs the old pages: the next commit, or the end of that reading, tries
        again. The erasure is committed already, so a fault here must not look like a failed transaction.
        """
        try:
            self._wipe_due = not await engine.empty_wal(connection)
        except (DBAPIError, sqlite3.Error) as error:
            _log.warning("could not empty the WAL file after an erasure: %s", type(error).__name__)


def _for_the_others(fault: BaseException | None) -> BaseException | None:
    """A task must not be cancelled because another one was: the part that it runs would be gone without a word."""
    return fault if fault is None or isinstance(fault, Exception) else Undone(type(fault).__name__)
