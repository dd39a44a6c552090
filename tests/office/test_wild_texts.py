"""Two thousand cells of texts that hurt, in the grouped workbook and in the file for a department: as openpyxl reads
them, and as LibreOffice does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.domain.answer import AnswerBody
from bot.domain.answer_file import AnswerForm, FormRow, Mark, shown
from bot.domain.text import clean
from bot.domain.workbook import Content, DepartmentPart, Group, Row
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import sheets
from exports.answer_form import COLUMNS, Field
from exports.cells import readable, unescaped
from exports.check import read_list
from exports.workbook import ExcelWorkbooks
from tests import wild
from tests.samples import MADE_AT, sample

WORDS = Catalogue.load()
BOOKS = ExcelWorkbooks(WORDS)
ROWS = 500
# As CSV, all sheets (-1), UTF-8 (76), as they are and not as they are shown: LibreOffice's own .xlsx loses escapes.
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1"
csv.field_size_limit(1 << 20)
LIMIT = 32_767  # UTF-16 units of a cell of Excel
TEXTS, ANSWERS = wild.texts(ROWS, 1), wild.texts(ROWS, 2)
# Names of units are short.
UNITS, NOTES = ([text[:200] for text in wild.texts(ROWS, seed)] for seed in (3, 4))


def content() -> Content:
    rows = tuple(
        Row((f"HY24-{number:04d}-K",), "Việc làm", text, (unit,), "Sở A", (), 1, note, number, answer)
        for number, (text, unit, note, answer) in enumerate(zip(TEXTS, UNITS, NOTES, ANSWERS, strict=True), 1)
    )
    part = DepartmentPart("a", "Sở A", "Sở A", (Group("Việc làm", rows),))
    return replace(sample("hung-yen-2024", 2), departments=(part,), unclear=(), waiting=())


def form() -> AnswerForm:
    mark = Mark(1, "a" * 16, 0, "b" * 16)
    rows = tuple(
        FormRow(replace(mark, issue=number), ("HY24-0001-K",), "Việc làm", text, (unit,), (), AnswerBody("Trả lời", note))
        for number, (text, unit, note) in enumerate(zip(TEXTS, UNITS, NOTES, strict=True), 1)
    )  # fmt: skip
    return AnswerForm("a", "Sở A", "Đối thoại", "", "Tỉnh A", "", MADE_AT, False, rows)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("wild") / "bang.xlsx"
    BOOKS.write(content(), file)
    return file


@pytest.fixture(scope="module")
def answer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("wild") / "tra-loi.xlsx"
    BOOKS.write_answer_form(form(), file)
    return file


def cells(file: Path) -> Iterator[tuple[str, Any]]:
    """Each cell that holds something, with where it is."""
    book = load_workbook(file)
    return (
        (f"{sheet.title}!{cell.coordinate}", cell)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    )


def test_every_text_of_the_grouped_workbook_is_whole_and_none_is_a_formula(workbook):
    found = dict(cells(workbook))

    assert {place for place, cell in found.items() if cell.data_type not in ("s", "n", "inlineStr")} == {
        place for place, cell in found.items() if str(cell.value).startswith("=SUM(") and place.startswith("Tổng hợp!")
    }
    assert max(len(str(cell.value).encode("utf-16-le")) // 2 for cell in found.values()) <= LIMIT
    for title in (WORDS[Key.XL_SHEET_LIST], "Sở A"):
        lines = [line for line in table(workbook, title) if len(line) > 1]
        assert [line[1] for line in lines] == [readable(text) for text in TEXTS]
        assert [line[2] for line in lines] == [readable(text) for text in UNITS]
        assert [line[5] for line in lines] == [readable(text) for text in ANSWERS]
        assert [line[6].partition("\n")[2] for line in lines] == [readable(text) for text in NOTES]


def table(file: Path, title: str) -> Iterator[tuple[Any, ...]]:
    """The lines of a list, long texts in one piece."""
    rows = [
        tuple(unescaped(value) if isinstance(value, str) else value or "" for value in row)
        for row in load_workbook(file)[title].iter_rows(values_only=True)
    ]
    head = next(place for place, row in enumerate(rows) if row[0] == WORDS[Key.XL_NUMBER])
    return read_list(rows[head + 1 :], WORDS)


def test_every_text_of_a_departments_file_is_as_whole_as_a_cell_holds(answer_file):
    found = dict(cells(answer_file))

    assert {cell.data_type for cell in found.values()} == {"s", "n"}
    assert max(len(str(cell.value).encode("utf-16-le")) // 2 for cell in found.values()) <= LIMIT
    sheet = load_workbook(answer_file)[WORDS[Key.AF_SHEET]]
    place = [column.field for column in COLUMNS].index(Field.QUESTION) + 1
    asked = [unescaped(str(row[place - 1].value or "")) for row in list(sheet.iter_rows())[-ROWS:]]
    assert asked == [readable(shown(text)) for text in TEXTS]
    # What is too long for a cell says so.
    assert all(
        clean(one).endswith("…") for one, text in zip(asked, TEXTS, strict=True) if len(one) < len(readable(text))
    )
    read = BOOKS.read_answers(answer_file).rows
    assert [clean(row.body.basis) for row in read] == [clean(readable(text)) for text in NOTES]


@pytest.mark.parametrize("which", ["workbook", "answer_file"])
def test_libreoffice_reads_the_same_texts_and_no_formula(office, tmp_path, request, which):
    file = request.getfixturevalue(which)

    office.saved(file, _EVERY_SHEET, tmp_path)
    saved = office.saved(file, "xlsx:Calc MS Excel 2007 XML", tmp_path / "saved")

    for sheet in load_workbook(file, data_only=True):
        with (tmp_path / f"{file.stem}-{sheet.title}.csv").open(encoding="utf-8", newline="") as source:
            read = _filled(csv.reader(source))
        written = _filled([_as_csv(value) for value in row] for row in sheet.iter_rows(values_only=True))
        assert [place for place in written if read.get(place) != written[place]] == []
        assert set(read) == set(written)
    formulas = [place for place, cell in cells(saved) if cell.data_type == "f"]
    assert all(place.startswith(f"{WORDS[Key.XL_SHEET_SUMMARY]}!") for place in formulas)
    assert len(formulas) == (len(sheets.SUMMED) if which == "workbook" else 0)


def _filled(rows: Iterable[list[str]]) -> dict[tuple[int, int], str]:
    """What stands in which row and column."""
    return {
        (line, column): text for line, row in enumerate(rows, 1) for column, text in enumerate(row, 1) if text != ""
    }


def _as_csv(value: Any) -> str:
    return "" if value is None else unescaped(str(value))
