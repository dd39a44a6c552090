"""Server-sent events: a page asks once and hears of everything new, over plain HTTP and through any proxy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.usecases.pulse import Pulse

HEARTBEAT = 20.0  # seconds; proxies close a connection that says nothing for a minute
_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Over(Exception):
    """Whoever reads a stream may not any more."""


def event(name: str, data: object, id_: str = "") -> bytes:
    """One event; `id_` is what the browser sends back as Last-Event-ID when it comes again."""
    lines = [f"event: {name}", f"data: {json.dumps(data, ensure_ascii=False)}"]
    if id_:
        lines.insert(0, f"id: {id_}")
    # A lone surrogate is a valid Python string and no valid UTF-8.
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


class Streams:
    """The streams that are open now; all of them end when the server stops."""

    def __init__(self) -> None:
        self._open: set[asyncio.Task[Any]] = set()

    async def serve(
        self, request: web.Request, pulse: Pulse, news: Callable[[], Awaitable[bytes]]
    ) -> web.StreamResponse:
        """Write what `news` gives, at once and after each beat; empty news write nothing, silence a heartbeat.

        The stream ends where `news` raises Over.
        """
        response = web.StreamResponse(headers=_HEADERS)
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await response.prepare(request)
            with suppress(ConnectionError, Over):  # The reader has left (its page comes back by itself), or must.
                await self._write(response, pulse, news)
        finally:
            self._open.discard(task)
        return response

    async def _write(self, response: web.StreamResponse, pulse: Pulse, news: Callable[[], Awaitable[bytes]]) -> None:
        seen = pulse.count
        await response.write(b"retry: 2000\n\n" + await news())
        while True:
            count = await pulse.wait(seen, HEARTBEAT)
            fresh = b": \n\n" if count == seen else await news()
            seen = count
            if fresh:
                await response.write(fresh)

    async def close(self, _app: web.Application) -> None:
        for task in tuple(self._open):
            task.cancel()
