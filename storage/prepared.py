"""Statements of the road that every message takes: written once, compiled once, run without a detour.

To put a statement together, look it up and carry it to the connection's thread and back costs SQLAlchemy ten to thirty
times what SQLite needs for it. A statement prepared here is written in Core like any other, with parameters by name;
on SQLite's writing connection it goes straight to the driver, everywhere else SQLAlchemy takes it as usual.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Dialect, Executable, Table, UpdateBase
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError

Insert = sqlite.Insert | postgresql.Insert
Values = Mapping[str, object]


def insert_into(table: Table, dialect: Dialect) -> Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


class Prepared:
    """A statement in waiting. `write` writes it, given the dialect's own INSERT (see `insert_into`). An INSERT without
    values fills the columns that it is run with the first time, and must always be run with the same.
    """

    def __init__(self, write: Callable[[Callable[[Table], Insert]], Executable]) -> None:
        self._write = write
        self._written: dict[str, Executable] = {}
        self._compiled: _Compiled | None = None

    def statement(self, dialect: Dialect) -> Executable:
        """As SQLAlchemy takes it."""
        found = self._written.get(dialect.name)
        if found is None:
            found = self._written[dialect.name] = self._write(lambda table: insert_into(table, dialect))
        return found

    def run(self, raw: sqlite3.Connection, dialect: Dialect, values: Values) -> tuple[Sequence[Any], int]:
        """The rows that it gives (as named tuples) and how many it changed."""
        if self._compiled is None:
            self._compiled = _Compiled(self.statement(dialect), dialect, list(values))
        return self._compiled.run(raw, values)


class _Compiled:
    """SQL, and how values go in and rows come out."""

    def __init__(self, statement: Executable, dialect: Dialect, names: list[str]) -> None:
        columns = names if isinstance(statement, Insert) else None
        compiled: Any = cast("Any", statement).compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        known = compiled.construct_params(_check=False)
        self._into = [
            (name, known.get(name), compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]
        given = cast("Any", statement).exported_columns.values() if _gives_rows(statement) else []
        self._out_of = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in given]
        self._row: Callable[[Iterable[Any]], Any] = _named([column.key for column in given])

    def run(self, raw: sqlite3.Connection, values: Values) -> tuple[Sequence[Any], int]:
        try:
            bound = [
                process(values.get(name, known)) if process else values.get(name, known)
                for name, known, process in self._into
            ]
        except (ValueError, TypeError) as fault:
            raise StatementError(str(fault), self.sql, None, fault) from fault
        try:
            cursor = raw.execute(self.sql, bound)
            rows = cursor.fetchall()
        except sqlite3.Error as fault:
            raise DBAPIError.instance(self.sql, None, fault, sqlite3.Error) from fault
        return [self._read(row) for row in rows], cursor.rowcount

    def _read(self, row: Sequence[Any]) -> Any:
        return self._row(process(value) if process else value for process, value in zip(self._out_of, row, strict=True))


def _named(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    """Makes rows that are read by name, as SQLAlchemy's are."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
    made: Callable[[Iterable[Any]], Any] = row._make
    return made


def _gives_rows(statement: Executable) -> bool:
    return not isinstance(statement, UpdateBase) or bool(statement._returning)  # noqa: SLF001
