"""A counter that goes up with every commit, for everyone who waits for something new."""

from __future__ import annotations

import asyncio


class Pulse:
    """`beat()` after each commit; `wait(seen, timeout)` returns once the count is past `seen`, or at the timeout."""

    def __init__(self) -> None:
        self._count = 0
        self._event = asyncio.Event()

    @property
    def count(self) -> int:
        return self._count

    def beat(self) -> None:
        self._count += 1
        waiting, self._event = self._event, asyncio.Event()
        waiting.set()

    async def wait(self, seen: int, timeout: float) -> int:  # noqa: ASYNC109
        """The present count: at once if it is past `seen`, else after the next beat, or after `timeout` seconds."""
        if self._count == seen:
            try:
                await asyncio.wait_for(self._event.wait(), timeout)
            except TimeoutError:
                return self._count
        return self._count
