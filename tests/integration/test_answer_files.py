"""Answers that come back in a file: what is safe becomes a draft, once; everything else is named and waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody, AnswerState, AnswerStep, Settlement
from bot.domain.answer_file import Finding, RowState
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.role import By, Role, Scope
from bot.domain.submission import Action
from bot.texts.keys import Key
from bot.usecases.answer_files import Choice
from bot.usecases.moderate import Decision
from bot.usecases.slip_desk import Given
from exports.answer_form import Field
from tests.filled import Filled
from tests.world import World, moderator

FEES, FEES_TOO, BUSES = "Bao giờ giảm học phí?", "Học phí nghề có được miễn không?", "Khi nào có xe buýt về xã?"
HA = moderator("Hà")


@pytest.fixture
async def world(store, tmp_path):
    made = World(store, tmp_path / "xuat")
    youth = made.youth()
    await youth.agrees()
    for text in (FEES, FEES_TOO, BUSES):
        await approve(made, await youth.asks(text))
    return made


async def approve(world, asked):
    return await world.moderate.decide(asked.id, asked.version, Decision(Action.APPROVE), moderator())


async def form(world, question=FEES) -> Filled:
    """The file of the department that is asked this, opened."""
    for content, file in await world.answer_forms.write():
        if any(row.question == question for row in content.rows):
            return Filled(file)
    raise AssertionError(question)


async def take(world, filled: Filled | bytes, name="tra-loi.xlsx", by=None):
    content = filled if isinstance(filled, bytes) else filled.bytes()
    return await world.answer_files.take(Given(content, name), by or moderator())


async def look(world, filled: Filled, name="tra-loi.xlsx"):
    return await world.answer_files.look(Given(filled.bytes(), name))


def findings(review) -> list[Finding]:
    return [one.found.finding for one in review.outcomes]


async def issue_of(world, question) -> int:
    return next(one.issue_id for one in await world.submissions() if one.text == question)


async def answers(world, question=FEES):
    async with world.store.reading() as tx:
        return await tx.answers.of_issue(await issue_of(world, question))


async def draft(world, text, question=FEES, by=HA):
    async with world.store.transaction() as tx:
        return await world.answering.draft(tx, await issue_of(world, question), AnswerBody(text), by)


async def decide(world, row_id, choice, by=HA, **more):
    async with world.store.transaction() as tx:
        return await world.answer_files.decide(tx, row_id, choice, by, **more)


async def test_what_a_department_fills_in_is_a_draft_by_whoever_took_the_file_in(world) -> None:
    filled = await form(world)
    filled.answer(
        filled.row_of(FEES),
        "Giảm từ năm học tới.\nXem nghị quyết.",
        basis="Nghị quyết 05",
        responsible="Phòng Kế hoạch",
        due="9/2024",
        result="Đang giải quyết",
    )

    review = await take(world, filled, "Sở GD tra loi.xlsx", HA)

    assert sorted(findings(review)) == [Finding.EMPTY, Finding.NEW]
    (answer,) = await answers(world)
    assert answer.body == AnswerBody(
        "Giảm từ năm học tới.\nXem nghị quyết.",
        "Nghị quyết 05",
        "Phòng Kế hoạch",
        "9/2024",
        Settlement.UNDER_WAY,
    )
    assert (answer.drafted_by, answer.source, answer.state) == ("Hà", "Sở GD tra loi.xlsx", AnswerState.DRAFTED)


async def test_looking_changes_nothing(world) -> None:
    filled = (await form(world)).answer(1, "Đã rõ.")

    review = await look(world, filled)

    assert (review.count(Finding.NEW), review.applied, review.taken) == (1, 0, False)
    assert await answers(world) == await answers(world, FEES_TOO) == []


async def test_a_file_sent_twice_or_from_two_places_at_once_counts_once(world) -> None:
    content = (await form(world)).answer(1, "Đã rõ.").bytes()

    reviews = await asyncio.gather(*(take(world, content, by=by) for by in (moderator(), HA, moderator())))
    again = await take(world, content)

    assert sum(review.applied for review in reviews) == 1
    assert again.applied == 0
    assert sorted(findings(again)) == [Finding.EMPTY, Finding.UNCHANGED]
    assert all(not review.waiting for review in (*reviews, again))
    assert len([*await answers(world), *await answers(world, FEES_TOO)]) == 1


async def test_the_next_file_shows_what_was_answered_and_why_it_came_back(world) -> None:
    answer = await draft(world, "Giảm một nửa.")
    async with world.store.transaction() as tx:
        await world.answering.step(tx, answer.id, answer.version, AnswerStep.RETURN, moderator(), "Thiếu căn cứ")

    filled = await form(world)
    row = filled.row_of(FEES)

    assert filled.cell(row, Field.ANSWER).value == "Giảm một nửa."
    assert "Thiếu căn cứ" in filled.cell(row, Field.ABOUT).value
    assert (await take(world, filled)).applied == 0
    changed = await take(world, filled.answer(row, "Giảm một nửa theo Nghị quyết 05."))
    assert changed.count(Finding.CHANGED) == 1
    assert [one.state for one in await answers(world)] == [AnswerState.REPLACED, AnswerState.DRAFTED]


async def test_over_an_answer_that_came_since_nothing_is_drafted_until_a_person_says_so(world) -> None:
    filled = await form(world)
    await draft(world, "Bản gõ trên bảng web.")

    review = await take(world, filled.answer(filled.row_of(FEES), "Bản trong tệp."))

    (row,) = review.waiting
    assert row.finding is Finding.CONFLICT
    assert len(await answers(world)) == 1
    assert [(one.id, issue.question) for one, issue in await world.answer_files.undecided()] == [(row.id, FEES)]
    taken = await decide(world, row.id, Choice.TAKE)
    assert (taken.body.text, taken.drafted_by, taken.source) == ("Bản trong tệp.", "Hà", "tra-loi.xlsx")
    assert await world.answer_files.undecided() == []
    with pytest.raises(AlreadyDecided):
        await decide(world, row.id, Choice.KEEP)


async def test_what_somebody_decided_about_is_not_asked_about_again(world) -> None:
    filled = await form(world)
    await draft(world, "Bản gõ trên bảng web.")
    content = filled.answer(filled.row_of(FEES), "Bản trong tệp.").bytes()
    (row,) = (await take(world, content)).waiting
    assert [one.id for one in (await take(world, content, "ban-sao.xlsx")).waiting] == [row.id]

    assert await decide(world, row.id, Choice.KEEP) is None
    again = await take(world, content)

    assert again.waiting == ()
    (same,) = [one.open for one in again.outcomes if one.open]
    assert (same.state, same.decided_by) == (RowState.KEPT, "Hà")
    assert [one.body.text for one in await answers(world)] == ["Bản gõ trên bảng web."]


async def test_a_person_may_put_other_words_in_the_place_of_both(world) -> None:
    filled = await form(world)
    mine = await draft(world, "Bản gõ trên bảng web.")
    (row,) = (await take(world, filled.answer(filled.row_of(FEES), "Bản trong tệp."))).waiting

    with pytest.raises(AlreadyDecided):
        await decide(world, row.id, Choice.TAKE, over=mine.version + 1)
    answer = await decide(world, row.id, Choice.TAKE, body=AnswerBody("Bản gộp hai ý."), over=mine.version)

    assert answer.body.text == "Bản gộp hai ý."


async def test_an_answer_to_words_that_were_edited_since_waits(world) -> None:
    filled = await form(world)
    asked = next(one for one in await world.submissions() if one.text == FEES)
    await world.moderate.decide(
        asked.id, asked.version, Decision(Action.EDIT_WORDING, wording="Bỏ học phí?"), moderator()
    )

    review = await take(world, filled.answer(filled.row_of(FEES), "Giảm từ năm học tới."))

    assert [row.finding for row in review.waiting] == [Finding.STALE]
    assert await answers(world) == []


async def test_a_change_between_comparing_and_drafting_makes_the_row_stale(world, monkeypatch) -> None:
    filled = await form(world)
    compared = world.answer_files._compared

    async def compared_then_changed(given):
        made = await compared(given)
        asked = next(one for one in await world.submissions() if one.text == FEES)
        await world.moderate.decide(
            asked.id, asked.version, Decision(Action.EDIT_WORDING, wording="Bỏ học phí?"), moderator()
        )
        return made

    monkeypatch.setattr(world.answer_files, "_compared", compared_then_changed)
    review = await take(world, filled.answer(filled.row_of(FEES), "Giảm từ năm học tới."))

    assert [row.finding for row in review.waiting] == [Finding.STALE]
    assert await answers(world) == []


async def test_an_answer_to_what_was_merged_away_is_offered_to_where_its_askers_are_now(world) -> None:
    filled = await form(world)
    row = filled.row_of(FEES)
    by_text = {one.text: one for one in await world.submissions()}
    asked, other = by_text[FEES], by_text[FEES_TOO]
    into = Decision(Action.MERGE, into=other.issue_id)
    await world.moderate.decide(asked.id, asked.version, into, moderator())

    review = await take(world, filled.answer(row, "Giảm từ năm học tới."))

    (waits,) = review.waiting
    assert (waits.finding, waits.issue_id) == (Finding.STALE, other.issue_id)
    assert await answers(world, FEES_TOO) == []


async def test_two_answers_to_one_question_wait_and_taking_one_settles_both(world) -> None:
    filled = await form(world)
    number = filled.row_of(FEES)
    copied = [cell.value for cell in filled.sheet[filled.head + number]]
    filled.sheet.append(copied)
    filled.answer(number, "Giảm một nửa.")
    filled.sheet.cell(filled.sheet.max_row, filled.column(Field.ANSWER)).value = "Không giảm."

    first, second = (await take(world, filled)).waiting
    assert {first.finding, second.finding} == {Finding.TWICE}
    await decide(world, second.id, Choice.TAKE)

    assert await world.answer_files.undecided() == []
    assert [one.body.text for one in await answers(world)] == ["Không giảm."]


async def test_a_question_rewritten_in_the_file_shows_what_it_says_until_it_is_decided(world) -> None:
    filled = await form(world)
    row = filled.row_of(FEES)
    filled.cell(row, Field.QUESTION).value = "Bao giờ tăng học phí?"

    (waits,) = (await take(world, filled.answer(row, "Năm sau."))).waiting
    assert (waits.finding, waits.question) == (Finding.EDITED, "Bao giờ tăng học phí?")
    await decide(world, waits.id, Choice.KEEP)

    async with world.store.reading() as tx:
        assert (await tx.answer_files.get(waits.id)).question == ""


async def test_rows_without_their_hidden_cell_are_proposed_by_their_codes(world) -> None:
    filled = await form(world)
    row = filled.row_of(FEES)
    filled.answer(row, "Giảm từ năm học tới.").sheet.delete_cols(filled.column(Field.MARK))

    review = await take(world, filled)

    assert [one.finding for one in review.waiting] == [Finding.UNMARKED]
    assert review.waiting[0].issue_id == await issue_of(world, FEES)


async def test_a_file_that_names_no_question_of_ours_is_refused_with_what_to_do(world) -> None:
    filled = await form(world)
    filled.answer(1, "Giảm từ năm học tới.").sheet.delete_cols(filled.column(Field.MARK))
    for number in (1, 2):
        filled.cell(number, Field.ABOUT).value = "không rõ"

    with pytest.raises(Refusal) as refused:
        await take(world, filled)

    assert refused.value.key is Key.AF_NO_MARKS
    assert "tra-loi.xlsx" in world.voice.text(refused.value.key, **refused.value.values)


async def test_a_file_of_another_database_is_not_believed(world, tmp_path) -> None:
    filled = await form(world)
    async with world.store.transaction() as tx:
        await tx.facts.put("answer_files.key", "00" * 32)

    review = await take(world, filled.answer(1, "Giảm từ năm học tới."))

    assert review.count(Finding.FORGED) == 1
    assert (review.applied, review.waiting) == (0, ())


async def test_rows_that_were_deleted_are_named(world) -> None:
    filled = await form(world)
    filled.sheet.delete_rows(filled.head + filled.row_of(FEES))

    review = await look(world, filled.answer(1, "Có."))

    (missing,) = [one.found.issue for one in review.outcomes if one.found.finding is Finding.MISSING]
    assert missing.question == FEES


async def test_whoever_may_not_answer_drafts_nothing_and_hears_why(world) -> None:
    filled = (await form(world)).answer(1, "Giảm.")
    elsewhere = By("Minh", Role.MODERATOR, Scope(departments=("so-yt",)))

    review = await take(world, filled, by=elsewhere)

    (refused,) = [one.refusal for one in review.outcomes if one.refusal]
    assert refused.key is Key.REFUSE_SCOPE
    with pytest.raises(NotAllowedNow):
        await take(world, filled, by=By("Xem", Role.VIEWER))
    assert await answers(world) == await answers(world, FEES_TOO) == []


async def test_only_whoever_may_answer_decides_about_a_row(world) -> None:
    filled = await form(world)
    await draft(world, "Bản gõ trên bảng web.")
    (row,) = (await take(world, filled.answer(filled.row_of(FEES), "Bản trong tệp."))).waiting
    elsewhere = By("Minh", Role.MODERATOR, Scope(departments=("so-yt",)))

    for choice in Choice:
        with pytest.raises(NotAllowedNow):
            await decide(world, row.id, choice, elsewhere)
    with pytest.raises(NotFound):
        await decide(world, row.id + 1, Choice.KEEP)
    assert len(await world.answer_files.undecided()) == 1


async def test_each_department_that_is_asked_gets_its_own_questions_and_no_others(world) -> None:
    made = await world.answer_forms.write()

    asked = {form.department: {row.question for row in form.rows} for form, _ in made}
    assert sorted(map(sorted, asked.values())) == [[FEES, FEES_TOO], [BUSES]]
    assert len({file for _, file in made}) == 2
    only = made[0][0].id
    assert [form.id for form, _ in await world.answer_forms.write([only], Path(world.folder) / "rieng")] == [only]


async def test_personal_data_stays_in_the_house_and_covering_makes_no_row_stale(world) -> None:
    youth = world.youth("8")
    await youth.agrees()
    await approve(world, await youth.asks("Gọi em 0912345678 về học phí với"))

    filled = await form(world)
    told = "\n".join(str(cell.value) for row in filled.sheet for cell in row if cell.value)
    assert "0912345678" not in told
    for number in (1, 2, 3):
        filled.answer(number, f"Trả lời {number}.")

    assert (await take(world, filled)).count(Finding.NEW) == 3
