"""Long text in parts that a platform takes: nothing lost, no emoji, flag or accented letter torn.

Platforms count UTF-16 units: most emoji count two.
"""

from __future__ import annotations

import unicodedata

_PLACE = len("(99/99) ")
_JOINER = "\u200d"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units that joined give `text` again; cut after a line, a word, a whole sign.

    A single sign longer than a part (a letter under thousands of accents) is cut all the same.
    """
    parts = []
    start = 0
    while start < len(text):
        end = _cut(text, start, _reach(text, start, limit))
        parts.append(text[start:end])
        start = end
    return parts


def cut(text: str, limit: int) -> str:
    """The text where it fits, else its beginning with "…" at the end, at most `limit` UTF-16 units."""
    if utf16_length(text) <= limit:
        return text
    return split(text, limit - 1)[0].rstrip() + "…"


def numbered(text: str, limit: int) -> list[str]:
    """The parts of a text that show anything, each of several with its place before it: "(1/3) …"."""
    parts = [part for part in split(text, limit) if visible(part)]
    if len(parts) < 2:  # noqa: PLR2004 - one alone needs no number
        return parts
    parts = [part for part in split(text, limit - _PLACE) if visible(part)]
    return [f"({place}/{len(parts)}) {part}" for place, part in enumerate(parts, 1)]


def visible(text: str) -> bool:
    """Whether anything can be seen of a text; platforms refuse messages of blanks and invisible signs."""
    return any(unicodedata.category(sign)[0] not in "ZC" and sign not in "\u2800\u3164\u115f\u1160" for sign in text)


def _reach(text: str, start: int, limit: int) -> int:
    """The place after the last sign that still fits; at least one sign on."""
    units, end = 0, start
    while end < len(text):
        units += 2 if text[end] > "\uffff" else 1
        if units > limit:
            break
        end += 1
    return max(end, start + 1)


def _cut(text: str, start: int, reach: int) -> int:
    """The best place to cut in the second half of a part; where there is none, the last one between whole signs."""
    if reach == len(text):
        return reach
    middle = start + (reach - start) // 2
    for wanted in ("\n", " "):
        for place in range(reach, middle, -1):
            if text[place - 1] == wanted and _whole(text, place):
                return place
    return next((place for place in range(reach, start, -1) if _whole(text, place)), reach)


def _whole(text: str, place: int) -> bool:
    """Whether the signs before and after a place belong to different letters or pictures."""
    before, after = text[place - 1], text[place]
    if before == _JOINER or _clings(after):
        return False
    if before == "\r" and after == "\n":
        return False
    return not (ord(after) in _REGIONAL and _flags_before(text, place) % 2)


def _clings(sign: str) -> bool:
    code = ord(sign)
    return sign == _JOINER or unicodedata.category(sign) in ("Mn", "Me", "Mc") or code in _SKIN or code in _TAGS


def _flags_before(text: str, place: int) -> int:
    """How many halves of flags stand right before a place: an odd count means that it would tear one."""
    count = 0
    while count < place and ord(text[place - 1 - count]) in _REGIONAL:
        count += 1
    return count
