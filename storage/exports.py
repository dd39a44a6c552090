"""Records of the workbooks that were made: a number once, and an occasion (a week, the cutoff) once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from bot.ports import ExportRecord
from storage.schema import exports
from storage.work import Work


class Exports:
    """See bot.ports.ExportTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def next_number(self, programme: str) -> int:
        highest = select(func.max(exports.c.number)).where(exports.c.programme == programme)
        return (await self._work.value(highest) or 0) + 1

    async def add(
        self, programme: str, number: int, at: datetime, asked_by: str, occasion: str, file: str, sha256: str
    ) -> bool:
        new = self._work.insert(exports).values(
            programme=programme,
            number=number,
            at=at,
            asked_by=asked_by,
            occasion=occasion,
            file=file,
            sha256=sha256,
        )
        return await self._work.value(new.on_conflict_do_nothing().returning(exports.c.id)) is not None

    async def has(self, programme: str, occasion: str) -> bool:
        found = select(exports.c.id).where(exports.c.programme == programme, exports.c.occasion == occasion)
        return await self._work.first(found.limit(1)) is not None

    async def of_programme(self, programme: str) -> list[ExportRecord]:
        found = select(exports).where(exports.c.programme == programme).order_by(exports.c.number)
        return [ExportRecord(**row._asdict()) for row in await self._work.rows(found)]
