"""Words to young people: plain text, never markup, so that nothing anybody wrote can be read as markup."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from bot.domain.text import storable
from handlers.telegram.faults import delivering
from handlers.telegram.split import LIMIT, split, visible

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
CHOICE = "c:"
_DATA_BYTES = 64
_LABEL = 200
_PLACE = len("(99/99) ")


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

    async def send(self, chat: str, words: Words, thread: int | None = None) -> str:
        """The same into a thread of a group. Raises what aiogram raises, DeliveryError for words that show nothing."""
        parts = numbered(storable(words.text))
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


def numbered(text: str) -> list[str]:
    """The parts of a text that show anything, each of several with its place before it: "(1/3) …"."""
    parts = [part for part in split(text) if visible(part)]
    if len(parts) < 2:  # noqa: PLR2004 - one alone needs no number
        return parts
    parts = [part for part in split(text, LIMIT - _PLACE) if visible(part)]
    return [f"({place}/{len(parts)}) {part}" for place, part in enumerate(parts, 1)]


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
