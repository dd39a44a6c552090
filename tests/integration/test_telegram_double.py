"""The double keeps the rules it is there for; aiogram's real client is the witness."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram import exceptions as raised
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from bot.usecases.tasks import start
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_shapes import SAMPLES, SERVICE


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        yield double


@pytest.fixture
async def bot(double: TelegramDouble) -> AsyncIterator[Bot]:
    async with double.bot() as bot:
        yield bot


def buttons(*pairs: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=a, callback_data=b)] for a, b in pairs])


async def ids(bot: Bot, **asked: Any) -> list[int]:
    return [update.update_id for update in await bot.get_updates(**asked)]


async def test_the_bot_knows_itself_completely(bot: Bot) -> None:
    me = await bot.get_me()

    assert (me.is_bot, me.id, me.username) == (True, 4242, "doi_thoai_bot")


async def test_an_update_is_forgotten_only_when_a_later_poll_names_a_higher_offset(
    double: TelegramDouble, bot: Bot
) -> None:
    an = double.user(5)
    for text in ("một", "hai", "ba"):
        await double.user_types(an, text)

    first = await ids(bot)
    again = await ids(bot, offset=first[1])

    assert again == first[1:]
    assert await ids(bot, offset=first[2] + 1) == []
    assert double.pending == 0


async def test_a_batch_holds_at_most_a_hundred(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    for number in range(130):
        await double.user_types(an, str(number))

    assert len(await ids(bot)) == 100
    assert len(await ids(bot, limit=7)) == 7


async def test_a_long_poll_ends_as_soon_as_somebody_writes(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    found: list[int] = []

    async def poll() -> None:
        found.extend(await ids(bot, timeout=50))

    task = start(poll(), "poll")
    await double.wait_until(lambda d: d.polling)
    await double.user_types(an, "chào")
    await task

    assert len(found) == 1


async def test_a_second_poller_ends_the_first_with_409(double: TelegramDouble, bot: Bot) -> None:
    async def poll() -> None:
        with pytest.raises(raised.TelegramConflictError):
            await bot.get_updates(timeout=50)

    task = start(poll(), "poll")
    await double.wait_until(lambda d: d.polling)

    assert await bot.get_updates() == []
    await task


async def test_polling_while_a_webhook_is_set_is_refused(double: TelegramDouble, bot: Bot) -> None:
    await double.set_webhook("https://example.invalid")

    with pytest.raises(raised.TelegramConflictError, match="webhook"):
        await bot.get_updates()


async def test_updates_of_a_kind_nobody_asked_for_never_come(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    await bot.get_updates(allowed_updates=["callback_query"])
    await double.user_types(an, "chào")

    assert await bot.get_updates() == []


async def test_an_offset_far_in_the_future_confirms_nothing(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    double.jump_ids(5)
    await double.user_types(an, "sau một tuần im lặng")

    assert await ids(bot, offset=900_001) == [5]


async def test_an_update_is_gone_after_a_day() -> None:
    now = [datetime(2026, 11, 2, tzinfo=UTC)]
    async with TelegramDouble(now=lambda: now[0]) as double, double.bot() as bot:
        await double.user_types(double.user(5), "chào")
        now[0] += timedelta(days=1)

        assert await bot.get_updates() == []


@pytest.mark.parametrize("kind", [*SAMPLES, *SERVICE])
async def test_every_sample_message_is_complete(double: TelegramDouble, bot: Bot, kind: str) -> None:
    await double.user_sends(double.user(5), kind)

    (update,) = await bot.get_updates()

    assert update.message is not None
    assert update.message.content_type == kind


async def test_a_message_carries_whole_seconds_of_the_injected_clock() -> None:
    async with (
        TelegramDouble(now=lambda: datetime(2026, 11, 2, 1, 2, 3, 999_999, tzinfo=UTC)) as double,
        double.bot() as bot,
    ):
        await double.user_types(double.user(5), "chào")
        (update,) = await bot.get_updates()

    assert update.message is not None
    assert update.message.date == datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("status", ["creator", "administrator", "member", "restricted", "left", "kicked"])
async def test_members_of_every_status_are_complete(double: TelegramDouble, bot: Bot, status: str) -> None:
    an = double.user(5)
    group = double.group("Kiểm duyệt", {an: status})

    assert (await bot.get_chat_member(group.id, an.id)).status == status
    assert (await bot.get_chat(group.id)).title == "Kiểm duyệt"


async def test_a_text_is_measured_after_its_markup_was_read(double: TelegramDouble, bot: Bot) -> None:
    double.user(5)

    sent = await bot.send_message(5, f"<b>{'😀' * 2048}</b>", parse_mode="HTML")

    assert sent.entities is not None
    assert sent.entities[0].length == 4096
    with pytest.raises(raised.TelegramBadRequest, match="message is too long"):
        await bot.send_message(5, "😀" * 2048 + "a")


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [("<i>a", "HTML", "can't parse entities"), (" \n\u200b", None, "text is empty"), ("a", "MarkdownV2", "parse_mode")],
)
async def test_a_bad_text_is_refused(
    double: TelegramDouble, bot: Bot, text: str, mode: str | None, complaint: str
) -> None:
    double.user(5)

    with pytest.raises(raised.TelegramBadRequest, match=complaint):
        await bot.send_message(5, text, parse_mode=mode)


async def test_buttons_over_64_bytes_are_refused(double: TelegramDouble, bot: Bot) -> None:
    double.user(5)

    with pytest.raises(raised.TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(5, "a", reply_markup=buttons(("Nút", "x" * 65)))


async def test_editing_follows_the_servers_rules(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    theirs = await double.user_types(an, "của bạn")
    sent = await bot.send_message(5, "cũ", reply_markup=buttons(("Nút", "a")))

    with pytest.raises(raised.TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("cũ", chat_id=5, message_id=sent.message_id, reply_markup=buttons(("Nút", "a")))
    await bot.edit_message_text("mới", chat_id=5, message_id=sent.message_id)
    with pytest.raises(raised.TelegramBadRequest, match="can't be edited"):
        await bot.edit_message_text("x", chat_id=5, message_id=theirs.id)
    with pytest.raises(raised.TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=5, message_id=999)

    assert [(shown.text, shown.labels, shown.edited) for shown in double.messages(an)] == [("mới", [], True)]


async def test_a_keyboard_can_be_taken_away_and_a_message_deleted(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    sent = await bot.send_message(5, "chọn", reply_markup=buttons(("Nút", "a")))

    await bot.edit_message_reply_markup(chat_id=5, message_id=sent.message_id)
    assert double.last(an).labels == []
    await bot.delete_message(5, sent.message_id)
    assert double.messages(an) == []


async def test_a_press_carries_the_message_as_it_is_now(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    await bot.send_message(5, "chọn", reply_markup=buttons(("Gửi", "c:send")))

    query_id = await double.press(an, double.last(an), "Gửi")
    (update,) = await bot.get_updates()

    assert update.callback_query is not None
    assert (update.callback_query.id, update.callback_query.data) == (query_id, "c:send")
    await bot.answer_callback_query(query_id, "xong", show_alert=True)
    assert [(toast.person, toast.text, toast.alert) for toast in double.toasts] == [(5, "xong", True)]
    with pytest.raises(raised.TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("1")


async def test_a_button_that_is_not_there_cannot_be_pressed(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    await bot.send_message(5, "chọn", reply_markup=buttons(("Gửi", "c:send")))

    with pytest.raises(LookupError):
        await double.press(an, double.last(an), "Sửa")


async def test_a_file_arrives_whole(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)

    await bot.send_document(5, BufferedInputFile(b"PK\x03\x04" * 5000, "bang.xlsx"), caption="Bảng tổng hợp")

    (document,) = double.documents(an)
    assert (document.name, document.caption, document.content) == ("bang.xlsx", "Bảng tổng hợp", b"PK\x03\x04" * 5000)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 429, "retry_after": 3}, raised.TelegramRetryAfter),
        ({"status": 403}, raised.TelegramForbiddenError),
        ({"status": 400, "migrate_to_chat_id": -1009}, raised.TelegramMigrateToChat),
        ({"status": 500}, raised.TelegramServerError),
        ({"status": 502, "html": True}, raised.ClientDecodeError),
        ({"disconnect": "before"}, raised.TelegramNetworkError),
    ],
)
async def test_a_fault_happens_once_and_leaves_nothing(
    double: TelegramDouble, bot: Bot, fault: dict[str, Any], expected: type[Exception]
) -> None:
    an = double.user(5)
    double.fail_next("sendMessage", **fault)

    with pytest.raises(expected):
        await bot.send_message(5, "một")
    await bot.send_message(5, "hai")

    assert [shown.text for shown in double.messages(an)] == ["hai"]


async def test_an_answer_may_get_lost_after_the_deed(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    double.fail_next("sendMessage", disconnect="after")

    with pytest.raises(raised.TelegramNetworkError):
        await bot.send_message(5, "một")

    assert [shown.text for shown in double.messages(an)] == ["một"]


async def test_a_fault_can_wait_for_one_chat(double: TelegramDouble, bot: Bot) -> None:
    an, binh = double.user(5), double.user(6)
    double.fail_next("sendMessage", 403, chat=binh)

    await bot.send_message(an.id, "a")
    with pytest.raises(raised.TelegramForbiddenError):
        await bot.send_message(binh.id, "b")


async def test_who_blocked_the_bot_cannot_be_written_to(double: TelegramDouble, bot: Bot) -> None:
    an = double.user(5)
    double.block(an)

    with pytest.raises(raised.TelegramForbiddenError, match="blocked by the user"):
        await bot.send_message(5, "a")
    double.unblock(an)
    await bot.send_message(5, "b")


async def test_a_group_that_moved_says_where_to(double: TelegramDouble, bot: Bot) -> None:
    group = double.group("Kiểm duyệt", id_=-55)
    moved = double.migrate(group, -1000055)

    with pytest.raises(raised.TelegramMigrateToChat) as told:
        await bot.send_message(group.id, "a")
    await bot.send_message(told.value.migrate_to_chat_id, "b")

    assert [shown.text for shown in double.messages(moved)] == ["b"]


async def test_a_group_takes_twenty_messages_a_minute() -> None:
    now = [datetime(2026, 11, 2, tzinfo=UTC)]
    async with TelegramDouble(now=lambda: now[0]) as double, double.bot() as bot:
        group = double.group("Kiểm duyệt")
        double.enforce_limits()
        for number in range(20):
            await bot.send_message(group.id, str(number))

        with pytest.raises(raised.TelegramRetryAfter) as told:
            await bot.send_message(group.id, "một quá nhiều")
        now[0] += timedelta(seconds=told.value.retry_after)
        await bot.send_message(group.id, "giờ thì được")


async def test_a_wrong_token_an_unknown_method_and_a_stranger_are_refused(double: TelegramDouble, bot: Bot) -> None:
    with pytest.raises(raised.TelegramNotFound, match="method not found"):
        await bot.log_out()
    with pytest.raises(raised.TelegramBadRequest, match="chat not found"):
        await bot.send_message(404, "a")
    double.token = "1:other"
    with pytest.raises(raised.TelegramUnauthorizedError):
        await bot.get_me()
