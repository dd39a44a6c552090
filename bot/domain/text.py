"""Vietnamese text as people really type it: composed or decomposed, with zero-width signs, with or without accents."""

from __future__ import annotations

import unicodedata

_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
    )
)


def storable(text: str) -> str:
    """The text as written, except what no database or workbook can hold: lone surrogates become U+FFFD, NUL goes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def clean(text: str) -> str:
    """For reading by a machine: NFC, no invisible signs, no control characters, single blanks, no blanks at the ends.

    Emoji sequences lose their joiners here, which is why this never replaces what a person wrote.
    """
    composed = unicodedata.normalize("NFC", storable(text)).translate(_INVISIBLE)
    spaced = "".join(" " if unicodedata.category(sign) in ("Cc", "Zs") else sign for sign in composed)
    return " ".join(spaced.split())


def fold(text: str) -> str:
    """Lower case without accents (đ becomes d): for comparing, searching and recognising typed commands."""
    decomposed = unicodedata.normalize("NFD", clean(text).casefold())
    plain = "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn").replace("đ", "d")
    return " ".join(plain.split())  # a mark that stood alone between blanks leaves them behind


def shorten(text: str, length: int) -> str:
    """The text on one line, cut at a word with "…" where it is longer than `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1].rsplit(" ", 1)[0] if " " in line[: length - 1] else line[: length - 1]
    return cut + "…"
