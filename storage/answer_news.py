"""Who was told which answer, whether it arrived, and what they said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, exists, select

from bot.domain.answer import AnswerState
from bot.domain.submission import State, Submission
from bot.ports import Heard, Rating, Telling, Untold
from storage.answers import answer_of
from storage.schema import answer_news, answers, news, outbox, ratings, submissions
from storage.submissions import Submissions
from storage.work import Work

_later = answers.alias("later")
# Of several released answers of an issue the newest holds.
_HOLDS: ColumnElement[bool] = (answers.c.state == AnswerState.RELEASED.value) & ~exists().where(
    _later.c.issue_id == answers.c.issue_id,
    _later.c.state == AnswerState.RELEASED.value,
    _later.c.revision > answers.c.revision,
)


class AnswerNews:
    """See bot.ports.AnswerNewsTable."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._submissions = Submissions(work)

    async def untold(self, programme: str, limit: int) -> list[Untold]:
        told = exists().where(answer_news.c.answer_id == answers.c.id, answer_news.c.submission_id == submissions.c.id)
        held = exists().where(news.c.submission_id == submissions.c.id)
        with_asker = submissions.c.person_id.is_not(None)
        found = _pairs(programme).where(with_asker, ~told, ~held)
        order = (answers.c.released_at, answers.c.id, submissions.c.person_id, submissions.c.id)
        rows = await self._work.rows(found.order_by(*order).limit(limit))
        asked = await self._asked(rows)
        return [Untold(answer_of(row), asked[row.asked]) for row in rows]

    async def told(self, answer_id: int, submission_ids: Collection[int], outbox_id: int, at: datetime) -> None:
        for submission_id in submission_ids:
            row = {"answer_id": answer_id, "submission_id": submission_id, "outbox_id": outbox_id, "at": at}
            await self._work.run(self._work.insert(answer_news).values(**row))

    async def tellings(self, programme: str) -> list[Telling]:
        # Answers apart from the rest: some of their columns are called as those of the outbox are.
        found = _pairs(programme, answer_news.c.outbox_id, outbox.c.state.label("sending"), outbox.c.error)
        with_news = found.outerjoin(
            answer_news,
            (answer_news.c.answer_id == answers.c.id) & (answer_news.c.submission_id == submissions.c.id),
        ).outerjoin(outbox, outbox.c.id == answer_news.c.outbox_id)
        rows = await self._work.rows(with_news.order_by(submissions.c.number, submissions.c.id))
        asked = await self._asked(rows)
        return [
            Telling(answer_of(row), asked[row.asked], row.sending or "", row.error or "", row.outbox_id) for row in rows
        ]

    async def again(self, answer_id: int, submission_id: int) -> None:
        await self._work.run(
            delete(answer_news).where(
                answer_news.c.answer_id == answer_id, answer_news.c.submission_id == submission_id
            )
        )

    async def heard(self, person_id: int, programme: str) -> list[Heard]:
        own = answer_news.join(submissions, submissions.c.id == answer_news.c.submission_id)
        theirs = (submissions.c.person_id == person_id) & (submissions.c.programme == programme)
        said = (ratings.c.answer_id == answer_news.c.answer_id) & (
            ratings.c.submission_id == answer_news.c.submission_id
        )
        found = select(answer_news.c.answer_id, answer_news.c.submission_id.label("asked"))
        # What was rated already comes first: an earlier question that joined the issue since is no second voice.
        unrated = ratings.c.answer_id.is_(None)
        order = (answer_news.c.answer_id.desc(), unrated, answer_news.c.submission_id)
        rows = await self._work.rows(found.select_from(own.outerjoin(ratings, said)).where(theirs).order_by(*order))
        asked = await self._asked(rows)
        rated_as: dict[int, int] = {}
        for row in rows:
            rated_as.setdefault(row.answer_id, row.asked)
        return [Heard(row.answer_id, asked[row.asked], rated_as[row.answer_id]) for row in rows if row.asked in asked]

    async def rating(self, answer_id: int, submission_id: int) -> Rating | None:
        this = (ratings.c.answer_id == answer_id) & (ratings.c.submission_id == submission_id)
        row = await self._work.first(select(ratings).where(this))
        return None if row is None else Rating(**row._asdict())

    async def rate(self, rating: Rating) -> None:
        values = {
            "answer_id": rating.answer_id,
            "submission_id": rating.submission_id,
            "good": rating.good,
            "words": rating.words,
            "at": rating.at,
        }
        new = self._work.insert(ratings).values(**values)
        said = {name: values[name] for name in ("good", "words", "at")}
        await self._work.run(new.on_conflict_do_update(index_elements=["answer_id", "submission_id"], set_=said))

    async def ratings(self, programme: str) -> list[Rating]:
        own = ratings.join(submissions, submissions.c.id == ratings.c.submission_id)
        found = select(ratings).select_from(own).where(submissions.c.programme == programme)
        rows = await self._work.rows(found.order_by(ratings.c.at.desc(), ratings.c.submission_id))
        return [Rating(**row._asdict()) for row in rows]

    async def _asked(self, rows: Sequence[Row[Any]]) -> Mapping[int, Submission]:
        return {one.id: one for one in await self._submissions.some({row.asked for row in rows})}


def _pairs(programme: str, *more: ColumnElement[Any]) -> Select[Any]:
    """Each answer that holds, with the ids of those who are to hear it."""
    hears = (submissions.c.state == State.APPROVED.value) & ~submissions.c.private
    joined = answers.join(submissions, submissions.c.issue_id == answers.c.issue_id)
    found = select(answers, submissions.c.id.label("asked"), *more).select_from(joined)
    return found.where(submissions.c.programme == programme, hears, _HOLDS)
