"""Whether a file that somebody hands over may be opened at all, decided before any library unfolds it.

Sizes are counted while unpacking, because the sizes written in a zip file are whatever its maker wrote there. A file of
a few kilobytes can ask for gigabytes; an XML part can call for entities or other files; a workbook can carry macros.

`kind_of` first, then `check` for a workbook, then whatever reads it, all of that through `read_confined` of
`exports.confined`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.utils.exceptions import CellCoordinatesException

from bot.texts.keys import Key
from exports.faults import WorkbookFault

MEGABYTE = 1 << 20
MAX_FILE = 10 * MEGABYTE
MAX_UNPACKED = 50 * MEGABYTE
MAX_PARTS = 200
MAX_ELEMENTS = 3_000_000
MAX_STRINGS = 1_000_000
MAX_CELLS_IN_ROW = 16_384  # as many as Excel itself allows
_WITH_MACROS = frozenset({".xlsm", ".xltm", ".xlam", ".docm"})
_MACRO_PARTS = ("vbaproject", "macrosheets/")
_MACRO_TYPES = ("vbaproject", "macroenabled", "macrosheet")  # a part's type tells, whatever the part is called
_LONGEST_COLUMN = 3  # XFD
_BLOCK = 1 << 16
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"

Kind = Literal["xlsx", "csv"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a workbook holds: (row, column) of formulas without a result, and the last row and the last column
    (its letters, "" for none) with anything.
    """

    uncalculated: frozenset[tuple[int, int]] = frozenset()
    last_row: int = 0
    last_column: str = ""


def is_further(letters: str, other: str) -> bool:
    """Whether a column stands further right than another one, both by their letters."""
    return (len(letters), letters) > (len(other), other)


Checked = dict[str, Part]
"""Every part by its name."""


