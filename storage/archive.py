"""Backups as files: a compressed tar each, encrypted with age where recipients are set; made whole or not at all.

What is being made or looked into stands in a folder of its own that goes afterwards. The tar holds the database's copy,
the files of the data folder beside it, and last the manifest with the SHA-256 of each.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyrage
from pydantic import TypeAdapter, ValidationError
from pyrage.x25519 import Identity, Recipient

from bot.domain.backup import FORMAT, Backup, Manifest, Part, Reason
from bot.domain.deadline import VIETNAM
from bot.processes import Telling, in_child
from bot.texts.keys import Key
from storage.backup import BESIDE, BackupFault, State, copy, examine, go_on_behind, nobody_at

SUMS = "SHA256SUMS"

_MANIFEST, _DATABASE, _DATA = "manifest.json", "database.sqlite3", "data"
_NAME = re.compile(r"doithoai-(\d{8}-\d{6})(-nang-cap)?(?:\.\d+)?\.tar\.gz(\.age)?")
_BEFORE_UPGRADE = "-nang-cap"
_AGE = b"age-encryption.org/"
# Of the data folder: what can be made anew, what is passing, what is a database or a backup itself.
_LEFT_OUT = ("mo-hinh", "tam", "sao-luu", "truoc-khoi-phuc-*", "*.sqlite3*", ".*")
# Grows and is never taken back, not even by restoring: who was erased since the backup stays erased.
_ONLY_GROWS, _LIST_OF_LINES = "xoa", ".jsonl"
_CHUNK = 1 << 20
_MEGABYTE = 1 << 20
_ABANDONED = 6 * 3600.0  # seconds after which nobody is at work there any more
_LEFT_FREE = 200 * _MEGABYTE
_FASTEST = 1  # compression; the highest makes it a tenth smaller and takes five times as long
_json = TypeAdapter(Manifest)


@dataclass(frozen=True, slots=True)
class Vault:
    """The backups of one database file and its data folder, kept in `folder`. See bot.ports.Vault."""

    database: Path
    data_dir: Path
    folder: Path
    recipients: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises BackupFault where a recipient is no key: better at the start than at the first backup."""
        _keys(self.recipients)

    # -------------------------------------------------------------- making one

    def make(self, at: datetime, reason: Reason, program: str, programme: str) -> Backup:
        """Copy, check, pack, read back, encrypt and put in its place; only what is whole gets a backup's name.

        Raises BackupFault or OSError.
        """
        self._check_room()
        with self._workplace() as work:
            try:
                state = copy(self.database, work / _DATABASE)
            except sqlite3.Error as fault:
                raise BackupFault(Key.BACKUP_NOT_COPIED, why=type(fault).__name__) from fault
            packed = work / "packed.tar.gz"
            self._pack(work / _DATABASE, packed, _manifest_of(at, reason, program, programme, state))
            (work / _DATABASE).unlink()
            _read_back(packed)
            return self._put(packed, at, reason)

    async def make_beside(self, at: datetime, reason: Reason, program: str, programme: str) -> Backup:
        """The same in a process of its own. Raises as `make`, and ElsewhereFailed."""
        made: Backup = await in_child(_make, self, at, reason, program, programme, hear=_hear_nothing)
        return made

    def _check_room(self) -> None:
        """Taking in questions needs room too: a backup never takes the last of it."""
        database = self.database.stat().st_size if self.database.exists() else 0
        files = sum(file.stat().st_size for file in self._files())
        for folder, wanted in ((self.data_dir, 2 * database + files), (self.folder, database + files)):
            there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
            free = shutil.disk_usage(there).free
            if free < wanted + _LEFT_FREE:
                sizes = {"wanted": (wanted + _LEFT_FREE) // _MEGABYTE, "free": free // _MEGABYTE}
                raise BackupFault(Key.BACKUP_NO_ROOM, folder=folder, **sizes)

    def _pack(self, database: Path, packed: Path, manifest: Callable[[dict[str, Part]], Manifest]) -> None:
        with packed.open("wb") as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=_FASTEST) as tar:
            parts = {_DATABASE: _add(tar, database, _DATABASE)}
            for file in self._files():
                name = f"{_DATA}/{file.relative_to(self.data_dir).as_posix()}"
                try:
                    parts[name] = _add(tar, file, name)
                except FileNotFoundError:
                    continue  # removed meanwhile, as what is passing or was erased is
            written = _json.dump_json(manifest(parts), indent=1)
            tar.addfile(_info(_MANIFEST, len(written)), BytesIO(written))

    def _files(self) -> Iterator[Path]:
        """What lies beside the database and must not be lost: photos, workbooks, own plans and texts."""
        for top in sorted(self.data_dir.iterdir()):
            if any(top.match(pattern) for pattern in _LEFT_OUT) or top.resolve() == self.folder.resolve():
                continue
            found = sorted(top.rglob("*")) if top.is_dir() else [top]
            yield from (file for file in found if file.is_file() and not file.is_symlink())

    def _put(self, packed: Path, at: datetime, reason: Reason) -> Backup:
        """Into the folder under its name. Unencrypted data of people never lies outside the data folder on the way."""
        _private_folder(self.folder)
        target = self._free_name(at, reason)
        passing = target.with_name(f".{target.name}.dang-ghi")
        try:
            with packed.open("rb") as whole, _private(passing) as out:
                if self.recipients:
                    pyrage.encrypt_io(whole, out, _keys(self.recipients))
                else:
                    shutil.copyfileobj(whole, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())
            digest = _digest(passing)
            passing.replace(target)
        finally:
            passing.unlink(missing_ok=True)
        with _private(self.folder / SUMS, "ab") as sums:
            sums.write(f"{digest}  {target.name}\n".encode())
        _sync_folder(self.folder)
        return _kept(target)

    def _free_name(self, at: datetime, reason: Reason) -> Path:
        stem = f"doithoai-{at.astimezone(VIETNAM):%Y%m%d-%H%M%S}{_BEFORE_UPGRADE if reason is Reason.UPGRADE else ''}"
        ending = ".tar.gz.age" if self.recipients else ".tar.gz"
        names = (self.folder / f"{stem}{f'.{again}' if again else ''}{ending}" for again in range(1_000))
        return next(name for name in names if not name.exists())

    # -------------------------------------------------------------- what there is

    def kept(self) -> list[Backup]:
        """The backups in the folder, oldest first."""
        found = [_kept(file) for file in self.folder.glob("doithoai-*") if _NAME.fullmatch(file.name)]
        return sorted(found, key=lambda one: (one.made_at, one.file))

    def drop(self, kept: Sequence[Backup]) -> None:
        """Delete these, and what a program that was killed left half written."""
        for one in kept:
            (self.folder / one.file).unlink(missing_ok=True)
        for left in self.folder.glob(".doithoai-*.dang-ghi"):
            left.unlink(missing_ok=True)
        for left in (self.data_dir / "tam").glob("sao-luu-*"):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        sums = self.folder / SUMS
        if kept and sums.exists():
            gone = {one.file for one in kept}
            lines = [line for line in sums.read_text("utf-8").splitlines(keepends=True) if line.split()[-1] not in gone]
            passing = self.folder / f".{SUMS}"
            passing.unlink(missing_ok=True)
            with _private(passing) as out:
                out.write("".join(lines).encode())
            passing.replace(sums)

    def sum_fits(self, file: Path) -> bool | None:
        """Whether a backup is byte for byte as it was written; None where no sum of it is kept beside it."""
        sums = file.parent / SUMS
        lines = sums.read_text("utf-8").splitlines() if sums.exists() else []
        written = {line.split()[-1]: line.split()[0] for line in lines if line.strip()}
        return written[file.name] == _digest(file) if file.name in written else None

    # -------------------------------------------------------------- looking into one

    @contextmanager
    def opened(self, file: Path, identity: Path | None = None) -> Iterator[Unpacked]:
        """Unpack a backup and check every part of it. `identity`: the file with age's secret key.

        Raises BackupFault, or OSError where a file cannot be read.
        """
        with self._workplace() as work:
            packed = file
            if is_encrypted(file):
                packed = work / "packed.tar.gz"
                _decrypt(file, packed, identity)
            folder = work / "unpacked"
            folder.mkdir(mode=0o700)
            manifest = _unpack(packed, file, folder)
            _compare(examine(folder / _DATABASE), manifest)
            yield Unpacked(self, manifest, folder)

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """On the disk of the data folder, so that what is unpacked can be moved into its place."""
        around = self.data_dir / "tam"
        _private_folder(around)
        with tempfile.TemporaryDirectory(prefix="sao-luu-", dir=around) as work:
            yield Path(work)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup that was unpacked and found whole. See bot.ports.Unpacked."""

    vault: Vault
    manifest: Manifest
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / _DATABASE

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else is at the database that is to be replaced. Raises BackupFault where somebody is."""
        with nobody_at(self.vault.database):
            yield

    def go_on(self) -> None:
        """No number that somebody may have been told is given to somebody else; what is said again says so."""
        go_on_behind(self.database, self.vault.database)

    def put_in_place(self, at: datetime) -> Path:
        """Move what stands there aside and this into its place, the database last; returns where the former is now.

        Whoever is interrupted does it once more: nothing was deleted.
        """
        data = self.folder / _DATA
        aside = _aside(self.vault.data_dir, at)
        self._join_what_only_grows(data / _ONLY_GROWS)
        for new in sorted(data.iterdir()) if data.exists() else ():
            if new.name != _ONLY_GROWS:
                _exchange(new, self.vault.data_dir / new.name, aside / new.name)
        former = self.vault.database
        for ending in BESIDE[1:]:
            beside = former.with_name(former.name + ending)
            if beside.exists():
                beside.replace(aside / beside.name)
        _exchange(self.database, former, aside / former.name)
        _sync_folder(former.parent)
        return aside

    def _join_what_only_grows(self, saved: Path) -> None:
        for file in sorted(saved.rglob("*")) if saved.exists() else ():
            target = self.vault.data_dir / _ONLY_GROWS / file.relative_to(saved)
            if not file.is_file():
                continue
            _private_folder(target.parent)
            if not target.exists():
                shutil.move(file, target)
            elif file.suffix == _LIST_OF_LINES:
                present = set(target.read_bytes().splitlines())
                missing = [line for line in file.read_bytes().splitlines() if line not in present]
                with _private(target, "ab") as out:
                    out.write(b"".join(b"\n" + line for line in missing))
                    out.flush()
                    os.fsync(out.fileno())


