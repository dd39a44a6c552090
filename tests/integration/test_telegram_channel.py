"""Words reach young people whole, plain, and with their buttons; faults come back as the deliverer needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from handlers.telegram.channel import TelegramChannel
from tests.doubles.telegram import TelegramDouble


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        double.user(5)
        yield double


@pytest.fixture
async def channel(double: TelegramDouble) -> AsyncIterator[TelegramChannel]:
    async with double.bot() as bot:
        yield TelegramChannel(bot)


async def test_words_arrive_as_they_are(double: TelegramDouble, channel: TelegramChannel) -> None:
    id_ = await channel.say(
        "5", Words("<b>không</b> phải *markup* & https://example.invalid", (("send", "Gửi"), ("drop", "Bỏ")))
    )

    shown = double.last(5)
    assert str(shown.id) == id_
    assert (shown.text, shown.entities) == ("<b>không</b> phải *markup* & https://example.invalid", ())
    assert shown.buttons == ((("Gửi", "c:send"),), (("Bỏ", "c:drop"),))


async def test_long_words_come_in_parts_with_the_buttons_last(double: TelegramDouble, channel: TelegramChannel) -> None:
    text = "😀 dài lắm\n" * 900

    id_ = await channel.say("5", Words(text, (("send", "Gửi"),)))

    shown = double.messages(5)
    assert [one.text[:6] for one in shown] == ["(1/3) ", "(2/3) ", "(3/3) "]
    assert "".join(one.text[6:] for one in shown) == text
    assert [one.labels for one in shown] == [[], [], ["Gửi"]]
    assert id_ == str(shown[-1].id)


async def test_a_part_that_shows_nothing_is_left_out(double: TelegramDouble, channel: TelegramChannel) -> None:
    await channel.say("5", Words("đầu" + "\u200b" * 9000 + "cuối"))

    assert [one.text.replace("\u200b", "") for one in double.messages(5)] == ["(1/2) đầu", "(2/2) cuối"]


async def test_signs_that_cannot_be_sent_do_not_stop_the_rest(double: TelegramDouble, channel: TelegramChannel) -> None:
    await channel.say("5", Words("a\ud800b\x00c", (("x", "Nút \udfff"),)))

    assert (double.last(5).text, double.last(5).labels) == ("a\ufffdbc", ["Nút \ufffd"])


async def test_words_that_show_nothing_are_refused_for_good(channel: TelegramChannel) -> None:
    with pytest.raises(DeliveryError) as found:
        await channel.say("5", Words(" \u200b"))

    assert found.value.permanent


@pytest.mark.parametrize(
    ("fault", "permanent", "retry_after", "moved_to"),
    [
        ({"status": 429, "retry_after": 9}, False, 9.0, None),
        ({"status": 403}, True, None, None),
        ({"status": 400, "migrate_to_chat_id": -1007}, False, None, "-1007"),
        ({"status": 500}, False, None, None),
        ({"status": 502, "html": True}, False, None, None),
        ({"disconnect": "before"}, False, None, None),
        ({"status": 401}, False, None, None),
    ],
)
async def test_each_fault_says_what_to_do_next(
    double: TelegramDouble,
    channel: TelegramChannel,
    fault: dict[str, Any],
    permanent: bool,
    retry_after: float | None,
    moved_to: str | None,
) -> None:
    double.fail_next("sendMessage", **fault)

    with pytest.raises(DeliveryError) as found:
        await channel.say("5", Words("chào"))

    assert (found.value.permanent, found.value.retry_after, found.value.moved_to) == (permanent, retry_after, moved_to)


async def test_a_chat_that_blocked_the_bot_is_given_up(double: TelegramDouble, channel: TelegramChannel) -> None:
    double.block(double.user(5))

    with pytest.raises(DeliveryError, match="blocked by the user") as found:
        await channel.say("5", Words("chào"))

    assert found.value.permanent
