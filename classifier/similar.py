"""Which of many texts ask nearly the same as a given one, and which of them belong together: no words are kept.

Only what is written counts (`likeness.py`): copies without accents, in teencode, mistyped, turned round, cut short or
with a greeting are found, the same question in other words is not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable

import numpy as np

from bot.ports import LikeGroup, Likeness
from classifier.index import Index
from classifier.likeness import Codes, codes, weights

FLOOR = 0.6  # texts less alike than this are not the same question; chosen on half of the pairs in tests/unit/data

_CANDIDATES = 64  # texts that are measured exactly for one query
_CROWD = 1_024  # the same for a text of a group whose neighbours are many
_REPORT_EVERY = 100


class SimilarTexts:
    """Texts in memory by their ids (a `bot.ports.Similar`). Any thread may call; one call works at a time."""

    def __init__(self) -> None:
        """Takes half a second the first time. Raises CorpusFault or OSError where the weights cannot be learnt."""
        self._index = Index(weights())
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._index)

    def put(self, texts: Iterable[tuple[int, str]]) -> int:
        """Hold these texts by their ids, each in the place of what its id had before. Any string will do.

        Returns how many were new or changed.
        """
        read = [(id_, codes(text)) for id_, text in texts]  # the slow part, so outside the lock
        with self._lock:
            return self._index.put(read)

    def remove(self, ids: Iterable[int]) -> int:
        """Hold these no longer; ids that are not held are passed over. Returns how many were held."""
        with self._lock:
            return self._index.remove(ids)

    def nearest(
        self, text: str, limit: int = 3, *, floor: float = FLOOR, without: Collection[int] = ()
    ) -> list[Likeness]:
        """The texts held that are at least `floor` (0 to 1) like this one, most alike first, equals by their id.

        At most `limit`; those of `without` are passed over. Never raises for any text.
        """
        pieces = codes(text)
        with self._lock:
            return self._index.nearest(pieces, limit, floor, without, _CANDIDATES)


def groups(texts: Iterable[tuple[int, str]], progress: Callable[[int], None] | None = None) -> list[LikeGroup]:
    """Texts that ask nearly the same, put together: every member is at least FLOOR like the central text of its group.

    That guards against chains: two texts that are alike only by way of a third stand in one group only where both are
    like its centre. The central text is the one with the most others around it, of equals the one with the lowest id.
    Largest group first; texts that are like no other are in none. `progress` hears how many texts were compared.
    """
    copies: dict[bytes, list[int]] = {}
    for id_, text in texts:
        copies.setdefault(codes(text).tobytes(), []).append(id_)
    copies.pop(b"", None)  # texts without a word
    same = {min(ids): ids for ids in copies.values()}
    around = _neighbours({min(ids): np.frombuffer(pieces, np.uint32) for pieces, ids in copies.items()}, same, progress)
    found: list[LikeGroup] = []
    taken: set[int] = set()
    for centre in sorted(same, key=lambda one: (-_crowd(one, around, same), one)):
        if centre in taken:
            continue
        near = {centre: 1.0} | {other: alike for other, alike in around[centre].items() if other not in taken}
        members = [Likeness(id_, alike) for other, alike in near.items() for id_ in same[other]]
        if len(members) > 1:
            taken |= near.keys()
            found.append(LikeGroup(centre, tuple(sorted(members, key=lambda one: (-one.score, one.id)))))
    return sorted(found, key=lambda group: (-len(group.members), group.centre))


def _neighbours(
    pieces_of: dict[int, Codes], same: dict[int, list[int]], progress: Callable[[int], None] | None
) -> dict[int, dict[int, float]]:
    """For every text those that are at least FLOOR like it, seen from either side."""
    index = Index(weights())
    index.put(pieces_of.items())
    around: dict[int, dict[int, float]] = {id_: {} for id_ in pieces_of}
    done = reported = 0
    for id_, pieces in pieces_of.items():
        found = index.nearest(pieces, _CANDIDATES, FLOOR, (id_,), _CANDIDATES)
        if len(found) > _CANDIDATES // 2:  # a question that very many ask
            found = index.nearest(pieces, _CROWD, FLOOR, (id_,), _CROWD)
        for one in found:
            around[id_][one.id] = around[one.id][id_] = one.score
        done += len(same[id_])
        if progress and done - reported >= _REPORT_EVERY:
            progress(done)
            reported = done
    return around


def _crowd(id_: int, around: dict[int, dict[int, float]], same: dict[int, list[int]]) -> float:
    """How many texts stand around this one, copies included, each as far as it is like it."""
    return len(same[id_]) + sum(len(same[other]) * alike for other, alike in around[id_].items())
