"""The grouped workbook: written, opened again, and every text and number found where it belongs."""

import errno
import html
import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.domain.letterhead import Letterhead, Profile
from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, DepartmentPart, Group, MachineLine, Row
from bot.texts.catalogue import Catalogue
from exports import check, sheets
from exports.cells import readable, unescaped
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks
from tests.parts import changed, part_of, put, text

WORDS = Catalogue.load()
BOOKS = ExcelWorkbooks(WORDS)
NOW = datetime(2024, 2, 26, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def issue(text, *, topic="Việc làm", units=("Xã A",), submissions=1, codes=("HY24-0001-K",)):
    return Row(codes, topic, text, units, "Sở Nội vụ", ("Sở Tài chính",), submissions)


PLAIN = Letterhead(Profile.NONE)


def content(*, departments=None, unclear=(), waiting=(), rehearsal=False, theme="Chuyển đổi số", letterhead=PLAIN):
    asked = DepartmentPart(
        "so-noi-vu",
        "Sở Nội vụ",
        "Sở Nội vụ",
        (
            Group("Việc làm", (issue("Em muốn hỏi việc làm", submissions=3), issue("Khi nào có hội chợ việc làm?"))),
            Group("Tiền lương", (issue("Lương tối thiểu vùng của huyện là bao nhiêu?", submissions=2),)),
        ),
    )
    silent = DepartmentPart("so-y-te", "Sở Y tế", "Sở Y tế")
    return Content(
        "hung-yen-2024", "Chương trình đối thoại năm 2024", theme, "Tỉnh Hưng Yên", 2, NOW, rehearsal,
        (asked, silent) if departments is None else departments, unclear, waiting, letterhead=letterhead,
    )  # fmt: skip


def written(tmp_path, what, name="bang.xlsx"):
    file = tmp_path / name
    BOOKS.write(what, file)
    return file


def answered(what, text):
    """The content with an answer to the issue that says this."""

    def reply(row):
        return replace(row, answer="Đã có hội chợ.") if row.text == text else row

    def part(one):
        return replace(one, groups=tuple(Group(group.topic, tuple(map(reply, group.rows))) for group in one.groups))

    return replace(what, departments=tuple(map(part, what.departments)))


HEAD = [
    "TT", "Nội dung câu hỏi, ý kiến", "Đơn vị đề xuất", "Cơ quan chủ trì", "Cơ quan phối hợp", "Nội dung trả lời",
    "Ghi chú",
]  # fmt: skip
THEIRS = ["Xã A", "Sở Nội vụ", "Sở Tài chính", None]


def read_as_openpyxl(sheet):
    """The numbered lines of a list, long texts in one piece."""
    rows = [tuple("" if value is None else value for value in row) for row in sheet.iter_rows(values_only=True)]
    head = next(place for place, row in enumerate(rows) if row[0] == HEAD[0])
    texts = [tuple(unescaped(cell) if isinstance(cell, str) else cell for cell in row) for row in rows[head + 1 :]]
    return [line for line in check.read_list(texts, WORDS) if len(line) > 1]


def rows_of(file, sheet):
    book = load_workbook(file)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_the_sheets_stand_in_their_order_and_a_department_without_questions_has_none(tmp_path):
    book = load_workbook(written(tmp_path, content()))

    assert book.sheetnames == [
        "Tổng hợp", "Danh sách", "Sở Nội vụ", "Chưa rõ", "Chờ duyệt", "Không chuyển", "Sau hạn", "Thay đổi",
        "Biểu đồ", "Máy đề xuất", "Nhật ký",
    ]  # fmt: skip


def test_the_summary_counts_every_department_zeros_too(tmp_path):
    what = content(unclear=(issue("Chưa rõ hỏi ai", submissions=4),), waiting=(issue("Chưa đọc"),))
    what = answered(what, "Em muốn hỏi việc làm")

    rows = rows_of(written(tmp_path, what), "Tổng hợp")

    assert rows[4] == [
        "STT", "Cơ quan", "Số vấn đề", "Tỷ trọng vấn đề", "Số ý kiến", "Đã trả lời", "Chưa trả lời", "Tỷ lệ trả lời",
        "Trang tính", "Liên kết",
    ]  # fmt: skip
    assert rows[5:9] == [
        [1, "Sở Nội vụ", 3, "75 %", 6, 1, 2, "33 %", "Sở Nội vụ", "Mở trang"],
        [2, "Sở Y tế", 0, "0 %", 0, 0, 0, None, "Không có câu hỏi", None],
        [None, "Chưa rõ cơ quan", 1, "25 %", 4, 0, 1, "0 %", "Chưa rõ", "Mở trang"],
        [None, "Cộng", "=SUM(C6:C8)", "100 %", "=SUM(E6:E8)", "=SUM(F6:F8)", "=SUM(G6:G8)", "25 %", None, None],
    ]


def test_below_the_sum_stand_what_is_no_issue_and_the_way_to_every_other_sheet(tmp_path):
    refused = Aside("HY24-0007-K", State.REJECTED, "Trùng", "Xã A", "Việc làm", "Sở Nội vụ", NOW, "Trùng câu đã có")
    what = replace(
        content(waiting=(issue("Chưa đọc"),)), unforwarded=(refused,), spam=4, late=(refused, refused), since=1
    )

    file = written(tmp_path, what)

    sheet = load_workbook(file)["Tổng hợp"]
    below = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=10, max_row=17)]
    assert [[row[1], row[2], row[4], row[8]] for row in below] == [
        ["Chờ duyệt (chưa tính vào dòng Cộng)", 1, 1, "Chờ duyệt"],
        ["Không chuyển (không tính vào dòng Cộng)", None, 5, "Không chuyển"],
        ["Gửi sau hạn (mọi tình trạng)", None, 2, "Sau hạn"],
        ["Thay đổi so với lần 1", None, 0, "Thay đổi"],
        ["Danh sách chung", None, None, "Danh sách"],
        ["Số liệu và biểu đồ", None, None, "Biểu đồ"],
        ["Máy đề xuất cơ quan trả lời", None, None, "Máy đề xuất"],
        ["Nhật ký xử lý", None, None, "Nhật ký"],
    ]
    links = {row[-2].value: row[-1].hyperlink.location for row in sheet.iter_rows() if row[-1].hyperlink}
    titles = load_workbook(file).sheetnames
    assert links == {f"{title}": f"'{title}'!A1" for title in titles if title != "Tổng hợp"}
    assert {row[-1].value for row in sheet.iter_rows(min_row=6) if row[-1].hyperlink} == {"Mở trang"}


