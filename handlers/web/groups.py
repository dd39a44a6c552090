"""The page “Nhóm câu hỏi giống nhau”: proposals for the moderators, each submission with a link to its card."""

from __future__ import annotations

import math

from aiohttp import web

from bot.domain.department import RoutingTable
from bot.domain.role import RIGHTS
from bot.domain.submission import Action
from bot.domain.text import shorten
from bot.ports import Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.similar_groups import Group, Member, SimilarGroups
from handlers.web.board import SignedIn
from handlers.web.chat import Current
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

_LENGTH = 300  # signs of a text on this page; the card has the whole of it


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

    async def groups(self, _request: web.Request, by: Moderator) -> web.Response:
        """The groups as last made, and whether better ones are under way."""
        proposed = await self._groups.look()
        _, routing = await self._current()
        return web.json_response(
            {
                "groups": [_group(group, routing) for group in proposed.groups],
                "found": proposed.found,
                "compared": proposed.compared,
                "making": proposed.making,
                "failed": proposed.failed,
                "again_in": proposed.again_in,
                "may_gather": Action.MERGE in RIGHTS[by.role],
            }
        )


def _group(group: Group, routing: RoutingTable) -> dict[str, object]:
    centre = group.members[0].submission
    return {
        "size": group.size,
        "wording": centre.shown,
        "department": routing.name(routing.route(centre.topic).lead),
        "members": [_member(member) for member in group.members],
    }


def _member(member: Member) -> dict[str, object]:
    submission = member.submission
    return {
        "id": submission.id,
        "version": submission.version,
        "code": submission.code,
        "text": shorten(submission.shown, _LENGTH),
        "state": submission.state.value,
        "unit": submission.unit,
        "score": math.floor(100 * member.score),
    }
