"""The workbook: numbered, recorded, made once for each occasion, and holding everything that was asked."""

from datetime import datetime

import pytest
from openpyxl import load_workbook

from bot.domain.deadline import VIETNAM
from bot.domain.programme import GRACE
from bot.domain.submission import Action, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.usecases.exporting import Exporting
from bot.usecases.feed import OPEN_CARDS, Feed
from bot.usecases.moderate import Decision
from bot.usecases.noticing import Noticing
from bot.usecases.papers import Papers
from bot.usecases.remind import BEFORE, ForgetUnconsented, Remind
from bot.usecases.schedule import Schedule, last_fire, started_at
from bot.usecases.staff import Order
from tests.world import GROUP, NOON, PROGRAMME, World, moderator


@pytest.fixture
async def world(store, tmp_path):
    world = World(store, tmp_path / "xuat")
    async with store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), datetime(2024, 1, 1, tzinfo=VIETNAM).isoformat())
    return world


def schedule_of(world: World, weekly: str = "0 8 * * 1", papers: Papers | None = None) -> Schedule:
    core = (world.store, world.clock)
    return Schedule(
        *core,
        world.pulse,
        world.voice,
        world.running,
        world.exporting,
        Remind(*core, world.voice, world.running),
        ForgetUnconsented(*core),
        Feed(*core, world.running, world.boards),
        weekly,
        world.boards,
        papers=papers,
    )


async def approve(world, text, unit=""):
    lan = world.youth(chat=text)
    await lan.agrees()
    submission = await lan.asks(text)
    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    return submission


async def approve_unclear(world, text):
    lan = world.youth(chat=text)
    await lan.agrees()
    submission = await lan.asks(text)
    return await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE, unclear=True), moderator("Minh"))


def everything_in(file):
    book = load_workbook(file)
    return {sheet.title: [str(cell.value) for row in sheet for cell in row if cell.value is not None] for sheet in book}


async def test_the_workbook_holds_every_approved_question_in_its_department_and_what_waits(world):
    await approve(world, "=Bao giờ quê em có xe buýt?")
    await approve(world, "Đăng ký nhãn hiệu cho nhãn lồng ở đâu?")
    lan = world.youth("chờ")
    await lan.agrees()
    await lan.asks("Học phí năm nay thế nào?")

    record = await world.exporting.make("Minh")

    sheets = everything_in(record.file)
    assert "=Bao giờ quê em có xe buýt?" in sheets["Sở GTVT"]
    assert "Đăng ký nhãn hiệu cho nhãn lồng ở đâu?" in sheets["Sở KH&CN"]
    assert "Học phí năm nay thế nào?" in sheets["Chờ duyệt"]
    assert "Sở Thông tin và Truyền thông" in sheets["Tổng hợp"]


async def test_personal_data_is_in_no_sheet_but_the_words_around_it_are(world):
    secrets = ("0912345678", "lan.nguyen@gmail.com", "001203004567")
    phone, mail, card = secrets
    await approve(world, f"Bao giờ quê em có xe buýt? Gọi em số {phone} nhé", unit="xã Tân Việt")
    unclear = await approve_unclear(world, f"Chuyện này hỏi ai, căn cước của em số {card}")
    lan = world.youth("chờ")
    await lan.agrees()
    await lan.asks(f"Học phí năm nay thế nào? Trả lời em qua {mail}")

    record = await world.exporting.make("Minh")

    sheets = everything_in(record.file)
    assert "Bao giờ quê em có xe buýt? Gọi em số [số điện thoại] nhé" in sheets["Sở GTVT"]
    assert "Chuyện này hỏi ai, căn cước của em số [số giấy tờ tùy thân]" in sheets["Chưa rõ"]
    assert "Học phí năm nay thế nào? Trả lời em qua [địa chỉ e-mail]" in sheets["Chờ duyệt"]
    assert [secret for secret in secrets for cells in sheets.values() if any(secret in cell for cell in cells)] == []
    async with world.store.reading() as tx:
        assert card in (await tx.submissions.get(unclear.id)).text  # what was written is kept


