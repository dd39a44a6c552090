"""Polling, for trying out: Zalo itself advises a webhook for production.

The platform knows no acknowledgement. By some accounts a message that was read is gone, by others it is brought again
at every poll: it is kept first, known by its id, and never asked for more than once a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.usecases.keeping import Keeping
from handlers.zalo.client import ZaloClient, ZaloRefusal, ZaloUnreachable
from handlers.zalo.events import raw_event

_log = logging.getLogger(__name__)

_POLL_SECONDS = 30
_ANSWER_SECONDS = 15
_BETWEEN = 1.0
_LONGEST_PAUSE = 60.0


class ZaloPoller:
    """Takes events from Zalo into the inbox for as long as `run` runs."""

    def __init__(
        self,
        client: ZaloClient,
        bot_id: str,
        keep: Keeping,
        *,
        poll_seconds: int = _POLL_SECONDS,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._bot_id = bot_id
        self._keep = keep
        self._poll_seconds = poll_seconds
        self._pause = pause
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled. No fault ends it."""
        while not await self._answered(self._delete_webhook):
            pass
        while True:
            if await self._answered(self.poll):
                await self._pause(_BETWEEN)

    async def poll(self) -> bool:
        """One getUpdates; whether it brought something. Raises what the client and the store raise."""
        try:
            event = await self._client.call(
                "getUpdates", seconds=self._poll_seconds + _ANSWER_SECONDS, timeout=str(self._poll_seconds)
            )
        except ZaloRefusal as refusal:
            if refusal.idle:
                return False
            raise
        if not event:
            return False
        for one in event if isinstance(event, list) else [event]:
            await self._keep(raw_event(one, self._bot_id))
        return True

    async def _delete_webhook(self) -> None:
        """While a webhook is set, polling brings nothing."""
        await self._client.call("deleteWebhook")

    async def _answered(self, ask: Callable[[], Awaitable[object]]) -> bool:
        """Ask once; after a fault of the network, the server or the store, pause before returning False."""
        try:
            await ask()
        except Exception as fault:  # noqa: BLE001 - whatever it is, those who write now must not be lost
            self._failures += 1
            pause = min(2.0 ** min(self._failures - 1, 6), _LONGEST_PAUSE)
            if isinstance(fault, ZaloRefusal) and fault.retry_after:
                pause = fault.retry_after
            named = str(fault) if isinstance(fault, ZaloRefusal | ZaloUnreachable) else type(fault).__name__
            _log.warning("Zalo: %s, failure %d; next try in %.0f s", named, self._failures, pause)
            await self._pause(pause)
            return False
        self._failures = 0
        return True
