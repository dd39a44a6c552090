"""The paper slip: two on a sheet of A4 with a line to cut along, to be filled in by hand. Never a name on it."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import segno
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports.cells import readable
from exports.faults import WorkbookFault
from exports.office import FONT, Look, steady, write

_A4 = (297, 210)
_MARGIN = 10
_SLIP = (_A4[0] - 2 * _MARGIN) / 2
_INSIDE = 8  # millimetres between the slip's edge and its words
_WIDTH = _SLIP - 2 * _INSIDE
_HEIGHT = _A4[1] - 2 * _MARGIN - 4  # what is left for the paragraph that Word wants behind a table
_QR = 28
_LINES = 11  # to write on; each is as high as handwriting needs
_LINE = 7.0
_LETTERS_IN_LINE = 62  # of the small heads, so that a long title takes lines to write on and not the sheet
_CONVERT_SECONDS = 120

_HEAD = Look(size=11, bold=True, align="centre")
_NAME = Look(size=16, bold=True, align="centre", before=4)
_TITLE = Look(size=11, align="centre")
_THEME = Look(size=11, italic=True, align="centre", after=4)
_ASK = Look(size=11.5, bold=True, align="left", before=4)
_SMALL = Look(size=10, italic=True, align="both", before=4)
_LAST = Look(size=10.5, bold=True, align="left", before=2)


@dataclass(frozen=True, slots=True)
class PaperSlip:
    """What is printed: who collects, the programme's title and theme, the last moment, the youth groups to tick, whom
    to ask, and the address that the QR code leads to ("" for no code). All of it may be empty but the groups.
    """

    groups: Sequence[str]
    organiser: str = ""
    title: str = ""
    theme: str = ""
    closes_at: datetime | None = None
    controller: str = ""
    contact: str = ""
    link: str = ""


def write_docx(target: Path, slip: PaperSlip, words: Catalogue, made_at: datetime) -> None:
    """The sheet as .docx; `made_at` is noted in the file's properties. Equal slips give equal bytes."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    _page(document.sections[0])
    own = document.core_properties
    own.author = own.last_modified_by = words[Key.XL_CREATOR]
    own.title, own.comments, own.language = readable(slip.title)[:255], "", "vi-VN"
    own.created = own.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    _sheet(document, slip, words)
    document.save(str(target))
    steady(target)


