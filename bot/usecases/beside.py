"""What a workbook says beside its questions: what was not passed on or came late, what is different from the last file,
how many came from where, and who decided what.

Nothing about what is for the responsible person alone is said here, not even that something once was.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.audit import Event, Record
from bot.domain.changes import Change, Held, Remembered
from bot.domain.deadline import VIETNAM
from bot.domain.department import RoutingTable
from bot.domain.programme import Window
from bot.domain.submission import MODERATOR_ACTIONS, Action, State, Submission
from bot.domain.workbook import Aside, Content, Count, Deed, Difference, Figures, Stand
from bot.ports import Transaction
from bot.texts.keys import Key
from bot.usecases.audit import Audit
from bot.usecases.voice import Voice

# A whole that was split stands in the workbook as its parts, a part that was joined again as its whole.
STANDING_ELSEWHERE = frozenset({State.SPLIT, State.JOINED})
_NOT_PASSED_ON = (State.REJECTED, State.REDIRECTED, State.WITHDRAWN)
# Whoever took a question back wants nobody to read it; of the rest somebody would be hurt, or nothing learnt.
_UNSAID_STATES = frozenset({State.WITHDRAWN, State.SPAM}) | STANDING_ELSEWHERE
_UNSAID_REASONS = frozenset(key.value for key in (Key.R_PERSONAL, Key.R_ACCUSES, Key.R_OFFENSIVE, Key.R_SPAM))
_SECRET = frozenset({Action.SET_APART, Action.OPEN_UP, Action.CLOSE})
_LOGGED = frozenset({*MODERATOR_ACTIONS, Action.EDIT, Action.WITHDRAW, Action.ANSWER, Action.TAKE_BACK}) - _SECRET
_ANSWERING = frozenset(event for event in Event if event.value.startswith("answer_"))
_OF_LITTLE_USE = frozenset({Action.ASSIGN, Action.UNASSIGN})
_MOST_WEEKS = 60  # between the first and the last; a slip with a wrong year would fill a page with zeros


@dataclass(frozen=True, slots=True)
class Sources:
    """What lines are made from: the programme's directory, the sentences, and the words that stand for a submission."""

    routing: RoutingTable
    voice: Voice
    words: Callable[[Submission], str]


def asides(submissions: Iterable[Submission], sources: Sources) -> tuple[Aside, ...]:
    """What was not passed on: refused, out of scope, withdrawn; in this order, within it as they came."""
    found = [one for one in submissions if one.state in _NOT_PASSED_ON]
    found.sort(key=lambda one: _NOT_PASSED_ON.index(one.state))
    return tuple(_aside(one, sources) for one in found)


def late(submissions: Iterable[Submission], window: Window, sources: Sources) -> tuple[Aside, ...]:
    """What came after the cutoff, whatever became of it."""
    return tuple(
        _aside(one, sources) for one in submissions if one.state not in STANDING_ELSEWHERE and one.is_late(window)
    )


def _aside(one: Submission, sources: Sources) -> Aside:
    routing = sources.routing
    return Aside(
        code=one.code,
        state=one.state,
        text=sources.words(one) if _sayable(one) else "",
        unit=one.unit,
        topic=routing.topic_name(one.topic),
        lead=routing.name(routing.route(one.topic).lead),
        typed_at=one.typed_at,
        reason=_reason(one.reason or one.body, sources.voice),
    )


def _sayable(one: Submission) -> bool:
    return one.state not in _UNSAID_STATES and one.reason not in _UNSAID_REASONS


def _reason(reason: str, voice: Voice) -> str:
    """The short words for a reason or a body of the catalogue's lists; its sentences speak to the young person."""
    section, _, name = reason.partition(".")
    return voice.catalogue.section(f"{section}_label").get(name) or voice.reason(reason)


# ------------------------------------------------------------------ what is different


def differences(found: Iterable[Change], submissions: Iterable[Submission], sources: Sources) -> tuple[Difference, ...]:
    """The changes as the workbook tells them; of what it says nothing any more there is only the code."""
    by_id = {one.id: one for one in submissions}
    return tuple(_difference(change, by_id, sources) for change in found)


def _difference(change: Change, submissions: Mapping[int, Submission], sources: Sources) -> Difference:
    before, now = _stand(change.before, sources.routing), _stand(change.now, sources.routing)
    if change.now is None:
        assert change.before is not None, "a change has a before or a now"
        return Difference(change.kinds, change.before.code, "", "", before, now)
    one = submissions[change.now.submission_id]
    text = sources.words(one) if _sayable(one) else ""
    return Difference(change.kinds, one.code, text, one.unit, before, now)


def _stand(held: Held | Remembered | None, routing: RoutingTable) -> Stand | None:
    if held is None:
        return None
    return Stand(held.state, routing.name(held.lead), routing.topic_name(held.topic), held.issue)


def remembered(content: Content, known: Iterable[Remembered] = ()) -> list[Remembered]:
    """What the readers of this file know from now on. `known`: what they knew before, where the file itself says little
    and its readers have the ones before it (a supplement).
    """
    salt = secrets.token_hex(16)
    rows = {one.submission_id: one for one in (*known, *(held.kept(salt) for held in content.held))}
    return list(rows.values())


# ------------------------------------------------------------------ how many, from where


def figures(submissions: Iterable[Submission], voice: Voice) -> Figures:
    """What came in, each text once however it was split; without spam and what was withdrawn."""
    came = [one for one in submissions if not one.part and one.state not in (State.SPAM, State.WITHDRAWN)]
    groups = voice.catalogue.section("group")
    return Figures(
        units=_most_first(one.unit for one in came),
        youth_groups=_most_first(groups.get(one.youth_group, one.youth_group) for one in came),
        weeks=_weeks(Counter(_monday(one) for one in came)),
    )


def _most_first(names: Iterable[str]) -> tuple[Count, ...]:
    counted = Counter(names)
    return tuple(Count(name, counted[name]) for name in sorted(counted, key=lambda name: (-counted[name], name)))


def _monday(one: Submission) -> date:
    day = one.typed_at.astimezone(VIETNAM).date()
    return day - timedelta(days=day.weekday())


def _weeks(counted: Mapping[date, int]) -> tuple[Count, ...]:
    if not counted:
        return ()
    first, last = min(counted), max(counted)
    between = (last - first).days // 7 + 1
    weeks = [first + timedelta(weeks=week) for week in range(between)] if between <= _MOST_WEEKS else sorted(counted)
    return tuple(Count(week.isoformat(), counted.get(week, 0)) for week in weeks)


# ------------------------------------------------------------------ who decided what


async def deeds(tx: Transaction, programme: str, audit: Audit, codes: frozenset[str] | None) -> tuple[Deed, ...]:
    """What was decided on every submission, oldest first; only of these `codes` where they are given.

    Moderators stand there by name: they act for their office, and whoever signs must know who decided. Young people
    are "the asker" to the history itself.
    """
    records = await tx.history.deeds(programme, _LOGGED - _OF_LITTLE_USE, _ANSWERING)
    return tuple(
        _deed(record, audit)
        for record in records
        if record.reason not in _SECRET and (codes is None or record.code in codes)
    )


def _deed(record: Record, audit: Audit) -> Deed:
    line = audit.line(record)
    return Deed(line.id, line.at, line.by, line.what, record.code, line.from_to, line.reason)
