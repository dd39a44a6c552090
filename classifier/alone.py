"""A lock between processes that no crash leaves behind: the system takes it back when the holder is gone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def alone(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of this (empty) file; True where we have it.

    With `wait` until whoever has it is done, without it False at once. Raises OSError where the file cannot be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        yield _locked(handle, wait=wait)  # closing the file gives the lock back


if sys.platform == "win32":  # pragma: no cover - the tests run where there is fcntl
    import msvcrt

    def _locked(handle: IO[bytes], *, wait: bool) -> bool:
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            if wait:
                raise
            return False
        return True

else:
    import fcntl

    def _locked(handle: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
