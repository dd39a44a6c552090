"""The Telegram room, put together: one bot, its way in (poller, edge) and its ways out (channel, board)."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.ports import Clock, Store
from bot.texts.keys import Key
from bot.usecases.voice import Voice
from handlers.telegram.board import TelegramBoard
from handlers.telegram.channel import TelegramChannel
from handlers.telegram.faults import delivering
from handlers.telegram.inbound import Moderating, Receiving, Serving, TelegramEdge
from handlers.telegram.members import Members
from handlers.telegram.poller import Poller

PRIVATE_COMMANDS = {
    "start": Key.TG_COMMAND_START,
    "cuatoi": Key.TG_COMMAND_MINE,
    "huy": Key.TG_COMMAND_CANCEL,
    "trogiup": Key.TG_COMMAND_HELP,
}
GROUP_COMMANDS = {"xuat": Key.TG_COMMAND_EXPORT, "trogiup": Key.TG_COMMAND_STAFF_HELP}


class TelegramRoom:
    """Everything of Telegram for one bot; nothing is asked of the network before `announce`, `poller` or a message."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str,
        proxy: str,
        group: str,
        clock: Clock,
        voice: Voice,
        store: Store,
        receive: Receiving,
        moderate: Moderating,
        staff: Serving,
    ) -> None:
        """`api_base` "" is the official server; `proxy` is an HTTP or SOCKS address or ""; `group` a chat id or "".

        Raises aiogram's TokenValidationError where the token cannot be one.
        """
        self._bot = Bot(token, session=_session(api_base, proxy))
        self._voice = voice
        self._members = Members(self._bot, group, clock)
        self.channel = TelegramChannel(self._bot)
        self.board = TelegramBoard(self._bot, self.channel, voice.catalogue)
        self.edge = TelegramEdge(self._bot, self._members, clock, voice, store, receive, moderate, staff)
        self.poller = Poller(self._bot, store, clock)

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

    async def announce(self) -> None:
        """Tell Telegram the commands, in Vietnamese, for private chats and for the group. Raises DeliveryError."""
        with delivering():
            await self._bot.set_my_commands(self._commands(PRIVATE_COMMANDS), BotCommandScopeAllPrivateChats())
            if self.group:
                await self._bot.set_my_commands(
                    self._commands(GROUP_COMMANDS), BotCommandScopeChat(chat_id=int(self.group))
                )

    def _commands(self, named: dict[str, Key]) -> list[BotCommand]:
        return [BotCommand(command=name, description=self._voice.text(key)) for name, key in named.items()]

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._bot.session.close()


def _session(api_base: str, proxy: str) -> AiohttpSession:
    api = TelegramAPIServer.from_base(api_base) if api_base else PRODUCTION
    return AiohttpSession(proxy=proxy or None, api=api)
