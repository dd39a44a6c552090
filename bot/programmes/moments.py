"""Days and instants as a plan's file writes them; in a sample they may move with today (`today+10d 17:00`)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.domain.deadline import VIETNAM
from bot.texts.catalogue import short_day

_MOVING = re.compile(r"today(?:([+-]\d{1,4})d)?")
_IN_WORDING = re.compile(r"\{(today[^}]*)\}")
_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_HOURS = 24
_YEARS = range(2000, 2101)


class Moments:
    """Reads days and instants. `today` is given for a sample only: elsewhere a moving day cannot be read.

    Everything returns None for what cannot be read; instants come out aware, without a zone they are Viet Nam's.
    """

    def __init__(self, today: date | None) -> None:
        self._today = today

    def day(self, value: object) -> date | None:
        """A day: a TOML date, `2024-03-04`, `04/3/2024` or, in a sample, `today+10d`."""
        if isinstance(value, datetime):
            return None
        if isinstance(value, str):
            value = self._moving(value.strip()) or _written(value.strip())
        return value if isinstance(value, date) and likely_year(value.year) else None

    def instant(self, value: object) -> datetime | None:
        """A day with its hour: a TOML date-time, `2024-03-04 17:00`, `04/3/2024 17:00`; `24:00` ends that day."""
        read = self._instant(value)
        return read if read and likely_year(read.year) else None

    def _instant(self, value: object) -> datetime | None:
        if isinstance(value, datetime):
            return value.astimezone(VIETNAM) if value.tzinfo else value.replace(tzinfo=VIETNAM)
        if not isinstance(value, str):
            return None
        day_text, _, clock_text = value.strip().replace("T", " ", 1).partition(" ")
        day, clock = self.day(day_text), _CLOCK.fullmatch(clock_text.strip())
        if day is None or clock is None:
            return _with_zone(value.strip())
        return _at(day, int(clock[1]), int(clock[2]))

    def wording(self, text: str) -> str:
        """A sample's words with moving days written out: `trước ngày {today+12d}` becomes `trước ngày 04/3/2024`."""
        return _IN_WORDING.sub(self._written_out, text)

    def _written_out(self, found: re.Match[str]) -> str:
        day = self._moving(found[1])
        return found[0] if day is None else short_day(datetime.combine(day, time(), VIETNAM))

    def _moving(self, text: str) -> date | None:
        found = _MOVING.fullmatch(text)
        if self._today is None or found is None:
            return None
        return self._today + timedelta(days=int(found[1] or 0))


def likely_year(year: int) -> bool:
    """Whether a dialogue can be of that year: 0204 and 20244 are slips of the hand."""
    return year in _YEARS


def moves(value: object) -> bool:
    """Whether a value is written as a day that moves with today."""
    return isinstance(value, str) and re.match(r"\s*today\b", value) is not None


def _written(text: str) -> date | None:
    try:
        if found := _WRITTEN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None


def _at(day: date, hour: int, minute: int) -> datetime | None:
    if (hour, minute) == (_HOURS, 0):
        return datetime.combine(day + timedelta(days=1), time(), VIETNAM)
    try:
        return datetime.combine(day, time(hour, minute), VIETNAM)
    except ValueError:
        return None


def _with_zone(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.astimezone(VIETNAM) if read.tzinfo else None
