"""`doithoai quarantine`: what could not be handled is seen, tried again in its place, or dropped with a reason."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.cli import run
from bot.domain.deadline import VIETNAM
from bot.ports import RawUpdate
from storage.store import SqlStore
from tests.databases import empty_database

NOON = datetime(2026, 11, 20, 12, tzinfo=VIETNAM)
WORDS = "số của em là 0912345678"


def raw(number: int) -> str:
    return json.dumps({"update_id": number, "message": {"text": WORDS, "chat": {"id": 7}}})


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "mau")
    return tmp_path


@pytest.fixture
def aside(data_dir: Path) -> Path:
    """Three updates of one chat; the first two are in quarantine."""

    async def fill(tx: Any) -> None:
        await tx.inbox.add([RawUpdate("telegram", "42", str(number), "7", raw(number)) for number in (1, 2, 3)], NOON)
        for id_ in (1, 2):
            await tx.inbox.quarantine(id_, NOON, "ValidationError")

    at(data_dir, fill)
    return data_dir


def at(data_dir: Path, do: Any) -> Any:
    """Do something in a transaction of the database."""

    async def work() -> Any:
        store = await SqlStore.open(empty_database(data_dir / "doithoai.sqlite3"), at=NOON)
        try:
            async with store.transaction() as tx:
                return await do(tx)
        finally:
            await store.close()

    return asyncio.run(work())


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["quarantine", *arguments]) == code
    shown = capsys.readouterr()
    return shown.out if code == 0 else shown.err


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_the_list_names_each_with_its_fault_and_none_of_the_words(
    aside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, "list")

    assert "ValidationError" in shown
    assert WORDS not in shown
    assert WORDS not in (as_json := said(capsys, "list", "--json"))
    assert [(one["id"], one["update_id"], one["kept"]) for one in json.loads(as_json)] == [
        (1, "1", True),
        (2, "2", True),
    ]


def test_one_is_shown_whole_to_the_operator(aside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert WORDS in said(capsys, "show", "1")
    assert json.loads(said(capsys, "show", "1", "--json"))["raw"] == json.loads(raw(1))


@pytest.mark.parametrize("which", [["1", "2"], ["--all"]])
def test_those_tried_again_wait_before_what_came_later_in_their_chat(
    aside: Path, capsys: pytest.CaptureFixture[str], which: list[str]
) -> None:
    said(capsys, "retry", *which)

    async def order(tx: Any) -> list[str]:
        found = []
        while (row := await tx.inbox.next(datetime.now(VIETNAM))) is not None:
            found.append((row.update_id, row.tries))
            await tx.inbox.done(row.id, NOON)
        return found

    assert at(aside, order) == [("1", 0), ("2", 0), ("3", 0)]


def test_one_that_is_not_there_is_refused_and_then_none_is_tried_again(
    aside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "số 3" in said(capsys, "retry", "1", "3", code=1)
    assert len(json.loads(said(capsys, "list", "--json"))) == 2
    for command in (["show", "9"], ["drop", "9", "--reason", "rác"]):
        assert "số 9" in said(capsys, *command, code=1)


def test_dropping_needs_a_reason_which_is_on_record_and_the_words_are_gone(
    aside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(["quarantine", "drop", "1"])
    with pytest.raises(SystemExit):
        run(["quarantine", "drop", "1", "--reason", "  "])
    said(capsys, "drop", "1", "--reason", "thư rác  của máy")

    assert [one["id"] for one in json.loads(said(capsys, "list", "--json"))] == [2]
    assert run(["audit", "list", "--json"]) == 0
    (dropped,) = json.loads(capsys.readouterr().out)
    assert (dropped["about"], dropped["reason"]) == ("telegram/1", "thư rác của máy")

    async def left(tx: Any) -> str:
        return await tx.inbox._work.value(text("SELECT raw || chat FROM inbox WHERE id = 1"))

    assert at(aside, left) == ""


def test_what_was_blanked_when_its_time_was_over_is_listed_and_cannot_be_tried_again(
    aside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def blank(tx: Any) -> None:
        await tx.inbox._work.run(text("UPDATE inbox SET raw = '' WHERE id = 1"))

    at(aside, blank)

    assert "hạn lưu" in said(capsys, "retry", "1", code=1)
    said(capsys, "retry", "--all")
    assert [(one["id"], one["kept"]) for one in json.loads(said(capsys, "list", "--json"))] == [(1, False)]


def test_without_a_database_there_is_nothing_to_see(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "chưa có cơ sở dữ liệu" in said(capsys, "list", code=1)
    assert not (data_dir / "doithoai.sqlite3").exists()


@pytest.mark.parametrize("bad", ["x", "-1", "１", "9" * 30])
def test_a_number_that_is_none_is_wrong_use(aside: Path, bad: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(["quarantine", "show", bad])
