"""Databases of every released program become today's with nothing lost, wherever the power or the process ends."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.texts.catalogue import Catalogue
from bot.usecases.audit import Audit
from bot.usecases.voice import Voice
from storage import engine, store
from storage.backup import BESIDE
from storage.store import SqlStore
from tests.databases import SERVER
from tests.older import RELEASED, older_database
from tests.world import NOON

pytestmark = pytest.mark.skipif(bool(SERVER), reason="released databases are files")

FIXED, FAULTY = (3, 53, 4), (3, 40, 1)
# What an upgrade keeps in another place or form; everything else must be as it was.
MOVED = {("history", "text_before"), ("moderators", "chief"), ("invitations", "chief")}
NOTES = {"alembic_version", "sqlite_sequence"}

Rows = dict[str, list[dict[str, object]]]


def rows(file: Path) -> Rows:
    """All that a database holds, in a fixed order."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names}
    return {name: sorted(held, key=repr) for name, held in found.items() if name not in NOTES}


def shape(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())


def revision(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def kept_of(before: Rows, after: Rows) -> Rows:
    """What stands after the upgrade in the tables and columns that there were before."""
    return {
        name: sorted(({key: row[key] for key in held[0] if (name, key) not in MOVED} for row in after[name]), key=repr)
        for name, held in before.items()
        if held
    }


async def upgraded(file: Path) -> SqlStore:
    return await SqlStore.open(f"sqlite:///{file.as_posix()}", at=NOON)


async def upgrade(file: Path) -> None:
    await (await upgraded(file)).close()


def test_every_revision_but_the_unreleased_ones_has_a_database_as_it_was_left():
    assert RELEASED[:4] == ("0001", "0002", "0003", "0004")


@pytest.mark.parametrize("released", RELEASED)
async def test_a_released_database_becomes_todays_with_nothing_lost(tmp_path, released):
    file = tmp_path / "x.sqlite3"
    older_database(released, file)
    before = rows(file)
    assert [name for name, held in before.items() if not held] == []  # an empty table would show nothing

    opened = await upgraded(file)
    verdict = await Audit(opened, Voice(Catalogue.load(), rehearsal=False)).verify()
    await opened.close()

    before["facts"] = [*before["facts"], {"name": "schema_upgraded_at", "value": NOON.isoformat()}]
    wanted = {
        name: sorted(({key: row[key] for key in row if (name, key) not in MOVED} for row in held), key=repr)
        for name, held in before.items()
    }
    assert kept_of(before, rows(file)) == wanted
    assert (verdict.broken, verdict.holds) == (None, len(before["history"]))


async def test_the_former_words_of_the_first_programs_are_still_in_the_history(tmp_path):
    file = tmp_path / "x.sqlite3"
    older_database("0001", file)
    words = [row["text_before"] for row in rows(file)["history"] if row["text_before"]]

    await upgrade(file)

    assert [row["text"] for row in rows(file)["history_texts"]] == words != []


async def test_whoever_was_a_responsible_person_still_is(tmp_path):
    file = tmp_path / "x.sqlite3"
    older_database("0002", file)
    chiefs = [row["name"] for row in rows(file)["moderators"] if row["chief"]]

    await upgrade(file)

    assert [row["name"] for row in rows(file)["moderators"] if row["role"] == "chief"] == chiefs != []


# ------------------------------------------------------------------ the process ends in the middle


@dataclass
class Killed:
    """The files of a database as a process leaves them that is killed before a statement; the same ones only once."""

    file: Path
    folder: Path
    statements: int = 0
    left: dict[str, Path] = field(default_factory=dict)

    def take(self, *_: object) -> None:
        self.statements += 1
        found = [one for ending in BESIDE if (one := self.file.with_name(self.file.name + ending)).exists()]
        content = sha256(b"".join(one.name.encode() + one.read_bytes() for one in found)).hexdigest()
        if content not in self.left:
            folder = self.folder / str(self.statements)
            folder.mkdir(parents=True)
            for one in found:
                shutil.copy(one, folder)
            self.left[content] = folder / self.file.name


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Killed:
    """What is left of an upgrade of `x.sqlite3` that ends before any of its statements, or before its commit."""
    left = Killed(tmp_path / "x.sqlite3", tmp_path / "killed")
    make = engine.upgrader

    def upgrader(file: Path):
        made = make(file)
        if file == left.file:
            event.listen(made.sync_engine, "before_cursor_execute", left.take)
            event.listen(made.sync_engine, "commit", left.take)
        return made

    monkeypatch.setattr(store.engine, "upgrader", upgrader)
    return left


@pytest.mark.parametrize("version", [FIXED, FAULTY], ids=["wal", "rollback journal"])
@pytest.mark.parametrize("released", RELEASED)
async def test_killed_at_any_statement_the_old_schema_is_whole_and_the_next_start_finishes(
    monkeypatch, killed, released, version
):
    monkeypatch.setattr(engine, "linked_version", lambda: version)
    file = killed.file
    older_database(released, file)
    old = (revision(file), shape(file), rows(file))

    await upgrade(file)

    assert killed.statements > 20
    for left in killed.left.values():
        with closing(sqlite3.connect(left)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert (revision(left), shape(left), rows(left)) == old
    last = [*killed.left.values()][-1]
    await upgrade(last)
    assert (revision(last), shape(last)) == (revision(file), shape(file))
    assert kept_of(old[2], rows(last)) == kept_of(old[2], rows(file))


async def test_a_commit_is_what_makes_it_new(monkeypatch, killed):
    """The test above sees the disk in the middle of an upgrade: with a journal more than one state of it."""
    monkeypatch.setattr(engine, "linked_version", lambda: FAULTY)
    older_database("0001", killed.file)

    await upgrade(killed.file)

    assert len(killed.left) > 1
    assert (revision([*killed.left.values()][-1]), revision(killed.file) > "0004") == ("0001", True)
