"""Photos of paper slips on their way to be typed. The pictures themselves are files beside the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, update

from bot.domain.message import Address
from bot.domain.photo import NewPhoto, Photo, PhotoState
from storage.schema import slip_photos as photos
from storage.work import Work, address_of, address_values, is_address


class Photos:
    """See bot.ports.PhotoTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, new: NewPhoto) -> int | None:
        row = self._work.insert(photos).values(
            programme=new.programme,
            **address_values(new.address),
            file_id=new.file_id,
            unique_id=new.unique_id,
            album=new.album,
            unit=new.unit,
            sent_by=new.sent_by,
            sent_at=new.sent_at,
            state=PhotoState.FETCHING.value,
            file="",
            sha256="",
            kind="",
            taken_by="",
            reason="",
            slips=0,
            ended_by="",
        )
        added = row.on_conflict_do_nothing(index_elements=["programme", "unique_id"]).returning(photos.c.id)
        found = await self._work.first(added)
        return None if found is None else int(found.id)

    async def get(self, id_: int) -> Photo | None:
        return await self._one(photos.c.id == id_)

    async def of_album(self, address: Address, album: str) -> Photo | None:
        return await self._one(is_address(photos, address) & (photos.c.album == album))

    async def of_content(self, programme: str, sha256: str) -> Photo | None:
        return await self._one((photos.c.programme == programme) & (photos.c.sha256 == sha256))

    async def next_to_fetch(self, after: int = 0) -> Photo | None:
        return await self._one((photos.c.state == PhotoState.FETCHING.value) & (photos.c.id > after))

    async def fetched(self, id_: int, file: str, sha256: str, kind: str) -> None:
        there = {"state": PhotoState.WAITING.value, "file": file, "sha256": sha256, "kind": kind}
        await self._work.run(update(photos).where(photos.c.id == id_).values(**there))

    async def open(self, programme: str) -> list[Photo]:
        theirs = photos.c.state.in_([PhotoState.FETCHING.value, PhotoState.WAITING.value])
        found = select(photos).where(photos.c.programme == programme, theirs).order_by(photos.c.id)
        return [_photo(row) for row in await self._work.rows(found)]

    async def waiting(self, programme: str) -> int:
        theirs = photos.c.state.in_([PhotoState.FETCHING.value, PhotoState.WAITING.value])
        counted = select(func.count()).select_from(photos).where(photos.c.programme == programme, theirs)
        return int(await self._work.value(counted))

    async def take(self, id_: int, by: str, at: datetime, until: datetime) -> bool:
        free = or_(photos.c.taken_by == by, photos.c.taken_until.is_(None), photos.c.taken_until <= at)
        waits = (photos.c.id == id_) & (photos.c.state == PhotoState.WAITING.value)
        return bool(await self._work.run(update(photos).where(waits, free).values(taken_by=by, taken_until=until)))

    async def let_go(self, id_: int, by: str) -> None:
        theirs = (photos.c.id == id_) & (photos.c.taken_by == by)
        await self._work.run(update(photos).where(theirs).values(taken_by="", taken_until=None))

    async def end(
        self, id_: int, state: PhotoState, by: str, at: datetime, *, reason: str = "", slips: int = 0
    ) -> bool:
        still = photos.c.state.in_([PhotoState.FETCHING.value, PhotoState.WAITING.value])
        ended = update(photos).where(photos.c.id == id_, still)
        values = {"state": state.value, "ended_by": by, "ended_at": at, "reason": reason, "slips": slips}
        return bool(await self._work.run(ended.values(**values, taken_by="", taken_until=None)))

    async def ended(self, programme: str, limit: int) -> list[Photo]:
        theirs = (photos.c.programme == programme) & photos.c.ended_at.is_not(None)
        found = select(photos).where(theirs).order_by(photos.c.ended_at.desc(), photos.c.id.desc()).limit(limit)
        return [_photo(row) for row in await self._work.rows(found)]

    async def reopen(self, id_: int) -> bool:
        unread = (photos.c.id == id_) & (photos.c.state == PhotoState.UNREADABLE.value)
        values = {"state": PhotoState.WAITING.value, "reason": "", "ended_by": "", "ended_at": None}
        return bool(await self._work.run(update(photos).where(unread).values(**values)))

    async def _one(self, which: ColumnElement[bool]) -> Photo | None:
        row = await self._work.first(select(photos).where(which).order_by(photos.c.id).limit(1))
        return None if row is None else _photo(row)


def _photo(row: Row[Any]) -> Photo:
    return Photo(
        id=row.id,
        programme=row.programme,
        address=address_of(row),
        file_id=row.file_id,
        unit=row.unit,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        state=PhotoState(row.state),
        file=row.file,
        sha256=row.sha256,
        kind=row.kind,
        taken_by=row.taken_by,
        taken_until=row.taken_until,
        reason=row.reason,
        slips=row.slips,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
