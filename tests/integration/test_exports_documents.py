"""Letters, reports, booklets, pages, archives and .csv files, opened again by somebody else's reader."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.letterhead import Letterhead, Profile
from bot.domain.published import Publication, PublishedItem
from bot.domain.report import all_rows
from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, Count, DepartmentPart, Figures, Group, Row
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.papers import letter, report
from exports.cells import readable
from exports.documents import OfficeDocuments
from exports.faults import WorkbookFault
from exports.letters import roman
from exports.page import page
from exports.workbook import ExcelWorkbooks
from exports.zipped import LIST, file_names
from tests.samples import MADE_AT, forms, library, sample

WORDS = Catalogue.load()
DOCUMENTS = OfficeDocuments(WORDS, ExcelWorkbooks(WORDS))
PLAN = "hung-yen-2024"
ALIVE = ("=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1")
HOSTILE = '<script>alert(1)</script> & "x" \' ]]> <img src=x onerror=alert(1)> $style ${script}'
wild = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(alphabet=st.characters(codec=None), max_size=120)


def programme():
    return library().get(PLAN)


def collected(issues: int) -> Content:
    """A sample with a few issues more that nobody leads yet."""
    content = sample(PLAN, issues)
    return replace(content, unclear=content.waiting)


def one_row(text: str, **more: object) -> Content:
    """A content with one question to one department."""
    given = {"codes": ("HY24-0001-K",), "topic": "Việc làm", "units": ("Xã A",), "lead": "Sở Nội vụ", "supporting": ()}
    row = Row(**{**given, "text": text, "submissions": 1, **more})
    part = DepartmentPart("so-noi-vu-old", "Sở Nội vụ", "Sở NV", (Group("Việc làm", (row,)),))
    return replace(sample(PLAN, 1), departments=(part,), unclear=(), waiting=())


def published(*items: PublishedItem, rehearsal: bool = False) -> Publication:
    own = programme()
    named = (own.code, own.title, own.theme, own.unit, own.contact.organiser)
    return Publication(*named, MADE_AT, rehearsal, items, own.letterhead)


def item(question: str = "Bao giờ có xe buýt?", **more: object) -> PublishedItem:
    given = {
        "codes": ("HY24-0001-K",),
        "department": "Sở Giao thông vận tải",
        "topic": "Giao thông",
        "answer": AnswerBody("Quý II năm 2026."),
        "released_at": MADE_AT,
    }
    return PublishedItem(**{**given, "question": question, **more})


def paragraphs(document) -> list[str]:
    return [one.text for one in document.paragraphs]


def everything(document) -> str:
    """All text of a document, cells and page heads too."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    heads = [
        one.text
        for section in document.sections
        for head in (section.header, section.first_page_header)
        for one in head.paragraphs
    ]
    return "\n".join((*paragraphs(document), *cells, *heads))


@pytest.fixture
def write_letter(tmp_path):
    def write(content: Content):
        DOCUMENTS.write_letter(letter(programme(), content), tmp_path / "cv.docx")
        return docx.Document(str(tmp_path / "cv.docx"))

    return write


@pytest.fixture
def write_report(tmp_path):
    def write(content: Content):
        DOCUMENTS.write_report(report(programme(), content), tmp_path / "bc.docx")
        return docx.Document(str(tmp_path / "bc.docx"))

    return write


# ------------------------------------------------------------------ the letter


def test_the_annex_holds_every_question_word_for_word_under_its_department_and_topic(write_letter) -> None:
    content = collected(60)

    table = write_letter(content).tables[-1]

    rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    listed = [row for row in rows if row[0].isdigit()]
    wanted = all_rows(content)
    assert [row[0] for row in listed] == [str(number) for number in range(1, content.issues + 1)]
    assert [row[1] for row in listed] == [readable(row.text) for row in wanted]
    assert [row[2] for row in listed] == ["; ".join(row.units) for row in wanted]
    assert [row[5].split(";")[0] for row in listed] == [row.codes[0] for row in wanted]
    bold = [row[0] for row in rows if not row[0].isdigit()]
    asked = [part for part in content.departments if part.rows]
    for number, part in enumerate(asked, 1):
        assert f"{roman(number)}. {part.name} ({len(part.rows)})" in bold
    assert bold[-1] == f"{roman(len(asked) + 1)}. {WORDS[Key.PAPER_PART_UNCLEAR]} ({len(content.unclear)})"


