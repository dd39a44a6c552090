"""Words to young people on Zalo, which has no buttons: what may be chosen stands below as numbered lines."""

from __future__ import annotations

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from bot.domain.split import numbered
from bot.domain.text import storable
from bot.ports import DataFile
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from handlers.zalo.client import ZaloClient, ZaloRefusal
from handlers.zalo.faults import QUOTA, delivering
from handlers.zalo.usage import Usage

LIMIT = 2000
"""Characters that one message may have; we count in UTF-16 units, which are never fewer."""


class ZaloChannel:
    """`bot.ports.Channel` on the Bot Platform."""

    def __init__(self, client: ZaloClient, catalogue: Catalogue, usage: Usage) -> None:
        self._client = client
        self._catalogue = catalogue
        self._usage = usage

    async def say(self, chat: str, words: Words) -> str:
        """Send in parts of at most 2000 characters, the numbered choices at the end. Returns the last message's id.

        Raises DeliveryError.
        """
        parts = numbered(storable(self._with_choices(words)), LIMIT)
        if not parts:
            raise DeliveryError("nothing to say", permanent=True)
        sent = ""
        for part in parts:
            sent = await self._send(chat, part)
        return sent

    async def hand_over(self, chat: str, file: DataFile) -> str:
        """Zalo takes no files of a bot: the same in words. Returns the last message's id; raises DeliveryError."""
        return await self.say(chat, Words(file.text))

    async def _send(self, chat: str, text: str) -> str:
        with delivering():
            try:
                sent = await self._client.call("sendMessage", chat_id=chat, text=text)
            except ZaloRefusal as refusal:
                if refusal.code == QUOTA:
                    await self._usage.refused()
                raise
        await self._usage.sent()
        return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""

    def _with_choices(self, words: Words) -> str:
        if not words.choices:
            return words.text
        lines = [f"{number}. {label}" for number, (_, label) in enumerate(words.choices, 1)]
        how = Key.ZALO_CHOOSE if lines[1:] else Key.ZALO_CHOOSE_ONE
        return "\n".join([words.text, "", *lines, self._catalogue.say(how, last=len(lines))])
