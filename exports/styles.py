"""How the sheets look: Times New Roman, A4 landscape, the margins of Nghị định 30/2020/NĐ-CP, thin lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.cells import BODY_SIZE

FONT = "Times New Roman"
TEXT_FORMAT = "@"
# A4 landscape is 297 mm wide; 30 mm stay free on the left and 15 mm on the right.
TABLE_WIDTH = 252.0
# 210 mm high, less 20 mm above and below, in points.
PAGE_HEIGHT = 481.0
LINE_HEIGHT = 16.5
_AROUND = 3.0  # points above and below the lines of a row
_MARGINS = {"left": 30, "right": 15, "top": 20, "bottom": 20, "header": 10, "footer": 10}
_MM_IN_INCH = 25.4
_POINTS_IN_INCH = 72
# Column widths count digits of the standard font: in Times New Roman 12 (see `standard_font`) a digit is 8 pixels wide.
_STANDARD_SIZE = 12.0
_PIXELS_IN_DIGIT = 8
_PIXELS_IN_INCH = 96
_PADDING = 5.0
# Printers and programs set letters a little differently; the estimate errs towards a taller row.
_CAUTION = 0.97


@dataclass(frozen=True, slots=True, eq=False)  # looked up by the hundred thousand
class Look:
    """How a cell looks. `size` in points; `across` and `down` are Excel's words for the alignment. `room`: points by
    which its row is higher than the text needs. `open`: where its sheet is locked something may be typed here, which
    stays text, whatever it looks like.
    """

    size: float = BODY_SIZE
    bold: bool = False
    italic: bool = False
    underline: bool = False
    red: bool = False
    across: str = "left"
    down: str = "top"
    lines: bool = False
    fill: str = ""
    room: float = 0.0
    open: bool = False

    def dress(self, cell: Cell, *, quoted: bool = False) -> Cell:
        """The cell in this look; `quoted` sets Excel's own mark that the content is text, whatever it begins with."""
        styled: Any = cell
        colour = "FFC00000" if self.red else "FF000000"
        line: Literal["single"] | None = "single" if self.underline else None
        styled.font = Font(name=FONT, size=self.size, bold=self.bold, italic=self.italic, underline=line, color=colour)
        styled.alignment = Alignment(horizontal=self.across, vertical=self.down, wrap_text=True)
        if self.lines:
            side = Side(style="thin", color="FF000000")
            styled.border = Border(left=side, right=side, top=side, bottom=side)
        if self.fill:
            styled.fill = PatternFill("solid", fgColor=self.fill)
        if self.open:
            styled.protection, styled.number_format = Protection(locked=False), TEXT_FORMAT
        styled.quotePrefix = quoted
        return cell


TITLE = Look(size=14, bold=True, across="center", down="center", room=9)
SUBTITLE = Look(bold=True, across="center", down="center")
PLAIN_LINE = Look(across="center", down="center")
STAMP = Look(italic=True, across="center", down="center")
REHEARSAL = Look(size=14, bold=True, red=True, across="center", down="center")
HEADER = Look(bold=True, across="center", down="center", lines=True, fill="FFE7E6E6")
GROUP = Look(bold=True, down="center", lines=True, fill="FFF5F5F5")
BODY = Look(lines=True)
CENTRED = Look(across="center", lines=True)
TOTAL = Look(bold=True, lines=True)
TOTAL_CENTRED = Look(bold=True, across="center", lines=True)
ASIDE = Look(italic=True, lines=True)
ASIDE_CENTRED = Look(italic=True, across="center", lines=True)
LINK = Look(across="center", underline=True, lines=True)
REMARK = Look(size=12, italic=True)
FIELD = Look(lines=True, open=True)


def standard_font(book: Any) -> None:
    """Make Times New Roman 12 the book's standard font: every column width is measured in its digits."""
    font = Font(name=FONT, size=_STANDARD_SIZE)
    book._fonts[0] = font  # noqa: SLF001 - openpyxl has no public way to set a book's standard font
    book._named_styles["Normal"].font = font  # noqa: SLF001


def column_width(millimetres: float) -> float:
    """A width in Excel's unit, digits of the standard font."""
    return round(millimetres / _MM_IN_INCH * _PIXELS_IN_INCH / _PIXELS_IN_DIGIT, 2)


def inner_width(millimetres: float) -> float:
    """How wide text may run in a column, in points, on the cautious side."""
    return (millimetres / _MM_IN_INCH * _POINTS_IN_INCH - _PADDING) * _CAUTION


def points(millimetres: float) -> float:
    """A length on paper in points."""
    return millimetres / _MM_IN_INCH * _POINTS_IN_INCH


def row_height(lines: int, size: float = BODY_SIZE) -> float:
    """The height of a row in points."""
    return lines * LINE_HEIGHT * size / BODY_SIZE + _AROUND


def lines_within(points: float) -> int:
    """How many lines a row of that height holds, the reverse of `row_height`."""
    return max(0, int((points - _AROUND) // LINE_HEIGHT))


def set_page(sheet: Any, *, foot: str, rehearsal: str, draft: str = "") -> None:
    """Paper, margins, page numbers (top centre, none on the first page, counted from 1 in every sheet, which may be
    forwarded alone), foot, and the marks of a rehearsal and a draft.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_setup.firstPageNumber, sheet.page_setup.useFirstPageNumber = 1, True
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    for name, millimetres in _MARGINS.items():
        setattr(sheet.page_margins, name, millimetres / _MM_IN_INCH)
    sheet.HeaderFooter.differentFirst = True
    edges = sheet.HeaderFooter
    _part(edges.oddHeader.center, "&P", 13)
    for item in (edges.oddFooter, edges.firstFooter):
        _part(item.left, foot.replace("&", "&&"), 10)
        _part(item.right, "&A", 10)
    if draft:
        for part in (edges.oddHeader.left, edges.firstHeader.left):
            _part(part, draft, 13, weight="Bold")
    if rehearsal:
        for part in (edges.oddHeader.right, edges.firstHeader.right, edges.oddFooter.center, edges.firstFooter.center):
            _part(part, rehearsal, 13, weight="Bold", colour="C00000")


def _part(part: Any, text: str, size: int, *, weight: str = "Regular", colour: str | None = None) -> None:
    part.text, part.font, part.size, part.color = text, f"{FONT},{weight}", size, colour
