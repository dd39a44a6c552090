"""The grouped workbook for Home Affairs: written, opened again, compared with its content, and only then there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from bot.domain.answer_file import AnswerForm, FilledFile
from bot.domain.workbook import Content
from bot.ports import SlipFile, Table
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import answer_form, answers, form, letterhead, sheets, slips, styles, table
from exports.book import Book, Sum, Value
from exports.charts import Bars
from exports.check import compare
from exports.confined import read_confined
from exports.layout import Page
from exports.replacing import Replacing
from exports.sheets import Block, ListSheet, SummaryLine

Progress = Callable[[int], None]
_PROGRESS_EVERY = 100
_MOST_PAIRS = 10  # of bars that can be told apart in one chart


class ExcelWorkbooks:
    """Workbooks out and slips in, as `.xlsx` (and `.csv` in). Every sentence comes from the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._words = catalogue

    def write(self, content: Content, target: Path, progress: Progress | None = None) -> None:
        """Write the grouped workbook beside `target`, compare it with `content`, and put it in place.

        `progress` is told how far the work is, counted in issues and waiting submissions: at the end all of them.
        Raises WorkbookFault; then whatever stood at `target` is untouched and nothing else is left. Call it from a
        thread, and where there is much to write in a process of its own.
        """
        with Replacing(target) as draft:
            _make(draft, content, self._words, progress or _nobody)

    def read_slips(self, file: Path) -> SlipFile:
        """The slips of an .xlsx or .csv file, found by header names. Raises WorkbookFault for a file as a whole.

        Waits for a child process: call it from a thread.
        """
        return read_confined(slips.read, file, self._words)

    def read_pasted(self, text: str) -> SlipFile:
        """The slips of a pasted text. Raises WorkbookFault for a text as a whole."""
        return slips.read_pasted(text, self._words)

    def write_form(self, target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str]) -> None:
        """The empty slip form with the names of units and groups to pick from. Raises WorkbookFault."""
        with Replacing(target) as draft:
            form.write(draft, title, units, youth_groups, self._words)

    def write_answer_form(self, content: AnswerForm, target: Path) -> None:
        """The file that a department fills in, read back before it is there. Raises WorkbookFault."""
        with Replacing(target) as draft:
            answer_form.write(draft, content, self._words)
            answers.compare(draft, content, self._words)

    def read_answers(self, file: Path) -> FilledFile:
        """What a department filled in. Raises WorkbookFault for a file as a whole.

        Waits for a child process: call it from a thread.
        """
        return read_confined(answers.read, file, self._words)

    def write_table(self, content: Table, target: Path) -> None:
        """A plain table, as the name of the target says. Raises WorkbookFault."""
        with Replacing(target) as draft:
            table.write(draft, content, self._words, as_csv=target.suffix.lower() == table.CSV)


def _nobody(_rows: int) -> None:
    """Progress that nobody watches."""


def _make(draft: Path, content: Content, words: Catalogue, progress: Progress) -> None:
    GroupedBook(content, words, progress).save(draft)
    compare(draft, content, words)


