"""The machine's clock was wrong and was set back: what is due "now" by the former time must not wait until that comes.

Nothing is done twice for it: what was noted as done at an instant that lies ahead counts as done just now.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.ports import Clock, Store

LONGEST_PAUSE = timedelta(minutes=15)
"""Nothing of ours pauses longer before it is tried again."""
LONGEST_HELD = timedelta(hours=1, minutes=5)
"""Nor is news held back longer for a moderator who may take a decision back."""


class SetBack:
    """Asked at every look of the schedule. `done_at` names the facts that tell when something was done last."""

    def __init__(self, store: Store, clock: Clock, done_at: Collection[str]) -> None:
        self._store = store
        self._clock = clock
        self._done_at = done_at
        self._seen: datetime | None = None

    async def __call__(self) -> bool:
        """Mend it if the clock went back since the last look, or before this start; whether anything was mended."""
        now, seen = self._clock.now(), self._seen
        self._seen = now
        if seen is not None and seen <= now:
            return False
        async with self._store.transaction() as tx:
            mended = await tx.inbox.bring_forward(now + LONGEST_PAUSE, now)
            mended += await tx.outbox.bring_forward(now + LONGEST_PAUSE, now)
            mended += await tx.news.bring_forward(now + LONGEST_HELD, now)
            for name in self._done_at:
                noted = await tx.facts.get(name)
                if noted and datetime.fromisoformat(noted) > now:
                    await tx.facts.put(name, now.isoformat())
                    mended += 1
        return mended > 0
