"""A Zalo Bot Platform of our own on 127.0.0.1, with people who write, and a switch for each thing that is not known.

It follows what others wrote of the platform; where they contradict each other both sides can be had. Agreement with it
shows agreement with that reading, nothing more. See README.md beside this file.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

Json = dict[str, Any]

TOKEN = "1459232241454765289:zalo-double-secret_0123456789"
BOT = TOKEN.partition(":")[0]
NAME = "bot.DoiThoai"


@dataclass(frozen=True)
class ZaloPerson:
    id: str
    name: str


@dataclass(frozen=True)
class ZaloGroup:
    id: str


@dataclass
class Switches:
    """What is not known of the platform, or may befall it. Each has both sides."""

    idle_in_status: bool = True
    """An idle poll: HTTP status 408 (True) or 408 in the body of a 200 (False)."""
    replay: bool = False
    """A message that was read comes again at every poll (True) or is gone (False)."""
    wrapped: bool = True
    """The webhook brings {"ok": true, "result": event} (True) or the event (False)."""
    photo_url: bool = False
    """A photo's address stands in `photo_url` (True) or in `photo` (False)."""
    html_refusals: bool = False
    """A gateway answers 429 in HTML (True) or the platform in JSON (False)."""
    messages: int | None = None
    """How many messages may still be sent; None: any."""


@dataclass
class ZaloDouble:
    """The server: `async with ZaloDouble() as double`. `base` is its address."""

    switches: Switches = field(default_factory=Switches)
    now: Callable[[], float] = time.time
    base: str = ""
    sent: list[tuple[str, str]] = field(default_factory=list)
    """(chat, text) of every message that the bot sent, in order."""
    calls: list[tuple[str, Json]] = field(default_factory=list)
    webhook: str = ""
    secret: str = ""
    on_call: Callable[[str], None] | None = None
    """Is told of each method once it was done, before the bot hears the answer: the moment to kill it."""
    _waiting: deque[Json] = field(default_factory=deque)
    _fail: deque[tuple[str, int]] = field(default_factory=deque)
    _number: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    # -------------------------------------------------------------- the server

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)  # its own log would hold the token
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        method, given = request.match_info["method"], await request.json()
        assert all(isinstance(value, str) for value in given.values()), given
        self.calls.append((method, given))
        if request.match_info["token"] != TOKEN:
            return _refusal(401)
        if self._fail and self._fail[0][0] == method:
            return self._refused(self._fail.popleft()[1])
        known = {
            "getMe": self._me,
            "getUpdates": self._updates,
            "sendMessage": self._message,
            "setWebhook": self._set,
            "deleteWebhook": self._delete,
            "getWebhookInfo": self._info,
        }
        response = await known[method](given) if method in known else _refusal(404)
        if self.on_call is not None:
            self.on_call(method)
        async with self._changed:
            self._changed.notify_all()
        return response

    def _refused(self, code: int) -> web.Response:
        if code == 429 and self.switches.html_refusals:
            return web.Response(status=429, text="<html>429 Too Many Requests</html>", content_type="text/html")
        return _refusal(code)

    async def _me(self, _: Json) -> web.Response:
        return _result({"id": BOT, "account_name": NAME, "account_type": "BASIC", "can_join_groups": True})

    async def _updates(self, given: Json) -> web.Response:
        if self.webhook:
            return _refusal(400)
        if not self._waiting and float(given.get("timeout", "0")):
            async with self._changed:
                await asyncio.wait_for(self._changed.wait(), 30)
        if not self._waiting:
            if self.switches.idle_in_status:
                return web.json_response({"ok": False, "description": "Request timeout", "error_code": 408}, status=408)
            return _refusal(408, status=200)
        event = self._waiting[0] if self.switches.replay else self._waiting.popleft()
        return _result(event)

    async def _message(self, given: Json) -> web.Response:
        if not 1 <= len(given["text"]) <= 2000:
            return _refusal(400)
        if self.switches.messages is not None:
            if not self.switches.messages:
                return self._refused(429)
            self.switches.messages -= 1
        self.sent.append((given["chat_id"], given["text"]))
        return _result({"message_id": self._new_id(), "date": int(1000 * self.now())})

    async def _set(self, given: Json) -> web.Response:
        if not 8 <= len(given["secret_token"]) <= 256:
            return _refusal(400)
        self.webhook, self.secret = given["url"], given["secret_token"]
        return _result({"url": self.webhook, "updated_at": int(1000 * self.now())})

    async def _delete(self, _: Json) -> web.Response:
        self.webhook = self.secret = ""
        return _result({"url": "", "updated_at": int(1000 * self.now())})

    async def _info(self, _: Json) -> web.Response:
        return _result({"url": self.webhook}) if self.webhook else _refusal(404)

    # -------------------------------------------------------------- people

    def writes(self, who: ZaloPerson, text: str, group: ZaloGroup | None = None) -> Json:
        return self._comes(who, "message.text.received", group, text=text)

    def sends(self, who: ZaloPerson, kind: str, **fields: str) -> Json:
        """`kind` is image, sticker, voice or unsupported."""
        if kind == "image":
            fields = {"photo_url" if self.switches.photo_url else "photo": "https://zalo.invalid/anh.jpg", **fields}
        return self._comes(who, f"message.{kind}.received", None, **fields)

    def _comes(self, who: ZaloPerson, name: str, group: ZaloGroup | None, **fields: str) -> Json:
        chat = {"id": group.id, "chat_type": "GROUP"} if group else {"id": who.id, "chat_type": "PRIVATE"}
        message = {
            "from": {"id": who.id, "display_name": who.name, "is_bot": False},
            "chat": chat,
            "message_id": self._new_id(),
            "date": int(1000 * self.now()),
            **fields,
        }
        event = {"message": message, "event_name": name}
        self._waiting.append(event)
        return event

    async def knocks(self, event: Json, at: str, *, secret: str | None = None) -> int:
        """Bring an event to the webhook; the status of the answer. Forgotten where that is 200."""
        body = {"ok": True, "result": event} if self.switches.wrapped else event
        headers = {"X-Bot-Api-Secret-Token": self.secret if secret is None else secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(at, data=json.dumps(body), headers=headers) as answer,
        ):
            if answer.status == 200 and event in self._waiting:
                self._waiting.remove(event)
            return answer.status

    async def brings_all(self, at: str) -> None:
        """Bring what waits to the webhook, in order, each again and again until the bot has kept it."""
        while self._waiting:
            with suppress(aiohttp.ClientError):
                if await self.knocks(self._waiting[0], at) == 200:
                    continue
            await asyncio.sleep(0.05)  # the program is starting, or dead

    def told(self, who: ZaloPerson | ZaloGroup) -> list[str]:
        """What the bot said to somebody, oldest first."""
        return [text for chat, text in self.sent if chat == who.id]

    def fail_next(self, method: str, code: int) -> None:
        self._fail.append((method, code))

    async def wait_until(self, condition: Callable[[], object], patience: float = 15) -> None:
        async with asyncio.timeout(patience), self._changed:
            await self._changed.wait_for(condition)

    async def wake(self) -> None:
        """Let polls that wait look again."""
        async with self._changed:
            self._changed.notify_all()

    def _new_id(self) -> str:
        self._number += 1
        return f"{self._number:020x}"


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(code: int, status: int | None = None) -> web.Response:
    body = {"ok": False, "description": "refused", "error_code": code}
    return web.json_response(body, status=code if status is None else status)
