"""A Bot API server of our own on 127.0.0.1, with people who type and press, and faults on demand.

It follows the public description of the Bot API and the acknowledge rules of the public server's source; agreement with
it shows agreement with that reading, nothing more. See README.md beside this file.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web
from aiohttp.web_request import FileField

from bot.usecases.tasks import start
from tests.canary import WATCH, words_of
from tests.doubles import telegram_shapes as shapes
from tests.doubles.telegram_hook import KEPT_SECONDS, Holds, Hook, KillPoint, Knock, Pending
from tests.doubles.telegram_html import BadHtml, parse_html, utf16

Json = dict[str, Any]

TOKEN = "4242:AAdouble-token_for-tests-0123456789"
ANONYMOUS_ADMIN = 1087968824
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_IN = ("creator", "administrator", "member", "restricted")


class ApiError(Exception):
    """What the server answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    is_bot: bool = False


@dataclass
class Thread:
    """A forum topic. Telegram's id of it is the id of the notice that it was made."""

    id: int
    name: str
    colour: int
    closed: bool = False


@dataclass(eq=False)
class Group:
    """`threads` of a forum are as people see them; `may_manage` is the bot's right to manage topics."""

    id: int
    title: str
    members: dict[int, str]
    forum: bool = False
    may_manage: bool = True
    closed: bool = False  # the General topic
    threads: dict[int, Thread] = field(default_factory=dict)

    def thread(self, name: str) -> Thread:
        """The topic of this name; LookupError where there is not exactly one."""
        found = [thread for thread in self.threads.values() if thread.name == name]
        if len(found) != 1:
            raise LookupError(
                f"{len(found)} topics are named {name!r}, all: {[one.name for one in self.threads.values()]}"
            )
        return found[0]


@dataclass(frozen=True)
class Shown:
    """A message as people see it now. `buttons` are rows of (label, callback data); `thread` is None in General."""

    chat: int
    id: int
    text: str
    entities: tuple[Json, ...] = ()
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    edited: bool = False
    thread: int | None = None

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label, _ in row]

    def marked(self, kind: str) -> list[str]:
        """The stretches of text that carry an entity of this kind."""
        units = self.text.encode("utf-16-le", "surrogatepass")
        return [
            units[2 * mark["offset"] : 2 * (mark["offset"] + mark["length"])].decode("utf-16-le", "replace")
            for mark in self.entities
            if mark["type"] == kind
        ]


@dataclass(frozen=True)
class Document:
    chat: int
    message_id: int
    name: str
    content: bytes
    caption: str


@dataclass(frozen=True)
class Toast:
    """An answer to a button press."""

    person: int
    text: str
    alert: bool


@dataclass(frozen=True)
class Call:
    method: str
    params: Json


@dataclass
class _Fault:
    status: int
    description: str
    parameters: dict[str, int]
    html: bool
    disconnect: str
    times: int
    chat: int | None


