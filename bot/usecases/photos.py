"""The queue of photographed paper slips: sent to the moderators' group, fetched, taken by one person, typed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.errors import AlreadyDecided, DeliveryError, NotFound, Refusal
from bot.domain.message import Address, ChannelName, Words
from bot.domain.photo import HOLD, MAX_BYTES, NewPhoto, Photo, PhotoState, picture_kind
from bot.domain.role import RIGHTS, By
from bot.domain.workbook import Slip
from bot.ports import Clock, PhotoSource, SlipFile, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.import_slips import Imported, ImportSlips
from bot.usecases.pulse import Pulse
from bot.usecases.rights import Rights, may_act
from bot.usecases.running import Running
from bot.usecases.tasks import keep_stepping
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)
_LOOK_AGAIN = 30.0
_AFTER_A_FAULT = 30.0
_ENDED_SHOWN = 20
_LONGEST_UNIT = 200
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo in the moderators' group. `asked`: it came with (or as the answer to) the command that makes it a slip;
    without that it counts only where it belongs to an album that was asked for. `size` in bytes, 0 where unknown.
    """

    address: Address
    file_id: str
    unique_id: str
    size: int
    at: datetime
    by: str
    account: str
    asked: bool
    album: str = ""
    unit: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """One slip as somebody read it off a photo."""

    text: str
    unit: str = ""
    youth_group: str = ""


