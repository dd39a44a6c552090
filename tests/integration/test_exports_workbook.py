"""The grouped workbook: written, opened again, and every text and number found where it belongs."""

import errno
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.domain.workbook import Content, DepartmentPart, Group, MachineLine, Row
from bot.texts.catalogue import Catalogue
from exports import check, sheets
from exports.cells import readable
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks

WORDS = Catalogue.load()
BOOKS = ExcelWorkbooks(WORDS)
NOW = datetime(2024, 2, 26, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def issue(text, *, topic="Việc làm", units=("Xã A",), submissions=1, codes=("HY24-0001-K",)):
    return Row(codes, topic, text, units, "Sở Nội vụ", ("Sở Tài chính",), submissions)


def content(*, departments=None, unclear=(), waiting=(), rehearsal=False, theme="Chuyển đổi số"):
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
        (asked, silent) if departments is None else departments, unclear, waiting,
    )  # fmt: skip


def written(tmp_path, what, name="bang.xlsx"):
    file = tmp_path / name
    BOOKS.write(what, file)
    return file


def rows_of(file, sheet):
    book = load_workbook(file)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_the_sheets_stand_in_their_order_and_a_department_without_questions_has_none(tmp_path):
    book = load_workbook(written(tmp_path, content()))

    assert book.sheetnames == ["Tổng hợp", "Sở Nội vụ", "Chưa rõ", "Chờ duyệt"]


def test_the_summary_counts_every_department_zeros_too(tmp_path):
    what = content(unclear=(issue("Chưa rõ hỏi ai", submissions=4),), waiting=(issue("Chưa đọc"),))

    rows = rows_of(written(tmp_path, what), "Tổng hợp")

    assert rows[5:10] == [
        [1, "Sở Nội vụ", 3, 6, 3, "Trang “Sở Nội vụ”"],
        [2, "Sở Y tế", 0, 0, 0, "Không có câu hỏi"],
        [None, "Chưa rõ cơ quan", 1, 4, 1, "Trang “Chưa rõ”"],
        [None, "Cộng", "=SUM(C6:C8)", "=SUM(D6:D8)", "=SUM(E6:E8)", None],
        [None, "Chờ duyệt (chưa tính vào dòng Cộng)", 1, 1, None, "Trang “Chờ duyệt”"],
    ]


def test_the_sums_are_true_and_show_before_any_program_calculates(tmp_path):
    file = written(tmp_path, content(unclear=(issue("Chưa rõ hỏi ai", submissions=4),)))

    shown = load_workbook(file, data_only=True)["Tổng hợp"]

    assert [shown.cell(9, column).value for column in (3, 4, 5)] == [4, 10, 4]
    assert [sum(shown.cell(line, column).value for line in range(6, 9)) for column in (3, 4, 5)] == [4, 10, 4]


def test_below_the_summary_stands_how_often_the_machine_was_right(tmp_path):
    machine = (MachineLine("Sở Nội vụ", 120, 112), MachineLine("", 34, 28))

    rows = rows_of(written(tmp_path, replace(content(), machine=machine)), "Tổng hợp")

    assert rows[-4:] == [
        ["Máy đề xuất cơ quan trả lời: đúng 91 %, cán bộ sửa 14 câu (trong 154 câu đã quyết định).", *[None] * 5],
        ["STT", "Cơ quan cán bộ đã chọn", "Số câu đã quyết định", "Máy đúng", "Cán bộ sửa", "Tỷ lệ máy đúng"],
        [1, "Sở Nội vụ", 120, 112, 8, "93 %"],
        [2, "Không thuộc cơ quan nào", 34, 28, 6, "82 %"],
    ]


def test_a_share_that_lies_halfway_is_rounded_up(tmp_path):
    machine = (MachineLine("Sở Nội vụ", 8, 1), MachineLine("", 192, 192))

    rows = rows_of(written(tmp_path, replace(content(), machine=machine)), "Tổng hợp")

    assert rows[-4][0].startswith("Máy đề xuất cơ quan trả lời: đúng 97 %")  # 96,5
    assert [row[5] for row in rows[-2:]] == ["13 %", "100 %"]  # 12,5


def test_before_anything_is_decided_one_sentence_says_so(tmp_path):
    rows = rows_of(written(tmp_path, content()), "Tổng hợp")

    sentence = "Máy đề xuất cơ quan trả lời: chưa có câu nào được quyết định nên chưa tính được tỷ lệ đúng."
    assert rows[-1] == [sentence, *[None] * 5]


