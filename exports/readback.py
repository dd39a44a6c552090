"""A workbook of ours read back from its parts, by nothing that has written it: neither openpyxl nor exports.book.

It knows the little that we write (ECMA-376 part 1, 18.3.1): strings in their cells, whole numbers, formulas with their
values, cells without a gap. Everything else comes back as `Odd`, which is like nothing that a workbook should hold.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZipFile

_BOOK, _FOLDER = "xl/workbook.xml", "xl/"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SIGN = re.compile("_x([0-9A-Fa-f]{4})_")
_RANGE = re.compile(r"([A-Z])(\d+):([A-Z])(\d+)")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value that stands beside it, both as the file has them."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Odd:
    """What we never write."""

    what: str


Cell = str | int | Formula | Odd
NumberedRow = tuple[int, tuple[Cell, ...]]


def sheets(parts: ZipFile) -> list[tuple[str, str]]:
    """The titles of the sheets that a reader sees, in their order, and their parts. Our own files only: what a stranger
    sent goes through exports.guard.
    """
    relations = ET.fromstring(parts.read(_RELATIONS))  # noqa: S314 - written by us a moment ago
    targets = {one.get("Id"): one.get("Target", "").removeprefix("/") for one in relations}
    book = ET.fromstring(parts.read(_BOOK))  # noqa: S314
    return [
        (sheet.get("name", ""), _part(targets[sheet.get(_RELATION)]))
        for sheet in book.iter(f"{_MAIN}sheet")
        if sheet.get("state", "visible") == "visible"
    ]


def _part(target: str) -> str:
    return target if target.startswith(_FOLDER) else _FOLDER + target


class Sheet:
    """One sheet, read once from its top to its end: `rows`, then `links` and `covered`."""

    def __init__(self, parts: ZipFile, name: str) -> None:
        self._parts, self._name = parts, name
        self.links: dict[str, str] = {}
        self._merged: list[str] = []
        # Where something stands in the rows that have no number in front: only in these may cells be merged.
        self._unnumbered: dict[str, list[int]] = {}
        self._rows: list[NumberedRow] = []
        self._cells: list[Cell] = []
        self._row = self._place = self._kind = self._text = ""
        self._last = 0
        self._formula: str | None = None

    def rows(self) -> Generator[NumberedRow]:
        """Each row with its number. Close it where it is not read to its end."""
        parser: Any = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._said
        with self._parts.open(self._name) as source:
            while chunk := source.read(_CHUNK):
                parser.Parse(chunk)
                yield from self._rows
                self._rows.clear()
            parser.Parse(b"", True)

    @property
    def covered(self) -> list[str]:
        """The merged cells below which something is hidden, or may be."""
        return [cells for cells in self._merged if self._covers(cells)]

    def _covers(self, cells: str) -> bool:
        found = _RANGE.fullmatch(cells)
        if not found or found[2] != found[4] or found[2] not in self._unnumbered:
            return True
        first, last = ascii_uppercase.index(found[1]), ascii_uppercase.index(found[3])
        return any(first < place <= last for place in self._unnumbered[found[2]])

    # ------------------------------------------------------------------ what expat tells

    def _start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "c":
            self._place, self._kind, self._formula, self._text = said.get("r", ""), said.get("t", "n"), None, ""
        elif tag in _SAYING:
            self._text = ""
        elif tag == "row":
            self._row, self._cells = said.get("r", ""), []
        elif tag == "mergeCell":
            self._merged.append(said.get("ref", ""))
        elif tag == "hyperlink":
            self.links[said.get("ref", "")] = said.get("location", "")

    def _said(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        if tag == "c":
            self._cells.append(self._cell())
        elif tag == "f":
            self._formula = self._text
        elif tag == "row":
            self._close()

    def _cell(self) -> Cell:
        text, count = self._text, len(self._cells)
        if count >= len(ascii_uppercase) or self._place != ascii_uppercase[count] + self._row:
            return Odd(f"{self._place} in row {self._row}")
        if self._formula is not None:
            return Formula(self._formula, text)
        if self._kind == "inlineStr":
            return _SIGN.sub(lambda sign: chr(int(sign[1], 16)), text) if "_x" in text else text
        if self._kind != "n":
            return Odd(self._kind)
        if not text:
            return ""
        return int(text) if text.isdecimal() else Odd(text)

    def _close(self) -> None:
        self._last += 1
        cells = self._cells if self._row == str(self._last) else [*self._cells, Odd(f"row {self._row}")]
        if not cells or not isinstance(cells[0], int):
            self._unnumbered[self._row] = [place for place, cell in enumerate(cells) if cell != ""]
        self._rows.append((self._last, tuple(cells)))


_SAYING = frozenset({"t", "v", "f"})
