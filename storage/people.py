"""People who consented: one row an address, and no more about them than they chose to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, select
from sqlalchemy.sql.dml import ReturningInsert

from bot.domain.message import Address
from bot.domain.person import Person
from storage.prepared import Insert, Prepared
from storage.schema import people
from storage.work import Work, address_values, here, is_address, is_here

_OF_ADDRESS = Prepared(lambda _: select(people).where(is_here(people)))
_PUT = Prepared(lambda insert: _saved(insert(people)))


class People:
    """See bot.ports.PersonTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, address: Address) -> Person | None:
        row = await self._work.first(_OF_ADDRESS, here(address))
        return None if row is None else _person(row)

    async def by_id(self, id_: int) -> Person | None:
        return await self._one(people.c.id == id_)

    async def put(self, address: Address, consent_version: int, at: datetime, unit: str, youth_group: str) -> Person:
        said = {"consent_version": consent_version, "unit": unit, "youth_group": youth_group}
        (row,) = await self._work.rows(_PUT, {**address_values(address), **said, "consented_at": at})
        return _person(row)

    async def forget(self, address: Address) -> None:
        await self._work.erase(delete(people).where(is_address(people, address)))

    async def _one(self, which: ColumnElement[bool]) -> Person | None:
        row = await self._work.first(select(people).where(which))
        return None if row is None else _person(row)


def _saved(new: Insert) -> ReturningInsert[Any]:
    """Whoever is there already says anew who they are; when they consented counts anew where it is to something new."""
    same = people.c.consent_version == new.excluded.consent_version
    fresh = {name: new.excluded[name] for name in ("consent_version", "unit", "youth_group")}
    consented_at = case((same, people.c.consented_at), else_=new.excluded.consented_at)
    kept = new.on_conflict_do_update(
        index_elements=["channel", "bot", "chat"], set_={**fresh, "consented_at": consented_at}
    )
    return kept.returning(people)


def _person(row: Row[Any]) -> Person:
    return Person(**row._asdict())
