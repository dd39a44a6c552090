"""Words that may read otherwise than they look: for a warning to whoever decides about them."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they change the order of reading
_LIKE_LATIN = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "MATHEMATICAL", "FULLWIDTH LATIN")


def disguised(text: str) -> bool:
    """Whether a text may read otherwise than it looks: signs that turn the order of reading, or a word in which Latin
    letters stand beside others that look like them.
    """
    return any(sign in _TURNING for sign in text) or any(map(_mixed, _WORD.findall(text)))


def _mixed(word: str) -> bool:
    if word.isascii():
        return False
    names = [unicodedata.name(sign, "") for sign in word]
    latin = any(name.startswith("LATIN") for name in names)
    return latin and any(name.startswith(_LIKE_LATIN) for name in names)
