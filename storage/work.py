"""One unit of work on one connection: the few verbs that every table of this room is written with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, FromClause, Row, Table, and_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.message import Address, ChannelName
from storage.schema import counters


@dataclass(slots=True)
class Work:
    """A transaction's connection. `erased` is set where somebody's words were deleted for good (see SqlStore)."""

    connection: AsyncConnection
    erased: bool = False

    async def run(self, statement: Executable) -> int:
        """Execute; how many rows were changed."""
        return (await self.connection.execute(statement)).rowcount

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self.connection.execute(statement)).all()

    async def first(self, statement: Executable) -> Row[Any] | None:
        return (await self.connection.execute(statement)).first()

    async def value(self, statement: Executable) -> Any:
        """The only column of the first row; None where there is no row."""
        return (await self.connection.execute(statement)).scalar()

    async def erase(self, statement: Executable) -> int:
        """Delete words of people for good; how many rows went."""
        gone = await self.run(statement)
        self.erased = self.erased or gone > 0
        return gone

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """The dialect's own INSERT, which knows ON CONFLICT."""
        if self.connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    async def next_number(self, kind: str, programme: str) -> int:
        """The next running number (from 1): given back if the transaction fails, otherwise never given again."""
        new = self.insert(counters).values(kind=kind, programme=programme, value=1)
        counted = new.on_conflict_do_update(
            index_elements=["kind", "programme"], set_={"value": counters.c.value + 1}
        ).returning(counters.c.value)
        return int(await self.value(counted))


def is_address(table: FromClause, address: Address) -> ColumnElement[bool]:
    """The rows of one conversation."""
    return and_(table.c.channel == address.channel.value, table.c.bot == address.bot, table.c.chat == address.chat)


def same_address(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(one.c.channel == other.c.channel, one.c.bot == other.c.bot, one.c.chat == other.c.chat)


def address_values(address: Address) -> dict[str, str]:
    return {"channel": address.channel.value, "bot": address.bot, "chat": address.chat}


def address_of(row: Row[Any]) -> Address:
    return Address(ChannelName(row.channel), row.bot, row.chat)
