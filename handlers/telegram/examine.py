"""A look at the bot's account and group that changes nothing there: for whoever wants to know before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner

from handlers.telegram.session import open_session

_SECONDS = 10


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """The moderators' group. `fault`: why nothing can be said of it, by type; "" where all else is known."""

    title: str = ""
    fault: str = ""
    admin: bool = False
    forum: bool = False
    topics: bool = False  # whether the bot may make some


@dataclass(frozen=True, slots=True)
class TelegramSeen:
    """The bot's account. `fault`: why Telegram did not let us see it, by type; "" where it did."""

    fault: str = ""
    name: str = ""
    webhook: str = ""
    webhook_fault: str = ""
    waiting: int = 0
    group: GroupSeen | None = None


async def examine(token: str, *, api_base: str | None, proxy: str | None, group: str) -> TelegramSeen:
    """Never raises for what Telegram says or the network does; the token is named nowhere."""
    bot = Bot(token, session=open_session(api_base, proxy))
    try:
        me = await bot.get_me(request_timeout=_SECONDS)
        hook = await bot.get_webhook_info(request_timeout=_SECONDS)
        seen = await _group(bot, group) if group else None
    except AiogramError as fault:
        return TelegramSeen(fault=type(fault).__name__)
    finally:
        await bot.session.close()
    return TelegramSeen(
        name=me.username or "",
        webhook=hook.url,
        webhook_fault=hook.last_error_message or "",
        waiting=hook.pending_update_count,
        group=seen,
    )


async def _group(bot: Bot, group: str) -> GroupSeen:
    try:
        chat = await bot.get_chat(group, request_timeout=_SECONDS)
        own = await bot.get_chat_member(group, bot.id, request_timeout=_SECONDS)
    except AiogramError as fault:
        return GroupSeen(fault=type(fault).__name__)
    admin = isinstance(own, ChatMemberAdministrator | ChatMemberOwner)
    topics = isinstance(own, ChatMemberOwner) or (
        isinstance(own, ChatMemberAdministrator) and bool(own.can_manage_topics)
    )
    return GroupSeen(title=chat.title or "", admin=admin, forum=bool(chat.is_forum), topics=topics)
