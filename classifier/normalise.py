"""From what a person typed to the two views that the machine reads: as written, and folded (without accents).

Whatever changes only the bytes and not the words (NFC or NFD, zero-width signs, capitals, where a tone sits in its
syllable, common abbreviations) ends in the same two views. Nothing made here is ever shown or stored.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from bot.domain.text import clean

TEENCODE_FILE = Path(__file__).with_name("teencode.toml")

_LONGEST = 8_000  # signs that are read: a text twice the longest message says its subject well before
_LONGEST_WORD = 40  # longer runs are keyboard mashing or addresses; cut, so that no memory grows with them
# Parts joined by "&" or "-" stay one word for the abbreviation table, so that "KH&CN" is not read as "không CN".
_WORD = re.compile(r"\w+(?:[&-]\w+)*")
_PART = re.compile(r"\w+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")  # "quááááá"

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE = re.compile(f"[{_TONES}]")
_MARKS = re.compile("[\u0300-\u036f]+")
_SYLLABLE = re.compile(
    "(qu|gi(?=[aăâeêioôơuưy])|[bcdđghklmnpqrstvx]{0,3})([aăâeêioôơuưy]{1,3})([cghmnpt]{0,2})",
)
_MODIFIED = "ăâêôơư"


class Views(NamedTuple):
    """The same words twice, parted by single blanks, without punctuation: with accents and without."""

    written: str
    folded: str


class Word(NamedTuple):
    """One typed word: where it stands in the text as typed (`text[start:end]`) and what the machine reads there.

    `read` is its part of the written view; an abbreviation reads as several words.
    """

    start: int
    end: int
    read: str


def views(text: str) -> Views:
    """Both views of a text. Any string will do; one without a single word gives two empty strings."""
    plain = unicodedata.normalize("NFKC", clean(text)).lower()[:_LONGEST]
    words = _WORD.findall(unicodedata.normalize("NFC", plain))
    written = " ".join(_read(word[:_LONGEST_WORD]) for word in words)
    return Views(written, strip_accents(written))


def words(text: str) -> list[Word]:
    """The words of a text in their order. What they read, joined by blanks, is the written view."""
    plain, places = _plain_with_places(text)
    return [
        Word(places[found.start()][0], places[found.end() - 1][1], _read(found.group()[:_LONGEST_WORD]))
        for found in _WORD.finditer(plain[:_LONGEST])
    ]


def _plain_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """What `views` looks for words in, and for each sign of it the part of the text that it came from."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end in _letters(text):
        sign = unicodedata.normalize("NFKC", clean(text[start:end])).lower() or " "
        if sign == " " and (not plain or plain[-1] == " "):
            continue
        plain.append(unicodedata.normalize("NFC", sign))
        places += [(start, end)] * len(plain[-1])
    return "".join(plain), places


def _letters(text: str) -> list[tuple[int, int]]:
    """Where each visible letter stands with all its marks, whatever invisible signs lie between them."""
    letters: list[tuple[int, int]] = []
    for place, sign in enumerate(text):
        if letters and unicodedata.combining(sign):
            letters[-1] = (letters[-1][0], place + 1)
        elif not _vanishes(sign):
            letters.append((place, place + 1))
    return letters


@lru_cache(maxsize=1_000)
def _vanishes(sign: str) -> bool:
    return clean(f"a{sign}a") == "aa"


def strip_accents(text: str) -> str:
    """The text without tones and letter marks; đ becomes d. Capitals stay."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).replace("đ", "d").replace("Đ", "D")


@cache
def teencode() -> dict[str, str]:
    """The abbreviation table: a word as typed, in lower case -> what it stands for."""
    sections = tomllib.loads(TEENCODE_FILE.read_text("utf-8"))
    return {short: full for table in sections.values() for short, full in table.items()}


@lru_cache(maxsize=20_000)
def _read(word: str) -> str:
    """One typed word as the words it stands for."""
    known = teencode()
    if word in known:
        return known[word]
    word = _DRAWN_OUT.sub(r"\1", word)  # only now: "cccd" is no drawn-out "cd"
    if len(word) > 1 and word in known:  # "kooo"; but "kkk" is laughter and not "k"
        return known[word]
    parts = _PART.findall(word)
    if len(parts) > 1:  # a joined word whose parts are no abbreviations of their own
        return " ".join(_spell(part) for part in parts)
    return _spell(word)


def _spell(word: str) -> str:
    """A Vietnamese syllable with its dropped n restored ("đăg" -> "đăng") and its tone where it belongs."""
    if word.isascii():
        return word
    if len(word) > 1 and word[-1] in "gh" and _is_vowel(word[-2]):
        word = f"{word[:-1]}n{word[-1]}"
    return _place_tone(word)


def _place_tone(word: str) -> str:
    """The tone moved to the place that the old rule gives it: "hoà" is "hòa", "trưòng" is "trường".

    Words that are no Vietnamese syllable with one tone stay as they are.
    """
    decomposed = unicodedata.normalize("NFD", word)
    tones = _TONE.findall(decomposed)
    if len(tones) != 1:
        return word
    toneless = unicodedata.normalize("NFC", _TONE.sub("", decomposed))
    if not (syllable := _SYLLABLE.fullmatch(toneless)):
        return word
    onset, vowels, coda = syllable.groups()
    if vowels.startswith("ưo") or (vowels == "uơ" and coda):  # half a ươ: "ngưòi", "thuờng"
        vowels = "ươ" + vowels[2:]
    place = _carrier(vowels, closed=bool(coda)) + 1
    return unicodedata.normalize("NFC", onset + vowels[:place] + tones[0] + vowels[place:] + coda)


def _carrier(vowels: str, *, closed: bool) -> int:
    """Which vowel of a group carries the tone: the last of ă â ê ô ơ ư, else the middle or the first, by the ending."""
    marked = [place for place, vowel in enumerate(vowels) if vowel in _MODIFIED]
    if marked:
        return marked[-1]
    return 1 if len(vowels) == 3 or (len(vowels) == 2 and closed) else 0  # noqa: PLR2004


def _is_vowel(sign: str) -> bool:
    return unicodedata.normalize("NFD", sign)[0] in "aeiouy"
