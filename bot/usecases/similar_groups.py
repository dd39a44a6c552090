"""Proposals for the moderators: which submissions of the running programme ask nearly the same. Nothing is merged here.

Comparing a whole programme takes seconds, so it is done in a thread, one at a time, when somebody looks and something
has changed since.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.submission import State, Submission
from bot.ports import Grouping, LikeGroup, Store, Transaction
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running
from bot.usecases.tasks import start

_log = logging.getLogger(__name__)

_PAGE = 500
_MOST_GROUPS = 100
_MOST_MEMBERS = 50
_OPEN = (State.WAITING, State.APPROVED)  # what is refused or withdrawn needs no company any more
PAUSE = 5.0  # seconds between two comparisons, or as many times as long as the last one took


@dataclass(frozen=True, slots=True)
class Member:
    """A submission of a group, and how alike (0 to 1) it is to the central one."""

    submission: Submission
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """`members` hold the central submission first; at most _MOST_MEMBERS of `size`."""

    size: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The groups, largest first, at most _MOST_GROUPS of `found`; how many submissions were compared for them.

    `making`: a comparison is under way, its end beats the pulse. `failed`: the last one ended with a fault.
    `again_in`: seconds after which looking again is worth while, because something has changed; else None.
    """

    groups: tuple[Group, ...]
    found: int
    compared: int
    making: bool
    failed: bool
    again_in: float | None


class SimilarGroups:
    """Keeps the last comparison (ids only, no words) and makes a new one when it is out of date."""

    def __init__(
        self,
        store: Store,
        running: Running,
        grouping: Grouping,
        pulse: Pulse,
        tick: Callable[[], float] = time.monotonic,
        pause: float = PAUSE,
    ) -> None:
        self._store = store
        self._running = running
        self._grouping = grouping
        self._pulse = pulse
        self._tick = tick
        self._pause = pause
        self._groups: list[LikeGroup] = []
        self._compared = 0
        self._of = ""  # a digest of the texts that were compared
        self._seen = -1  # the newest entry of the history then
        self._not_before = 0.0
        self._making = False
        self._failed = False

    async def look(self) -> Proposed:
        """The groups as last made; begins to make them anew where something has changed."""
        async with self._store.reading() as tx:
            outdated = await tx.history.newest() != self._seen
        wait = max(0.0, self._not_before - self._tick())
        if outdated and not self._making and not wait:
            self._making = True
            start(self._in_background(), "similar groups")
        return await self.proposed(again_in=wait if outdated and not self._making else None)

    async def proposed(self, again_in: float | None = None) -> Proposed:
        """The groups as last made, their submissions as they stand now."""
        async with self._store.reading() as tx:
            groups = [shown for group in self._groups[:_MOST_GROUPS] if (shown := await self._shown(tx, group))]
        return Proposed(tuple(groups), len(self._groups), self._compared, self._making, self._failed, again_in)

    async def _in_background(self) -> None:
        begun = self._tick()
        try:
            await self.make()
            self._failed = False
        except Exception as fault:  # noqa: BLE001 - whoever looks is told, and a later look tries again
            _log.error("similar groups were not made: %s", type(fault).__name__)
            self._failed = True
        finally:
            self._making = False
            self._not_before = self._tick() + self._pause * max(1.0, self._tick() - begun)
            self._pulse.beat()

    async def make(self) -> None:
        """Compare the whole programme now. Where that fails, the groups made before stay."""
        async with self._store.reading() as tx:
            newest = await tx.history.newest()
        texts = await comparable_texts(self._store, self._running.code)
        digest = await asyncio.to_thread(_digest, texts)
        if digest != self._of:  # a decision changes the history and none of the texts
            self._groups = await self._grouped(texts)
            self._of, self._compared = digest, len(texts)
        self._seen = newest

    async def _grouped(self, texts: list[tuple[int, str]]) -> list[LikeGroup]:
        """Group in a thread, which gives up soon after its task is cancelled: a stop must not wait for a minute."""
        stopped = threading.Event()

        def go_on(_: int) -> None:
            if stopped.is_set():
                raise asyncio.CancelledError

        try:
            return await asyncio.to_thread(self._grouping, texts, go_on)
        finally:
            stopped.set()

    async def _shown(self, tx: Transaction, group: LikeGroup) -> Group | None:
        """The group as its submissions stand now; None where fewer than two are still open."""
        alike = {one.id: one.score for one in group.members}
        ids = list(alike)[:_PAGE]
        still = [one for one in await tx.submissions.some(ids) if one.state in _OPEN]
        if len(still) <= 1:
            return None
        still.sort(key=lambda one: (one.id != group.centre, -alike[one.id], one.id))
        members = tuple(Member(one, alike[one.id]) for one in still[:_MOST_MEMBERS])
        return Group(len(still) + len(alike) - len(ids), members)


async def comparable_texts(store: Store, programme: str | None) -> list[tuple[int, str]]:
    """Id and text of everything in a programme, or in all of them, that may be compared, by rising id."""
    texts: list[tuple[int, str]] = []
    last = 0
    while True:
        async with store.reading() as tx:
            page = await tx.submissions.comparable(after=last, limit=_PAGE, programme=programme)
        if not page:
            return texts
        texts += page
        last = page[-1][0]


def _digest(texts: list[tuple[int, str]]) -> str:
    digest = hashlib.sha256()
    for id_, text in texts:
        digest.update(f"{id_} {len(text)} {text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
