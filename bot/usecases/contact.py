"""Whether a platform still reaches us: who fetches its messages says so here, health and alarms read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.message import Address, Words
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.voice import Voice

SILENCE = timedelta(minutes=15)
"""How long a platform may stay out of reach before somebody must be told; it keeps messages for a day."""

LAST_POLL = "telegram.last_poll"
"""The fact that holds the instant at which Telegram was last heard from (ISO 8601), for those in another process."""

_RECORD_EACH = timedelta(seconds=10)
_TOLD = "telegram.conflict_told"
_TELL_AGAIN = timedelta(days=1)


class LastHeard:
    """Puts the instant on record, at most every ten seconds: it must not cost a commit of its own each time."""

    def __init__(self) -> None:
        self._recorded: datetime | None = None

    def due(self, now: datetime) -> bool:
        # abs: a clock that was set back must not silence the record.
        return self._recorded is None or abs(now - self._recorded) >= _RECORD_EACH

    async def record(self, tx: Transaction, now: datetime) -> None:
        if self.due(now):
            await tx.facts.put(LAST_POLL, now.isoformat())
            self._recorded = now


class Contact:
    """One platform's. Begins with the start of the program, so that a start without any network alarms in time too."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, boards: Collection[Address] = ()) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._boards = boards
        self._begun = clock.now()
        self.last: datetime | None = None
        """When the platform last answered us, or handed something over; None: not since the start."""
        self.conflict: datetime | None = None
        """When it last said that somebody else fetches our messages; None: not since the start."""

    def good(self) -> None:
        """The platform and we have just reached each other, and what it had is kept."""
        self.last = self._clock.now()

    def silent_for(self) -> timedelta:
        """How long nothing was heard. Never negative, whatever happens to the clock."""
        return max(self._clock.now() - (self.last or self._begun), timedelta())

    def lost(self) -> bool:
        """Whether somebody must be told."""
        return self.silent_for() >= SILENCE

    async def conflicts(self) -> None:
        """Another process fetches with our token: the moderators are told, once a day at most."""
        now = self.conflict = self._clock.now()
        async with self._store.transaction() as tx:
            told = await tx.facts.get(_TOLD)
            if told is not None and abs(now - datetime.fromisoformat(told)) < _TELL_AGAIN:
                return
            await tx.facts.put(_TOLD, now.isoformat())
            for board in self._boards:
                await tx.outbox.say(board, Words(self._voice.marked(self._voice.text(Key.STAFF_CONFLICT))), now)
