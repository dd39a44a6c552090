"""How long the classifier holds up everybody else: `python tests/benchmarks/bench_event_loop.py`.

Every step of the event loop is timed while questions are taken in and the board is read, once with a router that does
nothing and once with the real classifier; what the second adds is the classifier's.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bot.domain.submission import State
from bot.ports import Router
from classifier.corpus import read_development
from classifier.model import load
from storage.store import SqlStore
from tests.world import NOON, WordRouter, World

_PEOPLE = 20
_LONGEST = 4_000  # signs of the longest message


@contextmanager
def timed_steps() -> Iterator[list[float]]:
    """Milliseconds of every step that the event loop takes meanwhile (one callback, up to its next await)."""
    steps: list[float] = []
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.events.Handle) -> None:
        start = time.perf_counter()
        run(handle)
        steps.append(1000 * (time.perf_counter() - start))

    asyncio.events.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield steps
    finally:
        asyncio.events.Handle._run = run  # type: ignore[method-assign]


async def measured(router: Router, folder: Path) -> None:
    store = await SqlStore.open(f"sqlite+aiosqlite:///{(folder / 'bench.sqlite3').as_posix()}", at=NOON)
    world = World(store, folder / "xuat", router=router)
    texts = [row.text for row in read_development()][:200]

    async def people_ask() -> None:
        async def one(number: int) -> None:
            young = world.youth(str(number))
            await young.agrees()
            for text in texts[number::_PEOPLE]:
                await young.asks(text)

        await asyncio.gather(*(one(number) for number in range(_PEOPLE)))

    async def somebody_writes_a_page() -> None:
        young = world.youth("page")
        await young.agrees()
        await young.asks(" ".join(texts)[:_LONGEST])

    async def the_board_is_opened() -> None:
        await world.cards.facts([State.WAITING])

    for name, work in (
        ("200 questions of 20 people at once", people_ask),
        ("one question of 4,000 signs", somebody_writes_a_page),
        ("a board of 200 cards, with the words that decided", the_board_is_opened),
        ("the same board again", the_board_is_opened),
    ):
        with timed_steps() as steps:
            await work()
        sys.stdout.write(f"  {name:<52}{max(steps):>8.1f} ms at most, {np.percentile(steps, 99):.1f} ms p99\n")
    await store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        classifier = load(Path(folder))
    for name, router in (("a router of five words", WordRouter()), ("the classifier", classifier)):
        sys.stdout.write(f"{name}\n")
        gc.collect()
        gc.freeze()  # as bot.app does after its start
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measured(router, Path(folder)))


if __name__ == "__main__":
    main()
