"""Putting a backup in the place of the data: only when all of it was found whole, and without deleting anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.audit import Verdict
from bot.domain.backup import Manifest
from bot.domain.errors import Refusal
from bot.domain.message import Address, Say
from bot.ports import Clock, Store, Unpacked, Vault
from bot.texts.keys import Key
from bot.usecases.audit import Audit
from bot.usecases.backup import FAILED, LAST
from bot.usecases.voice import Voice

Opens = Callable[[Path], AbstractAsyncContextManager[Store]]
"""Opens the database of a backup and brings its schema up to date."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking into a backup found. `sum_fits`: None where nobody noted what it should be."""

    manifest: Manifest
    verdict: Verdict
    sum_fits: bool | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of restoring. `aside`: where the former data is now; `erased`: people who were erased once more."""

    manifest: Manifest
    entries: int
    erased: int
    aside: Path | None


class Restore:
    """Looks into backups and restores them. `board` finds the moderators' chat, `replay` erases again whom the backup
    still knows and who has been erased since.
    """

    def __init__(
        self,
        vault: Vault,
        clock: Clock,
        voice: Voice,
        opens: Opens,
        replay: Callable[[Store], Awaitable[int]],
        board: Callable[[Store], Awaitable[Address | None]],
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._voice = voice
        self._opens = opens
        self._replay = replay
        self._board = board

    async def look(self, file: Path, identity: Path | None = None) -> Looked:
        """Read all of a backup: every sum, the database, the chain of its history. Raises a Refusal or OSError."""
        with self._vault.opened(file, identity) as unpacked:
            async with self._opens(unpacked.database) as store:
                verdict = await self._checked(store, unpacked.manifest, file)
        return Looked(unpacked.manifest, verdict, self._vault.sum_fits(file))

    async def __call__(self, file: Path, identity: Path | None = None, *, dry_run: bool = False) -> Restored:
        """Restore it; with `dry_run` everything but that. Raises a Refusal or OSError, and then nothing has changed."""
        with self._vault.opened(file, identity) as unpacked:
            manifest, now = unpacked.manifest, self._clock.now()
            async with self._opens(unpacked.database) as store:
                verdict = await self._checked(store, manifest, file)
                erased = await self._replay(store)
                await self._tell(store, manifest, now)
            aside = None if dry_run else _put_in_place(unpacked, now)
        return Restored(manifest, verdict.holds, erased, aside)

    async def _checked(self, store: Store, manifest: Manifest, file: Path) -> Verdict:
        """The chain of the history holds, and ends where the backup says. Raises a Refusal."""
        verdict = await Audit(store, self._voice).verify(manifest.head.hash)
        if verdict.broken is not None or verdict.known is False:
            broken = verdict.broken.id if verdict.broken else verdict.holds
            raise Refusal(Key.BACKUP_CHAIN, file=file.name, id=broken)
        return verdict

    async def _tell(self, store: Store, manifest: Manifest, now: datetime) -> None:
        """The moderators read it when the bot runs again: nobody else knows what came after the backup."""
        board = await self._board(store)
        async with store.transaction() as tx:
            await tx.facts.put(LAST, manifest.made_at.isoformat())
            await tx.facts.put(FAILED, "")
            if board is not None:
                words = self._voice.words(Say(Key.BACKUP_RESTORED, {"at": manifest.made_at}))
                await tx.outbox.say(board, words, now)


def _put_in_place(unpacked: Unpacked, now: datetime) -> Path:
    with unpacked.alone():
        unpacked.go_on()
        return unpacked.put_in_place(now)
