"""Who leads: one process at a time. Where only one may be at work a second one is refused; else it takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bot.domain.errors import NotAllowedNow
from bot.texts.keys import Key
from bot.usecases.lead import Lead
from bot.usecases.tasks import start
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON

PATIENCE = 20


class Process:
    """A process as it leads: says when its part begins, and when it ends."""

    def __init__(self, store: SqlStore) -> None:
        self.begun, self.ended, self.fault = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.lead = Lead(store, {"part": self._part}, look_each=0.05)
        self.task: asyncio.Task[None] | None = None

    async def _part(self) -> None:
        self.begun.set()
        try:
            await self.fault.wait()
            raise ZeroDivisionError
        finally:
            self.begun.clear()
            self.ended.set()

    async def start(self) -> None:
        await self.lead.begin()
        self.task = start(self.lead.run(), "leading")

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.lead.end()


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await event.wait()


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    url = empty_database(tmp_path / "shared.sqlite3")
    one, other = await SqlStore.open(url, at=NOON), await SqlStore.open(url, at=NOON)
    yield one, other
    await one.close()
    await other.close()


@pytest.fixture
async def first(stores) -> AsyncIterator[Process]:
    process = Process(stores[0])
    await process.start()
    await happens(process.begun)
    yield process
    await process.stop()


@pytest.fixture
async def second(stores) -> AsyncIterator[Process]:
    process = Process(stores[1])
    yield process
    await process.stop()


@pytest.mark.sqlite_only
async def test_a_second_bot_at_the_same_file_is_refused_and_the_first_goes_on(first, second):
    with pytest.raises(NotAllowedNow) as refused:
        await second.start()

    assert refused.value.key is Key.STORAGE_RUNS_ALREADY
    assert first.begun.is_set()


@pytest.mark.sqlite_only
async def test_a_command_beside_the_running_bot_works(first, stores):
    async with stores[1].transaction() as tx:
        await tx.facts.put("beside", "1")


async def test_when_the_first_has_stopped_another_one_leads(first, second):
    await first.stop()

    await second.start()

    await happens(second.begun)
    assert first.ended.is_set()


@pytest.mark.postgres_only
async def test_the_others_wait_and_one_of_them_takes_over(first, second):
    await second.start()
    waited = not second.begun.is_set()

    await first.stop()

    await happens(second.begun)
    assert waited


@pytest.mark.postgres_only
async def test_whoever_is_cut_off_from_the_database_stops_before_another_one_leads(first, second, tmp_path):
    await second.start()
    connection = await asyncpg.connect(empty_database(tmp_path / "shared.sqlite3"))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    await connection.close()

    await happens(first.ended)
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait(
            [start(first.begun.wait(), "first"), start(second.begun.wait(), "second")],
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert first.begun.is_set() + second.begun.is_set() == 1


async def test_a_part_that_fails_ends_the_program_and_leaves_the_lead_to_others(first, second):
    first.fault.set()

    with pytest.raises(ZeroDivisionError):
        await first.task

    await second.start()
    await happens(second.begun)
