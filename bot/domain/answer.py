"""An answer (trả lời): what a department says to one issue; drafted, confirmed by a second person, then released.

`STEPS` is the whole rule. A released answer never changes: a correction is a new answer with the next revision, and
what was said before stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.text import clean
from bot.texts.keys import Key


class AnswerState(StrEnum):
    DRAFTED = "drafted"  # có dự thảo, chờ người thứ hai xác nhận
    RETURNED = "returned"  # trả lại để sửa, có lý do
    CONFIRMED = "confirmed"  # đã xác nhận, chưa công bố
    RELEASED = "released"  # đã công bố tới người hỏi
    REPLACED = "replaced"  # có bản sau thay cho bản này trước khi công bố


class AnswerStep(StrEnum):
    CONFIRM = "confirm"
    RETURN = "return"
    UNCONFIRM = "unconfirm"
    RELEASE = "release"
    REPLACE = "replace"


STEPS: Mapping[tuple[AnswerState, AnswerStep], AnswerState] = {
    (AnswerState.DRAFTED, AnswerStep.CONFIRM): AnswerState.CONFIRMED,
    (AnswerState.DRAFTED, AnswerStep.RETURN): AnswerState.RETURNED,
    (AnswerState.DRAFTED, AnswerStep.REPLACE): AnswerState.REPLACED,
    (AnswerState.RETURNED, AnswerStep.REPLACE): AnswerState.REPLACED,
    (AnswerState.CONFIRMED, AnswerStep.UNCONFIRM): AnswerState.DRAFTED,
    (AnswerState.CONFIRMED, AnswerStep.RELEASE): AnswerState.RELEASED,
    (AnswerState.CONFIRMED, AnswerStep.REPLACE): AnswerState.REPLACED,
}
# What counts as an answer where somebody asks how many issues have one.
ANSWERED = frozenset({AnswerState.CONFIRMED, AnswerState.RELEASED})


class Settlement(StrEnum):
    """How far a matter is, in the words of the tables of voters' petitions (kết quả giải quyết)."""

    SETTLED = "da-giai-quyet"  # đã giải quyết
    UNDER_WAY = "dang-giai-quyet"  # đang giải quyết
    EXPLAINED = "giai-trinh"  # giải trình


@dataclass(frozen=True, slots=True)
class AnswerBody:
    """What a department fills in. `basis` is the legal basis, `due` the date as it was written ("30/6/2027", "quý II
    năm 2027"); what was left empty is "" or None.
    """

    text: str
    basis: str = ""
    responsible: str = ""
    due: str = ""
    settlement: Settlement | None = None

    def says_the_same(self, other: AnswerBody) -> bool:
        """Whether two differ in nothing but white space and Unicode forms."""
        fields = ("text", "basis", "responsible", "due")
        alike = all(clean(getattr(self, name)) == clean(getattr(other, name)) for name in fields)
        return alike and self.settlement == other.settlement


@dataclass(frozen=True, slots=True)
class Answer:
    """`revision` counts within the issue, `version` the changes to this row (compare-and-set). `source` is the name of
    the file it came in, "" where it was typed here. `release_at` is when a confirmed one is released by itself, None
    where somebody has to do it. All instants are aware; people are named as history names them.
    """

    id: int
    issue_id: int
    revision: int
    version: int
    state: AnswerState
    body: AnswerBody
    drafted_by: str
    drafted_at: datetime
    source: str = ""
    reason: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    release_at: datetime | None = None
    released_by: str = ""
    released_at: datetime | None = None


def can(answer: Answer, step: AnswerStep) -> bool:
    """Whether the table allows this step now."""
    return (answer.state, step) in STEPS


def after(answer: Answer, step: AnswerStep, by: str, at: datetime, reason: str = "") -> Answer:
    """The answer after a step. Raises NotAllowedNow where the table has no such cell, and a Refusal where the one who
    confirms also drafted it: a second person has to.
    """
    if not can(answer, step):
        raise NotAllowedNow(Key.REFUSE_ANSWER_NOT_NOW)
    if step is AnswerStep.CONFIRM and by == answer.drafted_by:
        raise Refusal(Key.REFUSE_OWN_ANSWER)
    moved = replace(answer, state=STEPS[answer.state, step])
    match step:
        case AnswerStep.CONFIRM:
            return replace(moved, confirmed_by=by, confirmed_at=at, reason="")
        case AnswerStep.RETURN:
            return replace(moved, reason=reason)
        case AnswerStep.UNCONFIRM:
            return replace(moved, confirmed_by="", confirmed_at=None, release_at=None)
        case AnswerStep.RELEASE:
            return replace(moved, released_by=by, released_at=at, release_at=None)
        case AnswerStep.REPLACE:
            return replace(moved, release_at=None)
