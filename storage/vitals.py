"""How much is on its way in and out, for those who watch: every figure out of an index of open rows, or a few rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, func, select

from bot.ports import Queues
from storage.schema import QUARANTINED, WAITING, exports, inbox, is_state, outbox, submissions
from storage.work import Work


class Vitals:
    """See bot.ports.VitalsTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def queues(self) -> Queues:
        return Queues(
            inbox=await self._work.value(_how_many(inbox, WAITING)),
            inbox_since=await self._work.value(_first(inbox, "received_at")),
            quarantined=await self._work.value(_how_many(inbox, QUARANTINED)),
            outbox=await self._work.value(_how_many(outbox, WAITING)),
            outbox_since=await self._work.value(_first(outbox, "created_at")),
        )

    async def decided_after(self, programme: str, limit: int) -> list[float]:
        newest = (
            select(submissions.c.received_at, submissions.c.decided_at)
            .where(submissions.c.programme == programme, ~submissions.c.private)
            .order_by(submissions.c.number.desc())
            .limit(limit)
        )
        rows = await self._work.rows(newest)
        return [(row.decided_at - row.received_at).total_seconds() for row in rows if row.decided_at is not None]

    async def exported(self, programme: str) -> tuple[int, datetime | None]:
        of_programme = exports.c.programme == programme
        count = await self._work.value(select(func.count()).select_from(exports).where(of_programme))
        newest = select(exports.c.at).where(of_programme).order_by(exports.c.number.desc()).limit(1)
        return count, await self._work.value(newest)


def _how_many(table: Table, state: str) -> Select[Any]:
    return select(func.count()).select_from(table).where(is_state(table.c.state, state))


def _first(table: Table, column: str) -> Select[Any]:
    """Since when the oldest waiting row is there: ids go up with time, and the partial index is in their order."""
    waiting = select(table.c[column]).where(is_state(table.c.state, WAITING))
    return waiting.order_by(table.c.id).limit(1)
