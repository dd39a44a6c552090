"""Texts as nobody should write them, always the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable

_SIGNS = "aạăâbcdđeêghiklmnoôơpqrstuưvxyAẠĐ0123456789 .,;:!?()'\"/\\"
_CONTROLS = [chr(code) for code in range(0x20)] + ["\x7f", "\x85", "\u200b", "\u200e", "\u2028", "\ufeff"]
_TROUBLES = ["\ud800", "\udfff", "\udc00\ud800", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff"]
_RIGHT_TO_LEFT = "אבגדהוז שלום مرحبا بالعالم \u202e\u202d\u2067\u2069"
_ESCAPES = ["_x000D_", "_x0041_", "_x005F_", "_x005F_x0041_", "_xD83D__xDE00_", "_X0041_", "_x41_", "__x0009_", "_x"]
_HTML = ["<script>alert(1)</script>", "<b>&amp;</b>", "]]>", "<!--", "&#x41;", "&lt;", "<?xml?>", "<t>", "'><x y='"]
_FORMULAS = [
    "=1+1", '=HYPERLINK("http://x.vn";"bấm")', "=cmd|' /C calc'!A0", "+84912345678", "-5", "-1+1|cmd", "@SUM(A1:A9)",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "'=1+1", "＝1+1", "#N/A", "#REF!", "TRUE", "FALSE", "1/2/2024", "1E5", "00123",
    "50%", "DT-1-aaaaaaaaaaaaaaaa-0-aaaaaaaaaaaaaaaa",
]  # fmt: skip


def texts(count: int, seed: int = 1) -> list[str]:
    """So many texts; one in two hundred is longer than a cell of Excel may be."""
    chance = random.Random(seed)
    return [_long(chance) if place % 200 == 0 else chance.choice(_KINDS)(chance) for place in range(count)]


def _letters(chance: random.Random, most: int = 40) -> str:
    return "".join(chance.choices(_SIGNS, k=chance.randint(0, most)))


def _among(parts: list[str] | str) -> Callable[[random.Random], str]:
    """Letters with some of these signs or words among them."""
    return lambda chance: "".join(_letters(chance, 12) + chance.choice(parts) for _ in range(chance.randint(1, 8)))


def _formula(chance: random.Random) -> str:
    return chance.choice(_FORMULAS) + _letters(chance, 6)


def _beginning(chance: random.Random) -> str:
    return chance.choice("=+-@\t\r") + _letters(chance)


def _any(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(0, 30)))


def _word(chance: random.Random) -> str:
    return chance.choice(_SIGNS[:30]) * chance.randint(50, 3_000)


def _accents(chance: random.Random) -> str:
    return "".join(chance.choice("aeo") + "\u0302\u0301" * chance.randint(1, 5) for _ in range(20))


def _long(chance: random.Random) -> str:
    return chance.choice(("😀" * 20_000, "_x0041_" * 6_000, "a\u0301" * 17_000, "dài \n" * 7_000, "👩‍👩‍👧" * 5_000))


_KINDS: tuple[Callable[[random.Random], str], ...] = (
    _formula,
    _beginning,
    _among(_CONTROLS),
    _among(_TROUBLES),
    _among(_RIGHT_TO_LEFT),
    _among(_ESCAPES),
    _among(_HTML),
    _any,
    _word,
    _accents,
)
