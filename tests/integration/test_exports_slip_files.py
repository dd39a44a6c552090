"""Slip files in: good rows taken, bad rows named with their reason, hostile files refused with a sentence."""

import io
import re
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from bot.domain.workbook import Slip
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import guard, slips
from exports.faults import WorkbookFault

WORDS = Catalogue.load()
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HEADER = ["Nội dung", "Đơn vị", "Đối tượng", "Ngày nhận", "Nguồn"]


def naive(*parts):
    """A moment as Excel keeps it, without a zone."""
    return datetime(*parts)  # noqa: DTZ001


def excel(tmp_path, *rows, sheet="Phiếu"):
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    file = tmp_path / "phieu.xlsx"
    book.save(file)
    return file


def text(tmp_path, content, encoding="utf-8"):
    file = tmp_path / "phieu.csv"
    file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return file


def repacked(file, change=lambda name, data: data, extra=()):
    """The same zip file with parts changed or added."""
    with zipfile.ZipFile(file) as old:
        parts = [(name, change(name, old.read(name))) for name in old.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in [*parts, *extra]:
            new.writestr(name, data)
    return file


def in_sheet(old, new):
    def change(name, data):
        if name != "xl/worksheets/sheet1.xml":
            return data
        changed = re.sub(old, new, data)
        assert changed != data
        return changed

    return change


def refusal(file):
    with pytest.raises(WorkbookFault) as caught:
        slips.read(file, WORDS)
    assert file.name in WORDS.say(caught.value.key, **caught.value.values)
    return caught.value


def day(*parts):
    return datetime(*parts, tzinfo=VIETNAM)


# ------------------------------------------------------------------ good rows


def test_a_full_row_and_a_bare_row_are_taken_in(tmp_path):
    file = excel(
        tmp_path, HEADER, ["Em hỏi về học nghề", "Xã A", "Sinh viên", naive(2024, 3, 5), "Hội nghị"], ["Câu hai"]
    )

    assert slips.read(file, WORDS).slips == (
        Slip(2, "Em hỏi về học nghề", "Xã A", "sinh-vien", day(2024, 3, 5), "Hội nghị"),
        Slip(3, "Câu hai", "", "", None, ""),
    )


def test_the_header_may_stand_below_a_title_and_other_columns_are_named(tmp_path):
    file = excel(
        tmp_path, ["PHIẾU Ý KIẾN"], [], ["STT", "Họ và tên", "Ý KIẾN"], [1, "Nguyễn Văn A", "Câu một"], [2, None, None]
    )

    read = slips.read(file, WORDS)

    assert read.slips == (Slip(4, "Câu một", "", "", None, ""),)
    assert (read.bad, read.ignored_columns) == ((), ("Họ và tên",))


def wide(column, value="thừa"):
    """A row with the contents in its first cell and something in one far to the right."""
    return ["Câu một", *[""] * (column - 2), value]


def unread(column):
    return WORDS.say(Key.XL_UNREAD, column=column, limit=50)


@pytest.mark.parametrize(("column", "letters"), [(51, "AY"), (60, "BH"), (703, "AAA")])
def test_what_stands_right_of_the_columns_that_are_read_is_pointed_out(tmp_path, column, letters):
    row = wide(column)
    pasted = "\n".join("\t".join(cells) for cells in (HEADER, row, ["Câu hai"]))

    found = [
        slips.read(excel(tmp_path, HEADER, row, ["Câu hai"]), WORDS),
        slips.read(text(tmp_path, "\n".join(",".join(cells) for cells in (HEADER, row, ["Câu hai"]))), WORDS),
        slips.read_pasted(pasted, WORDS),
        slips.read_pasted(pasted + '\nCâu "ba\tXã A\n"x" y\tXã B', WORDS),
    ]

    assert [one.unread for one in found] == [unread(letters)] * 4
    assert [[slip.text for slip in one.slips][:2] for one in found] == [["Câu một", "Câu hai"]] * 4


def test_the_fiftieth_column_is_read_and_blanks_beyond_it_are_nothing(tmp_path):
    rows = HEADER, wide(50), wide(60, " ")
    commas = "\n".join(",".join(cells) for cells in rows)

    found = [
        slips.read(excel(tmp_path, HEADER, wide(50), ["Câu một"]), WORDS),
        slips.read(text(tmp_path, commas), WORDS),
    ]

    assert [(one.unread, len(one.slips)) for one in found] == [("", 2)] * 2


def test_cells_that_do_not_say_where_they_stand_are_counted(tmp_path):
    file = excel(tmp_path, HEADER, [f"Câu {number}" for number in range(1, 56)])

    repacked(file, in_sheet(rb'(<c) r="[A-Z]+2"', rb"\1"))

    assert slips.read(file, WORDS).unread == unread("BC")


def test_a_column_without_a_heading_that_holds_something_is_named_by_its_letter(tmp_path):
    rows = (
        ["Nội dung", "", "Đơn vị", "", "Ghi chú"],
        ["Câu một", "", "Xã A", "đã trả lời"],
        ["Câu hai", " ", "", 5, "x"],
    )

    read = slips.read(excel(tmp_path, *rows), WORDS)

    assert read.ignored_columns == ("Ghi chú", "D, không có tiêu đề")
    assert len(read.slips) == 2


def test_a_column_whose_heading_was_merged_over_two_lines_is_not_nameless(tmp_path):
    rows = ["STT", "Nội dung", "Nơi gửi", ""], ["", "", "Đơn vị", "Ghi chú"], [1, "Câu một", "Xã A", "x"]

    assert slips.read(excel(tmp_path, *rows), WORDS).ignored_columns == ("Ghi chú",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_after_the_only_heading_do_not_become_part_of_the_slips(tmp_path, delimiter):
    file = text(tmp_path, f"Nội dung{delimiter * 3}\nCâu một{delimiter * 3}\n")

    assert [slip.text for slip in slips.read(file, WORDS).slips] == ["Câu một"]


def test_a_paste_without_headings_that_is_too_wide_is_refused():
    with pytest.raises(WorkbookFault) as caught:
        slips.read_pasted("\t".join(wide(60)), WORDS)

    assert caught.value.key is Key.XL_PASTE_COLUMNS


def test_empty_rows_are_passed_over_and_line_numbers_stay(tmp_path):
    file = excel(tmp_path, HEADER, [], ["Câu một"], [None, "  "], [], ["Câu hai"])

    assert [slip.line for slip in slips.read(file, WORDS).slips] == [3, 6]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [(12, "12"), (1.5, "1,5"), (3.0, "3"), (True, "TRUE"), ("  hai đầu \n", "hai đầu"), ("a\r\nb", "a\nb"), ("a_x000D_\nb", "a\nb"),
     (naive(2024, 3, 5), "05/03/2024"), (naive(2024, 3, 5, 7, 30), "05/03/2024 07:30"), ("'=1+1", "'=1+1")],
)  # fmt: skip
def test_contents_are_read_as_the_spreadsheet_shows_them(tmp_path, cell, shown):
    assert slips.read(excel(tmp_path, ["Nội dung"], [cell]), WORDS).slips[0].text == shown


def test_numbers_with_a_layout_keep_it(tmp_path):
    file = excel(tmp_path, ["Nội dung"], [0.25], [7])
    book = load_workbook(file)
    book.active["A2"].number_format, book.active["A3"].number_format = "0%", "0000"
    book.save(file)

    assert [slip.text for slip in slips.read(file, WORDS).slips] == ["25%", "0007"]


def test_the_first_visible_sheet_with_a_header_is_read(tmp_path):
    book = Workbook()
    book.active.append(["Nội dung"])
    book.active.append(["sheet ẩn"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Bìa").append(["Kính gửi Tỉnh đoàn"])
    for row in (["Nội dung"], ["câu thật"]):
        (book["Số liệu"] if "Số liệu" in book.sheetnames else book.create_sheet("Số liệu")).append(row)
    book.active = 1
    book.save(tmp_path / "phieu.xlsx")

    assert [slip.text for slip in slips.read(tmp_path / "phieu.xlsx", WORDS).slips] == ["câu thật"]


def test_the_strict_form_of_the_standard_is_read(tmp_path):
    known = "http://schemas.openxmlformats.org/"

    def strict(_name, data):
        for old, new in (
            ("spreadsheetml/2006/main", "spreadsheetml/main"),
            ("officeDocument/2006/relationships", "officeDocument/relationships"),
        ):
            data = data.replace(f"{known}{old}".encode(), f"http://purl.oclc.org/ooxml/{new}".encode())
        return data

    file = repacked(excel(tmp_path, HEADER, ["Bao giờ có xe buýt?", "Xã A"]), strict)

    assert [(one.text, one.unit) for one in slips.read(file, Catalogue.load()).slips] == [
        ("Bao giờ có xe buýt?", "Xã A")
    ]


def test_a_formula_counts_with_the_result_it_was_saved_with(tmp_path):
    file = excel(tmp_path, ["Nội dung"], ["=A9"], ["=A9"], ["câu ba"])
    repacked(file, in_sheet(b'<c r="A2"><f>A9</f><v ?(?:/>|></v>)', b'<c r="A2" t="str"><f>A9</f><v>xong</v>'))

    read = slips.read(file, WORDS)

    assert [slip.text for slip in read.slips] == ["xong", "câu ba"]
    assert [(row.line, "công thức" in row.reason) for row in read.bad] == [(3, True)]


def test_a_formula_that_came_to_nothing_is_an_empty_cell(tmp_path):
    file = excel(tmp_path, ["Nội dung"], ["=A9"], ["câu hai"])
    repacked(file, in_sheet(b'<c r="A2"><f>A9</f><v ?(?:/>|></v>)', b'<c r="A2" t="str"><f>A9</f><v></v>'))

    read = slips.read(file, WORDS)

    assert ([slip.line for slip in read.slips], read.bad) == ([3], ())


# ------------------------------------------------------------------ bad rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([None, "Xã A"], "cột “Nội dung” trống trong khi các cột khác có chữ"),
        (["   ", "Xã A"], "cột “Nội dung” trống trong khi các cột khác có chữ"),
        (
            ["Câu", None, None, "31/02/2024"],
            "cột “Ngày nhận”: “31/02/2024” không phải một ngày đúng; hãy ghi dạng ngày/tháng/năm, ví dụ 05/03/2024",
        ),
        (
            ["Câu", None, None, 45356],
            "cột “Ngày nhận”: “45356” không phải một ngày đúng; hãy ghi dạng ngày/tháng/năm, ví dụ 05/03/2024",
        ),
        (["x" * 30_001], "cột “Nội dung” dài 30001 ký tự, quá 30000 ký tự; hãy tách thành nhiều dòng"),
        (["#N/A"], "cột “Nội dung” đang báo lỗi #N/A của Excel"),
        (["Câu", "#REF!"], "cột “Đơn vị” đang báo lỗi #REF! của Excel"),
        (
            ["=1+1"],
            "cột “Nội dung” là công thức chưa có kết quả; hãy mở tệp bằng Excel, lưu lại, hoặc gõ thẳng nội dung",
        ),
        (
            [None, None, None, "hôm qua"],
            "cột “Nội dung” trống trong khi các cột khác có chữ; cột “Ngày nhận”: “hôm qua” không phải một ngày đúng; hãy ghi dạng ngày/tháng/năm, ví dụ 05/03/2024",
        ),
    ],
)
def test_a_bad_row_is_named_with_its_reason_and_the_others_are_taken(tmp_path, row, reason):
    read = slips.read(excel(tmp_path, HEADER, ["Câu trước"], row, ["Câu sau"]), WORDS)

    assert [(bad.line, bad.reason) for bad in read.bad] == [(3, reason)]
    assert [slip.line for slip in read.slips] == [2, 4]


# ------------------------------------------------------------------ .csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_csv_is_read_under_any_usual_delimiter_and_encoding(tmp_path, delimiter, encoding):
    rows = [["Nội dung", "Đơn vị", "Ngày nhận"], ['"Câu một, có dấu; và ""ngoặc"""', "Xã A", "05/03/2024 14:30"]]
    file = text(tmp_path, "\r\n".join(delimiter.join(row) for row in rows), encoding)

    assert slips.read(file, WORDS).slips == (
        Slip(2, 'Câu một, có dấu; và "ngoặc"', "Xã A", "", day(2024, 3, 5, 14, 30), ""),
    )


def test_csv_in_windows_1258_is_read(tmp_path):
    raw = "N\u00f4\u0323i dung;\u0110\u01a1n vi\u0323\nEm ho\u0309i vi\u00ea\u0323c la\u0300m;Xa\u0303 A\n".encode(
        "cp1258"
    )

    assert slips.read(text(tmp_path, raw), WORDS).slips == (Slip(2, "Em hỏi việc làm", "Xã A", "", None, ""),)


def test_a_csv_line_counts_as_the_spreadsheet_counts_it(tmp_path):
    read = slips.read(text(tmp_path, 'Nội dung,Ngày\n"hai\ndòng",\n\nCâu,99/99/2024\n'), WORDS)

    assert ([slip.line for slip in read.slips], [bad.line for bad in read.bad]) == ([2], [4])


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"N\xe9i dung;\x81\x8d\x8f\nabc\xff\n", Key.XL_ENCODING),
        (b"N\xe9i dung;Ng\xb5y\nabc;\n", Key.XL_ENCODING),
        ("Họ tên,Câu chuyện\nA,B\n".encode(), Key.XL_NO_HEADER),
        (b"", Key.XL_NO_HEADER),
        ('Nội dung\n"chưa đóng\nCâu hai\n'.encode(), Key.XL_QUOTES),
    ],
)
def test_csv_that_cannot_be_read_gets_its_sentence(tmp_path, content, key):
    assert refusal(text(tmp_path, content)).key is key


