"""A workbook whose rows are written as they come, and the last touch on its file.

openpyxl lays out the book, its styles, links, charts and pages. The rows themselves, nearly all of a large file, would
take it five times as long: they go to a temporary file as the little XML that they are (ECMA-376 part 1, 18.3.1.4 and
18.3.1.73) and are put into their sheets when the book is saved. Strings stand in the cells (`inlineStr`), as openpyxl's
own write-only mode has them; a formula stands with its value, which a phone's preview shows without calculating.

The file bears no trace of the machine's clock, which a rehearsal must not betray: equal contents give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from weakref import finalize
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from exports import styles
from exports.cells import escaped, needs_quote
from exports.styles import Look

_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_NO_ROWS = re.compile(rb"(.*?)(<sheetViews>.*?)<sheetData(?: ?/>|></sheetData>)(.*)", re.DOTALL)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_IN_MEMORY = 1 << 20  # bytes of a sheet that need no file
_PACKED = 4  # half the time of what is usual, for a file that is a twentieth larger


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that adds up others, `cells` ("C9:C20"), and what this comes to."""

    cells: str
    value: int


Value = str | int | Sum


class Book(Workbook):
    """A workbook to be written once. Sheets that come from `sheet` have rows of ours, others are openpyxl's."""

    def __init__(self) -> None:
        super().__init__(write_only=True)
        styles.standard_font(self)
        self._rows: dict[Any, Rows] = {}
        self._ids: dict[tuple[Look, bool], int] = {}

    def sheet(self, title: str) -> tuple[Any, Rows]:
        """A new sheet (openpyxl's stubs do not know what a write-only one shares with a full one) and its rows."""
        made = self.create_sheet(title)
        self._rows[made] = Rows(self, made)
        return made, self._rows[made]

    def style(self, sheet: Any, look: Look, *, quoted: bool) -> int:
        """The number of a look in this book."""
        known = self._ids.get((look, quoted))
        if known is None:
            known = self._ids[look, quoted] = look.dress(WriteOnlyCell(sheet), quoted=quoted).style_id
        return known

    def seal(self, file: Path, made_at: datetime | None = None) -> None:
        """Write the file, `made_at` (aware; else the machine's) as the time of its making. Raises OSError."""
        draft = file.with_suffix(".draft")
        try:
            self.save(draft)
            rows = {sheet.path[1:]: rows for sheet, rows in self._rows.items()}
            with ZipFile(draft) as old, ZipFile(file, "w") as new:
                for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                    _copy(old, new, name, rows.get(name), made_at)
        finally:
            draft.unlink(missing_ok=True)


class Rows:
    """The rows of one sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book, self._sheet = book, sheet
        self._right, self._last = 1, 0
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the next line
        finalize(self, self._file.close)  # whether the book was saved or given up

    def add(
        self,
        number: int,
        height: float,
        cells: Iterable[tuple[Value, Look]],
        *,
        grows: bool = False,
        hidden: bool = False,
    ) -> None:
        """Row `number` (from 1, in order), `height` in points; texts are readable (see exports.cells). `grows`: with
        what is typed into it.
        """
        shown = [self._cell(f"{_letter(column)}{number}", *cell) for column, cell in enumerate(cells, 1)]
        self._right, self._last = max(self._right, len(shown)), number
        fixed = "" if grows else ' customHeight="1"'
        more = fixed + (' hidden="1"' if hidden else "")
        self._file.write(f'<row r="{number}" ht="{height:g}"{more}>{"".join(shown)}</row>'.encode())

    def link(self, cell: str, location: str) -> None:
        """Make a cell lead to a place of this book."""
        self._sheet._get_writer()  # noqa: SLF001 - a writer that is made later forgets what links there are
        self._sheet._hyperlinks.append(Hyperlink(ref=cell, location=location))  # noqa: SLF001 - as its own cells do

    def put_into(self, sheet: bytes, target: IO[bytes]) -> None:
        """Write the XML of the sheet, which has no rows yet, with these rows.

        Without a dimension openpyxl would read a sheet twice. Raises ValueError where the sheet has rows.
        """
        found = _NO_ROWS.fullmatch(sheet)
        if found is None:
            raise ValueError("a sheet without views or with rows of its own")
        top, above, below = found.groups()
        dimension = f'<dimension ref="A1:{_letter(self._right)}{max(self._last, 1)}"/>'
        target.write(top + dimension.encode() + above + b"<sheetData>")
        self._file.seek(0)
        copyfileobj(self._file, target, 1 << 16)
        target.write(b"</sheetData>" + below)

    def _cell(self, place: str, value: Value, look: Look) -> str:
        quoted = isinstance(value, str) and needs_quote(value)
        start = f'<c r="{place}" s="{self._book.style(self._sheet, look, quoted=quoted)}"'
        match value:
            case "":
                return f"{start}/>"
            case str():
                return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(escaped(value))}</t></is></c>'
            case Sum():
                return f"{start}><f>SUM({value.cells})</f><v>{value.value}</v></c>"
            case _:
                return f"{start}><v>{value}</v></c>"


_letter = cache(get_column_letter)


def _copy(old: ZipFile, new: ZipFile, name: str, rows: Rows | None, made_at: datetime | None) -> None:
    entry: Any = ZipInfo(name, _EPOCH)
    entry.compress_type, entry._compresslevel = ZIP_DEFLATED, _PACKED  # noqa: SLF001 - open() asks nothing else
    with old.open(name) as source, new.open(entry, "w", force_zip64=True) as target:
        if rows:
            rows.put_into(source.read(), target)
        elif made_at and name == _PROPERTIES:
            target.write(_MODIFIED.sub(rb"\g<1>" + _w3c(made_at), source.read()))
        else:
            copyfileobj(source, target, 1 << 16)


def _w3c(instant: datetime) -> bytes:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