def test_the_sums_are_true_and_show_before_any_program_calculates(tmp_path):
    file = written(tmp_path, content(unclear=(issue("Chưa rõ hỏi ai", submissions=4),)))

    shown = load_workbook(file, data_only=True)["Tổng hợp"]

    assert [shown.cell(9, column).value for column in (3, 5, 6, 7)] == [4, 10, 0, 4]
    assert [sum(shown.cell(line, column).value for line in range(6, 9)) for column in (3, 5, 6, 7)] == [4, 10, 0, 4]


def test_a_sheet_says_how_often_the_machine_was_right(tmp_path):
    machine = (MachineLine("Sở Nội vụ", 120, 112), MachineLine("", 34, 28))

    rows = rows_of(written(tmp_path, replace(content(), machine=machine)), "Máy đề xuất")

    assert [row[0] for row in rows[-4:-3]] == ["Máy đề xuất đúng 91 %, cán bộ sửa 14 câu (trong 154 câu đã quyết định)"]
    assert rows[-3:] == [
        ["TT", "Cơ quan cán bộ đã chọn", "Số câu đã quyết định", "Máy đúng", "Cán bộ sửa", "Tỷ lệ máy đúng"],
        [1, "Sở Nội vụ", 120, 112, 8, "93 %"],
        [2, "Không thuộc cơ quan nào", 34, 28, 6, "82 %"],
    ]


def test_a_share_that_lies_halfway_is_rounded_up(tmp_path):
    machine = (MachineLine("Sở Nội vụ", 8, 1), MachineLine("", 192, 192))

    rows = rows_of(written(tmp_path, replace(content(), machine=machine)), "Máy đề xuất")

    assert rows[-4][0].startswith("Máy đề xuất đúng 97 %")  # 96,5
    assert [row[5] for row in rows[-2:]] == ["13 %", "100 %"]  # 12,5


def test_before_anything_is_decided_one_sentence_says_so(tmp_path):
    rows = rows_of(written(tmp_path, content()), "Máy đề xuất")

    sentence = "Chưa có câu nào được quyết định nên chưa tính được tỷ lệ máy đề xuất đúng."
    assert rows[-1] == [sentence, *[None] * 5]


