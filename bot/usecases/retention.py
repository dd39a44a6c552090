"""What is kept no longer than it may be: each kind of data has a term, and once a day whatever is over it goes.

Each run is on record, kind by kind, also where there was nothing to delete. Work goes in small commits, so that nobody
who writes meanwhile has to wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.deadline import midnight_after
from bot.domain.person import Person
from bot.domain.privacy import FOREVER, Erasure, Kept
from bot.domain.programme import Programme
from bot.domain.submission import SYSTEM, Submission
from bot.ports import Clock, RetentionRun, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.erase import Erase
from bot.usecases.running import Running
from bot.usecases.schedule import last_fire, started_at
from bot.usecases.voice import Voice

AT = "15 3 * * *"  # at night, when hardly anybody writes
RAN_AT = "retention_ran_at"
_AT_ONCE = 200  # in one commit

_ROWS = (Kept.FORMER, Kept.INBOX, Kept.QUARANTINE, Kept.OUTBOX, Kept.SIGN_INS, Kept.INVITATIONS, Kept.REQUESTS)
_FOLDERS = {Kept.TEMPORARY: "tam", Kept.EXPORTS: "xuat"}


class Retention:
    """`days` names the term of each kind, `data_dir` is where files lie. `erase` must not put whom it forgets on the
    list of erasures: a database that is put back is gone through here again.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        erase: Erase,
        days: Mapping[Kept, int],
        data_dir: Path,
    ) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._erase = erase
        self._days = days
        self._data_dir = data_dir
        self._gone = voice.text(Key.PRIVACY_ERASED_TEXT)
        own: dict[Kept, Callable[[datetime, bool], Awaitable[int]]] = {
            Kept.IDENTITY: self._identities,
            Kept.WORDS: self._words,
            Kept.PHOTOS: self._photos,
        }
        self._ways = own

    async def __call__(self) -> bool:
        """Run if today's run is due; whether it ran. A night that the machine slept through is made up for."""
        fire = last_fire(AT, self._clock.now())
        async with self._store.reading() as tx:
            ran = await tx.facts.get(RAN_AT) or await tx.facts.get(started_at(self._running.code))
        if ran is None or datetime.fromisoformat(ran) >= fire:
            return False
        await self.run()
        return True

    async def run(self, *, dry: bool = False) -> list[RetentionRun]:
        """Delete whatever is over its term, or (`dry`) only count it. Kinds that are kept for ever are left out."""
        now = self._clock.now()
        runs = []
        for kind, days in self._days.items():
            if days != FOREVER:
                count = await self._run(kind, now - timedelta(days=days), dry=dry)
                runs.append(RetentionRun(now, kind, days, count))
        if not dry:
            async with self._store.transaction() as tx:
                for run in runs:
                    await tx.privacy.ran(run)
                await tx.facts.put(RAN_AT, now.isoformat())
        return runs

    async def _run(self, kind: Kept, before: datetime, *, dry: bool) -> int:
        if kind in self._ways:
            return await self._ways[kind](before, dry)
        if kind in _FOLDERS:
            return await asyncio.to_thread(_old_files, self._data_dir / _FOLDERS[kind], before, dry=dry)
        return await self._rows(kind, before, dry=dry)

    async def _rows(self, kind: Kept, before: datetime, *, dry: bool) -> int:
        if dry:
            async with self._store.reading() as tx:
                return await tx.privacy.overdue(kind, before)
        gone = 0
        while True:
            async with self._store.transaction() as tx:
                some = await tx.privacy.expire(kind, before, _AT_ONCE)
            gone += some
            if some < _AT_ONCE:
                return gone

    # -------------------------------------------------------------- people

    async def _identities(self, before: datetime, dry: bool) -> int:
        """Who wrote: forgotten once they were answered, or the programme was over, so long ago. The words stay."""
        gone, after = 0, 0
        while True:
            async with self._store.reading() as tx:
                page = await tx.privacy.idle(before, after, _AT_ONCE)
                over = [one for one in page if await self._is_over(tx, one, before)]
            for person in over if not dry else ():
                await self._forget(person, before)
            gone += len(over)
            if len(page) < _AT_ONCE:
                return gone
            after = page[-1].id

    async def _forget(self, person: Person, before: datetime) -> None:
        async with self._store.transaction() as tx:
            there = await tx.people.by_id(person.id)  # whoever wrote a moment ago stays
            if there is not None and await self._is_idle(tx, there, before):
                await self._erase.person(tx, there, Erasure.KEEP, SYSTEM)

    async def _is_idle(self, tx: Transaction, person: Person, before: datetime) -> bool:
        return any(one.id == person.id for one in await tx.privacy.idle(before, person.id - 1, 1))

    async def _is_over(self, tx: Transaction, person: Person, before: datetime) -> bool:
        told = await tx.privacy.last_told(person.id)
        if told is not None and told >= before:
            return False
        found = [await tx.submissions.get(id_) for id_ in await tx.privacy.submissions_of(person.id)]
        ends = [await self._end(tx, code) for code in {one.programme for one in found if one}]
        return all(end < before for end in ends if end is not None)

    async def _end(self, tx: Transaction, code: str) -> datetime | None:
        """When a programme is over; None where no file tells of it any more."""
        if code == self._running.code:
            return _over_at(await self._running.programme(tx))
        elsewhere = self._running.elsewhere(code)
        return _over_at(elsewhere[0]) if elsewhere else None

    # -------------------------------------------------------------- words and pictures

    async def _words(self, before: datetime, dry: bool) -> int:
        """The questions themselves, where the operator wants them gone: so long after their programme."""
        async with self._store.reading() as tx:
            codes = await tx.privacy.programmes()
            over = [code for code in codes if (end := await self._end(tx, code)) is not None and end < before]
        return sum([await self._words_of(code, dry=dry) for code in over])

    async def _words_of(self, code: str, *, dry: bool) -> int:
        gone, after = 0, 0
        while True:
            async with self._store.transaction() if not dry else self._store.reading() as tx:
                ids = await tx.privacy.worded(code, after, _AT_ONCE)
                found = [await tx.submissions.get(id_) for id_ in ids]
                there: list[Submission] = [one for one in found if one is not None and one.text != self._gone]
                if not dry:
                    await self._erase.text(tx, there)
            gone += len(there)
            if len(ids) < _AT_ONCE:
                return gone
            after = ids[-1]

    async def _photos(self, before: datetime, dry: bool) -> int:
        """Photos of slips that were typed, or that nobody could read."""
        async with self._store.reading() as tx:
            old = await tx.privacy.old_photos(before)
        for id_, file in old if not dry else ():
            await forget_photo(self._store, id_, self._data_dir / "media" / file)
        return len(old)


async def forget_photo(store: Store, id_: int, file: Path) -> None:
    """Delete the picture of a slip; what is on record about it stays."""
    async with store.transaction() as tx:
        nobodys = await tx.privacy.forget_photo(id_)
    if nobodys:
        await asyncio.to_thread(file.unlink, missing_ok=True)


def _over_at(programme: Programme) -> datetime:
    day = programme.dialogue.day
    closes_at = programme.window.closes_at
    return max(closes_at, midnight_after(day)) if day else closes_at


def _old_files(folder: Path, before: datetime, *, dry: bool) -> int:
    """Files below a folder that were last written before."""
    old = [file for file in folder.rglob("*") if file.is_file() and file.stat().st_mtime < before.timestamp()]
    for file in old if not dry else ():
        file.unlink(missing_ok=True)
    return len(old)
