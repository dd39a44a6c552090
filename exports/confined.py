"""Reading a stranger's file in a process of its own, which may take so much memory and time and no more.

The checks of `guard` refuse every bomb that we know of before it unfolds. Against those that we do not know stands the
operating system: whatever a file does to the libraries that read it, the bot goes on.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.processes import own_environment
from bot.texts.keys import Key
from exports.faults import WorkbookFault

MEMORY = 512 << 20
SECONDS = 30

_log = logging.getLogger(__name__)

_More = ParamSpec("_More")
_Read = TypeVar("_Read")


def read_confined(
    task: Callable[Concatenate[Path, _More], _Read], file: Path, *more: _More.args, **named: _More.kwargs
) -> _Read:
    """`task(file, *more)` in a child with at most MEMORY bytes of address space and SECONDS of time.

    `task` is a function of a module; it, what it is given and what it returns must be picklable. Waits: call it from a
    thread. The bound on memory holds on Linux; elsewhere only the one on time does. Raises WorkbookFault, also where a
    bound was reached or the child broke down.
    """
    wanted = pickle.dumps((task, file, more, named))
    one_parser = {"OPENPYXL_LXML": "False"}  # for everybody, the one that `guard` checked the file with
    try:
        ended = subprocess.run(
            [sys.executable, "-c", "from exports.confined import child; child()"],
            input=wanted,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold what people wrote
            env={**own_environment(), **one_parser},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise WorkbookFault(Key.XL_TOO_SLOW, file=file.name, limit=SECONDS) from fault
    if ended.returncode:
        _log.error("reading a file confined ended with %d", ended.returncode)
        raise WorkbookFault(Key.XL_BROKEN, file=file.name)
    outcome: _Outcome = pickle.loads(ended.stdout)  # noqa: S301 - written by our own child, see `child`
    if outcome.refused is not None:
        key, values = outcome.refused
        raise WorkbookFault(key, **values)
    if outcome.fault:
        _log.error("reading a file confined failed: %s", outcome.fault)
        raise _what_happened(outcome.fault, file.name)
    read: _Read = outcome.read
    return read


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the child read, or the sentence of its refusal, or the type of its fault."""

    read: Any = None
    refused: tuple[Key, dict[str, object]] | None = None
    fault: str = ""


def _what_happened(fault: str, file: str) -> WorkbookFault:
    if fault == MemoryError.__name__:
        return WorkbookFault(Key.XL_TOO_BIG_INSIDE, file=file, limit=MEMORY >> 20)
    return WorkbookFault(Key.XL_BROKEN, file=file)


# ------------------------------------------------------------------ the child


def child() -> None:
    """What the child does: read from standard input what is wanted, and write the outcome to standard output."""
    # openpyxl looks for numpy, which takes more address space than all the rest and is not needed for reading.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    task, file, more, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    _bind()
    try:
        outcome = _Outcome(read=task(file, *more, **named))
    except WorkbookFault as refusal:
        outcome = _Outcome(refused=(refusal.key, refusal.values))
    except Exception as fault:  # noqa: BLE001 - the parent says what becomes of it
        outcome = _Outcome(fault=type(fault).__name__)
    pickle.dump(outcome, sys.stdout.buffer)


def _bind() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # it ends even where the parent has ended