def test_a_file_with_another_figure_of_the_machine_is_refused(tmp_path):
    what = replace(content(), machine=(MachineLine("Sở Nội vụ", 120, 112),))
    file = written(tmp_path, what)

    for wrong in (MachineLine("Sở Nội vụ", 120, 111), MachineLine("Sở Y tế", 120, 112)):
        with pytest.raises(WorkbookFault):
            check.compare(file, replace(what, machine=(wrong,)), WORDS)


def test_a_department_lists_its_questions_by_topic(tmp_path):
    rows = rows_of(written(tmp_path, content()), "Sở Nội vụ")

    assert rows[:6] == [[line, *[None] * 6] for line in (
        "BẢNG TỔNG HỢP CÂU HỎI, Ý KIẾN CỦA THANH NIÊN",
        "Chương trình đối thoại năm 2024",
        "Chủ đề: “Chuyển đổi số”",
        "Lần 2 – lập lúc 8 giờ 00 thứ Hai, ngày 26/02/2024 (DỰ THẢO)",
        "Cơ quan trả lời: Sở Nội vụ",
        "3 vấn đề, từ 6 ý kiến",
    )]  # fmt: skip
    assert rows[6:] == [
        HEAD,
        ["1. Việc làm (2)", *[None] * 6],
        [1, "Em muốn hỏi việc làm", *THEIRS, "Gộp 3 ý kiến:\nHY24-0001-K"],
        [2, "Khi nào có hội chợ việc làm?", *THEIRS, "HY24-0001-K"],
        ["2. Tiền lương (1)", *[None] * 6],
        [3, "Lương tối thiểu vùng của huyện là bao nhiêu?", *THEIRS, "Gộp 2 ý kiến:\nHY24-0001-K"],
    ]


def test_the_list_holds_every_issue_by_department_and_topic_those_without_a_department_last(tmp_path):
    what = answered(content(unclear=(issue("Chưa rõ hỏi ai"),)), "Em muốn hỏi việc làm")

    rows = rows_of(written(tmp_path, what), "Danh sách")

    assert rows[6:] == [
        HEAD,
        ["1. Sở Nội vụ (3)", *[None] * 6],
        ["1.1 Việc làm (2)", *[None] * 6],
        [1, "Em muốn hỏi việc làm", *THEIRS[:3], "Đã có hội chợ.", "Gộp 3 ý kiến:\nHY24-0001-K"],
        [2, "Khi nào có hội chợ việc làm?", *THEIRS, "HY24-0001-K"],
        ["1.2 Tiền lương (1)", *[None] * 6],
        [3, "Lương tối thiểu vùng của huyện là bao nhiêu?", *THEIRS, "Gộp 2 ý kiến:\nHY24-0001-K"],
        ["2. Chưa rõ cơ quan (1)", *[None] * 6],
        [4, "Chưa rõ hỏi ai", *THEIRS, "HY24-0001-K"],
    ]


def test_empty_lists_say_that_nothing_is_there(tmp_path):
    file = written(tmp_path, content(departments=()))

    assert rows_of(file, "Chờ duyệt")[-1][0] == "Không có câu hỏi nào đang chờ duyệt."
    assert rows_of(file, "Chưa rõ")[-1][0] == "Không có câu hỏi nào chưa rõ cơ quan trả lời."


def test_a_rehearsal_is_marked_on_every_sheet_and_on_every_printed_page(tmp_path):
    book = load_workbook(written(tmp_path, content(rehearsal=True)))

    for sheet in book:
        assert sheet["A1"].value == "DIỄN TẬP"
        assert sheet["A1"].font.color.rgb == "FFC00000"
        edges = sheet.HeaderFooter
        assert {edges.oddHeader.right.text, edges.firstHeader.right.text, edges.oddFooter.center.text} == {"DIỄN TẬP"}


def test_a_final_workbook_says_nowhere_that_it_is_a_draft(tmp_path):
    draft, final = (everything_of(written(tmp_path, replace(content(), final=final))) for final in (False, True))

    assert "(DỰ THẢO)" in draft
    assert "(dự thảo)" in draft
    assert "dự thảo" not in final.lower()
    assert "Lần 2 – lập lúc" in final


def everything_of(file):
    with zipfile.ZipFile(file) as book:
        return "".join(html.unescape(book.read(name).decode()) for name in book.namelist() if name.endswith(".xml"))


