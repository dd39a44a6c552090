"""A process that leads when it may, as `python -m tests.postgres.at_the_head URL`; it says in a line when it does."""

from __future__ import annotations

import asyncio
import sys

from bot.usecases.clock import WallClock
from bot.usecases.lead import Lead
from storage.store import SqlStore


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def part() -> None:
    say("leads")
    await asyncio.Event().wait()


async def main(url: str) -> None:
    store = await SqlStore.open(url, at=WallClock(None).now())
    lead = Lead(store, {"part": part})
    await lead.begin()
    say("runs")
    await lead.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
