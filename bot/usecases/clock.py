"""The clock of a run: the real one, or in a rehearsal the real one moved to another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.deadline import VIETNAM


class WallClock:
    """Now, in Viet Nam. With `as_of` the clock starts at that instant and runs on from there.

    The platforms' dates are moved by the same amount, so that the rule for the cutoff is the same in a rehearsal.
    """

    def __init__(self, as_of: datetime | None = None) -> None:
        self._offset = timedelta() if as_of is None else as_of - datetime.now(UTC)

    def now(self) -> datetime:
        return self.shifted(datetime.now(UTC))

    def shifted(self, platform_instant: datetime) -> datetime:
        return (platform_instant + self._offset).astimezone(VIETNAM)
