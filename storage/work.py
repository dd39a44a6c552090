"""One unit of work on one connection: the few verbs that every table of this room is written with."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    FromClause,
    Row,
    Table,
    UpdateBase,
    and_,
    bindparam,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.message import Address, ChannelName
from storage.prepared import Insert, Prepared, Values, insert_into
from storage.schema import counters

_T = TypeVar("_T")


@dataclass(slots=True)
class Work:
    """A transaction's connection. `me` names this process where several share the database, else it is "". `raw` is the
    same connection without SQLAlchemy, where prepared statements may go straight to it (see prepared.py). `erased` is
    set where somebody's words were deleted for good, `touched` are the tables that were written to (see writer.py).
    """

    connection: AsyncConnection
    me: str = ""
    raw: sqlite3.Connection | None = None
    erased: bool = False
    touched: set[str] = field(default_factory=set)

    async def run(self, statement: Executable | Prepared, values: Values | None = None) -> int:
        """Execute; how many rows were changed."""
        if isinstance(statement, Prepared) and self.raw is not None:
            return self._straight(statement, self.raw, values)[1]
        return (await self._execute(statement, values)).rowcount

    async def rows(self, statement: Executable | Prepared, values: Values | None = None) -> Sequence[Row[Any]]:
        if isinstance(statement, Prepared) and self.raw is not None:
            return self._straight(statement, self.raw, values)[0]
        return (await self._execute(statement, values)).all()

    async def first(self, statement: Executable | Prepared, values: Values | None = None) -> Row[Any] | None:
        if isinstance(statement, Prepared) and self.raw is not None:
            return next(iter(self._straight(statement, self.raw, values)[0]), None)
        return (await self._execute(statement, values)).first()

    async def value(self, statement: Executable | Prepared, values: Values | None = None) -> Any:
        """The only column of the first row; None where there is no row."""
        row = await self.first(statement, values)
        return None if row is None else row[0]

    async def many(self, statement: Executable, rows: Sequence[Values]) -> CursorResult[Any]:
        """One statement for each of these rows."""
        return await self._execute(statement, rows)

    def _straight(
        self, statement: Prepared, raw: sqlite3.Connection, values: Values | None
    ) -> tuple[Sequence[Row[Any]], int]:
        """Past SQLAlchemy and its threads, on the loop: statements of the road are over before anybody would notice."""
        dialect = self.connection.dialect
        self._note(statement.statement(dialect))
        return statement.run(raw, dialect, values or {})

    async def _execute(
        self, statement: Executable | Prepared, values: Values | Sequence[Values] | None
    ) -> CursorResult[Any]:
        written = statement.statement(self.connection.dialect) if isinstance(statement, Prepared) else statement
        self._note(written)
        executing = self.connection.execute(written, values)
        return await (executing if self.raw is None else to_its_end(executing))

    def _note(self, statement: Executable) -> None:
        if isinstance(statement, UpdateBase):
            self.touched.add(str(statement.table))

    async def erase(self, statement: Executable | Prepared, values: Values | None = None) -> int:
        """Delete words of people for good; how many rows went."""
        gone = await self.run(statement, values)
        self.erased = self.erased or gone > 0
        return gone

    def insert(self, table: Table) -> Insert:
        """The dialect's own INSERT, which knows ON CONFLICT."""
        return insert_into(table, self.connection.dialect)

    @property
    def counts_itself(self) -> bool:
        """Whether an id that must follow the one before without a gap is ours to count: a sequence of PostgreSQL also
        goes on where the transaction fails.
        """
        return self.connection.dialect.name == "postgresql"

    async def last_number(self, kind: str, programme: str) -> int:
        """The running number that was given last; 0 before the first."""
        given = select(counters.c.value).where(counters.c.kind == kind, counters.c.programme == programme)
        return await self.value(given) or 0

    async def count_from(self, kind: str, programme: str, number: int) -> None:
        """Begin a count that nobody has begun yet: `number` was given last."""
        await self.run(self.insert(counters).values(kind=kind, programme=programme, value=number))

    async def next_number(self, kind: str, programme: str) -> int:
        """The next running number (from 1): given back if the transaction fails, otherwise never given again."""
        return int(await self.value(_NEXT_NUMBER, {"kind": kind, "programme": programme, "value": 1}))


_NEXT_NUMBER = Prepared(
    lambda insert: (
        insert(counters)
        .on_conflict_do_update(index_elements=["kind", "programme"], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
)


async def to_its_end(executing: Coroutine[Any, Any, _T]) -> _T:
    """A statement that its task was cancelled at is over before the cancellation goes on: SQLAlchemy would give the
    connection up, and with it the transactions of others that share a commit.
    """
    task = asyncio.ensure_future(executing)  # noqa: TID251 - it is waited for, whatever comes
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        raise


def is_address(table: FromClause, address: Address) -> ColumnElement[bool]:
    """The rows of one conversation."""
    return and_(table.c.channel == address.channel.value, table.c.bot == address.bot, table.c.chat == address.chat)


def is_here(table: FromClause) -> ColumnElement[bool]:
    """The same in a prepared statement, which is run with `here`."""
    return and_(*(table.c[name] == bindparam(f"here_{name}") for name in ("channel", "bot", "chat")))


def here(address: Address) -> dict[str, str]:
    """The parameters of `is_here`: not named like columns, which an UPDATE would set to them."""
    return {f"here_{name}": value for name, value in address_values(address).items()}


def same_address(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(one.c.channel == other.c.channel, one.c.bot == other.c.bot, one.c.chat == other.c.chat)


def address_values(address: Address) -> dict[str, str]:
    return {"channel": address.channel.value, "bot": address.bot, "chat": address.chat}


def address_of(row: Row[Any]) -> Address:
    return Address(ChannelName(row.channel), row.bot, row.chat)
