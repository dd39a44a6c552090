"""What finding similar texts costs and finds: `python -m tests.benchmarks.bench_similar [10000 100000]`.

Ratios matter, absolute figures drift: every query is set against a linear scan with rapidfuzz over the same texts in the
same run. The collection: 1,000 texts of the corpus that are asked once more in another form (their originals), and for
the rest the other texts of the corpus, then new ones composed of clauses of one topic. No clause of an original or of a
text that a copy is merged with stands in any other text, so whatever else is found is a mistake.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from rapidfuzz import fuzz, process

from bot.domain.workbook import Slip
from bot.ports import SlipFile
from classifier.corpus import Example, read_corpus
from classifier.likeness import weights
from classifier.normalise import views
from classifier.similar import FLOOR, SimilarTexts, groups
from storage.store import SqlStore
from tests.benchmarks.bench_event_loop import timed_steps
from tests.copies import COPIES, clauses, merged
from tests.world import NOON, World

PAIRS = Path(__file__).parents[1] / "unit/data/similar.jsonl"
ORIGINALS = 1_000
SHORTEST = 30  # signs; shorter texts are greetings and single words
SHORTEST_CLAUSE = 12
SCANNED = 60  # queries of the linear scan, which is slow


def say(name: str, value: float, unit: str = "") -> None:
    sys.stdout.write(f"{name:<46}{value:>10.3f} {unit}\n")


class Collection:
    """The texts to search in, the originals among them, and texts that are merged with a copy and are not held."""

    def __init__(self, size: int) -> None:
        chance = Random("similar")
        corpus = [example for example in read_corpus() if len(example.text) >= SHORTEST]
        chance.shuffle(corpus)
        self.originals = [example.text for example in corpus[:ORIGINALS]]
        self.partners = [example.text for example in corpus[ORIGINALS : 2 * ORIGINALS]]
        others = corpus[2 * ORIGINALS :]
        self.texts = [*self.originals, *(example.text for example in others)][:size]
        self.texts += islice(composed(others, chance), size - len(self.texts))


def composed(examples: Sequence[Example], chance: Random):
    """Texts of two to four clauses of one topic, without end."""
    of_topic: dict[str, list[str]] = {}
    for example in examples:
        parts = (clause for clause in clauses(example.text) if len(clause) >= SHORTEST_CLAUSE)
        of_topic.setdefault(example.topic, []).extend(parts)
    topics = sorted(topic for topic, parts in of_topic.items() if len(parts) > 4)
    while True:
        yield ". ".join(chance.sample(of_topic[chance.choice(topics)], chance.choice((2, 2, 3, 3, 4))))


def resident() -> float:
    """The memory of this process in MB, as Linux tells it."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def percentiles(work: Callable[[str], object], queries: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds of this thread's own time: others use the machine too."""
    taken = []
    for query in queries:
        start = time.thread_time()
        work(query)
        taken.append(1000 * (time.thread_time() - start))
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


def f1(right: int, named: int, wanted: int) -> float:
    return 2 * right / (named + wanted)


def found_again(collection: Collection, similar: SimilarTexts) -> list[str]:
    """Print how well each kind of copy is found; returns all queries."""
    queries: list[str] = []
    totals = [0, 0, 0]
    kinds = {**COPIES, "merged": lambda text, place: merged(text, collection.partners[place], place)}
    for kind, copy in kinds.items():
        asked = [copy(text, place) for place, text in enumerate(collection.originals)]
        hits = [[one.id for one in similar.nearest(text)] for text in asked]
        counts = (sum(place in ids for place, ids in enumerate(hits)), sum(map(len, hits)), len(asked))
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        say(f"  F1, {kind}", f1(*counts))
        queries += asked
    say("  F1, all kinds", f1(*totals))
    say("  precision", totals[0] / totals[1])
    say("  recall", totals[0] / totals[2])
    return queries


def measure(size: int) -> None:
    sys.stdout.write(f"\n{size:,} texts\n")
    collection = Collection(size)
    weights()
    before, start = resident(), time.thread_time()
    similar = SimilarTexts()
    for first in range(0, size, 500):
        similar.put(enumerate(collection.texts[first : first + 500], first))
    say("building, 500 at a time", time.thread_time() - start, "s")
    say("memory it took", resident() - before, "MB")
    queries = Random(1).sample(found_again(collection, similar), 2_000)
    p50, p99 = percentiles(similar.nearest, queries)
    say("one query: p50", p50, "ms")
    say("one query: p99", p99, "ms")
    words = [" ".join(sorted(views(text).folded.split())) for text in collection.texts]

    def scan(text: str) -> object:
        sought = " ".join(sorted(views(text).folded.split()))
        return process.extract(sought, words, scorer=fuzz.ratio, processor=None, limit=3, score_cutoff=70)

    slow50, slow99 = percentiles(scan, queries[:SCANNED])
    say("linear rapidfuzz scan: p50", slow50, "ms")
    say("linear rapidfuzz scan: p99", slow99, "ms")
    say("times faster (p50)", slow50 / p50, "x")


def measure_groups(size: int) -> None:
    texts = Collection(size).texts
    texts[-ORIGINALS:] = [COPIES["everything"](text, place) for place, text in enumerate(texts[:ORIGINALS])]
    start = time.thread_time()
    made = groups(list(enumerate(texts)))
    say(f"groups over {size:,} texts ({len(made)} found)", time.thread_time() - start, "s")


def by_hand() -> None:
    """Pairs written by hand; the floor was chosen on the rows with an even number."""
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]

    def reported(pairs: list[tuple[str, str]]) -> float:
        hits = 0
        for text, other in pairs:
            similar = SimilarTexts()
            similar.put([(0, text)])
            hits += bool(similar.nearest(other))
        return 100 * hits / len(pairs)

    sys.stdout.write(f"\npairs written by hand, reported at {FLOOR}\n")
    say("  same question, other words (150)", reported([(row["text"], row["same"]) for row in rows]), "%")
    for name, part in (("chosen on", rows[::2]), ("judged on", rows[1::2])):
        hard = [(row["text"], other) for row in part for other in row["not"]]
        say(f"  other question, same words ({name}, {len(hard)})", reported(hard), "%")


async def measure_the_loop(size: int, folder: Path) -> None:
    """How long the event loop is held up at most, while everything is done in threads beside it."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{(folder / 'bench.sqlite3').as_posix()}", at=NOON)
    world = World(store, folder / "xuat")
    slips = tuple(Slip(line, text, "", "", None, "") for line, text in enumerate(Collection(size).texts))
    await world.importing(SlipFile(slips, ()), by="bench")

    async def filled() -> None:
        while await world.similar.step():
            pass

    async def cards() -> None:
        for id_ in range(1, 201):
            await world.cards.one(id_)

    sys.stdout.write(f"\nthe event loop, {size:,} submissions\n")
    for name, work in (("filling the index", filled), ("200 cards", cards), ("groups", world.groups.make)):
        gc.collect()
        gc.freeze()  # as bot.app does after its start
        with timed_steps() as steps:
            await work()
        say(f"  longest step: {name}", max(steps), "ms")
    await store.close()


def main() -> None:
    for size in [int(given) for given in sys.argv[1:]] or [10_000, 100_000]:
        measure(size)
    measure_groups(10_000)
    by_hand()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure_the_loop(5_000, Path(folder)))


if __name__ == "__main__":
    main()
