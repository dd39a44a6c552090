"""A running programme changes: its dialogue day is confirmed, or its intake window ends at another instant."""

from __future__ import annotations

from datetime import date, datetime

from bot.domain.errors import Refusal
from bot.domain.programme import Programme
from bot.ports import Clock, ProgrammeChange, Store
from bot.texts.keys import Key
from bot.usecases.running import Running


class ChangeProgramme:
    """Records a change with its reason; relative deadlines follow because they are always computed."""

    def __init__(self, store: Store, clock: Clock, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._running = running

    async def confirm_day(self, day: date, *, by: str, reason: str) -> tuple[Programme, Programme]:
        """Fix the dialogue day; returns the programme before and after. Raises Refusal without a reason."""
        return await self._record(by, reason, day=day)

    async def extend(self, closes_at: datetime, *, by: str, reason: str) -> tuple[Programme, Programme]:
        """Move the end of the intake window. Raises Refusal without a reason or where the window would be empty."""
        return await self._record(by, reason, closes_at=closes_at)

    async def _record(
        self, by: str, reason: str, *, day: date | None = None, closes_at: datetime | None = None
    ) -> tuple[Programme, Programme]:
        if not reason.strip():
            raise Refusal(Key.REFUSE_CHANGE_REASON)
        async with self._store.transaction() as tx:
            before = await self._running.programme(tx)
            if closes_at is not None and closes_at <= before.window.opens_at:
                raise Refusal(Key.REFUSE_EMPTY_WINDOW, opens=before.window.opens_at)
            change = ProgrammeChange(self._running.code, self._clock.now(), by, day, closes_at, reason.strip())
            await tx.programmes.add_change(change)
            return before, await self._running.programme(tx)
