"""Work in a process of its own, so that nobody who writes to the bot meanwhile waits for it.

A thread would not do: it takes the interpreter from the event loop for five milliseconds whenever that has something to
wait for, and taking in one question waits a dozen times (tests/benchmarks/bench_meanwhile.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Any

from bot.domain.errors import Refusal

Telling = Callable[[Any], None]

_ROOT = Path(__file__).resolve().parents[1]
_KINDNESS = 10  # how much the child stands back where there is no processor to spare
_LENGTH = struct.Struct(">I")


class _Kind(Enum):
    """What a message of the child is."""

    TOLD = auto()
    DONE = auto()
    REFUSED = auto()
    SYSTEM = auto()
    FAULT = auto()


class ChildFailed(Exception):
    """The child broke down; the type of its fault, as a traceback may hold what people wrote."""


def own_environment() -> Mapping[str, str]:
    """The environment of a child: what was imported here is found there as well, wherever the program was started."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path}


async def in_child(task: Callable[..., Any], *given: Any, hear: Callable[[Any], Awaitable[None]]) -> Any:
    """What `task(*given, tell)` returns in a child; what it tells is heard here, one after the other.

    `task` is a function of a module; it, what it is given, tells and returns must be picklable. The child waits until
    it was heard, so that nothing piles up. A cancelled caller ends it. Raises the child's Refusal or OSError, and
    ChildFailed for anything else.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.processes import child; child()",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may hold what people wrote
        env=own_environment(),
    )
    try:
        return await _followed(process, pickle.dumps((task, given)), hear)
    except (EOFError, ConnectionError) as fault:
        raise ChildFailed("the child ended before its work did") from fault
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def _followed(process: asyncio.subprocess.Process, wanted: bytes, hear: Callable[[Any], Awaitable[None]]) -> Any:
    assert process.stdin
    assert process.stdout
    process.stdin.write(wanted)
    await process.stdin.drain()
    process.stdin.close()
    while True:
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        kind, *what = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - written by our own child
        match kind:
            case _Kind.TOLD:
                await hear(what[0])
            case _Kind.DONE:
                return what[0]
            case _Kind.REFUSED:
                refusal, key, values = what
                raise refusal(key, **values)
            case _Kind.SYSTEM:
                raise OSError(what[0], os.strerror(what[0]))
            case _:
                raise ChildFailed(what[0])


# ------------------------------------------------------------------ the child


def child() -> None:
    """What the child does: read from standard input what is wanted; write to standard output what is told, then the
    outcome.
    """
    if sys.platform != "win32":
        os.nice(_KINDNESS)
    told, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else may be printed between what is told

    def write(*message: Any) -> None:
        packed = pickle.dumps(message)
        told.write(_LENGTH.pack(len(packed)) + packed)
        told.flush()

    task, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    try:
        write(_Kind.DONE, task(*given, lambda message: write(_Kind.TOLD, message)))
    except Refusal as refusal:
        write(_Kind.REFUSED, type(refusal), refusal.key, refusal.values)
    except OSError as fault:
        write(_Kind.SYSTEM, fault.errno or 0)
    except Exception as fault:  # noqa: BLE001 - the parent says what becomes of it
        write(_Kind.FAULT, type(fault).__name__)
