"""What the conversation remembers of one chat, what it sees of the world, and what it may wish for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refusal
from bot.domain.message import Content, Say
from bot.domain.notice import Danger
from bot.domain.privacy import Erasure, RequestKind
from bot.domain.programme import Programme

_INSTANTS = ("draft_typed_at", "draft_answered_at", "reminded_for")


class Step(StrEnum):
    """Where a conversation stands. Every step has a function in STEPS."""

    NEW = "new"
    CONSENT = "consent"
    UNIT = "unit"
    GROUP = "group"
    READY = "ready"
    DRAFT = "draft"
    REWRITE = "rewrite"
    MINE = "mine"
    ONE = "one"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    RATE = "rate"
    ERASE = "erase"
    ERASE_SURE = "erase_sure"
    REQUEST = "request"
    REQUEST_WORDS = "request_words"


EXPECTS_WORDS = frozenset([Step.REWRITE, Step.EDIT, Step.REQUEST_WORDS])
"""Steps in which a typed "1" is words, not the first button."""


@dataclass(frozen=True, slots=True)
class Session:
    """One chat's memory, a row of the store.

    `draft_typed_at` is when its last words were typed (the platform's clock), `draft_answered_at` when the bot first
    reacted to them. `editing` is the code of the submission whose new wording the draft is. `offered` are the buttons
    shown last: (choice id, folded label). `reminded_for` is the cutoff of which somebody was reminded. `confiding`: the
    draft is for the responsible person alone. `anew`: the next words are a new question, although something was asked
    back. `rating` is the id of the answer of which the person is asked why it missed the point, 0 where of none.
    `told_held`: they know that they sent much and that it is read bit by bit.
    """

    step: Step = Step.NEW
    consent_version: int = 0
    profile_asked: bool = False
    unit: str = ""
    youth_group: str = ""
    draft: str = ""
    draft_typed_at: datetime | None = None
    draft_answered_at: datetime | None = None
    editing: str = ""
    confiding: bool = False
    subject: str = ""
    reminded_for: datetime | None = None
    anew: bool = False
    rating: int = 0
    told_held: bool = False
    offered: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        state = asdict(self)
        for name in _INSTANTS:
            state[name] = state[name].isoformat() if state[name] else None
        return json.dumps(state, ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> Session:
        """The session as it was stored; fields that a newer version added take their defaults."""
        known = {field_.name for field_ in fields(cls)}
        state = {name: value for name, value in json.loads(stored).items() if name in known}
        state["step"] = Step(state["step"])
        for name in _INSTANTS:
            state[name] = datetime.fromisoformat(state[name]) if state.get(name) else None
        state["offered"] = tuple((id_, label) for id_, label in state.get("offered", ()))
        return cls(**state)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the conversation can see: the programme as it runs now, the time, whether the words just heard tell of
    somebody in danger, and the code of the submission about which the person was asked something back.
    """

    programme: Programme
    now: datetime
    danger: Danger | None = None
    asked: str = ""


# ------------------------------------------------------------------ events


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the person did, and the instant that counts for it."""

    content: Content
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """The machine's reading of the draft. `department` is empty where nobody owns the topic.

    `danger`: the draft tells of somebody in danger. `private`: it is for the responsible person alone, because of that
    or because the submission that it changes already is.
    """

    topic: str
    department: str
    sure: bool
    out_of_scope: bool
    danger: Danger | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """`held`: one of so many that moderators come to it only after the others."""

    code: str
    late: bool
    private: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """One of the person's own submissions. `state` is a State value, `reason` a sentence where it was refused.

    `private`: it went to the responsible person alone.
    """

    code: str
    state: str
    text: str
    reason: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    own: tuple[Own, ...]


@dataclass(frozen=True, slots=True)
class Found:
    own: Own
    then: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    code: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Withdrew:
    code: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked back is answered. `private`: the answer tells of danger, and all of it went to the responsible
    person.
    """

    code: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class TookBack:
    """Those words were no answer: here they are again."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Rated:
    """What the person thinks of an answer is on record. `words`: and why, in their own words."""

    code: str
    answer_id: int
    good: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Those words were no reason: here they are again."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of what is kept of the person is on its way, or (`ready`) lies ready to be fetched. `code` is "" where
    nothing is kept of them.
    """

    code: str
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an erasure would be about: how many submissions, and a sentence on which of them others have already, ""
    where none. `known` is false where nothing is kept of the person. `choice` is None while they have not chosen.
    """

    known: bool
    count: int
    shared: str
    choice: Erasure | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """It is done; `code` is that of the request."""

    code: str
    choice: Erasure


@dataclass(frozen=True, slots=True)
class Requested:
    """A person will deal with it by `due`, the first instant too late."""

    code: str
    due: datetime


Event = (
    Heard
    | Proposed
    | Filed
    | Listed
    | Found
    | Edited
    | Withdrew
    | Answered
    | TookBack
    | Rated
    | Unsaid
    | Copied
    | Weighed
    | Gone
    | Requested
    | Refused
)

# ------------------------------------------------------------------ wishes


@dataclass(frozen=True, slots=True)
class Propose:
    text: str


@dataclass(frozen=True, slots=True)
class File:
    text: str
    typed_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class ListOwn:
    pass


@dataclass(frozen=True, slots=True)
class Find:
    """Look up one of the person's own submissions; `then` ("edit", "withdraw") is what they want to do with it."""

    code: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer what was asked back about one of the person's own submissions."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The last answer was none; what was asked is still open."""

    code: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Say of a department's answer whether it meets the point, perhaps with the reason. It is named by its id, by the
    code of one of the person's own submissions, or (0 and "") it is the newest that they were told.
    """

    good: bool
    answer_id: int = 0
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unsay:
    """The reason was none; that the answer misses the point stays."""

    answer_id: int


@dataclass(frozen=True, slots=True)
class CopyData:
    """Hand over everything that is kept of the person."""


@dataclass(frozen=True, slots=True)
class Weigh:
    """Look up what an erasure would be about, before it is chosen (None) or confirmed."""

    choice: Erasure | None = None


@dataclass(frozen=True, slots=True)
class Erase:
    choice: Erasure


@dataclass(frozen=True, slots=True)
class Demand:
    """Ask the responsible person for something about one's own data."""

    kind: RequestKind
    text: str


Wish = (
    Propose
    | File
    | ListOwn
    | Find
    | Edit
    | Withdraw
    | Answer
    | TakeBack
    | Rate
    | Unsay
    | CopyData
    | Weigh
    | Erase
    | Demand
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from an event: the new session (None: keep nothing of this chat), words, and perhaps a wish.

    Where there is a wish, its outcome comes back as the next event.
    """

    session: Session | None
    says: tuple[Say, ...] = field(default=())
    wish: Wish | None = None
