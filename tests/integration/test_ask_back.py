"""A moderator asks back: the asker's next message is the answer, nobody waits for ever, and no word is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.submission import SYSTEM, Action, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.usecases.ask_back import GoOn
from bot.usecases.staff import Order
from tests.world import GROUP, NOON, World, decide, now

QUESTION = "Bạn muốn hỏi tuyến nào, ở xã nào?"
ANSWER = "Dạ tuyến về xã Tân Việt ạ"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
async def unhurried(store, tmp_path):
    """Askers are told after two minutes."""
    return World(store, tmp_path / "xuat", undo_window=timedelta(minutes=2))


async def asked(world):
    an = world.youth()
    await an.agrees()
    return an, await an.asks("Bao giờ quê em có xe buýt?")


async def asked_back(world):
    an, submission = await asked(world)
    await decide(world, submission, Action.ASK_BACK, question=QUESTION)
    return an, submission


async def ask_of(world, submission):
    async with world.store.reading() as tx:
        return await tx.asks.newest(submission.id)


async def heard(world, youth):
    return [words.text for words in await world.said_to(youth.address)]


async def step(world):
    return await GoOn(world.store, world.clock, world.pulse, world.tell).step()


async def test_the_question_reaches_the_asker_and_their_next_message_answers_it(world):
    an, submission = await asked_back(world)
    assert QUESTION in (await heard(world, an))[-1]
    assert (await now(world, submission)).state is State.ASKED

    said = await an.types(ANSWER)

    assert "phần trả lời cho câu" in said
    after = await now(world, submission)
    assert (after.state, after.text) == (State.WAITING, submission.text)
    assert (await ask_of(world, submission)).answer == ANSWER
    assert len(await world.submissions()) == 1


async def test_both_sides_see_that_an_answer_is_waited_for_and_what_it_was(world):
    an, submission = await asked_back(world)
    (line,) = (await world.cards.one(submission.id)).asked
    assert QUESTION in line
    assert "chờ trả lời đến 12 giờ 00 thứ Năm, ngày 22/02/2024" in line
    assert "đang hỏi lại" in await an.types("/cuatoi")

    await an.presses("Gửi câu khác")
    await an.types("/cuatoi")
    await an.types(submission.code)
    await an.types("/start")
    await an.types(ANSWER)

    assert ANSWER in (await world.cards.one(submission.id)).asked[0]


async def test_who_is_in_the_middle_of_another_question_finishes_it_first(world):
    an, submission = await asked(world)
    await an.types("Học phí năm nay thế nào?")
    await decide(world, submission, Action.ASK_BACK, question=QUESTION)

    await an.types("Em học lớp 11")
    await an.presses("Gửi")
    await an.types(ANSWER)

    assert [one.text for one in await world.submissions()] == [
        submission.text,
        "Học phí năm nay thế nào?\nEm học lớp 11",
    ]
    assert (await ask_of(world, submission)).answer == ANSWER


async def test_who_wants_to_ask_something_new_says_so_first_or_afterwards_and_loses_no_word(world):
    an, submission = await asked_back(world)

    await an.presses("Gửi câu khác")
    await an.types("Học phí năm nay thế nào?")
    await an.presses("Gửi")
    assert (await now(world, submission)).state is State.ASKED

    await an.types("Việc làm ở huyện em có nhiều không?")
    said = await an.presses("Không, đó là câu hỏi mới")

    assert "Việc làm ở huyện em có nhiều không?" in said
    assert (await now(world, submission)).state is State.ASKED
    await an.presses("Gửi")
    await an.types(ANSWER)
    assert (await ask_of(world, submission)).answer == ANSWER
    assert len(await world.submissions()) == 3


async def test_an_answer_that_was_used_already_stays_one(world):
    an, submission = await asked_back(world)
    await an.types(ANSWER)
    await decide(world, submission, Action.APPROVE)

    said = await an.presses("Không, đó là câu hỏi mới")

    assert "không bỏ ra được nữa" in said
    assert (await ask_of(world, submission)).answer == ANSWER
    assert (await now(world, submission)).state is State.APPROVED


async def test_without_an_answer_it_goes_on_after_two_days_and_the_asker_hears_of_it(world):
    an, submission = await asked_back(world)
    world.clock.move(hours=47, minutes=59)
    assert not await step(world)

    world.clock.move(minutes=1)
    assert await step(world)
    assert not await step(world)

    assert (await now(world, submission)).state is State.WAITING
    assert "xem xét tiếp như bạn đã viết" in (await heard(world, an))[-1]
    async with world.store.reading() as tx:
        last = (await tx.history.of(submission.id))[-1]
    assert (last.actor, last.action) == (SYSTEM, Action.GO_ON)
    assert "Không có trả lời" in (await world.cards.one(submission.id)).asked[0]


async def test_what_comes_after_the_waiting_is_a_question_of_its_own(world):
    an, submission = await asked_back(world)
    world.clock.move(hours=48)
    await step(world)

    said = await an.types(ANSWER)

    assert ANSWER in said
    assert (await ask_of(world, submission)).answer == ""


async def test_the_two_days_begin_when_the_asker_hears_of_it(unhurried):
    _, submission = await asked_back(unhurried)
    assert (await ask_of(unhurried, submission)).told_at is None

    unhurried.clock.move(minutes=10)
    await unhurried.tell.step()

    ask = await ask_of(unhurried, submission)
    assert ask.due_at - ask.told_at == timedelta(hours=48)


async def test_what_is_written_before_the_question_is_told_does_not_answer_it(unhurried):
    an, submission = await asked_back(unhurried)

    await an.types("Học phí năm nay thế nào?")

    assert (await ask_of(unhurried, submission)).answer == ""


async def test_a_question_taken_back_in_time_is_never_asked(unhurried):
    an, submission = await asked_back(unhurried)
    await decide(unhurried, submission, Action.UNDO)
    unhurried.clock.move(hours=1)
    await unhurried.tell.step()

    assert not any(QUESTION in text for text in await heard(unhurried, an))
    assert (await now(unhurried, submission)).state is State.WAITING
    assert not (await ask_of(unhurried, submission)).is_open


async def test_a_moderator_who_needs_no_answer_any_more_goes_on_and_may_take_that_back(world):
    an, submission = await asked_back(world)
    await decide(world, submission, Action.GO_ON)
    assert "không cần trả lời" in (await heard(world, an))[-1]

    await decide(world, submission, Action.UNDO)
    await an.types(ANSWER)

    assert (await ask_of(world, submission)).answer == ANSWER


async def test_an_answer_that_tells_of_danger_sets_all_of_it_apart(world):
    an, submission = await asked_back(world)

    said = await an.types("Em không muốn sống nữa")

    assert "111" in said
    assert "chỉ người phụ trách đọc" in said
    assert (await now(world, submission)).private


async def test_words_that_the_asker_changes_instead_end_the_waiting(world):
    an, submission = await asked_back(world)

    await an.rewrites(submission.code, "Tuyến xe buýt về xã Tân Việt bao giờ chạy?")

    assert (await now(world, submission)).state is State.WAITING
    assert not (await ask_of(world, submission)).is_open


async def test_a_slip_has_nobody_to_ask(world):
    slip = Slip(2, "Bao giờ quê em có xe buýt?", "", "", NOON, "")
    await world.importing(SlipFile((slip,), (), ()), by="nhập phiếu")
    (submission,) = await world.submissions()

    with pytest.raises(NotAllowedNow, match="nobody_to_ask"):
        await decide(world, submission, Action.ASK_BACK, question=QUESTION)


@pytest.mark.parametrize(("question", "why"), [("  ", "no_question"), ("a" * 1001, "long_question")])
async def test_there_must_be_a_question_and_not_a_page(world, question, why):
    _, submission = await asked(world)

    with pytest.raises(Refusal, match=why):
        await decide(world, submission, Action.ASK_BACK, question=question)
    assert (await now(world, submission)).state is State.WAITING


async def test_the_answer_stands_in_the_workbook_beside_the_question(world):
    an, submission = await asked_back(world)
    content = await world.exporting.content()
    assert [row.note for row in content.waiting] == ["Đang hỏi lại người gửi"]

    await an.types(ANSWER)
    await decide(world, submission, Action.APPROVE)

    content = await world.exporting.content()
    (row,) = [row for part in content.departments for row in part.rows]
    assert row.text == f"{submission.text}\n(Được hỏi thêm, người gửi trả lời: {ANSWER})"


# ------------------------------------------------------------------ by answering the card in the group


async def answers_the_card(world, submission, text, message_id="88"):
    """What the group hears when somebody answers the card with these words."""
    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
        await tx.board.shown(shown.id, "88")
    before = len(await world.said_to(GROUP))
    await world.staff.reply(Order("", text, GROUP, "Minh", "", message_id))
    return [words.text for words in (await world.said_to(GROUP))[before:]]


async def test_words_that_answer_a_card_are_asked_back_and_the_group_hears_how_to_take_that_back(world):
    an, submission = await asked(world)

    (said,) = await answers_the_card(world, submission, QUESTION)

    assert submission.code in said
    assert "Hoàn tác" in said
    assert QUESTION in (await heard(world, an))[-1]


async def test_words_that_answer_anything_else_are_talk_among_moderators(world):
    an, submission = await asked(world)
    before = await heard(world, an)

    assert await answers_the_card(world, submission, "Tối nay họp lúc mấy giờ?", message_id="99") == []
    await decide(world, submission, Action.MARK_SPAM)
    assert await answers_the_card(world, submission, "Chuẩn, thư rác đấy") == []

    assert await heard(world, an) == before


async def test_a_page_instead_of_a_question_is_refused_in_the_group(world):
    _, submission = await asked(world)

    (said,) = await answers_the_card(world, submission, "a" * 1001)

    assert "dài quá" in said
    assert (await now(world, submission)).state is State.WAITING
