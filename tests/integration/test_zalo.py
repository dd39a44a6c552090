"""Zalo: what the platform brings becomes what every other channel leaves, and what it cannot do is made up for."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from aiohttp import web

from bot.domain.message import Address, ChannelName
from bot.domain.submission import State, Submission
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.keeping import Keeping
from bot.usecases.voice import Voice
from bot.usecases.work import Worker
from handlers.zalo.client import ZaloRefusal
from handlers.zalo.inbound import command_in
from handlers.zalo.poller import ZaloPoller
from handlers.zalo.room import ZaloRoom
from handlers.zalo.webhook import PATH, ZaloWebhook
from tests.doubles.zalo import BOT, TOKEN, Switches, ZaloDouble, ZaloGroup, ZaloPerson
from tests.world import MovedClock, World

AN = ZaloPerson("6ede9afa66b88fe6d6a9", "An")
LAN = ZaloPerson("77aa", "Trần Thị Lan")
GROUP = ZaloGroup("9f00aa")
SECRET = "mot-bi-mat-du-dai"
QUESTION = "Bao giờ xã em có xe buýt đến trường?"


@dataclass
class Zalo:
    world: World
    double: ZaloDouble
    boards: Boards
    room: ZaloRoom
    poller: ZaloPoller
    worker: Worker
    deliverer: Deliverer

    async def settle(self) -> None:
        """Fetch, handle and deliver until nothing more can be done now."""
        while self.double._waiting:
            before = len(self.double._waiting)
            await self.poller.poll()
            if len(self.double._waiting) == before:
                break
        while await self.worker.step():
            pass
        while await self.deliverer.step():
            pass

    async def hears(self, who: ZaloPerson, text: str, group: ZaloGroup | None = None) -> str:
        """Somebody writes; what the bot said since, in that chat."""
        there = group or who
        before = len(self.double.told(there))
        self.double.writes(who, text, group)
        await self.settle()
        return "\n".join(self.double.told(there)[before:])

    async def files(self, text: str = QUESTION) -> Submission:
        """A question of An's, from greeting to code, in typed words alone."""
        for words in ("Chào bot", "Đồng ý", "Bỏ qua", "Bỏ qua", text):
            await self.hears(AN, words)
        await self.hears(AN, "gửi")
        (found,) = await self.world.submissions(State.WAITING)
        return found


@asynccontextmanager
async def opened(store, folder, *, switches: Switches | None = None, web_url: str = "", **quota) -> AsyncIterator[Zalo]:
    clock = MovedClock()
    voice = Voice(World(store, folder, clock).voice.catalogue)
    boards = Boards(store, clock, voice)
    world = World(store, folder, clock, boards=boards)
    now = lambda: clock.now().timestamp()  # noqa: E731
    async with ZaloDouble(switches or Switches(), now=now) as double:
        room = ZaloRoom(
            TOKEN,
            api_base=double.base,
            proxy=None,
            group=GROUP.id,
            clock=clock,
            voice=voice,
            store=store,
            receive=world.receive,
            staff=world.staff,
            boards=boards,
            messages=quota.get("messages", 0),
            users=quota.get("users", 0),
            web_url=web_url,
        )
        tick = count(step=10)
        deliverer = Deliverer(
            store,
            clock,
            world.pulse,
            voice,
            world.cards,
            {ChannelName.ZALO: room.channel},
            boards,
            world.lists,
            lambda: next(tick),
        )
        worker = Worker(store, clock, world.pulse, voice, {("zalo", BOT): room.edge}, boards)
        poller = ZaloPoller(room._client, BOT, Keeping(store, clock), poll_seconds=0)
        try:
            yield Zalo(world, double, boards, room, poller, worker, deliverer)
        finally:
            await room.close()


@pytest.fixture
async def zalo(store, tmp_path):
    async with opened(store, tmp_path) as it:
        yield it


# ------------------------------------------------------------------ young people


async def test_a_question_typed_on_zalo_is_filed_and_its_code_comes_back(zalo):
    submission = await zalo.files()

    assert submission.text == QUESTION
    assert submission.source is ChannelName.ZALO
    assert any(submission.code in text for text in zalo.double.told(AN))


