"""Moves a whole database from a file of SQLite to an empty one on PostgreSQL: everything or nothing, and compared.

The file is only read. Rows are compared as this program reads them: nothing but the way of keeping them may differ.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Walked
from bot.texts.keys import Key
from storage import engine, postgres
from storage.faults import StorageFault, explained
from storage.history import History
from storage.schema import facts, history, metadata
from storage.sqlite_file import FileLock
from storage.store import SqlStore
from storage.upgrade import is_behind
from storage.work import Work

_PAGE = 1_000
_CHAIN_PAGE = 1_000
_MODULUS = 2**256
_SCHEMA_NOTES = ("schema_made_at", "schema_upgraded_at")


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: how many rows, and a checksum of them all that does not depend on their order."""

    table: str
    rows: int
    checksum: str


async def move(
    file: Path, url: str, at: datetime, told: Callable[[Moved], None], *, dry_run: bool = False
) -> list[Moved]:
    """Copy every table of `file` to `url`, compare, and tell of each. With `dry_run` only look whether it can be done.

    Raises StorageFault where the file or the target cannot be used, the bot runs, or something came out different; then
    the target holds no row.
    """
    async with _source(file) as source:
        if dry_run:
            await _can_be_filled(url)
            moved = [await _sum(source, table) for table in metadata.sorted_tables]
            for one in moved:
                told(one)
            return moved
        with postgres.explained(url):
            await (await SqlStore.open(url, at=at)).close()  # makes the tables
            writer = postgres.writers(url)
            try:
                async with writer.begin() as target:
                    await target.execute(postgres.lock(postgres.WRITER))
                    return await _fill(source, target, url, told)
            finally:
                await writer.dispose()


@asynccontextmanager
async def _source(file: Path) -> AsyncIterator[AsyncConnection]:
    """The file, held so that nobody changes it meanwhile; left as it was."""
    running = FileLock.taken(file.with_name(f"{file.name}.lock"))
    if running is None:
        raise StorageFault(Key.STORAGE_RUNS_ALREADY)
    writer = engine.writer(file)
    try:
        with explained(file):
            async with writer.connect() as connection:
                if await connection.run_sync(is_behind, str(file)):
                    raise StorageFault(Key.MOVE_BEHIND, path=file)
                yield connection
                await connection.rollback()
    finally:
        await writer.dispose()
        await running.end()


async def _can_be_filled(url: str) -> None:
    with postgres.explained(url):
        connection = await postgres.connect(url)
        try:
            names = [
                row["tablename"]
                for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
        finally:
            await connection.close()
        if not names:
            return
        if "alembic_version" not in names:
            raise StorageFault(Key.STORAGE_NOT_OURS, path=postgres.address(url))
        readers = postgres.readers(url)
        try:
            async with readers.connect() as target:
                await _check_empty(target, url, [table for table in metadata.sorted_tables if table.name in names])
        finally:
            await readers.dispose()


async def _check_empty(target: AsyncConnection, url: str, tables: Sequence[Table]) -> None:
    for table in tables:
        rows = select(func.count()).select_from(table)
        if table is facts:
            rows = rows.where(facts.c.name.not_in(_SCHEMA_NOTES))
        if await target.scalar(rows):
            raise StorageFault(Key.MOVE_NOT_EMPTY, path=postgres.address(url), table=table.name)


async def _fill(
    source: AsyncConnection, target: AsyncConnection, url: str, told: Callable[[Moved], None]
) -> list[Moved]:
    await _check_empty(target, url, metadata.sorted_tables)
    await target.execute(facts.delete())
    moved = []
    for table in metadata.sorted_tables:
        async for page in _pages(source, table):
            await target.execute(insert(table), [row._asdict() for row in page])
        here, there = await _sum(source, table), await _sum(target, table)
        if here != there:
            raise StorageFault(Key.MOVE_DIFFERS, table=table.name)
        told(there)
        moved.append(there)
    await _go_on_counting(source, target)
    await _check_chain(target)
    return moved


async def _pages(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows in the order of their key, some at a time."""
    keys = list(table.primary_key)
    query = select(table).order_by(*keys).limit(_PAGE)
    page = (await connection.execute(query)).all()
    while page:
        yield page
        last = [page[-1]._mapping[key] for key in keys]  # noqa: SLF001 - SQLAlchemy's own name for it
        page = (await connection.execute(query.where(tuple_(*keys) > tuple_(*last)))).all()


async def _sum(connection: AsyncConnection, table: Table) -> Moved:
    """The databases sort words differently, so the order of rows must not matter."""
    total = rows = 0
    async for page in _pages(connection, table):
        rows += len(page)
        for row in page:
            total += int.from_bytes(sha256(json.dumps(list(row), default=str).encode()).digest())
    return Moved(table.name, rows, f"{total % _MODULUS:064x}")


async def _go_on_counting(source: AsyncConnection, target: AsyncConnection) -> None:
    """No id is given a second time, not even one whose row is gone."""
    counted = dict(tuple(row) for row in await source.execute(text("SELECT name, seq FROM sqlite_sequence")))
    for table in metadata.sorted_tables:
        if list(table.primary_key.columns.keys()) != ["id"]:
            continue
        highest = max(counted.get(table.name, 0), await target.scalar(select(func.max(table.c.id))) or 0)
        if highest:
            sequence = func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)
            await target.execute(select(sequence))
    if counted.get(history.name):
        await History(Work(target)).go_on_after(counted[history.name])


async def _check_chain(target: AsyncConnection) -> None:
    entries, walked = History(Work(target)), Walked()
    while not walked.ended and walked.broken is None:
        walked = await entries.walk(walked, _CHAIN_PAGE)
    if walked.broken is not None:
        raise StorageFault(Key.MOVE_CHAIN, entry=walked.broken.id)
