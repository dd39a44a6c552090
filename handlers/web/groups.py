"""The page “Nhóm câu hỏi giống nhau”: proposals for the moderators, each submission with a link to its card."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.text import shorten
from bot.ports import Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.similar_groups import Group, Member, SimilarGroups
from handlers.web.chat import Current
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

_LENGTH = 300  # signs of a text on this page; the card has the whole of it

Answer = Callable[[web.Request, Moderator], Awaitable[web.StreamResponse]]
SignedIn = Callable[[Answer], Callable[[web.Request], Awaitable[web.StreamResponse]]]


class Groups:
    """Routes of the page and of what it reads. `signed_in` keeps everybody but moderators out."""

    def __init__(
        self,
        catalogue: Catalogue,
        groups: SimilarGroups,
        current: Current,
        pages: Pages,
        sign_in: SignIn,
        signed_in: SignedIn,
    ) -> None:
        self._catalogue = catalogue
        self._groups = groups
        self._current = current
        self._pages = pages
        self._sign_in = sign_in
        self._signed_in = signed_in

    def join(self, app: web.Application) -> None:
        app.router.add_get("/ban/nhom", self.page)
        app.router.add_get("/api/board/groups", self._signed_in(self.groups))

    async def page(self, request: web.Request) -> web.StreamResponse:
        if await self._sign_in.moderator(request) is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        return self._pages.render(
            "groups", {"title": self._catalogue[Key.WEB_GROUPS_TITLE], "programme": programme.title}
        )

    async def groups(self, _request: web.Request, _by: Moderator) -> web.Response:
        """The groups as last made, and whether better ones are under way."""
        proposed = await self._groups.look()
        return web.json_response(
            {
                "groups": [_group(group) for group in proposed.groups],
                "found": proposed.found,
                "compared": proposed.compared,
                "making": proposed.making,
                "failed": proposed.failed,
                "again_in": proposed.again_in,
            }
        )


def _group(group: Group) -> dict[str, object]:
    return {"size": group.size, "members": [_member(member) for member in group.members]}


def _member(member: Member) -> dict[str, object]:
    submission = member.submission
    return {
        "code": submission.code,
        "text": shorten(submission.text, _LENGTH),
        "state": submission.state.value,
        "unit": submission.unit,
        "score": math.floor(100 * member.score),
    }
