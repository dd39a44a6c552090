"""What the heart asks of the rooms: the shapes that storage, channels, the classifier and the workbooks fit.

All instants are aware; all ids are the store's integers unless said otherwise. A method that is not async does no
waiting. Nothing here knows a platform or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from bot.domain.decision import Decision
from bot.domain.issue import Issue
from bot.domain.learning import Learnt
from bot.domain.message import Address, Words
from bot.domain.notice import Notices
from bot.domain.person import Person
from bot.domain.submission import HistoryEntry, NewSubmission, Proposal, State, Submission
from bot.domain.workbook import BadSlip, Content, Slip

# ------------------------------------------------------------------ time


class Clock(Protocol):
    """The time of this run. In a rehearsal both our clock and the platforms' dates are shifted alike."""

    def now(self) -> datetime:
        """Now, aware, in Asia/Ho_Chi_Minh."""
        ...

    def shifted(self, platform_instant: datetime) -> datetime:
        """A platform's instant on this run's clock."""
        ...


# ------------------------------------------------------------------ inbox and outbox


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update exactly as a platform sent it. `update_id` is unique for (platform, bot); `chat` keeps the order."""

    platform: str
    bot: str
    update_id: str
    chat: str
    raw: str  # JSON, ASCII only


@dataclass(frozen=True, slots=True)
class InboxRow:
    id: int
    platform: str
    bot: str
    update_id: str
    chat: str
    raw: str
    tries: int
    received_at: datetime


class InboxTable(Protocol):
    async def add(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        """Keep updates; those already known by (platform, bot, update_id) are passed over. Returns how many are new."""
        ...

    async def next(self, at: datetime) -> InboxRow | None:
        """The oldest row that is due and whose chat has no older row still open; None where nothing is due."""
        ...

    async def done(self, id_: int, at: datetime) -> None:
        """Mark as handled and blank the raw JSON and the chat; the key stays, so that a redelivery is recognised."""
        ...

    async def is_done(self, id_: int) -> bool: ...

    async def again(self, id_: int, due_at: datetime, error: str) -> None:
        """Count a failed try and set when the next one is due. `error` names a type, never a person's words."""
        ...

    async def quarantine(self, id_: int, at: datetime, error: str) -> None:
        """Put aside with its raw JSON; it holds up nothing behind it any more."""
        ...

    async def quarantined(self) -> int:
        """How many rows lie in quarantine."""
        ...

    async def open(self) -> int:
        """How many rows are neither done nor in quarantine."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to hand over. `kind` is words, card or file.

    words: `words` is what to say, and `ephemeral` says that the row is deleted once it is sent (under 16: keep
    nothing). card: `submission_id` is the subject, drawn when sent. file: `file` is its path, `words` its caption.
    `repeats` counts how often a crash left it unknown whether it had been sent.
    """

    id: int
    kind: str
    address: Address
    words: Words | None
    submission_id: int | None
    file: str | None
    ephemeral: bool
    tries: int
    repeats: int
    created_at: datetime


class OutboxTable(Protocol):
    async def say(self, address: Address, words: Words, at: datetime, *, ephemeral: bool = False) -> int: ...

    async def card(self, address: Address, submission_id: int, at: datetime) -> None:
        """Ask for a (re)drawing; a drawing of the same card that still waits serves both (partial unique index)."""
        ...

    async def file(self, address: Address, file: Path, caption: str, at: datetime) -> int: ...

    async def claim(self, at: datetime, ready: Callable[[Address], bool], *, limit: int = 10) -> list[OutboxRow]:
        """Rows that are due, oldest first, at most one a chat, whose chat is `ready`; marked as being sent."""
        ...

    async def sent(self, id_: int, at: datetime, message_id: str) -> None:
        """Delivered. An ephemeral row is deleted instead."""
        ...

    async def later(self, id_: int, due_at: datetime, error: str) -> None: ...

    async def failed(self, id_: int, at: datetime, error: str) -> None:
        """Given up for good (blocked, chat gone)."""
        ...

    async def forget(self, address: Address) -> None:
        """Delete what was said to an address; what still waits is deleted once it is sent."""
        ...

    async def abandon(self, at: datetime) -> int:
        """Give up whatever still waits (a rehearsal that begins anew, perhaps on an earlier day). Returns how many."""
        ...

    async def recover(self) -> int:
        """At start: rows that a dead process was sending become due again with one repeat more. Returns how many."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest waiting row is due; None where nothing waits."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the outbox as a channel without memory of its own (the web page) shows them again."""

    id: int
    words: Words
    at: datetime


