"""A submission that asks several things: its parts go their own ways, the asker keeps one code.

The whole stays word for word as it was written. When it is put together again (an undo), changed or withdrawn by its
asker, the parts are no more; their history stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.department import RoutingTable
from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.message import Address
from bot.domain.notice import Danger
from bot.domain.submission import SYSTEM, Action, HistoryEntry, State, Submission, after, topic_of
from bot.domain.text import clean, storable
from bot.ports import Router, Transaction
from bot.texts.keys import Key
from bot.usecases.apart import keep_apart
from bot.usecases.asking import close_ask
from bot.usecases.redraw import redraw

_MOST = 10
_GONE = frozenset({State.JOINED, State.WITHDRAWN})


def parts_of(wanted: Sequence[str]) -> tuple[str, ...]:
    """The texts of the parts. Raises a Refusal where there are too few or too many of them."""
    parts = tuple(part for part in (storable(one).strip() for one in wanted) if clean(part))
    if not 1 < len(parts) <= _MOST:
        raise Refusal(Key.REFUSE_PARTS, most=_MOST)
    return parts


async def add_parts(
    tx: Transaction,
    whole: Submission,
    texts: Sequence[str],
    router: Router,
    routing: RoutingTable,
    boards: Collection[Address],
    by: str,
    at: datetime,
) -> None:
    """Store the parts, each with a topic and a card of its own."""
    met = len(await tx.submissions.parts(whole.id))  # a part that is no more keeps its number
    for number, text in enumerate(texts, met + 1):
        proposal = router.propose(text, routing.leads)
        part = await tx.submissions.add_part(whole, number, text, topic_of(proposal), proposal)
        await tx.history.add(_entry(part, Action.SUBMIT, None, part.state, by, at))
        for board in boards:
            await tx.board.open(board, part.id)
            await tx.outbox.card(board, part.id, at)


async def living_parts(tx: Transaction, whole_id: int) -> list[Submission]:
    """The parts that are still there."""
    return [part for part in await tx.submissions.parts(whole_id) if part.state not in _GONE]


async def check_untouched(tx: Transaction, whole_id: int) -> None:
    """Raises NotAllowedNow where somebody has dealt with a part: its whole cannot be put together again unseen."""
    parts = await living_parts(tx, whole_id)
    asked = {ask.submission_id for ask in await tx.asks.of([part.id for part in parts])}
    for part in parts:
        if part.state is not State.WAITING or part.last_decision is not None or part.private or part.id in asked:
            raise NotAllowedNow(Key.REFUSE_PARTS_TOUCHED, code=part.code)


async def join_parts(tx: Transaction, whole_id: int, by: str, at: datetime) -> None:
    """The parts are no more: out of every issue and off the boards, and nobody is told of them any longer."""
    for part in await living_parts(tx, whole_id):
        then = after(part.state, Action.JOIN)
        freed = replace(part, issue_id=None, assignee="", decided_by="", decided_at=None, last_decision=None)
        await tx.history.add(_entry(part, Action.JOIN, part.state, then, by, at))
        saved = await tx.submissions.change(replace(freed, state=then), part.version)
        assert saved is not None, "nobody else writes within this transaction"
        await close_ask(tx, part.id, at)
        await tx.news.drop(part.id)
        await redraw(tx, saved, at)


async def apart_with_its_whole(tx: Transaction, submission: Submission, danger: Danger, at: datetime) -> Submission:
    """The machine sets a submission apart. Of a part the whole, which holds the same words; the parts are no more."""
    apart = submission
    if submission.whole_id is not None:
        found = await tx.submissions.get(submission.whole_id)
        assert found is not None, "a part has its whole"
        apart = found
    then = after(apart.state, Action.SET_APART)
    changed = replace(apart, state=then, private=True, last_decision=None)
    saved = await tx.submissions.change(changed, apart.version)
    assert saved is not None, "nobody else writes within this transaction"
    if apart.state is State.SPLIT:
        await join_parts(tx, apart.id, SYSTEM, at)
    await tx.news.drop(apart.id)
    await keep_apart(tx, saved, danger, at)
    return saved


def _entry(part: Submission, action: Action, before: State | None, then: State, by: str, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        submission_id=part.id, at=at, actor=by, action=action, before=before, after=then, topic=part.topic
    )
