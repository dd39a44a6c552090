"""Lists that the group sees as one message each (a digest, a page of the queue), and which submissions each names."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update

from bot.domain.message import Address
from bot.domain.submission import State
from bot.ports import ListKind, ShownList
from storage.board import NONCE_BYTES
from storage.prepared import Prepared
from storage.schema import listed, lists, submissions
from storage.work import Work, address_of, address_values, is_address

_NAMING = Prepared(
    lambda _: select(lists).where(
        lists.c.id.in_(select(listed.c.list_id).where(listed.c.submission_id == bindparam("submission")))
    )
)


class Lists:
    """See bot.ports.ListTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def open(
        self,
        address: Address,
        kind: ListKind,
        at: datetime,
        submissions: Collection[int] = (),
        page: int = 1,
        thread: str = "",
    ) -> ShownList:
        new = self._work.insert(lists).values(
            **address_values(address),
            kind=kind.value,
            page=page,
            nonce=secrets.token_urlsafe(NONCE_BYTES),
            created_at=at,
            thread=thread,
        )
        (row,) = await self._work.rows(new.returning(lists))
        await self._name(row.id, submissions)
        return _shown(row)

    async def get(self, id_: int) -> ShownList | None:
        return await self._one(lists.c.id == id_)

    async def by_nonce(self, nonce: str) -> ShownList | None:
        return await self._one(lists.c.nonce == nonce)

    async def turn(self, id_: int, page: int) -> None:
        await self._work.run(update(lists).where(lists.c.id == id_).values(page=page))

    async def shown(self, id_: int, message_id: str, submissions: Collection[int]) -> None:
        await self._work.run(update(lists).where(lists.c.id == id_).values(message_id=message_id))
        await self._work.run(delete(listed).where(listed.c.list_id == id_))
        await self._name(id_, submissions)

    async def names(self, id_: int, submissions: Collection[int]) -> None:
        known = set(await self.entries(id_))
        await self._name(id_, [one for one in submissions if one not in known])

    async def entries(self, id_: int) -> list[int]:
        named = select(listed.c.submission_id).where(listed.c.list_id == id_).order_by(listed.c.submission_id)
        return [row.submission_id for row in await self._work.rows(named)]

    async def naming(self, submission_id: int) -> list[ShownList]:
        return [_shown(row) for row in await self._work.rows(_NAMING, {"submission": submission_id})]

    async def rehome(self, old: Address, new: Address) -> list[int]:
        for row in await self._work.rows(select(lists.c.id).where(is_address(lists, old))):
            fresh = {"nonce": secrets.token_urlsafe(NONCE_BYTES), "message_id": None, "thread": ""}
            await self._work.run(update(lists).where(lists.c.id == row.id).values(fresh | address_values(new)))
        waiting = (
            select(listed.c.list_id)
            .join(submissions)
            .where(submissions.c.state == State.WAITING.value, ~submissions.c.private)
        )
        digests = is_address(lists, new) & (lists.c.kind == ListKind.DIGEST.value) & lists.c.id.in_(waiting)
        return [row.id for row in await self._work.rows(select(lists.c.id).where(digests).order_by(lists.c.id))]

    async def _name(self, id_: int, submissions: Collection[int]) -> None:
        for submission_id in submissions:
            await self._work.run(self._work.insert(listed).values(list_id=id_, submission_id=submission_id))

    async def _one(self, which: ColumnElement[bool]) -> ShownList | None:
        row = await self._work.first(select(lists).where(which))
        return None if row is None else _shown(row)


def _shown(row: Row[Any]) -> ShownList:
    return ShownList(row.id, address_of(row), ListKind(row.kind), row.page, row.nonce, row.message_id, row.thread)
