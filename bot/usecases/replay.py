"""What was erased, kept outside the database: a backup that is put back knows the erased again, and this list takes
them out once more.

Nobody can be read out of it. A line holds keyed hashes of the chat and of the submissions; the key lies beside it, for
this account alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bot.domain.message import Address
from bot.domain.privacy import Erasure
from bot.domain.submission import Submission

_KEY_BYTES = 32
_LIST, _KEY = "da-xoa.jsonl", "khoa"


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure. `mark` names it, here and in the database that knows of it; `who` is "" where a slip was erased;
    `submissions` are ids with the hash by which they are recognised, because another database may have given the id to
    somebody else's.
    """

    mark: str
    at: datetime
    choice: Erasure
    who: str
    submissions: tuple[tuple[int, str], ...]


class ReplayList:
    """The list in `folder`. One process writes at a time: within a writing transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def add(self, at: datetime, choice: Erasure, who: Address | None, submissions: Sequence[Submission]) -> str:
        """Write an erasure down for good and give back its mark: call it before the erasure is committed, so that an
        end between the two is made up for at the next start.
        """
        return await asyncio.to_thread(self._add, at, choice, who, submissions)

    async def lines(self) -> list[Line]:
        """Every erasure, the earliest first. A line that a sudden end left half written was never promised."""
        return await asyncio.to_thread(self._lines)

    def is_about(self, line: Line, address: Address) -> bool:
        return bool(line.who) and hmac.compare_digest(line.who, self._hash(str(address)))

    def knows(self, line: Line, submission: Submission) -> bool:
        """Whether this very submission was erased, and not another one with its id."""
        return (submission.id, self._hash(_named(submission))) in line.submissions

    def _add(self, at: datetime, choice: Erasure, who: Address | None, submissions: Sequence[Submission]) -> str:
        hashed = tuple((one.id, self._hash(_named(one))) for one in submissions)
        line = Line(secrets.token_hex(16), at, choice, self._hash(str(who)) if who else "", hashed)
        written = json.dumps(asdict(line) | {"at": at.astimezone(UTC).isoformat()}) + "\n"
        _append(self._folder / _LIST, written.encode())
        return line.mark

    def _lines(self) -> list[Line]:
        try:
            written = (self._folder / _LIST).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [line for line in map(_read, written) if line is not None]

    def _hash(self, named: str) -> str:
        return hmac.new(self._key(), named.encode(), sha256).hexdigest()

    def _key(self) -> bytes:
        file = self._folder / _KEY
        if not file.exists():
            _make_private(self._folder)
            with contextlib.suppress(FileExistsError):  # another process was quicker
                _write_new(file, secrets.token_hex(_KEY_BYTES).encode())
        return file.read_bytes()


def _named(submission: Submission) -> str:
    return f"{submission.id}|{submission.code}|{submission.typed_at.astimezone(UTC).isoformat()}"


def _read(written: str) -> Line | None:
    try:
        raw = json.loads(written)
        marks = tuple((int(id_), str(mark)) for id_, mark in raw["submissions"])
        return Line(raw["mark"], datetime.fromisoformat(raw["at"]), Erasure(raw["choice"]), raw["who"], marks)
    except (ValueError, KeyError, TypeError):
        return None


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _append(file: Path, content: bytes) -> None:
    """To the end of the file and onto the disk; a line that was left half written before stays a line of its own."""
    _make_private(file.parent)
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        whole = not size or (os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) == b"\n")
        os.write(handle, content if whole else b"\n" + content)
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync(file.parent)


def _write_new(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
