"""TOML files of this folder and of the operator, read so that one slip does not hide the other faults of the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from bot.programmes.findings import Notes
from bot.texts.keys import Key

DIRECTORY = "directory.toml"
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_BARE_MOMENT = re.compile(r"(\s*[\w-]+\s*=\s*)(\d[\d/.-]*(?:[T ][\d:]+)?)\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class Source:
    """A file by the name that people see, and its bytes (None where it cannot be read)."""

    name: str
    content: bytes | None


def from_path(path: Path) -> Source:
    """A file of the operator."""
    try:
        return Source(path.name, path.read_bytes())
    except OSError:
        return Source(path.name, None)


def packaged() -> Iterator[Source]:
    """The plans that come with the program, by file name; the directory is not among them."""
    folder = resources.files("bot.programmes")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml") and file.name != DIRECTORY:
            yield Source(file.name, file.read_bytes())


def packaged_directory() -> Source:
    """The directory that comes with the program."""
    return Source(DIRECTORY, (resources.files("bot.programmes") / DIRECTORY).read_bytes())


def own(folder: Path | None) -> list[Source]:
    """The operator's plans, by file name; an empty list where there is no such folder."""
    if folder is None or not folder.is_dir():
        return []
    return [from_path(path) for path in sorted(folder.glob("*.toml")) if path.name != DIRECTORY]


def parse(source: Source, notes: Notes) -> dict[str, Any] | None:
    """The file's TOML, or None with a fault noted where it cannot be read at all."""
    if source.content is None:
        notes.fault("", Key.CHECK_NO_FILE)
        return None
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.fault("", Key.CHECK_NOT_UTF8)
        return None
    return _parse(text.replace("\r\n", "\n"), notes)


def _parse(text: str, notes: Notes) -> dict[str, Any] | None:
    """Parse; a day that TOML refuses (30/02, an hour without seconds) is put in quotes and judged later by its key."""
    lines = text.split("\n")
    while True:
        try:
            return tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as refused:
            found = _LINE.search(str(refused))
            line = int(found[1]) if found else len(lines)
            bare = _BARE_MOMENT.fullmatch(lines[line - 1])
            if bare is None:
                twice = "twice" in str(refused) or "overwrite" in str(refused)
                notes.fault(
                    "", Key.CHECK_TWICE if twice else Key.CHECK_NOT_TOML, line=line, text=lines[line - 1].strip()
                )
                return None
            lines[line - 1] = f'{bare[1]}"{bare[2].strip()}"'
