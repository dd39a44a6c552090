"""Learning from what moderators decided: a new model is made, sits two exams beside the one in use, and answers only
if it passes both.

Agreements are learnt like corrections; corrections alone would teach the machine its own mistakes as if they were the
usual case (tests/benchmarks/bench_learning.py). Of texts that are nearly the same only the newest is learnt, so that a
question sent a hundred times weighs as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.decision import Decision
from bot.domain.errors import Refusal
from bot.domain.learning import BASE, Exam, Learnt, Verdict, Version
from bot.texts.keys import Key
from classifier.alone import alone
from classifier.cases import Case, read_cases
from classifier.corpus import DEVELOPMENT, Example, read_corpus, read_hints
from classifier.model import Classifier
from classifier.normalise import strip_accents, views
from classifier.similar import groups
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

# A word of an asker is learnt only where the shipped texts have it as well or so many different texts do: no name and
# no number that one person typed is in a model.
FEWEST_TEXTS = 3

Leads = Mapping[str, str | None]
Copies = Sequence[Decision]  # decisions on nearly the same text, oldest first


@dataclass(frozen=True, slots=True)
class Split:
    """Decisions to learn from and later ones to be examined on; no text of one side is nearly one of the other."""

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
        usable = sorted((one for one in decisions if one.topic in known), key=lambda one: one.at)
        version = self._versions.active()
        copies = grouped(usable)
        fresh = unlearnt(copies, version.until if version else None)
        nothing = self._nothing_to_do(usable, len(fresh), anew=anew)
        if nothing is not None:
            return Learnt(nothing, len(usable), len(fresh), NEEDED)
        parts = split(copies, fresh)
        candidate = self._trained(texts, parts.lessons)
        progress(2)
        frozen, recent, verdict = self._examined(base, candidate, parts.exam, leads)
        progress(3)
        promoted = verdict is Verdict.PROMOTED
        lessons = tuple(same[-1] for same in copies) if promoted else parts.lessons
        made = Version(
            id=0,
            made_at=at,
            fingerprint=self._versions.fingerprint,
            decisions=len(lessons),
            until=max(one.at for one in lessons),
            seen=usable[-1].at,
            verdict=verdict,
            frozen=frozen,
            recent=recent,
        )
        weights = self._trained(texts, lessons) if promoted else candidate
        compared = version.id if version else BASE
        kept = self._versions.add(made, weights, by=by, promote=promoted, instead_of=compared)
        progress(STEPS)
        return Learnt(kept.verdict, len(usable), len(fresh), NEEDED, kept.id, frozen, recent)

    def _nothing_to_do(self, usable: Sequence[Decision], fresh: int, *, anew: bool) -> Verdict | None:
        if fresh < NEEDED:
            return Verdict.TOO_FEW
        tried = [
            one.seen for one in self._versions.manifest().versions if one.fingerprint == self._versions.fingerprint
        ]
        since = sum(not tried or one.at > max(tried) for one in usable)
        return Verdict.NOTHING_NEW if since < NEEDED and not anew else None

    def _trained(self, texts: Sequence[Example], lessons: Sequence[Decision]) -> Weights:
        from classifier.train import train

        return train([*texts, *examples(texts, lessons)], read_hints())

    def _examined(
        self, base: Classifier, candidate: Weights, exam: Sequence[Decision], leads: Leads
    ) -> tuple[Exam, Exam, Verdict]:
        in_use, new = self._versions.serve(), Classifier(candidate)
        apart = read_cases(self._development, leads)
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
    return sorted(copies.values(), key=lambda same: same[-1].at)


def unlearnt(copies: Sequence[Copies], until: datetime | None) -> list[Copies]:
    """Those of which a model that learnt up to that instant (None: nothing) has seen no copy."""
    return [same for same in copies if until is None or same[0].at > until]


def split(copies: Sequence[Copies], fresh: Sequence[Copies]) -> Split:
    """The newest of the fresh ones for the exam, everything else to learn from; of copies the newest only.

    A fifth of all is examined, at least _FEWEST and at most _MOST, but never more than half of the fresh ones.
    """
    size = min(_MOST, max(_FEWEST, len(copies) // _SHARE), len(fresh) // _HALF)
    examined = fresh[len(fresh) - size :]
    apart = {same[-1].submission_id for same in examined}
    lessons = tuple(same[-1] for same in copies if same[-1].submission_id not in apart)
    return Split(lessons, tuple(same[-1] for same in examined))


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


def right(classifier: Classifier, cases: Sequence[Case], leads: Leads) -> int:
    """Of how many texts the proposed department is right or good enough, as the bot would propose it."""
    proposals = classifier.propose_all([case.text for case in cases], leads)
    pairs = zip(cases, proposals, strict=True)
    return sum(case.accepts_department(leads.get(proposal.topic), leads) for case, proposal in pairs)
