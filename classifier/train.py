"""Training, with scikit-learn. Imported only where no kept model fits, because the import alone costs a second.

Each text is learnt twice, as written and without accents, so that a text typed without accents loses almost nothing.
Confidence is the softmax of the scores times one temperature; temperature and threshold come from texts that the
scoring model had not seen (whole texts are held out, their stripped copies with them).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from classifier.corpus import Example
from classifier.ngrams import BLOCKS, Block
from classifier.normalise import Views, strip_accents, views
from classifier.weights import Weights

PRECISION = 0.95  # what is promised of a text on which the machine does not abstain

_SEED = 20260326
_FOLDS = 5
_PENALTY = 0.2  # C of LinearSVC

Labels = NDArray[np.str_]
Matrix = NDArray[np.float64]


def train(examples: Sequence[Example]) -> Weights:
    """A model of all the examples; the same examples always give the same model."""
    written = [views(example.text) for example in examples]
    stripped = [views(strip_accents(example.text)) for example in examples]
    labels = np.array([example.topic for example in examples])
    pipeline = fitted(written, stripped, labels)
    topics = pipeline.classes_
    scores = held_out(written, stripped, labels, topics)
    right = np.searchsorted(topics, np.concatenate([labels, labels]))
    temperature = best_temperature(scores, right)
    confidence = softmax(scores * temperature)
    threshold, coverage = lowest_threshold(confidence.max(axis=1), confidence.argmax(axis=1) == right)
    figures = {
        "examples": float(len(examples)),
        "held_out_accuracy": float(np.mean(scores.argmax(axis=1) == right)),
        "held_out_coverage": coverage,
    }
    return folded(pipeline, temperature, threshold, figures)


def pipeline() -> Pipeline:
    """The untrained road from the two views to scores."""
    blocks = [(f"{block.view}-{block.unit}", _vectoriser(block)) for block in BLOCKS]
    return Pipeline([("features", FeatureUnion(blocks)), ("model", LinearSVC(C=_PENALTY, random_state=_SEED))])


def fitted(written: Sequence[Views], stripped: Sequence[Views], labels: Labels) -> Pipeline:
    """The road trained on the texts and on their stripped copies."""
    return pipeline().fit([*written, *stripped], np.concatenate([labels, labels]))


def _vectoriser(block: Block) -> TfidfVectorizer:
    only_words = {"token_pattern": r"\S+"} if block.unit == "word" else {}
    return TfidfVectorizer(
        preprocessor=attrgetter(block.view),
        analyzer=block.unit,
        ngram_range=(block.shortest, block.longest),
        min_df=block.min_texts,
        sublinear_tf=True,
        **only_words,
    )


def held_out(written: Sequence[Views], stripped: Sequence[Views], labels: Labels, topics: Labels) -> Matrix:
    """Scores of every text, then of every stripped copy, by a model that saw neither (columns: `topics`)."""
    scores = np.zeros((2 * len(labels), len(topics)))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for seen, unseen in folds.split(labels, labels):
        model = fitted([written[i] for i in seen], [stripped[i] for i in seen], labels[seen])
        for copies, first in ((written, 0), (stripped, len(labels))):
            scores[unseen + first] = model.decision_function([copies[i] for i in unseen])
    return scores


def best_temperature(scores: Matrix, right: NDArray[np.intp]) -> float:
    """The factor that makes the softmax of the scores most honest (least log loss of the right topics)."""

    def loss(logarithm: float) -> float:
        scaled = scores * np.exp(logarithm)
        top = scaled.max(axis=1)
        chosen = scaled[np.arange(len(right)), right]
        return float(np.mean(top + np.log(np.exp(scaled - top[:, None]).sum(axis=1)) - chosen))

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 5.0), method="bounded").x))


def lowest_threshold(confidence: Matrix, is_right: NDArray[np.bool_]) -> tuple[float, float]:
    """The confidence from which on PRECISION of the texts are right, and the share of texts that reach it."""
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    if not len(enough):
        return 1.0, 0.0
    return float(confidence[order[enough[-1]]]), float(enough[-1] + 1) / len(order)


def softmax(scaled: Matrix) -> Matrix:
    """Shares that add up to one, row by row."""
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def folded(pipeline: Pipeline, temperature: float, threshold: float, figures: dict[str, float]) -> Weights:
    """The trained road as plain numbers."""
    vectorisers = [vectoriser for _, vectoriser in pipeline["features"].transformer_list]
    model = pipeline["model"]
    return Weights(
        topics=tuple(str(topic) for topic in model.classes_),
        pieces=tuple(tuple(map(str, vectoriser.get_feature_names_out())) for vectoriser in vectorisers),
        idf=np.concatenate([vectoriser.idf_ for vectoriser in vectorisers]).astype(np.float32),
        coefficients=np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        intercepts=model.intercept_.astype(np.float64),
        temperature=temperature,
        threshold=threshold,
        figures=figures,
    )
