"""History: what was done to each submission, by whom and when. Triggers in the database refuse UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from bot.domain.submission import Action, HistoryEntry, State
from storage.schema import history
from storage.work import Work


class History:
    """See bot.ports.HistoryTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, entry: HistoryEntry) -> None:
        await self._work.run(
            self._work.insert(history).values(
                submission_id=entry.submission_id,
                at=entry.at,
                actor=entry.actor,
                action=entry.action.value,
                state_before=entry.before.value if entry.before else None,
                state_after=entry.after.value,
                reason=entry.reason,
                topic=entry.topic,
                text_before=entry.text_before,
            )
        )

    async def of(self, submission_id: int) -> list[HistoryEntry]:
        found = select(history).where(history.c.submission_id == submission_id).order_by(history.c.id)
        return [as_entry(row) for row in await self._work.rows(found)]

    async def newest(self) -> int:
        return await self._work.value(select(func.max(history.c.id))) or 0

    async def touched(self, after: int, limit: int) -> list[tuple[int, int]]:
        found = select(history.c.id, history.c.submission_id).where(history.c.id > after)
        rows = await self._work.rows(found.order_by(history.c.id).limit(limit))
        return [(row.id, row.submission_id) for row in rows]


def as_entry(row: Row[Any]) -> HistoryEntry:
    """A row of this table as the heart knows it."""
    return HistoryEntry(
        row.submission_id,
        row.at,
        row.actor,
        Action(row.action),
        State(row.state_before) if row.state_before else None,
        State(row.state_after),
        row.reason,
        row.topic,
        row.text_before,
    )
