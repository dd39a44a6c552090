"""The room as the composition root uses it: real client, real database, the double outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.token import TokenValidationError

from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName, Typed, Words
from bot.texts.catalogue import Catalogue
from bot.usecases.boards import Boards
from bot.usecases.pulse import Pulse
from bot.usecases.staff import COMMANDS
from bot.usecases.tasks import start
from bot.usecases.voice import Voice
from bot.usecases.work import Worker
from handlers.telegram.room import TelegramRoom
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.telegram_room import Noted, StillClock

CLOCK = StillClock()
VOICE = Voice(Catalogue.load())


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(now=CLOCK.platform) as double:
        yield double


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(empty_database(tmp_path / "a.db"), at=CLOCK.now())
    yield store
    await store.close()


def build(
    store: SqlStore,
    api_base: str | None,
    noted: Noted,
    *,
    token: str = TOKEN,
    proxy: str | None = None,
    group: str = "",
    boards: Boards | None = None,
) -> TelegramRoom:
    return TelegramRoom(
        token,
        api_base=api_base,
        proxy=proxy,
        group=group,
        clock=CLOCK,
        voice=VOICE,
        store=store,
        receive=noted.receive,
        moderate=noted,
        staff=noted,
        lists=noted.lists,
        boards=Boards(store, CLOCK, VOICE) if boards is None else boards,
        photos=noted.photos,
        answer_post=noted.answers,
    )


async def test_a_message_goes_in_and_an_answer_comes_out(double: TelegramDouble, store: SqlStore) -> None:
    noted = Noted()
    room = build(store, double.base, noted)
    polling = start(room.intake.run(), "poller")
    an = double.user(5)
    await double.user_types(an, "Bao giờ có xe buýt?")
    await double.wait_until(lambda d: d.pending == 0)

    while await Worker(store, CLOCK, Pulse(), VOICE, {("telegram", room.bot_id): room.edge}).step():
        pass
    await room.channel.say("5", Words("Đã nhận."))
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await room.close()

    assert [inbound.content for inbound in noted.inbounds] == [Typed("Bao giờ có xe buýt?")]
    assert [shown.text for shown in double.messages(an)] == ["Đã nhận."]


async def test_the_commands_are_announced_for_people_and_for_the_group(double: TelegramDouble, store: SqlStore) -> None:
    group = double.group("Kiểm duyệt")
    room = build(store, double.base, Noted(), group=str(group.id))

    await room.start()
    await room.close()

    assert room.link == "https://t.me/doi_thoai_bot"

    assert double.commands == {
        "all_private_chats": {
            "start": "Bắt đầu",
            "cuatoi": "Xem, sửa hoặc rút câu đã gửi",
            "dulieu": "Xem dữ liệu của tôi",
            "xoa": "Xoá dữ liệu, rút đồng ý",
            "huy": "Bỏ việc đang làm",
            "trogiup": "Hướng dẫn",
        },
        f"chat:{group.id}": {name: VOICE.text(command.does) for name, command in COMMANDS.items()},
    }


@pytest.mark.parametrize("fault", [{"status": 401}, {"disconnect": "before"}, {"status": 502, "html": True}])
async def test_the_bot_starts_though_telegram_cannot_be_reached(
    double: TelegramDouble, store: SqlStore, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    double.fail_next("getMe", **fault)
    room = build(store, double.base, Noted())

    await room.start()
    await room.close()

    assert room.link == ""
    assert "going on without" in caplog.text


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_everything_goes_through_the_proxy_and_its_faults_are_ordinary_ones(
    double: TelegramDouble, store: SqlStore, scheme: str
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"khong phai proxy\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    room = build(store, double.base, Noted(), proxy=f"{scheme}://127.0.0.1:{port}")
    double.user(5)

    with pytest.raises(DeliveryError) as found:
        await room.channel.say("5", Words("chào"))
    server.close()
    await server.wait_closed()
    with pytest.raises(DeliveryError):
        await room.channel.say("5", Words("chào"))
    await room.close()

    assert not found.value.permanent
    assert double.calls == []


async def test_the_official_server_is_the_default(store: SqlStore) -> None:
    room = build(store, None, Noted())

    assert room._bot.session.api.api_url("1:a", "getMe") == "https://api.telegram.org/bot1:a/getMe"
    assert room.bot_id == "4242"


async def test_a_token_that_cannot_be_one_is_refused_at_once(store: SqlStore) -> None:
    with pytest.raises(TokenValidationError):
        build(store, None, Noted(), token="không phải")


async def test_a_proxy_that_cannot_be_one_is_refused_at_once(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="scheme"):
        build(store, None, Noted(), proxy="nonsense")


async def test_a_group_that_moved_keeps_its_moderators_and_gets_its_menu(
    double: TelegramDouble, store: SqlStore
) -> None:
    boards = Boards(store, CLOCK, VOICE)
    room = build(store, double.base, Noted(), group="-5", boards=boards)

    moved = await boards.moved(Address(ChannelName.TELEGRAM, room.bot_id, "-5"), "-1005")
    await room.close()

    assert moved
    assert room._members.is_group(-1005)
    assert not room._members.is_group(-5)
    assert double.commands == {"chat:-1005": {name: VOICE.text(command.does) for name, command in COMMANDS.items()}}


async def test_a_group_moves_though_its_menu_cannot_be_set(
    double: TelegramDouble, store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    double.fail_next("setMyCommands", status=500)
    boards = Boards(store, CLOCK, VOICE)
    room = build(store, double.base, Noted(), group="-5", boards=boards)

    await boards.moved(Address(ChannelName.TELEGRAM, room.bot_id, "-5"), "-1005")
    await room.close()

    assert room._members.is_group(-1005)
    assert "the next start sets it" in caplog.text
