"""Opening the database: made private, set to survive a power cut, brought up to date, or refused in a sentence."""

from __future__ import annotations

import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import create_engine

from bot.domain.errors import NotAllowedNow
from bot.domain.role import EVERYTHING, Role
from bot.domain.submission import Action, State, Submission
from bot.ports import Walked
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.moderate import Decision
from storage import engine
from storage import upgrade as upgrading
from storage.faults import StorageFault
from storage.schema import metadata
from storage.store import SqlStore
from tests.world import MovedClock, World, chief

pytestmark = pytest.mark.sqlite_only  # tests/postgres has the counterpart

FIXED, FAULTY = (3, 53, 4), (3, 40, 1)
HEAD = ScriptDirectory(str(upgrading.MIGRATIONS)).get_current_head()


async def refusal(url: str, at: datetime) -> StorageFault:
    with pytest.raises(StorageFault) as refused:
        await SqlStore.open(url, at=at)
    assert Catalogue.load().say(refused.value.key, **refused.value.values)
    return refused.value


async def pragma(store: SqlStore, kind: str, name: str) -> object:
    async with getattr(store._database, kind).connect() as connection:
        return (await connection.execute(text(f"PRAGMA {name}"))).scalar()


def shape(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Everything in a database but triggers: its SQL in sorted parts, because constraints may stand in any order."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
    bare = {name: "".join(sql.replace('"', "").split()).removesuffix(")") for name, sql in rows}
    return {
        name: sorted(re.split(r",(?![^(]*\))", sql.replace("(", "(,", 1)))
        for name, sql in bare.items()
        if name not in ("alembic_version", "sqlite_sequence")
    }


@pytest.fixture
async def store(url: str, at: datetime) -> AsyncIterator[SqlStore]:
    """Really migrated, unlike everywhere else."""
    opened = await SqlStore.open(url, at=at)
    yield opened
    await opened.close()


@pytest.fixture
def raw(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database, isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("version", "expected"),
    [(FIXED, {"journal_mode": "wal", "synchronous": 2}), (FAULTY, {"journal_mode": "delete", "synchronous": 3})],
)
@pytest.mark.parametrize("kind", ["writer", "readers"])
async def test_every_connection_is_set_to_survive_a_power_cut(monkeypatch, url, at, version, expected, kind) -> None:
    monkeypatch.setattr(engine, "linked_version", lambda: version)
    always = {"foreign_keys": 1, "secure_delete": 1, "busy_timeout": engine.BUSY_MS, "recursive_triggers": 1}
    expected = expected | always | {"query_only": int(kind == "readers")}

    store = await SqlStore.open(url, at=at)
    found = {name: await pragma(store, kind, name) for name in expected}
    await store.close()

    assert found == expected


async def test_a_database_goes_from_the_one_journal_to_the_other(monkeypatch, url, at) -> None:
    for version in (FAULTY, FIXED, FAULTY):
        monkeypatch.setattr(engine, "linked_version", lambda version=version: version)
        store = await SqlStore.open(url, at=at)
        async with store.transaction() as tx:
            await tx.facts.put("version", str(version))
        await store.close()

    store = await SqlStore.open(url, at=at)
    async with store.reading() as tx:
        assert await tx.facts.get("version") == str(FAULTY)
    await store.close()


async def test_a_setting_that_sqlite_does_not_take_stops_the_start(monkeypatch, url, at) -> None:
    monkeypatch.setattr(engine, "_pragmas", lambda: {"busy_timeout": 5, "page_size": 1000})

    refused = await refusal(url, at)

    assert refused.key is Key.STORAGE_SETTING
    assert refused.values["name"] == "page_size"
    assert (refused.values["wanted"], refused.values["found"]) == (1000, 4096)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
async def test_the_file_and_the_folders_made_for_it_are_for_us_alone(tmp_path, at) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    file = shared / "made" / "too" / "x.sqlite3"

    store = await SqlStore.open(f"sqlite:///{file}", at=at)
    async with store.transaction() as tx:
        await tx.facts.put("kind", "demo")
    rights = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (shared, file.parent.parent, file.parent, *file.parent.iterdir())
    }
    await store.close()

    wal = (
        {"x.sqlite3-wal": 0o600, "x.sqlite3-shm": 0o600}
        if engine.safety_of(engine.linked_version()).journal == "wal"
        else {}
    )
    assert rights == {"shared": 0o755, "made": 0o700, "too": 0o700, "x.sqlite3": 0o600} | wal


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(url, database, at) -> None:
    database.write_text("Biên bản họp" * 1000, "utf-8")

    refused = await refusal(url, at)

    assert refused.key is Key.STORAGE_NOT_OURS
    assert database.read_text("utf-8") == "Biên bản họp" * 1000