def kind_of(file: Path) -> Kind:
    """What the file is, by its first bytes and its name. Raises WorkbookFault for what is not accepted."""
    name = file.name
    if not file.is_file():
        raise WorkbookFault(Key.XL_NO_FILE, file=name)
    if file.stat().st_size > MAX_FILE:
        raise WorkbookFault(Key.XL_TOO_BIG, file=name, limit=MAX_FILE // MEGABYTE)
    head = _first_bytes(file)
    if head.startswith(_OLE):
        locked = _ENCRYPTED_PACKAGE in file.read_bytes()
        raise WorkbookFault(Key.XL_PASSWORD if locked else Key.XL_OLD_XLS, file=name)
    if file.suffix.lower() in _WITH_MACROS:
        raise WorkbookFault(Key.XL_MACROS, file=name)
    if head.startswith(_ZIP):
        return "xlsx"
    match file.suffix.lower():
        case ".csv":
            return "csv"
        case ".xlsx":
            raise WorkbookFault(Key.XL_BROKEN, file=name)
        case ".xls":
            raise WorkbookFault(Key.XL_OLD_XLS, file=name)
        case _:
            raise WorkbookFault(Key.XL_WRONG_TYPE, file=name)


def _first_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(len(_OLE))
    except OSError as fault:
        raise WorkbookFault(Key.XL_CANNOT_READ, file=file.name) from fault


def check(file: Path) -> Checked:
    """Unpack every part once, counting; nothing is held in memory but one block. Returns what each part holds.

    Raises WorkbookFault for bombs, macros, entities, strange paths, passwords and broken files.
    """
    try:
        with ZipFile(file) as parts:
            _check_names(parts, file.name)
            return _Unpacking(file.name).all(parts)
    except _Macros as fault:
        raise WorkbookFault(Key.XL_MACROS, file=file.name) from fault
    except (DefusedXmlException, _Unsafe) as fault:
        raise WorkbookFault(Key.XL_UNSAFE, file=file.name) from fault
    except (SAXException, BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as fault:
        raise WorkbookFault(Key.XL_BROKEN, file=file.name) from fault
    except RuntimeError as fault:  # the zip module's way of asking for a password
        raise WorkbookFault(Key.XL_PASSWORD, file=file.name) from fault


class _Unsafe(Exception):
    """A path that leads out of the file, or something else that no honest program writes."""


class _Macros(Exception):
    """A part that a program would run."""


def _check_names(parts: ZipFile, file: str) -> None:
    names = parts.namelist()
    if len(names) > MAX_PARTS:
        raise WorkbookFault(Key.XL_TOO_MANY_PARTS, file=file, limit=MAX_PARTS)
    if any(macros in name.lower() for name in names for macros in _MACRO_PARTS):
        raise _Macros
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise _Unsafe
    if not any(name.startswith("xl/") for name in names) or "xl/workbook.bin" in names:
        raise WorkbookFault(Key.XL_WRONG_TYPE, file=file)


class _Unpacking:
    """One walk through all parts; the sum of the bytes goes over all of them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._bytes = 0

    def all(self, parts: ZipFile) -> Checked:
        found: Checked = {}
        for name in parts.namelist():
            with parts.open(name) as part:
                found[name] = self._one(part)
        return found

    def _one(self, part: IO[bytes]) -> Part:
        blocks = self._blocks(part)
        first = next(blocks, b"")
        if not first.lstrip(_BEFORE_XML).startswith(b"<"):
            for _ in blocks:
                pass  # counting is all that a picture needs
            return Part()
        counter = _Counter(self._file)
        parser = create_parser(forbid_dtd=True)
        parser.setContentHandler(counter)
        parser.feed(first)
        for block in blocks:
            parser.feed(block)
        parser.close()
        return Part(frozenset(counter.uncalculated), counter.last_row, counter.last_column)

    def _blocks(self, part: IO[bytes]) -> Iterator[bytes]:
        while block := part.read(_BLOCK):
            self._bytes += len(block)
            if self._bytes > MAX_UNPACKED:
                raise _too_big_inside(self._file)
            yield block


def _too_big_inside(file: str) -> WorkbookFault:
    return WorkbookFault(Key.XL_TOO_BIG_INSIDE, file=file, limit=MAX_UNPACKED // MEGABYTE)


@dataclass
class _Counter(ContentHandler):
    """Counts what would cost memory, and remembers formulas that were saved without a result, the last full row and the
    last full column.
    """

    file: str
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: str = ""
    _row: int = 0
    _elements: int = 0
    _strings: int = 0
    _cells: int = 0
    _cell: str = ""
    _at: str = ""
    _awaits: bool = False
    _in_value: bool = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name for it
        self._elements += 1
        match name.rpartition(":")[2]:
            case "row":
                self._cells = 0
                self._row = int(attrs.get("r") or self._row + 1)
            case "c":
                self._cells += 1
                self._at = attrs.get("r", "")
                self._cell = "" if attrs.get("t") == "str" else self._at
                self._awaits = False
            case "f":
                self._awaits = bool(self._cell)
                self._holds_something()
            case "v" | "is":
                self._in_value = True
            case "Override" | "Default":
                self._look_at_type(attrs.get("ContentType", ""))
            case "si":
                self._strings += 1
        if self._elements > MAX_ELEMENTS or self._strings > MAX_STRINGS or self._cells > MAX_CELLS_IN_ROW:
            raise _too_big_inside(self.file)

    def characters(self, content: str) -> None:
        if self._in_value and content:
            self._awaits = False
            self._holds_something()

    def endElement(self, name: str) -> None:  # noqa: N802
        match name.rpartition(":")[2]:
            case "v" | "is":
                self._in_value = False
            case "c" if self._awaits:
                self._remember()

    def _holds_something(self) -> None:
        self.last_row = max(self.last_row, self._row)
        letters = self._at.rstrip("0123456789") if self._at else get_column_letter(max(self._cells, 1))
        if is_further(letters, self.last_column) and len(letters) <= _LONGEST_COLUMN:
            self.last_column = letters

    @staticmethod
    def _look_at_type(written: str) -> None:
        if any(macros in written.lower() for macros in _MACRO_TYPES):
            raise _Macros

    def _remember(self) -> None:
        try:
            self.uncalculated.add(coordinate_to_tuple(self._cell))
        except CellCoordinatesException as fault:
            raise _Unsafe from fault
