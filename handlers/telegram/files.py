"""Files that people sent, fetched from Telegram by their id; no more of them than somebody wants."""

from __future__ import annotations

from aiogram import Bot
from aiohttp import ClientError, ClientResponseError

from bot.domain.errors import DeliveryError
from handlers.telegram.faults import delivering

_SECONDS = 60
_GONE = range(400, 500)


class TelegramFiles:
    """See bot.ports.PhotoSource."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, file_id: str, limit: int) -> bytes | None:
        with delivering():
            file = await self._bot.get_file(file_id)
        if file.file_path is None or (file.file_size or 0) > limit:
            return None
        return await self._download(file.file_path, limit)

    async def _download(self, path: str, limit: int) -> bytes | None:
        """What the answer says of its size counts for nothing, what comes is counted."""
        content = bytearray()
        address = self._bot.session.api.file_url(self._bot.token, path)
        try:
            async for block in self._bot.session.stream_content(address, timeout=_SECONDS):
                content += block
                if len(content) > limit:
                    return None
        except (ClientError, OSError, TimeoutError) as fault:
            # The fault itself holds the address, and with it the token.
            gone = isinstance(fault, ClientResponseError) and fault.status in _GONE
            raise DeliveryError(type(fault).__name__, permanent=gone) from None
        return bytes(content)
