"""What the classifier costs: `python tests/benchmarks/bench_classifier.py`. Ratios matter, absolute figures drift.

Serving is compared with the scikit-learn road that it was folded from; cold starts are measured in fresh processes
(their memory as Linux tells it).
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from classifier.corpus import read_corpus, read_development, read_hints
from classifier.model import load
from classifier.normalise import views
from classifier.train import Lessons, fitted

ROOT = Path(__file__).parents[2]
SERVE = "from classifier.model import load; load(Path({0!r})).propose('vay vốn ở đâu')"
# The pickle is this benchmark's own; the product never reads one.
SKLEARN = "import pickle; from classifier.normalise import views; pickle.loads(Path({0!r}).read_bytes()).decision_function([views('vay vốn ở đâu')])"
MEASURE = (
    "import time; start = time.perf_counter(); from pathlib import Path; {0};"
    "taken = time.perf_counter() - start; status = Path('/proc/self/status').read_text();"
    "print(taken, int(status.split('VmHWM:')[1].split()[0]) / 1024)"
)


def say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:<46}{value:>10.2f} {unit}\n")


def percentiles(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile of one call, in milliseconds."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


def cold(program: str) -> tuple[float, float]:
    """Seconds from the first import to the first answer, and the memory at its peak in MB; median of three."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", MEASURE.format(program)], capture_output=True, text=True, check=True, cwd=ROOT
        )
        for _ in range(3)
    ]
    seconds, memory = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    return float(np.median(seconds)), float(np.median(memory))


def main() -> None:
    texts = [row.text for row in read_development()]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        classifier = load(Path(folder))
        say("training, temperature and threshold included", time.perf_counter() - start, "s")
        say("kept file", next(Path(folder).iterdir()).stat().st_size / 1e6, "MB")
        road = fitted(Lessons.of([*read_corpus(), *read_hints()]))
        kept = Path(folder) / "road.pickle"
        kept.write_bytes(pickle.dumps(road))
        classifier.propose_all(texts)
        p50, p99 = percentiles(classifier.propose, texts)
        slow50, slow99 = percentiles(lambda text: road.decision_function([views(text)]), texts)
        say("one text, served: p50", p50, "ms")
        say("one text, served: p99", p99, "ms")
        say("one text, scikit-learn: p50", slow50, "ms")
        say("one text, scikit-learn: p99", slow99, "ms")
        say("times faster", slow50 / p50, "x")
        why50, why99 = percentiles(classifier.explain, texts)
        say("the words that decided: p50", why50, "ms")
        say("the words that decided: p99", why99, "ms")
        for name, program, path in (("served", SERVE, folder), ("scikit-learn", SKLEARN, str(kept))):
            seconds, memory = cold(program.format(path))
            say(f"cold start to the first answer, {name}", seconds, "s")
            say(f"memory at its peak, {name}", memory, "MB")


if __name__ == "__main__":
    main()
