"""The Zalo room, put together: one bot, its way in (webhook or poller, edge) and its ways out (channel, board)."""

from __future__ import annotations

import logging

from bot.domain.message import Address, ChannelName
from bot.ports import Clock, Store
from bot.usecases.boards import Boards
from bot.usecases.keeping import Keeping
from bot.usecases.voice import Voice
from handlers.zalo.board import ZaloBoard
from handlers.zalo.channel import ZaloChannel
from handlers.zalo.client import OFFICIAL, ZaloClient, ZaloRefusal, ZaloUnreachable
from handlers.zalo.inbound import Receiving, Serving, ZaloEdge
from handlers.zalo.poller import ZaloPoller
from handlers.zalo.usage import Usage
from handlers.zalo.webhook import ZaloWebhook

_log = logging.getLogger(__name__)


class ZaloRoom:
    """Everything of Zalo for one bot. Nothing is asked of the network before `start`."""

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
        staff: Serving,
        boards: Boards,
        messages: int,
        users: int,
        name: str = "",
        web_url: str = "",
        public_url: str = "",
        secret: str = "",
    ) -> None:
        """`api_base` None is the official server. `group`: the moderators' chat, "" for none; it becomes one of
        `boards`. `name`: how the bot is called on Zalo, which stands before commands in the group. `messages`, `users`:
        the quota, 0 for none. `web_url`: this house's own page. `public_url`: where Zalo is to bring events, showing
        `secret`; "" where the bot fetches them.

        Raises ValueError where the proxy cannot be one.
        """
        self.bot_id = bot_id_of(token)
        self._client = ZaloClient(token, api_base or OFFICIAL, proxy)
        self.usage = Usage(store, clock, voice, boards, self.bot_id, messages=messages, users=users)
        self.channel = ZaloChannel(self._client, voice.catalogue, self.usage)
        self.edge = ZaloEdge(self.bot_id, group, clock, voice, store, receive, staff, web_url, name)
        if group:
            files = f"{web_url.rstrip('/')}/ban/tep" if web_url else ""
            board = ZaloBoard(self.channel, voice.catalogue, files)
            boards.put(Address(ChannelName.ZALO, self.bot_id, group), board)
        keep = Keeping(store, clock)
        self.webhook = ZaloWebhook(self._client, self.bot_id, keep, public_url, secret) if public_url else None
        self.intake: ZaloPoller | ZaloWebhook = self.webhook or ZaloPoller(self._client, self.bot_id, keep)
        self.account = ""
        """What people search the bot by; "" until Zalo has told us."""

    async def start(self) -> None:
        """Learn the bot's name. Where Zalo cannot be reached the bot starts all the same."""
        try:
            me = await self._client.call("getMe")
            self.account = str(me.get("account_name", "")) if isinstance(me, dict) else ""
        except (ZaloRefusal, ZaloUnreachable) as fault:
            _log.warning("Zalo at the start: %s; going on without", fault)

    async def close(self) -> None:
        """Close the connections to Zalo."""
        await self._client.close()


def bot_id_of(token: str) -> str:
    """The bot's id, as addresses hold it: what stands before the colon."""
    return token.partition(":")[0]
