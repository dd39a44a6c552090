"""What is done to departments' answers at the page and in the group: reading, confirming, releasing, who missed them.

Everything that changes an answer goes through `bot.usecases.answering`; here stands what people see of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.domain.answer import ANSWERED, Answer, AnswerBody, AnswerState, AnswerStep
from bot.domain.answer_hints import Advice, advise
from bot.domain.department import RoutingTable
from bot.domain.errors import NotAllowedNow, NotFound, Refusal
from bot.domain.issue import Issue
from bot.domain.message import ChannelName
from bot.domain.role import RIGHTS, By
from bot.domain.submission import State, Submission
from bot.ports import Clock, Store, Table, Telling, Transaction, Workbooks
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.ratings import Missed, Opinions, opinions
from bot.usecases.running import Running
from bot.usecases.voice import Voice

NOBODY_ANSWERED = "none"
_AT_ONCE = 20  # a transaction holds up whoever writes to us at the same time
_COLUMNS = (
    (Key.ANSWER_SHEET_UNIT, 40.0),
    (Key.XL_CODE, 30.0),
    (Key.ANSWER_SHEET_WHY, 45.0),
    (Key.ANSWER_SHEET_QUESTION, 70.0),
    (Key.ANSWER_SHEET_DEPARTMENT, 40.0),
    (Key.ANSWER_SHEET_ANSWER, 90.0),
)


class Why(StrEnum):
    """Why somebody was not reached."""

    SLIP = "slip"  # phiếu giấy: không có nơi nhắn lại
    FORGOTTEN = "forgotten"  # người gửi đã xóa thông tin của mình
    BLOCKED = "blocked"  # đã chặn bot
    GONE = "gone"  # không còn cuộc trò chuyện
    FAILED = "failed"  # kênh từ chối vì lý do khác


@dataclass(frozen=True, slots=True)
class Line:
    """An issue and what stands beside it. `codes` are those of its askers; `answer` is the newest, None where nobody
    drafted one; `released` the one that askers were told last.
    """

    issue: Issue
    codes: tuple[str, ...]
    units: tuple[str, ...]
    question: str
    department: str
    answer: Answer | None
    released: Answer | None

    @property
    def state(self) -> str:
        return self.answer.state.value if self.answer else NOBODY_ANSWERED


@dataclass(frozen=True, slots=True)
class Sheet:
    """A line with all that a person needs who confirms or releases: advice, the earlier answers, who heard it."""

    line: Line
    hints: tuple[str, ...]
    former: tuple[Answer, ...]
    told: int
    waiting: int
    missing: tuple[Missing, ...]
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who was not reached. `again`: it can be tried anew."""

    answer: Answer
    submission: Submission
    why: Why
    department: str

    @property
    def again(self) -> bool:
        return self.why not in (Why.SLIP, Why.FORGOTTEN)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many are released at `at` (None: once somebody says so), and which could not be, by the code of their
    issue.
    """

    at: datetime | None
    done: int
    refused: tuple[tuple[str, Refusal], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Every line, how many were not reached, and what askers think."""

    lines: Sequence[Line]
    undelivered: int
    opinions: Opinions


