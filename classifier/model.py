"""The classifier as the heart uses it: a text goes in, a proposal comes out, always.

`load` is the way in. It serves a kept model where one fits the corpus and the code, and trains one where none does.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.domain.department import OUT_OF_SCOPE
from bot.domain.submission import Proposal
from classifier.corpus import CORPUS, fingerprint, read_corpus, read_hints
from classifier.explain import deciding
from classifier.normalise import views
from classifier.weights import DamagedModel, Scorer, Weights

TRAINING = "Đang huấn luyện bộ phân loại lần đầu, chừng một phút…"

BASES = "phan-loai-*.npz"  # models of the shipped texts, of this release or of another

_ALTERNATIVES = 3
_REMEMBERED = 1_000  # explanations
_RIVALS = 4  # topics that the explained one is compared with
_REPORT_EVERY = 100
_log = logging.getLogger(__name__)

Leads = Mapping[str, str | None]  # topic -> department under one programme; None: nobody's


class Classifier:
    """Proposes a topic for any text (a `bot.ports.Router`)."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._scorer = Scorer(weights)
        # A board asks about the same cards again and again.
        self._remembered = lru_cache(_REMEMBERED)(self._explained)

    @property
    def threshold(self) -> float:
        """The confidence (0 to 1) below which a proposal is abstained."""
        return self.weights.threshold

    @property
    def topics(self) -> list[str]:
        """The topic codes that can be proposed, in a fixed order."""
        return list(self.weights.topics)

    def propose(self, text: str, lead_of: Leads | None = None) -> Proposal:
        """The topic of a text, how sure (0 to 1), and the three best. Never raises.

        With `lead_of` (the department of each topic under a programme) the department is chosen first, by the sum of
        its topics' shares, then the best of its topics; `confidence` is that sum. Without it both are the topic's own.
        A text without anything known (empty, emoji only) is out of scope with equal shares and abstained.
        """
        ranking = self.ranking(text, lead_of)
        topic = ranking[0][0]
        confidence = _confidence(ranking, lead_of)
        return Proposal(topic, confidence, confidence < self.threshold, tuple(ranking[:_ALTERNATIVES]))

    def propose_all(
        self,
        texts: Sequence[str],
        lead_of: Leads | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[Proposal]:
        """A proposal for each text, in order; `progress` hears now and then how many are done."""
        proposals: list[Proposal] = []
        for text in texts:
            proposals.append(self.propose(text, lead_of))
            if progress and (len(proposals) % _REPORT_EVERY == 0 or len(proposals) == len(texts)):
                progress(len(proposals))
        return proposals

    def ranking(self, text: str, lead_of: Leads | None = None) -> list[tuple[str, float]]:
        """Every topic with its confidence, best first; `propose` names the first of them. Never raises.

        With `lead_of` the first is the best topic of the best department, the others follow by their own confidence.
        """
        shares = self.shares(text)
        if shares is None:
            return self._equal_shares()
        best = [(self.weights.topics[place], float(shares[place])) for place in np.argsort(-shares, kind="stable")]
        if lead_of is None:
            return best
        sums = _sums(best, lead_of)
        first = max(best, key=lambda guess: sums[_group(guess[0], lead_of)])
        return [first, *(guess for guess in best if guess is not first)]

    def explain(self, text: str, topic: str | None = None) -> tuple[str, ...]:
        """The words or phrases, five at most, that decided for a topic, as typed and in the order of the text.

        Without a topic the proposed one is explained. Empty where nothing speaks for it. Never raises.
        """
        return self._remembered(text, topic)

    def _explained(self, text: str, topic: str | None) -> tuple[str, ...]:
        shares = self.shares(text)
        if shares is None or (topic is not None and topic not in self.weights.topics):
            return ()
        best = [int(place) for place in np.argsort(-shares, kind="stable")[: _RIVALS + 1]]
        explained = best[0] if topic is None else self.weights.topics.index(topic)
        rivals = [place for place in best if place != explained][:_RIVALS]
        return deciding(text, self.weights, self._scorer, explained, rivals)

    def shares(self, text: str) -> NDArray[np.float64] | None:
        """The confidence of every topic (they add up to one), or None where nothing in the text is known."""
        scores = self._scorer.scores(views(text))
        if scores is None:
            return None
        powers = np.exp((scores - scores.max()) * self.weights.temperature)
        return np.asarray(powers / powers.sum())

    def _equal_shares(self) -> list[tuple[str, float]]:
        topics, share = self.weights.topics, 1 / len(self.weights.topics)
        return [(topic, share) for topic in (OUT_OF_SCOPE, *(topic for topic in topics if topic != OUT_OF_SCOPE))]


def _group(topic: str, lead_of: Leads) -> str:
    """Whose probability a topic adds to: its department's; one that nobody leads stands alone."""
    return lead_of.get(topic) or topic


def _sums(ranking: Sequence[tuple[str, float]], lead_of: Leads) -> Mapping[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for topic, share in ranking:
        sums[_group(topic, lead_of)] += share
    return sums


def _confidence(ranking: Sequence[tuple[str, float]], lead_of: Leads | None) -> float:
    topic, share = ranking[0]
    # Rounding may carry the sum of seventy shares past one.
    return share if lead_of is None else min(1.0, _sums(ranking, lead_of)[_group(topic, lead_of)])


def load(cache_dir: Path, progress: Callable[[str], None] | None = None, *, corpus: Path = CORPUS) -> Classifier:
    """The classifier of this corpus, trained first where `cache_dir` holds no model of it.

    `progress` hears one sentence before a training. A damaged model is trained anew; where the folder cannot be
    written to, the model stays in memory. Raises CorpusFault.
    """
    file = base_file(cache_dir, fingerprint(corpus))
    return Classifier(_kept(file) or _trained(file, corpus, progress))


def base_file(folder: Path, mark: str) -> Path:
    """Where the model of the shipped texts is kept; `mark` is their fingerprint."""
    return folder / f"phan-loai-{mark[:16]}.npz"


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
    for older in file.parent.glob(BASES):
        if older != file:
            older.unlink(missing_ok=True)
