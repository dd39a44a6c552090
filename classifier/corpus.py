"""The hand-written texts: one file a topic, one JSON object a line with `text` and `register`."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from bot.domain import text as domain_text

ROOM = Path(__file__).parent
CORPUS = ROOM / "corpus"
DEVELOPMENT = ROOM / "development.jsonl"

# Whatever a model depends on besides the texts. A changed file means another model, so nobody has to raise a number.
_CODE = ("corpus.py", "normalise.py", "teencode.toml", "ngrams.py", "weights.py", "train.py")


class CorpusFault(Exception):
    """A corpus that cannot be read; names the file, the line and what is wrong."""


class Example(NamedTuple):
    """One training text and its topic."""

    text: str
    topic: str
    register: str


class Row(NamedTuple):
    """One text to be judged by; `also` are topics that a person would accept as well."""

    text: str
    topic: str
    also: tuple[str, ...]
    register: str


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """All training texts in a fixed order. Raises CorpusFault."""
    examples = [
        Example(_string(line, "text", where), file.stem, _string(line, "register", where))
        for file in _files(folder)
        for where, line in _lines(file)
    ]
    if len({example.topic for example in examples}) < 2:  # noqa: PLR2004
        raise CorpusFault(f"{folder}: cần ít nhất hai lĩnh vực")
    return examples


def read_development(file: Path = DEVELOPMENT) -> list[Row]:
    """The texts for measuring, never for training. Raises CorpusFault."""
    return [
        Row(
            _string(line, "text", where),
            _string(line, "topic", where),
            tuple(str(topic) for topic in line.get("also", ())),
            _string(line, "register", where),
        )
        for where, line in _lines(file)
    ]


def fingerprint(folder: Path = CORPUS) -> str:
    """Hexadecimal digits that change with the texts, the code that reads them, and the version of scikit-learn."""
    digest = hashlib.sha256(metadata.version("scikit-learn").encode())
    for file in (*_files(folder), *(ROOM / name for name in _CODE), Path(domain_text.__file__)):
        content = file.read_bytes()
        digest.update(f"\n{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def _lines(file: Path) -> list[tuple[str, dict[str, object]]]:
    lines = file.read_text("utf-8").split("\n")
    return [(f"{file.name}:{number}", _object(line, file, number)) for number, line in enumerate(lines, 1) if line]


def _object(line: str, file: Path, number: int) -> dict[str, object]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as fault:
        raise CorpusFault(f"{file.name}:{number}: không phải JSON ({fault.msg})") from fault
    if not isinstance(value, dict):
        raise CorpusFault(f"{file.name}:{number}: không phải một đối tượng JSON")
    return value


def _string(line: dict[str, object], key: str, where: str) -> str:
    value = line.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CorpusFault(f"{where}: thiếu “{key}”")
    return value
