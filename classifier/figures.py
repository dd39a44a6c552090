"""What is counted when the machine is judged. Shares are from 0 to 1; None stands where there was nothing to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.department import OUT_OF_SCOPE
from classifier.cases import Case

PRECISION = 0.95  # coverage is stated at this precision

_BINS = 15
_TENTHS = 10
_THIRD = 3

Code = str | None


class Judged(Protocol):
    """What is judged: a `classifier.model.Classifier`, or whatever ranks topics as it does."""

    @property
    def threshold(self) -> float: ...

    def ranking(self, text: str, lead_of: Mapping[str, Code]) -> list[tuple[str, float]]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """How one topic or department fared: `texts` of it, `right` of them proposed as such, `proposed` in all."""

    code: Code
    texts: int
    right: int
    proposed: int

    @property
    def recall(self) -> float | None:
        """Of its texts, those that were found."""
        return self.right / self.texts if self.texts else None

    @property
    def precision(self) -> float | None:
        """Of the texts proposed for it, those that are its own."""
        return self.right / self.proposed if self.proposed else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """`texts` texts of one topic or department were given to another, and nobody would accept that."""

    code: Code
    proposed: Code
    texts: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of about the same confidence: how many, their mean confidence, and the share that is accepted."""

    texts: int
    confidence: float
    accepted: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Of `texts` texts: `first` right at once, `accepted` right or good enough, `third` good enough among three.

    `calibration` is the mean gap between confidence and truth (accepted) in `bins`, 15 of equally many texts from the
    least to the most confident. `spread` are the tenths of confidence from 0 to 1, empty ones too, for a picture.
    `coverage` is the largest share of texts, most confident first, of which 95 % are
    accepted.
    """

    texts: int
    first: float | None
    accepted: float | None
    third: float | None
    macro_f1: float | None
    calibration: float | None
    coverage: float | None
    bins: tuple[Bin, ...]
    spread: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures of one set of texts.

    `topics` counts the texts whose topic is named, `departments` all of them. As the bot proposes, the department is
    the one whose topics have most confidence together, the topic the best of that department. `scope_found` is the
    share of out-of-scope texts found as such, `scope_lost` the share of real questions taken for such. `answered` is
    the share whose department has at least the machine's own threshold, `precise` how many of those are accepted.
    """

    topics: Quality
    departments: Quality
    scope_found: float | None
    scope_lost: float | None
    answered: float
    precise: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The headline of one set of texts, every topic and department of it, and what was taken for what.

    `department_pairs` counts every pair of true and proposed department, the right ones too.
    """

    headline: Headline
    per_topic: tuple[Line, ...]
    per_department: tuple[Line, ...]
    topic_confusions: tuple[Confusion, ...]
    department_confusions: tuple[Confusion, ...]
    department_pairs: tuple[Confusion, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as plain dicts and lists, with recall and precision of each line."""
        plain = asdict(self)
        for name, lines in (("per_topic", self.per_topic), ("per_department", self.per_department)):
            plain[name] = [{**asdict(line), "recall": line.recall, "precision": line.precision} for line in lines]
        return plain


class Outcome(NamedTuple):
    """One case and what the machine made of it, topics and departments best first."""

    case: Case
    topics: tuple[str, ...]
    confidence: float
    departments: tuple[tuple[Code, float], ...]
    accepted: bool
    third: bool

    @property
    def department(self) -> Code:
        """The department that is proposed."""
        return self.departments[0][0]


def measure(judged: Judged, cases: Sequence[Case], lead_of: Mapping[str, Code]) -> Figures:
    """Let the machine read every text and count. `lead_of` names the department of every topic. Needs a case."""
    outcomes = [_outcome(judged, case, lead_of) for case in cases]
    named = [one for one in outcomes if one.case.topic is not None]

    def fits(one: Outcome, department: Code) -> bool:
        return one.case.accepts_department(department, lead_of)

    return Figures(
        headline=_headline(outcomes, named, judged.threshold, fits),
        per_topic=_lines((one.case.topic, one.topics[0]) for one in named),
        per_department=_lines((one.case.department, one.department) for one in outcomes),
        topic_confusions=_confusions((one.case.topic, one.topics[0]) for one in named if not one.accepted),
        department_confusions=_confusions(
            (one.case.department, one.department) for one in outcomes if not fits(one, one.department)
        ),
        department_pairs=_confusions((one.case.department, one.department) for one in outcomes),
    )


def _outcome(judged: Judged, case: Case, lead_of: Mapping[str, Code]) -> Outcome:
    ranking = judged.ranking(case.text, lead_of)
    topics, confidence = tuple(topic for topic, _ in ranking[:_THIRD]), ranking[0][1]
    good = [case.accepts(topic, lead_of.get(topic)) for topic in topics]
    return Outcome(case, topics, confidence, _best_departments(ranking, lead_of), good[0], any(good))


def _best_departments(
    ranking: Sequence[tuple[str, float]], lead_of: Mapping[str, Code]
) -> tuple[tuple[Code, float], ...]:
    """Three departments by the sum of their topics, first the one that is proposed; topics without one stand alone."""
    sums: dict[tuple[Code, str], float] = {}
    for topic, share in ranking:
        lead = lead_of.get(topic)
        group = (lead, "" if lead else topic)
        sums[group] = sums.get(group, 0.0) + share
    best = sorted(sums, key=lambda group: -sums[group])[:_THIRD]
    return tuple((group[0], sums[group]) for group in best)


