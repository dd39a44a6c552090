"""Somebody may be in danger: what they wrote is kept apart for the responsible person, and nobody else sees a word.

The group hears one neutral sentence; a card that it has already is drawn anew without its words.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from bot.domain.message import Address, Say
from bot.domain.notice import Danger
from bot.domain.submission import SYSTEM, Action, HistoryEntry, Submission
from bot.ports import Transaction
from bot.texts.keys import Key
from bot.usecases.redraw import redraw
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

EVERYBODY_IS_CHIEF = "everybody_is_chief"


async def keep_apart(tx: Transaction, submission: Submission, danger: Danger | None, at: datetime) -> None:
    """Note that the machine set a submission apart and take its cards back; `announce` is the caller's, once for many.

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


async def announce(tx: Transaction, at: datetime, boards: Collection[Address], voice: Voice) -> None:
    """One sentence without any content, so that somebody calls the responsible person to the board.

    Where there is no such person the log says so: with no group there may be nobody else to notice.
    """
    sentence = Key.STAFF_PRIVATE
    if not await has_chief(tx):
        sentence = Key.STAFF_PRIVATE_NOBODY
        _log.warning("Something was set apart, and there is no responsible person who could see it: invite one.")
    for board in boards:
        await tx.outbox.say(board, voice.words(Say(sentence)), at)


async def opened_up(tx: Transaction, submission: Submission) -> HistoryEntry | None:
    """The entry by which a responsible person opened up the words as they stand; None where nobody did since the
    asker's last edit.
    """
    if submission.version == 1:  # nothing was done to it since it came: no need to ask, for every card of a board
        return None
    for entry in reversed(await tx.history.of(submission.id)):
        if entry.action in (Action.OPEN_UP, Action.EDIT):
            return entry if entry.action is Action.OPEN_UP else None
    return None


async def has_chief(tx: Transaction) -> bool:
    """Whether there is a responsible person who could see private submissions; in a demo whoever looks is one."""
    if await tx.facts.get(EVERYBODY_IS_CHIEF):
        return True
    return any(moderator.chief for moderator in await tx.moderators.all())
