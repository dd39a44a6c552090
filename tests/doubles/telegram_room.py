"""A Telegram room whose use cases only write down what they were asked: for tests of the edge, not of the heart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiogram import Bot

from bot.domain.answer_file import SentFile
from bot.domain.message import Address, ChannelName, Inbound
from bot.ports import InboxRow, PhotoSource
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.boards import Boards
from bot.usecases.lists import ListPress
from bot.usecases.moderate import Press, Toast
from bot.usecases.photos import Sent
from bot.usecases.staff import Order
from bot.usecases.voice import Voice
from handlers.telegram.inbound import TelegramEdge
from handlers.telegram.members import Members
from handlers.telegram.poller import Poller
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.telegram import Group, TelegramDouble


@dataclass
class StillClock:
    """Time that moves only when told to. `offset` is a rehearsal's."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 1, 30, tzinfo=UTC))
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return self.at + self.offset

    def shifted(self, platform_instant: datetime) -> datetime:
        return platform_instant + self.offset

    def platform(self) -> datetime:
        """What the platform's own clock shows."""
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class NotedLists:
    """The lists of the group: presses of their buttons are kept."""

    presses: list[ListPress] = field(default_factory=list)

    async def press(self, press: ListPress, inbox_id: int | None = None) -> Toast:
        self.presses.append(press)
        return Toast("Mời chọn.", refused=False)


@dataclass
class NotedPhotos:
    """The queue of photographed slips: what is sent is kept."""

    sent: list[Sent] = field(default_factory=list)

    async def receive(self, sent: Sent, inbox_id: int | None = None) -> None:
        self.sent.append(sent)

    def come_from(self, channel: ChannelName, bot: str, source: PhotoSource) -> None:
        """Nothing is fetched."""


@dataclass
class NotedAnswers:
    """Files of answers: what is sent is kept."""

    sent: list[SentFile] = field(default_factory=list)

    async def receive(self, sent: SentFile, size: int, inbox_id: int | None = None) -> None:
        self.sent.append(sent)

    def come_from(self, channel: ChannelName, bot: str, source: PhotoSource) -> None:
        """Nothing is fetched."""


@dataclass
class Noted:
    """Receive, Moderate and Staff in one: every call is kept, presses are answered with `toast`."""

    inbounds: list[Inbound] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    commands: list[tuple[str, Address, str]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    lists: NotedLists = field(default_factory=NotedLists)
    photos: NotedPhotos = field(default_factory=NotedPhotos)
    answers: NotedAnswers = field(default_factory=NotedAnswers)
    refusals: list[tuple[str, str, Key, Address | None]] = field(default_factory=list)
    toast: Toast = field(default_factory=lambda: Toast("Đã duyệt HY26-0001-A.", refused=False))

    async def receive(self, inbound: Inbound, inbox_id: int | None = None) -> None:
        self.inbounds.append(inbound)

    async def press(self, press: Press, inbox_id: int | None = None) -> Toast:
        self.presses.append(press)
        return self.toast

    async def refused(
        self,
        by: str,
        wanted: str,
        why: Key,
        inbox_id: int,
        *,
        nonce: str = "",
        tell: Address | None = None,
        thread: str = "",
    ) -> None:
        self.refusals.append((by, wanted, why, tell))

    async def command(self, order: Order, inbox_id: int | None = None) -> None:
        self.commands.append((f"/{order.command}", order.address, order.by))
        self.orders.append(order)


@dataclass
class Desk:
    """A poller, an edge and a real database before the double."""

    double: TelegramDouble
    bot: Bot
    store: SqlStore
    clock: StillClock
    voice: Voice
    noted: Noted
    poller: Poller
    edge: TelegramEdge

    async def next(self) -> InboxRow:
        """The row whose turn it is."""
        async with self.store.reading() as tx:
            row = await tx.inbox.next(self.clock.now())
        assert row is not None
        return row

    async def handle_next(self) -> InboxRow:
        """Poll if nothing is kept, then handle the next row as the worker does and mark it done."""
        async with self.store.reading() as tx:
            waiting = await tx.inbox.open()
        if not waiting:
            await self.poller.poll()
        row = await self.next()
        await self.edge.handle(row)
        async with self.store.transaction() as tx:
            if not await tx.inbox.is_done(row.id):
                await tx.inbox.done(row.id, self.clock.now())
        return row

    async def said(self) -> list[tuple[str, str]]:
        """Take everything out of the outbox: (chat, text), oldest first in each chat."""
        said = []
        async with self.store.transaction() as tx:
            while rows := await tx.outbox.claim(self.clock.now(), lambda _: True, limit=100):
                for row in rows:
                    said.append((row.address.chat, row.words.text if row.words else ""))
                    await tx.outbox.sent(row.id, self.clock.now(), "")
        return said


@asynccontextmanager
async def desk(folder: Path, group: Group | None = None, clock: StillClock | None = None) -> AsyncIterator[Desk]:
    """Everything running; `double.group(...)` made later is set with `desk.edge._members.group`."""
    clock = clock or StillClock()
    voice = Voice(Catalogue.load())
    noted = Noted()
    async with TelegramDouble(now=clock.platform) as double, double.bot() as bot:
        store = await SqlStore.open(empty_database(folder / "inbox.db"), at=clock.now())
        members = Members(bot, str(group.id) if group else "", clock)
        boards = Boards(store, clock, voice)
        rest = (noted.lists, boards, noted.photos, noted.answers)
        edge = TelegramEdge(bot, members, clock, voice, store, noted.receive, noted, noted, *rest)
        try:
            yield Desk(double, bot, store, clock, voice, noted, Poller(bot, store, clock, poll_seconds=0), edge)
        finally:
            await store.close()
