"""The history of one submission in words: who did what and when, from what to what, and which words changed.

What was done to its issue through another submission of it belongs to its history too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.department import RoutingTable
from bot.domain.errors import NotFound
from bot.domain.issue import Issue
from bot.domain.role import By
from bot.domain.submission import ASKER, SYSTEM, Action, HistoryEntry, State, Submission
from bot.ports import Store, Transaction
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_OF_THE_ISSUE = frozenset({Action.EDIT_WORDING, Action.REROUTE})
_KEPT_FROM_OTHERS = frozenset({Action.MASK, Action.SET_APART, Action.OPEN_UP, Action.CLOSE})
_ACTORS = {ASKER: Key.TRACE_ASKER, SYSTEM: Key.TRACE_SYSTEM}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry in words. `details` are sentences. `before` and `after` are the words that it changed, both None where
    it changed none, they are not to be shown, or nobody knows them any more. `undone`: it was taken back later.
    """

    at: datetime
    by: str
    what: str
    details: tuple[str, ...]
    before: str | None
    after: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """What a history is told from: `own` entries and those `told` (with the issue's), both by rising id; of all that is
    or was in the issue those that are `gone`, and the `masks` in force; `codes` of the submissions that they are of,
    `first` the code of the first submission of each issue.
    """

    submission: Submission
    issue: Issue | None
    own: Sequence[HistoryEntry]
    told: Sequence[HistoryEntry]
    gone: frozenset[int]
    masks: frozenset[int]
    codes: dict[int, str]
    first: dict[int, str]
    routing: RoutingTable
    chief: bool


class Trace:
    """Tells histories."""

    def __init__(self, store: Store, voice: Voice, running: Running) -> None:
        self._store = store
        self._voice = voice
        self._running = running

    async def __call__(self, submission_id: int, by: By) -> list[Step]:
        """Every entry, the newest first. Raises NotFound; a private submission is there for whoever may see it."""
        async with self._store.reading() as tx:
            submission = await tx.submissions.get(submission_id)
            if (
                submission is None
                or submission.state is State.JOINED
                or submission.programme != self._running.code
                or (submission.private and not by.sees_private)
            ):
                raise NotFound(Key.REFUSE_STALE_BUTTON)
            case = await self._case(tx, submission, by)
        return [self._step(case, entry) for entry in reversed(case.told)]

    async def _case(self, tx: Transaction, submission: Submission, by: By) -> _Case:
        _, routing = await self._running.view(tx)
        issue = await tx.issues.get(submission.issue_id) if submission.issue_id is not None else None
        members = await tx.submissions.of_issue(issue.id) if issue else []
        own = await tx.history.of(submission.id)
        codes = {one.id: one.code for one in (*members, submission)}
        # Those that have left the issue tell nothing, but what was masked in them may stand in its earlier wordings.
        company = {*codes, *(await tx.history.ever_in(issue.id) if issue else ())} - {submission.id}
        others = [entry for id_ in sorted(company) for entry in await tx.history.of(id_)]
        at_issue = [
            one
            for one in others
            if one.submission_id in codes and one.action in _OF_THE_ISSUE and one.issue_id == submission.issue_id
        ]
        told = sorted([*own, *at_issue], key=lambda entry: entry.id)
        issues = {entry.issue_id for entry in own if entry.issue_id is not None}
        first = {id_: found[0].code for id_ in issues if (found := await tx.submissions.of_issue(id_))}
        gone = _undone([*own, *others])
        masks = frozenset(one.id for one in (*own, *others) if one.action is Action.MASK and one.id not in gone)
        return _Case(submission, issue, own, told, gone, masks, codes, first, routing, by.sees_private)

    def _step(self, case: _Case, entry: HistoryEntry) -> Step:
        say = self._voice.text
        before, after = _words(case, entry) or (None, None)
        return Step(
            at=entry.at,
            by=say(_ACTORS[entry.actor]) if entry.actor in _ACTORS else entry.actor,
            what=say(Key(f"trace.{entry.action.value}")),
            details=tuple(filter(None, self._details(case, entry))),
            before=before,
            after=after,
            undone=entry.id in case.gone,
        )

    def _details(self, case: _Case, entry: HistoryEntry) -> Iterable[str]:
        say, submission = self._voice.text, case.submission
        if entry.submission_id != submission.id:
            yield say(Key.TRACE_THROUGH, code=case.codes[entry.submission_id])
            return
        if entry.before is not None and entry.before is not entry.after:
            states = (self._voice.catalogue[Key(f"state.{state.value}")] for state in (entry.before, entry.after))
            yield say(Key.TRACE_FROM_TO, **dict(zip(("before", "after"), states, strict=True)))
        earlier = [one for one in case.own if one.id < entry.id]
        topic = earlier[-1].topic if earlier else entry.topic
        if topic != entry.topic:
            names = {"before": self._topic(case, topic), "after": self._topic(case, entry.topic)}
            yield say(Key.TRACE_TOPIC, **names)
        if entry.action in (Action.REJECT, Action.REDIRECT):
            yield say(Key.TRACE_REASON, reason=self._voice.reason(entry.reason))
        if entry.action is Action.UNDO and entry.reason in set(Action):
            yield say(Key.TRACE_UNDID, what=say(Key(f"trace.{entry.reason}")))
        joined = case.first.get(entry.issue_id or 0, submission.code)
        if entry.action in (Action.APPROVE, Action.MERGE) and joined != submission.code:
            yield say(Key.TRACE_JOINED, code=joined)

    def _topic(self, case: _Case, topic: str) -> str:
        known = not topic or topic in case.routing.topics
        return (case.routing.topic_name(topic) if known else topic) or self._voice.text(Key.CARD_NOT_CLASSIFIED)


