"""The store: opens the database that a URL names, hands out transactions, and readings beside them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.message import Address
from bot.ports import (
    AnswerFileTable,
    AnswerNewsTable,
    AnswerTable,
    AskTable,
    BoardTable,
    DecisionTable,
    ExportedTable,
    ExportTable,
    FactTable,
    HistoryTable,
    InboxTable,
    IssueTable,
    Leadership,
    ListTable,
    ModeratorTable,
    NewsTable,
    OutboxTable,
    PersonTable,
    PhotoTable,
    PrivacyTable,
    ProgrammeTable,
    QuarantineTable,
    Said,
    SessionTable,
    SlipTable,
    SubmissionTable,
    ThreadTable,
    VitalsTable,
)
from storage import engine, postgres
from storage.answer_files import AnswerFiles
from storage.answer_news import AnswerNews
from storage.answers import Answers
from storage.asks import Asks
from storage.board import Board
from storage.database import Database
from storage.decisions import Decisions
from storage.exported import Exported
from storage.exports import Exports
from storage.facts import Facts
from storage.faults import explained
from storage.history import History
from storage.inbox import Inbox
from storage.issues import Issues
from storage.lists import Lists
from storage.moderators import Moderators
from storage.news import News
from storage.outbox import Outbox
from storage.people import People
from storage.photos import Photos
from storage.postgres_server import PostgresServer
from storage.privacy import Privacy
from storage.programmes import Programmes
from storage.quarantine import Quarantine
from storage.sessions import Sessions
from storage.slips import Slips
from storage.sqlite_file import SqliteFile
from storage.submissions import Submissions
from storage.threads import Threads
from storage.upgrade import is_behind, upgrade
from storage.vitals import Vitals
from storage.work import Work
from storage.writer import OnCommit


class SqlTransaction:
    """See bot.ports.Transaction: every table, on one connection."""

    def __init__(self, work: Work) -> None:
        outbox = Outbox(work)
        self._said = outbox.said
        self.inbox: InboxTable = Inbox(work)
        self.outbox: OutboxTable = outbox
        self.sessions: SessionTable = Sessions(work)
        self.people: PersonTable = People(work)
        self.submissions: SubmissionTable = Submissions(work)
        self.issues: IssueTable = Issues(work)
        self.history: HistoryTable = History(work)
        self.news: NewsTable = News(work)
        self.asks: AskTable = Asks(work)
        self.answers: AnswerTable = Answers(work)
        self.answer_files: AnswerFileTable = AnswerFiles(work)
        self.answer_news: AnswerNewsTable = AnswerNews(work)
        self.decisions: DecisionTable = Decisions(work)
        self.board: BoardTable = Board(work)
        self.lists: ListTable = Lists(work)
        self.threads: ThreadTable = Threads(work)
        self.moderators: ModeratorTable = Moderators(work)
        self.programmes: ProgrammeTable = Programmes(work)
        self.exports: ExportTable = Exports(work)
        self.exported: ExportedTable = Exported(work)
        self.slips: SlipTable = Slips(work)
        self.photos: PhotoTable = Photos(work)
        self.privacy: PrivacyTable = Privacy(work)
        self.facts: FactTable = Facts(work)
        self.vitals: VitalsTable = Vitals(work)
        self.quarantine: QuarantineTable = Quarantine(work)

    async def said(self, address: Address, after_id: int) -> list[Said]:
        return await self._said(address, after_id)


class SqlStore:
    """See bot.ports.Store. Made by `SqlStore.open`, which knows what the URL names; close it at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.took: Callable[[float], None] = lambda _: None
        """Is told how many seconds each writing transaction took, from asking for its turn to the commit."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        on_commit: OnCommit | None = None,
        before_upgrade: Callable[[], Awaitable[None]] | None = None,
        at: datetime,
    ) -> SqlStore:
        """Open (or make) the database that `url` names, and bring its schema up to date.

        `on_commit` is told after every commit which tables it touched, `before_upgrade` before a schema is changed that
        holds data (what it raises stops the upgrade); `at` is noted where the schema changed. Raises StorageFault with
        a sentence for whoever starts the program.
        """
        if postgres.is_postgres(url):
            return cls(await _open_postgres(url, on_commit, at))
        return cls(await _open_sqlite(url, on_commit, before_upgrade, at))

    @property
    def shared(self) -> bool:
        return self._database.shared

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction; one at a time, in the order of asking. Raises RuntimeError inside another one."""
        asked = time.monotonic()
        async with self._database.writing() as work:
            yield SqlTransaction(work)
        self.took(time.monotonic() - asked)

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[SqlTransaction]:
        async with self._database.intake() as work:
            yield SqlTransaction(work)

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[SqlTransaction]:
        async with self._database.claiming() as work:
            yield SqlTransaction(work)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTransaction]:
        """A consistent view beside the writer; writing in it raises."""
        async with self._database.reading() as work:
            yield SqlTransaction(work)

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[SqlTransaction]:
        async with self._database.glance() as work:
            yield SqlTransaction(work)

    async def lead(self) -> Leadership | None:
        return await self._database.lead()

    async def follow(self, told: Callable[[], None]) -> None:
        await self._database.follow(told)

    async def close(self) -> None:
        """Let a running transaction end, then close every connection."""
        await self._database.close()


async def is_there(url: str) -> bool:
    """Whether `url` names a database that was made already. Raises StorageFault where nobody can tell."""
    if not postgres.is_postgres(url):
        return engine.database_file(url).is_file()
    with postgres.explained(url):
        connection = await postgres.connect(url)
        try:
            return await connection.fetchval("SELECT to_regclass('alembic_version')") is not None
        finally:
            await connection.close()


async def _open_sqlite(
    url: str, on_commit: OnCommit | None, before_upgrade: Callable[[], Awaitable[None]] | None, at: datetime
) -> Database:
    file = engine.database_file(url)
    with explained(file):
        engine.make_private(file)
        if before_upgrade is not None and await _is_behind(engine.upgrader(file), str(file)):
            await before_upgrade()
        await _upgrade(engine.upgrader(file), str(file), at)
        database = SqliteFile(file, on_commit)
        await database.try_both()
    return database


async def _open_postgres(url: str, on_commit: OnCommit | None, at: datetime) -> Database:
    with postgres.explained(url):
        await _upgrade(postgres.upgrader(url), postgres.address(url), at)
    return PostgresServer(url, on_commit)


async def _upgrade(upgrader: AsyncEngine, path: str, at: datetime) -> None:
    try:
        async with upgrader.begin() as connection:
            await connection.run_sync(upgrade, path, at)
    finally:
        await upgrader.dispose()


async def _is_behind(upgrader: AsyncEngine, path: str) -> bool:
    try:
        async with upgrader.connect() as connection:
            return await connection.run_sync(is_behind, path)
    finally:
        await upgrader.dispose()
