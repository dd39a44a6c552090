"""The grouped workbook: have it made of what is decided and what waits, record it, send it where it is to go.

A record says that its file is there: the file takes its name within the transaction that records it, so that neither a
second process nor a sudden end leaves a record without a file, or a file with another one's checksum. What the file is
remembered by is written before that, in lots, under an id that nobody sees until the record has it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.audit import Event, Note
from bot.domain.changes import Remembered
from bot.domain.errors import Refusal
from bot.domain.message import Address
from bot.domain.sealing import CUTOFF, occasion_of_cutoff, occasion_of_supplement, supplement_due
from bot.domain.submission import State
from bot.domain.workbook import Content, MachineLine
from bot.ports import Clock, ExportRecord, Store, Transaction, Watcher, Workbooks
from bot.texts.keys import Key
from bot.usecases.bookmaking import Bookmaker, Bookmaking, Made, Order, Progress
from bot.usecases.contents import Contents
from bot.usecases.files import FileWords
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_DRAFTS = ".doithoai-*"
_LEFT_BEHIND = timedelta(minutes=10)
"""After this nobody is writing a draft any more."""

_FEW = 300
"""Submissions of which a workbook is made so quickly that a process of its own would take longer to start."""

_REST = 0.05
"""Seconds between two lots that are written: most of the time the database is there for whoever asks something."""

_DROPPED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which workbook to make. `target` names the file; without it the file gets its name in the folder."""

    asked_by: str
    occasion: str = ""
    target: Path | None = None
    final: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A file that somebody asked for in a chat, kept until the scheduler makes it. `paper` is a PaperKind's value; "":
    the workbook.
    """

    by: str
    final: bool = False
    paper: str = ""

    def kept(self) -> str:
        """As a fact of the database."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, kept: str) -> Wish:
        """The wish again. What was kept by an earlier version is a name alone."""
        return cls(**json.loads(kept)) if kept.startswith("{") else cls(kept)


def wishes(kept: str | None) -> list[str]:
    """The wishes of a fact of the database, a line each, the oldest first. Nobody's drives out another's."""
    return kept.split("\n") if kept else []


@dataclass(frozen=True, slots=True)
class Missing:
    """What a supplement made now would hold: `ids` were approved at `decided`, `undecided` others may follow.
    `after` is the number of the sealed file, `number` that of the supplement.
    """

    ids: frozenset[int]
    decided: tuple[datetime, ...]
    undecided: int
    after: int
    number: int


