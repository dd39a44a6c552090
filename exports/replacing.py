"""Files that appear whole or not at all: written beside their place, put there at the end."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from bot.texts.keys import Key
from exports.faults import WorkbookFault

# Why a file cannot be written; anything else is met with a sentence that names the usual reasons.
_WHY = {
    errno.ENOENT: Key.XL_NO_FOLDER,
    errno.ENOTDIR: Key.XL_NO_FOLDER,
    errno.EISDIR: Key.XL_IS_FOLDER,
    errno.EACCES: Key.XL_NO_RIGHT,
    errno.EPERM: Key.XL_NO_RIGHT,
    errno.EROFS: Key.XL_NO_RIGHT,
    errno.ENOSPC: Key.XL_FULL,
    errno.EDQUOT: Key.XL_FULL,
}


class Replacing:
    """A draft file next to the target that takes its place at the end, or disappears on any exception."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        try:
            number, name = tempfile.mkstemp(self._target.suffix or ".xlsx", ".doithoai-", self._target.parent)
        except OSError as fault:
            raise self._refusal(fault) from fault
        os.close(number)
        self._draft = Path(name)
        return self._draft

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: object) -> None:
        try:
            if kind is None:
                self._sync()
                self._draft.replace(self._target)
        except OSError as own:
            raise self._refusal(own) from own
        finally:
            self._draft.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise self._refusal(fault) from fault

    def _sync(self) -> None:
        with self._draft.open("rb+") as file:
            os.fsync(file.fileno())

    def _refusal(self, fault: OSError) -> WorkbookFault:
        return WorkbookFault(_WHY.get(fault.errno or 0, Key.XL_CANNOT_WRITE), file=str(self._target))
