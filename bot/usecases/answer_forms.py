"""The files that departments fill in: what is asked of each now, row by row, sealed with this database's key."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.answer import Answer, AnswerBody, AnswerState
from bot.domain.answer_file import AnswerForm, AskedIssue, FormRow
from bot.domain.issue import Issue
from bot.domain.programme import Programme
from bot.domain.submission import State
from bot.domain.workbook import Content, Row
from bot.ports import Store, Transaction, Workbooks
from bot.usecases.contents import Contents
from bot.usecases.running import Running

_KEY = "answer_files.key"
_KEY_BYTES = 32
_ANSWERS = "department_answers_to_home_affairs"

Versions = tuple[tuple[int, int], ...]
"""Ids and versions of the submissions of an issue: whatever is changed about it changes these."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the running programme asks now, in the words of its workbook. `versions` are those of each issue, by id."""

    programme: Programme
    content: Content
    issues: tuple[AskedIssue, ...]
    versions: Mapping[int, Versions]
    key: bytes

    def issue(self, id_: int) -> AskedIssue | None:
        return next((one for one in self.issues if one.id == id_), None)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How issues stood just before their words were gathered: whatever is changed meanwhile is seen as changed."""

    programme: Programme
    issues: Mapping[int, Issue]  # by number
    answers: Mapping[int, Answer]  # the newest, by issue
    versions: Mapping[int, Versions]


class AnswerForms:
    """Makes the files. `folder` is where they are put that nobody named a place for."""

    def __init__(self, store: Store, running: Running, contents: Contents, workbooks: Workbooks, folder: Path) -> None:
        self._store = store
        self._running = running
        self._contents = contents
        self._workbooks = workbooks
        self._folder = folder

    async def asked(self) -> Asked:
        """Everything that is asked now. Makes the key of this database where there is none yet."""
        key = await self._key()
        async with self._store.reading() as tx:
            standing = await self._standing(tx)
        content = await self._contents.gather()
        issues = tuple(_issues(content, standing))
        return Asked(standing.programme, content, issues, standing.versions, key)

    async def forms(self, departments: Collection[str] | None = None) -> list[AnswerForm]:
        """The file of each of these departments (ids; None: of all) that is asked anything, in the workbook's order."""
        return self.of(await self.asked(), departments)

    @staticmethod
    def of(asked: Asked, departments: Collection[str] | None = None) -> list[AnswerForm]:
        """The same for what was gathered already."""
        content, programme = asked.content, asked.programme
        names = {issue.id: row for row, issue in _pairs(content, asked.issues)}
        return [
            AnswerForm(
                id=part.id,
                department=part.name,
                title=content.title,
                theme=content.theme,
                unit=content.unit,
                due=answers_due(programme),
                made_at=content.made_at,
                rehearsal=content.rehearsal,
                rows=tuple(
                    _form_row(issue, names[issue.id], asked.key, programme.code)
                    for issue in asked.issues
                    if issue.lead == part.id
                ),
            )
            for part in content.departments
            if part.rows and (departments is None or part.id in departments)
        ]

    async def write(
        self, departments: Collection[str] | None = None, folder: Path | None = None
    ) -> list[tuple[AnswerForm, Path]]:
        """Write the files into a folder that is made where it is missing. Raises a Refusal."""
        target = (folder or self._folder / self._running.code / "tra-loi").absolute()
        made = [(form, target / self.name(form)) for form in await self.forms(departments)]
        await asyncio.to_thread(self._write, made, target)
        return made

    def _write(self, forms: Sequence[tuple[AnswerForm, Path]], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for form, file in forms:
            self._workbooks.write_answer_form(form, file)

    def name(self, form: AnswerForm) -> str:
        """What the file of a department is called."""
        return f"{'dien-tap-' if form.rehearsal else ''}{self._running.code}-tra-loi-{form.id}.xlsx"

    async def versions(self, tx: Transaction, issue_id: int) -> Versions:
        """Those of one issue as they are within this transaction."""
        members = await tx.submissions.of_issue(issue_id)
        return tuple((one.id, one.version) for one in members if one.state is State.APPROVED)

    async def _key(self) -> bytes:
        async with self._store.reading() as tx:
            kept = await tx.facts.get(_KEY)
        if kept is None:
            async with self._store.transaction() as tx:
                kept = await tx.facts.get(_KEY)
                if kept is None:
                    kept = secrets.token_hex(_KEY_BYTES)
                    await tx.facts.put(_KEY, kept)
        return bytes.fromhex(kept)

    async def _standing(self, tx: Transaction) -> _Standing:
        programme = await self._running.programme(tx)
        versions: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for one in await tx.submissions.of_programme(programme.code, [State.APPROVED]):
            if one.issue_id is not None:
                versions[one.issue_id].append((one.id, one.version))
        return _Standing(
            programme,
            {issue.number: issue for issue in await tx.issues.of_programme(programme.code)},
            {answer.issue_id: answer for answer in await tx.answers.of_programme(programme.code)},
            {id_: tuple(each) for id_, each in versions.items()},
        )


def answers_due(programme: Programme) -> str:
    """When departments are to answer, as the plan words it; "" where that is no day that somebody could keep ("sau khi
    tổng hợp").
    """
    answers = [one for one in programme.deadlines if one.kind == _ANSWERS]
    return next((one.wording for one in answers if programme.instants(one)[0].closes_at), "").rstrip(" .")


def _rows(content: Content) -> Iterator[tuple[str, Row]]:
    """Every issue of the workbook with the name of its topic."""
    for part in content.departments:
        for group in part.groups:
            yield from ((group.topic, row) for row in group.rows)
    yield from ((row.topic, row) for row in content.unclear)


def _issues(content: Content, standing: _Standing) -> Iterator[AskedIssue]:
    for topic, row in _rows(content):
        issue = standing.issues.get(row.number)
        if issue is not None:  # else it was asked just now, and is in the next file
            yield AskedIssue(
                id=issue.id,
                number=issue.number,
                lead=issue.lead,
                supporting=tuple(issue.supporting),
                topic=topic,
                question=row.text,
                codes=row.codes,
                units=row.units,
                answer=standing.answers.get(issue.id),
            )


def _pairs(content: Content, issues: Sequence[AskedIssue]) -> Iterator[tuple[Row, AskedIssue]]:
    by_number = {issue.number: issue for issue in issues}
    return ((row, by_number[row.number]) for _, row in _rows(content) if row.number in by_number)


def _form_row(issue: AskedIssue, row: Row, key: bytes, programme: str) -> FormRow:
    answer = issue.answer
    return FormRow(
        mark=issue.mark(key, programme),
        codes=issue.codes,
        topic=issue.topic,
        question=issue.question,
        units=issue.units,
        supporting=row.supporting,
        body=answer.body if answer else AnswerBody(""),
        returned=answer.reason if answer and answer.state is AnswerState.RETURNED else "",
    )
