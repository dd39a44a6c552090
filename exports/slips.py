"""Slips that somebody typed into a spreadsheet: good rows, and for each bad row its number and why."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.text import shorten
from bot.domain.workbook import BadSlip, Slip
from bot.ports import SlipFile
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import grids, guard, headings
from exports.faults import WorkbookFault
from exports.grids import Cell, Grid, Trouble
from exports.headings import Field, Header

MAX_ROWS = 20_000
MAX_TEXT = 30_000
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_YEARS = range(1990, 2100)
_SHOWN_VALUE = 40
_CLOCK = r"(?:[ T,]+(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?)?"
_DAYS = (
    re.compile(r"(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})" + _CLOCK),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})" + _CLOCK),
)


def read(file: Path, words: Catalogue) -> SlipFile:
    """The slips of a file. Raises WorkbookFault where the file as a whole cannot be taken."""
    if guard.kind_of(file) == "csv":
        return _read_text(file, words)
    uncalculated = guard.check(file)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of drop-down lists that it drops and of impossible dates, which the rows report.
            warnings.simplefilter("ignore")
            return _read_sheets(file, uncalculated, words)
    except WorkbookFault:
        raise
    except Exception as fault:  # openpyxl fails in as many ways as a file can be broken
        raise WorkbookFault(Key.XL_BROKEN, file=file.name) from fault


def _read_sheets(file: Path, uncalculated: guard.Uncalculated, words: Catalogue) -> SlipFile:
    seen: list[grids.Line] = []
    with closing(grids.sheet_grids(file, uncalculated)) as sheets:
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
    known = [len(header.places) if header else 0 for header in headers]
    best = known.index(max(known))
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

    def __init__(self, file: str, header: Header, words: Catalogue) -> None:
        self._file, self._header, self._words = file, header, words
        self._labels = words.section("group")

    def all(self, grid: Grid) -> SlipFile:
        slips: list[Slip] = []
        bad: list[BadSlip] = []
        for line, cells in self._filled(grid):
            if len(slips) + len(bad) == MAX_ROWS:
                raise WorkbookFault(Key.XL_TOO_MANY_ROWS, file=self._file, limit=f"{MAX_ROWS:,}".replace(",", "."))
            reasons = list(self._complaints(cells))
            if reasons:
                bad.append(BadSlip(line, "; ".join(reasons)))
            else:
                slips.append(self._slip(line, cells))
        return SlipFile(tuple(slips), tuple(bad), self._header.ignored)

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

    def _complaints(self, cells: Sequence[Cell]) -> Iterator[str]:
        for field in self._header.places:
            cell = self._cell(cells, field)
            if isinstance(cell, Trouble):
                yield self._say(cell.reason, field, value=cell.value)
            elif field is Field.RECEIVED and cell != "" and day_of(cell) is None:
                yield self._say(Key.XL_BAD_DATE, field, value=shorten(str(cell), _SHOWN_VALUE))
            elif field is Field.TEXT and cell == "":
                yield self._say(Key.XL_BAD_EMPTY, field)
            elif field is Field.TEXT and len(_words_of(cell)) > MAX_TEXT:
                yield self._say(Key.XL_BAD_LONG, field, length=len(_words_of(cell)), limit=MAX_TEXT)

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
