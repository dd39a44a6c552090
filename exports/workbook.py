"""The grouped workbook for Home Affairs: written, opened again, compared with its content, and only then there."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from bot.domain.workbook import Content
from bot.ports import SlipFile, Table
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import form, sheets, slips, styles, table
from exports.check import compare
from exports.faults import WorkbookFault
from exports.layout import HeadLine, Page
from exports.seal import seal
from exports.sheets import ListSheet, SummaryLine

Progress = Callable[[int], None]
_PROGRESS_EVERY = 100
# Why a file cannot be written; anything else is met with a sentence that names the usual reasons.
_WHY = {
    errno.ENOENT: Key.XL_NO_FOLDER,
    errno.ENOTDIR: Key.XL_NO_FOLDER,
    errno.EISDIR: Key.XL_IS_FOLDER,
    errno.EACCES: Key.XL_NO_RIGHT,
    errno.EPERM: Key.XL_NO_RIGHT,
    errno.EROFS: Key.XL_NO_RIGHT,
    errno.ENOSPC: Key.XL_FULL,
    errno.EDQUOT: Key.XL_FULL,
}


class ExcelWorkbooks:
    """Workbooks out and slips in, as `.xlsx` (and `.csv` in). Every sentence comes from the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._words = catalogue

    def write(self, content: Content, target: Path, progress: Progress | None = None) -> None:
        """Write the grouped workbook beside `target`, compare it with `content`, and put it in place.

        `progress` is told how many issues and waiting submissions are written. Raises WorkbookFault; then whatever
        stood at `target` is untouched and nothing else is left.
        """
        with _Replacing(target) as draft:
            book = GroupedBook(content, self._words, progress or _nobody)
            book.save(draft)
            compare(draft, content, self._words)

    def read_slips(self, file: Path) -> SlipFile:
        """The slips of an .xlsx or .csv file, found by header names. Raises WorkbookFault for a file as a whole."""
        return slips.read(file, self._words)

    def write_form(self, target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str]) -> None:
        """The empty slip form with the names of units and groups to pick from. Raises WorkbookFault."""
        with _Replacing(target) as draft:
            form.write(draft, title, units, youth_groups, self._words)

    def write_table(self, content: Table, target: Path) -> None:
        """A plain table, as the name of the target says. Raises WorkbookFault."""
        with _Replacing(target) as draft:
            table.write(draft, content, self._words, as_csv=target.suffix.lower() == table.CSV)


def _nobody(_rows: int) -> None:
    """Progress that nobody watches."""


