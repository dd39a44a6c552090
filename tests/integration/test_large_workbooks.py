"""A workbook of many submissions is made in a process of its own, and what it is remembered by is written in lots that
nobody sees before the record: whoever asks something meanwhile hardly notices.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from bot import app
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.processes import ChildFailed
from bot.settings import Settings
from bot.usecases.bookmaking import Bookmaking, Order
from bot.usecases.contents import Contents
from bot.usecases.exporting import Exporting
from bot.usecases.noticing import Noticing
from classifier.watch import Watch
from tests.databases import empty_database
from tests.world import GROUP, NOON, PROGRAMME, WordRouter, World

MANY = 450


def slips(count: int) -> SlipFile:
    lines = (Slip(number, f"Phiếu số {number} về học phí", "xã Tân Việt", "", None, "") for number in range(count))
    return SlipFile(tuple(lines), ())


@pytest.fixture
async def desk(tmp_path):
    """A rehearsal with many approved questions, as the running bot has it open."""
    empty_database(tmp_path / "dien-tap.sqlite3")
    async with app.open_desk(Settings(data_dir=tmp_path), PROGRAMME, as_of=NOON) as desk:
        await desk.importing(WordRouter(), watcher())(slips(MANY), by="nhập phiếu", approved=True)
        yield desk


@pytest.fixture
async def world(store, tmp_path):
    """As many, with everything in this process."""
    world = World(store, tmp_path / "xuat")
    await world.importing(slips(MANY), by="nhập phiếu", approved=True)
    return world


def watcher() -> Noticing:
    return Noticing(Watch.open())


def here(desk) -> Bookmaking:
    contents = Contents(desk.store, desk.clock, desk.voice, desk.running, watcher())
    return Bookmaking(desk.store, contents, desk.workbooks())


class Keeper:
    """Keeps what a file is remembered by in a list."""

    def __init__(self) -> None:
        self.lots: list[int] = []
        self.rows: list[tuple[object, ...]] = []

    async def __call__(self, rows) -> None:
        self.lots.append(len(rows))
        self.rows += [(row.submission_id, row.code, row.state, row.topic, row.lead, row.issue) for row in rows]


def cells(file):
    """Every sheet without the line that says at which minute it was made."""
    return {
        sheet.title: [[cell.value for cell in row if "lập lúc" not in str(cell.value)] for row in sheet]
        for sheet in load_workbook(file)
    }


async def remembered(store):
    async with store.reading() as tx:
        return await tx.exported.last(PROGRAMME)


async def left(world):
    async with world.store.reading() as tx:
        return await tx.exports.left_behind(world.clock.now() + timedelta(days=1))


async def test_a_process_of_its_own_makes_the_very_workbook_that_this_one_would(desk, tmp_path):
    order, heard = Order(desk.clock.now()), []
    kept, kept_here = Keeper(), Keeper()

    made = await desk.exporting((GROUP,))._large(order, tmp_path / "a.xlsx", kept, heard.append)

    made_here = await here(desk)(order, tmp_path / "b.xlsx", kept_here, None)
    assert replace(made, made_at=made_here.made_at) == made_here
    assert kept.rows == kept_here.rows
    assert heard[-1] == MANY
    assert cells(tmp_path / "a.xlsx") == cells(tmp_path / "b.xlsx")


async def test_the_running_bot_makes_a_large_one_elsewhere_and_a_small_one_here(desk, monkeypatch):
    async def not_here(*_, **__):
        raise AssertionError("gathered in the process of the bot")

    exporting = desk.exporting((GROUP,))
    monkeypatch.setattr(Contents, "gather", not_here)

    record = await exporting.make("theo lịch", "week:1")

    assert (record.number, record.issues, record.occasion) == (1, MANY, "week:1")
    assert len((await remembered(desk.store))[1]) == MANY
    monkeypatch.setattr("bot.usecases.exporting._FEW", MANY + 1)
    with pytest.raises(AssertionError):
        await exporting.make("Minh")


async def test_what_a_file_is_remembered_by_is_written_in_lots_and_seen_only_with_its_record(world):
    lots, seen = [], []

    async def spied(order, target, keep, progress):
        async def spying(rows):
            await keep(rows)
            lots.append(len(rows))
            seen.append((await remembered(world.store), await world.exporting.made()))

        return await world.exporting._small(order, target, spying, progress)

    exporting = with_maker(world, spied)

    await exporting.make("Minh")

    assert (sum(lots), max(lots)) == (MANY, 100)
    assert seen == [((0, []), [])] * len(lots)
    number, rows = await remembered(world.store)
    assert (number, len(rows)) == (1, MANY)


async def test_others_write_between_two_lots(world):
    lan = world.youth()
    asked = []

    async def interrupted(order, target, keep, progress):
        async def between(rows):
            await keep(rows)
            asked.append(await lan.types("/start"))

        return await world.exporting._small(order, target, between, progress)

    await with_maker(world, interrupted).make("Minh")

    assert len(asked) == 5
    assert all(asked)


async def test_two_at_once_leave_two_records_and_nothing_half_done(world):
    other = with_maker(world, None)

    made = await asyncio.gather(world.exporting.make("Minh"), other.make("Lan"))

    assert sorted(record.number for record in made) == [1, 2]
    assert await left(world) == []


async def test_what_a_killed_run_left_is_forgotten_after_a_while_and_what_is_on_record_stays(world):
    await world.exporting.make("Minh", final=True)
    number, rows = await remembered(world.store)
    async with world.store.transaction() as tx:
        begun = await tx.exports.begin(world.clock.now())
        await tx.exported.put(begun, rows)
        await tx.exports.seal(begun, [row.submission_id for row in rows])

    assert await world.exporting.tidy() == 0
    assert await left(world) == [begun]
    world.clock.move(minutes=11)
    assert await world.exporting.tidy() == 1

    assert await left(world) == []
    assert await remembered(world.store) == (number, rows)
    async with world.store.reading() as tx:
        assert await tx.exports.unsealed(PROGRAMME, number) == []


async def test_a_record_is_never_dropped(world):
    record = await world.exporting.make("Minh")

    async with world.store.transaction() as tx:
        assert await tx.exports.drop(record.id, limit=200)

    assert await world.exporting.made() == [record]
    assert len((await remembered(world.store))[1]) == MANY


async def test_a_maker_that_breaks_down_leaves_no_draft_and_no_record(world):
    async def breaks_down(order, target, keep, progress):
        target.write_bytes(b"half")
        raise ChildFailed("MemoryError")

    with pytest.raises(ChildFailed):
        await with_maker(world, breaks_down).make("Minh")

    assert list((world.folder / PROGRAMME).iterdir()) == []
    assert await world.exporting.made() == []


def with_maker(world, maker) -> Exporting:
    """The same, with another maker of what is large."""
    core = (world.store, world.clock, world.voice, world.running, world.workbooks, world.watcher)
    return Exporting(*core, world.folder, world.boards, large=maker)
