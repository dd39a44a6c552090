"""What the heart asks of the rooms: the shapes that storage, channels, the classifier and the workbooks fit.

All instants are aware; all ids are the store's integers unless said otherwise. A method that is not async does no
waiting. Nothing here knows a platform or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.domain.answer import Answer, AnswerBody
from bot.domain.answer_file import AnswerForm, FilledFile, OpenRow, RowState, SentFile
from bot.domain.ask import Ask
from bot.domain.audit import Break, Event, Head, Note, Record
from bot.domain.backup import Backup, Manifest, Reason
from bot.domain.changes import Remembered
from bot.domain.decision import Decision
from bot.domain.issue import Issue
from bot.domain.learning import Learnt
from bot.domain.message import Address, ChannelName, Words
from bot.domain.notice import Notices
from bot.domain.person import Person
from bot.domain.photo import NewPhoto, Photo, PhotoState
from bot.domain.privacy import Consent, Due, Erasure, Kept, Request, RequestKind, Sent
from bot.domain.published import Publication
from bot.domain.report import Letter, Report
from bot.domain.role import EVERYTHING, SEES_PRIVATE, By, Role, Scope
from bot.domain.sealing import CUTOFF
from bot.domain.submission import Action, HistoryEntry, NewSubmission, Proposal, State, Submission, Told
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


class ClaimLost(Exception):
    """Another process took an update over that this one was too slow with. Nothing of its effect may stay."""


class InboxTable(Protocol):
    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        """What waits for an instant behind `latest`, where nothing can, is due at `at`; how many were."""
        ...

    async def add(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        """Keep updates; those already known by (platform, bot, update_id) are passed over. Returns how many are new."""
        ...

    async def next(self, at: datetime) -> InboxRow | None:
        """The oldest row that is due and whose chat has no older row still open; None where nothing is due."""
        ...

    async def claim(self, at: datetime, until: datetime) -> InboxRow | None:
        """The same for one process alone. Where several share the database nobody else is given it before `until`, and
        then its `done`, `again` and `quarantine` raise ClaimLost.
        """
        ...

    async def claim_some(
        self, at: datetime, until: datetime, limit: int, without: Collection[int] = ()
    ) -> list[InboxRow]:
        """The same for several, each of another chat, oldest first; `without` are rows that are in hand already."""
        ...

    async def done(self, id_: int, at: datetime) -> None:
        """Mark as handled and blank the raw JSON and the chat; the key stays, so that a redelivery is recognised."""
        ...

    async def is_done(self, id_: int) -> bool: ...

    async def again(self, id_: int, due_at: datetime, error: str) -> None:
        """Count a failed try and set when the next one is due. `error` names a type, never a person's words."""
        ...

    async def put_off(self, row: InboxRow, due_at: datetime) -> None:
        """Let this claimed row and all behind it in its chat wait; no try is counted."""
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
class PutAside:
    """An update in quarantine. `raw` is "" once its time is over; `error` names a type, never a person's words."""

    id: int
    platform: str
    bot: str
    update_id: str
    chat: str
    raw: str
    error: str
    received_at: datetime
    put_aside_at: datetime


class QuarantineTable(Protocol):
    """Rows of the inbox that nobody could handle."""

    async def all(self) -> list[PutAside]:
        """The oldest first."""
        ...

    async def get(self, id_: int) -> PutAside | None: ...

    async def release(self, id_: int, at: datetime) -> bool:
        """Due again, in its place before what came later in its chat; False where it is not here or is blanked."""
        ...

    async def drop(self, id_: int, at: datetime) -> bool:
        """Given up: its raw JSON and its chat are gone for good, its key stays."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to hand over. `kind` is words, card, list, file or copy (of what is kept of a person).

    words: `words` is what to say, and `ephemeral` says that the row is deleted once it is sent (under 16: keep
    nothing). card: `submission_id` is the subject, drawn when sent. list: so is
    `list_id`. file: `file` is its path, `words` its caption.
    `repeats` counts how often a crash left it unknown whether it had been sent.
    `shelf` and `thread` say in which part of the chat words belong (see `Shelf`); "" where in none.
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
    list_id: int | None = None
    shelf: str = ""
    thread: str = ""


class OutboxTable(Protocol):
    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        """What waits for an instant behind `latest`, where nothing can, is due at `at`; how many were."""
        ...

    async def say(
        self,
        address: Address,
        words: Words,
        at: datetime,
        *,
        ephemeral: bool = False,
        thread: str = "",
        shelf: str = "",
    ) -> int:
        """`thread`: in that part of the chat, the platform's id of it. `shelf`: on that shelf, and nowhere else."""
        ...

    async def card(self, address: Address, submission_id: int, at: datetime) -> None:
        """Ask for a (re)drawing; a drawing of the same card that still waits serves both (partial unique index)."""
        ...

    async def listing(self, address: Address, list_id: int, at: datetime) -> None:
        """Ask for a (re)drawing of a list; one that still waits serves both."""
        ...

    async def drop_cards(self, address: Address, submission_ids: Collection[int]) -> None:
        """Forget the wishes for these cards that still wait: they are shown in another way."""
        ...

    async def file(self, address: Address, file: Path, caption: str, at: datetime) -> int: ...

    async def copy(self, address: Address, at: datetime) -> None:
        """Hand somebody a copy of what is kept of them. It is made when it is sent and lies nowhere before."""
        ...

    async def claim(self, at: datetime, ready: Callable[[Address], bool], *, limit: int = 10) -> list[OutboxRow]:
        """Rows that are due, oldest first, at most one a chat, whose chat is `ready`; marked as being sent."""
        ...

    async def is_due(self, at: datetime, ready: Callable[[Address], bool]) -> bool:
        """Whether there is anything to claim."""
        ...

    async def sent(self, id_: int, at: datetime, message_id: str) -> None:
        """Delivered. An ephemeral row is deleted instead."""
        ...

    async def later(self, id_: int, due_at: datetime, error: str) -> None: ...

    async def failed(self, id_: int, at: datetime, error: str, *, shut: bool = False) -> None:
        """Given up for good. `shut`: the chat takes nothing of ours (blocked, gone); `reopen` may try again. An
        ephemeral row is deleted.
        """
        ...

    async def reopen(self, address: Address, at: datetime) -> int:
        """The chat takes words again: those that it refused as a whole are due, in their order. Returns how many."""
        ...

    async def forget(self, address: Address, *, waiting: bool = False) -> None:
        """Delete what was said to an address; what still waits is deleted once it is sent, or (`waiting`) at once."""
        ...

    async def abandon(self, at: datetime) -> int:
        """Give up whatever still waits (a rehearsal that begins anew, perhaps on an earlier day). Returns how many."""
        ...

    async def rehome(self, old: Address, new: Address) -> None:
        """The chat has another id: everything for it, sent or not, belongs there."""
        ...

    async def hurry(self, address: Address, at: datetime) -> None:
        """What waits for its next try in this chat is due at `at`."""
        ...

    async def recover(self) -> int:
        """At start: rows that a dead process was sending become due again with one repeat more. Returns how many."""
        ...

    async def is_busy(self, address: Address) -> bool:
        """Whether anything waits for this chat or is being sent there."""
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

    async def count(self, channel: ChannelName, bot: str) -> int:
        """How many chats with a bot of ours there are on a platform."""
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


