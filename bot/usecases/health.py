"""How the bot is: what is measured (`Vitals`), and what that means for "alive" and "ready".

Alive: the event loop turns. Ready: the database takes writes, platforms are heard, there is room on the disk. Whoever
asks often gets the same figures for a few seconds, so that being watched costs nothing.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.submission import State
from bot.ports import Clock, Queues, Quota, Store, Transaction
from bot.texts.keys import Key
from bot.usecases import backup, tasks
from bot.usecases.contact import LAST_POLL, Contact
from bot.usecases.running import Running
from bot.usecases.schedule import EXPORT_FAILED, last_fire
from bot.usecases.tally import Tally
from bot.usecases.voice import Voice

PROBE = "health.probe"

LARGEST_LAG = 1.0
SILENT_AFTER = timedelta(seconds=60)
LITTLE_ROOM = 200 * 1024**2
"""Bytes on the disk below which nothing more should be taken in."""

_PERIOD = 0.25
_FRESH = 3.0  # seconds for which the figures serve everybody
_STATES_FRESH = 30.0  # counting submissions grows with them
_PROBE_PATIENCE = 5.0
_NEWEST = 200
_BACKUP_TAKES = timedelta(hours=2)  # tries after a failure included
_CONFLICT = timedelta(minutes=5)  # it is told again and again while it lasts


class LoopLag:
    """How late the event loop comes to what is due: a sleep of a quarter of a second, measured again and again."""

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._late = 0.0
        self._due: float | None = None

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            self._due = self._tick() + _PERIOD
            await asyncio.sleep(_PERIOD)
            self._late = max(0.0, self._tick() - self._due)

    @property
    def seconds(self) -> float:
        """How late it was the last time, or is at this moment if that is more."""
        return max(self._late, 0.0 if self._due is None else self._tick() - self._due)


@dataclass(frozen=True, slots=True)
class Vitals:
    """The figures of one look. What cannot be known while the database refuses is empty; `fault` names why it does."""

    at: datetime
    since: datetime  # the start of this process
    lag: float
    stuck: tuple[str, ...]  # parts that did not come round in time
    room: int  # bytes free on the disk of the data
    listens: bool  # whether a platform is to be heard at all
    conflict: bool  # whether somebody else takes our updates
    wrote_in: float | None = None
    fault: str = ""
    queues: Queues | None = None
    heard: datetime | None = None
    exports: int = 0
    exported: datetime | None = None
    export_failed: bool = False
    backed_up: datetime | None = None
    backup_failed: bool = False
    backup_wanted: datetime | None = None  # for when one was to be made that should long be there
    states: Mapping[State, int] = field(default_factory=dict)
    decided_after: tuple[float, ...] = ()
    quota_left: Mapping[str, int] = field(default_factory=dict)  # messages, by platform

    @property
    def silent_since(self) -> datetime:
        """Since when no platform was heard: what was before the start is nobody's fault now."""
        return max(self.heard, self.since) if self.heard else self.since

    def age(self, instant: datetime | None) -> float:
        """Seconds since an instant; 0 where there is none, or where it is still to come."""
        return max(0.0, (self.at - instant).total_seconds()) if instant else 0.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why the bot is not alive or not ready: a short name for programs, a sentence for people."""

    name: str
    says: str


class Health:
    """Measures the running bot. `contact`: with the platform that has to be heard from at least once a minute; None
    where only the web page runs. `backup_at`: when backups are made, a cron expression or NEVER. `quotas`: by platform.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        tally: Tally,
        lag: LoopLag,
        data_dir: Path,
        contact: Contact | None = None,
        backup_at: str = backup.NEVER,
        quotas: Mapping[str, Quota] | None = None,
        *,
        tick: Callable[[], float] = time.monotonic,
        room: Callable[[Path], int] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._data_dir = data_dir
        self._contact = contact
        self._backup_at = backup_at
        self._quotas = quotas or {}
        self._tick = tick
        self._room = room or (lambda folder: shutil.disk_usage(folder).free)
        self._since = clock.now()
        self._probe: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._seen: tuple[float, Vitals] | None = None
        self._counted: tuple[float, Mapping[State, int]] | None = None
        self.lag = lag
        self.tally = tally

    async def look(self) -> Vitals:
        """The figures, at most a few seconds old. Never raises for a database that refuses."""
        async with self._looking:
            if self._seen is None or self._tick() - self._seen[0] >= _FRESH:
                self._seen = (self._tick(), await self._measure())
            return self._seen[1]

    def alive(self) -> list[Complaint]:
        """Why the process should be started anew; nothing where it should not. Asks the database nothing."""
        found = []
        if self.lag.seconds >= LARGEST_LAG:
            found.append(self._complaint("loop", Key.HEALTH_LOOP, seconds=round(self.lag.seconds, 1)))
        found += [self._complaint("stuck", Key.HEALTH_STUCK, part=part) for part in tasks.overdue()]
        return found

    def unready(self, vitals: Vitals) -> list[Complaint]:
        """Why nothing should be sent here at present; nothing where all is well."""
        found = self.alive()
        if vitals.fault:
            found.append(self._complaint("database", Key.HEALTH_DATABASE, fault=vitals.fault))
        if not vitals.fault and vitals.listens and (heard := self._silence(vitals)):
            found.append(heard)
        if vitals.room < LITTLE_ROOM:
            found.append(self._complaint("disk", Key.HEALTH_DISK, free=vitals.room // 1024**2))
        return found

    def _silence(self, vitals: Vitals) -> Complaint | None:
        if vitals.heard is None:
            return self._complaint("platform", Key.HEALTH_NEVER_HEARD)
        silent = vitals.at - vitals.heard
        if silent < SILENT_AFTER:
            return None
        return self._complaint("platform", Key.HEALTH_SILENT, seconds=round(silent.total_seconds()))

    def _complaint(self, name: str, key: Key, **values: object) -> Complaint:
        return Complaint(name, self._voice.text(key, **values))

    async def _measure(self) -> Vitals:
        wrote_in, fault = await self._write()
        known: dict[str, object] = {}
        if not fault:
            try:
                known = await self._read()
            except Exception as refused:  # noqa: BLE001 - whatever it is, those who watch are to hear of it
                fault = type(refused).__name__
        return Vitals(
            at=self._clock.now(),
            since=self._since,
            lag=self.lag.seconds,
            stuck=tuple(tasks.overdue()),
            room=self._room(self._data_dir),
            listens=self._contact is not None,
            conflict=self._conflicts(),
            backup_wanted=self._backup_wanted(),
            wrote_in=wrote_in,
            fault=fault,
            **known,  # type: ignore[arg-type]
        )

    def _conflicts(self) -> bool:
        at = self._contact.conflict if self._contact else None
        return at is not None and self._clock.now() - at < _CONFLICT

    def _backup_wanted(self) -> datetime | None:
        """The latest instant that is two hours past; None where that was before this process began."""
        if self._backup_at == backup.NEVER:
            return None
        wanted = last_fire(self._backup_at, self._clock.now() - _BACKUP_TAKES)
        return wanted if wanted > self._since else None

    def _heard(self, on_record: str | None) -> datetime | None:
        """By this process or, where several share the work, by the one that listens."""
        known = (_instant(on_record), self._contact.last if self._contact else None)
        return max((instant for instant in known if instant is not None), default=None)

    async def _write(self) -> tuple[float | None, str]:
        """How long a small write takes, or why there is none. One that hangs is left to itself, not asked again."""
        if self._probe is None:
            self._probe = tasks.start(self._put_probe(), "trying to write")
        began = self._tick()
        done, _ = await asyncio.wait({self._probe}, timeout=_PROBE_PATIENCE)
        if not done:
            return None, "Timeout"
        probe, self._probe = self._probe, None
        if (fault := probe.exception()) is not None:
            return None, type(fault).__name__
        return self._tick() - began, ""

    async def _put_probe(self) -> None:
        async with self._store.transaction() as tx:
            await tx.facts.put(PROBE, self._clock.now().isoformat())

    async def _read(self) -> dict[str, object]:
        code = self._running.code
        async with self._store.reading() as tx:
            exports, exported = await tx.vitals.exported(code)
            if self._counted is None or self._tick() - self._counted[0] >= _STATES_FRESH:
                self._counted = (self._tick(), await tx.submissions.counts(code))
            return {
                "queues": await tx.vitals.queues(),
                "heard": self._heard(await tx.facts.get(LAST_POLL)),
                "exports": exports,
                "exported": exported,
                "export_failed": bool(await tx.facts.get(EXPORT_FAILED)),
                "backed_up": _instant(await tx.facts.get(backup.LAST)),
                "backup_failed": bool(await tx.facts.get(backup.FAILED)),
                "states": self._counted[1],
                "decided_after": tuple(await tx.vitals.decided_after(code, _NEWEST)),
                "quota_left": await self._quota_left(tx),
            }

    async def _quota_left(self, tx: Transaction) -> dict[str, int]:
        left = {platform: await quota.left(tx) for platform, quota in self._quotas.items()}
        return {platform: count for platform, count in left.items() if count is not None}


def _instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
