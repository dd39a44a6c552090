"""The table of an answer's steps: every pair of state and step, and the second person."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest

from bot.domain.answer import STEPS, Answer, AnswerBody, AnswerState, AnswerStep, after, can
from bot.domain.deadline import VIETNAM
from bot.domain.errors import NotAllowedNow, Refusal
from bot.texts.keys import Key

AT = datetime(2026, 11, 21, 8, 0, tzinfo=VIETNAM)


def answer(state: AnswerState) -> Answer:
    return Answer(1, 2, 1, 1, state, AnswerBody("Đã rõ."), "Minh", AT, release_at=AT + timedelta(days=1))


@pytest.mark.parametrize(("state", "step"), list(product(AnswerState, AnswerStep)))
def test_a_step_is_taken_exactly_where_the_table_has_a_cell(state: AnswerState, step: AnswerStep) -> None:
    subject = answer(state)
    if can(subject, step):
        assert after(subject, step, "Hà", AT).state is STEPS[state, step]
    else:
        with pytest.raises(NotAllowedNow):
            after(subject, step, "Hà", AT)


def test_whoever_drafted_an_answer_does_not_confirm_it() -> None:
    with pytest.raises(Refusal) as refused:
        after(answer(AnswerState.DRAFTED), AnswerStep.CONFIRM, "Minh", AT)
    assert refused.value.key is Key.REFUSE_OWN_ANSWER


def test_nothing_changes_a_released_answer() -> None:
    assert not any(can(answer(AnswerState.RELEASED), step) for step in AnswerStep)


def test_taking_a_confirmation_back_also_takes_back_the_moment_of_release() -> None:
    back = after(answer(AnswerState.CONFIRMED), AnswerStep.UNCONFIRM, "Hà", AT)
    assert (back.confirmed_by, back.confirmed_at, back.release_at) == ("", None, None)


def test_a_returned_answer_says_why_until_it_is_replaced() -> None:
    assert (
        after(answer(AnswerState.DRAFTED), AnswerStep.RETURN, "Hà", AT, "Chưa nêu căn cứ").reason == "Chưa nêu căn cứ"
    )
