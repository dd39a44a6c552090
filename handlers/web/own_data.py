"""A copy of what is kept of whoever sits at this browser, made when it is fetched and kept nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.message import Address
from bot.ports import DataFile
from bot.texts.keys import Key
from handlers.web.chat import address_of, chat_of
from handlers.web.guard import Guard

Copies = Callable[[Address], Awaitable[DataFile | None]]


class OwnDataPage:
    """The one route: the cookie of the chat is the key to it."""

    def __init__(self, copies: Copies, guard: Guard) -> None:
        self._copies = copies
        self._guard = guard

    def join(self, app: web.Application) -> None:
        app.router.add_get("/api/my-data", self.file)

    async def file(self, request: web.Request) -> web.Response:
        """The copy as a file to keep."""
        chat = chat_of(request)
        made = await self._copies(address_of(chat)) if chat else None
        if made is None:
            return self._guard.complaint(Key.DATA_NONE, 404)
        headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
        return web.Response(body=made.html, content_type="text/html", charset="utf-8", headers=headers)
