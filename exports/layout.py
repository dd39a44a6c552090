"""A sheet being written row by row: title block, head that repeats on every printed page, rows that fit when printed.

openpyxl writes each row as it is appended, so nothing but the row at hand is in memory. Cells are made once for every
column and look and filled anew for every row, which is what makes ten thousand rows quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break

from exports import styles
from exports.cells import BODY_SIZE, Piece, escaped, needs_quote, pieces, readable
from exports.styles import Look

HeadLine = tuple[str, Look]
Value = str | int


class Page:
    """A sheet under the pen. `last` is the number of the row written last."""

    def __init__(self, book: Workbook, title: str, widths: Sequence[float], *, foot: str, rehearsal: str) -> None:
        # openpyxl's stubs do not know what a write-only sheet shares with a full one.
        self._sheet: Any = book.create_sheet(title)
        self._widths = tuple(widths)
        self._cells: dict[tuple[int, Look, bool], Cell] = {}
        self._right = get_column_letter(len(widths))
        self.last = 0
        self._filled = 0.0  # how much of the printed page is taken, in points
        self._repeated = 0.0
        self._pending: HeadLine | None = None
        styles.set_page(self._sheet, foot=foot, rehearsal=rehearsal)
        for index, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(index)].width = styles.column_width(width)

    def open(self, block: Sequence[HeadLine], titles: Sequence[str]) -> None:
        """The title block over the whole width, then the head of the table, which stays in sight and on every page."""
        self._head = len(block) + 1
        self._sheet.freeze_panes = f"A{self._head + 1}"  # must be known before the first row is written
        self._sheet.print_title_rows = f"{self._head}:{self._head}"
        for text, look in block:
            self.across(text, look)
        before = self._filled
        self.row(titles, [styles.HEADER] * len(titles))
        self._repeated = self._filled - before

    def close(self, *, filtered: bool, last: int | None = None) -> None:
        """Set what depends on the last row; `last` is the last row of the table where remarks follow it."""
        self._sheet.print_area = f"A1:{self._right}{self.last}"
        if filtered and (last or self.last) > self._head:
            self._sheet.auto_filter.ref = f"A{self._head}:{self._right}{last or self.last}"

    def across(self, text: str, look: Look) -> None:
        """One merged cell over the whole width, in as many rows as the text needs."""
        width = styles.inner_width(sum(self._widths))
        for piece in pieces(readable(text), width, size=look.size, bold=look.bold):
            blanks = [""] * (len(self._widths) - 1)
            self._append([piece.text, *blanks], [look] * len(self._widths), piece.lines, look.size)
            self._sheet.merged_cells.add(f"A{self.last}:{self._right}{self.last}")

    def heading(self, text: str, look: Look) -> None:
        """A merged line that is never the last on a printed page: it waits for the row that follows."""
        self._pending = (text, look)

    def row(self, values: Sequence[Value], looks: Sequence[Look], *, mark: str = "", link: str = "") -> None:
        """A row of the table; what is too long for one printed row goes on in further rows, with `mark` in front.

        `link` is the title of the sheet to which the last cell leads.
        """
        columns = [self._pieces(*item) for item in zip(values, looks, self._widths, strict=True)]
        for index in range(max(map(len, columns))):
            parts = [column[index] if index < len(column) else Piece("", 1) for column in columns]
            shown: list[Value] = [part.text for part in parts]
            if index:
                shown[0] = mark
            else:
                shown = [value if isinstance(value, int) else text for value, text in zip(values, shown, strict=True)]
            lines = max(2 if index else 1, *(part.lines for part in parts))
            self._place_heading(styles.row_height(lines))
            self._append(shown, looks, lines, link=link)

    def sums(self, values: Sequence[Value], looks: Sequence[Look], formulas: dict[int, str]) -> None:
        """A row in which some columns (counted from 0) are formulas."""
        row = self._cells_of(values, looks)
        for index, formula in formulas.items():
            row[index].value = formula
        self._write(row, styles.row_height(1))

    def _place_heading(self, following: float) -> None:
        if self._pending is None:
            return
        (text, look), self._pending = self._pending, None
        if self._filled + styles.row_height(1) + following > styles.PAGE_HEIGHT:
            self._sheet.row_breaks.append(Break(id=self.last))
            self._filled = self._repeated
        self.across(text, look)

    def _pieces(self, value: Value, look: Look, width: float) -> list[Piece]:
        if isinstance(value, int):
            return [Piece(str(value), 1)]
        return pieces(readable(value), styles.inner_width(width), size=look.size, bold=look.bold)

    def _append(
        self, values: Sequence[Value], looks: Sequence[Look], lines: int, size: float = BODY_SIZE, link: str = ""
    ) -> None:
        row = self._cells_of(values, looks)
        row[-1].hyperlink = Hyperlink(ref="", location=f"{quote_sheetname(link)}!A1") if link else None
        self._write(row, styles.row_height(lines, size))

    def _write(self, row: list[Cell], height: float) -> None:
        self.last += 1
        self._filled += height
        if self._filled > styles.PAGE_HEIGHT:
            self._filled = self._repeated + height
        self._sheet.row_dimensions[self.last].height = height
        self._sheet.append(row)
        del self._sheet.row_dimensions[self.last]

    def _cells_of(self, values: Sequence[Value], looks: Sequence[Look]) -> list[Cell]:
        return [self._cell(index, value, look) for index, (value, look) in enumerate(zip(values, looks, strict=True))]

    def _cell(self, column: int, value: Value, look: Look) -> Cell:
        quoted = isinstance(value, str) and needs_quote(value)
        cell = self._cells.get((column, look, quoted))
        if cell is None:
            cell = look.dress(WriteOnlyCell(self._sheet), quoted=quoted)
            self._cells[column, look, quoted] = cell
        if isinstance(value, int):
            cell.value = value
        else:
            cell.value = escaped(value)
            cell.data_type = "s"  # openpyxl has just taken "=…" for a formula and "#N/A" for an error
        return cell
