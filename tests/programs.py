"""The real program, started again and again without paying for its imports each time.

`async with Programs() as programs: program = await programs.start("run", "--programme", "mau", env={…})`. A helper process
(`python -m tests.programs`) imports everything once and forks for each start; the fork then runs `bot.__main__.main` as
`doithoai` does, so that what is killed is the whole program: its threads, locks, files and connections. A start takes
a second instead of five.
"""

from __future__ import annotations

import asyncio
import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from bot.usecases.tasks import start
from tests import canary

ROOT = Path(__file__).parents[1]
_IMPORTED = (
    "bot.__main__",
    "bot.app",
    "classifier.model",
    "classifier.similar",
    "classifier.versions",
    "classifier.watch",
    "exports.documents",
    "exports.workbook",
    "handlers.post.mail",
    "handlers.telegram.room",
    "handlers.web.server",
    "handlers.zalo.room",
    "storage.store",
)


@dataclass
class Program:
    """One start of it. `code` is its exit code once it has ended, -9 after SIGKILL."""

    pid: int
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    code: int | None = None
    killed: bool = False

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; nothing happens where it has ended already."""
        if self.code is None:
            self.killed = True
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    async def wait(self, patience: float = 30) -> int:
        async with asyncio.timeout(patience):
            await self.ended.wait()
        assert self.code is not None
        return self.code


class Programs:
    """Starts programs. At the end whatever still runs is killed."""

    def __init__(self) -> None:
        self._running: dict[int, Program] = {}
        self._new: asyncio.Queue[Program] = asyncio.Queue()
        self._folder = TemporaryDirectory(prefix="doithoai-")
        self._logs = {Path(self._folder.name) / "printed.log"}

    async def __aenter__(self) -> Self:
        command = (sys.executable, "-m", "tests.programs")
        quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # no threads before the fork
        self._helper = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env={**os.environ, **quiet}, stdin=PIPE, stdout=PIPE
        )
        self._listening = start(self._listen(), "hearing of programs")
        return self

    async def __aexit__(self, fault: object, *_: object) -> None:
        for program in [*self._running.values()]:
            program.kill()
        assert self._helper.stdin is not None
        self._helper.stdin.close()
        await self._helper.wait()
        await self._listening
        printed = b"".join(log.read_bytes() for log in self._logs if log.is_file())
        self._folder.cleanup()
        if fault is None:  # else that is what went wrong
            canary.check(printed)

    async def start(
        self,
        *arguments: str,
        env: Mapping[str, str],
        log: Path | None = None,
        handles: int = 0,
        own: bool = False,
    ) -> Program:
        """Start `doithoai` with these arguments; what it prints goes to `log`, or nowhere, and holds no secret (see
        canary.py). `handles`: `ulimit -n`.

        `own`: with imports of its own, for whoever looks at its memory.
        """
        assert self._helper.stdin is not None
        log = log or Path(self._folder.name) / "printed.log"
        self._logs.add(log)
        order = {
            "arguments": arguments,
            "env": dict(env),
            "log": str(log),
            "handles": handles,
            "own": own,
        }
        self._helper.stdin.write(json.dumps(order).encode() + b"\n")
        return await self._new.get()

    async def _listen(self) -> None:
        assert self._helper.stdout is not None
        while line := await self._helper.stdout.readline():
            told = json.loads(line)
            if "code" in told:
                program = self._running.pop(told["pid"])
                program.code = told["code"]
                program.ended.set()
            else:
                self._running[told["pid"]] = Program(told["pid"])
                self._new.put_nowait(self._running[told["pid"]])


def serve() -> None:
    """The helper: a line of JSON comes in for each start, one goes out for each start and for each end."""
    for module in _IMPORTED:
        importlib.import_module(module)
    sys.modules["classifier.watch"].Watch.open()  # its phrases stay compiled
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        order = json.loads(line)
        # A child that ends at once must not be told of before its start was.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if pid == 0:
            _become(order)
        _tell(pid=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _become(order: dict[str, Any]) -> None:
    """The child: from here on it is the program and nothing else."""
    from bot.__main__ import main

    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(order["env"])
        if order["handles"]:
            resource.setrlimit(resource.RLIMIT_NOFILE, (order["handles"], order["handles"]))
        if order["own"]:
            os.execv(sys.executable, [sys.executable, "-m", "bot", *order["arguments"]])
        sys.argv = ["doithoai", *order["arguments"]]
        faulthandler.register(signal.SIGUSR1)  # whoever wonders where it hangs finds the answer in its log
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        os._exit(code)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            _tell(pid=ended[0], code=os.waitstatus_to_exitcode(ended[1]))


def _tell(**what: int) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    serve()
