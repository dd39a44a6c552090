"""Slips that somebody hands over at the board: looked at first, then taken in while the page shows how far it is.

Nothing is kept between the look and the taking: the page sends the same content again, and `digest` tells that it is.
A job that a restart cut short is simply sent again: what is in already is not added twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import Refusal
from bot.ports import SlipFile, Workbooks
from bot.texts.keys import Key
from bot.usecases.import_slips import Imported, ImportSlips
from bot.usecases.preview_slips import Preview, PreviewSlips
from bot.usecases.slip_checks import CheckSlips
from bot.usecases.tasks import start

_log = logging.getLogger(__name__)
_KEPT_JOBS = 20
_LONGEST_NAME, _LONGEST_SUFFIX = 100, 10
_BYTES = 2  # for each letter on the whole, of 255 that a name may have


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody handed over: the bytes of a file and the name it had, or (with no name) a pasted text in UTF-8."""

    content: bytes
    name: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the content and of what it was said to be, hexadecimal."""
        return hashlib.sha256(self.name.encode() + b"\0" + self.content).hexdigest()


@dataclass(slots=True)
class Job:
    """An import under way or ended: `result`, or the `refusal` of the whole, or `failed` by a fault of ours."""

    by: str
    done: int = 0
    total: int = 0
    result: Imported | None = None
    refusal: Refusal | None = None
    failed: bool = False

    @property
    def ended(self) -> bool:
        return self.failed or self.result is not None or self.refusal is not None


class SlipDesk:
    """Previews and imports for people at the board. `folder` holds a file while it is read, no longer."""

    def __init__(
        self, workbooks: Workbooks, check: CheckSlips, preview: PreviewSlips, importing: ImportSlips, folder: Path
    ) -> None:
        self._workbooks = workbooks
        self._check = check
        self._preview = preview
        self._importing = importing
        self._folder = folder
        self._jobs: dict[str, Job] = {}

    async def look(self, given: Given) -> Preview:
        """What taking it in would do. Raises a Refusal where it cannot be read as a whole."""
        return await self._preview(await self._read(given))

    def begin(self, given: Given, by: str) -> Job:
        """Take it in, in the background. The same content that is being taken in already is the same job."""
        digest = given.digest
        job = self._jobs.get(digest)
        if job is None or job.ended:
            job = self._jobs[digest] = Job(by)
            start(self._carry_out(given, job), "slips from the board")
            for old in [name for name, one in self._jobs.items() if one.ended][:-_KEPT_JOBS]:
                del self._jobs[old]
        return job

    def job(self, digest: str) -> Job | None:
        """A job by the digest of what it takes in; None where it is not known (any more)."""
        return self._jobs.get(digest)

    async def _carry_out(self, given: Given, job: Job) -> None:
        try:
            file = await self._read(given)
            job.total = len(file.slips)
            job.result = await self._importing(file, by=job.by, progress=lambda done: setattr(job, "done", done))
        except Refusal as refusal:
            job.refusal = refusal
        except Exception as fault:  # noqa: BLE001 - the page says so; sent again, only what is missing is added
            job.failed = True
            _log.error("slips from the board: %s", type(fault).__name__)

    async def _read(self, given: Given) -> SlipFile:
        return await self._check(await self._slips(given))

    async def _slips(self, given: Given) -> SlipFile:
        if given.name:
            return await asyncio.to_thread(self._read_file, given)
        try:
            text = given.content.decode()
        except UnicodeDecodeError as fault:
            raise Refusal(Key.WEB_BAD_REQUEST) from fault
        return await asyncio.to_thread(self._workbooks.read_pasted, text)

    def _read_file(self, given: Given) -> SlipFile:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            file = Path(folder) / plain_name(given.name)
            file.write_bytes(given.content)
            return self._workbooks.read_slips(file)


def plain_name(name: str) -> str:
    """A file's name as a person gave it, as one that can stand in a folder of ours."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign if sign.isprintable() and sign not in '<>:"|?*' else "_" for sign in last).strip(". ")
    stem, dot, suffix = kept.rpartition(".")
    whole = f"{_cut(stem, _LONGEST_NAME)}{dot}{_cut(suffix, _LONGEST_SUFFIX)}" if dot else _cut(kept, _LONGEST_NAME)
    return whole or "tep"


def _cut(name: str, most: int) -> str:
    """A disk counts a name in bytes, and many a Vietnamese letter has three."""
    return name[:most].encode("utf-8", "replace")[: _BYTES * most].decode("utf-8", "ignore")
