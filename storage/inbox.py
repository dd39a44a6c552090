"""The inbox: every update of a platform, kept before it is acknowledged and worked off in the order of its chat."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    Update,
    bindparam,
    func,
    literal,
    select,
    update,
)

from bot.ports import ClaimLost, InboxRow, RawUpdate
from storage.prepared import Prepared
from storage.schema import DONE, QUARANTINED, WAITING, Instant, inbox, is_state
from storage.work import Work


class Inbox:
    """See bot.ports.InboxTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        if not updates:
            return 0
        kept = self._work.insert(inbox).on_conflict_do_nothing(index_elements=["platform", "bot", "update_id"])
        result = await self._work.many(kept.returning(inbox.c.id), [_values(one, at) for one in updates])
        return len(result.all())

    async def next(self, at: datetime) -> InboxRow | None:
        found = await self._work.first(first_due(at))
        return None if found is None else _row(found)

    async def claim(self, at: datetime, until: datetime) -> InboxRow | None:
        return next(iter(await self.claim_some(at, until, 1)), None)

    async def claim_some(
        self, at: datetime, until: datetime, limit: int, without: Collection[int] = ()
    ) -> list[InboxRow]:
        if not self._work.me:
            found = await self._work.rows(_DUE, {"at": at, "most": limit + len(without)})
            return [_row(one) for one in found if one.id not in without][:limit]
        due = first_due(at, limit).where(inbox.c.id.not_in(without))
        free = inbox.c.claimed_until.is_(None) | (inbox.c.claimed_until <= at)
        locked = due.with_only_columns(inbox.c.id).where(free).with_for_update(skip_locked=True, of=inbox)
        chosen = locked.cte("chosen")  # looked for once: a subquery may be asked again and would find others
        mine = update(inbox).where(inbox.c.id.in_(select(chosen.c.id)))
        found = await self._work.rows(mine.values(claimed_by=self._work.me, claimed_until=until).returning(*inbox.c))
        return sorted(map(_row, found), key=lambda row: row.id)

    async def done(self, id_: int, at: datetime) -> None:
        if not await self._work.run(_DONE, {"row": id_, "at": at, "me": self._work.me}):
            raise ClaimLost(id_)

    async def is_done(self, id_: int) -> bool:
        return await self._work.value(_IS_DONE, {"row": id_}) is not None

    async def again(self, id_: int, due_at: datetime, error: str) -> None:
        await self._settle(id_, tries=inbox.c.tries + 1, due_at=due_at, error=error)

    async def put_off(self, row: InboxRow, due_at: datetime) -> None:
        behind = (inbox.c.platform == row.platform) & (inbox.c.bot == row.bot) & (inbox.c.chat == row.chat)
        await self._settle(row.id, due_at=due_at)
        waiting = behind & is_state(inbox.c.state, WAITING) & (inbox.c.due_at < due_at)
        await self._work.run(update(inbox).where(waiting).values(due_at=due_at))

    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        behind = is_state(inbox.c.state, WAITING) & (inbox.c.due_at > latest)
        return await self._work.run(update(inbox).where(behind).values(due_at=at))

    async def quarantine(self, id_: int, at: datetime, error: str) -> None:
        await self._settle(id_, state=QUARANTINED, handled_at=at, error=error)

    async def quarantined(self) -> int:
        return await self._count(is_state(inbox.c.state, QUARANTINED))

    async def open(self) -> int:
        return await self._count(is_state(inbox.c.state, WAITING))

    async def _settle(self, id_: int, **values: object) -> None:
        """Say what became of a row. Raises ClaimLost where another process took it over, or has settled it already."""
        changed = _settled().values(**values)
        if not await self._work.run(changed, {"row": id_, "me": self._work.me}):
            raise ClaimLost(id_)

    async def _count(self, which: ColumnElement[bool]) -> int:
        return int(await self._work.value(select(func.count()).select_from(inbox).where(which)))


def first_due(at: datetime | BindParameter[Any], limit: int | BindParameter[Any] = 1) -> Select[Any]:
    """The oldest rows that are due and not behind an older one of their chat, by two partial indexes of open rows."""
    older = inbox.alias("older")
    blocked = select(older.c.id).where(
        is_state(older.c.state, WAITING),
        older.c.platform == inbox.c.platform,
        older.c.bot == inbox.c.bot,
        older.c.chat == inbox.c.chat,
        older.c.id < inbox.c.id,
    )
    due = select(inbox).where(is_state(inbox.c.state, WAITING), inbox.c.due_at <= at, ~blocked.exists())
    return due.order_by(inbox.c.id).limit(limit)


def _settled() -> Update:
    """What is ours and waits, set free."""
    ours = inbox.c.claimed_by.in_((literal(""), bindparam("me"))) & is_state(inbox.c.state, WAITING)
    return update(inbox).where(inbox.c.id == bindparam("row"), ours).values(claimed_by="", claimed_until=None)


_DUE = Prepared(lambda _: first_due(bindparam("at", type_=Instant), bindparam("most", type_=Integer)))
_IS_DONE = Prepared(lambda _: select(inbox.c.id).where(inbox.c.id == bindparam("row"), inbox.c.state == DONE))
_DONE = Prepared(lambda _: _settled().values(state=DONE, handled_at=bindparam("at"), raw="", chat="", error=""))


def _row(found: Row[Any]) -> InboxRow:
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
