"""The same question as others would have typed it: without accents, decomposed, in teencode, with typing errors.

Every copy is a function of the text and a number alone, so that two measurements can be compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random

from classifier.normalise import strip_accents, teencode

_WORD = re.compile(r"\w+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE = re.compile(f"[{_TONES}]")
# The end of an open syllable in oa, oe, uy: the only ones whose tone has two accepted places ("hòa", "hoà").
_TWO_PLACES = re.compile(
    "(?<!q)(?:[òóõỏọ][ae]|o[àáãảạèéẽẻẹ]|[ùúũủụ]y|u[ỳýỹỷỵ])(?!\\w)",
    re.IGNORECASE,
)
_SHORTENED = 0.7  # the share of words with a short form that somebody who writes teencode shortens
_MISTYPED = 0.1
_SHORTEST_MISTYPED = 3
_LONGEST_PHRASE = 6  # words in the longest full form of the table
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# Short forms that the table leaves alone because they have two meanings, and spellings by sound: a copy made with the
# table only would measure nothing but the table.
_UNLISTED = {
    "học sinh": "hs",
    "hồ sơ": "hs",
    "thanh niên": "tn",
    "tốt nghiệp": "tn",
    "bao nhiêu": "bn",
    "đăng ký": "đk",
    "điều kiện": "đk",
    "doanh nghiệp": "dn",
    "bệnh viện": "bv",
    "gia đình": "gđ",
    "trường": "trg",
    "triệu": "tr",
    "biết": "bt",
    "luôn": "lun",
    "những": "nhg",
    "thích": "thik",
    "tháng": "thág",
    "nhưng": "nhưg",
}
_BY_SOUND = (("ph", "f"), ("kh", "k"), ("qu", "w"), ("gi", "j"))
_SPELT_BY_SOUND = 0.1


def no_accents(text: str, _: int = 0) -> str:
    """As somebody types who uses no accents."""
    return strip_accents(text)


def decomposed(text: str, _: int = 0) -> str:
    """As some phones send it: every accent a sign of its own (NFD)."""
    return unicodedata.normalize("NFD", text)


def other_tones(text: str, _: int = 0) -> str:
    """With the tone of every syllable that has two accepted spellings in the other place ("hòa" and "hoà")."""
    return _TWO_PLACES.sub(_moved, unicodedata.normalize("NFC", text))


def _moved(found: re.Match[str]) -> str:
    signs = unicodedata.normalize("NFD", found.group())
    [tone] = _TONE.findall(signs)
    first, second = tuple(_TONE.sub("", signs))
    other = first + second + tone if signs[1] == tone else first + tone + second
    return unicodedata.normalize("NFC", other)


def in_teencode(text: str, number: int = 0) -> str:
    """With most words that have a short form shortened, and some spelt by sound."""
    chance = Random(f"teencode {number}")  # noqa: S311
    parts = _parts(unicodedata.normalize("NFC", text))
    written: list[str] = []
    place = 0
    while place < len(parts):
        length, short = _short_form(parts, place, chance)
        written.append(short if length else _by_sound(parts[place], chance))
        place += length or 1
    return "".join(written)


def _parts(text: str) -> list[str]:
    """Words and what stands between them; joined they are the text."""
    return [part for part in re.split(r"(\w+)", text) if part]


def _short_form(parts: list[str], place: int, chance: Random) -> tuple[int, str]:
    """How many parts the longest full form that begins here takes, and a short form of it; (0, "") for none."""
    for count in range(_LONGEST_PHRASE, 0, -1):
        taken = parts[place : place + 2 * count - 1]
        if any(between != " " for between in taken[1::2]):
            continue
        if forms := _short_forms().get("".join(taken).lower()):
            return (len(taken), chance.choice(forms)) if chance.random() < _SHORTENED else (0, "")
    return 0, ""


@cache
def _short_forms() -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for short, full in (*teencode().items(), *((short, full) for full, short in _UNLISTED.items())):
        forms.setdefault(full, []).append(short)
    return forms


def _by_sound(word: str, chance: Random) -> str:
    for usual, sound in _BY_SOUND:
        if word.startswith(usual) and chance.random() < _SPELT_BY_SOUND:
            return sound + word[len(usual) :]
    return word


def mistyped(text: str, number: int = 0) -> str:
    """With one word of ten mistyped: two signs exchanged, one left out, doubled or hit beside, or an accent lost."""
    chance = Random(f"typos {number}")  # noqa: S311

    def maybe(found: re.Match[str]) -> str:
        word = found.group()
        hit = chance.random() < _MISTYPED and len(word) >= _SHORTEST_MISTYPED and word.isalpha()
        return chance.choice(_SLIPS)(word, chance) if hit else word

    return _WORD.sub(maybe, unicodedata.normalize("NFC", text))


def _exchange(word: str, chance: Random) -> str:
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _leave_out(word: str, chance: Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :]


def _double(word: str, chance: Random) -> str:
    place = chance.randrange(len(word))
    return word[: place + 1] + word[place:]


def _hit_beside(word: str, chance: Random) -> str:
    place = chance.randrange(len(word))
    key = strip_accents(word[place]).lower()
    row = next((row for row in _KEYS if key in row), key)
    beside = row.index(key) + chance.choice((-1, 1))
    return word[:place] + row[max(0, min(beside, len(row) - 1))] + word[place + 1 :]


def _lose_accents(word: str, _: Random) -> str:
    return strip_accents(word)


_SLIPS = (_exchange, _leave_out, _double, _hit_beside, _lose_accents)


def everything(text: str, number: int = 0) -> str:
    """Teencode, typing errors, tones in the other place, no accents, decomposed."""
    for change in (in_teencode, mistyped, other_tones, no_accents, decomposed):
        text = change(text, number)
    return text


# What each copy is called in JSON, in the order of the table.
COPIES: dict[str, Callable[[str, int], str]] = {
    "no_accents": no_accents,
    "nfd": decomposed,
    "tones": other_tones,
    "teencode": in_teencode,
    "typos": mistyped,
    "everything": everything,
}
