"""Answers of departments: the one door through which a draft comes in and every step after it is taken.

Each change is one row, saved by compare-and-set, with a note in the history; nothing is said to askers here. Whoever
was told of a released answer, and who was not, is `bot.usecases.telling_answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.answer import Answer, AnswerBody, AnswerState, AnswerStep, after, can
from bot.domain.audit import Event, Note
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.issue import Issue
from bot.domain.role import By, Role
from bot.domain.submission import SYSTEM, State, Submission
from bot.domain.text import storable
from bot.ports import Clock, Transaction
from bot.texts.keys import Key
from bot.usecases.running import Running

LONGEST = 32_000  # UTF-16 units; a cell of Excel holds 32,767
_EVENTS = {
    AnswerStep.CONFIRM: Event.ANSWER_CONFIRMED,
    AnswerStep.RETURN: Event.ANSWER_RETURNED,
    AnswerStep.UNCONFIRM: Event.ANSWER_UNCONFIRMED,
    AnswerStep.RELEASE: Event.ANSWER_RELEASED,
}
_ANSWERS = frozenset({Role.MODERATOR, Role.CHIEF})
_RELEASES = frozenset({Role.CHIEF})


class Answering:
    """Every method works in the transaction that it is given and raises a Refusal, after which nothing may be
    committed.
    """

    def __init__(self, clock: Clock, running: Running) -> None:
        self._clock = clock
        self._running = running

    async def draft(
        self, tx: Transaction, issue_id: int, body: AnswerBody, by: By, source: str = "", *, over: int | None = None
    ) -> Answer:
        """Put a draft in, in the place of whatever stood there unreleased. After a release it is a correction.

        `over` is the version that the one who drafts looked at (of the newest answer, 0 where there was none): where
        another stands there now, AlreadyDecided. Raises NotFound, NotAllowedNow, or a Refusal where it is empty, too
        long, or nothing new.
        """
        issue, members = await self._issue(tx, issue_id)
        _allowed(issue, members, by, _ANSWERS)
        former = await tx.answers.newest(issue.id)
        if over is not None and over != (former.version if former else 0):
            raise AlreadyDecided(Key.REFUSE_ANSWER_CHANGED, by=last_hand(former))
        wanted = _checked(body)
        if former is not None and former.state is not AnswerState.RETURNED and former.body.says_the_same(wanted):
            raise Refusal(Key.REFUSE_ANSWER_SAME)
        now = self._clock.now()
        if former is not None and can(former, AnswerStep.REPLACE):
            await self._save(tx, former, after(former, AnswerStep.REPLACE, by.name, now))
        answer = await tx.answers.add(issue.id, wanted, by.name, now, source)
        await tx.history.note(_note(Event.ANSWER_DRAFTED, answer, members, by, now))
        return answer

    async def may(self, tx: Transaction, issue_id: int, by: By) -> None:
        """Raises NotFound or NotAllowedNow where this person could not draft an answer to the issue."""
        issue, members = await self._issue(tx, issue_id)
        _allowed(issue, members, by, _ANSWERS)

    async def step(
        self, tx: Transaction, answer_id: int, version: int, step: AnswerStep, by: By, reason: str = ""
    ) -> Answer:
        """Confirm, return (with a reason), take a confirmation back, or release. Raises NotFound, NotAllowedNow,
        AlreadyDecided where it changed since `version`, or a Refusal where the same person drafted and confirms, or
        nothing says why it is returned.
        """
        roles = _RELEASES if step is AnswerStep.RELEASE else _ANSWERS
        answer, members = await self._answer(tx, answer_id, version, by, roles)
        now, why = self._clock.now(), storable(reason).strip()
        if step is AnswerStep.RETURN and not why:
            raise Refusal(Key.REFUSE_RETURN_REASON)
        saved = await self._save(tx, answer, after(answer, step, by.name, now, why))
        await tx.history.note(_note(_EVENTS[step], saved, members, by, now))
        return saved

    async def hold(self, tx: Transaction, answer_id: int, version: int, until: datetime | None, by: By) -> Answer:
        """Release a confirmed answer by itself at an instant; None: only when somebody releases it."""
        answer, members = await self._answer(tx, answer_id, version, by, _RELEASES)
        if answer.state is not AnswerState.CONFIRMED:
            raise NotAllowedNow(Key.REFUSE_ANSWER_NOT_NOW)
        saved = await self._save(tx, answer, replace(answer, release_at=until))
        reason = until.isoformat(timespec="minutes") if until else ""
        await tx.history.note(_note(Event.ANSWER_HELD, saved, members, by, self._clock.now(), reason))
        return saved

    async def release_due(self, tx: Transaction, answer: Answer) -> Answer:
        """Release one whose moment has come. The history says before who set that moment."""
        members = await tx.submissions.of_issue(answer.issue_id)
        now = self._clock.now()
        by = By(SYSTEM, Role.CHIEF)
        saved = await self._save(tx, answer, after(answer, AnswerStep.RELEASE, by.name, now))
        await tx.history.note(_note(Event.ANSWER_RELEASED, saved, members, by, now))
        return saved

    # -------------------------------------------------------------- what it is about, and who may

    async def _answer(
        self, tx: Transaction, answer_id: int, version: int, by: By, roles: frozenset[Role]
    ) -> tuple[Answer, Sequence[Submission]]:
        answer = await tx.answers.get(answer_id)
        if answer is None:
            raise NotFound(Key.REFUSE_ISSUE_GONE)
        issue, members = await self._issue(tx, answer.issue_id)
        _allowed(issue, members, by, roles)
        if answer.version != version:
            raise AlreadyDecided(Key.REFUSE_ANSWER_CHANGED, by=last_hand(answer))
        return answer, members

    async def _issue(self, tx: Transaction, issue_id: int) -> tuple[Issue, Sequence[Submission]]:
        """An issue of this programme that somebody asks."""
        issue = await tx.issues.get(issue_id)
        if issue is None or issue.programme != self._running.code:
            raise NotFound(Key.REFUSE_ISSUE_GONE)
        members = [one for one in await tx.submissions.of_issue(issue.id) if one.state is State.APPROVED]
        if not members:
            raise NotFound(Key.REFUSE_ISSUE_GONE)
        return issue, members

    @staticmethod
    async def _save(tx: Transaction, before: Answer, changed: Answer) -> Answer:
        saved = await tx.answers.change(changed, before.version)
        if saved is None:
            raise AlreadyDecided(Key.REFUSE_ANSWER_CHANGED, by=last_hand(before))
        return saved


def _allowed(issue: Issue, members: Sequence[Submission], by: By, roles: frozenset[Role]) -> None:
    """Whoever answers an issue must have the right to all that it holds."""
    if by.role not in roles:
        lacking = Key.REFUSE_ONLY_CHIEF_RELEASES if by.role in _ANSWERS else Key.REFUSE_VIEWER
        raise NotAllowedNow(Key.REFUSE_NO_RIGHT if by.role is Role.NONE else lacking)
    if not all(by.covers((issue.lead,), member.unit) for member in members):
        raise NotAllowedNow(Key.REFUSE_SCOPE)


def last_hand(answer: Answer | None) -> str:
    """Who changed an answer last, as history names them."""
    if answer is None:
        return ""
    return answer.released_by or answer.confirmed_by or answer.drafted_by


def _checked(body: AnswerBody) -> AnswerBody:
    texts = (storable(text).strip() for text in (body.text, body.basis, body.responsible, body.due))
    text, basis, responsible, due = texts
    kept = AnswerBody(text, basis, responsible, due, body.settlement)
    if not kept.text:
        raise Refusal(Key.REFUSE_ANSWER_EMPTY)
    for text in (kept.text, kept.basis, kept.responsible, kept.due):
        if (length := len(text.encode("utf-16-le")) // 2) > LONGEST:
            raise Refusal(Key.REFUSE_ANSWER_LONG, length=length, most=LONGEST)
    return kept


def _note(event: Event, answer: Answer, members: Sequence[Submission], by: By, at: datetime, reason: str = "") -> Note:
    code = members[0].code if members else ""
    return Note(at, by.name, event, code, str(answer.revision), reason)