# ------------------------------------------------------------------ files that are refused


def test_without_a_header_the_columns_found_are_named(tmp_path):
    fault = refusal(excel(tmp_path, ["Danh sách"], ["Họ tên", "Lớp", "Điểm"], ["A", "9A", 7]))

    assert fault.key is Key.XL_NO_HEADER
    assert fault.values["found"] == "“Họ tên”, “Lớp”, “Điểm”"


def test_a_header_below_the_tenth_row_is_not_searched_for(tmp_path):
    assert refusal(excel(tmp_path, *[["…"]] * 10, ["Nội dung"], ["Câu"])).key is Key.XL_NO_HEADER


def test_more_rows_than_allowed_are_refused_not_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(slips, "MAX_ROWS", 3)

    assert len(slips.read(excel(tmp_path, ["Nội dung"], *[["Câu"]] * 3), WORDS).slips) == 3
    assert refusal(excel(tmp_path, ["Nội dung"], *[["Câu"]] * 4)).key is Key.XL_TOO_MANY_ROWS


def test_a_file_that_lies_about_its_size_is_read_whole_and_within_bounds(tmp_path):
    for dimension in (b"A1:XFD1048576", b"A1"):
        file = excel(tmp_path, ["Nội dung"], ["Câu một"], ["Câu hai"])
        repacked(file, in_sheet(b'<dimension ref="A1:A3" ?/>', b'<dimension ref="%s" />' % dimension))

        assert [slip.text for slip in slips.read(file, WORDS).slips] == ["Câu một", "Câu hai"]


