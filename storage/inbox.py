"""The inbox: every update of a platform, kept before it is acknowledged and worked off in the order of its chat."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, update

from bot.ports import InboxRow, RawUpdate
from storage.schema import DONE, QUARANTINED, WAITING, inbox, is_state
from storage.work import Work


class Inbox:
    """See bot.ports.InboxTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        if not updates:
            return 0
        kept = self._work.insert(inbox).on_conflict_do_nothing(index_elements=["platform", "bot", "update_id"])
        result = await self._work.connection.execute(kept.returning(inbox.c.id), [_values(one, at) for one in updates])
        return len(result.all())

    async def next(self, at: datetime) -> InboxRow | None:
        found = await self._work.first(first_due(at))
        if found is None:
            return None
        return InboxRow(
            found.id,
            found.platform,
            found.bot,
            found.update_id,
            found.chat,
            found.raw,
            found.tries,
            found.received_at,
        )

    async def done(self, id_: int, at: datetime) -> None:
        await self._work.run(
            update(inbox).where(inbox.c.id == id_).values(state=DONE, handled_at=at, raw="", chat="", error="")
        )

    async def is_done(self, id_: int) -> bool:
        return await self._count(and_(inbox.c.id == id_, inbox.c.state == DONE)) > 0

    async def again(self, id_: int, due_at: datetime, error: str) -> None:
        await self._work.run(
            update(inbox).where(inbox.c.id == id_).values(tries=inbox.c.tries + 1, due_at=due_at, error=error)
        )

    async def quarantine(self, id_: int, at: datetime, error: str) -> None:
        await self._work.run(
            update(inbox).where(inbox.c.id == id_).values(state=QUARANTINED, handled_at=at, error=error)
        )

    async def quarantined(self) -> int:
        return await self._count(is_state(inbox.c.state, QUARANTINED))

    async def open(self) -> int:
        return await self._count(is_state(inbox.c.state, WAITING))

    async def _count(self, which: ColumnElement[bool]) -> int:
        return int(await self._work.value(select(func.count()).select_from(inbox).where(which)))


def first_due(at: datetime) -> Select[Any]:
    """The oldest row that is due and not behind an older one of its chat, in two partial indexes of open rows only."""
    older = inbox.alias("older")
    blocked = select(older.c.id).where(
        is_state(older.c.state, WAITING),
        older.c.platform == inbox.c.platform,
        older.c.bot == inbox.c.bot,
        older.c.chat == inbox.c.chat,
        older.c.id < inbox.c.id,
    )
    due = select(inbox).where(is_state(inbox.c.state, WAITING), inbox.c.due_at <= at, ~blocked.exists())
    return due.order_by(inbox.c.id).limit(1)


def _values(one: RawUpdate, at: datetime) -> dict[str, object]:
    """The row of an update. The hash outlives the raw JSON, so that a redelivery can be told from a forgery."""
    return {
        "platform": one.platform,
        "bot": one.bot,
        "update_id": one.update_id,
        "chat": one.chat,
        "raw": one.raw,
        "sha256": hashlib.sha256(one.raw.encode("utf-8", "surrogatepass")).hexdigest(),
        "state": WAITING,
        "tries": 0,
        "received_at": at,
        "due_at": at,
        "error": "",
    }
