"""Which SQLite is trusted how, which URLs name a file, and what the schema promises without any database."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.domain.deadline import VIETNAM
from bot.texts.keys import Key
from storage import engine
from storage.faults import StorageFault
from storage.inbox import first_due
from storage.outbox import heads
from storage.schema import Instant, metadata

WAL_FULL = engine.Safety("wal", 2)
DELETE_EXTRA = engine.Safety("delete", 3)


@pytest.mark.parametrize(
    ("version", "safety"),
    [
        ((3, 35, 0), DELETE_EXTRA),
        ((3, 40, 1), DELETE_EXTRA),
        ((3, 43, 99), DELETE_EXTRA),
        ((3, 44, 5), DELETE_EXTRA),
        ((3, 44, 6), WAL_FULL),
        ((3, 45, 0), DELETE_EXTRA),
        ((3, 49, 2), DELETE_EXTRA),
        ((3, 50, 6), DELETE_EXTRA),
        ((3, 50, 7), WAL_FULL),
        ((3, 51, 0), DELETE_EXTRA),
        ((3, 51, 2), DELETE_EXTRA),
        ((3, 51, 3), WAL_FULL),
        ((3, 52, 0), WAL_FULL),
        ((3, 53, 4), WAL_FULL),
        ((4, 0, 0), WAL_FULL),
    ],
)
def test_wal_is_used_only_where_the_reset_bug_is_fixed(version: engine.Version, safety: engine.Safety) -> None:
    assert engine.safety_of(version) == safety


def test_a_sqlite_without_returning_is_refused() -> None:
    with pytest.raises(StorageFault) as refused:
        engine.safety_of((3, 34, 1))

    assert refused.value.key is Key.STORAGE_SQLITE_OLD
    assert refused.value.values == {"found": "3.34.1", "wanted": "3.35.0"}


def test_the_newer_sqlite_takes_the_place_of_the_interpreters_own() -> None:
    wheel = pytest.importorskip("pysqlite3")

    assert sys.modules["sqlite3"] is wheel
    assert engine.linked_version() == wheel.sqlite_version_info


def test_the_sqlite_that_is_judged_is_the_one_that_runs() -> None:
    connection = engine.sqlite3.connect(":memory:")

    (told,) = connection.execute("SELECT sqlite_version()").fetchone()

    connection.close()
    assert told == ".".join(map(str, engine.linked_version()))


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite+aiosqlite:////srv/du lieu/đối thoại.sqlite3", "/srv/du lieu/đối thoại.sqlite3"),
        ("sqlite:////srv/x.sqlite3", "/srv/x.sqlite3"),
        ("sqlite:///data/x.sqlite3", str(Path.cwd() / "data" / "x.sqlite3")),
    ],
)
def test_a_sqlite_url_names_a_file_with_or_without_the_driver(url: str, file: str) -> None:
    assert engine.database_file(url) == Path(file)


def test_a_windows_path_keeps_its_drive() -> None:
    assert str(engine.database_file(r"sqlite:///C:\du lieu\x.sqlite3")).endswith(r"C:\du lieu\x.sqlite3")


@pytest.mark.parametrize(
    "url", ["", "rubbish", "sqlite://", "sqlite:///:memory:", "mysql://me@there/x", "sqlite:///a?b=c"]
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(StorageFault) as refused:
        engine.database_file(url)

    assert refused.value.key is Key.STORAGE_URL


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(StorageFault) as refused:
        engine.database_file("postgresql://doithoai:bi-mat@db/x")

    assert refused.value.values == {"url": "postgresql://doithoai:***@db/x"}


def test_an_instant_goes_in_as_utc_and_comes_out_in_vietnam() -> None:
    noon = datetime(2026, 11, 1, 12, 0, tzinfo=VIETNAM)
    dialect = sqlite.dialect()

    stored = Instant().process_bind_param(noon, dialect)
    returned = Instant().process_result_value(datetime(2026, 11, 1, 5, 0), dialect)  # noqa: DTZ001

    assert stored == datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    assert stored.tzinfo is UTC
    assert returned == noon
    assert returned.tzinfo is VIETNAM


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(datetime(2026, 11, 1, 12, 0), sqlite.dialect())  # noqa: DTZ001


def test_the_schema_can_be_written_for_postgresql() -> None:
    dialect = postgresql.dialect()

    ddl = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    ddl += [
        str(CreateIndex(index).compile(dialect=dialect)) for table in metadata.sorted_tables for index in table.indexes
    ]

    text = "\n".join(ddl)
    assert "received_at TIMESTAMP WITH TIME ZONE NOT NULL" in text
    assert "WHERE kind = 'card' AND state = 'waiting'" in text
    assert "AUTOINCREMENT" not in text
    assert "DATETIME" not in text


@pytest.fixture
def planner() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (first_due(datetime(2026, 11, 1, tzinfo=UTC)), ["ix_inbox_waiting", "ix_inbox_chat_order"]),
        (heads(), ["ix_outbox_waiting", "ix_outbox_chat_order"]),
    ],
)
def test_what_is_next_is_found_among_open_rows_only(planner: sqlite3.Connection, statement, indexes) -> None:
    sql = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))

    plan = [row[3] for row in planner.execute(f"EXPLAIN QUERY PLAN {sql}") if "INDEX" in row[3] or "SCAN" in row[3]]

    assert [step.split("INDEX ")[1].split()[0] for step in plan] == indexes