class AnswerDesk:
    """`window` is how long a release can still be taken back: as long as decisions can."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, workbooks: Workbooks, window: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._workbooks = workbooks
        self._window = window
        self._answering = Answering(clock, running)

    # -------------------------------------------------------------- reading

    async def lines(self, tx: Transaction) -> list[Line]:
        """Every issue that somebody asks, in the order of departments in the directory, then of numbers."""
        _, routing = await self._running.view(tx)
        asked: dict[int, list[Submission]] = {}
        for one in await tx.submissions.of_programme(self._running.code, (State.APPROVED,)):
            if one.issue_id is not None:
                asked.setdefault(one.issue_id, []).append(one)
        newest = {one.issue_id: one for one in await tx.answers.of_programme(self._running.code)}
        released = {one.issue_id: one for one in await tx.answers.released(self._running.code)}
        lines = [
            _line(issue, asked[issue.id], routing, newest.get(issue.id), released.get(issue.id))
            for issue in await tx.issues.of_programme(self._running.code)
            if issue.id in asked
        ]
        order = {id_: place for place, id_ in enumerate(routing.departments)}
        return sorted(lines, key=lambda line: (order.get(line.issue.lead or "", len(order)), line.issue.number))

    async def line(self, tx: Transaction, issue_id: int) -> Line:
        """One of them. Raises NotFound."""
        _, routing = await self._running.view(tx)
        issue = await tx.issues.get(issue_id)
        members = [one for one in await tx.submissions.of_issue(issue_id) if one.state is State.APPROVED]
        if issue is None or issue.programme != self._running.code or not members:
            raise NotFound(Key.REFUSE_ISSUE_GONE)
        revisions = await tx.answers.of_issue(issue_id)
        released = [one for one in revisions if one.state is AnswerState.RELEASED]
        return _line(issue, members, routing, revisions[-1] if revisions else None, released[-1] if released else None)

    async def overview(self) -> Overview:
        """All of it at once."""
        async with self._store.reading() as tx:
            lines, missing = await self.lines(tx), await self.undelivered(tx)
            return Overview(lines, len(missing), await opinions(tx, self._running.code))

    async def sheet(self, issue_id: int) -> Sheet:
        """One of them with all that belongs to it. Raises NotFound."""
        async with self._store.reading() as tx:
            line = await self.line(tx, issue_id)
            tellings = [
                one for one in await tx.answer_news.tellings(self._running.code) if one.answer.issue_id == issue_id
            ]
            former = tuple(reversed((await tx.answers.of_issue(issue_id))[:-1]))
            missed = (await opinions(tx, self._running.code)).missed
        missing = self._missing(tellings, {issue_id: line.department})
        sent = sum(map(_arrived, tellings))
        return Sheet(
            line=line,
            hints=self.hints(line),
            former=former,
            told=sent,
            waiting=len(tellings) - sent - len(missing),
            missing=missing,
            missed=tuple(one for one in missed if one.answer.issue_id == issue_id),
        )

    async def figures(self, tx: Transaction) -> str:
        """How many issues have an answer and what askers think of them, in a sentence; "" while there is none."""
        lines = await self.lines(tx)
        drafted = [line.answer for line in lines if line.answer]
        if not drafted:
            return ""
        thought = await opinions(tx, self._running.code)
        return self._voice.text(
            Key.FIGURES_ANSWERS,
            answered=sum(one.state in ANSWERED for one in drafted),
            issues=len(lines),
            released=sum(line.released is not None for line in lines),
            good=thought.good,
            missed=len(thought.missed),
        )

    async def until(self, named: Callable[[date | None, datetime], datetime | None]) -> datetime | None:
        """The moment that somebody names, given the day of the dialogue (None where it is not known) and the time."""
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
        return named(programme.dialogue.day, self._clock.now())

    # -------------------------------------------------------------- changing

    async def draft(self, issue_id: int, over: int, body: AnswerBody, by: By) -> Answer:
        """Type an answer. Raises what `Answering.draft` raises."""
        async with self._store.transaction() as tx:
            return await self._answering.draft(tx, issue_id, body, by, over=over)

    async def step(self, answer_id: int, version: int, step: AnswerStep, by: By, reason: str = "") -> Answer:
        """Confirm, return, or take a confirmation back. Raises what `Answering.step` raises."""
        async with self._store.transaction() as tx:
            return await self._answering.step(tx, answer_id, version, step, by, reason)

    async def step_in(self, tx: Transaction, answer: Answer, step: AnswerStep, by: By, reason: str = "") -> Answer:
        """The same within a transaction."""
        return await self._answering.step(tx, answer.id, answer.version, step, by, reason)

    async def release(self, answer_id: int, version: int, until: datetime | None, by: By) -> Answer:
        """Release a confirmed answer: at an instant, or (None) only when somebody says so."""
        async with self._store.transaction() as tx:
            return await self.release_in(tx, answer_id, version, until, by)

    async def release_in(self, tx: Transaction, answer_id: int, version: int, until: datetime | None, by: By) -> Answer:
        """The same within a transaction. What is released now can still be stopped for as long as a decision can be
        taken back: askers hear it after that.
        """
        at = self._from_now(until)
        if at is not None and at <= self._clock.now():
            return await self._answering.step(tx, answer_id, version, AnswerStep.RELEASE, by)
        return await self._answering.hold(tx, answer_id, version, at, by)

    def _from_now(self, until: datetime | None) -> datetime | None:
        """What is released now waits for as long as it may be taken back."""
        return None if until is None else max(until, self._clock.now() + self._window)

    async def release_all(self, until: datetime | None, by: By) -> Batch:
        """The same with every confirmed answer. Those that cannot be released do not keep the others from it."""
        async with self._store.reading() as tx:
            confirmed = [
                line for line in await self.lines(tx) if line.answer and line.answer.state is AnswerState.CONFIRMED
            ]
        done, refused = 0, []
        for start in range(0, len(confirmed), _AT_ONCE):
            async with self._store.transaction() as tx:
                for line in confirmed[start : start + _AT_ONCE]:
                    assert line.answer is not None, "only confirmed ones are here"
                    try:
                        await self.release_in(tx, line.answer.id, line.answer.version, until, by)
                    except Refusal as refusal:
                        refused.append((line.codes[0], refusal))
                    else:
                        done += 1
        return Batch(self._from_now(until), done, tuple(refused))

    # -------------------------------------------------------------- who was not reached

    async def undelivered(self, tx: Transaction) -> list[Missing]:
        """Whoever should have heard an answer and did not, unit by unit."""
        departments = {line.issue.id: line.department for line in await self.lines(tx)}
        missing = self._missing(await tx.answer_news.tellings(self._running.code), departments)
        return sorted(missing, key=lambda one: (one.submission.unit, one.submission.number, one.submission.id))

    async def not_reached(self) -> list[Missing]:
        """The same in a reading of its own."""
        async with self._store.reading() as tx:
            return await self.undelivered(tx)

    async def try_again(self, submission_id: int, by: By) -> Missing:
        """Tell somebody anew, in a transaction of its own. Raises what `again` raises."""
        async with self._store.transaction() as tx:
            return await self.again(tx, submission_id, by)

    async def again(self, tx: Transaction, submission_id: int, by: By) -> Missing:
        """Tell somebody anew. Raises NotFound where they are not among the undelivered, NotAllowedNow where nobody can
        be told or this person may not.
        """
        if not RIGHTS[by.role]:
            raise NotAllowedNow(Key.REFUSE_VIEWER)
        tellings = await tx.answer_news.tellings(self._running.code)
        wanted = next((one for one in self._missing(tellings, {}) if one.submission.id == submission_id), None)
        if wanted is None:
            raise NotFound(Key.REFUSE_NOT_UNDELIVERED)
        if not wanted.again:
            raise NotAllowedNow(Key.REFUSE_CANNOT_BE_TOLD, code=wanted.submission.code)
        (row,) = {one.outbox_id for one in tellings if one.submission.id == submission_id}
        for one in tellings:
            if one.outbox_id == row:  # other questions of the same person were answered in the same message
                await tx.answer_news.again(one.answer.id, one.submission.id)
        return wanted

    async def table(self) -> Table:
        """Those who were not reached, for printing: whoever tells them needs the question and the answer too."""
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
            missing = await self.undelivered(tx)
            questions = {line.issue.id: line.question for line in await self.lines(tx)}
        say = self._voice.text
        rows = [
            (
                one.submission.unit or say(Key.ANSWER_NO_UNIT),
                one.submission.code,
                self.why(one),
                questions[one.answer.issue_id],
                one.department,
                one.answer.body.text,
            )
            for one in missing
        ]
        stamp = say(Key.ANSWER_SHEET_STAMP, at=self._clock.now(), count=len(rows))
        columns = tuple((say(key), width) for key, width in _COLUMNS)
        title = self._voice.marked(say(Key.ANSWER_SHEET_TITLE, programme=programme.title))
        return Table(title, stamp, columns, tuple(rows))

    async def print_missing(self, target: Path) -> None:
        """Write that table as .xlsx."""
        await asyncio.to_thread(self._workbooks.write_table, await self.table(), target)

    def why(self, missing: Missing) -> str:
        """Why somebody was not reached, in words."""
        return self._voice.text(Key(f"not_reached.{missing.why.value}"))

    def hints(self, line: Line) -> tuple[str, ...]:
        """Advice on the answer of a line, in words."""
        return tuple(map(self._hint, advise(line.question, line.answer.body))) if line.answer else ()

    def _hint(self, advice: Advice) -> str:
        phrases = ", ".join(f"“{phrase}”" for phrase in advice.phrases)
        return self._voice.text(Key(f"hint.{advice.hint.value}"), phrases=phrases)

    def standing(self, answer: Answer | None) -> str:
        """Where an answer stands, in words."""
        state = answer.state.value if answer else NOBODY_ANSWERED
        if answer and answer.state is AnswerState.CONFIRMED and answer.release_at:
            return self._voice.text(Key.ANSWER_HELD_UNTIL, at=when(answer.release_at))
        return self._voice.text(Key(f"answer_state.{state}"))

    @staticmethod
    def _missing(tellings: Sequence[Telling], departments: Mapping[int, str]) -> tuple[Missing, ...]:
        return tuple(
            Missing(one.answer, one.submission, why, departments.get(one.answer.issue_id, ""))
            for one in tellings
            if (why := _why(one)) is not None
        )


def _line(
    issue: Issue, members: Sequence[Submission], routing: RoutingTable, answer: Answer | None, released: Answer | None
) -> Line:
    speaker = next((one for one in members if one.id == issue.founder), members[0])
    return Line(
        issue=issue,
        codes=tuple(one.code for one in members),
        units=tuple(dict.fromkeys(one.unit for one in members if one.unit)),
        question=issue.edited_text or speaker.shown,
        department=routing.name(issue.lead),
        answer=answer,
        released=released,
    )


# What the Telegram room keeps of a refusal; other channels have none of these.
_SAID = (("Forbidden", Why.BLOCKED), ("chat not found", Why.GONE), ("deactivated", Why.GONE))


def _why(telling: Telling) -> Why | None:
    """None where the message arrived or is still under way."""
    if _arrived(telling):
        return None
    if telling.submission.person_id is None:
        return Why.SLIP if telling.submission.source is ChannelName.SLIP else Why.FORGOTTEN
    if telling.state == "failed":
        return next((why for words, why in _SAID if words in telling.error), Why.FAILED)
    return None


def _arrived(telling: Telling) -> bool:
    """Of whoever was told and then forgotten the outbox holds no row any more: nobody has to tell them again."""
    return telling.state == "sent" or (telling.outbox_id is not None and not telling.state)
