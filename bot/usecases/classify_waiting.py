"""Submissions that came while there was no model get their topic once there is one."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.submission import SYSTEM, Action, HistoryEntry, Proposal, Submission, after
from bot.ports import Clock, Router, Store
from bot.usecases.running import Running

_AT_ONCE = 50


class ClassifyWaiting:
    """Proposes for what still waits without a topic; whoever decided meanwhile keeps what they decided."""

    def __init__(self, store: Store, clock: Clock, router: Router, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._router = router
        self._running = running

    async def __call__(self) -> int:
        """Returns how many were given a topic. A text on which the model fails is left for the next time."""
        classified, last = 0, 0
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
        while True:
            async with self._store.reading() as tx:
                waiting = await tx.submissions.unclassified(self._running.code, after=last, limit=_AT_ONCE)
            if not waiting:
                return classified
            for submission in waiting:
                proposal = self._router.propose(submission.text, routing.leads)
                if proposal is not None:
                    classified += await self._give(submission, proposal)
            last = waiting[-1].id

    async def _give(self, submission: Submission, proposal: Proposal) -> bool:
        """One transaction each: a person who decides beside us never waits long. False where somebody was first."""
        then = after(submission.state, Action.CLASSIFY)
        async with self._store.transaction() as tx:
            changed = replace(submission, topic=proposal.topic, proposal=proposal, state=then)
            saved = await tx.submissions.change(changed, submission.version)
            if saved is None:
                return False
            now = self._clock.now()
            entry = HistoryEntry(
                submission_id=saved.id,
                at=now,
                actor=SYSTEM,
                action=Action.CLASSIFY,
                before=submission.state,
                after=saved.state,
                topic=saved.topic,
            )
            await tx.history.add(entry)
            for shown in await tx.board.of_submission(saved.id):
                await tx.board.set_menu(shown.id, "")
                await tx.outbox.card(shown.address, saved.id, now)
            return True
