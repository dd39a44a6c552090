"""What is on record beside the decisions: who was given or refused what. It stands in the same chain as the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.role import Role, Scope


class Event(StrEnum):
    REFUSED = "refused"
    INVITED = "invited"
    SIGNED_IN = "signed_in"
    GRANTED = "granted"
    REVOKED = "revoked"
    EXPORTED = "exported"
    MADE_FINAL = "made_final"
    SUPPLEMENTED = "supplemented"
    UPDATE_DROPPED = "update_dropped"
    ERASED = "erased"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    REQUEST_DONE = "request_done"
    ANSWER_DRAFTED = "answer_drafted"
    ANSWER_CONFIRMED = "answer_confirmed"
    ANSWER_RETURNED = "answer_returned"
    ANSWER_UNCONFIRMED = "answer_unconfirmed"
    ANSWER_HELD = "answer_held"
    ANSWER_RELEASED = "answer_released"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened to somebody's rights or to an answer, or an attempt that was refused. Never holds a
    person's words.

    `actor` is who did or tried it, by display name. `subject` is the person whose rights changed, or the receipt code
    of what was tried on ("" where that is not known) or of whoever raised the answered issue first. `wanted` is the
    role that was given, or the action (or button, or command) that was refused, or the revision of the answer.
    `reason` is the key of the refusal's sentence, or where a scope ends, or the moment that an answer is held until,
    or why an operator dropped an update that could not be handled.
    """

    at: datetime
    actor: str
    event: Event
    subject: str = ""
    wanted: str = ""
    reason: str = ""


def granted(event: Event, at: datetime, actor: str, name: str, role: Role, scope: Scope) -> Note:
    """The note of a right that somebody gave to `name`."""
    ends = "; ".join(filter(None, (", ".join(scope.departments), ", ".join(scope.units))))
    return Note(at, actor, event, name, role.value, ends)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the chain: what an office writes down to be sure later. `hash` is "" where there is none."""

    count: int
    hash: str


class Damage(StrEnum):
    """What was done to the history behind the program's back."""

    ALTERED = "altered"
    REMOVED = "removed"  # something that stood before this entry
    CUT = "cut"  # something that stood behind this entry, the last one
    INSERTED = "inserted"
    TEXT = "text"  # the words kept beside an entry are not those that it was made with


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold. `at` is None where the entry holds no readable instant."""

    damage: Damage
    id: int
    code: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found: how many entries hold, how many of their words were erased, the head."""

    holds: int
    erased: int
    head: Head
    broken: Break | None = None
    known: bool | None = None  # whether a hash that somebody wrote down is in the chain; None where none was given


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of either kind as it is kept. `what` is an Action or an Event, `code` a receipt code, `reason` the value
    of a Key or a moderator's own words, `before` and `after` states ("" where the entry is about no submission).
    """

    id: int
    at: datetime
    actor: str
    what: str
    code: str
    subject: str
    wanted: str
    reason: str
    before: str
    after: str
