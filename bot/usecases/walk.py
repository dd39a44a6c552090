"""Walking through the queue in one message: after each decision it shows the next submission that waits without a card.

Several people walk at once without meeting: each message takes what no other one shows.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.domain.message import Address
from bot.ports import ShownCard, Transaction


async def begin(
    tx: Transaction, address: Address, programme: str, at: datetime, first: Collection[int] = (), thread: str = ""
) -> bool:
    """Send a card that walks on into a part of the chat; it begins with one of `first` where one of those waits. False
    where nothing waits.
    """
    found = await tx.board.cardless(address, programme, 1, among=first) if first else []
    found = found or await tx.board.cardless(address, programme, 1)
    if not found:
        return False
    card = await tx.board.open(address, found[0])
    await tx.board.set_walk(card.id, thread)
    await tx.outbox.card(address, found[0], at)
    return True


async def go_on(tx: Transaction, shown: ShownCard, programme: str, at: datetime) -> bool:
    """Let the card's message show the next one, from the beginning again after the last. False where there is none.

    What it showed before has no card here any more, and nothing redraws it.
    """
    found = await tx.board.cardless(shown.address, programme, 1, after=shown.submission_id)
    found = found or await tx.board.cardless(shown.address, programme, 1)
    if not found:
        return False
    await tx.outbox.drop_cards(shown.address, [shown.submission_id])
    await tx.board.move(shown.id, found[0])
    await tx.outbox.card(shown.address, found[0], at)
    return True
