"""Where a platform knocks: whoever shows the secret is heard, and hears “got it” only once it is kept.

The same for every platform that brings its updates (a webhook). A “no” costs nothing but time, for they come again:
5xx where our own store failed, never because of what an update holds.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.ports import RawUpdate

_log = logging.getLogger(__name__)

LARGEST = 2**20
_COME_AGAIN = 10


class Doorway:
    """One platform's. `answer` is what the web server asks."""

    def __init__(
        self,
        header: str,
        secret: str,
        read: Callable[[bytes], RawUpdate],
        keep: Callable[[RawUpdate], Awaitable[None]],
    ) -> None:
        """Whoever sends `secret` in `header` is the platform. `read` never raises, whatever it is given: what cannot be
        read is kept as it came. `keep` comes back once it is committed.

        Raises ValueError without a secret: anybody could put words into people's mouths.
        """
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._header = header
        self._secret = secret.encode()
        self._read = read
        self._keep = keep

    async def answer(self, request: web.Request) -> web.Response:
        """200 once it is kept, 401 for strangers, 413 for what no update can be, 503 while nothing can be kept."""
        if not hmac.compare_digest(_as_sent(request.headers.get(self._header, "")), self._secret):
            return web.Response(status=401)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        try:
            await self._keep(self._read(body))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the platform is to come again
            _log.error("webhook: nothing could be kept: %s", type(fault).__name__)
            return web.Response(status=503, headers={"Retry-After": str(_COME_AGAIN)})
        return web.Response()


def _as_sent(header: str) -> bytes:
    """The bytes that stood in the header: compare_digest takes no text beyond ASCII, and anybody may send some."""
    return header.encode("utf-8", "surrogateescape")


async def _body(request: web.Request) -> bytes | None:
    """What was posted; None where it is larger than any update, known before all of it is here."""
    if (request.content_length or 0) > LARGEST:
        return None
    parts, size = [], 0
    async for part in request.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            return None
    return b"".join(parts)
