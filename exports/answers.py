"""Files that departments filled in, read back whatever was done to them: every row that says something is there.

A row is known by its hidden cell wherever it stands; columns are known by the hidden row that names them, else by what
people call them. Every sheet is read, hidden ones and filtered rows too.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.answer_file import AnswerForm, FilledFile, FilledRow, Mark, shown
from bot.domain.text import clean, fold, shorten
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import guard, strict
from exports.answer_form import COLUMNS, Field
from exports.cells import readable, unescaped
from exports.faults import WorkbookFault
from exports.grids import MAX_COLUMNS, MAX_ROWS, part_of, tidy, too_many_rows
from exports.headings import plain

_OPEN = tuple(column.field for column in COLUMNS if column.look.open)
_CODE = re.compile(r"\b[A-Z0-9]{2,6}-\d{4,7}-[A-Z](?:/\d{1,2})?(?![A-Z0-9])")
_RETURN = re.compile(r"(?<!_x005F)_x000D_")  # how Excel stores a carriage return, where it is not escaped itself
_SHOWN = 40
_FEWEST_HEADS = 2
_LAST_READ = get_column_letter(MAX_COLUMNS)
# A day in a column of days that somebody made a plain number: 2009 to 2073 in Excel's counting.
_DAYS = range(40_000, 63_500)
# What people call the columns besides what we call them, folded; looked through in this order.
_NAMES: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.BASIS, re.compile(r"(cac )?(can cu|co so)( phap ly)?( tra loi)?")),
    (Field.RESPONSIBLE, re.compile(r".*\b(chiu trach nhiem|trach nhiem|phu trach|dau moi)\b.*")),
    (Field.DUE, re.compile(r"(thoi han|han|thoi gian)( thuc hien| hoan thanh| giai quyet| xu ly)?")),
    (Field.RESULT, re.compile(r"(ket qua|tinh trang|trang thai)( giai quyet| thuc hien| xu ly)?")),
    (Field.ANSWER, re.compile(r"(noi dung |nd |phan )?(tra loi|giai trinh|phan hoi|y kien tra loi)( cua .*)?")),
    (Field.SUPPORTING, re.compile(r".*\bphoi hop\b.*")),
    (Field.UNITS, re.compile(r"(ten )?(don vi|dia phuong)( de xuat| gui| kien nghi)?")),
    (Field.QUESTION, re.compile(r"(noi dung |nd )?(cau hoi|y kien|kien nghi|de xuat)\b.*|noi dung")),
    (Field.ABOUT, re.compile(r"ma( so)?|ma (cau hoi|phieu|y kien|van de|bien nhan)\b.*")),
    (Field.NUMBER, re.compile(r"s?tt|so tt|so thu tu")),
)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A cell that cannot be taken as it is."""

    reason: Key
    value: str = ""


_Cell = str | float | datetime | time | _Trouble
_Line = tuple[int, list[_Cell]]


