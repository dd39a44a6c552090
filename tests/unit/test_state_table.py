"""The table of states, walked whole: every pair of state and action either has its cell or is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotAllowedNow
from bot.domain.submission import (
    ASKER_ACTIONS,
    MODERATOR_ACTIONS,
    TRANSITIONS,
    Action,
    State,
    after,
    allowed,
    check_letter,
    diagram,
    parse_receipt_code,
    receipt_code,
)
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key

DOCS = Path(__file__).parents[2] / "docs" / "trang-thai.md"
PAIRS = [(state, action) for state in (None, *State) for action in Action]


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_each_pair_leads_where_the_table_says_or_is_refused(state, action):
    if (state, action) in TRANSITIONS:
        assert after(state, action) is TRANSITIONS[state, action]
    else:
        with pytest.raises(NotAllowedNow):
            after(state, action)


def test_only_submitting_begins_and_every_state_can_be_reached():
    reached, grown = {None}, True
    while grown:
        more = {then for (before, _), then in TRANSITIONS.items() if before in reached} - reached
        reached, grown = reached | more, bool(more)

    assert reached == {None, *State}
    assert [action for (before, action) in TRANSITIONS if before is None] == [Action.SUBMIT]


def test_what_was_withdrawn_stays_withdrawn():
    assert allowed(State.WITHDRAWN, tuple(Action)) == ()


def test_every_decision_of_a_moderator_can_be_undone():
    decided = {TRANSITIONS[State.WAITING, action] for action in (Action.APPROVE, Action.REJECT)}

    assert all(after(state, Action.UNDO) is State.WAITING for state in decided)


def test_askers_and_moderators_have_different_actions():
    assert not set(ASKER_ACTIONS) & set(MODERATOR_ACTIONS)


def test_every_state_and_moderators_action_has_its_words():
    catalogue = Catalogue.load()

    assert all(catalogue[Key(f"state.{state.value}")] for state in State)
    assert all(catalogue[Key(f"card.{action.value}")] for action in MODERATOR_ACTIONS)


def test_the_picture_in_the_docs_is_the_table():
    assert f"```mermaid\n{diagram()}\n```" in DOCS.read_text("utf-8")


@given(prefix=st.from_regex(r"[A-Z]{2,4}[0-9]{0,2}", fullmatch=True), number=st.integers(1, 99_999))
def test_a_receipt_code_is_read_back_in_any_case_with_blanks_for_dashes(prefix, number):
    code = receipt_code(prefix, number)

    assert parse_receipt_code(code) == (prefix, number)
    assert parse_receipt_code(f" {code.lower().replace('-', ' ')} ") == (prefix, number)


@given(number=st.integers(1, 9_999), place=st.integers(0, 3), digit=st.integers(0, 9))
def test_one_wrong_digit_is_noticed(number, place, digit):
    digits = f"{number:04d}"
    wrong = digits[:place] + str(digit) + digits[place + 1 :]

    assert (check_letter("HY24", int(wrong)) == check_letter("HY24", number)) == (wrong == digits)


@given(number=st.integers(1, 9_999), place=st.integers(0, 2))
def test_two_exchanged_digits_are_noticed(number, place):
    digits = list(f"{number:04d}")
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    wrong = int("".join(digits))

    assert (check_letter("HY24", wrong) == check_letter("HY24", number)) == (wrong == number)