async def test_a_database_of_another_program_is_refused_and_left_as_it_is(url, raw, at) -> None:
    raw.execute("CREATE TABLE invoices (id INTEGER)")

    refused = await refusal(url, at)

    assert refused.key is Key.STORAGE_NOT_OURS
    assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


async def test_a_folder_in_place_of_the_file_is_refused(url, database, at) -> None:
    database.mkdir()

    assert (await refusal(url, at)).key is Key.STORAGE_CANNOT_OPEN


async def test_a_file_in_place_of_the_folder_is_refused(tmp_path, at) -> None:
    (tmp_path / "data").write_text("")

    assert (await refusal(f"sqlite:///{tmp_path}/data/x.sqlite3", at)).key is Key.STORAGE_CANNOT_OPEN


async def test_a_database_held_by_another_process_is_refused(monkeypatch, url, raw, at) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 1)
    raw.execute("BEGIN EXCLUSIVE")

    assert (await refusal(url, at)).key is Key.STORAGE_LOCKED


async def test_a_refused_start_leaves_no_connection_behind(url, database, at, monkeypatch) -> None:
    monkeypatch.setattr(upgrading, "TRIGGERS", {"history_no_update", "never_made"})

    refused = await refusal(url, at)

    assert (refused.key, refused.values["what"]) == (Key.STORAGE_UPGRADE, "never_made")
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


# ------------------------------------------------------------------ migrations


async def test_the_migrations_lead_to_exactly_the_schema(store, raw) -> None:
    wanted = create_engine("sqlite://")

    with wanted.connect() as connection:
        metadata.create_all(connection)
        driver = connection.connection.driver_connection
        expected = shape(driver)
    wanted.dispose()

    assert shape(raw) == expected


async def test_alembic_finds_nothing_left_to_migrate(store) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)

    async with store._database.writer.connect() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_the_day_the_schema_was_made_is_noted_and_stays(url, at) -> None:
    for start in (at, at + timedelta(days=9)):
        store = await SqlStore.open(url, at=start)
        async with store.reading() as tx:
            noted = await tx.facts.get("schema_made_at"), await tx.facts.get("schema_upgraded_at")
        await store.close()

    assert noted == (at.isoformat(), None)


async def test_a_database_newer_than_the_program_is_refused_and_left_as_it_is(url, at, raw) -> None:
    await (await SqlStore.open(url, at=at)).close()
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = shape(raw)

    refused = await refusal(url, at)

    assert (refused.key, refused.values["found"]) == (Key.STORAGE_NEWER, "9999")
    assert shape(raw) == before


