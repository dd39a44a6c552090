"""Telegram brings updates to us: strangers are turned away, what came is kept before “got it”, nothing is doubled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.message import Address, ChannelName
from bot.ports import RawUpdate
from bot.texts.keys import Key
from bot.usecases.contact import LAST_POLL, SILENCE, Contact
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import start
from bot.usecases.work import Worker
from handlers.doorway import LARGEST
from handlers.telegram.poller import Poller, raw_update
from handlers.telegram.webhook import PATH, Webhook
from storage.store import SqlStore
from tests.doubles.telegram import TOKEN
from tests.doubles.telegram_hook import SECRET as HEADER
from tests.doubles.telegram_room import Desk, desk

SECRET = "Bi-mat_cua-webhook-0123456789"
BOARD = Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], "-1001")


@dataclass
class Store:
    """The real store, which can be told to fail before or after its next commits, and counts them."""

    real: SqlStore
    before: int = 0
    after: int = 0
    commits: int = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.real.transaction() as tx:
            yield tx
            if self.before:
                self.before -= 1
                raise OSError("disk full")
        self.commits += 1
        if self.after:
            self.after -= 1
            raise OSError("the line broke")

    intake = transaction


@dataclass
class Pauses:
    """Lets each pause pass when the test says so."""

    seconds: list[float] = field(default_factory=list)
    go: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self.go.acquire()


@dataclass
class Hooked:
    """A webhook on a web server of its own, before the double that brings updates to it."""

    room: Desk
    store: Store
    contact: Contact
    webhook: Webhook
    pauses: Pauses

    async def kept(self) -> list[str]:
        """The texts of every open row, in the order in which they are handled; each is marked done."""
        texts = []
        while (row := await self._next()) is not None:
            texts.append(json.loads(row.raw)["message"]["text"])
            async with self.room.store.transaction() as tx:
                await tx.inbox.done(row.id, self.room.clock.now())
        return texts

    async def open(self) -> int:
        async with self.room.store.reading() as tx:
            return await tx.inbox.open()

    async def told(self) -> list[str]:
        """What the moderators were told."""
        async with self.room.store.reading() as tx:
            return [said.words.text for said in await tx.said(BOARD, 0)]

    async def quiet(self) -> None:
        """Everything that people sent has been taken."""
        await self.room.double.wait_until(lambda double: double.pending == 0)

    async def _next(self) -> Any:
        async with self.room.store.reading() as tx:
            return await tx.inbox.next(self.room.clock.now())


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Hooked]:
    async with desk(tmp_path) as room:
        app = web.Application()
        runner = web.AppRunner(app, access_log=None)
        store, pauses = Store(room.store), Pauses()
        contact = Contact(room.store, room.clock, room.voice, [BOARD])
        answered: list[Webhook] = []

        async def answer(request: web.Request) -> web.Response:
            return await answered[0].doorway.answer(request)

        app.router.add_post(PATH, answer)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        answered.append(Webhook(room.bot, store, room.clock, contact, url, SECRET, pause=pauses))  # type: ignore[arg-type]
        try:
            yield Hooked(room, store, contact, answered[0], pauses)
        finally:
            await runner.cleanup()


@asynccontextmanager
async def running(webhook: Webhook) -> AsyncIterator[None]:
    task = start(webhook.run(), "webhook")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_waits_at_telegram_is_brought_and_kept_in_its_order(hooked: Hooked) -> None:
    double, an = hooked.room.double, hooked.room.double.user(5)
    texts = [f"câu {number}" for number in range(10)]
    for text in texts:
        await double.user_types(an, text)

    async with running(hooked.webhook):
        await hooked.quiet()

    assert await hooked.kept() == texts
    asked = double.called("setWebhook")[0]
    assert asked["url"].endswith(PATH)
    assert asked["secret_token"] == SECRET
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert asked.get("drop_pending_updates") in (None, False)


@pytest.mark.parametrize("shown", [None, "", "x", SECRET[:-1], SECRET + "x", "bí mật".encode(), b"\xff\xfe\x80"])
async def test_strangers_are_turned_away_and_nothing_is_kept(hooked: Hooked, shown: str | bytes | None) -> None:
    await hooked.webhook.set()

    assert await hooked.room.double.knock({"update_id": 1, "message": {}}, secret=shown) == 401
    assert await hooked.open() == 0


async def test_without_a_secret_there_is_no_webhook(hooked: Hooked) -> None:
    room = hooked.room
    with pytest.raises(ValueError, match="secret"):
        Webhook(room.bot, room.store, room.clock, hooked.contact, "https://doithoai.example.vn", "")


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536 + 1):
        yield b" " * 65_536


@pytest.mark.parametrize("told_beforehand", [True, False])
async def test_what_is_larger_than_any_update_is_refused_and_what_just_fits_is_taken(
    hooked: Hooked, told_beforehand: bool
) -> None:
    await hooked.webhook.set()
    url = hooked.room.double.webhook
    too_much = BytesIO(b" " * (LARGEST + 1)) if told_beforehand else in_pieces(LARGEST)

    async with aiohttp.ClientSession() as session, session.post(url, data=too_much, headers={HEADER: SECRET}) as answer:
        assert answer.status == 413
    assert await hooked.open() == 0

    fits = json.dumps({"update_id": 3, "message": {"text": ""}}).encode()
    assert await hooked.room.double.knock(body=fits.ljust(LARGEST), secret=SECRET) == 200
    assert await hooked.open() == 1


UNREADABLE = (b"", b"{", b"not json", b"\xff\xfe", b"[" * 100_000, b'"words"', b"[1,2]", b"{}", b'{"update_id": "x"}')


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:20]))
async def test_what_nobody_can_read_is_accepted_once_and_put_into_quarantine_with_the_moderators_told(
    hooked: Hooked, body: bytes
) -> None:
    room = hooked.room
    await hooked.webhook.set()

    answers = [await room.double.knock(body=body, secret=SECRET) for _ in range(3)]
    worker = Worker(room.store, room.clock, Pulse(), room.voice, {("telegram", str(room.bot.id)): room.edge}, [BOARD])
    while await worker.step():
        pass

    assert answers == [200, 200, 200]
    async with room.store.reading() as tx:
        assert (await tx.inbox.quarantined(), await tx.inbox.open()) == (1, 0)
    assert await hooked.told() == [room.voice.text(Key.STAFF_QUARANTINE, count=1)]


async def test_while_nothing_can_be_kept_telegram_is_asked_to_come_again_and_nothing_is_lost(hooked: Hooked) -> None:
    double = hooked.room.double
    await hooked.webhook.set()
    hooked.store.before = 1

    await double.user_types(double.user(5), "em hỏi")
    await double.wait_until(lambda d: d.knocks)
    assert double.knocks[0].status == 503
    assert await hooked.open() == 0

    hooked.room.clock.later(9.9)
    await double.user_types(double.user(6), "người khác hỏi")
    await double.wait_until(lambda d: len(d.knocks) == 2)
    assert await hooked.kept() == ["người khác hỏi"]

    hooked.room.clock.later(0.1)
    await hooked.quiet()
    assert await hooked.kept() == ["em hỏi"]


async def test_what_was_kept_though_the_answer_never_arrived_is_not_kept_twice(hooked: Hooked) -> None:
    double = hooked.room.double
    await hooked.webhook.set()
    hooked.store.after = 1

    await double.user_types(double.user(5), "em hỏi")
    await double.wait_until(lambda d: d.knocks)
    await double.hurry()
    await hooked.quiet()

    assert [knock.status for knock in double.knocks] == [503, 200]
    assert await hooked.kept() == ["em hỏi"]


async def test_an_update_that_comes_again_and_again_and_twice_at_a_time_is_kept_once(hooked: Hooked) -> None:
    double = hooked.room.double
    await hooked.webhook.set()
    await double.user_types(double.user(5), "em hỏi")
    await hooked.quiet()
    update = double.knocks[0].update

    answers = [await double.knock(update, secret=SECRET) for _ in range(3)]
    answers += await asyncio.gather(*(double.knock(update, secret=SECRET) for _ in range(2)))

    assert answers == [200] * 5
    assert await hooked.kept() == ["em hỏi"]
    assert await double.knock(update, secret=SECRET) == 200
    assert await hooked.kept() == []


async def test_genuine_repeats_of_the_same_words_are_all_kept(hooked: Hooked) -> None:
    double, an = hooked.room.double, hooked.room.double.user(5)
    await hooked.webhook.set()
    for _ in range(3):
        await double.user_types(an, "em hỏi")
    await hooked.quiet()

    assert await hooked.kept() == ["em hỏi"] * 3


async def test_what_comes_while_a_commit_is_under_way_shares_the_next_one(hooked: Hooked) -> None:
    double = hooked.room.double
    await hooked.webhook.set()
    before = hooked.store.commits

    async with hooked.room.store.transaction():
        for number in range(30):
            await double.user_types(double.user(100 + number), f"câu {number}")
        await asyncio.wait_for(_asked(hooked, 30), 5)
    await hooked.quiet()

    assert sorted(await hooked.kept()) == sorted(f"câu {number}" for number in range(30))
    assert hooked.store.commits - before <= 2


async def _asked(hooked: Hooked, times: int) -> None:
    """So many updates stand in line for a commit: the one that has the turn, and those that wait for the next."""
    while len(hooked.webhook._keep._open.updates) < times - 1:
        await asyncio.sleep(0.001)


async def test_one_who_hangs_up_takes_nobody_elses_update_along(hooked: Hooked) -> None:
    async with hooked.room.store.transaction():
        commits, waits, *others = [start(hooked.webhook._keep(_raw(number)), "request") for number in range(4)]
        await asyncio.sleep(0)
        for hangs_up in (commits, waits):
            hangs_up.cancel()
        await asyncio.gather(commits, waits, return_exceptions=True)
    await asyncio.gather(*others)

    # The first was alone in its commit, which never came: Telegram, who heard nothing, brings it again.
    assert await hooked.kept() == ["1", "2", "3"]


def _raw(number: int) -> RawUpdate:
    return raw_update({"update_id": number, "message": {"text": str(number)}}, 4242)


# ------------------------------------------------------------------ that Telegram comes


async def test_where_telegram_was_told_another_address_ours_is_set_again_and_the_moderators_hear_of_it(
    hooked: Hooked,
) -> None:
    double = hooked.room.double
    async with running(hooked.webhook):
        await double.wait_until(lambda d: d.webhook)
        ours = double.webhook
        await double.set_webhook("https://elsewhere.example/hook")
        hooked.pauses.go.release()
        await double.wait_until(lambda d: len(d.called("setWebhook")) == 2)

    assert double.webhook == ours
    assert await hooked.told() == [hooked.room.voice.text(Key.STAFF_CONFLICT)]


async def test_setting_the_webhook_is_tried_until_telegram_can_be_reached(hooked: Hooked) -> None:
    double = hooked.room.double
    double.fail_next("setWebhook", 502, html=True, times=2)
    double.fail_next("setWebhook", 429, retry_after=17)
    for _ in range(3):
        hooked.pauses.go.release()

    async with running(hooked.webhook):
        await double.wait_until(lambda d: d.webhook)

    assert hooked.pauses.seconds[:3] == [1, 2, 17]


async def test_the_instant_of_the_last_contact_is_on_record(hooked: Hooked) -> None:
    await hooked.webhook.set()
    hooked.room.clock.later(60)
    await hooked.webhook.look()

    async with hooked.room.store.reading() as tx:
        assert await tx.facts.get(LAST_POLL) == hooked.room.clock.now().isoformat()


async def test_a_platform_that_cannot_be_reached_for_a_quarter_of_an_hour_is_lost_however_it_is_asked(
    hooked: Hooked,
) -> None:
    room, contact = hooked.room, hooked.contact
    poller = Poller(room.bot, room.store, room.clock, contact=contact, poll_seconds=0)
    for reaches in (hooked.webhook.set, poller.poll):
        room.clock.later(SILENCE.total_seconds() - 1)
        assert not contact.lost()
        room.clock.later(1)
        assert contact.lost()
        room.double.hook.url = ""
        await reaches()
        assert not contact.lost()


async def test_updates_that_telegram_cannot_bring_count_as_silence(hooked: Hooked) -> None:
    double = hooked.room.double
    await hooked.webhook.set()
    hooked.store.before = 99
    await double.user_types(double.user(5), "em hỏi")
    await double.wait_until(lambda d: d.knocks)
    hooked.room.clock.later(SILENCE.total_seconds())

    await hooked.webhook.look()

    assert hooked.contact.lost()


async def test_a_conflict_is_told_once_a_day(hooked: Hooked) -> None:
    contact, clock = hooked.contact, hooked.room.clock
    for later in (timedelta(), timedelta(minutes=5), timedelta(hours=23)):
        clock.later(later.total_seconds())
        await contact.conflicts()
    assert len(await hooked.told()) == 1

    clock.later(timedelta(hours=2).total_seconds())
    await contact.conflicts()
    assert len(await hooked.told()) == 2
    assert contact.conflict == clock.now()


async def test_a_poller_that_meets_another_one_tells_the_moderators_once(hooked: Hooked) -> None:
    room, pauses = hooked.room, Pauses()
    room.double.fail_next("getUpdates", 409, times=3)
    poller = Poller(room.bot, room.store, room.clock, contact=hooked.contact, poll_seconds=50, pause=pauses)
    for _ in range(3):
        pauses.go.release()

    running_poller = start(poller.run(), "poller")
    await room.double.wait_until(lambda double: double.polling)
    running_poller.cancel()
    await asyncio.gather(running_poller, return_exceptions=True)

    assert await hooked.told() == [room.voice.text(Key.STAFF_CONFLICT)]
