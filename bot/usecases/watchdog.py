"""Signs of life to those who start the bot anew when it is stuck (the system's watchdog), and to one far away.

The near one hears every few seconds that the event loop turns and no part is stuck; the far one every five minutes that
the bot is ready as well. Both act when they hear nothing: a sign that is sent in spite of trouble would be a lie.
"""

from __future__ import annotations

import asyncio
import logging

from bot.ports import Pinger, Supervisor
from bot.usecases.health import Health

_log = logging.getLogger(__name__)

_PING_EACH = 300.0


class Watchdog:
    """Tells the system's supervisor. `run` does nothing but wait where there is none."""

    def __init__(self, supervisor: Supervisor, health: Health) -> None:
        self._supervisor = supervisor
        self._health = health

    async def run(self) -> None:
        """Say that the start is done, then that all is well, again and again; at the end that it is the end."""
        self._supervisor.ready()
        try:
            while True:
                self.step()
                await asyncio.sleep(self._supervisor.period)
        finally:
            self._supervisor.stopping()

    def step(self) -> bool:
        """One sign; where a part is stuck, a call for help instead. Returns whether all is well.

        Where the loop itself stood still nothing is said: a machine that was asleep wakes with every part overdue, and
        the next sign tells whether they go on. If they do not, the silence speaks.
        """
        complaints = self._health.alive()
        if complaints and all(complaint.name == "stuck" for complaint in complaints):
            _log.critical("%s; asking to be started anew", " ".join(complaint.says for complaint in complaints))
            self._supervisor.help()
        elif not complaints:
            self._supervisor.alive()
        return not complaints


class FarWatch:
    """Calls an address of a service outside, which raises an alarm when the calls stay away."""

    def __init__(self, pinger: Pinger, health: Health) -> None:
        self._pinger = pinger
        self._health = health

    async def run(self) -> None:
        """Call until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(_PING_EACH)

    async def step(self) -> bool:
        """Call if the bot is ready; whether the call got through."""
        if complaints := self._health.unready(await self._health.look()):
            _log.warning("no sign to the outside: %s", ", ".join(complaint.name for complaint in complaints))
            return False
        if fault := await self._pinger.ping():
            _log.warning("the watch outside could not be called: %s", fault)
        return not fault