def test_without_a_rehearsal_nothing_says_so(tmp_path):
    with zipfile.ZipFile(written(tmp_path, content())) as parts:
        assert not any("DIỄN TẬP".encode() in parts.read(name) for name in parts.namelist())


def test_each_sheet_prints_on_a4_landscape_with_its_head_on_every_page(tmp_path):
    book = load_workbook(written(tmp_path, content(waiting=(issue("Chưa đọc"),))))

    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert round(sheet.page_margins.left * 25.4) == 30
        assert (sheet.oddHeader.center.text, sheet.HeaderFooter.firstHeader.center.text) == ("&P", None)
        assert sheet.print_area
        head = int(sheet.freeze_panes[1:]) - 1
        assert sheet.print_title_rows == f"${head}:${head}"
    assert book["Sở Nội vụ"].auto_filter.ref == "A7:G12"
    assert book["Chờ duyệt"].auto_filter.ref == "A7:E8"


def test_every_cell_is_times_new_roman_and_wrapped(tmp_path):
    book = load_workbook(written(tmp_path, content()))

    dressed = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in dressed} == {"Times New Roman"}
    assert all(cell.alignment.wrap_text for cell in dressed)
    assert book["Sở Nội vụ"]["B9"].font.size == 13


HOSTILE = [
    "=1+1", "= câu hỏi của em", '=HYPERLINK("http://x.vn")', "@SUM(A1)", "+84", "-5", "\t=1", "#N/A", "TRUE", "0912345",
    "1/2/2024", "'abc", "a_x0041_b", "dòng 1\r\ndòng 2", "hỏng \x00\x0b\x1f", "\ufffe\uffff", "\ud800", " hai đầu ",
    "e\u0302\u0301", "👩‍👩‍👧🇻🇳", "<b>&amp;</b>", "x" * 40_000, "😀" * 20_000, "a" + "\u0300" * 40_000, "nhiều\n" * 400,
]  # fmt: skip


def test_hostile_texts_come_back_word_for_word_and_none_is_a_formula(tmp_path):
    rows = tuple(issue(text, units=(text[:50],)) for text in HOSTILE)
    what = content(
        departments=(DepartmentPart("a", "=Sở", "=Sở", (Group("=nhóm", rows),)),), waiting=rows, unclear=rows
    )

    book = load_workbook(written(tmp_path, what))

    kinds = [
        (sheet.title, cell.data_type)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in "fe"
    ]
    assert kinds == [("Tổng hợp", "f")] * 4
    assert book["=Sở"]["B9"].quotePrefix
    assert [line[1] for line in read_as_openpyxl(book["=Sở"])] == [readable(text) for text in HOSTILE]


def test_a_long_text_goes_on_in_marked_rows_that_fit_a_page(tmp_path):
    long = "Đề nghị tỉnh mở thêm lớp dạy nghề cho thanh niên nông thôn. " * 100
    book = load_workbook(written(tmp_path, content(waiting=(issue(long),))))

    sheet = book["Chờ duyệt"]
    texts = [sheet.cell(line, 2).value for line in range(8, sheet.max_row + 1)]
    marks = [sheet.cell(line, 1).value for line in range(8, sheet.max_row + 1)]
    assert "".join(texts) == long
    assert marks == [1, *["(tiếp theo)"] * (len(texts) - 1)]
    assert len(texts) > 3
    assert all(size.height <= 409 for size in sheet.row_dimensions.values() if size.height)


def test_a_topic_never_stands_alone_at_the_foot_of_a_printed_page(tmp_path):
    groups = tuple(
        Group(f"Nhóm {n}", (issue("Một câu hỏi dài vừa phải về việc làm. " * (n % 7 + 1)),)) for n in range(40)
    )
    book = load_workbook(written(tmp_path, content(departments=(DepartmentPart("a", "Sở A", "Sở A", groups),))))

    sheet = book["Sở A"]
    heads = {line for line in range(8, sheet.max_row + 1) if isinstance(sheet.cell(line, 1).value, str)}
    breaks = {found.id for found in sheet.row_breaks.brk}
    filled = sum(sheet.row_dimensions[line].height for line in range(1, 8))
    for line in range(8, sheet.max_row + 1):
        height = sheet.row_dimensions[line].height
        if line - 1 in breaks or filled + height > 481:
            assert line - 1 not in heads
            filled = sheet.row_dimensions[7].height
        filled += height
    assert breaks
    assert all(found + 1 in heads for found in breaks)


