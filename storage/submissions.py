"""Submissions: what people wrote, word for word, with a number that has no gaps and a version that guards changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, false, func, select, update

from bot.domain.department import UNCLASSIFIED
from bot.domain.message import ChannelName
from bot.domain.submission import NewSubmission, Proposal, State, Submission, part_code, receipt_code
from bot.domain.text import fold
from bot.ports import Led, Place, Share, Sought, Word
from storage.prepared import Prepared
from storage.schema import issues, submissions
from storage.work import Work

_AT_ONCE = 500  # older SQLite takes 999 parameters in a statement
# What nobody asks any more; and a split one is compared part by part.
_NOT_COMPARED = [state.value for state in (State.WITHDRAWN, State.SPLIT, State.JOINED)]


_ADD = Prepared(lambda insert: insert(submissions).returning(submissions))


class Submissions:
    """See bot.ports.SubmissionTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, new: NewSubmission) -> Submission:
        number = await self._work.next_number("submission", new.programme)
        code = receipt_code(new.receipt_prefix, number)
        row = dict(  # noqa: C408 - as the columns are named
            programme=new.programme,
            number=number,
            code=code,
            folded=_folded(code, new.text, new.unit),
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
        (stored,) = await self._work.rows(_ADD, row)
        return _submission(stored)

    async def add_part(
        self, whole: Submission, part: int, text: str, topic: str, proposal: Proposal | None
    ) -> Submission:
        inherited = {
            name: getattr(whole, name)
            for name in (
                "programme",
                "source_label",
                "person_id",
                "unit",
                "youth_group",
                "typed_at",
                "received_at",
                "late",
            )
        }
        row = self._work.insert(submissions).values(
            **inherited,
            source=whole.source.value,
            number=-await self._work.next_number("part", whole.programme),
            code=part_code(whole.code, part),
            folded=_folded(part_code(whole.code, part), text, whole.unit),
            text=text,
            state=State.WAITING.value,
            version=1,
            topic=topic,
            proposal=_dump(proposal),
            private=False,
            reason="",
            decided_by="",
            whole_id=whole.id,
            part=part,
        )
        (stored,) = await self._work.rows(row.returning(submissions))
        return _submission(stored)

    async def parts(self, whole_id: int) -> list[Submission]:
        theirs = select(submissions).where(submissions.c.whole_id == whole_id).order_by(submissions.c.id)
        return [_submission(row) for row in await self._work.rows(theirs)]

    async def get(self, id_: int) -> Submission | None:
        return await self._one(submissions.c.id == id_)

    async def by_code(self, code: str) -> Submission | None:
        return await self._one(submissions.c.code == code)

    async def of_person(self, person_id: int, programme: str) -> list[Submission]:
        of_theirs = (submissions.c.person_id == person_id) & (submissions.c.programme == programme)
        theirs = select(submissions).where(of_theirs, submissions.c.whole_id.is_(None))
        return [_submission(row) for row in await self._work.rows(theirs.order_by(submissions.c.number.desc()))]

    async def pile(self, submission: Submission, since: datetime) -> tuple[int, int]:
        if submission.person_id is None:
            return 0, 0
        theirs = select(
            func.count().filter(submissions.c.state == State.WAITING.value).label("waiting"),
            func.count().filter(submissions.c.received_at > since).label("lately"),
        ).where(
            submissions.c.person_id == submission.person_id,
            submissions.c.programme == submission.programme,
            submissions.c.id <= submission.id,
            submissions.c.whole_id.is_(None),
        )
        (row,) = await self._work.rows(theirs)
        return int(row.waiting), int(row.lately)

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
                assignee=submission.assignee,
                shown_text=submission.shown_text,
                body=submission.body,
                last_decision=submission.last_decision,
                folded=_folded(submission.code, submission.shown, submission.unit),
            )
        )
        return replace(submission, version=version + 1) if saved else None

    async def of_issue(self, issue_id: int) -> list[Submission]:
        theirs = select(submissions).where(submissions.c.issue_id == issue_id).order_by(submissions.c.id)
        return [_submission(row) for row in await self._work.rows(theirs)]

    async def touch(self, ids: Collection[int]) -> None:
        touched = update(submissions).where(submissions.c.id.in_(ids))
        await self._work.run(touched.values(version=submissions.c.version + 1))

    async def of_programme(self, programme: str, states: Iterable[State]) -> list[Submission]:
        wanted = [state.value for state in states]
        found = select(submissions).where(
            submissions.c.programme == programme, submissions.c.state.in_(wanted), ~submissions.c.private
        )
        return [_submission(row) for row in await self._work.rows(found.order_by(submissions.c.number))]

    async def matching(self, programme: str, sought: Sought, *, limit: int) -> list[Submission]:
        found = _in_order(select(submissions).where(*_fits(programme, sought))).limit(limit)
        return [_submission(row) for row in await self._work.rows(found)]

    async def places(self, programme: str, sought: Sought, *, limit: int) -> list[Place]:
        columns = (submissions.c.id, submissions.c.version, submissions.c.code)
        found = _in_order(select(*columns).where(*_fits(programme, sought))).limit(limit)
        return [Place(row.id, row.version, row.code) for row in await self._work.rows(found)]

    async def spread(self, programme: str, sought: Sought) -> list[Share]:
        columns = (
            submissions.c.topic,
            submissions.c.unit,
            submissions.c.issue_id.is_(None).label("alone"),
            issues.c.lead,
        )
        counted = select(*columns, func.count().label("times")).outerjoin(issues).where(*_fits(programme, sought))
        rows = await self._work.rows(counted.group_by(*columns))
        return [Share(row.topic, row.unit, bool(row.alone), row.lead, row.times) for row in rows]

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
        there = submissions.c.id.in_(ids) & ~submissions.c.private & (submissions.c.state != State.JOINED.value)
        found = select(submissions).where(there).order_by(submissions.c.id)
        return [_submission(row) for row in await self._work.rows(found)]

    async def codes_of_texts(self, programme: str, texts: Collection[str]) -> Mapping[str, str]:
        codes: dict[str, str] = {}
        wanted = list(texts)
        whole = (submissions.c.programme == programme) & ~submissions.c.private & submissions.c.whole_id.is_(None)
        for start in range(0, len(wanted), _AT_ONCE):
            among = submissions.c.text.in_(wanted[start : start + _AT_ONCE])
            found = select(submissions.c.text, submissions.c.code).where(whole, among)
            codes |= {row.text: row.code for row in await self._work.rows(found.order_by(submissions.c.id.desc()))}
        return codes

    async def comparable(
        self, *, after: int = 0, limit: int, programme: str | None = None, among: Collection[int] | None = None
    ) -> list[tuple[int, str]]:
        found = select(submissions.c.id, submissions.c.text).where(
            submissions.c.id > after, submissions.c.state.not_in(_NOT_COMPARED), ~submissions.c.private
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


def _in_order(found: Select[Any]) -> Select[Any]:
    """What waits first, then state by state; the oldest first in each, parts in the place of their whole."""
    place = case({state.value: place for place, state in enumerate(State)}, value=submissions.c.state)
    return found.order_by(place, func.coalesce(submissions.c.whole_id, submissions.c.id), submissions.c.part)


def _fits(programme: str, sought: Sought) -> list[ColumnElement[bool]]:
    it = submissions.c
    states = [state.value for state in sought.states if state is not State.JOINED]  # its whole says the same words
    terms = [it.programme == programme, ~it.private, it.state.in_(states)]
    if sought.topic:
        terms.append(it.topic == sought.topic)
    if sought.unit:
        terms.append(it.unit == sought.unit)
    if sought.assignee:
        terms.append(it.assignee == sought.assignee)
    if sought.until is not None:
        terms.append(it.typed_at <= sought.until)
    if sought.led is not None:
        terms.append(_led(sought.led))
    return [*terms, *map(_says, sought.words)]


def _led(led: Led) -> ColumnElement[bool]:
    named = [lead for lead in led.leads if lead is not None]
    of_issue = issues.c.lead.in_(named) | (issues.c.lead.is_(None) if None in led.leads else false())
    theirs = select(issues.c.id).where(issues.c.id == submissions.c.issue_id, of_issue).exists()
    return theirs | (submissions.c.issue_id.is_(None) & submissions.c.topic.in_(led.topics))


def _says(word: Word) -> ColumnElement[bool]:
    return submissions.c.folded.contains(word.text, autoescape=True) | submissions.c.topic.in_(word.topics)


def _folded(code: str, text: str, unit: str) -> str:
    return fold(f"{code} {text} {unit}")


def _submission(row: Row[Any]) -> Submission:
    fields = row._asdict()
    del fields["folded"]
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
