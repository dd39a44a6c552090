"""What counts as a moderator's decision, and how the machine's proposals are counted against it."""

from datetime import datetime, timedelta

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.decision import Decision, Tally, decision, per_cent, tallies
from bot.domain.department import OUT_OF_SCOPE
from bot.domain.message import ChannelName
from bot.domain.submission import ASKER, SYSTEM, Action, HistoryEntry, Proposal, State, Submission
from bot.texts.keys import Key

BEGIN = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
TAKEN_IN = (ASKER, Action.SUBMIT)
TEXT = "Bao giờ quê em có xe buýt?"


def made(state, topic, *done, reason="", lead=None, proposed="viec-lam", private=False):
    """What was decided of a submission to which all of this was `done`: (who, action) an hour apart."""
    submission = Submission(
        id=7,
        programme="mau",
        number=1,
        code="M26-0001-A",
        text=TEXT,
        state=state,
        version=len(done) + 1,
        topic=topic,
        proposal=Proposal(proposed, 0.8, abstained=False) if proposed else None,
        source=ChannelName.TELEGRAM,
        source_label="",
        person_id=1,
        unit="",
        youth_group="",
        typed_at=BEGIN,
        received_at=BEGIN,
        late=False,
        reason=reason,
        private=private,
    )
    entries = [
        HistoryEntry(7, BEGIN + timedelta(hours=hours), actor, action, State.WAITING, state, topic=topic)
        for hours, (actor, action) in enumerate((TAKEN_IN, *done))
    ]
    return decision(submission, entries, lead)


def at(hours):
    return BEGIN + timedelta(hours=hours)


def test_an_agreement_is_a_decision_like_a_correction():
    agreed = made(State.APPROVED, "viec-lam", ("Lan", Action.APPROVE), lead="so-noi-vu")
    moved = made(State.APPROVED, "thue", ("Lan", Action.CHANGE_TOPIC), ("Minh", Action.APPROVE), lead="thue-tinh")

    assert agreed == Decision(7, TEXT, "viec-lam", "viec-lam", at(1), lead="so-noi-vu")
    assert moved == Decision(7, TEXT, "thue", "viec-lam", at(2), lead="thue-tinh")


def test_a_topic_changed_by_hand_is_a_decision_before_anybody_approves_but_not_a_settled_one():
    moved = made(State.WAITING, "thue", ("Lan", Action.CHANGE_TOPIC))

    assert moved == Decision(7, TEXT, "thue", "viec-lam", at(1), settled=False)


def test_a_topic_changed_after_the_approval_is_the_newer_decision():
    changed = made(State.APPROVED, "thue", ("Lan", Action.APPROVE), ("Lan", Action.CHANGE_TOPIC), lead="thue-tinh")

    assert (changed.topic, changed.at) == ("thue", at(2))


@pytest.mark.parametrize("reason", [Key.R_OUT_OF_SCOPE, Key.R_SPAM, Key.R_ACCUSES])
def test_a_refusal_that_says_so_means_out_of_scope(reason):
    refused = made(State.REJECTED, "viec-lam", ("Lan", Action.REJECT), reason=reason.value)

    assert refused == Decision(7, TEXT, OUT_OF_SCOPE, "viec-lam", at(1), settled=reason is Key.R_OUT_OF_SCOPE)


@pytest.mark.parametrize(
    "reason", [Key.R_DUPLICATE, Key.R_UNCLEAR, Key.R_PERSONAL, Key.R_OFFENSIVE, "Nêu rõ tên đường giúp"]
)
def test_other_refusals_say_nothing_of_the_topic(reason):
    assert made(State.REJECTED, "viec-lam", ("Lan", Action.REJECT), reason=str(reason)) is None


def test_a_topic_changed_by_hand_counts_also_where_the_text_is_refused_as_a_copy():
    refused = made(
        State.REJECTED, "thue", ("Lan", Action.CHANGE_TOPIC), ("Lan", Action.REJECT), reason=Key.R_DUPLICATE.value
    )

    assert refused == Decision(7, TEXT, "thue", "viec-lam", at(1), settled=False)


