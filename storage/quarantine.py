"""Updates that could not be handled: put aside with their raw JSON until somebody decides about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from bot.ports import PutAside
from storage.schema import DONE, QUARANTINED, WAITING, inbox, is_state
from storage.work import Work


class Quarantine:
    """See bot.ports.QuarantineTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def all(self) -> list[PutAside]:
        rows = await self._work.rows(select(inbox).where(is_state(inbox.c.state, QUARANTINED)).order_by(inbox.c.id))
        return [_put_aside(row) for row in rows]

    async def get(self, id_: int) -> PutAside | None:
        row = await self._work.first(select(inbox).where(_aside(id_)))
        return None if row is None else _put_aside(row)

    async def release(self, id_: int, at: datetime) -> bool:
        again = update(inbox).where(_aside(id_), inbox.c.raw != "")
        return await self._work.run(again.values(state=WAITING, tries=0, due_at=at, handled_at=None, error="")) > 0

    async def drop(self, id_: int, at: datetime) -> bool:
        gone = update(inbox).where(_aside(id_)).values(state=DONE, handled_at=at, raw="", chat="")
        return await self._work.erase(gone) > 0


def _aside(id_: int) -> ColumnElement[bool]:
    return (inbox.c.id == id_) & is_state(inbox.c.state, QUARANTINED)


def _put_aside(row: Row[Any]) -> PutAside:
    return PutAside(
        row.id, row.platform, row.bot, row.update_id, row.chat, row.raw, row.error, row.received_at, row.handled_at
    )