async def test_a_unit_that_somebody_typed_with_a_number_is_covered_too(world):
    slip = Slip(2, "Bao giờ quê em có xe buýt?", "xã Tân Việt, gọi 0912345678", "", NOON, "")
    await world.importing(SlipFile((slip,), (), ()), by="nhập phiếu", approved=True)

    content = await world.exporting.content()

    (row,) = [row for part in content.departments for row in part.rows]
    assert row.units == ("xã Tân Việt, gọi [số điện thoại]",)


async def test_words_that_the_watcher_fails_on_are_not_printed_unlooked_at(store, tmp_path):
    class Broken:
        def look(self, text):
            raise RuntimeError

    world = World(store, tmp_path / "xuat", watcher=Noticing(Broken()))
    await approve(world, "Bao giờ quê em có xe buýt? Gọi em số 0912345678 nhé")

    content = await world.exporting.content()

    (row,) = [row for part in content.departments for row in part.rows]
    assert row.text == "[Máy chưa kiểm tra được lời này: xem trên bảng duyệt]"


async def test_who_is_accused_is_not_printed_before_a_moderator_decided(world):
    text = "Em tố cáo ông Nguyễn Văn Hùng, trưởng thôn, nhận hối lộ khi làm đường sá ở xã"
    lan = world.youth("chờ")
    await lan.agrees()
    submission = await lan.asks(text)

    waiting = (await world.exporting.content()).waiting
    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    decided = await world.exporting.content()

    assert [row.text for row in waiting] == ["[Có nêu tên người bị phản ánh: xem trên bảng duyệt]"]
    assert waiting[0].codes == (submission.code,)
    assert text in {row.text for row in (*decided.unclear, *(row for part in decided.departments for row in part.rows))}


async def test_departments_that_the_plan_names_come_first_and_stay_with_zero(world):
    await approve(world, "Bao giờ quê em có xe buýt?")

    content = await world.exporting.content()

    async with world.store.reading() as tx:
        named = (await world.running.programme(tx)).named_departments
    ids = [part.id for part in content.departments]
    assert ids[: len(named)] == list(named)
    assert ids[len(named) :] == ["so-gtvt"]


async def test_files_are_numbered_and_carry_their_checksum(world):
    first = await world.exporting.make("Minh")
    second = await world.exporting.make("Hoa")

    assert (first.number, second.number) == (1, 2)
    assert len(first.sha256) == 64
    assert [record.asked_by for record in await world.exporting.made()] == ["Minh", "Hoa"]


async def test_a_file_goes_to_the_moderators_group_with_a_caption(world):
    await world.exporting.make("Minh")

    async with world.store.transaction() as tx:
        (row,) = await tx.outbox.claim(world.clock.now(), lambda _: True)
    assert (row.kind, row.address) == ("file", GROUP)
    assert "lần 1" in row.words.text


async def test_two_processes_make_the_file_of_one_week_once(world):
    other = Exporting(
        *(world.store, world.clock, world.voice, world.running, world.workbooks, world.watcher),
        world.folder / "khac",
        world.boards,
    )

    made = [await world.exporting.make("theo lịch", "week:1"), await other.make("theo lịch", "week:1")]

    assert [record is not None for record in made] == [True, False]


async def test_the_weekly_file_is_made_up_for_when_the_machine_was_off_and_only_once(world):
    world.clock.at = datetime(2024, 2, 28, 15, tzinfo=VIETNAM)  # thứ Tư; lịch là thứ Hai 26/02, 8 giờ
    schedule = schedule_of(world)

    await schedule.look()
    await schedule.look()

    assert [record.occasion for record in await world.exporting.made()] == ["week:2024-02-26"]


