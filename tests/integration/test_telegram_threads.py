"""A group with forum topics: each card in the topic of its department, made and mended by the bot. Real room, real
deliverer, the Bot API double outside.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from sqlalchemy import select

from bot.domain.message import Address, ChannelName
from bot.domain.submission import Action, State
from bot.ports import Card, ShownCard
from bot.texts.keys import Key
from bot.usecases.journal import Journal
from bot.usecases.moderate import Decision
from storage.schema import FAILED, outbox
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room, here
from tests.doubles.telegram import Group, Shown, TelegramDouble, Toast
from tests.world import Youth, moderator

BUS, FEES, BRAND = "Bao giờ quê em có xe buýt?", "Học phí năm nay sao tăng?", "Nhãn hiệu của em đăng ký ở đâu?"
ANYTHING = "Em không biết hỏi ai chuyện này?"
OFFER = "Cho vay tiền nhanh không thế chấp, giải ngân trong ngày, liên hệ 0900000000"
GENERAL = None


@pytest.fixture
async def quiet(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    """The group as it is without topics."""
    async with group_room(store, tmp_path / "xuat") as room:
        yield room


@pytest.fixture
async def room(quiet: GroupRoom) -> GroupRoom:
    """The group as a forum in which the bot may do everything."""
    quiet.double.make_forum(quiet.group)
    return quiet


def text(room: GroupRoom, key: Key, **values: object) -> str:
    return room.world.voice.text(key, **values)


def said(room: GroupRoom, key: Key, group: Group | None = None, **values: object) -> int:
    """How often a sentence stands in the group, and in no topic."""
    there = room.double.messages(group or room.group)
    return [one.text for one in there if one.thread is GENERAL].count(text(room, key, **values))


def name_of(room: GroupRoom, message: Shown, group: Group | None = None) -> str | None:
    """The name of the topic in which a message stands."""
    return None if message.thread is None else (group or room.group).threads[message.thread].name


async def department(room: GroupRoom, topic: str) -> str:
    async with room.world.store.reading() as tx:
        _, routing = await room.world.running.view(tx)
    return routing.department(routing.route(topic).lead or "").short_name


async def asked(room: GroupRoom, words: str) -> Shown:
    """Somebody asks, and the card as the group sees it."""
    submission = await room.asks(words)
    await room.settle()
    return room.card(submission.code)


async def failed(room: GroupRoom) -> int:
    async with room.world.store.reading() as tx:
        return len(await tx.outbox._work.rows(select(outbox.c.id).where(outbox.c.state == FAILED)))  # type: ignore[attr-defined]


async def change_topic(room: GroupRoom, words: str, topic: str) -> str:
    """A submission whose card stands in a topic is moved to another department; its code."""
    submission = await room.asks(words)
    await room.settle()
    await room.world.moderate.decide(submission.id, 1, Decision(Action.CHANGE_TOPIC, topic=topic), moderator("Minh"))
    await room.settle()
    return submission.code


# ------------------------------------------------------------------ where cards go


async def test_each_card_stands_in_the_topic_of_its_department_and_a_topic_is_made_once(room: GroupRoom) -> None:
    bus, fees, again = await asked(room, BUS), await asked(room, FEES), await asked(room, "Thêm xe buýt được không?")

    transport, school = await department(room, "giao-thong-van-tai"), await department(room, "hoc-phi-hoc-bong")
    assert [name_of(room, card) for card in (bus, fees, again)] == [transport, school, transport]
    assert sorted(one.name for one in room.group.threads.values()) == sorted([transport, school])
    assert "Duyệt" in bus.labels[0]


async def test_a_card_that_the_machine_is_not_sure_of_and_spam_have_topics_of_their_own(room: GroupRoom) -> None:
    unsure, spam = await asked(room, ANYTHING), await asked(room, OFFER)

    assert name_of(room, unsure) == text(room, Key.SHELF_UNCLEAR)
    assert name_of(room, spam) == text(room, Key.SHELF_SPAM)


async def test_a_group_without_topics_notices_nothing(quiet: GroupRoom) -> None:
    card = await asked(quiet, BUS)
    code = await change_topic(quiet, FEES, "so-huu-tri-tue")

    assert card.thread is GENERAL
    assert [one.id for one in quiet.double.messages(quiet.group) if code in one.text] == [quiet.card(code).id]
    assert quiet.double.called("createForumTopic") == []
    assert not any("message_thread_id" in call for call in quiet.double.called("sendMessage"))
    assert all(code in one.text or card.id == one.id for one in quiet.double.messages(quiet.group))


async def test_topics_can_be_switched_off(store: SqlStore, tmp_path: Path) -> None:
    async with group_room(store, tmp_path / "xuat", topics=False) as room:
        room.double.make_forum(room.group)

        card = await asked(room, BUS)

        assert (card.thread, room.group.threads) == (GENERAL, {})
        assert said(room, Key.BOARD_THREADS_ON) == 0


# ------------------------------------------------------------------ cards that move


async def test_a_card_moves_with_its_department_and_leaves_its_code_behind_and_no_word_more(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    old = room.card(submission.code)

    toast = await change_by_buttons(room, old, "so-huu-tri-tue")

    new = room.card(submission.code)
    brands = await department(room, "so-huu-tri-tue")
    (left,) = [one for one in room.double.messages(room.group) if one.id == old.id]
    assert not toast.alert
    assert (name_of(room, new), new.id != old.id) == (brands, True)
    assert (left.text, left.buttons) == (f"{submission.code}: {text(room, Key.CARD_MOVED, shelf=brands)}", ())
    assert BUS in new.text


async def change_by_buttons(room: GroupRoom, card: Shown, topic: str) -> Toast:
    """Press through the menus of a card as a moderator does."""
    async with room.world.store.reading() as tx:
        _, routing = await room.world.running.view(tx)
    body = routing.department(routing.route(topic).lead or "")
    await room.told(room.lan, card, text(room, Key.A_CHANGE_TOPIC))
    await room.told(room.lan, card, body.short_name)
    return await room.told(room.lan, card, routing.topics[topic].name)


async def test_the_buttons_of_a_moved_card_work_and_those_of_its_former_message_do_not(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    old = room.card(submission.code)
    (approve,) = [data for row in old.buttons for _, data in row if ":approve:" in data]
    await change_by_buttons(room, old, "so-huu-tri-tue")

    stale = await room.told(room.lan, old, approve, forged=True)
    done = await room.told(room.minh, room.card(submission.code), room.card(submission.code).labels[0])

    assert (stale.alert, done.alert) == (True, False)
    assert (await room.now(submission)).state is State.APPROVED


async def test_what_is_marked_as_spam_moves_there_and_back_when_that_is_undone(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()

    await room.world.moderate.decide(submission.id, 1, Decision(Action.MARK_SPAM), moderator())
    await room.settle()
    there = name_of(room, room.card(submission.code))
    version = (await room.now(submission)).version
    await room.world.moderate.decide(submission.id, version, Decision(Action.UNDO), moderator())
    await room.settle()

    assert there == text(room, Key.SHELF_SPAM)
    assert name_of(room, room.card(submission.code)) == await department(room, "giao-thong-van-tai")


async def test_a_card_stays_in_its_message_while_its_department_is_the_same(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    before = room.card(submission.code)

    await room.told(room.lan, before, before.labels[0])

    assert (room.card(submission.code).id, (await room.now(submission)).state) == (before.id, State.APPROVED)


async def test_a_card_that_became_private_says_nothing_where_it_is_and_goes_nowhere(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    before = room.card(submission.code)

    await room.world.moderate.decide(submission.id, 1, Decision(Action.SET_APART), moderator())
    await room.settle()

    after = room.card(submission.code)
    assert (after.id, after.thread) == (before.id, before.thread)
    assert not any(BUS in one.text for one in room.double.messages(room.group))


# ------------------------------------------------------------------ commands and lists


async def test_a_command_is_answered_in_the_topic_where_it_was_typed(room: GroupRoom) -> None:
    card = await asked(room, BUS)
    topic = name_of(room, card) or ""
    code = card.text.split()[0]

    for typed in ("/thongke", "/hangdoi", "/trogiup", f"/cauhoi {code}"):
        await room.double.user_types(room.lan, typed, room.group, thread=topic)
        await room.settle()
        assert room.double.last(room.group).thread == card.thread, typed
    await room.double.user_types(room.lan, f"/cauhoi {code}", room.group)
    await room.settle()

    assert (room.card(code).thread, BUS in room.card(code).text) == (GENERAL, True)


async def test_a_refusal_is_said_in_the_topic_where_the_command_was_typed(room: GroupRoom) -> None:
    card = await asked(room, BUS)

    await room.double.user_types(room.double.user(99, "Lạ"), "/xuat", room.group, thread=name_of(room, card) or "")
    await room.settle()

    last = room.double.last(room.group)
    assert (last.text, last.thread) == (text(room, Key.REFUSE_NOT_MODERATOR), card.thread)


async def test_words_in_a_topic_are_no_answer_to_a_card_and_a_real_answer_is_one(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    card = room.card(submission.code)
    topic = name_of(room, card) or ""

    await room.double.user_types(room.minh, "Câu này hay.", room.group, thread=topic)
    await room.double.user_types(room.minh, "/duyet", room.group, thread=topic)
    await room.settle()
    untouched = (await room.now(submission)).state
    answered = room.double._messages[room.group.id][card.id]
    await room.double.user_types(room.minh, "Bạn hỏi tuyến nào?", room.group, thread=topic, reply_to_message=answered)
    await room.settle()

    assert (untouched, (await room.now(submission)).state) == (State.WAITING, State.ASKED)


async def test_a_walk_goes_on_where_it_was_begun(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    topic = name_of(room, first) or ""
    for number in range(2):
        submission = await room.asks(f"{FEES} {number}")
        async with room.world.store.transaction() as tx:
            await tx.outbox.drop_cards(here(room.group.id), [submission.id])
            await tx.board.take_back(here(room.group.id), [submission.id])
    await room.double.user_types(room.lan, "/xemlanluot", room.group, thread=topic)
    await room.settle()
    walking = room.double.last(room.group)

    await room.told(room.lan, walking, walking.labels[0])

    (now,) = [one for one in room.double.messages(room.group) if one.id == walking.id]
    assert (now.thread, f"{FEES} 1" in now.text) == (first.thread, True)


async def test_an_answer_into_a_topic_that_is_gone_comes_in_general(room: GroupRoom) -> None:
    card = await asked(room, BUS)
    await room.double.user_types(room.lan, "/trogiup", room.group, thread=name_of(room, card) or "")
    room.double.delete_thread(room.group, name_of(room, card) or "")

    await room.settle()

    assert room.double.last(room.group).thread is GENERAL
    assert await failed(room) == 0


async def test_a_card_asked_for_while_it_is_being_drawn_comes_where_it_was_asked_for_and_stands_once(
    room: GroupRoom,
) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    fees = await asked(room, FEES)
    board = room.boards[here(room.group.id)]
    draw = board.show

    async def meanwhile(card: Card, shown: ShownCard) -> str:
        message_id = await draw(card, shown)
        board.show = draw  # type: ignore[method-assign]
        wanted = f"/cauhoi {submission.code}"
        await room.double.user_types(room.lan, wanted, room.group, thread=name_of(room, fees) or "")
        await room.poller.poll()
        while await room.worker.step():
            pass
        return message_id

    board.show = meanwhile  # type: ignore[method-assign]
    await room.world.moderate.decide(submission.id, 1, Decision(Action.ASSIGN), moderator())
    await room.settle()

    (only,) = [one for one in room.double.messages(room.group) if BUS in one.text]
    assert (only.thread, only.id) == (fees.thread, room.double.last(room.group).id)
    assert not (await room.told(room.minh, only, only.labels[0])).alert


# ------------------------------------------------------------------ made and mended


async def test_a_deleted_topic_is_made_anew_and_its_card_sent_there_once(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    name = name_of(room, first) or ""
    room.double.delete_thread(room.group, name)
    room.world.clock.move(minutes=11)

    second = await asked(room, "Xe buýt đi chậm quá?")
    await room.world.moderate.decide(1, 1, Decision(Action.ASSIGN), moderator())
    await room.settle()

    assert name_of(room, second) == name
    assert second.thread != first.thread
    assert sum(BUS in one.text for one in room.double.messages(room.group)) == 1
    assert name_of(room, room.card(first.text.split()[0])) == name
    assert await failed(room) == 0


async def test_a_topic_that_is_deleted_again_and_again_is_not_made_without_end(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    room.double.delete_thread(room.group, name_of(room, first) or "")

    second = await asked(room, "Xe buýt đi chậm quá?")

    assert second.thread is GENERAL
    assert len(room.double.called("createForumTopic")) == 1


async def test_a_renamed_topic_keeps_being_used(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    room.group.threads[first.thread or 0].name = "Đường sá, xe cộ"

    second = await asked(room, "Xe buýt đi chậm quá?")

    assert (second.thread, len(room.group.threads)) == (first.thread, 1)


async def test_a_closed_topic_is_opened_again(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    room.group.threads[first.thread or 0].closed = True

    second = await asked(room, "Xe buýt đi chậm quá?")

    assert (second.thread, room.group.threads[first.thread or 0].closed) == (first.thread, False)


async def test_a_closed_topic_that_cannot_be_opened_is_told_once_and_its_cards_come_in_general(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    name = name_of(room, first) or ""
    room.group.thread(name).closed = True
    room.double.fail_next("reopenForumTopic", 400, description="Bad Request: CHAT_ADMIN_REQUIRED", times=2)

    outside = [await asked(room, "Xe buýt đi chậm quá?"), await asked(room, "Xe buýt đắt quá?")]
    told = said(room, Key.BOARD_THREAD_CLOSED, name=name)
    room.group.thread(name).closed = False
    inside = await asked(room, "Xe buýt có wifi không?")

    assert [one.thread for one in outside] == [GENERAL, GENERAL]
    assert (told, said(room, Key.BOARD_THREAD_CLOSED, name=name), inside.thread) == (1, 1, first.thread)


async def test_without_the_right_everything_comes_in_general_and_the_group_is_told_once(room: GroupRoom) -> None:
    room.group.may_manage = False

    cards = [await asked(room, BUS), await asked(room, FEES)]
    room.group.may_manage = True
    room.world.clock.move(seconds=61)
    later = await asked(room, BRAND)

    assert [one.thread for one in cards] == [GENERAL, GENERAL]
    assert said(room, Key.BOARD_THREADS_NO_RIGHT) == 1
    assert name_of(room, later) == await department(room, "so-huu-tri-tue")
    assert said(room, Key.BOARD_THREADS_ON) == 1


async def test_a_right_that_is_lost_meanwhile_costs_no_card(room: GroupRoom) -> None:
    inside = await asked(room, BUS)
    room.group.may_manage = False

    outside = await asked(room, FEES)
    code = await change_topic(room, BRAND, "giao-thong-van-tai")

    assert inside.thread is not GENERAL
    assert outside.thread is GENERAL
    assert sum(BRAND in one.text for one in room.double.messages(room.group)) == 1
    assert code in room.card(code).text
    assert said(room, Key.BOARD_THREADS_NO_RIGHT) == 1


async def test_a_card_that_could_not_move_for_want_of_a_right_moves_once_it_can(room: GroupRoom) -> None:
    submission = await room.asks(BRAND)
    await room.settle()
    room.group.may_manage = False
    room.world.clock.move(seconds=61)
    wanted = Decision(Action.CHANGE_TOPIC, topic="giao-thong-van-tai")
    await room.world.moderate.decide(submission.id, 1, wanted, moderator())
    await room.settle()
    stayed = name_of(room, room.card(submission.code))
    room.group.may_manage = True
    room.world.clock.move(seconds=61)

    await room.world.moderate.decide(submission.id, 2, Decision(Action.APPROVE), moderator())
    await room.settle()

    brands, transport = await department(room, "so-huu-tri-tue"), await department(room, "giao-thong-van-tai")
    assert (stayed, name_of(room, room.card(submission.code))) == (brands, transport)


async def test_topics_may_be_switched_off_and_on_again(room: GroupRoom) -> None:
    first = await asked(room, BUS)
    room.group.forum = False
    outside = await asked(room, "Xe buýt đi chậm quá?")
    told = said(room, Key.BOARD_THREADS_OFF)
    room.group.forum = True
    room.world.clock.move(seconds=61)

    inside = await asked(room, "Xe buýt đắt quá?")

    assert (outside.thread, told, inside.thread) == (GENERAL, 1, first.thread)
    assert (await failed(room), len(room.double.called("createForumTopic"))) == (0, 1)


async def test_topics_that_are_switched_on_later_take_the_next_cards_and_leave_the_old_ones(quiet: GroupRoom) -> None:
    old = await asked(quiet, BUS)
    quiet.double.make_forum(quiet.group)
    quiet.world.clock.move(seconds=61)

    new = await asked(quiet, FEES)
    await quiet.told(quiet.lan, old, old.labels[0])

    assert name_of(quiet, new) == await department(quiet, "hoc-phi-hoc-bong")
    (still,) = [one for one in quiet.double.messages(quiet.group) if BUS in one.text]
    assert (still.id, still.thread) == (old.id, GENERAL)
    assert said(quiet, Key.BOARD_THREADS_ON) == 1


async def test_a_card_of_which_nobody_wrote_down_the_topic_stays_where_it_is(quiet: GroupRoom) -> None:
    submission = await quiet.asks(BUS)
    await quiet.settle()
    old = quiet.card(submission.code)
    async with quiet.world.store.transaction() as tx:  # as an earlier version of the program left it
        (shown,) = await tx.board.of_submission(submission.id)
        await tx.board.shown(shown.id, str(old.id), "")
    quiet.double.make_forum(quiet.group)
    quiet.world.clock.move(seconds=61)

    await quiet.told(quiet.lan, old, old.labels[0])

    assert [one.id for one in quiet.double.messages(quiet.group) if BUS in one.text] == [old.id]


async def test_a_group_that_gets_another_id_gets_topics_of_its_own(room: GroupRoom) -> None:
    card = await asked(room, BUS)
    new = await room.double.upgrade(room.group, -1009)

    await room.settle()

    moved = room.card(card.text.split()[0], new)
    assert name_of(room, moved, new) == await department(room, "giao-thong-van-tai")
    assert await failed(room) == 0


async def test_while_general_is_closed_what_is_for_it_waits_and_nothing_is_lost(room: GroupRoom) -> None:
    room.group.may_manage = False
    room.group.closed = True
    submission = await room.asks(BUS)
    await room.settle()
    shut = await room.boards.trouble()
    room.group.closed = False
    room.world.clock.move(minutes=2)

    await room.settle()

    assert shut is Key.BOARD_SHUT_SILENT
    assert BUS in room.card(submission.code).text
    assert await failed(room) == 0


@pytest.mark.parametrize("method", ["createForumTopic", "getChat", "getChatMember"])
@pytest.mark.parametrize("status", [429, 500])
async def test_a_fault_while_a_topic_is_made_costs_no_card_and_shows_none_twice(
    room: GroupRoom, method: str, status: int
) -> None:
    room.double.fail_next(method, status, retry_after=3 if status == 429 else 0)

    submission = await room.asks(BUS)
    for _ in range(3):
        await room.settle()
        room.world.clock.move(minutes=2)

    assert sum(BUS in one.text for one in room.double.messages(room.group)) == 1
    assert BUS in room.card(submission.code).text
    assert await failed(room) == 0


async def test_a_restart_between_making_a_topic_and_sending_into_it_makes_no_second_one(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.deliverer.step()
    made = list(room.group.threads)
    async with room.world.store.transaction() as tx:
        await tx.outbox.recover()

    await room.settle()

    assert (len(made), list(room.group.threads)) == (1, made)
    assert room.card(submission.code).thread == made[0]


async def test_making_topics_and_moving_cards_stays_within_twenty_messages_a_minute(room: GroupRoom) -> None:
    room.double.enforce_limits()
    room.deliverer._pace._tick = lambda: room.world.clock.now().timestamp()
    submissions = []
    for n in range(4):  # of one person the group sees five cards a minute at most: these are four
        asker = Youth(room.world, Address(ChannelName.WEB, "web", f"an {n}"))
        await asker.agrees()
        submissions += [await asker.asks(f"{words} {n}") for words in (BUS, FEES, BRAND, ANYTHING, OFFER)]
    for _ in range(40):
        await room.settle()
        room.world.clock.move(seconds=4)
    for one in (one for one in submissions if one.text.startswith((BUS, FEES, BRAND))):  # twelve, two messages each
        wanted = Decision(Action.CHANGE_TOPIC, topic="viec-lam")
        await room.world.moderate.decide(one.id, (await room.now(one)).version, wanted, moderator())
    for _ in range(30):
        await room.settle()
        room.world.clock.move(seconds=4)

    there = [one.text for one in room.double.messages(room.group) if one.thread is not GENERAL]
    assert all(any(f"{one.text}" in words for words in there) for one in submissions)
    assert len(room.group.threads) == 6
    assert room.double.refused == []


# ------------------------------------------------------------------ the log


@pytest.fixture
def journal(room: GroupRoom) -> Journal:
    world = room.world
    return Journal(world.store, world.clock, world.voice, world.running, room.boards)


async def log(room: GroupRoom, journal: Journal) -> list[str]:
    """A minute later: what the log then says, a text a message."""
    room.world.clock.move(seconds=61)
    await journal()
    await room.settle()
    name = text(room, Key.SHELF_LOG)
    return [one.text for one in room.double.messages(room.group) if name_of(room, one) == name]


async def test_the_log_has_a_line_for_each_decision_and_many_share_a_message(room: GroupRoom, journal: Journal) -> None:
    bus, fees = await room.asks(BUS), await room.asks(FEES)
    assert await log(room, journal) == []

    await room.world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator("Lan"))
    await room.world.moderate.decide(fees.id, 1, Decision(Action.REJECT, reason="reason.duplicate"), moderator("Minh"))
    await room.settle()
    (message,) = await log(room, journal)

    first, second = message.splitlines()
    assert all(part in first for part in ("Lan", text(room, Key.TRACE_APPROVE), bus.code))
    assert all(part in second for part in ("Minh", text(room, Key.TRACE_REJECT), fees.code))
    assert BUS not in message
    assert await log(room, journal) == [message]


async def test_the_log_waits_while_cards_wait(room: GroupRoom, journal: Journal) -> None:
    bus = await room.asks(BUS)
    await room.settle()
    await log(room, journal)
    await room.world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator("Lan"))
    room.world.clock.move(seconds=61)

    while_cards_wait = await journal()
    await room.settle()

    assert while_cards_wait == 0
    assert len(await log(room, journal)) == 1


async def test_the_log_names_nothing_that_is_private(room: GroupRoom, journal: Journal) -> None:
    await asked(room, FEES)
    await log(room, journal)
    bus = await room.asks(BUS)
    await room.world.moderate.decide(bus.id, 1, Decision(Action.SET_APART), moderator("Lan"))
    await room.settle()

    assert await log(room, journal) == []


async def test_a_group_without_topics_has_no_log(quiet: GroupRoom) -> None:
    world = quiet.world
    journal = Journal(world.store, world.clock, world.voice, world.running, quiet.boards)
    bus = await quiet.asks(BUS)
    await quiet.settle()
    await world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator("Lan"))
    await quiet.settle()
    before = quiet.double.messages(quiet.group)

    world.clock.move(seconds=61)
    assert await journal() == 0
    await quiet.settle()

    assert quiet.double.messages(quiet.group) == before


async def test_a_log_whose_topic_can_no_longer_be_had_does_not_fill_general(room: GroupRoom, journal: Journal) -> None:
    bus = await room.asks(BUS)
    await log(room, journal)
    await room.world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator("Lan"))
    await room.settle()
    room.world.clock.move(seconds=61)
    assert await journal() == 1
    room.group.may_manage = False
    room.world.clock.move(seconds=61)

    await room.settle()

    assert not any(
        "Lan" in one.text and one.thread is GENERAL and bus.code in one.text and BUS not in one.text
        for one in room.double.messages(room.group)
    )
    assert await failed(room) == 0


# ------------------------------------------------------------------ the double itself


async def test_the_double_refuses_as_telegram_does() -> None:
    async with TelegramDouble() as double, double.bot() as bot:
        group = double.group("Kiểm duyệt")
        assert await refusal(bot, group, 7) == "Bad Request: message thread not found"
        with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
            await bot.create_forum_topic(group.id, "Sở Y tế")
        double.make_forum(group, may_manage=False)
        with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
            await bot.create_forum_topic(group.id, "Sở Y tế")
        group.may_manage = True

        made = await bot.create_forum_topic(group.id, "Sở Y tế", icon_color=0x6FB9F0)
        sent = await bot.send_message(group.id, "x", message_thread_id=made.message_thread_id)
        assert (sent.is_topic_message, sent.message_thread_id) == (True, made.message_thread_id)
        with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
            await bot.reopen_forum_topic(group.id, made.message_thread_id)
        await bot.edit_forum_topic(group.id, made.message_thread_id, "Y tế")
        group.thread("Y tế").closed = True
        assert await refusal(bot, group, made.message_thread_id) == "Bad Request: TOPIC_CLOSED"
        assert await bot.reopen_forum_topic(group.id, made.message_thread_id)
        double.delete_thread(group, "Y tế")
        assert await refusal(bot, group, made.message_thread_id) == "Bad Request: message thread not found"
        assert double.messages(group) == []


async def refusal(bot: Bot, group: Group, thread: int) -> str:
    with pytest.raises(TelegramBadRequest) as found:
        await bot.send_message(group.id, "x", message_thread_id=thread)
    return found.value.message
