"""Askers say whether an answer meets the point: by button or words, once an answer, changeable, no word mistaken."""

from __future__ import annotations

import pytest

from bot.domain.answer import AnswerBody, AnswerStep
from bot.domain.message import Chose
from bot.domain.submission import Action, State
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.contents import Contents
from bot.usecases.ratings import opinions
from bot.usecases.telling_answers import TellAnswers
from tests.world import World, asked, chief, decide, issue_of, moderator

WHY = "Em hỏi học phí trường nghề, không phải trường phổ thông"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def answered(world, issue_id, text="Có, từ tháng 9."):
    """Released and told."""
    answering = Answering(world.clock, world.running)
    async with world.store.transaction() as tx:
        answer = await answering.draft(tx, issue_id, AnswerBody(text), moderator())
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.RELEASE, chief())
    await tell_all(world)
    return answer


async def tell_all(world):
    """Decisions first: an answer waits for the news of its question."""
    world.clock.move(hours=1)
    answering = Answering(world.clock, world.running)
    telling = TellAnswers(world.store, world.clock, world.voice, world.running, world.pulse, answering)
    while await world.tell.step() or await telling.step():
        pass


async def one_answered(world, *texts):
    """Somebody who was answered: the person, their submissions (all in one issue) and the answer."""
    youth = world.youth()
    await youth.agrees()
    submissions = [await youth.asks(text) for text in texts or ("Bao giờ giảm học phí?",)]
    await decide(world, submissions[0], Action.APPROVE)
    issue = await issue_of(world, submissions[0])
    for one in submissions[1:]:
        await decide(world, one, Action.APPROVE, into=issue.id)
    return youth, submissions, await answered(world, issue.id)


async def thought(world):
    """(how many find it to the point, what the others say)"""
    async with world.store.reading() as tx:
        found = await opinions(tx, world.programme)
    return found.good, [(one.submission.code, one.words) for one in found.missed]


async def test_a_press_says_that_the_answer_meets_the_point_and_another_press_changes_it(world):
    youth, (submission,), _ = await one_answered(world)

    assert submission.code in await youth.presses("Đúng ý")
    assert await thought(world) == (1, [])
    await youth.presses("Chưa đúng ý")

    assert await thought(world) == (0, [(submission.code, "")])


async def test_where_there_are_no_buttons_a_typed_number_is_the_rating(world):
    youth, (submission,), _ = await one_answered(world)

    await youth.types("2")

    assert await thought(world) == (0, [(submission.code, "")])


async def test_a_number_typed_about_a_draft_is_no_rating_of_an_answer_that_came_meanwhile(world):
    youth, _, _ = await one_answered(world)
    await youth.types("Còn việc làm cho sinh viên thì sao?")
    other = await answered(
        world, (await issue_of(world, (await world.submissions())[0])).id, "Đính chính: từ tháng 10."
    )
    assert other.revision == 2

    await youth.types("1")

    assert await thought(world) == (0, [])
    assert len(await world.submissions()) == 2


async def test_the_next_words_after_a_no_are_the_reason_and_no_question(world):
    youth, (submission,), _ = await one_answered(world)

    await youth.presses("Chưa đúng ý")
    said = await youth.types(WHY)

    assert "lý do" in said
    assert await thought(world) == (0, [(submission.code, WHY)])
    assert len(await world.submissions()) == 1


async def test_a_reason_that_was_a_question_becomes_one_with_one_button_and_loses_no_word(world):
    youth, (submission,), _ = await one_answered(world)
    await youth.presses("Chưa đúng ý")
    await youth.types("Xã em bao giờ có xe buýt?")

    shown = await youth.presses("Không, đó là câu hỏi mới")
    assert "Xã em bao giờ có xe buýt?" in shown
    await youth.presses("Gửi")

    assert await thought(world) == (0, [(submission.code, "")])
    assert [one.text for one in await world.submissions()][1:] == ["Xã em bao giờ có xe buýt?"]


