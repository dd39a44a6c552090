"""Files as plain rows, whatever they were: a line number as the spreadsheet shows it, and what its cells say."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from openpyxl import load_workbook

from bot.domain.text import storable
from bot.texts.keys import Key
from exports import guard
from exports.faults import WorkbookFault

HEADER_WITHIN = 10
MAX_COLUMNS = 50
_LAST_ROW = 1_048_576
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell without usable content: an error of Excel's, or a formula that was never calculated."""

    reason: Key
    value: str = ""


Cell = str | datetime | Trouble
Line = tuple[int, list[Cell]]


class Grid(Protocol):
    """A sheet that can be read from the top more than once."""

    def lines(self) -> Iterator[Line]:
        """Every row with its number, empty cells as ""."""
        ...


def head_of(grid: Grid) -> list[Line]:
    """The lines among which the header must be."""
    return list(islice(grid.lines(), HEADER_WITHIN))


# ------------------------------------------------------------------ .xlsx


class SheetGrid:
    """A sheet of an Excel file."""

    def __init__(self, sheet: Any, uncalculated: set[tuple[int, int]]) -> None:
        self._sheet, self._uncalculated = sheet, uncalculated

    def lines(self) -> Iterator[Line]:
        # Both bounds are stated: what the file says about its own size may be anything.
        rows = self._sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS)
        for number, row in enumerate(rows, 1):
            yield number, [self._cell(cell, number, column) for column, cell in enumerate(row, 1)]

    def _cell(self, cell: Any, row: int, column: int) -> Cell:
        value = cell.value
        if value is None:
            return Trouble(Key.XL_BAD_FORMULA) if (row, column) in self._uncalculated else ""
        if cell.data_type == "e":
            return Trouble(Key.XL_BAD_ERROR, str(value))
        if isinstance(value, datetime):
            return value
        return _shown(value, cell)


def _shown(value: object, cell: Any) -> Cell:
    match value:
        case str():
            return tidy(value.replace("_x000D_", ""))  # how Excel stores a carriage return
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value, cell.number_format)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Excel knows no zones
        case _:
            return str(value)


def _number(value: float, layout: str) -> str:
    if "%" in layout:
        return f"{value * 100:.10g}%".replace(".", ",")
    if set(layout) == {"0"} and value == int(value):
        return str(int(value)).zfill(len(layout))
    return f"{value:.15g}".replace(".", ",")


def sheet_grids(file: Path, uncalculated: guard.Uncalculated) -> Generator[SheetGrid, None, None]:
    """The visible sheets of a checked Excel file, in their order; open while the iterator lives."""
    with (
        file.open("rb") as source,
        closing(load_workbook(source, read_only=True, data_only=True, keep_links=False)) as book,
    ):
        sheets: list[Any] = book.worksheets
        for sheet in sheets:
            if sheet.sheet_state == "visible":
                part = sheet._worksheet_path  # noqa: SLF001 - the only link from a sheet to the part that was checked
                yield SheetGrid(sheet, uncalculated.get(part.lstrip("/"), set()))


# ------------------------------------------------------------------ .csv


class TextGrid:
    """A CSV text under one delimiter. A line's number is that of the record, as a spreadsheet counts."""

    def __init__(self, text: str, delimiter: str, file: str) -> None:
        self._text, self._delimiter, self._file = text, delimiter, file

    def lines(self) -> Iterator[Line]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                yield number, [_csv_cell(value) for value in row[:MAX_COLUMNS]]
        except csv.Error as fault:
            raise WorkbookFault(Key.XL_QUOTES, file=self._file, line=reader.line_num) from fault


def _csv_cell(value: str) -> Cell:
    text = tidy(value)
    return Trouble(Key.XL_BAD_ERROR, text) if text in _ERRORS else text


def text_grids(file: Path) -> tuple[list[TextGrid], bool]:
    """The CSV file under every delimiter, and whether its encoding is certain."""
    try:
        raw = file.read_bytes()
    except OSError as fault:
        raise WorkbookFault(Key.XL_CANNOT_READ, file=file.name) from fault
    text, certain = _decoded(raw, file.name)
    return [TextGrid(text, delimiter, file.name) for delimiter in _DELIMITERS], certain


def _decoded(raw: bytes, file: str) -> tuple[str, bool]:
    """The text and whether it must be so. Windows-1258 reads nearly any bytes: only a known header proves it."""
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16"), True
        if b"\x00" in raw[:1000]:
            return raw.decode("utf-16-be" if raw[:1] == b"\x00" else "utf-16-le"), True
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError as fault:
        try:
            return unicodedata.normalize("NFC", raw.decode("cp1258")), False
        except UnicodeDecodeError:
            raise WorkbookFault(Key.XL_ENCODING, file=file) from fault


def tidy(text: str) -> str:
    """What stands in a cell, with LF line ends, without what no database holds and without blanks around it."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n").strip()
