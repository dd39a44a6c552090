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
    ASKED = "asked"  # đang hỏi lại người gửi
    APPROVED = "approved"  # đã duyệt, nằm trong một vấn đề
    REJECTED = "rejected"  # không duyệt, có lý do
    REDIRECTED = "redirected"  # ngoài phạm vi, đã chỉ nơi có trách nhiệm
    SPAM = "spam"  # thư rác
    SPLIT = "split"  # đã tách: từng phần được xử lý riêng
    JOINED = "joined"  # một phần không còn, vì câu đã được ghép lại
    WITHDRAWN = "withdrawn"  # người gửi rút


class Action(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    CHANGE_TOPIC = "change_topic"
    REROUTE = "reroute"  # đổi cơ quan chủ trì, phối hợp của vấn đề
    EDIT_WORDING = "edit_wording"  # biên tập lời của vấn đề
    MERGE = "merge"  # gộp vào một vấn đề khác
    UNMERGE = "unmerge"  # tách ra khỏi vấn đề chung
    REJECT = "reject"
    REDIRECT = "redirect"  # ngoài phạm vi đối thoại: chỉ nơi có trách nhiệm
    MARK_SPAM = "mark_spam"
    RESTORE = "restore"  # đưa lại hàng chờ
    MASK = "mask"  # che thông tin riêng tư
    SPLIT = "split"  # tách một câu gồm nhiều câu hỏi
    JOIN = "join"  # phần ấy thôi đứng riêng
    ASK_BACK = "ask_back"  # hỏi lại người gửi
    GO_ON = "go_on"  # không chờ trả lời nữa: cán bộ, hoặc máy khi hết hạn chờ
    ANSWER = "answer"  # người gửi trả lời câu hỏi lại
    TAKE_BACK = "take_back"  # người gửi: đó không phải câu trả lời
    ASSIGN = "assign"  # nhận việc
    UNASSIGN = "unassign"  # trả lại
    UNDO = "undo"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    CLASSIFY = "classify"
    SET_APART = "set_apart"  # chuyển riêng cho người phụ trách
    OPEN_UP = "open_up"  # người phụ trách đưa ra hàng chờ chung
    CLOSE = "close"  # người phụ trách đã xem xong, giữ riêng


MODERATOR_ACTIONS = (
    Action.APPROVE,
    Action.CHANGE_TOPIC,
    Action.REROUTE,
    Action.EDIT_WORDING,
    Action.MERGE,
    Action.UNMERGE,
    Action.REJECT,
    Action.REDIRECT,
    Action.MARK_SPAM,
    Action.SET_APART,
    Action.MASK,
    Action.SPLIT,
    Action.ASK_BACK,
    Action.GO_ON,
    Action.ASSIGN,
    Action.UNASSIGN,
    Action.RESTORE,
    Action.UNDO,
)
CHIEF_ACTIONS = (Action.CLOSE, Action.OPEN_UP, Action.UNDO)  # all that anybody may do to a private submission
ASKER_ACTIONS = (Action.EDIT, Action.WITHDRAW)

ASKER, SYSTEM = "asker", "system"  # actors of the history who are no moderators

# UNDO is the one action without a cell: it leads back to where the decision that it undoes came from.
TRANSITIONS: dict[tuple[State | None, Action], State] = {
    (None, Action.SUBMIT): State.WAITING,
    (State.WAITING, Action.APPROVE): State.APPROVED,
    (State.WAITING, Action.CHANGE_TOPIC): State.WAITING,
    (State.WAITING, Action.REJECT): State.REJECTED,
    (State.WAITING, Action.REDIRECT): State.REDIRECTED,
    (State.WAITING, Action.MARK_SPAM): State.SPAM,
    (State.WAITING, Action.MASK): State.WAITING,
    (State.WAITING, Action.ASSIGN): State.WAITING,
    (State.WAITING, Action.UNASSIGN): State.WAITING,
    (State.WAITING, Action.SPLIT): State.SPLIT,
    (State.WAITING, Action.ASK_BACK): State.ASKED,
    (State.WAITING, Action.TAKE_BACK): State.ASKED,
    (State.WAITING, Action.EDIT): State.WAITING,
    (State.WAITING, Action.WITHDRAW): State.WITHDRAWN,
    (State.WAITING, Action.CLASSIFY): State.WAITING,
    (State.WAITING, Action.SET_APART): State.WAITING,
    (State.WAITING, Action.OPEN_UP): State.WAITING,
    (State.WAITING, Action.CLOSE): State.REJECTED,
    (State.ASKED, Action.ANSWER): State.WAITING,
    (State.ASKED, Action.GO_ON): State.WAITING,
    (State.ASKED, Action.MASK): State.ASKED,
    (State.ASKED, Action.ASSIGN): State.ASKED,
    (State.ASKED, Action.UNASSIGN): State.ASKED,
    (State.ASKED, Action.SET_APART): State.WAITING,
    (State.ASKED, Action.EDIT): State.WAITING,
    (State.ASKED, Action.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Action.CHANGE_TOPIC): State.APPROVED,
    (State.APPROVED, Action.REROUTE): State.APPROVED,
    (State.APPROVED, Action.EDIT_WORDING): State.APPROVED,
    (State.APPROVED, Action.MERGE): State.APPROVED,
    (State.APPROVED, Action.UNMERGE): State.APPROVED,
    (State.APPROVED, Action.MASK): State.APPROVED,
    (State.APPROVED, Action.RESTORE): State.WAITING,
    (State.APPROVED, Action.EDIT): State.WAITING,
    (State.APPROVED, Action.WITHDRAW): State.WITHDRAWN,
    (State.REJECTED, Action.RESTORE): State.WAITING,
    (State.REJECTED, Action.EDIT): State.WAITING,
    (State.REJECTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.REDIRECTED, Action.RESTORE): State.WAITING,
    (State.REDIRECTED, Action.EDIT): State.WAITING,
    (State.REDIRECTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SPAM, Action.RESTORE): State.WAITING,
    (State.SPAM, Action.EDIT): State.WAITING,
    (State.SPAM, Action.WITHDRAW): State.WITHDRAWN,
    (State.SPLIT, Action.SET_APART): State.WAITING,
    (State.SPLIT, Action.EDIT): State.WAITING,
    (State.SPLIT, Action.WITHDRAW): State.WITHDRAWN,
    # What becomes of a part when its whole is put together again, changed or withdrawn.
    **{
        (state, Action.JOIN): State.JOINED
        for state in (
            State.WAITING,
            State.ASKED,
            State.APPROVED,
            State.REJECTED,
            State.REDIRECTED,
            State.SPAM,
        )
    },
}


def after(state: State | None, action: Action) -> State:
    """The state that an action leads to. Raises NotAllowedNow where the table has no such cell."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise NotAllowedNow(Key.REFUSE_NOT_NOW, action=action.value, state=state.value if state else "") from None


def allowed(state: State, among: tuple[Action, ...]) -> tuple[Action, ...]:
    """Those of `among` that the table allows in this state, in the given order; an undo is not the table's business."""
    return tuple(action for action in among if action is Action.UNDO or (state, action) in TRANSITIONS)


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
    or search of anybody else shows it. `reason` is why it was refused, `body` who is responsible for what was
    redirected (both a Key's value or a moderator's own words). `assignee` is the moderator who took it on.
    `shown_text`, where there is one, is the text with personal data masked. `last_decision` is the entry of the history
    that an undo takes back; None where there is none, or where it was decided before entries could be taken back. A
    part of a split submission has its whole's id and counts from 1 in `part`; its number is below zero, because
    receipts have no gaps.
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
    assignee: str = ""
    shown_text: str = ""
    body: str = ""
    last_decision: int | None = None
    whole_id: int | None = None
    part: int = 0

    @property
    def shown(self) -> str:
        """The text as anybody but the asker reads it."""
        return self.shown_text or self.text

    def actions(self) -> tuple[Action, ...]:
        """What can be done to it at a board now, by whoever has the right to (see `bot.domain.role`)."""
        among = CHIEF_ACTIONS if self.private else MODERATOR_ACTIONS
        return tuple(action for action in allowed(self.state, among) if self._makes_sense(action))

    def _makes_sense(self, action: Action) -> bool:
        match action:
            case Action.UNDO:
                # What was decided before entries said what stood before is in the history as well: it came from here.
                return self.last_decision is not None or (self.state, Action.RESTORE) in TRANSITIONS
            case Action.ASSIGN:
                return not self.assignee
            case Action.UNASSIGN:
                return bool(self.assignee)
            case Action.SPLIT:
                return not self.part
            case _:
                return True

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
class Standing:
    """How a submission, and the issue that it is in, stood before a decision: what its undo goes back to.

    `issue_route` is topic, lead and supporting departments of the issue, None where it was in none.
    """

    state: State
    topic: str
    issue_id: int | None
    reason: str
    body: str
    private: bool
    assignee: str
    decided_by: str
    decided_at: datetime | None
    last_decision: int | None
    issue_route: tuple[str, str | None, tuple[str, ...]] | None = None
    issue_decision: int | None = None


class Place(StrEnum):
    """Where words of a submission are shown beside its own text."""

    WORDING = "wording"  # lời biên tập của vấn đề
    QUESTION = "question"  # câu hỏi lại của cán bộ
    ANSWER = "answer"  # phần trả lời của người gửi
    WHOLE = "whole"  # câu gốc đã tách


@dataclass(frozen=True, slots=True)
class Replaced:
    """Words that a change put in the place of others, elsewhere than in its submission's own text. `id` is that of the
    issue, of the question back, or of the whole.
    """

    place: Place
    id: int
    before: str
    after: str

    @property
    def back(self) -> Replaced:
        """What takes it back."""
        return Replaced(self.place, self.id, self.after, self.before)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that was done to a submission: who, what, when, from which state to which, and why.

    `actor` is a moderator's display name, ASKER or SYSTEM. `text_before` keeps the words that a change replaced: the
    asker's own, those shown (MASK) or the issue's (EDIT_WORDING); `elsewhere` what a MASK replaced beside them.
    `standing` is there where an undo may be wanted. `id` is 0 until it is stored.
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
    issue_id: int | None = None
    standing: Standing | None = None
    elsewhere: tuple[Replaced, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What an asker knows of their submission. `lead` is the department that it was sent to, None where to none; `ask`
    the id of the question that was asked back and waits for its answer, `parts` how many parts there ever were.
    """

    state: State
    private: bool
    lead: str | None
    reason: str = ""
    body: str = ""
    ask: int = 0
    parts: int = 0


# ------------------------------------------------------------------ receipt codes

_CODE = re.compile(r"([A-Z][A-Z0-9]*)[\s–-]+(\d{1,7})[\s–-]*([A-Z])(?:\s*/\s*\d{1,2})?", re.ASCII)
_RUN_TOGETHER = re.compile(r"([A-Z][A-Z0-9]*)(\d{4})([A-Z])(?:/\d{1,2})?", re.ASCII)
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

    None where it is no code or its last letter is wrong. The number of a part is passed over.
    """
    if not (found := _CODE.fullmatch(text.strip().upper()) or _RUN_TOGETHER.fullmatch(text.strip().upper())):
        return None
    prefix, number, letter = found[1], int(found[2]), found[3]
    return (prefix, number) if letter == check_letter(prefix, number) else None


def part_code(whole: str, part: int) -> str:
    """`HY24-0042-K/2`: the second part of a split submission."""
    return f"{whole}/{part}"


# ------------------------------------------------------------------ the picture


def diagram() -> str:
    """The table as a Mermaid state diagram, for docs/trang-thai.md."""
    lines = ["stateDiagram-v2"]
    for (before, action), then in TRANSITIONS.items():
        lines.append(f"    {before.value if before else '[*]'} --> {then.value}: {action.value}")
    return "\n".join(lines)
