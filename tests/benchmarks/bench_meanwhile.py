"""What a workbook in the making costs those who write to the bot: `python -m tests.benchmarks.bench_meanwhile [ISSUES
[BOOKS]]`.

A database of 10,000 issues; people ask, one after the other: with nothing else to do, and while the weekly workbook is
made as the schedule makes it, from the first look at the database until it is on record. By turns, so that a busy
machine falls on both. What counts is how long a question takes from its coming until its answer is on record, and for
how long at most the event loop did not come round.

Written in a child but read, covered and remembered in the bot's own process, a book cost 7.9 to 12.9 x at p99 and stalled
the loop for 416 and 750 ms. Since all of it is a child's: 1.05 x at p50, 3.2 x at p99 and 157 ms in one book, on a
machine where others were at work too; measure on a quiet one before believing the second figure.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import numpy as np

from bot.app import Desk, open_desk
from bot.domain.message import Inbound, Typed
from bot.domain.submission import Action, State, receipt_code
from bot.settings import Settings
from bot.usecases.exporting import Exporting
from bot.usecases.tasks import start
from tests.samples import corpus
from tests.world import GROUP, NOON, PROGRAMME, World, Youth, decide

_ALONE = 200  # questions in each turn with nothing else to do
_PAUSE = 0.01  # seconds between two questions: people do not wait for each other
_TICK = 0.002
_DATABASE = "dien-tap.sqlite3"


async def filled(data_dir: Path, issues: int) -> None:
    """A database in which so many questions were asked and approved, each an issue of its own: one by hand, the others
    after its likeness.
    """
    settings = Settings(_env_file=None, data_dir=data_dir)
    async with open_desk(settings, PROGRAMME, as_of=NOON) as desk:
        world = World(desk.store, data_dir / "xuat", clock=desk.clock)
        young = world.youth("1")
        await young.agrees()
        await decide(world, await young.asks("Bao giờ quê em có xe buýt?"), Action.APPROVE)
        async with desk.store.reading() as tx:
            programme, routing = await desk.running.view(tx)
    chance, texts = random.Random(1), [example.text for example in corpus()]
    routes = [(topic, route) for topic, route in routing.routes.items() if route.lead]
    with closing(sqlite3.connect(data_dir / _DATABASE)) as database, database:
        for number in range(2, issues + 1):
            topic, route = chance.choice(routes)
            words = " ".join(chance.choices(texts, k=chance.randint(1, 3)))
            code = receipt_code(programme.receipt_prefix, number)
            unit = f"Huyện số {chance.randrange(10)}"
            of_issue = {"number": number, "topic": topic, "lead": route.lead, "founder": number}
            _like_first(database, "issues", number, of_issue | {"supporting": json.dumps(route.supporting)})
            same = {"topic": topic, "issue_id": number}
            own = {"number": number, "code": code, "text": words, "unit": unit, "last_decision": 2 * number}
            _like_first(database, "submissions", number, same | own)
            _like_first(database, "history", 2 * number - 1, {"submission_id": number, "topic": topic})
            _like_first(database, "history", 2 * number, same | {"submission_id": number}, first=2)
        database.execute("UPDATE counters SET value = ?", (issues,))


def _like_first(database: sqlite3.Connection, table: str, id_: int, other: dict[str, object], first: int = 1) -> None:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    other = {"id": id_, **other}
    values = ", ".join("?" if name in other else name for name in names)
    given = [other[name] for name in names if name in other]
    database.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE id = {first}", given)


class Intake:
    """People who ask, one after the other, each in a chat of their own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count(1000)
        self._updates = count(1)

    async def ready(self, chats: int) -> list[Youth]:
        """People who agreed already."""
        people = [self._world.youth(str(next(self._numbers))) for _ in range(chats)]
        for one in people:
            await one.agrees()
        return people

    async def ask(self, people: Sequence[Youth], until: Callable[[], bool]) -> list[float]:
        """Milliseconds that each question took, asked by turns until it is time to stop."""
        found: list[float] = []
        while not until():
            address = people[len(found) % len(people)].address
            began = time.perf_counter()
            for typed in (f"Bao giờ xã em có lớp dạy nghề số {next(self._numbers)}?", "1"):
                await self._world.receive(
                    Inbound(address, str(next(self._updates)), self._world.clock.now(), Typed(typed))
                )
            found.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(_PAUSE)
        return found


class Stalls:
    """How long the event loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_TICK)
            self.longest = max(self.longest, 1000 * (time.perf_counter() - began - _TICK))


async def watched(work: Awaitable[list[float]]) -> tuple[list[float], float]:
    """What the work found, and the longest stall meanwhile."""
    stalls = Stalls()
    watching = start(stalls.watch(), "stalls")
    try:
        return await work, stalls.longest
    finally:
        watching.cancel()


async def meanwhile(intake: Intake, people: Sequence[Youth], exporting: Exporting, week: int) -> list[float]:
    making = start(exporting.make("theo lịch", f"week:{week}"), "book")
    found = await intake.ask(people, making.done)
    assert making.result()
    return found


async def measured(data_dir: Path, books: int) -> None:
    settings = Settings(_env_file=None, data_dir=data_dir)
    async with open_desk(settings, PROGRAMME, as_of=NOON + timedelta(days=1)) as desk:
        world = World(desk.store, data_dir / "xuat", clock=desk.clock)
        exporting = _exporting(desk)
        intake = Intake(world)
        people = await intake.ready(20)
        gc.collect()
        gc.freeze()  # as bot.app does after its start
        await intake.ask(people, _after(50))
        alone: list[float] = []
        beside: list[float] = []
        for week in range(books):
            quiet, rest = await watched(intake.ask(people, _after(_ALONE)))
            began = time.perf_counter()
            busy, stall = await watched(meanwhile(intake, people, exporting, week))
            took = time.perf_counter() - began
            alone, beside = alone + quiet, beside + busy
            _say(f"alone {week + 1}", quiet, quiet, f"longest stall {rest:.0f} ms")
            _say(f"book {week + 1}", busy, quiet, f"longest stall {stall:.0f} ms, {took:.1f} s the book")
        _say("alone", alone, alone, "")
        _say("beside", beside, alone, f"load {os.getloadavg()[0]:.1f}")
        assert len(await world.submissions(State.WAITING)) == len(alone) + len(beside) + 50


def _exporting(desk: Desk) -> Exporting:
    return desk.exporting((GROUP,))


def _after(questions: int) -> Callable[[], bool]:
    left = iter(range(questions))
    return lambda: next(left, None) is None


def _say(name: str, times: Sequence[float], base: Sequence[float], more: str) -> None:
    shares = (50, 95, 99)
    found, against = np.percentile(times, shares), np.percentile(base, shares)
    figures = "".join(
        f"  p{share} {one:6.1f} ms ({one / other:.2f} x)"
        for share, one, other in zip(shares, found, against, strict=True)
    )
    sys.stdout.write(f"{name:<9}{len(times):>5} questions{figures}  most {max(times):.0f}  {more}\n")
    sys.stdout.flush()


async def main(issues: int, books: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await filled(Path(folder), issues)
        await measured(Path(folder), books)


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]]
    asyncio.run(main(*(sizes + [10_000, 3][len(sizes) :])))
