"""What is learnt from: hand-written texts (a file a topic, a JSON object a line) and phrases that hint at a topic.

Hints are the name of a topic and the parts of its scope, and its lexicon: what people call the things that it is about
(a file a topic, a phrase a line). They are learnt beside the texts and never used for judging.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from bot.domain import text as domain_text
from bot.domain.department import OUT_OF_SCOPE
from bot.programmes.load import load_directory

ROOM = Path(__file__).parent
CORPUS = ROOM / "corpus"
LEXICON = ROOM / "lexicon"
DEVELOPMENT = ROOM / "development.jsonl"
HELD_BACK = ROOM / "held-back.jsonl"

# Whatever a model depends on besides the texts. A changed file means another model, so nobody has to raise a number.
_CODE = ("corpus.py", "normalise.py", "teencode.toml", "ngrams.py", "weights.py", "train.py")


_FEWEST_TOPICS = 3  # two would be one decision and not one a topic
_PARTS = re.compile("[,;]")


class CorpusFault(Exception):
    """A corpus that cannot be read; names the file, the line and what is wrong."""


class Example(NamedTuple):
    """One training text and its topic; `also` are topics that a person would accept as well."""

    text: str
    topic: str
    register: str
    also: tuple[str, ...] = ()


class Hint(NamedTuple):
    """Words of the directory or of the lexicon that say what a topic is about."""

    text: str
    topic: str


class Row(NamedTuple):
    """One text to be judged by; `also` are topics that a person would accept as well."""

    text: str
    topic: str
    also: tuple[str, ...]
    register: str


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """All training texts in a fixed order. Raises CorpusFault."""
    examples = [
        Example(
            _string(line, "text", where), file.stem, _string(line, "register", where), _strings(line, "also", where)
        )
        for file in _files(folder)
        for where, line in lines_of(file)
    ]
    if len({example.topic for example in examples}) < _FEWEST_TOPICS:
        raise CorpusFault(f"{folder}: cần ít nhất {_FEWEST_TOPICS} lĩnh vực")
    return examples


def read_hints() -> list[Hint]:
    """The names of the topics, the parts of their scopes as the packaged directory words them, and the lexicon.

    Out of scope has no words of the directory: its scope speaks about such texts and not in their words.
    """
    named = [
        Hint(part.strip(), topic.code)
        for topic in load_directory().topics.values()
        if topic.code != OUT_OF_SCOPE
        for part in (topic.name, *_PARTS.split(topic.scope.rstrip(".")))
    ]
    phrases = [
        Hint(phrase.strip(), file.stem)
        for file in sorted(LEXICON.glob("*.txt"))
        for phrase in file.read_text("utf-8").splitlines()
        if phrase.strip()
    ]
    return named + phrases


def read_leads() -> dict[str, str | None]:
    """The department that leads each topic where no plan says otherwise, as the packaged directory ends."""
    return load_directory().at(date.max, None).leads


def read_development(file: Path = DEVELOPMENT) -> list[Row]:
    """The texts for measuring, never for training. Raises CorpusFault."""
    return [
        Row(
            _string(line, "text", where),
            _string(line, "topic", where),
            _strings(line, "also", where),
            _string(line, "register", where),
        )
        for where, line in lines_of(file)
    ]


def fingerprint(folder: Path = CORPUS) -> str:
    """Hexadecimal digits that change with whatever a model depends on.

    That is: the texts, the topics' names and scopes (departments may change freely), the code that reads and learns
    them, the version of scikit-learn.
    """
    digest = hashlib.sha256(metadata.version("scikit-learn").encode())
    digest.update(json.dumps(read_hints(), ensure_ascii=False).encode())
    for file in (*_files(folder), *(ROOM / name for name in _CODE), Path(domain_text.__file__)):
        content = file.read_bytes()
        digest.update(f"\n{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def lines_of(file: Path) -> list[tuple[str, dict[str, object]]]:
    """The JSON objects of a file and where each stands, in words. Raises CorpusFault or OSError."""
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as fault:
        raise CorpusFault(f"{file.name}: không phải UTF-8") from fault
    return [
        (where, _object(line, where))
        for where, line in ((f"{file.name}, dòng {number}", line) for number, line in enumerate(lines, 1))
        if line.strip()
    ]


def _object(line: str, where: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except ValueError as fault:
        raise CorpusFault(
            f"{where}: không phải JSON đúng cú pháp, xem lại ngoặc nhọn, ngoặc kép và dấu phẩy"
        ) from fault
    if not isinstance(value, dict):
        raise CorpusFault(f'{where}: không phải một đối tượng JSON, cần dạng {{"text": "…", "topic": "…"}}')
    return value


def _string(line: dict[str, object], key: str, where: str) -> str:
    value = line.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CorpusFault(f"{where}: thiếu “{key}”")
    return value


def _strings(line: dict[str, object], key: str, where: str) -> tuple[str, ...]:
    value = line.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise CorpusFault(f"{where}: “{key}” phải là một danh sách chuỗi")
    return tuple(value)
