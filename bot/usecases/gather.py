"""Many submissions that ask the same become one issue: each joins by a decision of its own, so that one that comes too
late holds nobody up; then the issue gets its department and its wording. All of it can be taken back at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import AlreadyDecided, Refusal
from bot.domain.role import By
from bot.domain.submission import Action, State, Submission
from bot.ports import Store
from bot.texts.keys import Key
from bot.usecases.moderate import Decision, Moderate


@dataclass(frozen=True, slots=True)
class Gathering:
    """What is wanted: submissions as (id, version), the central one first; the issue's wording ("": that of the central
    one stays) and its lead department (None: that of the central one's topic).
    """

    chosen: tuple[tuple[int, int], ...]
    wording: str = ""
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that a gathering made: the submission's id and the id of its entry in the history."""

    submission: int
    entry: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of each of the chosen, in their order, and why the issue could not be worded or led as wanted. `made`
    is what `Gather.undo` takes back, in the order in which it was made.
    """

    outcomes: tuple[Submission | Refusal, ...]
    refused: tuple[Refusal, ...] = ()
    made: tuple[Made, ...] = ()


class Gather:
    """Carries gatherings out, by the moderators' own decisions."""

    def __init__(self, store: Store, moderate: Moderate) -> None:
        self._store = store
        self._moderate = moderate

    async def __call__(self, wanted: Gathering, by: By) -> Gathered:
        """The first that can be had makes the issue, or brings the one that it is in; the others join it."""
        outcomes: list[Submission | Refusal] = []
        made: list[Made] = []
        centre: Submission | None = None
        for id_, version in wanted.chosen:
            found = await self._join(id_, version, centre, made, by)
            outcomes.append(found)
            if centre is None and not isinstance(found, Refusal):
                centre = found
        refused = await self._finish(centre, wanted, made, by) if centre else ()
        return Gathered(tuple(outcomes), refused, tuple(made))

    async def undo(self, made: Sequence[Made], by: By) -> dict[int, Submission | Refusal]:
        """Take back what a gathering made, the last first, and only where nothing was decided since. What became of
        each submission, by its id.
        """
        outcomes: dict[int, Submission | Refusal] = {}
        for one in reversed(made):
            if not isinstance(outcomes.get(one.submission), Refusal):
                outcomes[one.submission] = await self._take_back(one, by)
        return outcomes

    async def _take_back(self, made: Made, by: By) -> Submission | Refusal:
        async with self._store.reading() as tx:
            now = await tx.submissions.get(made.submission)
        if now is not None and now.last_decision != made.entry:
            return AlreadyDecided(Key.REFUSE_CHANGED_SINCE, code="" if now.private else now.code)
        undo = Decision(Action.UNDO)
        (outcome,) = await self._moderate.decide_all([(made.submission, now.version if now else 0)], undo, by)
        return outcome

    async def _join(
        self, id_: int, version: int, centre: Submission | None, made: list[Made], by: By
    ) -> Submission | Refusal:
        async with self._store.reading() as tx:
            known = await tx.submissions.get(id_)
        into = centre.issue_id if centre else None
        approved = known is not None and known.state is State.APPROVED and not known.private
        if known is not None and approved and known.issue_id is not None and into in (None, known.issue_id):
            return known  # it brings its issue, or is in it already
        decision = Decision(Action.MERGE if approved else Action.APPROVE, into=into)
        return await self._decide(id_, version, decision, made, by)

    async def _finish(self, centre: Submission, wanted: Gathering, made: list[Made], by: By) -> tuple[Refusal, ...]:
        """The department and the wording, where they are not what they ought to be already."""
        async with self._store.reading() as tx:
            issue = await tx.issues.get(centre.issue_id or 0)
        assert issue is not None, "it was made, or joined, just now"
        decisions = []
        if wanted.lead is not None and wanted.lead != issue.lead:
            decisions.append(Decision(Action.REROUTE, lead=wanted.lead, supporting=issue.supporting))
        if wanted.wording.strip() not in (
            "",
            issue.edited_text or (centre.shown if issue.founder == centre.id else ""),
        ):
            decisions.append(Decision(Action.EDIT_WORDING, wording=wanted.wording))
        return tuple([one for decision in decisions if (one := await self._also(centre.id, decision, made, by))])

    async def _also(self, id_: int, decision: Decision, made: list[Made], by: By) -> Refusal | None:
        async with self._store.reading() as tx:
            now = await tx.submissions.get(id_)
        outcome = await self._decide(id_, now.version if now else 0, decision, made, by)
        return outcome if isinstance(outcome, Refusal) else None

    async def _decide(
        self, id_: int, version: int, decision: Decision, made: list[Made], by: By
    ) -> Submission | Refusal:
        (outcome,) = await self._moderate.decide_all([(id_, version)], decision, by)
        if not isinstance(outcome, Refusal) and outcome.last_decision is not None:
            made.append(Made(id_, outcome.last_decision))
        return outcome