def _words(case: _Case, entry: HistoryEntry) -> tuple[str, str] | None:
    """The words before and after an entry that changed some."""
    if entry.action is Action.EDIT and (case.chief or not _kept_from_others(case)):
        later = [one for one in case.own if one.id > entry.id and one.action is Action.EDIT]
        return entry.text_before, later[0].text_before if later else case.submission.text
    if entry.action is Action.EDIT_WORDING and entry.id not in case.gone:
        return _wordings(case, entry)
    return None


def _kept_from_others(case: _Case) -> bool:
    """What was masked, or was for a responsible person alone, stays that in the words that the asker replaced."""
    return any(entry.action in _KEPT_FROM_OTHERS for entry in case.own)


def _wordings(case: _Case, entry: HistoryEntry) -> tuple[str, str] | None:
    """Where an issue had no wording its submission's own words stood for it. What was masked later may stand in earlier
    wordings.
    """
    if not case.chief and any(mask > entry.id for mask in case.masks):
        return None
    later = [one for one in case.told if one.id > entry.id and one.action is Action.EDIT_WORDING]
    after = next((one.text_before for one in later if one.issue_id == entry.issue_id), None)
    if after is None and case.issue is not None and case.issue.id == entry.issue_id:
        after = case.issue.edited_text
    own = case.submission.shown
    return None if after is None else (entry.text_before or own, after or own)


def _undone(entries: Sequence[HistoryEntry]) -> frozenset[int]:
    """The entries that were taken back, found by walking every submission's history as its undos did."""
    gone: set[int] = set()
    last: dict[int | None, int | None] = {}
    known = {entry.id: entry for entry in entries}
    for entry in sorted(entries, key=lambda one: one.id):
        if entry.action is Action.UNDO:
            undone = known.get(last.get(entry.submission_id) or 0)
            if undone is not None and undone.standing is not None:
                gone.add(undone.id)
                last[entry.submission_id] = undone.standing.last_decision
        elif entry.standing is not None or entry.action is Action.EDIT:
            last[entry.submission_id] = entry.id if entry.standing is not None else None
    return frozenset(gone)