def read(file: Path, words: Catalogue) -> FilledFile:
    """What a file says. Raises WorkbookFault where it as a whole cannot be taken. See exports.confined."""
    if guard.kind_of(file) != "xlsx":
        raise WorkbookFault(Key.AF_ONLY_XLSX, file=file.name)
    checked = guard.check(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of lists that openpyxl drops, of impossible dates
            return _read(file, checked, words)
    except (WorkbookFault, MemoryError):
        raise
    except Exception as fault:  # openpyxl fails in as many ways as a file can be broken
        raise WorkbookFault(Key.XL_BROKEN, file=file.name) from fault


def _read(file: Path, checked: guard.Checked, words: Catalogue) -> FilledFile:
    sheets = [_Sheet(title, lines, last, words) for title, lines, last in _sheets(file, checked)]
    ours = [sheet for sheet in sheets if sheet.ours]
    if not any(Field.ANSWER in sheet.places for sheet in ours):
        raise WorkbookFault(Key.AF_NO_HEAD, file=file.name, column=words[Key.XL_ANSWER])
    rows = tuple(row for sheet in ours for row in sheet.rows())
    ignored = dict.fromkeys(title for sheet in ours for title in sheet.ignored())
    return FilledFile(rows, tuple(ignored))


# ------------------------------------------------------------------ cells


def _sheets(file: Path, checked: guard.Checked) -> Iterator[tuple[str, list[_Line], str]]:
    """Title, lines, and the letters of the last column with anything, which may stand right of those that are read."""
    # With formulas as such: what a formula came to somewhere else is nobody's answer.
    with strict.opened(file) as source, closing(load_workbook(source, read_only=True, keep_links=False)) as book:
        sheets: list[Any] = book.worksheets
        for sheet in sheets:
            part = part_of(sheet, checked)
            if part.last_row > MAX_ROWS:
                raise too_many_rows(file.name)
            rows = sheet.iter_rows(max_row=part.last_row, max_col=MAX_COLUMNS) if part.last_row else ()
            lines = [(number, list(map(_cell, row))) for number, row in enumerate(rows, 1)]
            yield sheet.title, lines, part.last_column


def _cell(cell: Any) -> _Cell:
    value = cell.value
    if cell.data_type == "f":
        return _Trouble(Key.AF_BAD_FORMULA)
    if cell.data_type == "e":
        return _Trouble(Key.AF_BAD_ERROR, str(value))
    match value:
        case None:
            return ""
        case str():
            return tidy(unescaped(_RETURN.sub("", value)))
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return f"{value * 100:.10g}%".replace(".", ",") if "%" in cell.number_format else value
        case datetime() | time():
            return value
        case date():
            return datetime.combine(value, time.min)
        case _:
            return str(value)


def _text(cell: _Cell, field: Field | None = None) -> str:
    """A cell as a person would read it."""
    match cell:
        case str():
            return cell
        case datetime():
            return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M}"
        case time():
            return f"{cell:%H:%M}"
        case _Trouble():
            return ""
        case _:
            if field is Field.DUE and cell in _DAYS:
                return _text(from_excel(cell))
            return f"{cell:.15g}".replace(".", ",")


# ------------------------------------------------------------------ rows