# ------------------------------------------------------------------ people, sessions, submissions


class SessionTable(Protocol):
    async def get(self, address: Address) -> str | None:
        """The session's JSON, or None for somebody new."""
        ...

    async def put(self, address: Address, state: str, at: datetime, *, draft_open: bool) -> None: ...

    async def forget(self, address: Address) -> None: ...

    async def with_drafts(self) -> list[tuple[Address, str]]:
        """Every session that holds an unsent draft."""
        ...

    async def forget_unconsented(self, before: datetime) -> int:
        """Delete sessions untouched since `before` whose people never consented. Returns how many."""
        ...


class PersonTable(Protocol):
    async def get(self, address: Address) -> Person | None: ...

    async def by_id(self, id_: int) -> Person | None: ...

    async def put(self, address: Address, consent_version: int, at: datetime, unit: str, youth_group: str) -> Person:
        """Add or update; the instant of consent stays that of the first consent to this version."""
        ...

    async def forget(self, address: Address) -> None: ...


class SubmissionTable(Protocol):
    """What asks for one submission by its id or code finds private ones too; what lists or counts leaves them out,
    but for `private` and a person's own.
    """

    async def add(self, new: NewSubmission) -> Submission:
        """Give the next number of the programme, make the receipt code, store as WAITING, version 1."""
        ...

    async def get(self, id_: int) -> Submission | None: ...

    async def by_code(self, code: str) -> Submission | None: ...

    async def of_person(self, person_id: int, programme: str) -> list[Submission]:
        """Newest first."""
        ...

    async def change(self, submission: Submission, version: int) -> Submission | None:
        """Save every changeable field if the stored version is still `version`; returns it with version + 1.

        None where somebody else was first (compare-and-set).
        """
        ...

    async def of_programme(self, programme: str, states: Iterable[State]) -> list[Submission]:
        """In order of their numbers."""
        ...

    async def counts(self, programme: str) -> dict[State, int]:
        """Every state, zeros too."""
        ...

    async def private(self, programme: str) -> list[Submission]:
        """Those for the responsible person alone that nobody withdrew, those that wait first, in order of numbers."""
        ...

    async def unclassified(self, programme: str, *, after: int, limit: int) -> list[Submission]:
        """WAITING ones that nobody gave a topic yet, whose ids are higher than `after`, in order of their ids."""
        ...

    async def waiting(self, programme: str, *, after: int, limit: int) -> list[Submission]:
        """WAITING ones whose ids are higher than `after`, in order of their ids."""
        ...

    async def some(self, ids: Collection[int]) -> list[Submission]:
        """Those that exist, of whatever programme, by rising id."""
        ...

    async def comparable(
        self, *, after: int = 0, limit: int, programme: str | None = None, among: Collection[int] | None = None
    ) -> list[tuple[int, str]]:
        """Id and text of what may be compared with others (nothing withdrawn or private), by rising id.

        At most `limit` with an id greater than `after`; of one programme or of all; only of `among` where it is given.
        """
        ...


class IssueTable(Protocol):
    async def add(self, programme: str, topic: str, lead: str | None, supporting: Sequence[str]) -> Issue: ...

    async def get(self, id_: int) -> Issue | None: ...

    async def reroute(self, id_: int, topic: str, lead: str | None, supporting: Sequence[str]) -> None: ...

    async def remove_if_empty(self, id_: int) -> None:
        """Delete an issue that no submission belongs to any more."""
        ...

    async def of_programme(self, programme: str) -> list[Issue]: ...


