"""A counter that goes up with every commit, for everyone who waits for something new."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection


class Pulse:
    """`beat()` after each commit; `wait(seen, timeout)` returns once the count is past `seen`, or at the timeout."""

    def __init__(self) -> None:
        self._count = 0
        self._event = asyncio.Event()
        self._followers: list[tuple[Pulse, frozenset[str]]] = []

    @property
    def count(self) -> int:
        return self._count

    def beat(self, touched: Collection[str] | None = None) -> None:
        """Something changed: in these tables of `bot.ports.Transaction`, or nobody can say where (None)."""
        self._count += 1
        waiting, self._event = self._event, asyncio.Event()
        waiting.set()
        for follower, wanted in self._followers:
            if touched is None or not wanted or not wanted.isdisjoint(touched):
                follower.beat(touched)

    def passes_on_to(self, follower: Pulse) -> None:
        """From now on each beat is one of `follower` too, which may have others besides."""
        self._followers.append((follower, frozenset()))

    def of(self, *tables: str) -> Pulse:
        """A pulse with those beats alone that may concern one of these tables: a part that lives from one table must
        not look up whenever anybody says anything.
        """
        follower = Pulse()
        self._followers.append((follower, frozenset(tables)))
        return follower

    async def wait(self, seen: int, timeout: float) -> int:  # noqa: ASYNC109
        """The present count: at once if it is past `seen`, else after the next beat, or after `timeout` seconds."""
        if self._count == seen:
            # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the beat, and whoever
            # waits could then never be stopped.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._event.wait()
        return self._count
