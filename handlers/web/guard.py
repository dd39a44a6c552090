"""What every request passes through: who may post from where and how often, what a page may load, and how faults are
answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.errors import Refusal
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from handlers.web.pace import Buckets, Pace
from handlers.web.pages import Pages
from handlers.web.visitor import Visitors

_log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
BODY_SECONDS = 60.0  # for a request's body to be all here; whoever drips it in is sent away
COOKIES = ("doithoai_chat", "doithoai_ban")
_STREAMS = ("/api/stream", "/api/board/stream")
_STREAMS_OF_ONE, _STREAMS_OF_A_PLACE = 8, 400  # open at once: the pages of one browser, the browsers behind one address
_STREAM_AGAIN = 30.0
_HSTS = "max-age=31536000"
UPLOADS = ("/api/board/slips/", "/api/board/answer-files/")  # read block by block, see `whole`
UPLOAD_SECONDS = 300.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Slow(Exception):
    """A body that did not come in time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often requests of a kind may come from one browser, and from one address (often a whole school)."""

    method: str
    begins: str
    browser: Pace
    address: Pace


# The first that fits counts. What makes a file, or a process to read one, is dear; a question costs little.
RULES = (
    Rule("POST", "/vao", Pace(10, 10), Pace(30, 30)),
    Rule("POST", "/api/messages", Pace(60, 60), Pace(3000, 3000)),
    Rule("POST", "/api/board/slips/", Pace(20, 20), Pace(100, 100)),
    Rule("POST", "/api/board/answer-files/", Pace(60, 60), Pace(200, 200)),
    Rule("POST", "/api/board/export", Pace(10, 10), Pace(30, 30)),
    Rule("GET", "/api/board/papers/", Pace(20, 20), Pace(60, 60)),
    Rule("GET", "/api/board/answer-files/forms/", Pace(60, 60), Pace(200, 200)),
    Rule("POST", "/", Pace(300, 300), Pace(3000, 3000)),
    Rule("GET", "/", Pace(3000, 3000), Pace(12_000, 12_000)),
)


class Guard:
    """Middleware and headers of the whole site.

    `demo`: the board signs in by itself, so only this machine's own names are answered (no DNS rebinding).
    """

    def __init__(
        self, catalogue: Catalogue, pages: Pages, *, demo: bool, visitors: Visitors, buckets: Buckets | None = None
    ) -> None:
        self._catalogue = catalogue
        self._visitors = visitors
        self._buckets = buckets or Buckets()
        self._streaming: Counter[str] = Counter()
        self._pages = pages
        self._demo = demo
        self._platforms: set[str] = set()

    def platform(self, path: str) -> None:
        """A platform posts here: it shows a secret of its own, which no page of another site knows."""
        self._platforms.add(path)

    def join(self, app: web.Application) -> None:
        app.middlewares.append(self._answer_faults)
        app.middlewares.append(self._check_origin)
        app.middlewares.append(self._check_pace)
        app.on_response_prepare.append(self._headers)

    def complaint(self, key: Key, status: int, **values: object) -> web.Response:
        """A sentence as JSON: what went wrong and what to do."""
        return web.json_response({"message": self._catalogue.say(key, **values)}, status=status)

    @web.middleware
    async def _answer_faults(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            return self.complaint(refusal.key, 409, **refusal.values)
        except web.HTTPRequestEntityTooLarge:
            return self.complaint(Key.WEB_TOO_BIG, 413, limit=MAX_BODY // 1024)
        except web.HTTPNotFound:
            return self._nowhere(request)
        except Slow:
            return self.complaint(Key.WEB_TOO_SLOW, 408)
        except web.HTTPException:
            raise
        except OverflowError:  # a number in the request that no database id can be
            return self.complaint(Key.WEB_BAD_REQUEST, 400)
        except ConnectionError:
            raise  # The reader has closed the page: nobody is left to answer.
        except Exception as fault:  # noqa: BLE001 - whatever it is, the page gets a sentence
            return self._fault(request, type(fault).__name__)

    def _nowhere(self, request: web.Request) -> web.Response:
        if request.path.startswith("/api/"):
            return self.complaint(Key.WEB_NOT_FOUND, 404)
        values = {"title": self._catalogue[Key.WEB_NOT_FOUND_TITLE], "text": self._catalogue[Key.WEB_NOT_FOUND]}
        return self._pages.render("door", values, 404)

    def _fault(self, request: web.Request, name: str) -> web.Response:
        # A fault's own text may quote what a person wrote (database errors do), so only its type is logged.
        _log.error("%s %s failed with %s", request.method, request.path, name)
        return self.complaint(Key.WEB_FAULT, 500)

    @web.middleware
    async def _check_origin(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._demo and _hostname(request.host) not in _LOOPBACK:
            return self.complaint(Key.WEB_NOT_FROM_HERE, 421)
        if request.method == "POST" and request.path not in self._platforms and not _from_here(request):
            return self.complaint(Key.WEB_NOT_FROM_HERE, 403)
        return await handler(request)

    @web.middleware
    async def _check_pace(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A platform's own posts are its to pace; every other visitor has a bucket, and so has their address."""
        if request.path in self._platforms:
            return await handler(request)
        place, browser = self._visitors.address(request), _browser(request)
        method = "GET" if request.method == "HEAD" else request.method
        rule = next((one for one in RULES if one.method == method and request.path.startswith(one.begins)), None)
        if rule is not None:
            # The browser first: what is refused to one pupil is not taken from the school.
            wait = self._buckets.wait((rule, browser), rule.browser) if browser else 0.0
            if wait := wait or self._buckets.wait((rule, place), rule.address):
                return self._too_fast(wait)
        if request.path in _STREAMS:
            return await self._stream(request, handler, (f"place {place}", f"browser {browser}"))
        await _whole_in_time(request)
        return await handler(request)

    def _too_fast(self, wait: float) -> web.Response:
        answer = self.complaint(Key.WEB_TOO_FAST, 429)
        answer.headers["Retry-After"] = str(math.ceil(wait))
        return answer

    async def _stream(self, request: web.Request, handler: Handler, who: tuple[str, str]) -> web.StreamResponse:
        """A stream stays open for hours: what counts is how many are, not how many begin."""
        most = dict(zip(who, (_STREAMS_OF_A_PLACE, _STREAMS_OF_ONE), strict=True))
        if any(self._streaming[one] >= limit for one, limit in most.items()):
            return self._too_fast(_STREAM_AGAIN)
        self._streaming.update(who)
        try:
            return await handler(request)
        finally:
            self._streaming.subtract(who)
            for one in who:
                if not self._streaming[one]:
                    del self._streaming[one]

    async def _headers(self, request: web.Request, response: web.StreamResponse) -> None:
        framed = request.path == "/" or self._demo
        response.headers["Content-Security-Policy"] = _POLICY.format(ancestors="'self'" if framed else "'none'")
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The invitation stands in the address of its page: not even our own log shall find it in a Referer.
        response.headers["Referrer-Policy"] = "strict-origin" if request.path == "/vao" else "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if self._visitors.https(request):
            response.headers["Strict-Transport-Security"] = _HSTS
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"


def _from_here(request: web.Request) -> bool:
    """A posted request carries our header (or is our own sign-in form) and, if it names an origin, that is ours."""
    origin = request.headers.get("Origin")
    if origin is not None and _place(origin) != request.host.lower():
        return False
    if request.path.startswith("/api/"):
        return request.headers.get("X-Requested-With") == "doithoai"
    return origin is not None


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _browser(request: web.Request) -> str:
    """One browser, by its cookies; "" for one that has none yet. A cookie itself is kept nowhere."""
    shown = ";".join(request.cookies.get(name, "") for name in COOKIES).strip(";")
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest() if shown else ""


async def whole(request: web.Request, limit: int) -> bytes | None:
    """The body of an upload; None where it is bigger than `limit`, which is known before it is all here."""
    content = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            async for block in request.content.iter_chunked(1 << 16):
                content += block
                if len(content) > limit:
                    return None
    except TimeoutError:
        raise Slow from None
    return bytes(content)


async def _whole_in_time(request: web.Request) -> None:
    """Whoever drips a body in would hold a connection for ever. What is read here is kept for whoever reads it next."""
    if not request.can_read_body or request.path.startswith(UPLOADS):
        return
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.read()
    except TimeoutError:
        raise Slow from None