@dataclass(frozen=True, slots=True)
class Led:
    """Whose a submission is: in an issue whose lead is among `leads` (None: an issue that nobody leads yet), or in no
    issue and of one of these topics.
    """

    leads: tuple[str | None, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word to be found, folded; a submission of one of `topics` fits as well, because their names hold it."""

    text: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """Which submissions of a programme are looked for; what is empty or None narrows nothing. Never private ones.

    `until`: typed at that instant or before. Every one of `words` has to be found.
    """

    states: tuple[State, ...] = tuple(State)
    led: Led | None = None
    topic: str = ""
    unit: str = ""
    assignee: str = ""
    until: datetime | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A submission's place in a list, without its words."""

    id: int
    version: int
    code: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many submissions have this topic and unit; `alone`: in no issue, else `lead` is that of their issues."""

    topic: str
    unit: str
    alone: bool
    lead: str | None
    count: int


class SubmissionTable(Protocol):
    """What asks for one submission by its id or code finds private ones too; what lists or counts leaves them out,
    but for `private` and a person's own.
    """

    async def add(self, new: NewSubmission) -> Submission:
        """Give the next number of the programme, make the receipt code, store as WAITING, version 1."""
        ...

    async def get(self, id_: int) -> Submission | None: ...

    async def by_code(self, code: str) -> Submission | None: ...

    async def add_part(
        self, whole: Submission, part: int, text: str, topic: str, proposal: Proposal | None
    ) -> Submission:
        """A part of a split submission, WAITING, version 1; who, where and when are those of the whole."""
        ...

    async def parts(self, whole_id: int) -> list[Submission]:
        """Every part that there ever was, in the order in which they were made."""
        ...

    async def of_person(self, person_id: int, programme: str) -> list[Submission]:
        """Newest first; whole ones, not their parts."""
        ...

    async def pile(self, submission: Submission, since: datetime) -> tuple[int, int]:
        """Of what this one's asker sent up to this one (it counts too): how many wait, and how many came after `since`.
        0 and 0 where nobody is known to have asked.
        """
        ...

    async def change(self, submission: Submission, version: int) -> Submission | None:
        """Save every changeable field if the stored version is still `version`; returns it with version + 1.

        None where somebody else was first (compare-and-set).
        """
        ...

    async def of_issue(self, issue_id: int) -> list[Submission]:
        """Those that raised it, in order of their numbers."""
        ...

    async def touch(self, ids: Collection[int]) -> None:
        """Raise the versions of submissions whose issue changed: their cards no longer show what is."""
        ...

    async def of_programme(self, programme: str, states: Iterable[State]) -> list[Submission]:
        """In order of their numbers."""
        ...

    async def matching(self, programme: str, sought: Sought, *, limit: int) -> list[Submission]:
        """Those that fit, state by state, what waits first, in order of their numbers; at most `limit`."""
        ...

    async def places(self, programme: str, sought: Sought, *, limit: int) -> list[Place]:
        """The same without their words: thousands are a matter of milliseconds."""
        ...

    async def spread(self, programme: str, sought: Sought) -> list[Share]:
        """How those that fit are spread over topics, units and departments."""
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

    async def codes_of_texts(self, programme: str, texts: Collection[str]) -> Mapping[str, str]:
        """For each of these texts that somebody sent word for word, the code of the oldest; whole ones only."""
        ...

    async def comparable(
        self, *, after: int = 0, limit: int, programme: str | None = None, among: Collection[int] | None = None
    ) -> list[tuple[int, str]]:
        """Id and text of what may be compared with others (nothing withdrawn or private), by rising id.

        At most `limit` with an id greater than `after`; of one programme or of all; only of `among` where it is given.
        """
        ...


class IssueTable(Protocol):
    async def add(
        self, programme: str, topic: str, lead: str | None, supporting: Sequence[str], *, founder: int | None = None
    ) -> Issue: ...

    async def get(self, id_: int) -> Issue | None: ...

    async def change(self, issue: Issue) -> None:
        """Save everything of it that may change. Whoever changes an issue also touches the submissions in it."""
        ...

    async def of_programme(self, programme: str) -> list[Issue]:
        """Those that somebody asks, in order of their numbers."""
        ...


class HistoryTable(Protocol):
    """Append-only: triggers refuse UPDATE and DELETE, and each entry is bound to the one before it by a hash."""

    async def add(self, entry: HistoryEntry) -> int:
        """Store an entry and return its id."""
        ...

    async def get(self, id_: int) -> HistoryEntry | None: ...

    async def of(self, submission_id: int) -> list[HistoryEntry]:
        """Oldest first."""
        ...

    async def ever_in(self, issue_id: int) -> list[int]:
        """Ids of the submissions that are in an issue or once were."""
        ...

    async def latest(self, programme: str, limit: int) -> list[HistoryEntry]:
        """What moderators decided last, the newest first; nothing about what is private."""
        ...

    async def decided(self, programme: str, after: int, limit: int) -> list[HistoryEntry]:
        """The same in the order in which they decided, of entries whose ids are higher than `after`."""
        ...

    async def newest(self) -> int:
        """The id of the newest entry about a submission, 0 where there is none. Ids only ever rise."""
        ...

    async def note(self, note: Note) -> int:
        """Store what happened to somebody's rights in the same chain and return the entry's id."""
        ...

    async def head(self) -> Head:
        """How many entries there are and the hash of the newest."""
        ...

    async def walk(self, after: Walked, limit: int) -> Walked:
        """Check the next `limit` entries in the order of the chain; begin with `Walked()`. It stops at the first break,
        and at the end of the chain it says `ended`.
        """
        ...

    async def records(
        self, *, after: int, limit: int, code: str = "", by: str = "", since: datetime | None = None
    ) -> list[Record]:
        """Entries of every kind whose ids are higher than `after`, oldest first; what is empty narrows nothing."""
        ...

    async def deeds(self, programme: str, actions: Collection[Action], events: Collection[Event]) -> list[Record]:
        """What was done of these to the submissions of a programme, and noted of these about their codes, oldest
        first; nothing about what is private.
        """
        ...

    async def touched(self, after: int, limit: int) -> list[tuple[int, int]]:
        """(entry id, submission id) of the entries that came after that one, oldest first: what has changed since."""
        ...


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a walk along the chain has come: the last entry that holds (its id and hash), how many hold, how many
    words beside them were erased.
    """

    id: int = -(2**62)  # below every id, even one that somebody slipped in
    hash: str = ""
    holds: int = 0
    erased: int = 0
    hashes: tuple[str, ...] = ()  # those of the entries of this step
    broken: Break | None = None
    ended: bool = False


class AskTable(Protocol):
    """Questions back to askers. Of several of one submission only the newest may be open."""

    async def add(self, submission_id: int, by: str, question: str, at: datetime, due_at: datetime) -> Ask: ...

    async def get(self, id_: int) -> Ask | None: ...

    async def newest(self, submission_id: int) -> Ask | None: ...

    async def of(self, submission_ids: Collection[int]) -> list[Ask]:
        """Those of several submissions, oldest first."""
        ...

    async def answered(self, programme: str) -> list[Ask]:
        """Every answered one of a programme, oldest first."""
        ...

    async def to_answer(self, person_id: int, programme: str) -> Ask | None:
        """The newest open one that this person was told."""
        ...

    async def due(self, at: datetime, limit: int) -> list[Ask]:
        """Open ones that nobody waits for any longer."""
        ...

    async def change(self, ask: Ask) -> None:
        """Save its instants and its answer."""
        ...

    async def reword(self, ask: Ask) -> None:
        """Save other words in the place of question and answer; those that stood there are gone."""
        ...


class AnswerTable(Protocol):
    """Departments' answers to issues. Of several of one issue the newest counts, and the newest released one holds."""

    async def add(self, issue_id: int, body: AnswerBody, by: str, at: datetime, source: str = "") -> Answer:
        """A new draft: the next revision, version 1. Whoever adds one also replaces what stood there unreleased."""
        ...

    async def get(self, id_: int) -> Answer | None: ...

    async def newest(self, issue_id: int) -> Answer | None: ...

    async def of_issue(self, issue_id: int) -> list[Answer]:
        """Every revision, oldest first."""
        ...

    async def of_programme(self, programme: str) -> list[Answer]:
        """The newest of each issue, in order of the issues' numbers."""
        ...

    async def released(self, programme: str) -> list[Answer]:
        """The newest released one of each issue, in order of the issues' numbers."""
        ...

    async def due(self, at: datetime, limit: int) -> list[Answer]:
        """Confirmed ones of every programme whose moment of release has come, the earliest first."""
        ...

    async def change(self, answer: Answer, version: int) -> Answer | None:
        """Save everything but its words if the stored version is still `version`; returns it with version + 1.

        None where somebody else was first (compare-and-set).
        """
        ...


@dataclass(frozen=True, slots=True)
class Untold:
    """A released answer and somebody's submission whose asker has not been told of it."""

    answer: Answer
    submission: Submission


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of telling somebody an answer. `state` is that of the outbox row ("waiting", "sending", "sent",
    "failed"), "" where nobody can be told (a slip, somebody who is forgotten) or the row is gone; `error` is the
    channel's own word for why it failed.
    """

    answer: Answer
    submission: Submission
    state: str
    error: str
    outbox_id: int | None


@dataclass(frozen=True, slots=True)
class Rating:
    """What an asker says of an answer; `words` may be "". The newest of a person counts."""

    answer_id: int
    submission_id: int
    good: bool
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that somebody was told about one of their submissions. `rated_as` is the id of the submission under
    which this person's rating of it is kept: the lowest that the answer is about.
    """

    answer_id: int
    submission: Submission
    rated_as: int


class AnswerNewsTable(Protocol):
    """Who was told which answer, and what they said of it. Private and withdrawn submissions are never among them."""

    async def untold(self, programme: str, limit: int) -> list[Untold]:
        """Approved submissions with an asker whose issue has a released answer (the newest of its issue) that they were
        not told, the earliest release first, those of one person together. Whoever is yet to hear of a decision that
        may still be taken back hears that first.
        """
        ...

    async def told(self, answer_id: int, submission_ids: Collection[int], outbox_id: int, at: datetime) -> None:
        """They are being told now, by this row of the outbox."""
        ...

    async def tellings(self, programme: str) -> list[Telling]:
        """For every approved submission whose issue has a released answer: what became of telling it, in the order of
        the submissions' numbers.
        """
        ...

    async def again(self, answer_id: int, submission_id: int) -> None:
        """Forget that somebody was told, so that they are told anew."""
        ...

    async def heard(self, person_id: int, programme: str) -> list[Heard]:
        """What somebody was told, the newest answer first, within an answer in the order of their submissions; nothing
        about what is private by now.
        """
        ...

    async def rating(self, answer_id: int, submission_id: int) -> Rating | None: ...

    async def rate(self, rating: Rating) -> None:
        """Keep what somebody says of an answer, in the place of what they said before."""
        ...

    async def ratings(self, programme: str) -> list[Rating]:
        """Every rating of answers to this programme's issues, the newest first."""
        ...


class AnswerFileTable(Protocol):
    """Files of answers that came back, and their rows that a person has to decide about."""

    async def sent(self, file: SentFile) -> int:
        """Keep a file that is still to be fetched; returns its id."""
        ...

    async def next_to_fetch(self, after: int = 0) -> SentFile | None:
        """The one with the lowest id above `after` that is still to be fetched."""
        ...

    async def refused(self, id_: int, reason: str) -> None: ...

    async def taken(self, file: SentFile, sha256: str, applied: int) -> int:
        """Record that a file was taken in (one without an id is new) and how many answers came of it; returns its id.

        Where this file was recorded already nothing changes.
        """
        ...

    async def open(self, row: OpenRow) -> OpenRow:
        """Keep a row for a person to decide about. Where just this row came before, that one is returned as it is."""
        ...

    async def get(self, id_: int) -> OpenRow | None: ...

    async def undecided(self, programme: str) -> list[OpenRow]:
        """Every open row, the oldest first."""
        ...

    async def decide(self, id_: int, state: RowState, by: str, at: datetime) -> bool:
        """False where it was not open any more. What the file said of the question is forgotten."""
        ...


class NewsTable(Protocol):
    """What askers are to be told, held back while it may still be taken back; one row a submission at most."""

    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        """What waits for an instant behind `latest`, where nothing can, is due at `at`; how many were."""
        ...

    async def hold(self, submission_id: int, since: Told, due_at: datetime) -> None:
        """Tell the asker at `due_at`. Where something is held already only the instant changes: `since` is what the
        asker knows, and that stays what it was.
        """
        ...

    async def since(self, submission_id: int) -> Told | None:
        """What the asker knows, where something is held."""
        ...

    async def drop(self, submission_id: int) -> None: ...

    async def due(self, at: datetime, limit: int) -> list[int]:
        """Ids of submissions whose news is due, the oldest first."""
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
    "" (actions), "departments", "topics:<department>", "reasons". `walk`: its message goes on to the next submission
    that waits without a card, after each decision. `former` are messages that showed it before it was sent anew: they
    lose its words when it is shown next. `shelf` is where it was put last ("" where on none), `thread` the part of the
    chat where somebody asked for it and it is yet to be sent.
    """

    id: int
    address: Address
    submission_id: int
    nonce: str
    message_id: str | None
    menu: str
    walk: bool = False
    former: tuple[str, ...] = ()
    shelf: str = ""
    thread: str = ""


class BoardTable(Protocol):
    async def open(self, address: Address, submission_id: int) -> ShownCard:
        """The card of a submission in a chat, made with a fresh nonce where there is none yet."""
        ...

    async def by_nonce(self, nonce: str) -> ShownCard | None: ...

    async def of_submission(self, submission_id: int) -> list[ShownCard]: ...

    async def shown(self, id_: int, message_id: str, shelf: str = "", nonce: str = "") -> None:
        """It stands in this message now, and on this shelf. `nonce` is what it was drawn with: where it is wanted anew
        since, the message is one of its former ones.
        """
        ...

    async def set_menu(self, id_: int, menu: str) -> None: ...

    async def undecided(self, address: Address, programme: str) -> int:
        """How many submissions that have a card in this chat are still WAITING."""
        ...

    async def cardless(
        self,
        address: Address,
        programme: str,
        limit: int,
        *,
        after: int = 0,
        among: Collection[int] | None = None,
        of_one: int | None = None,
    ) -> list[int]:
        """Ids of WAITING submissions without a card in this chat, rising; those higher than `after`, only of `among`
        where it is given, and of each asker only the first `of_one` that wait.
        """
        ...

    async def by_message(self, address: Address, message_id: str) -> ShownCard | None:
        """The card that a message of the chat shows now."""
        ...

    async def move(self, id_: int, submission_id: int) -> None:
        """Let the card's message show another submission, under a fresh nonce, and go on so after each decision."""
        ...

    async def set_walk(self, id_: int, thread: str = "") -> None:
        """Let its message, which is yet to be sent into this part of the chat, walk through the queue."""
        ...

    async def anew(self, address: Address, submission_id: int, thread: str = "") -> ShownCard:
        """The card in a message of its own that is yet to be sent into this part of the chat, under a fresh nonce: an
        older one counts no more.
        """
        ...

    async def unseen(self, address: Address, programme: str, of_one: int | None = None) -> list[int]:
        """Ids of WAITING submissions that this chat has seen neither as a card (sent or being sent) nor in a digest,
        oldest first, of each asker only among the first `of_one` that wait. Slips are not among them: whoever typed
        them in has seen them.
        """
        ...

    async def take_back(self, address: Address, submission_ids: Collection[int]) -> None:
        """Forget the cards of these submissions that were never sent."""
        ...

    async def rehome(self, old: Address, new: Address) -> list[int]:
        """The chat has another id: its cards are yet to be sent there, under fresh nonces. Returns the submissions
        among them that wait, oldest first.
        """
        ...


class ListKind(StrEnum):
    DIGEST = "digest"  # nhiều câu mới cùng lúc
    QUEUE = "queue"  # một trang của hàng chờ


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list as a chat shows it. `page` counts from 1; `nonce` and `message_id` are as those of a card, `thread` is the
    part of the chat where somebody asked for it.
    """

    id: int
    address: Address
    kind: ListKind
    page: int
    nonce: str
    message_id: str | None
    thread: str = ""


class ListTable(Protocol):
    async def open(
        self,
        address: Address,
        kind: ListKind,
        at: datetime,
        submissions: Collection[int] = (),
        page: int = 1,
        thread: str = "",
    ) -> ShownList:
        """A new list that names these submissions."""
        ...

    async def get(self, id_: int) -> ShownList | None: ...

    async def by_nonce(self, nonce: str) -> ShownList | None: ...

    async def turn(self, id_: int, page: int) -> None: ...

    async def shown(self, id_: int, message_id: str, submissions: Collection[int]) -> None:
        """It stands in this message now and names these submissions."""
        ...

    async def names(self, id_: int, submissions: Collection[int]) -> None:
        """It is about to name these as well."""
        ...

    async def entries(self, id_: int) -> list[int]:
        """Ids of the submissions that it names, rising."""
        ...

    async def naming(self, submission_id: int) -> list[ShownList]:
        """Every list that names a submission."""
        ...

    async def rehome(self, old: Address, new: Address) -> list[int]:
        """The chat has another id: its lists are yet to be sent there, under fresh nonces. Returns the digests among
        them that name something that waits, oldest first.
        """
        ...


AT_LARGE = "general"
"""A thread's id that means the chat at large, where somebody asked for a thing to be shown there and in no thread."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where something belongs on a board that keeps things apart: a department's matters, what is unclear, spam, the
    log. `id` is stable, `name` is what people read.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A part of a chat that the platform keeps apart and that stands for a shelf. `id` is the platform's. `closed`:
    nothing can be sent into it, and its chat was told so.
    """

    id: str
    name: str
    made_at: datetime
    closed: bool = False


class ThreadTable(Protocol):
    """Which thread of a chat stands for which shelf."""

    async def get(self, address: Address, shelf: str) -> Thread | None: ...

    async def put(self, address: Address, shelf: str, thread: Thread) -> None:
        """Remember it, in the place of a former one."""
        ...

    async def drop(self, address: Address, shelf: str = "") -> None:
        """Forget the thread of a shelf, or every thread of the chat."""
        ...


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who was given a role. `name` is what history and cards show; `telegram` the id of their account there,
    "" where none is known.
    """

    id: int
    name: str
    since: datetime
    role: Role
    scope: Scope = EVERYTHING
    telegram: str = ""

    @property
    def by(self) -> By:
        """This person as the one who decides."""
        return By(self.name, self.role, self.scope)

    @property
    def chief(self) -> bool:
        """Whether this is a responsible person (người phụ trách), who alone sees private submissions."""
        return self.role in SEES_PRIVATE


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that nobody used yet: who is invited, as what, and until when it can be used."""

    name: str
    role: Role
    scope: Scope
    expires_at: datetime


class ModeratorTable(Protocol):
    async def invite(
        self, name: str, token_hash: str, expires_at: datetime, at: datetime, role: Role, scope: Scope = EVERYTHING
    ) -> None: ...

    async def redeem(self, token_hash: str, session_hash: str, at: datetime) -> Moderator | None:
        """Use an invitation once: makes the moderator (if new) and a signed-in session. None where it is not valid.

        Role and scope are those of the invitation. Where somebody of this name had others, their sessions end.
        """
        ...

    async def grant(self, name: str, at: datetime, role: Role, scope: Scope, telegram: str | None = None) -> Moderator:
        """Give somebody, who may be new, this role and scope; sessions stay. `telegram` is the id of their account
        there (taken from whoever had it before); None leaves it as it is.
        """
        ...

    async def by_session(self, session_hash: str, since: datetime | None = None) -> Moderator | None:
        """Whose session this is; None where there is none, or where it began before `since`."""
        ...

    async def leave(self, session_hash: str) -> None:
        """End a session."""
        ...

    async def by_telegram(self, account: str) -> Moderator | None: ...

    async def all(self) -> list[Moderator]: ...

    async def invited(self, at: datetime) -> list[Invitation]:
        """The invitations that can still be used at this instant, the next to expire first."""
        ...

    async def revoke(self, name: str) -> bool:
        """End every session and invitation of this name. False where nobody has it, or nothing was left to end.

        Whoever has a Telegram account here stays on the list without any right, because being in the group would give
        them one again.
        """
        ...


# ------------------------------------------------------------------ personal data


@dataclass(frozen=True, slots=True)
class Erased:
    """That an erasure happened, never whose. `by` is ASKER, SYSTEM (its time was over) or whoever did it for somebody;
    `request` the code of the request, `submissions` how many it was about.
    """

    at: datetime
    by: str
    choice: Erasure
    submissions: int
    request: str = ""
    reason: str = ""
    mark: str = ""
    """By which it is known outside the database (see bot.usecases.replay)."""


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """That `count` things of a kind were deleted because they were older than `days`."""

    at: datetime
    kind: Kept
    days: int
    count: int


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of something is held, and since when the oldest of it is."""

    name: str
    count: int
    oldest: datetime | None


class PrivacyTable(Protocol):
    """What people asked about their data, what is held of them, and how it goes: whatever is forgotten here is to be
    found in no file of the store once the transaction is committed.
    """

    async def ask(
        self,
        kind: RequestKind,
        source: str,
        at: datetime,
        due: Due,
        *,
        address: Address | None = None,
        about: str = "",
        words: str = "",
        asker: str = "",
        acknowledged: bool = True,
    ) -> Request:
        """Keep a request and give it its code. `address` is where its answer goes."""
        ...

    async def request(self, code: str) -> Request | None: ...

    async def requests(self, *, open_only: bool = False) -> list[Request]:
        """As they came; open ones by when they must be done."""
        ...

    async def requests_of(self, address: Address) -> list[Request]: ...

    async def reply_to(self, id_: int) -> Address | None: ...

    async def acknowledge(self, id_: int, at: datetime) -> None: ...

    async def finish(self, id_: int, at: datetime, by: str, outcome: str, note: str = "") -> bool:
        """It is done, and what it said of somebody is blanked; False where it was done before."""
        ...

    async def consented(self, person_id: int, version: int, at: datetime, words: str) -> None:
        """Keep a consent beside earlier ones, and the sentence that was consented to."""
        ...

    async def consents(self, person_id: int) -> list[Consent]: ...

    async def withdraw_consent(self, person_id: int, at: datetime) -> None: ...

    async def submissions_of(self, person_id: int) -> list[int]:
        """Ids in every programme, parts behind their whole."""
        ...

    async def sent(self, ids: Collection[int]) -> list[Sent]:
        """Which files for others held them as approved, the earliest first."""
        ...

    async def everybody(self, after: int, limit: int) -> list[Person]: ...

    async def chats(self) -> list[Address]:
        """Every chat of which anything is kept: people's, and those that are none."""
        ...

    async def forget_beside(self, ids: Collection[int], *, words: bool) -> None:
        """What stands beside submissions: former words, news, reasons of ratings; with `words` also what was asked back
        and answered, and the hashes that files left behind. Their own text is the caller's.
        """
        ...

    async def forget_wording(self, issue_id: int) -> None:
        """The moderators' wording of an issue, and earlier ones."""
        ...

    async def is_written(self, piece: str) -> bool:
        """Whether a submission's own text holds this."""
        ...

    async def forget_mentions(self, pieces: Collection[str], *, waiting: bool = False) -> None:
        """What was said anywhere, and former words of others, that hold one of these. What still waits is deleted once
        it is sent, or (`waiting`) never sent.
        """
        ...

    async def forget_chat(self, address: Address) -> None:
        """The person, the session, what lies in quarantine, and who asked in requests. The outbox is OutboxTable's."""
        ...

    async def erased(self, done: Erased) -> None: ...

    async def erasures(self) -> list[Erased]: ...

    async def idle(self, before: datetime, after: int, limit: int) -> list[Person]:
        """People with ids over `after` who consented before that instant and did nothing since."""
        ...

    async def last_told(self, person_id: int) -> datetime | None:
        """When they were told the latest answer of a department."""
        ...

    async def programmes(self) -> list[str]:
        """Codes of programmes with submissions."""
        ...

    async def worded(self, programme: str, after: int, limit: int) -> list[int]:
        """Ids of submissions over `after`."""
        ...

    async def overdue(self, kind: Kept, before: datetime) -> int:
        """How many rows `expire` would take."""
        ...

    async def expire(self, kind: Kept, before: datetime, limit: int) -> int:
        """Delete at most so many rows of a kind; how many went. For kinds that are no more than rows."""
        ...

    async def old_photos(self, before: datetime) -> list[tuple[int, str]]:
        """Id and file of photos that ended before."""
        ...

    async def forget_photo(self, id_: int) -> bool:
        """Whether its file is nobody's now."""
        ...

    async def ran(self, run: RetentionRun) -> None: ...

    async def runs(self, since: datetime | None = None) -> list[RetentionRun]: ...

    async def holdings(self) -> list[Holding]: ...

    async def consents_by_version(self) -> list[tuple[int, int, int]]:
        """Version, how many consented to it, how many of them withdrew."""
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
    """A workbook that was made. `occasion`, if any, is unique in its programme: "week:2026-11-16", "cutoff:…".

    `final`: a person said that it is no draft any more. `supplement`: the n-th one after the sealing; 0: a whole one.
    How many `issues` and `waiting` submissions it holds, and what it has other than the one before (`added`, `changed`,
    `gone`), is None where nobody counted it.
    """

    id: int
    programme: str
    number: int
    at: datetime
    asked_by: str
    occasion: str
    file: str
    sha256: str
    final: bool = False
    supplement: int = 0
    issues: int | None = None
    waiting: int | None = None
    added: int | None = None
    changed: int | None = None
    gone: int | None = None

    @property
    def sealed(self) -> bool:
        """Whether what it holds counts as handed over: the one at the cutoff, supplements, and final ones."""
        return self.final or self.supplement > 0 or self.occasion.startswith(CUTOFF)


class ExportTable(Protocol):
    async def next_number(self, programme: str) -> int: ...

    async def add(
        self,
        programme: str,
        number: int,
        at: datetime,
        asked_by: str,
        occasion: str,
        file: str,
        sha256: str,
        *,
        final: bool = False,
        supplement: int = 0,
        issues: int | None = None,
        waiting: int | None = None,
        added: int | None = None,
        changed: int | None = None,
        gone: int | None = None,
        begun: int | None = None,
    ) -> ExportRecord | None:
        """Record a file, under the id that it was `begun` with, if any. None (and nothing stored) where this number or
        occasion has a record already.
        """
        ...

    async def begin(self, at: datetime) -> int:
        """The id of a record to be. Until it is added nobody sees it, nor what is kept under its id."""
        ...

    async def left_behind(self, before: datetime) -> list[int]:
        """Ids that were begun before an instant and never became a record."""
        ...

    async def drop(self, id_: int, *, limit: int) -> bool:
        """Forget what was begun, at most `limit` rows of it; whether all of it is gone."""
        ...

    async def has(self, programme: str, occasion: str) -> bool: ...

    async def of_occasion(self, programme: str, occasion: str) -> ExportRecord | None: ...

    async def of_programme(self, programme: str) -> list[ExportRecord]:
        """In order of their numbers."""
        ...

    async def seal(self, export_id: int, ids: Collection[int]) -> None:
        """Put on record that this file held these submissions as decided ones."""
        ...

    async def unsealed(self, programme: str, since: int) -> list[int]:
        """Ids of the submissions that wait or are approved and that no sealed file of this number or higher held;
        nothing private.
        """
        ...


class ExportedTable(Protocol):
    """How every submission stood for the readers of a workbook, once it was made."""

    async def put(self, export_id: int, rows: Sequence[Remembered]) -> None: ...

    async def last(self, programme: str) -> tuple[int, list[Remembered]]:
        """The number of the last file of which something is remembered and what, by rising id; 0 and nothing where
        there is none.
        """
        ...


class SlipTable(Protocol):
    async def seen(self, programme: str, keys: Iterable[str]) -> Mapping[str, int]:
        """How often each key (a hash of text, unit, day and source) was imported already."""
        ...

    async def count(self, programme: str, counts: Mapping[str, int]) -> None:
        """Add to the times each key was imported."""
        ...


class PhotoTable(Protocol):
    """Photos of paper slips. Open ones are FETCHING or WAITING."""

    async def add(self, new: NewPhoto) -> int | None:
        """Its number, FETCHING; None (and nothing stored) where this programme has the same photo already."""
        ...

    async def get(self, id_: int) -> Photo | None: ...

    async def of_album(self, address: Address, album: str) -> Photo | None:
        """The first one of those that were sent together."""
        ...

    async def of_content(self, programme: str, sha256: str) -> Photo | None: ...

    async def next_to_fetch(self, after: int = 0) -> Photo | None:
        """The FETCHING one with the lowest number above `after`."""
        ...

    async def fetched(self, id_: int, file: str, sha256: str, kind: str) -> None:
        """It is in the media folder now, and WAITING."""
        ...

    async def open(self, programme: str) -> list[Photo]: ...

    async def waiting(self, programme: str) -> int:
        """How many are open."""
        ...

    async def take(self, id_: int, by: str, at: datetime, until: datetime) -> bool:
        """Keep a WAITING one for somebody; False where somebody else has it at `at`, or it does not wait."""
        ...

    async def let_go(self, id_: int, by: str) -> None: ...

    async def end(
        self, id_: int, state: PhotoState, by: str, at: datetime, *, reason: str = "", slips: int = 0
    ) -> bool:
        """False where it was not open any more."""
        ...

    async def ended(self, programme: str, limit: int) -> list[Photo]:
        """The last that are not open, the latest first."""
        ...

    async def reopen(self, id_: int) -> bool:
        """WAITING again, without what was said at its end; False where it was not UNREADABLE."""
        ...


@dataclass(frozen=True, slots=True)
class Queues:
    """How much is on its way in and out, and since when the oldest of it is."""

    inbox: int
    inbox_since: datetime | None
    quarantined: int
    outbox: int
    outbox_since: datetime | None


class VitalsTable(Protocol):
    """Figures for those who watch the bot; each costs the same however much is stored."""

    async def queues(self) -> Queues: ...

    async def decided_after(self, programme: str, limit: int) -> list[float]:
        """How many seconds each of the newest `limit` submissions waited for its decision; those that wait still are
        left out.
        """
        ...

    async def exported(self, programme: str) -> tuple[int, datetime | None]:
        """How many workbooks there are, and when the last was made."""
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
    news: NewsTable
    asks: AskTable
    answers: AnswerTable
    answer_files: AnswerFileTable
    answer_news: AnswerNewsTable
    decisions: DecisionTable
    board: BoardTable
    lists: ListTable
    threads: ThreadTable
    moderators: ModeratorTable
    programmes: ProgrammeTable
    exports: ExportTable
    exported: ExportedTable
    slips: SlipTable
    photos: PhotoTable
    privacy: PrivacyTable
    facts: FactTable
    vitals: VitalsTable
    quarantine: QuarantineTable

    async def said(self, address: Address, after_id: int) -> list[Said]:
        """Words sent (or waiting) to an address since `after_id`, oldest first; for the web page."""
        ...


class Leadership(Protocol):
    """That this process, and no other at the same database, does what must be done once. Goes with the process."""

    async def hold(self) -> None:
        """Return when it is lost; wait for ever where nobody can take it."""
        ...

    async def end(self) -> None:
        """Leave it to others."""
        ...


class Store(Protocol):
    """The database. Writing transactions queue behind one lock, of all processes where several share the database;
    readings go through a connection of their own.
    """

    @property
    def shared(self) -> bool:
        """Whether several processes may work at it."""
        ...

    async def lead(self) -> Leadership | None:
        """None where another process leads already."""
        ...

    async def follow(self, told: Callable[[], None]) -> None:
        """Call `told` after every commit of another process, until cancelled."""
        ...

    def intake(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction for `inbox.add`, and a fact about it at most: it waits for no other process."""
        ...

    def claiming(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction for a claim of the inbox alone."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction: commits at the end, rolls back on any exception."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view that must not write."""
        ...

    def glance(self) -> AbstractAsyncContextManager[Transaction]:
        """A reading for `outbox.is_due` alone, which is asked again and again: cheap, and of one statement each."""
        ...

    async def close(self) -> None: ...


# ------------------------------------------------------------------ channels and boards


@dataclass(frozen=True, slots=True)
class DataFile:
    """What is kept of a person, as a file (`html`) that any phone opens, and as plain words where a channel carries no
    files.
    """

    name: str
    html: bytes
    text: str
    caption: str


class Channel(Protocol):
    """A way to speak to young people."""

    async def say(self, chat: str, words: Words) -> str:
        """Hand words over, split where the platform needs it; returns the platform's id of the last message.

        Raises DeliveryError.
        """
        ...

    async def hand_over(self, chat: str, file: DataFile) -> str:
        """Hand a small file over, or its words where the platform carries no files; returns the platform's id of the
        message. Raises DeliveryError.
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
    `lines` are sentences (proposal, decision, warnings); `buttons` are rows of buttons. `shelf` is where it belongs; a
    card without one stays where it is.
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
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class DrawnList:
    """A list as it stands now: plain text (values of people in it), the submissions it names, rows of buttons."""

    text: str
    submissions: tuple[int, ...]
    buttons: tuple[tuple[CardButton, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file on its way out of the house. `id` is the same at every try; `to` an e-mail address or a folder; the first
    line of `text` is its subject.
    """

    id: str
    to: str
    file: Path
    text: str


class Courier(Protocol):
    """Takes files to where nobody answers: a mailbox, a folder."""

    async def carry(self, parcel: Parcel) -> str:
        """Hand it over; returns how the other side knows it. What was handed over before is not there twice.

        Raises DeliveryError.
        """
        ...


class Unpacked(Protocol):
    """A backup that was unpacked and found whole; `database` may be opened and changed before it is put in place."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def database(self) -> Path: ...

    def alone(self) -> AbstractContextManager[None]:
        """While nobody else is at the database that is to be replaced. Raises a Refusal where somebody is."""
        ...

    def go_on(self) -> None:
        """Let it go on behind what people were told since the backup: no number is given twice."""
        ...

    def put_in_place(self, at: datetime) -> Path:
        """Replace the data by this. What stood there is moved, never deleted; returns where to."""
        ...


class Vault(Protocol):
    """The backups of this database. Everything blocks: call it in a thread where others work."""

    @property
    def folder(self) -> Path: ...

    def make(self, at: datetime, reason: Reason, program: str, programme: str) -> Backup:
        """Make a backup and check it. Raises a Refusal or OSError; then there is nothing new in the folder."""
        ...

    async def make_beside(self, at: datetime, reason: Reason, program: str, programme: str) -> Backup:
        """The same in a process of its own, so that nobody who writes meanwhile waits. Raises any Exception."""
        ...

    def kept(self) -> list[Backup]:
        """The backups in the folder, oldest first."""
        ...

    def drop(self, kept: Sequence[Backup]) -> None:
        """Delete these."""
        ...

    def sum_fits(self, file: Path) -> bool | None:
        """Whether a backup is byte for byte as it was written; None where nobody noted how."""
        ...

    def opened(self, file: Path, identity: Path | None = None) -> AbstractContextManager[Unpacked]:
        """Unpack and check a backup; `identity` is the file with the secret key where it is encrypted.

        Raises a Refusal or OSError.
        """
        ...


class Board(Protocol):
    """A place where moderators see cards (the Telegram group)."""

    async def show(self, card: Card, shown: ShownCard) -> str:
        """Send the card, or redraw it where `shown.message_id` is set; returns the message id. Raises DeliveryError.

        A board that keeps things apart puts it on its shelf, and sends it anew where that is another than before.
        """
        ...

    async def show_list(self, drawn: DrawnList, shown: ShownList) -> str:
        """Send the list, or redraw it where it stands; returns the message id. Raises DeliveryError."""
        ...

    async def tell(self, chat: str, words: Words, *, thread: str = "", shelf: Shelf | None = None) -> str:
        """Say something in the chat, or in a part of it. What belongs on a shelf is left out ("" is returned) while the
        board has none. Raises DeliveryError.
        """
        ...

    async def has_shelves(self, chat: str) -> bool:
        """Whether the board keeps things apart in this chat at present, as far as is known."""
        ...

    async def send_file(self, chat: str, file: Path, caption: str) -> str: ...


class PhotoSource(Protocol):
    """Where photos of slips are fetched from."""

    async def fetch(self, file_id: str, limit: int) -> bytes | None:
        """The file's bytes; None where there are more than `limit`, known before they are all here.

        Raises DeliveryError.
        """
        ...


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


class Quota(Protocol):
    """How much a platform still lets us send this month."""

    async def left(self, tx: Transaction) -> int | None:
        """None where there is no limit."""
        ...


class Alarm(Protocol):
    """Reaches whoever answers for the bot by another way than the platforms."""

    async def tell(self, subject: str, body: str) -> None:
        """Raises DeliveryError where nobody was reached."""
        ...


class Supervisor(Protocol):
    """What starts the bot anew when it hears nothing of it. `period`: seconds between two signs of life."""

    period: float

    def ready(self) -> None: ...

    def alive(self) -> None: ...

    def help(self) -> None:
        """Start us anew at once."""
        ...

    def stopping(self) -> None: ...


class Pinger(Protocol):
    """Calls a watch outside."""

    async def ping(self) -> str:
        """Why it was not reached; "" where it was. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class SlipFile:
    """What a slip file held: rows that can be taken in, rows that cannot, and what was ignored: unknown columns by
    their titles, and `unread`, a sentence where there is more to the right of what is read. `strange_units`: what the
    plan does not list, once somebody looked (see CheckSlips).
    """

    slips: tuple[Slip, ...]
    bad: tuple[BadSlip, ...]
    ignored_columns: tuple[str, ...] = field(default=())
    unread: str = ""
    strange_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table for a sheet: title, a line below it, columns (heading and width in millimetres) and rows."""

    title: str
    stamp: str
    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str | int, ...], ...]


class Workbooks(Protocol):
    """Workbooks out and slips in. Both raise WorkbookFault (a Refusal) with a sentence for whoever gave the file."""

    def write(self, content: Content, target: Path, progress: Callable[[int], None] | None = None) -> None:
        """Write the grouped workbook, open it again and compare; the target appears whole or not at all."""
        ...

    def read_slips(self, file: Path) -> SlipFile:
        """Read .xlsx or .csv by header names. Waits for a process of its own: call it from a thread."""
        ...

    def read_pasted(self, text: str) -> SlipFile:
        """Read what somebody pasted: a table from a spreadsheet, or a line a slip, perhaps with “unit |” before it."""
        ...

    def write_form(self, target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str]) -> None:
        """The empty slip form."""
        ...

    def write_answer_form(self, content: AnswerForm, target: Path) -> None:
        """The file that a department fills in; it appears whole or not at all."""
        ...

    def read_answers(self, file: Path) -> FilledFile:
        """What a department filled in. Waits for a process of its own: call it from a thread."""
        ...

    def write_table(self, content: Table, target: Path) -> None:
        """A table as .xlsx, or as .csv where the target is named so; it appears whole or not at all."""
        ...


class Documents(Protocol):
    """The papers beside the workbook. Each target appears whole or not at all; a Refusal says why it does not."""

    def write_letter(self, letter: Letter, target: Path) -> None:
        """The cover letter with the questions as its annex, as .docx."""
        ...

    def write_report(self, content: Report, target: Path) -> None:
        """The report on the collection, as .docx."""
        ...

    def write_csv(self, content: Content, target: Path) -> None:
        """The issues for other programs, as .csv."""
        ...

    def write_archive(
        self,
        content: Content,
        forms: Sequence[AnswerForm],
        target: Path,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """The file that each department fills in, and a list, as .zip. `progress` hears how many issues are in it."""
        ...

    def write_page(self, publication: Publication, target: Path) -> None:
        """The published questions and answers as one .html file."""
        ...

    def write_booklet(self, publication: Publication, target: Path) -> None:
        """The same as .docx."""
        ...
