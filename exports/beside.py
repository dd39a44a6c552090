"""Long work in a process of its own, so that nobody who writes to the bot meanwhile waits for it.

A thread would not do: it takes the interpreter from the event loop for five milliseconds whenever that has something to
wait for, and taking in one question waits a dozen times (tests/benchmarks/bench_meanwhile.py).
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.texts.keys import Key
from exports.faults import WorkbookFault

Progress = Callable[[int], None]

_ROOT = Path(__file__).resolve().parents[1]
_KINDNESS = 10  # how much the child stands back where there is but one processor


class BesideFailed(Exception):
    """The child broke down; the type of its fault, as a traceback may hold what people wrote."""


def do_beside(task: Callable[..., None], *given: Any, progress: Progress) -> None:
    """`task(*given, progress)` in a child; what it tells its progress is told to ours.

    `task` is a function of a module; what it is given must be picklable. Waits: call it from a thread. Raises the
    child's WorkbookFault or OSError, and BesideFailed for anything else.
    """
    # What was imported here must be found there as well, wherever the program was started.
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(
        [sys.executable, "-c", "from exports.beside import child; child()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        try:
            _follow(process, (task, given), progress)
        except BaseException:
            process.kill()
            raise


def _follow(process: subprocess.Popen[bytes], wanted: object, progress: Progress) -> None:
    assert process.stdin
    assert process.stdout
    try:
        with process.stdin:
            pickle.dump(wanted, process.stdin)
        while not isinstance(heard := pickle.load(process.stdout), tuple):  # noqa: S301 - written by our own child
            progress(heard)
    except (EOFError, BrokenPipeError) as fault:
        raise BesideFailed("the child ended before its work did") from fault
    match heard:
        case ("refused", Key() as key, dict(values)):
            raise WorkbookFault(key, **values)
        case ("system", int(number)):
            raise OSError(number, os.strerror(number))
        case ("fault", kind):
            raise BesideFailed(kind)


# ------------------------------------------------------------------ the child


def child() -> None:
    """What the child does: read from standard input what is wanted; write to standard output how far it is, then the
    outcome.
    """
    if sys.platform != "win32":
        os.nice(_KINDNESS)
    told = sys.stdout.buffer

    def tell(message: object) -> None:
        pickle.dump(message, told)
        told.flush()

    task, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    try:
        task(*given, tell)
        tell(("done",))
    except WorkbookFault as refusal:
        tell(("refused", refusal.key, refusal.values))
    except OSError as fault:
        tell(("system", fault.errno or 0))
    except Exception as fault:  # noqa: BLE001 - the parent says what becomes of it
        tell(("fault", type(fault).__name__))