ANY_TEXT = st.text(alphabet=st.characters(), max_size=80)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=6), ANY_TEXT)
def test_any_texts_give_a_workbook_that_opens_and_holds_them(tmp_path, texts, name):
    rows = tuple(issue(text, units=(unit,)) for text, unit in texts)
    what = content(departments=(DepartmentPart("a", name, name, (Group("Nhóm", rows),)),), theme=name)

    book = load_workbook(written(tmp_path, what))

    sheet = sheets.list_sheets(what, WORDS)[1]
    found = read_as_openpyxl(book[sheet.title])
    assert [(line[1], line[2]) for line in found] == [(readable(text), readable(unit)) for text, unit in texts]


def test_ten_thousand_rows_are_written_and_their_progress_told(tmp_path):
    rows = tuple(issue(f"Câu hỏi số {number} về việc làm và học nghề ở xã") for number in range(10_000))
    told = []

    BOOKS.write(content(waiting=rows), tmp_path / "lon.xlsx", told.append)

    assert told[-1] == 10_003
    assert told == sorted(told)
    book = load_workbook(tmp_path / "lon.xlsx", read_only=True)
    assert sum(1 for _ in book["Chờ duyệt"].iter_rows()) == 10_007
    book.close()


def test_equal_contents_give_equal_files_without_the_machines_clock(tmp_path):
    one, two = written(tmp_path, content(), "1.xlsx"), written(tmp_path, content(), "2.xlsx")

    assert one.read_bytes() == two.read_bytes()
    properties = load_workbook(one).properties
    assert properties.creator == properties.lastModifiedBy == "Đối thoại"
    assert properties.created == properties.modified == NOW.astimezone(UTC).replace(tzinfo=None)


def test_a_workbook_that_differs_from_its_content_is_not_kept(tmp_path, monkeypatch):
    target = tmp_path / "bang.xlsx"
    target.write_bytes(b"the last one")
    wrong = sheets.Column(sheets.ISSUE_COLUMNS[0].title, lambda row, _: next(answers), 99)
    answers = iter([*["Em muốn hỏi việc làm"] * 6, *["cắt mất chữ"] * 50])  # the list and the department's sheet
    monkeypatch.setattr(sheets, "ISSUE_COLUMNS", (wrong, *sheets.ISSUE_COLUMNS[1:]))

    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), target)

    assert refusal.value.values == {"sheet": "Danh sách", "line": 3}
    assert WORDS.say(refusal.value.key, **refusal.value.values)
    assert [file.name for file in tmp_path.iterdir()] == ["bang.xlsx"]
    assert target.read_bytes() == b"the last one"


def as_text(xml):
    return re.sub(r'(<c r="C9" s="\d+")><f>.*?</c>', rf"\1{text('4')}</c>", xml)


def swapped(xml):
    """Two sheets that changed their names."""
    return (
        xml.replace('name="Chưa rõ"', 'name="?"')
        .replace("Chờ duyệt", "Chưa rõ")
        .replace('name="?"', 'name="Chờ duyệt"')
    )


