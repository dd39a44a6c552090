"""Work on a database, and what is left of it after power cuts at chance moments (disk.py)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from tests.doubles.disk import Acknowledged, Disk

TRANSACTIONS = 60
PARTS = 3
_NAME = "x.sqlite3"
_CHECKPOINT_PAGES = 40  # instead of a thousand: there are to be checkpoints in the middle of the work


@dataclass
class Found:
    """What cuts did: how many commits were lost, were there by half, how often the file was damaged."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    halved: int = 0
    damaged: int = 0


def worked(folder: Path, pragmas: Mapping[str, str | int]) -> Disk:
    """A disk on which transactions were written, each in three parts, with rows of earlier ones changed and deleted."""
    disk = Disk(folder)
    chance = random.Random(20240303)
    with closing(disk.connect(_NAME)) as connection:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        connection.execute("CREATE TABLE parts (number INTEGER, part INTEGER, words BLOB)")
        connection.execute("CREATE TABLE passing (number INTEGER PRIMARY KEY, words BLOB)")
        connection.execute("CREATE INDEX ix_parts ON parts (number, part)")
        for number in range(TRANSACTIONS):
            connection.execute("BEGIN IMMEDIATE")
            for part in range(PARTS):
                words = chance.randbytes(chance.choice((40, 400, 6_000)))
                connection.execute("INSERT INTO parts VALUES (?, ?, ?)", (number, part, words))
                connection.execute("UPDATE parts SET words = ? WHERE number = ?", (words, chance.randrange(number + 1)))
            connection.execute("INSERT INTO passing VALUES (?, ?)", (number, chance.randbytes(2_000)))
            connection.execute("DELETE FROM passing WHERE number < ?", (number - 5,))
            connection.execute("COMMIT")
            disk.acknowledge(number)
    return disk


def cuts_of(disk: Disk, folder: Path, times: int, seed: int = 1) -> Found:
    """Cut the power that often, at chance points of the work."""
    chance = random.Random(seed)
    found = Found()
    first = next(place for place, event in enumerate(disk.events) if isinstance(event, Acknowledged))
    for number in range(times):
        place = folder / f"cut-{number}"
        acknowledged = disk.after_a_cut(chance.randrange(first, len(disk.events)), chance, place)
        _judge(place / _NAME, acknowledged, found)
        shutil.rmtree(place)
    return found


def _judge(file: Path, acknowledged: list[int], found: Found) -> None:
    found.cuts += 1
    found.acknowledged += len(acknowledged)
    try:
        with closing(apsw.Connection(str(file))) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            held = dict(connection.execute("SELECT number, count(*) FROM parts GROUP BY number"))
    except apsw.Error:
        whole, held = False, {}
    found.damaged += not whole
    found.lost += sum(number not in held for number in acknowledged)
    found.halved += sum(parts != PARTS for parts in held.values())