class Exporting:
    """Makes the numbered workbooks of the running programme, those of many submissions by `large`, if that is given.

    `folder` is where files are kept. Each one made is handed to the `boards`, unless it was made for somebody at a
    command line, and sent to `elsewhere` (mailboxes and folders). `page` is the address of the web page of files, ""
    where nobody can open one.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        workbooks: Workbooks,
        watcher: Watcher,
        folder: Path,
        boards: Collection[Address] = (),
        elsewhere: Collection[Address] = (),
        page: str = "",
        large: Bookmaker | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._contents = Contents(store, clock, voice, running, watcher)
        self._small = Bookmaking(store, self._contents, workbooks)
        self._large = large or self._small
        self.words = FileWords(voice)
        self._folder = folder
        self._boards = boards
        self._elsewhere = elsewhere
        self._page = page
        self._one_at_a_time = asyncio.Lock()

    async def make(
        self,
        asked_by: str,
        occasion: str = "",
        target: Path | None = None,
        progress: Progress | None = None,
        *,
        final: bool = False,
    ) -> ExportRecord | None:
        """Write the next workbook, record it and send it.

        `occasion` (a week, the cutoff) is made once only: None is returned where it was made already, here or by
        another process. `final`: a person says that this one is no draft. Raises WorkbookFault.
        """
        wanted = _Wanted(asked_by, occasion, target, final, progress)
        async with self._one_at_a_time:
            while True:
                async with self._store.reading() as tx:
                    if occasion and await tx.exports.has(self._running.code, occasion):
                        return None
                # None: another process took the number (or the occasion) meanwhile; look again.
                if record := await self._made(Order(self._clock.now(), final), wanted):
                    return record

    async def supplement(self, asked_by: str) -> ExportRecord | None:
        """Where one is due, a workbook of what came in time but was decided after the sealing; else None."""
        async with self._one_at_a_time:
            missing = await self.missing()
            if missing is None or not supplement_due(missing.decided, missing.undecided, self._clock.now()):
                return None
            order = Order(self._clock.now(), supplement=missing.number, only=missing.ids)
            return await self._made(order, _Wanted(asked_by, occasion_of_supplement(missing.number)))

    async def missing(self) -> Missing | None:
        """What is on time and approved, and in no sealed file yet; None before the file at the cutoff is there."""
        code = self._running.code
        async with self._store.reading() as tx:
            window = (await self._running.programme(tx)).window
            sealing = await tx.exports.of_occasion(code, occasion_of_cutoff(window.closes_at))
            if sealing is None:
                return None
            unsealed = await tx.submissions.some(await tx.exports.unsealed(code, sealing.number))
            made = await tx.exports.of_programme(code)
        on_time = [one for one in unsealed if not one.is_late(window)]
        decided = [one for one in on_time if one.state is State.APPROVED]
        return Missing(
            ids=frozenset(one.id for one in decided),
            decided=tuple(one.decided_at or one.received_at for one in decided),
            undecided=len(on_time) - len(decided),
            after=sealing.number,
            number=max(record.supplement for record in made) + 1,
        )

    async def waiting(self) -> int:
        """How many submissions a workbook made now would hold as undecided."""
        async with self._store.reading() as tx:
            counts = await tx.submissions.counts(self._running.code)
        return counts[State.WAITING] + counts[State.ASKED]

    async def made(self) -> list[ExportRecord]:
        """The workbooks made so far, oldest first."""
        async with self._store.reading() as tx:
            return await tx.exports.of_programme(self._running.code)

    async def known(self, file: Path) -> ExportRecord | None:
        """The record of this very file, wherever it lies now and whatever its name is. Raises OSError."""
        checksum = await asyncio.to_thread(sha256, file)
        return next((record for record in await self.made() if record.sha256 == checksum), None)

    async def content(self) -> Content:
        """What a workbook made now would hold."""
        return await self._contents.gather()

    async def machine(self) -> tuple[MachineLine, ...]:
        """How often the machine was right, a line for each department to which something was decided."""
        return await self._contents.machine()

    async def tidy(self) -> int:
        """Remove drafts that a sudden end left in the folder and in the database. Returns how many."""
        async with self._store.reading() as tx:
            left = await tx.exports.left_behind(self._clock.now() - _LEFT_BEHIND)
        for begun in left:
            await self._drop(begun)
        before = time.time() - _LEFT_BEHIND.total_seconds()
        return len(left) + await asyncio.to_thread(_remove_drafts, self._folder / self._running.code, before)

    # -------------------------------------------------------------- one file

    async def _made(self, order: Order, wanted: _Wanted) -> ExportRecord | None:
        """None, and nothing is left, where number or occasion has a record already or a supplement would be empty."""
        folder = self._folder / self._running.code
        drafts = [_draft((wanted.target or folder / "tep").absolute())]
        kept = _Kept(self._store, order, wanted)
        try:
            make = await self._maker()
            made = await make(order, drafts[0], kept.keep, wanted.progress)
            if made is None:
                return None
            own = (folder / _name(made)).absolute()
            file = wanted.target.absolute() if wanted.target else own
            # Delivered is a file of our own: whoever named the other one may write over it before the post goes out.
            sent = own if self._boards or self._elsewhere else file
            if sent != file:
                drafts.append(_draft(sent))
                await asyncio.to_thread(shutil.copyfile, drafts[0], drafts[1])
            checksum = await asyncio.to_thread(sha256, drafts[0])
            places = dict(zip((file, sent), drafts, strict=False))
            record = await self._record(made, places, sent, checksum, wanted, kept.begun)
        except Refusal as refusal:
            if "file" in refusal.values:  # whoever asked knows the file, not our draft of it
                refusal.values["file"] = str(wanted.target or folder)
            raise
        finally:
            for draft in drafts:
                draft.unlink(missing_ok=True)
        if record is None and kept.begun is not None:
            await self._drop(kept.begun)
        return record

    async def _maker(self) -> Bookmaker:
        async with self._store.reading() as tx:
            counts = await tx.submissions.counts(self._running.code)
        return self._small if sum(counts.values()) < _FEW else self._large

    async def _drop(self, begun: int) -> None:
        gone = False
        while not gone:
            async with self._store.transaction() as tx:
                gone = await tx.exports.drop(begun, limit=_DROPPED_AT_ONCE)
            await asyncio.sleep(_REST)

    async def _record(
        self,
        made: Made,
        drafts: Mapping[Path, Path],
        sent: Path,
        checksum: str,
        wanted: _Wanted,
        begun: int | None,
    ) -> ExportRecord | None:
        """`drafts` of each place, that which the record names first."""
        async with self._store.transaction() as tx:
            record = await tx.exports.add(
                made.programme,
                made.number,
                made.made_at,
                wanted.asked_by,
                wanted.occasion,
                str(next(iter(drafts))),
                checksum,
                final=made.final,
                supplement=made.supplement,
                issues=made.issues,
                waiting=made.waiting,
                added=made.added,
                changed=made.changed,
                gone=made.gone,
                begun=begun,
            )
            if record is None:
                return None
            await tx.history.note(
                Note(record.at, record.asked_by, _event(record), f"{record.programme} lần {record.number}", checksum)
            )
            await self._send(tx, record, sent)
            for file, draft in drafts.items():
                await asyncio.to_thread(_put_in_place, draft, file)
            return record

    async def _send(self, tx: Transaction, record: ExportRecord, sent: Path) -> None:
        caption = self.words.caption(record)
        for board in self._boards:
            await tx.outbox.file(board, sent, self._voice.marked(caption), record.at)
        if not self._elsewhere:
            return
        programme = await self._running.programme(tx)
        named = self._voice.text(Key.FILES_MAIL_SUBJECT, caption=self.words.name(record), unit=programme.unit)
        subject = " ".join(named.split())  # a unit may be written over two lines, a subject may not
        body = self._voice.text(
            Key.FILES_MAIL_BODY, programme=programme.title, caption=caption, sha256=record.sha256, page=self._where()
        )
        for address in self._elsewhere:
            await tx.outbox.file(address, sent, f"{subject}\n{body}", record.at)

    def _where(self) -> str:
        return self._voice.text(Key.FILES_MAIL_PAGE, page=self._page) if self._page else ""


class _Kept:
    """What a file in the making is remembered by, under an id that nobody sees until its record has it."""

    def __init__(self, store: Store, order: Order, wanted: _Wanted) -> None:
        self._store = store
        self._order = order
        self._sealing = order.final or order.supplement > 0 or wanted.occasion.startswith(CUTOFF)
        self.begun: int | None = None

    async def keep(self, rows: Sequence[Remembered]) -> None:
        """Write one lot, then rest a moment: others have something to write too."""
        async with self._store.transaction() as tx:
            if self.begun is None:
                self.begun = await tx.exports.begin(self._order.at)
            await tx.exported.put(self.begun, rows)
            if self._sealing:
                await tx.exports.seal(self.begun, [row.submission_id for row in rows if self._decided(row)])
        await asyncio.sleep(_REST)

    def _decided(self, row: Remembered) -> bool:
        """Whether the file itself holds it as decided."""
        here = self._order.only is None or row.submission_id in self._order.only
        return here and row.state is State.APPROVED and row.issue > 0


def _name(made: Made) -> str:
    """`hung-yen-2024-lan-03-20240226-0800.xlsx`, without accents."""
    mark = "dien-tap-" if made.rehearsal else ""
    kind = f"-bo-sung-{made.supplement:02d}" if made.supplement else ""
    final = "-chinh-thuc" if made.final else ""
    return f"{mark}{made.programme}{kind}-lan-{made.number:02d}{final}-{made.made_at:%Y%m%d-%H%M}.xlsx"


def _event(record: ExportRecord) -> Event:
    if record.supplement:
        return Event.SUPPLEMENTED
    return Event.MADE_FINAL if record.final else Event.EXPORTED


def _draft(file: Path) -> Path:
    """A name beside the file that nobody else writes to; the folder is made where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.with_name(f".doithoai-{secrets.token_hex(8)}.xlsx")


def _put_in_place(draft: Path, file: Path) -> None:
    """Give the draft its name, for good: the record is about to be committed, and a power cut may follow."""
    try:
        draft.replace(file)
    except OSError as fault:
        fault.filename, fault.filename2 = str(file), None
        raise
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _remove_drafts(folder: Path, before: float) -> int:
    drafts = [draft for draft in folder.glob(_DRAFTS) if draft.stat().st_mtime < before]
    for draft in drafts:
        draft.unlink(missing_ok=True)
    return len(drafts)


def sha256(file: Path) -> str:
    """The file's checksum, as `sha256sum` and the records name it. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
