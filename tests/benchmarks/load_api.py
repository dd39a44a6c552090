"""A Bot API server as lean as can be, and people who write to it: the load of `tests.benchmarks.load`, not its subject.

Each of so many people at once writes one message, waits until it is answered and writes the next; whoever has come to
the end of the talk makes room for somebody new. Updates go out by getUpdates or to a webhook. No rule of the Bot API is
checked here: tests/doubles/telegram.py does that, at twenty times the cost.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.usecases.tasks import start

TOKEN = "4242:AAdouble-token_for-tests-0123456789"
ME = {"id": 4242, "is_bot": True, "first_name": "Bot", "username": "doi_thoai_bot"}

Json = dict[str, Any]
_LONGEST_POLL = 8.0
_HEAD_END = b"\r\n\r\n"
_SECRET = b"x-telegram-bot-api-secret-token"


@dataclass
class Talk:
    """What one person writes, line after line; `replies` tells how many messages answer each line."""

    person: int
    lines: Sequence[str]
    replies: Sequence[int]
    place: int = 0
    heard: int = 0
    written_at: float = 0.0

    @property
    def over(self) -> bool:
        return self.place == len(self.lines)


@dataclass
class Crowd:
    """People at `slots` chats at once. `script(number)` gives what person `number` writes and how it is answered."""

    script: Callable[[int], tuple[Sequence[str], Sequence[int]]]
    slots: int
    first: int = 1_000_000
    send: Callable[[Json], None] = lambda _: None
    waits: list[float] = field(default_factory=list)  # seconds from a message to its (last) answer

    def __post_init__(self) -> None:
        self._numbers: Iterator[int] = count()
        self._ids: Iterator[int] = count(700_000_001)
        self._messages: Iterator[int] = count(1)
        self._talks: dict[int, Talk] = {}
        self._resting: list[Talk] = []
        self._left = 0
        self._unanswered = 0
        self._done = asyncio.Event()

    async def writes(self, updates: int) -> list[float]:
        """Have so many messages written and answered; the waits of all of them."""
        self.waits, self._left, self._unanswered = [], updates, updates
        self._done.clear()
        talks, self._resting = self._resting, []
        for talk in talks or [self._newcomer() for _ in range(self.slots)]:
            self._next(talk)
        await self._done.wait()
        return self.waits

    def heard(self, chat: int) -> None:
        """The bot said something in a chat; to whoever is none of these people it may say what it likes."""
        if chat < self.first:
            return
        talk = self._talks.get(chat)
        if talk is None or talk in self._resting:
            raise RuntimeError(f"chat {chat} heard something that answers nothing")
        talk.heard += 1
        if talk.heard < talk.replies[talk.place]:
            return
        self.waits.append(time.perf_counter() - talk.written_at)
        talk.place += 1
        self._unanswered -= 1
        if talk.over:
            del self._talks[chat]
            talk = self._newcomer()
        self._next(talk)
        if not self._unanswered:
            self._done.set()

    def _newcomer(self) -> Talk:
        number = next(self._numbers)
        talk = Talk(self.first + number, *self.script(number))
        self._talks[talk.person] = talk
        return talk

    def _next(self, talk: Talk) -> None:
        if not self._left:
            self._resting.append(talk)
            return
        self._left -= 1
        talk.heard, talk.written_at = 0, time.perf_counter()
        self.send(self._update(talk))

    def _update(self, talk: Talk) -> Json:
        text, who = talk.lines[talk.place], {"id": talk.person, "first_name": "An"}
        message = {
            "message_id": next(self._messages),
            "date": int(time.time()),
            "chat": {**who, "type": "private"},
            "from": {**who, "is_bot": False, "language_code": "vi"},
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        return {"update_id": next(self._ids), "message": message}


class Api:
    """The server for one bot on a free port of 127.0.0.1; its people are `crowd`."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        crowd.send = self._give
        self.base = ""
        self.ready = asyncio.Event()  # somebody polls or has named a webhook
        self._waiting: list[Json] = []
        self._poll: Callable[[bytes], None] | None = None
        self._server: asyncio.Server | None = None
        self._messages = count(5_000_000)
        self._hook: Hook | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Line(self._call), "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def _give(self, update: Json) -> None:
        if self._hook is not None:
            self._hook.post(update)
            return
        self._waiting.append(update)
        # What is written in the same moment goes out together, as it would over a real line.
        asyncio.get_running_loop().call_soon(self._answer_poll)

    def _answer_poll(self) -> None:
        if self._poll is None or not self._waiting:
            return
        batch, self._waiting = self._waiting[:100], self._waiting[100:]
        answer, self._poll = self._poll, None
        answer(_ok(batch))

    def _end_poll(self, answer: Callable[[bytes], None]) -> None:
        if self._poll is answer:
            self._poll = None
            answer(_ok([]))

    def _call(self, target: str, body: bytes, answer: Callable[[bytes], None]) -> None:
        method = target.rsplit("/", 1)[-1]
        if method == "getUpdates":
            self._poll = answer
            asyncio.get_running_loop().call_later(_LONGEST_POLL, self._end_poll, answer)
            self.ready.set()
            self._answer_poll()
        elif method == "sendMessage":
            chat = int(parse_qs(body.decode())["chat_id"][0])
            answer(_ok(self._message(chat)))
            self.crowd.heard(chat)
        elif method == "setWebhook":
            said = parse_qs(body.decode())
            self._hook = Hook(said["url"][0], said.get("secret_token", [""])[0])
            answer(_ok(True))
            self.ready.set()
        else:
            answer(_ok(self._known(method)))

    def _known(self, method: str) -> object:
        hook = {"url": self._hook.url if self._hook else "", "has_custom_certificate": False, "pending_update_count": 0}
        return {"getMe": ME, "getWebhookInfo": hook}.get(method, True)

    def _message(self, chat: int) -> Json:
        where = {"id": chat, "type": "private", "first_name": "An"}
        return {"message_id": next(self._messages), "date": int(time.time()), "chat": where, "from": ME, "text": "x"}


class Hook:
    """Posts updates to a webhook, at most forty at once, as Telegram does unless it is told otherwise."""

    def __init__(self, url: str, secret: str, lines: int = 40) -> None:
        self.url = url
        self._parts = urlsplit(url)
        self._secret = secret
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        self._tasks = [start(self._line(), "webhook") for _ in range(lines)]

    def post(self, update: Json) -> None:
        self._waiting.put_nowait(update)

    async def _line(self) -> None:
        reader, writer = None, None
        while True:
            update = await self._waiting.get()
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
            body = json.dumps(update).encode()
            secret = _SECRET + b": " + self._secret.encode() + b"\r\n" if self._secret else b""
            writer.write(
                f"POST {self._parts.path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\n".encode()
                + secret
                + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = await reader.readuntil(_HEAD_END)
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(f"the webhook said {head!r}")
            await reader.readexactly(_length(head))


class _Line(asyncio.Protocol):
    """One connection: requests one after another, answered as soon as there is an answer."""

    def __init__(self, call: Callable[[str, bytes, Callable[[bytes], None]], None]) -> None:
        self._call = call
        self._kept = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._kept += data
        while (end := self._kept.find(_HEAD_END)) >= 0:
            head, start = self._kept[:end], end + len(_HEAD_END)
            length = _length(head)
            if len(self._kept) < start + length:
                return
            body, self._kept = self._kept[start : start + length], self._kept[start + length :]
            self._call(head.split(b" ", 2)[1].decode(), body, self._answer)

    def _answer(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if not self._transport.is_closing():
            self._transport.write(head.encode() + body)


def _ok(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
