"""How alike two texts are, measured on pieces of their folded words.

A text is the set of its runs of five signs, blanks included, so that a piece knows the neighbours of its word. Each is
kept as a number only, never as words. A piece weighs the more the fewer texts of the corpus hold it; what everybody
writes (`formulae.toml`) weighs next to nothing. All sums are whole numbers, so that no score depends on an order.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.corpus import CORPUS, read_corpus
from classifier.normalise import views

FORMULAE = Path(__file__).with_name("formulae.toml")

CODES = 1 << 20  # numbers that a piece may have; with 30,000 pieces in use one in thirty-five shares its number

_LENGTH = 5
_FORMULA = 1  # weight of a piece of a formula: just enough that a greeting is like itself
_STEP = 50  # weight of a piece that is e times as rare as another, more than that other
_COMMON = 2.0  # pieces in more than one text of seven (e to the minus this) say nothing about what is asked
_ENOUGH = 12 * _STEP  # what two texts must share before they can be alike: about four rare pieces
_MIXER = np.uint32(0x9E3779B1)

Codes = NDArray[np.uint32]
Weights = NDArray[np.int16]


def codes(text: str) -> Codes:
    """The pieces of a text as numbers below CODES, each once, in rising order. Any string will do."""
    return _codes(views(text).folded)


def _codes(folded: str) -> Codes:
    padded = f" {folded} "
    if len(padded) < _LENGTH:
        padded = padded.ljust(_LENGTH) if folded else ""
    signs = np.frombuffer(padded.encode("utf-32-le"), np.uint32)
    count = len(signs) - _LENGTH + 1
    if count < 1:
        return np.empty(0, np.uint32)
    mixed = np.zeros(count, np.uint32)
    for place in range(_LENGTH):
        mixed = (mixed ^ signs[place : place + count]) * _MIXER
        mixed ^= mixed >> np.uint32(15)
    return np.unique(mixed % np.uint32(CODES))


@cache
def weights() -> Weights:
    """The weight of every code, learnt from the texts of the corpus and the formulae. Takes half a second once.

    Raises CorpusFault or OSError.
    """
    texts = [example.text for example in read_corpus(CORPUS)]
    held = Counter(code for text in texts for code in codes(text).tolist())
    table = np.full(CODES, round(_STEP * (log(len(texts) + 1) - _COMMON)), np.int16)
    for code, times in held.items():
        table[code] = max(_FORMULA, round(_STEP * (log((len(texts) + 1) / (times + 1)) - _COMMON)))
    sections = tomllib.loads(FORMULAE.read_text("utf-8"))
    for formula in (formula for section in sections.values() for formula in section):
        table[codes(formula)] = _FORMULA
    table.flags.writeable = False
    return table


def scores(shared: NDArray[np.int64], one: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
    """How alike (0 to 1) a text of weight `one` is to others, given their weights and what they share with it.

    Half of it is the share of both that is common, half the share of the lighter one: a question that stands within a
    longer message is found, and yet is less than a copy. Two that share little at all are not alike, however short.
    """
    lighter = np.maximum(np.minimum(one, others), 1)
    both = np.maximum(one + others, 1)
    alike = (shared / both) + (shared / lighter) / 2
    return np.asarray(np.where(2 * shared == one + others, 1.0, alike * np.minimum(1.0, shared / _ENOUGH)))