class Photos:
    """Takes photos in, fetches them into `folder`, and turns what is typed from them into submissions."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        rights: Rights,
        importing: ImportSlips,
        folder: Path,
    ) -> None:
        """A photo that came by a bot without a source (see `come_from`) waits."""
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._rights = rights
        self._importing = importing
        self._folder = folder
        self._sources: dict[tuple[ChannelName, str], PhotoSource] = {}
        self._pause: dict[int, datetime] = {}

    def come_from(self, channel: ChannelName, bot: str, source: PhotoSource) -> None:
        """`source` fetches what is sent to this bot, in whatever chat."""
        self._sources[channel, bot] = source

    # -------------------------------------------------------------- sent to the group

    async def receive(self, sent: Sent, inbox_id: int | None = None) -> None:
        """Put a photo into the queue and say how many wait; the kept update is marked done in the same commit.

        A photo that is none of ours changes nothing. A refusal is answered.
        """
        async with self._store.transaction() as tx:
            if inbox_id is not None and await tx.inbox.is_done(inbox_id):
                return
            first = await tx.photos.of_album(sent.address, sent.album) if sent.album else None
            if sent.asked or first is not None:
                try:
                    answer = await self._take_in(tx, sent, first)
                except Refusal as refusal:
                    answer = self._voice.text(refusal.key, **refusal.values)
                if answer:
                    words = Words(self._voice.marked(answer))
                    await tx.outbox.say(sent.address, words, self._clock.now(), thread=sent.thread)
            if inbox_id is not None:
                await tx.inbox.done(inbox_id, self._clock.now())

    async def _take_in(self, tx: Transaction, sent: Sent, first: Photo | None) -> str:
        """The answer; none for the later ones of an album, which would be a message each."""
        by = await self._rights.in_group(tx, sent.by, sent.account)
        may_act(by)
        self._may(by)
        if sent.size > MAX_BYTES:
            raise Refusal(Key.PHOTO_TOO_BIG, limit=MAX_BYTES >> 20)
        unit = (sent.unit or (first.unit if first else ""))[:_LONGEST_UNIT]
        new = NewPhoto(
            self._running.code, sent.address, sent.file_id, sent.unique_id, sent.album, unit, by.name, sent.at
        )
        added = await tx.photos.add(new)
        if first is not None:
            return ""
        count = await tx.photos.waiting(self._running.code)
        return self._voice.text(Key.PHOTO_KNOWN if added is None else Key.PHOTO_TAKEN_IN, count=count)

    # -------------------------------------------------------------- fetched

    async def run(self, pulse: Pulse) -> None:
        """Fetch what was sent, until cancelled. Whatever fails here (network, disk, database) is tried again."""
        await keep_stepping(self.step, pulse.of("photos"), _LOOK_AGAIN, "photos of slips")

    async def step(self) -> bool:
        """Fetch one photo; False where nothing can be fetched now."""
        photo = await self._next()
        if photo is None:
            return False
        try:
            await self._fetch(photo)
        except Exception:
            # Whoever calls says what it was; what is behind this photo must not wait for it.
            self._pause[photo.id] = self._clock.now()
            raise
        return True

    async def _fetch(self, photo: Photo) -> None:
        try:
            content = await self._sources[_bot(photo.address)].fetch(photo.file_id, MAX_BYTES)
        except DeliveryError as fault:
            if fault.permanent:
                await self._refuse(photo, Key.PHOTO_GONE)
            else:
                _log.warning("photo %d was not fetched: %s", photo.id, fault.reason)
                self._pause[photo.id] = self._clock.now()
            return
        await self._keep(photo, content)

    async def _next(self) -> Photo | None:
        now = self._clock.now()
        self._pause = {id_: at for id_, at in self._pause.items() if (now - at).total_seconds() < _AFTER_A_FAULT}
        async with self._store.reading() as tx:
            photo = await tx.photos.next_to_fetch()
            while photo is not None and (photo.id in self._pause or _bot(photo.address) not in self._sources):
                photo = await tx.photos.next_to_fetch(photo.id)
        return photo

    async def _keep(self, photo: Photo, content: bytes | None) -> None:
        if content is None:
            await self._refuse(photo, Key.PHOTO_TOO_BIG, limit=MAX_BYTES >> 20)
            return
        kind = picture_kind(content)
        if not kind:
            await self._refuse(photo, Key.PHOTO_NO_PICTURE)
            return
        sha256 = hashlib.sha256(content).hexdigest()
        async with self._store.reading() as tx:
            same = await tx.photos.of_content(photo.programme, sha256)
        if same is not None:
            await self._refuse(photo, Key.PHOTO_SAME, number=same.id)
            return
        name = f"{sha256}.{_SUFFIXES[kind]}"
        await asyncio.to_thread(_write, self._folder / name, content)
        async with self._store.transaction() as tx:
            await tx.photos.fetched(photo.id, name, sha256, kind)

    async def _refuse(self, photo: Photo, key: Key, **values: object) -> None:
        """The group is told, because somebody there thinks that it will be typed."""
        now, why = self._clock.now(), self._voice.text(key, **values)
        async with self._store.transaction() as tx:
            if await tx.photos.end(photo.id, PhotoState.REFUSED, "", now, reason=why):
                words = self._voice.text(Key.PHOTO_REFUSED, number=photo.id, by=photo.sent_by, why=why)
                await tx.outbox.say(photo.address, Words(self._voice.marked(words)), now)

    # -------------------------------------------------------------- typed

    async def queue(self) -> list[Photo]:
        """What is still to be typed, the oldest first."""
        async with self._store.reading() as tx:
            return await tx.photos.open(self._running.code)

    async def ended(self) -> list[Photo]:
        """The last that nobody needs to type any more, the latest first."""
        async with self._store.reading() as tx:
            return await tx.photos.ended(self._running.code, _ENDED_SHOWN)

    async def picture(self, id_: int) -> tuple[Path, str] | None:
        """The file of a photo and its media type; None where there is none (any more)."""
        async with self._store.reading() as tx:
            photo = await tx.photos.get(id_)
        file = self._folder / photo.file if photo is not None and photo.file else None
        return None if photo is None or file is None or not file.is_file() else (file, photo.kind)

    async def take(self, id_: int, by: By) -> Photo:
        """Keep a photo for one person for HOLD. Raises a Refusal where somebody else has it, or it is done."""
        self._may(by)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            taken = await tx.photos.take(id_, by.name, now, now + HOLD)
            photo = await self._there(tx, id_)
            if not taken:
                raise self._why_not(photo, now)
            return photo

    async def let_go(self, id_: int, by: By) -> None:
        """Give a photo back to the queue."""
        async with self._store.transaction() as tx:
            await tx.photos.let_go(id_, by.name)

    async def typed(self, id_: int, slips: Sequence[Typed], by: By) -> Imported:
        """All slips of a photo, which ends it. Sent again, nothing is added twice.

        Raises a Refusal: nothing typed, somebody else has it, or it is done.
        """
        photo = await self.take(id_, by)
        if not any(one.text.strip() for one in slips):
            raise Refusal(Key.WEB_PHOTOS_EMPTY)
        source = self._voice.text(Key.PHOTO_SOURCE, number=photo.id)
        rows = [
            Slip(line, one.text.strip(), one.unit.strip() or photo.unit, one.youth_group, photo.sent_at, source)
            for line, one in enumerate(slips, 1)
            if one.text.strip()
        ]
        imported = await self._importing(SlipFile(tuple(rows), ()), by=by.name)
        await self._end(photo, PhotoState.DONE, by, slips=len(rows))
        return imported

    async def unreadable(self, id_: int, reason: str, by: By) -> None:
        """Nobody can read it; `reason` says why. Raises a Refusal as `typed` does."""
        photo = await self.take(id_, by)
        if not reason.strip():
            raise Refusal(Key.PHOTO_WHY)
        await self._end(photo, PhotoState.UNREADABLE, by, reason=reason.strip())
        async with self._store.transaction() as tx:
            words = self._voice.text(Key.PHOTO_UNREADABLE, number=photo.id, by=by.name, sender=photo.sent_by)
            await tx.outbox.say(photo.address, Words(self._voice.marked(words)), self._clock.now())

    async def reopen(self, id_: int, by: By) -> None:
        """Put a photo that somebody could not read back into the queue; the group, which was told, is told again.

        Raises a Refusal where it is anything but UNREADABLE.
        """
        self._may(by)
        async with self._store.transaction() as tx:
            photo = await self._there(tx, id_)
            if not await tx.photos.reopen(id_):
                raise AlreadyDecided(Key.PHOTO_NOT_UNREADABLE, number=id_)
            words = self._voice.text(Key.PHOTO_REOPENED, number=id_, by=by.name)
            await tx.outbox.say(photo.address, Words(self._voice.marked(words)), self._clock.now())

    async def _end(self, photo: Photo, state: PhotoState, by: By, *, reason: str = "", slips: int = 0) -> None:
        async with self._store.transaction() as tx:
            await tx.photos.end(photo.id, state, by.name, self._clock.now(), reason=reason, slips=slips)

    @staticmethod
    def _may(by: By) -> None:
        if not RIGHTS[by.role]:
            raise Refusal(Key.REFUSE_VIEWER)

    @staticmethod
    async def _there(tx: Transaction, id_: int) -> Photo:
        photo = await tx.photos.get(id_)
        if photo is None:
            raise NotFound(Key.PHOTO_NONE, number=id_)
        return photo

    @staticmethod
    def _why_not(photo: Photo, now: datetime) -> Refusal:
        if holder := photo.holder(now):
            return AlreadyDecided(Key.PHOTO_HELD, number=photo.id, by=holder)
        if photo.state is PhotoState.FETCHING:
            return Refusal(Key.PHOTO_NOT_HERE, number=photo.id)
        return AlreadyDecided(Key.PHOTO_ENDED, number=photo.id)


def _bot(address: Address) -> tuple[ChannelName, str]:
    return address.channel, address.bot


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and readable for this account alone: what stands on a slip may be personal."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_bytes(content)
    draft.chmod(0o600)
    draft.replace(file)
