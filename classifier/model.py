"""The classifier as the heart uses it: a text goes in, a proposal comes out, always.

`load` is the way in. It serves a kept model where one fits the corpus and the code, and trains one where none does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.domain.department import OUT_OF_SCOPE
from bot.domain.submission import Proposal
from classifier.corpus import CORPUS, fingerprint, read_corpus, read_hints
from classifier.normalise import views
from classifier.weights import DamagedModel, Scorer, Weights

TRAINING = "Đang huấn luyện bộ phân loại lần đầu, chừng mười giây…"

_ALTERNATIVES = 3
_REPORT_EVERY = 100
_log = logging.getLogger(__name__)


class Classifier:
    """Proposes a topic for any text (a `bot.ports.Router`)."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._scorer = Scorer(weights)

    @property
    def topics(self) -> list[str]:
        """The topic codes that can be proposed, in a fixed order."""
        return list(self.weights.topics)

    def propose(self, text: str) -> Proposal:
        """The topic of a text, how sure (0 to 1), and the three best. Never raises.

        A text without anything known (empty, emoji only) is out of scope with equal shares and abstained.
        """
        shares = self.shares(text)
        if shares is None:
            return self._nothing_known()
        best = np.argsort(-shares, kind="stable")[:_ALTERNATIVES]
        alternatives = tuple((self.weights.topics[place], float(shares[place])) for place in best)
        topic, confidence = alternatives[0]
        return Proposal(topic, confidence, confidence < self.weights.threshold, alternatives)

    def propose_all(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Proposal]:
        """A proposal for each text, in order; `progress` hears now and then how many are done."""
        proposals: list[Proposal] = []
        for text in texts:
            proposals.append(self.propose(text))
            if progress and (len(proposals) % _REPORT_EVERY == 0 or len(proposals) == len(texts)):
                progress(len(proposals))
        return proposals

    def shares(self, text: str) -> NDArray[np.float64] | None:
        """The confidence of every topic (they add up to one), or None where nothing in the text is known."""
        scores = self._scorer.scores(views(text))
        if scores is None:
            return None
        powers = np.exp((scores - scores.max()) * self.weights.temperature)
        return np.asarray(powers / powers.sum())

    def _nothing_known(self) -> Proposal:
        topics, share = self.weights.topics, 1 / len(self.weights.topics)
        first = (OUT_OF_SCOPE, *(topic for topic in topics if topic != OUT_OF_SCOPE))
        return Proposal(OUT_OF_SCOPE, share, True, tuple((topic, share) for topic in first[:_ALTERNATIVES]))


def load(cache_dir: Path, progress: Callable[[str], None] | None = None, *, corpus: Path = CORPUS) -> Classifier:
    """The classifier of this corpus, trained first where `cache_dir` holds no model of it.

    `progress` hears one sentence before a training. A damaged model is trained anew; where the folder cannot be
    written to, the model stays in memory. Raises CorpusFault.
    """
    file = cache_dir / f"phan-loai-{fingerprint(corpus)[:16]}.npz"
    return Classifier(_kept(file) or _trained(file, corpus, progress))


def _kept(file: Path) -> Weights | None:
    try:
        return Weights.load(file)
    except FileNotFoundError:
        return None
    except DamagedModel as fault:
        _log.warning("The kept model cannot be used and is trained anew: %s", fault)
        return None


def _trained(file: Path, corpus: Path, progress: Callable[[str], None] | None) -> Weights:
    if progress:
        progress(TRAINING)
    from classifier.train import train

    weights = train(read_corpus(corpus), read_hints())
    try:
        weights.save(file)
        _clear_older(file)
    except OSError as fault:
        _log.warning("The model cannot be kept in %s and stays in memory: %s", file.parent, fault)
    return weights


def _clear_older(file: Path) -> None:
    for older in file.parent.glob("phan-loai-*.npz"):
        if older != file:
            older.unlink(missing_ok=True)
