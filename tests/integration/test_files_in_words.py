"""Which workbooks there are, said in the group and at the command line; and who may make a final one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import run
from bot.domain.role import EVERYTHING, Role
from bot.ports import ExportRecord
from bot.texts.catalogue import Catalogue
from bot.usecases.contents import Contents
from bot.usecases.exporting import Wish
from bot.usecases.files import FileWords
from bot.usecases.papers import Papers
from bot.usecases.staff import EXPORT_ASKED, Order
from bot.usecases.voice import Voice
from exports.documents import OfficeDocuments
from tests.integration.test_exporting import schedule_of
from tests.world import GROUP, NOON, World

RECORD = ExportRecord(1, "mau", 3, NOON, "Minh", "", "/xuat/bang.xlsx", "ab12" * 16, issues=7, waiting=2)


@pytest.fixture
def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
def words():
    return FileWords(Voice(Catalogue.load()))


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs a command in an empty data folder: its exit code, what it printed, what it warned of."""
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


async def order(world, argument, account=""):
    await world.staff.command(Order("xuat", argument, GROUP, "Hoa", account=account))
    return (await world.said_to(GROUP))[-1].text


async def chief(world):
    async with world.store.transaction() as tx:
        await tx.moderators.grant("Chị Hoa", world.clock.now(), Role.CHIEF, EVERYTHING, telegram="77")


async def test_a_final_file_is_a_responsible_persons_to_make_in_the_group_too(world):
    await chief(world)

    refused = await order(world, "chính thức")
    agreed = await order(world, "chinhthuc", account="77")
    await schedule_of(world).look()

    assert "Chỉ người phụ trách" in refused
    assert "chính thức" in agreed
    (record,) = [one for one in await world.exporting.made() if not one.occasion]
    assert record.final
    assert "chinh-thuc" in record.file


async def test_the_list_names_every_file_newest_first_with_its_checksum(world):
    assert await order(world, "danh sách") == "Chưa lập bảng tổng hợp nào."
    lan = world.youth()
    await lan.agrees()
    await lan.asks("Học phí năm nay thế nào?")
    first = await world.exporting.make("Minh")
    second = await world.exporting.make("Lan")

    listed = await order(world, "danhsach")

    assert listed.index("lần 2") < listed.index("lần 1")
    assert first.sha256[:12] in listed
    assert second.sha256[:12] in listed
    assert "Không có gì khác lần trước." in listed


async def test_another_word_is_answered_with_what_can_be_typed(world):
    answer = await order(world, "{bảng} gì đó")

    assert "{bảng} gì đó" in answer
    assert "/xuat danhsach" in answer
    assert await world.exporting.made() == []


async def test_a_later_wish_does_not_drive_out_the_one_that_still_waits(world):
    await chief(world)
    await order(world, "chinhthuc", account="77")
    await order(world, "")
    await order(world, "")

    for _ in range(3):
        await schedule_of(world).look()

    assert [record.final for record in await world.exporting.made() if not record.occasion] == [True, False]


async def test_a_wish_from_before_the_upgrade_is_still_carried_out(world):
    async with world.store.transaction() as tx:
        await tx.facts.put(EXPORT_ASKED, "Minh")

    await schedule_of(world).look()

    assert [(one.asked_by, one.final) for one in await world.exporting.made() if not one.occasion] == [("Minh", False)]


def test_a_wish_is_kept_and_read_again_whatever_somebody_is_called():
    for name in ('{"by": "x"}', "Minh", "", "Lê “Bờm” {lan}"):
        assert Wish.read(Wish(name, final=True).kept()) == Wish(name, final=True)


def test_a_file_is_said_with_what_it_holds_and_what_is_other(words):
    other = replace(RECORD, added=3, changed=1, gone=2)

    assert words.caption(other) == (
        "Bảng tổng hợp lần 3, lúc 12 giờ 00 thứ Ba, ngày 20/02/2024. 7 vấn đề đã duyệt, 2 câu chờ duyệt. "
        "Khác lần trước: +3 mới, 1 đổi, 2 đưa ra."
    )
    assert words.difference(replace(RECORD, added=0, changed=0, gone=0)) == "Không có gì khác lần trước."
    assert words.difference(RECORD) == ""


@pytest.mark.parametrize(
    ("occasion", "said"),
    [("week:2024-02-26", "hằng tuần"), ("cutoff:2024-03-02", "khi hết hạn gửi"), ("supplement:1", "bổ sung sau hạn")],
)
def test_why_a_file_was_made_is_said(words, occasion, said):
    assert words.occasion(replace(RECORD, occasion=occasion)) == said


async def test_the_caption_counts_what_changed_since_the_file_before(world):
    lan = world.youth()
    await lan.agrees()
    await lan.asks("Học phí năm nay thế nào?")
    await world.exporting.make("Minh")
    await lan.asks("Bao giờ có xe buýt?")

    record = await world.exporting.make("Minh")

    assert (record.added, record.changed, record.gone) == (1, 0, 0)


def test_the_command_line_lists_and_verifies(call):
    made = json.loads(call("export", "--programme", "mau", "--json")[1])
    code, out, _ = call("export", "--programme", "mau", "verify", made["file"])
    assert (code, "Tệp còn nguyên" in out) == (0, True)
    final = json.loads(call("export", "--final", "--programme", "mau", "--json")[1])
    assert (final["final"], final["number"]) == (True, 2)
    _, out, _ = call("export", "list", "--programme", "mau")
    assert out.index("lần 1") < out.index("chính thức (lần 2)")
    assert made["sha256"] in out
    with Path(made["file"]).open("ab") as file:
        file.write(b" ")
    code, out, _ = call("export", "verify", made["file"], "--programme", "mau")
    assert (code, "đã bị sửa" in out) == (1, True)
    assert json.loads(call("export", "verify", made["file"], "--programme", "mau", "--json")[1])["intact"] is False


def test_a_file_that_is_not_there_cannot_be_verified(call):
    code, _, err = call("export", "verify", "khong-co.xlsx", "--programme", "mau")

    assert code == 1
    assert "không tìm thấy tệp" in err


def test_sending_says_where_nothing_is_set(call):
    code, _, err = call("export", "--send", "--programme", "mau")

    assert code == 0
    assert "DOITHOAI_EXPORT_FOLDER" in err


@pytest.mark.parametrize(("typed", "suffix"), [("công văn", ".docx"), ("baocao", ".docx"), ("CSV", ".csv")])
async def test_other_papers_can_be_asked_for_in_the_group(world, tmp_path, typed, suffix):
    contents = Contents(world.store, world.clock, world.voice, world.running, world.watcher)
    documents = OfficeDocuments(world.voice.catalogue, world.workbooks)
    papers = Papers(world.store, world.running, contents, world.answer_forms, documents, tmp_path / "xuat")

    assert "chờ chút" in await order(world, typed)
    await schedule_of(world, papers=papers).look()
    async with world.store.transaction() as tx:
        files = []
        while rows := await tx.outbox.claim(world.clock.now(), lambda address: address == GROUP):
            files += [Path(row.file).suffix for row in rows if row.kind == "file"]
            for row in rows:
                await tx.outbox.sent(row.id, NOON, "")

    assert suffix in files
    async with world.store.reading() as tx:
        assert await tx.facts.get(EXPORT_ASKED) == ""