@pytest.mark.parametrize("way_out", ["Bỏ qua", "Gửi câu khác", "cảm ơn ạ", "👍", "/huy"])
async def test_who_gives_no_reason_asks_something_new_with_the_next_words(world, way_out):
    youth, (submission,), _ = await one_answered(world)
    await youth.presses("Chưa đúng ý")

    await (youth.presses(way_out) if way_out in ("Bỏ qua", "Gửi câu khác") else youth.types(way_out))
    shown = await youth.types("Xã em bao giờ có xe buýt?")
    await youth.presses("Gửi")

    assert "Xã em bao giờ có xe buýt?" in shown
    assert await thought(world) == (0, [(submission.code, "")])
    assert len(await world.submissions()) == 2


@pytest.mark.parametrize(
    ("typed", "opinion"),
    [
        ("đúng ý {code}", (1, [])),
        ("dung y {code} a", (1, [])),
        ("Dạ đúng ý ạ", (1, [])),
        ("DUNG Y", (1, [])),
        ("chua dung y {code}", (0, [("{code}", "")])),
        ("Chưa đúng ý", (0, [("{code}", "")])),
        ("Chưa đúng ý {code}: em hỏi trường nghề", (0, [("{code}", "em hỏi trường nghề")])),
        ("không đúng ý câu {code}, em hỏi trường nghề", (0, [("{code}", "em hỏi trường nghề")])),
    ],
)
async def test_typed_words_do_what_the_buttons_do_accents_or_not(world, typed, opinion):
    youth, (submission,), _ = await one_answered(world)
    await youth.types(typed.format(code=submission.code))

    good, missed = opinion
    assert await thought(world) == (good, [(code.format(code=submission.code), words) for code, words in missed])
    assert len(await world.submissions()) == 1


async def test_words_that_only_begin_so_are_a_question(world):
    youth, _, _ = await one_answered(world)

    await youth.types("Đúng ý kiến của tỉnh thì bao giờ có xe buýt?")
    await youth.presses("Gửi")

    assert await thought(world) == (0, [])
    assert len(await world.submissions()) == 2


async def test_two_questions_in_one_issue_are_one_rating_whatever_they_are_called_by(world):
    youth, (one, other), _ = await one_answered(world, "Bao giờ giảm học phí?", "Học phí giảm bao nhiêu?")

    await youth.types(f"đúng ý {one.code}")
    await youth.types(f"chưa đúng ý {other.code} em hỏi bao nhiêu")

    assert await thought(world) == (0, [(one.code, "em hỏi bao nhiêu")])


async def test_pressing_no_again_keeps_the_reason_and_yes_takes_it_away(world):
    youth, (submission,), _ = await one_answered(world)
    await youth.presses("Chưa đúng ý")
    await youth.types(WHY)

    await youth.presses("Chưa đúng ý")
    assert await thought(world) == (0, [(submission.code, WHY)])
    await youth.presses("Đúng ý")
    assert await thought(world) == (1, [])


async def test_an_unsent_draft_waits_until_the_reason_is_given(world):
    youth, (submission,), _ = await one_answered(world)
    await youth.types("Xã em bao giờ có xe buýt?")

    await youth.presses("Chưa đúng ý")
    shown = await youth.types(WHY)
    assert "Xã em bao giờ có xe buýt?" in shown
    await youth.presses("Gửi")

    assert await thought(world) == (0, [(submission.code, WHY)])
    assert [one.text for one in await world.submissions()][1:] == ["Xã em bao giờ có xe buýt?"]


async def test_a_call_for_help_is_no_reason_but_goes_to_the_responsible_person(world):
    youth, (submission,), _ = await one_answered(world)
    await youth.presses("Chưa đúng ý")

    said = await youth.types("Em không muốn sống nữa, em muốn chết")
    await youth.presses("Gửi")

    assert "111" in said
    assert await thought(world) == (0, [(submission.code, "")])
    async with world.store.reading() as tx:
        (apart,) = await tx.submissions.private(world.programme)
    assert apart.text == "Em không muốn sống nữa, em muốn chết"


