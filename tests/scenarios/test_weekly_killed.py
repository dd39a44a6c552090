"""Two programs on one database are killed while they write the weekly workbook: each week has one sealed file, whole."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.output import REFUSED
from bot.domain.deadline import VIETNAM
from bot.ports import ExportRecord
from classifier.model import load
from storage.store import SqlStore

PROGRAMME = "soc-trang-2023"
MONDAY = datetime(2023, 3, 6, 8, tzinfo=VIETNAM)
WEEKS = int(os.environ.get("DOITHOAI_KILLED_WEEKS", "2"))
SLIPS = 400
PATIENCE = 90


@pytest.fixture
def data_dir(tmp_path: Path, pytestconfig: pytest.Config) -> Path:
    """A data folder with the trained model, so that each start takes a second and not half a minute."""
    kept = pytestconfig.cache.mkdir("mo-hinh")
    load(kept)
    shutil.copytree(kept, tmp_path / "mo-hinh")
    return tmp_path


async def start(data_dir: Path, *command: str) -> asyncio.subprocess.Process:
    own = {"DOITHOAI_DATA_DIR": str(data_dir), "DOITHOAI_PROGRAMME": PROGRAMME, "DOITHOAI_WEB_BIND": "127.0.0.1:0"}
    root, quiet = Path(__file__).parents[2], asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command), env={**os.environ, **own}, cwd=root, stdout=quiet, stderr=quiet
    )


async def run(data_dir: Path, as_of: datetime) -> asyncio.subprocess.Process:
    return await start(data_dir, "run", "--as-of", as_of.isoformat())


async def slips(data_dir: Path) -> None:
    """Enough of them that a workbook takes a moment to write."""
    lines = (f"Phiếu số {number}: học phí và việc làm của thanh niên" for number in range(SLIPS))
    file = data_dir / "phieu.csv"
    file.write_text("Nội dung\n" + "\n".join(lines), "utf-8")
    program = await start(data_dir, "import", str(file), "--approved", "--as-of", "2023-03-02T09:00")
    assert await asyncio.wait_for(program.wait(), PATIENCE) == 0


async def until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


def strike(programs: list[asyncio.subprocess.Process], sign: signal.Signals) -> None:
    """To those that still run."""
    for program in programs:
        with contextlib.suppress(ProcessLookupError):
            program.send_signal(sign)


def drafts(data_dir: Path) -> list[Path]:
    return list((data_dir / "xuat" / PROGRAMME).glob(".doithoai-*"))


async def records(data_dir: Path) -> list[ExportRecord]:
    store = await SqlStore.open(f"sqlite:///{data_dir / 'dien-tap.sqlite3'}", at=MONDAY)
    async with store.reading() as tx:
        made = await tx.exports.of_programme(PROGRAMME)
    await store.close()
    return made


async def made_in(data_dir: Path, weeks: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(await records(data_dir)) < weeks:
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.2)


async def test_each_week_has_one_sealed_file_however_the_programs_die(data_dir):
    chance = random.Random(20240304)
    await slips(data_dir)
    for week in range(WEEKS):
        fire = MONDAY + timedelta(weeks=week)
        programs = [await run(data_dir, fire - timedelta(seconds=second)) for second in (1, 2)]
        await until(lambda: drafts(data_dir))
        await asyncio.sleep(chance.uniform(0, 0.8))  # at any moment of the writing, recording, or just after
        strike(programs, signal.SIGKILL)
        await asyncio.gather(*(program.wait() for program in programs))

        programs = [await run(data_dir, fire + timedelta(hours=3, seconds=second)) for second in (0, 1)]
        await made_in(data_dir, week + 1)
        await asyncio.sleep(chance.uniform(0, 0.5))
        strike(programs, signal.SIGTERM)
        # One of the two is refused: a file is one program's. The other may not have come so far that it stops in its
        # own way.
        ended = [await asyncio.wait_for(program.wait(), PATIENCE) for program in programs]
        assert set(ended) <= {0, -signal.SIGTERM, REFUSED}
        assert set(ended) != {REFUSED}

    made = await records(data_dir)
    occasions = Counter(record.occasion for record in made)
    assert occasions == {f"week:{MONDAY + timedelta(weeks=week):%Y-%m-%d}": 1 for week in range(WEEKS)}
    checksums = {record.number: hashlib.sha256(Path(record.file).read_bytes()).hexdigest() for record in made}
    assert checksums == {record.number: record.sha256 for record in made}
    await no_half_file_stays(data_dir)


async def no_half_file_stays(data_dir: Path) -> None:
    """What the killed ones left is removed at the next start, once nobody can be writing it any more."""
    for left in drafts(data_dir):
        os.utime(left, (time.time() - 3600, time.time() - 3600))
    program = await run(data_dir, MONDAY + timedelta(weeks=WEEKS - 1, days=1))
    await until(lambda: not drafts(data_dir))
    program.terminate()
    assert await asyncio.wait_for(program.wait(), PATIENCE) in (0, -signal.SIGTERM)
