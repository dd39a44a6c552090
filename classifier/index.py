"""An index of texts, each as the numbers of its pieces: which ones share the rarest pieces with a given text?

Not for several threads at once; `similar.py` sees to that. What a query finds depends on the texts held and on nothing
else: not on the order of adding, not on what was removed before, not on how the segments happen to lie.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.ports import Likeness
from classifier.likeness import CODES, Codes, Weights, scores

_TAIL = 512  # texts that are looked through one by one before they get a segment
_FAN = 4  # segments of one size that become one of the next
_POSTINGS = 6_000  # how many entries a query may look at
_FEWEST_PIECES = 6  # that many of the rarest pieces are looked at however common they are

Slots = NDArray[np.int64]


class _Segment:
    """Where each piece stands in the slots from `first` up to `last`: read-only once made."""

    def __init__(self, first: int, last: int, pieces: Codes, lengths: Slots) -> None:
        self.first, self.last = first, last
        # Piece and slot as one number each: sorting those in place is ten times as fast as sorting by pieces.
        entries = pieces.astype(np.uint64) << np.uint64(32)
        entries |= np.repeat(np.arange(first, last, dtype=np.uint64), lengths)
        entries.sort()
        self._slots = entries.astype(np.uint32)  # the lower half
        entries >>= np.uint64(32)
        starts = np.flatnonzero(np.diff(entries, prepend=CODES))
        self._pieces = entries[starts].astype(np.uint32)
        self._starts = np.append(starts, len(pieces)).astype(np.uint32)

    def holders(self, wanted: Codes) -> tuple[Slots, Slots]:
        """The slots that hold each wanted piece, one piece after the other, and how many hold each."""
        if not len(self._pieces):
            return np.empty(0, np.int64), np.zeros(len(wanted), np.int64)
        place = np.minimum(np.searchsorted(self._pieces, wanted), len(self._pieces) - 1)
        counts = (self._starts[place + 1].astype(np.int64) - self._starts[place]) * (self._pieces[place] == wanted)
        return self._slots[_runs(self._starts[place], counts)].astype(np.int64), counts


def _runs(starts: NDArray[np.integer], counts: Slots) -> Slots:
    """start, start + 1 … for each start, as often as its count says, in one array."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts.astype(np.int64) - ends + counts, counts)


