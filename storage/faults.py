"""Why the database cannot be used, as a sentence for whoever starts the bot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.domain.errors import Refusal
from bot.texts.keys import Key


class StorageFault(Refusal):
    """The database cannot be opened, is not ours, or is newer than this program. Nothing in it was changed."""


_BY_SQLITE_ERROR = {
    "SQLITE_NOTADB": Key.STORAGE_NOT_OURS,
    "SQLITE_CORRUPT": Key.STORAGE_NOT_OURS,
    "SQLITE_BUSY": Key.STORAGE_LOCKED,
    "SQLITE_LOCKED": Key.STORAGE_LOCKED,
    "SQLITE_CANTOPEN": Key.STORAGE_CANNOT_OPEN,
    "SQLITE_READONLY": Key.STORAGE_CANNOT_OPEN,
    "SQLITE_PERM": Key.STORAGE_CANNOT_OPEN,
    "SQLITE_FULL": Key.STORAGE_FULL,
}


@contextmanager
def explained(file: Path) -> Iterator[None]:
    """Turn what the system or SQLite says about `file` while it is opened into a StorageFault; other errors pass."""
    try:
        yield
    except OSError as error:
        raise StorageFault(Key.STORAGE_CANNOT_OPEN, path=file) from error
    except DBAPIError as error:
        key = _sentence(getattr(error.orig, "sqlite_errorname", ""))
        if key is None:
            raise
        raise StorageFault(key, path=file) from error


def _sentence(error_name: str) -> Key | None:
    """SQLite refines its names (SQLITE_BUSY_SNAPSHOT, SQLITE_CANTOPEN_ISDIR); the first two words tell the kind."""
    return _BY_SQLITE_ERROR.get("_".join(error_name.split("_")[:2]))
