"""Slips in: each row exactly once however often the file comes, good rows despite bad ones."""

from datetime import datetime, timedelta

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.submission import State
from bot.domain.workbook import BadSlip, Slip
from bot.ports import SlipFile
from tests.world import NOON, World

DAY = datetime(2024, 2, 15, tzinfo=VIETNAM)


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


def slip(text="Học phí năm nay thế nào?", unit="Huyện Văn Lâm", received=DAY, source="Phiếu", line=2):
    return Slip(line, text, unit, "hoc-sinh", received, source)


def file(*slips, bad=()):
    return SlipFile(tuple(slips), tuple(bad))


async def test_the_same_file_again_adds_nothing(world):
    first = await world.importing(file(slip(), slip("Bao giờ có xe buýt?")), by="Lan")
    again = await world.importing(file(slip(), slip("Bao giờ có xe buýt?")), by="Lan")

    assert (first.added, first.known) == (2, 0)
    assert (again.added, again.known) == (0, 2)
    assert len(await world.submissions()) == 2


async def test_equal_rows_count_as_often_as_they_stand_in_the_file(world):
    await world.importing(file(slip(), slip(), slip()), by="Lan")
    more = await world.importing(file(slip(), slip(), slip(), slip()), by="Lan")

    assert (more.added, more.known) == (1, 3)
    assert len(await world.submissions()) == 4


@pytest.mark.parametrize(
    "other", [{"unit": "Huyện Ân Thi"}, {"received": DAY + timedelta(days=1)}, {"source": "Hộp thư"}]
)
async def test_rows_that_differ_in_unit_day_or_source_are_different_slips(world, other):
    await world.importing(file(slip()), by="Lan")

    assert (await world.importing(file(slip(**other)), by="Lan")).added == 1


async def test_an_import_that_broke_half_way_is_simply_repeated(world, monkeypatch):
    slips = [slip(f"Câu {number} về học phí") for number in range(450)]
    broken = iter([False, True])
    propose = world.router.propose_all

    def breaks(texts, progress=None):
        if next(broken, False):
            raise MemoryError
        return propose(texts)

    monkeypatch.setattr(world.router, "propose_all", breaks)
    with pytest.raises(MemoryError):
        await world.importing(file(*slips), by="Lan")
    repeated = await world.importing(file(*slips), by="Lan")

    assert repeated.known + repeated.added == 450
    assert len(await world.submissions()) == 450


async def test_slips_wait_for_moderation_unless_somebody_trusted_has_read_them(world):
    await world.importing(file(slip()), by="Lan")
    await world.importing(file(slip("Bao giờ có xe buýt?"), slip("Chuyện gì khó nói")), by="Lan", approved=True)

    content = await world.exporting.content()

    assert [row.text for row in content.waiting] == ["Học phí năm nay thế nào?"]
    assert [row.text for part in content.departments for row in part.rows] == ["Bao giờ có xe buýt?"]
    assert [row.text for row in content.unclear] == ["Chuyện gì khó nói"]


async def test_a_slip_without_a_day_was_received_now_or_when_the_caller_says(world):
    await world.importing(file(slip(received=None)), by="Lan")
    await world.importing(file(slip("Xe buýt?", received=None)), by="Lan", received=DAY)

    assert [submission.typed_at for submission in await world.submissions()] == [NOON, DAY]


async def test_a_slip_received_after_the_cutoff_is_kept_and_marked_late(world):
    result = await world.importing(file(slip(received=datetime(2024, 6, 1, tzinfo=VIETNAM))), by="Lan")

    assert (result.late, (await world.submissions())[0].late) == (1, True)


async def test_bad_rows_are_reported_and_do_not_stop_the_good_ones(world):
    result = await world.importing(file(slip(), bad=[BadSlip(3, "nội dung trống")]), by="Lan")

    assert result.added == 1
    assert result.bad == (BadSlip(3, "nội dung trống"),)


async def test_who_imported_stands_in_the_history(world):
    await world.importing(file(slip()), by="nhập phiếu (lan)", approved=True)

    (submission,) = await world.submissions(State.APPROVED)
    async with world.store.reading() as tx:
        assert {entry.actor for entry in await tx.history.of(submission.id)} == {"nhập phiếu (lan)"}


async def test_the_same_file_imported_twice_at_the_same_time_files_each_slip_once(world):
    import asyncio

    slips = [slip(f"Câu {number} về học phí") for number in range(30)]

    results = await asyncio.gather(world.importing(file(*slips), by="Lan"), world.importing(file(*slips), by="Minh"))

    assert sum(result.added for result in results) == 30
    assert len(await world.submissions()) == 30
