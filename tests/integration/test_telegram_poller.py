"""Kept first, acknowledged afterwards: whatever happens in between, nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.ports import InboxRow
from bot.usecases.contact import LAST_POLL
from bot.usecases.tasks import start
from handlers.telegram.poller import Poller
from storage.store import SqlStore
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_room import Desk, desk
from tests.doubles.telegram_shapes import poison


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as room:
        yield room


class Pauses:
    """Notes how long the poller would have waited, and goes on at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Torn(Exception):
    """The process dies here."""


class DyingStore:
    """A store that dies right before or right after the commit."""

    def __init__(self, store: SqlStore, *, after: bool) -> None:
        self._store = store
        self._after = after

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self._store.transaction() as tx:
            yield tx
            if not self._after:
                raise Torn
        raise Torn


async def kept(room: Desk) -> list[str]:
    """The texts of every open row, in the order in which they are handled."""
    texts = []
    while (row := await _next(room)) is not None:
        texts.append(json.loads(row.raw)["message"]["text"])
        async with room.store.transaction() as tx:
            await tx.inbox.done(row.id, room.clock.now())
    return texts


async def _next(room: Desk) -> InboxRow | None:
    async with room.store.reading() as tx:
        return await tx.inbox.next(room.clock.now())


async def ten_messages(double: TelegramDouble) -> list[str]:
    an = double.user(5)
    texts = [f"câu {number}" for number in range(10)]
    for text in texts:
        await double.user_types(an, text)
    return texts


def successor(room: Desk) -> Poller:
    """The poller of the next process, which knows no offset."""
    return Poller(room.bot, room.store, room.clock, poll_seconds=0)


async def test_what_arrives_is_kept_in_its_order(room: Desk) -> None:
    texts = await ten_messages(room.double)

    assert await room.poller.poll() == 10
    assert await kept(room) == texts


async def test_nothing_is_acknowledged_before_it_is_kept(room: Desk) -> None:
    await ten_messages(room.double)

    await room.poller.poll()
    assert room.double.pending == 10
    await room.poller.poll()
    assert room.double.pending == 0


@pytest.mark.parametrize("after_commit", [False, True])
async def test_a_crash_around_the_commit_loses_nothing_and_doubles_nothing(room: Desk, after_commit: bool) -> None:
    texts = await ten_messages(room.double)
    dying = Poller(room.bot, DyingStore(room.store, after=after_commit), room.clock, poll_seconds=0)  # type: ignore[arg-type]

    with pytest.raises(Torn):
        await dying.poll()
    next_process = successor(room)
    await next_process.poll()
    await next_process.poll()

    assert room.double.pending == 0
    assert await kept(room) == texts


class FullDisk:
    """A store that cannot commit the first few times."""

    def __init__(self, store: SqlStore, times: int) -> None:
        self._store = store
        self._times = times

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self._store.transaction() as tx:
            yield tx
            self._times -= 1
            if self._times >= 0:
                raise OSError("disk full")


