"""Text as a cell can hold it: nothing lost, nothing alive, nothing that makes the file unreadable.

Three things are changed, all visibly or harmlessly: line ends become LF, signs that XML cannot hold become U+FFFD, and
what Excel would take for an escape (`_x0041_`) is escaped itself. What is longer than a printed row or a cell may be is
cut into pieces whose concatenation is the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Excel holds 32,767 UTF-16 units a cell. A third of that leaves room for escapes, which make a text thrice as long at
# most (`_x0_x0_x0_`).
MAX_UNITS = 10_000
# Excel's tallest row is 409 points: 24 lines of Times New Roman 13.
MAX_LINES = 24
BODY_SIZE = 13.0
_LONGEST = MAX_UNITS // 2  # signs of a line: two units each at most
_NAME = 60  # signs of a text that may well come again
_SHORT = 20  # signs of a word whose width is worth remembering

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TO_CHANGE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# Four digits for Excel; LibreOffice takes fewer for a control character (`_x9_`).
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{1,4}_)")
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{1,4}_)")
_ALIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones count where Excel is East Asian
_WORDS = re.compile(r"\S+[^\S\n]*\n?|[^\S\n]+\n?|\n")


def readable(text: str) -> str:
    """The text as a reader of the workbook sees it: LF line ends, U+FFFD for what XML cannot hold."""
    if not _TO_CHANGE.search(text):  # nearly every text
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNREADABLE.sub("\ufffd", whole.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """Readable text as it is stored in the file, where Excel reads `_xHHHH_` as one character."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def unescaped(text: str) -> str:
    """The reverse of `escaped`."""
    return _ESCAPED.sub("_", text)


def needs_quote(text: str) -> bool:
    """Whether Excel would take the text for a formula as soon as somebody edits the cell."""
    return text.lstrip(" \u00a0\ufeff").startswith(_ALIVE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that fits into one cell of one printed row, and the lines it takes there."""

    text: str
    lines: int


def pieces(
    text: str, width: float, *, size: float = BODY_SIZE, bold: bool = False, first: int = MAX_LINES
) -> Sequence[Piece]:
    """The text cut into pieces of at most MAX_LINES lines and MAX_UNITS units, at least one; joined they are the text.

    `width` is the cell's inner width and `size` the height of the letters, both in points; `first` is the most lines of
    the first piece.
    """
    ems = width / (size * (1.07 if bold else 1.0))
    return _often(text, ems, first) if len(text) <= _NAME else _pieces(text, ems, first)


def _pieces(text: str, ems: float, first: int) -> Sequence[Piece]:
    found: list[Piece] = []
    start = end = count = 0
    for after in line_ends(text, ems):
        if count and (count == (MAX_LINES if found else first) or _units(text, start, after) > MAX_UNITS):
            found.append(Piece(text[start:end], count))
            start, count = end, 0
        end = after
        count += 1
    return (*found, Piece(text[start:], max(1, count)))


# The names of departments and units stand in every row.
_often = lru_cache(maxsize=1 << 11)(_pieces)


def line_ends(text: str, width: float) -> Iterator[int]:
    """Where the lines end into which a cell `width` ems wide would wrap the text; blanks and line ends belong to the
    line that they end.
    """
    start = here = 0
    used = 0.0
    for word in _WORDS.findall(text):
        measured = _short(word) if len(word) <= _SHORT else _measured(word)
        fits = measured[0] <= width and measured[2] <= _LONGEST
        for letters, whole, signs in (measured,) if fits else map(_measured, _parts(word, width)):
            if here > start and (used + letters > width or here + signs - start > _LONGEST):
                yield here
                start, used = here, 0.0
            here += signs
            used += whole
        if word[-1] == "\n":
            yield here
            start, used = here, 0.0
    if here > start or text.endswith("\n"):
        yield here


def _measured(word: str) -> tuple[float, float, int]:
    """How wide a word is, without the blanks at its end and with them, and how many signs it has."""
    return _wide(word.rstrip()), _wide(word), len(word)


# A language has few syllables: most words of a large workbook were measured before.
_short = lru_cache(maxsize=1 << 13)(_measured)


def _parts(word: str, width: float) -> Iterator[str]:
    """A word cut where it is wider than a whole line. A sign without width never begins a part."""
    part, used, previous = "", 0.0, ""
    for sign in word:
        wide = _WIDTHS[sign]
        joined = previous == "\u200d" and used <= width
        if part and (len(part) >= _LONGEST or (wide and used + wide > width and not joined)):
            yield part
            part, used = "", 0.0
        part, used, previous = part + sign, used + wide, sign
    yield part


def _wide(text: str) -> float:
    return sum(map(_WIDTHS.__getitem__, text))


def _units(text: str, start: int, end: int) -> int:
    """How many UTF-16 units a part of a text has, at least where it could be too many."""
    signs = end - start
    return signs if 2 * signs <= MAX_UNITS else len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2


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
            return self[base] + (0.055 if base in "ouOU" else 0.0)  # room for the horn of ơ and ư
        if unicodedata.east_asian_width(sign) in ("W", "F") or sign > "\uffff":
            return 1.4
        return 0.75 if sign.isupper() else 0.6


# The advance widths of the font itself (2048 units an em), which all its metric twins share.
_TABLE = {
    0.181: "'",
    0.201: "|",
    0.25: " \u00a0.,",
    0.278: "/:;\\ijlt",
    0.334: "!()-I[]`fr‘’",
    0.39: "Js",
    0.409: '"',
    0.444: "?acez“”",
    0.47: "^",
    0.48: "{}",
    0.5: "#$*0123456789_bdghknopquvxyđ–",
    0.542: "~",
    0.557: "FPS",
    0.564: "+<=>",
    0.611: "ELTZ",
    0.667: "BCR",
    0.723: "ADGHKNOQUVXYwĐ",
    0.778: "&m",
    0.834: "%",
    0.889: "M",
    0.921: "@",
    0.944: "W",
    1.0: "—…",
}
_WIDTHS = _Widths({sign: wide for wide, signs in _TABLE.items() for sign in signs} | {"\t": 2.0, "\n": 0.0})
