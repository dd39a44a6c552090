"""What must be done once, however many processes are at work at one database: by the process that leads.

When it dies another one takes over. One that is cut off from the database stops by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.domain.errors import NotAllowedNow
from bot.ports import Leadership, Store
from bot.texts.keys import Key
from bot.usecases.tasks import start

_log = logging.getLogger(__name__)

_LOOK_EACH = 5.0

Part = Callable[[], Coroutine[Any, Any, None]]


class Lead:
    """`parts` run, by name, for as long as this process leads; one that ends by a fault ends the whole program."""

    def __init__(self, store: Store, parts: Mapping[str, Part], *, look_each: float = _LOOK_EACH) -> None:
        self._store = store
        self._parts = parts
        self._look_each = look_each
        self._leadership: Leadership | None = None

    async def begin(self) -> None:
        """Lead, if nobody does. Raises a Refusal where another process is at work and only one may be."""
        self._leadership = await self._store.lead()
        if self._leadership is None and not self._store.shared:
            raise NotAllowedNow(Key.STORAGE_RUNS_ALREADY)

    async def run(self) -> None:
        """Lead whenever it is this process's turn, until cancelled."""
        while True:
            if self._leadership is None:
                await asyncio.sleep(self._look_each)
                await self._try()
            else:
                _log.info("this process leads")
                await self._work(self._leadership)

    async def end(self) -> None:
        """Leave it to others, where `run` was never begun."""
        if self._leadership is not None:
            leadership, self._leadership = self._leadership, None
            await leadership.end()

    async def _try(self) -> None:
        try:
            self._leadership = await self._store.lead()
        except Exception as fault:  # noqa: BLE001 - a server that is away comes back
            _log.warning("nobody knows who leads: %s", type(fault).__name__)

    async def _work(self, leadership: Leadership) -> None:
        """Until it is lost. Raises what ended a part."""
        lost = start(leadership.hold(), "leading")
        at_work = [start(part(), name) for name, part in self._parts.items()]
        try:
            done, _ = await asyncio.wait({lost, *at_work}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {lost}:
                task.result()
        finally:
            for task in (lost, *at_work):
                task.cancel()
            await asyncio.gather(lost, *at_work, return_exceptions=True)
            self._leadership = None
            await leadership.end()
