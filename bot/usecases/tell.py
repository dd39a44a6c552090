"""What askers hear of decisions: nothing for as long as a moderator may still take them back, then what holds.

Several decisions within the window are one message, about the last of them; a decision that was taken back within it
is none. The sentence follows from what the asker knew and what holds now, not from who pressed what in between.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.message import Address, ChannelName, Say
from bot.domain.submission import State, Submission, Told
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.offering import offer
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running
from bot.usecases.split import living_parts
from bot.usecases.tasks import keep_stepping
from bot.usecases.voice import Voice

_AT_ONCE = 20
_LOOK_AGAIN = 1.0


class Tell:
    """Holds news back for `window` and then says it. Without a window everything is said at once."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, pulse: Pulse, window: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._pulse = pulse
        self._window = window

    async def run(self) -> None:
        """Tell what is due until cancelled."""
        await keep_stepping(self.step, self._pulse.of("news"), _LOOK_AGAIN, "telling askers")

    async def known(self, tx: Transaction, submission: Submission) -> Told:
        """What the asker of a submission that stands like this has been told, nothing being held back."""
        state = submission.state
        issue = await tx.issues.get(submission.issue_id) if submission.issue_id else None
        ask = await tx.asks.newest(submission.id) if state is State.ASKED else None
        parts = await tx.submissions.parts(submission.id) if state is State.SPLIT else []
        return Told(
            state,
            submission.private,
            issue.lead if issue else None,
            submission.reason,
            submission.body,
            ask.id if ask else 0,
            len(parts),
        )

    async def changed(self, tx: Transaction, since: Told, submission: Submission) -> None:
        """A decision was made: its news is held, or said at once where there is no window."""
        if submission.person_id is None:
            return
        if not self._window:
            await self._say(tx, since, submission)
            return
        await tx.news.hold(submission.id, since, self._clock.now() + self._window)
        known = await tx.news.since(submission.id)
        if known == await self.known(tx, submission):  # all is as the asker knows it
            await tx.news.drop(submission.id)

    async def step(self) -> bool:
        """Say what is due; False where nothing is."""
        async with self._store.reading() as tx:
            if not await tx.news.due(self._clock.now(), 1):
                return False
        async with self._store.transaction() as tx:
            for id_ in await tx.news.due(self._clock.now(), _AT_ONCE):
                await self._release(tx, id_)
        return True

    async def _release(self, tx: Transaction, id_: int) -> None:
        since, submission = await tx.news.since(id_), await tx.submissions.get(id_)
        await tx.news.drop(id_)
        if since is not None and submission is not None:
            await self._say(tx, since, submission)

    async def _say(self, tx: Transaction, since: Told, submission: Submission) -> None:
        person = await tx.people.by_id(submission.person_id) if submission.person_id is not None else None
        key = sentence(since, await self.known(tx, submission))
        if person is None or key is None:
            return
        address = Address(ChannelName(person.channel), person.bot, person.chat)
        words, now = self._voice.words(await self._filled(tx, key, submission)), self._clock.now()
        await tx.outbox.say(address, words, now)
        await offer(tx, self._voice, address, words, now)

    async def _filled(self, tx: Transaction, key: Key, submission: Submission) -> Say:
        programme, routing = await self._running.view(tx)
        known = await self.known(tx, submission)
        closed = self._clock.now() >= programme.window.closes_at
        if key is Key.TOLD_REJECTED and closed:
            key = Key.TOLD_REJECTED_LATE
        values: dict[str, object] = {
            **(await self._asked(tx, submission) if key is Key.TOLD_ASKED else {}),
            "count": len(await living_parts(tx, submission.id)) if key is Key.TOLD_SPLIT else 0,
            "code": submission.code,
            "department": routing.name(known.lead),
            "organiser": programme.contact.organiser,
            "closes": programme.window.closes_at,
            "reason": self._voice.reason(submission.reason),
            "body": self._voice.reason(submission.body),
        }
        return Say(key, values)

    async def _asked(self, tx: Transaction, submission: Submission) -> dict[str, object]:
        """The question back. The time to answer it begins now that the asker hears of it."""
        ask = await tx.asks.newest(submission.id)
        assert ask is not None, "whoever is asked is asked something"
        now = self._clock.now()
        told = replace(ask, told_at=now, due_at=now + (ask.due_at - ask.asked_at))
        await tx.asks.change(told)
        return {"question": told.question, "due": told.due_at}


def sentence(since: Told, now: Told) -> Key | None:
    """What there is to tell somebody who knows `since` where `now` holds; None where there is nothing to tell."""
    if now == since:
        return None
    if now.private:
        return _private(since, now)
    if now.state is State.WAITING:
        return _waiting(since)
    return _approved(since, now) if now.state is State.APPROVED else _OF_STATE.get(now.state)


def _waiting(since: Told) -> Key | None:
    """Nobody was told that it was spam, so nobody hears that it is none."""
    if since.private:
        return Key.TOLD_OPENED_UP
    if since.state in (State.WAITING, State.SPAM):
        return None
    return Key.TOLD_GOES_ON if since.state is State.ASKED else Key.TOLD_UNDONE


def _private(since: Told, now: Told) -> Key | None:
    if now.state is since.state:
        return None if since.private else Key.TOLD_SET_APART
    if now.state is State.REJECTED:
        return Key.TOLD_CLOSED
    return Key.TOLD_REOPENED if since.private else Key.TOLD_SET_APART


def _approved(since: Told, now: Told) -> Key | None:
    if since.state is State.APPROVED and since.lead == now.lead:
        return None
    if now.lead is None:
        return Key.TOLD_APPROVED_UNCLEAR
    return Key.TOLD_MOVED if since.state is State.APPROVED and since.lead else Key.TOLD_APPROVED


_OF_STATE = {
    State.ASKED: Key.TOLD_ASKED,
    State.SPLIT: Key.TOLD_SPLIT,
    State.REJECTED: Key.TOLD_REJECTED,
    State.REDIRECTED: Key.TOLD_REDIRECTED,
}