async def test_two_runs_of_one_day_are_two_files(world):
    schedule = schedule_of(world, weekly="0 8,17 * * 1")

    for hour in (9, 12, 18):
        world.clock.at = datetime(2024, 2, 26, hour, tzinfo=VIETNAM)
        await schedule.look()

    occasions = [record.occasion for record in await world.exporting.made()]
    assert occasions == ["week:2024-02-26", "week:2024-02-26T17:00"]


async def test_a_database_begun_after_the_last_scheduled_run_makes_nothing_up(world):
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), datetime(2024, 2, 27, tzinfo=VIETNAM).isoformat())
    world.clock.at = datetime(2024, 2, 28, 15, tzinfo=VIETNAM)

    await schedule_of(world).look()

    assert await world.exporting.made() == []


async def test_one_file_is_made_at_the_cutoff_after_the_grace(world):
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    schedule = schedule_of(world)
    world.clock.at = closes_at + GRACE / 2
    await schedule.look()
    before = [record.occasion for record in await world.exporting.made()]

    world.clock.at = closes_at + GRACE
    await schedule.look()
    await schedule.look()

    after = [record.occasion for record in await world.exporting.made()]
    assert [occasion for occasion in after if occasion not in before] == [f"cutoff:{closes_at.isoformat()}"]


async def test_the_groups_command_is_answered_at_once_and_the_file_follows(world):
    await world.staff.command(Order("xuat", "", GROUP, "Minh"))
    assert "chờ chút" in (await world.said_to(GROUP))[-1].text

    schedule = schedule_of(world)
    await schedule.look()
    await schedule.look()

    assert "Minh" in [record.asked_by for record in await world.exporting.made()]
    assert len([record for record in await world.exporting.made() if record.asked_by == "Minh"]) == 1


