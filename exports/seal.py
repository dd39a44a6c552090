"""The last touch on a written workbook: sums that show before any program calculates, no trace of the machine's clock.

openpyxl writes a formula without its value, so that a phone's preview would show an empty total; and it stamps files
with the real time, which a rehearsal must not betray. Equal contents give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_SUMMARY = "xl/worksheets/sheet1.xml"
_PROPERTIES = "docProps/core.xml"
_FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)')
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def seal(file: Path, totals: Mapping[str, int], made_at: datetime) -> None:
    """Rewrite the file with the value of each formula (`totals`, by cell of the first sheet) and `made_at` as time."""
    draft = file.with_suffix(".sealed")
    try:
        with ZipFile(file) as old, ZipFile(draft, "w", ZIP_DEFLATED) as new:
            for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                _copy(old, new, name, totals, made_at)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _copy(old: ZipFile, new: ZipFile, name: str, totals: Mapping[str, int], made_at: datetime) -> None:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    with old.open(name) as source, new.open(entry, "w", force_zip64=False) as target:
        if name == _SUMMARY:
            target.write(_with_values(source.read(), totals))
        elif name == _PROPERTIES:
            target.write(_MODIFIED.sub(rb"\g<1>" + _w3c(made_at), source.read()))
        else:
            while block := source.read(1 << 16):
                target.write(block)


def _with_values(xml: bytes, totals: Mapping[str, int]) -> bytes:
    def value(found: re.Match[bytes]) -> bytes:
        return found[1] + b"<v>%d</v>" % totals[found[2].decode()]

    return _FORMULA.sub(value, xml)


def _w3c(instant: datetime) -> bytes:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
