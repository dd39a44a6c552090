"""Slips that somebody typed: into a spreadsheet, or pasted. Good rows, and for each bad row its place and why."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from bot.domain.text import shorten
from bot.domain.workbook import BadSlip, Slip
from bot.ports import SlipFile
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import grids, guard, headings
from exports.faults import WorkbookFault
from exports.grids import Cell, Grid, Trouble
from exports.headings import Field, Header

MAX_ROWS = grids.MAX_ROWS
MAX_TEXT = 30_000
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_YEARS = range(1990, 2100)
_SHOWN_VALUE = 40
_LIST_MARK = re.compile(r"^(?:\(?\d{1,3}[.)]|[-•*+–—])\s+")
_CLOCK = r"(?:[ T,]+(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?)?"
_DAYS = (
    re.compile(r"(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})" + _CLOCK),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + _CLOCK),
)


def read(file: Path, words: Catalogue) -> SlipFile:
    """The slips of a file. Raises WorkbookFault where the file as a whole cannot be taken."""
    if guard.kind_of(file) == "csv":
        return _read_text(file, words)
    checked = guard.check(file)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of drop-down lists that it drops and of impossible dates, which the rows report.
            warnings.simplefilter("ignore")
            return _read_sheets(file, checked, words)
    except (WorkbookFault, MemoryError):
        raise
    except Exception as fault:  # openpyxl fails in as many ways as a file can be broken
        raise WorkbookFault(Key.XL_BROKEN, file=file.name) from fault


def _read_sheets(file: Path, checked: guard.Checked, words: Catalogue) -> SlipFile:
    seen: list[grids.Line] = []
    with closing(grids.sheet_grids(file, checked)) as sheets:
        for grid in sheets:
            head = grids.head_of(grid)
            header = headings.find(head)
            if header is not None:
                return _Reading(file.name, header, words).all(grid)
            seen += head
    raise _no_header(file, seen, words)


def _read_text(file: Path, words: Catalogue) -> SlipFile:
    candidates, certain = grids.text_grids(file)
    heads = [_head_or_fault(grid) for grid in candidates]
    headers = [headings.find(head) if isinstance(head, list) else None for head in heads]
    # As many known columns as can be; then as many at all: “Nội dung;;” is a table too, and no heading with signs.
    fits = [(len(header.places), header.width) if header else (0, 0) for header in headers]
    best = fits.index(max(fits))
    header = headers[best]
    if header is not None:
        return _Reading(file.name, header, words).all(candidates[best])
    fault = next((head for head in heads if isinstance(head, WorkbookFault)), None)
    if fault is not None:
        raise fault
    if not certain:
        raise WorkbookFault(Key.XL_ENCODING, file=file.name)
    raise _no_header(file, max((head for head in heads if isinstance(head, list)), key=_most_cells), words)


def _head_or_fault(grid: Grid) -> list[grids.Line] | WorkbookFault:
    """The first lines, or why they cannot be read under this delimiter: another one may fit."""
    try:
        return grids.head_of(grid)
    except WorkbookFault as fault:
        if fault.key is Key.XL_TOO_BIG_INSIDE:
            raise
        return fault


def _most_cells(lines: Sequence[grids.Line]) -> int:
    return max((len(cells) for _, cells in lines), default=0)


def _no_header(file: Path, lines: Sequence[grids.Line], words: Catalogue) -> WorkbookFault:
    named = ([cell for cell in cells if isinstance(cell, str) and cell] for _, cells in lines)
    fullest = max(named, key=len, default=[])
    found = ", ".join(f"“{shorten(title, _SHOWN_VALUE)}”" for title in fullest) or words[Key.XL_NO_HEADER_NOTHING]
    return WorkbookFault(Key.XL_NO_HEADER, rows=grids.HEADER_WITHIN, file=file.name, found=found)


class _Reading:
    """The rows below one header."""

    def __init__(self, file: str, header: Header, words: Catalogue, *, pasted: bool = False) -> None:
        self._file, self._header, self._words, self._pasted = file, header, words, pasted
        self._labels = words.section("group")

    def all(self, grid: Grid) -> SlipFile:
        slips: list[Slip] = []
        bad: list[BadSlip] = []
        nameless: set[int] = set()
        for line, cells in self._filled(grid):
            if len(slips) + len(bad) == MAX_ROWS:
                raise grids.too_many_rows(self._file, MAX_ROWS)
            nameless.update(place for place, cell in enumerate(cells) if cell != "" and place not in self._header.named)
            complaints = list(self._complaints(cells))
            if complaints:
                where = self._place(grid.title, line, [field for field, _ in complaints])
                bad.append(BadSlip(line, "; ".join(reason for _, reason in complaints), where))
            else:
                slips.append(self._slip(line, cells))
        ignored = (*self._header.ignored, *map(self._nameless, sorted(nameless)))
        return SlipFile(tuple(slips), tuple(bad), ignored, self._unread(grid))

    def _nameless(self, place: int) -> str:
        return self._words.say(Key.XL_NAMELESS_COLUMN, column=get_column_letter(place + 1))

    def _unread(self, grid: Grid) -> str:
        column, limit = grid.unread, grids.MAX_COLUMNS
        return self._words.say(Key.XL_UNREAD, column=column, limit=limit) if column else ""

    def _filled(self, grid: Grid) -> Iterator[grids.Line]:
        """The rows that hold anything besides their running number."""
        for line, cells in grid.lines():
            if line > self._header.line and any(
                cell != "" for place, cell in enumerate(cells) if place not in self._header.counting
            ):
                yield line, cells

    def _cell(self, cells: Sequence[Cell], field: Field) -> Cell:
        place = self._header.places.get(field)
        return "" if place is None or place >= len(cells) else cells[place]

    def _complaints(self, cells: Sequence[Cell]) -> Iterator[tuple[Field, str]]:
        for field in self._header.places:
            cell = self._cell(cells, field)
            if isinstance(cell, Trouble):
                yield field, self._say(cell.reason, field, value=cell.value)
            elif field is Field.RECEIVED and cell != "" and day_of(cell) is None:
                yield field, self._say(Key.XL_BAD_DATE, field, value=shorten(str(cell), _SHOWN_VALUE))
            elif field is Field.TEXT and cell == "":
                yield field, self._say(Key.XL_BAD_EMPTY, field)
            elif field is Field.TEXT and len(_words_of(cell)) > MAX_TEXT:
                yield field, self._say(Key.XL_BAD_LONG, field, length=len(_words_of(cell)), limit=MAX_TEXT)

    def _place(self, sheet: str, line: int, fields: Sequence[Field]) -> str:
        if self._pasted:
            return self._words.say(Key.XL_PLACE_LINE, line=line)
        cells = ", ".join(f"{get_column_letter(self._header.places[field] + 1)}{line}" for field in fields)
        key = Key.XL_PLACE if sheet else Key.XL_PLACE_CELL
        return self._words.say(key, sheet=sheet, cells=cells)

    def _say(self, key: Key, field: Field, **values: object) -> str:
        return self._words.say(key, column=self._header.titles[field], **values)

    def _slip(self, line: int, cells: Sequence[Cell]) -> Slip:
        received = self._cell(cells, Field.RECEIVED)
        return Slip(
            line=line,
            text=_words_of(self._cell(cells, Field.TEXT)),
            unit=_words_of(self._cell(cells, Field.UNIT)),
            youth_group=headings.group_code(_words_of(self._cell(cells, Field.GROUP)), self._labels),
            received=None if received == "" else day_of(received),
            source=_words_of(self._cell(cells, Field.SOURCE)),
        )


# ------------------------------------------------------------------ pasted


def read_pasted(text: str, words: Catalogue) -> SlipFile:
    """The slips of a pasted text: a table as copied from a spreadsheet, with its header or as “unit, contents”, or a
    line a slip, as “contents” or “unit | contents”. Raises WorkbookFault where it is none of these.
    """
    name = words[Key.XL_PASTED]
    if len(text.encode("utf-8", "surrogatepass")) > guard.MAX_FILE:
        raise WorkbookFault(Key.XL_TOO_BIG, file=name, limit=guard.MAX_FILE // guard.MEGABYTE)
    pasted: Grid = grids.PastedGrid(text, name)
    header = headings.find(grids.head_of(pasted))
    if header is None:
        header, pasted = _bare(pasted, words)
    return _Reading(name, header, words, pasted=True).all(pasted)


def _bare(table: Grid, words: Catalogue) -> tuple[Header, Grid]:
    """A pasted text without a header as one of two columns."""
    lines = list(table.lines())
    used = [place for place in range(grids.MAX_COLUMNS) if any(_at(cells, place) != "" for _, cells in lines)]
    if len(used) > 1 and all(_is_number(_at(cells, used[0])) for _, cells in lines):
        del used[0]  # a running number
    if not used:
        raise WorkbookFault(Key.XL_PASTE_EMPTY)
    if len(used) > len(headings.PASTED) or table.unread:
        raise WorkbookFault(Key.XL_PASTE_COLUMNS, count=len(used))
    rows = [(line, [_at(cells, place) for place in used]) for line, cells in lines]
    titles = {Field.UNIT: words[Key.XL_FORM_UNIT], Field.TEXT: words[Key.XL_FORM_TEXT]}
    named = frozenset(headings.PASTED.values())
    header = Header(0, headings.PASTED, titles, frozenset(), (), named, len(named))
    return header, grids.Rows([(line, _unit_and_text(cells)) for line, cells in rows])


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else ""


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, str) and (cell == "" or cell.rstrip(".").isdecimal())


def _unit_and_text(cells: Sequence[Cell]) -> list[Cell]:
    """One cell is the contents, perhaps with the unit before a bar; two are the unit and the contents."""
    if len(cells) != 1 or not isinstance(cells[0], str):
        return list(cells)
    unit, bar, text = _LIST_MARK.sub("", cells[0]).partition("|")
    return [unit.strip(), text.strip()] if bar else ["", unit.strip()]


def _words_of(cell: Cell) -> str:
    """A cell as text; a date that Excel recognised in a sentence's place reads as people write it."""
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y") if cell.time() == datetime.min.time() else cell.strftime("%d/%m/%Y %H:%M")
    return cell if isinstance(cell, str) else ""


def day_of(cell: Cell) -> datetime | None:
    """The instant a cell names, in Viet Nam's time, 00:00 where it names no hour; None where it is no date."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=_VIETNAM) if cell.year in _YEARS else None
    if not isinstance(cell, str):
        return None
    found = next((match for pattern in _DAYS if (match := pattern.fullmatch(cell.strip()))), None)
    return None if found is None else _instant(found)


def _instant(found: re.Match[str]) -> datetime | None:
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    try:
        instant = datetime(year, month, day, hour, minute, tzinfo=_VIETNAM)
    except ValueError:
        return None
    return instant if year in _YEARS else None