def _make(vault: Vault, at: datetime, reason: Reason, program: str, programme: str, _: Telling) -> Backup:
    return vault.make(at, reason, program, programme)


async def _hear_nothing(_: object) -> None: ...


def _keys(recipients: Sequence[str]) -> list[Recipient]:
    try:
        return [Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as fault:
        raise BackupFault(Key.BACKUP_NO_RECIPIENT) from fault


def is_encrypted(file: Path) -> bool:
    """Whether age wrote it, whatever its name. Raises OSError."""
    with file.open("rb") as opened:
        return opened.read(len(_AGE)) == _AGE


def _manifest_of(
    at: datetime, reason: Reason, program: str, programme: str, state: State
) -> Callable[[dict[str, Part]], Manifest]:
    return lambda parts: Manifest(FORMAT, at, reason, program, programme, state.revision, state.rows, state.head, parts)


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        read = self._opened.read(size)
        self.digest.update(read)
        return read


def _add(tar: tarfile.TarFile, file: Path, name: str) -> Part:
    with file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        hashing: Any = _Hashing(opened)
        tar.addfile(_info(name, size), hashing)
    return Part(size, hashing.digest.hexdigest())


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _read_back(packed: Path) -> None:
    """Raises BackupFault unless what was packed can be read again as it was."""
    _each_part(packed, packed, lambda _: None)


def _unpack(packed: Path, file: Path, folder: Path) -> Manifest:
    def target(name: str) -> Path:
        place = folder.joinpath(*PurePosixPath(name).parts)
        _private_folder(place.parent)
        return place

    return _each_part(packed, file, target)


def _each_part(packed: Path, file: Path, target: Callable[[str], Path | None]) -> Manifest:
    """Read a tar from its beginning to its end, writing each part to its target; the manifest, if all is as that says.

    `file` is what a fault names.
    """
    found: dict[str, Part] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(packed, "r:gz") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or manifest is not None:
                    raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what=member.name)
                if member.name == _MANIFEST:
                    manifest = _json.validate_json(content.read())
                elif _is_ours(member.name) and member.name not in found:
                    found[member.name] = _copied(content, target(member.name))
                else:
                    raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what=member.name)
    except (tarfile.TarError, EOFError, ValidationError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno:
            raise  # the disk, not the backup
        raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what=type(fault).__name__) from fault
    if manifest is None or manifest.format != FORMAT:
        raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what=_MANIFEST)
    if wrong := sorted(name for name in {*found, *manifest.parts} if found.get(name) != manifest.parts.get(name)):
        raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what=wrong[0])
    return manifest


