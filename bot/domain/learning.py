"""What came of a training: the models that are kept, the exams that they sat, and who put which of them to work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BASE = 0  # the number of the model that learnt from the shipped texts alone


class Verdict(StrEnum):
    """What became of a training."""

    PROMOTED = "promoted"  # it answers from now on
    NOT_BETTER = "not_better"  # no more of the recent decisions than the model in use
    WORSE = "worse"  # on the texts that are set apart for good
    OVERTAKEN = "overtaken"  # meanwhile somebody chose another model than the one that it was compared with
    TOO_FEW = "too_few"  # decisions that the model in use has not learnt from; nothing was trained
    NOTHING_NEW = "nothing_new"  # too few since the last training; nothing was trained


@dataclass(frozen=True, slots=True)
class Exam:
    """How many of the same texts were given to the right department: by the model in use before, by the new one."""

    texts: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Version:
    """A model that is kept. Instants are aware.

    `fingerprint` names the texts and the code that it was made with: it answers only beside those. `decisions` it
    learnt from; `seen` is the latest decision that there was. `verdict` is that of the day it was made; a person may
    think otherwise. `learnt` are the marks (`bot.domain.decision.Decision.mark`) of the texts that it learnt and of
    their copies, `offered` those of all that there were.
    """

    id: int
    made_at: datetime
    fingerprint: str
    decisions: int
    seen: datetime
    verdict: Verdict
    frozen: Exam
    recent: Exam
    learnt: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody put another model to work: `version` in the place of `before`."""

    at: datetime
    by: str
    action: str  # promote, rollback
    version: int
    before: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a training came to. `decisions` there are to learn from, `fresh` of them unknown to the model in use.

    `needed` is how many fresh ones a training needs. `version` and the exams are None where nothing was trained.
    """

    verdict: Verdict
    decisions: int
    fresh: int
    needed: int
    version: int | None = None
    frozen: Exam | None = None
    recent: Exam | None = None
