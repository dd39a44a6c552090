"""The machine's clock jumps: nothing that waits is left waiting for hours, and nothing is said or done twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.message import Words
from bot.domain.submission import State, Told
from bot.ports import RawUpdate
from bot.usecases.morning import Morning, told_at
from bot.usecases.schedule import started_at
from bot.usecases.set_back import SetBack
from tests.world import GROUP, NOON, PROGRAMME, World, asked

JUMPS = [timedelta(hours=26), timedelta(days=400)]


@pytest.fixture
async def world(store, tmp_path) -> World:
    return World(store, tmp_path / "out")


@pytest.fixture
def set_back(world: World) -> SetBack:
    return SetBack(world.store, world.clock, (started_at(PROGRAMME), told_at(PROGRAMME)))


async def due(world: World) -> tuple[bool, bool, list[int]]:
    """Whether an update and something to say are due, and of which submissions news is."""
    now = world.clock.now()
    async with world.store.transaction() as tx:
        outbox = await tx.outbox.next_due()
        return await tx.inbox.next(now) is not None, outbox is not None and outbox <= now, await tx.news.due(now, 10)


@pytest.mark.parametrize("jump", JUMPS)
async def test_what_came_while_the_clock_was_ahead_is_done_at_once_when_it_is_set_back(world, set_back, jump):
    ((_, submission),) = await asked(world, "Bao giờ có xe buýt?")
    async with world.store.transaction() as tx:
        await tx.outbox.abandon(NOON)
    await set_back()
    world.clock.at += jump
    await set_back()
    now = world.clock.now()
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "1", "7", "{}")], now)
        await tx.outbox.say(GROUP, Words("chào"), now)
        await tx.news.hold(submission.id, _told(), now + timedelta(minutes=2))
    world.clock.at -= jump
    assert await due(world) == (False, False, [])

    assert await set_back() is True

    assert await due(world) == (True, True, [submission.id])
    assert await set_back() is False


async def test_a_program_that_starts_after_the_clock_was_set_back_mends_it_too(world):
    async with world.store.transaction() as tx:
        await tx.outbox.say(GROUP, Words("chào"), NOON + timedelta(days=3))

    assert await SetBack(world.store, world.clock, ())() is True

    assert (await due(world))[1]


async def test_pauses_that_are_meant_are_left_alone(world, set_back):
    await set_back()
    world.clock.move(seconds=-5)
    async with world.store.transaction() as tx:
        id_ = await tx.outbox.say(GROUP, Words("chào"), NOON)
        await tx.outbox.claim(NOON, lambda _: True)
        await tx.outbox.later(id_, NOON + timedelta(minutes=10), "Timeout")

    assert await set_back() is False

    assert not (await due(world))[1]


async def test_the_morning_is_told_once_a_morning_whatever_the_clock_did(world, set_back):
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), (NOON - timedelta(days=2)).isoformat())
    await asked(world, "Bao giờ có xe buýt?")
    morning = Morning(world.store, world.clock, world.voice, world.running, "30 7 * * *", (GROUP,))

    told: list[datetime] = []

    async def look(hours: int) -> None:
        for _ in range(hours):
            await set_back()
            if await morning():
                told.append(world.clock.now())
            world.clock.move(hours=1)

    await look(3)
    world.clock.move(days=40)  # a forward jump, and what is due by it
    await look(3)
    world.clock.move(days=-40, hours=-3)  # and back
    await look(48)

    assert [f"{at:%d/%m %H}" for at in told] == ["20/02 12", "31/03 15", "21/02 08", "22/02 08"]


async def test_a_database_that_was_begun_by_a_wrong_clock_is_not_waited_for(world, set_back):
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), (NOON + timedelta(days=900)).isoformat())

    await set_back()

    async with world.store.reading() as tx:
        assert await tx.facts.get(started_at(PROGRAMME)) == NOON.isoformat()


def _told() -> Told:
    return Told(State.WAITING, private=False, lead=None)
