"""What waits in the open is looked at once more after every start: the phrases may have changed since it came in.

Whatever tells of danger by the phrases of today is set apart as if it had just arrived. Words that a responsible person
read and opened up stay where that person put them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from bot.domain.message import Address, ChannelName, Say
from bot.domain.notice import Danger
from bot.domain.submission import State, Submission
from bot.ports import Clock, Store, Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases.apart import announce, opened_up
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running
from bot.usecases.split import apart_with_its_whole
from bot.usecases.tasks import keep_stepping
from bot.usecases.voice import Voice

_AT_ONCE = 20
_TRY_AGAIN = 60.0  # seconds, where the database failed


class LookAgain:
    """Goes once through the waiting submissions of the running programme, a few at a time. `boards` hear of the first
    one that is set apart: one sentence calls somebody to the board.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        watcher: Watcher,
        voice: Voice,
        running: Running,
        boards: Collection[Address] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse
        self._watcher = watcher
        self._voice = voice
        self._running = running
        self._boards = boards
        self._last = 0  # the highest id that was looked at
        self._announced = False
        self._through = False

    async def run(self) -> None:
        """Look until everything was looked at, then rest until cancelled."""
        await keep_stepping(self.step, self._pulse, _TRY_AGAIN, "looking again")

    async def step(self) -> bool:
        """Look at the next few; False where nothing is left. What comes in meanwhile is looked at as it comes."""
        if self._through:
            return False
        async with self._store.reading() as tx:
            waiting = await tx.submissions.waiting(self._running.code, after=self._last, limit=_AT_ONCE)
        # Half a second at worst for a few: no chat waits for it.
        dangers = await asyncio.to_thread(self._dangers, waiting)
        for submission, danger in zip(waiting, dangers, strict=True):
            if danger is not None and not await self._set_apart(submission, danger):
                return True
            self._last = submission.id
        self._through = not waiting
        return not self._through

    def _dangers(self, waiting: Sequence[Submission]) -> list[Danger | None]:
        return [self._watcher.look(one.text).danger for one in waiting]

    async def _set_apart(self, seen: Submission, danger: Danger) -> bool:
        """One transaction each, so that nobody waits long. Whoever decided, edited or withdrew meanwhile was first."""
        async with self._store.transaction() as tx:
            submission = await tx.submissions.get(seen.id)
            if submission is None or submission.private or submission.state is not State.WAITING:
                return True
            if submission.text != seen.text or await opened_up(tx, submission) is not None:
                return True
            now = self._clock.now()
            saved = await apart_with_its_whole(tx, submission, danger, now)
            if not self._announced:
                await announce(tx, now, self._boards, self._voice)
            await self._tell(tx, saved)
        self._announced = True
        return True

    async def _tell(self, tx: Transaction, saved: Submission) -> None:
        """Whoever was told that it would be answered in public must know that it is not, and where help is."""
        person = await tx.people.by_id(saved.person_id) if saved.person_id is not None else None
        if person is not None:
            address = Address(ChannelName(person.channel), person.bot, person.chat)
            words = self._voice.words(Say(Key.TOLD_SET_APART, {"code": saved.code}))
            await tx.outbox.say(address, words, self._clock.now())
