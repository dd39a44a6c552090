"""What askers think of the answers that they were told: whether each meets the point, and if not, why.

One rating a person and answer, however many of their submissions the answer is about; the newest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.errors import NotFound
from bot.domain.submission import Submission
from bot.ports import Heard, Rating, Transaction
from bot.texts.keys import Key


class Ratings:
    """Ratings of one programme's answers, in the transaction that it is given."""

    def __init__(self, tx: Transaction, programme: str) -> None:
        self._tx = tx
        self._programme = programme

    async def heard(self, person_id: int, answer_id: int = 0) -> Heard:
        """The answer that this person was told, the newest where none is named. Raises NotFound."""
        told = await self._tx.answer_news.heard(person_id, self._programme)
        return _first([one for one in told if answer_id in (0, one.answer_id)])

    async def of(self, person_id: int, submission: Submission) -> Heard:
        """The newest answer that this person was told about their submission or one of its parts. Raises NotFound."""
        parts = await self._tx.submissions.parts(submission.id)
        ids = {submission.id, *(part.id for part in parts)}
        told = await self._tx.answer_news.heard(person_id, self._programme)
        return _first([one for one in told if one.submission.id in ids])

    async def rate(self, heard: Heard, words: str, at: datetime, *, good: bool) -> Rating:
        """Keep what is thought of an answer. Whoever says again that it misses the point keeps the reason given."""
        former = await self._tx.answer_news.rating(heard.answer_id, heard.rated_as)
        reason = words or (former.words if former else "")
        kept = Rating(heard.answer_id, heard.rated_as, good, "" if good else reason, at)
        await self._tx.answer_news.rate(kept)
        return kept

    async def unsay(self, person_id: int, answer_id: int, at: datetime) -> tuple[str, str]:
        """Take a reason back: the submission's code and the words. Raises NotFound where there is none."""
        heard = await self.heard(person_id, answer_id)
        former = await self._tx.answer_news.rating(heard.answer_id, heard.rated_as)
        if former is None or not former.words:
            raise NotFound(Key.REFUSE_NO_REASON, code=heard.submission.code)
        await self._tx.answer_news.rate(replace(former, words="", at=at))
        return heard.submission.code, former.words


def _first(told: Sequence[Heard]) -> Heard:
    if not told:
        raise NotFound(Key.REFUSE_NO_ANSWER_YET)
    return told[0]


@dataclass(frozen=True, slots=True)
class Missed:
    """An answer that somebody finds beside the point. `current`: no later one was told in its place."""

    answer: Answer
    submission: Submission
    words: str
    at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many find the answers to the point, and those who do not, the newest first."""

    good: int
    missed: tuple[Missed, ...]

    @property
    def rated(self) -> int:
        return self.good + len(self.missed)


async def opinions(tx: Transaction, programme: str) -> Opinions:
    """What askers think of this programme's answers. What was set apart meanwhile is left out."""
    rated = await tx.answer_news.ratings(programme)
    by_id = {one.id: one for one in await tx.submissions.some({rating.submission_id for rating in rated})}
    shown = [rating for rating in rated if rating.submission_id in by_id]  # what is private is not among them
    holding = {answer.issue_id: answer.id for answer in await tx.answers.released(programme)}
    missed = []
    for rating in shown:
        if rating.good:
            continue
        answer = await tx.answers.get(rating.answer_id)
        assert answer is not None, "answers are never deleted"
        current = holding.get(answer.issue_id) == answer.id
        missed.append(Missed(answer, by_id[rating.submission_id], rating.words, rating.at, current))
    return Opinions(sum(rating.good for rating in shown), tuple(missed))