def test_a_file_with_another_figure_of_the_machine_is_refused(tmp_path):
    what = replace(content(), machine=(MachineLine("Sở Nội vụ", 120, 112),))
    file = written(tmp_path, what)

    for wrong in (MachineLine("Sở Nội vụ", 120, 111), MachineLine("Sở Y tế", 120, 112)):
        with pytest.raises(WorkbookFault):
            check.compare(file, replace(what, machine=(wrong,)), WORDS)


def test_a_department_lists_its_questions_by_topic(tmp_path):
    rows = rows_of(written(tmp_path, content()), "Sở Nội vụ")

    assert rows[:6] == [[line, *[None] * 5] for line in (
        "BẢNG TỔNG HỢP CÂU HỎI, Ý KIẾN CỦA THANH NIÊN",
        "Chương trình đối thoại năm 2024",
        "Chủ đề: “Chuyển đổi số”",
        "Lần 2 – lập lúc 8 giờ 00 thứ Hai, ngày 26/02/2024 (DỰ THẢO)",
        "Cơ quan trả lời: Sở Nội vụ",
        "3 vấn đề, từ 6 ý kiến",
    )]  # fmt: skip
    assert rows[6:] == [
        ["TT", "Nội dung câu hỏi, ý kiến", "Đơn vị đề xuất", "Cơ quan phối hợp", "Nội dung trả lời", "Ghi chú"],
        ["1. Việc làm (2)", None, None, None, None, None],
        [1, "Em muốn hỏi việc làm", "Xã A", "Sở Tài chính", None, "Gộp 3 ý kiến:\nHY24-0001-K"],
        [2, "Khi nào có hội chợ việc làm?", "Xã A", "Sở Tài chính", None, "HY24-0001-K"],
        ["2. Tiền lương (1)", None, None, None, None, None],
        [3, "Lương tối thiểu vùng của huyện là bao nhiêu?", "Xã A", "Sở Tài chính", None, "Gộp 2 ý kiến:\nHY24-0001-K"],
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
    assert book["Sở Nội vụ"].auto_filter.ref == "A7:F12"
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
    assert kinds == [("Tổng hợp", "f")] * 3
    assert book["=Sở"]["B9"].quotePrefix
    found = check.read_list(book["=Sở"], sheets.list_sheets(what, WORDS)[0], WORDS)
    assert [line[1] for line in found if len(line) > 1] == [readable(text) for text in HOSTILE]


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

    sheet = sheets.list_sheets(what, WORDS)[0]
    found = [line for line in check.read_list(book[sheet.title], sheet, WORDS) if len(line) > 1]
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
    answers = iter(["Em muốn hỏi việc làm", "cắt mất chữ"] * 50)
    monkeypatch.setattr(sheets, "ISSUE_COLUMNS", (wrong, *sheets.ISSUE_COLUMNS[1:]))

    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), target)

    assert refusal.value.values == {"sheet": "Sở Nội vụ", "line": 2}
    assert WORDS.say(refusal.value.key, **refusal.value.values)
    assert [file.name for file in tmp_path.iterdir()] == ["bang.xlsx"]
    assert target.read_bytes() == b"the last one"


@pytest.mark.parametrize("change", ["text", "count", "row"])
def test_a_changed_file_does_not_compare(tmp_path, change):
    file, what = written(tmp_path, content()), content()
    book = load_workbook(file)
    match change:
        case "text":
            book["Sở Nội vụ"]["B9"] = "Em muốn hỏi việc làm."
        case "count":
            book["Tổng hợp"]["D6"] = 7
        case "row":
            book["Sở Nội vụ"].delete_rows(12)
    book.save(file)

    with pytest.raises(WorkbookFault):
        check.compare(file, what, WORDS)


def test_a_folder_that_is_not_there_gets_a_sentence(tmp_path):
    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write(content(), tmp_path / "không có" / "bang.xlsx")

    target = tmp_path / "không có" / "bang.xlsx"
    assert WORDS.say(refusal.value.key, **refusal.value.values) == (
        f"Không ghi được tệp Excel “{target}” vì chưa có thư mục chứa tệp. Hãy tạo thư mục ấy hoặc chọn nơi khác."
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
