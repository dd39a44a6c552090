"""The morning's word to the group: what waits and for how long, so that nothing waits unseen.

A morning that the machine slept through is made up for once it wakes, the latest one alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.message import Address, Words
from bot.domain.programme import QUESTIONS, Programme
from bot.domain.submission import State
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.data_requests import reminder
from bot.usecases.running import Running
from bot.usecases.schedule import last_fire, started_at
from bot.usecases.voice import Voice
from bot.usecases.waiting import Heap, age, heaps

NEVER = "off"
_DEPARTMENTS = 12  # lines; the rest is counted in one


class Morning:
    """`at` is a cron expression in Viet Nam's time, or NEVER."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, at: str, boards: Collection[Address]
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._at = at
        self._boards = boards

    async def __call__(self) -> bool:
        """Tell the group if that is due and something waits; whether it was told."""
        if self._at == NEVER or not self._boards:
            return False
        fire = last_fire(self._at, self._clock.now())
        async with self._store.reading() as tx:
            if not await self._is_due(tx, fire):
                return False
        async with self._store.transaction() as tx:
            await tx.facts.put(told_at(self._running.code), fire.isoformat())
            text = await self._text(tx)
            for board in self._boards if text else ():
                await tx.outbox.say(board, Words(self._voice.marked(text)), self._clock.now())
        return bool(text)

    async def _is_due(self, tx: Transaction, fire: datetime) -> bool:
        """Not for a morning before this database began, and once only."""
        told = await tx.facts.get(told_at(self._running.code)) or await tx.facts.get(started_at(self._running.code))
        return told is not None and datetime.fromisoformat(told) < fire

    async def _text(self, tx: Transaction) -> str:
        """What to say; nothing where nothing waits. Private ones are a number and not a word more."""
        say = self._voice.text
        waiting = await heaps(tx, self._running, self._voice)
        private = sum(one.state is State.WAITING for one in await tx.submissions.private(self._running.code))
        requests = await reminder(tx, self._voice, self._clock)
        if not waiting and not private and not requests:
            return ""
        lines = []
        if waiting:
            count = sum(len(heap.submissions) for heap in waiting)
            oldest = age(self._voice, min(heap.since for heap in waiting), self._clock.now())
            lines += [say(Key.MORNING_HEAD, count=count, oldest=oldest), *self._departments(waiting)]
        if private:
            lines.append(say(Key.QUEUE_PRIVATE, count=private))
        lines.append(requests)
        lines.append(self._delivery(await self._running.programme(tx)))
        return "\n".join(filter(None, lines))

    def _departments(self, waiting: Sequence[Heap]) -> list[str]:
        lines = [
            self._voice.text(
                Key.MORNING_DEPARTMENT,
                department=heap.name,
                count=len(heap.submissions),
                oldest=age(self._voice, heap.since, self._clock.now()),
                code=heap.submissions[0].code,
            )
            for heap in waiting[:_DEPARTMENTS]
        ]
        if others := sum(len(heap.submissions) for heap in waiting[_DEPARTMENTS:]):
            lines.append(self._voice.text(Key.MORNING_OTHERS, count=others))
        return lines

    def _delivery(self, programme: Programme) -> str:
        """When what is decided by then leaves the Youth Union; nothing where no day is known, or it is past."""
        instant, delivery = programme.delivered_by, programme.delivery
        if delivery is None or delivery.id != QUESTIONS or instant is None or instant <= self._clock.now():
            return ""
        body = programme.home_affairs or self._voice.text(Key.MORNING_HOME_AFFAIRS)
        return self._voice.text(Key.MORNING_DELIVERY, body=body, at=instant)


def told_at(programme: str) -> str:
    """The fact that tells for which morning the group was told last."""
    return f"morning:{programme}"
