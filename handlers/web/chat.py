"""The chat page's side: a message is kept before it is acknowledged, and the bot's words come back as they are said.

What the bot says is read from the outbox, which is the record of it. Words that are to leave no trace (to somebody
under 16) disappear from there once they are handed over; `WebChannel` holds them for two minutes, in memory only, so
that a page that was just opening, or is loaded again, still shows them.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from aiohttp import web

from bot.conversation.advance import MAX_TEXT
from bot.domain.department import RoutingTable
from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName, Chose, Inbound, Typed, Words
from bot.domain.programme import Intake, Programme
from bot.domain.text import storable
from bot.ports import Clock, DataFile, InboxRow, RawUpdate, Said, Store, Transaction
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.pulse import Pulse
from bot.usecases.receive import Receive
from bot.usecases.work import Undecodable
from handlers.web.guard import Guard
from handlers.web.pages import Pages
from handlers.web.streams import Streams, event
from handlers.web.visitor import Visitors

COOKIE = "doithoai_chat"
BOT = "web"
_FOUND_AGAIN = timedelta(minutes=2)
_KEPT_DAYS = 180
_MAX_CHOICE = 200
_CHAT = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9a-fA-F-]{8,64}")

Current = Callable[[], Awaitable[tuple[Programme, RoutingTable]]]


def address_of(chat: str) -> Address:
    return Address(ChannelName.WEB, BOT, chat)


# ------------------------------------------------------------------ out


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that were handed over lately. `number` is their outbox id."""

    number: int
    chat: str
    words: Words
    at: datetime


class WebChannel:
    """bot.ports.Channel for the page: the outbox row is the message, so handing over means waking whoever listens."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lately: deque[Spoken] = deque()
        self._pulses: WeakValueDictionary[str, Pulse] = WeakValueDictionary()

    async def say(self, chat: str, words: Words) -> str:
        """Returns the outbox id, which is the message's id on the page."""
        before = max((spoken.number for spoken in self._lately if spoken.chat == chat), default=0)
        async with self._store.reading() as tx:
            said = await tx.said(address_of(chat), before)
        number = next((one.id for one in said if _same(one.words, words)), before)
        self._lately.append(Spoken(number, chat, words, self._clock.now()))
        self._forget()
        if chat in self._pulses:
            self._pulses[chat].beat()
        return str(number)

    async def hand_over(self, chat: str, file: DataFile) -> str:
        """Raises DeliveryError: a page fetches it by itself (see Chat.data)."""
        del chat, file
        raise DeliveryError("a page is sent nothing", permanent=True)

    def pulse(self, chat: str) -> Pulse:
        """Beats when something is said in this chat; lives as long as somebody holds it."""
        pulse = self._pulses.get(chat)
        if pulse is None:
            pulse = self._pulses[chat] = Pulse()
        return pulse

    def vanished(self, chat: str, after: int, said: Sequence[Said]) -> list[Spoken]:
        """Words said lately in this chat, after an id, that are no longer on record."""
        self._forget()
        on_record = {one.id for one in said}
        return [
            spoken
            for spoken in self._lately
            if spoken.chat == chat and spoken.number > after and spoken.number not in on_record
        ]

    def _forget(self) -> None:
        oldest = self._clock.now() - _FOUND_AGAIN
        while self._lately and self._lately[0].at <= oldest:
            self._lately.popleft()


def _same(said: Words, spoken: Words) -> bool:
    """The deliverer may have put a mark in front of words that it repeats."""
    return spoken.text.endswith(said.text) and said.choices == spoken.choices


# ------------------------------------------------------------------ in