def _is_ours(name: str) -> bool:
    """Whether a part may stand in a backup, and in what folder it is unpacked: nothing leads out of it."""
    path = PurePosixPath(name)
    return name == _DATABASE or (path.parts[0] == _DATA and ".." not in path.parts and "\\" not in name)


def _copied(content: IO[bytes], target: Path | None) -> Part:
    hashing = _Hashing(content)
    size = 0
    with _private(target or Path(os.devnull), "ab") as out:
        while chunk := hashing.read(_CHUNK):
            out.write(chunk)
            size += len(chunk)
        if target is not None:
            out.flush()
            os.fsync(out.fileno())
    return Part(size, hashing.digest.hexdigest())


def _decrypt(file: Path, target: Path, identity: Path | None) -> None:
    if identity is None:
        raise BackupFault(Key.BACKUP_NEEDS_IDENTITY, file=file.name)
    lines = [line.strip() for line in identity.read_text("utf-8-sig").splitlines()]
    try:
        identities = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as fault:
        raise BackupFault(Key.BACKUP_NO_IDENTITY, file=identity) from fault
    try:
        with file.open("rb") as opened, _private(target) as out:
            pyrage.decrypt_io(opened, out, identities)
    except pyrage.DecryptError as fault:
        raise BackupFault(Key.BACKUP_OTHER_IDENTITY, file=file.name) from fault
    except OSError as fault:
        if fault.errno:
            raise
        raise BackupFault(Key.BACKUP_DAMAGED, file=file.name, what="age") from fault


