"""The file at the cutoff is sealed: what comes in time but is decided later goes into numbered supplements.

A supplement holds every submission that is on time (typed before the cutoff, or confirmed within the grace), approved,
and in no sealed file yet. Late ones never come in. See docs/chuong-trinh.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

CUTOFF = "cutoff:"
WEEK = "week:"
SUPPLEMENT = "supplement:"

QUIET = timedelta(minutes=15)
"""How long nothing was decided before a supplement is made where nothing on time waits any more."""

PATIENCE = timedelta(hours=24)
"""How long a decided submission waits for those that are not decided yet."""


def occasion_of_week(fire: datetime, before: datetime) -> str:
    """The name of a run by schedule: its day, and its hour where the run `before` it was on the same day."""
    return f"{WEEK}{fire:%Y-%m-%d}" if fire.date() != before.date() else f"{WEEK}{fire:%Y-%m-%dT%H:%M}"


def occasion_of_cutoff(closes_at: datetime) -> str:
    """The name of the run at the cutoff; an extended window has another one."""
    return f"{CUTOFF}{closes_at.isoformat()}"


def occasion_of_supplement(number: int) -> str:
    """The name of the n-th supplement of a programme."""
    return f"{SUPPLEMENT}{number}"


def supplement_due(decided: Collection[datetime], undecided: int, now: datetime) -> bool:
    """Whether to make a supplement now of submissions that were approved at these instants.

    `undecided`: how many others that are on time still wait. Moderators decide one after the other, and a file for each
    would be of no use to anybody.
    """
    if not decided:
        return False
    rested = undecided == 0 and max(decided) + QUIET <= now
    return rested or min(decided) + PATIENCE <= now
