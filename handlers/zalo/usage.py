"""How much of the platform's quota is used: the moderators hear of it while something can still be done.

The free plan was seen with 50 users and 3,000 messages a month (one source, August 2026): both are settings.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from bot.domain.message import Address, ChannelName, Words
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)
_TELL_AT = (80, 95, 100)  # per cent


class Usage:
    """One bot's. A limit of 0 is none."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        boards: Collection[Address],
        bot: str,
        *,
        messages: int,
        users: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._boards = boards
        self._bot = bot
        self._messages = messages
        self._users = users

    async def left(self, tx: Transaction) -> int | None:
        """How many messages may still go out this month; None where there is no limit."""
        if not self._messages:
            return None
        count = int(await tx.facts.get(self._fact(f"sent.{self._clock.now():%Y-%m}")) or 0)
        return max(0, self._messages - count)

    async def sent(self) -> None:
        """One more message went out. The month is Viet Nam's; the platform's own count decides."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            month = f"{now:%Y-%m}"
            name = self._fact(f"sent.{month}")
            count = int(await tx.facts.get(name) or 0) + 1
            await tx.facts.put(name, str(count))
            await self._warn(tx, f"messages.{month}", Key.ZALO_QUOTA_MESSAGES, count, self._messages, now)
            users = await tx.sessions.count(ChannelName.ZALO, self._bot)
            await self._warn(tx, "users", Key.ZALO_QUOTA_USERS, users, self._users, now)

    async def refused(self) -> None:
        """The platform takes no more: the moderators hear it once a day."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            name = self._fact("refused")
            if await tx.facts.get(name) == f"{now:%Y-%m-%d}":
                return
            await tx.facts.put(name, f"{now:%Y-%m-%d}")
            await self._tell(tx, self._voice.text(Key.ZALO_QUOTA_REFUSED), now)

    async def _warn(self, tx: Transaction, what: str, key: Key, count: int, limit: int, now: datetime) -> None:
        """Once at each of the marks."""
        reached = max((mark for mark in _TELL_AT if limit and 100 * count >= mark * limit), default=0)
        name = self._fact(f"told.{what}")
        if reached > int(await tx.facts.get(name) or 0):
            await tx.facts.put(name, str(reached))
            await self._tell(tx, self._voice.text(key, count=count, limit=limit), now)

    async def _tell(self, tx: Transaction, text: str, now: datetime) -> None:
        _log.warning("Zalo's quota is nearly or wholly used up; the moderators are told")
        for board in self._boards:
            await tx.outbox.say(board, Words(self._voice.marked(text)), now)

    def _fact(self, name: str) -> str:
        return f"zalo.{self._bot}.{name}"