async def test_while_nothing_can_be_kept_nothing_is_acknowledged(room: Desk) -> None:
    texts = await ten_messages(room.double)
    pauses = Pauses()
    poller = Poller(room.bot, FullDisk(room.store, 3), room.clock, poll_seconds=50, pause=pauses)  # type: ignore[arg-type]

    running = start(poller.run(), "poller")
    await room.double.wait_until(lambda double: double.pending == 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert pauses.seconds == [1, 2, 4]
    assert [asked.get("offset") for asked in room.double.called("getUpdates")[:4]] == [None] * 4
    assert await kept(room) == texts


async def test_a_crash_after_keeping_hands_the_same_updates_over_again_once(room: Desk) -> None:
    texts = await ten_messages(room.double)
    await room.poller.poll()

    assert await successor(room).poll() == 0
    assert await kept(room) == texts


async def test_an_update_that_was_handled_already_is_recognised_when_it_comes_again(room: Desk) -> None:
    await ten_messages(room.double)
    await room.poller.poll()
    await room.poller.poll()
    assert len(await kept(room)) == 10

    await room.double.redeliver()

    assert await room.poller.poll() == 0
    assert await kept(room) == []


async def test_ids_that_start_low_again_are_taken(room: Desk) -> None:
    an = room.double.user(5)
    room.double.jump_ids(900_000)
    await room.double.user_types(an, "trước")
    await room.poller.poll()
    await room.poller.poll()
    room.double.jump_ids(5)
    await room.double.user_types(an, "sau một tuần im lặng")

    await room.poller.poll()
    await room.poller.poll()

    assert room.double.pending == 0
    assert await kept(room) == ["trước", "sau một tuần im lặng"]


async def test_updates_that_nobody_can_decode_hold_up_nothing(room: Desk) -> None:
    an = room.double.user(5)
    for update in poison(an.id).values():
        await room.double.raw_update(update)
    await room.double.user_types(an, "câu phía sau")

    await room.poller.poll()
    await room.poller.poll()

    assert room.double.pending == 0
    async with room.store.reading() as tx:
        assert await tx.inbox.open() == len(poison(an.id)) + 1


async def test_cancelling_a_waiting_poll_loses_nothing(room: Desk) -> None:
    poller = Poller(room.bot, room.store, room.clock, poll_seconds=50)
    running = start(poller.run(), "poller")
    await room.double.wait_until(lambda double: double.polling)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    texts = await ten_messages(room.double)
    await successor(room).poll()

    assert await kept(room) == texts


async def test_a_cancelled_poller_asks_no_more(room: Desk) -> None:
    poller = Poller(room.bot, room.store, room.clock, poll_seconds=50)
    running = start(poller.run(), "poller")
    await room.double.wait_until(lambda double: double.polling)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    asked = len(room.double.called("getUpdates"))

    await room.double.user_types(room.double.user(5), "sau khi tắt")

    assert len(room.double.called("getUpdates")) == asked
    assert room.double.pending == 1


@asynccontextmanager
async def polling(room: Desk) -> AsyncIterator[Pauses]:
    pauses = Pauses()
    poller = Poller(room.bot, room.store, room.clock, poll_seconds=50, pause=pauses)
    running = start(poller.run(), "poller")
    try:
        yield pauses
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_another_poller_is_reported_and_outlived(room: Desk, caplog: pytest.LogCaptureFixture) -> None:
    async with polling(room) as pauses:
        await room.double.wait_until(lambda double: double.polling)
        await room.double.steal_poll()
        await room.double.wait_until(lambda double: len(double.called("getUpdates")) == 2 and double.polling)
        await room.double.user_types(room.double.user(5), "vẫn nhận")
        await room.double.wait_until(lambda double: double.pending == 0)

    assert pauses.seconds == [1.0]
    assert "409, another process polls" in caplog.text


async def test_a_flood_wait_is_obeyed(room: Desk) -> None:
    room.double.fail_next("getUpdates", 429, retry_after=17)

    async with polling(room) as pauses:
        await room.double.wait_until(lambda double: double.polling)

    assert pauses.seconds == [17.0]


async def test_pauses_grow_with_every_failure_and_start_small_again(room: Desk) -> None:
    room.double.fail_next("getUpdates", 502, html=True, times=3)
    room.double.fail_next("getUpdates", disconnect="before", times=4)

    async with polling(room) as pauses:
        await room.double.wait_until(lambda double: double.polling)
        room.double.fail_next("getUpdates", 500)
        await room.double.user_types(room.double.user(5), "đánh thức")
        await room.double.wait_until(lambda double: double.pending == 0 and double.polling)

    assert pauses.seconds == [1, 2, 4, 8, 16, 30, 30, 1]


async def test_a_webhook_is_taken_down_and_what_waits_is_kept(room: Desk) -> None:
    texts = await ten_messages(room.double)
    await room.double.set_webhook("https://example.invalid/hook")
    room.double.fail_next("deleteWebhook", 500)

    async with polling(room):
        await room.double.wait_until(lambda double: double.pending == 0)

    assert not room.double.dropped_pending
    assert room.double.webhook == ""
    assert await kept(room) == texts


async def test_the_last_poll_is_on_record_at_most_every_ten_seconds(room: Desk) -> None:
    first = room.clock.now()
    await room.poller.poll()
    room.clock.later(9)
    await room.poller.poll()
    assert await last_poll(room) == first.isoformat()

    room.clock.later(1)
    await room.poller.poll()
    assert await last_poll(room) == room.clock.now().isoformat()


async def last_poll(room: Desk) -> str | None:
    async with room.store.reading() as tx:
        return await tx.facts.get(LAST_POLL)


async def test_the_token_and_what_people_wrote_stay_out_of_the_log(
    room: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    room.double.fail_next("getUpdates", disconnect="before")
    room.double.fail_next("getUpdates", 200, description="số 0912345678", html=True)
    await room.double.user_types(room.double.user(5), "số 0912345678")

    async with polling(room):
        await room.double.wait_until(lambda double: double.pending == 0 and double.polling)

    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("handlers", "aiogram"))
    )
    assert logged
    assert "0912345678" not in logged
    assert room.bot.token not in logged
