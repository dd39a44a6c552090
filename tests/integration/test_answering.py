"""Drafts of answers, their confirmation by a second person, their release; who may, and what stands in the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.answer import Answer, AnswerBody, AnswerState, AnswerStep, Settlement
from bot.domain.audit import Event
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.role import By, Role, Scope
from bot.domain.submission import SYSTEM, Action
from bot.texts.keys import Key
from bot.usecases.answering import LONGEST, Answering
from bot.usecases.moderate import Decision
from tests.world import NOON, World, chief, moderator

BODY = AnswerBody(
    "Tỉnh miễn học phí từ năm học tới.", "Nghị quyết 05", "Phòng Kế hoạch", "9/2024", Settlement.UNDER_WAY
)
HA = moderator("Hà")


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
def answering(world):
    return Answering(world.clock, world.running)


@pytest.fixture
async def issue(world):
    youth = world.youth()
    await youth.agrees()
    asked = await youth.asks("Bao giờ giảm học phí?")
    approved = await world.moderate.decide(asked.id, asked.version, Decision(Action.APPROVE), moderator())
    return approved.issue_id


async def draft(world, answering, issue, body=BODY, by=None, **more) -> Answer:
    async with world.store.transaction() as tx:
        return await answering.draft(tx, issue, body, by or moderator(), **more)


async def step(world, answering, answer, wanted, by=HA, reason="") -> Answer:
    async with world.store.transaction() as tx:
        return await answering.step(tx, answer.id, answer.version, wanted, by, reason)


async def stands(world, issue) -> list[AnswerState]:
    async with world.store.reading() as tx:
        return [answer.state for answer in await tx.answers.of_issue(issue)]


async def refusal(action) -> Key:
    with pytest.raises(Refusal) as refused:
        await action
    return refused.value.key


async def test_a_draft_is_confirmed_by_somebody_else_and_released_by_the_chief(world, answering, issue) -> None:
    answer = await draft(world, answering, issue)
    assert await refusal(step(world, answering, answer, AnswerStep.CONFIRM, moderator())) is Key.REFUSE_OWN_ANSWER
    confirmed = await step(world, answering, answer, AnswerStep.CONFIRM)
    refused = await refusal(step(world, answering, confirmed, AnswerStep.RELEASE))
    assert refused is Key.REFUSE_ONLY_CHIEF_RELEASES
    released = await step(world, answering, confirmed, AnswerStep.RELEASE, chief())

    assert (released.confirmed_by, released.released_by, released.released_at) == ("Hà", "Chị Hoa", NOON)
    async with world.store.reading() as tx:
        records = await tx.history.records(after=0, limit=100)
    events = [(one.what, one.actor) for one in records if one.what.startswith("answer")][-3:]
    assert events == [
        (Event.ANSWER_DRAFTED, "Lan"),
        (Event.ANSWER_CONFIRMED, "Hà"),
        (Event.ANSWER_RELEASED, "Chị Hoa"),
    ]


async def test_a_second_draft_takes_the_place_of_the_first_and_a_released_one_stays(world, answering, issue) -> None:
    first = await draft(world, answering, issue)
    second = await draft(world, answering, issue, AnswerBody("Chưa giảm."), HA, over=first.version)
    confirmed = await step(world, answering, second, AnswerStep.CONFIRM, moderator())
    await step(world, answering, confirmed, AnswerStep.RELEASE, chief())
    await draft(world, answering, issue, AnswerBody("Đính chính: giảm một nửa."))

    states = [AnswerState.REPLACED, AnswerState.RELEASED, AnswerState.DRAFTED]
    assert await stands(world, issue) == states


async def test_who_looked_at_an_older_answer_is_told_who_was_first(world, answering, issue) -> None:
    first = await draft(world, answering, issue, over=0)
    with pytest.raises(AlreadyDecided) as refused:
        await draft(world, answering, issue, AnswerBody("Khác."), HA, over=0)
    assert refused.value.values == {"by": "Lan"}

    await step(world, answering, first, AnswerStep.CONFIRM)
    with pytest.raises(AlreadyDecided) as refused:
        await step(world, answering, first, AnswerStep.RETURN, moderator("Tú"))
    assert refused.value.values == {"by": "Hà"}
    assert await stands(world, issue) == [AnswerState.CONFIRMED]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (AnswerBody(" \n"), Key.REFUSE_ANSWER_EMPTY),
        (AnswerBody("😀" * (LONGEST // 2 + 1)), Key.REFUSE_ANSWER_LONG),
        (AnswerBody("Rõ.", basis="x" * (LONGEST + 1)), Key.REFUSE_ANSWER_LONG),
    ],
)
async def test_an_answer_that_says_nothing_or_fits_no_cell_is_refused(world, answering, issue, body, why) -> None:
    assert await refusal(draft(world, answering, issue, body)) is why
    assert await stands(world, issue) == []


async def test_the_same_words_again_are_no_new_answer_unless_they_were_returned(world, answering, issue) -> None:
    first = await draft(world, answering, issue)
    again = AnswerBody(f" {BODY.text}\u200b ", BODY.basis, BODY.responsible, BODY.due, BODY.settlement)
    assert await refusal(draft(world, answering, issue, again)) is Key.REFUSE_ANSWER_SAME
    returned = await step(world, answering, first, AnswerStep.RETURN, reason="Chưa nêu ngày")
    assert returned.reason == "Chưa nêu ngày"
    await draft(world, answering, issue, again)
    assert await stands(world, issue) == [AnswerState.REPLACED, AnswerState.DRAFTED]


async def test_nobody_returns_an_answer_without_saying_what_is_wrong(world, answering, issue) -> None:
    answer = await draft(world, answering, issue)
    refused = await refusal(step(world, answering, answer, AnswerStep.RETURN, reason=" \n"))
    assert refused is Key.REFUSE_RETURN_REASON
    assert await stands(world, issue) == [AnswerState.DRAFTED]


async def test_who_may_not_answer_is_told_why(world, answering, issue) -> None:
    elsewhere = moderator("Tú", Scope(departments=("so-khac",)))
    wanted = {
        Key.REFUSE_VIEWER: By("Tú", Role.VIEWER),
        Key.REFUSE_NO_RIGHT: By("Tú", Role.NONE),
        Key.REFUSE_SCOPE: elsewhere,
    }
    for why, by in wanted.items():
        assert await refusal(draft(world, answering, issue, by=by)) is why
    assert await stands(world, issue) == []


async def test_an_issue_that_nobody_asks_any_more_takes_no_answer(world, answering, issue) -> None:
    (submission,) = await world.submissions()
    await world.moderate.decide(submission.id, submission.version, Decision(Action.UNDO), moderator())
    with pytest.raises(NotFound):
        await draft(world, answering, issue)
    with pytest.raises(NotFound):
        await draft(world, answering, issue + 1)


async def test_a_held_answer_is_released_by_the_machine_when_its_moment_has_come(world, answering, issue) -> None:
    confirmed = await step(world, answering, await draft(world, answering, issue), AnswerStep.CONFIRM)
    async with world.store.transaction() as tx:
        with pytest.raises(NotAllowedNow):
            await answering.hold(tx, confirmed.id, confirmed.version, NOON + timedelta(days=1), HA)
        held = await answering.hold(tx, confirmed.id, confirmed.version, NOON + timedelta(days=1), chief())
    world.clock.move(days=1)
    async with world.store.transaction() as tx:
        (due,) = await tx.answers.due(world.clock.now(), 10)
        released = await answering.release_due(tx, due)

    assert due == held
    assert (released.state, released.released_by, released.release_at) == (AnswerState.RELEASED, SYSTEM, None)


async def test_only_a_confirmed_answer_is_held(world, answering, issue) -> None:
    answer = await draft(world, answering, issue)
    async with world.store.transaction() as tx:
        with pytest.raises(NotAllowedNow):
            await answering.hold(tx, answer.id, answer.version, NOON, chief())
