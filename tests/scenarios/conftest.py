"""The whole house at work: real rooms, real database, the Bot API double; only the classifier is one that tests read."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import aiohttp
import pytest

import bot.app
from bot.app import House, open_desk, open_house
from bot.settings import Settings
from bot.usecases.deliver import Deliverer
from handlers.zalo.webhook import PATH
from tests.databases import empty_database
from tests.doubles.telegram import TOKEN, Group, Person, TelegramDouble
from tests.doubles.zalo import TOKEN as ZALO_TOKEN
from tests.doubles.zalo import ZaloDouble, ZaloPerson
from tests.scenarios.people import TelegramYouth, WebYouth, ZaloYouth
from tests.world import WordRouter

ZALO_SECRET = "mot-bi-mat-du-dai-cho-thu"


@dataclass
class Stage:
    """A running house, its moderators' group, and people on every channel."""

    house: House
    double: TelegramDouble
    group: Group
    moderator: Person
    second: Person
    session: aiohttp.ClientSession
    zalo: ZaloDouble

    async def youth(self, channel: str) -> TelegramYouth | ZaloYouth | WebYouth:
        if channel == "telegram":
            return TelegramYouth(self.double, self.double.user(5, "An"))
        if channel == "zalo":
            await self.zalo.wait_until(lambda: self.zalo.webhook)
            return ZaloYouth(self.zalo, ZaloPerson("5a", "An"), self.house.web.address.rstrip("/") + PATH)
        async with self.session.get("/") as page:
            assert page.status == 200
        return WebYouth(self.house, self.session)

    async def card(self, part: str) -> object:
        """The newest card in the group that shows `part`."""
        await self.double.wait_until(lambda d: any(part in one.text for one in d.messages(self.group)), 15)
        return next(one for one in reversed(self.double.messages(self.group)) if part in one.text)

    async def moderates(self, part: str, label: str, then: str, by: Person | None = None) -> object:
        """Press `label` on the card that shows `part`, and wait until the card shows `then`."""
        await self.double.press(by or self.moderator, await self.card(part), label)
        await self.double.wait_until(
            lambda d: any(
                part in one.text and (then in one.text or then in one.labels) for one in d.messages(self.group)
            ),
            15,
        )
        return await self.card(part)


def _browser(address: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True))


@pytest.fixture
def stage(tmp_path, monkeypatch) -> Callable[..., object]:
    """Opens a stage: `async with stage("hung-yen-2024", as_of) as it`; `more` are settings.

    `undo_window` in seconds; 0, because hardly anybody here waits two minutes: askers hear at once.
    """
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())
    # The pace is tested by itself; here its seconds pass fifty times as fast.
    monkeypatch.setattr(bot.app, "Deliverer", partial(Deliverer, tick=lambda: 50 * time.monotonic()))

    @asynccontextmanager
    async def opened(
        programme: str, as_of: datetime | None = None, *, undo_window: int = 0, **more: str
    ) -> AsyncIterator[Stage]:
        async with AsyncExitStack() as stack:
            double = await stack.enter_async_context(TelegramDouble())
            zalo = await stack.enter_async_context(ZaloDouble())
            moderator, second = double.user(77, "Lan"), double.user(78, "Minh")
            group = double.group("Kiểm duyệt", {moderator: "administrator", second: "member"})
            settings = Settings(
                data_dir=tmp_path,
                database_url=empty_database(tmp_path / ("dien-tap.sqlite3" if as_of else "doithoai.sqlite3")),
                telegram_token=TOKEN,
                telegram_api=double.base,
                telegram_group=group.id,
                zalo_token=ZALO_TOKEN,
                zalo_api=zalo.base,
                zalo_webhook="http://doithoai.invalid",  # people here knock at the true address themselves
                zalo_webhook_secret=ZALO_SECRET,
                undo_window=undo_window,
                **{"web_bind": "127.0.0.1:0", **more},
            )
            desk = await stack.enter_async_context(open_desk(settings, programme, as_of=as_of))
            house = await stack.enter_async_context(open_house(desk))
            session = await stack.enter_async_context(_browser(house.web.address))
            yield Stage(house, double, group, moderator, second, session, zalo)

    return opened