class WebEdge:
    """bot.ports.Edge: a kept message of the page becomes an Inbound. Raises Undecodable for any other shape."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def handle(self, row: InboxRow) -> None:
        await self._receive(_inbound(row), row.id)


def _inbound(row: InboxRow) -> Inbound:
    try:
        raw = json.loads(row.raw)
        sent_at = datetime.fromisoformat(raw["at"])
        content = Chose(raw["choice"]) if "choice" in raw else Typed(storable(raw["text"]))
        return Inbound(address_of(row.chat), raw["id"], sent_at, content)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Undecodable from fault


# ------------------------------------------------------------------ the page and its interface


class Chat:
    """Routes of the chat page."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        channel: WebChannel,
        current: Current,
        pages: Pages,
        guard: Guard,
        streams: Streams,
        visitors: Visitors,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._channel = channel
        self._current = current
        self._pages = pages
        self._guard = guard
        self._streams = streams
        self._visitors = visitors
        self._room = ""

    def join(self, app: web.Application) -> None:
        app.router.add_get("/", self.page)
        app.router.add_get("/api/room", self.room)
        app.router.add_post("/api/messages", self.post)
        app.router.add_get("/api/messages", self.messages)
        app.router.add_get("/api/stream", self.stream)

    async def open(self) -> None:
        """Give this database a name, by which a page notices that its own memory belongs to another one."""
        async with self._store.transaction() as tx:
            self._room = await tx.facts.get("web_room") or secrets.token_hex(8)
            await tx.facts.put("web_room", self._room)

    async def page(self, request: web.Request) -> web.Response:
        programme, _ = await self._current()
        values = {
            "title": programme.title,
            "unit": programme.unit,
            "theme": programme.theme,
            "deadline": self._deadline(programme),
        }
        response = self._pages.render("chat", values)
        self._mint(request, response)
        return response

    async def room(self, request: web.Request) -> web.Response:
        """What the page needs to begin: its sentences, and a name for the conversation that tells nothing of it."""
        response = web.json_response()
        chat = self._mint(request, response)
        answer = {
            "texts": self._catalogue.section("web"),
            "limit": MAX_TEXT,
            "conversation": hashlib.sha256(f"{self._room}:{chat}".encode()).hexdigest()[:16],
        }
        response.text = json.dumps(answer, ensure_ascii=False)
        return response

    async def post(self, request: web.Request) -> web.Response:
        """Keep one message; 200 only after the commit. The same id again is 200 again and changes nothing."""
        chat = chat_of(request)
        if chat is None:
            return self._guard.complaint(Key.WEB_NO_COOKIE, 403)
        body = _parsed(await request.read())
        if body is None:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        if complaint := self._unfit(body):
            return complaint
        now = self._clock.now()
        raw = json.dumps({**body, "at": now.isoformat()}, ensure_ascii=True)
        update = RawUpdate(ChannelName.WEB.value, BOT, _key(chat, body["id"]), chat, raw)
        async with self._store.intake() as tx:
            await tx.inbox.add([update], now)
        return web.json_response({"kept": True, "at": now.isoformat()})

    async def messages(self, request: web.Request) -> web.Response:
        """The bot's words after an outbox id, oldest first, and whether the server knows nothing of this chat."""
        chat = chat_of(request)
        if chat is None:
            return web.json_response({"words": [], "gone": True})
        words, _, gone = await self._words(chat, _number(request.query.get("after")))
        return web.json_response({"words": words, "gone": gone})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The bot's words as they are said; begins after Last-Event-ID, or after the address's own `after`."""
        chat = chat_of(request)
        if chat is None:
            return self._guard.complaint(Key.WEB_NO_COOKIE, 403)
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after"))

        async def news() -> bytes:
            nonlocal after
            words, after, _ = await self._words(chat, after)
            return event("words", words, str(after)) if words else b""

        return await self._streams.serve(request, self._channel.pulse(chat), news)

    # -------------------------------------------------------------- helpers

    async def _words(self, chat: str, after: int) -> tuple[list[dict[str, object]], int, bool]:
        """Words after an id as the page shows them, the newest id among them, and whether the chat is forgotten.

        Words of a forgotten chat are the last ones: they carry `gone`, so that the page forgets its side as well.
        """
        async with self._store.reading() as tx:
            said = await tx.said(address_of(chat), after)
            forgotten = await _forgotten(tx, chat)
        gone = self._channel.vanished(chat, after, said)
        shown = [(one.id, one.words, one.at) for one in said] + [(one.number, one.words, one.at) for one in gone]
        shown.sort(key=lambda one: one[0])
        mark: dict[str, object] = {"gone": True} if forgotten else {}
        words = [_as_json(number, words, self._local(at)) | mark for number, words, at in shown]
        return words, shown[-1][0] if shown else after, forgotten

    def _local(self, at: datetime) -> str:
        """The page shows the hour and the day as they stand in this text: Viet Nam's."""
        return at.astimezone(self._clock.now().tzinfo).isoformat(timespec="seconds")

    def _deadline(self, programme: Programme) -> str:
        now, window = self._clock.now(), programme.window
        match window.judge(now, now):
            case Intake.EARLY:
                return self._catalogue.say(Key.WEB_DEADLINE_EARLY, opens=window.opens_at)
            case Intake.OPEN:
                return self._catalogue.say(Key.WEB_DEADLINE_OPEN, closes=window.closes_at)
            case Intake.LATE:
                return self._catalogue.say(Key.WEB_DEADLINE_LATE, closes=window.closes_at)

    def _mint(self, request: web.Request, response: web.Response) -> str:
        """The chat of this browser; a new one gets 128 random bits. Renewed with each visit."""
        chat = chat_of(request) or secrets.token_hex(16)
        response.set_cookie(
            COOKIE,
            chat,
            max_age=_KEPT_DAYS * 86_400,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._visitors.https(request),
        )
        return chat

    def _unfit(self, body: dict[str, str]) -> web.Response | None:
        text = body.get("text")
        if text is None:
            return None
        if not text.strip():
            return self._guard.complaint(Key.REFUSE_EMPTY_TEXT, 400)
        if len(text) > MAX_TEXT:
            return self._guard.complaint(Key.WEB_TOO_LONG, 413, length=_dotted(len(text)), limit=_dotted(MAX_TEXT))
        return None


async def _forgotten(tx: Transaction, chat: str) -> bool:
    """Whether no session is left and no message waits to be read (a failed one, tried again later, still counts)."""
    return await tx.sessions.get(address_of(chat)) is None and await tx.inbox.open() == 0


def chat_of(request: web.Request) -> str | None:
    """The chat of a browser; None where it has none of ours."""
    chat = request.cookies.get(COOKIE, "")
    return chat if _CHAT.fullmatch(chat) else None


def _key(chat: str, id_: str) -> str:
    """The inbox keeps this for ever, to recognise a redelivery; the chat cannot be read out of it."""
    return hashlib.sha256(f"{chat}:{id_}".encode()).hexdigest()


def _parsed(body: bytes) -> dict[str, str] | None:
    """{id, text} or {id, choice}; None for anything else."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not _ID.fullmatch(raw["id"]):
        return None
    choice, text = raw.get("choice"), raw.get("text")
    if isinstance(choice, str) and 0 < len(choice) <= _MAX_CHOICE:
        return {"id": raw["id"], "choice": choice}
    return {"id": raw["id"], "text": text} if isinstance(text, str) else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else 0  # noqa: PLR2004


def _dotted(number: int) -> str:
    """30.000, as Vietnamese write thousands."""
    return f"{number:,}".replace(",", ".")


def _as_json(number: int, words: Words, at: str) -> dict[str, object]:
    return {"id": str(number), "text": words.text, "choices": [list(choice) for choice in words.choices], "at": at}
