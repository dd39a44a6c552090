"""Workbooks in the strict form of the standard (“Strict Open XML”), which Excel can save and openpyxl cannot read.

The two forms differ in the names of their namespaces (ECMA-376 part 1 against part 4); what is in a cell is the same.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACE = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_BOOK = "xl/workbook.xml"
_WITH_NAMES = (".xml", ".rels")


def opened(file: Path) -> IO[bytes]:
    """A checked workbook (see exports.guard) as openpyxl can read it; to be closed."""
    with ZipFile(file) as parts:
        if _BOOK not in parts.namelist() or _STRICT not in parts.read(_BOOK):
            return file.open("rb")
        renamed = io.BytesIO()
        with ZipFile(renamed, "w", ZIP_DEFLATED) as new:
            for name in parts.namelist():
                content = parts.read(name)
                named = name.endswith(_WITH_NAMES)
                new.writestr(name, _NAMESPACE.sub(_transitional, content) if named else content)
    renamed.seek(0)
    return renamed


def _transitional(found: re.Match[bytes]) -> bytes:
    return b"http://schemas.openxmlformats.org/" + found[1] + b"/2006/" + found[2]
