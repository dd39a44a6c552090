"""A sheet being written row by row: title block, head that repeats on every printed page, rows that fit when printed.

Each row is written as it comes, so nothing but the row at hand is in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.pagebreak import Break

from exports import styles
from exports.book import Book, Value
from exports.cells import BODY_SIZE, MAX_LINES, Piece, pieces, readable
from exports.charts import Bars
from exports.styles import Look

HeadLine = tuple[str, Look]
# What stands beside each other: on the left half of the page and on the right one.
Pair = tuple[HeadLine, HeadLine]
_FEWEST_IN_FIELD = 3  # lines of a row that is to be filled in
_FEWEST = 5  # lines of a text for whose sake it is cut at the end of a page
_ONE_LINE = Piece("", 1)
_FIGURE = (_ONE_LINE,)  # a figure takes one line, whatever it is


class Page:
    """A sheet under the pen. `last` is the number of the row written last, `height` that of all rows in points. A
    column of no width is hidden.
    """

    def __init__(
        self, book: Book, title: str, widths: Sequence[float], *, foot: str, rehearsal: str, draft: str = ""
    ) -> None:
        self._sheet, self._rows = book.sheet(title)
        self._widths = tuple(widths)
        self._right = get_column_letter(len(widths))
        self.last = 0
        self.height = 0.0
        self._filled = 0.0  # how much of the printed page is taken, in points
        self._repeated = 0.0
        self._pending: list[HeadLine] = []
        styles.set_page(self._sheet, foot=foot, rehearsal=rehearsal, draft=draft)
        for index, width in enumerate(widths, 1):
            column = self._sheet.column_dimensions[get_column_letter(index)]
            column.width, column.hidden = styles.column_width(width), not width

    def open(
        self,
        block: Sequence[HeadLine],
        titles: Sequence[str],
        head: Sequence[Pair] = (),
        looks: Sequence[Look] = (),
    ) -> None:
        """The letterhead in two halves, the title block over the whole width, then the head of the table, which stays
        in sight and on every page. `looks` are those of the titles, where they are not all alike.
        """
        whole = sum(self._widths)
        self._head = self.last + len(head) + sum(len(self._pieces(text, look, whole)) for text, look in block) + 1
        self._sheet.freeze_panes = f"A{self._head + 1}"  # must be known before the first row is written
        self._sheet.print_title_rows = f"{self._head}:{self._head}"
        for left, right in head:
            self.halves(left, right)
        for text, look in block:
            self.across(text, look)
        before = self._filled
        self.row(titles, looks or [styles.HEADER] * len(titles))
        self._repeated = self._filled - before

    def close(self, *, filtered: bool, last: int | None = None) -> None:
        """Set what depends on the last row; `last` is the last row of the table where remarks follow it."""
        self._sheet.print_area = f"A1:{self._right}{self.last}"
        if filtered and (last or self.last) > self._head:
            self._sheet.auto_filter.ref = f"A{self._head}:{self._right}{last or self.last}"

    def across(self, text: str, look: Look) -> None:
        """One merged cell over the whole width, in as many rows as the text needs."""
        self._spread([(text, look)], [len(self._widths)])

    def halves(self, left: HeadLine, right: HeadLine) -> None:
        """Two merged cells beside each other, each over about half of the width."""
        middle = min(
            range(1, len(self._widths)), key=lambda index: abs(sum(self._widths[:index]) - sum(self._widths[index:]))
        )
        self._spread([left, right], [middle, len(self._widths)])

    def _spread(self, parts: Sequence[HeadLine], ends: Sequence[int]) -> None:
        """Merged cells beside each other, each up to (not with) the column where it ends."""
        starts = [0, *ends[:-1]]
        looks = [look for (_, look), start, end in zip(parts, starts, ends, strict=True) for _ in range(start, end)]
        columns = [
            self._pieces(text, look, sum(self._widths[start:end]))
            for (text, look), start, end in zip(parts, starts, ends, strict=True)
        ]
        for row in zip_longest(*columns, fillvalue=Piece("", 1)):
            values: list[Value] = [""] * len(self._widths)
            for start, piece in zip(starts, row, strict=True):
                values[start] = piece.text
            self._append(values, looks, max(piece.lines for piece in row), max(look.size for look in looks))
            for start, end in zip(starts, ends, strict=True):
                if end - start > 1:
                    first, last = get_column_letter(start + 1), get_column_letter(end)
                    self._sheet.merged_cells.add(f"{first}{self.last}:{last}{self.last}")

    def heading(self, text: str, look: Look) -> None:
        """A merged line that is never the last on a printed page: it waits for the row that follows, and so do others
        that come before that row.
        """
        self._pending.append((text, look))

    def row(self, values: Sequence[Value], looks: Sequence[Look], *, mark: str = "", link: str = "") -> None:
        """A row of the table; a text too long for one printed row goes on in further rows, with `mark` in front.

        Where a text is cut anyway, and where the page would hold nothing but its head, this page is filled first.
        `link` is the title of the sheet to which the last cell leads.
        """
        columns = [self._pieces(*item) for item in zip(values, looks, self._widths, strict=True)]
        first = max(column[0].lines for column in columns)
        if (max(map(len, columns)) > 1 or self.last == self._head) and _FEWEST <= self._room < first:
            columns = [self._pieces(*item, self._room) for item in zip(values, looks, self._widths, strict=True)]
        for index in range(max(map(len, columns))):
            parts = [column[index] if index < len(column) else Piece("", 1) for column in columns]
            shown: list[Value] = [part.text for part in parts]
            if index:
                shown[0] = mark
            else:
                shown = [text if isinstance(value, str) else value for value, text in zip(values, shown, strict=True)]
            lines = max(2 if index else 1, *(part.lines for part in parts))
            self._place_headings(styles.row_height(lines))
            self._append(shown, looks, lines, link=link)

    def field_row(self, values: Sequence[Value], looks: Sequence[Look]) -> None:
        """A row that stays one row however long its texts are, because it will be sorted and filled in; it grows with
        what is typed into it.
        """
        columns = [self._pieces(*item) for item in zip(values, looks, self._widths, strict=True)]
        lines = min(MAX_LINES, max(sum(piece.lines for piece in column) for column in columns))
        whole = [readable(value) if isinstance(value, str) else value for value in values]
        self._append(whole, looks, max(_FEWEST_IN_FIELD, lines), grows=True)

    def hidden_row(self, values: Sequence[str]) -> None:
        """A row for machines."""
        self.last += 1
        self._rows.add(self.last, 0, [(value, styles.PLAIN_LINE) for value in values], hidden=True)

    @property
    def sheet(self) -> Any:
        """The sheet as openpyxl knows it, for what only one kind of sheet has."""
        return self._sheet

    def draw(self, bars: Bars, top: float) -> None:
        """A chart in the last column beside its rows, which stand there already and began at the height `top`; blank
        rows below keep what follows clear of it.
        """
        self._sheet.add_chart(bars.chart(self._sheet, self._widths[-1] - 2), f"{self._right}{bars.first}")
        bottom = top + styles.points(bars.height + 4)
        while self.height < bottom:
            self.across("", styles.PLAIN_LINE)

    def keep(self, points: float) -> None:
        """Begin a new printed page where so much would not fit on this one."""
        if self._filled + points > styles.PAGE_HEIGHT:
            self._break()

    def together(self, text: str, look: Look, pairs: Sequence[Pair]) -> None:
        """A text over the whole width, a blank line, and lines in two halves: all on one printed page, as nobody should
        sign a page on which nothing stands.
        """
        lines = sum(piece.lines for piece in self._pieces(text, look, sum(self._widths)))
        below = sum(styles.row_height(1, max(left[1].size, right[1].size)) for left, right in pairs)
        self.keep(styles.row_height(lines, look.size) + styles.row_height(1) + below)
        self.across(text, look)
        self.across("", styles.PLAIN_LINE)
        for left, right in pairs:
            self.halves(left, right)

    def _place_headings(self, following: float) -> None:
        if not self._pending:
            return
        headings, self._pending = self._pending, []
        if self._filled + styles.row_height(1) * len(headings) + following > styles.PAGE_HEIGHT:
            self._break()
        for text, look in headings:
            self.across(text, look)

    def _break(self) -> None:
        """The next row begins a new printed page."""
        self._sheet.row_breaks.append(Break(id=self.last))
        self._filled = self._repeated

    @property
    def _room(self) -> int:
        """How many lines of a row the rest of this page holds, below what is to stand above the row."""
        above = styles.row_height(1) * len(self._pending)
        return min(MAX_LINES, styles.lines_within(styles.PAGE_HEIGHT - self._filled - above))

    def _pieces(self, value: Value, look: Look, width: float, first: int = MAX_LINES) -> Sequence[Piece]:
        if not isinstance(value, str):
            return _FIGURE
        if not width:
            return [Piece(readable(value), 1)]
        return pieces(readable(value), styles.inner_width(width), size=look.size, bold=look.bold, first=first)

    def _append(
        self,
        values: Sequence[Value],
        looks: Sequence[Look],
        lines: int,
        size: float = BODY_SIZE,
        link: str = "",
        *,
        grows: bool = False,
    ) -> None:
        height = styles.row_height(lines, size) + max(look.room for look in looks)
        self.last += 1
        self.height += height
        self._filled += height
        if self._filled > styles.PAGE_HEIGHT:
            self._filled = self._repeated + height
        self._rows.add(self.last, height, zip(values, looks, strict=True), grows=grows)
        if link:
            self._rows.link(f"{self._right}{self.last}", f"{quote_sheetname(link)}!A1")