class GroupedBook:
    """One workbook being written from its content."""

    def __init__(self, content: Content, words: Catalogue, progress: Progress) -> None:
        self._content, self._words, self._progress = content, words, progress
        self._sheets = sheets.list_sheets(content, words)
        self._rehearsal = words[Key.XL_REHEARSAL] if content.rehearsal else ""
        self._draft = "" if content.final else words[Key.PAPER_DRAFT]
        foot = Key.XL_FOOT_FINAL if content.final else Key.XL_FOOT
        self._foot = words.say(foot, unit=content.unit, number=content.number)
        self._done, self._rows = 0, sum(sheet.rows for sheet in self._sheets)
        self._goal = content.issues + len(content.waiting)
        self._book = Book()
        self._properties()

    def save(self, file: Path) -> None:
        """Write every sheet and the file."""
        self._summary()
        for sheet in self._sheets:
            self._list(sheet)
        self._progress(self._goal)
        self._book.seal(file, self._content.made_at)

    def _properties(self) -> None:
        properties = self._book.properties
        properties.creator = properties.lastModifiedBy = self._words[Key.XL_CREATOR]
        properties.title = self._words[Key.XL_TITLE]
        properties.created = self._content.made_at.astimezone(UTC).replace(tzinfo=None)

    # ------------------------------------------------------------------ the summary

    def _summary(self) -> None:
        words, columns = self._words, sheets.SUMMARY_COLUMNS
        page = self._page(words[Key.XL_SHEET_SUMMARY], [column.width for column in columns])
        head, block = letterhead.opening(self._content, words)
        page.open(block, [words[column.title] for column in columns], head)
        looks = [styles.CENTRED if column.centred else styles.BODY for column in columns]
        looks[-1] = styles.LINK
        first = page.last + 1
        for line in sheets.summary_lines(self._content, words):
            page.row(self._values(line), looks, link=line.sheet)
        self._total(page, first)
        self._lines_below(page)
        table_end = page.last
        page.together(words[Key.XL_REMARK], styles.REMARK, letterhead.signatures(self._content.letterhead, words))
        page.close(filtered=False, last=table_end)

    def _values(self, line: SummaryLine) -> list[str | int]:
        return [column.value(line, self._words) for column in sheets.SUMMARY_COLUMNS]

    def _total(self, page: Page, first: int) -> None:
        columns, last = sheets.SUMMARY_COLUMNS, page.last
        values: list[Value] = [*self._values(sheets.total_line(self._content, self._words))]
        for index in sheets.SUMMED:
            letter = get_column_letter(index + 1)
            values[index] = Sum(f"{letter}{first}:{letter}{last}", int(str(values[index])))
        page.row(values, [styles.TOTAL_CENTRED if column.centred else styles.TOTAL for column in columns])

    def _lines_below(self, page: Page) -> None:
        looks = [styles.ASIDE_CENTRED if column.centred else styles.ASIDE for column in sheets.SUMMARY_COLUMNS]
        looks[-1] = styles.LINK
        for line in sheets.lines_below(self._content, self._words):
            page.row(self._values(line), looks, link=line.sheet)

    # ------------------------------------------------------------------ the lists

    def _list(self, sheet: ListSheet) -> None:
        words = self._words
        page = self._page(sheet.title, [sheets.NUMBER_WIDTH, *(column.width for column in sheet.columns)])
        head, title_block = letterhead.opening(self._content, words, sheet)
        page.open(title_block, [words[Key.XL_NUMBER], *(words[column.title] for column in sheet.columns)], head)
        number = 0
        for block in sheet.blocks:
            number = self._block_of(page, sheet, block, number)
        if sheet.empty:
            page.across(sheet.nothing, styles.ASIDE)
        table_end = page.last
        for remark in sheet.remarks:
            page.across(remark, styles.REMARK)
        page.close(filtered=bool(number) and not sheet.drawn, last=table_end)

    def _block_of(self, page: Page, sheet: ListSheet, block: Block[Any], number: int) -> int:
        """Bold lines, then the rows behind `number`; returns the number of the last one."""
        bars, above = self._bars(block), styles.row_height(1) * len(block.headings)
        if bars:
            number = 0
            page.keep(above + styles.points(bars.height))
        for heading in block.headings:
            if block.rows:
                page.heading(heading, styles.GROUP)
            else:
                page.across(heading, styles.GROUP)
        top = page.height + above
        for row in block.rows:
            number += 1
            self._row(page, sheet, number, [column.value(row, self._words) for column in sheet.columns])
        if bars:
            last = page.last
            page.draw(replace(bars, first=last - len(block.rows) + 1, last=last), top)
        return number

    def _bars(self, block: Block[Any]) -> Bars | None:
        """The chart beside a block; where its rows stand is known once they are written."""
        if not block.drawn:
            return None
        series = [(3, self._words[Key.XL_ISSUES]), (4, self._words[Key.XL_SUBMISSIONS])]
        both = block.rows[0].issues != "" and len(block.rows) <= _MOST_PAIRS
        return Bars(2, series if both else series[1:], 1, len(block.rows))

    def _row(self, page: Page, sheet: ListSheet, number: int, values: list[str | int]) -> None:
        looks = [styles.CENTRED, *(styles.CENTRED if column.centred else styles.BODY for column in sheet.columns)]
        if sheet.drawn:
            looks[-1] = styles.PLAIN_LINE
        page.row([number, *values], looks, mark=self._words[Key.XL_CONTINUED])
        self._done += 1
        if self._done % _PROGRESS_EVERY == 0:
            # An issue stands in several sheets; whoever waits for the file counts it once.
            self._progress(self._goal * self._done // self._rows)

    def _page(self, title: str, widths: Sequence[float]) -> Page:
        return Page(self._book, title, widths, foot=self._foot, rehearsal=self._rehearsal, draft=self._draft)
