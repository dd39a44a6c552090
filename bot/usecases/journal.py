"""The log on a board that keeps things apart: a line for each decision, many of them in one message.

Lines never stand in the way of cards: they are written while nothing else waits for the chat, at most once a minute,
and what happened meanwhile is in the next message. Nothing is lost by it: /nhatky and the book of record tell the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.message import Address, Words
from bot.domain.submission import HistoryEntry
from bot.ports import Board, Clock, Store, Transaction
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.shelves import LOG
from bot.usecases.voice import Voice

_NOT_OFTENER_THAN = timedelta(minutes=1)
LINES = 30  # of some hundred signs: one message holds them


class Journal:
    """Tells each board that keeps things apart what was decided since it was told last."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, boards: Mapping[Address, Board]
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._boards = boards
        self._looked: datetime | None = None

    async def __call__(self) -> int:
        """Write what is to be written now; how many lines that were."""
        now = self._clock.now()
        if self._looked is not None and timedelta() <= now - self._looked < _NOT_OFTENER_THAN:
            return 0
        self._looked = now
        wanting = [address for address, board in self._boards.items() if await board.has_shelves(address.chat)]
        return sum([await self._write(address, now) for address in wanting])

    async def _write(self, address: Address, now: datetime) -> int:
        async with self._store.reading() as tx:
            told, newest = await tx.facts.get(_told(address)), await tx.history.newest()
            if told is not None and (int(told) >= newest or await tx.outbox.is_busy(address)):
                return 0
        async with self._store.transaction() as tx:
            # Where shelves are new nothing is told of what came before them: it is in /nhatky.
            entries = await tx.history.decided(self._running.code, newest if told is None else int(told), LINES)
            lines = [await decision_line(tx, self._voice, entry) for entry in entries]
            if lines:
                await tx.outbox.say(address, Words(self._voice.marked("\n".join(lines))), now, shelf=LOG)
            await tx.facts.put(_told(address), str(entries[-1].id if lines else newest))
        return len(lines)


async def decision_line(tx: Transaction, voice: Voice, entry: HistoryEntry) -> str:
    """A line about a decision: when, who, what, on which code."""
    submission = await tx.submissions.get(entry.submission_id)
    assert submission is not None, "history refers to submissions that are there"
    what = f"{voice.text(Key(f'trace.{entry.action.value}'))} {submission.code}"
    return voice.text(Key.ORDER_STEP, at=when(entry.at), by=entry.actor, what=what)


def _told(address: Address) -> str:
    """The same fact for every id that the chat has over time."""
    return f"journal:{address.channel.value}:{address.bot}"
