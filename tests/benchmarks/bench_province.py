"""What a submission costs a province: work for each update, room in the database, in a backup, on the line.

    python -m tests.benchmarks.bench_province [submissions, 500 unless told]

Everybody agrees, writes and confirms; a moderator approves each. Time is the processor's, so that a busy machine changes
little. The conversation, the commits and the database are the real ones; the network and the trained classifier are not
there. The figures of docs/quy-mo-toan-quoc.md are these.
"""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import sys
import time
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.submission import Action
from classifier.corpus import read_corpus
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON, World, decide

_USUAL = 500


async def main(count: int) -> None:
    """Fill a database, print what it took."""
    texts = islice(cycle(example.text for example in read_corpus()), count)
    with TemporaryDirectory() as folder:
        file = Path(folder, "tinh.sqlite3")
        store = await SqlStore.open(empty_database(file), at=NOON)
        empty = file.stat().st_size
        world, updates, last = World(store, Path(folder)), 0, 0
        began = time.process_time()
        for number, text in enumerate(texts):
            youth = world.youth(str(10_000 + number))
            await youth.agrees()
            submission = await youth.asks(text)
            updates += 6  # /start, agreement, unit, group, words, sending
            if submission.id != last:  # words that tell of danger are kept apart, and seen by nobody here
                last = submission.id
                await decide(world, submission, Action.APPROVE)
        worked = time.process_time() - began
        said = len(await world.said_to(youth.address))
        await store.close()
        grown = file.stat().st_size - empty
        packed = len(gzip.compress(file.read_bytes()))
        with closing(sqlite3.connect(file)) as database:
            entries = database.execute("SELECT count(*) FROM history").fetchone()[0]
    lines = (
        ("submissions", f"{count}"),
        ("updates for one of them", f"{updates / count:.1f}"),
        ("messages for one of them", f"{said}"),
        ("history entries for one of them", f"{entries / count:.1f}"),
        ("processor time for an update", f"{1000 * worked / (updates + count):.1f} ms (a decision counts as one)"),
        ("room for a submission", f"{grown / count / 1024:.1f} KB, packed {packed / count / 1024:.1f} KB"),
    )
    sys.stdout.writelines(f"{what:<34}{figure}\n" for what, figure in lines)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _USUAL))
