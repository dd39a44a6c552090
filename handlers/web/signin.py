"""Moderators come in by a link that works once; afterwards a cookie holds their session.

The link only shows a page with a button: messengers that fetch a link to show a preview do not use it up.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import parse_qs

from aiohttp import web

from bot.domain.audit import Event, granted
from bot.domain.role import Role
from bot.ports import Clock, Moderator, Store, Transaction
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import hashed
from handlers.web.pages import Pages
from handlers.web.visitor import Visitors

COOKIE = "doithoai_ban"
_KEPT = timedelta(days=60)
_MAX_TOKEN = 200


class SignIn:
    """Routes of the door, and the answer to "who is this?". In the demo everybody is the demo's moderator."""

    def __init__(
        self, store: Store, clock: Clock, catalogue: Catalogue, pages: Pages, visitors: Visitors, *, demo: bool
    ) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._demo_name = catalogue[Key.WEB_DEMO_MODERATOR] if demo else ""
        self._catalogue = catalogue
        self._visitors = visitors

    def join(self, app: web.Application) -> None:
        app.router.add_get("/vao", self.ask)
        app.router.add_post("/vao", self.redeem)
        app.router.add_post("/api/board/leave", self.leave)

    @property
    def open_to_all(self) -> bool:
        """Whether nobody has to sign in (the demo)."""
        return bool(self._demo_name)

    async def moderator(self, request: web.Request) -> Moderator | None:
        """The signed-in moderator, or None. In the demo that is a responsible person: everything can be seen there."""
        if self._demo_name:
            return Moderator(0, self._demo_name, self._clock.now(), Role.CHIEF)
        session = request.cookies.get(COOKIE)
        if not session:
            return None
        async with self._store.reading() as tx:
            return await tx.moderators.by_session(hashed(session), self._clock.now() - _KEPT)

    async def ask(self, request: web.Request) -> web.Response:
        """The page behind the link. Looking at it changes nothing."""
        token = request.query.get("ma", "")
        values = {"title": self._catalogue[Key.WEB_INVITE_TITLE], "token": token[:_MAX_TOKEN]}
        return self._pages.render("invite", values) if token else self.closed()

    async def redeem(self, request: web.Request) -> web.Response:
        """Use the invitation: a new session for this browser, or the reason why not."""
        form = parse_qs((await request.read()).decode("utf-8", "replace"))
        token = form.get("ma", [""])[0]
        session = secrets.token_urlsafe(32)
        async with self._store.transaction() as tx:
            moderator = await self._redeem(tx, token, session)
        if moderator is None:
            text = self._catalogue[Key.REFUSE_INVITE]
            return self._door(self._catalogue[Key.WEB_INVITE_BAD], text, 403)
        answer = web.Response(status=303, headers={"Location": "/ban"})
        answer.set_cookie(
            COOKIE,
            session,
            max_age=int(_KEPT.total_seconds()),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._visitors.https(request),
        )
        return answer

    async def _redeem(self, tx: Transaction, token: str, session: str) -> Moderator | None:
        now = self._clock.now()
        moderator = await tx.moderators.redeem(hashed(token), hashed(session), now)
        if moderator is not None:
            name, role, scope = moderator.name, moderator.role, moderator.scope
            await tx.history.note(granted(Event.SIGNED_IN, now, name, name, role, scope))
        return moderator

    async def leave(self, request: web.Request) -> web.Response:
        """End the session: on this device, and for whoever copied its cookie."""
        async with self._store.transaction() as tx:
            await tx.moderators.leave(hashed(request.cookies.get(COOKIE, "")))
        answer = web.json_response({"left": True})
        answer.del_cookie(COOKIE, path="/")
        return answer

    def closed(self) -> web.Response:
        """The page for whoever has no session: how to get in."""
        return self._door(self._catalogue[Key.WEB_DOOR_TITLE], self._catalogue[Key.WEB_DOOR_TEXT], 403)

    def _door(self, title: str, text: str, status: int) -> web.Response:
        return self._pages.render("door", {"title": title, "text": text}, status)
