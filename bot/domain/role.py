"""Who may do what to which submission. `RIGHTS` is the whole rule; `bot.usecases.decide` asks before anything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.submission import CHIEF_ACTIONS, MODERATOR_ACTIONS, Action, Submission
from bot.texts.keys import Key


class Role(StrEnum):
    NONE = "none"  # đã thu hồi: ở trong nhóm cũng không làm được gì
    VIEWER = "viewer"  # xem
    MODERATOR = "moderator"  # duyệt
    CHIEF = "chief"  # phụ trách: mọi việc, và một mình xem lời của người gặp nguy hiểm


RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.NONE: frozenset(),
    Role.VIEWER: frozenset(),
    Role.MODERATOR: frozenset(MODERATOR_ACTIONS),
    Role.CHIEF: frozenset((*MODERATOR_ACTIONS, *CHIEF_ACTIONS)),
}
SEES_PRIVATE = frozenset({Role.CHIEF})
MAKES_FINAL = frozenset({Role.CHIEF})  # who says that a workbook is no draft any more
HAS_SCOPE = frozenset({Role.MODERATOR})  # whose rights may end at some departments or units

_LACKING = {
    Role.NONE: Key.REFUSE_NO_RIGHT,
    Role.VIEWER: Key.REFUSE_VIEWER,
    Role.MODERATOR: Key.REFUSE_NOT_NOW,
    Role.CHIEF: Key.REFUSE_NOT_NOW,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The departments (ids) and units (names) that somebody's rights end at; empty: no end. Where both are given, both
    must fit.
    """

    departments: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def covers(self, departments: Collection[str | None], unit: str) -> bool:
        """Whether something of any of these departments and of this unit lies within."""
        of_department = not self.departments or any(one in self.departments for one in departments)
        return of_department and (not self.units or unit in self.units)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class By:
    """Who decides: the name that history and cards show, and what that person may do."""

    name: str
    role: Role
    scope: Scope = EVERYTHING

    @property
    def sees_private(self) -> bool:
        return self.role in SEES_PRIVATE

    def covers(self, departments: Collection[str | None], unit: str) -> bool:
        """Whether the scope covers it; only a moderator has one."""
        return self.role not in HAS_SCOPE or self.scope.covers(departments, unit)


def why_not(
    by: By, action: Action | None, submission: Submission, departments: Collection[str | None] = ()
) -> Key | None:
    """The sentence that says why somebody may not do this to a submission; None where they may.

    `departments` are those that it is (or, for an undo, was) for; they count only where a scope names departments.
    `action` is None for whoever only unfolds a menu: then any right at all will do.
    """
    if submission.private and not by.sees_private:
        return Key.REFUSE_PRIVATE
    if not RIGHTS[by.role] or (action is not None and action not in RIGHTS[by.role]):
        return _LACKING[by.role]
    return None if by.covers(departments, submission.unit) else Key.REFUSE_SCOPE
