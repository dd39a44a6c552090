"""What the moderators' chat gets to see of what waits: cards while it is quiet, digests where much comes at once.

A group takes some fifteen messages a minute. What people write comes as cards at once (see receive.py); where more than
UNSEEN_CARDS of them still wait to be sent, the oldest go into digests of ten instead. Slips come by the thousand and a
chat group reads a few: the board is topped up with them as moderators work through it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.message import Address
from bot.ports import Clock, ListKind, Store
from bot.usecases.flood import OPEN_OF_ONE
from bot.usecases.running import Running

OPEN_CARDS = 15
UNSEEN_CARDS = 15
IN_A_DIGEST = 10


class Feed:
    """Keeps at most OPEN_CARDS undecided cards in each chat board; what the group decides makes room for the next."""

    def __init__(self, store: Store, clock: Clock, running: Running, boards: Collection[Address]) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._boards = boards

    async def __call__(self) -> int:
        """Gather what nobody could see yet, then show the oldest waiting submissions that have no card, as far as there
        is room; returns how many cards were added.
        """
        added = 0
        for board in self._boards:
            await self._gather(board)
            async with self._store.reading() as tx:
                room = OPEN_CARDS - await tx.board.undecided(board, self._running.code)
                wanted = max(room, 0)
                cardless = await tx.board.cardless(board, self._running.code, wanted, of_one=OPEN_OF_ONE)
            if cardless:
                added += await self._show(board, cardless)
        return added

    async def _gather(self, board: Address) -> None:
        async with self._store.reading() as tx:
            if len(await tx.board.unseen(board, self._running.code, OPEN_OF_ONE)) <= UNSEEN_CARDS:
                return
        async with self._store.transaction() as tx:
            unseen = await tx.board.unseen(board, self._running.code, OPEN_OF_ONE)
            while len(unseen) > UNSEEN_CARDS:
                oldest, unseen = unseen[:IN_A_DIGEST], unseen[IN_A_DIGEST:]
                await tx.outbox.drop_cards(board, oldest)
                await tx.board.take_back(board, oldest)
                shown = await tx.lists.open(board, ListKind.DIGEST, self._clock.now(), oldest)
                await tx.outbox.listing(board, shown.id, self._clock.now())

    async def _show(self, board: Address, submissions: Sequence[int]) -> int:
        async with self._store.transaction() as tx:
            for submission_id in submissions:
                await tx.board.open(board, submission_id)
                await tx.outbox.card(board, submission_id, self._clock.now())
        return len(submissions)
