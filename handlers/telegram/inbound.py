"""Kept updates to use cases, through aiogram's dispatcher. The edge translates and leaves: no rule lives here.

Filters and handlers are all async: aiogram runs anything else, its magic filters too, in threads.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, Protocol

from aiogram import Bot, Dispatcher, Router
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.types import (
    CallbackQuery,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Document,
    Message,
    PhotoSize,
    Update,
    User,
)
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.domain.answer_file import SentFile
from bot.domain.errors import Shut
from bot.domain.message import Address, Attached, ChannelName, Chose, Content, Inbound, Say, Typed
from bot.domain.split import cut
from bot.ports import Clock, InboxRow, Store
from bot.texts.keys import Key
from bot.usecases.lists import ListPress
from bot.usecases.moderate import Press, Toast
from bot.usecases.photos import Sent
from bot.usecases.staff import ANSWER_FILE, COMMANDS, PHOTO, Order
from bot.usecases.voice import Voice
from bot.usecases.work import Undecodable
from handlers.telegram.cards import LIST, MODERATOR, parse_list_press, parse_press
from handlers.telegram.channel import CHOICE
from handlers.telegram.members import INSIDE, Members
from handlers.telegram.poller import raw_chat

_log = logging.getLogger(__name__)

_COMMAND = re.compile(r"/([a-z]+)(?:@(\w+))?(?:\s+|$)", re.ASCII | re.IGNORECASE)
_TOAST = 200
_ANSWER_SECONDS = 5

KINDS = {
    "animation": Key.TG_KIND_ANIMATION,
    "audio": Key.TG_KIND_AUDIO,
    "checklist": Key.TG_KIND_LIST,
    "contact": Key.TG_KIND_CONTACT,
    "dice": Key.TG_KIND_DICE,
    "document": Key.TG_KIND_DOCUMENT,
    "game": Key.TG_KIND_GAME,
    "gift": Key.TG_KIND_GIFT,
    "unique_gift": Key.TG_KIND_GIFT,
    "live_photo": Key.TG_KIND_PHOTO,
    "location": Key.TG_KIND_LOCATION,
    "photo": Key.TG_KIND_PHOTO,
    "poll": Key.TG_KIND_POLL,
    "sticker": Key.TG_KIND_STICKER,
    "story": Key.TG_KIND_STORY,
    "venue": Key.TG_KIND_LOCATION,
    "video": Key.TG_KIND_VIDEO,
    "video_note": Key.TG_KIND_VIDEO_NOTE,
    "voice": Key.TG_KIND_VOICE,
    "paid_media": Key.TG_KIND_OTHER,
    "rich_message": Key.TG_KIND_OTHER,
    "unknown": Key.TG_KIND_OTHER,
}
"""What people send beside words, by aiogram's name of it. What is not here (pinned, timer changed …) nobody wrote."""


class Receiving(Protocol):
    """usecases.receive.Receive, as this room uses it."""

    def __call__(self, inbound: Inbound, inbox_id: int | None = None) -> Awaitable[None]: ...


class Moderating(Protocol):
    """usecases.moderate.Moderate, as this room uses it."""

    def press(self, press: Press, inbox_id: int | None = None) -> Awaitable[Toast]: ...

    def refused(
        self,
        by: str,
        wanted: str,
        why: Key,
        inbox_id: int,
        *,
        nonce: str = "",
        tell: Address | None = None,
        thread: str = "",
    ) -> Awaitable[None]: ...


class Serving(Protocol):
    """usecases.staff.Staff, as this room uses it."""

    def command(self, order: Order, inbox_id: int | None = None) -> Awaitable[None]: ...

    def reply(self, order: Order, inbox_id: int | None = None) -> Awaitable[None]: ...


class Listing(Protocol):
    """usecases.lists.Lists, as this room uses it."""

    def press(self, press: ListPress, inbox_id: int | None = None) -> Awaitable[Toast]: ...


class Photographing(Protocol):
    """usecases.photos.Photos, as this room uses it."""

    def receive(self, sent: Sent, inbox_id: int | None = None) -> Awaitable[None]: ...