def _compare(found: State, manifest: Manifest) -> None:
    """The database that was unpacked is the one that was packed. Raises BackupFault."""
    if found != State(manifest.revision, dict(manifest.rows), manifest.head):
        raise BackupFault(Key.BACKUP_NOT_WHOLE, what=_DATABASE)


def _kept(file: Path) -> Backup:
    named = _NAME.fullmatch(file.name)
    assert named is not None, "only backups are listed"
    at = datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=VIETNAM)
    return Backup(file.name, at, file.stat().st_size, bool(named[3]), bool(named[2]))


def _aside(data_dir: Path, at: datetime) -> Path:
    stem = f"truoc-khoi-phuc-{at.astimezone(VIETNAM):%Y%m%d-%H%M%S}"
    names = (data_dir / f"{stem}{f'.{again}' if again else ''}" for again in range(1_000))
    chosen = next(name for name in names if not name.exists())
    _private_folder(chosen)
    return chosen


def _exchange(new: Path, place: Path, aside: Path) -> None:
    if place.exists():
        shutil.move(place, aside)
    _private_folder(place.parent)
    shutil.move(new, place)


def _private_folder(folder: Path) -> None:
    """Make it, and what is missing above it, for nobody but us; what exists keeps its rights."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def _private(file: Path, mode: str = "xb") -> IO[bytes]:
    return open(file, mode, opener=lambda path, flags: os.open(path, flags, 0o600))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
