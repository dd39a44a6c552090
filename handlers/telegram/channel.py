"""Words to young people: plain text, never markup, so that nothing anybody wrote can be read as markup."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from bot.domain.split import numbered
from bot.domain.text import storable
from bot.ports import DataFile
from handlers.telegram.faults import delivering

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
LIMIT = 4096
"""UTF-16 units that one message may have."""

CHOICE = "c:"
_DATA_BYTES = 64
_LABEL = 200


class TelegramChannel:
    """`bot.ports.Channel` on the Bot API."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def say(self, chat: str, words: Words) -> str:
        """Send in parts of at most 4096 UTF-16 units, the buttons under the last. Returns the last message's id.

        Raises DeliveryError; a part that shows nothing is left out, for Telegram would refuse it.
        """
        with delivering():
            return await self.send(chat, words)

    async def hand_over(self, chat: str, file: DataFile) -> str:
        """Send it as a document. Returns the message id; raises DeliveryError."""
        with delivering():
            sent = await self._bot.send_document(
                chat, BufferedInputFile(file.html, file.name), caption=storable(file.caption), parse_mode=None
            )
        return str(sent.message_id)

    async def send(self, chat: str, words: Words, thread: int | None = None) -> str:
        """The same into a thread of a group. Raises what aiogram raises, DeliveryError for words that show nothing."""
        parts = numbered(storable(words.text), LIMIT)
        if not parts:
            raise DeliveryError("nothing to say", permanent=True)
        for part in parts[:-1]:
            await self._bot.send_message(
                chat, part, message_thread_id=thread, parse_mode=None, link_preview_options=NO_PREVIEW
            )
        last = await self._bot.send_message(
            chat,
            parts[-1],
            message_thread_id=thread,
            parse_mode=None,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard([((CHOICE + id_, label),) for id_, label in words.choices]),
        )
        return str(last.message_id)


def keyboard(rows: list[tuple[tuple[str, str], ...]]) -> InlineKeyboardMarkup | None:
    """Rows of (callback data, label) as a keyboard, None where there are none.

    Raises ValueError where data is over the 64 bytes that Telegram carries: a fault of ours, not of delivery.
    """
    if not rows:
        return None
    for data, _ in (button for row in rows for button in row):
        if len(data.encode()) > _DATA_BYTES:
            raise ValueError(f"callback data of {len(data.encode())} bytes: {data}")
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=storable(label)[:_LABEL], callback_data=data) for data, label in row]
            for row in rows
        ]
    )
