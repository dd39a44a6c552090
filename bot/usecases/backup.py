"""Backups that are made by themselves: every hour, and once the last question before the cutoff is in.

What the machine slept through is made up for once it wakes. A backup that cannot be made is told to the moderators
once, and tried again every few minutes; nothing that young people do waits for it.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.domain.backup import AFTER_CUTOFF, Backup, Reason, is_due, superseded
from bot.domain.errors import Refusal
from bot.domain.message import Address, Say
from bot.ports import Clock, Store, Transaction, Vault
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.schedule import last_fire, started_at
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

LAST = "backup.last"
"""The fact that tells when the last good backup was made."""
FAILED = "backup.failed"
"""The fact that tells since when none can be made; "" where the last one could."""
NEVER = "off"

_LOOK_AGAIN = 15.0
_TRY_AGAIN = timedelta(minutes=5)
_WHY = {
    errno.EACCES: Key.FILES_WHY_NO_RIGHT,
    errno.EPERM: Key.FILES_WHY_NO_RIGHT,
    errno.EROFS: Key.FILES_WHY_NO_RIGHT,
    errno.ENOSPC: Key.FILES_WHY_FULL,
    errno.EDQUOT: Key.FILES_WHY_FULL,
    errno.ENOENT: Key.FILES_WHY_NO_FOLDER,
}


class Backups:
    """Makes backups of the running programme's database. `at` is a cron expression in Viet Nam's time, or NEVER."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        vault: Vault,
        program: str,
        at: str,
        boards: Collection[Address] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._vault = vault
        self._program = program
        self._at = at
        self._boards = boards
        self._failed_at: datetime | None = None

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - the next look tries again; the type says enough for a log
                _log.error("making a backup failed with %s", type(fault).__name__)
            await asyncio.sleep(_LOOK_AGAIN)

    async def look(self) -> Backup | None:
        """Make a backup if one is due; what was made. Raises what made it fail, once that is on record."""
        reason = await self._due()
        if reason is None or self._just_failed():
            return None
        try:
            made = await self._vault.make_beside(self._clock.now(), reason, self._program, self._running.code)
        except Exception as fault:
            self._failed_at = self._clock.now()
            await self._note_failure(fault)
            raise
        self._failed_at = None
        await self.note(made)
        return made

    async def note(self, made: Backup) -> None:
        """Put a good backup on record, and delete those that need not be kept any more."""
        async with self._store.transaction() as tx:
            await tx.facts.put(LAST, made.made_at.isoformat())
            if await tx.facts.get(FAILED):
                await tx.facts.put(FAILED, "")
                await self._tell(tx, Say(Key.BACKUP_WELL_AGAIN))
        await asyncio.to_thread(tidy, self._vault, self._clock.now)

    async def _due(self) -> Reason | None:
        if self._at == NEVER:
            return None
        now = self._clock.now()
        async with self._store.reading() as tx:
            closes_at = (await self._running.programme(tx)).window.closes_at
            begun = _instant(await tx.facts.get(started_at(self._running.code))) or now
            last = _instant(await tx.facts.get(LAST))
        wanted = {Reason.CUTOFF: closes_at + AFTER_CUTOFF, Reason.HOURLY: last_fire(self._at, now)}
        for reason, instant in wanted.items():
            if begun < instant and is_due(last, [instant], now):
                return reason
        return None

    def _just_failed(self) -> bool:
        return self._failed_at is not None and abs(self._clock.now() - self._failed_at) < _TRY_AGAIN

    async def _note_failure(self, fault: Exception) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if await tx.facts.get(FAILED):
                return
            await tx.facts.put(FAILED, now.isoformat())
            why = self._voice.text(why_not_saved(fault))
            await self._tell(tx, Say(Key.BACKUP_FAILED, {"at": now, "why": why, "folder": self._vault.folder}))

    async def _tell(self, tx: Transaction, say: Say) -> None:
        for board in self._boards:
            await tx.outbox.say(board, self._voice.words(say), self._clock.now())


def tidy(vault: Vault, now: Callable[[], datetime]) -> list[Backup]:
    """Delete the backups that need not be kept any more; which they were."""
    gone = superseded(vault.kept(), now())
    vault.drop(gone)
    return gone


def why_not_saved(fault: Exception) -> Key:
    """The few words that say why a backup could not be made."""
    if isinstance(fault, Refusal):
        return Key.FILES_WHY_FULL if fault.key is Key.BACKUP_NO_ROOM else Key.BACKUP_WHY_COPY
    number = fault.errno if isinstance(fault, OSError) else None
    return _WHY.get(number or 0, Key.FILES_WHY_DISK)


def _instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
