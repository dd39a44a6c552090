"""A disk that can lose its power: a VFS for SQLite (through apsw) that notes what is written and what is synced.

A database is worked on once; `Disk.after_a_cut` then makes the files as a disk may hold them that lost its power at any
point of it. What was synced is there. Of what was not, each sector of 512 bytes is there, missing or rubbish, by chance;
a file whose removal was not synced may be back. That is what SQLite's own crash tests assume (src/test6.c); a disk that
says "synced" and did not is beyond any program.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
_names = count(1)


@dataclass(frozen=True)
class Wrote:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    """A file was made shorter."""

    file: str
    size: int


@dataclass(frozen=True)
class Synced:
    file: str


@dataclass(frozen=True)
class Removed:
    file: str
    synced: bool


@dataclass(frozen=True)
class Acknowledged:
    """A commit came back: from here on it must never be lost."""

    what: int


Event = Wrote | Cut | Synced | Removed | Acknowledged


class Disk:
    """Notes what SQLite does to the files of one folder. Use `connect` and `acknowledge`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self._vfs = _NotingVfs(f"noting-{next(_names)}", self.events)

    def connect(self, name: str) -> apsw.Connection:
        return apsw.Connection(str(self.folder / name), vfs=self._vfs.name)

    def acknowledge(self, what: int) -> None:
        self.events.append(Acknowledged(what))

    def after_a_cut(self, at: int, chance: random.Random, folder: Path) -> list[int]:
        """Put the files into `folder` as they may be if the power goes after `at` events; what had come back by then."""
        files: dict[str, _File] = {}
        acknowledged = []
        for event in self.events[:at]:
            match event:
                case Acknowledged(what):
                    acknowledged.append(what)
                case Synced(name):
                    file = files.setdefault(name, _File())
                    if file.safe is None and name.endswith(("-journal", "-wal")):
                        # SQLite syncs the folder with a new journal, and with it every removal before.
                        for other in files.values():
                            other.gone = None
                    file.sync()
                case Removed(name, synced) if name in files:
                    files[name].remove(synced=synced)
                case Wrote(name) | Cut(name):
                    files.setdefault(name, _File()).waiting.append(event)
        folder.mkdir()
        for name, file in files.items():
            if (content := file.after_a_cut(chance)) is not None:
                (folder / Path(name).name).write_bytes(content)
        return acknowledged


@dataclass
class _File:
    """What of a file is safe, and what waits for a sync. `gone` tells a removal that may not have come to the disk."""

    safe: bytes | None = None
    waiting: list[Wrote | Cut] = field(default_factory=list)
    gone: bytes | None = None

    def sync(self) -> None:
        content = bytearray(self.safe or b"")
        for event in self.waiting:
            _apply(content, event)
        self.safe, self.waiting, self.gone = bytes(content), [], None

    def remove(self, *, synced: bool) -> None:
        self.gone = None if synced else self.safe
        self.safe, self.waiting = None, []

    def after_a_cut(self, chance: random.Random) -> bytes | None:
        if self.gone is not None and chance.random() < 1 / 2:
            return self.gone
        if self.safe is None and not self.waiting:
            return None
        if self.safe is None and chance.random() < 1 / 2:
            return None  # its name was not synced either
        content = bytearray(self.safe or b"")
        for event in self.waiting:
            for part in _sectors(event):
                _perhaps(content, part, chance)
        return bytes(content)


def _sectors(event: Wrote | Cut) -> Iterator[Wrote | Cut]:
    if isinstance(event, Cut):
        yield event
        return
    start, end = event.offset, event.offset + len(event.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Wrote(event.file, start, event.data[start - event.offset : stop - event.offset])
        start = stop


def _perhaps(content: bytearray, event: Wrote | Cut, chance: random.Random) -> None:
    fate = chance.randrange(3)
    if fate == 0:
        _apply(content, event)
    elif fate == 1 and isinstance(event, Wrote):
        _apply(content, Wrote(event.file, event.offset, chance.randbytes(len(event.data))))


def _apply(content: bytearray, event: Wrote | Cut) -> None:
    if isinstance(event, Cut):
        del content[event.size :]
        return
    if len(content) < event.offset:
        content.extend(bytes(event.offset - len(content)))
    content[event.offset : event.offset + len(event.data)] = event.data


class _NotingVfs(apsw.VFS):
    """The system's own VFS that notes what changes the disk."""

    def __init__(self, name: str, events: list[Event]) -> None:
        self.name = name
        self.events = events
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's names
        return _NotingFile(name, flags, self.events)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.events.append(Removed(filename, bool(syncdir)))


class _NotingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], events: list[Event]) -> None:
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._events = events
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._events.append(Wrote(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._events.append(Cut(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._events.append(Synced(self._name))
