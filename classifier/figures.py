"""What is counted when the machine is judged. Shares are from 0 to 1; None stands where there was nothing to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from bot.domain.department import OUT_OF_SCOPE
from classifier.cases import Case

PRECISION = 0.95  # coverage is stated at this precision

_BINS = 15
_THIRD = 3

Code = str | None


class Judged(Protocol):
    """What is judged: a `classifier.model.Classifier`, or whatever ranks topics as it does."""

    @property
    def threshold(self) -> float: ...

    def ranking(self, text: str) -> list[tuple[str, float]]: ...


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
class Quality:
    """Of `texts` texts: `first` right at once, `accepted` right or good enough, `third` good enough among three."""

    texts: int
    first: float | None
    accepted: float | None
    third: float | None
    macro_f1: float | None


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures of one set of texts.

    `topics` counts the texts whose topic is named, `departments` all of them, by the department of the best topic
    (its `third` by sums of confidence); `departments_by_sum` chooses the department whose topics have most confidence
    together. `scope_found` is the share of out-of-scope texts found as such, `scope_lost` the share of real questions
    taken for such. `calibration` is the mean gap between confidence and truth (accepted) in 15 bins of equally many
    texts. `coverage` is the largest share of texts, most confident first, of which 95 % are accepted; `answered` the
    share that the machine answers at its own threshold, `precise` how many of those are accepted.
    """

    topics: Quality
    departments: Quality
    departments_by_sum: Quality
    scope_found: float | None
    scope_lost: float | None
    calibration: float
    coverage: float
    answered: float
    precise: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The headline of one set of texts, every topic and department of it, and what was taken for what."""

    headline: Headline
    per_topic: tuple[Line, ...]
    per_department: tuple[Line, ...]
    topic_confusions: tuple[Confusion, ...]
    department_confusions: tuple[Confusion, ...]

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
    by_topic: Code
    by_sum: tuple[Code, ...]
    accepted: bool
    third: bool


def measure(judged: Judged, cases: Sequence[Case], lead_of: Mapping[str, Code]) -> Figures:
    """Let the machine read every text and count. `lead_of` names the department of every topic. Needs a case."""
    outcomes = [_outcome(judged, case, lead_of) for case in cases]
    named = [one for one in outcomes if one.case.topic is not None]

    def fits(one: Outcome, department: Code) -> bool:
        return one.case.accepts_department(department, lead_of)

    return Figures(
        headline=_headline(outcomes, named, judged.threshold, fits),
        per_topic=_lines((one.case.topic, one.topics[0]) for one in named),
        per_department=_lines((one.case.department, one.by_topic) for one in outcomes),
        topic_confusions=_confusions((one.case.topic, one.topics[0]) for one in named if not one.accepted),
        department_confusions=_confusions(
            (one.case.department, one.by_topic) for one in outcomes if not fits(one, one.by_topic)
        ),
    )


def _outcome(judged: Judged, case: Case, lead_of: Mapping[str, Code]) -> Outcome:
    ranking = judged.ranking(case.text)
    topics, confidence = tuple(topic for topic, _ in ranking[:_THIRD]), ranking[0][1]
    sums: dict[Code, float] = {}
    for topic, share in ranking:
        sums[lead_of.get(topic)] = sums.get(lead_of.get(topic), 0.0) + share
    good = [case.accepts(topic, lead_of.get(topic)) for topic in topics]
    by_sum = tuple(sorted(sums, key=lambda department: -sums[department]))[:_THIRD]
    return Outcome(case, topics, confidence, lead_of.get(topics[0]), by_sum, good[0], any(good))


def _headline(
    outcomes: Sequence[Outcome], named: Sequence[Outcome], threshold: float, fits: Callable[[Outcome, Code], bool]
) -> Headline:
    confidence, accepted = [one.confidence for one in outcomes], [one.accepted for one in outcomes]
    sure = [one.accepted for one in outcomes if one.confidence >= threshold]
    beside = [one for one in outcomes if one.case.topic == OUT_OF_SCOPE]
    real = [one for one in outcomes if not one.case.out_of_scope]
    third = mean(any(fits(one, department) for department in one.by_sum) for one in outcomes)
    return Headline(
        topics=Quality(
            len(named),
            mean(one.topics[0] == one.case.topic for one in named),
            mean(one.accepted for one in named),
            mean(one.third for one in named),
            macro_f1([(one.case.topic, one.topics[0]) for one in named]),
        ),
        departments=_departments(outcomes, [one.by_topic for one in outcomes], third, fits),
        departments_by_sum=_departments(outcomes, [one.by_sum[0] for one in outcomes], third, fits),
        scope_found=mean(one.topics[0] == OUT_OF_SCOPE for one in beside),
        scope_lost=mean(one.topics[0] == OUT_OF_SCOPE for one in real),
        calibration=calibration_error(confidence, accepted),
        coverage=coverage(confidence, accepted),
        answered=len(sure) / len(outcomes),
        precise=mean(sure),
    )


def _departments(
    outcomes: Sequence[Outcome],
    proposed: Sequence[Code],
    third: float | None,
    fits: Callable[[Outcome, Code], bool],
) -> Quality:
    pairs = list(zip(outcomes, proposed, strict=True))
    return Quality(
        len(outcomes),
        mean(department == one.case.department for one, department in pairs),
        mean(fits(one, department) for one, department in pairs),
        third,
        macro_f1([(one.case.department, department) for one, department in pairs]),
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


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """The mean gap between confidence and truth over bins of equally many texts, ordered by confidence."""
    order = np.argsort(confidence, kind="stable")
    gap = np.array(confidence, dtype=float)[order] - np.array(right, dtype=float)[order]
    return sum(abs(float(part.sum())) for part in np.array_split(gap, _BINS)) / len(gap)


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
