"""What a workbook in the making costs those who write to the bot: `python tests/benchmarks/bench_meanwhile.py [ISSUES]`.

The same questions are taken in, one after the other: with nothing else to do, and while a workbook of 10,000 issues is
written over and over, as the bot does it (a process of its own) and as it would in a thread. What counts is how long a
question takes from its coming until its answer is on record.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import numpy as np

from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from exports.workbook import ExcelWorkbooks, _make
from storage.store import SqlStore
from tests.benchmarks.bench_workbook import content
from tests.world import NOON, World

_WORDS = Catalogue.load()
_QUESTIONS = 120
_PAUSE = 0.01  # seconds between two questions: people do not wait for each other


async def taken_in(folder: Path) -> list[float]:
    """Milliseconds that each question took."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{(folder / 'bench.sqlite3').as_posix()}", at=NOON)
    world = World(store, folder / "xuat")
    young = world.youth("1")
    await young.agrees()
    found = []
    for number in range(_QUESTIONS):
        began = time.perf_counter()
        await young.asks(f"Bao giờ xã em có lớp dạy nghề số {number}?")
        found.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(_PAUSE)
    await store.close()
    return found


def in_this_process(what: Content, file: Path) -> None:
    """As a thread of the bot would write it."""
    _make(file, what, _WORDS, lambda _: None)


WAYS: dict[str, Callable[[Content, Path], None] | None] = {
    "alone": None,
    "beside, our way": ExcelWorkbooks(_WORDS).write,
    "beside, in a thread": in_this_process,
}


def measured(issues: int) -> None:
    what = content(issues)
    gc.collect()
    gc.freeze()  # as bot.app does after its start
    base: list[float] = []
    for name, write in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            done = Event()
            thread = Thread(target=_until, args=(done, write, what, Path(folder) / "bang.xlsx"))
            thread.start()
            times = asyncio.run(taken_in(Path(folder)))
            done.set()
            thread.join()
        base = base or times
        (half, most), (half_alone, most_alone) = np.percentile(times, [50, 99]), np.percentile(base, [50, 99])
        sys.stdout.write(
            f"  {name:<22}{half:>8.1f} ms p50 ({half / half_alone:.2f} x)"
            f"{most:>8.1f} ms p99 ({most / most_alone:.2f} x)\n"
        )


def _until(done: Event, write: Callable[[Content, Path], None] | None, what: Content, file: Path) -> None:
    while write and not done.is_set():
        write(what, file)


if __name__ == "__main__":
    measured(int(sys.argv[1]) if sys.argv[1:] else 10_000)
