"""A written workbook read back and held against what it should hold: every cell, every link, every sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from string import ascii_uppercase
from zipfile import ZipFile

from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import letterhead, readback, sheets, styles
from exports.cells import readable
from exports.faults import WorkbookFault
from exports.layout import HeadLine, Pair
from exports.readback import Cell, Formula, NumberedRow
from exports.sheets import ListSheet, SummaryLine

Line = tuple[Cell, ...]
Halves = tuple[str, str]


def compare(file: Path, content: Content, words: Catalogue) -> None:
    """Raises WorkbookFault, naming sheet and line, at the first thing that differs from `content`."""
    summary, wanted = words[Key.XL_SHEET_SUMMARY], sheets.list_sheets(content, words)
    with ZipFile(file) as parts:
        found = readback.sheets(parts)
        _same(summary, [summary, *(sheet.title for sheet in wanted)], [title for title, _ in found])
        read = [readback.Sheet(parts, part) for _, part in found]
        _compare_summary(summary, read[0], content, words)
        for sheet, one in zip(wanted, read[1:], strict=True):
            with closing(one.rows()) as rows:
                _compare_list(sheet, rows, letterhead.opening(content, words, sheet), words)
            _same(sheet.title, [], [*one.links, *one.covered])


def _same(sheet: str, wanted: Iterable[object], found: Iterable[object]) -> None:
    for line, (one, other) in enumerate(zip_longest(wanted, found), 1):
        if one != other:
            raise WorkbookFault(Key.XL_MISMATCH, sheet=sheet, line=line)


def _plain(value: str | int) -> str | int:
    return value if isinstance(value, int) else readable(value)


# ------------------------------------------------------------------ above and below a table


def _skip_head(
    title: str, rows: Iterator[NumberedRow], head: Line, opening: tuple[Sequence[Pair], Sequence[HeadLine]]
) -> int:
    """Compare what stands above the table, which ends with its head; returns the number of that row."""
    above: list[Line] = []
    for number, cells in rows:
        if cells == head:
            _same(title, [_wanted_halves(*opening)], [_halves(above)])
            return number
        above.append(cells)
    raise WorkbookFault(Key.XL_MISMATCH, sheet=title, line=1)


def _wanted_halves(pairs: Sequence[Pair], across: Sequence[HeadLine]) -> Halves:
    left = [*(text for (text, _), _ in pairs), *(text for text, _ in across)]
    return "".join(map(readable, left)), "".join(readable(text) for _, (text, _) in pairs)


def _halves(rows: Iterable[Line]) -> Halves:
    """What stands in the first column, and what in others, whatever rows it was cut into."""
    said = [[cell if isinstance(cell, str) else repr([cell]) for cell in cells] for cells in rows]
    return "".join(cells[0] for cells in said if cells), "".join("".join(cells[1:]) for cells in said)


# ------------------------------------------------------------------ the summary


def _compare_summary(title: str, found: readback.Sheet, content: Content, words: Catalogue) -> None:
    head = tuple(words[column.title] for column in sheets.SUMMARY_COLUMNS)
    with closing(found.rows()) as rows:
        first = _skip_head(title, rows, head, letterhead.opening(content, words)) + 1
        _compare_counts(title, rows, first, content, words)
    counted, below = sheets.summary_lines(content, words), sheets.lines_below(content, words)
    numbered = [*enumerate(counted, first), *enumerate(below, first + len(counted) + 1)]
    column = ascii_uppercase[len(head) - 1]
    _same(title, sorted(_links(column, numbered)), sorted(found.links.items()))
    _same(title, [], found.covered)


def _compare_counts(title: str, rows: Iterator[NumberedRow], first: int, content: Content, words: Catalogue) -> None:
    """What stands below the head, whose first row has the number `first`, down to the signatures."""
    counted, below = sheets.summary_lines(content, words), sheets.lines_below(content, words)
    total = first + len(counted)
    wanted = [
        *(_summary_cells(line, words) for line in counted),
        _total(sheets.total_line(content, words), f"{first}", f"{total - 1}", words),
        *(_summary_cells(line, words) for line in below),
    ]
    _same(title, wanted, [cells for _, (_, cells) in zip(wanted, rows, strict=False)])
    signed = letterhead.signatures(content.letterhead, words)
    remark: list[HeadLine] = [(words[Key.XL_REMARK], styles.REMARK)]
    (left, right), (own, more) = _wanted_halves([], remark), _wanted_halves(signed, [])
    _same(title, [(left + own, right + more)], [_halves(cells for _, cells in rows)])


def _summary_cells(line: SummaryLine, words: Catalogue) -> Line:
    return tuple(_plain(column.value(line, words)) for column in sheets.SUMMARY_COLUMNS)


def _total(line: SummaryLine, first: str, last: str, words: Catalogue) -> Line:
    cells = _summary_cells(line, words)
    sums = [f"SUM({letter}{first}:{letter}{last})" for letter in ascii_uppercase]
    return tuple(
        Formula(sums[place], str(cell)) if place in sheets.SUMMED else cell for place, cell in enumerate(cells)
    )


def _links(column: str, lines: Iterable[tuple[int, SummaryLine]]) -> Iterator[tuple[str, str]]:
    for number, line in lines:
        if line.sheet:
            title = line.sheet.replace("'", "''")
            yield f"{column}{number}", f"'{title}'!A1"


# ------------------------------------------------------------------ the lists


def _compare_list(
    sheet: ListSheet,
    rows: Iterator[NumberedRow],
    opening: tuple[Sequence[Pair], Sequence[HeadLine]],
    words: Catalogue,
) -> None:
    head = (words[Key.XL_NUMBER], *(words[column.title] for column in sheet.columns))
    _skip_head(sheet.title, rows, head, opening)
    _same(sheet.title, _lines(sheet, words), read_list((cells for _, cells in rows), words))


def _lines(sheet: ListSheet, words: Catalogue) -> Iterator[Line]:
    number = 0
    for block in sheet.blocks:
        yield from ((readable(heading),) for heading in block.headings)
        number = 0 if block.drawn else number
        for row in block.rows:
            number += 1
            yield (number, *(_plain(column.value(row, words)) for column in sheet.columns))
    if sheet.empty:
        yield (readable(sheet.nothing),)
    yield from ((readable(remark),) for remark in sheet.remarks)


def read_list(rows: Iterable[Line], words: Catalogue) -> Iterator[Line]:
    """The lines below the head of a list as they were before long texts went on in further rows."""
    continued = words[Key.XL_CONTINUED]
    held: list[Cell] = []
    for cells in rows:
        if cells[:1] == (continued,) and len(cells) == len(held):
            held[1:] = [one if more == "" else f"{one}{more}" for one, more in zip(held[1:], cells[1:], strict=True)]
            continue
        if held:
            yield tuple(held)
        # A bold line stands alone in its row; blank rows keep charts apart.
        held = list(cells) if isinstance(cells[0], int) else [cell for cell in cells if cell != ""]
    if held:
        yield tuple(held)
