"""What happened since the start, counted for those who watch from outside: names and numbers, nothing of anybody."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from bot.domain.errors import DeliveryError

LIMITED, FORBIDDEN = "429", "403"
"""What a platform answers: too much at once; we may not write there."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds, in seconds, of the classes that durations are counted in; the last class has none."""


@dataclass(slots=True)
class Durations:
    """How long something took: a count for each class of `BOUNDS`, one more for what took longer, and the sum."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


@dataclass(slots=True)
class Tally:
    """Counts what platforms refused to take and times the database's writing transactions."""

    refused: Counter[str] = field(default_factory=lambda: Counter({LIMITED: 0, FORBIDDEN: 0}))
    transactions: Durations = field(default_factory=Durations)

    def refusal(self, fault: DeliveryError) -> None:
        """Something could not be handed over."""
        if fault.retry_after is not None:
            self.refused[LIMITED] += 1
        elif fault.shut is not None:
            self.refused[FORBIDDEN] += 1
