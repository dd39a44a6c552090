"""Slips looked at before they are taken in: what is new, known or alike, and that looking stores nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.texts.keys import Key
from bot.usecases.slip_desk import Given, plain_name
from storage.store import SqlStore
from tests.world import World, Youth

BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
BUS_AGAIN = "bao gio xa tan an co xe buyt len thanh pho"
FEES = "Học phí năm nay sao tăng?"


@pytest.fixture
async def world(store: SqlStore, tmp_path: Path) -> World:
    world = World(store, tmp_path / "xuat")
    while await world.similar.step():
        pass
    return world


def paste(*lines: str) -> Given:
    return Given("\n".join(lines).encode())


async def ended(world: World, given: Given, by: str = "Lan"):
    job = world.slips.begin(given, by)
    async with asyncio.timeout(20):
        while not job.ended:
            await asyncio.sleep(0)
    return job


async def test_looking_stores_nothing(world: World) -> None:
    preview = await world.slips.look(paste(BUS, FEES))

    assert (preview.new, preview.known) == (2, 0)
    assert await world.submissions() == []


async def test_a_slip_that_is_there_already_is_shown_with_its_code(world: World) -> None:
    await ended(world, paste(BUS))
    (submission,) = await world.submissions()

    preview = await world.slips.look(paste(BUS, FEES))

    assert [(row.known, row.code) for row in preview.rows] == [(True, submission.code), (False, "")]


async def test_a_second_equal_slip_is_new_though_the_first_is_known(world: World) -> None:
    await ended(world, paste(BUS))

    preview = await world.slips.look(paste(BUS, BUS))

    assert [row.known for row in preview.rows] == [True, False]


async def test_what_asks_nearly_the_same_is_shown_and_not_refused(world: World) -> None:
    asker = Youth(world, world.youth().address)
    await asker.agrees()
    there = await asker.asks(BUS)

    preview = await world.slips.look(paste(BUS_AGAIN, FEES))
    job = await ended(world, paste(BUS_AGAIN, FEES))

    assert [(row.known, row.alike) for row in preview.rows] == [(False, there.code), (False, "")]
    assert preview.rows[0].score > 0.5
    assert preview.compared == 2
    assert job.result is not None
    assert job.result.added == 2


async def test_a_private_submission_is_not_given_away_by_a_slip_with_the_same_words(world: World) -> None:
    cry = "Em muốn chết, không ai giúp em cả"
    job = await ended(world, paste(cry))
    assert job.result is not None
    assert (job.result.private, job.result.codes) == (1, ())

    preview = await world.slips.look(paste(cry))

    assert [(row.known, row.code, row.alike) for row in preview.rows] == [(True, "", "")]


async def test_the_same_confirmation_in_two_tabs_at_once_is_one_import(world: World) -> None:
    given = paste(BUS, FEES)

    jobs = [world.slips.begin(given, by) for by in ("Lan", "Minh")]
    job = await ended(world, given)
    again = await ended(world, given)

    assert jobs[0] is jobs[1] is job
    assert again is not job
    assert (job.result.added, again.result.added, again.result.known) == (2, 0, 2)
    assert [one.code for one in await world.submissions()] == list(job.result.codes)


async def test_a_refused_file_ends_the_job_with_its_sentence_and_leaves_no_file_behind(world: World) -> None:
    job = await ended(world, Given(b"PK\x03\x04 hong", "../../phiếu.xlsx"))

    assert job.refusal is not None
    assert job.refusal.key is Key.XL_BROKEN
    assert job.refusal.values["file"] == "phiếu.xlsx"
    assert list((world.folder / "tam").iterdir()) == []


async def test_a_file_is_taken_in_as_it_was_looked_at(world: World) -> None:
    given = Given("Nội dung;Đơn vị\nCâu một;Xã A\n;Xã B\n".encode(), "phieu.csv")

    preview = await world.slips.look(given)
    job = await ended(world, given)

    assert [(bad.place, bad.line) for bad in preview.bad] == [("Ô A3", 3)]
    assert job.result is not None
    assert (job.result.added, len(job.result.bad)) == (1, 1)


async def test_a_fault_of_ours_ends_the_job_and_is_mended_by_sending_again(world: World, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(world.router, "propose_all", lambda *_: 1 / 0)
        failed = await ended(world, paste(BUS))

    again = await ended(world, paste(BUS))

    assert failed.failed
    assert again.result is not None
    assert again.result.added == 1


async def test_a_paste_that_is_no_text_is_refused(world: World) -> None:
    with pytest.raises(Refusal):
        await world.slips.look(Given(b"\xff\xfe\xfa"))


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("phieu.xlsx", "phieu.xlsx"),
        ("..\\..\\a.csv", "a.csv"),
        ("/etc/passwd", "passwd"),
        ("..", "tep"),
        ("", "tep"),
        ("a\x00b?.xlsx", "a_b_.xlsx"),
        ("x" * 300 + ".csv", "x" * 100 + ".csv"),
    ],
)
def test_a_files_name_becomes_one_that_can_stand_in_a_folder(given: str, plain: str) -> None:
    assert plain_name(given) == plain
