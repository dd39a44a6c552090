"""What a message costs must not grow with what is stored: no statement of its road reads a growing table through."""

from __future__ import annotations

import re
import sqlite3

import pytest

from bot.domain.message import ChannelName
from bot.ports import RawUpdate
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.work import Worker
from tests.databases import SERVER
from tests.world import GROUP, World

pytestmark = pytest.mark.skipif(bool(SERVER), reason="SQLite's own plans")

GROWING = "inbox|outbox|older|sessions|people|submissions|history|history_texts|cards|lists|listed|asks|news|issues"
_THROUGH = re.compile(rf"^SCAN ({GROWING})\b(?!.* USING (COVERING )?INDEX ix_(inbox|outbox)_)")


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


class Edge:
    """Gives every kept update to the use case, as the edge of a platform does."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, row):
        await self._world.youth(row.chat).types(row.raw)
        async with self._world.store.transaction() as tx:
            await tx.inbox.done(row.id, self._world.clock.now())


class Silent:
    async def say(self, chat, words):
        return "1"


async def the_road(world: World) -> None:
    """From the inbox to the outbox's end, for somebody who comes, asks, asks again, edits, withdraws."""
    worker = Worker(world.store, world.clock, world.pulse, world.voice, {("telegram", "42"): Edge(world)}, world.boards)
    deliverer = Deliverer(
        world.store,
        world.clock,
        world.pulse,
        world.voice,
        world.cards,
        {ChannelName.TELEGRAM: Silent()},
        Boards(world.store, world.clock, world.voice),
        world.lists,
    )
    said = ["/start", "1", "Bỏ qua", "Bỏ qua", "Bao giờ xã em có xe buýt?", "Gửi", "Bao giờ xã em có cầu?", "Gửi"]
    for number, text in enumerate([*said, "/cuatoi"]):
        async with world.store.intake() as tx:
            await tx.inbox.add([RawUpdate("telegram", "42", str(number), "7", text)], world.clock.now())
        await worker.step()
        await deliverer.step()


def _newest(statement: str) -> bool:
    """The row with the highest id is found at once, though SQLite calls that a scan."""
    return re.search(r"ORDER BY (\w+)\.id DESC\s+LIMIT 1 ", statement) is not None and "WHERE" not in statement


async def test_no_statement_of_the_road_reads_a_growing_table_through(world, monkeypatch):
    said: set[str] = set()
    connect = sqlite3.connect

    def listening(*args, **named):
        connection = connect(*args, **named)
        connection.set_trace_callback(said.add)
        return connection

    database = world.store._database
    raw = database._glance_raw
    if raw is not None:
        raw.set_trace_callback(said.add)
    async with world.store.transaction() as tx:
        tx.facts._work.raw.set_trace_callback(said.add)
    monkeypatch.setattr(sqlite3, "connect", listening)

    await the_road(world)

    found = [one for one in said if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)", one)]
    plain = connect(database._file)
    plans = {one: [row[3] for row in plain.execute(f"EXPLAIN QUERY PLAN {one}")] for one in found if not _newest(one)}
    plain.close()
    assert len(found) > 30
    assert {one: plan for one, plan in plans.items() if any(map(_THROUGH.match, plan))} == {}
    assert await world.submissions()
    assert GROUP in world.boards