class _Replacing:
    """A draft file next to the target that takes its place at the end, or disappears on any exception."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        try:
            number, name = tempfile.mkstemp(suffix=".xlsx", prefix=".doithoai-", dir=self._target.parent)
        except OSError as fault:
            raise self._refusal(fault) from fault
        os.close(number)
        self._draft = Path(name)
        return self._draft

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: object) -> None:
        try:
            if kind is None:
                self._sync()
                self._draft.replace(self._target)
        except OSError as own:
            raise self._refusal(own) from own
        finally:
            self._draft.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise self._refusal(fault) from fault

    def _sync(self) -> None:
        with self._draft.open("rb+") as file:
            os.fsync(file.fileno())

    def _refusal(self, fault: OSError) -> WorkbookFault:
        return WorkbookFault(_WHY.get(fault.errno or 0, Key.XL_CANNOT_WRITE), file=str(self._target))


class GroupedBook:
    """One workbook being written from its content."""

    def __init__(self, content: Content, words: Catalogue, progress: Progress) -> None:
        self._content, self._words, self._progress = content, words, progress
        self._sheets = sheets.list_sheets(content, words)
        self._rehearsal = words[Key.XL_REHEARSAL] if content.rehearsal else ""
        self._foot = words.say(Key.XL_FOOT, unit=content.unit, number=content.number)
        self._done = 0
        self._book = Workbook(write_only=True)
        styles.standard_font(self._book)
        self._properties()

    def save(self, file: Path) -> None:
        """Write every sheet and the file."""
        totals = self._summary()
        for sheet in self._sheets:
            self._list(sheet)
        self._progress(self._done)
        self._book.save(file)
        seal(file, totals, self._content.made_at)

    def _properties(self) -> None:
        properties = self._book.properties
        properties.creator = properties.lastModifiedBy = self._words[Key.XL_CREATOR]
        properties.title = self._words[Key.XL_TITLE]
        properties.created = self._content.made_at.astimezone(UTC).replace(tzinfo=None)

    def _block(self, *lines: HeadLine) -> list[HeadLine]:
        """The title block of a sheet: what the table is, whose, about what, which draft, then the sheet's own lines."""
        words, content = self._words, self._content
        block = [
            (self._rehearsal, styles.REHEARSAL),
            (words[Key.XL_TITLE], styles.TITLE),
            (content.title, styles.SUBTITLE),
            (words.say(Key.XL_THEME, theme=content.theme) if content.theme else "", styles.PLAIN_LINE),
            (words.say(Key.XL_STAMP, number=content.number, at=content.made_at), styles.STAMP),
            *lines,
        ]
        return [(text, look) for text, look in block if text]

    # ------------------------------------------------------------------ the summary

    def _summary(self) -> dict[str, int]:
        """Write the summary; returns the cells that hold formulas, with what each must come to."""
        words, columns = self._words, sheets.SUMMARY_COLUMNS
        page = self._page(words[Key.XL_SHEET_SUMMARY], [column.width for column in columns])
        page.open(self._block(), [words[column.title] for column in columns])
        looks = [styles.CENTRED if column.centred else styles.BODY for column in columns]
        first = page.last + 1
        lines = sheets.summary_lines(self._content, self._sheets, words)
        for line in lines:
            page.row(self._values(line), looks, link=line.sheet)
        totals = self._total(page, lines, first)
        self._waiting_line(page)
        table_end = page.last
        page.across(words[Key.XL_REMARK], styles.REMARK)
        self._machine(page)
        page.close(filtered=False, last=table_end)
        return totals

    def _values(self, line: SummaryLine) -> list[str | int]:
        return [column.value(line, self._words) for column in sheets.SUMMARY_COLUMNS]

    def _total(self, page: Page, lines: list[SummaryLine], first: int) -> dict[str, int]:
        columns, last = sheets.SUMMARY_COLUMNS, page.last
        letters = {index: get_column_letter(index + 1) for index in sheets.SUMMED}
        page.sums(
            ["", self._words[Key.XL_LINE_TOTAL], *[""] * (len(columns) - 2)],
            [styles.TOTAL_CENTRED if column.centred else styles.TOTAL for column in columns],
            {index: f"=SUM({letter}{first}:{letter}{last})" for index, letter in letters.items()},
        )
        rows = [self._values(line) for line in lines]
        return {f"{letter}{page.last}": sum(int(row[index]) for row in rows) for index, letter in letters.items()}

    def _waiting_line(self, page: Page) -> None:
        line = sheets.waiting_line(self._content, self._sheets, self._words)
        looks = [styles.ASIDE_CENTRED if column.centred else styles.ASIDE for column in sheets.SUMMARY_COLUMNS]
        page.row(self._values(line), looks, link=line.sheet)

    def _machine(self, page: Page) -> None:
        """How often the machine's proposals were right: a small table of its own below the summary."""
        lines = self._content.machine
        heading = sheets.machine_heading(lines, self._words)
        if not lines:
            page.across(heading, styles.REMARK)
            return
        page.heading(heading, styles.GROUP)
        columns = sheets.MACHINE_COLUMNS
        titles = [self._words[Key.XL_ORDER], *(self._words[column.title] for column in columns)]
        page.row(titles, [styles.HEADER] * len(titles))
        looks = [styles.CENTRED, *(styles.CENTRED if column.centred else styles.BODY for column in columns)]
        for number, line in enumerate(lines, 1):
            page.row([number, *(column.value(line, self._words) for column in columns)], looks)

    # ------------------------------------------------------------------ the lists

    def _list(self, sheet: ListSheet) -> None:
        words = self._words
        page = self._page(sheet.title, [sheets.NUMBER_WIDTH, *(column.width for column in sheet.columns)])
        block = self._block((sheet.heading, styles.SUBTITLE), (sheet.counts, styles.STAMP))
        page.open(block, [words[Key.XL_NUMBER], *(words[column.title] for column in sheet.columns)])
        number = 0
        for position, group in enumerate(sheet.groups, 1):
            if group.topic:
                page.heading(sheets.group_heading(position, group, words), styles.GROUP)
            for row in group.rows:
                number += 1
                self._row(page, sheet, number, [column.value(row, words) for column in sheet.columns])
        if not number:
            page.across(sheet.nothing, styles.ASIDE)
        page.close(filtered=bool(number))

    def _row(self, page: Page, sheet: ListSheet, number: int, values: list[str | int]) -> None:
        looks = [styles.CENTRED, *(styles.CENTRED if column.centred else styles.BODY for column in sheet.columns)]
        page.row([number, *values], looks, mark=self._words[Key.XL_CONTINUED])
        self._done += 1
        if self._done % _PROGRESS_EVERY == 0:
            self._progress(self._done)

    def _page(self, title: str, widths: Sequence[float]) -> Page:
        return Page(self._book, title, widths, foot=self._foot, rehearsal=self._rehearsal)
