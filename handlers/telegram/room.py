"""The Telegram room, put together: one bot, its way in (poller or webhook, edge) and its ways out (channel, board)."""

from __future__ import annotations

import logging

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.domain.message import Address, ChannelName
from bot.ports import Clock, Store
from bot.texts.keys import Key
from bot.usecases.answer_post import AnswerPost
from bot.usecases.boards import Boards
from bot.usecases.contact import Contact
from bot.usecases.photos import Photos
from bot.usecases.staff import COMMANDS
from bot.usecases.voice import Voice
from handlers.telegram.board import TelegramBoard
from handlers.telegram.channel import TelegramChannel
from handlers.telegram.files import TelegramFiles
from handlers.telegram.inbound import Listing, Moderating, Receiving, Serving, TelegramEdge
from handlers.telegram.members import Members
from handlers.telegram.poller import Poller
from handlers.telegram.session import open_session
from handlers.telegram.threads import Threads
from handlers.telegram.webhook import Webhook

_log = logging.getLogger(__name__)

_START_SECONDS = 10

PRIVATE_COMMANDS = {
    "start": Key.TG_COMMAND_START,
    "cuatoi": Key.TG_COMMAND_MINE,
    "dulieu": Key.TG_COMMAND_DATA,
    "xoa": Key.TG_COMMAND_ERASE,
    "huy": Key.TG_COMMAND_CANCEL,
    "trogiup": Key.TG_COMMAND_HELP,
}
GROUP_COMMANDS = {name: command.does for name, command in COMMANDS.items()}


class TelegramRoom:
    """Everything of Telegram for one bot. Nothing is asked of the network before `start`."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str | None,
        proxy: str | None,
        group: str,
        clock: Clock,
        voice: Voice,
        store: Store,
        receive: Receiving,
        moderate: Moderating,
        staff: Serving,
        lists: Listing,
        boards: Boards,
        photos: Photos,
        answer_post: AnswerPost,
        topics: bool = True,
        public_url: str = "",
        secret: str = "",
    ) -> None:
        """`api_base` None is the official server; `proxy` is an HTTP or SOCKS address; `group` the moderators' chat,
        "" where there is none; it becomes one of `boards`. `topics`: use forum topics where the group has them.
        `public_url`: where Telegram is to bring updates, showing `secret`; "" where the bot fetches them.

        Raises aiogram's TokenValidationError where the token cannot be one, ValueError where the proxy cannot.
        """
        self._bot = Bot(token, session=open_session(api_base, proxy))
        self._voice = voice
        self._members = Members(self._bot, group, clock)
        self.channel = TelegramChannel(self._bot)
        threads = Threads(self._bot, store, clock, voice, wanted=topics)
        self.board = TelegramBoard(self._bot, self.channel, voice.catalogue, threads)
        self.edge = TelegramEdge(
            self._bot, self._members, clock, voice, store, receive, moderate, staff, lists, boards, photos, answer_post
        )
        files = TelegramFiles(self._bot)
        for taking in (photos, answer_post):
            taking.come_from(ChannelName.TELEGRAM, self.bot_id, files)
        if group:
            boards.put(self._address(group), self.board)
        boards.on_move(self._follow)
        self.contact = Contact(store, clock, voice, boards)
        self.webhook = Webhook(self._bot, store, clock, self.contact, public_url, secret) if public_url else None
        self.intake: Poller | Webhook = self.webhook or Poller(self._bot, store, clock, contact=self.contact)
        self.link = ""
        """Where people find the bot; "" until Telegram has told us its name."""

    @property
    def bot_id(self) -> str:
        """The bot's id, as addresses hold it."""
        return str(self._bot.id)

    async def _follow(self, old: Address, new: Address) -> None:
        """The group has another id: its members decide there, and its menu of commands is to stand there."""
        if old != self._address(self._members.group):
            return
        self._members.group = new.chat
        try:
            await self._announce_in_group()
        except AiogramError as fault:
            _log.warning("the menu of commands for the moved group: %s; the next start sets it", type(fault).__name__)

    def _address(self, chat: str) -> Address:
        return Address(ChannelName.TELEGRAM, self.bot_id, chat)

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
        if self._members.group:
            await self._announce_in_group()

    async def _announce_in_group(self) -> None:
        scope = BotCommandScopeChat(chat_id=int(self._members.group))
        await self._bot.set_my_commands(self._commands(GROUP_COMMANDS), scope, request_timeout=_START_SECONDS)

    def _commands(self, named: dict[str, Key]) -> list[BotCommand]:
        return [BotCommand(command=name, description=self._voice.text(key)) for name, key in named.items()]

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._bot.session.close()
