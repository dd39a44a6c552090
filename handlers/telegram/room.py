"""The Telegram room, put together: one bot, its way in (poller, edge) and its ways out (channel, board)."""

from __future__ import annotations

import logging

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.ports import Clock, Store
from bot.texts.keys import Key
from bot.usecases.voice import Voice
from handlers.telegram.board import TelegramBoard
from handlers.telegram.channel import TelegramChannel
from handlers.telegram.inbound import Moderating, Receiving, Serving, TelegramEdge
from handlers.telegram.members import Members
from handlers.telegram.poller import Poller
from handlers.telegram.session import open_session

_log = logging.getLogger(__name__)

_START_SECONDS = 10

PRIVATE_COMMANDS = {
    "start": Key.TG_COMMAND_START,
    "cuatoi": Key.TG_COMMAND_MINE,
    "huy": Key.TG_COMMAND_CANCEL,
    "trogiup": Key.TG_COMMAND_HELP,
}
GROUP_COMMANDS = {"xuat": Key.TG_COMMAND_EXPORT, "trogiup": Key.TG_COMMAND_STAFF_HELP}


class TelegramRoom:
    """Everything of Telegram for one bot. Nothing is asked of the network before `start`."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str | None,
        proxy: str | None,
        group: int | None,
        clock: Clock,
        voice: Voice,
        store: Store,
        receive: Receiving,
        moderate: Moderating,
        staff: Serving,
    ) -> None:
        """`api_base` None is the official server; `proxy` is an HTTP or SOCKS address; `group` the moderators' chat.

        Raises aiogram's TokenValidationError where the token cannot be one, ValueError where the proxy cannot.
        """
        self._bot = Bot(token, session=open_session(api_base, proxy))
        self._voice = voice
        self._members = Members(self._bot, "" if group is None else str(group), clock)
        self.channel = TelegramChannel(self._bot)
        self.board = TelegramBoard(self._bot, self.channel, voice.catalogue)
        self.edge = TelegramEdge(self._bot, self._members, clock, voice, store, receive, moderate, staff)
        self.poller = Poller(self._bot, store, clock)
        self.link = ""
        """Where people find the bot; "" until Telegram has told us its name."""

    @property
    def bot_id(self) -> str:
        """The bot's id, as addresses hold it."""
        return str(self._bot.id)

    @property
    def group(self) -> str:
        """The moderators' group; set it anew where Telegram moved the group (DeliveryError.moved_to)."""
        return self._members.group

    @group.setter
    def group(self, chat: str) -> None:
        self._members.group = chat

    async def start(self) -> None:
        """Learn the bot's name and tell Telegram the commands, in Vietnamese, for private chats and for the group.

        Where Telegram cannot be reached the bot starts all the same: the poller goes on trying, the web page works.
        """
        try:
            me = await self._bot.get_me(request_timeout=_START_SECONDS)
            self.link = f"https://t.me/{me.username}"
            await self._announce()
        except AiogramError as fault:
            _log.warning("Telegram at the start: %s; going on without", type(fault).__name__)

    async def _announce(self) -> None:
        await self._bot.set_my_commands(
            self._commands(PRIVATE_COMMANDS), BotCommandScopeAllPrivateChats(), request_timeout=_START_SECONDS
        )
        if self.group:
            await self._bot.set_my_commands(
                self._commands(GROUP_COMMANDS),
                BotCommandScopeChat(chat_id=int(self.group)),
                request_timeout=_START_SECONDS,
            )

    def _commands(self, named: dict[str, Key]) -> list[BotCommand]:
        return [BotCommand(command=name, description=self._voice.text(key)) for name, key in named.items()]

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._bot.session.close()
