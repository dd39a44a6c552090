"""Which other submissions ask nearly the same, of this programme and of earlier ones: for moderators to know.

The index lives in memory. It is filled from the database at the start and then follows the history, so it learns of
every filing, edit and withdrawal, whoever committed it: this process or a command beside it. Whatever goes wrong in
it costs a card one line and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.department import RoutingTable
from bot.domain.submission import State, Submission
from bot.ports import Likeness, Similar, Store, Transaction
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running

SHOWN = 3

_log = logging.getLogger(__name__)

_PAGE = 500  # submissions that are read and taken in at once
_LOOK_AGAIN = 15.0
_AFTER_A_FAULT = 60.0


@dataclass(frozen=True, slots=True)
class Twin:
    """Another submission that asks nearly the same. `score` is 0 to 1.

    `department` is the name, in its own programme, of the body that it was approved for; empty before. `year` is that
    of its programme where that is not the running one (0 where no file tells it any more), else None.
    """

    submission: Submission
    score: float
    department: str = ""
    year: int | None = None


class FindSimilar:
    """The index and the database, held together. `open_index` makes an empty index and may take a while."""

    def __init__(self, store: Store, running: Running, open_index: Callable[[], Similar]) -> None:
        self._store = store
        self._running = running
        self._open = open_index
        self._index: Similar | None = None  # there once it is filled
        self._cursor = 0  # the newest entry of the history that the index knows of
        self._turn = asyncio.Lock()
        self._found: dict[int, tuple[str, list[Likeness]]] = {}  # what was found for a text, while nothing changes

    # -------------------------------------------------------------- keeping up

    async def run(self, pulse: Pulse) -> None:
        """Fill the index and keep it in step until cancelled. A fault is logged by its type and tried again later."""
        news = pulse.of("history")
        while True:
            seen = news.count
            try:
                while await self.step():
                    pass
            except Exception as fault:  # noqa: BLE001 - nobody's question waits for this; the type says enough
                _log.error("similar submissions are not kept up: %s", type(fault).__name__)
                await asyncio.sleep(_AFTER_A_FAULT)
            else:
                await news.wait(seen, _LOOK_AGAIN)

    async def step(self) -> bool:
        """Fill the index, or take the next changes in; False where there is nothing to do."""
        if self._index is None:
            await self._fill()
            return True
        # First the reading, then the turn, as whoever asks does: the other way round boards that hold all readings
        # would wait for us while we wait for one of them.
        async with self._store.reading() as tx, self._turn:
            return await self._follow(self._index, tx)

    async def _fill(self) -> None:
        index = await asyncio.to_thread(self._open)
        async with self._store.reading() as tx:
            cursor = await tx.history.newest()
        last = 0
        while page := await self._page(last):
            await asyncio.to_thread(index.put, page)
            last = page[-1][0]
        self._index, self._cursor = index, cursor

    async def _page(self, after: int) -> list[tuple[int, str]]:
        # A reading of its own for each page: one long reading would keep old pages of the database alive.
        async with self._store.reading() as tx:
            return await tx.submissions.comparable(after=after, limit=_PAGE)

    async def _follow(self, index: Similar, tx: Transaction) -> bool:
        """Take in what the next entries of the history changed. Where nothing may be compared any more, it goes."""
        entries = await tx.history.touched(self._cursor, _PAGE)
        if not entries:
            return False
        touched = {submission_id for _, submission_id in entries}
        kept = await tx.submissions.comparable(among=touched, limit=_PAGE)
        changed = await asyncio.to_thread(index.put, kept)
        changed += await asyncio.to_thread(index.remove, touched - {id_ for id_, _ in kept})
        self._cursor = entries[-1][0]
        if changed:
            self._found.clear()
        return True

    # -------------------------------------------------------------- asking

    async def near(self, tx: Transaction, submission: Submission, routing: RoutingTable) -> tuple[Twin, ...]:
        """What asks nearly the same as a submission, most alike first; nothing while the index is being filled.

        `tx` must be a reading: what a transaction has not committed yet must not be taken for known. `routing` is that
        of the running programme. Never raises.
        """
        if self._index is None or submission.private or submission.state is State.WITHDRAWN:
            return ()
        try:
            async with self._turn:
                await self._follow(self._index, tx)
                found = await self._likest(self._index, submission)
            return await twins(tx, self._running, found, routing)
        except Exception as fault:  # noqa: BLE001 - a card without this line is better than none
            _log.error("similar submissions were not looked for: %s", type(fault).__name__)
            return ()

    async def like(self, tx: Transaction, texts: Sequence[str]) -> list[list[Likeness]] | None:
        """What asks nearly the same as each of these texts, which are not stored yet; None while the index is being
        filled. `tx` must be a reading.
        """
        if self._index is None:
            return None
        async with self._turn:
            await self._follow(self._index, tx)
            index = self._index
            return await asyncio.to_thread(lambda: [index.nearest(text, SHOWN) for text in texts])

    async def _likest(self, index: Similar, submission: Submission) -> list[Likeness]:
        known = self._found.get(submission.id)
        if known is None or known[0] != submission.text:
            found = await asyncio.to_thread(index.nearest, submission.text, SHOWN, without=(submission.id,))
            known = self._found[submission.id] = submission.text, found
        return known[1]


async def twins(
    tx: Transaction, running: Running, found: Sequence[Likeness], routing: RoutingTable | None = None
) -> tuple[Twin, ...]:
    """What was found, as the database has it now; what is withdrawn or private by now is left out.

    `routing` is that of the running programme, whose submissions then have no year; without it every one has its year.
    """
    submissions = {one.id: one for one in await tx.submissions.some([one.id for one in found])} if found else {}
    return tuple(
        [
            await _twin(tx, running, other, likeness.score, routing)
            for likeness in found
            if (other := submissions.get(likeness.id)) is not None and other.state is not State.WITHDRAWN
        ]
    )


async def _twin(
    tx: Transaction, running: Running, other: Submission, score: float, routing: RoutingTable | None
) -> Twin:
    issue = await tx.issues.get(other.issue_id) if other.issue_id is not None else None
    lead = issue.lead if issue else None
    if routing is not None and other.programme == running.code:
        return Twin(other, score, routing.name(lead))
    elsewhere = running.elsewhere(other.programme)
    if elsewhere is None:
        return Twin(other, score, year=0)
    programme, its_routing = elsewhere
    return Twin(other, score, its_routing.name(lead), programme.year)