def test_a_confirmed_answer_stands_beside_its_question(write_letter) -> None:
    table = write_letter(one_row("Hỏi gì?", answer="Sở đã trả lời.")).tables[-1]

    assert [cell.text for cell in table.rows[-1].cells][4] == "Sở đã trả lời."


def test_the_letter_counts_what_its_annex_holds(write_letter) -> None:
    content = collected(60)

    said = "\n".join(paragraphs(write_letter(content)))

    clear = content.issues - len(content.unclear)
    departments = sum(bool(part.rows) for part in content.departments)
    assert (
        f"có {content.issues} vấn đề được tổng hợp từ {sum(row.submissions for row in all_rows(content))} câu hỏi"
        in said
    )
    assert f"{clear} vấn đề thuộc trách nhiệm trả lời của {departments} cơ quan" in said
    assert f"Còn {len(content.unclear)} vấn đề chưa xác định" in said
    assert "trước ngày 12/3/2024 theo Kế hoạch./." in said


def test_a_letter_about_nothing_says_so(write_letter) -> None:
    content = replace(sample(PLAN, 1), departments=(), unclear=())

    document = write_letter(content)

    assert WORDS.say(Key.PAPER_LETTER_NOTHING, at=MADE_AT) in paragraphs(document)
    assert document.tables[-1].rows[-1].cells[0].text == WORDS[Key.PAPER_NOTHING]


def test_the_youth_unions_paper_has_no_quoc_hieu_and_a_state_bodys_has(write_letter) -> None:
    content = sample(PLAN, 1)
    state = Letterhead(Profile.ND30, "UBND TỈNH HƯNG YÊN", "SỞ NỘI VỤ", "GIÁM ĐỐC")

    union = everything(write_letter(content))
    nd30 = everything(write_letter(replace(content, letterhead=state)))
    none = everything(write_letter(replace(content, letterhead=Letterhead(Profile.NONE))))

    assert (WORDS[Key.PAPER_UNION] in union, WORDS[Key.PAPER_NATION] in union) == (True, False)
    assert "BCH ĐOÀN TỈNH HƯNG YÊN" in union
    assert (WORDS[Key.PAPER_UNION] in nd30, WORDS[Key.PAPER_NATION] in nd30) == (False, True)
    assert all(one in nd30 for one in ("UBND TỈNH HƯNG YÊN", "SỞ NỘI VỤ", "GIÁM ĐỐC", WORDS[Key.PAPER_MOTTO]))
    assert WORDS[Key.PAPER_UNION] not in none
    assert WORDS[Key.PAPER_NATION] not in none


def test_number_place_day_and_signature_are_blanks(write_letter) -> None:
    said = everything(write_letter(sample(PLAN, 1)))

    for key in (Key.PAPER_NUMBER, Key.PAPER_PLACE, Key.PAPER_AUTHORITY, Key.PAPER_SIGN):
        assert WORDS[key] in said
    assert re.search(r"Số:\s*\d", said) is None
    assert re.search(r"ngày \d+ tháng", said) is None


def test_pages_are_a4_in_the_decrees_margins_and_letters(write_letter) -> None:
    document = write_letter(replace(sample(PLAN, 1), letterhead=Letterhead(Profile.ND30, "", "SỞ NỘI VỤ")))

    upright, table = document.sections
    assert [round(one / Mm(1)) for one in (upright.page_width, upright.page_height)] == [210, 297]
    assert (table.orientation, round(table.page_width / Mm(1))) == (WD_ORIENT.LANDSCAPE, 297)
    for section in document.sections:
        edges = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
        assert [round(one / Mm(1)) for one in edges] == [20, 20, 30, 15]
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml
    normal = document.styles["Normal"].font
    assert (normal.name, normal.size) == ("Times New Roman", Pt(14))
    sizes = {run.font.size for cell in document.tables[-1].rows[-1].cells for run in cell.paragraphs[0].runs}
    assert sizes == {Pt(13)}
    assert "w:tblHeader" in document.tables[-1].rows[0]._tr.xml


