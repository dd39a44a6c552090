"""What learning from moderators is worth, and what it costs: `python -m tests.benchmarks.bench_learning`.

A machine that knows thirty texts a topic meets questions one after another; a moderator says what each is about. It
learns from every decision, from its own mistakes only, or never; what counts is how many of later texts, which nobody
has learnt, go to the right topic. Then, with the model of all shipped texts: how long the event loop of a running bot
stands still while a training runs beside it, and while it takes the new model over.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from bot.domain.deadline import VIETNAM
from bot.domain.decision import Decision
from bot.usecases.active_router import ActiveRouter
from bot.usecases.own_command import own_command
from bot.usecases.tasks import start
from classifier.corpus import Example, read_corpus
from classifier.learning import trained
from classifier.model import Classifier
from classifier.versions import Versions

# Two neighbourhoods whose topics are taken for each other.
TOPICS = (
    "viec-lam", "quan-he-lao-dong", "dao-tao-nghe", "bao-hiem", "lao-dong-nuoc-ngoai",
    "day-va-hoc", "truong-lop", "thi-tuyen-sinh", "hoc-phi-hoc-bong", "huong-nghiep",
)  # fmt: skip
_KNOWN, _JUDGED = 30, 25  # texts of each topic that the machine begins with, and that judge it
_ROUND = 250
_LONG = 20  # milliseconds that nobody shall wait for us
_BEGIN = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)

Learns = Callable[[Decision], bool]
WAYS: dict[str, Learns] = {
    "all decisions": lambda _: True,
    "corrections only": lambda one: one.topic != one.proposed,
    "never": lambda _: False,
}


def parted(seed: int, topics: Sequence[str]) -> tuple[list[Example], list[Example], list[Example]]:
    """Texts to begin with, texts that come one after another, texts that judge; each topic is in all of them."""
    chance = random.Random(seed)
    by_topic: dict[str, list[Example]] = defaultdict(list)
    for example in read_corpus():
        if example.topic in topics:
            by_topic[example.topic].append(example)
    known, stream, judged = [], [], []
    for texts in by_topic.values():
        chance.shuffle(texts)
        known += texts[:_KNOWN]
        judged += texts[_KNOWN : _KNOWN + _JUDGED]
        stream += texts[_KNOWN + _JUDGED :]
    chance.shuffle(stream)
    return known, stream, judged


def machine(known: Sequence[Example], decisions: Sequence[Decision]) -> Classifier:
    """A machine that learnt from texts and decisions as the product does."""
    return Classifier(trained(known, decisions))


def share_right(classifier: Classifier, texts: Sequence[Example]) -> float:
    """How many of these texts are given their topic, 0 to 1."""
    return sum(classifier.propose(text.text).topic == text.topic for text in texts) / len(texts)


def decided(classifier: Classifier, texts: Sequence[Example], after: int) -> list[Decision]:
    """What a moderator who is always right makes of the next texts."""
    return [
        Decision(number, text.text, text.topic, classifier.propose(text.text).topic, _BEGIN + timedelta(minutes=number))
        for number, text in enumerate(texts, after)
    ]


def at_once(seed: int, topics: Sequence[str]) -> dict[str, float]:
    """The share of the judging texts that each way gets right after one training on all that came."""
    known, stream, judged = parted(seed, topics)
    decisions = decided(machine(known, []), stream, 0)
    return {
        name: share_right(machine(known, [one for one in decisions if way(one)]), judged) for name, way in WAYS.items()
    }


def step_by_step(way: Learns, seed: int, topics: Sequence[str]) -> list[float]:
    """The same at the beginning and after each round: what was learnt decides what there is to correct."""
    known, stream, judged = parted(seed, topics)
    classifier = machine(known, [])
    learnt: list[Decision] = []
    found = [share_right(classifier, judged)]
    for begin in range(0, len(stream), _ROUND):
        learnt += [one for one in decided(classifier, stream[begin : begin + _ROUND], begin) if way(one)]
        classifier = machine(known, learnt)
        found.append(share_right(classifier, judged))
    return found


async def gaps_during(work: Callable[[], Awaitable[object]]) -> tuple[list[float], float]:
    """The pauses in milliseconds of something that wants to run every millisecond, and the seconds of `work`."""
    gaps: list[float] = []
    ended = False

    async def tick() -> None:
        while not ended:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(1000 * (time.perf_counter() - before))

    begun = time.perf_counter()
    ticking = start(tick(), "ticking")
    await work()
    ended = True
    await ticking
    return gaps, time.perf_counter() - begun


async def beside_a_running_bot(folder: Path) -> None:
    """What a bot feels of a training in a process of its own, and of the exchange of models."""
    versions = Versions(folder)
    versions.serve()
    router = ActiveRouter(versions.serve, versions)
    environment = {"DOITHOAI_DATA_DIR": str(folder / "anew"), "DOITHOAI_PROGRAMME": "mau", "OMP_NUM_THREADS": "1"}

    async def exchanged() -> None:
        (folder / "phan-loai-other.npz").touch()  # something changed, so the model that answers is read again
        assert await asyncio.to_thread(router.refresh)
        (folder / "phan-loai-other.npz").unlink()

    async def nothing() -> None:
        await asyncio.sleep(5)

    for name, work in (
        ("nothing", nothing),
        ("reading another model", exchanged),
        ("a training in another process", lambda: own_command(("train", "--at-night", "--json"), environment)),
    ):
        gaps, seconds = await gaps_during(work)
        longer = sum(gap > _LONG for gap in gaps)
        sys.stdout.write(
            f"  {name:<32}{max(gaps):8.1f} ms at most, p99.9 {np.percentile(gaps, 99.9):.1f} ms, "
            f"{longer} over {_LONG} ms, in {seconds:.1f} s\n"
        )


def main() -> None:
    say = sys.stdout.write
    say("how long the event loop stands still during\n")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(beside_a_running_bot(Path(folder)))
    say("one training on all that came\n")
    for seed in range(1, 6):
        shares = "   ".join(f"{name} {100 * share:.1f} %" for name, share in at_once(seed, TOPICS).items())
        say(f"  seed {seed}: {shares}\n")
        sys.stdout.flush()
    say(f"a training after each {_ROUND} questions\n")
    for name in ("all decisions", "corrections only"):
        shares = " ".join(f"{100 * share:5.1f}" for share in step_by_step(WAYS[name], 1, TOPICS))
        say(f"  {name:<18}{shares}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
