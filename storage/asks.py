"""Questions back to askers, and their answers; the newest of a submission is the one that counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select, update

from bot.domain.ask import Ask
from storage.prepared import Prepared
from storage.schema import asks, submissions
from storage.work import Work


class Asks:
    """See bot.ports.AskTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, submission_id: int, by: str, question: str, at: datetime, due_at: datetime) -> Ask:
        new = self._work.insert(asks).values(
            submission_id=submission_id, by=by, question=question, asked_at=at, due_at=due_at, answer=""
        )
        (row,) = await self._work.rows(new.returning(asks))
        return _ask(row)

    async def get(self, id_: int) -> Ask | None:
        row = await self._work.first(select(asks).where(asks.c.id == id_))
        return None if row is None else _ask(row)

    async def newest(self, submission_id: int) -> Ask | None:
        found = select(asks).where(asks.c.submission_id == submission_id).order_by(asks.c.id.desc()).limit(1)
        row = await self._work.first(found)
        return None if row is None else _ask(row)

    async def of(self, submission_ids: Collection[int]) -> list[Ask]:
        found = select(asks).where(asks.c.submission_id.in_(submission_ids)).order_by(asks.c.id)
        return [_ask(row) for row in await self._work.rows(found)]

    async def answered(self, programme: str) -> list[Ask]:
        found = select(asks).join(submissions).where(submissions.c.programme == programme)
        answered = found.where(asks.c.answered_at.is_not(None)).order_by(asks.c.id)
        return [_ask(row) for row in await self._work.rows(answered)]

    async def to_answer(self, person_id: int, programme: str) -> Ask | None:
        row = await self._work.first(_TO_ANSWER, {"person": person_id, "programme": programme})
        return None if row is None else _ask(row)

    async def due(self, at: datetime, limit: int) -> list[Ask]:
        found = select(asks).where(_open(), asks.c.due_at <= at).order_by(asks.c.due_at).limit(limit)
        return [_ask(row) for row in await self._work.rows(found)]

    async def change(self, ask: Ask) -> None:
        changed = update(asks).where(asks.c.id == ask.id)
        await self._work.run(
            changed.values(
                told_at=ask.told_at,
                due_at=ask.due_at,
                answer=ask.answer,
                answered_at=ask.answered_at,
                closed_at=ask.closed_at,
                covered_question=ask.covered_question,
                covered_answer=ask.covered_answer,
            )
        )

    async def reword(self, ask: Ask) -> None:
        covered = {"covered_question": ask.covered_question, "covered_answer": ask.covered_answer}
        words = {"question": ask.question, "answer": ask.answer, **covered}
        await self._work.erase(update(asks).where(asks.c.id == ask.id).values(words))


def _to_answer() -> Select[Any]:
    theirs = (submissions.c.person_id == bindparam("person")) & (submissions.c.programme == bindparam("programme"))
    found = select(asks).join(submissions).where(theirs, _open(), asks.c.told_at.is_not(None))
    return found.order_by(asks.c.id.desc()).limit(1)


_TO_ANSWER = Prepared(lambda _: _to_answer())


def _open() -> ColumnElement[bool]:
    return asks.c.answered_at.is_(None) & asks.c.closed_at.is_(None)


def _ask(row: Row[Any]) -> Ask:
    return Ask(**row._asdict())
