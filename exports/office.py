"""What every .docx of ours has in common: paper, letters, heads and signatures as Nghị định 30/2020/NĐ-CP or the Youth
Union lays them down, tables with repeated heads, page numbers, the mark of a draft.

Number, place, day and signature are blanks for a pen: nothing here invents them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from bot.domain.letterhead import Letterhead, Profile
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports.cells import readable

FONT = "Times New Roman"
BODY, SMALL = 14.0, 12.0
_A4 = (210, 297)
# Top, bottom, left, right in millimetres: the decree's, and the Youth Union's (Hướng dẫn 29-HD/TWĐTN-VP).
_MARGINS = {Profile.ND30: (20, 20, 30, 15), Profile.DOAN: (20, 20, 30, 20), Profile.NONE: (20, 20, 30, 15)}
# How much of the width the issuing body's column takes at the head.
_LEFT = {Profile.ND30: 0.42, Profile.DOAN: 0.46}
_RED, _GREY = RGBColor(0xC0, 0, 0), RGBColor(0x59, 0x59, 0x59)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks. Sizes and distances in points, `first` (the first line's indent) in millimetres."""

    size: float = BODY
    bold: bool = False
    italic: bool = False
    align: str = "both"
    before: float = 0
    after: float = 0
    first: float = 0
    underline: bool = False
    grey: bool = False
    keep: bool = False


