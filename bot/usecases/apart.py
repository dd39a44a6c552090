"""Somebody may be in danger: what they wrote is kept apart for the responsible person, and nobody else sees a word.

The group hears one neutral sentence; a card that it has already is drawn anew without its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.message import Address, Say
from bot.domain.notice import Danger
from bot.domain.submission import SYSTEM, Action, HistoryEntry, Submission
from bot.ports import Transaction
from bot.texts.keys import Key
from bot.usecases.voice import Voice


async def keep_apart(
    tx: Transaction,
    submission: Submission,
    danger: Danger | None,
    at: datetime,
    boards: Sequence[Address],
    voice: Voice,
) -> None:
    """Note that the machine set a submission apart, take its cards back and tell the boards that there is something.

    `danger` is None where its words tell of none but were written for the responsible person alone.
    """
    entry = HistoryEntry(
        submission_id=submission.id,
        at=at,
        actor=SYSTEM,
        action=Action.SET_APART,
        before=submission.state,
        after=submission.state,
        reason=danger.value if danger else "",
        topic=submission.topic,
    )
    await tx.history.add(entry)
    await redraw(tx, submission, at)
    await announce(tx, at, boards, voice)


async def redraw(tx: Transaction, submission: Submission, at: datetime) -> None:
    """Draw every card of a submission anew, its buttons folded."""
    for shown in await tx.board.of_submission(submission.id):
        await tx.board.set_menu(shown.id, "")
        await tx.outbox.card(shown.address, submission.id, at)


async def announce(tx: Transaction, at: datetime, boards: Sequence[Address], voice: Voice) -> None:
    """One sentence without any content, so that somebody calls the responsible person to the board."""
    for board in boards:
        await tx.outbox.say(board, voice.words(Say(Key.STAFF_PRIVATE)), at)


async def has_chief(tx: Transaction) -> bool:
    """Whether there is a responsible person who could see private submissions."""
    return any(moderator.chief for moderator in await tx.moderators.all())