def test_a_row_with_more_cells_than_excel_has_is_refused(tmp_path):
    file = excel(tmp_path, ["Nội dung"], ["x"])
    repacked(file, in_sheet(b"</row></sheetData>", b"<c/>" * 20_000 + b"</row></sheetData>"))

    assert refusal(file).key is Key.XL_TOO_BIG_INSIDE


def test_a_zip_bomb_is_refused_while_it_unfolds(tmp_path):
    file = excel(tmp_path, ["Nội dung"])
    repacked(file, extra=[("xl/media/a.bin", bytes(51 << 20))])

    assert file.stat().st_size < 200_000
    assert refusal(file).key is Key.XL_TOO_BIG_INSIDE


def test_parts_are_counted_together(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "MAX_UNPACKED", 300_000)
    file = repacked(excel(tmp_path, ["Nội dung"]), extra=[(f"xl/{number}.bin", bytes(100_000)) for number in range(3)])

    assert refusal(file).key is Key.XL_TOO_BIG_INSIDE


def test_too_many_parts_are_refused(tmp_path):
    file = repacked(excel(tmp_path, ["Nội dung"]), extra=[(f"xl/media/{number}.png", b"x") for number in range(200)])

    assert refusal(file).key is Key.XL_TOO_MANY_PARTS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, encoding):
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    file = excel(tmp_path, ["Nội dung"])
    repacked(file, lambda name, data: bomb.encode(encoding) if name == "xl/worksheets/sheet1.xml" else data)

    assert refusal(file).key is Key.XL_UNSAFE


