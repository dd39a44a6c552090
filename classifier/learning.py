"""Learning from what moderators decided: a new model is made, sits two exams beside the one in use, and answers only
if it passes both.

Agreements are learnt like corrections; corrections alone would teach the machine its own mistakes as if they were the
usual case (tests/benchmarks/bench_learning.py). Of texts that are nearly the same only the newest is learnt, so that a
question sent a hundred times weighs as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress, pairwise
from pathlib import Path

import numpy as np

from bot.domain.decision import Decision
from bot.domain.errors import Refusal
from bot.domain.learning import BASE, Exam, Learnt, Verdict, Version
from bot.texts.keys import Key
from classifier.alone import alone
from classifier.cases import Case, read_cases
from classifier.corpus import DEVELOPMENT, Example, Hint, read_corpus, read_hints
from classifier.model import Classifier
from classifier.ngrams import BLOCKS
from classifier.normalise import strip_accents, views
from classifier.similar import SimilarTexts, groups
from classifier.versions import Versions
from classifier.weights import Weights

REGISTER = "decision"
STEPS = 4  # of which `progress` hears

# The exam on recent decisions: a fifth of all, within these bounds, but never more than half of what the model in use
# has not learnt, so that the new one has as many lessons ahead of it. Fewer than fifty leave an exam of fewer than 25.
NEEDED = 50
_SHARE = 5
_FEWEST, _MOST = 50, 500
_HALF = 2

# On the frozen texts a retrained model differs from the old one in a handful of answers either way. With d of them the
# difference of the two sums has a standard deviation of √d: half a point (four texts of 810) is what twenty changed
# answers come to by chance, a real loss is larger. The model of the shipped texts is compared too, because half
# points would add up from night to night.
TOLERANCE = 0.005

# A word of an asker, and two neighbouring words, are learnt only where the shipped texts have them as well or so many
# different texts do: no name and no number that one person typed is in a model.
FEWEST_TEXTS = 3

Leads = Mapping[str, str | None]
Copies = Sequence[Decision]  # decisions on nearly the same text, oldest first


@dataclass(frozen=True, slots=True)
class Split:
    """Decisions to learn from and later ones to be examined on."""

    lessons: tuple[Decision, ...]
    exam: tuple[Decision, ...]


class Learner:
    """See bot.ports.Learner."""

    def __init__(self, versions: Versions, development: Path = DEVELOPMENT) -> None:
        self._versions = versions
        self._development = development

    def __call__(
        self,
        decisions: Sequence[Decision],
        leads: Leads,
        *,
        by: str,
        at: datetime,
        anew: bool,
        progress: Callable[[int], None] | None = None,
    ) -> Learnt:
        """Train, examine, and promote or keep aside; `progress` hears how many of STEPS are done.

        Raises Refusal, CorpusFault or OSError, and then the same model answers as before.
        """
        with alone(self._versions.folder / ".dang-hoc", wait=False) as free:
            if not free:
                raise Refusal(Key.REFUSE_TRAINING)
            return self._learn(decisions, leads, by, at, anew, progress or _nobody)

    def _learn(
        self,
        decisions: Sequence[Decision],
        leads: Leads,
        by: str,
        at: datetime,
        anew: bool,
        progress: Callable[[int], None],
    ) -> Learnt:
        base = self._versions.base()  # first: a missing model is made even where there is nothing to learn
        progress(1)
        texts = read_corpus(self._versions.corpus)
        known = {example.topic for example in texts}
        usable = sorted((one for one in decisions if one.topic in known), key=_when)
        version = self._versions.active()
        apart = read_cases(self._development, leads)
        copies = grouped(unlike(usable, (case.text for case in apart)))
        fresh = unlearnt(copies, version.learnt if version else frozenset())
        nothing = self._nothing_to_do(usable, len(fresh), anew=anew)
        if nothing is not None:
            return Learnt(nothing, len(usable), len(fresh), NEEDED)
        parts = split(copies, fresh)
        candidate = trained(texts, parts.lessons)
        progress(2)
        frozen, recent, verdict = self._examined(base, candidate, apart, parts.exam, leads)
        progress(3)
        promoted = verdict is Verdict.PROMOTED
        lessons = tuple(same[-1] for same in copies) if promoted else parts.lessons
        learnt = {one.submission_id for one in lessons}
        made = Version(
            id=0,
            made_at=at,
            fingerprint=self._versions.fingerprint,
            decisions=len(lessons),
            seen=usable[-1].at,
            verdict=verdict,
            frozen=frozen,
            recent=recent,
            learnt=frozenset(one.mark for same in copies if same[-1].submission_id in learnt for one in same),
            offered=frozenset(one.mark for one in usable),
        )
        weights = trained(texts, lessons) if promoted else candidate
        compared = version.id if version else BASE
        kept = self._versions.add(made, weights, by=by, promote=promoted, instead_of=compared)
        progress(STEPS)
        return Learnt(kept.verdict, len(usable), len(fresh), NEEDED, kept.id, frozen, recent)

    def _nothing_to_do(self, usable: Sequence[Decision], fresh: int, *, anew: bool) -> Verdict | None:
        if fresh < NEEDED:
            return Verdict.TOO_FEW
        made = self._versions.manifest().versions
        tried = [one for one in made if one.fingerprint == self._versions.fingerprint]
        if anew or not tried:
            return None
        # A paper slip that is typed in late is new, and so is another decision on a text that was there before.
        offered, seen = frozenset[str]().union(*(one.offered for one in tried)), max(one.seen for one in tried)
        since = sum(one.mark not in offered or one.at > seen for one in usable)
        return Verdict.NOTHING_NEW if since < NEEDED else None

    def _examined(
        self, base: Classifier, candidate: Weights, apart: Sequence[Case], exam: Sequence[Decision], leads: Leads
    ) -> tuple[Exam, Exam, Verdict]:
        in_use, new = self._versions.serve(), Classifier(candidate)
        recent = [Case(one.text, one.topic, leads.get(one.topic)) for one in exam]
        frozen = Exam(len(apart), right(in_use, apart, leads), right(new, apart, leads))
        lately = Exam(len(recent), right(in_use, recent, leads), right(new, recent, leads))
        floor = max(frozen.before, right(base, apart, leads)) - TOLERANCE * frozen.texts
        if frozen.after < floor:
            return frozen, lately, Verdict.WORSE
        return frozen, lately, Verdict.PROMOTED if lately.after > lately.before else Verdict.NOT_BETTER


def _nobody(_done: int) -> None:
    """Progress that nobody watches."""


# ------------------------------------------------------------------ which decisions are for what


def grouped(decisions: Sequence[Decision]) -> list[Copies]:
    """Decisions (oldest first) on nearly the same text put together, in the order of the newest of each."""
    centre = dict(enumerate(range(len(decisions))))
    for group in groups((place, one.text) for place, one in enumerate(decisions)):
        centre.update((member.id, group.centre) for member in group.members)
    copies: dict[int, list[Decision]] = {}
    for place, one in enumerate(decisions):
        copies.setdefault(centre[place], []).append(one)
    return sorted(copies.values(), key=lambda same: _when(same[-1]))


def _when(one: Decision) -> tuple[datetime, int]:
    return one.at, one.submission_id


def unlearnt(copies: Sequence[Copies], learnt: Collection[str]) -> list[Copies]:
    """Those of which a model that learnt the texts with these marks has seen no copy, whenever they were decided."""
    return [same for same in copies if not any(one.mark in learnt for one in same)]


def unlike(decisions: Sequence[Decision], texts: Iterable[str]) -> list[Decision]:
    """The decisions whose texts are no near copy (`classifier.similar.FLOOR`) of any of these."""
    known = SimilarTexts()
    known.put(enumerate(texts))
    return [one for one in decisions if not known.nearest(one.text, limit=1)]


def split(copies: Sequence[Copies], fresh: Sequence[Copies]) -> Split:
    """The newest of the fresh ones for the exam, everything else to learn from; of copies the newest only.

    A fifth of all is examined, at least _FEWEST and at most _MOST, but never more than half of the fresh ones. Of
    those whatever is nearly a lesson is left out: it stands between two groups of copies.
    """
    size = min(_MOST, max(_FEWEST, len(copies) // _SHARE), len(fresh) // _HALF)
    examined = fresh[len(fresh) - size :]
    apart = {same[-1].submission_id for same in examined}
    lessons = tuple(same[-1] for same in copies if same[-1].submission_id not in apart)
    exam = unlike([same[-1] for same in examined], (one.text for one in lessons))
    return Split(lessons, tuple(exam))


# ------------------------------------------------------------------ what of them a model learns


def trained(texts: Sequence[Example], lessons: Sequence[Decision]) -> Weights:
    """A model of texts, of the hints to their topics and of decisions, which holds nothing that one person alone wrote.

    Takes a minute with all shipped texts. Raises CorpusFault.
    """
    from classifier.train import train

    topics = {example.topic for example in texts}
    hints = [hint for hint in read_hints() if hint.topic in topics]
    decided = examples(texts, lessons)
    return _without(train([*texts, *decided], hints), private_pairs([*texts, *hints], decided))


def examples(texts: Iterable[Example], lessons: Sequence[Decision]) -> list[Example]:
    """The decisions as texts to learn from, without words that only one or two of them hold (and no shipped text)."""
    read = [views(one.text) for one in lessons]
    times = Counter(word for text in read for word in set(text.folded.split()))
    public = {word for example in texts for word in views(example.text).folded.split()}
    public |= {word for word, count in times.items() if count >= FEWEST_TEXTS}
    return [
        Example(" ".join(word for word in text.written.split() if strip_accents(word) in public), one.topic, REGISTER)
        for text, one in zip(read, lessons, strict=True)
    ]


def private_pairs(shipped: Iterable[Example | Hint], decided: Iterable[Example]) -> set[str]:
    """Neighbouring words, folded, that only one or two decided texts hold (and no shipped text): perhaps a name."""
    times = Counter(pair for example in decided for pair in _pairs(example.text))
    rare = {pair for pair, count in times.items() if count < FEWEST_TEXTS}
    return rare.difference(*(_pairs(text.text) for text in shipped))


def _pairs(text: str) -> set[str]:
    """Of the text and of its copy without accents, in which an abbreviation may be read otherwise."""
    read = (views(text), views(strip_accents(text)))
    return {f"{one} {other}" for view in read for one, other in pairwise(view.folded.split())}


def _without(weights: Weights, pairs: Collection[str]) -> Weights:
    """The model without these pairs of words, with or without accents."""
    kept = [
        np.array([block.unit != "word" or strip_accents(piece) not in pairs for piece in pieces], dtype=bool)
        for block, pieces in zip(BLOCKS, weights.pieces, strict=True)
    ]
    rows = np.concatenate(kept)
    return replace(
        weights,
        pieces=tuple(tuple(compress(pieces, keep)) for pieces, keep in zip(weights.pieces, kept, strict=True)),
        idf=weights.idf[rows],
        coefficients=weights.coefficients[rows],
    )


def right(classifier: Classifier, cases: Sequence[Case], leads: Leads) -> int:
    """Of how many texts the proposed department is right or good enough, as the bot would propose it."""
    proposals = classifier.propose_all([case.text for case in cases], leads)
    pairs = zip(cases, proposals, strict=True)
    return sum(case.accepts_department(leads.get(proposal.topic), leads) for case, proposal in pairs)
