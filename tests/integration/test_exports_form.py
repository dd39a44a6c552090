"""The empty slip form: easy to fill in, and read back as nothing until somebody does."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from bot.domain.workbook import Slip
from bot.texts.catalogue import Catalogue
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks

WORDS = Catalogue.load()
BOOKS = ExcelWorkbooks(WORDS)
GROUPS = list(WORDS.section("group").values())
UNITS = ["Xã Yên Mỹ", "Phường Phố Hiến", "=Trường THPT A"]


@pytest.fixture
def form(tmp_path):
    file = tmp_path / "phieu.xlsx"
    BOOKS.write_form(file, "Chương trình đối thoại năm 2024", UNITS, GROUPS)
    return file


def test_the_empty_form_holds_no_slip_and_no_error(form):
    read = BOOKS.read_slips(form)

    assert (read.slips, read.bad, read.ignored_columns) == ((), (), ())


def test_a_filled_form_is_read_back(form):
    book = load_workbook(form)
    sheet = book["Phiếu"]
    for column, value in enumerate(["= câu hỏi của em", UNITS[0], GROUPS[1], "05/03/2024", "Phiếu giấy"], 1):
        sheet.cell(5, column).value = value
        sheet.cell(5, column).data_type = "s"
    book.save(form)

    read = BOOKS.read_slips(form)

    received = datetime(2024, 3, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert read.slips == (Slip(5, "= câu hỏi của em", UNITS[0], "sinh-vien", received, "Phiếu giấy"),)
    assert read.bad == ()


def test_units_and_groups_can_be_picked_from_a_hidden_sheet(form):
    book = load_workbook(form)

    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "hidden"]
    lists = book["Danh mục"]
    assert [cell.value for cell in lists["A"] if cell.value] == UNITS
    assert [cell.value for cell in lists["B"] if cell.value] == GROUPS
    choices = {str(choice.sqref): choice.formula1 for choice in book["Phiếu"].data_validations.dataValidation}
    assert choices == {"B5:B20000": "'Danh mục'!$A$1:$A$3", "C5:C20000": f"'Danh mục'!$B$1:$B${len(GROUPS)}"}


def test_cells_are_text_so_that_excel_turns_no_day_round(form):
    sheet = load_workbook(form)["Phiếu"]

    assert {sheet.cell(5, column).number_format for column in range(1, 6)} == {"@"}


def test_a_form_without_units_can_be_written(tmp_path):
    BOOKS.write_form(tmp_path / "phieu.xlsx", "Đối thoại", [], GROUPS)

    assert BOOKS.read_slips(tmp_path / "phieu.xlsx").slips == ()


def test_a_form_that_cannot_be_written_gets_a_sentence(tmp_path):
    with pytest.raises(WorkbookFault) as refusal:
        BOOKS.write_form(tmp_path / "không có" / "phieu.xlsx", "Đối thoại", [], GROUPS)

    assert "phieu.xlsx" in WORDS.say(refusal.value.key, **refusal.value.values)
