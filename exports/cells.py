"""Text as a cell can hold it: nothing lost, nothing alive, nothing that makes the file unreadable.

Three things are changed, all visibly or harmlessly: line ends become LF, signs that XML cannot hold become U+FFFD, and
what Excel would take for an escape (`_x0041_`) is escaped itself. What is longer than a printed row or a cell may be is
cut into pieces whose concatenation is the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Excel holds 32,767 UTF-16 units a cell. Half of that leaves room for escapes, which at most double a text.
MAX_UNITS = 16_000
# Excel's tallest row is 409 points: 24 lines of Times New Roman 13.
MAX_LINES = 24
BODY_SIZE = 13.0

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)")
_ALIVE = ("=", "+", "-", "@", "\t", "\r")
_WORDS = re.compile(r"\S+[^\S\n]*\n?|[^\S\n]+\n?|\n")


def readable(text: str) -> str:
    """The text as a reader of the workbook sees it: LF line ends, U+FFFD for what XML cannot hold."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNREADABLE.sub("\ufffd", whole.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """Readable text as it is stored in the file, where Excel reads `_xHHHH_` as one character."""
    return _ESCAPE.sub("_x005F_", text)


def unescaped(text: str) -> str:
    """The reverse of `escaped`."""
    return _ESCAPED.sub("_", text)


def needs_quote(text: str) -> bool:
    """Whether Excel would take the text for a formula as soon as somebody edits the cell."""
    return text.startswith(_ALIVE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that fits into one cell of one printed row, and the lines it takes there."""

    text: str
    lines: int


def pieces(text: str, width: float, *, size: float = BODY_SIZE, bold: bool = False) -> list[Piece]:
    """The text cut into pieces of at most MAX_LINES lines and MAX_UNITS units, at least one; joined they are the text.

    `width` is the cell's inner width and `size` the height of the letters, both in points.
    """
    found: list[Piece] = []
    held: list[str] = []
    units = 0
    for line in lines(text, width / (size * (1.08 if bold else 1.0))):
        own = _units(line)
        if held and (len(held) == MAX_LINES or units + own > MAX_UNITS):
            found.append(Piece("".join(held), len(held)))
            held, units = [], 0
        held.append(line)
        units += own
    return [*found, Piece("".join(held), max(1, len(held)))]


def lines(text: str, width: float) -> Iterator[str]:
    """The lines into which a cell `width` ems wide would wrap the text, blanks and line ends kept at their ends."""
    line, used = "", 0.0
    for word in _WORDS.findall(text):
        for part in _parts(word, width):
            wide = _wide(part.rstrip())
            if line and (used + wide > width or len(line) + len(part) > MAX_UNITS // 2):
                yield line
                line, used = "", 0.0
            line, used = line + part, used + wide + _wide(part) - _wide(part.rstrip())
            if part.endswith("\n"):
                yield line
                line, used = "", 0.0
    if line or text.endswith("\n"):
        yield line


def _parts(word: str, width: float) -> Iterator[str]:
    """A word as it is, or cut where it is wider than a whole line. A sign without width never begins a part."""
    if len(word) <= MAX_UNITS // 2 and _wide(word.rstrip()) <= width:
        yield word
        return
    part, used, previous = "", 0.0, ""
    for sign in word:
        wide = _WIDTHS[sign]
        joined = previous == "\u200d" and used <= width
        if part and (len(part) >= MAX_UNITS // 2 or (wide and used + wide > width and not joined)):
            yield part
            part, used = "", 0.0
        part, used, previous = part + sign, used + wide, sign
    yield part


def _wide(text: str) -> float:
    return sum(map(_WIDTHS.__getitem__, text))


def _units(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)


class _Widths(dict[str, float]):
    """How wide signs are in Times New Roman, in ems; what is not in the table is judged by its kind, once."""

    def __missing__(self, sign: str) -> float:
        self[sign] = wide = self._judge(sign)
        return wide

    def _judge(self, sign: str) -> float:
        if unicodedata.category(sign) in ("Mn", "Me", "Cf", "Cc"):
            return 0.0
        base = unicodedata.normalize("NFD", sign)[0]
        if base != sign:
            return self[base] + (0.06 if base in "ouOU" else 0.0)  # room for the horn of ơ and ư
        if unicodedata.east_asian_width(sign) in ("W", "F") or sign > "\uffff":
            return 1.4
        return 0.75 if sign.isupper() else 0.6


_TABLE = {
    0.25: " \u00a0.,",
    0.28: "ijlt/:;\\",
    0.34: "frI'!()-[]`|",
    0.4: "sJ",
    0.45: 'aceyz?“”"',
    0.5: "bdđghknopquvx0123456789–_$#*^{}‘’",
    0.57: "PFSß+<>=~",
    0.63: "ELTZ",
    0.68: "BCR",
    0.73: "ADGHKNOQUVXYĐw",
    0.79: "m&",
    0.9: "M",
    0.95: "W@%",
    1.0: "—…",
}
_WIDTHS = _Widths({sign: wide for wide, signs in _TABLE.items() for sign in signs} | {"\t": 2.0, "\n": 0.0})
