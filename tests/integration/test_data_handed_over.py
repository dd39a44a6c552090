"""A copy of one's data reaches whoever asked for it: in the chat as a file, on the page as a download."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import DeliveryError
from bot.domain.message import ChannelName
from bot.domain.person import CONSENT_VERSION
from bot.ports import DataFile
from bot.texts.keys import Key
from bot.usecases.boards import Boards
from bot.usecases.data_copy import DataCopy
from bot.usecases.deliver import Deliverer
from handlers.telegram.channel import TelegramChannel
from tests.doubles.telegram import TelegramDouble
from tests.doubles.web_room import House, house
from tests.integration.test_web_chat import SAY, Page
from tests.world import World


@dataclass
class Files:
    """A channel that keeps what it is given."""

    faults: list[Exception] = field(default_factory=list)
    files: list[tuple[str, DataFile]] = field(default_factory=list)

    async def say(self, chat, words):
        return "1"

    async def hand_over(self, chat, file):
        if self.faults:
            raise self.faults.pop(0)
        self.files.append((chat, file))
        return "2"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path)


def deliverer_of(world: World, channel: Files) -> Deliverer:
    ticks = iter(range(0, 10_000, 10))
    return Deliverer(
        world.store,
        world.clock,
        world.pulse,
        world.voice,
        world.cards,
        {ChannelName.TELEGRAM: channel},
        Boards(world.store, world.clock, world.voice),
        world.lists,
        lambda: float(next(ticks)),
        copies=DataCopy(world.store, world.clock, world.voice, world.running),
    )


async def deliver(world: World, channel: Files) -> None:
    deliverer = deliverer_of(world, channel)
    while await deliverer.step():
        pass


async def test_the_file_is_made_as_it_is_sent_and_holds_what_came_after_the_wish(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("/dulieu")
    await lan.asks("Học phí năm nay thế nào?")
    channel = Files()

    await deliver(world, channel)

    ((chat, file),) = channel.files
    assert chat == lan.address.chat
    assert file.name.endswith(".html")
    assert "Học phí năm nay thế nào?" in file.html.decode()
    assert list(world.folder.rglob("*.html")) == []


async def test_a_file_that_could_not_be_sent_is_tried_again(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("/dulieu")
    channel = Files([DeliveryError("network")])

    await deliver(world, channel)
    world.clock.move(minutes=1)
    await deliver(world, channel)

    assert len(channel.files) == 1


async def test_whoever_was_erased_before_it_was_sent_gets_no_file(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("/dulieu")
    await lan.types("/xoa")
    await lan.presses("Xoá cả câu hỏi")
    await lan.presses("Đúng, xoá hết ngay")
    channel = Files()

    await deliver(world, channel)

    assert channel.files == []


async def test_telegram_gets_a_document_with_its_caption() -> None:
    async with TelegramDouble() as double, double.bot() as bot:
        double.user(5)
        file = DataFile("du-lieu-cua-toi.html", b"<p>x</p>", "x", "Dữ liệu của bạn")

        id_ = await TelegramChannel(bot).hand_over("5", file)

        sent = double.last(5)
    assert str(sent.id) == id_
    assert sent.text == "Dữ liệu của bạn"


# ------------------------------------------------------------------ the page


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as web:
        yield web


@pytest.fixture
async def page(web: House) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await Page(web, session).open()


async def fetch(web: House, session: aiohttp.ClientSession) -> tuple[int, str, str]:
    async with session.get(f"{web.room.address}/api/my-data") as answer:
        return answer.status, answer.headers.get("Content-Disposition", ""), await answer.text()


async def test_the_page_fetches_its_own_copy_and_nobody_elses(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-yes-{CONSENT_VERSION}")
    await page.type("/dulieu")

    status, disposition, html = await fetch(web, page.session)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as stranger:
        await Page(web, stranger).open()
        refused = await fetch(web, stranger)

    assert ["download", "Tải về"] in (await page.words())[-1]["choices"]
    assert (status, disposition) == (200, 'attachment; filename="du-lieu-cua-toi.html"')
    assert page.chat in html
    assert refused[0] == 404
    assert json.loads(refused[2]) == {"message": SAY(Key.DATA_NONE)}


async def test_without_a_cookie_there_is_nothing_to_fetch(web: House) -> None:
    async with aiohttp.ClientSession() as nobody:
        assert (await fetch(web, nobody))[0] == 404


async def test_on_the_page_an_erasure_tells_it_to_forget_its_side(page: Page) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-yes-{CONSENT_VERSION}")
    await page.type("/xoa")
    await page.choose("erase-words")
    await page.choose("sure-words")

    last = (await page.words())[-1]

    assert last["gone"]
    assert "YC-0001-" in last["text"]
