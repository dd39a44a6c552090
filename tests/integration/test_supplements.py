"""What came in time but was decided after the sealing goes into numbered supplements: all of it, once, nothing late."""

from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from bot.domain.deadline import VIETNAM
from bot.domain.programme import GRACE
from bot.domain.sealing import PATIENCE, QUIET, supplement_due
from bot.domain.submission import Action
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.usecases.change_programme import ChangeProgramme
from bot.usecases.moderate import Decision
from bot.usecases.schedule import started_at
from tests.integration.test_exporting import schedule_of
from tests.world import GROUP, PROGRAMME, World, chief, moderator

NOW = datetime(2024, 3, 2, 9, tzinfo=VIETNAM)


@pytest.fixture
async def world(store, tmp_path):
    world = World(store, tmp_path / "xuat")
    async with store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), datetime(2024, 1, 1, tzinfo=VIETNAM).isoformat())
    return world


async def closing(world):
    async with world.store.reading() as tx:
        return (await world.running.programme(tx)).window.closes_at


async def asks(world, number, text="Câu về học phí"):
    lan = world.youth(str(number))
    await lan.agrees()
    return await lan.asks(f"{text} thứ {number}")


async def approve(world, *submissions):
    for one in submissions:
        async with world.store.reading() as tx:
            now = await tx.submissions.get(one.id)
        await world.moderate.decide(one.id, now.version, Decision(Action.APPROVE), moderator("Minh"))


async def look_later(world, after=QUIET):
    world.clock.at += after
    await schedule_of(world).look()


async def seal(world):
    """Past the cutoff and the grace: the sealed file is made."""
    world.clock.at = await closing(world) + GRACE
    await schedule_of(world).look()
    assert (await world.exporting.made())[-1].sealed


async def files_in_the_group(world):
    """The captions of the files that the group gets, in their order."""
    captions = []
    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda address: address == GROUP):
            captions += [row.words.text for row in rows if row.kind == "file"]
            for row in rows:
                await tx.outbox.sent(row.id, world.clock.now(), "")
    return captions


async def supplements(world):
    return [record for record in await world.exporting.made() if record.supplement]


def codes_in(record):
    """Which receipt codes stand in a file, and how often."""
    book = load_workbook(record.file)
    cells = [cell.value for sheet in book if sheet.title.startswith("Sở") for row in sheet for cell in row]
    return [word for cell in cells for word in str(cell).replace(",", " ").split() if word.startswith("HY24-")]


async def test_twenty_that_came_in_time_and_were_decided_late_are_all_in_the_supplements_and_none_twice(world):
    closes_at = await closing(world)
    world.clock.at = closes_at - timedelta(hours=1)
    sealed = await asks(world, 100)
    await approve(world, sealed)
    waiting = [await asks(world, number) for number in range(10)]
    drafts = [world.youth(str(number)) for number in range(10, 15)]
    for lan in drafts:
        await lan.agrees()
        await lan.types(f"Câu về học phí viết xong trước hạn, số {lan.address.chat}")
    world.clock.at = closes_at + GRACE / 2
    for lan in drafts:
        await lan.presses("Gửi")
    confirmed = (await world.submissions())[-5:]
    await seal(world)
    slips = [
        Slip(number, f"Phiếu về học phí nộp trước hạn, số {number}", "", "", closes_at - timedelta(days=1), "")
        for number in range(5)
    ]
    await world.importing(SlipFile(tuple(slips), ()), by="Lan")
    slips = (await world.submissions())[-5:]
    late = world.youth("muộn")
    await late.agrees()
    await late.types("Học phí hỏi sau hạn")
    await late.presses("Gửi (sau hạn)")
    too_late = (await world.submissions())[-1]

    for batch in ([*waiting[:4], too_late], [*waiting[4:], *confirmed], slips):
        await approve(world, *batch)
        await look_later(world, PATIENCE)
        await look_later(world)

    wanted = {one.code for one in (*waiting, *confirmed, *slips)}
    found = [set(codes_in(record)) for record in await supplements(world)]
    assert len(wanted) == 20
    assert [len(codes) for codes in found] == [4, 11, 5]
    assert set().union(*found) == wanted
    assert [record.issues for record in await supplements(world)] == [4, 11, 5]


