"""Several chats at once: whoever waits for a network holds up nobody else, and each chat keeps its order."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.message import Address, ChannelName, Words
from bot.ports import RawUpdate
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.tasks import start
from bot.usecases.work import Worker
from tests.world import World


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


class Gates:
    """Does what it is given; the chats in `shut` wait until somebody opens."""

    def __init__(self, *shut: str) -> None:
        self.shut = {chat: asyncio.Event() for chat in shut}
        self.begun: list[tuple[str, str]] = []
        self.done: list[tuple[str, str]] = []
        self._news = asyncio.Condition()

    async def handle(self, row):
        await self.do(row.chat, row.update_id)

    async def say(self, chat, words):
        await self.do(chat, words.text)
        return "1"

    async def do(self, chat, what):
        self.begun.append((chat, what))
        if chat in self.shut:
            await self.shut[chat].wait()
        self.done.append((chat, what))
        async with self._news:
            self._news.notify_all()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: len(self.done) >= count)


async def keep(world: World, *updates: tuple[str, str]) -> None:
    async with world.store.transaction() as tx:
        rows = [RawUpdate("telegram", "42", id_, chat, "{}") for chat, id_ in updates]
        await tx.inbox.add(rows, world.clock.now())


def worker_of(world: World, edge: Gates) -> Worker:
    return Worker(world.store, world.clock, world.pulse, world.voice, {("telegram", "42"): edge}, world.boards)


def deliverer_of(world: World, channel: Gates) -> Deliverer:
    return Deliverer(
        world.store,
        world.clock,
        world.pulse,
        world.voice,
        world.cards,
        {ChannelName.TELEGRAM: channel},
        Boards(world.store, world.clock, world.voice),
        world.lists,
    )


async def test_a_chat_that_waits_for_a_network_holds_up_itself_alone(world):
    edge = Gates("slow")
    await keep(world, ("slow", "1"), ("slow", "2"), ("a", "3"), ("b", "4"), ("a", "5"))
    working = start(worker_of(world, edge).run(), "working")
    try:
        await edge.until(3)
        others = list(edge.done)
        edge.shut["slow"].set()
        await edge.until(5)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    assert ("slow", "2") not in others
    assert [what for chat, what in edge.done if chat == "a"] == ["3", "5"]
    assert [what for chat, what in edge.done if chat == "slow"] == ["1", "2"]


async def test_what_comes_while_others_are_being_handled_is_begun_at_once(world):
    edge = Gates("slow")
    await keep(world, ("slow", "1"))
    working = start(worker_of(world, edge).run(), "working")
    try:
        async with asyncio.timeout(20):
            while not edge.begun:
                await asyncio.sleep(0)
        await keep(world, ("a", "2"))
        world.pulse.beat({"inbox"})
        await edge.until(1)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    assert edge.done == [("a", "2")]


async def test_a_hundred_chats_keep_their_order_and_nothing_is_done_twice(world):
    edge = Gates()
    updates = [(f"chat {number % 100}", str(number)) for number in range(300)]
    await keep(world, *updates)
    worker = worker_of(world, edge)

    while await worker.step():
        pass

    assert sorted(edge.done) == sorted(updates)
    for chat in {chat for chat, _ in updates}:
        mine = [int(what) for one, what in edge.done if one == chat]
        assert mine == sorted(mine)


async def test_stopping_leaves_what_is_not_done_for_the_next_start(world):
    edge = Gates("slow")
    await keep(world, ("slow", "1"))
    working = start(worker_of(world, edge).run(), "working")
    async with asyncio.timeout(20):
        while not edge.begun:
            await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    async with world.store.reading() as tx:
        assert await tx.inbox.open() == 1
    assert edge.done == []


async def test_a_slow_line_to_one_chat_holds_up_no_other_one(world):
    channel = Gates("slow")
    for chat, text in (("slow", "một"), ("slow", "hai"), ("a", "ba"), ("b", "bốn"), ("a", "năm")):
        async with world.store.transaction() as tx:
            await tx.outbox.say(Address(ChannelName.TELEGRAM, "42", chat), Words(text), world.clock.now())
    delivering = start(deliverer_of(world, channel).run(), "delivering")
    try:
        await channel.until(3)
        others = list(channel.done)
        channel.shut["slow"].set()
        await channel.until(5)
    finally:
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)

    assert ("slow", "hai") not in others
    assert [text for chat, text in channel.done if chat == "a"] == ["ba", "năm"]
    assert [text for chat, text in channel.done if chat == "slow"] == ["một", "hai"]
