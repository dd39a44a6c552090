"""Our whole bot, as `doithoai run` starts it, with the platform's pace lifted: `python -m tests.benchmarks.load_ours`.

Settings come from the environment, as for the command. A rate that Telegram allows is no property of ours, so the
deliverer's clock for it runs a thousand times as fast.
"""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from pathlib import Path

import bot.app
from bot.app import open_desk, serve
from bot.settings import read
from bot.usecases.deliver import Deliverer


async def main() -> None:
    bot.app.Deliverer = partial(Deliverer, tick=lambda: 1000 * time.monotonic())  # type: ignore[misc, assignment]
    async with open_desk(read(), "mau") as desk:
        await serve(desk, demo=False, announce=lambda _: None, progress=lambda _: None)


if __name__ == "__main__":
    if file := os.environ.get("LOAD_PROFILE"):
        from tests.benchmarks.load_samples import sampled

        with sampled(Path(file)):
            asyncio.run(main())
    else:
        asyncio.run(main())
