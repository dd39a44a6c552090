"""A written workbook read back and held against what it should hold: every text, every number, every count."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import sheets
from exports.cells import readable, unescaped
from exports.faults import WorkbookFault
from exports.sheets import ListSheet

Line = tuple[str | int, ...]


def compare(file: Path, content: Content, words: Catalogue) -> None:
    """Raises WorkbookFault, naming sheet and line, at the first thing that differs from `content`."""
    wanted = sheets.list_sheets(content, words)
    titles = [words[Key.XL_SHEET_SUMMARY], *(sheet.title for sheet in wanted)]
    with file.open("rb") as source, closing(load_workbook(source, read_only=True)) as book:
        _same(words[Key.XL_SHEET_SUMMARY], titles, book.sheetnames)
        _same(titles[0], _summary(content, wanted, words), _summary_found(book[titles[0]], words))
        machine = list(_machine(content, words))
        _same(titles[0], machine, _last_rows(book[titles[0]], len(machine)))
        for sheet in wanted:
            _same(sheet.title, _lines(sheet, words), read_list(book[sheet.title], sheet, words))


def _same(sheet: str, wanted: Iterable[object], found: Iterable[object]) -> None:
    for line, (one, other) in enumerate(zip_longest(wanted, found), 1):
        if one != other:
            raise WorkbookFault(Key.XL_MISMATCH, sheet=sheet, line=line)


# ------------------------------------------------------------------ what the content says


def _lines(sheet: ListSheet, words: Catalogue) -> Iterator[Line]:
    number = 0
    for position, group in enumerate(sheet.groups, 1):
        if group.topic:
            yield (readable(sheets.group_heading(position, group, words)),)
        for row in group.rows:
            number += 1
            yield (number, *(_plain(column.value(row, words)) for column in sheet.columns))
    if not number:
        yield (readable(sheet.nothing),)


def _summary(content: Content, wanted: list[ListSheet], words: Catalogue) -> Iterator[Line]:
    columns = sheets.SUMMARY_COLUMNS
    for line in sheets.summary_lines(content, wanted, words):
        yield tuple(_plain(column.value(line, words)) for column in columns)


def _machine(content: Content, words: Catalogue) -> Iterator[Line]:
    yield (_plain(sheets.machine_heading(content.machine, words)), *[""] * (len(sheets.SUMMARY_COLUMNS) - 1))
    if content.machine:
        yield (words[Key.XL_ORDER], *(words[column.title] for column in sheets.MACHINE_COLUMNS))
    for number, line in enumerate(content.machine, 1):
        yield (number, *(_plain(column.value(line, words)) for column in sheets.MACHINE_COLUMNS))


def _plain(value: str | int) -> str | int:
    return value if isinstance(value, int) else readable(value)


# ------------------------------------------------------------------ what the file says


def read_list(found: Any, sheet: ListSheet, words: Catalogue) -> Iterator[Line]:
    """The lines of a list sheet as they were before long texts went on in further rows (`found`: read-only)."""
    head = (words[Key.XL_NUMBER], *(words[column.title] for column in sheet.columns))
    held: list[str | int] = []
    for cells in _rows_below(found, head):
        if cells[0] == words[Key.XL_CONTINUED]:
            held[1:] = [one if more == "" else f"{one}{more}" for one, more in zip(held[1:], cells[1:], strict=True)]
            continue
        if held:
            yield tuple(held)
        held = list(cells) if isinstance(cells[0], int) else [cells[0]]
    if held:
        yield tuple(held)


def _summary_found(found: Any, words: Catalogue) -> Iterator[Line]:
    columns = sheets.SUMMARY_COLUMNS
    for cells in _rows_below(found, tuple(words[column.title] for column in columns)):
        if cells[1] == words[Key.XL_LINE_TOTAL]:
            return
        yield cells


def _last_rows(found: Any, count: int) -> Sequence[Line]:
    """The rows at the end of the summary."""
    rows = deque(found.iter_rows(max_col=len(sheets.SUMMARY_COLUMNS)), maxlen=count)
    return [tuple(map(_read, row)) for row in rows]


def _rows_below(found: Any, head: Sequence[str]) -> Iterator[Line]:
    rows = (tuple(map(_read, row)) for row in found.iter_rows(max_col=len(head)))
    for row in rows:
        if row == tuple(head):
            break
    yield from rows


def _read(cell: Any) -> str | int:
    """A cell's text or number. A formula or an error is no text, whatever it looks like."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, int):
        return cell.value
    return unescaped(str(cell.value)) if cell.data_type == "s" else f"[{cell.data_type}]"
