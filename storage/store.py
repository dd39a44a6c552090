"""The store: opens the database, hands out transactions one after another, and readings beside them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError
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
    ListTable,
    ModeratorTable,
    NewsTable,
    OutboxTable,
    PersonTable,
    PhotoTable,
    ProgrammeTable,
    Said,
    SessionTable,
    SlipTable,
    SubmissionTable,
    ThreadTable,
)
from storage import engine
from storage.answer_files import AnswerFiles
from storage.answer_news import AnswerNews
from storage.answers import Answers
from storage.asks import Asks
from storage.board import Board
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
from storage.programmes import Programmes
from storage.sessions import Sessions
from storage.slips import Slips
from storage.submissions import Submissions
from storage.threads import Threads
from storage.upgrade import upgrade
from storage.work import Work

logger = logging.getLogger(__name__)


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
        self.facts: FactTable = Facts(work)

    async def said(self, address: Address, after_id: int) -> list[Said]:
        return await self._said(address, after_id)


class SqlStore:
    """See bot.ports.Store. Made by `SqlStore.open`; close it, or the last pages wait in the WAL file."""

    def __init__(self, writer: AsyncEngine, readers: AsyncEngine, on_commit: Callable[[], None] | None) -> None:
        self._writer = writer
        self._readers = readers
        self._on_commit = on_commit
        self._turn = engine.Turn()
        self._wipe_due = False

    @classmethod
    async def open(cls, url: str, *, on_commit: Callable[[], None] | None = None, at: datetime) -> SqlStore:
        """Open (or make) the database that `url` names, and bring its schema up to date.

        `on_commit` is called after every writing transaction; `at` is noted where the schema changed. Raises
        StorageFault with a sentence for whoever starts the program.
        """
        file = engine.database_file(url)
        with explained(file):
            engine.make_private(file)
            await _upgrade(file, at)
            store = cls(engine.writer(file), engine.readers(file), on_commit)
            await store._try_both()
        return store

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction; one at a time, in the order of asking. Raises RuntimeError inside another one."""
        async with self._turn:
            async with self._writer.begin() as connection:
                work = Work(connection)
                yield SqlTransaction(work)
            self._wipe_due = self._wipe_due or work.erased
            if self._on_commit is not None:
                self._on_commit()
            if self._wipe_due:
                await self._wipe()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTransaction]:
        """A consistent view beside the writer; writing in it raises."""
        async with self._readers.connect() as connection:
            yield SqlTransaction(Work(connection))
        if self._wipe_due and not self._turn.taken:
            async with self._turn:
                await self._wipe()

    async def close(self) -> None:
        """Let a running transaction end, then close every connection; the last one empties the WAL file."""
        async with self._turn:
            await self._readers.dispose()
            await self._writer.dispose()

    async def _try_both(self) -> None:
        """Make a connection of either kind, so that a pragma that is refused shows at the start."""
        try:
            for one in (self._writer, self._readers):
                async with one.connect():
                    pass
        except BaseException:
            await self.close()
            raise

    async def _wipe(self) -> None:
        """Empty the WAL file, which still holds what was erased (secure_delete clears only the database itself).

        Never waits for a reading that still needs the old pages: the next commit, or the end of that reading, tries
        again. The erasure is committed already, so a fault here must not look like a failed transaction.
        """
        try:
            async with self._writer.connect() as connection:
                self._wipe_due = not await engine.empty_wal(connection)
        except (DBAPIError, sqlite3.Error) as error:
            logger.warning("could not empty the WAL file after an erasure: %s", type(error).__name__)


async def _upgrade(file: Path, at: datetime) -> None:
    upgrader = engine.upgrader(file)
    try:
        async with upgrader.begin() as connection:
            await connection.run_sync(upgrade, file, at)
    finally:
        await upgrader.dispose()