async def test_the_admins_are_told_and_the_file_says_which_supplement_it_is(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    waiting = await asks(world, 1)
    await seal(world)
    await approve(world, waiting)

    await look_later(world)

    (record,) = await supplements(world)
    captions = await files_in_the_group(world)
    assert "bo-sung-01" in record.file
    assert (record.occasion, record.number) == ("supplement:1", 3)
    assert captions[-1].startswith("Bảng bổ sung 01 (lần 3)")
    assert "1 câu gửi đúng hạn" in captions[-1]


async def test_a_supplement_waits_while_moderators_are_at_work_but_not_for_ever(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    first, second = await asks(world, 1), await asks(world, 2)
    await seal(world)
    await approve(world, first)

    await look_later(world, QUIET)
    assert await supplements(world) == []
    await look_later(world, PATIENCE - QUIET)
    assert [record.issues for record in await supplements(world)] == [1]
    await approve(world, second)
    await look_later(world, QUIET - timedelta(seconds=1))
    assert len(await supplements(world)) == 1
    await look_later(world, timedelta(seconds=1))
    assert [record.issues for record in await supplements(world)] == [1, 1]


async def test_one_that_was_gathered_into_a_sealed_issue_is_in_the_supplement_by_its_own_code(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    first, second = await asks(world, 1), await asks(world, 2)
    await approve(world, first)
    await seal(world)
    async with world.store.reading() as tx:
        issue = (await tx.submissions.get(first.id)).issue_id
    await world.moderate.decide(second.id, 1, Decision(Action.APPROVE, into=issue), moderator("Minh"))

    await look_later(world)

    (record,) = await supplements(world)
    assert set(codes_in(record)) == {second.code}


async def test_what_a_final_file_holds_needs_no_supplement(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    waiting = await asks(world, 1)
    await seal(world)
    await approve(world, waiting)
    final = await world.exporting.make("Chị Hoa", final=True)

    await look_later(world, PATIENCE)

    assert final.sealed
    assert await supplements(world) == []


async def test_an_ordinary_file_made_after_the_sealing_does_not_take_the_place_of_a_supplement(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    waiting = await asks(world, 1)
    await seal(world)
    await approve(world, waiting)
    await world.exporting.make("Minh")

    await look_later(world)

    assert [record.issues for record in await supplements(world)] == [1]


async def test_taken_back_before_the_supplement_is_not_in_it_and_afterwards_it_does_not_come_twice(world):
    world.clock.at = await closing(world) - timedelta(hours=1)
    first, second = await asks(world, 1), await asks(world, 2)
    await seal(world)
    await approve(world, first, second)
    await world.moderate.decide(second.id, 2, Decision(Action.UNDO), chief())
    await world.moderate.decide(second.id, 3, Decision(Action.REJECT, reason="reason.unclear"), chief())
    await look_later(world)
    assert [set(codes_in(record)) for record in await supplements(world)] == [{first.code}]

    await world.moderate.decide(first.id, 2, Decision(Action.UNDO), chief())
    await approve(world, first)
    await look_later(world, PATIENCE)

    assert len(await supplements(world)) == 1


async def test_before_the_sealing_and_after_an_extension_everything_goes_into_the_whole_file(world):
    closes_at = await closing(world)
    world.clock.at = closes_at - timedelta(hours=1)
    waiting = await asks(world, 1)
    await seal(world)
    change = ChangeProgramme(world.store, world.clock, world.running)
    await change.extend(closes_at + timedelta(days=5), by="Lan", reason="Công văn")
    await approve(world, waiting)

    await look_later(world, PATIENCE)
    assert await supplements(world) == []
    await seal(world)
    await look_later(world, PATIENCE)

    assert await supplements(world) == []
    assert waiting.code in codes_in((await world.exporting.made())[-1])


@pytest.mark.parametrize(
    ("minutes_ago", "undecided", "due"),
    [
        ([], 0, False),
        ([14], 0, False),
        ([15], 0, True),
        ([600, 14], 0, False),
        ([600, 15], 3, False),
        ([1440, 1], 3, True),
        ([1440, 1], 0, True),
    ],
)
def test_when_a_supplement_is_due(minutes_ago, undecided, due):
    assert supplement_due([NOW - timedelta(minutes=ago) for ago in minutes_ago], undecided, NOW) is due
