"""The moderators' group on Zalo: cards as plain text, decided by mentioning the bot with a command.

Nothing that was sent can be changed or taken back there, so a card is sent once: what became of it is the answer to the
command, and the web board shows everything as it stands.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain.message import Words
from bot.domain.split import cut
from bot.domain.text import storable
from bot.ports import Card, DrawnList, Shelf, ShownCard, ShownList
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from handlers.zalo.channel import LIMIT, ZaloChannel

_ROOM_FOR_TEXT = 1200
_LINE = 150


class ZaloBoard:
    """`bot.ports.Board` on the Bot Platform. `files_url` is where a signed-in moderator gets files; "" for nowhere."""

    def __init__(self, channel: ZaloChannel, catalogue: Catalogue, files_url: str) -> None:
        self._channel = channel
        self._catalogue = catalogue
        self._files_url = files_url

    async def show(self, card: Card, shown: ShownCard) -> str:
        """Send the card, once. Returns the message id; raises DeliveryError."""
        return shown.message_id or await self._channel.say(shown.address.chat, Words(self._lines(card)))

    async def show_list(self, drawn: DrawnList, shown: ShownList) -> str:
        """Send the list, once. Returns the message id; raises DeliveryError."""
        return shown.message_id or await self._channel.say(shown.address.chat, Words(cut(drawn.text, LIMIT)))

    async def tell(self, chat: str, words: Words, *, thread: str = "", shelf: Shelf | None = None) -> str:
        """Plain words; what belongs on a shelf is left out, for there are none. Raises DeliveryError."""
        del thread
        return "" if shelf is not None else await self._channel.say(chat, words)

    async def has_shelves(self, chat: str) -> bool:
        del chat
        return False

    async def send_file(self, chat: str, file: Path, caption: str) -> str:
        """The platform takes no files: say where it can be had. Raises DeliveryError."""
        where = (
            self._catalogue.say(Key.ZALO_FILE_THERE, url=self._files_url)
            if self._files_url
            else self._catalogue.say(Key.ZALO_FILE_HERE, file=file.name)
        )
        return await self._channel.say(chat, Words(f"{caption}\n\n{where}"))

    def _lines(self, card: Card) -> str:
        facts = [f"{label}: {cut(storable(value), _LINE)}" for label, value in card.facts]
        lines = [cut(storable(line), _LINE) for line in card.lines]
        how = self._catalogue.say(Key.ZALO_CARD_HOW, code=card.code)
        text = cut(storable(card.text), _ROOM_FOR_TEXT)
        shortened = [self._catalogue[Key.CARD_FIRST_LINES]] if text != storable(card.text) else []
        return "\n".join([card.head, "", text, *shortened, "", *facts, *lines, "", how])
