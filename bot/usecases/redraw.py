"""What moderators see of a submission is drawn anew, because something about it changed: its cards, and the lists that
name it.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.submission import State, Submission
from bot.ports import ListKind, ShownList, Transaction


async def redraw(tx: Transaction, submission: Submission, at: datetime) -> None:
    """Draw every card of a submission anew, its buttons folded, and the lists that must name it differently now."""
    for shown in await tx.board.of_submission(submission.id):
        await tx.board.set_menu(shown.id, "")
        await tx.outbox.card(shown.address, submission.id, at)
    await relist(tx, submission, at)


async def relist(tx: Transaction, submission: Submission, at: datetime) -> None:
    """Draw the lists anew that show words of it which nobody is to read there any more, and digests that are done.

    A group takes few messages, so a page of the queue stays as it was when somebody asked for it.
    """
    gone = submission.state in (State.WITHDRAWN, State.JOINED)
    other_words = submission.private or gone or bool(submission.shown_text)
    for shown in await tx.lists.naming(submission.id):
        opened = shown.kind is ListKind.DIGEST and submission.state is State.WAITING
        if other_words or opened or await _is_done(tx, shown):
            await tx.outbox.listing(shown.address, shown.id, at)


async def _is_done(tx: Transaction, shown: ShownList) -> bool:
    named = [await tx.submissions.get(id_) for id_ in await tx.lists.entries(shown.id)]
    return shown.kind is ListKind.DIGEST and not any(one and one.state is State.WAITING for one in named)
