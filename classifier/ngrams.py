"""What the machine looks at in a text: words and word pairs in both views, and pieces of the folded words.

`BLOCKS` is the whole definition. Training hands it to scikit-learn, serving cuts the same pieces by itself; a test
holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from classifier.normalise import Views


class Block(NamedTuple):
    """One kind of pieces: of which view, words or signs within words, how many at once.

    Pieces found in fewer than `min_texts` training texts are left out (in the folded view a text and its stripped copy
    count twice, so 3 means two texts). `weight` says how much the block counts beside the others.
    """

    view: Literal["written", "folded"]
    unit: Literal["word", "char_wb"]
    shortest: int
    longest: int
    min_texts: int
    weight: float

    def of(self, views: Views) -> str:
        """The view that this block reads."""
        return views.written if self.view == "written" else views.folded


# Signs within words count once, without accents: beside the words, the accented ones made training twice as long and
# no text better.
BLOCKS = (
    Block("written", "word", 1, 2, 2, 1.0),
    Block("folded", "word", 1, 2, 3, 1.0),
    Block("folded", "char_wb", 3, 5, 5, 0.5),
)


def word_pieces(words: list[str], shortest: int, longest: int) -> Iterator[str]:
    """Runs of neighbouring words."""
    for length in range(shortest, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def sign_pieces(word: str, shortest: int, longest: int) -> Iterator[str]:
    """Runs of neighbouring signs of one word with a blank on either side; a word too short counts once as a whole."""
    padded = f" {word} "
    for length in range(shortest, longest + 1):
        yield from (padded[start : start + length] for start in range(max(1, len(padded) - length + 1)))
        if length >= len(padded):
            return