# What may go wrong with a file, and the sheet in which it must be found.
FAULTS = {
    "a text": (lambda file: put(file, "Sở Nội vụ", "B9", text("Em muốn hỏi việc làm.")), "Sở Nội vụ"),
    "a sign of a text": (lambda file: put(file, "Danh sách", "B10", text("Em muốn hoi việc làm")), "Danh sách"),
    "a text that became a formula": (lambda file: put(file, "Sở Nội vụ", "B9", "><f>1+1</f><v>2</v>"), "Sở Nội vụ"),
    "a text that became a number": (lambda file: put(file, "Sở Nội vụ", "G10", "><v>5</v>"), "Sở Nội vụ"),
    "a text that is elsewhere": (lambda file: put(file, "Sở Nội vụ", "B9", ' t="s"><v>0</v>'), "Sở Nội vụ"),
    "a text that Excel would read otherwise": (
        lambda file: put(file, "Sở Nội vụ", "B9", text("_x0045_m muốn hỏi việc làm_x0020_")),
        "Sở Nội vụ",
    ),
    "a number": (lambda file: put(file, "Tổng hợp", "E6", "><v>7</v>"), "Tổng hợp"),
    "a number that became a text": (lambda file: put(file, "Tổng hợp", "E6", text("6")), "Tổng hợp"),
    "a sum of other cells": (lambda file: put(file, "Tổng hợp", "C9", "><f>SUM(C6:C7)</f><v>4</v>"), "Tổng hợp"),
    "what a sum comes to": (lambda file: put(file, "Tổng hợp", "C9", "><f>SUM(C6:C8)</f><v>5</v>"), "Tổng hợp"),
    "a sum that became a text": (
        lambda file: changed(file, part_of(file, "Tổng hợp"), as_text),
        "Tổng hợp",
    ),
    "a line of the title": (lambda file: put(file, "Sở Nội vụ", "A2", text("Chương trình khác")), "Sở Nội vụ"),
    "something beside a bold line": (lambda file: put(file, "Sở Nội vụ", "C8", text("thêm")), "Sở Nội vụ"),
    "a row that is missing": (
        lambda file: changed(
            file, part_of(file, "Sở Nội vụ"), lambda xml: re.sub(r'<row r="12".*?</row>', "", xml, flags=re.DOTALL)
        ),
        "Sở Nội vụ",
    ),
    "a row that stands twice": (
        lambda file: changed(
            file,
            part_of(file, "Sở Nội vụ"),
            lambda xml: re.sub(r'(<row r="12".*?</row>)', r"\1\1", xml, flags=re.DOTALL),
        ),
        "Sở Nội vụ",
    ),
    "two rows in each other's places": (
        lambda file: changed(
            file,
            part_of(file, "Sở Nội vụ"),
            lambda xml: re.sub(r'(<row r="9".*?</row>)(<row r="10".*?</row>)', r"\2\1", xml, flags=re.DOTALL),
        ),
        "Sở Nội vụ",
    ),
    "two sheets in each other's places": (lambda file: changed(file, "xl/workbook.xml", swapped), "Tổng hợp"),
    "a sheet that is hidden": (
        lambda file: changed(
            file, "xl/workbook.xml", lambda xml: xml.replace('state="visible"', 'state="hidden"', 2)
        ),
        "Tổng hợp",
    ),
    "a link that leads elsewhere": (
        lambda file: changed(
            file, part_of(file, "Tổng hợp"), lambda xml: xml.replace("!A1", "!A9", 1)
        ),
        "Tổng hợp",
    ),
    "cells merged over a text": (
        lambda file: changed(file, part_of(file, "Sở Nội vụ"), lambda xml: xml.replace("A11:G11", "A12:G12")),
        "Sở Nội vụ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_changed_file_does_not_compare(tmp_path, fault):
    what = replace(content(unclear=(issue("Chưa rõ hỏi ai"),)), machine=(MachineLine("Sở Nội vụ", 120, 112),))
    file = written(tmp_path, what)
    check.compare(file, what, WORDS)
    spoil, sheet = FAULTS[fault]

    spoil(file)

    with pytest.raises(WorkbookFault) as refusal:
        check.compare(file, what, WORDS)
    assert refusal.value.values["sheet"] == sheet


def test_a_folder_that_is_not_there_gets_a_sentence(tmp_path):
    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), tmp_path / "không có" / "bang.xlsx")

    target = tmp_path / "không có" / "bang.xlsx"
    assert WORDS.say(refusal.value.key, **refusal.value.values) == (
        f"Không ghi được tệp “{target}” vì chưa có thư mục chứa tệp. Hãy tạo thư mục ấy hoặc chọn nơi khác."
    )


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSPC, "vì ổ đĩa đã đầy"),
        (errno.EACCES, "vì không có quyền ghi"),
        (errno.EIO, "Hãy kiểm tra thư mục có tồn tại"),
    ],
)
def test_what_keeps_a_file_from_being_written_is_named_and_nothing_is_left(tmp_path, monkeypatch, number, why):
    def fails(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)

    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), tmp_path / "bang.xlsx")

    assert why in WORDS.say(refusal.value.key, **refusal.value.values)
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_is_a_folder_is_named_as_such(tmp_path):
    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), tmp_path)

    assert "tên một thư mục" in WORDS.say(refusal.value.key, **refusal.value.values)


def test_nothing_about_a_person_is_in_the_file_but_what_was_given(tmp_path):
    what = replace(content(), waiting=(issue("Chưa đọc", codes=("HY24-0009-K",)),))

    with zipfile.ZipFile(written(tmp_path, what)) as parts:
        names = parts.namelist()
        everything = b"".join(parts.read(name) for name in names)

    assert not any("comments" in name or "media" in name for name in names)
    assert b"openpyxl" not in everything
