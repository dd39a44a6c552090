"""Records of the workbooks that were made: a number once, and an occasion (a week, the cutoff) once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, literal, select

from bot.domain.submission import State
from bot.ports import ExportRecord
from storage.schema import exports, sealed, submissions
from storage.work import Work

_OPEN = (State.WAITING, State.ASKED, State.APPROVED)
_AT_ONCE = 500  # codes in one statement: SQLite takes some thousands of parameters


class Exports:
    """See bot.ports.ExportTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def next_number(self, programme: str) -> int:
        highest = select(func.max(exports.c.number)).where(exports.c.programme == programme)
        return (await self._work.value(highest) or 0) + 1

    async def add(
        self,
        programme: str,
        number: int,
        at: datetime,
        asked_by: str,
        occasion: str,
        file: str,
        sha256: str,
        *,
        final: bool = False,
        supplement: int = 0,
        issues: int | None = None,
        waiting: int | None = None,
        added: int | None = None,
        changed: int | None = None,
        gone: int | None = None,
    ) -> ExportRecord | None:
        new = self._work.insert(exports).values(
            programme=programme,
            number=number,
            at=at,
            asked_by=asked_by,
            occasion=occasion,
            file=file,
            sha256=sha256,
            final=final,
            supplement=supplement,
            issues=issues,
            waiting=waiting,
            added=added,
            changed=changed,
            gone=gone,
        )
        row = await self._work.first(new.on_conflict_do_nothing().returning(exports))
        return _record(row) if row is not None else None

    async def has(self, programme: str, occasion: str) -> bool:
        return await self.of_occasion(programme, occasion) is not None

    async def of_occasion(self, programme: str, occasion: str) -> ExportRecord | None:
        found = select(exports).where(exports.c.programme == programme, exports.c.occasion == occasion)
        row = await self._work.first(found.limit(1))
        return _record(row) if row is not None else None

    async def of_programme(self, programme: str) -> list[ExportRecord]:
        found = select(exports).where(exports.c.programme == programme).order_by(exports.c.number)
        return [_record(row) for row in await self._work.rows(found)]

    async def seal(self, export_id: int, codes: Collection[str]) -> None:
        wanted = sorted(codes)
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            held = select(literal(export_id), submissions.c.id).where(submissions.c.code.in_(some))
            await self._work.run(self._work.insert(sealed).from_select(["export_id", "submission_id"], held))

    async def unsealed(self, programme: str, since: int) -> list[int]:
        files = select(exports.c.id).where(exports.c.programme == programme, exports.c.number >= since)
        held = select(sealed.c.submission_id).where(sealed.c.export_id.in_(files))
        found = (
            select(submissions.c.id)
            .where(
                submissions.c.programme == programme,
                submissions.c.state.in_([state.value for state in _OPEN]),
                ~submissions.c.private,
                submissions.c.id.not_in(held),
            )
            .order_by(submissions.c.number)
        )
        return [row.id for row in await self._work.rows(found)]


def _record(row: Row[Any]) -> ExportRecord:
    return ExportRecord(**row._asdict())