class Index:
    """Texts by their ids. A text has a slot; a removed one leaves its slot empty until everything is laid anew."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._clear()

    def _clear(self) -> None:
        self._slot_of: dict[int, int] = {}
        self._ids = np.empty(0, np.int64)
        self._starts = np.zeros(1, np.int64)  # slot s holds the pieces [starts[s], starts[s + 1])
        self._pieces = np.empty(0, np.uint32)
        self._totals = np.empty(0, np.int64)  # weight of each slot's text; 0 where the text was removed
        self._held_by = np.zeros(CODES, np.int32)  # how many texts hold each piece now
        self._used = 0
        self._segments: list[_Segment] = []
        self._query = np.zeros(CODES, self._weights.dtype)  # scratch: the weights of the pieces looked for

    def __len__(self) -> int:
        return len(self._slot_of)

    # -------------------------------------------------------------- what is held

    def put(self, texts: Iterable[tuple[int, Codes]]) -> int:
        """Hold these texts, each in the place of what its id had before; returns how many were new or changed."""
        changed = 0
        for id_, pieces in texts:
            slot = self._slot_of.get(id_)
            if slot is None or not np.array_equal(self._of(slot), pieces):
                self._take_out(id_)
                self._append(id_, pieces)
                changed += 1
        self._tidy()
        return changed

    def remove(self, ids: Iterable[int]) -> int:
        """Hold these no longer; ids that are not held are passed over. Returns how many were held."""
        removed = sum(self._take_out(id_) for id_ in ids)
        self._tidy()
        return removed

    def _append(self, id_: int, pieces: Codes) -> None:
        slot, start = self._used, int(self._starts[self._used])
        self._ids = _room(self._ids, slot + 1)
        self._totals = _room(self._totals, slot + 1)
        self._starts = _room(self._starts, slot + 2)
        self._pieces = _room(self._pieces, start + len(pieces))
        self._ids[slot] = id_
        self._totals[slot] = self._weights[pieces].sum(dtype=np.int64)
        self._pieces[start : start + len(pieces)] = pieces
        self._starts[slot + 1] = start + len(pieces)
        self._held_by[pieces] += 1
        self._slot_of[id_] = slot
        self._used = slot + 1

    def _take_out(self, id_: int) -> bool:
        slot = self._slot_of.pop(id_, None)
        if slot is None:
            return False
        self._held_by[self._of(slot)] -= 1
        self._totals[slot] = 0
        return True

    def _of(self, slot: int) -> Codes:
        return self._pieces[self._starts[slot] : self._starts[slot + 1]]

    def _tidy(self) -> None:
        """Give the tail its segment, join segments of one size, and lay everything anew where half of it is gone."""
        if self._used > 2 * len(self._slot_of) + _TAIL:
            self._lay_anew()
        while self._used - self._indexed >= _TAIL:
            self._index(self._indexed, self._indexed + _TAIL)
            while len(self._segments) >= _FAN and _same_size(self._segments[-_FAN:]):
                joined = self._segments[-_FAN:]
                del self._segments[-_FAN:]
                self._index(joined[0].first, joined[-1].last)

    @property
    def _indexed(self) -> int:
        return self._segments[-1].last if self._segments else 0

    def _index(self, first: int, last: int) -> None:
        lengths = np.diff(self._starts[first : last + 1])
        pieces = self._pieces[self._starts[first] : self._starts[last]]
        self._segments.append(_Segment(first, last, pieces, lengths))

    def _lay_anew(self) -> None:
        kept = [(id_, self._of(slot).copy()) for id_, slot in self._slot_of.items()]
        self._clear()
        for id_, pieces in kept:
            self._append(id_, pieces)

    # -------------------------------------------------------------- looking

    def nearest(
        self, pieces: Codes, limit: int, floor: float, without: Collection[int], candidates: int
    ) -> list[Likeness]:
        """The texts held that are at least `floor` (0 to 1) like this one, most alike first, equals by their id.

        At most `limit`; those of `without` are passed over; so many `candidates` are measured exactly.
        """
        slots = self._candidates(pieces, without, candidates)
        if not len(slots):
            return []
        alike = scores(self._shared(pieces, slots), int(self._weights[pieces].sum(dtype=np.int64)), self._totals[slots])
        order = np.lexsort((self._ids[slots], -alike))[:limit]
        return [Likeness(int(self._ids[slots[one]]), float(alike[one])) for one in order if alike[one] >= floor]

    def _candidates(self, pieces: Codes, without: Collection[int], most: int) -> Slots:
        """The slots with the most votes; where votes are equal the lowest ids."""
        votes = self._votes(self._rarest(pieces))
        votes[[self._slot_of[id_] for id_ in without if id_ in self._slot_of]] = 0
        slots = np.flatnonzero(votes > 0)
        slots = slots[self._totals[slots] > 0]
        given = votes[slots]
        if len(slots) > most:
            enough = given >= np.partition(given, len(slots) - most)[len(slots) - most]
            slots, given = slots[enough], given[enough]
        return np.asarray(slots[np.lexsort((self._ids[slots], -given))[:most]])

    def _rarest(self, pieces: Codes) -> Codes:
        """The pieces that the fewest texts hold, as many as may be looked at; what nobody holds costs nothing."""
        held = self._held_by[pieces]
        pieces, held = pieces[held > 0], held[held > 0]
        order = np.lexsort((pieces, held))
        affordable = int(np.searchsorted(np.cumsum(held[order]), _POSTINGS, side="right"))
        return np.asarray(pieces[order[: max(affordable, _FEWEST_PIECES)]])

    def _votes(self, chosen: Codes) -> NDArray[np.float64]:
        """For every slot the weight of the chosen pieces that it holds: whole numbers, exact in floats too."""
        first, last = self._indexed, self._used
        start, weight = int(self._starts[first]), self._weights[chosen]
        marked = self._marked(chosen, self._pieces[start : self._starts[last]])
        hits = np.flatnonzero(marked > 0)
        found = [np.searchsorted(self._starts[first : last + 1], start + hits, side="right") - 1 + first]
        given = [marked[hits]]
        for segment in self._segments:
            slots, counts = segment.holders(chosen)
            found.append(slots)
            given.append(np.repeat(weight, counts))
        weights = np.concatenate(given).astype(np.float64)
        return np.asarray(np.bincount(np.concatenate(found), weights, minlength=last), np.float64)

    def _shared(self, pieces: Codes, slots: Slots) -> NDArray[np.int64]:
        """The weight of what each of the slots shares with the given pieces."""
        starts = self._starts[slots]
        lengths = self._starts[slots + 1] - starts
        weight = self._marked(pieces, self._pieces[_runs(starts, lengths)])
        return np.asarray(np.add.reduceat(weight, np.cumsum(lengths) - lengths, dtype=np.int64))

    def _marked(self, wanted: Codes, among: Codes) -> Weights:
        """For each piece its weight where it is wanted, else 0."""
        self._query[wanted] = self._weights[wanted]
        marked = self._query[among]
        self._query[wanted] = 0
        return marked


def _room(array: NDArray[Any], wanted: int) -> NDArray[Any]:
    """The array itself, or a copy with room for a quarter more."""
    if len(array) >= wanted:
        return array
    wider = np.zeros(max(wanted + wanted // 4, 1_024), array.dtype)
    wider[: len(array)] = array
    return wider


def _same_size(segments: Sequence[_Segment]) -> bool:
    return len({segment.last - segment.first for segment in segments}) == 1
