"""Files as plain rows, whatever they were: a line number as the spreadsheet shows it, and what its cells say."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bot.domain.text import storable
from bot.texts.keys import Key
from exports import guard, strict
from exports.faults import WorkbookFault

HEADER_WITHIN = 10
MAX_COLUMNS = 50
MAX_ROWS = 20_000
_LAST_ROW = MAX_ROWS + HEADER_WITHIN
_LAST_COLUMN = get_column_letter(MAX_COLUMNS)
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_DELIMITERS = (",", ";", "\t")
# Else a long cell is taken for a quotation mark that was never closed.
csv.field_size_limit(guard.MAX_FILE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell without usable content: an error of Excel's, or a formula that was never calculated."""

    reason: Key
    value: str = ""


Cell = str | datetime | Trouble
Line = tuple[int, list[Cell]]


class Grid(Protocol):
    """A sheet that can be read from the top more than once. `title` is the sheet's, "" where there are none."""

    @property
    def title(self) -> str: ...

    @property
    def unread(self) -> str:
        """The last column with anything, where it is none of the MAX_COLUMNS that are read; as far as read by now."""
        ...

    def lines(self) -> Iterator[Line]:
        """Every row with its number, empty cells as ""."""
        ...


def head_of(grid: Grid) -> list[Line]:
    """The lines among which the header must be."""
    return list(islice(grid.lines(), HEADER_WITHIN))


# ------------------------------------------------------------------ .xlsx


class SheetGrid:
    """A sheet of an Excel file."""

    def __init__(self, sheet: Any, part: guard.Part, file: str) -> None:
        self._sheet, self._part, self._file = sheet, part, file

    @property
    def title(self) -> str:
        return str(self._sheet.title)

    @property
    def unread(self) -> str:
        last = self._part.last_column
        return last if guard.is_further(last, _LAST_COLUMN) else ""

    def lines(self) -> Iterator[Line]:
        """Raises WorkbookFault at the end of the allowed rows where the sheet goes on."""
        # Both bounds are stated: what the file says about its own size may be anything.
        last = min(self._part.last_row, _LAST_ROW)
        rows = self._sheet.iter_rows(max_row=last, max_col=MAX_COLUMNS) if last else ()
        for number, row in enumerate(rows, 1):
            yield number, [self._cell(cell, number, column) for column, cell in enumerate(row, 1)]
        if self._part.last_row > _LAST_ROW:
            raise too_many_rows(self._file)

    def _cell(self, cell: Any, row: int, column: int) -> Cell:
        value = cell.value
        if value is None:
            return Trouble(Key.XL_BAD_FORMULA) if (row, column) in self._part.uncalculated else ""
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
            return datetime.combine(value, time.min)
        case _:
            return str(value)


def _number(value: float, layout: str) -> str:
    if "%" in layout:
        return f"{value * 100:.10g}%".replace(".", ",")
    if set(layout) == {"0"} and value == int(value):
        return str(int(value)).zfill(len(layout))
    return f"{value:.15g}".replace(".", ",")


def too_many_rows(file: str, limit: int = MAX_ROWS) -> WorkbookFault:
    """A file with more rows than are read is refused and not cut."""
    return WorkbookFault(Key.XL_TOO_MANY_ROWS, file=file, limit=f"{limit:,}".replace(",", "."))


def sheet_grids(file: Path, checked: guard.Checked) -> Generator[SheetGrid, None, None]:
    """The visible sheets of a checked Excel file, in their order; open while the iterator lives."""
    with (
        strict.opened(file) as source,
        closing(load_workbook(source, read_only=True, data_only=True, keep_links=False)) as book,
    ):
        sheets: list[Any] = book.worksheets
        for sheet in sheets:
            if sheet.sheet_state == "visible":
                yield SheetGrid(sheet, part_of(sheet, checked), file.name)


def part_of(sheet: Any, checked: guard.Checked) -> guard.Part:
    """What the check found in the part that a sheet of openpyxl's is read from."""
    path: str = sheet._worksheet_path  # noqa: SLF001 - the only link from a sheet to the part that was checked
    return checked.get(path.lstrip("/"), guard.Part())


# ------------------------------------------------------------------ .csv


class _Width:
    """Cuts rows of text to the columns that are read, and remembers what it cut off."""

    def __init__(self) -> None:
        self._last = 0

    @property
    def unread(self) -> str:
        return get_column_letter(self._last) if self._last else ""

    def cut(self, row: Sequence[str]) -> Sequence[str]:
        filled = (place for place, value in enumerate(row[MAX_COLUMNS:], MAX_COLUMNS + 1) if value.strip())
        self._last = max(self._last, *filled, 0)
        return row[:MAX_COLUMNS]


class TextGrid:
    """A CSV text under one delimiter. A line's number is that of the record, as a spreadsheet counts."""

    title = ""

    def __init__(self, text: str, delimiter: str, file: str, width: _Width | None = None) -> None:
        self._text, self._delimiter, self._file = text, delimiter, file
        self._width = width or _Width()

    @property
    def unread(self) -> str:
        return self._width.unread

    def lines(self) -> Iterator[Line]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                if len(row) > guard.MAX_CELLS_IN_ROW:
                    raise WorkbookFault(
                        Key.XL_TOO_BIG_INSIDE, file=self._file, limit=guard.MAX_UNPACKED // guard.MEGABYTE
                    )
                yield number, [_csv_cell(value) for value in self._width.cut(row)]
        except csv.Error as fault:
            raise WorkbookFault(Key.XL_QUOTES, file=self._file, line=reader.line_num) from fault


class PastedGrid:
    """A text as somebody pasted it. With tabs it comes from a spreadsheet, whose cells may hold line ends in quotation
    marks; else each line is a cell.
    """

    title = ""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = tidy_ends(text), file
        self._width = _Width()

    @property
    def unread(self) -> str:
        return self._width.unread

    def lines(self) -> Iterator[Line]:
        """Lines as the paste had them; those of a spreadsheet count its rows."""
        if "\t" in self._text:
            try:
                # All of it first: half a table read one way and half another way would be nonsense.
                yield from list(TextGrid(self._text, "\t", self._file, self._width).lines())
            except WorkbookFault:  # quotation marks of people's own, not a spreadsheet's
                for number, line in enumerate(self._text.split("\n"), 1):
                    yield number, [_csv_cell(value) for value in self._width.cut(line.split("\t"))]
        else:
            for number, line in enumerate(self._text.split("\n"), 1):
                yield number, [_csv_cell(line)]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are there already."""

    rows: Sequence[Line]
    title: str = ""
    unread: str = ""

    def lines(self) -> Iterator[Line]:
        return iter(self.rows)


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
            text = raw.decode("utf-16-be" if raw[:1] == b"\x00" else "utf-16-le")
            if "\x00" in text:
                raise WorkbookFault(Key.XL_ENCODING, file=file)
            return text, True
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError as fault:
        try:
            return unicodedata.normalize("NFC", raw.decode("cp1258")), False
        except UnicodeDecodeError:
            raise WorkbookFault(Key.XL_ENCODING, file=file) from fault


def tidy(text: str) -> str:
    """What stands in a cell, with LF line ends, without what no database holds and without blanks around it."""
    return tidy_ends(text).strip()


def tidy_ends(text: str) -> str:
    """The text with LF line ends and without what no database holds."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")
