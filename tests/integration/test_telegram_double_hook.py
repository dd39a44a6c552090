"""The double brings updates to a webhook as the public server does, and breaks down when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web

from bot.usecases.tasks import start
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_hook import SECRET
from tests.doubles.telegram_room import StillClock

DAY = 86_400


@dataclass
class House:
    """A web server that answers what it is told to, update by update; 200 where it was told nothing."""

    double: TelegramDouble
    clock: StillClock
    answers: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    shut: asyncio.Event | None = None

    async def answer(self, request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        self.got.append(text)
        self.secrets.add(request.headers[SECRET])
        if self.shut is not None:
            await self.shut.wait()
        status = self.answers.get(text, [200])
        return web.Response(status=status.pop(0) if len(status) > 1 else status[0], headers=self.headers)

    async def until(self, times: int) -> None:
        await self.double.wait_until(lambda d: len(d.knocks) >= times)

    async def later(self, seconds: float) -> None:
        """Time passes; whatever is due by then is brought before this comes back."""
        self.clock.later(seconds)
        await self.double._tell()
        for _ in range(20):
            await asyncio.sleep(0.002)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = StillClock()
    async with TelegramDouble(now=clock.platform) as double, double.bot() as bot:
        house = House(double, clock)
        app = web.Application()
        app.router.add_post("/hook", house.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="ten-ong-la-Telegram")
        yield house
        if house.shut is not None:
            house.shut.set()
        await runner.cleanup()


async def test_an_update_is_brought_with_the_secret_and_forgotten_once_it_is_taken(house: House) -> None:
    await house.double.user_types(house.double.user(5), "một")
    await house.double.wait_until(lambda d: not d.pending)

    assert (house.got, house.secrets) == (["một"], {"ten-ong-la-Telegram"})


async def test_a_refused_update_comes_again_at_once_and_then_after_pauses_that_double(house: House) -> None:
    house.answers["một"] = [500]
    await house.double.user_types(house.double.user(5), "một")
    await house.until(2)

    came = [house.clock.at]
    for _ in range(70):
        before = len(house.got)
        await house.later(1)
        if len(house.got) > before:
            came.append(house.clock.at)

    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(came)]
    assert pauses[:6] == [1, 2, 4, 8, 16, 32]
    assert house.double.pending == 1


async def test_after_a_minute_it_comes_every_one_or_two_minutes(house: House) -> None:
    house.answers["một"] = [500]
    await house.double.user_types(house.double.user(5), "một")
    await house.until(2)
    one = house.double._queue[0]
    one.delay, one.due = 60.0, 0.0

    await house.later(1)

    assert 60 <= one.due - house.clock.at.timestamp() <= 120


async def test_retry_after_is_obeyed_but_not_for_more_than_an_hour(house: House) -> None:
    house.answers["một"], house.headers = [503, 503, 200], {"Retry-After": "30"}
    await house.double.user_types(house.double.user(5), "một")
    await house.until(1)

    await house.later(29)
    assert len(house.got) == 1
    house.headers["Retry-After"] = "99999"
    await house.later(1)
    assert len(house.got) == 2
    await house.later(3599)
    assert len(house.got) == 2
    await house.later(1)
    assert (len(house.got), house.double.pending) == (3, 0)


async def test_a_refused_update_holds_up_its_own_chat_alone(house: House) -> None:
    an, binh = house.double.user(5), house.double.user(6)
    house.answers["hỏng"], house.headers = [503], {"Retry-After": "60"}
    for person, text in ((an, "hỏng"), (an, "sau đó"), (binh, "người khác")):
        await house.double.user_types(person, text)
    await house.double.wait_until(lambda d: d.pending == 2)

    assert sorted(house.got) == ["hỏng", "người khác"]


async def test_after_a_day_an_update_is_lost(house: House) -> None:
    house.answers["một"], house.headers = [503], {"Retry-After": "3600"}
    await house.double.user_types(house.double.user(5), "một")
    await house.until(1)

    await house.later(DAY - 1)
    assert house.double.pending == 1
    await house.later(1)
    assert house.double.pending == 0


async def test_no_more_connections_are_made_than_allowed(house: House) -> None:
    house.double.hook.connections, house.shut = 3, asyncio.Event()
    for number in range(10):
        await house.double.user_types(house.double.user(number + 5), "câu")
    await house.later(0)
    assert len(house.got) == 3

    house.shut.set()
    await house.double.wait_until(lambda d: not d.pending)
    assert len(house.got) == 10


async def test_what_was_taken_comes_again_when_told_to(house: House) -> None:
    await house.double.user_types(house.double.user(5), "một")
    await house.double.wait_until(lambda d: not d.pending)
    for times in (2, 3):
        await house.double.redeliver()
        await house.until(times)

    assert house.got == ["một"] * 3


async def test_different_chats_come_in_any_order_when_told_to_but_each_chat_in_its_own(house: House) -> None:
    await house.double.reorder()
    house.double.hook.url, url = "", house.double.hook.url
    for text in ("1", "2"):
        for number in range(8):
            await house.double.user_types(house.double.user(number + 5), f"{number}.{text}")
    house.double.hook.connections, house.double.hook.url = 1, url
    await house.double.hurry()
    await house.double.wait_until(lambda d: not d.pending)

    assert house.got != sorted(house.got, key=lambda text: text[::-1])
    for number in range(8):
        assert [text for text in house.got if text.startswith(f"{number}.")] == [f"{number}.1", f"{number}.2"]


async def test_while_a_webhook_is_set_nobody_may_fetch_and_afterwards_what_waits_is_there(house: House) -> None:
    house.answers["một"], house.headers = [503], {"Retry-After": "60"}
    await house.double.user_types(house.double.user(5), "một")
    await house.until(1)
    async with house.double.bot() as bot:
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (house.double.webhook, 1)
        assert "503" in (info.last_error_message or "")
        await bot.delete_webhook()
        assert [update.message.text for update in await bot.get_updates() if update.message] == ["một"]


@pytest.mark.parametrize("secret", ["", "a b", "é", "x" * 257])
async def test_a_secret_of_other_characters_is_refused(house: House, secret: str) -> None:
    async with house.double.bot() as bot:
        if not secret:
            assert await bot.set_webhook("http://127.0.0.1:9/", secret_token=None)
            return
        with pytest.raises(TelegramBadRequest, match="unallowed"):
            await bot.set_webhook("http://127.0.0.1:9/", secret_token=secret)


# ------------------------------------------------------------------ switches


@pytest.mark.parametrize("after", [False, True])
async def test_a_kill_point_is_reached_at_the_call_that_was_named(house: House, after: bool) -> None:
    an, seen = house.double.user(5), []
    house.double.on("sendMessage", lambda: seen.append(len(house.double.messages(an))), nth=2, after=after)
    async with house.double.bot() as bot:
        for text in ("a", "b", "c"):
            await bot.send_message(an.id, text)

    assert seen == [2 if after else 1]


async def test_a_slow_method_answers_when_it_is_let_go(house: House) -> None:
    an = house.double.user(5)
    async with house.double.bot() as bot:
        async with house.double.slow("sendMessage"):
            sending = start(_send(bot, an.id), "sending")
            await house.double.wait_until(lambda d: d.called("sendMessage"))
            await house.later(0)
            assert house.double.waits("sendMessage") == 1
            assert not house.double.messages(an)
        await sending

    assert [one.text for one in house.double.messages(an)] == ["a"]


async def _send(bot: Any, chat: int) -> None:
    await bot.send_message(chat, "a")
