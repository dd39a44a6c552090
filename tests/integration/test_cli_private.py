"""The command line and the private path: naming a responsible person, the warning without one, slips that cry for help."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3

import pytest

import bot.app
from bot.settings import read
from bot.usecases.invite import hashed
from tests.integration.test_cli import _place, call, served, taken

__all__ = ["_place", "call", "served", "taken"]  # fixtures
CRY = "Em bị bố dượng đánh, em sợ lắm"
PROGRAMME = ("--programme", "mau")


async def _redeem(link: str) -> None:
    token = link.strip().split("ma=")[1]
    async with bot.app.open_desk(read(), "mau") as desk, desk.store.transaction() as tx:
        assert await tx.moderators.redeem(hashed(token), hashed("session"), desk.clock.now())


def test_a_responsible_person_is_invited_and_listed_as_one(call):
    code, link, err = call("moderator", "invite", "Chị Hoa", "--role", "chief", *PROGRAMME)
    asyncio.run(_redeem(link))

    _, listed, _ = call("moderator", "list", *PROGRAMME)
    _, as_json, _ = call("moderator", "list", "--json", *PROGRAMME)

    assert code == 0
    assert "Chị Hoa, người phụ trách;" in err
    assert "người phụ trách" in listed
    assert [one["role"] for one in json.loads(as_json)] == ["chief"]


def test_a_run_without_a_responsible_person_says_how_to_name_one(call, served):
    _, _, before = call("run", *PROGRAMME)
    _, link, _ = call("moderator", "invite", "Chị Hoa", "--role", "chief", *PROGRAMME)
    asyncio.run(_redeem(link))
    _, _, after = call("run", *PROGRAMME)

    assert "chưa có người phụ trách" in before
    assert "doithoai moderator invite TÊN --role chief" in before
    assert "chưa có người phụ trách" not in after


def test_the_demo_says_how_to_name_a_responsible_person(call, served, monkeypatch):
    _, out, _ = call("demo", "--no-browser", "--port", "0")

    assert "mời người phụ trách bằng: doithoai moderator invite TÊN --role chief" in out


def test_an_import_counts_private_slips_and_never_shows_their_words(call, tmp_path, monkeypatch):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "42:" + "a" * 35)
    monkeypatch.setenv("DOITHOAI_TELEGRAM_GROUP", "-1001")
    file = tmp_path / "phieu.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Nội dung"], ["Bao giờ quê em có xe buýt?"], [CRY]])

    _, out, err = call("import", file, *PROGRAMME)
    _, as_json, _ = call("import", file, "--json", *PROGRAMME)

    with sqlite3.connect(tmp_path / "data/doithoai.sqlite3") as database:
        said = [words for (words,) in database.execute("SELECT words FROM outbox WHERE chat = '-1001'")]
    assert "1 phiếu có dấu hiệu người đang gặp nguy hiểm" in err
    assert CRY not in out + err
    assert json.loads(as_json)["private"] == 0
    assert len(said) == 1
    assert "người phụ trách xem riêng" in said[0]


@pytest.mark.parametrize("command", [("import", "phieu.csv"), ("run",)])
def test_an_operators_broken_file_of_phrases_stops_with_a_sentence(call, tmp_path, command):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/phrases.toml").write_text("[self_harm\n", "utf-8")
    (tmp_path / "phieu.csv").write_text("Nội dung\nBao giờ có xe?\n", "utf-8-sig")

    code, _, err = call(*command, *PROGRAMME)

    assert code == 1
    assert "Tệp cụm từ" in err
    assert "dòng 1" in err
