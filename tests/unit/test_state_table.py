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
    check_letter,
    diagram,
    parse_receipt_code,
    receipt_code,
)
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key

DOCS = Path(__file__).parents[2] / "docs" / "trang-thai.md"
CELLS = frozenset(TRANSITIONS)
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
    assert not [action for state, action in TRANSITIONS if state is State.WITHDRAWN]


def test_whatever_a_moderator_decides_can_be_brought_back_to_the_queue():
    decided = {TRANSITIONS[State.WAITING, action] for action in MODERATOR_ACTIONS if (State.WAITING, action) in CELLS}

    back = {State.ASKED: Action.GO_ON}
    # What was split comes back by an undo alone: its parts have gone their own ways.
    for state in decided - {State.WAITING, State.SPLIT}:
        assert after(state, back.get(state, Action.RESTORE)) is State.WAITING


def test_an_undo_has_no_cell_because_it_leads_back_to_wherever_it_came_from():
    assert not [state for state, action in TRANSITIONS if action is Action.UNDO]


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
