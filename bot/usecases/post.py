"""The post: takes files out of the house, to mailboxes and into folders, beside the talk with people.

A mail server or a drive of the network may take minutes to answer; nobody's message waits for it. What cannot be handed
over is tried again until it can, and the moderators hear of a lasting trouble once, and once that it is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName, Say
from bot.ports import Clock, Courier, OutboxRow, Parcel, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import keep_stepping, until_kept
from bot.usecases.voice import Voice
from bot.usecases.work import PAUSES

_log = logging.getLogger(__name__)

PARCELS = frozenset({ChannelName.MAIL, ChannelName.FOLDER})
_LOOK_AGAIN = 1.0
_AT_ONCE = 2  # a mail server counts how much comes at once
_LASTING = 2  # tries after which a trouble is no hiccup
_TROUBLE = {ChannelName.MAIL: Key.FILES_NO_MAIL, ChannelName.FOLDER: Key.FILES_NO_FOLDER}
_AGAIN = {ChannelName.MAIL: Key.FILES_MAIL_AGAIN, ChannelName.FOLDER: Key.FILES_FOLDER_AGAIN}


class Post:
    """Claims the outbox's rows for mailboxes and folders. `boards` hear what became of them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        voice: Voice,
        couriers: Mapping[ChannelName, Courier],
        boards: Collection[Address],
    ) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse
        self._voice = voice
        self._couriers = couriers
        self._boards = boards

    async def run(self) -> None:
        """Carry until cancelled."""
        await keep_stepping(self.step, self._pulse.of("outbox"), _LOOK_AGAIN, "posting")

    async def step(self) -> bool:
        """Carry what is due; False where there was nothing."""
        async with self._store.glance() as tx:
            if not await tx.outbox.is_due(self._clock.now(), _is_parcel):
                return False
        async with self._store.transaction() as tx:
            rows = await tx.outbox.claim(self._clock.now(), _is_parcel, limit=_AT_ONCE)
        await asyncio.gather(*(self._carry(row) for row in rows))
        return bool(rows)

    async def _carry(self, row: OutboxRow) -> None:
        try:
            known_as = await self._hand_over(row)
        except DeliveryError as fault:
            refused = fault  # the name in "as" is gone at the end
            await until_kept(row.id, lambda: self._not_carried(row, refused))
        except Exception as fault:  # noqa: BLE001 - one row must not stop the others
            _log.error("outbox row %s failed with %s", row.id, type(fault).__name__)
            broken = DeliveryError(type(fault).__name__, permanent=row.tries >= len(PAUSES))
            await until_kept(row.id, lambda: self._not_carried(row, broken))
        else:
            await until_kept(row.id, lambda: self._carried(row, known_as))

    async def _hand_over(self, row: OutboxRow) -> str:
        courier = self._couriers.get(row.address.channel)
        if courier is None or row.file is None:  # the operator has ended this way since
            raise DeliveryError(Key.FILES_WHY_ENDED, permanent=True)
        # The same at every try, and another one in another database: rows count from 1 in each.
        id_ = f"{row.created_at:%Y%m%d%H%M%S%f}.{row.id}"
        return await courier.carry(Parcel(id_, row.address.chat, Path(row.file), row.words.text if row.words else ""))

    async def _carried(self, row: OutboxRow, known_as: str) -> None:
        channel = row.address.channel
        async with self._store.transaction() as tx:
            await tx.outbox.sent(row.id, self._clock.now(), known_as)
            if await tx.facts.get(_trouble(channel)):
                await tx.facts.put(_trouble(channel), "")
                await self._tell(tx, _AGAIN[channel], folder=row.address.chat)

    async def _not_carried(self, row: OutboxRow, fault: DeliveryError) -> None:
        # The key of a sentence or the name of a fault: never an address, never what a server said.
        _log.warning("outbox row %s not carried: %s (try %s)", row.id, fault.reason, row.tries + 1)
        now, channel = self._clock.now(), row.address.channel
        async with self._store.transaction() as tx:
            if fault.permanent:
                await tx.outbox.failed(row.id, now, fault.reason)
                refused = channel is ChannelName.MAIL and fault.reason == Key.FILES_WHY_REFUSED
                key = Key.FILES_MAIL_REFUSED if refused else Key.FILES_NOT_SENT
                await self._tell(tx, key, to=row.address.chat, why=self._why(fault))
                return
            await tx.outbox.later(row.id, now + PAUSES[min(row.tries, len(PAUSES) - 1)], fault.reason)
            if row.tries >= _LASTING and not await tx.facts.get(_trouble(channel)):
                await tx.facts.put(_trouble(channel), fault.reason)
                await self._tell(tx, _TROUBLE[channel], folder=row.address.chat, why=self._why(fault))

    def _why(self, fault: DeliveryError) -> str:
        return self._voice.text(Key(fault.reason)) if fault.reason in set(Key) else fault.reason

    async def _tell(self, tx: Transaction, sentence: Key, **values: object) -> None:
        for board in self._boards:
            await tx.outbox.say(board, self._voice.words(Say(sentence, values)), self._clock.now())


def _is_parcel(address: Address) -> bool:
    return address.channel in PARCELS


def _trouble(channel: ChannelName) -> str:
    return f"post.trouble.{channel.value}"
