"""Answers to issues, a row a revision; a row changes only by compare-and-set on its version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from bot.domain.answer import Answer, AnswerBody, AnswerState, Settlement
from storage.schema import answers, issues
from storage.work import Work


class Answers:
    """See bot.ports.AnswerTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, issue_id: int, body: AnswerBody, by: str, at: datetime, source: str = "") -> Answer:
        highest = select(func.coalesce(func.max(answers.c.revision), 0)).where(answers.c.issue_id == issue_id)
        revision = int(await self._work.value(highest)) + 1
        new = self._work.insert(answers).values(
            issue_id=issue_id,
            revision=revision,
            version=1,
            state=AnswerState.DRAFTED.value,
            drafted_by=by,
            drafted_at=at,
            source=source,
            **_columns(body),
        )
        (row,) = await self._work.rows(new.returning(answers))
        return answer_of(row)

    async def get(self, id_: int) -> Answer | None:
        row = await self._work.first(select(answers).where(answers.c.id == id_))
        return None if row is None else answer_of(row)

    async def newest(self, issue_id: int) -> Answer | None:
        found = select(answers).where(answers.c.issue_id == issue_id).order_by(answers.c.revision.desc()).limit(1)
        row = await self._work.first(found)
        return None if row is None else answer_of(row)

    async def of_issue(self, issue_id: int) -> list[Answer]:
        found = select(answers).where(answers.c.issue_id == issue_id).order_by(answers.c.revision)
        return [answer_of(row) for row in await self._work.rows(found)]

    async def of_programme(self, programme: str) -> list[Answer]:
        return await self._newest_of_each(programme)

    async def released(self, programme: str) -> list[Answer]:
        return await self._newest_of_each(programme, answers.c.state == AnswerState.RELEASED.value)

    async def due(self, at: datetime, limit: int) -> list[Answer]:
        ready = (answers.c.state == AnswerState.CONFIRMED.value) & (answers.c.release_at <= at)
        found = select(answers).where(ready).order_by(answers.c.release_at, answers.c.id).limit(limit)
        return [answer_of(row) for row in await self._work.rows(found)]

    async def change(self, answer: Answer, version: int) -> Answer | None:
        stands = (answers.c.id == answer.id) & (answers.c.version == version)
        changed = (
            update(answers)
            .where(stands)
            .values(
                version=version + 1,
                state=answer.state.value,
                reason=answer.reason,
                confirmed_by=answer.confirmed_by,
                confirmed_at=answer.confirmed_at,
                release_at=answer.release_at,
                released_by=answer.released_by,
                released_at=answer.released_at,
            )
        )
        row = await self._work.first(changed.returning(answers))
        return None if row is None else answer_of(row)

    async def _newest_of_each(self, programme: str, *of: ColumnElement[bool]) -> list[Answer]:
        newest = select(answers.c.issue_id, func.max(answers.c.revision).label("revision")).where(*of)
        each = newest.group_by(answers.c.issue_id).subquery()
        found: Select[Any] = select(answers).join(
            each, (answers.c.issue_id == each.c.issue_id) & (answers.c.revision == each.c.revision)
        )
        own = found.join(issues, issues.c.id == answers.c.issue_id).where(issues.c.programme == programme)
        return [answer_of(row) for row in await self._work.rows(own.order_by(issues.c.number))]


def _columns(body: AnswerBody) -> dict[str, str]:
    settlement = body.settlement.value if body.settlement else ""
    return {
        "text": body.text,
        "basis": body.basis,
        "responsible": body.responsible,
        "due": body.due,
        "settlement": settlement,
    }


def answer_of(row: Row[Any]) -> Answer:
    """The answer that a row of this table holds."""
    values = {column.name: getattr(row, column.name) for column in answers.c}
    settlement = values.pop("settlement")
    body = AnswerBody(
        **{name: values.pop(name) for name in ("text", "basis", "responsible", "due")},
        settlement=Settlement(settlement) if settlement else None,
    )
    return Answer(**values | {"state": AnswerState(row.state), "body": body})
