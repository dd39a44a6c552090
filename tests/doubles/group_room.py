"""The moderators' group in earnest: a real heart, the real Telegram room and deliverer, the Bot API double outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bot.domain.audit import Event, Record
from bot.domain.message import Address, ChannelName
from bot.domain.submission import Submission
from bot.texts.catalogue import Catalogue
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.voice import Voice
from bot.usecases.work import Worker
from handlers.telegram.poller import Poller
from handlers.telegram.room import TelegramRoom
from handlers.web.chat import WebChannel
from storage.store import SqlStore
from tests.doubles.telegram import TOKEN, Group, Person, Shown, TelegramDouble, Toast
from tests.world import MovedClock, World, Youth

BOT = TOKEN.partition(":")[0]


def here(chat: int) -> Address:
    return Address(ChannelName.TELEGRAM, BOT, str(chat))


@dataclass
class GroupRoom:
    """Two moderators in a group, somebody who asks, and everything between them; nothing happens before `settle`."""

    world: World
    double: TelegramDouble
    group: Group
    lan: Person
    minh: Person
    boards: Boards
    room: TelegramRoom
    poller: Poller
    worker: Worker
    deliverer: Deliverer
    asker: Youth

    async def settle(self) -> None:
        """Fetch, handle and deliver until nothing more can be done now."""
        while await self.poller.poll():
            pass
        while await self.worker.step():
            pass
        while await self.deliverer.step():
            pass

    async def asks(self, text: str) -> Submission:
        """A submission whose card is yet to be sent."""
        return await self.asker.asks(text)

    async def now(self, submission: Submission) -> Submission:
        async with self.world.store.reading() as tx:
            found = await tx.submissions.get(submission.id)
        assert found is not None
        return found

    def card(self, code: str, group: Group | None = None) -> Shown:
        """The newest message in a group that shows this code."""
        return next(one for one in reversed(self.double.messages(group or self.group)) if code in one.text)

    async def told(self, person: Person, message: Shown, button: str, **how: object) -> Toast:
        """Press, and what was answered."""
        before = len(self.double.toasts)
        await self.double.press(person, message, button, **how)  # type: ignore[arg-type]
        await self.settle()
        (toast,) = self.double.toasts[before:]
        return toast

    async def refusals(self) -> list[Record]:
        async with self.world.store.reading() as tx:
            records = await tx.history.records(after=0, limit=1000)
        return [record for record in records if record.what == Event.REFUSED]


@asynccontextmanager
async def group_room(store: SqlStore, folder: Path, *, topics: bool = True) -> AsyncIterator[GroupRoom]:
    clock, voice = MovedClock(), Voice(Catalogue.load())
    boards = Boards(store, clock, voice)
    world = World(store, folder, clock, boards=boards)
    async with TelegramDouble(now=clock.now) as double:
        lan, minh = double.user(77, "Trần Thị Lan"), double.user(78, "Minh")
        group = double.group("Kiểm duyệt", {lan: "administrator", minh: "member"}, id_=-1001)
        room = TelegramRoom(
            TOKEN,
            api_base=double.base,
            proxy=None,
            group=str(group.id),
            clock=clock,
            voice=voice,
            store=store,
            receive=world.receive,
            moderate=world.moderate,
            staff=world.staff,
            lists=world.lists,
            boards=boards,
            topics=topics,
            photos=world.photos,
            answer_post=world.answer_post,
        )
        tick = count(step=10)
        deliverer = Deliverer(
            store,
            clock,
            world.pulse,
            voice,
            world.cards,
            {ChannelName.TELEGRAM: room.channel, ChannelName.WEB: WebChannel(store, clock)},
            boards,
            world.lists,
            lambda: next(tick),
        )
        worker = Worker(store, clock, world.pulse, voice, {("telegram", BOT): room.edge}, boards)
        asker = Youth(world, Address(ChannelName.WEB, "web", "an"))
        await asker.agrees()
        poller = Poller(room._bot, store, clock, poll_seconds=0)
        try:
            yield GroupRoom(world, double, group, lan, minh, boards, room, poller, worker, deliverer, asker)
        finally:
            await room.close()
