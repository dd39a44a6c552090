"""The counter that everybody waits at: whoever waits hears of a beat, and can always be stopped."""

import asyncio

import pytest

from bot.usecases.pulse import Pulse
from bot.usecases.tasks import keep_stepping, start

LONG = 600


async def test_a_beat_that_came_before_is_not_waited_for_again():
    pulse = Pulse()
    seen = pulse.count
    pulse.beat()

    assert await pulse.wait(seen, LONG) == 1


async def test_a_beat_wakes_everybody_who_waits():
    pulse = Pulse()
    woken: list[int] = []

    async def wait() -> None:
        woken.append(await pulse.wait(0, LONG))

    waiting = [start(wait(), f"waiting {number}") for number in range(3)]
    await asyncio.sleep(0)
    pulse.beat()
    await asyncio.gather(*waiting)

    assert woken == [1, 1, 1]


async def test_without_a_beat_the_wait_ends_at_its_time():
    assert await Pulse().wait(0, 0) == 0


async def test_a_cancellation_that_comes_together_with_a_beat_is_not_forgotten():
    """A part of the bot that works for ever would go on, and the bot could not be stopped."""
    pulse = Pulse()

    async def nothing_to_do() -> bool:
        return False

    task = start(keep_stepping(nothing_to_do, pulse, LONG, "testing"), "testing")
    for _ in range(3):
        await asyncio.sleep(0)  # let it begin to wait
    pulse.beat()
    await asyncio.sleep(0)  # what it waits for is there, but it has not looked yet
    task.cancel()

    done, _ = await asyncio.wait({task}, timeout=1)

    assert done == {task}
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_pulse_of_some_tables_beats_with_them_and_where_nobody_knows():
    pulse = Pulse()
    letters = pulse.of("inbox", "outbox")

    pulse.beat({"sessions"})
    assert letters.count == 0

    pulse.beat({"outbox", "sessions"})
    pulse.beat()
    assert letters.count == 2
    assert pulse.count == 3
