"""Released answers reach everybody who asked, each in their own chat, once.

Who is to be told follows from what stands: a released answer, an approved submission in its issue, an asker. So whoever
is merged into the issue later hears it too, and a crash between two steps leaves nothing undone. That somebody is told
is recorded in the transaction that puts the words into the outbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.answer import Answer, AnswerState
from bot.domain.department import RoutingTable
from bot.domain.message import Address, ChannelName, Choice, Words
from bot.domain.person import Person
from bot.domain.submission import Submission
from bot.ports import Clock, Store, Transaction, Untold
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.offering import offer
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running
from bot.usecases.tasks import keep_stepping
from bot.usecases.voice import Voice

_AT_ONCE = 20  # a transaction holds up whoever writes to us at the same time
_LOOK_AGAIN = 15.0
_NOT_OFTENER_THAN = 5.0
"""Seconds: a look goes through whoever asked something answered, 0.3 s where they are 100,000; commits come oftener."""

RATE = "rate-"


def rating_choices(answer: Answer) -> tuple[Choice, Choice]:
    """The two buttons under an answer."""
    return Choice(f"{RATE}{answer.id}-yes", Key.B_RATE_YES), Choice(f"{RATE}{answer.id}-no", Key.B_RATE_NO)


class TellAnswers:
    """Releases answers whose moment has come and tells askers of released ones."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, pulse: Pulse, answering: Answering
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._pulse = pulse
        self._answering = answering

    async def run(self) -> None:
        """Release and tell until cancelled."""
        news = self._pulse.of("answers", "answer_news", "news", "issues")
        await keep_stepping(self._step_and_rest, news, _LOOK_AGAIN, "telling answers")

    async def step(self) -> bool:
        """Release or tell some; False where nothing is due."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            due = await tx.answers.due(now, 1)
            untold = await tx.answer_news.untold(self._running.code, 1)
        if due:
            await self._release()
        if untold:
            await self._tell()
        return bool(due or untold)

    async def _step_and_rest(self) -> bool:
        if await self.step():
            return True
        await asyncio.sleep(_NOT_OFTENER_THAN)
        return False

    async def _release(self) -> None:
        async with self._store.transaction() as tx:
            for answer in await tx.answers.due(self._clock.now(), _AT_ONCE):
                await self._answering.release_due(tx, answer)

    async def _tell(self) -> None:
        async with self._store.transaction() as tx:
            _, routing = await self._running.view(tx)
            found = await tx.answer_news.untold(self._running.code, _AT_ONCE)
            for answer, members in _by_person(found):
                person = await tx.people.by_id(members[0].person_id or 0)
                assert person is not None, "whoever is to be told has a chat"
                words = await self._words(tx, routing, answer, members)
                now = self._clock.now()
                row = await tx.outbox.say(_address(person), words, now)
                await offer(tx, self._voice, _address(person), words, now)
                await tx.answer_news.told(answer.id, [one.id for one in members], row, now)

    async def _words(
        self, tx: Transaction, routing: RoutingTable, answer: Answer, members: Sequence[Submission]
    ) -> Words:
        """What a department wrote goes in as values; empty fields leave no line behind."""
        issue = await tx.issues.get(answer.issue_id)
        say, body = self._voice.text, answer.body
        department = routing.name(issue.lead) if issue else ""
        corrected = any(
            one.state is AnswerState.RELEASED and one.revision < answer.revision
            for one in await tx.answers.of_issue(answer.issue_id)
        )
        settlement = say(Key(f"settlement.{body.settlement.value}")) if body.settlement else ""
        details: Mapping[Key, dict[str, object]] = {
            Key.TOLD_ANSWER_BASIS: {"basis": body.basis},
            Key.TOLD_ANSWER_RESPONSIBLE: {"responsible": body.responsible},
            Key.TOLD_ANSWER_DUE: {"due": body.due},
            Key.TOLD_ANSWER_SETTLEMENT: {"settlement": settlement},
        }
        answered = say(
            Key.TOLD_ANSWER_CORRECTED if corrected else Key.TOLD_ANSWER,
            department=department or say(Key.TOLD_ANSWER_NOBODY),
            codes=", ".join(one.code for one in members),
            text=body.text,
        )
        lines = "\n".join(say(key, **values) for key, values in details.items() if all(values.values()))
        text = "\n\n".join(filter(None, (answered, lines, say(Key.TOLD_ANSWER_RATE))))
        labels = tuple((choice.id, say(Key(choice.label))) for choice in rating_choices(answer))
        return Words(self._voice.marked(text), labels)


def _by_person(untold: Sequence[Untold]) -> list[tuple[Answer, list[Submission]]]:
    """One message for each answer and asker, however many submissions of theirs lie in the issue. The last asker's may
    go on behind the end of these: they come first next time.
    """
    found: dict[tuple[int, int | None], tuple[Answer, list[Submission]]] = {}
    for one in untold:
        key = (one.answer.id, one.submission.person_id)
        found.setdefault(key, (one.answer, []))[1].append(one.submission)
    groups = list(found.values())
    return groups[:-1] if len(untold) == _AT_ONCE and len(groups) > 1 else groups


def _address(person: Person) -> Address:
    return Address(ChannelName(person.channel), person.bot, person.chat)
