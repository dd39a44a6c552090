"""Which words of a text decided for a topic, shown as the person typed them.

Every n-gram adds something to the score of the topic; what it adds beyond the mean of the nearest rivals is credited
to the words that it was cut from, and the words with most credit are shown, neighbours together. Vietnamese writes the
syllables of one word apart, so syllables that the model usually met together are never parted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.domain.text import clean, fold
from classifier.normalise import Word, strip_accents, words
from classifier.weights import Scorer, Weights

_MOST = 5  # phrases shown
_ENOUGH = 3  # phrases, after which only words of weight are added
_LEAST, _NOTABLE = 0.15, 0.35  # credit beside the best word's; less than notable counts only up to _ENOUGH phrases
_LONGEST_PHRASE = 7  # syllables
_LONGEST_WORD = 40  # signs; longer ones are addresses and mashed keys

_TOGETHER = 0.3  # two syllables are one word where the rarer stands beside the other in this share of its texts
_MET = 0.0004  # and both in this share of all texts, or chance could have joined them
_COMMON = 0.04  # a single syllable in more texts than this ("được", "nào") is shown only where it is notable


class Unit(NamedTuple):
    """A word of one or two syllables: first and last typed word, its credit, and whether it stands in many texts."""

    first: int
    last: int
    credit: float
    common: bool


def deciding(text: str, weights: Weights, scorer: Scorer, topic: int, rivals: Sequence[int]) -> tuple[str, ...]:
    """The phrases of the text that speak most for a topic against its rivals (columns of the model), in their order."""
    typed = words(text)
    neighbours = [_touch(text, left, right) for left, right in pairwise(typed)]
    credit = _credit(typed, weights, scorer, topic, rivals)
    units = _units(typed, credit, neighbours, scorer)
    shown: dict[str, str] = {}
    for first, last in _phrases(units, neighbours):
        phrase = text[typed[first].start : typed[last].end]
        shown.setdefault(fold(phrase), phrase)
    return tuple(shown.values())


def _credit(typed: Sequence[Word], weights: Weights, scorer: Scorer, topic: int, rivals: Sequence[int]) -> list[float]:
    """What each typed word adds for the topic beyond the mean of the rivals."""
    written, folded = _owners(typed, strip=False), _owners(typed, strip=True)
    owners = {"written": [place for _, place in written], "folded": [place for _, place in folded]}
    traces = list(scorer.traces([word for word, _ in written], [word for word, _ in folded]))
    credit = [0.0] * len(typed)
    if not traces:
        return credit
    found = weights.coefficients[[trace.row for trace in traces]]
    lead = found[:, topic] - found[:, list(rivals)].mean(axis=1)
    for trace, ahead in zip(traces, lead.tolist(), strict=True):
        for place in owners[trace.view][trace.first : trace.first + trace.span]:
            credit[place] += trace.value * ahead / trace.span
    return [0.0 if word.end - word.start > _LONGEST_WORD else gain for word, gain in zip(typed, credit, strict=True)]


def _owners(typed: Sequence[Word], *, strip: bool) -> list[tuple[str, int]]:
    """The words of a view and for each the place of the typed word that it was read from."""
    return [
        (part, place)
        for place, word in enumerate(typed)
        for part in (strip_accents(word.read) if strip else word.read).split()
    ]


def _touch(text: str, left: Word, right: Word) -> bool:
    """Whether two words follow each other without punctuation or a new line between them."""
    between = text[left.end : right.start]
    return "\n" not in between and not clean(between)


# ------------------------------------------------------------------ syllables to words


def _units(typed: Sequence[Word], credit: Sequence[float], neighbours: Sequence[bool], scorer: Scorer) -> list[Unit]:
    """The typed words, syllables of one word joined, the strongest pairs first."""
    bonds = {place: _bond(typed[place], typed[place + 1], scorer) for place, near in enumerate(neighbours) if near}
    joined: set[int] = set()
    for place in sorted(bonds, key=lambda place: (-bonds[place], place)):
        if bonds[place] >= _TOGETHER and not joined & {place - 1, place + 1}:
            joined.add(place)
    return [
        Unit(place, place + 1, credit[place] + credit[place + 1], common=False)
        if place in joined
        else Unit(place, place, credit[place], scorer.frequency(word.read) > _COMMON)
        for place, word in enumerate(typed)
        if place - 1 not in joined
    ]


def _bond(left: Word, right: Word, scorer: Scorer) -> float:
    """How often the rarer of two syllables stands beside the other, from 0 to 1."""
    best = 0.0
    for one, other in ((left.read, right.read), (strip_accents(left.read), strip_accents(right.read))):
        together = scorer.frequency(f"{one} {other}")
        if together >= _MET:
            best = max(best, together / min(scorer.frequency(one), scorer.frequency(other)))
    return best


# ------------------------------------------------------------------ words to phrases


def _phrases(units: Sequence[Unit], neighbours: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last typed words of the phrases to show: units by falling credit, as long as they fit."""
    shown: list[tuple[int, int]] = []
    chosen: set[int] = set()
    best = max((unit.credit for unit in units), default=0.0)
    for place in sorted(range(len(units)), key=lambda place: (-units[place].credit, place)):
        unit = units[place]
        scarce = len(shown) < _ENOUGH and not unit.common
        if unit.credit <= 0 or unit.credit < best * (_LEAST if scarce else _NOTABLE):
            continue
        runs = _runs(_bridged(chosen | {place}, units), units, neighbours)
        if len(runs) <= _MOST and all(last - first < _LONGEST_PHRASE for first, last in runs):
            chosen.add(place)
            shown = runs
    return shown


def _bridged(chosen: set[int], units: Sequence[Unit]) -> list[int]:
    """The chosen units and any single one between two of them that speaks for the topic too."""
    between = {place + 1 for place in chosen if place + 2 in chosen and units[place + 1].credit > 0}
    return sorted(chosen | between)


def _runs(places: Sequence[int], units: Sequence[Unit], neighbours: Sequence[bool]) -> list[tuple[int, int]]:
    """Units that follow each other in the text, as one phrase each."""
    runs: list[tuple[int, int]] = []
    for unit in (units[place] for place in places):
        if runs and runs[-1][1] == unit.first - 1 and neighbours[unit.first - 1]:
            runs[-1] = (runs[-1][0], unit.last)
        else:
            runs.append((unit.first, unit.last))
    return runs
