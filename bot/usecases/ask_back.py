"""Questions back that nobody answers: after some time the submission goes on as it is, and both sides see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.ask import Ask
from bot.domain.submission import SYSTEM, Action, HistoryEntry, State, Submission, after
from bot.ports import Clock, Store, Transaction
from bot.usecases.asking import close_ask
from bot.usecases.pulse import Pulse
from bot.usecases.redraw import redraw
from bot.usecases.tasks import keep_stepping
from bot.usecases.tell import Tell

_AT_ONCE = 20
_LOOK_AGAIN = 30.0


class GoOn:
    """Ends the waiting for answers whose time is over."""

    def __init__(self, store: Store, clock: Clock, pulse: Pulse, tell: Tell) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse
        self._tell = tell

    async def run(self) -> None:
        """Look until cancelled."""
        await keep_stepping(self.step, self._pulse.of("asks"), _LOOK_AGAIN, "waiting for answers")

    async def step(self) -> bool:
        """Let those go on whose time is over; False where there are none."""
        async with self._store.reading() as tx:
            if not await tx.asks.due(self._clock.now(), 1):
                return False
        async with self._store.transaction() as tx:
            for ask in await tx.asks.due(self._clock.now(), _AT_ONCE):
                await self._go_on(tx, ask)
        return True

    async def _go_on(self, tx: Transaction, ask: Ask) -> None:
        now = self._clock.now()
        submission = await tx.submissions.get(ask.submission_id)
        await close_ask(tx, ask.submission_id, now)
        if submission is None or submission.state is not State.ASKED:
            return
        known = await self._tell.known(tx, submission)
        goes_on = replace(submission, state=after(submission.state, Action.GO_ON))
        await tx.history.add(_entry(submission, goes_on, now=now))
        saved = await tx.submissions.change(goes_on, submission.version)
        assert saved is not None, "nobody else writes within this transaction"
        await redraw(tx, saved, now)
        await self._tell.changed(tx, known, saved)


def _entry(before: Submission, then: Submission, *, now: datetime) -> HistoryEntry:
    return HistoryEntry(
        submission_id=before.id,
        at=now,
        actor=SYSTEM,
        action=Action.GO_ON,
        before=before.state,
        after=then.state,
        topic=then.topic,
    )
