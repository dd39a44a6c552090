"""The file that a department gets, and what comes back of it whatever people and programs did to it."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.answer_file import AnswerForm, AskedIssue, FilledFile, FormRow
from bot.domain.deadline import VIETNAM
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import answers, form
from exports.answer_form import COLUMNS, Field
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks
from tests.filled import TITLES, Filled

WORDS = Catalogue.load()
AT = datetime(2026, 11, 21, 8, 0, tzinfo=VIETNAM)
QUESTIONS = ("Bao giờ giảm học phí?", "=Khi nào\ncó xe buýt?", "Đất \x07ở đâu _x0041_?")
ISSUES = tuple(
    AskedIssue(number, number, "so-gddt", (), "Giáo dục", text, (f"HY26-{number:04d}-K",), ("Xã A",))
    for number, text in enumerate(QUESTIONS, 1)
)


def content(*bodies: AnswerBody, issues=ISSUES) -> AnswerForm:
    filled = (*bodies, *[AnswerBody("")] * len(issues))
    rows = (
        FormRow(one.mark(b"k", "mau"), one.codes, one.topic, one.question, one.units, ("Sở Tài chính",), body)
        for one, body in zip(issues, filled, strict=False)
    )
    return AnswerForm("so-gddt", "Sở Giáo dục", "Đối thoại 2026", "", "Tỉnh A", "", AT, False, tuple(rows))


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    """A form fresh from us, opened."""
    ExcelWorkbooks(WORDS).write_answer_form(content(), tmp_path / "mau.xlsx")
    return Filled(tmp_path / "mau.xlsx")


def read_bytes(raw: bytes, folder: Path, name: str = "tra-loi.xlsx") -> FilledFile:
    (folder / name).write_bytes(raw)
    return answers.read(folder / name, WORDS)


def back(filled: Filled, folder: Path) -> FilledFile:
    return read_bytes(filled.bytes(), folder)


def said(file: FilledFile) -> dict[int, AnswerBody]:
    """What a file answers to which issue."""
    return {row.mark.issue: row.body for row in file.rows if row.mark and not row.empty}


def rewritten(raw: bytes, change) -> bytes:
    """The workbook with each part as `change(name, content)` has it."""
    new = BytesIO()
    with ZipFile(BytesIO(raw)) as parts, ZipFile(new, "w") as target:
        for name in parts.namelist():
            target.writestr(name, change(name, parts.read(name)))
    return new.getvalue()


# ------------------------------------------------------------------ what is sent


def test_a_form_says_what_was_asked_and_what_was_answered_and_comes_back_as_it_was(tmp_path) -> None:
    body = AnswerBody("Giảm.\nTừ 2027.", "Nghị quyết 05", "Phòng A", "9/2027", Settlement.EXPLAINED)
    ExcelWorkbooks(WORDS).write_answer_form(content(body), tmp_path / "f.xlsx")

    file = ExcelWorkbooks(WORDS).read_answers(tmp_path / "f.xlsx")

    assert [row.mark for row in file.rows] == [one.mark(b"k", "mau") for one in ISSUES]
    assert [row.codes for row in file.rows] == [one.codes for one in ISSUES]
    assert [row.question for row in file.rows] == [QUESTIONS[0], QUESTIONS[1], "Đất \ufffdở đâu _x0041_?"]
    assert [row.body for row in file.rows] == [body, AnswerBody(""), AnswerBody("")]
    assert file.ignored_columns == ()
    assert not any(row.fault for row in file.rows)


def test_what_was_asked_is_locked_without_a_password_and_what_is_to_be_answered_is_open(filled) -> None:
    sheet = filled.sheet
    opened = {field for field in Field if not filled.cell(1, field).protection.locked}

    assert opened == {Field.ANSWER, Field.BASIS, Field.RESPONSIBLE, Field.DUE, Field.RESULT}
    assert sheet.protection.sheet
    assert not sheet.protection.password
    allowed = ("formatCells", "formatColumns", "formatRows", "insertRows", "sort", "autoFilter")
    assert [name for name in allowed if getattr(sheet.protection, name)] == []
    assert {filled.cell(1, field).number_format for field in opened} == {"@"}
    assert filled.cell(2, Field.QUESTION).data_type == "s"
    assert filled.cell(2, Field.QUESTION).quotePrefix


def test_the_hidden_column_and_row_are_hidden_and_the_table_can_be_filtered_and_sorted(filled) -> None:
    sheet = filled.sheet
    hidden = [letter for letter, column in sheet.column_dimensions.items() if column.hidden]
    assert [sheet[f"{letter}{filled.head}"].value for letter in hidden] == [TITLES[Field.MARK]]
    assert sheet.row_dimensions[1].hidden
    assert sheet.auto_filter.ref == f"A{filled.head}:K{filled.head + len(ISSUES)}"
    assert [str(one) for one in sheet.merged_cells.ranges if one.max_row >= filled.head] == []


def test_results_are_chosen_from_the_list_that_the_guide_shows(filled) -> None:
    (choice,) = filled.sheet.data_validations.dataValidation
    sheet, cells = choice.formula1.split("!")

    assert filled.cell(1, Field.RESULT).coordinate in choice.cells
    listed = filled.book[sheet.strip("'")][cells.replace("$", "")]
    assert [cell.value for (cell,) in listed] == list(WORDS.section("settlement").values())


def test_a_question_longer_than_a_cell_is_cut_and_still_the_same_question(tmp_path) -> None:
    issue = replace(ISSUES[0], question="Vì sao đường làng lại ngập? " * 2000)
    ExcelWorkbooks(WORDS).write_answer_form(content(issues=(issue,)), tmp_path / "f.xlsx")
    (row,) = answers.read(tmp_path / "f.xlsx", WORDS).rows
    assert row.question.endswith("…")


# ------------------------------------------------------------------ what people do


def test_sorted_rows_keep_what_they_are_about(filled, tmp_path) -> None:
    for number in (1, 2, 3):
        filled.answer(number, f"Trả lời {number}")
    table = [[cell.value for cell in filled.sheet[filled.head + number]] for number in (3, 1, 2)]
    for number, values in enumerate(table, 1):
        for column, value in enumerate(values, 1):
            filled.sheet.cell(filled.head + number, column).value = value

    assert said(back(filled, tmp_path)) == {number: AnswerBody(f"Trả lời {number}") for number in (1, 2, 3)}


def test_rows_hidden_by_a_filter_are_read_and_so_are_hidden_sheets(filled, tmp_path) -> None:
    filled.answer(2, "Trả lời 2")
    filled.sheet.row_dimensions[filled.head + 2].hidden = True
    filled.sheet.sheet_state = "hidden"
    filled.book.active = 1
    assert said(back(filled, tmp_path)) == {2: AnswerBody("Trả lời 2")}


def test_rows_of_notes_and_merged_headings_between_are_no_answers(filled, tmp_path) -> None:
    filled.answer(1, "Trả lời 1").answer(2, "Trả lời 2")
    filled.sheet.insert_rows(filled.head + 2, 3)
    filled.sheet.cell(filled.head + 3, 1).value = "I. NHÓM VẤN ĐỀ HỌC PHÍ"
    filled.sheet.merge_cells(start_row=filled.head + 3, end_row=filled.head + 3, start_column=1, end_column=6)
    filled.sheet.insert_rows(1, 2)
    filled.sheet.cell(1, 2).value = "SỞ GIÁO DỤC VÀ ĐÀO TẠO"

    file = back(filled, tmp_path)

    assert said(file) == {1: AnswerBody("Trả lời 1"), 2: AnswerBody("Trả lời 2")}
    assert all(row.mark for row in file.rows)


def test_an_answer_in_a_row_of_somebodys_own_is_named_with_its_place(filled, tmp_path) -> None:
    last = filled.sheet.max_row + 1
    filled.sheet.cell(last, filled.column(Field.ANSWER)).value = "Xem thêm công văn 12."

    (row,) = [row for row in back(filled, tmp_path).rows if row.mark is None]

    assert (row.body.text, row.codes) == ("Xem thêm công văn 12.", ())
    assert str(last) in row.place
    assert filled.sheet.title in row.place


def test_moved_and_renamed_columns_are_known_by_the_hidden_row(filled, tmp_path) -> None:
    filled.answer(1, "Trả lời 1", due="9/2027")
    filled.sheet.insert_cols(2, 2)
    answer, due = filled.column(Field.ANSWER), filled.column(Field.DUE)
    for row in (1, *range(filled.head, filled.sheet.max_row + 1)):
        one, other = filled.sheet.cell(row, answer), filled.sheet.cell(row, due)
        one.value, other.value = other.value, one.value
    for cell in filled.sheet[filled.head]:
        cell.value = f"cột {cell.column}"

    assert said(back(filled, tmp_path)) == {1: AnswerBody("Trả lời 1", due="9/2027")}


@pytest.mark.parametrize("title", ["Trả lời", "NỘI DUNG TRẢ LỜI *", "Phần trả lời của Sở", "Noi dung giai trinh"])
def test_without_the_hidden_row_columns_are_known_by_what_people_call_them(filled, tmp_path, title) -> None:
    filled.answer(1, "Trả lời 1", basis="Luật Thanh niên", responsible="Phòng A", due="9/2027", result="giải trình")
    names = {Field.ANSWER: title, Field.BASIS: "Căn cứ", Field.RESPONSIBLE: "Đơn vị phụ trách", Field.DUE: "Thời hạn"}
    heads = {field: filled.cell(0, field) for field in (*names, Field.RESULT)}
    for field, head in heads.items():
        head.value = names.get(field, "Kết quả")
    filled.sheet.delete_rows(1)

    body = AnswerBody("Trả lời 1", "Luật Thanh niên", "Phòng A", "9/2027", Settlement.EXPLAINED)
    assert said(back(filled, tmp_path)) == {1: body}


def test_a_column_of_their_own_that_holds_something_is_named(filled, tmp_path) -> None:
    place = filled.sheet.max_column + 1
    filled.sheet.cell(filled.head, place).value = "Ghi chú của Sở"
    filled.sheet.cell(filled.head + 1, place).value = "Chuyển Sở Tài chính"
    filled.sheet.cell(filled.head + 1, place + 1).value = "không tên"

    assert back(filled, tmp_path).ignored_columns == ("Ghi chú của Sở", "cột M")


def test_what_stands_right_of_the_columns_that_are_read_is_named(filled, tmp_path) -> None:
    filled.answer(1, "Trả lời 1").sheet.cell(filled.head + 1, 53).value = "xa tít"
    file = back(filled, tmp_path)
    assert said(file) == {1: AnswerBody("Trả lời 1")}
    assert file.ignored_columns == ("cột AY–BA",)


def test_a_table_copied_to_another_sheet_or_a_new_file_is_read(filled, tmp_path) -> None:
    filled.answer(1, "Trả lời 1")
    other = Workbook()
    for target in (filled.book.create_sheet("Bản sao"), other.active):
        for row in filled.sheet.iter_rows(min_row=filled.head, values_only=True):
            target.append(row)
    filled.answer(1, None)
    filled.book["Bản sao"].cell(3, filled.column(Field.ANSWER)).value = "Trả lời 2"
    other.save(tmp_path / "moi.xlsx")

    assert said(back(filled, tmp_path)) == {1: AnswerBody("Trả lời 1"), 2: AnswerBody("Trả lời 2")}
    assert said(answers.read(tmp_path / "moi.xlsx", WORDS)) == {1: AnswerBody("Trả lời 1")}


# ------------------------------------------------------------------ what programs do


def test_days_and_numbers_read_as_people_write_them(filled, tmp_path) -> None:
    filled.cell(1, Field.ANSWER).value = 12.5
    filled.cell(1, Field.DUE).value = datetime(2027, 6, 3)  # noqa: DTZ001 - as a spreadsheet has it
    filled.cell(1, Field.BASIS).value = datetime(2027, 6, 3, 7, 5)  # noqa: DTZ001
    for number, due in ((2, 46541), (3, 2027)):
        filled.answer(number, "Có.")
        filled.cell(number, Field.DUE).value = due
        filled.cell(number, Field.DUE).number_format = "General"
    filled.cell(1, Field.DUE).number_format = "dd/mm/yyyy"

    assert said(back(filled, tmp_path)) == {
        1: AnswerBody("12,5", basis="03/06/2027 07:05", due="03/06/2027"),
        2: AnswerBody("Có.", due="03/06/2027"),
        3: AnswerBody("Có.", due="2027"),
    }


def test_rich_text_keeps_its_words_and_its_lines(filled, tmp_path) -> None:
    bold = TextBlock(InlineFont(b=True), "Giảm")
    filled.cell(1, Field.ANSWER).value = CellRichText("Sở sẽ\n", bold, " từ 2027.")
    assert said(back(filled, tmp_path)) == {1: AnswerBody("Sở sẽ\nGiảm từ 2027.")}


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        (Field.ANSWER, "=1+1", Key.AF_BAD_FORMULA),
        (Field.BASIS, "=Sheet2!A1", Key.AF_BAD_FORMULA),
        (Field.DUE, "#REF!", Key.AF_BAD_ERROR),
        (Field.RESULT, "xong rồi", Key.AF_BAD_RESULT),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_with_its_column(filled, tmp_path, field, value, key) -> None:
    filled.answer(1, "Có.")
    filled.cell(1, field).value = value
    if value.startswith("#"):
        filled.cell(1, field).data_type = "e"

    (row,) = [row for row in back(filled, tmp_path).rows if row.fault]

    choices = "; ".join(WORDS.section("settlement").values())
    assert row.fault == WORDS.say(key, column=TITLES[field], value=value, choices=choices)


def test_other_cells_filled_in_without_an_answer_are_a_fault_of_the_row(filled, tmp_path) -> None:
    filled.cell(1, Field.BASIS).value = "Luật Thanh niên"
    row = back(filled, tmp_path).rows[0]
    assert row.fault == WORDS.say(Key.AF_NO_TEXT, column=TITLES[Field.ANSWER])


def test_the_strict_form_of_the_standard_is_read(filled, tmp_path) -> None:
    filled.answer(1, "Trả lời 1")
    names = {b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"spreadsheetml/main"}
    names[b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"] = b"officeDocument/relationships"

    def strict(name: str, part: bytes) -> bytes:
        for known, other in names.items():
            part = part.replace(known, b"http://purl.oclc.org/ooxml/" + other)
        return part

    raw = rewritten(filled.bytes(), strict)

    assert load_workbook(BytesIO(filled.bytes())).sheetnames
    assert said(read_bytes(raw, tmp_path)) == {1: AnswerBody("Trả lời 1")}


def test_escaped_carriage_returns_go_and_what_only_looks_like_one_stays_in_our_own_cells(tmp_path) -> None:
    body = AnswerBody("Dòng một\nvà _x000D_ là chữ")
    ExcelWorkbooks(WORDS).write_answer_form(content(body), tmp_path / "f.xlsx")
    assert answers.read(tmp_path / "f.xlsx", WORDS).rows[0].body == body

    def returned(_name: str, part: bytes) -> bytes:
        return part.replace("Dòng một\n".encode(), "Dòng một_x000D_\n".encode())

    raw = rewritten((tmp_path / "f.xlsx").read_bytes(), returned)
    assert read_bytes(raw, tmp_path).rows[0].body == body


def test_a_file_that_is_no_answer_form_is_refused_with_a_sentence(filled, tmp_path) -> None:
    form.write(tmp_path / "phieu.xlsx", "Đối thoại", (), (), WORDS)
    filled.sheet.delete_cols(filled.column(Field.ANSWER))
    (tmp_path / "mat-cot.xlsx").write_bytes(filled.bytes())
    (tmp_path / "cu.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100)
    (tmp_path / "bang.csv").write_text("a,b", "utf-8")

    for name, key in (
        ("phieu.xlsx", Key.AF_NO_HEAD),
        ("mat-cot.xlsx", Key.AF_NO_HEAD),
        ("cu.xls", Key.XL_OLD_XLS),
        ("bang.csv", Key.AF_ONLY_XLSX),
    ):
        with pytest.raises(WorkbookFault) as refused:
            answers.read(tmp_path / name, WORDS)
        assert refused.value.key is key
        assert name in WORDS.say(key, **refused.value.values)


# ------------------------------------------------------------------ anything with anything

# No text that Excel's own escape for a carriage return stands in: in a shared string nobody can tell them apart.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)
lined = st.lists(texts, max_size=3).map("\n".join).map(str.strip).filter(lambda text: not re.search("_x", text))
cells = st.one_of(lined, st.sampled_from(["=1+1", "+84", "-", "@a", "'a", "0012", "1e5", "TRUE", "#N/A", "3/4"]))


def _shuffle(filled: Filled, order: random.Random) -> None:
    numbers = list(range(1, len(ISSUES) + 1))
    rows = [[cell.value for cell in filled.sheet[filled.head + number]] for number in numbers]
    order.shuffle(rows)
    for number, values in zip(numbers, rows, strict=True):
        for column, value in enumerate(values, 1):
            _put(filled.sheet.cell(filled.head + number, column), value)


def _insert_rows(filled: Filled, order: random.Random) -> None:
    filled.sheet.insert_rows(order.randint(1, filled.sheet.max_row + 1), order.randint(1, 3))


def _insert_column(filled: Filled, order: random.Random) -> None:
    filled.sheet.insert_cols(order.randint(1, filled.sheet.max_column), 1)


def _lose_the_hidden_row(filled: Filled, _order: random.Random) -> None:
    for row in range(1, filled.head):
        for column in range(1, filled.sheet.max_column + 1):
            if str(filled.sheet.cell(row, column).value).startswith("dt:"):
                filled.sheet.cell(row, column).value = None


def _rename(filled: Filled, order: random.Random) -> None:
    for field in (Field.QUESTION, Field.UNITS, Field.SUPPORTING):
        filled.cell(0, field).value = order.choice(["Cột A", "", "xyz"])


def _add_a_row(filled: Filled, _order: random.Random) -> None:
    last = filled.sheet.max_row + 1
    filled.sheet.cell(last, filled.column(Field.ANSWER)).value = "của riêng Sở"


def _copy_the_sheet(filled: Filled, _order: random.Random) -> None:
    copy = filled.book.copy_worksheet(filled.sheet)
    for number in range(1, len(ISSUES) + 1):
        for column in COLUMNS:
            if column.look.open:
                filled.cell(number, column.field).value = None
    filled.sheet = copy


def _put(cell, value) -> None:
    """As text, whatever it looks like: these cells are formatted so."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


