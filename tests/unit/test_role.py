"""Who may do what: every role and every action, on everybody's and on private submissions, within a scope and beyond it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from bot.domain.message import ChannelName
from bot.domain.role import EVERYTHING, RIGHTS, By, Role, Scope, why_not
from bot.domain.submission import CHIEF_ACTIONS, MODERATOR_ACTIONS, Action, State, Submission
from bot.texts.keys import Key

AT = datetime(2024, 2, 20, tzinfo=UTC)
NO_STAFFS = {Action.SUBMIT, Action.CLASSIFY, Action.EDIT, Action.WITHDRAW, Action.ANSWER, Action.JOIN, Action.TAKE_BACK}


def submission(*, private: bool = False, unit: str = "Huyện Văn Lâm") -> Submission:
    return Submission(
        id=1,
        programme="hung-yen-2024",
        number=1,
        code="HY24-0001-K",
        text="Bao giờ có xe?",
        state=State.WAITING,
        version=1,
        topic="giao-thong-van-tai",
        proposal=None,
        source=ChannelName.WEB,
        source_label="",
        person_id=None,
        unit=unit,
        youth_group="",
        typed_at=AT,
        received_at=AT,
        late=False,
        private=private,
    )


def expected(role: Role, action: Action, *, private: bool) -> Key | None:
    """The rule once more, in other words than the table's."""
    if private and role is not Role.CHIEF:
        return Key.REFUSE_PRIVATE
    if role is Role.NONE:
        return Key.REFUSE_NO_RIGHT
    if role is Role.VIEWER:
        return Key.REFUSE_VIEWER
    if action in NO_STAFFS:
        return Key.REFUSE_NOT_NOW
    if action in (Action.CLOSE, Action.OPEN_UP) and role is Role.MODERATOR:
        return Key.REFUSE_NOT_NOW
    return None


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_every_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action, private: bool) -> None:
    by = By("Lan", role)

    assert why_not(by, action, submission(private=private)) == expected(role, action, private=private)


def test_nobody_has_the_askers_or_the_machines_actions() -> None:
    assert all(not rights & NO_STAFFS for rights in RIGHTS.values())
    assert set(Action) == NO_STAFFS | set(MODERATOR_ACTIONS) | set(CHIEF_ACTIONS)


@pytest.mark.parametrize(
    ("scope", "departments", "fits"),
    [
        (EVERYTHING, ("so-gtvt",), True),
        (EVERYTHING, (None,), True),
        (Scope(("so-gtvt",)), ("so-gtvt",), True),
        (Scope(("so-gtvt", "so-y-te")), ("so-y-te",), True),
        (Scope(("so-gtvt",)), ("so-y-te",), False),
        (Scope(("so-gtvt",)), (None,), False),
        (Scope(("so-gtvt",)), ("so-y-te", "so-gtvt"), True),
        (Scope((), ("Huyện Văn Lâm",)), ("so-y-te",), True),
        (Scope((), ("Huyện Ân Thi",)), ("so-y-te",), False),
        (Scope(("so-gtvt",), ("Huyện Văn Lâm",)), ("so-gtvt",), True),
        (Scope(("so-gtvt",), ("Huyện Ân Thi",)), ("so-gtvt",), False),
        (Scope(("so-y-te",), ("Huyện Văn Lâm",)), ("so-gtvt",), False),
    ],
)
def test_a_moderators_rights_end_where_the_scope_does_and_a_chiefs_nowhere(
    scope: Scope, departments: tuple[str | None, ...], fits: bool
) -> None:
    one = submission()

    assert why_not(By("Lan", Role.MODERATOR, scope), Action.APPROVE, one, departments) == (
        None if fits else Key.REFUSE_SCOPE
    )
    assert why_not(By("Chị Hoa", Role.CHIEF, scope), Action.APPROVE, one, departments) is None


@pytest.mark.parametrize(("role", "may"), [(Role.NONE, False), (Role.VIEWER, False), (Role.MODERATOR, True)])
def test_a_menu_is_unfolded_by_whoever_may_do_anything_at_all(role: Role, may: bool) -> None:
    assert (why_not(By("Lan", role), None, submission()) is None) is may
