"""The page “Nhập phiếu” (`/ban/phieu`): slips by file or pasted, looked at before they are taken in."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import unquote

from aiohttp import web

from bot.domain.role import RIGHTS
from bot.domain.text import shorten
from bot.ports import Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.preview_slips import Preview, Row
from bot.usecases.slip_desk import Given, Job, SlipDesk
from handlers.web.board import SignedIn
from handlers.web.chat import Current
from handlers.web.guard import Guard, whole
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

MAX_FILE = 10 << 20
_SHOWN = 200  # rows of a preview; the counts tell of all
_LENGTH = 300
_SEEN = "X-Seen"
_NAME = "X-File-Name"


class Slips:
    """Routes of the page and of what it asks for. `signed_in` keeps everybody but moderators out."""

    def __init__(
        self,
        catalogue: Catalogue,
        desk: SlipDesk,
        current: Current,
        pages: Pages,
        guard: Guard,
        sign_in: SignIn,
        signed_in: SignedIn,
    ) -> None:
        self._catalogue = catalogue
        self._desk = desk
        self._current = current
        self._pages = pages
        self._guard = guard
        self._sign_in = sign_in
        self._signed_in = signed_in

    def join(self, app: web.Application) -> None:
        app.router.add_get("/ban/phieu", self.page)
        app.router.add_post("/api/board/slips/preview", self._signed_in(self.preview))
        app.router.add_post("/api/board/slips/import", self._signed_in(self.take))
        app.router.add_get(r"/api/board/slips/jobs/{digest:[0-9a-f]{64}}", self._signed_in(self.job))

    async def page(self, request: web.Request) -> web.StreamResponse:
        if await self._sign_in.moderator(request) is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        return self._pages.render(
            "slips", {"title": self._catalogue[Key.WEB_SLIPS_TITLE], "programme": programme.title}
        )

    async def preview(self, request: web.Request, by: Moderator) -> web.Response:
        """The body (a file's bytes with its name in X-File-Name, or a pasted text) as it would be taken in; `seen` is
        what `take` wants to have back.
        """
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        given = await self._given(request)
        if given is None:
            return self._guard.complaint(Key.WEB_SLIPS_TOO_BIG, 413, limit=MAX_FILE >> 20)
        return web.json_response({"seen": given.digest, **_preview(await self._desk.look(given))})

    async def take(self, request: web.Request, by: Moderator) -> web.Response:
        """Begin to take in what was looked at; 409 where it is something else by now."""
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        given = await self._given(request)
        if given is None:
            return self._guard.complaint(Key.WEB_SLIPS_TOO_BIG, 413, limit=MAX_FILE >> 20)
        if given.digest != request.headers.get(_SEEN):
            return self._guard.complaint(Key.WEB_SLIPS_CHANGED, 409)
        return web.json_response(self._told(self._desk.begin(given, by.name)), status=202)

    async def job(self, request: web.Request, _by: Moderator) -> web.Response:
        """How far an import is, and what came of it."""
        job = self._desk.job(request.match_info["digest"])
        return self._guard.complaint(Key.WEB_SLIPS_NO_JOB, 404) if job is None else web.json_response(self._told(job))

    def _told(self, job: Job) -> dict[str, object]:
        refused = self._catalogue.say(job.refusal.key, **job.refusal.values) if job.refusal else ""
        failed = self._catalogue[Key.WEB_SLIPS_FAILED] if job.failed else ""
        result = None if job.result is None else {**asdict(job.result), "bad": len(job.result.bad)}
        return {
            "done": job.done,
            "total": job.total,
            "ended": job.ended,
            "result": result,
            "message": refused or failed,
        }

    @staticmethod
    async def _given(request: web.Request) -> Given | None:
        """What the body holds; None where it is too big."""
        content = await whole(request, MAX_FILE)
        return None if content is None else Given(content, unquote(request.headers.get(_NAME, ""), errors="replace"))


def _preview(preview: Preview) -> dict[str, object]:
    return {
        "rows": [_row(row) for row in preview.rows[:_SHOWN]],
        "bad": [{"place": bad.place, "reason": bad.reason} for bad in preview.bad[:_SHOWN]],
        "ignored": preview.ignored_columns,
        "unread": preview.unread,
        "strange": preview.strange_units[:_SHOWN],
        "total": len(preview.rows),
        "new": preview.new,
        "known": preview.known,
        "wrong": len(preview.bad),
        "compared": preview.compared,
    }


def _row(row: Row) -> dict[str, object]:
    slip = row.slip
    return {
        "line": slip.line,
        "text": shorten(slip.text, _LENGTH),
        "unit": slip.unit,
        "source": slip.source,
        "known": row.known,
        "code": row.code,
        "alike": row.alike,
        "score": int(100 * row.score),
    }