_STANDARD = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    413: "Request Entity Too Large",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class TelegramDouble:
    """The server, the people and the groups. `async with TelegramDouble() as double:`; its address is `double.base`."""

    def __init__(self, now: Callable[[], datetime] | None = None, token: str = TOKEN) -> None:
        """`now` gives the server's (aware) time; messages carry it in whole seconds."""
        self.token = token
        self.me = shapes.bot_user(int(token.partition(":")[0]), "Bot Đối thoại", "doi_thoai_bot")
        self.calls: list[Call] = []
        self.refused: list[tuple[str, int]] = []
        self.toasts: list[Toast] = []
        self.commands: dict[str, dict[str, str]] = {}
        self.dropped_pending = False
        self.unlimited = True
        self._now = now or (lambda: datetime.now(UTC))
        self._people: dict[int, Person] = {}
        self._groups: dict[int, Group] = {}
        self._moved: dict[int, int] = {}
        self._blocked: dict[int, ApiError] = {}
        self._messages: dict[int, dict[int, Json]] = defaultdict(dict)
        self._last_message: dict[int, int] = defaultdict(int)
        self._documents: list[Document] = []
        self._files: dict[str, bytes] = {}
        self._queue: deque[Pending] = deque()
        self._acknowledged: list[Pending] = []
        self.hook = Hook(lambda: self._now().timestamp())
        self._holds = Holds()
        self._kill_points: dict[str, list[KillPoint]] = defaultdict(list)
        self._courier: asyncio.Task[None] | None = None
        self._again: list[Json] = []
        self._next_update = 700_000_001
        self._allowed: list[str] | None = None
        self._presses: dict[str, int] = {}
        self._faults: dict[str, deque[_Fault]] = defaultdict(deque)
        self._sent_at: dict[int, deque[float]] = defaultdict(deque)
        self._poll = 0
        self._waiting = 0
        self._closing = False
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.base = ""

    # ------------------------------------------------------------------ running

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1; returns the base address."""
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._courier = start(self._bring_updates(), "the double's courier")
        return self.base

    async def stop(self) -> None:
        self._closing = True
        await self._tell()
        if self._courier is not None:
            self._courier.cancel()
            await asyncio.gather(self._courier, return_exceptions=True)
        await self.hook.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Any]:
        """aiogram's real client, pointed here and closed at once (its own `close` waits for TLS that is not there)."""
        from aiogram import Bot
        from aiogram.client.session.aiohttp import AiohttpSession
        from aiogram.client.telegram import TelegramAPIServer

        session = AiohttpSession(api=TelegramAPIServer.from_base(self.base))
        try:
            yield Bot(self.token, session=session)
        finally:
            if session._session is not None:
                await session._session.close()

    async def wait_until(self, condition: Callable[[TelegramDouble], object], timeout: float = 5) -> None:
        """Come back as soon as `condition(self)` is true. AssertionError with the calls so far after `timeout` seconds."""
        async with self._changed:
            try:
                async with asyncio.timeout(timeout):
                    await self._changed.wait_for(lambda: condition(self))
            except TimeoutError:
                seen = [call.method for call in self.calls[-20:]]
                raise AssertionError(f"waited {timeout} s in vain; the last calls were {seen}") from None

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # ------------------------------------------------------------------ people and groups

    def user(self, id_: int, name: str = "An", *, is_bot: bool = False) -> Person:
        """Somebody who has opened the bot."""
        self._people[id_] = Person(id_, name, is_bot)
        return self._people[id_]

    def group(self, title: str, members: dict[Person, str] | list[Person] | None = None, id_: int = -1001000) -> Group:
        """A supergroup with the bot in it. `members` maps to a status; a list is of plain members."""
        statuses = members if isinstance(members, dict) else dict.fromkeys(members or [], "member")
        self._groups[id_] = Group(id_, title, {person.id: status for person, status in statuses.items()})
        return self._groups[id_]

    def set_status(self, group: Group, person: Person, status: str) -> None:
        """creator, administrator, member, restricted, left or kicked."""
        group.members[person.id] = status

    def migrate(self, group: Group, new_id: int) -> Group:
        """The group becomes a supergroup with another id; whoever uses the old one is told so."""
        self._moved[group.id] = new_id
        del self._groups[group.id]
        self._groups[new_id] = replace(group, id=new_id, threads={})
        return self._groups[new_id]

    async def upgrade(self, group: Group, new_id: int) -> Group:
        """The same with the two notices that Telegram writes, in the group that was and in the one that is."""
        new = self.migrate(group, new_id)
        system = Person(ANONYMOUS_ADMIN, "Group", is_bot=True)
        await self._receive(system, group, {"migrate_to_chat_id": new_id}, None)
        await self._receive(system, new, {"migrate_from_chat_id": group.id}, None)
        return new

    async def bot_becomes(self, group: Group, status: str, *, by: Person, **rights: bool) -> None:
        """Somebody changes what the bot is in a group; the update about it goes to the bot."""
        member = shapes.member(self.me, status) | rights
        change = {"date": self._seconds(), "chat": self._chat(group.id), "from": self._user(by)}
        old = shapes.member(self.me, "member")
        await self._enqueue({"my_chat_member": {**change, "old_chat_member": old, "new_chat_member": member}})

    def make_forum(self, group: Group, *, may_manage: bool = True) -> None:
        """Somebody turns the group's topics on; `may_manage`: the bot is an administrator with that right."""
        group.forum, group.may_manage = True, may_manage

    def delete_thread(self, group: Group, name: str) -> None:
        """Somebody deletes a topic, and every message in it."""
        gone = group.threads.pop(group.thread(name).id).id
        there = self._messages[group.id]
        self._messages[group.id] = {id_: one for id_, one in there.items() if one.get("message_thread_id") != gone}

    def block(
        self, chat: Person | Group, description: str = "Forbidden: bot was blocked by the user", code: int = 403
    ) -> None:
        """The bot may not write here any more."""
        self._blocked[chat.id] = ApiError(code, description)

    def unblock(self, chat: Person | Group) -> None:
        del self._blocked[chat.id]

    async def user_types(
        self,
        person: Person,
        text: str,
        chat: Group | None = None,
        *,
        at: datetime | None = None,
        anonymous: bool = False,
        thread: str = "",
        **extra: Any,
    ) -> Shown:
        """A text message, private or in a group. `anonymous` sends it as the group itself, `thread` names a topic of it;
        `extra` adds fields.
        """
        if thread and chat is not None:
            extra = self._in_thread(chat, chat.thread(thread).id) | extra
        if text.startswith("/"):
            length = utf16(text.split(maxsplit=1)[0])
            extra.setdefault("entities", [{"type": "bot_command", "offset": 0, "length": length}])
        if anonymous and chat is not None:
            person = Person(ANONYMOUS_ADMIN, "Group", is_bot=True)
            extra["sender_chat"] = self._chat(chat.id)
        return await self._receive(person, chat, {"text": text, **extra}, at)

    async def user_sends(self, person: Person, kind: str, chat: Group | None = None, **extra: Any) -> Shown:
        """A message of another kind (see telegram_shapes.SAMPLES and SERVICE), e.g. `caption=...` beside a photo."""
        return await self._receive(person, chat, {**(shapes.SAMPLES | shapes.SERVICE)[kind], **extra}, None)

    async def user_sends_sticker(self, person: Person) -> Shown:
        return await self.user_sends(person, "sticker")

    async def user_edits(self, message: Shown, text: str) -> None:
        stored = self._messages[message.chat][message.id]
        stored |= {"text": text, "edit_date": self._seconds()}
        await self._enqueue({"edited_message": dict(stored)})

    async def press(
        self,
        person: Person,
        message: Shown,
        button: str,
        *,
        forged: bool = False,
        inaccessible: bool = False,
        chat: Group | None = None,
    ) -> str:
        """Press a button by label or data; returns the query's id. LookupError where the message has no such button.

        `forged` sends `button` as data whatever the message shows (a stale button, a made-up client); `chat` says from
        which chat it claims to come; `inaccessible` leaves only the message's id.
        """
        data = button if forged else self._data(message, button)
        where = self._chat(chat.id if chat else message.chat)
        stored = self._messages[message.chat].get(message.id, {"message_id": message.id, "date": 0})
        shown = {"message_id": message.id, "date": 0} if inaccessible else dict(stored)
        query = str(8_000_000_000 + len(self._presses))
        self._presses[query] = person.id
        await self._enqueue(
            {
                "callback_query": {
                    "id": query,
                    "from": self._user(person),
                    "chat_instance": str(-abs(int(where["id"])) * 31),
                    "message": {**shown, "chat": where},
                    "data": data,
                }
            }
        )
        return query

    async def raw_update(self, update: Json, update_id: int | None = None) -> int:
        """Queue any update as it is, malformed ones too; returns its update_id."""
        return await self._enqueue(update, update_id)

    async def delete_message(self, message: Shown) -> None:
        """Somebody deletes a message; editing it afterwards fails."""
        self._messages[message.chat].pop(message.id, None)
        await self._tell()

    # ------------------------------------------------------------------ what people see

    def messages(self, chat: Person | Group | int) -> list[Shown]:
        """The bot's messages in a chat as they look now, oldest first."""
        found = self._messages[chat if isinstance(chat, int) else chat.id].values()
        mine = [message for message in found if message["from"]["id"] == self.me["id"]]
        return [_shown(message) for message in mine if "forum_topic_created" not in message]

    def last(self, chat: Person | Group | int) -> Shown:
        """The bot's newest message in a chat."""
        return self.messages(chat)[-1]

    def documents(self, chat: Person | Group | int) -> list[Document]:
        id_ = chat if isinstance(chat, int) else chat.id
        return [document for document in self._documents if document.chat == id_]

    def called(self, method: str) -> list[Json]:
        """The parameters of every call of a method, oldest first."""
        return [call.params for call in self.calls if call.method == method]

    @property
    def pending(self) -> int:
        """How many updates are not acknowledged yet."""
        return len(self._queue)

    @property
    def webhook(self) -> str:
        """Where updates are brought; "" where they are fetched."""
        return self.hook.url

    @property
    def polling(self) -> bool:
        """Whether a long poll is waiting at this moment."""
        return self._waiting > 0

    # ------------------------------------------------------------------ faults

    def fail_next(
        self,
        method: str,
        status: int = 500,
        *,
        retry_after: int = 0,
        migrate_to_chat_id: int = 0,
        description: str = "",
        html: bool = False,
        disconnect: str = "",
        times: int = 1,
        chat: Person | Group | None = None,
    ) -> None:
        """The next `times` calls of a method (to `chat`, if given) fail.

        `html` answers a page instead of JSON. `disconnect` "before" cuts the line without doing anything, "after" does
        what was asked and then cuts it.
        """
        named = {"retry_after": retry_after, "migrate_to_chat_id": migrate_to_chat_id}
        parameters = {name: value for name, value in named.items() if value}
        text = description or _STANDARD.get(status, "Error").format(retry_after=retry_after)
        where = chat.id if chat else None
        self._faults[method].append(_Fault(status, text, parameters, html, disconnect, times, where))

    def enforce_limits(self) -> None:
        """Answer 429 past 20 messages a minute in a group and 30 a second over all, by the double's own clock."""
        self.unlimited = False

    async def redeliver(self) -> None:
        """Send every acknowledged update once more, whatever offset the poller names."""
        if self.webhook:
            now = self._now().timestamp()
            for one in self._acknowledged:
                self._queue.append(Pending(one.update, now, one.chat, again=True))
                self.hook.again(self._queue[-1])
        else:
            self._again += [pending.update for pending in self._acknowledged]
        await self._tell()

    async def steal_poll(self) -> None:
        """Another process polls: the poll that waits now is ended with 409."""
        self._poll += 1
        await self._tell()

    async def set_webhook(self, url: str) -> None:
        """Somebody else sets one."""
        self.hook.url = url
        self._poll += 1
        await self._tell()

    def on(self, method: str, act: Callable[[], object], *, nth: int = 1, after: bool = False) -> None:
        """A kill point: `act` is called at the n-th call of a method from now, before it is done, or `after` it was
        done and before its answer leaves. "webhook" is an update that is brought.
        """
        self._kill_points[method].append(KillPoint(act, nth, after))

    def forget_kill_points(self) -> None:
        """None of those that were not reached is reached any more."""
        self._kill_points.clear()

    @asynccontextmanager
    async def slow(self, method: str) -> AsyncIterator[None]:
        """As long as this is open, the method answers nobody; `waits(method)` says how many are waiting."""
        async with self._holds.of(method):
            yield

    def waits(self, method: str) -> int:
        return self._holds.waiting.get(method, 0)

    async def reorder(self) -> None:
        """From now on a webhook gets what different chats sent in any order."""
        self.hook.in_order = False
        await self._tell()

    async def hurry(self) -> None:
        """The pauses between two tries at the webhook are over; also after the clock of the double was moved."""
        self.hook.hurry()
        await self._tell()

    async def knock(
        self, update: Json | None = None, *, secret: str | bytes | None = None, body: bytes | None = None
    ) -> int:
        """Post something to the webhook past every queue; the status of its answer. Without `secret`: as a stranger."""
        status, _ = await self.hook.knock(update, secret, body)
        return status

    @property
    def knocks(self) -> list[Knock]:
        """Everything that the webhook answered."""
        return self.hook.knocks

    def jump_ids(self, to: int) -> None:
        """The next update gets this id: the server chooses anew after a week of silence."""
        self._next_update = to

    # ------------------------------------------------------------------ updates

    async def _receive(self, person: Person, chat: Group | None, content: Json, at: datetime | None) -> Shown:
        where = chat.id if chat else person.id
        message = self._store(where, self._user(person), content, at)
        await self._enqueue({"message": dict(message)})
        return _shown(message)

    def _store(self, chat: int, sender: Json, content: Json, at: datetime | None = None) -> Json:
        self._last_message[chat] += 1
        date = int(at.timestamp()) if at else self._seconds()
        head = {"message_id": self._last_message[chat], "date": date, "chat": self._chat(chat), "from": sender}
        self._messages[chat][head["message_id"]] = head | content
        return self._messages[chat][head["message_id"]]

    async def _enqueue(self, update: Json, update_id: int | None = None) -> int:
        id_ = self._next_update if update_id is None else update_id
        self._next_update = id_ + 1
        kind = next(iter(update), "")
        for words in words_of(update):
            WATCH.write(words)
        wanted = kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT
        if wanted:
            self._queue.append(_pending({"update_id": id_, **update}, self._now().timestamp()))
            self.hook.put(self._queue[-1])
        await self._tell()
        return id_

    def _acknowledge(self, offset: int) -> None:
        """Forget what the offset confirms; one far beyond the next id is taken for a mistake and confirms nothing."""
        if offset < 0:
            offset = self._queue[offset].update["update_id"] if -offset <= len(self._queue) else 0
        if offset > self._next_update + 10:
            return
        while self._queue and self._queue[0].update["update_id"] < offset:
            self._acknowledged.append(self._queue.popleft())
            self.hook.forget(self._acknowledged[-1])
        self._expire()

    def _expire(self) -> None:
        """What is older than a day is lost, whoever waits for it."""
        while self._stale():
            self.hook.forget(self._queue.popleft())

    def _stale(self) -> bool:
        return bool(self._queue) and self._queue[0].born + KEPT_SECONDS <= self._now().timestamp()

    async def _get_updates(self, params: Json) -> list[Json]:
        if self.webhook:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
            )
        if "allowed_updates" in params:
            self._allowed = params["allowed_updates"]
        self._acknowledge(int(params.get("offset", 0)))
        self._poll += 1
        mine = self._poll
        await self._tell()
        await self._long_poll(mine, min(int(params.get("timeout", 0)), 50))
        if mine != self._poll:
            raise ApiError(409, _STANDARD[409])
        limit = int(params.get("limit", 100))
        again, self._again = self._again, []
        batch = again + [pending.update for pending in self._queue]
        return batch[: limit if 1 <= limit <= 100 else 100]

    async def _long_poll(self, mine: int, seconds: int) -> None:
        def over() -> bool:
            return bool(self._closing or mine != self._poll or self._queue or self._again)

        self._waiting += 1
        try:
            async with self._changed:
                self._changed.notify_all()
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(over)
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1

    # ------------------------------------------------------------------ bringing updates

    async def _bring_updates(self) -> None:
        while not self._closing:
            self._expire()
            for one in self.hook.take():
                start(self._bring(one), "the double brings an update")
            async with self._changed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_soon(self.hook.next_due())):
                        await self._changed.wait_for(lambda: self._closing or self.hook.is_due() or self._stale())

    async def _bring(self, one: Pending) -> None:
        self._reach_kill_point("webhook", after=False)
        taken = await self.hook.bring(one)
        self._reach_kill_point("webhook", after=True)
        if taken and not one.over:
            self._queue.remove(one)
            self.hook.forget(one)
            if not one.again:
                self._acknowledged.append(one)
        await self._tell()

    # ------------------------------------------------------------------ serving

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = await _params(request)
        fault = self._fault(method, params)
        if request.match_info["token"] != self.token:
            return _refused(ApiError(401, _STANDARD[401]))
        self.calls.append(Call(method, params))
        self._reach_kill_point(method, after=False)
        if method in self._holds.shut:
            await self._tell()
            await self._holds.wait(method)
        if fault is not None and fault.disconnect != "after":
            await self._tell()
            return _broken(request, fault)
        try:
            result = await self._method(method)(params)
        except ApiError as error:
            self.refused.append((method, error.code))
            await self._tell()
            return _refused(error)
        self._reach_kill_point(method, after=True)
        await self._tell()
        if fault is not None:
            return _broken(request, fault)
        return web.json_response({"ok": True, "result": result})

    def _reach_kill_point(self, method: str, *, after: bool) -> None:
        for point in [point for point in self._kill_points[method] if point.after is after]:
            point.calls_left -= 1
            if not point.calls_left:
                self._kill_points[method].remove(point)
                point.act()

    def _fault(self, method: str, params: Json) -> _Fault | None:
        for fault in self._faults[method]:
            if fault.chat is None or str(fault.chat) == str(params.get("chat_id")):
                fault.times -= 1
                if not fault.times:
                    self._faults[method].remove(fault)
                return fault
        return None

    def _method(self, name: str) -> Callable[[Json], Awaitable[Any]]:
        methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_markup,
            "answerCallbackQuery": self._answer_callback,
            "sendDocument": self._send_document,
            "setMyCommands": self._set_commands,
            "getFile": self._get_file,
            "getChat": self._get_chat,
            "getChatMember": self._get_member,
            "sendChatAction": self._send_action,
            "deleteMessage": self._delete_message,
            "createForumTopic": self._create_thread,
            "editForumTopic": self._edit_thread,
            "reopenForumTopic": self._reopen_thread,
        }
        if name not in methods:
            raise ApiError(404, "Not Found: method not found")
        return methods[name]

    def holds(self, file_id: str, content: bytes) -> None:
        """Somebody sent a file with this content."""
        self._files[file_id] = content

    async def _get_file(self, params: Json) -> Json:
        content = self._files.get(params["file_id"])
        if content is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        described = {"file_id": params["file_id"], "file_unique_id": f"u-{params['file_id']}"}
        return {**described, "file_size": len(content), "file_path": f"photos/{params['file_id']}.jpg"}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file by the path that getFile named."""
        name = request.match_info["path"].removeprefix("photos/").removesuffix(".jpg")
        if request.match_info["token"] != self.token or name not in self._files:
            raise web.HTTPNotFound
        return web.Response(body=self._files[name])

    async def _get_me(self, _: Json) -> Json:
        return self.me

    async def _set_webhook(self, params: Json) -> bool:
        url, secret = str(params["url"]), str(params.get("secret_token", ""))
        if not url.startswith(("http://", "https://")):
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not _SECRET.fullmatch(secret):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        self.hook.url, self.hook.secret = url, secret
        self.hook.connections = int(params.get("max_connections", 40))
        if "allowed_updates" in params:
            self._allowed = params["allowed_updates"]
        self._poll += 1
        return True

    async def _get_webhook_info(self, _: Json) -> Json:
        trouble = {"last_error_date": self.hook.troubled_at, "last_error_message": self.hook.trouble}
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
            **(trouble if self.hook.trouble else {}),
        }

    async def _delete_webhook(self, params: Json) -> bool:
        self.hook.url = ""
        if params.get("drop_pending_updates"):
            self.dropped_pending = True
            for one in self._queue:
                self.hook.forget(one)
            self._queue.clear()
        return True

    async def _send_message(self, params: Json) -> Json:
        chat = self._reach(params)
        where = self._where(chat, params)
        text, entities = _text(params)
        return self._keep(chat, {"text": text, "entities": entities, **_markup(params), **where})

    async def _send_document(self, params: Json) -> Json:
        chat = self._reach(params)
        where = self._where(chat, params)
        upload = params.get(str(params.get("document", "")).removeprefix("attach://"), params.get("document"))
        if not isinstance(upload, FileField):
            raise ApiError(400, "Bad Request: there is no document in the request")
        caption, entities = _text(params, "caption", 1024) if params.get("caption") else ("", [])
        content = upload.file.read()
        if not content:
            raise ApiError(400, "Bad Request: file must be non-empty")
        described = {
            "file_id": "BQdoc",
            "file_unique_id": "BQ",
            "file_name": upload.filename,
            "file_size": len(content),
        }
        message = self._keep(
            chat, {"document": described, "caption": caption, "caption_entities": entities, **_markup(params), **where}
        )
        self._documents.append(Document(chat, message["message_id"], upload.filename, content, caption))
        return message

    def _keep(self, chat: int, content: Json) -> Json:
        return self._store(chat, {key: self.me[key] for key in ("id", "is_bot", "first_name", "username")}, content)

    async def _edit_text(self, params: Json) -> Json:
        message = self._editable(params)
        text, entities = _text(params)
        return self._change(message, {"text": text, "entities": entities, **_markup(params)})

    async def _edit_markup(self, params: Json) -> Json:
        message = self._editable(params)
        return self._change(
            message, {"text": message.get("text"), "entities": message.get("entities", []), **_markup(params)}
        )

    def _editable(self, params: Json) -> Json:
        chat = self._reach(params)
        message = self._messages[chat].get(int(params["message_id"]))
        if message is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != self.me["id"]:
            raise ApiError(400, "Bad Request: message can't be edited")
        return message

    def _change(self, message: Json, content: Json) -> Json:
        shown = ("text", "entities", "reply_markup")
        if [message.get(key) for key in shown] == [content.get(key) for key in shown]:
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        for key in shown:
            message.pop(key, None)
        message.update(content, edit_date=self._seconds())
        return message

    async def _answer_callback(self, params: Json) -> bool:
        query = str(params["callback_query_id"])
        if query not in self._presses:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        text = str(params.get("text", ""))
        if utf16(text) > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts.append(Toast(self._presses[query], text, bool(params.get("show_alert"))))
        return True

    async def _set_commands(self, params: Json) -> bool:
        scope = params.get("scope", {"type": "default"})
        name = ":".join(str(part) for part in scope.values())
        self.commands[name] = {one["command"]: one["description"] for one in params["commands"]}
        return True

    async def _get_chat(self, params: Json) -> Json:
        return shapes.full_chat(self._chat(self._known(params)))

    async def _get_member(self, params: Json) -> Json:
        chat = self._known(params)
        group = self._groups.get(chat)
        if group is not None and int(params["user_id"]) == self.me["id"]:
            me = {key: self.me[key] for key in ("id", "is_bot", "first_name", "username")}
            return shapes.member(me, "administrator") | {"can_manage_topics": group.may_manage}
        person = self._people.get(int(params["user_id"]))
        if group is None or person is None:
            raise ApiError(400, "Bad Request: PARTICIPANT_ID_INVALID")
        return shapes.member(self._user(person), group.members.get(person.id, "left"))

    async def _send_action(self, params: Json) -> bool:
        self._known(params)
        return True

    async def _delete_message(self, params: Json) -> bool:
        chat = self._known(params)
        if self._messages[chat].pop(int(params["message_id"]), None) is None:
            raise ApiError(400, "Bad Request: message to delete not found")
        return True

    # ------------------------------------------------------------------ forum topics

    async def _create_thread(self, params: Json) -> Json:
        group = self._forum(params)
        self._manages(group, "create a topic")
        name, colour = str(params["name"]), int(params.get("icon_color", 0x6FB9F0))
        if not 1 <= utf16(name) <= 128:
            raise ApiError(400, "Bad Request: TOPIC_TITLE_EMPTY" if not name else "Bad Request: topic name is too long")
        if colour not in (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F):
            raise ApiError(400, "Bad Request: invalid icon color specified")
        notice = self._keep(group.id, {"forum_topic_created": {"name": name, "icon_color": colour}})
        thread = Thread(notice["message_id"], name, colour)
        notice |= {"message_thread_id": thread.id, "is_topic_message": True}
        group.threads[thread.id] = thread
        return {"message_thread_id": thread.id, "name": name, "icon_color": colour}

    async def _edit_thread(self, params: Json) -> bool:
        group = self._forum(params)
        self._manages(group, "edit the topic")
        thread = self._thread(group, params)
        if thread.name == params.get("name", thread.name):
            raise ApiError(400, "Bad Request: TOPIC_NOT_MODIFIED")
        thread.name = str(params["name"])
        return True

    async def _reopen_thread(self, params: Json) -> bool:
        group = self._forum(params)
        self._manages(group, "open the topic")
        thread = self._thread(group, params)
        if not thread.closed:
            raise ApiError(400, "Bad Request: TOPIC_NOT_MODIFIED")
        thread.closed = False
        return True

    def _forum(self, params: Json) -> Group:
        group = self._groups.get(self._reach(params))
        if group is None or not group.forum:
            raise ApiError(400, "Bad Request: the chat is not a forum")
        return group

    @staticmethod
    def _manages(group: Group, what: str) -> None:
        if not group.may_manage:
            raise ApiError(400, f"Bad Request: not enough rights to {what}")

    @staticmethod
    def _thread(group: Group, params: Json) -> Thread:
        thread = group.threads.get(int(params["message_thread_id"]))
        if thread is None:
            raise ApiError(400, "Bad Request: TOPIC_ID_INVALID")
        return thread

    def _where(self, chat: int, params: Json) -> Json:
        """In which topic a message of the bot's is to stand, as the message tells it."""
        group = self._groups.get(chat)
        given = params.get("message_thread_id")
        if given is None:
            if group is not None and group.forum and group.closed:
                raise ApiError(400, "Bad Request: TOPIC_CLOSED")
            return {}
        thread = group.threads.get(int(given)) if group is not None and group.forum else None
        if thread is None:
            raise ApiError(400, "Bad Request: message thread not found")
        if thread.closed:
            raise ApiError(400, "Bad Request: TOPIC_CLOSED")
        return {"message_thread_id": thread.id, "is_topic_message": True}

    def _in_thread(self, group: Group, id_: int) -> Json:
        """What a message in a topic carries: it answers the notice that the topic was made."""
        return {
            "message_thread_id": id_,
            "is_topic_message": True,
            "reply_to_message": dict(self._messages[group.id][id_]),
        }

    # ------------------------------------------------------------------ chats

    def _known(self, params: Json) -> int:
        chat = int(params["chat_id"])
        if chat in self._moved:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, text, migrate_to_chat_id=self._moved[chat])
        if chat not in self._people and chat not in self._groups:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def _reach(self, params: Json) -> int:
        """The chat that the bot may write to now."""
        chat = self._known(params)
        if chat in self._blocked:
            raise self._blocked[chat]
        if not self.unlimited:
            self._count(chat)
        return chat

    def _count(self, chat: int) -> None:
        now = self._now().timestamp()
        limits = [(0, 30, 1.0)] + ([(chat, 20, 60.0)] if chat in self._groups else [])
        for key, most, seconds in limits:
            sent = self._sent_at[key]
            while sent and sent[0] <= now - seconds:
                sent.popleft()
            if len(sent) >= most:
                wait = max(1, math.ceil(sent[0] + seconds - now))
                raise ApiError(429, _STANDARD[429].format(retry_after=wait), retry_after=wait)
        for key, _, _ in limits:
            self._sent_at[key].append(now)

    def _chat(self, id_: int) -> Json:
        if id_ in self._groups:
            group = self._groups[id_]
            forum = {"is_forum": True} if group.forum else {}
            return {"id": id_, "type": "supergroup", "title": group.title, **forum}
        if id_ in self._moved:
            return {"id": id_, "type": "group", "title": self._groups[self._moved[id_]].title}
        person = self._people.get(id_)
        return {"id": id_, "type": "private", "first_name": person.name if person else "?"}

    def _user(self, person: Person) -> Json:
        return shapes.user(person.id, person.name, is_bot=person.is_bot)

    def _data(self, message: Shown, button: str) -> str:
        stored = self._messages[message.chat].get(message.id)
        now = _shown(stored).buttons if stored else ()
        for label, data in (pair for row in now for pair in row):
            if button in (label, data):
                return data
        raise LookupError(f"the message shows no button {button!r} now, only {now}")

    def _seconds(self) -> int:
        return int(self._now().timestamp())


