"""A PostgreSQL database that several processes share: one of them writes at a time, one of them leads."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
from sqlalchemy import text

from storage import postgres
from storage.engine import Turn
from storage.work import Work
from storage.writer import OnCommit

logger = logging.getLogger(__name__)

_TELL = text("SELECT pg_notify(:channel, :by)")
# What a claim loses in a power cut is only the claim.
_WITHOUT_WAITING = text("SET LOCAL synchronous_commit = off")
_PAUSE = 1.0
_LOOK_EACH = 5.0
_LOOK_FOR = 5.0


class PostgresServer:
    """See storage.database.Database. `me` tells the processes apart: in claims, and in what they tell each other."""

    shared = True

    def __init__(self, url: str, on_commit: OnCommit | None) -> None:
        self._url = url
        self.writer = postgres.writers(url)
        self.readers = postgres.readers(url)
        self._on_commit = on_commit
        self._turn = Turn()  # at this process's place in the queue; and it knows who would wait for himself
        self.me = secrets.token_hex(8)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Work]:
        async with self._turn, self.writer.begin() as connection:
            with postgres.writer_free(self._url):
                await connection.execute(postgres.lock(postgres.WRITER))
            work = Work(connection, self.me)
            yield work
            await self._tell(work)
        self._committed(work)

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[Work]:
        async with self.writer.begin() as connection:
            work = Work(connection, self.me)
            yield work
            await self._tell(work)
        self._committed(work)

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[Work]:
        async with self.writer.begin() as connection:
            await connection.execute(_WITHOUT_WAITING)
            yield Work(connection, self.me)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        async with self.readers.connect() as connection:
            yield Work(connection, self.me)

    glance = reading

    async def lead(self) -> ServerLock | None:
        return await ServerLock.taken(self._url)

    async def follow(self, told: Callable[[], None]) -> None:
        """Listen for as long as the connection holds, and again; what was said in between is made up by one beat."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen(told)
            await asyncio.sleep(_PAUSE)

    async def close(self) -> None:
        async with self._turn:
            await self.readers.dispose()
            await self.writer.dispose()

    async def _listen(self, told: Callable[[], None]) -> None:
        def heard(_connection: object, _pid: object, _channel: object, by: object) -> None:
            if by != self.me:
                told()

        connection = await postgres.connect(self._url)
        try:
            await connection.add_listener(postgres.CHANNEL, heard)
            told()
            await _until_lost(connection)
        finally:
            connection.terminate()

    async def _tell(self, work: Work) -> None:
        """Part of the transaction: the others hear of it when it is committed, and never before."""
        if work.touched:
            await work.run(_TELL.bindparams(channel=postgres.CHANNEL, by=self.me))

    def _committed(self, work: Work) -> None:
        if work.touched and self._on_commit is not None:
            self._on_commit(work.touched)


class ServerLock:
    """See bot.ports.Leadership: an advisory lock of a connection. The server frees it when the process is gone."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    async def taken(cls, url: str) -> ServerLock | None:
        """The lock, or None where another process holds it."""
        connection = await postgres.connect(url)
        try:
            got = await postgres.try_to_keep(connection, postgres.LEADER)
        except BaseException:
            connection.terminate()
            raise
        if got:
            return cls(connection)
        await connection.close()
        return None

    async def hold(self) -> None:
        await _until_lost(self._connection)

    async def end(self) -> None:
        try:
            await self._connection.close(timeout=_LOOK_FOR)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection.terminate()


async def _until_lost(connection: asyncpg.Connection) -> None:
    """Return as soon as the connection is gone; a server that says nothing for too long counts as gone."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    while not connection.is_closed():
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EACH):
                await ended.wait()
        try:
            await connection.execute("SELECT 1", timeout=_LOOK_FOR)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("lost the connection to the database server: %s", type(error).__name__)
            return
