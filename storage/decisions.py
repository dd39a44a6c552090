"""What people decided, read out of submissions and their history a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.decision import Decision, decision
from bot.domain.submission import Action, HistoryEntry
from storage.history import as_entry
from storage.history import entries as history_entries
from storage.schema import history, issues, submissions
from storage.submissions import Submissions
from storage.work import Work

_PAGE = 200  # submissions at once, so that a long history never holds up the event loop
_DECIDING = tuple(
    action.value for action in (Action.APPROVE, Action.CHANGE_TOPIC, Action.REJECT, Action.REDIRECT, Action.MARK_SPAM)
)


class Decisions:
    """See bot.ports.DecisionTable."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._submissions = Submissions(work)

    async def all(self, programme: str | None = None) -> list[Decision]:
        found: list[Decision] = []
        after = 0
        while ids := await self._page(programme, after):
            found += await self._decisions(ids)
            after = ids[-1]
        return found

    async def _page(self, programme: str | None, after: int) -> list[int]:
        touched = history.c.action.in_(_DECIDING) & (history.c.submission_id > after)
        wanted = select(history.c.submission_id).where(touched).distinct()
        if programme is not None:
            wanted = wanted.join(submissions).where(submissions.c.programme == programme)
        rows = await self._work.rows(wanted.order_by(history.c.submission_id).limit(_PAGE))
        return [row.submission_id for row in rows]

    async def _decisions(self, ids: Sequence[int]) -> list[Decision]:
        stored = await self._submissions.some(ids)
        given = select(issues.c.id, issues.c.lead).join(submissions).where(submissions.c.id.in_(ids))
        leads: dict[int | None, str | None] = {row.id: row.lead for row in await self._work.rows(given)}
        entries: dict[int, list[HistoryEntry]] = defaultdict(list)
        done = history_entries().where(history.c.submission_id.in_(ids)).order_by(history.c.id)
        for row in await self._work.rows(done):
            entries[row.submission_id].append(as_entry(row))
        made = (decision(one, entries[one.id], leads.get(one.issue_id)) for one in stored)
        return [one for one in made if one is not None]
