"""Training, with scikit-learn. Imported only where no kept model fits, because the import alone costs a second.

Each text is learnt twice, as written and without accents, so that a text typed without accents loses little. Two linear
models are added up. Naive Bayes knows what each word says by itself, also one met only once or twice; support vectors
know how far it may be believed beside the others. Together they beat either alone (README.md).
Confidence is the softmax of the scores times one temperature; temperature and threshold come from texts that the
scoring model had not seen (whole texts are held out, their stripped copies with them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from bot.domain.department import OUT_OF_SCOPE
from classifier.corpus import Example, Hint, read_leads
from classifier.ngrams import BLOCKS, Block
from classifier.normalise import Views, strip_accents, views
from classifier.weights import Weights

PRECISION = 0.9  # promised of the department where the machine does not abstain; a person confirms it all the same

_SEED = 20260326
_FOLDS = 4  # one of them is held back
_HINT = 0.25  # how much a phrase of the directory or the lexicon counts beside a text
_PENALTY = 0.2  # C of LinearSVC
_SMOOTHING = 0.1  # what naive Bayes adds to each count: half of a word's usual tf-idf
_MARGIN = 5.0  # how much a support vector's margin counts beside a logarithm of naive Bayes
# A greeting, an advertisement, a joke: taken together as likely beforehand as this many topics.
_BESIDE = 8.0
# A model that learnt from all texts is righter than the one that learnt from three quarters, and may be surer. Chosen
# on the development set: the calibration error of its departments falls from 6.6 to 3.7 points, unaccented 7.0 to 3.5.
_SURER = 1.2

Labels = NDArray[np.str_]
Places = NDArray[np.intp]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Texts ready for learning: both views of each as written, both views of its stripped copy, topic and weight."""

    written: list[Views]
    stripped: list[Views]
    labels: Labels
    weights: Matrix

    @classmethod
    def of(cls, texts: Iterable[Example | Hint]) -> Lessons:
        known = list(texts)
        return cls(
            [views(text.text) for text in known],
            [views(strip_accents(text.text)) for text in known],
            np.array([text.topic for text in known], dtype=np.str_),
            np.array([_HINT if isinstance(text, Hint) else 1.0 for text in known]),
        )

    def some(self, places: Iterable[int]) -> Lessons:
        chosen = list(places)
        written, stripped = [self.written[i] for i in chosen], [self.stripped[i] for i in chosen]
        return Lessons(written, stripped, self.labels[chosen], self.weights[chosen])

    def twice(self) -> tuple[list[Views], Labels]:
        """The texts as written, then their stripped copies, and the topics of both."""
        return self.written + self.stripped, np.tile(self.labels, 2)

    def balanced(self) -> Matrix:
        """The weights, so that all topics have the same sum: one with more texts is not for that likelier."""
        _, places = np.unique(self.labels, return_inverse=True)
        sums = np.bincount(places, self.weights)
        return np.asarray(self.weights * (sums.mean() / sums)[places])


def train(examples: Sequence[Example], hints: Sequence[Hint] = ()) -> Weights:
    """A model of all the examples and of the hints to their topics; the same input always gives the same model."""
    topics = {example.topic for example in examples}
    lessons = Lessons.of([*examples, *(hint for hint in hints if hint.topic in topics)])
    features = vectorised()
    rows = features.fit_transform(lessons.twice()[0])
    everything, unseen = np.arange(len(lessons.labels)), held_back(lessons.labels[: len(examples)])
    judged = [examples[place] for place in unseen]
    # One after the other: liblinear draws its random numbers from one source for all threads.
    model, part = learnt(rows, lessons, everything), learnt(rows, lessons, np.setdiff1d(everything, unseen))
    scores = part.decision_function(rows[np.r_[unseen, unseen + len(everything)]])
    temperature, threshold, figures = calibrated(scores, model.classes_, judged)
    road = Pipeline([("features", features), ("model", model)])
    return folded(road, temperature, threshold, {"examples": float(len(examples)), **figures})


def fitted(lessons: Lessons) -> Pipeline:
    """The road from the two views to scores, trained on the texts and on their stripped copies."""
    features = vectorised()
    rows = features.fit_transform(lessons.twice()[0])
    return Pipeline([("features", features), ("model", learnt(rows, lessons, np.arange(len(lessons.labels))))])


def vectorised() -> FeatureUnion:
    """The blocks of n-grams side by side, not yet fitted."""
    return FeatureUnion(
        [(f"{block.view}-{block.unit}", _vectoriser(block)) for block in BLOCKS],
        transformer_weights={f"{block.view}-{block.unit}": block.weight for block in BLOCKS},
    )


