"""Whoever writes without end loses no word and holds nobody up.

Three bounds. Of one chat so many messages are read in a minute, the others wait in the inbox for their turn. Of one
person so many new submissions become a card at once, and so many waiting ones have a card or stand in a digest at all:
the others are stored with their codes, stand in the queue, and come up by themselves as the earlier ones are decided.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
CARDS_A_MINUTE = 5
OPEN_OF_ONE = 10
_TELL_AGAIN = timedelta(minutes=10)
_REMEMBERED = 10_000


class Patience:
    """How many messages of each chat were read lately; in memory only. `most` in a minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._read: OrderedDict[Hashable, deque[datetime]] = OrderedDict()
        self._told: OrderedDict[Hashable, datetime] = OrderedDict()

    def over_until(self, chat: Hashable, now: datetime) -> datetime | None:
        """None where the next message of this chat may be read now (and it is counted); else when it may."""
        read = self._read.setdefault(chat, deque())
        self._read.move_to_end(chat)
        while read and not now - MINUTE < read[0] <= now:  # a clock that was set back counts nothing twice
            read.popleft()
        if len(read) >= self._most:
            return read[0] + MINUTE
        read.append(now)
        while len(self._read) > _REMEMBERED:
            self._read.popitem(last=False)
        return None

    def shall_tell(self, chat: Hashable, now: datetime) -> bool:
        """Whether it is time to say so: once, and again only much later."""
        if chat in self._told and timedelta() <= now - self._told[chat] < _TELL_AGAIN:
            return False
        self._told[chat] = now
        self._told.move_to_end(chat)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True