DISTURBANCES = (_shuffle, _insert_rows, _insert_column, _lose_the_hidden_row, _rename, _add_a_row, _copy_the_sheet)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(cells, cells, cells, cells, st.sampled_from(["", *Settlement])), min_size=3, max_size=3),
    st.lists(st.sampled_from(DISTURBANCES), max_size=4, unique=True),
    st.randoms(use_true_random=False),
)
def test_whatever_was_typed_comes_back_as_it_was_or_is_named(tmp_path, typed, disturbances, order) -> None:
    file = tmp_path / "mau.xlsx"
    if not file.exists():
        ExcelWorkbooks(WORDS).write_answer_form(content(), file)
    filled = Filled(file)
    labels = WORDS.section("settlement")
    fields = (Field.ANSWER, Field.BASIS, Field.RESPONSIBLE, Field.DUE)
    for number, (*said_here, settlement) in enumerate(typed, 1):
        for field, value in zip(fields, said_here, strict=True):
            _put(filled.cell(number, field), value or None)
        filled.cell(number, Field.RESULT).value = labels[settlement.value] if settlement else None
    for disturb in disturbances:
        disturb(filled, order)

    found = back(filled, tmp_path)

    wanted = {
        number: AnswerBody(*texts, settlement or None)
        for number, (*texts, settlement) in enumerate(typed, 1)
        if any((*texts, settlement))
    }
    assert said(found) == wanted
    assert {row.mark.issue for row in found.rows if row.fault} == {
        number for number, one in wanted.items() if not one.text
    }
    own = {row.body.text for row in found.rows if row.mark is None}
    assert own == ({"của riêng Sở"} if _add_a_row in disturbances else set())
