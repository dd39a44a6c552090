"""The moderators' group: cards that are sent once and redrawn in place, words, and files."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import FSInputFile, InlineKeyboardMarkup, Message

from bot.domain.errors import DeliveryError
from bot.domain.message import Words
from bot.domain.split import cut
from bot.domain.text import storable
from bot.ports import Card, DrawnList, Shelf, ShownCard, ShownList
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from handlers.telegram.cards import card_html, card_plain, card_rows, list_rows
from handlers.telegram.channel import LIMIT, NO_PREVIEW, TelegramChannel, keyboard
from handlers.telegram.faults import delivering
from handlers.telegram.threads import Threads

_CAPTION = 1024
_UPLOAD_SECONDS = 300


class TelegramBoard:
    """`bot.ports.Board` on the Bot API."""

    def __init__(self, bot: Bot, channel: TelegramChannel, catalogue: Catalogue, threads: Threads) -> None:
        self._bot = bot
        self._channel = channel
        self._threads = threads
        self._catalogue = catalogue

    async def show(self, card: Card, shown: ShownCard) -> str:
        """Send the card or redraw it; a card that was deleted, or belongs on another shelf by now, is sent anew.

        Returns the message id.

        Raises DeliveryError, ValueError where a button's action is too long for Telegram.
        """
        buttons = keyboard(card_rows(card, shown))
        first_lines = self._catalogue[Key.CARD_FIRST_LINES]
        with delivering():
            moving = await self._moves(card, shown)
            await self._fold(card, shown, moving)  # first: where this fails all is tried again, and no card came twice
            shown = replace(shown, message_id=None) if moving else shown
            try:
                return await self._put(shown, card_html(card, first_lines), ParseMode.HTML, buttons, card.shelf)
            except TelegramBadRequest as refusal:
                if "can't parse entities" not in refusal.message:
                    raise
            return await self._put(shown, card_plain(card, first_lines), None, buttons, card.shelf)

    async def show_list(self, drawn: DrawnList, shown: ShownList) -> str:
        """Send the list or redraw it; a list that was deleted is sent anew. Returns the message id.

        Raises DeliveryError, ValueError where a button's action is too long for Telegram.
        """
        buttons = keyboard(list_rows(drawn, shown))
        with delivering():
            return await self._put(shown, cut(storable(drawn.text), LIMIT), None, buttons)

    async def tell(self, chat: str, words: Words, *, thread: str = "", shelf: Shelf | None = None) -> str:
        """Plain words to the group or into a thread of it. Returns the last message's id, "" where words for a shelf
        were left out, because it has no thread now. Raises DeliveryError.
        """

        async def send(into: int | None) -> str:
            left_out = shelf is not None and into is None
            return "" if left_out else await self._channel.send(chat, words, into)

        with delivering():
            return await (self._threads.into(thread, send) if shelf is None else self._threads.put(chat, shelf, send))

    async def has_shelves(self, chat: str) -> bool:
        """Whether the group is a forum in which the bot may make threads, as far as is known."""
        return await self._threads.usable(chat)

    async def send_file(self, chat: str, file: Path, caption: str) -> str:
        """Send a file with a caption of at most 1024 signs. Returns the message id; raises DeliveryError."""
        if not await asyncio.to_thread(file.is_file):
            raise DeliveryError("the file is gone", permanent=True)
        with delivering():
            sent = await self._bot.send_document(
                chat,
                FSInputFile(file),
                caption=cut(storable(caption), _CAPTION),
                parse_mode=None,
                request_timeout=_UPLOAD_SECONDS,
            )
        return str(sent.message_id)

    async def _moves(self, card: Card, shown: ShownCard) -> Shelf | None:
        """The shelf to which a card goes that is shown on another one; None where it stays in its message."""
        if shown.message_id is None or card.shelf is None or shown.shelf in ("", card.shelf.id):
            return None
        return card.shelf if await self._threads.of(shown.address.chat, card.shelf) else None

    async def _fold(self, card: Card, shown: ShownCard, moving: Shelf | None) -> None:
        """Messages that showed the card before keep its code alone: nothing would take the words out of them later."""
        why = self._catalogue.say(Key.CARD_MOVED, shelf=moving.name) if moving else self._catalogue[Key.CARD_SENT_ANEW]
        gone = f"{card.code}: {why}"
        for message_id in (*shown.former, *([shown.message_id] if moving and shown.message_id else ())):
            with contextlib.suppress(TelegramBadRequest):  # deleted, or too old to be changed
                await self._bot.edit_message_text(
                    gone, chat_id=shown.address.chat, message_id=int(message_id), parse_mode=None
                )

    async def _put(
        self,
        shown: ShownCard | ShownList,
        text: str,
        mode: ParseMode | None,
        buttons: InlineKeyboardMarkup | None,
        shelf: Shelf | None = None,
    ) -> str:
        if shown.message_id is not None and await self._edited(shown, text, mode, buttons):
            return shown.message_id

        async def send(thread: int | None) -> str:
            sent: Message = await self._bot.send_message(
                shown.address.chat,
                text,
                message_thread_id=thread,
                parse_mode=mode,
                link_preview_options=NO_PREVIEW,
                reply_markup=buttons,
            )
            return str(sent.message_id)

        if shown.thread or shelf is None:
            return await self._threads.into(shown.thread, send)
        return await self._threads.put(shown.address.chat, shelf, send)

    async def _edited(
        self, shown: ShownCard | ShownList, text: str, mode: ParseMode | None, buttons: InlineKeyboardMarkup | None
    ) -> bool:
        """Redraw in place; False where the message is gone and the card has to be sent anew."""
        try:
            await self._bot.edit_message_text(
                text,
                chat_id=shown.address.chat,
                message_id=int(shown.message_id or 0),
                parse_mode=mode,
                link_preview_options=NO_PREVIEW,
                reply_markup=buttons,
            )
        except TelegramBadRequest as refusal:
            if "message is not modified" in refusal.message:
                return True
            if any(gone in refusal.message for gone in _GONE):
                return False
            raise
        return True


_GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