def learnt(rows: csr_matrix, lessons: Lessons, places: Places) -> Blend:
    """A model of some lessons and their stripped copies; `rows` are the features of all, copies after the texts."""
    some = lessons.some(places)
    twice = np.r_[places, places + len(lessons.labels)]
    return Blend().fit(rows[twice], some.twice()[1], np.tile(some.balanced(), 2))


def held_back(labels: Labels) -> Places:
    """Which texts are kept from the model that confidence is measured with: the same share of every topic.

    Only their labels are held back: which n-grams there are, and how rare, is known of all texts, which saves cutting
    them twice.
    """
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    return np.asarray(next(folds.split(labels, labels))[1])


class Blend(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Naive Bayes and support vectors over the same features, added up: still one linear model."""

    def fit(self, features: csr_matrix, labels: Labels, sample_weight: Matrix | None = None) -> Blend:
        """Learn from tf-idf rows, one label and one weight (default 1) a row."""
        bayes = MultinomialNB(alpha=_SMOOTHING, fit_prior=False).fit(features, labels, sample_weight)
        vectors = LinearSVC(C=_PENALTY, random_state=_SEED).fit(features, labels, sample_weight)
        self.classes_ = bayes.classes_
        # What all topics have in common says nothing, and small numbers lose less when they are rounded.
        said = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
        self.coef_ = said + _MARGIN * vectors.coef_
        self.intercept_ = _MARGIN * vectors.intercept_ + np.log(_BESIDE) * (self.classes_ == OUT_OF_SCOPE)
        return self

    def decision_function(self, features: csr_matrix) -> Matrix:
        """A score a topic (columns: `classes_`) for each row."""
        return np.asarray(features @ self.coef_.T + self.intercept_)

    def predict(self, features: csr_matrix) -> Labels:
        """The best topic of each row."""
        return np.asarray(self.classes_[self.decision_function(features).argmax(axis=1)])


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


def calibrated(scores: Matrix, topics: Labels, judged: Sequence[Example]) -> tuple[float, float, dict[str, float]]:
    """Temperature, threshold and figures from the scores of texts not learnt from, then of their stripped copies."""
    right = np.tile(np.searchsorted(topics, [example.topic for example in judged]), 2)
    temperature = _SURER * best_temperature(scores, right)
    confidence = softmax(scores * temperature)
    is_right = confidence.argmax(axis=1) == right
    threshold, coverage = lowest_threshold(*departments(confidence, topics, judged))
    figures = {
        "held_out": float(len(judged)),
        "held_out_accuracy": float(is_right[: len(judged)].mean()),
        "held_out_accuracy_stripped": float(is_right[len(judged) :].mean()),
        "held_out_coverage": coverage,
    }
    return temperature, threshold, figures


def departments(confidence: Matrix, topics: Labels, examples: Sequence[Example]) -> tuple[Matrix, NDArray[np.bool_]]:
    """How sure the machine is of the best department for each example and its stripped copy, and whether it is right.

    A department has the confidence of its topics together; a topic that nobody leads stands alone.
    """
    lead_of = read_leads()
    owners = np.array([lead_of.get(topic) or topic for topic in topics])
    names, places = np.unique(owners, return_inverse=True)
    sums = confidence @ np.eye(len(names))[places]
    accepted = [{lead_of.get(topic) or topic for topic in (one.topic, *one.also)} for one in examples]
    best = names[sums.argmax(axis=1)]
    return sums.max(axis=1), np.array([name in good for name, good in zip(best, accepted * 2, strict=True)])


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
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def folded(road: Pipeline, temperature: float, threshold: float, figures: dict[str, float]) -> Weights:
    """The trained road as plain numbers."""
    vectorisers = [vectoriser for _, vectoriser in road["features"].transformer_list]
    weights = np.repeat([block.weight for block in BLOCKS], [len(one.vocabulary_) for one in vectorisers])
    model = road["model"]
    return Weights(
        topics=tuple(str(topic) for topic in model.classes_),
        pieces=tuple(tuple(map(str, vectoriser.get_feature_names_out())) for vectoriser in vectorisers),
        idf=np.concatenate([vectoriser.idf_ for vectoriser in vectorisers]).astype(np.float32),
        coefficients=np.ascontiguousarray(model.coef_.T * weights[:, None], dtype=np.float32),
        intercepts=model.intercept_.astype(np.float64),
        temperature=temperature,
        threshold=threshold,
        figures=figures,
    )
