"""The history as a whole: whether it is as it was written, and what it says, for reading and for a sheet.

Nothing that a person wrote is shown: a moderator's own reason is named as such, and what is for a responsible person
alone goes without its code.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Event, Head, Record, Verdict
from bot.domain.deadline import VIETNAM
from bot.domain.submission import ASKER, SYSTEM, Action
from bot.ports import Store, Table, Walked
from bot.texts.keys import Key
from bot.usecases.voice import Voice

_PAGE = 1_000
_PLACEHOLDER = re.compile(r"\{\w+\}")
_ACTORS = {ASKER: Key.TRACE_ASKER, SYSTEM: Key.TRACE_SYSTEM, "": Key.AUDIT_OPERATOR}
_BUTTONS = {"menu": Key.AUDIT_MENU, "list": Key.AUDIT_LIST, "next": Key.AUDIT_NEXT, "": Key.AUDIT_UNKNOWN}
_ROLES = frozenset({Event.INVITED, Event.SIGNED_IN, Event.GRANTED})
_WITH_OWN_WORDS = frozenset({Action.REJECT, Action.REDIRECT})
# Heading and width in millimetres, in the order of the fields of a Line.
_COLUMNS = (
    (Key.AUDIT_ID, 18.0),
    (Key.AUDIT_AT, 34.0),
    (Key.AUDIT_BY, 42.0),
    (Key.AUDIT_WHAT, 46.0),
    (Key.AUDIT_ABOUT, 36.0),
    (Key.AUDIT_FROM_TO, 40.0),
    (Key.AUDIT_REASON, 36.0),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words."""

    id: int
    at: datetime
    by: str
    what: str
    about: str
    from_to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of this receipt code (or name), by somebody whose name holds this, since an instant."""

    code: str = ""
    by: str = ""
    since: datetime | None = None


class Audit:
    """Reads the history."""

    def __init__(self, store: Store, voice: Voice) -> None:
        self._store = store
        self._voice = voice

    async def count(self) -> int:
        """How many entries there are to check."""
        async with self._store.reading() as tx:
            return (await tx.history.head()).count

    async def verify(self, written_down: str = "", progress: Callable[[int], None] | None = None) -> Verdict:
        """Walk along the whole chain. `written_down`: a hash (or how it begins) that somebody once noted as the newest;
        the verdict says whether it is in the chain. `progress` hears how many entries were checked.
        """
        known, walked = False, Walked()
        while not walked.ended and walked.broken is None:
            # Each page in a reading of its own, so that nobody's decision waits for the end; entries only ever follow.
            async with self._store.reading() as tx:
                walked = await tx.history.walk(walked, _PAGE)
                head = Head(walked.holds, walked.hash) if walked.broken is None else await tx.history.head()
            known = known or any(one.startswith(written_down) for one in walked.hashes)
            if progress is not None:
                progress(walked.holds)
        return Verdict(walked.holds, walked.erased, head, walked.broken, known if written_down else None)

    async def lines(self, wanted: Wanted) -> AsyncIterator[Line]:
        """The entries that are wanted, oldest first."""
        found = await self._page(wanted, 0)
        while found:
            for record in found:
                yield self.line(record)
            found = await self._page(wanted, found[-1].id)

    async def _page(self, wanted: Wanted, after: int) -> list[Record]:
        async with self._store.reading() as tx:
            return await tx.history.records(
                after=after, limit=_PAGE, code=wanted.code, by=wanted.by, since=wanted.since
            )

    async def table(self, wanted: Wanted, now: datetime) -> Table:
        """The same as a sheet."""
        say = self._voice.text
        rows: list[tuple[str | int, ...]] = [
            (one.id, f"{one.at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}", *_words(one))
            async for one in self.lines(wanted)
        ]
        columns = tuple((say(title), width) for title, width in _COLUMNS)
        stamp = say(Key.AUDIT_STAMP, count=len(rows), at=now)
        return Table(self._voice.marked(say(Key.AUDIT_TITLE)), stamp, columns, tuple(rows))

    # -------------------------------------------------------------- an entry in words

    def line(self, record: Record) -> Line:
        """An entry in words."""
        actor = self._voice.text(_ACTORS[record.actor]) if record.actor in _ACTORS else record.actor
        about = record.subject or record.code
        return Line(record.id, record.at, actor, self._what(record), about, self._from_to(record), self._reason(record))

    def _what(self, record: Record) -> str:
        if record.what not in set(Event):
            return self._action(record.what)
        event = self._voice.text(Key(f"event.{record.what}"))
        return f"{event}: {self._tried(record.wanted)}" if record.what == Event.REFUSED else event

    def _tried(self, wanted: str) -> str:
        return self._voice.text(_BUTTONS[wanted]) if wanted in _BUTTONS else self._action(wanted)

    def _action(self, action: str) -> str:
        return self._voice.text(Key(f"trace.{action}")) if action in set(Action) else action

    def _from_to(self, record: Record) -> str:
        if record.what in _ROLES:
            return ": ".join(filter(None, (self._label("role", record.wanted), record.reason)))
        states = dict.fromkeys(self._label("state", state) for state in (record.before, record.after) if state)
        return " → ".join(states) if record.before != record.after else ""

    def _label(self, section: str, name: str) -> str:
        return self._voice.catalogue.section(section).get(name, name)

    def _reason(self, record: Record) -> str:
        if record.what in _ROLES or not record.reason:
            return ""
        if record.what == Event.UPDATE_DROPPED:
            return record.reason  # an operator's, about a message and not about a person
        if record.reason in set(Key):
            return _PLACEHOLDER.sub("…", self._voice.catalogue[Key(record.reason)])
        if record.reason in set(Action):
            return self._action(record.reason)
        return self._voice.text(Key.AUDIT_OWN_WORDS) if record.what in _WITH_OWN_WORDS else ""


def _words(line: Line) -> tuple[str, ...]:
    return line.by, line.what, line.about, line.from_to, line.reason
