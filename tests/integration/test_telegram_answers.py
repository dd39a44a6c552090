"""Words in the group that answer a card, and cards that are sent anew: through the real edge, board and deliverer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.submission import Action, State
from bot.usecases.moderate import Decision
from storage.store import SqlStore
from tests.doubles.group_room import BOT, GroupRoom, group_room
from tests.doubles.telegram import Person
from tests.world import moderator

BUS, QUESTION = "Bao giờ quê em có xe buýt?", "Bạn hỏi tuyến nào?"


@pytest.fixture
async def room(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    async with group_room(store, tmp_path / "xuat") as room:
        yield room


async def answers(room: GroupRoom, person: Person, message_id: int, text: str, of: int = int(BOT)) -> None:
    """Somebody answers a message of the group, by default one of the bot's."""
    answered = {
        "message_id": message_id,
        "date": 0,
        "chat": {"id": room.group.id, "type": "supergroup", "title": "x"},
        "from": {"id": of, "is_bot": of == int(BOT), "first_name": "x"},
    }
    await room.double.user_types(person, text, room.group, reply_to_message=answered)
    await room.settle()


async def heard(room: GroupRoom) -> str:
    return (await room.world.said_to(room.asker.address))[-1].text


async def test_words_that_answer_a_card_reach_the_asker_as_a_question(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()

    await answers(room, room.minh, room.card(submission.code).id, QUESTION)

    assert (await room.now(submission)).state is State.ASKED
    assert QUESTION in await heard(room)
    assert "Hoàn tác" in room.double.messages(room.group)[-1].text


@pytest.mark.parametrize("typed", ["/khongduyt thư rác nhé", "/duyet@otherbot ok", "/"])
async def test_a_mistyped_command_or_another_bots_is_no_question(room: GroupRoom, typed: str) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    before = await heard(room)

    await answers(room, room.minh, room.card(submission.code).id, typed)

    assert (await room.now(submission)).state is State.WAITING
    assert await heard(room) == before


async def test_what_moderators_say_to_each_other_is_no_question(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    before = await heard(room)

    await answers(room, room.minh, room.card(submission.code).id, "Câu này ai xem rồi?", of=room.lan.id)

    assert (await room.now(submission)).state is State.WAITING
    assert await heard(room) == before


async def test_a_card_that_is_sent_anew_leaves_no_words_in_the_message_before(room: GroupRoom) -> None:
    """Nothing would take them out later, not even where the submission becomes private."""
    submission = await room.asks(BUS)
    await room.settle()
    first = room.card(submission.code)
    await room.double.user_types(room.minh, f"/cauhoi {submission.code}", room.group)
    await room.settle()

    cards = [one for one in room.double.messages(room.group) if submission.code in one.text]
    assert [BUS in one.text for one in cards if one.id == first.id] == [False]
    assert BUS in room.card(submission.code).text

    seen = await room.now(submission)
    await room.world.moderate.decide(submission.id, seen.version, Decision(Action.SET_APART), moderator())
    await room.settle()

    assert not any(BUS in one.text for one in room.double.messages(room.group))
