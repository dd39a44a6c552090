"""A few pieces of work at once, so that one which waits for a network holds up nobody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Hashable
from typing import Any

from bot.usecases.pulse import Pulse
from bot.usecases.tasks import back_within, start

_log = logging.getLogger(__name__)

_AFTER_A_FAULT = 1.0


class Hands:
    """At most `size` pieces of work, each known by a key; whenever one ends, `pulse` beats. A piece that takes more
    than `within` seconds is stuck (see tasks.overdue).
    """

    def __init__(self, size: int, pulse: Pulse, name: str, within: float) -> None:
        self._size = size
        self._pulse = pulse
        self._name = name
        self._within = within
        self._busy: dict[Hashable, asyncio.Task[None]] = {}

    @property
    def free(self) -> int:
        return self._size - len(self._busy)

    @property
    def busy_with(self) -> tuple[Any, ...]:
        """The keys of what is being done."""
        return tuple(self._busy)

    def take(self, key: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work."""
        task = self._busy[key] = start(self._do(work), self._name)
        task.add_done_callback(lambda _: self._ended(key))

    async def rest(self) -> None:
        """Come back when everything that was begun is done."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    async def drop(self) -> None:
        """Leave off: what is being done is cancelled."""
        for task in self._busy.values():
            task.cancel()
        await self.rest()

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        back_within(self._within, self._name)
        try:
            await work
        except Exception as fault:  # noqa: BLE001 - the database fails: nothing is lost, and the next look tries again
            _log.error("%s: %s", self._name, type(fault).__name__)
            await asyncio.sleep(_AFTER_A_FAULT)

    def _ended(self, key: Hashable) -> None:
        del self._busy[key]
        self._pulse.beat()