def write_pdf(target: Path, slip: PaperSlip, words: Catalogue, made_at: datetime) -> None:
    """The same as .pdf, made by LibreOffice. Raises WorkbookFault where that is not there or fails."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise WorkbookFault(Key.SLIP_NO_OFFICE, file=target.with_suffix(".docx").name)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "phieu.docx"
        write_docx(source, slip, words, made_at)
        # A profile of its own: LibreOffice may be open on this machine, and would take the order and do nothing.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        order = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        try:
            subprocess.run(order, check=True, capture_output=True, timeout=_CONVERT_SECONDS)  # noqa: S603 - our own file
            target.write_bytes(source.with_suffix(".pdf").read_bytes())
        except (subprocess.SubprocessError, FileNotFoundError) as fault:
            raise WorkbookFault(Key.SLIP_OFFICE_FAILED, file=target.with_suffix(".docx").name) from fault


# ------------------------------------------------------------------ the sheet


def _page(section: Any) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(_A4[0]), Mm(_A4[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    section.header_distance = section.footer_distance = Mm(4)


def _sheet(document: Any, slip: PaperSlip, words: Catalogue) -> None:
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    row = table.rows[0]
    row.height, row.height_rule = Mm(_HEIGHT), WD_ROW_HEIGHT_RULE.AT_LEAST
    for place, cell in enumerate(row.cells):
        cell.width = Mm(_SLIP)
        _edges(cell, cut=place == 0)
        _Slip(cell, slip, words).fill()
    _smallest(document.add_paragraph())


def _edges(cell: Any, *, cut: bool) -> None:
    """Room around the words, and the line to cut along."""
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - python-docx has no name for these
    if cut:
        borders = OxmlElement("w:tcBorders")
        borders.append(_edge("right", "dashed", "808080"))
        properties.append(borders)
    room = OxmlElement("w:tcMar")
    for side in ("start", "end"):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), str(round(_INSIDE * 1440 / 25.4)))
        one.set(qn("w:type"), "dxa")
        room.append(one)
    properties.append(room)


def _edge(side: str, kind: str, colour: str) -> Any:
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", "4"), ("space", "0"), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    return edge


def _smallest(paragraph: Any) -> None:
    paragraph.paragraph_format.line_spacing = Pt(1)


class _Slip:
    """One of the two slips under the pen."""

    def __init__(self, cell: Any, slip: PaperSlip, words: Catalogue) -> None:
        self._cell, self._slip, self._words = cell, slip, words
        self._used = False

    def fill(self) -> None:
        slip, words = self._slip, self._words
        heads = ((slip.organiser.upper(), _HEAD), (words[Key.SLIP_NAME], _NAME), (slip.title, _TITLE))
        theme = words.say(Key.SLIP_THEME, theme=slip.theme) if slip.theme else ""
        for text, look in (*heads, (theme, _THEME)):
            if text:
                self._say(text, look)
        self._say(words[Key.SLIP_TEXT], _ASK)
        # Each box stays with its words: no line ends within.
        groups = "   ".join(f"☐ {group}".replace(" ", "\u00a0") for group in slip.groups)
        for _ in range(self._lines_to_write_on(slip.organiser, slip.title, theme, groups)):
            self._line()
        self._say(words[Key.SLIP_UNIT], _ASK)
        self._line()
        self._say(words[Key.SLIP_GROUPS], _ASK)
        self._say(groups, Look(size=11, align="left"))
        self._say(words.say(Key.SLIP_CONSENT, controller=slip.controller or words[Key.SLIP_UNION]), _SMALL)
        self._foot()

    @staticmethod
    def _lines_to_write_on(*texts: str) -> int:
        """Fewer where the printed words take more than a line each."""
        over = sum(max(0, math.ceil(len(text) / _LETTERS_IN_LINE) - 1) for text in texts)
        return max(4, _LINES - math.ceil(over * 0.7))

    def _say(self, text: str, look: Look) -> None:
        write(self._next(), text, look)

    def _next(self) -> Any:
        """A cell begins with an empty paragraph."""
        if self._used:
            return self._cell.add_paragraph()
        self._used = True
        return self._cell.paragraphs[0]

    def _line(self) -> None:
        """A line to write on: the edge below an empty paragraph, and between two of them."""
        paragraph = self._next()
        paragraph.paragraph_format.line_spacing = Mm(_LINE)
        edges = OxmlElement("w:pBdr")
        for side in ("bottom", "between"):
            edges.append(_edge(side, "dotted", "666666"))
        paragraph._p.get_or_add_pPr().append(edges)  # noqa: SLF001 - python-docx has no name for it

    def _foot(self) -> None:
        """The last day and whom to ask; beside them, where there is one, the code that leads to the same on a phone."""
        slip, words = self._slip, self._words
        last = [words.say(Key.SLIP_CLOSES, closes=slip.closes_at)] if slip.closes_at else []
        last += [words.say(Key.SLIP_CONTACT, contact=slip.contact)] if slip.contact else []
        if not slip.link:
            for text in last:
                self._say(text, _LAST)
            return
        table = self._cell.add_table(rows=1, cols=2)
        table.autofit = False
        left, right = table.rows[0].cells
        for column, cell, width in zip(table.columns, (left, right), (_WIDTH - _QR - 4, _QR + 4), strict=True):
            column.width = cell.width = Mm(width)
        for number, text in enumerate([*last, words.say(Key.SLIP_SCAN, link=slip.link)]):
            write(left.paragraphs[0] if not number else left.add_paragraph(), text, _LAST)
        right.paragraphs[0].add_run().add_picture(_code(slip.link), width=Mm(_QR))
        _smallest(self._cell.add_paragraph())


def _code(link: str) -> io.BytesIO:
    """The QR code as a picture, with the white edge that readers need and strong enough for a crease in the paper."""
    picture = io.BytesIO()
    segno.make(link, error="q", micro=False).save(picture, kind="png", scale=10, border=4)
    picture.seek(0)
    return picture
