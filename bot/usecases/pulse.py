"""A counter that goes up with every commit, for everyone who waits for something new."""

from __future__ import annotations

import asyncio
import contextlib


class Pulse:
    """`beat()` after each commit; `wait(seen, timeout)` returns once the count is past `seen`, or at the timeout."""

    def __init__(self) -> None:
        self._count = 0
        self._event = asyncio.Event()
        self._followers: list[Pulse] = []

    @property
    def count(self) -> int:
        return self._count

    def beat(self) -> None:
        self._count += 1
        waiting, self._event = self._event, asyncio.Event()
        waiting.set()
        for follower in self._followers:
            follower.beat()

    def passes_on_to(self, follower: Pulse) -> None:
        """From now on each beat is one of `follower` too, which may have others besides."""
        self._followers.append(follower)

    async def wait(self, seen: int, timeout: float) -> int:  # noqa: ASYNC109
        """The present count: at once if it is past `seen`, else after the next beat, or after `timeout` seconds."""
        if self._count == seen:
            # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the beat, and whoever
            # waits could then never be stopped.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._event.wait()
        return self._count
