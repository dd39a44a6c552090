"""Names by which people introduce themselves in what they write ("em tên là Lê Thị Lan"): told by how they begin."""

from __future__ import annotations

import re

_SELF = r"(?:em|cháu|con|mình|tôi|tớ)"
# A name by itself begins a line or a sentence: a road may bear one as well ("đường mang tên Nguyễn Trãi").
_INTRODUCES = re.compile(
    rf"(?:\b{_SELF}\s+(?:họ\s+(?:và\s+)?)?tên(?:\s+là)?|\btên\s+{_SELF}(?:\s+là)?|\b{_SELF}\s+là"
    r"|(?:^|(?<=[.!?,;(\n]))[^\S\n]*(?:họ\s+(?:và\s+)?)?tên(?:\s+là)?)\s*:?\s*(?<=[\s:])",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+[^\S\n]*")
_NAME_WORDS = range(2, 6)
_OFFICES = frozenset({"Bí", "Chi", "Chủ", "Phó", "Trưởng", "Uỷ", "Ủy"})
"""How offices begin that people write with capitals: “em là Phó Bí thư Đoàn xã”."""


def nameless(text: str, mark: str) -> str:
    """The text with `mark` in the place of the names by which people introduce themselves.

    It is a help, not a promise: who passes a text on reads it.
    """
    shown, end = [], 0
    for found in _INTRODUCES.finditer(text):
        stop = _name_end(text, found.end())
        if stop > found.end() >= end:
            shown += [text[end : found.end()], mark]
            end = stop
    return "".join((*shown, text[end:]))


def _name_end(text: str, start: int) -> int:
    """Where the name that begins here ends; `start` where there is none."""
    words, at, end = 0, start, start
    while (word := _WORD.match(text, at)) and word[0][0].isupper() and words < _NAME_WORDS.stop - 1:
        if not words and word[0].rstrip() in _OFFICES:
            return start
        words += 1
        at, end = word.end(), word.start() + len(word[0].rstrip())
    return end if words in _NAME_WORDS else start
