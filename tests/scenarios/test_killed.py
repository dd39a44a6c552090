"""The program is killed in the middle of its work, again and again: no word is lost and none is taken twice."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
from pathlib import Path

import pytest

from bot.conversation import Session
from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName
from storage.store import SqlStore
from tests.doubles.telegram import TOKEN, TelegramDouble

YOUTHS = 20
PATIENCE = 60


@pytest.fixture
def data_dir(tmp_path: Path, trained: Path) -> Path:
    """A data folder with the trained model, so that each start takes a second and not half a minute."""
    shutil.copytree(trained, tmp_path / "mo-hinh")
    return tmp_path


async def start(double: TelegramDouble, data_dir: Path) -> asyncio.subprocess.Process:
    own = {
        "DOITHOAI_DATA_DIR": str(data_dir),
        "DOITHOAI_TELEGRAM_TOKEN": TOKEN,
        "DOITHOAI_TELEGRAM_API": double.base,
        "DOITHOAI_WEB_BIND": "127.0.0.1:0",
    }
    command = (sys.executable, "-m", "bot", "run", "--programme", "mau")
    root = Path(__file__).parents[2]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **own}, cwd=root, stdout=quiet, stderr=quiet
    )


async def what_was_kept(data_dir: Path) -> tuple[list[str], int]:
    """The drafts that the sessions hold, and how many updates are still open."""
    from datetime import datetime

    store = await SqlStore.open(f"sqlite:///{data_dir / 'doithoai.sqlite3'}", at=datetime.now(VIETNAM))
    async with store.reading() as tx:
        drafts = []
        for number in range(YOUTHS):
            stored = await tx.sessions.get(Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], str(1000 + number)))
            drafts.append(Session.from_json(stored).draft if stored else "")
        open_ = await tx.inbox.open()
    await store.close()
    return drafts, open_


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
async def test_nothing_is_lost_or_doubled_when_the_program_is_killed_at_random_moments(data_dir, blow):
    chance = random.Random(20240304)
    async with TelegramDouble() as double:
        people = [double.user(1000 + number, f"Bạn {number}") for number in range(YOUTHS)]
        for number, person in enumerate(people):
            await double.user_types(person, f"Câu hỏi số {number} của em về học phí")
        answered = 0
        for _ in range(3):
            program = await start(double, data_dir)
            answered += chance.randint(1, 5)
            so_far = answered
            await double.wait_until(lambda d, n=so_far: sum(bool(d.messages(one)) for one in people) >= n, PATIENCE)
            program.send_signal(blow)
            await asyncio.wait_for(program.wait(), 20)

        program = await start(double, data_dir)
        await double.wait_until(
            lambda d: not d.pending and all(any(one.labels for one in d.messages(person)) for person in people),
            PATIENCE,
        )
        program.terminate()
        assert await asyncio.wait_for(program.wait(), 20) == 0

    drafts, open_ = await what_was_kept(data_dir)
    assert drafts == [f"Câu hỏi số {number} của em về học phí" for number in range(YOUTHS)]
    assert open_ == 0
