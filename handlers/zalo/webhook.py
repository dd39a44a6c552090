"""The webhook: Zalo brings events to us. It is told where at the start, and again whenever it forgot."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable

from bot.usecases.keeping import Keeping
from handlers.doorway import Doorway
from handlers.zalo.client import ZaloClient, ZaloRefusal, ZaloUnreachable
from handlers.zalo.events import read_event

_log = logging.getLogger(__name__)

PATH = "/zalo/webhook"
"""Where Zalo knocks, below the public address."""

_SECRET = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_LOOK_AGAIN = 300.0
_AFTER_A_FAULT = 60.0
_NOT_FOUND = 404


class ZaloWebhook:
    """`doorway.answer` is what the web server asks, `run` makes Zalo come."""

    def __init__(
        self,
        client: ZaloClient,
        bot_id: str,
        keep: Keeping,
        url: str,
        secret: str,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`url` is the public address of this web server. Raises ValueError without a secret."""
        self.doorway = Doorway(_SECRET, secret, functools.partial(read_event, bot_id=bot_id), keep)
        self._client = client
        self._url = url.rstrip("/") + PATH
        self._secret = secret
        self._pause = pause

    async def run(self) -> None:
        """Until cancelled; no fault ends it."""
        while True:
            try:
                await self.look()
            except (ZaloRefusal, ZaloUnreachable) as fault:
                _log.warning("Zalo's webhook: %s; next try in %.0f s", fault, _AFTER_A_FAULT)
                await self._pause(_AFTER_A_FAULT)
            else:
                await self._pause(_LOOK_AGAIN)

    async def look(self) -> None:
        """Tell Zalo where to knock unless it knows. Raises ZaloRefusal, ZaloUnreachable."""
        if await self._known() != self._url:
            await self._client.call("setWebhook", url=self._url, secret_token=self._secret)

    async def _known(self) -> str:
        try:
            known = await self._client.call("getWebhookInfo")
        except ZaloRefusal as refusal:
            if refusal.code == _NOT_FOUND:  # as the platform says that none is set
                return ""
            raise
        return str(known.get("url", "")) if isinstance(known, dict) else ""
