"""Real processes at one database: every update is done once, in its chat's order, also when one of them is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.ports import RawUpdate
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON

pytestmark = pytest.mark.postgres_only

WORKERS, ROWS, CHATS = 4, 400, 37
LONG, SHORT = 600, 3  # seconds of a claim: nobody else's whatever happens, or soon to be taken over
PATIENCE = 300
TAKEN_OVER = 30  # seconds: what was promised


@pytest.fixture
async def url(tmp_path: Path) -> str:
    url = empty_database(tmp_path / "shared")
    store = await SqlStore.open(url, at=NOON)
    async with store.intake() as tx:
        updates = [RawUpdate("web", "web", str(number), str(number % CHATS), "{}") for number in range(ROWS)]
        await tx.inbox.add(updates, NOON)
    await store.close()
    return url


async def worker(url: str, claim: int, stuck_at: int = 0) -> asyncio.subprocess.Process:
    return await process("at_work", url, str(claim), str(stuck_at))


async def said_by(it: asyncio.subprocess.Process) -> str:
    """The next line that it says."""
    return (await it.stdout.readline()).decode().strip()


async def process(name: str, *arguments: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", f"tests.postgres.{name}", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE)


async def begun_by(process: asyncio.subprocess.Process) -> list[str]:
    """The updates that a worker began with, once it has ended."""
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()


async def stuck_at(process: asyncio.subprocess.Process) -> str:
    """Wait until a worker is stuck; the update that it is stuck at."""
    while line := await process.stdout.readline():
        if line.startswith(b"stuck-"):
            return line.decode().strip().removeprefix("stuck-")
    raise AssertionError("it ended before it was stuck")


async def effects(url: str) -> list[tuple[str, str]]:
    """Chat and update of all that was done, in the order in which it was done."""
    store = await SqlStore.open(url, at=NOON)
    async with store.reading() as tx:
        assert await tx.inbox.open() == 0
        done = [(entry.actor, entry.subject) for entry in await tx.history.records(after=0, limit=2 * ROWS)]
    await store.close()
    return done


def each_once_and_in_order(done: list[tuple[str, str]]) -> bool:
    numbers = [int(update) for _, update in done]
    by_chat = {chat: [int(update) for of, update in done if of == chat] for chat, _ in done}
    return sorted(numbers) == list(range(ROWS)) and all(order == sorted(order) for order in by_chat.values())


async def test_four_workers_do_each_update_once_and_keep_every_chats_order(url):
    processes = [await worker(url, LONG) for _ in range(WORKERS)]
    begun = [await begun_by(process) for process in processes]

    assert each_once_and_in_order(await effects(url))
    assert sum(map(len, begun)) == ROWS, "nobody begins with what another one is at work on"
    assert sum(bool(one) for one in begun) > 1, "several had a part in it"


async def test_what_a_killed_worker_was_at_work_on_is_done_by_another_one(url):
    others = [await worker(url, SHORT) for _ in range(WORKERS - 1)]
    victim = await worker(url, SHORT, stuck_at=5)
    async with asyncio.timeout(PATIENCE):
        said = await stuck_at(victim)
    victim.kill()
    await victim.wait()
    begun = [update for process in others for update in await begun_by(process)]

    assert said in begun
    assert each_once_and_in_order(await effects(url))


async def test_half_a_minute_after_the_leading_process_was_killed_another_one_leads(tmp_path):
    url = empty_database(tmp_path / "led")
    leader = await process("at_the_head", url)
    assert [await said_by(leader), await said_by(leader)] == ["runs", "leads"]
    others = [await process("at_the_head", url) for _ in range(2)]
    assert [await said_by(other) for other in others] == ["runs", "runs"]

    leader.kill()
    await leader.wait()
    waiting = {asyncio.ensure_future(said_by(other)) for other in others}  # noqa: TID251
    done, late = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=TAKEN_OVER)

    assert [one.result() for one in done] == ["leads"]
    for one in late:
        one.cancel()
    for other in others:
        other.kill()
        await other.communicate()
