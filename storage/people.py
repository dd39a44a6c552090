"""People who consented: one row an address, and no more about them than they chose to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, select

from bot.domain.message import Address
from bot.domain.person import Person
from storage.schema import people
from storage.work import Work, address_values, is_address


class People:
    """See bot.ports.PersonTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, address: Address) -> Person | None:
        return await self._one(is_address(people, address))

    async def by_id(self, id_: int) -> Person | None:
        return await self._one(people.c.id == id_)

    async def put(self, address: Address, consent_version: int, at: datetime, unit: str, youth_group: str) -> Person:
        said = {"consent_version": consent_version, "unit": unit, "youth_group": youth_group}
        new = self._work.insert(people).values(**address_values(address), **said, consented_at=at)
        consented_at = case(
            (people.c.consent_version == consent_version, people.c.consented_at), else_=new.excluded.consented_at
        )
        saved = new.on_conflict_do_update(
            index_elements=["channel", "bot", "chat"], set_={**said, "consented_at": consented_at}
        )
        (row,) = await self._work.rows(saved.returning(people))
        return _person(row)

    async def forget(self, address: Address) -> None:
        await self._work.erase(delete(people).where(is_address(people, address)))

    async def _one(self, which: ColumnElement[bool]) -> Person | None:
        row = await self._work.first(select(people).where(which))
        return None if row is None else _person(row)


def _person(row: Row[Any]) -> Person:
    return Person(**row._asdict())
