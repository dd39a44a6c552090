"""A submission: what one person wrote, kept word for word, and everything that may happen to it.

`TRANSITIONS` is the whole rule. No other place decides what is allowed; the card draws its buttons from this table,
docs/trang-thai.md shows the picture made from it, and a test walks every pair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.department import UNCLASSIFIED
from bot.domain.errors import NotAllowedNow
from bot.domain.message import ChannelName
from bot.domain.programme import Intake, Window
from bot.texts.keys import Key


class State(StrEnum):
    WAITING = "waiting"  # chờ duyệt
    APPROVED = "approved"  # đã duyệt, nằm trong một vấn đề
    REJECTED = "rejected"  # không duyệt, có lý do
    WITHDRAWN = "withdrawn"  # người gửi rút


class Action(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    CHANGE_TOPIC = "change_topic"
    REJECT = "reject"
    UNDO = "undo"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    CLASSIFY = "classify"
    SET_APART = "set_apart"  # chuyển riêng cho người phụ trách
    OPEN_UP = "open_up"  # người phụ trách đưa ra hàng chờ chung
    CLOSE = "close"  # người phụ trách đã xem xong, giữ riêng


MODERATOR_ACTIONS = (Action.APPROVE, Action.CHANGE_TOPIC, Action.REJECT, Action.UNDO, Action.SET_APART)
CHIEF_ACTIONS = (Action.CLOSE, Action.OPEN_UP, Action.UNDO)  # all that anybody may do to a private submission
ASKER_ACTIONS = (Action.EDIT, Action.WITHDRAW)

ASKER, SYSTEM = "asker", "system"  # actors of the history who are no moderators

TRANSITIONS: dict[tuple[State | None, Action], State] = {
    (None, Action.SUBMIT): State.WAITING,
    (State.WAITING, Action.APPROVE): State.APPROVED,
    (State.WAITING, Action.CHANGE_TOPIC): State.WAITING,
    (State.WAITING, Action.REJECT): State.REJECTED,
    (State.WAITING, Action.EDIT): State.WAITING,
    (State.WAITING, Action.WITHDRAW): State.WITHDRAWN,
    (State.WAITING, Action.CLASSIFY): State.WAITING,
    (State.WAITING, Action.SET_APART): State.WAITING,
    (State.WAITING, Action.OPEN_UP): State.WAITING,
    (State.WAITING, Action.CLOSE): State.REJECTED,
    (State.APPROVED, Action.CHANGE_TOPIC): State.APPROVED,
    (State.APPROVED, Action.UNDO): State.WAITING,
    (State.APPROVED, Action.EDIT): State.WAITING,
    (State.APPROVED, Action.WITHDRAW): State.WITHDRAWN,
    (State.REJECTED, Action.UNDO): State.WAITING,
    (State.REJECTED, Action.EDIT): State.WAITING,
    (State.REJECTED, Action.WITHDRAW): State.WITHDRAWN,
}


def after(state: State | None, action: Action) -> State:
    """The state that an action leads to. Raises NotAllowedNow where the table has no such cell."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise NotAllowedNow(Key.REFUSE_NOT_NOW, action=action.value, state=state.value if state else "") from None


