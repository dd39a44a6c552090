"""Records of the workbooks that were made: a number once, and an occasion (a week, the cutoff) once."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.domain.submission import State
from bot.ports import ExportRecord
from storage.schema import exported, exports, sealed, submissions
from storage.work import Work

_OPEN = (State.WAITING, State.ASKED, State.APPROVED)
_MARK, _BACK_TO_MARK = text("SAVEPOINT naming"), text("ROLLBACK TO SAVEPOINT naming")
_BEGUN = ".dang-lap-"  # stands in the place of the programme until a file is on record; no programme begins with a dot


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
        begun: int | None = None,
    ) -> ExportRecord | None:
        values = {
            "programme": programme,
            "number": number,
            "at": at,
            "asked_by": asked_by,
            "occasion": occasion,
            "file": file,
            "sha256": sha256,
            "final": final,
            "supplement": supplement,
            "issues": issues,
            "waiting": waiting,
            "added": added,
            "changed": changed,
            "gone": gone,
        }
        if begun is None:
            new = self._work.insert(exports).values(**values).on_conflict_do_nothing()
            row = await self._work.first(new.returning(exports))
            return _record(row) if row is not None else None
        try:
            await self._work.run(_MARK)
            named = update(exports).where(exports.c.id == begun).values(**values)
            row = await self._work.first(named.returning(exports))
        except IntegrityError:
            await self._work.run(_BACK_TO_MARK)
            return None
        assert row is not None, "nobody drops what was begun a moment ago"
        return _record(row)

    async def begin(self, at: datetime) -> int:
        empty = dict.fromkeys(("asked_by", "occasion", "file", "sha256"), "")
        new = insert(exports).values(programme=f"{_BEGUN}{secrets.token_hex(8)}", number=0, at=at, **empty)
        return int(await self._work.value(new.returning(exports.c.id)))

    async def left_behind(self, before: datetime) -> list[int]:
        found = select(exports.c.id).where(is_begun(), exports.c.at < before)
        return [row.id for row in await self._work.rows(found)]

    async def drop(self, id_: int, *, limit: int) -> bool:
        begun = (exports.c.id == id_) & is_begun()
        of_it = select(exports.c.id).where(begun)  # none, once it is a record
        for kept in (exported, sealed):
            some = select(kept.c.submission_id).where(kept.c.export_id.in_(of_it)).limit(limit)
            gone = delete(kept).where(kept.c.export_id.in_(of_it), kept.c.submission_id.in_(some))
            if await self._work.run(gone) == limit:
                return False
        await self._work.run(delete(exports).where(begun))
        return True

    async def has(self, programme: str, occasion: str) -> bool:
        return await self.of_occasion(programme, occasion) is not None

    async def of_occasion(self, programme: str, occasion: str) -> ExportRecord | None:
        found = select(exports).where(exports.c.programme == programme, exports.c.occasion == occasion)
        row = await self._work.first(found.limit(1))
        return _record(row) if row is not None else None

    async def of_programme(self, programme: str) -> list[ExportRecord]:
        found = select(exports).where(exports.c.programme == programme).order_by(exports.c.number)
        return [_record(row) for row in await self._work.rows(found)]

    async def seal(self, export_id: int, ids: Collection[int]) -> None:
        values = [{"export_id": export_id, "submission_id": id_} for id_ in ids]
        if values:
            await self._work.many(insert(sealed), values)

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


def is_begun() -> ColumnElement[bool]:
    """Of the table: what is no record yet, and never will be where the program died over it."""
    return exports.c.programme.startswith(_BEGUN)


def _record(row: Row[Any]) -> ExportRecord:
    return ExportRecord(**row._asdict())
