"""From questions and answers in the database to letters, archives and the public page; nothing is published too early."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest

import bot.app
from bot.cli import run
from bot.domain.answer import AnswerBody, AnswerStep, after
from bot.domain.submission import Action, State
from bot.texts.keys import Key
from bot.usecases.contents import Contents
from bot.usecases.moderate import Decision
from bot.usecases.papers import SUFFIXES, PaperKind, Papers
from bot.usecases.publishing import BOOKLET, PAGE, Publishing
from exports.documents import OfficeDocuments
from tests.world import NOON, WordRouter, World, moderator

BUS = "Em tên là Lê Thị Lan, bao giờ xã em có xe buýt? Gọi em số 0912345678."


@pytest.fixture
def world(store, tmp_path) -> World:
    return World(store, tmp_path)


def desk(world: World) -> tuple[Papers, Publishing]:
    contents = Contents(world.store, world.clock, world.voice, world.running, world.watcher)
    documents = OfficeDocuments(world.voice.catalogue, world.workbooks)
    papers = Papers(world.store, world.running, contents, world.answer_forms, documents, world.folder)
    return papers, Publishing(world.store, world.voice, world.running, contents, documents)


async def approved(world: World, *texts: str) -> list[int]:
    """Ask, approve, and give back the issues."""
    youth = world.youth()
    await youth.agrees()
    for text in texts:
        asked = await youth.asks(text)
        await world.moderate.decide(asked.id, asked.version, Decision(Action.APPROVE), moderator())
    return [one.issue_id for one in await world.submissions(State.APPROVED) if one.issue_id is not None]


async def answered(world: World, issue: int, *steps: AnswerStep, text: str = "Quý II năm 2024.") -> None:
    async with world.store.transaction() as tx:
        answer = await tx.answers.add(issue, AnswerBody(text), "Minh", NOON)
        for step in steps:
            changed = await tx.answers.change(after(answer, step, "Hà", NOON), answer.version)
            assert changed is not None
            answer = changed


async def test_only_what_is_released_is_published_without_the_askers_name_or_number(world) -> None:
    released, confirmed, drafted = await approved(world, BUS, "Học phí năm nay thế nào?", "Việc làm ở quê em?")
    await answered(world, released, AnswerStep.CONFIRM, AnswerStep.RELEASE)
    await answered(world, confirmed, AnswerStep.CONFIRM, text="Chưa công bố.")
    await answered(world, drafted, text="Còn dự thảo.")

    publication, files = await desk(world)[1].write(world.folder / "cong-khai", booklet=True)

    (item,) = publication.items
    name, phone = world.voice.text(Key.HIDDEN_NAME), world.voice.text(Key.HIDDEN_PHONE)
    assert item.question == f"Em tên là {name}, bao giờ xã em có xe buýt? Gọi em số {phone}."
    assert [file.name for file in files] == [PAGE, BOOKLET]
    page = files[0].read_text("utf-8")
    booklet = "\n".join(one.text for one in docx.Document(str(files[1])).paragraphs)
    for said in (page, booklet):
        assert "Quý II năm 2024." in said
        assert not [secret for secret in ("Lê Thị Lan", "0912345678", "Chưa công bố", "Còn dự thảo") if secret in said]
    assert files[0].stat().st_mode & 0o044 == 0o044


async def test_a_correction_takes_the_place_of_what_was_published(world) -> None:
    (issue,) = await approved(world, BUS)
    await answered(world, issue, AnswerStep.CONFIRM, AnswerStep.RELEASE, text="Bản đầu.")
    await answered(world, issue, AnswerStep.CONFIRM, AnswerStep.RELEASE, text="Bản đính chính.")

    publication = await desk(world)[1].gather()

    assert [one.answer.text for one in publication.items] == ["Bản đính chính."]


async def test_a_question_that_its_asker_withdrew_is_published_no_more(world) -> None:
    (issue,) = await approved(world, BUS)
    await answered(world, issue, AnswerStep.CONFIRM, AnswerStep.RELEASE)
    publishing = desk(world)[1]
    before = await publishing.gather()
    (asked,) = await world.submissions(State.APPROVED)

    youth = world.youth()
    await youth.types(f"rút {asked.code}")
    await youth.presses("Đúng, rút câu này")

    assert len(before.items) == 1
    assert (await publishing.gather()).items == ()


@pytest.mark.parametrize("kind", PaperKind)
async def test_every_paper_is_made_of_what_stands_now_under_a_name_that_says_what_it_is(world, kind) -> None:
    await approved(world, BUS, "Học phí năm nay thế nào?")
    papers = desk(world)[0]

    file, content = await papers.make(kind)

    assert content.issues == await papers.count() == 2
    assert file.name == f"hung-yen-2024-{kind}-20240220-1200{SUFFIXES[kind]}"
    assert file.stat().st_size > 0
    assert file.stat().st_mode & 0o077 == 0  # people's words: for whoever made it


def words_in(content: bytes) -> str:
    """All that a file and its parts say, without tags."""
    if not content.startswith(b"PK"):
        return re.sub("<[^>]*>", " ", content.decode("utf-8", "ignore"))
    with ZipFile(BytesIO(content)) as parts:
        return "\n".join(words_in(parts.read(name)) for name in parts.namelist())


@pytest.mark.parametrize("kind", PaperKind)
async def test_no_paper_bears_the_number_of_a_workbook_that_is_made_later(world, kind) -> None:
    await approved(world, BUS)
    numbered = re.compile(r"lần\W*\d", re.IGNORECASE)

    paper, _ = await desk(world)[0].make(kind)
    workbook = await world.exporting.make("Minh")

    assert numbered.search(words_in(Path(workbook.file).read_bytes()))
    assert not numbered.search(words_in(paper.read_bytes()))


async def test_a_paper_of_a_rehearsal_says_so_in_its_name(store, tmp_path) -> None:
    file, _ = await desk(World(store, tmp_path, rehearsal=True))[0].make(PaperKind.LETTER)

    assert file.name.startswith("dien-tap-")


async def test_a_paper_is_a_draft_until_somebody_says_otherwise(world) -> None:
    papers = desk(world)[0]

    _, draft = await papers.make(PaperKind.LETTER)
    _, final = await papers.make(PaperKind.LETTER, final=True)

    assert (draft.final, final.final) == (False, True)


# ------------------------------------------------------------------ the command line


@pytest.fixture
def call(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "TELEGRAM_TOKEN", "TELEGRAM_GROUP", "WEB_BIND", "WEB_URL"):
        monkeypatch.delenv(f"DOITHOAI_{name}", raising=False)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "hung-yen-2024")
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())
    (tmp_path / "phieu.csv").write_text("Nội dung,Đơn vị\nBao giờ có xe buýt?,Huyện Ân Thi\n", "utf-8-sig")
    run(["import", "phieu.csv", "--received", "2024-02-20", "--approved"])
    capsys.readouterr()

    def call(*arguments: object):
        code = run([str(one) for one in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_papers_are_made_from_the_command_line(call, tmp_path) -> None:
    letter = call("export", "--letter", "-o", "cv.docx")
    report = call("export", "--report", "--json", "-o", "bc.docx")
    archive = call("export", "--zip", "-o", "goi.zip")
    rows = call("export", "--csv", "-o", "a.csv")

    assert [one[0] for one in (letter, report, archive, rows)] == [0, 0, 0, 0]
    assert "1 vấn đề đã duyệt" in letter[1]
    assert json.loads(report[1])["issues"] == 1
    assert docx.Document(str(tmp_path / "cv.docx")).tables
    with ZipFile(tmp_path / "goi.zip") as made:
        assert "so-giao-thong-van-tai.xlsx" in made.namelist()
    assert "Bao giờ có xe buýt?" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_a_paper_under_a_wrong_name_is_refused_in_a_sentence(call, tmp_path) -> None:
    assert call("export", "-o", "bang.pdf")[::2] == (1, "doithoai: “bang.pdf” cần có đuôi .xlsx.\n")
    code, out, err = call("export", "--letter", "-o", "cv.xlsx")

    assert (code, out) == (1, "")
    assert "cần có đuôi .docx" in err
    assert not (tmp_path / "cv.xlsx").exists()


def test_a_final_workbook_is_made_with_a_word_on_what_still_waits(call, tmp_path) -> None:
    (tmp_path / "cho.csv").write_text("Nội dung\nBao giờ có cầu?\n", "utf-8-sig")
    call("import", "cho.csv", "--received", "2024-02-20")

    draft = call("export", "-o", "nhap.xlsx")
    final = call("export", "--final", "-o", "chinh-thuc.xlsx")

    assert (draft[0], final[0]) == (0, 0)
    assert "chờ duyệt" not in draft[2]
    assert "còn 1 câu chờ duyệt" in final[2]


def test_the_page_is_written_into_a_folder_that_need_not_exist(call, tmp_path) -> None:
    made = call("publish", "trang/2024", "--docx")
    refused = call("publish", "phieu.csv")

    assert (made[0], refused[0]) == (0, 1)
    assert "0 câu trả lời" in made[1]
    assert sorted(one.name for one in (tmp_path / "trang/2024").iterdir()) == [BOOKLET, PAGE]
    assert "không phải là thư mục" in refused[2]
