"""One person who writes without end: nothing of theirs is lost, nobody else is held up, the group is not buried.
(reliability.md X11)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.message import Address, ChannelName
from bot.domain.submission import Action, State
from bot.ports import InboxRow, RawUpdate
from bot.texts.keys import Key
from bot.usecases.feed import Feed
from bot.usecases.flood import CARDS_A_MINUTE, OPEN_OF_ONE, Patience
from bot.usecases.work import Worker
from storage.store import SqlStore
from tests.world import GROUP, NOON, World, decide

FLOODER = Address(ChannelName.TELEGRAM, "42", "7")
A_MINUTE = 30


@pytest.fixture
async def world(store: SqlStore, tmp_path: Path) -> World:
    return World(store, tmp_path / "xuat")


async def with_a_card(world: World) -> list[str]:
    """The codes of what stands in the group as a card, or will."""
    async with world.store.reading() as tx:
        return [one.code for one in await world.submissions() if await tx.board.of_submission(one.id)]


async def feed(world: World) -> int:
    return await Feed(world.store, world.clock, world.running, (GROUP,))()


async def flood(world: World, times: int) -> str:
    """Questions in one minute, each sent; returns all that was answered to the last presses."""
    lan = world.youth()
    await lan.agrees()
    said = []
    for number in range(times):
        await lan.types(f"Bao giờ thôn {number} của em có xe buýt?")
        said.append(await lan.presses("Gửi"))
    return "\n".join(said)


async def test_of_thirty_questions_in_a_minute_all_are_stored_and_five_become_cards_at_once(world: World) -> None:
    said = await flood(world, 30)

    stored = await world.submissions()
    assert len(stored) == 30
    assert [one.code for one in stored if one.code in said] == [one.code for one in stored]
    assert len(await with_a_card(world)) == CARDS_A_MINUTE
    assert said.count(world.voice.text(Key.RECEIPT_HELD)) == 1


async def test_the_group_never_has_more_than_ten_open_ones_of_one_person_as_card_or_in_a_digest(world: World) -> None:
    await flood(world, 60)
    world.clock.move(hours=1)

    for _ in range(5):
        await feed(world)

    assert len(await with_a_card(world)) == OPEN_OF_ONE
    async with world.store.reading() as tx:
        unseen = await tx.board.unseen(GROUP, world.programme, OPEN_OF_ONE)
    assert unseen == [one.id for one in (await world.submissions())[:OPEN_OF_ONE]]  # too few for a digest


async def test_each_that_is_decided_makes_room_for_the_next(world: World) -> None:
    await flood(world, 12)
    await feed(world)
    stored = await world.submissions()
    assert await with_a_card(world) == [one.code for one in stored[:10]]

    await decide(world, stored[3], Action.APPROVE)
    await feed(world)

    assert await with_a_card(world) == [one.code for one in stored[:11]]


async def test_others_have_their_card_at_once_meanwhile(world: World) -> None:
    await flood(world, 20)

    an = world.youth("8")
    await an.agrees()
    submission = await an.asks("Học phí năm nay thế nào?")

    assert submission.code in await with_a_card(world)
    assert world.voice.text(Key.RECEIPT_HELD) not in "".join(one.text for one in await world.said_to(an.address))


async def test_rewriting_what_waits_behind_brings_no_card_forward(world: World) -> None:
    await flood(world, 15)
    lan, last = world.youth(), (await world.submissions())[-1]

    await lan.rewrites(last.code, "Bao giờ xã em có xe buýt ạ?")

    assert last.code not in await with_a_card(world)
    assert (await world.submissions())[-1].text == "Bao giờ xã em có xe buýt ạ?"


async def test_a_call_for_help_is_never_held_back(world: World) -> None:
    await flood(world, 15)
    lan = world.youth()

    await lan.types("em không muốn sống nữa")
    said = await lan.presses("Gửi")

    async with world.store.reading() as tx:
        (private,) = await tx.submissions.private(world.programme)
    assert private.code in said
    assert world.voice.text(Key.RECEIPT_HELD) not in said


async def test_slips_of_a_whole_school_are_nobodys_flood(world: World, question: object) -> None:
    async with world.store.transaction() as tx:
        for number in range(20):
            await tx.submissions.add(
                question(f"Câu {number}", programme=world.programme, source=ChannelName.SLIP, receipt_prefix="HY24")
            )

    assert await feed(world) == 15


# ------------------------------------------------------------------ messages


@dataclass
class Handled:
    """An edge that notes what it is given."""

    rows: list[InboxRow] = field(default_factory=list)

    async def handle(self, row: InboxRow) -> None:
        self.rows.append(row)

    def of(self, chat: str) -> list[str]:
        return [row.update_id for row in self.rows if row.chat == chat]


def worker(world: World, edge: Handled) -> Worker:
    patience = Patience(A_MINUTE)
    edges = {("telegram", "42"): edge}
    return Worker(world.store, world.clock, world.pulse, world.voice, edges, world.boards, patience)


async def keep(world: World, chat: str, ids: range) -> None:
    async with world.store.transaction() as tx:
        updates = [RawUpdate("telegram", "42", f"{chat}-{id_:04}", chat, "{}") for id_ in ids]
        await tx.inbox.add(updates, world.clock.now())


async def work(worker: Worker) -> None:
    while await worker.step():
        pass


async def test_a_thousand_messages_of_one_wait_for_their_turn_and_two_hundred_others_do_not(world: World) -> None:
    edge = Handled()
    busy = worker(world, edge)
    await keep(world, "7", range(1000))
    for chat in range(100, 300):
        await keep(world, str(chat), range(1))

    await work(busy)

    assert len(edge.rows) == A_MINUTE + 200
    assert edge.of("7") == [f"7-{number:04}" for number in range(A_MINUTE)]

    for _ in range(40):
        world.clock.move(minutes=1)
        await work(busy)

    assert edge.of("7") == [f"7-{number:04}" for number in range(1000)]  # none lost, none out of order
    async with world.store.reading() as tx:
        assert (await tx.inbox.open(), await tx.inbox.quarantined()) == (0, 0)


async def test_the_flooder_is_told_once_politely(world: World) -> None:
    busy = worker(world, Handled())
    await keep(world, "7", range(100))

    for _ in range(3):
        await work(busy)
        world.clock.move(minutes=1)

    said = [words.text for words in await world.said_to(FLOODER)]
    assert said == [world.voice.text(Key.TOO_MANY_MESSAGES)]


async def test_waiting_for_ones_turn_is_no_failed_try(world: World) -> None:
    edge = Handled()
    busy = worker(world, edge)
    await keep(world, "7", range(A_MINUTE + 1))
    for _ in range(7):  # more often than a failing update is tried
        await work(busy)
        world.clock.move(seconds=5)

    world.clock.move(minutes=1)
    await work(busy)

    assert edge.rows[-1].update_id == f"7-{A_MINUTE:04}"
    assert edge.rows[-1].tries == 0


async def test_a_group_of_moderators_may_press_as_fast_as_it_likes(world: World) -> None:
    edge = Handled()
    await keep(world, GROUP.chat, range(200))

    await work(worker(world, edge))

    assert len(edge.rows) == 200


def test_a_clock_that_is_set_back_blocks_nobody_for_longer_than_a_minute() -> None:
    patience, now = Patience(2), NOON
    assert [patience.over_until("7", now) for _ in range(3)] == [None, None, now + timedelta(minutes=1)]

    back = now - timedelta(hours=26)

    assert patience.over_until("7", back) is None
    assert patience.over_until("7", back + timedelta(seconds=1)) is None


async def test_what_is_open_counts_not_what_was_ever_sent(world: World) -> None:
    await flood(world, 10)
    for one in await world.submissions():
        await decide(world, one, Action.APPROVE)
    world.clock.move(minutes=2)

    eleventh = await world.youth().asks("Học phí năm nay thế nào?")

    assert eleventh.code in await with_a_card(world)
    assert len(await world.submissions(State.WAITING)) == 1