@pytest.fixture
def revised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts one more revision behind the last one: its `upgrade` has the given lines."""

    def make(*lines: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        body = "".join(f"    op.execute({line!r})\n" for line in lines)
        (folder / "versions" / "next_9000.py").write_text(
            f"from alembic import op\nrevision = '9000'\ndown_revision = '{HEAD}'\n\ndef upgrade():\n{body}", "utf-8"
        )
        monkeypatch.setattr(upgrading.upgrade, "__defaults__", (folder,))

    return make


async def filled(url: str, at: datetime, question) -> None:
    store = await SqlStore.open(url, at=at)
    async with store.transaction() as tx:
        submission = await tx.submissions.add(question())
        await tx.board.open(_address(), submission.id)
    await store.close()


def _address():
    from bot.domain.message import Address, ChannelName

    return Address(ChannelName.TELEGRAM, "bot", "-100")


async def test_an_upgrade_is_noted_and_keeps_every_row(url, at, raw, question, revised) -> None:
    await filled(url, at, question)
    revised("ALTER TABLE cards ADD COLUMN seen INTEGER")
    later = at + timedelta(days=30)

    store = await SqlStore.open(url, at=later)
    async with store.reading() as tx:
        noted = await tx.facts.get("schema_upgraded_at")
    await store.close()

    assert noted == later.isoformat()
    assert raw.execute("SELECT count(seen), count(*) FROM cards").fetchall() == [(0, 1)]
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("9000",)]


async def test_an_upgrade_that_fails_half_way_leaves_the_old_schema(url, at, raw, question, revised) -> None:
    await filled(url, at, question)
    before = shape(raw)
    revised("CREATE TABLE half (id INTEGER)", "DROP TABLE slips", "this is no SQL")

    with pytest.raises(Exception, match="syntax error"):
        await SqlStore.open(url, at=at)

    assert shape(raw) == before
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("DELETE FROM cards", "cards"),
        ("DELETE FROM submissions", "submissions, cards"),
        ("DROP TRIGGER history_no_delete", "history_no_delete"),
    ],
)
async def test_an_upgrade_that_loses_something_is_undone(url, at, raw, question, revised, line, what) -> None:
    await filled(url, at, question)
    revised(line)

    refused = await refusal(url, at)

    assert (refused.key, refused.values["what"]) == (Key.STORAGE_UPGRADE, what)
    assert raw.execute("SELECT (SELECT count(*) FROM cards), (SELECT count(*) FROM submissions)").fetchall() == [(1, 1)]
    assert raw.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchall() == [(2,)]


async def test_a_database_of_the_first_revision_keeps_its_rows_and_nothing_in_it_is_private(
    url, at, raw, question, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__", "*_000[2-9].py"))
    with monkeypatch.context() as older:
        older.setattr(upgrading.upgrade, "__defaults__", (folder,))
        await (await SqlStore.open(url, at=at)).close()
    raw.execute(
        "INSERT INTO submissions (programme, number, code, text, state, version, topic, source, source_label, unit, "
        "youth_group, typed_at, received_at, late, reason, decided_by) VALUES ('mau', 1, 'HY26-0001-A', 'Bao giờ có xe?', "
        "'waiting', 1, 'dat-dai', 'web', '', '', '', '2026-11-01', '2026-11-01', 0, '', '')"
    )
    raw.execute("INSERT INTO moderators (name, since) VALUES ('Lan', '2026-11-01')")
    raw.execute(
        "INSERT INTO history (submission_id, at, actor, action, state_after, reason, topic, text_before) VALUES "
        "(1, '2026-11-01', 'asker', 'submit', 'waiting', '', 'dat-dai', ''), "
        "(1, '2026-11-02', 'asker', 'edit', 'waiting', '', 'dat-dai', 'Lời cũ')"
    )

    store = await SqlStore.open(url, at=at)
    async with store.reading() as tx:
        kept, private = await tx.submissions.by_code("HY26-0001-A"), await tx.submissions.private("mau")
        (moderator,) = await tx.moderators.all()
        entries = await tx.history.of(kept.id)
        walked = await tx.history.walk(Walked(), 10)
    await store.close()

    assert (walked.holds, walked.broken, walked.ended) == (2, None, True)
    assert [(entry.action.value, entry.text_before) for entry in entries] == [("submit", ""), ("edit", "Lời cũ")]
    assert (kept.text, kept.private, private, moderator.chief) == ("Bao giờ có xe?", False, [], False)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("DELETE FROM history")


def of_the_second_revision(raw) -> None:
    """One submission in every state that there was, decided before entries said what stood before."""
    raw.execute(
        "INSERT INTO issues (programme, number, topic, lead, supporting) VALUES ('mau', 1, 'dat-dai', 'so-tnmt', '[]')"
    )
    for number, (state, private, issue) in enumerate(OLD, 1):
        raw.execute(
            "INSERT INTO submissions (programme, number, code, text, state, version, topic, source, source_label, unit, "
            "youth_group, typed_at, received_at, late, reason, decided_by, decided_at, private, issue_id) VALUES "
            "('mau', ?, ?, 'Bao giờ có xe?', ?, 2, 'dat-dai', 'web', '', '', '', '2026-11-01', '2026-11-01', 0, ?, ?, "
            "?, ?, ?)",
            (
                number,
                f"HY26-000{number}-A",
                state,
                "reason.unclear" if state == "rejected" and not private else "",
                "" if state == "waiting" else "Lan",
                None if state == "waiting" else "2026-11-02",
                private,
                issue,
            ),
        )
        action = {"approved": "approve", "rejected": "close" if private else "reject", "withdrawn": "withdraw"}
        entries = [("asker", "submit", None, "waiting")]
        if state in action:
            entries.append(("asker" if state == "withdrawn" else "Lan", action[state], "waiting", state))
        if state == "approved":
            entries.append(("Lan", "reroute", state, state))
        for actor, done, before, after in entries:
            raw.execute(
                "INSERT INTO history (submission_id, at, actor, action, state_before, state_after, reason, topic, "
                "text_before) VALUES (?, '2026-11-02', ?, ?, ?, ?, '', 'dat-dai', '')",
                (number, actor, done, before, after),
            )


OLD = (
    ("waiting", False, None),
    ("approved", False, 1),
    ("rejected", False, None),
    ("withdrawn", False, None),
    ("waiting", True, None),
    ("rejected", True, None),
)


async def test_what_was_decided_before_entries_could_be_taken_back_can_be_undone_after_the_upgrade(
    url, at, raw, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__", "*_000[3-9].py"))
    with monkeypatch.context() as older:
        older.setattr(upgrading.upgrade, "__defaults__", (folder,))
        await (await SqlStore.open(url, at=at)).close()
    of_the_second_revision(raw)

    store = await SqlStore.open(url, at=at)
    world = World(store, tmp_path / "xuat", MovedClock(at), programme="mau")
    became = {}
    for number, (state, private, _) in enumerate(OLD, 1):
        before = await _stored(store, number)
        try:
            undone = await world.moderate.decide(number, before.version, Decision(Action.UNDO), chief())
        except NotAllowedNow as refusal:
            became[state, private] = refusal.key
        else:
            became[state, private] = undone.state
            assert (undone.issue_id, undone.reason, undone.decided_by, undone.private) == (None, "", "", private)
            assert Action.UNDO in before.actions()
            assert Action.UNDO not in undone.actions()
    async with store.reading() as tx:
        undos = [(await tx.history.of(number))[-1] for number in (2, 3, 6)]
    await store.close()

    assert became == {
        ("waiting", False): Key.REFUSE_NOT_NOW,
        ("approved", False): State.WAITING,
        ("rejected", False): State.WAITING,
        ("withdrawn", False): Key.REFUSE_NOT_NOW,
        ("waiting", True): Key.REFUSE_NOT_NOW,
        ("rejected", True): State.WAITING,
    }
    assert [(one.action, one.reason) for one in undos] == [
        (Action.UNDO, "approve"),
        (Action.UNDO, "reject"),
        (Action.UNDO, "close"),
    ]


async def _stored(store: SqlStore, id_: int) -> Submission:
    async with store.reading() as tx:
        found = await tx.submissions.get(id_)
    assert found is not None
    return found


async def test_whoever_was_a_responsible_person_before_there_were_roles_is_one_now(
    url, at, raw, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__", "*_000[3-9].py"))
    with monkeypatch.context() as older:
        older.setattr(upgrading.upgrade, "__defaults__", (folder,))
        await (await SqlStore.open(url, at=at)).close()
    raw.execute("INSERT INTO moderators (name, since, chief) VALUES ('Lan', '2026-11-01', 0), ('Hoa', '2026-11-01', 1)")
    raw.execute(
        "INSERT INTO invitations (token_hash, name, created_at, expires_at, chief) "
        "VALUES ('a', 'Minh', '2026-11-01', '2026-12-01', 1)"
    )

    store = await SqlStore.open(url, at=at)
    async with store.reading() as tx:
        everybody, invited = await tx.moderators.all(), await tx.moderators.invited(at)
    await store.close()

    assert [(one.name, one.role, one.scope, one.telegram) for one in everybody] == [
        ("Lan", Role.MODERATOR, EVERYTHING, ""),
        ("Hoa", Role.CHIEF, EVERYTHING, ""),
    ]
    assert [(one.name, one.role) for one in invited] == [("Minh", Role.CHIEF)]
