"""systemd's notify protocol: one datagram a word to the socket that it names; nothing happens where it names none."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

_USUAL = 10.0


class Systemd:
    """See bot.ports.Supervisor and sd_notify(3). Signs of life go three times as often as the unit file demands."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the NUL that an abstract address begins with.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        demanded = environment.get("WATCHDOG_USEC", "")
        self.period = int(demanded) / 1_000_000 / 3 if demanded.isdigit() and int(demanded) else _USUAL

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def help(self) -> None:
        self._say("WATCHDOG=trigger")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, word: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)  # a supervisor that does not listen must not hold us up
                line.sendto(word.encode(), self._address)
        except OSError:
            pass  # it misses a sign and acts as it sees fit
