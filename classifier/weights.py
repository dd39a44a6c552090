"""A trained model as plain numbers: what is kept on disk and what answers without scikit-learn."""

from __future__ import annotations

import io
import json
import os
import struct
import tempfile
import tokenize
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.ngrams import BLOCKS, Block, sign_pieces, word_pieces
from classifier.normalise import Views

_REMEMBERED_WORDS = 20_000
# Whatever numpy, zip and JSON raise for a file that is not what it should be.
_UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


class DamagedModel(Exception):
    """A model file that cannot be used: cut off, altered, or no model at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Everything that scoring needs.

    `pieces` holds for each block its n-grams in the order of the rows of `coefficients` (rows: n-grams of all blocks,
    columns: topics). `idf` has one value a row. `temperature` multiplies the scores before the softmax; below
    `threshold` (a confidence, 0 to 1) the machine abstains. `figures` says how the model was judged when trained.
    """

    topics: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    idf: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    temperature: float
    threshold: float
    figures: dict[str, float]

    def save(self, file: Path) -> None:
        """Write the file whole or not at all. Raises OSError where the folder cannot be written to."""
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.stem}-", suffix=".npz", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                np.savez(  # floats hardly shrink, and unpacking them would be most of a cold start
                    out,
                    settings=np.frombuffer(self._settings().encode(), np.uint8),
                    idf=self.idf,
                    coefficients=self.coefficients,
                    intercepts=self.intercepts,
                )
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)

    def _settings(self) -> str:
        return json.dumps(
            {
                "topics": self.topics,
                "pieces": self.pieces,
                "temperature": self.temperature,
                "threshold": self.threshold,
                "figures": self.figures,
            },
            ensure_ascii=False,
        )

    @classmethod
    def load(cls, file: Path) -> Weights:
        """Read a kept model; nothing in the file can run code. Raises OSError (no such file) or DamagedModel."""
        try:
            arrays = _arrays(file)
            weights = cls._of(json.loads(arrays["settings"].tobytes()), arrays)
        except FileNotFoundError:
            raise
        except _UNREADABLE as fault:
            raise DamagedModel(f"{file.name}: {type(fault).__name__}") from fault
        weights.check(file)
        return weights

    @classmethod
    def _of(cls, settings: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Weights:
        return cls(
            topics=tuple(settings["topics"]),
            pieces=tuple(tuple(block) for block in settings["pieces"]),
            idf=arrays["idf"],
            coefficients=arrays["coefficients"],
            intercepts=arrays["intercepts"],
            temperature=float(settings["temperature"]),
            threshold=float(settings["threshold"]),
            figures=dict(settings["figures"]),
        )

    def check(self, file: Path) -> None:
        """Raises DamagedModel where the parts do not fit each other."""
        rows = sum(map(len, self.pieces))
        fits = (
            len(self.pieces) == len(BLOCKS)
            and self.idf.shape == (rows,)
            and self.coefficients.shape == (rows, len(self.topics))
            and self.intercepts.shape == (len(self.topics),)
            and all(bool(np.isfinite(array).all()) for array in (self.idf, self.coefficients, self.intercepts))
        )
        if not fits:
            raise DamagedModel(f"{file.name}: các phần không khớp nhau")


def _arrays(file: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file. Each is read to its end first, so that zip has compared its checksum."""
    with zipfile.ZipFile(file) as kept:
        return {
            Path(name).stem: np.lib.format.read_array(io.BytesIO(kept.read(name)), allow_pickle=False)
            for name in kept.namelist()
        }


class Trace(NamedTuple):
    """One n-gram at one place of a text: `span` words of the view from `first` on.

    `value` is its tf-idf; one that stands at several places has an equal part of it at each.
    """

    view: str
    row: int
    value: float
    first: int
    span: int


class Scorer:
    """Scores of a text for every topic: one look-up per n-gram, then one product."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        starts = np.cumsum([0, *map(len, weights.pieces)])
        self._blocks = [
            _Lookup(block, pieces, int(start))
            for block, pieces, start in zip(BLOCKS, weights.pieces, starts, strict=False)
        ]

    def scores(self, views: Views) -> NDArray[np.float64] | None:
        """One score a topic, or None where the text holds nothing that the model knows."""
        found = [part for block in self._blocks if (part := self._values(block.rows(block.block.of(views))))]
        if not found:
            return None
        rows = np.concatenate([rows for rows, _ in found])
        values = np.concatenate([values for _, values in found])
        return np.asarray(values @ self._weights.coefficients[rows] + self._weights.intercepts)

    def traces(self, written: Sequence[str], folded: Sequence[str]) -> Iterator[Trace]:
        """Every known n-gram of the words of the two views, where it stands and what it adds to the scores."""
        for block in self._blocks:
            words = written if block.block.view == "written" else folded
            places = list(block.places(words))
            if (part := self._values([row for row, _, _ in places])) is None:
                continue
            times = Counter(row for row, _, _ in places)
            values = dict(zip(part[0].tolist(), part[1].tolist(), strict=True))
            for row, first, count in places:
                yield Trace(block.block.view, row, values[row] / times[row], first, count)

    def frequency(self, words: str) -> float:
        """The share of the texts learnt from that hold a word or two neighbours (in either view); 0 where unknown."""
        known = [row for block in self._blocks if block.block.unit == "word" and (row := block.row(words)) is not None]
        # scikit-learn's idf is 1 + ln((1 + texts) / (1 + texts that hold it)).
        return float(np.exp(1 - self._weights.idf[known].min())) if known else 0.0

    def _values(self, rows: list[int]) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
        """Sublinear tf-idf of one block at length one, as scikit-learn defines it."""
        if not rows:
            return None
        counts = Counter(rows)
        known = np.fromiter(counts.keys(), np.intp, len(counts))
        values = (1.0 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * self._weights.idf[known]
        return known, values / np.sqrt(values @ values)


class _Lookup:
    """The n-grams of one block and their rows."""

    def __init__(self, block: Block, pieces: tuple[str, ...], start: int) -> None:
        self.block = block
        self._row = {piece: row for row, piece in enumerate(pieces, start)}
        self._of_word = lru_cache(_REMEMBERED_WORDS)(self._sign_rows)

    def rows(self, text: str) -> list[int]:
        """The rows of all known n-grams of a view, as often as they occur."""
        words = text.split()
        if self.block.unit == "word":
            return self._known(word_pieces(words, self.block.shortest, self.block.longest))
        return [row for word in words for row in self._of_word(word)]

    def row(self, piece: str) -> int | None:
        """The row of one n-gram, or None where it is not known."""
        return self._row.get(piece)

    def places(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """The row, the first word and the number of words of each known n-gram, as often as it occurs."""
        if self.block.unit == "char_wb":
            for first, word in enumerate(words):
                yield from ((row, first, 1) for row in self._of_word(word))
            return
        for count in range(self.block.shortest, self.block.longest + 1):
            for first in range(len(words) - count + 1):
                row = self._row.get(" ".join(words[first : first + count]))
                if row is not None:
                    yield row, first, count

    def _sign_rows(self, word: str) -> list[int]:
        return self._known(sign_pieces(word, self.block.shortest, self.block.longest))

    def _known(self, pieces: Any) -> list[int]:
        row = self._row
        return [row[piece] for piece in pieces if piece in row]