async def test_buttons_stand_as_numbered_lines_with_how_to_choose(zalo):
    said = await zalo.hears(AN, "Chào bot")

    lines = said.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("1. "))
    assert lines[first + 1].startswith("2. ")
    assert lines[-1].startswith("Nhắn số từ 1 đến ")


async def test_a_message_that_comes_again_at_every_poll_is_handled_once(store, tmp_path):
    async with opened(store, tmp_path, switches=Switches(replay=True)) as zalo:
        zalo.double.writes(AN, "Chào bot")
        for _ in range(5):
            await zalo.poller.poll()
        await zalo.settle()

        assert sum("Chào bạn!" in text for text in zalo.double.told(AN)) == 1


@pytest.mark.parametrize("in_status", [True, False])
async def test_an_idle_poll_is_no_fault_whichever_way_it_is_said(store, tmp_path, in_status):
    async with opened(store, tmp_path, switches=Switches(idle_in_status=in_status)) as zalo:
        assert await zalo.poller.poll() is False


async def test_polls_are_at_least_a_second_apart(zalo):
    class Enough(Exception): ...

    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            raise Enough

    zalo.double.switches.replay = True
    zalo.double.writes(AN, "Chào bot")
    poller = ZaloPoller(zalo.room._client, BOT, Keeping(zalo.world.store, zalo.world.clock), pause=pause)
    with pytest.raises(Enough):
        await poller.run()

    assert pauses == [1.0] * 4


@pytest.mark.parametrize("photo_url", [True, False])
@pytest.mark.parametrize(("kind", "named"), [("image", "ảnh"), ("sticker", "nhãn dán"), ("voice", "tin nhắn thoại")])
async def test_what_is_not_words_is_answered_by_name(store, tmp_path, kind, named, photo_url):
    async with opened(store, tmp_path, switches=Switches(photo_url=photo_url)) as zalo:
        await zalo.hears(AN, "Chào bot")
        await zalo.hears(AN, "1")
        zalo.double.sends(AN, kind)
        await zalo.settle()

        assert named in zalo.double.told(AN)[-1]


async def test_whom_zalo_keeps_from_us_is_shown_the_web_page(store, tmp_path):
    async with opened(store, tmp_path, web_url="https://doithoai.example.vn") as zalo:
        zalo.double.sends(AN, "unsupported")
        await zalo.settle()

        assert "https://doithoai.example.vn" in zalo.double.told(AN)[-1]


async def test_without_a_web_page_they_are_shown_the_way_on_paper(zalo):
    zalo.double.sends(AN, "unsupported")
    await zalo.settle()

    assert "Đoàn" in zalo.double.told(AN)[-1]


async def test_a_long_text_comes_in_parts_of_at_most_2000_and_nothing_is_lost(zalo):
    long = " ".join(f"chữ{number}" for number in range(900))
    async with zalo.world.store.transaction() as tx:
        from bot.domain.message import Words

        address = Address(ChannelName.ZALO, BOT, AN.id)
        await tx.outbox.say(address, Words(long, (("a", "Gửi"), ("b", "Sửa"))), zalo.world.clock.now())
    await zalo.settle()

    parts = zalo.double.told(AN)
    assert len(parts) > 1
    assert max(map(len, parts)) <= 2000
    for number in range(900):
        assert any(f"chữ{number}" in part for part in parts)
    assert "2. Sửa" in parts[-1]


async def test_the_instant_that_counts_is_zalos_own(zalo):
    sent_at = zalo.world.clock.now()
    for words in ("Chào bot", "Đồng ý", "Bỏ qua", "Bỏ qua"):
        await zalo.hears(AN, words)
    zalo.double.writes(AN, QUESTION)
    zalo.world.clock.move(hours=3)
    await zalo.settle()
    await zalo.hears(AN, "gửi")

    (found,) = await zalo.world.submissions(State.WAITING)
    assert abs(found.typed_at - sent_at) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event_name": "message.text.received"},
        {"event_name": "message.text.received", "message": {"text": "a"}},
        {"event_name": "message.text.received", "message": {"text": "a", "chat": {"id": 7}}},
        {"event_name": "message.text.received", "message": {"text": "a", "chat": {"id": "7"}, "date": "x"}},
        {"event_name": "message.text.received", "message": {"text": "a", "chat": {"id": "7"}, "date": 10**30}},
        [],
        "words",
        None,
    ],
)
async def test_what_cannot_be_read_goes_into_quarantine_and_holds_nobody_up(zalo, event):
    from handlers.zalo.events import raw_event

    await Keeping(zalo.world.store, zalo.world.clock)(raw_event(event, BOT))
    said = await zalo.hears(AN, "Chào bot")

    assert said
    async with zalo.world.store.reading() as tx:
        assert await tx.inbox.quarantined() == 1