class HistoryTable(Protocol):
    """Append-only: triggers refuse UPDATE and DELETE."""

    async def add(self, entry: HistoryEntry) -> None: ...

    async def of(self, submission_id: int) -> list[HistoryEntry]:
        """Oldest first."""
        ...

    async def newest(self) -> int:
        """The id of the newest entry, 0 where there is none. Ids only ever rise."""
        ...

    async def touched(self, after: int, limit: int) -> list[tuple[int, int]]:
        """(entry id, submission id) of the entries that came after that one, oldest first: what has changed since."""
        ...


class DecisionTable(Protocol):
    """What people decided, read out of the submissions and their history; nothing is stored for it."""

    async def all(self, programme: str | None = None) -> list[Decision]:
        """The decisions that hold now, of one programme or of every one there ever was, in order of submissions."""
        ...


# ------------------------------------------------------------------ the moderators' side


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a board shows it. `message_id` is None until it was sent once.

    `nonce` (72 random bits, URL-safe) binds a button to this card in this chat. `menu` is which buttons are unfolded:
    "" (actions), "departments", "topics:<department>", "reasons".
    """

    id: int
    address: Address
    submission_id: int
    nonce: str
    message_id: str | None
    menu: str


class BoardTable(Protocol):
    async def open(self, address: Address, submission_id: int) -> ShownCard:
        """The card of a submission in a chat, made with a fresh nonce where there is none yet."""
        ...

    async def by_nonce(self, nonce: str) -> ShownCard | None: ...

    async def of_submission(self, submission_id: int) -> list[ShownCard]: ...

    async def shown(self, id_: int, message_id: str) -> None: ...

    async def set_menu(self, id_: int, menu: str) -> None: ...

    async def undecided(self, address: Address, programme: str) -> int:
        """How many submissions that have a card in this chat are still WAITING."""
        ...

    async def cardless(self, address: Address, programme: str, limit: int) -> list[int]:
        """Ids of WAITING submissions without a card in this chat, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Moderator:
    """A moderator who signed in on the web board. `name` is what history and cards show.

    `chief`: a responsible person (người phụ trách), who alone sees private submissions.
    """

    id: int
    name: str
    since: datetime
    chief: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that nobody used yet: who is invited, as what, and until when it can be used."""

    name: str
    chief: bool
    expires_at: datetime


class ModeratorTable(Protocol):
    async def invite(
        self, name: str, token_hash: str, expires_at: datetime, at: datetime, *, chief: bool = False
    ) -> None: ...

    async def redeem(self, token_hash: str, session_hash: str, at: datetime) -> Moderator | None:
        """Use an invitation once: makes the moderator (if new) and a signed-in session. None where it is not valid.

        The role is that of the invitation. Where somebody of this name had the other one, their sessions end.
        """
        ...

    async def by_session(self, session_hash: str) -> Moderator | None: ...

    async def all(self) -> list[Moderator]: ...

    async def invited(self, at: datetime) -> list[Invitation]:
        """The invitations that can still be used at this instant, the next to expire first."""
        ...

    async def revoke(self, name: str) -> bool:
        """End every session and invitation of this name. False where nobody has it."""
        ...


# ------------------------------------------------------------------ programmes, exports, imports, facts of the database


@dataclass(frozen=True, slots=True)
class ProgrammeChange:
    """A change to a running programme: the dialogue day fixed, or the intake window extended. Newest wins."""

    programme: str
    at: datetime
    actor: str
    day: date | None
    closes_at: datetime | None
    reason: str


class ProgrammeTable(Protocol):
    async def add_change(self, change: ProgrammeChange) -> None: ...

    async def changes(self, programme: str) -> list[ProgrammeChange]:
        """Oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A workbook that was made. `occasion`, if any, is unique in its programme: "week:2026-11-16", "cutoff"."""

    id: int
    programme: str
    number: int
    at: datetime
    asked_by: str
    occasion: str
    file: str
    sha256: str


class ExportTable(Protocol):
    async def next_number(self, programme: str) -> int: ...

    async def add(
        self, programme: str, number: int, at: datetime, asked_by: str, occasion: str, file: str, sha256: str
    ) -> bool:
        """Record a file. False (and nothing stored) where this number or occasion has a record already."""
        ...

    async def has(self, programme: str, occasion: str) -> bool: ...

    async def of_programme(self, programme: str) -> list[ExportRecord]: ...


class SlipTable(Protocol):
    async def seen(self, programme: str, keys: Iterable[str]) -> Mapping[str, int]:
        """How often each key (a hash of text, unit, day and source) was imported already."""
        ...

    async def count(self, programme: str, counts: Mapping[str, int]) -> None:
        """Add to the times each key was imported."""
        ...


class FactTable(Protocol):
    """Small facts of the database itself: its kind (production, demo, rehearsal), schema notes, last poll …"""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...


class Transaction(Protocol):
    """One unit of work. Everything said or decided in it is kept or none of it."""

    inbox: InboxTable
    outbox: OutboxTable
    sessions: SessionTable
    people: PersonTable
    submissions: SubmissionTable
    issues: IssueTable
    history: HistoryTable
    decisions: DecisionTable
    board: BoardTable
    moderators: ModeratorTable
    programmes: ProgrammeTable
    exports: ExportTable
    slips: SlipTable
    facts: FactTable

    async def said(self, address: Address, after_id: int) -> list[Said]:
        """Words sent (or waiting) to an address since `after_id`, oldest first; for the web page."""
        ...


class Store(Protocol):
    """The database. Writing transactions queue behind one lock; readings go through a connection of their own."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction: commits at the end, rolls back on any exception."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view that must not write."""
        ...

    async def close(self) -> None: ...


# ------------------------------------------------------------------ channels and boards


class Channel(Protocol):
    """A way to speak to young people."""

    async def say(self, chat: str, words: Words) -> str:
        """Hand words over, split where the platform needs it; returns the platform's id of the last message.

        Raises DeliveryError.
        """
        ...


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button of a card: what it says, and what pressing it means (`action`: see usecases/moderate)."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Card:
    """A submission as moderators see it: lines ready to read, already in words; the board only lays them out.

    `head` is code and marks; `text` what the person wrote (a value: escape it); `facts` are (label, value) pairs;
    `lines` are sentences (proposal, decision, warnings); `buttons` are rows of buttons.
    """

    submission_id: int
    version: int
    code: str
    head: str
    text: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    state: str
    buttons: tuple[tuple[CardButton, ...], ...] = ()


class Board(Protocol):
    """A place where moderators see cards (the Telegram group)."""

    async def show(self, card: Card, shown: ShownCard) -> str:
        """Send the card, or redraw it where `shown.message_id` is set; returns the message id. Raises DeliveryError."""
        ...

    async def tell(self, chat: str, words: Words) -> str: ...

    async def send_file(self, chat: str, file: Path, caption: str) -> str: ...


class Edge(Protocol):
    """Turns one kept update of a platform into use cases. Raises on a fault; the inbox then tries again."""

    async def handle(self, row: InboxRow) -> None: ...


# ------------------------------------------------------------------ classifier and workbooks


class Router(Protocol):
    """The classifier as the heart uses it: text in, proposal out. Never raises for any text.

    None instead of a proposal: there is no model, or it failed. The text is UNCLASSIFIED then and nothing waits for it.
    """

    def propose(self, text: str, lead_of: Mapping[str, str | None]) -> Proposal | None:
        """`lead_of` names the department of every topic (`RoutingTable.leads`), None where nobody leads it."""
        ...

    def propose_all(
        self,
        texts: Sequence[str],
        lead_of: Mapping[str, str | None],
        progress: Callable[[int], None] | None = None,
    ) -> Sequence[Proposal | None]: ...

    def explain(self, text: str, topic: str) -> tuple[str, ...]:
        """The three to five words or phrases of the text, as typed, that speak most for a topic; perhaps none."""
        ...


class Model(Router, Protocol):
    """A trained classifier at hand: there is always a proposal."""

    def propose(self, text: str, lead_of: Mapping[str, str | None]) -> Proposal: ...

    def propose_all(
        self,
        texts: Sequence[str],
        lead_of: Mapping[str, str | None],
        progress: Callable[[int], None] | None = None,
    ) -> Sequence[Proposal]: ...


class Models(Protocol):
    """The models that are kept, and which of them answers. The methods wait for the disk: call them from a thread."""

    def stamp(self) -> object:
        """Something that is another whenever `kept` may give another model; cheap, never raises."""
        ...

    def kept(self) -> Model | None:
        """The model that answers, without ever training one; None where there is none."""
        ...


class Learner(Protocol):
    """Makes a model of the shipped texts and of what moderators decided, and lets it answer if it proves better."""

    def __call__(
        self,
        decisions: Sequence[Decision],
        leads: Mapping[str, str | None],
        *,
        by: str,
        at: datetime,
        anew: bool,
        progress: Callable[[int], None] | None = None,
    ) -> Learnt:
        """`leads` names the department of each topic. `anew`: also where hardly anything was decided since last time.

        Waits long (a minute or two): call it in a process of its own. Raises a Refusal where another training runs.
        """
        ...


@dataclass(frozen=True, slots=True)
class Likeness:
    """A text by its id, and how alike (0 to 1) it is to the one that was asked about."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class LikeGroup:
    """Texts that ask nearly the same. `members` hold the central one too (first, or beside its copies), most alike
    first.
    """

    centre: int
    members: tuple[Likeness, ...]


