"""Raw polling: an update is kept first and acknowledged only then, so neither a crash nor an odd update loses anything.

aiogram's own polling acknowledges before handling, and one update that it cannot decode holds up all behind it for a
day. Here the raw JSON goes into the inbox, the commit is awaited, and only the next getUpdates names the higher offset.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramConflictError, TelegramRetryAfter
from aiogram.methods import TelegramMethod

from bot.domain.message import ChannelName
from bot.ports import Clock, RawUpdate, Store
from bot.usecases.contact import Contact, LastHeard
from bot.usecases.tasks import back_within

_log = logging.getLogger(__name__)

WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
_POLL_SECONDS = 25
_ANSWER_SECONDS = 15
_LONGEST_PAUSE = 30.0
_LEEWAY = 30.0  # seconds for keeping what came, before polling counts as stuck
_NAME = "polling"
_NO_ID = "sha256:"

Json = dict[str, Any]


class RawGetUpdates(TelegramMethod[list[Json]]):
    """getUpdates whose answer stays raw JSON; everything else (409, 429, proxies) remains aiogram's."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = _POLL_SECONDS
    allowed_updates: list[str]


class Poller:
    """Takes updates from Telegram into the inbox for as long as `run` runs."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        clock: Clock,
        *,
        contact: Contact | None = None,
        poll_seconds: int = _POLL_SECONDS,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`contact` hears how it goes. `poll_seconds` is how long the server may hold an empty poll; `pause` waits that
        many seconds.
        """
        self._bot = bot
        self._store = store
        self._clock = clock
        self._contact = contact
        self._poll_seconds = poll_seconds
        self._pause = pause
        self._offset: int | None = None
        self._failures = 0
        self._heard = LastHeard()

    async def run(self) -> None:
        """Poll until cancelled. Cancelling loses nothing: what was not kept was not acknowledged either.

        No fault ends it. While the store cannot keep (a full disk), nothing is acknowledged and Telegram keeps it all.
        """
        while not await self._answered(self._delete_webhook):
            pass
        while True:
            await self._answered(self.poll)

    async def poll(self) -> int:
        """One getUpdates: keep what it brings and commit. Returns how many updates were new.

        Raises AiogramError, and whatever the store raises; then nothing of the batch is acknowledged.
        """
        updates = await self._bot(
            RawGetUpdates(offset=self._offset, timeout=self._poll_seconds, allowed_updates=WANTED),
            request_timeout=self._poll_seconds + _ANSWER_SECONDS,
        )
        new = await self._keep(updates)
        if updates:
            # The ids may start anywhere after a week of silence: only this batch says where the next begins.
            self._offset = max(update["update_id"] for update in updates) + 1
        if self._contact is not None:
            self._contact.good()
        return new

    async def _keep(self, updates: list[Json]) -> int:
        now = self._clock.now()
        if not updates and not self._heard.due(now):
            return 0
        rows = [raw_update(update, self._bot.id) for update in updates]
        async with self._store.transaction() as tx:
            new = await tx.inbox.add(rows, now) if rows else 0
            await self._heard.record(tx, now)
        return new

    async def _delete_webhook(self) -> None:
        """A webhook set by an earlier installation would refuse polling. What waits on the server must stay there."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _answered(self, ask: Callable[[], Awaitable[object]]) -> bool:
        """Ask once; after a fault of the network, the server or the store, pause before returning False."""
        back_within(self._poll_seconds + _ANSWER_SECONDS + _LEEWAY, _NAME)
        try:
            await ask()
        except Exception as fault:  # noqa: BLE001 - whatever it is, those who write now must not be lost
            self._failures += 1
            if isinstance(fault, TelegramConflictError):
                await self._tell_of_conflict()
            pause = self._report(fault)
            back_within(pause + _LEEWAY, _NAME)
            await self._pause(pause)
            return False
        self._failures = 0
        return True

    async def _tell_of_conflict(self) -> None:
        try:
            if self._contact is not None:
                await self._contact.conflicts()
        except Exception as fault:  # noqa: BLE001 - a store that cannot keep it must not end the polling
            _log.warning("the conflict could not be put on record: %s", type(fault).__name__)

    def _report(self, fault: Exception) -> float:
        """Log by type alone (messages may hold words or the token) and say how many seconds to pause."""
        pause = min(2.0 ** min(self._failures - 1, 6), _LONGEST_PAUSE)
        if isinstance(fault, TelegramRetryAfter):
            pause = float(fault.retry_after)
        if isinstance(fault, TelegramConflictError):
            _log.warning("polling: 409, another process polls with this token; next try in %.0f s", pause)
        else:
            _log.warning("polling: %s, failure %d; next try in %.0f s", type(fault).__name__, self._failures, pause)
        return pause


def raw_update(update: object, bot_id: int) -> RawUpdate:
    """An update as the inbox keeps it. ASCII only: lone surrogates and NUL stay escaped.

    What has no id, and is no update then, goes by what it holds, so that it too is kept once.
    """
    raw = json.dumps(update, ensure_ascii=True, separators=(",", ":"))
    id_ = update.get("update_id") if isinstance(update, dict) else None
    named = str(id_) if type(id_) is int else _NO_ID + hashlib.sha256(raw.encode()).hexdigest()
    return RawUpdate(ChannelName.TELEGRAM.value, str(bot_id), named, chat_of(update), raw)


def chat_of(update: object) -> str:
    """The chat whose order an update keeps, read without decoding; "" where none can be found."""
    chat = raw_chat(update)
    return str(chat["id"]) if chat else ""


def raw_chat(update: object) -> Json | None:
    """The chat object of any kind of update, known or not: the payload's own or that of the message within."""
    for payload in update.values() if isinstance(update, dict) else ():
        if not isinstance(payload, dict):
            continue
        message = payload.get("message")
        for holder in (payload, message if isinstance(message, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and type(chat.get("id")) is int:
                return chat
    return None