def test_a_draft_is_marked_on_every_page_until_it_is_final(write_letter) -> None:
    content = sample(PLAN, 1)

    draft = write_letter(content)
    final = write_letter(replace(content, final=True))
    rehearsal = write_letter(replace(content, final=True, rehearsal=True))

    def marks(document) -> set[str]:
        heads = [head for one in document.sections for head in (one.header, one.first_page_header)]
        return {"".join(paragraph.text for paragraph in head.paragraphs) for head in heads}

    assert marks(draft) == {"DỰ THẢO"}
    assert marks(final) == {""}
    assert marks(rehearsal) == {"DIỄN TẬP"}


def test_no_question_is_torn_by_the_end_of_a_page_and_no_signature_stands_alone(write_letter) -> None:
    document = write_letter(sample(PLAN, 3))

    rows = document.tables[-1].rows
    assert all("w:cantSplit" in row._tr.xml for row in rows if len(row._tr.tc_lst) > 1)
    signature = next(table for table in document.tables if "Nơi nhận" in table.rows[0].cells[0].text)
    before = signature._tbl.getprevious()
    while "".join(before.itertext()) == "":
        assert "w:keepNext" in before.xml, "an empty line that lets the signature go"
        before = before.getprevious()
    assert "w:keepNext" in before.xml


def test_equal_contents_give_equal_bytes_and_no_trace_of_the_machines_clock(tmp_path) -> None:
    files = [tmp_path / f"{number}.docx" for number in range(2)]
    for file in files:
        DOCUMENTS.write_letter(letter(programme(), sample(PLAN, 5)), file)

    assert files[0].read_bytes() == files[1].read_bytes()
    with ZipFile(files[0]) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert docx.Document(str(files[0])).core_properties.modified.year == MADE_AT.year


@wild
@given(text=texts)
def test_wild_text_reaches_the_annex_unchanged_but_for_what_xml_cannot_hold(text: str, write_letter) -> None:
    table = write_letter(one_row(text)).tables[-1]

    assert table.rows[-1].cells[1].text == readable(text)


def test_a_letter_that_cannot_be_written_leaves_what_was_there(tmp_path) -> None:
    with pytest.raises(WorkbookFault, match=Key.XL_NO_FOLDER):
        DOCUMENTS.write_letter(letter(programme(), sample(PLAN, 1)), tmp_path / "none" / "cv.docx")
    kept = tmp_path / "cv.docx"
    kept.write_text("bản cũ")
    broken = replace(letter(programme(), sample(PLAN, 1)), plan=None)
    with pytest.raises(AttributeError):
        DOCUMENTS.write_letter(broken, kept)

    assert kept.read_text() == "bản cũ"
    assert [one.name for one in tmp_path.iterdir()] == ["cv.docx"]


# ------------------------------------------------------------------ the report


def test_every_table_of_the_report_adds_up(write_report) -> None:
    figures = Figures(
        units=(Count("Huyện Ân Thi", 3), Count("", 2)),
        youth_groups=(Count("Học sinh", 5),),
        weeks=(Count("2024-02-19", 4), Count("2024-02-26", 1)),
    )
    aside = Aside("HY24-0002-K", State.REJECTED, "", "", "", "", MADE_AT, "Trùng câu đã có")
    content = replace(collected(40), figures=figures, unforwarded=(aside,), spam=2, late=(aside,))

    document = write_report(content)

    tables = [table for table in document.tables if len(table.columns) > 2]
    for table in tables:
        numbers = [[cell.text for cell in row.cells] for row in table.rows]
        for column in range(2, len(table.columns)):
            *lines, total = [int(row[column]) for row in numbers[1:]]
            assert sum(lines) == total
        assert numbers[-1][1] == WORDS[Key.XL_LINE_TOTAL]
    said = everything(document)
    assert "Có 1 ý kiến gửi sau hạn." in said
    assert "Từ 19/02/2024 đến 25/02/2024" in said
    assert "Không duyệt: Trùng câu đã có" in said
    names = [row.cells[1].text for row in tables[1].rows[1:-1]]
    assert names == [*(part.name for part in content.departments), WORDS[Key.PAPER_PART_UNCLEAR]]


def test_the_report_names_the_units_from_which_nobody_wrote(write_report) -> None:
    units = programme().units
    content = replace(sample(PLAN, 1), figures=Figures(units=(Count(units[0], 1),)))

    said = "\n".join(paragraphs(write_report(content)))

    assert WORDS.say(Key.PAPER_SILENT, count=len(units) - 1, units="; ".join(units[1:])) in said


