"""Slips come by the thousand, a chat group reads a few: the board is topped up as moderators work through it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.message import Address
from bot.ports import Clock, Store
from bot.usecases.running import Running

OPEN_CARDS = 15


class Feed:
    """Keeps at most OPEN_CARDS undecided cards in each chat board; what the group decides makes room for the next."""

    def __init__(self, store: Store, clock: Clock, running: Running, boards: Sequence[Address]) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._boards = tuple(boards)

    async def __call__(self) -> int:
        """Show the oldest waiting submissions that have no card yet; returns how many cards were added."""
        added = 0
        for board in self._boards:
            async with self._store.reading() as tx:
                room = OPEN_CARDS - await tx.board.undecided(board, self._running.code)
                cardless = await tx.board.cardless(board, self._running.code, room) if room > 0 else []
            if cardless:
                added += await self._show(board, cardless)
        return added

    async def _show(self, board: Address, submissions: Sequence[int]) -> int:
        async with self._store.transaction() as tx:
            for submission_id in submissions:
                await tx.board.open(board, submission_id)
                await tx.outbox.card(board, submission_id, self._clock.now())
        return len(submissions)
