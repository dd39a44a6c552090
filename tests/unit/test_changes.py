"""What is different from the last file: every way in which a submission can have changed is named, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import Held, Kind, changes, digest, salted
from bot.domain.submission import State

SALT = "0123456789abcdef"
WAITING = Held(1, "HY24-0001-K", State.WAITING, "viec-lam", "so-noi-vu", 0, digest("Bao giờ có hội chợ?"))
APPROVED = replace(WAITING, state=State.APPROVED, issue=1)
OTHER = Held(2, "HY24-0002-K", State.APPROVED, "viec-lam", "so-noi-vu", 2, digest("Lương tối thiểu?"))
SOME_STATES = st.sampled_from(list(State))


def kinds(before, now, *beside):
    """What became of the first submission, with others that stayed as they are."""
    known = [held.kept(SALT) for held in (*([before] if before else []), *beside)]
    found = changes(known, [*([now] if now else []), *beside])
    return [change.kinds for change in found]


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (None, WAITING, Kind.NEW),
        (None, APPROVED, Kind.NEW),
        (None, replace(WAITING, state=State.REJECTED), Kind.NEW),
        (WAITING, replace(WAITING, words=digest("Bao giờ có hội chợ việc làm?")), Kind.REWORDED),
        (WAITING, APPROVED, Kind.DECIDED),
        (APPROVED, replace(APPROVED, lead="so-y-te"), Kind.MOVED),
        (APPROVED, replace(APPROVED, lead=None), Kind.MOVED),
        (APPROVED, replace(APPROVED, topic="tien-luong"), Kind.MOVED),
        (APPROVED, replace(APPROVED, issue=3), Kind.APART),
        (APPROVED, WAITING, Kind.BACK),
        (replace(APPROVED, state=State.REJECTED, issue=0), WAITING, Kind.BACK),
        (APPROVED, replace(WAITING, state=State.WITHDRAWN), Kind.TAKEN_OUT),
        (WAITING, replace(WAITING, state=State.REDIRECTED), Kind.TAKEN_OUT),
        (WAITING, replace(WAITING, state=State.SPLIT), Kind.TAKEN_OUT),
        (APPROVED, None, Kind.GONE),
    ],
)
def test_each_change_is_called_by_its_name(before, now, kind):
    assert kinds(before, now, OTHER) == [(kind,)]


def test_one_that_is_merged_into_an_issue_with_others_says_so():
    assert kinds(APPROVED, replace(APPROVED, issue=2), OTHER) == [(Kind.MERGED,)]
    assert kinds(WAITING, replace(APPROVED, issue=2), OTHER) == [(Kind.MERGED, Kind.DECIDED)]


def test_several_changes_of_one_submission_stand_together_the_weightiest_first():
    now = replace(APPROVED, lead="so-y-te", words=digest("khác"), issue=5)

    assert kinds(APPROVED, now) == [(Kind.MOVED, Kind.REWORDED, Kind.APART)]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (WAITING, replace(WAITING, state=State.ASKED)),
        (WAITING, replace(WAITING, topic="y-te", lead="so-y-te")),  # while it waits, both are guesses
        (None, replace(WAITING, state=State.SPLIT)),
        (None, replace(WAITING, state=State.JOINED)),
        (replace(WAITING, state=State.REJECTED), replace(WAITING, state=State.REJECTED, words=digest("khác"))),
    ],
)
def test_what_readers_need_not_know_is_no_change(before, now):
    assert kinds(before, now) == []


@given(st.lists(SOME_STATES, max_size=8))
def test_a_file_that_is_as_the_last_one_has_no_changes(states):
    held = [replace(APPROVED, submission_id=id_, state=state) for id_, state in enumerate(states)]

    assert changes([one.kept(SALT) for one in held], held) == []


@given(st.dictionaries(st.integers(1, 9), SOME_STATES), st.dictionaries(st.integers(1, 9), SOME_STATES))
def test_no_submission_is_told_of_twice_and_none_that_vanished_is_forgotten(before, now):
    known = [replace(APPROVED, submission_id=id_, state=state).kept(SALT) for id_, state in before.items()]
    held = [replace(APPROVED, submission_id=id_, state=state) for id_, state in now.items()]

    found = changes(known, held)

    told = [(change.now or change.before).submission_id for change in found]
    assert len(told) == len(set(told))
    assert {change.before.submission_id for change in found if Kind.GONE in change.kinds} == set(before) - set(now)


def test_words_are_remembered_only_under_their_salt():
    kept = WAITING.kept(SALT)

    assert kept.hash == salted(WAITING.words, SALT)
    assert kept.hash not in (WAITING.words, salted(WAITING.words, "another salt"))
    assert "hội chợ" not in repr(kept)