# ------------------------------------------------------------------ rows for programs


@pytest.mark.parametrize("alive", ALIVE)
def test_nothing_in_the_csv_begins_as_a_formula(tmp_path, alive: str) -> None:
    row = {"units": (alive,), "supporting": (alive,), "note": alive, "topic": alive, "lead": alive, "codes": (alive,)}
    DOCUMENTS.write_csv(one_row(alive, **row), tmp_path / "a.csv")

    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True)))
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert lines[1][5] == f"'{readable(alive)}"


def test_the_csv_has_one_row_an_issue_and_loses_no_word(tmp_path) -> None:
    content = sample(PLAN, 40)

    DOCUMENTS.write_csv(content, tmp_path / "a.csv")

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    wanted = all_rows(content)
    assert [line["noi_dung"].removeprefix("'") for line in lines] == [readable(row.text) for row in wanted]
    assert [line["cac_ma"].split("; ") for line in lines] == [list(row.codes) for row in wanted]
    assert {line["lap_luc"] for line in lines} == {"2026-03-02T08:00:00+07:00"}


@wild
@given(text=texts)
def test_wild_text_makes_one_cell_of_the_csv(text: str, tmp_path) -> None:
    DOCUMENTS.write_csv(one_row(text), tmp_path / "a.csv")

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert line["noi_dung"] in (readable(text), f"'{readable(text)}")
    assert not line["noi_dung"].startswith(("=", "+", "-", "@", "\t", "\r"))


# ------------------------------------------------------------------ a file for each department


def test_the_archive_holds_a_file_for_each_department_that_is_asked_and_a_list(tmp_path) -> None:
    content = sample(PLAN, 30)
    seen: list[int] = []

    DOCUMENTS.write_archive(content, forms(content), tmp_path / "a.zip", seen.append)

    asked = [part for part in content.departments if part.rows]
    with ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert names[0] == LIST
    assert len(names) == len(asked) + 1
    assert "so-khoa-hoc-va-cong-nghe.xlsx" in names
    assert all(re.fullmatch(r"[a-z0-9-]+\.xlsx", name) for name in names)
    assert seen[-1] == sum(len(part.rows) for part in asked)
    listing = load_workbook(tmp_path / LIST).active
    assert listing.title == WORDS[Key.PAPER_LIST_TITLE]
    listed = [[cell.value for cell in row] for row in listing]
    for part in content.departments:
        (line,) = [row for row in listed if row[1] == part.name]
        assert (line[2], line[4] in names) == (len(part.rows), bool(part.rows))


def test_the_list_of_a_rehearsals_archive_says_so_on_every_page(tmp_path) -> None:
    content = replace(sample(PLAN, 1), rehearsal=True)

    DOCUMENTS.write_archive(content, forms(content), tmp_path / "a.zip")
    with ZipFile(tmp_path / "a.zip") as archive:
        archive.extract(LIST, tmp_path)

    listing = load_workbook(tmp_path / LIST).active
    assert listing["A2"].value.startswith("DIỄN TẬP – Lập lúc")
    assert "DIỄN TẬP" in str(listing.oddFooter.left.text)


def test_a_departments_file_says_nothing_of_what_others_are_asked(tmp_path) -> None:
    content = sample(PLAN, 30)
    DOCUMENTS.write_archive(content, forms(content), tmp_path / "a.zip")
    parts = dict(zip(file_names([part.name for part in content.departments]), content.departments, strict=True))

    with ZipFile(tmp_path / "a.zip") as archive:
        for name in archive.namelist()[1:]:
            file = Path(archive.extract(name, tmp_path))
            found = "\n".join(str(c.value) for sheet in load_workbook(file) for row in sheet for c in row if c.value)
            own = {row.codes[0] for row in parts[name].rows}
            others = {row.codes[0] for row in (*all_rows(content), *content.waiting)} - own
            assert {code for code in own if code not in found} == set()
            assert {code for code in others if code in found} == set()


def test_departments_whose_names_read_alike_get_files_of_their_own() -> None:
    names = file_names(["Sở Y tế", "Sở Y tế", "sở y tê", "Đất", "!!!", "Sở Y tế 2"])

    assert len(set(names)) == len(names)
    assert names[0] == "so-y-te.xlsx"
    assert names[3:5] == ["dat.xlsx", "co-quan.xlsx"]


