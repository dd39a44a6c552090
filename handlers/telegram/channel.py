"""Words to young people: plain text, never markup, so that nothing anybody wrote can be read as markup."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from bot.domain.text import storable
from handlers.telegram.faults import delivering
from handlers.telegram.split import split, visible

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
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
        parts = [part for part in split(storable(words.text)) if visible(part)]
        if not parts:
            raise DeliveryError("nothing to say", permanent=True)
        with delivering():
            for part in parts[:-1]:
                await self._bot.send_message(chat, part, parse_mode=None, link_preview_options=NO_PREVIEW)
            last = await self._bot.send_message(
                chat,
                parts[-1],
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
