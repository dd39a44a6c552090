"""The webhook: Telegram brings updates to us, and hears “got it” only once they are kept (handlers/doorway.py).

For whoever has a public https address; the poller needs none. Telegram knocks again until a day has passed since the
message.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.ports import Clock, RawUpdate, Store
from bot.usecases.contact import Contact, LastHeard
from bot.usecases.keeping import Keeping
from handlers.doorway import Doorway
from handlers.telegram.poller import WANTED, raw_update

_log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
"""Where Telegram knocks, below the public address."""

_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_CONNECTIONS = 100  # more of them share a commit
_LOOK_AGAIN = 30.0  # whoever asks whether we are ready wants to hear of Telegram each minute
_LONGEST_PAUSE = 60.0


class Webhook:
    """Takes updates from Telegram into the inbox. `doorway` is whom the web server asks, `run` makes Telegram come."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        clock: Clock,
        contact: Contact,
        url: str,
        secret: str,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`url` is the public address of this web server. Whoever knows `secret` is Telegram.

        Raises ValueError without a secret: anybody could put words into people's mouths.
        """
        self._heard = LastHeard()
        self._keep = Keeping(store, clock, self._heard.record)
        self.doorway = Doorway(_SECRET, secret, functools.partial(_update, bot_id=bot.id), self._take)
        self._bot = bot
        self._store = store
        self._clock = clock
        self._contact = contact
        self._url = url.rstrip("/") + PATH
        self._secret = secret
        self._pause = pause
        self._failures = 0

    async def _take(self, update: RawUpdate) -> None:
        await self._keep(update)
        self._contact.good()

    # -------------------------------------------------------------- that it comes

    async def run(self) -> None:
        """Tell Telegram where to knock, and look every minute whether it still knows, until cancelled."""
        while not await self._answered(self.set):
            pass
        while True:
            await self._pause(_LOOK_AGAIN)
            await self._answered(self.look)

    async def set(self) -> None:
        """Raises AiogramError. What waits at Telegram stays there."""
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=WANTED,
            max_connections=_CONNECTIONS,
            drop_pending_updates=False,
        )
        await self._good()

    async def look(self) -> None:
        """Whether Telegram still brings everything here; a poller somewhere else may have told it not to."""
        known = await self._bot.get_webhook_info()
        if known.url != self._url:
            _log.warning("webhook: Telegram was told another address meanwhile; setting ours again")
            await self._contact.conflicts()
            await self.set()
        elif known.pending_update_count == 0 or known.last_error_date is None:
            await self._good()
        else:
            _log.warning("webhook: %d updates wait, Telegram cannot bring them", known.pending_update_count)

    async def _good(self) -> None:
        self._contact.good()
        async with self._store.transaction() as tx:
            await self._heard.record(tx, self._clock.now())

    async def _answered(self, ask: Callable[[], Awaitable[object]]) -> bool:
        """Ask once; after a fault of the network or the server, pause before returning False."""
        try:
            await ask()
        except Exception as fault:  # noqa: BLE001 - the bot goes on without; the type says enough for a log
            self._failures += 1
            pause = min(2.0 ** min(self._failures - 1, 6), _LONGEST_PAUSE)
            if isinstance(fault, TelegramRetryAfter):
                pause = float(fault.retry_after)
            _log.warning("webhook: %s, failure %d; next try in %.0f s", type(fault).__name__, self._failures, pause)
            await self._pause(pause)
            return False
        self._failures = 0
        return True


def _update(body: bytes, bot_id: int) -> RawUpdate:
    """What was brought, or, where it is no JSON, its text as it came: the worker puts that into quarantine."""
    try:
        return raw_update(json.loads(body), bot_id)
    except (ValueError, RecursionError):
        return raw_update(body.decode("utf-8", "surrogateescape"), bot_id)
