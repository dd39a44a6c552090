"""A worker in a process of its own, as `python -m tests.postgres.at_work URL CLAIM STUCK_AT`, for the tests beside.

It claims for CLAIM seconds. It says in a line which update it begins with. What an update does is an entry of the
history, which nobody can take back. In the middle of its update of the number STUCK_AT it stops dead, the effect
written and not committed; 0: never.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from bot.domain.audit import Event, Note
from bot.ports import InboxRow
from bot.texts.catalogue import Catalogue
from bot.usecases import work
from bot.usecases.clock import WallClock
from bot.usecases.pulse import Pulse
from bot.usecases.voice import Voice
from storage.store import SqlStore


class NotingEdge:
    """Handles an update as the use cases do: effect and end in one transaction."""

    def __init__(self, store: SqlStore, clock: WallClock, stuck_at: int) -> None:
        self.store = store
        self.clock = clock
        self.left = stuck_at

    async def handle(self, row: InboxRow) -> None:
        sys.stdout.write(f"{row.update_id}\n")
        sys.stdout.flush()
        self.left -= 1
        stuck = self.left == 0
        async with self.store.transaction() as tx:
            await tx.history.note(Note(self.clock.now(), row.chat, Event.REFUSED, row.update_id))
            if stuck:
                sys.stdout.write(f"stuck-{row.update_id}\n")
                sys.stdout.flush()
                await asyncio.Event().wait()
            await tx.inbox.done(row.id, self.clock.now())


async def main(url: str, claim: int, stuck_at: int) -> None:
    work.CLAIM = timedelta(seconds=claim)
    clock, pulse = WallClock(None), Pulse()
    store = await SqlStore.open(url, on_commit=pulse.beat, at=clock.now())
    edge = NotingEdge(store, clock, stuck_at)
    worker = work.Worker(store, clock, pulse, Voice(Catalogue.load(), rehearsal=False), {("web", "web"): edge})
    while await worker.step() or await left(store):
        pass
    await store.close()


async def left(store: SqlStore) -> bool:
    """Whether others still have something that may come back; looks ten times a second."""
    async with store.reading() as tx:
        if not await tx.inbox.open():
            return False
    await asyncio.sleep(0.1)
    return True


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