# ------------------------------------------------------------------ what everybody may read


class Read(HTMLParser):
    """What a browser would see of a page: tags, attributes, text, ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_data(self, data) -> None:
        self.text += data


def test_what_people_wrote_adds_no_tag_and_no_attribute_to_the_page() -> None:
    body = AnswerBody(HOSTILE, HOSTILE, HOSTILE, HOSTILE, Settlement.EXPLAINED)
    plain = replace(body, text="x", basis="x", responsible="x", due="x")
    own = {"codes": (HOSTILE, HOSTILE), "department": HOSTILE, "topic": HOSTILE}

    hostile = Read(page(replace(published(item(HOSTILE, **own, answer=body)), title=HOSTILE, organiser=HOSTILE), WORDS))
    tame = Read(page(published(item("x", codes=("x", "x"), department="x", topic="x", answer=plain)), WORDS))

    assert hostile.tags == tame.tags
    assert sorted(name for name, _ in hostile.attributes) == sorted(name for name, _ in tame.attributes)
    assert hostile.text.count(HOSTILE) >= 8


@wild
@given(text=texts)
def test_wild_text_stands_on_the_page_as_it_was_written(text: str) -> None:
    made = Read(page(published(item(text, codes=("HY24-0001-K",))), WORDS))

    assert readable(text) in made.text
    assert made.tags["article"] == 1


def test_the_page_asks_the_network_for_nothing() -> None:
    made = page(published(item()), WORDS)

    read = Read(made)
    assert not {"link", "img", "iframe", "form", "video"} & read.tags.keys()
    assert {value for name, value in read.attributes if name in ("src", "href")} == {"#cau-hoi", "#HY24-0001-K"}
    assert re.search(r"url\(|@import|fetch\(|XMLHttp", made) is None
    assert "default-src 'none'" in made


def test_page_and_booklet_say_the_same_of_each_answer(tmp_path) -> None:
    body = AnswerBody("Dòng một.\nDòng hai.", "Nghị quyết 12", "Phòng Vận tải", "quý II", Settlement.UNDER_WAY)
    made = published(item(answer=body), item("Câu khác?", codes=("HY24-0002-K", "HY24-0003-K")))

    DOCUMENTS.write_booklet(made, tmp_path / "hd.docx")
    DOCUMENTS.write_page(made, tmp_path / "index.html")

    booklet = everything(docx.Document(str(tmp_path / "hd.docx")))
    html = Read((tmp_path / "index.html").read_text("utf-8")).text
    for said in ("Bao giờ có xe buýt?", "Dòng một.", "Dòng hai.", "Nghị quyết 12", "Phòng Vận tải", "quý II"):
        assert said in booklet
        assert said in html
    assert all(WORDS[Key.SETTLEMENT_UNDER_WAY] in one for one in (booklet, html))
    assert all("Công bố ngày 02/3/2026" in one for one in (booklet, html))
    assert WORDS.say(Key.PAGE_ASKED_BY, count=2) in html


def test_the_day_of_release_is_viet_nams() -> None:
    late = MADE_AT.replace(hour=0, minute=30).astimezone(UTC)

    assert "Công bố ngày 02/3/2026" in page(published(item(released_at=late)), WORDS)


def test_a_publication_without_answers_and_a_rehearsal_say_what_they_are(tmp_path) -> None:
    empty = page(published(rehearsal=True), WORDS)
    DOCUMENTS.write_booklet(published(rehearsal=True), tmp_path / "hd.docx")

    assert WORDS[Key.PAPER_BOOKLET_NOTHING] in empty
    assert WORDS[Key.PAGE_REHEARSAL] in empty
    said = everything(docx.Document(str(tmp_path / "hd.docx")))
    assert WORDS[Key.PAPER_BOOKLET_NOTHING] in said
    assert "DIỄN TẬP" in said


def test_parts_are_numbered_as_official_texts_do() -> None:
    assert [roman(number) for number in (1, 4, 9, 14, 23, 40, 49, 51)] == [
        "I", "IV", "IX", "XIV", "XXIII", "XL", "XLIX", "LI",
    ]  # fmt: skip