# ------------------------------------------------------------------ moderators


async def test_a_card_comes_into_the_group_and_is_approved_by_mentioning_the_bot(zalo):
    submission = await zalo.files()
    card = next(text for text in zalo.double.told(GROUP) if submission.code in text)

    answer = await zalo.hears(LAN, f"@Bot Đối thoại duyệt {submission.code}", GROUP)

    assert QUESTION in card
    assert submission.code in answer
    assert (await zalo.world.submissions(State.APPROVED))[0].decided_by == "Trần Thị Lan"


async def test_a_card_is_sent_once_because_nothing_can_be_redrawn_there(zalo):
    submission = await zalo.files()
    await zalo.hears(LAN, f"@Bot Đối thoại nhận {submission.code}", GROUP)

    assert sum(QUESTION in text for text in zalo.double.told(GROUP)) == 1


async def test_words_that_are_no_command_are_answered_with_how_to_get_help(zalo):
    assert "trợ giúp" in await zalo.hears(LAN, "@Bot Đối thoại ơi trưa nay ăn gì", GROUP)


async def test_another_group_decides_nothing_and_is_told_how_to_be_set(zalo):
    submission = await zalo.files()
    other = ZaloGroup("khac")
    said = await zalo.hears(LAN, f"@Bot duyệt {submission.code}", other)

    assert "DOITHOAI_ZALO_GROUP=khac" in said
    assert await zalo.world.submissions(State.APPROVED) == []


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("@Bot Đối thoại duyệt HY24-0042-G", ("duyet", "HY24-0042-G")),
        ("@bot KHÔNG DUYỆT HY24-0042-G trùng", ("khongduyet", "HY24-0042-G trùng")),
        ("duyệt 12", ("duyet", "12")),
        ("@Bot /trogiup", ("trogiup", "")),
        ("@bot trợ giúp", ("trogiup", "")),
        ("@bot tách câu HY24-0042-G\nMột?\nHai?", ("tachcau", "HY24-0042-G\nMột?\nHai?")),
        ("@bot ăn gì", None),
        ("em muốn duyệt", None),
        ("", None),
        ("@", None),
    ],
)
def test_a_command_is_found_however_it_is_typed(text, command):
    assert command_in(text) == command


async def test_a_file_that_zalo_does_not_take_is_named_with_where_it_is(store, tmp_path):
    async with opened(store, tmp_path, web_url="https://doithoai.example.vn") as zalo:
        file = tmp_path / "bang.xlsx"
        file.write_bytes(b"PK")
        async with store.transaction() as tx:
            address = Address(ChannelName.ZALO, BOT, GROUP.id)
            await tx.outbox.file(address, file, "Bảng tổng hợp lần 1", zalo.world.clock.now())
        await zalo.settle()

        assert "https://doithoai.example.vn/ban/tep" in zalo.double.told(GROUP)[-1]


# ------------------------------------------------------------------ quota


async def test_moderators_hear_of_the_quota_at_80_95_and_100_per_cent_and_once_each(store, tmp_path):
    async with opened(store, tmp_path, messages=20) as zalo:
        for _ in range(30):
            await zalo.hears(AN, "Chào bot")

        warnings = [text for text in zalo.double.told(GROUP) if "trong hạn mức 20 tin" in text]
        assert [text.split("đã gửi ")[1].split()[0] for text in warnings] == ["16", "19", "20"]


async def test_moderators_hear_when_nearly_all_users_of_the_plan_are_there(store, tmp_path):
    async with opened(store, tmp_path, users=5) as zalo:
        for number in range(4):
            await zalo.hears(ZaloPerson(f"u{number}", "Bạn"), "Chào bot")

        assert any("4 người dùng trong hạn mức 5" in text for text in zalo.double.told(GROUP))


