"""What a backup in the making costs those who write to the bot: `python -m tests.benchmarks.bench_backup [ISSUES
[BACKUPS]]`.

A database of 10,000 issues; people ask, one after the other: with nothing else to do, and while a backup is made as the
bot makes it, in a process of its own. By turns, so that a busy machine falls on both. What counts is how long a
question takes from its coming until its answer is on record.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.app import open_desk
from bot.domain.backup import Reason
from bot.settings import Settings
from bot.usecases.tasks import start
from storage.archive import Vault
from tests.benchmarks.bench_meanwhile import _ALONE, _DATABASE, Intake, _after, _say, filled, watched
from tests.world import NOON, PROGRAMME, World


async def measured(data_dir: Path, backups: int) -> None:
    settings = Settings(_env_file=None, data_dir=data_dir)
    vault = Vault(data_dir / _DATABASE, data_dir, data_dir / "sao-luu")
    async with open_desk(settings, PROGRAMME, as_of=NOON + timedelta(days=1)) as desk:
        intake = Intake(World(desk.store, data_dir / "xuat", clock=desk.clock))
        people = await intake.ready(20)
        gc.collect()
        gc.freeze()  # as bot.app does after its start
        await intake.ask(people, _after(50))
        alone: list[float] = []
        beside: list[float] = []
        for number in range(backups):
            quiet, rest = await watched(intake.ask(people, _after(_ALONE)))
            began = time.perf_counter()
            making = start(_make(vault), "backup")
            busy, stall = await watched(intake.ask(people, making.done))
            making.result()
            took = time.perf_counter() - began
            alone, beside = alone + quiet, beside + busy
            _say(f"alone {number + 1}", quiet, quiet, f"longest stall {rest:.0f} ms")
            _say(f"made {number + 1}", busy, quiet, f"longest stall {stall:.0f} ms, {took:.1f} s the backup")
        _say("alone", alone, alone, "")
        _say("beside", beside, alone, f"load {os.getloadavg()[0]:.1f}")
    sizes = (data_dir / _DATABASE).stat().st_size, vault.kept()[-1].size
    sys.stdout.write("database {:.0f} MB, backup {:.0f} MB\n".format(*(size / 1e6 for size in sizes)))


async def _make(vault: Vault) -> None:
    await vault.make_beside(NOON, Reason.HOURLY, "bench", PROGRAMME)


async def main(issues: int, backups: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await filled(Path(folder), issues)
        await measured(Path(folder), backups)


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]]
    asyncio.run(main(*(sizes + [10_000, 5][len(sizes) :])))