def allowed(state: State, among: tuple[Action, ...]) -> tuple[Action, ...]:
    """Those of `among` that the table allows in this state, in the given order."""
    return tuple(action for action in among if (state, action) in TRANSITIONS)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine made of a text: a topic, how sure it is (0 to 1), and the next best (topic, confidence)."""

    topic: str
    confidence: float
    abstained: bool
    alternatives: tuple[tuple[str, float], ...] = ()


def topic_of(proposal: Proposal | None) -> str:
    """The topic that the machine proposes, UNCLASSIFIED where it proposes nothing."""
    return proposal.topic if proposal else UNCLASSIFIED


@dataclass(frozen=True, slots=True)
class Submission:
    """One text of one person (or slip). `text` never changes except by the asker's own edit, which keeps the old one.

    `number` counts within the programme and makes the receipt code. `topic` is the moderators' choice once they made
    one, the machine's before, UNCLASSIFIED while neither has. `version` goes up with every change and guards against
    two people at once. `typed_at` is the instant that counts for the cutoff, `late` the judgement of it. All instants
    are aware. `private`: for the responsible person alone (somebody may be in danger); no board, list, count, workbook
    or search of anybody else shows it.
    """

    id: int
    programme: str
    number: int
    code: str
    text: str
    state: State
    version: int
    topic: str
    proposal: Proposal | None
    source: ChannelName
    source_label: str
    person_id: int | None
    unit: str
    youth_group: str
    typed_at: datetime
    received_at: datetime
    late: bool
    issue_id: int | None = None
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    private: bool = False

    def actions(self, *, chief: bool) -> tuple[Action, ...]:
        """What somebody at a board may do to it now; `chief` is whether that is a responsible person."""
        if not self.private:
            return allowed(self.state, MODERATOR_ACTIONS)
        return allowed(self.state, CHIEF_ACTIONS) if chief else ()

    def is_late(self, window: Window) -> bool:
        """Whether it came too late for the window as it stands now: an extension makes late ones timely, nothing
        makes a timely one late.
        """
        confirmed_at = self.typed_at if self.source is ChannelName.SLIP else self.received_at
        return self.late and window.judge(max(self.typed_at, window.opens_at), confirmed_at) is Intake.LATE


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """What is known of a submission before the store has given it its number."""

    programme: str
    receipt_prefix: str
    text: str
    topic: str
    proposal: Proposal | None
    source: ChannelName
    source_label: str
    person_id: int | None
    unit: str
    youth_group: str
    typed_at: datetime
    received_at: datetime
    late: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that was done to a submission: who, what, when, from which state to which, and why.

    `actor` is a moderator's display name, ASKER or SYSTEM. `text_before` keeps the words that an edit replaced.
    """

    submission_id: int
    at: datetime
    actor: str
    action: Action
    before: State | None
    after: State
    reason: str = ""
    topic: str = ""
    text_before: str = ""


# ------------------------------------------------------------------ receipt codes

_CODE = re.compile(r"([A-Z][A-Z0-9]*)[\s–-]+(\d{1,7})[\s–-]*([A-Z])", re.ASCII)
_RUN_TOGETHER = re.compile(r"([A-Z][A-Z0-9]*)(\d{4})([A-Z])", re.ASCII)
_ALPHABET = "ACDEFGHKLMNPQRTUVXY"  # 19 letters, a prime; none that looks like a digit or another letter


def check_letter(prefix: str, number: int) -> str:
    """The last letter of a receipt code: finds any one wrong digit and any two exchanged ones (weights modulo 19)."""
    signs = f"{prefix}{number:04d}"
    return _ALPHABET[sum((place + 2) * int(sign, 36) for place, sign in enumerate(signs)) % len(_ALPHABET)]


def receipt_code(prefix: str, number: int) -> str:
    """`HY24-0042-K`: the programme's prefix, the running number, a letter that guards against slips of the pen."""
    return f"{prefix}-{number:04d}-{check_letter(prefix, number)}"


def parse_receipt_code(text: str) -> tuple[str, int] | None:
    """Prefix and number of a typed code, in any case, with dashes, blanks or nothing between its parts.

    None where it is no code or its last letter is wrong.
    """
    if not (found := _CODE.fullmatch(text.strip().upper()) or _RUN_TOGETHER.fullmatch(text.strip().upper())):
        return None
    prefix, number, letter = found[1], int(found[2]), found[3]
    return (prefix, number) if letter == check_letter(prefix, number) else None


# ------------------------------------------------------------------ the picture


def diagram() -> str:
    """The table as a Mermaid state diagram, for docs/trang-thai.md."""
    lines = ["stateDiagram-v2"]
    for (before, action), then in TRANSITIONS.items():
        lines.append(f"    {before.value if before else '[*]'} --> {then.value}: {action.value}")
    return "\n".join(lines)