@pytest.mark.parametrize(
    ("state", "done", "lead"),
    [
        (State.WAITING, (), None),
        (State.WAITING, ((SYSTEM, Action.CLASSIFY),), None),
        (State.WAITING, (("Lan", Action.APPROVE), ("Lan", Action.UNDO)), None),
        (State.WITHDRAWN, (("Lan", Action.APPROVE), (ASKER, Action.WITHDRAW)), "so-noi-vu"),
        (State.WAITING, (("Lan", Action.CHANGE_TOPIC), (ASKER, Action.EDIT)), None),
        (State.APPROVED, (("Lan", Action.APPROVE),), None),
    ],
    ids=["waiting", "classified late", "undone", "withdrawn", "changed by the asker since", "department left open"],
)
def test_what_nobody_confirmed_is_no_decision(state, done, lead):
    assert made(state, "viec-lam", *done, lead=lead) is None


def test_an_approval_by_whoever_typed_the_slips_in_confirms_nothing():
    by = TAKEN_IN[0]

    assert made(State.APPROVED, "viec-lam", (by, Action.APPROVE), lead="so-noi-vu") is None
    corrected = made(State.APPROVED, "thue", (by, Action.APPROVE), ("Lan", Action.CHANGE_TOPIC), lead="thue-tinh")
    assert (corrected.topic, corrected.settled) == ("thue", True)


def test_nothing_is_learnt_of_a_person_who_may_be_in_danger():
    done = (("Lan", Action.CHANGE_TOPIC), ("Lan", Action.APPROVE))

    assert made(State.APPROVED, "thue", *done, lead="thue-tinh") is not None
    assert made(State.APPROVED, "thue", *done, lead="thue-tinh", private=True) is None


def test_where_the_machine_had_no_proposal_the_decision_is_still_one():
    assert made(State.APPROVED, "thue", ("Lan", Action.APPROVE), lead="thue-tinh", proposed="").proposed == ""


def test_a_proposal_is_right_where_its_topic_belongs_to_the_same_department():
    leads = {"viec-lam": "A", "bao-hiem": "A", "thue": "B", OUT_OF_SCOPE: None, "khong-ai": None}
    pairs = [
        ("viec-lam", "viec-lam"), ("viec-lam", "bao-hiem"), ("viec-lam", "thue"),
        ("thue", "viec-lam"), ("thue", ""),
        (OUT_OF_SCOPE, OUT_OF_SCOPE), (OUT_OF_SCOPE, "khong-ai"), (OUT_OF_SCOPE, "thue"),
    ]  # fmt: skip

    found = tallies([Decision(n, "", topic, proposed, BEGIN) for n, (topic, proposed) in enumerate(pairs)], leads)

    assert found == (Tally("A", 3, 2), Tally("B", 1, 0), Tally(None, 3, 1))
    assert [tally.corrected for tally in found] == [1, 1, 2]


def test_a_text_counts_for_the_department_of_the_issue_that_it_was_merged_into():
    leads = {"viec-lam": "A", "thue": "B"}
    merged = made(State.APPROVED, "viec-lam", ("Lan", Action.APPROVE), lead="B")
    elsewhere = made(State.APPROVED, "viec-lam", ("Lan", Action.APPROVE), lead="leads-no-topic")

    assert tallies([merged, elsewhere], leads) == (Tally("B", 1, 0), Tally("leads-no-topic", 1, 0))
    assert merged.topic == "viec-lam"


def test_only_what_is_settled_is_counted():
    leads = {"viec-lam": "A", "thue": "B"}
    settled = Decision(1, "", "viec-lam", "viec-lam", BEGIN)
    others = [
        Decision(2, "", "thue", "viec-lam", BEGIN, settled=False),
        Decision(3, "", OUT_OF_SCOPE, "viec-lam", BEGIN, settled=False),
    ]

    assert tallies([settled, *others], leads) == (Tally("A", 1, 1),)


def test_a_department_left_open_settles_nothing_even_where_the_topic_was_changed():
    left_open = made(State.APPROVED, "thue", ("Lan", Action.CHANGE_TOPIC), ("Lan", Action.APPROVE))

    assert (left_open.topic, left_open.settled) == ("thue", False)


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 7, 0), (1, 8, 13), (1, 200, 1), (1, 201, 0), (5, 8, 63), (2, 3, 67), (7, 7, 100)]
)
def test_a_share_is_rounded_with_halves_up(part, whole, share):
    assert per_cent(part, whole) == share


def test_nothing_decided_gives_no_tally():
    assert tallies([], {"viec-lam": "A"}) == ()
