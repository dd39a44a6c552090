"""Background tasks that cannot vanish: a reference is kept and a fault ends the programme loudly."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.usecases.pulse import Pulse

_log = logging.getLogger(__name__)
_AFTER_A_FAULT = 1.0
_SETTLING = 420.0  # seconds, as for a file on a slow line
_running: set[asyncio.Task[Any]] = set()
_expected: dict[asyncio.Task[Any], tuple[str, float]] = {}


def start(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Run `work` beside everything else. Its fault is logged by type; whoever awaits the task gets it too."""
    task = asyncio.create_task(work, name=name)  # noqa: TID251
    _running.add(task)
    task.add_done_callback(_ended)
    return task


async def keep_stepping(
    step: Callable[[], Awaitable[bool]], pulse: Pulse, pause: float, name: str, *, within: float | None = None
) -> None:
    """Step for ever; where there was nothing to do, wait for the next commit or `pause` seconds.

    Where the database itself fails (a full disk), nothing is lost and the next look tries again: those who wrote must
    not wait for somebody to restart the program. A step that takes more than `within` seconds is stuck (see `overdue`).
    """
    while True:
        if within is not None:
            back_within(pause + within, name)
        seen = pulse.count
        try:
            done = await step()
        except Exception as fault:  # noqa: BLE001 - see above; the type says enough for a log
            _log.error("%s: %s", name, type(fault).__name__)
            done = False
        if not done:
            await pulse.wait(seen, pause)


async def until_kept(row_id: int, settle: Callable[[], Awaitable[None]]) -> None:
    """Say what became of a row of the outbox, as often as the database fails: one that stays "sending" shuts its chat
    until the program is started again, and is then sent a second time.
    """
    while True:
        try:
            await settle()
        except Exception as fault:  # noqa: BLE001 - a full disk, a server that is away: it comes back
            _log.error("outbox row %s is not settled yet: %s", row_id, type(fault).__name__)
            back_within(_SETTLING, "settling")
            await asyncio.sleep(_AFTER_A_FAULT)
        else:
            return


def back_within(seconds: float, name: str) -> None:
    """The part that runs in this task will say so again within that time, or end; otherwise it is stuck."""
    task = asyncio.current_task()
    assert task is not None, "only a task can be waited for"
    if task not in _expected:
        task.add_done_callback(lambda ended: _expected.pop(ended, None))
    _expected[task] = (name, time.monotonic() + seconds)


def overdue() -> list[str]:
    """The parts that are stuck, by name."""
    now = time.monotonic()
    return sorted({name for name, due in _expected.values() if due < now})


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (fault := task.exception()):
        _log.error("task %s ended by %s", task.get_name(), type(fault).__name__, exc_info=fault)
