"""What every request passes through: who may post from where, what a page may load, and how faults are answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.errors import Refusal
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from handlers.web.pages import Pages

_log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Middleware and headers of the whole site.

    `demo`: the board signs in by itself, so only this machine's own names are answered (no DNS rebinding).
    """

    def __init__(self, catalogue: Catalogue, pages: Pages, *, demo: bool) -> None:
        self._catalogue = catalogue
        self._pages = pages
        self._demo = demo

    def join(self, app: web.Application) -> None:
        app.middlewares.append(self._answer_faults)
        app.middlewares.append(self._check_origin)
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
        if request.method == "POST" and not _from_here(request):
            return self.complaint(Key.WEB_NOT_FROM_HERE, 403)
        return await handler(request)

    async def _headers(self, request: web.Request, response: web.StreamResponse) -> None:
        framed = request.path == "/" or self._demo
        response.headers["Content-Security-Policy"] = _POLICY.format(ancestors="'self'" if framed else "'none'")
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"


def _from_here(request: web.Request) -> bool:
    """A posted request carries our header (or is our own sign-in form) and, if it names an origin, that is ours."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        return False
    if request.path.startswith("/api/"):
        return request.headers.get("X-Requested-With") == "doithoai"
    return origin is not None


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def is_https(request: web.Request, *, trust_proxy: bool) -> bool:
    """Whether the browser speaks https to us; a proxy's word for it counts only where the operator trusts one."""
    forwarded = request.headers.get("X-Forwarded-Proto", "") if trust_proxy else ""
    return request.secure or forwarded.split(",")[0].strip().lower() == "https"
