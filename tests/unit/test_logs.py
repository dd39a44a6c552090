"""The log: a line for people or an object for programs, with the ids of the work and never anybody's words."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys

import pytest

from bot.commands import logs
from bot.usecases import tasks
from bot.usecases.trail import following, ids

log = logging.getLogger("bot.usecases.work")


@pytest.fixture
def written(monkeypatch):
    """Sets the log up in a form and at a level, and gives what it writes; afterwards everything is as it was."""
    levels = {name: logging.getLogger(name).level for name in ("", *logs._CHATTY)}

    def begin(form, level=logging.INFO):
        shown = io.StringIO()
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        logs.set_up(form, level)
        return shown

    yield begin
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_line_for_people_ends_with_the_ids_of_the_work(written):
    shown = written(logs.TEXT)

    log.warning("không gửi được")
    with following(inbox=12, update="telegram/42/900"):
        log.warning("row %s failed", 12)

    first, second = shown.getvalue().splitlines()
    assert first.endswith("WARNING bot.usecases.work: không gửi được")
    assert second.endswith("row 12 failed [inbox=12 update=telegram/42/900]")


def test_an_object_for_programs_has_each_id_by_its_name(written):
    shown = written(logs.JSON)

    with following(inbox=12), following(submission=7):
        log.error("row %s\nfailed", 12)

    (line,) = shown.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("at").endswith("+07:00")
    assert (told.pop("inbox"), told.pop("submission"), told.pop("level")) == (12, 7, "ERROR")
    assert told.pop("part") == "bot.usecases.work"
    assert list(told) == ["message"]


def test_a_fault_stays_one_object(written):
    shown = written(logs.JSON)

    try:
        int("x")
    except ValueError:
        log.exception("failed")

    (line,) = shown.getvalue().splitlines()
    assert "ValueError" in line


@pytest.mark.parametrize("form", [logs.TEXT, logs.JSON])
def test_libraries_that_tell_peoples_words_at_lower_levels_do_not_get_to(written, form):
    shown = written(form, logging.DEBUG)

    for name in ("sqlalchemy.engine", "aiogram.event", "aiosqlite"):
        logging.getLogger(name).info("INSERT … 'bí mật'")

    assert shown.getvalue() == ""


def test_commands_that_do_not_run_say_only_what_is_grave(written):
    shown = written(logs.TEXT, logging.ERROR)

    logging.getLogger("mot.thu.vien").warning("một chuyện nhỏ")

    assert shown.getvalue() == ""


async def test_ids_follow_the_work_into_its_tasks_and_end_with_it():
    seen = {}

    async def part(number):
        with following(inbox=number):
            await asyncio.sleep(0)
            await asyncio.gather(tasks.start(deeper(number), "deeper"))

    async def deeper(number):
        seen[number] = dict(ids())

    await asyncio.gather(*(part(number) for number in range(3)))

    assert seen == {number: {"inbox": number} for number in range(3)}
    assert dict(ids()) == {}
