"""What noticing costs beside classifying: `python -m tests.benchmarks.bench_watch`.

Ratios matter, absolute figures drift: both are timed over the same texts in the same run, the best of several rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from classifier.corpus import read_corpus
from classifier.model import load
from classifier.watch import Watch

ROUNDS = 5
LONG = 4_000


def best(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Milliseconds a text."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for text in texts:
            work(text)
        rounds.append(time.perf_counter() - begun)
    return 1000 * min(rounds) / len(texts)


def main(models: Path) -> None:
    """Time both over short texts of the corpus, long ones made of them, and one run of words without a full stop."""
    watch, router = Watch.open(), load(models)
    corpus = [example.text for example in read_corpus()][::20]
    long = [" ".join(corpus[place : place + 60])[:LONG] for place in range(0, len(corpus) - 60, 60)]
    endless = [text.replace(".", " ").replace("?", " ").replace(",", " ").lower() for text in long]
    for name, texts in (("a text of the corpus", corpus), ("4,000 signs", long), ("4,000 without a stop", endless)):
        noticing, classifying = best(watch._look, texts), best(router.shares, texts)
        sys.stdout.write(f"{name:<24}{noticing:8.2f} ms   {noticing / classifying:5.2f} of finding its topic\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data/mo-hinh"))