# ------------------------------------------------------------------ reading requests


def _pending(update: Json, now: float) -> Pending:
    """An update as it waits, and of which chat it is."""
    kind = next((value for key, value in update.items() if key != "update_id"), None)
    message = kind.get("message", kind) if isinstance(kind, dict) else {}
    chat = message.get("chat", {}).get("id", 0) if isinstance(message, dict) else 0
    return Pending(update, now, chat)


def _soon(seconds: float | None) -> float | None:
    """How long to wait for something that is due in so many seconds."""
    return None if seconds is None else max(seconds, 0.01)


async def _params(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    given = dict(request.query) | dict(await request.post())
    return {name: _value(name, value) for name, value in given.items()}


def _value(name: str, value: Any) -> Any:
    if name in ("text", "caption") or not isinstance(value, str):
        return value
    if value[:1] in ("{", "[") or value in ("true", "false"):
        return json.loads(value)
    return value


def _text(params: Json, name: str = "text", most: int = 4096) -> tuple[str, list[Json]]:
    """The text after its entities were taken out, as the limit counts it."""
    given = str(params.get(name, ""))
    entities: list[Json] = list(params.get("entities", []))
    mode = str(params.get("parse_mode", "")).lower()
    if mode not in ("", "html"):
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    if mode == "html":
        try:
            given, entities = parse_html(given)
        except BadHtml as complaint:
            raise ApiError(400, f"Bad Request: can't parse entities: {complaint}") from None
    if not any(sign.isprintable() and not sign.isspace() and sign not in "\u2800\u3164" for sign in given):
        raise ApiError(400, f"Bad Request: message {name} is empty")
    if utf16(given) > most:
        raise ApiError(
            400, "Bad Request: message is too long" if name == "text" else "Bad Request: message caption is too long"
        )
    return given, entities


def _markup(params: Json) -> Json:
    markup = params.get("reply_markup")
    if not markup or not markup.get("inline_keyboard"):
        return {}
    for button in (one for row in markup["inline_keyboard"] for one in row):
        if not button.get("text"):
            raise ApiError(400, "Bad Request: BUTTON_TEXT_INVALID")
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return {"reply_markup": markup}


def _shown(message: Json) -> Shown:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(
        chat=message["chat"]["id"],
        id=message["message_id"],
        text=message.get("text") or message.get("caption") or "",
        entities=tuple(message.get("entities") or ()),
        buttons=tuple(tuple((one["text"], one["callback_data"]) for one in row) for row in rows),
        edited="edit_date" in message,
        thread=message.get("message_thread_id"),
    )


def _refused(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def _broken(request: web.Request, fault: _Fault) -> web.Response:
    if fault.disconnect:
        if request.transport is not None:
            request.transport.close()
        return web.Response()
    if fault.html:
        return web.Response(status=fault.status, text="<html><body>Bad Gateway</body></html>", content_type="text/html")
    return _refused(ApiError(fault.status, fault.description, **fault.parameters))
