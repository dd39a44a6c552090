"""Submissions: what people wrote, word for word, with a number that has no gaps and a version that guards changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from bot.domain.department import UNCLASSIFIED
from bot.domain.message import ChannelName
from bot.domain.submission import NewSubmission, Proposal, State, Submission, receipt_code
from storage.schema import submissions
from storage.work import Work


class Submissions:
    """See bot.ports.SubmissionTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, new: NewSubmission) -> Submission:
        number = await self._work.next_number("submission", new.programme)
        row = self._work.insert(submissions).values(
            programme=new.programme,
            number=number,
            code=receipt_code(new.receipt_prefix, number),
            text=new.text,
            state=State.WAITING.value,
            version=1,
            topic=new.topic,
            proposal=_dump(new.proposal),
            source=new.source.value,
            source_label=new.source_label,
            person_id=new.person_id,
            unit=new.unit,
            youth_group=new.youth_group,
            typed_at=new.typed_at,
            received_at=new.received_at,
            late=new.late,
            private=new.private,
            reason="",
            decided_by="",
        )
        (stored,) = await self._work.rows(row.returning(submissions))
        return _submission(stored)

    async def get(self, id_: int) -> Submission | None:
        return await self._one(submissions.c.id == id_)

    async def by_code(self, code: str) -> Submission | None:
        return await self._one(submissions.c.code == code)

    async def of_person(self, person_id: int, programme: str) -> list[Submission]:
        theirs = select(submissions).where(submissions.c.person_id == person_id, submissions.c.programme == programme)
        return [_submission(row) for row in await self._work.rows(theirs.order_by(submissions.c.number.desc()))]

    async def change(self, submission: Submission, version: int) -> Submission | None:
        # Not among the changes: identity, origin, and person_id, which only forgetting a person takes away.
        saved = await self._work.run(
            update(submissions)
            .where(submissions.c.id == submission.id, submissions.c.version == version)
            .values(
                version=version + 1,
                text=submission.text,
                state=submission.state.value,
                topic=submission.topic,
                proposal=_dump(submission.proposal),
                unit=submission.unit,
                youth_group=submission.youth_group,
                typed_at=submission.typed_at,
                late=submission.late,
                issue_id=submission.issue_id,
                reason=submission.reason,
                decided_by=submission.decided_by,
                decided_at=submission.decided_at,
                private=submission.private,
            )
        )
        return replace(submission, version=version + 1) if saved else None

    async def of_programme(self, programme: str, states: Iterable[State]) -> list[Submission]:
        wanted = [state.value for state in states]
        found = select(submissions).where(
            submissions.c.programme == programme, submissions.c.state.in_(wanted), ~submissions.c.private
        )
        return [_submission(row) for row in await self._work.rows(found.order_by(submissions.c.number))]

    async def counts(self, programme: str) -> dict[State, int]:
        counted = await self._work.rows(
            select(submissions.c.state, func.count().label("times"))
            .where(submissions.c.programme == programme, ~submissions.c.private)
            .group_by(submissions.c.state)
        )
        return dict.fromkeys(State, 0) | {State(row.state): row.times for row in counted}

    async def private(self, programme: str) -> list[Submission]:
        theirs = select(submissions).where(
            submissions.c.private, submissions.c.programme == programme, submissions.c.state != State.WITHDRAWN.value
        )
        waiting_first = submissions.c.state != State.WAITING.value
        return [_submission(row) for row in await self._work.rows(theirs.order_by(waiting_first, submissions.c.number))]

    async def unclassified(self, programme: str, *, after: int, limit: int) -> list[Submission]:
        return await self._waiting(programme, after, limit, submissions.c.topic == UNCLASSIFIED)

    async def waiting(self, programme: str, *, after: int, limit: int) -> list[Submission]:
        return await self._waiting(programme, after, limit)

    async def some(self, ids: Collection[int]) -> list[Submission]:
        found = select(submissions).where(submissions.c.id.in_(ids), ~submissions.c.private).order_by(submissions.c.id)
        return [_submission(row) for row in await self._work.rows(found)]

    async def comparable(
        self, *, after: int = 0, limit: int, programme: str | None = None, among: Collection[int] | None = None
    ) -> list[tuple[int, str]]:
        found = select(submissions.c.id, submissions.c.text).where(
            submissions.c.id > after, submissions.c.state != State.WITHDRAWN.value, ~submissions.c.private
        )
        if programme is not None:
            found = found.where(submissions.c.programme == programme)
        if among is not None:
            found = found.where(submissions.c.id.in_(among))
        return [(row.id, row.text) for row in await self._work.rows(found.order_by(submissions.c.id).limit(limit))]

    async def _waiting(self, programme: str, after: int, limit: int, *also: ColumnElement[bool]) -> list[Submission]:
        waiting = select(submissions).where(
            submissions.c.programme == programme,
            submissions.c.state == State.WAITING.value,
            submissions.c.id > after,
            ~submissions.c.private,
            *also,
        )
        return [_submission(row) for row in await self._work.rows(waiting.order_by(submissions.c.id).limit(limit))]

    async def _one(self, which: ColumnElement[bool]) -> Submission | None:
        row = await self._work.first(select(submissions).where(which))
        return None if row is None else _submission(row)


def _submission(row: Row[Any]) -> Submission:
    fields = row._asdict()
    fields["state"] = State(row.state)
    fields["source"] = ChannelName(row.source)
    fields["proposal"] = _load(row.proposal)
    return Submission(**fields)


def _dump(proposal: Proposal | None) -> str | None:
    if proposal is None:
        return None
    return json.dumps([proposal.topic, proposal.confidence, proposal.abstained, proposal.alternatives])


def _load(stored: str | None) -> Proposal | None:
    if stored is None:
        return None
    topic, confidence, abstained, alternatives = json.loads(stored)
    return Proposal(topic, confidence, abstained, tuple((other, sure) for other, sure in alternatives))
