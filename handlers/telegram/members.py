"""Who may moderate: whoever is in the moderators' group at this moment, asked of Telegram, remembered for a minute."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import Chat, ChatMemberRestricted, ResultChatMemberUnion, User

from bot.ports import Clock
from bot.texts.keys import Key

_log = logging.getLogger(__name__)

_KEPT = timedelta(seconds=60)
_ASK_SECONDS = 5
INSIDE = ("creator", "administrator", "member")


class Members:
    """The moderators' group `group` (its chat id as text; "" where none is configured) and who is in it."""

    def __init__(self, bot: Bot, group: str, clock: Clock) -> None:
        self.group = group
        self._bot = bot
        self._clock = clock
        self._known: dict[int, tuple[datetime, bool]] = {}

    def is_group(self, chat: int) -> bool:
        """Whether this is the moderators' group."""
        return bool(self.group) and str(chat) == self.group

    async def refusal(self, user: User | None, sender_chat: Chat | None = None) -> Key | None:
        """Why somebody may not moderate; None where they may. Whoever cannot be checked may not.

        Anonymous administrators and channels are refused: a decision needs a name.
        """
        if user is None or user.is_bot or sender_chat is not None:
            return Key.TG_ANONYMOUS
        inside = await self._inside(user.id)
        if inside is None:
            return Key.TG_CHECK_FAILED
        return None if inside else Key.REFUSE_NOT_MODERATOR

    async def _inside(self, user: int) -> bool | None:
        """Membership, at most a minute old; None where Telegram does not say."""
        now = self._clock.now()
        asked, inside = self._known.get(user, (None, False))
        if asked is not None and timedelta() <= now - asked < _KEPT:
            return inside
        try:
            member = await self._bot.get_chat_member(self.group, user, request_timeout=_ASK_SECONDS)
        except AiogramError as fault:
            _log.warning("getChatMember: %s; the press is refused", type(fault).__name__)
            return None
        self._known = {id_: kept for id_, kept in self._known.items() if timedelta() <= now - kept[0] < _KEPT}
        self._known[user] = (now, _is_inside(member))
        return self._known[user][1]


def _is_inside(member: ResultChatMemberUnion) -> bool:
    return member.is_member if isinstance(member, ChatMemberRestricted) else member.status in INSIDE
