"""A question back is open exactly as long as its submission is ASKED: what opens and ends the waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.ports import Transaction


async def reopen_ask(tx: Transaction, submission_id: int) -> None:
    """An answer is waited for again: whoever ended the waiting took that back."""
    ask = await tx.asks.newest(submission_id)
    if ask is not None and ask.answered_at is None:
        await tx.asks.change(replace(ask, closed_at=None))


async def close_ask(tx: Transaction, submission_id: int, at: datetime) -> None:
    """Nobody waits for an answer to this submission's question back any more."""
    ask = await tx.asks.newest(submission_id)
    if ask is not None and ask.is_open:
        await tx.asks.change(replace(ask, closed_at=at))
