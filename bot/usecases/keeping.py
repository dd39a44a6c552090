"""Updates that a platform brings one by one are kept in shared commits: each is safe before it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.ports import Clock, RawUpdate, Store, Transaction


@dataclass(eq=False)
class _Batch:
    """Updates that came while another commit was under way; they share the next one."""

    updates: list[RawUpdate] = field(default_factory=list)
    over: bool = False
    fault: Exception | None = None


async def _nothing(_tx: Transaction, _now: datetime) -> None:
    """What goes along with a commit where nothing else does."""


class Keeping:
    """Puts updates into the inbox. `along` writes what belongs into the same commit."""

    def __init__(
        self, store: Store, clock: Clock, along: Callable[[Transaction, datetime], Awaitable[None]] = _nothing
    ) -> None:
        self._store = store
        self._clock = clock
        self._along = along
        self._turn = asyncio.Lock()
        self._open = _Batch()

    async def __call__(self, update: RawUpdate) -> None:
        """Come back once it is committed, together with all that came meanwhile. Raises what the store raises."""
        batch = self._open
        batch.updates.append(update)
        async with self._turn:
            if not batch.over:
                await self._commit(batch)
        if batch.fault is not None:
            raise batch.fault

    async def _commit(self, batch: _Batch) -> None:
        """Whoever of the batch has the turn first does it for all. Cancelled meanwhile, the next one does it again."""
        if self._open is batch:
            self._open = _Batch()
        now = self._clock.now()
        try:
            async with self._store.intake() as tx:
                await tx.inbox.add(batch.updates, now)
                await self._along(tx, now)
        except Exception as fault:  # noqa: BLE001 - each of them hears it
            batch.fault = fault
        batch.over = True
