"""The worker at the inbox: kept updates go, in each chat's order, to the edge of their platform.

An update that fails is tried again later without holding up other chats; one that cannot be read at all is put into
quarantine with its raw JSON, and the moderators are told.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import timedelta

from bot.domain.message import Address, ChannelName, Say, Words
from bot.ports import Clock, Edge, InboxRow, Store
from bot.texts.keys import Key
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import keep_stepping
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))
_NOBODYS = timedelta(minutes=10)
_LOOK_AGAIN = 1.0


class Undecodable(Exception):
    """An update whose shape its edge cannot read; trying again would not help."""


class Worker:
    """Takes one kept update after another. `edges` by (platform, bot); `boards` are told of quarantined ones."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        voice: Voice,
        edges: Mapping[tuple[str, str], Edge],
        boards: Collection[Address] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse
        self._voice = voice
        self._edges = edges
        self._boards = boards

    async def run(self) -> None:
        """Work until cancelled."""
        await keep_stepping(self.step, self._pulse, _LOOK_AGAIN, "working")

    async def step(self) -> bool:
        """Handle the next row that is due; False where there is none."""
        async with self._store.reading() as tx:
            row = await tx.inbox.next(self._clock.now())
        if row is None:
            return False
        edge = self._edges.get((row.platform, row.bot))
        if edge is None:
            await self._later(row, _NOBODYS, "NoSuchBot")
            return True
        try:
            await edge.handle(row)
        except Undecodable as fault:
            await self._quarantine(row, type(fault.__cause__ or fault).__name__)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the rows behind must go on
            await self._failed(row, type(fault).__name__)
        else:
            await self._done(row)
        return True

    async def _done(self, row: InboxRow) -> None:
        async with self._store.transaction() as tx:
            if not await tx.inbox.is_done(row.id):
                await tx.inbox.done(row.id, self._clock.now())

    async def _failed(self, row: InboxRow, fault: str) -> None:
        _log.error("inbox row %s of %s failed with %s (try %s)", row.id, row.platform, fault, row.tries + 1)
        if row.tries < len(PAUSES):
            await self._later(row, PAUSES[row.tries], fault, apologise=row.tries == 0)
        else:
            await self._quarantine(row, fault)

    async def _later(self, row: InboxRow, pause: timedelta, fault: str, *, apologise: bool = False) -> None:
        address = Address(ChannelName(row.platform), row.bot, row.chat)
        async with self._store.transaction() as tx:
            await tx.inbox.again(row.id, self._clock.now() + pause, fault)
            if apologise and row.chat and address not in self._boards:
                words = self._voice.words(Say(Key.FAULT))
                await tx.outbox.say(address, words, self._clock.now(), ephemeral=True)

    async def _quarantine(self, row: InboxRow, fault: str) -> None:
        _log.error("inbox row %s of %s is in quarantine: %s", row.id, row.platform, fault)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.inbox.quarantine(row.id, now, fault)
            text = self._voice.text(Key.STAFF_QUARANTINE, count=await tx.inbox.quarantined())
            for board in self._boards:
                await tx.outbox.say(board, Words(self._voice.marked(text)), now)
