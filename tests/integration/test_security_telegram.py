"""Telegram's odd senders and odd updates: each has an answer, none slips past the group's door. (reliability.md X7, X14)

One fixture for each kind of thing and of notice is in tests/doubles/telegram_shapes.py, run in test_telegram_edge.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.message import Attached, Typed
from bot.texts.keys import Key
from bot.usecases.work import Undecodable
from tests.doubles.telegram import Group, Person
from tests.doubles.telegram_room import Desk, desk

CHANNEL = {"id": -1007, "type": "channel", "title": "Tỉnh đoàn"}
SENDERS: dict[str, dict[str, Any]] = {
    "a channel in its own name": {
        "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
        "sender_chat": CHANNEL,
    },
    "the channel that is linked to the group": {
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": CHANNEL,
        "is_automatic_forward": True,
    },
    "an anonymous administrator": {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
    "another bot": {"from": {"id": 4343, "is_bot": True, "first_name": "Bot khác"}},
}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as room:
        yield room


@pytest.fixture
def an(room: Desk) -> Person:
    return room.double.user(5, "An")


@pytest.fixture
def group(room: Desk) -> Group:
    group = room.double.group("Kiểm duyệt", [room.double.user(77, "Trần Thị Lan")])
    room.edge._members.group = str(group.id)
    return group


def message(chat: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"message": {"message_id": 9, "date": 1_760_000_000, "chat": chat, **more}}


def here(group: Group) -> dict[str, Any]:
    return {"id": group.id, "type": "supergroup", "title": group.title}


# ------------------------------------------------------------------ who is nobody


@pytest.mark.parametrize("sender", SENDERS)
async def test_whoever_has_no_name_of_their_own_commands_nothing_and_is_told_why(
    room: Desk, group: Group, sender: str
) -> None:
    who = dict(SENDERS[sender])
    if sender == "an anonymous administrator":
        who["sender_chat"] = here(group)
    await room.double.raw_update(message(here(group), text="/xuat", **who))

    await room.handle_next()

    assert room.noted.commands == []
    assert [refusal[1:3] for refusal in room.noted.refusals] == [("/xuat", Key.TG_ANONYMOUS)]


@pytest.mark.parametrize("sender", SENDERS)
async def test_their_answers_to_a_card_are_not_put_to_a_young_person(room: Desk, group: Group, sender: str) -> None:
    await room.bot.send_message(group.id, "thẻ")
    card = {"message_id": 1, "date": 1, "chat": here(group), "text": "thẻ", "from": room.double.me}
    who = dict(SENDERS[sender])
    if sender == "an anonymous administrator":
        who["sender_chat"] = here(group)
    await room.double.raw_update(message(here(group), text="Em ở xã nào?", reply_to_message=card, **who))

    await room.handle_next()

    assert room.noted.commands == []


async def test_a_card_that_is_forwarded_into_a_private_chat_is_words_and_decides_nothing(
    room: Desk, an: Person
) -> None:
    origin = {"type": "chat", "date": 1, "sender_chat": {"id": -1001, "type": "supergroup", "title": "Kiểm duyệt"}}
    await room.double.user_types(an, "HY26-0001-A · chờ duyệt /xuat", forward_origin=origin)

    await room.handle_next()

    assert (room.noted.commands, room.noted.presses) == ([], [])
    assert [one.content for one in room.noted.inbounds] == [Typed("HY26-0001-A · chờ duyệt /xuat")]


# ------------------------------------------------------------------ odd messages


async def test_an_album_is_answered_picture_by_picture_and_its_caption_is_kept(room: Desk, an: Person) -> None:
    await room.double.user_sends(an, "photo", media_group_id="7", caption="Đường hỏng, bao giờ sửa?")
    await room.double.user_sends(an, "photo", media_group_id="7")

    await room.handle_next()
    await room.handle_next()

    contents = [one.content for one in room.noted.inbounds]
    assert contents == [Attached("ảnh", "Đường hỏng, bao giờ sửa?"), Attached("ảnh", "")]


async def test_a_command_under_a_picture_is_its_caption(room: Desk, an: Person) -> None:
    await room.double.user_sends(an, "photo", caption="/cuatoi")

    await room.handle_next()

    assert [one.content for one in room.noted.inbounds] == [Attached("ảnh", "/cuatoi")]


@pytest.mark.parametrize(
    "extra",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Ai đó"}},
        {"reply_to_message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}},
        {"external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Ai đó"}}},
        {"quote": {"text": "câu cũ", "position": 0}},
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "Bot"}},
        {"has_protected_content": True, "effect_id": "5"},
    ],
    ids=lambda extra: next(iter(extra)),
)
async def test_words_stay_words_however_they_came(room: Desk, an: Person, extra: dict[str, Any]) -> None:
    await room.double.user_types(an, "Bao giờ có xe buýt?", **extra)

    await room.handle_next()

    assert [one.content for one in room.noted.inbounds] == [Typed("Bao giờ có xe buýt?")]


async def test_a_thing_that_is_forwarded_is_answered_like_any_other(room: Desk, an: Person) -> None:
    origin = {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 3}
    await room.double.user_sends(an, "voice", forward_origin=origin)

    await room.handle_next()

    assert [one.content for one in room.noted.inbounds] == [Attached(room.voice.text(Key.TG_KIND_VOICE), "")]


# ------------------------------------------------------------------ updates that are no messages

UPDATES: dict[str, dict[str, Any]] = {
    "a post of a channel": {"channel_post": message(CHANNEL, text="tin")["message"]},
    "an edited post": {"edited_channel_post": message(CHANNEL, text="tin", edit_date=2)["message"]},
    "a poll": {
        "poll": {
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True, "is_anonymous": True,
            "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
        }
    },
    "a typed query": {
        "inline_query": {"id": "1", "from": {"id": 5, "is_bot": False, "first_name": "An"}, "query": "x", "offset": ""}
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", UPDATES)
async def test_what_is_no_message_to_us_is_done_with_and_changes_nothing(room: Desk, an: Person, kind: str) -> None:
    await room.double.raw_update(UPDATES[kind])

    await room.handle_next()

    assert (room.noted.inbounds, room.noted.commands, room.noted.presses) == ([], [], [])


async def test_an_update_of_a_kind_that_nobody_knows_is_put_aside_and_not_dropped(room: Desk) -> None:
    await room.double.raw_update({"hologram_call": {"id": 1}})

    with pytest.raises(Undecodable):
        await room.handle_next()
