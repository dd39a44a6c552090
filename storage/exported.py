"""How every submission stood for the readers of a workbook: the next one says what is different."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from bot.domain.changes import Remembered
from bot.domain.submission import State
from storage.schema import exported, exports, submissions
from storage.work import Work


class Exported:
    """See bot.ports.ExportedTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, export_id: int, rows: Sequence[Remembered]) -> None:
        values = [
            {
                "export_id": export_id,
                "submission_id": row.submission_id,
                "state": row.state.value,
                "topic": row.topic,
                "lead": row.lead,
                "issue": row.issue,
                "hash": row.hash,
                "salt": row.salt,
            }
            for row in rows
        ]
        if values:
            await self._work.many(self._work.insert(exported), values)

    async def last(self, programme: str) -> tuple[int, list[Remembered]]:
        own = select(func.max(exports.c.number)).join(exported, exported.c.export_id == exports.c.id)
        number = await self._work.value(own.where(exports.c.programme == programme))
        if number is None:
            return 0, []
        found = (
            select(exported, submissions.c.code)
            .join(exports, exports.c.id == exported.c.export_id)
            .join(submissions, submissions.c.id == exported.c.submission_id)
            .where(exports.c.programme == programme, exports.c.number == number)
            .order_by(exported.c.submission_id)
        )
        return number, [
            Remembered(
                row.submission_id,
                row.code,
                State(row.state),
                row.topic,
                row.lead,
                row.issue,
                row.hash,
                row.salt,
            )
            for row in await self._work.rows(found)
        ]