@pytest.mark.parametrize("name", ["../../etc/x", "/xl/x.xml", "xl\\x.xml"])
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    assert refusal(repacked(excel(tmp_path, ["Nội dung"]), extra=[(name, b"x")])).key is Key.XL_UNSAFE


def test_macros_are_refused(tmp_path):
    file = repacked(excel(tmp_path, ["Nội dung"], ["Câu"]), extra=[("xl/vbaProject.bin", b"x")])

    assert refusal(file).key is Key.XL_MACROS


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("cu.xls", OLE, Key.XL_OLD_XLS),
        ("cu.xls", b"chu", Key.XL_OLD_XLS),
        ("khoa.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), Key.XL_PASSWORD),
        ("gia.xlsx", b"day la chu", Key.XL_BROKEN),
        ("cut.xlsx", b"PK\x03\x04" + bytes(100), Key.XL_BROKEN),
        ("anh.png", b"\x89PNG", Key.XL_WRONG_TYPE),
        ("to.csv", bytes(10 * 1024 * 1024 + 1), Key.XL_TOO_BIG),
    ],
)
def test_other_files_get_the_sentence_that_fits(tmp_path, name, content, key):
    file = tmp_path / name
    file.write_bytes(content)

    assert refusal(file).key is key


def test_a_missing_file_and_a_folder_are_not_found(tmp_path):
    assert refusal(tmp_path / "không có.xlsx").key is Key.XL_NO_FILE
    assert refusal(tmp_path).key is Key.XL_NO_FILE


def test_a_word_document_is_the_wrong_type(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("word/document.xml", "<w/>")
    (tmp_path / "don.docx").write_bytes(packed.getvalue())

    assert refusal(tmp_path / "don.docx").key is Key.XL_WRONG_TYPE


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("data", [b"<a/>", b"<a", b""])
def test_a_broken_part_never_passes_as_a_fault_of_ours(tmp_path, part, data):
    file = repacked(excel(tmp_path, ["Nội dung"], ["Câu"]), lambda name, old: data if name == part else old)

    assert key_of(file) in {None, Key.XL_BROKEN, Key.XL_NO_HEADER}


def key_of(file):
    """Which sentence a file gets; None where it can be read all the same."""
    try:
        slips.read(file, WORDS)
    except WorkbookFault as fault:
        return fault.key
    return None
