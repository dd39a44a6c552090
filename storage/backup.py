"""A copy of the SQLite database that can be trusted, made while the bot goes on writing.

Copying the file itself is no backup: nine of ten such copies were broken, some without any sign of it. SQLite's own
backup reads through one transaction, so the copy is the database as it was at one instant; in WAL mode no writer waits
for it. Everything here blocks: call it in a thread where others work.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.domain.audit import Head
from bot.domain.errors import Refusal
from bot.texts.keys import Key
from storage import engine
from storage.sqlite_file import FileLock, lock_of

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite's files are called behind the name of the database."""

# Numbers that people were told, and how far at least they go on where nobody knows how many were given since a backup.
_TOLD_NUMBERS = ("submission", "issue")
_GAP = 1_000


class BackupFault(Refusal):
    """A backup could not be made or cannot be used. What stood there before still does."""


@dataclass(frozen=True, slots=True)
class State:
    """What a copy is compared by: the schema's revision, the rows of each table, the newest entry of the history."""

    revision: str
    rows: dict[str, int]
    head: Head


def copy(source: Path, target: Path) -> State:
    """Copy the database at `source` to a new file and check the copy.

    Raises BackupFault where the copy is not whole, and sqlite3.Error or OSError where it cannot be made.
    """
    engine.make_private(target)
    with closing(_open(source)) as original, closing(_open(target)) as made:
        made.execute("PRAGMA synchronous=OFF")  # it is synced once, in the end
        original.execute("BEGIN")  # one instant for what is counted and what is copied
        wanted = _state(original)
        original.backup(made)
        original.execute("COMMIT")
        made.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    _sync(target)
    if examine(target) != wanted:
        raise BackupFault(Key.BACKUP_NOT_WHOLE, what="rows")
    return wanted


def examine(file: Path) -> State:
    """What a database holds that nobody writes to. Raises BackupFault where it is damaged."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            complaints = [row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
            complaints += [f"foreign_key {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")][:1]
            if complaints:
                raise BackupFault(Key.BACKUP_NOT_WHOLE, what=complaints[0])
            return _state(connection)
    except sqlite3.DatabaseError as fault:
        raise BackupFault(Key.BACKUP_NOT_WHOLE, what=type(fault).__name__) from fault


def has_rows(file: Path) -> bool:
    """Whether there is anything in the database that an upgrade could lose."""
    with closing(_open(file)) as connection:
        return any(rows for name, rows in _state(connection).rows.items() if name != "alembic_version")


@contextmanager
def nobody_at(file: Path) -> Iterator[None]:
    """Make sure that no other process has the database open, and that no bot starts meanwhile.

    Raises BackupFault where one does.
    """
    engine.make_private(lock_of(file))
    lock = FileLock.taken(lock_of(file))
    if lock is None:
        raise BackupFault(Key.BACKUP_BOT_RUNS, path=file)
    try:
        if file.exists():
            _close_journal(file)
        yield
    finally:
        lock.release()


def _close_journal(file: Path) -> None:
    """SQLite leaves WAL mode for the last connection alone, and brings what waits in the WAL file into the database."""
    try:
        with closing(_open(file, patience=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as fault:
        raise BackupFault(Key.BACKUP_BOT_RUNS, path=file) from fault
    except sqlite3.DatabaseError:
        pass  # so damaged that nobody can be at work with it; this is what backups are for


def go_on_behind(restored: Path, former: Path) -> None:
    """Let `restored` go on behind what people were told after it was saved: no number is given twice.

    `former` is the database that it replaces. Where that is another one, or can tell nothing any more, numbers jump.
    """
    with closing(_open(restored)) as connection:
        given = _given_since(former, _state(connection).head)
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute("SELECT kind, programme, value FROM counters").fetchall()
        for kind, programme, value in found:
            if kind in _TOLD_NUMBERS:
                goes_on_at = given.get((kind, programme), value + max(_GAP, value))
                connection.execute(
                    "UPDATE counters SET value = max(value, ?) WHERE kind = ? AND programme = ?",
                    (goes_on_at, kind, programme),
                )
        # What waited then was probably said since; saying it twice is better than never, if it says so.
        connection.execute(
            "UPDATE outbox SET repeats = repeats + 1 WHERE kind = 'words' AND state IN ('waiting', 'sending')"
        )
        # A web page asks for every message behind the last one that it showed.
        connection.execute("UPDATE sqlite_sequence SET seq = seq + 1000000 WHERE name = 'outbox'")
        connection.execute("COMMIT")


def _given_since(former: Path, head: Head) -> dict[tuple[str, str], int]:
    """The counters of the database that went on from `head`; none where this is no such database."""
    if not former.exists():
        return {}
    try:
        with closing(_open(former)) as connection:
            goes_on = connection.execute("SELECT 1 FROM history WHERE hash = ?", (head.hash,)).fetchone()
            found = connection.execute("SELECT kind, programme, value FROM counters") if goes_on else ()
            return {(kind, programme): value for kind, programme, value in found}
    except sqlite3.Error:
        return {}


def _open(file: Path, *, patience: float = engine.BUSY_MS / 1000) -> sqlite3.Connection:
    # Never makes a file: what is not there is a fault and no empty database.
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )


def _state(connection: sqlite3.Connection) -> State:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return State(revision[0] if revision else "", rows, Head(rows.get("history", 0), _last_hash(connection)))


def _last_hash(connection: sqlite3.Connection) -> str:
    """Of the history; "" where it is empty, or of one of the first two revisions, which had no hashes."""
    if not any(row[1] == "hash" for row in connection.execute("PRAGMA table_info(history)")):
        return ""
    last = connection.execute("SELECT hash FROM history ORDER BY id DESC LIMIT 1").fetchone()
    return last[0] if last else ""


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
