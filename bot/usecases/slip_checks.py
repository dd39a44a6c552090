"""What a slip file is asked beside its shape, once the programme is known: days that can be, units of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.deadline import VIETNAM
from bot.domain.programme import Programme
from bot.domain.text import fold
from bot.domain.workbook import BadSlip, Slip
from bot.ports import Clock, SlipFile, Store
from bot.texts.catalogue import short_day
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_LONG_AGO = timedelta(days=365)


class CheckSlips:
    """Looks at the slips of a file beside the running programme. Changes nothing."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running

    async def __call__(self, file: SlipFile, received: datetime | None = None) -> SlipFile:
        """The same file where rows of a day that cannot be are bad ones, and with the units that the plan does not
        list. `received` (aware) is the day of rows that name none.
        """
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
        good: list[Slip] = []
        bad = list(file.bad)
        for slip in file.slips:
            if why := self._why(slip.received or received, programme):
                bad.append(BadSlip(slip.line, why, self._voice.text(Key.XL_PLACE_LINE, line=slip.line)))
            else:
                good.append(slip)
        bad.sort(key=lambda one: one.line)
        return replace(file, slips=tuple(good), bad=tuple(bad), strange_units=_strange(good, programme))

    def _why(self, received: datetime | None, programme: Programme) -> str:
        """Why nobody can have received a slip on that day; "" where somebody can."""
        if received is None:
            return ""
        day, opens = _day(received), _day(programme.window.opens_at)
        if day > _day(self._clock.now()):
            return self._voice.text(Key.XL_BAD_FUTURE, day=short_day(day))
        if day < opens - _LONG_AGO:
            return self._voice.text(Key.XL_BAD_LONG_AGO, day=short_day(day), opens=short_day(opens))
        return ""


def _day(instant: datetime) -> date:
    return instant.astimezone(VIETNAM).date()


def _strange(slips: Iterable[Slip], programme: Programme) -> tuple[str, ...]:
    """Each unit that the plan does not list, once, as it was first typed; none where the plan lists no units."""
    known = {fold(unit) for unit in programme.units}
    strange: dict[str, str] = {}
    for slip in slips if known else ():
        if slip.unit and (folded := fold(slip.unit)) not in known:
            strange.setdefault(folded, slip.unit)
    return tuple(strange.values())