TEXT = Look(first=12.7, before=3, after=3)
LAST = replace(TEXT, keep=True)
"""The last paragraph of a text: whoever signs never signs a page without a word of it."""
CENTRED = Look(align="centre")
TITLE = Look(bold=True, align="centre", before=12)
HEADING = Look(bold=True, before=9, after=3, keep=True, align="left")
CELL = Look(size=13, align="left", before=1, after=1)
CELL_NUMBER = Look(size=13, align="centre", before=1, after=1)
CELL_HEAD = Look(size=13, bold=True, align="centre", before=2, after=2)
CELL_BOLD = Look(size=13, bold=True, align="left", before=2, after=2, keep=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its width in millimetres."""

    title: str
    width: float
    centred: bool = False


class Paper:
    """A document under the pen. `draft` and `rehearsal` are marked at the head of every page."""

    def __init__(
        self, head: Letterhead, words: Catalogue, made_at: datetime, title: str, *, draft: bool, rehearsal: bool
    ) -> None:
        self.words, self._head = words, head
        self._document = docx.Document()
        self._body_style()
        marks = [words[Key.XL_REHEARSAL] if rehearsal else "", words[Key.PAPER_DRAFT] if draft else ""]
        self._mark = " – ".join(filter(None, marks))
        self._page(self._document.sections[0], landscape=False)
        own = self._document.core_properties
        own.author = own.last_modified_by = words[Key.XL_CREATOR]
        own.title, own.comments, own.language = readable(title)[:255], "", "vi-VN"
        own.created = own.modified = made_at.astimezone(UTC).replace(tzinfo=None)

    # ------------------------------------------------------------------ the whole

    def save(self, file: Path) -> None:
        """Write the document; equal contents give equal bytes."""
        self._document.save(str(file))
        steady(file)

    def _body_style(self) -> None:
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(BODY)
        fonts = style.element.rPr.rFonts
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
        style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)

    def _page(self, section: Any, *, landscape: bool) -> None:
        width, height = reversed(_A4) if landscape else _A4
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(width), Mm(height)
        margins = (Mm(one) for one in _MARGINS[self._head.profile])
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = margins
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
        self._page_head(section.first_page_header, number=False)
        self._page_head(section.header, number=True)

    def _page_head(self, header: Any, *, number: bool) -> None:
        """The page's number in the middle (none on a first page), the mark of a draft at the right."""
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.style = self._document.styles["Normal"]
        if number:
            _page_number(paragraph)
        if self._mark:
            mark = header.add_paragraph() if number else paragraph
            mark.style = self._document.styles["Normal"]
            mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = mark.add_run(self._mark)
            run.bold, run.font.size, run.font.color.rgb = True, Pt(13), _RED

    def annex(self) -> None:
        """A new landscape part whose pages are counted anew."""
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        self._page(section, landscape=True)
        counted = OxmlElement("w:pgNumType")
        counted.set(qn("w:start"), "1")
        section._sectPr.append(counted)  # noqa: SLF001 python-docx has no name for it

    @property
    def width(self) -> float:
        """The width of the text on the present pages, in millimetres."""
        section: Any = self._document.sections[-1]
        return float((section.page_width - section.left_margin - section.right_margin) / Mm(1))

    # ------------------------------------------------------------------ paragraphs

    def say(self, text: str, look: Look = TEXT) -> Any:
        """A paragraph; line ends of the text stay line ends."""
        return write(self._document.add_paragraph(), text, look)

    def item(self, label: str, text: str, look: Look = TEXT) -> None:
        """A paragraph that begins with a bold label."""
        # A line end within a justified paragraph would stretch the line before it.
        first, *others = readable(text).split("\n")
        paragraph = write(self._document.add_paragraph(), label, look)
        paragraph.runs[0].bold = True
        _run(paragraph, f" {first}", look)
        for line in others:
            self.say(line, look)

    def heading(self, text: str, level: int) -> None:
        """A heading that a reader's navigation shows."""
        paragraph = self._document.add_paragraph(style=f"Heading {level}")
        write(paragraph, text, HEADING)
        for run in paragraph.runs:
            run.font.name, run.font.color.rgb = FONT, RGBColor(0, 0, 0)
            _one_font(run)

    def rule(self, share: float = 0.33) -> None:
        """A short line under a title."""
        paragraph = self._document.add_paragraph()
        _line(paragraph, self.width, share)

    # ------------------------------------------------------------------ the head and the end of a document

    def letterhead(self, summary: str = "") -> None:
        """The two columns at the head, as the profile says; `summary` is a letter's "V/v", below its number."""
        if self._head.profile is Profile.NONE:
            return
        left, right = self._pair(_LEFT[self._head.profile])
        {Profile.DOAN: self._union, Profile.ND30: self._state}[self._head.profile](left, right)
        words = self.words
        write(left.add_paragraph(), words[Key.PAPER_NUMBER], Look(size=13, align="centre", before=4))
        if summary:
            write(left.add_paragraph(), summary, Look(size=SMALL, align="centre", before=3))
        write(right.add_paragraph(), words[Key.PAPER_PLACE], Look(size=13, italic=True, align="centre", before=4))

    def _names(self, left: Any) -> None:
        first = left.paragraphs[0]
        body = self._head.body or self.words[Key.PAPER_BODY_BLANK]
        if self._head.upper:
            write(first, self._head.upper, Look(size=13, align="centre"))
            first = left.add_paragraph()
        write(first, body, Look(size=13, bold=True, align="centre"))

    def _union(self, left: Any, right: Any) -> None:
        self._names(left)
        write(left.add_paragraph(), self.words[Key.PAPER_STARS], Look(size=13, bold=True, align="centre"))
        write(
            right.paragraphs[0], self.words[Key.PAPER_UNION], Look(size=15, bold=True, align="centre", underline=True)
        )

    def _state(self, left: Any, right: Any) -> None:
        self._names(left)
        _line(left.add_paragraph(), self.width * _LEFT[Profile.ND30], 0.4)
        write(right.paragraphs[0], self.words[Key.PAPER_NATION], Look(size=12, bold=True, align="centre"))
        write(right.add_paragraph(), self.words[Key.PAPER_MOTTO], Look(size=13, bold=True, align="centre"))
        _line(right.add_paragraph(), self.width * (1 - _LEFT[Profile.ND30]), 0.55)

    def signature(self, recipients: str) -> None:
        """Who gets the document, and the room for the one who signs it."""
        self.say("", Look(size=6, keep=True))
        left, right = self._pair(0.5)
        words = self.words
        write(left.paragraphs[0], words[Key.PAPER_RECIPIENTS], Look(size=12, bold=True, italic=True, align="left"))
        for line in recipients.splitlines():
            write(left.add_paragraph(), line, Look(size=11, align="left"))
        first = right.paragraphs[0]
        if self._head.authority:
            write(first, self._head.authority, Look(bold=True, align="centre"))
            first = right.add_paragraph()
        blank = words[Key.PAPER_POSITION if self._head.authority else Key.PAPER_AUTHORITY]
        write(first, blank, Look(size=13, italic=True, align="centre", grey=True))
        for _ in range(4):
            right.add_paragraph()
        write(right.add_paragraph(), words[Key.PAPER_SIGN], Look(size=13, italic=True, align="centre", grey=True))

    def _pair(self, share: float) -> tuple[Any, Any]:
        """Two cells side by side without lines, which are never torn apart."""
        table = self._document.add_table(rows=1, cols=2)
        widths = [self.width * share, self.width * (1 - share)]
        _widths(table, widths)
        _never_split(table.rows[0])
        left, right = table.rows[0].cells
        return left, right

    # ------------------------------------------------------------------ tables

    def table(self, columns: Sequence[Column]) -> Table:
        """A table with lines whose head is repeated on every page."""
        return Table(self._document.add_table(rows=1, cols=len(columns), style="Table Grid"), columns)


class Table:
    """A table under the pen. A row is a copy of a formatted one: python-docx's own way costs milliseconds a cell."""

    def __init__(self, table: Any, columns: Sequence[Column]) -> None:
        self._rows, self._columns = table._tbl, columns  # noqa: SLF001 its XML: copies are made of that
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _widths(table, [column.width for column in columns])
        head = table.rows[0]
        _never_split(head)
        blank = copy.deepcopy(head._tr)  # noqa: SLF001 a row that fits a page stands on one page
        for cell, column in zip(head.cells, columns, strict=True):
            write(cell.paragraphs[0], column.title, CELL_HEAD)
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
        looks = [CELL_NUMBER if column.centred else CELL for column in columns]
        bold = [CELL_HEAD if column.centred else CELL_BOLD for column in columns]
        self._blank, self._plain, self._bold = blank, _formatted(blank, looks), _formatted(blank, bold)

    def row(self, values: Iterable[str | int], *, bold: bool = False) -> None:
        """A row of values, one a column."""
        row = copy.deepcopy(self._bold if bold else self._plain)
        for cell, _, value in zip(row.tc_lst, self._columns, values, strict=True):
            cell.p_lst[0].r_lst[0].text = readable(str(value))
        self._rows.append(row)

    def across(self, text: str, look: Look = CELL_BOLD) -> None:
        """One text over all columns."""
        row = copy.deepcopy(self._blank)
        first, *others = row.tc_lst
        for cell in others:
            row.remove(cell)
        first.grid_span = len(self._columns)
        first.width = Mm(sum(column.width for column in self._columns))
        write(Paragraph(first.p_lst[0], first), text, look)
        self._rows.append(row)


def _formatted(blank: Any, looks: Sequence[Look]) -> Any:
    """A row whose cells each hold one run without text, in their looks."""
    row = copy.deepcopy(blank)
    for cell, look in zip(row.tc_lst, looks, strict=True):
        write(Paragraph(cell.p_lst[0], cell), "", look)
    return row


# ------------------------------------------------------------------ small things


def write(paragraph: Any, text: str, look: Look) -> Any:
    """Put a text into an empty paragraph."""
    form = paragraph.paragraph_format
    paragraph.alignment = _ALIGN[look.align]
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    if look.first:
        form.first_line_indent = Mm(look.first)
    if look.keep:
        form.keep_with_next = True
    _run(paragraph, text, look)
    return paragraph


def _run(paragraph: Any, text: str, look: Look) -> None:
    run = paragraph.add_run(readable(text))
    run.bold, run.italic = look.bold, look.italic
    run.font.size = Pt(look.size)
    if look.underline:
        run.underline = True
    if look.grey:
        run.font.color.rgb = _GREY


def _one_font(run: Any) -> None:
    fonts = run._element.rPr.rFonts  # noqa: SLF001
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)


def _widths(table: Any, widths: Sequence[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _never_split(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def _line(paragraph: Any, width: float, share: float) -> None:
    """A line over `share` of a width (millimetres), drawn as the paragraph's lower edge."""
    margin = Mm(width * (1 - share) / 2)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = margin
    form.line_spacing = Pt(3)
    edges, edge = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        edge.set(qn(f"w:{name}"), value)
    edges.append(edge)
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
        edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)  # noqa: SLF001


def steady(file: Path) -> None:
    """Write a ZIP anew without the machine's clock: a rehearsal must not betray it, and equal contents stay equal."""
    with ZipFile(file) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    with ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name, held in parts:
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, held)
