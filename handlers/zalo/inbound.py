"""Kept events to use cases. The edge translates and leaves: no rule lives here."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, Attached, ChannelName, Content, Inbound, Say, Typed
from bot.domain.text import clean, fold
from bot.ports import Clock, InboxRow, Store
from bot.texts.keys import Key
from bot.usecases.staff import COMMANDS, Order
from bot.usecases.voice import Voice
from bot.usecases.work import Undecodable
from handlers.zalo.events import Json, chat_of, message_of

UNSUPPORTED = "message.unsupported.received"
"""Two things in one: a kind that Zalo does not pass on, or a person (a child, for one) whose words it withholds."""

KINDS = {
    "message.image.received": Key.TG_KIND_PHOTO,
    "message.sticker.received": Key.TG_KIND_STICKER,
    "message.voice.received": Key.TG_KIND_VOICE,
}
"""What people send beside words, by Zalo's name of it; any other is "this kind of message"."""

_GROUP = "GROUP"
_LONGEST_COMMAND = 3  # words: “không cho”, “xem lần lượt”
_LONGEST_NAME = 6  # words of a mention
_OWN_NAME = "doi thoai"


class Receiving(Protocol):
    """usecases.receive.Receive, as this room uses it."""

    def __call__(self, inbound: Inbound, inbox_id: int | None = None) -> Awaitable[None]: ...


class Serving(Protocol):
    """usecases.staff.Staff, as this room uses it."""

    def command(self, order: Order, inbox_id: int | None = None) -> Awaitable[None]: ...


class ZaloEdge:
    """bot.ports.Edge. Raises Undecodable for what is no event of Zalo's."""

    def __init__(
        self,
        bot_id: str,
        group: str,
        clock: Clock,
        voice: Voice,
        store: Store,
        receive: Receiving,
        staff: Serving,
        web_url: str,
        name: str = "",
    ) -> None:
        """`group`: the moderators' chat, "" for none. `web_url`: the web page for those whom Zalo keeps from us, or "".
        `name`: how the bot is called on Zalo, "" where nobody said.

        Whoever is in the group may moderate with the role of the group: the platform does not tell a bot who is in it,
        and passes on only what mentions the bot.
        """
        self._bot_id = bot_id
        self._group = group
        self._clock = clock
        self._voice = voice
        self._store = store
        self._receive = receive
        self._staff = staff
        self._web_url = web_url
        self._name = name

    async def handle(self, row: InboxRow) -> None:
        event = _decoded(row.raw)
        message = message_of(event)
        sender, chat = _part(message, "from"), chat_of(message)
        if not chat:
            raise Undecodable
        if sender.get("is_bot") is True:
            return
        if _part(message, "chat").get("chat_type") == _GROUP:
            await self._in_group(message, sender, row.id)
        elif event.get("event_name") == UNSUPPORTED:
            await self._say(chat, self._elsewhere(), row.id)
        else:
            inbound = Inbound(self._address(chat), row.update_id, self._sent_at(message), self._content(event, message))
            await self._receive(inbound, row.id)

    # -------------------------------------------------------------- young people

    def _content(self, event: Json, message: Json) -> Content:
        text, caption = message.get("text"), message.get("caption")
        if isinstance(text, str) and text:
            return Typed(text)
        kind = KINDS.get(str(event.get("event_name")), Key.TG_KIND_OTHER)
        return Attached(self._voice.text(kind), caption if isinstance(caption, str) else "")

    def _sent_at(self, message: Json) -> datetime:
        """The platform's clock, in milliseconds. Raises Undecodable where it does not say."""
        date = message.get("date")
        if type(date) is not int:
            raise Undecodable
        try:
            return self._clock.shifted(datetime.fromtimestamp(date / 1000, UTC).astimezone(VIETNAM))
        except (OverflowError, OSError, ValueError) as fault:
            raise Undecodable from fault

    def _elsewhere(self) -> Say:
        if self._web_url:
            return Say(Key.ZALO_UNSUPPORTED, {"url": self._web_url})
        return Say(Key.ZALO_UNSUPPORTED_HERE)

    # -------------------------------------------------------------- moderators

    async def _in_group(self, message: Json, sender: Json, inbox_id: int) -> None:
        chat, text = chat_of(message), message.get("text")
        if chat != self._group:
            await self._say(chat, Say(Key.ZALO_OTHER_GROUP, {"chat": chat}), inbox_id)
            return
        found = command_in(text, self._name) if isinstance(text, str) else None
        if found is None:
            await self._say(chat, Say(Key.ZALO_NO_COMMAND), inbox_id)
            return
        name = sender.get("display_name")
        order = Order(
            found[0],
            found[1],
            self._address(chat),
            name if isinstance(name, str) and name else self._voice.text(Key.ZALO_NAMELESS),
            f"zalo:{sender.get('id')}",
        )
        await self._staff.command(order, inbox_id)

    async def _say(self, chat: str, say: Say, inbox_id: int) -> None:
        """A sentence of this room's own, with the event's end in the same commit: said once."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if not await tx.inbox.is_done(inbox_id):
                await tx.outbox.say(self._address(chat), self._voice.words(say), now, ephemeral=True)
                await tx.inbox.done(inbox_id, now)

    def _address(self, chat: str) -> Address:
        return Address(ChannelName.ZALO, self._bot_id, chat)


def command_in(text: str, name: str = "") -> tuple[str, str] | None:
    """“@Bot Đối thoại không duyệt HY24-0042-G trùng” as ("khongduyet", "HY24-0042-G trùng"); None where none is in it.

    Accents, blanks and a slash do not matter; before the command only a mention may stand. `name` is how the bot is
    called on Zalo; where that is not known, any few words behind an @ are taken for a name.
    """
    words = text.split()
    for begin in _beginnings(words, name):
        for length in range(_LONGEST_COMMAND, 0, -1):
            command = fold("".join(words[begin : begin + length])).removeprefix("/")
            if command in COMMANDS and begin + length <= len(words):
                return command, _rest(text, begin + length)
    return None


def _beginnings(words: Sequence[str], name: str) -> Iterable[int]:
    """At which words a command may begin."""
    if not words or not words[0].startswith("@"):
        return range(1)
    called = fold(f"@{name}").split()
    if name and fold(" ".join(words)).split()[: len(called)] == called:
        return [len(called)]
    # A bot of ours is likely to be called “… Đối thoại …”, and “đổi” is a command.
    own = fold(" ".join(words[1:3])) == _OWN_NAME
    return range(3 if own else 0, _LONGEST_NAME + 1)


def _rest(text: str, words: int) -> str:
    """What follows the first words, its lines kept: parts of a question are typed line by line."""
    parts = text.split(None, words)
    return parts[words] if len(parts) > words else ""


def _decoded(raw: str) -> Json:
    try:
        event: Any = json.loads(raw)
    except ValueError as fault:
        raise Undecodable from fault
    if not isinstance(event, dict) or not clean(str(event.get("event_name") or "")):
        raise Undecodable
    return event


def _part(message: Json, name: str) -> Json:
    part = message.get(name)
    return part if isinstance(part, dict) else {}
