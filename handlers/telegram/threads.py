"""Threads of the moderators' group, one for each shelf. Telegram calls them topics of a forum; here a topic is what a
question is about.

A thread is made when something is first sent there: a group takes some fifteen messages a minute, and making a thread
is one of them. Where the group is no forum, or the bot may not manage topics, everything goes to the group at large.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import ChatMemberAdministrator

from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName, Say
from bot.ports import AT_LARGE, Clock, Shelf, Store, Thread, Transaction
from bot.texts.keys import Key
from bot.usecases.shelves import LOG, SPAM, UNCLEAR
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

Send = Callable[[int | None], Awaitable[str]]
"""Sends something into a thread, None for the group at large; returns the message id."""

_KEPT = timedelta(seconds=60)
_ASK_SECONDS = 5
_NAME = 128
_YOUNG = timedelta(minutes=10)
"""A thread that is lost so soon after it was made is not made again: that would go on for ever."""

_LOST = ("thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID")
_CLOSED = "TOPIC_CLOSED"
_ALREADY = "TOPIC_NOT_MODIFIED"
_REFUSED = (TelegramBadRequest, TelegramForbiddenError)
_BLUE, _YELLOW, _RED, _VIOLET = 0x6FB9F0, 0xFFD67E, 0xFB6F5F, 0xCB86DB
_COLOURS = {UNCLEAR: _YELLOW, SPAM: _RED, LOG: _VIOLET}


class Forum(StrEnum):
    """What the group is to us at present."""

    ON = "on"
    NO_RIGHT = "no_right"
    OFF = "off"


_TOLD = {
    Forum.ON: Key.BOARD_THREADS_ON,
    Forum.NO_RIGHT: Key.BOARD_THREADS_NO_RIGHT,
    Forum.OFF: Key.BOARD_THREADS_OFF,
}


class Threads:
    """Finds, makes and mends the threads of a group. `wanted` False: everything goes to the group at large."""

    def __init__(self, bot: Bot, store: Store, clock: Clock, voice: Voice, *, wanted: bool = True) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._voice = voice
        self._wanted = wanted
        self._known: dict[str, tuple[datetime, Forum]] = {}

    async def usable(self, chat: str) -> bool:
        """Whether the group is a forum in which the bot may manage topics; asked of Telegram, remembered for a minute.

        The group is told in a sentence where that changes.
        """
        if not self._wanted:
            return False
        asked, forum = self._known.get(chat, (None, Forum.OFF))
        if asked is None or not timedelta() <= self._clock.now() - asked < _KEPT:
            forum = await self._look(chat)
        return forum is Forum.ON

    async def of(self, chat: str, shelf: Shelf) -> Thread | None:
        """The thread of a shelf, None where there can be none. Making one takes a message of its own: raises
        DeliveryError (`prepared`), and the next try finds it.
        """
        if not await self.usable(chat):
            return None
        async with self._store.reading() as tx:
            known = await tx.threads.get(self._address(chat), shelf.id)
        if known is None:
            await self._make(chat, shelf)
        return known

    async def put(self, chat: str, shelf: Shelf, send: Send) -> str:
        """Send onto a shelf, or to the group at large where it has no thread now. Returns what `send` returns.

        Raises what `send` raises, and DeliveryError (`prepared`) where the thread was made or is to be made anew.
        """
        thread = await self.of(chat, shelf)
        if thread is None:
            return await send(None)
        try:
            message_id = await send(int(thread.id))
        except TelegramBadRequest as refusal:
            return await self._otherwise(chat, shelf, thread, send, refusal)
        if thread.closed:
            await self._keep(chat, shelf, replace(thread, closed=False))
        return message_id

    async def into(self, thread: str, send: Send) -> str:
        """Send into the thread where somebody asked, "" or AT_LARGE for none; to the group at large if it is gone."""
        if thread in ("", AT_LARGE):
            return await send(None)
        try:
            return await send(int(thread))
        except TelegramBadRequest as refusal:
            if not _is_lost(refusal) and _CLOSED not in refusal.message:
                raise
            return await send(None)

    # -------------------------------------------------------------- what the group is

    async def _look(self, chat: str) -> Forum:
        try:
            forum = await self._ask(chat)
        except AiogramError as fault:
            # Whatever is sent next says more, and means it: here the last answer holds.
            _log.info("what the group is: %s", type(fault).__name__)
            async with self._store.reading() as tx:
                forum = await self._noted(tx, chat) or Forum.OFF
        else:
            await self._note(chat, forum)
        self._known[chat] = (self._clock.now(), forum)
        return forum

    async def _ask(self, chat: str) -> Forum:
        group = await self._bot.get_chat(chat, request_timeout=_ASK_SECONDS)
        if not group.is_forum:
            return Forum.OFF
        me = await self._bot.get_chat_member(chat, self._bot.id, request_timeout=_ASK_SECONDS)
        return Forum.ON if isinstance(me, ChatMemberAdministrator) and me.can_manage_topics else Forum.NO_RIGHT

    async def _note(self, chat: str, forum: Forum) -> None:
        """Tell the group what changed, once; one that never was a forum hears nothing."""
        async with self._store.reading() as tx:
            if (await self._noted(tx, chat) or Forum.OFF) is forum:
                return
        async with self._store.transaction() as tx:
            if (await self._noted(tx, chat) or Forum.OFF) is not forum:
                await tx.facts.put(_fact(self._address(chat)), forum.value)
                words = self._voice.words(Say(_TOLD[forum]))
                await tx.outbox.say(self._address(chat), words, self._clock.now())

    async def _noted(self, tx: Transaction, chat: str) -> Forum | None:
        value = await tx.facts.get(_fact(self._address(chat)))
        return Forum(value) if value else None

    # -------------------------------------------------------------- making and mending

    async def _make(self, chat: str, shelf: Shelf) -> None:
        try:
            made = await self._bot.create_forum_topic(chat, shelf.name[:_NAME], _COLOURS.get(shelf.id, _BLUE))
        except _REFUSED as refusal:
            _log.warning("a thread could not be made: %s", type(refusal).__name__)
            await self._look(chat)
            return
        await self._keep(chat, shelf, Thread(str(made.message_thread_id), shelf.name, self._clock.now()))
        raise DeliveryError("ThreadMade", prepared=True)

    async def _otherwise(self, chat: str, shelf: Shelf, thread: Thread, send: Send, refusal: TelegramBadRequest) -> str:
        """What becomes of something that its thread did not take."""
        if _is_lost(refusal):
            await self._lost(chat, shelf, thread)
        elif _CLOSED not in refusal.message:
            raise refusal
        elif await self._reopened(chat, thread):
            try:
                return await send(int(thread.id))
            except TelegramBadRequest as again:
                if _CLOSED not in again.message:
                    raise
        else:
            await self._tell_closed(chat, shelf, thread)
        return await send(None)

    async def _lost(self, chat: str, shelf: Shelf, thread: Thread) -> None:
        """Somebody deleted the thread, or the group is no forum any more. Raises DeliveryError (`prepared`) where it is
        to be made anew.
        """
        if await self._look(chat) is not Forum.ON or self._clock.now() - thread.made_at < _YOUNG:
            return
        async with self._store.transaction() as tx:
            await tx.threads.drop(self._address(chat), shelf.id)
        _log.warning("the thread %s of the group %s is gone; another one is made", thread.id, chat)
        raise DeliveryError("ThreadLost", prepared=True)

    async def _reopened(self, chat: str, thread: Thread) -> bool:
        try:
            await self._bot.reopen_forum_topic(chat, int(thread.id))
        except _REFUSED as refusal:
            return _ALREADY in refusal.message
        return True

    async def _tell_closed(self, chat: str, shelf: Shelf, thread: Thread) -> None:
        """The group hears it once, until something gets in there again."""
        if thread.closed:
            return
        words = self._voice.words(Say(Key.BOARD_THREAD_CLOSED, {"name": thread.name}))
        async with self._store.transaction() as tx:
            await tx.threads.put(self._address(chat), shelf.id, replace(thread, closed=True))
            await tx.outbox.say(self._address(chat), words, self._clock.now())

    async def _keep(self, chat: str, shelf: Shelf, thread: Thread) -> None:
        async with self._store.transaction() as tx:
            await tx.threads.put(self._address(chat), shelf.id, thread)

    def _address(self, chat: str) -> Address:
        return Address(ChannelName.TELEGRAM, str(self._bot.id), chat)


def _is_lost(refusal: TelegramBadRequest) -> bool:
    return any(words in refusal.message for words in _LOST)


def _fact(address: Address) -> str:
    return f"board.threads.{address.channel.value}.{address.bot}.{address.chat}"
