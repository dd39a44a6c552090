"""The worker at the inbox: kept updates go, in each chat's order, to the edge of their platform.

An update that fails is tried again later without holding up other chats; one that cannot be read at all is put into
quarantine with its raw JSON, and the moderators are told.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.domain.message import Address, ChannelName, Say, Words
from bot.ports import ClaimLost, Clock, Edge, InboxRow, Store
from bot.texts.keys import Key
from bot.usecases.flood import Patience
from bot.usecases.hands import Hands
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import keep_stepping
from bot.usecases.trail import following
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))
CLAIM = timedelta(minutes=1)
"""How long an update is one process's alone: far longer than any takes, and what a chat waits if the process dies."""
_NOBODYS = timedelta(minutes=10)
_LOOK_AGAIN = 1.0
_AT_ONCE = 16  # chats: what they commit together costs one commit, and a slow network holds up few
_STUCK = 75.0  # seconds: whatever an edge asks of a network ends well before


class Undecodable(Exception):
    """An update whose shape its edge cannot read; trying again would not help."""


class Worker:
    """Takes kept updates of several chats at once, of each chat one after another. `edges` by (platform, bot); `boards`
    are told of quarantined ones; with `patience` no other chat keeps the rest waiting.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        voice: Voice,
        edges: Mapping[tuple[str, str], Edge],
        boards: Collection[Address] = (),
        patience: Patience | None = None,
    ) -> None:
        self._patience = patience
        self._store = store
        self._clock = clock
        self._news = pulse.of("inbox")
        self._hands = Hands(_AT_ONCE, self._news, "working", _STUCK)
        self._voice = voice
        self._edges = edges
        self._boards = boards

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            await keep_stepping(self._begin, self._news, _LOOK_AGAIN, "working", within=_STUCK)
        finally:
            await self._hands.drop()

    async def step(self) -> bool:
        """Handle the next rows that are due, one of each chat; False where there is none."""
        begun = await self._begin()
        await self._hands.rest()
        return begun

    async def _begin(self) -> bool:
        """Take in hand what is due. What is in hand still waits in the inbox, and so holds its chat's next row back."""
        if not self._hands.free:
            return False
        now = self._clock.now()
        async with self._store.claiming() as tx:
            rows = await tx.inbox.claim_some(now, now + CLAIM, self._hands.free, self._hands.busy_with)
        for row in rows:
            self._hands.take(row.id, self._follow(row))
        return bool(rows)

    async def _follow(self, row: InboxRow) -> None:
        with following(inbox=row.id, update=f"{row.platform}/{row.bot}/{row.update_id}"):
            try:
                await self._handle(row)
            except ClaimLost:
                _log.warning("inbox row %s of %s was taken over by another process", row.id, row.platform)

    async def _handle(self, row: InboxRow) -> None:
        edge = self._edges.get((row.platform, row.bot))
        if edge is None:
            await self._later(row, _NOBODYS, "NoSuchBot")
            return
        if (until := self._over_until(row)) is not None:
            await self._put_off(row, until)
            return
        try:
            await edge.handle(row)
        except ClaimLost:
            raise
        except Undecodable as fault:
            await self._quarantine(row, type(fault.__cause__ or fault).__name__)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the rows behind must go on
            await self._failed(row, type(fault).__name__)
        else:
            await self._done(row)

    def _over_until(self, row: InboxRow) -> datetime | None:
        """When the next message of a chat that writes without end may be read; None where it may be now."""
        if self._patience is None or not row.chat or _chat(row) in self._boards:
            return None
        return self._patience.over_until(_chat(row), self._clock.now())

    async def _put_off(self, row: InboxRow, until: datetime) -> None:
        now = self._clock.now()
        tell = self._patience is not None and self._patience.shall_tell(_chat(row), now)
        async with self._store.transaction() as tx:
            await tx.inbox.put_off(row, until)
            if tell:
                await tx.outbox.say(_chat(row), self._voice.words(Say(Key.TOO_MANY_MESSAGES)), now, ephemeral=True)

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
        address = _chat(row)
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


def _chat(row: InboxRow) -> Address:
    return Address(ChannelName(row.platform), row.bot, row.chat)
