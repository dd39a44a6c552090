"""Issues: one question to one lead department. Department ids are frozen here when a moderator approves.

An issue that nobody asks any more stays as a row, because an undo may bring it back; nothing lists it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.issue import Issue
from storage.schema import issues, submissions
from storage.work import Work


class Issues:
    """See bot.ports.IssueTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(
        self, programme: str, topic: str, lead: str | None, supporting: Sequence[str], *, founder: int | None = None
    ) -> Issue:
        number = await self._work.next_number("issue", programme)
        new = self._work.insert(issues).values(
            programme=programme,
            number=number,
            topic=topic,
            lead=lead,
            supporting=json.dumps(list(supporting)),
            founder=founder,
        )
        (row,) = await self._work.rows(new.returning(issues))
        return _issue(row)

    async def get(self, id_: int) -> Issue | None:
        row = await self._work.first(select(issues).where(issues.c.id == id_))
        return None if row is None else _issue(row)

    async def change(self, issue: Issue) -> None:
        await self._work.run(
            update(issues)
            .where(issues.c.id == issue.id)
            .values(
                topic=issue.topic,
                lead=issue.lead,
                supporting=json.dumps(list(issue.supporting)),
                edited_text=issue.edited_text,
                last_decision=issue.last_decision,
            )
        )

    async def of_programme(self, programme: str) -> list[Issue]:
        asked = select(submissions.c.id).where(submissions.c.issue_id == issues.c.id).exists()
        found = select(issues).where(issues.c.programme == programme, asked).order_by(issues.c.number)
        return [_issue(row) for row in await self._work.rows(found)]


def _issue(row: Row[Any]) -> Issue:
    return Issue(**row._asdict() | {"supporting": tuple(json.loads(row.supporting))})