class AnswerPosting(Protocol):
    """usecases.answer_post.AnswerPost, as this room uses it."""

    def receive(self, sent: SentFile, size: int, inbox_id: int | None = None) -> Awaitable[None]: ...


class Keeping(Protocol):
    """usecases.boards.Boards, as this room uses it."""

    def moved(self, old: Address, chat: str) -> Awaitable[bool]: ...

    def told(self, address: Address, why: Shut | None) -> Awaitable[None]: ...

    def was_here(self, address: Address) -> Awaitable[bool]: ...


class TelegramEdge:
    """`bot.ports.Edge` for Telegram."""

    def __init__(
        self,
        bot: Bot,
        members: Members,
        clock: Clock,
        voice: Voice,
        store: Store,
        receive: Receiving,
        moderate: Moderating,
        staff: Serving,
        lists: Listing,
        boards: Keeping,
        photos: Photographing,
        answer_post: AnswerPosting,
    ) -> None:
        self._bot = bot
        self._members = members
        self._clock = clock
        self._voice = voice
        self._store = store
        self._receive = receive
        self._moderate = moderate
        self._staff = staff
        self._lists = lists
        self._boards = boards
        self._photos = photos
        self._answer_post = answer_post
        # aiogram's own state is switched off: sessions are rows of ours, and a restart forgets nothing.
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.include_routers(self._private_router(), self._group_router(), self._last_router())

    async def handle(self, row: InboxRow) -> None:
        """Do what one kept update asks for. Raises Undecodable where aiogram can make nothing of it."""
        raw = json.loads(row.raw)
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
            kind = update.event_type
        except (ValidationError, UpdateTypeLookupError) as fault:
            await self._apologise(raw)
            raise Undecodable(type(fault).__name__) from fault
        _log.debug("inbox row %d: update %s is a %s", row.id, row.update_id, kind)
        # feed_update and not feed_raw_update: that one logs the text of every exception, and with it people's words.
        await self._dispatcher.feed_update(self._bot, update, inbox_id=row.id, kept_at=row.received_at)

    def _private_router(self) -> Router:
        router = Router(name="private chats")
        router.message.register(self._on_message, _is_private)
        router.edited_message.register(self._on_edit, _is_private)
        router.callback_query.register(self._on_choice, _is_choice)
        return router

    def _group_router(self) -> Router:
        router = Router(name="the moderators' group")
        router.message.register(self._on_move, _is_move)
        router.my_chat_member.register(self._on_membership)
        router.message.register(self._on_photo, self._is_photo)
        router.message.register(self._on_answer_file, self._is_answer_file)
        router.message.register(self._on_command, self._is_command)
        router.message.register(self._on_reply, self._is_reply)
        router.callback_query.register(self._on_press, _is_press)
        router.callback_query.register(self._on_list_press, _is_list_press)
        return router

    def _last_router(self) -> Router:
        router = Router(name="whatever is left")
        router.callback_query.register(self._on_stray_press)
        return router

    # -------------------------------------------------------------- young people

    async def _on_message(self, message: Message, inbox_id: int) -> None:
        if (content := self._content(message)) is not None:
            sent_at = self._clock.shifted(message.date)
            await self._receive(
                Inbound(self._address(message.chat.id), str(message.message_id), sent_at, content), inbox_id
            )

    def _content(self, message: Message) -> Content | None:
        """What a message holds in no platform's words; None for the notices that Telegram itself writes."""
        if message.text is not None:
            return Typed(message.text)
        kind = KINDS.get(message.content_type)
        return None if kind is None else Attached(self._voice.text(kind), message.caption or "")

    async def _on_choice(self, query: CallbackQuery, inbox_id: int, kept_at: datetime) -> None:
        assert query.message is not None and query.data is not None  # noqa: PT018
        choice = Chose(query.data.removeprefix(CHOICE))
        # A press carries no time of its own, so the moment when it was kept counts, however long it then waits.
        await self._receive(Inbound(self._address(query.message.chat.id), query.id, kept_at, choice), inbox_id)
        await self._answer(query, "")

    async def _on_edit(self, message: Message, inbox_id: int) -> None:
        await self._say(message.chat.id, Key.TG_EDITED, inbox_id)

    # -------------------------------------------------------------- what befalls the group

    async def _on_move(self, message: Message) -> None:
        """Telegram says it twice, in the group that was and in the one that is; the first to come counts."""
        here = message.chat.id
        old, new = message.migrate_from_chat_id or here, message.migrate_to_chat_id or here
        await self._boards.moved(self._address(old), str(new))

    async def _on_membership(self, update: ChatMemberUpdated) -> None:
        await self._boards.told(self._address(update.chat.id), _why_shut(update))

    # -------------------------------------------------------------- moderators

    async def _is_command(self, message: Message) -> bool:
        if not self._members.group and message.chat.type != ChatType.PRIVATE:
            _log.warning("no group is set; to moderate here set DOITHOAI_TELEGRAM_GROUP=%d", message.chat.id)
        return self._members.is_group(message.chat.id) and await self._command(message) is not None

    async def _command(self, message: Message) -> str | None:
        """The command of ours that a message begins with; /xuat@anotherbot is not ours."""
        found = _COMMAND.match(message.text or "")
        if found is None or found[1].lower() not in COMMANDS:
            return None
        if found[2] and found[2].lower() != await self._username():
            return None
        return found[1].lower()

    async def _username(self) -> str:
        return ((await self._bot.me()).username or "").lower()

    async def _on_command(self, message: Message, inbox_id: int) -> None:
        command = await self._command(message)
        assert command is not None
        refusal = await self._members.refusal(message.from_user, message.sender_chat)
        if refusal is not None:
            wanted, here = f"/{command}", self._address(message.chat.id)
            await self._moderate.refused(_name(message), wanted, refusal, inbox_id, tell=here, thread=_thread(message))
        elif message.from_user is not None:
            await self._staff.command(self._order(command, message, message.from_user), inbox_id)

    async def _is_photo(self, message: Message) -> bool:
        """A photo of a slip: with the command below it, of an album (which may have it), or answered by the command."""
        if not self._members.is_group(message.chat.id) or _pictured(message) is None:
            return False
        return message.media_group_id is not None or await self._photo_words(message) is not None

    async def _photo_words(self, message: Message) -> str | None:
        return await self._words_after(PHOTO, message)

    async def _words_after(self, command: str, message: Message) -> str | None:
        """What follows a command below a picture or a file, or in an answer to one; None where it is not there."""
        words = message.caption or message.text or ""
        found = _COMMAND.match(words)
        if found is None or found[1].lower() != command or (found[2] and found[2].lower() != await self._username()):
            return None
        return words[found.end() :].strip()

    async def _on_photo(self, message: Message, inbox_id: int) -> None:
        """Members' photos of an album without the command are none of ours, and neither are a stranger's."""
        picture, unit, who = _pictured(message), await self._photo_words(message), message.from_user
        assert picture is not None
        refusal = await self._members.refusal(who, message.sender_chat)
        if refusal is not None or who is None:
            if refusal is not None and unit is not None:
                wanted, here = f"/{PHOTO}", self._address(message.chat.id)
                await self._moderate.refused(
                    _name(message), wanted, refusal, inbox_id, tell=here, thread=_thread(message)
                )
            return
        sent = Sent(
            self._address(message.chat.id),
            picture.file_id,
            picture.file_unique_id,
            picture.file_size or 0,
            self._clock.shifted(message.date),
            who.full_name,
            str(who.id),
            asked=unit is not None,
            album=message.media_group_id or "",
            unit=unit or "",
            thread=_thread(message),
        )
        await self._photos.receive(sent, inbox_id)

    async def _is_answer_file(self, message: Message) -> bool:
        """A file with the command below it, or answered by the bare command: with words behind it that asks for
        something else.
        """
        if not self._members.is_group(message.chat.id) or _document(message) is None:
            return False
        words = await self._words_after(ANSWER_FILE, message)
        return words is not None and (message.text is None or not words)

    async def _on_answer_file(self, message: Message, inbox_id: int) -> None:
        document, who, here = _document(message), message.from_user, self._address(message.chat.id)
        assert document is not None
        refusal = await self._members.refusal(who, message.sender_chat)
        if refusal is not None or who is None:
            key, wanted = refusal or Key.REFUSE_NOT_MODERATOR, f"/{ANSWER_FILE}"
            await self._moderate.refused(_name(message), wanted, key, inbox_id, tell=here, thread=_thread(message))
            return
        sent = SentFile(
            programme="",
            name=document.file_name or "",
            address=here,
            thread=_thread(message),
            file_id=document.file_id,
            unique_id=document.file_unique_id,
            by=who.full_name,
            account=str(who.id),
            at=self._clock.shifted(message.date),
        )
        await self._answer_post.receive(sent, document.file_size or 0, inbox_id)

    async def _is_reply(self, message: Message) -> bool:
        """Words in the group that answer a message of ours."""
        answered = _answered(message)
        ours = answered is not None and answered.from_user is not None and answered.from_user.id == self._bot.id
        words = message.text or ""
        # What begins like a command is one that is mistyped or another bot's, and no question to a young person.
        return ours and bool(words) and not words.startswith("/") and self._members.is_group(message.chat.id)

    async def _on_reply(self, message: Message, inbox_id: int) -> None:
        """A stranger's or an anonymous administrator's words change nothing, and nobody is told: they talk here."""
        who = message.from_user
        if who is not None and await self._members.refusal(who, message.sender_chat) is None:
            await self._staff.reply(self._order("", message, who), inbox_id)

    def _order(self, command: str, message: Message, by: User) -> Order:
        text = message.text or ""
        found = _COMMAND.match(text)
        answered = _answered(message)
        return Order(
            command,
            text[found.end() :] if found else text,
            self._address(message.chat.id),
            by.full_name,
            str(by.id),
            str(answered.message_id) if answered else "",
            _thread(message),
        )

    async def _on_press(self, query: CallbackQuery, inbox_id: int) -> None:
        parsed = parse_press(query.data or "")
        if query.message is None or not self._members.is_group(query.message.chat.id):
            await self._refuse_press(query, await self._not_here(query), inbox_id)
        elif (refusal := await self._members.refusal(query.from_user)) is not None:
            await self._refuse_press(query, refusal, inbox_id)
        elif parsed is None:
            await self._refuse_press(query, Key.REFUSE_STALE_BUTTON, inbox_id)
        else:
            nonce, action, version = parsed
            address, message_id = self._address(query.message.chat.id), str(query.message.message_id)
            by = query.from_user
            press = Press(nonce, address, message_id, action, version, by.full_name, str(by.id))
            toast = await self._moderate.press(press, inbox_id)
            await self._answer(query, toast.text, alert=toast.refused)

    async def _on_list_press(self, query: CallbackQuery, inbox_id: int) -> None:
        parsed = parse_list_press(query.data or "")
        if query.message is None or not self._members.is_group(query.message.chat.id):
            await self._refuse_press(query, await self._not_here(query), inbox_id)
        elif (refusal := await self._members.refusal(query.from_user)) is not None:
            await self._refuse_press(query, refusal, inbox_id)
        elif parsed is None:
            await self._refuse_press(query, Key.REFUSE_STALE_BUTTON, inbox_id)
        else:
            address, message_id = self._address(query.message.chat.id), str(query.message.message_id)
            nonce, action = parsed
            by = query.from_user
            press = ListPress(nonce, address, message_id, action, by.full_name, str(by.id))
            toast = await self._lists.press(press, inbox_id)
            await self._answer(query, toast.text, alert=toast.refused)

    async def _on_stray_press(self, query: CallbackQuery, inbox_id: int) -> None:
        if query.message is not None and self._members.is_group(query.message.chat.id):
            await self._refuse_press(query, Key.REFUSE_STALE_BUTTON, inbox_id)
        else:
            await self._refuse(query, Key.REFUSE_STALE_BUTTON)

    async def _not_here(self, query: CallbackQuery) -> Key:
        """Why a moderators' button counts for nothing in this chat."""
        chat = query.message.chat.id if query.message else 0
        return Key.TG_GROUP_MOVED if await self._boards.was_here(self._address(chat)) else Key.REFUSE_NOT_MODERATOR

    # -------------------------------------------------------------- answers

    async def _refuse_press(self, query: CallbackQuery, key: Key, inbox_id: int) -> None:
        """A button of the moderators' that somebody may not press goes on record."""
        nonce, action, _ = parse_press(query.data or "") or ("", "", 0)
        await self._moderate.refused(query.from_user.full_name, action, key, inbox_id, nonce=nonce)
        await self._refuse(query, key)

    async def _refuse(self, query: CallbackQuery, key: Key) -> None:
        await self._answer(query, self._voice.marked(self._voice.text(key)), alert=True)

    async def _answer(self, query: CallbackQuery, text: str, *, alert: bool = False) -> None:
        """Stop the button's clock. What was asked is done by now, so a failure here must not bring the update back."""
        try:
            await self._bot.answer_callback_query(
                query.id, text=cut(text, _TOAST) or None, show_alert=alert, request_timeout=_ANSWER_SECONDS
            )
        except AiogramError as fault:
            _log.info("a button press went unanswered: %s", type(fault).__name__)

    async def _say(self, chat: int, key: Key, inbox_id: int) -> None:
        """A sentence of this room's own, with the update's end in the same commit: said once."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if not await tx.inbox.is_done(inbox_id):
                await tx.outbox.say(self._address(chat), self._voice.words(Say(key)), now, ephemeral=True)
                await tx.inbox.done(inbox_id, now)

    async def _apologise(self, raw: dict[str, Any]) -> None:
        """Tell a private chat that its message could not be read."""
        chat = raw_chat(raw)
        if chat is None or chat.get("type") != ChatType.PRIVATE:
            return
        async with self._store.transaction() as tx:
            words = self._voice.words(Say(Key.UNREADABLE))
            await tx.outbox.say(self._address(chat["id"]), words, self._clock.now(), ephemeral=True)

    def _address(self, chat: int) -> Address:
        return Address(ChannelName.TELEGRAM, str(self._bot.id), str(chat))


def _name(message: Message) -> str:
    """Who wrote: an anonymous administrator or a channel has only the name of the chat."""
    if message.sender_chat is not None:
        return message.sender_chat.title or ""
    return message.from_user.full_name if message.from_user else ""


def _pictured(message: Message) -> PhotoSize | Document | None:
    """The photo (in its largest size) or the picture sent as a file, in a message or in the one that it answers."""
    holder = message if message.text is None else _answered(message)
    if holder is None:
        return None
    if holder.photo:
        return holder.photo[-1]
    document = holder.document
    return document if document is not None and (document.mime_type or "").startswith("image/") else None


def _document(message: Message) -> Document | None:
    """The file in a message, or in the one that it answers."""
    holder = message if message.text is None else _answered(message)
    return holder.document if holder else None


def _thread(message: Message) -> str:
    """The thread in which somebody wrote, "" for the group at large (where an answer carries a thread's id too)."""
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""


def _answered(message: Message) -> Message | None:
    """The message that somebody answers. What is merely said in a thread answers the notice that it was made."""
    answered = message.reply_to_message
    return None if answered is not None and answered.forum_topic_created is not None else answered


def _why_shut(update: ChatMemberUpdated) -> Shut | None:
    """What the bot's own membership says about writing."""
    now = update.new_chat_member
    if isinstance(now, ChatMemberRestricted) and now.is_member:
        return None if now.can_send_messages else Shut.SILENT
    return None if now.status in INSIDE else Shut.REMOVED


async def _is_move(message: Message) -> bool:
    return bool(message.migrate_to_chat_id or message.migrate_from_chat_id)


async def _is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


async def _is_choice(query: CallbackQuery) -> bool:
    """A young person's button: ours, and in a private chat."""
    in_private = query.message is not None and query.message.chat.type == ChatType.PRIVATE
    return in_private and (query.data or "").startswith(CHOICE)


async def _is_list_press(query: CallbackQuery) -> bool:
    return (query.data or "").startswith(LIST)


async def _is_press(query: CallbackQuery) -> bool:
    return (query.data or "").startswith(MODERATOR)
