"""How fast one browser, and one address on the net, may ask: buckets that fill up again, held in memory only."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST = 20_000  # visitors that are remembered; the one that asked longest ago is forgotten first
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """So many at once, and from then on as many a minute."""

    at_once: int
    a_minute: int


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """One bucket for each visitor and kind of request. `tick` counts seconds from any beginning, forwards only."""

    def __init__(self, tick: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._tick = tick
        self._most = most
        self._buckets: OrderedDict[object, _Bucket] = OrderedDict()

    def wait(self, visitor: object, pace: Pace) -> float:
        """0 where this request may go on now (and then it is counted), else the seconds until one may."""
        now = self._tick()
        bucket = self._buckets.setdefault(visitor, _Bucket(pace.at_once, now))
        self._buckets.move_to_end(visitor)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        bucket.left = min(pace.at_once, bucket.left + (now - bucket.at) * pace.a_minute / _MINUTE)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) * _MINUTE / pace.a_minute
        bucket.left -= 1
        return 0.0
