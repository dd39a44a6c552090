"""Many submissions that ask the same become one issue: each joins by a decision of its own, so that one that comes too
late holds nobody up; then the issue gets its department and its wording.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.role import By
from bot.domain.submission import Action, State, Submission
from bot.ports import Store
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
class Gathered:
    """What became of each of the chosen, in their order, and why the issue could not be worded or led as wanted."""

    outcomes: tuple[Submission | Refusal, ...]
    refused: tuple[Refusal, ...] = ()


class Gather:
    """Carries gatherings out, by the moderators' own decisions."""

    def __init__(self, store: Store, moderate: Moderate) -> None:
        self._store = store
        self._moderate = moderate

    async def __call__(self, wanted: Gathering, by: By) -> Gathered:
        """The first that can be had makes the issue, or brings the one that it is in; the others join it."""
        outcomes: list[Submission | Refusal] = []
        centre: Submission | None = None
        for id_, version in wanted.chosen:
            found = await self._join(id_, version, centre, by)
            outcomes.append(found)
            if centre is None and not isinstance(found, Refusal):
                centre = found
        refused = await self._finish(centre, wanted, by) if centre else ()
        return Gathered(tuple(outcomes), refused)

    async def _join(self, id_: int, version: int, centre: Submission | None, by: By) -> Submission | Refusal:
        async with self._store.reading() as tx:
            known = await tx.submissions.get(id_)
        into = centre.issue_id if centre else None
        approved = known is not None and known.state is State.APPROVED and not known.private
        if known is not None and approved and known.issue_id is not None and into in (None, known.issue_id):
            return known  # it brings its issue, or is in it already
        decision = Decision(Action.MERGE if approved else Action.APPROVE, into=into)
        (outcome,) = await self._moderate.decide_all([(id_, version)], decision, by)
        return outcome

    async def _finish(self, centre: Submission, wanted: Gathering, by: By) -> tuple[Refusal, ...]:
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
        return tuple([one for decision in decisions if (one := await self._also(centre.id, decision, by))])

    async def _also(self, id_: int, decision: Decision, by: By) -> Refusal | None:
        async with self._store.reading() as tx:
            now = await tx.submissions.get(id_)
        (outcome,) = await self._moderate.decide_all([(id_, now.version if now else 0)], decision, by)
        return outcome if isinstance(outcome, Refusal) else None
