"""Into a folder that somebody else watches: one that is synchronised, or on another machine.

A folder that is not there is never made: it may be a drive of the network that is away for a moment, and nobody would
see what is written in its place.
"""

from __future__ import annotations

import asyncio
import errno
import filecmp
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bot.domain.errors import DeliveryError
from bot.ports import Parcel
from bot.texts.keys import Key

_FILE = 0o666
_PATIENCE = 120.0  # seconds; a drive of the network may never answer
_WHY = {
    errno.EACCES: Key.FILES_WHY_NO_RIGHT,
    errno.EPERM: Key.FILES_WHY_NO_RIGHT,
    errno.EROFS: Key.FILES_WHY_NO_RIGHT,
    errno.ENOSPC: Key.FILES_WHY_FULL,
    errno.EDQUOT: Key.FILES_WHY_FULL,
}


class FolderCourier:
    """See bot.ports.Courier. Nothing that lies in the folder is ever written over."""

    async def carry(self, parcel: Parcel) -> str:
        """The name that the file has there."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(_copy, parcel), _PATIENCE)
        except TimeoutError:
            raise DeliveryError(Key.FILES_WHY_SLOW) from None
        except OSError as fault:
            raise DeliveryError(_WHY.get(fault.errno or 0, Key.FILES_WHY_DISK)) from fault


def _copy(parcel: Parcel) -> str:
    folder = Path(parcel.to)
    if not parcel.file.is_file():
        raise DeliveryError(Key.FILES_WHY_GONE, permanent=True)
    if not folder.is_dir():
        raise DeliveryError(Key.FILES_WHY_NO_FOLDER)
    for target in _names(folder, parcel.file.name):
        if not target.exists():
            _write(parcel, target)
            return target.name
        if filecmp.cmp(parcel.file, target, shallow=False):  # handed over before a crash already
            return target.name
    raise AssertionError("names never end")


def _names(folder: Path, name: str) -> Iterator[Path]:
    """bang.xlsx, bang (2).xlsx …: a file that somebody there worked in keeps its name and its content."""
    yield folder / name
    stem, suffix = Path(name).stem, Path(name).suffix
    yield from (folder / f"{stem} ({number}){suffix}" for number in count(2))


def _write(parcel: Parcel, target: Path) -> None:
    # Named after the parcel: what a sudden end left half done is written over by the next try.
    draft = target.with_name(f".doithoai-{parcel.id}.part")
    try:
        with parcel.file.open("rb") as source, draft.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        draft.chmod(_FILE & target.parent.stat().st_mode)  # who may look into the folder may read what is put there
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
