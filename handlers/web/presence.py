"""Who is looking at which card just now: held in memory, forgotten soon after the page says nothing more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.usecases.pulse import Pulse

FORGOTTEN_AFTER = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Looking:
    """One open page: whose it is and which card (the id of a submission) it is at."""

    name: str
    card: int


class Presence:
    """Every page says where it is, again and again. `pulse` beats when somebody comes, goes, or is forgotten."""

    def __init__(self, forgotten_after: float = FORGOTTEN_AFTER) -> None:
        self.pulse = Pulse()
        self._forgotten_after = forgotten_after
        self._pages: dict[str, Looking] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def at(self, page: str, name: str, card: int | None) -> None:
        """A page is at a card, or at none any more."""
        self._cancel(page)
        if card is None:
            self._forget(page)
            return
        now = Looking(name, card)
        if self._pages.get(page) != now:
            self._pages[page] = now
            self.pulse.beat()
        self._timers[page] = asyncio.get_running_loop().call_later(self._forgotten_after, self._forget, page)

    def others(self, page: str, name: str = "") -> dict[int, list[str]]:
        """Who is at each card on other pages than this one, in order of names; somebody's own other pages (`name`) are
        left out.
        """
        found: dict[int, set[str]] = {}
        for other, looking in self._pages.items():
            if other != page and looking.name != name:
                found.setdefault(looking.card, set()).add(looking.name)
        return {card: sorted(names) for card, names in found.items()}

    def close(self) -> None:
        """Forget everybody and wait for nothing."""
        for page in tuple(self._pages):
            self._cancel(page)
        self._pages.clear()

    def _forget(self, page: str) -> None:
        if self._pages.pop(page, None) is not None:
            self.pulse.beat()

    def _cancel(self, page: str) -> None:
        if (timer := self._timers.pop(page, None)) is not None:
            timer.cancel()
