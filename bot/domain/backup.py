"""Backups: what one says of itself, which of them are kept, and when the next one is due."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.audit import Head
from bot.domain.deadline import VIETNAM

FORMAT = 1
AFTER_CUTOFF = timedelta(minutes=5)
"""The last questions are in by then, and whoever loses the machine that evening loses none of them."""

# How old a backup may be to be kept, and of which stretch of time the latest one is kept alone.
_ALL, _HOURLY, _DAILY, _WEEKLY = timedelta(hours=1), timedelta(days=2), timedelta(days=30), timedelta(days=366)


class Reason(StrEnum):
    """Why a backup was made."""

    HOURLY = "hourly"
    CUTOFF = "cutoff"
    UPGRADE = "upgrade"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Part:
    """A file within a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: `rows` by table and `head` of the history as they stood in the database."""

    format: int
    made_at: datetime
    reason: Reason
    program: str
    programme: str
    revision: str
    rows: Mapping[str, int]
    head: Head
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in its folder, as far as its name and size tell.

    `before_upgrade`: it holds the data as an older program left them.
    """

    file: str
    made_at: datetime
    size: int
    encrypted: bool
    before_upgrade: bool


def superseded(kept: Iterable[Backup], now: datetime) -> list[Backup]:
    """Those that need not be kept: all are for an hour; the latest of each hour for two days; of each day for a month;
    of each week for a year. What was made before an upgrade is kept for a month, the newest always.
    """
    newest_first = sorted(kept, key=lambda one: (one.made_at, one.file), reverse=True)
    stood_for: set[Hashable] = set()
    gone = []
    for one in newest_first:
        stretches = _stretches(one, now)
        if one is not newest_first[0] and stretches <= stood_for:
            gone.append(one)
        stood_for |= stretches
    return gone


def _stretches(one: Backup, now: datetime) -> set[Hashable]:
    """What this backup may be the latest of, by its age; nothing where it is too old for anything."""
    local = one.made_at.astimezone(VIETNAM)
    age = now - one.made_at
    rules: tuple[tuple[timedelta, Hashable], ...] = (
        (_ALL, one.file),
        (_HOURLY, (local.date(), local.hour)),
        (_DAILY, local.date()),
        (_DAILY, one.file if one.before_upgrade else local.date()),
        (_WEEKLY, tuple(local.isocalendar())[:2]),
    )
    return {stretch for longest, stretch in rules if age < longest}


def is_due(last: datetime | None, wanted: Collection[datetime], now: datetime) -> bool:
    """Whether a backup should have been made since the last one. `wanted`: the instants for which one is made.

    A last one that lies ahead was noted while the machine's clock was wrong, and says nothing.
    """
    past = [instant for instant in wanted if instant <= now]
    return bool(past) and (last is None or last > now or last < max(past))