def _headline(
    outcomes: Sequence[Outcome], named: Sequence[Outcome], threshold: float, fits: Callable[[Outcome, Code], bool]
) -> Headline:
    beside = [one for one in outcomes if one.case.topic == OUT_OF_SCOPE]
    real = [one for one in outcomes if not one.case.out_of_scope]
    sure = [fits(one, one.department) for one in outcomes if one.departments[0][1] >= threshold]
    return Headline(
        topics=_quality(
            [(one.case.topic, one.topics[0]) for one in named],
            [one.accepted for one in named],
            [one.third for one in named],
            [one.confidence for one in named],
        ),
        departments=_quality(
            [(one.case.department, one.department) for one in outcomes],
            [fits(one, one.department) for one in outcomes],
            [any(fits(one, department) for department, _ in one.departments) for one in outcomes],
            [one.departments[0][1] for one in outcomes],
        ),
        scope_found=mean(one.topics[0] == OUT_OF_SCOPE for one in beside),
        scope_lost=mean(one.topics[0] == OUT_OF_SCOPE for one in real),
        answered=len(sure) / len(outcomes),
        precise=mean(sure),
    )


def _quality(
    pairs: Sequence[tuple[Code, Code]], accepted: Sequence[bool], third: Sequence[bool], confidence: Sequence[float]
) -> Quality:
    return Quality(
        texts=len(pairs),
        first=mean(true == guess for true, guess in pairs),
        accepted=mean(accepted),
        third=mean(third),
        macro_f1=macro_f1(pairs),
        calibration=calibration_error(confidence, accepted) if pairs else None,
        coverage=coverage(confidence, accepted) if pairs else None,
        bins=reliability(confidence, accepted),
        spread=spread(confidence, accepted),
    )


# ------------------------------------------------------------------ arithmetic


def mean(outcomes: Iterable[bool]) -> float | None:
    """The share that is true, None of nothing."""
    known = list(outcomes)
    return sum(known) / len(known) if known else None


def macro_f1(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """The mean over all codes that occur of 2·right / (texts of the code + texts proposed for it)."""
    texts, proposed = Counter(true for true, _ in pairs), Counter(guess for _, guess in pairs)
    right = Counter(true for true, guess in pairs if true == guess)
    scores = [2 * right[code] / (texts[code] + proposed[code]) for code in texts | proposed]
    return sum(scores) / len(scores) if scores else None


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Bins of equally many texts, ordered by confidence; fewer where there are fewer texts."""
    order = np.argsort(confidence, kind="stable")
    sure, true = np.array(confidence, dtype=float)[order], np.array(right, dtype=float)[order]
    parts = zip(np.array_split(sure, _BINS), np.array_split(true, _BINS), strict=True)
    return tuple(_bin(part, hits) for part, hits in parts if len(part))


def spread(confidence: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """A bin for each tenth of confidence, its upper end included; zeros where no text is as sure as that."""
    sure, true = np.array(confidence, dtype=float), np.array(right, dtype=float)
    places = np.clip(np.ceil(sure * _TENTHS).astype(int) - 1, 0, _TENTHS - 1)
    return tuple(_bin(sure[places == place], true[places == place]) for place in range(_TENTHS))


def _bin(sure: NDArray[np.float64], true: NDArray[np.float64]) -> Bin:
    return Bin(len(sure), float(sure.mean()), float(true.mean())) if len(sure) else Bin(0, 0.0, 0.0)


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """The mean gap between confidence and truth over those bins. Needs a text."""
    return sum(part.texts * abs(part.confidence - part.accepted) for part in reliability(confidence, right)) / len(
        right
    )


def coverage(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """The largest share of texts, most confident first, of which PRECISION are right; equals are never parted."""
    ranked = np.argsort(-np.array(confidence, dtype=float), kind="stable")
    ordered, precision = np.array(confidence)[ranked], np.cumsum(np.array(right)[ranked]) / np.arange(1, len(right) + 1)
    last_of_equals = np.append(ordered[1:] < ordered[:-1], True)
    enough = np.flatnonzero((precision >= PRECISION) & last_of_equals)
    return float(enough[-1] + 1) / len(right) if len(enough) else 0.0


def _lines(pairs: Iterable[tuple[Code, Code]]) -> tuple[Line, ...]:
    """A line for every code that has texts or was proposed, the weakest first."""
    known = list(pairs)
    texts, proposed = Counter(true for true, _ in known), Counter(guess for _, guess in known)
    right = Counter(true for true, guess in known if true == guess)
    lines = [Line(code, texts[code], right[code], proposed[code]) for code in texts | proposed]
    return tuple(sorted(lines, key=lambda line: (2.0 if line.recall is None else line.recall, line.code or "")))


def _confusions(pairs: Iterable[tuple[Code, Code]]) -> tuple[Confusion, ...]:
    counts = Counter(pairs)
    ordered = sorted(counts, key=lambda pair: (-counts[pair], pair[0] or "", pair[1] or ""))
    return tuple(Confusion(*pair, counts[pair]) for pair in ordered)
