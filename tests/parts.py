"""Workbooks of ours changed part by part, as no program would: to see what the check of a written file finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from exports import readback


def part_of(file: Path, title: str) -> str:
    """The part in which a sheet stands."""
    with ZipFile(file) as parts:
        return dict(readback.sheets(parts))[title]


def changed(file: Path, part: str, change: Callable[[str], str]) -> None:
    """Change the XML of one part. Fails where nothing changes."""
    with ZipFile(file) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    before = contents[part].decode()
    after = change(before)
    assert after != before
    contents[part] = after.encode()
    with ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name, content in contents.items():
            new.writestr(name, content)


def put(file: Path, title: str, place: str, shown: str) -> None:
    """Give a cell other contents, `shown` being the XML from its kind on (` t="inlineStr"><is><t>…</t></is>`)."""
    cell = re.compile(rf'(<c r="{place}" s="\d+")(?:/>|.*?</c>)', re.DOTALL)
    changed(file, part_of(file, title), lambda xml: cell.sub(rf"\g<1>{shown}</c>", xml, count=1))


def text(words: str) -> str:
    """A text as a cell holds it."""
    return f' t="inlineStr"><is><t xml:space="preserve">{words}</t></is>'