class Similar(Protocol):
    """Nearly equal texts, found by what they have in common. Holds what it was told, in memory; any thread may call
    it. Never raises for any text.
    """

    def put(self, texts: Iterable[tuple[int, str]]) -> int:
        """Hold texts by their ids, each in the place of its id's former one. Returns how many were new or changed."""
        ...

    def remove(self, ids: Iterable[int]) -> int:
        """Hold these no longer; unknown ids are passed over. Returns how many were held."""
        ...

    def nearest(self, text: str, limit: int = 3, *, without: Collection[int] = ()) -> list[Likeness]:
        """The texts held that ask nearly the same, most alike first."""
        ...


class Watcher(Protocol):
    """Notices what a moderator should see in a text. Pure, and quick: a few milliseconds for a long message."""

    def look(self, text: str) -> Notices:
        """Everything that is noticed. Should never raise; `bot.usecases.noticing` guards everybody where it does."""
        ...


class Grouping(Protocol):
    """Puts texts (by their ids) together that ask nearly the same, largest group first. Never raises for any text."""

    def __call__(
        self, texts: Sequence[tuple[int, str]], progress: Callable[[int], None] | None = None, /
    ) -> list[LikeGroup]:
        """`progress` hears how many were compared."""
        ...


@dataclass(frozen=True, slots=True)
class SlipFile:
    """What a slip file held: rows that can be taken in, rows that cannot, and what was ignored (unknown columns)."""

    slips: tuple[Slip, ...]
    bad: tuple[BadSlip, ...]
    ignored_columns: tuple[str, ...] = field(default=())


class Workbooks(Protocol):
    """Workbooks out and slips in. Both raise WorkbookFault (a Refusal) with a sentence for whoever gave the file."""

    def write(self, content: Content, target: Path, progress: Callable[[int], None] | None = None) -> None:
        """Write the grouped workbook, open it again and compare; the target appears whole or not at all."""
        ...

    def read_slips(self, file: Path) -> SlipFile:
        """Read .xlsx or .csv by header names."""
        ...

    def write_form(self, target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str]) -> None:
        """The empty slip form."""
        ...
