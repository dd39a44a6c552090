"""The real program as systemd and a monitor see it: it says when it is ready, that it lives, and when it ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

PATIENCE = 60


@dataclass
class Program:
    """A running bot, the line on which it speaks to its supervisor, and where its pages are."""

    process: asyncio.subprocess.Process
    line: socket.socket
    web: str

    async def says(self) -> str:
        return (await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.line, 100), PATIENCE)).decode()

    async def asked(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.web + path) as answer:
            return answer.status, await answer.text()

    def silent_for(self, seconds: float) -> bool:
        """Forget what was said so far; whether nothing more comes."""
        while select.select([self.line], [], [], 0)[0]:
            self.line.recv(100)
        return not select.select([self.line], [], [], seconds)[0]


@contextmanager
def listening(folder: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(folder / "notify"))
        line.setblocking(False)
        yield line


@asynccontextmanager
async def running(folder: Path, line: socket.socket) -> AsyncIterator[Program]:
    own = {
        "DOITHOAI_DATA_DIR": str(folder),
        "DOITHOAI_WEB_BIND": "127.0.0.1:0",
        "DOITHOAI_LOG": "json",
        "NOTIFY_SOCKET": line.getsockname(),
        "WATCHDOG_USEC": "300000",
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--programme", "mau"),
        env={**os.environ, **own},
        cwd=Path(__file__).parents[2],
        stdout=pipe,
        stderr=pipe,
    )
    assert process.stdout is not None
    try:
        while not (found := re.search(r"http://\S+?:\d+", (await process.stdout.readline()).decode())):
            assert not process.stdout.at_eof()
        yield Program(process, line, found[0])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd's socket")
async def test_the_program_tells_its_supervisor_of_its_life_and_others_of_its_health(tmp_path, trained):
    shutil.copytree(trained, tmp_path / "mo-hinh")
    with listening(tmp_path) as line:
        async with running(tmp_path, line) as program:
            assert await program.says() == "READY=1"
            assert await program.says() == "WATCHDOG=1"
            assert [(await program.asked(path))[0] for path in ("/live", "/ready", "/metrics")] == [200, 200, 200]
            assert "doithoai_loop_lag_seconds" in (await program.asked("/metrics"))[1]

            program.process.send_signal(signal.SIGSTOP)
            await _stopped(program.process.pid)
            assert program.silent_for(1.0)  # ten signs of life stay away: the supervisor's time runs out
            program.process.send_signal(signal.SIGCONT)
            assert await program.says() == "WATCHDOG=1"

            program.process.terminate()
            said = ""
            while said != "STOPPING=1":
                said = await program.says()
            _, err = await asyncio.wait_for(program.process.communicate(), PATIENCE)
            assert program.process.returncode == 0

    told = [json.loads(text) for text in err.decode().splitlines() if text.startswith("{")]
    assert all({"at", "level", "part", "message"} <= set(one) for one in told)


async def _stopped(pid: int) -> None:
    """Come back once the kernel says that the process stands still."""
    async with asyncio.timeout(PATIENCE):
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            await asyncio.sleep(0.01)
