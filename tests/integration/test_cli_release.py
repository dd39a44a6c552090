"""`doithoai release` and `doithoai undelivered` on a terminal."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import openpyxl
import pytest

import bot.app
from bot.app import open_desk
from bot.cli import run
from bot.domain.answer import AnswerBody, AnswerStep
from bot.domain.submission import Action
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.settings import read
from bot.usecases.moderate import Decision
from tests.world import PROGRAMME, WordRouter, moderator

OF = ("--programme", PROGRAMME)


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PROGRAMME", "TELEGRAM_TOKEN", "TELEGRAM_GROUP", "WEB_BIND", "WEB_URL"):
        monkeypatch.delenv(f"DOITHOAI_{name}", raising=False)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())


@pytest.fixture
def call(capsys):
    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


async def _confirmed():
    """A slip's question whose answer is confirmed."""
    async with open_desk(read(), PROGRAMME) as desk:
        router, watcher = WordRouter(), bot.app.open_watcher(desk.settings)
        slips = SlipFile((Slip(2, "Bao giờ có xe buýt?", "Xã Tân Việt", "", None, "phiếu"),), ())
        await desk.importing(router, watcher)(slips, by="Lan")
        async with desk.store.reading() as tx:
            (one,) = await tx.submissions.of_programme(PROGRAMME, tuple(bot.app.State))
        moderate = desk.moderate(router, watcher, desk.tell())
        one = await moderate.decide(one.id, one.version, Decision(Action.APPROVE), moderator())
        async with desk.store.transaction() as tx:
            answer = await desk.answering().draft(tx, one.issue_id, AnswerBody("Có."), moderator())
            await desk.answering().step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
        return one


async def _newest(submission):
    async with open_desk(read(), PROGRAMME) as desk, desk.store.reading() as tx:
        return await tx.answers.newest(submission.issue_id)


async def _due(submission):
    """Let the moment of its release come."""
    async with open_desk(read(), PROGRAMME) as desk, desk.store.transaction() as tx:
        answer = await tx.answers.newest(submission.issue_id)
        await desk.answering().release_due(tx, answer)


def test_all_confirmed_ones_are_released_held_and_stopped(call):
    submission = asyncio.run(_confirmed())

    held = call("release", "--at", "2031-12-15T08:00", *OF)
    assert "15/12/2031" in held[1]
    assert asyncio.run(_newest(submission)).release_at.year == 2031
    code, printed, _ = call("release", "--wait", "--json", *OF)
    assert (code, json.loads(printed)) == (0, {"released": 1, "at": None, "refused": []})
    assert asyncio.run(_newest(submission)).release_at is None
    code, printed, _ = call("release", submission.code, "--json", *OF)
    waits = datetime.fromisoformat(json.loads(printed)["at"])
    assert code == 0
    assert timedelta(0) < waits - datetime.now(waits.tzinfo) <= timedelta(minutes=2)


def test_what_cannot_be_released_is_refused_with_a_sentence(call):
    submission = asyncio.run(_confirmed())

    past = call("release", "--at", "2020-01-01", *OF)
    unknown = call("release", "HY24-9999-K", *OF)
    asyncio.run(_due(submission))
    again = call("release", submission.code, *OF)

    assert [code for code, _, _ in (past, unknown, again)] == [1, 1, 1]
    assert "đã qua" in past[2]
    assert "HY24-9999-K" in unknown[2]
    assert again[2]


def test_who_was_not_reached_is_listed_and_printed_for_the_units(call, tmp_path):
    submission = asyncio.run(_confirmed())
    nobody = call("undelivered", *OF)
    asyncio.run(_due(submission))

    code, printed, _ = call("undelivered", "--json", *OF)
    listed = call("undelivered", "-o", tmp_path / "in.xlsx", *OF)
    again = call("undelivered", "--again", submission.code, *OF)
    wrong = call("undelivered", "-o", tmp_path / "in.docx", *OF)

    assert submission.code not in nobody[1]
    assert (code, json.loads(printed)) == (
        0,
        [{"code": submission.code, "unit": "Xã Tân Việt", "why": "slip", "again": False}],
    )
    assert "phiếu giấy" in listed[1]
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "in.xlsx").active.values for cell in row]
    assert submission.code in cells
    assert again[0] == 1
    assert submission.code in again[2]
    assert wrong[0] == 1