class _Sheet:
    """One sheet: where its columns are, and what its rows say."""

    def __init__(self, title: str, lines: Sequence[_Line], last_column: str, words: Catalogue) -> None:
        self._title, self._lines, self._last_column, self._words = title, lines, last_column, words
        self._titles = {column.field: words[column.title] for column in COLUMNS}
        self._known = {plain(name): field for field, name in self._titles.items()}
        self._results = {fold(label): Settlement(code) for code, label in words.section("settlement").items()}
        self._marks = {number: mark for number, cells in lines if (mark := _mark(cells)) is not None}
        named = [(number, _named(cells)) for number, cells in lines]
        heads = [(number, {} if number in self._marks else self._headed(cells)) for number, cells in lines]
        self._no_rows = {number for number, places in (*named, *heads) if places}
        self._first = min((number for number, places in heads if places), default=0)
        self.places: dict[Field, int] = {}
        # The hidden row knows better than a heading, which anybody may have written over.
        for _, places in (*named, *heads):
            for field, place in places.items():
                if field not in self.places and place not in self.places.values():
                    self.places[field] = place

    @property
    def ours(self) -> bool:
        """Whether there is anything in it that a department may have filled in."""
        return Field.ANSWER in self.places or bool(self._marks)

    def rows(self) -> Iterator[FilledRow]:
        """Every row with a hidden cell, and every other one below the heads that says something in an open column."""
        for number, cells in self._lines:
            if number in self._no_rows:
                continue
            mark = self._marks.get(number)
            if mark is None and number < self._first:
                continue
            row = self._row(number, cells, mark)
            if mark is not None or row.fault or not row.empty:
                yield row

    def ignored(self) -> Iterator[str]:
        """The columns of somebody's own that hold something beside a row of ours."""
        ours = [cells for number, cells in self._lines if number in self._marks]
        places = set(self.places.values())
        for place in range(MAX_COLUMNS):
            held = (cells[place] for cells in ours if place < len(cells))
            if place not in places and any(cell != "" and _mark([cell]) is None for cell in held):
                yield self._name(place)
        if guard.is_further(self._last_column, _LAST_READ):
            unread = f"{get_column_letter(MAX_COLUMNS + 1)}–{self._last_column}"
            yield self._words.say(Key.AF_NAMELESS_COLUMN, letter=unread)

    def _name(self, place: int) -> str:
        """What a column is called: its heading, else its letter."""
        above = [cells for number, cells in self._lines if number == self._first and place < len(cells)]
        title = " ".join(_text(above[0][place]).split()) if above else ""
        return shorten(title, _SHOWN) or self._words.say(Key.AF_NAMELESS_COLUMN, letter=get_column_letter(place + 1))

    def _row(self, number: int, cells: Sequence[_Cell], mark: Mark | None) -> FilledRow:
        said = {field: self._at(cells, field) for field in self.places}
        settlement, faults = self._settlement(said.get(Field.RESULT, "")), list(self._faults(said))
        texts = {field: _text(said.get(field, ""), field) for field in Field}
        body = AnswerBody(
            texts[Field.ANSWER], texts[Field.BASIS], texts[Field.RESPONSIBLE], texts[Field.DUE], settlement
        )
        if not faults and not body.text and body != AnswerBody(""):
            faults.append(self._words.say(Key.AF_NO_TEXT, column=self._titles[Field.ANSWER]))
        return FilledRow(
            place=self._words.say(Key.AF_PLACE, sheet=self._title, line=number),
            mark=mark,
            codes=tuple(dict.fromkeys(_CODE.findall(texts[Field.ABOUT].upper()))),
            question=texts[Field.QUESTION],
            body=body,
            fault=" ".join(faults),
        )

    def _at(self, cells: Sequence[_Cell], field: Field) -> _Cell:
        place = self.places[field]
        return cells[place] if place < len(cells) else ""

    def _faults(self, said: Mapping[Field, _Cell]) -> Iterator[str]:
        for field in _OPEN:
            cell = said.get(field, "")
            if isinstance(cell, _Trouble):
                yield self._words.say(cell.reason, column=self._titles[field], value=cell.value)
        result = said.get(Field.RESULT, "")
        if _text(result) and self._settlement(result) is None:
            yield self._words.say(
                Key.AF_BAD_RESULT,
                column=self._titles[Field.RESULT],
                value=shorten(_text(result), _SHOWN),
                choices="; ".join(self._words.section("settlement").values()),
            )

    def _settlement(self, cell: _Cell) -> Settlement | None:
        return self._results.get(fold(_text(cell)).strip(" ."))

    def _headed(self, cells: Sequence[_Cell]) -> dict[Field, int]:
        """The columns that a line names, where it is a line of headings."""
        found: dict[Field, int] = {}
        for place, cell in enumerate(cells):
            field = self._field(cell) if isinstance(cell, str) else None
            if field is not None:
                found.setdefault(field, place)
        return found if Field.ANSWER in found and len(found) >= _FEWEST_HEADS else {}

    def _field(self, title: str) -> Field | None:
        if not title or len(title) > _SHOWN * 2:
            return None
        name = plain(title)
        known = self._known.get(name)
        return known or next((field for field, pattern in _NAMES if pattern.fullmatch(name)), None)


def _named(cells: Sequence[_Cell]) -> dict[Field, int]:
    """The columns that the hidden row names; nothing of any other row."""
    found: dict[Field, int] = {}
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and cell in _FIELDS:
            found.setdefault(Field(cell), place)
    return found if len(found) >= _FEWEST_HEADS else {}


_FIELDS = frozenset(field.value for field in Field)


def _mark(cells: Sequence[_Cell]) -> Mark | None:
    """The hidden cell of a row, wherever it stands in it."""
    return next((mark for cell in cells if isinstance(cell, str) and (mark := Mark.parse(cell))), None)


# ------------------------------------------------------------------ what was just written


def compare(file: Path, form: AnswerForm, words: Catalogue) -> None:
    """Read a form back. Raises WorkbookFault at the first row that does not say what it should."""
    found = read(file, words).rows
    for line, row in enumerate(form.rows, 1):
        if line > len(found) or not _says(found[line - 1], row.mark, row.question, row.body):
            raise WorkbookFault(Key.XL_MISMATCH, sheet=words[Key.AF_SHEET], line=line)


def _says(found: FilledRow, mark: Mark, question: str, body: AnswerBody) -> bool:
    same = clean(found.question) == clean(readable(shown(question)))
    written = replace(
        body,
        text=readable(body.text),
        basis=readable(body.basis),
        responsible=readable(body.responsible),
        due=readable(body.due),
    )
    return found.mark == mark and same and found.body.says_the_same(written) and not found.fault
