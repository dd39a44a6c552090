"""The machine learns from what moderators decided: by command, and at night while the bot runs.

A training takes a minute or two of a processor, so the bot leaves it to a process of its own (the command `train`) and
only looks whether another model is to answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.domain.learning import Learnt, Verdict
from bot.domain.message import Address, Say
from bot.ports import Clock, Learner, Store
from bot.texts.keys import Key
from bot.usecases.active_router import ActiveRouter
from bot.usecases.classify_waiting import ClassifyWaiting
from bot.usecases.running import Running
from bot.usecases.schedule import last_fire, started_at
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

LEARNT_AT = "learnt_at"
_LOOK_AGAIN = 15.0
_WITHOUT_A_MODEL = timedelta(hours=1)


class Learn:
    """Hands every decision of the database, of this and of all earlier programmes, to the learner."""

    def __init__(self, store: Store, clock: Clock, running: Running, learner: Learner) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._learner = learner

    async def __call__(self, *, by: str, anew: bool, progress: Callable[[int], None] | None = None) -> Learnt:
        """Learn, as `by` is to be remembered. `anew`: also where hardly anything was decided since the last time.

        The exams go by the departments of the running programme. Raises a Refusal where another training runs.
        """
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
            decisions = await tx.decisions.all()
        now = self._clock.now()
        return await asyncio.to_thread(
            self._learner, decisions, routing.leads, by=by, at=now, anew=anew, progress=progress
        )


class Nightly:
    """Looks four times a minute: does another model answer now, is a training due?

    `train` trains in a process of its own; None where this run must not learn (a demo, a rehearsal, switched off).
    `at` is a cron expression in Viet Nam's time.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        router: ActiveRouter,
        train: Callable[[], Awaitable[Learnt]] | None,
        at: str,
        boards: Collection[Address] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._router = router
        self._classify = ClassifyWaiting(store, clock, router, running)
        self._train = train
        self._at = at
        self._boards = boards
        self._classified = False
        self._tried_at = clock.now()  # a start without a model has just tried

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - the next look tries again; the type says enough for a log
                _log.error("learning failed with %s", type(fault).__name__)
            await asyncio.sleep(_LOOK_AGAIN)

    async def look(self) -> None:
        """Take over a new model, give topics to what waits without one, and train if that is due."""
        if self._train is not None and await self._due():
            await self._learn(self._train)
        changed = await asyncio.to_thread(self._router.refresh)
        if (changed or not self._classified) and not self._router.missing:
            await self._classify()
            self._classified = True

    async def _due(self) -> bool:
        """Whether a night's training was missed since the last one, or since this database was begun.

        Without a model it is due every hour, whatever the schedule says.
        """
        now = self._clock.now()
        if self._router.missing:
            return now - self._tried_at >= _WITHOUT_A_MODEL
        async with self._store.reading() as tx:
            begun = await tx.facts.get(started_at(self._running.code))
            learnt = await tx.facts.get(LEARNT_AT)
        last = max((datetime.fromisoformat(fact) for fact in (begun, learnt) if fact), default=now)
        return last < last_fire(self._at, now)

    async def _learn(self, train: Callable[[], Awaitable[Learnt]]) -> None:
        """Train; however it ends, that was this night's training."""
        self._tried_at = self._clock.now()
        try:
            learnt = await train()
        except Exception as fault:  # noqa: BLE001 - the model at hand goes on answering
            _log.error("the training failed with %s", type(fault).__name__)
            learnt = None
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.facts.put(LEARNT_AT, now.isoformat())
            if learnt is not None and learnt.verdict is Verdict.PROMOTED:
                for board in self._boards:
                    await tx.outbox.say(board, self._voice.words(self._news(learnt)), now)
        if learnt is not None:
            _log.info("the training ended: %s, %s fresh decisions", learnt.verdict.value, learnt.fresh)

    def _news(self, learnt: Learnt) -> Say:
        recent = learnt.recent
        assert recent is not None, "a model is promoted only after its exams"
        counts = {"texts": recent.texts, "before": recent.before, "after": recent.after}
        return Say(Key.STAFF_MODEL_PROMOTED, {"version": learnt.version, "decisions": learnt.decisions, **counts})
