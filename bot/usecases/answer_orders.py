"""Answers of departments by typed command: `/xacnhan`, `/congbo`, `/chuanhan`, one for every button of the page."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from bot.domain.answer import Answer, AnswerStep
from bot.domain.deadline import VIETNAM
from bot.domain.errors import AlreadyDecided, NotFound, Refusal
from bot.domain.role import By
from bot.domain.submission import Submission
from bot.domain.text import fold, shorten
from bot.ports import Clock, Transaction
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.answer_desk import AnswerDesk, Missing
from bot.usecases.answering import last_hand
from bot.usecases.running import Running
from bot.usecases.voice import Voice

ALL = frozenset(["tat ca", "tatca", "het"])
_MORNING = time(8)  # where a day is named without an hour
_SHOWN = 60
_LISTED = 20
_NOW = frozenset(["", "ngay", "bay gio", "luon"])
_DAY = frozenset(["doi thoai", "ngay doi thoai"])
_WAIT = frozenset(["cho", "cho ky", "dung", "thoi", "hoan tac"])
_MOMENT = re.compile(
    r"(?:luc )?(?:(\d{1,2}) ?(?:h|:|g|gio) ?(\d{2})?(?: ?phut)?)?[ ,]*(?:(?:ngay )?(\d{1,2})/(\d{1,2})(?:/(\d{4}))?)?"
)
_CONFIRM = re.compile(r"(?:dong y|duyet|ok)(?: ban)? (\d{1,4})")
_RETURN = re.compile(r"tra lai(?: ban)? (\d{1,4})[ :,.-]*")
_UNDO = frozenset(["hoan tac", "thoi"])


def moment(words: str, day: date | None, now: datetime) -> datetime | None:
    """When somebody wants a release: `8:00 15/12`, “ngày đối thoại”, nothing (now); None for “chờ ký” (not yet).

    Raises a Refusal where it cannot be read, is over, or the day of the dialogue is not known.
    """
    wanted = fold(words)
    if wanted in _NOW:
        return now
    if wanted in _WAIT:
        return None
    if wanted in _DAY:
        if day is None:
            raise Refusal(Key.REFUSE_NO_DIALOGUE_DAY)
        return _later(datetime.combine(day, _MORNING, VIETNAM), now)
    found = _MOMENT.fullmatch(wanted)
    if found is None or not any(found.groups()):
        raise Refusal(Key.ORDER_BAD_MOMENT, words=shorten(words, _SHOWN))
    hour, minute, on, month, year = (int(one) if one else None for one in found.groups())
    today = now.astimezone(VIETNAM)
    at = _MORNING if hour is None else None
    try:
        named = today.date() if on is None or month is None else date(today.year if year is None else year, month, on)
        return _later(datetime.combine(named, at or time(hour or 0, minute or 0), VIETNAM), now)
    except ValueError:
        raise Refusal(Key.ORDER_BAD_MOMENT, words=shorten(words, _SHOWN)) from None


def _later(wanted: datetime, now: datetime) -> datetime:
    if wanted <= now:
        raise Refusal(Key.REFUSE_ANSWER_PAST, at=wanted)
    return wanted


class AnswerOrders:
    """Each method gives the sentence that answers the command."""

    def __init__(self, clock: Clock, voice: Voice, running: Running, desk: AnswerDesk) -> None:
        self._clock = clock
        self._say = voice.text
        self._running = running
        self._desk = desk

    async def confirm(self, tx: Transaction, submission: Submission, words: str, by: By) -> str:
        """Show the newest answer with advice; or confirm it, return it, take the confirmation back. The revision that
        was read has to be named: by now another may stand there.
        """
        answer = await self._answer(tx, submission)
        if not words:
            return await self._shown(tx, submission, answer)
        if found := _CONFIRM.fullmatch(fold(words)):
            self._same(answer, int(found[1]))
            await self._desk.step_in(tx, answer, AnswerStep.CONFIRM, by)
            return self._say(Key.ANSWER_CONFIRMED, code=submission.code)
        if (found := _RETURN.match(fold(words))) and ":" in words:
            self._same(answer, int(found[1]))
            reason = words.partition(":")[2].strip()
            await self._desk.step_in(tx, answer, AnswerStep.RETURN, by, reason)
            return self._say(Key.ANSWER_RETURNED, code=submission.code)
        if fold(words) in _UNDO:
            await self._desk.step_in(tx, answer, AnswerStep.UNCONFIRM, by)
            return self._say(Key.ANSWER_UNCONFIRMED, code=submission.code)
        raise Refusal(Key.ORDER_CONFIRM_HOW, code=submission.code, revision=answer.revision)

    async def release(self, tx: Transaction, submission: Submission, words: str, by: By) -> str:
        """Release the confirmed answer now, at a moment, or stop it."""
        answer = await self._answer(tx, submission)
        programme = await self._running.programme(tx)
        until = moment(words, programme.dialogue.day, self._clock.now())
        kept = await self._desk.release_in(tx, answer.id, answer.version, until, by)
        if kept.released_at:
            return self._say(Key.ANSWER_RELEASED, code=submission.code)
        if kept.release_at:
            return self._say(Key.ANSWER_WILL_BE_RELEASED, code=submission.code, at=kept.release_at)
        return self._say(Key.ANSWER_WAITS, code=submission.code)

    async def release_all(self, words: str, by: By) -> str:
        """The same with all the confirmed ones, in transactions of its own."""
        until = await self._desk.until(lambda day, now: moment(words, day, now))
        batch = await self._desk.release_all(until, by)
        at = when(batch.at) if batch.at else self._say(Key.ANSWER_ONCE)
        lines = [self._say(Key.ANSWER_BATCH, count=batch.done, at=at)]
        lines += [
            self._say(Key.ANSWER_BATCH_NOT, code=code, why=self._say(refusal.key, **refusal.values))
            for code, refusal in batch.refused
        ]
        return "\n".join(lines)

    async def undelivered(self, tx: Transaction) -> str:
        """Whoever was not reached, why, and what can be done about it."""
        missing = await self._desk.undelivered(tx)
        if not missing:
            return self._say(Key.UNDELIVERED_NONE)
        lines = [self._say(Key.UNDELIVERED, count=len(missing)), *(self._missing(one) for one in missing[:_LISTED])]
        if len(missing) > _LISTED:
            lines.append(self._say(Key.UNDELIVERED_MORE, count=len(missing) - _LISTED))
        return "\n".join([*lines, "", self._say(Key.UNDELIVERED_HOW)])

    async def again(self, tx: Transaction, submission: Submission, words: str, by: By) -> str:
        """Tell one of them anew."""
        if fold(words) not in ("gui lai", ""):
            raise Refusal(Key.ORDER_TOO_MUCH, words=shorten(words, _SHOWN))
        await self._desk.again(tx, submission.id, by)
        return self._say(Key.UNDELIVERED_AGAIN, code=submission.code)

    # -------------------------------------------------------------- helpers

    async def _answer(self, tx: Transaction, submission: Submission) -> Answer:
        answer = await tx.answers.newest(submission.issue_id) if submission.issue_id else None
        if answer is None:
            raise NotFound(Key.REFUSE_NO_DRAFT, code=submission.code)
        return answer

    async def _shown(self, tx: Transaction, submission: Submission, answer: Answer) -> str:
        line = await self._desk.line(tx, answer.issue_id)
        hints = self._desk.hints(line)
        body = answer.body
        rows = (
            self._say(Key.ANSWER_SHOWN, code=submission.code, department=line.department, revision=answer.revision),
            self._say(Key.ANSWER_SHOWN_BY, by=answer.drafted_by, state=self._desk.standing(answer)),
            body.text,
            self._say(Key.TOLD_ANSWER_BASIS, basis=body.basis) if body.basis else "",
            self._say(Key.TOLD_ANSWER_RESPONSIBLE, responsible=body.responsible) if body.responsible else "",
            self._say(Key.TOLD_ANSWER_DUE, due=body.due) if body.due else "",
            self._say(Key.ANSWER_HINTS, hints="\n".join(f"– {hint}" for hint in hints)) if hints else "",
            self._say(Key.ORDER_CONFIRM_HOW, code=submission.code, revision=answer.revision),
        )
        return "\n\n".join(filter(None, rows))

    def _missing(self, one: Missing) -> str:
        unit = one.submission.unit or self._say(Key.ANSWER_NO_UNIT)
        return self._say(Key.UNDELIVERED_LINE, code=one.submission.code, unit=unit, why=self._desk.why(one))

    @staticmethod
    def _same(answer: Answer, revision: int) -> None:
        if answer.revision != revision:
            raise AlreadyDecided(Key.REFUSE_ANSWER_CHANGED, by=last_hand(answer))