async def test_whoever_has_an_unsent_draft_is_reminded_once_in_the_last_half_hour(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("Học phí năm nay thế nào?")
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    remind = Remind(world.store, world.clock, world.voice, world.running)
    world.clock.at = closes_at - BEFORE * 2
    assert await remind() == 0

    world.clock.at = closes_at - BEFORE / 2
    assert [await remind(), await remind()] == [1, 0]

    assert "Học phí năm nay thế nào?" in (await world.said_to(lan.address))[-1].text
    await lan.types("1")
    assert len(await world.submissions()) == 1


async def test_words_held_without_consent_are_forgotten_after_a_day(world):
    lan = world.youth()
    await lan.types("Em viết mà chưa đồng ý")
    minh = world.youth("8")
    await minh.agrees()
    forget = ForgetUnconsented(world.store, world.clock)
    world.clock.move(hours=23)
    assert await forget() == 0

    world.clock.move(hours=2)

    assert await forget() == 1
    async with world.store.reading() as tx:
        assert await tx.sessions.get(lan.address) is None
        assert await tx.sessions.get(minh.address) is not None


async def test_the_group_is_fed_a_few_slips_at_a_time(world):
    from bot.domain.workbook import Slip
    from bot.ports import SlipFile

    slips = tuple(Slip(number, f"Phiếu số {number} về học phí", "", "", None, "") for number in range(40))
    await world.importing(SlipFile(slips, ()), by="Lan")
    feed = Feed(world.store, world.clock, world.running, world.boards)

    assert [await feed(), await feed()] == [OPEN_CARDS, 0]
    first = (await world.submissions())[0]
    await world.moderate.decide(first.id, 1, Decision(Action.APPROVE), moderator("Minh"))

    assert await feed() == 1


@pytest.mark.parametrize(
    ("now", "fired"),
    [
        (datetime(2024, 2, 19, 8, 0, tzinfo=VIETNAM), datetime(2024, 2, 19, 8, 0, tzinfo=VIETNAM)),
        (datetime(2024, 2, 19, 7, 59, tzinfo=VIETNAM), datetime(2024, 2, 12, 8, 0, tzinfo=VIETNAM)),
        (datetime(2024, 2, 25, 23, 0, tzinfo=VIETNAM), datetime(2024, 2, 19, 8, 0, tzinfo=VIETNAM)),
    ],
)
def test_the_last_scheduled_instant_is_read_in_viet_nams_time(now, fired):
    assert last_fire("0 8 * * 1", now) == fired


async def test_an_extension_makes_a_late_question_timely_and_nothing_makes_a_timely_one_late(world):
    from bot.usecases.change_programme import ChangeProgramme

    change = ChangeProgramme(world.store, world.clock, world.running)
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    await approve(world, "Học phí đúng hạn thế nào?")
    world.clock.at = closes_at
    lan = world.youth("muộn")
    await lan.agrees()
    await lan.types("Học phí sau hạn thế nào?")
    await lan.presses("Gửi (sau hạn)")
    late = (await world.submissions())[-1]
    await world.moderate.decide(late.id, 1, Decision(Action.APPROVE), moderator("Minh"))

    async def notes():
        content = await world.exporting.content()
        return {row.text: row.note for part in content.departments for row in part.rows}

    assert await notes() == {"Học phí đúng hạn thế nào?": "", "Học phí sau hạn thế nào?": "Gửi sau hạn"}

    await change.extend(closes_at.replace(month=3, day=3), by="Lan", reason="Công văn")
    assert set((await notes()).values()) == {""}

    await change.extend(closes_at.replace(month=2, day=21), by="Lan", reason="thử")
    assert (await notes())["Học phí đúng hạn thế nào?"] == ""


async def test_two_exports_at_the_same_moment_both_make_their_file(world):
    import asyncio

    other = Exporting(
        *(world.store, world.clock, world.voice, world.running, world.workbooks, world.watcher),
        world.folder,
        world.boards,
    )

    made = await asyncio.gather(world.exporting.make("Minh"), other.make("Lan"))

    assert sorted(record.number for record in made) == [1, 2]


async def test_a_department_that_the_directory_dropped_since_keeps_its_questions(world, monkeypatch):
    from dataclasses import replace as changed

    await approve(world, "Bao giờ quê em có xe buýt?")
    programme = world.library.get(world.programme)
    later = changed(programme, directory_day=programme.directory_day.replace(year=2026))
    monkeypatch.setattr(world.library, "get", lambda _: later)

    content = await world.exporting.content()

    assert [(part.name, row.text) for part in content.departments for row in part.rows] == [
        ("Sở Giao thông vận tải", "Bao giờ quê em có xe buýt?")
    ]
    assert (await world.cards.facts([State.APPROVED]))[0].department_name == "Sở Giao thông vận tải"


async def test_a_workbook_that_cannot_be_written_is_told_and_stops_nothing_else(world, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(world.workbooks, "write", full)
    lan = world.youth()
    await lan.agrees()
    await lan.types("Học phí năm nay thế nào?")
    await world.staff.command(Order("xuat", "", GROUP, "Minh"))
    async with world.store.reading() as tx:
        world.clock.at = (await world.running.programme(tx)).window.closes_at - BEFORE / 2

    await schedule_of(world).look()

    said = [words.text for words in await world.said_to(GROUP)]
    assert any(text.startswith("Chưa lập được") for text in said)
    assert any(text.startswith("Đã đến giờ lập bảng") for text in said)  # the weekly one, which is due as well
    assert "Sắp hết hạn" in (await world.said_to(lan.address))[-1].text


async def test_nobody_is_reminded_of_a_draft_begun_in_the_last_half_hour_or_while_editing(world):
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    lan, minh = world.youth(), world.youth("8")
    await minh.agrees()
    submission = await minh.asks("Học phí năm nay thế nào?")
    await minh.types(f"sửa {submission.code}")
    world.clock.at = closes_at - BEFORE / 2
    await lan.agrees()
    await lan.types("Viết lúc gần hết hạn về học phí")

    assert await Remind(world.store, world.clock, world.voice, world.running)() == 0