async def test_a_call_for_help_typed_with_the_code_is_no_reason_either(world):
    youth, (submission,), _ = await one_answered(world)

    said = await youth.types(f"Chưa đúng ý {submission.code}, em không muốn sống nữa")
    await youth.presses("Gửi")

    assert "111" in said
    assert await thought(world) == (0, [])
    async with world.store.reading() as tx:
        (apart,) = await tx.submissions.private(world.programme)
    assert apart.text.endswith("em không muốn sống nữa")


async def test_an_earlier_question_that_joins_the_issue_later_is_no_second_voice(world):
    youth = world.youth()
    await youth.agrees()
    earlier, later = [await youth.asks(text) for text in ("Học phí bao giờ giảm ạ?", "Bao giờ giảm học phí?")]
    await decide(world, later, Action.APPROVE)
    issue = await issue_of(world, later)
    await answered(world, issue.id)
    await youth.presses("Chưa đúng ý")

    await decide(world, earlier, Action.APPROVE, into=issue.id)
    await tell_all(world)
    await youth.presses("Đúng ý")

    assert await thought(world) == (1, [])


async def test_nobody_rates_what_others_were_told_or_what_was_never_told(world):
    _, (submission,), answer = await one_answered(world)
    stranger = world.youth("99")
    await stranger.agrees()

    answers = [
        await stranger.types(f"đúng ý {submission.code}"),
        await stranger.types("đúng ý"),
        await stranger._sends(Chose(f"rate-{answer.id}-yes")),
        await stranger._sends(Chose("rate-9999999999999999999999-yes")),
        await stranger._sends(Chose("rate-x")),
        await stranger._sends(Chose("no-reason-1")),
    ]

    assert all(answers)
    assert await thought(world) == (0, [])


async def test_a_part_of_a_split_is_rated_by_the_code_of_the_whole(world):
    ((youth, whole),) = await asked(world, "Bao giờ giảm học phí? Bao giờ có xe buýt?")
    await decide(world, whole, Action.SPLIT, parts=("Bao giờ giảm học phí?", "Bao giờ có xe buýt?"))
    (part, _) = await world.submissions(State.WAITING)
    await decide(world, part, Action.APPROVE)
    await answered(world, (await issue_of(world, part)).id)

    await youth.types(f"đúng ý {whole.code}")

    assert await thought(world) == (1, [])


async def test_a_correction_is_rated_anew_and_the_older_rating_is_known_to_be_about_another_text(world):
    youth, (submission,), answer = await one_answered(world)
    await youth.presses("Chưa đúng ý")
    await youth.types(WHY)
    await answered(world, answer.issue_id, "Đính chính: trường nghề cũng giảm.")

    await youth.types(f"đúng ý {submission.code}")

    async with world.store.reading() as tx:
        found = await opinions(tx, world.programme)
    assert (found.good, [(one.words, one.current) for one in found.missed]) == (1, [(WHY, False)])


async def test_what_was_set_apart_meanwhile_is_in_no_list(world):
    youth, (submission,), _ = await one_answered(world)
    await youth.presses("Chưa đúng ý")
    await youth.types(WHY)

    await decide(world, submission, Action.UNDO)
    await decide(world, submission, Action.SET_APART)

    assert await thought(world) == (0, [])


async def test_the_workbook_says_of_an_answer_how_many_find_it_beside_the_point(world):
    youth, _, answer = await one_answered(world)
    await youth.presses("Chưa đúng ý")
    contents = Contents(world.store, world.clock, world.voice, world.running, world.watcher)

    said = notes(await contents.gather())
    await answered(world, answer.issue_id, "Đính chính: có giảm.")
    corrected = notes(await contents.gather())

    assert said == [world.voice.text(Key.NOTE_MISSED, count=1)]
    assert corrected == [""]


def notes(content) -> list[str]:
    return [row.note for part in content.departments for group in part.groups for row in group.rows]