@pytest.mark.parametrize("html", [True, False])
async def test_a_refusal_for_the_quota_keeps_the_words_and_they_go_out_later(store, tmp_path, html):
    async with opened(store, tmp_path, switches=Switches(messages=0, html_refusals=html)) as zalo:
        await zalo.hears(AN, "Chào bot")
        assert zalo.double.told(AN) == []

        zalo.double.switches.messages = None
        zalo.world.clock.move(minutes=15)
        await zalo.settle()

        assert sum("Chào bạn!" in text for text in zalo.double.told(AN)) == 1
        assert any("từ chối gửi tin" in text for text in zalo.double.told(GROUP))


@pytest.mark.parametrize(("code", "kept"), [(400, False), (404, False), (401, True), (403, True), (500, True)])
async def test_what_no_later_try_can_mend_is_given_up_and_the_rest_waits(zalo, code, kept):
    zalo.double.fail_next("sendMessage", code)
    await zalo.hears(AN, "Chào bot")
    zalo.world.clock.move(minutes=15)
    await zalo.settle()

    assert any("Chào bạn!" in text for text in zalo.double.told(AN)) is kept


# ------------------------------------------------------------------ the webhook


@asynccontextmanager
async def webhook(zalo: Zalo) -> AsyncIterator[tuple[ZaloWebhook, str]]:
    hook = ZaloWebhook(
        zalo.room._client, BOT, Keeping(zalo.world.store, zalo.world.clock), "https://doithoai.example.vn", SECRET
    )
    app = web.Application()
    app.router.add_post(PATH, hook.doorway.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await hook.look()
    try:
        yield hook, f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("wrapped", [True, False])
async def test_what_the_webhook_brings_is_kept_before_it_hears_got_it(store, tmp_path, wrapped):
    async with opened(store, tmp_path, switches=Switches(wrapped=wrapped)) as zalo, webhook(zalo) as (_, at):
        event = zalo.double.writes(AN, "Chào bot")

        assert await zalo.double.knocks(event, at) == 200
        async with store.reading() as tx:
            assert await tx.inbox.open() == 1
        assert await zalo.double.knocks(event, at) == 200
        await zalo.settle()
        assert sum("Chào bạn!" in text for text in zalo.double.told(AN)) == 1


@pytest.mark.parametrize("secret", ["", "sai", "mật-khẩu-có-dấu", SECRET + "x"])
async def test_strangers_are_turned_away_and_nothing_of_theirs_is_kept(zalo, secret):
    async with webhook(zalo) as (_, at):
        event = zalo.double.writes(AN, "Chào bot")

        assert await zalo.double.knocks(event, at, secret=secret) == 401
        async with zalo.world.store.reading() as tx:
            assert await tx.inbox.open() == 0


async def test_while_nothing_can_be_kept_zalo_is_asked_to_come_again(zalo, monkeypatch):
    async with webhook(zalo) as (_, at):
        event = zalo.double.writes(AN, "Chào bot")

        def broken(*_: object) -> None:
            raise OSError("disk full")

        with monkeypatch.context() as broke:
            broke.setattr(zalo.world.store, "intake", broken)
            assert await zalo.double.knocks(event, at) == 503
        assert await zalo.double.knocks(event, at) == 200


async def test_the_webhook_is_set_once_and_again_where_zalo_forgot_it(zalo):
    async with webhook(zalo) as (hook, _):
        assert zalo.double.webhook == f"https://doithoai.example.vn{PATH}"
        await hook.look()
        assert [method for method, _ in zalo.double.calls].count("setWebhook") == 1

        zalo.double.webhook = "https://noi-khac.example"
        await hook.look()
        assert zalo.double.webhook == f"https://doithoai.example.vn{PATH}"


async def test_a_webhook_without_a_secret_is_refused():
    with pytest.raises(ValueError, match="secret"):
        ZaloWebhook(None, BOT, None, "https://doithoai.example.vn", "")


# ------------------------------------------------------------------ the token


async def test_the_token_stands_in_no_log_and_in_no_fault(zalo, caplog):
    caplog.set_level(logging.DEBUG)
    zalo.double.fail_next("getUpdates", 500)
    with pytest.raises(ZaloRefusal) as refused:
        await zalo.poller.poll()
    await zalo.hears(AN, "Chào bot")

    secret = TOKEN.partition(":")[2]
    assert secret not in str(refused.value)
    assert secret not in caplog.text
    assert all(secret not in json.dumps(given) for _, given in zalo.double.calls)
