"""One workbook from beginning to end, up to its record: gathered, written, compared, and what it is remembered by.

The bot has this done in a process of its own where there is much to do (see `Bookmaker`), so nothing here changes
anything: what is to be remembered is handed over in small lots to whoever records the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from bot.domain.changes import Kind, Remembered
from bot.domain.workbook import Content
from bot.ports import Store, Workbooks
from bot.usecases.beside import remembered
from bot.usecases.contents import Contents

Keep = Callable[[Sequence[Remembered]], Awaitable[None]]
Progress = Callable[[int], None]

_LOT = 100
"""So many rows are written in a few milliseconds: nobody who asks something meanwhile waits longer for their turn."""

_TAKEN_OUT = frozenset({Kind.TAKEN_OUT, Kind.GONE})


@dataclass(frozen=True, slots=True)
class Order:
    """Which workbook to make, as it stands `at` an instant. `final`, `supplement`: see Content. `only`: of the decided
    submissions just these (their ids), and nothing that waits.
    """

    at: datetime
    final: bool = False
    supplement: int = 0
    only: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What is told of a workbook that was written. The last three are None where there is none to compare it with."""

    programme: str
    number: int
    made_at: datetime
    rehearsal: bool
    final: bool
    supplement: int
    issues: int
    waiting: int
    added: int | None
    changed: int | None
    gone: int | None


Bookmaker = Callable[[Order, Path, Keep, Progress | None], Awaitable[Made | None]]
"""Writes a workbook at a path, telling how far it is, and then hands over what it is to be remembered by. None where a
supplement would be empty: then there is neither. Raises a Refusal.
"""


class Bookmaking:
    """A `Bookmaker` that does it here."""

    def __init__(self, store: Store, contents: Contents, workbooks: Workbooks) -> None:
        self._store = store
        self._contents = contents
        self._workbooks = workbooks

    async def __call__(self, order: Order, target: Path, keep: Keep, progress: Progress | None) -> Made | None:
        """See `Bookmaker`."""
        content = await self._contents.gather(final=order.final, supplement=order.supplement, only=order.only)
        if order.only is not None and not content.issues:  # all of it was taken back meanwhile
            return None
        await asyncio.to_thread(self._workbooks.write, content, target, progress)
        rows = iter(await self._remembered(content))
        while lot := list(islice(rows, _LOT)):
            await keep(lot)
        return _told(content)

    async def _remembered(self, content: Content) -> list[Remembered]:
        if not content.supplement:
            return remembered(content)
        async with self._store.reading() as tx:
            _, known = await tx.exported.last(content.programme)
        return remembered(content, known)


def _told(content: Content) -> Made:
    kinds = [difference.kinds[0] for difference in content.differences]
    added, gone = kinds.count(Kind.NEW), sum(kind in _TAKEN_OUT for kind in kinds)
    different = (added, len(kinds) - added - gone, gone) if content.since else (None, None, None)
    return Made(
        content.programme,
        content.number,
        content.made_at,
        content.rehearsal,
        content.final,
        content.supplement,
        content.issues,
        len(content.waiting),
        *different,
    )
