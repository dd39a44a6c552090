"""The page “Bảng tổng hợp”: the workbooks that were made, making one, taking one home."""

from __future__ import annotations

import asyncio
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.role import MAKES_FINAL, RIGHTS
from bot.ports import ExportRecord, Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.exporting import Exporting, sha256
from bot.usecases.papers import SUFFIXES, PaperKind, Papers
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import start
from handlers.web.board import SignedIn, moment
from handlers.web.chat import Current
from handlers.web.guard import Guard
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which workbook somebody wants."""

    final: bool = False


_wish: TypeAdapter[_Wish] = TypeAdapter(_Wish)


class Files:
    """Routes of the page and of what it reads. `signed_in` keeps everybody but moderators out. Only what lies in
    `data_dir` is handed out.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        pulse: Pulse,
        exporting: Exporting,
        papers: Papers,
        current: Current,
        pages: Pages,
        guard: Guard,
        sign_in: SignIn,
        signed_in: SignedIn,
        data_dir: Path,
    ) -> None:
        self._catalogue = catalogue
        self._pulse = pulse
        self._exporting = exporting
        self._papers = papers
        self._one_paper = asyncio.Lock()
        self._words = exporting.words
        self._current = current
        self._pages = pages
        self._guard = guard
        self._sign_in = sign_in
        self._signed_in = signed_in
        self._data_dir = data_dir
        self._being_made = 0
        self._last_failed = False

    def join(self, app: web.Application) -> None:
        app.router.add_get("/ban/tep", self.page)
        app.router.add_post("/api/board/export", self._signed_in(self.export))
        app.router.add_get("/api/board/exports", self._signed_in(self.exports))
        app.router.add_get(r"/api/board/exports/{number:\d{1,9}}", self._signed_in(self.download))
        app.router.add_get(r"/api/board/papers/{kind:[a-z-]{1,20}}", self._signed_in(self.paper))

    async def page(self, request: web.Request) -> web.StreamResponse:
        if await self._sign_in.moderator(request) is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        return self._pages.render(
            "files", {"title": self._catalogue[Key.WEB_FILES_TITLE], "programme": programme.title}
        )

    # -------------------------------------------------------------- making one

    async def export(self, request: web.Request, by: Moderator) -> web.Response:
        """Begin to make a workbook; the list of files tells when it is there."""
        try:
            wish = _wish.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        if wish.final and by.role not in MAKES_FINAL:
            return self._guard.complaint(Key.FILES_ONLY_CHIEF, 403)
        if not self._being_made:
            self._being_made += 1
            start(self._make(by.name, wish), "web export")
        elif wish.final:  # the one that is being made may be a draft
            return self._guard.complaint(Key.WEB_FILES_BUSY, 409)
        return web.json_response({"making": True}, status=202)

    async def _make(self, name: str, wish: _Wish) -> None:
        self._last_failed = True
        try:
            await self._exporting.make(name, final=wish.final)
            self._last_failed = False
        finally:
            self._being_made -= 1
            self._pulse.beat()

    # -------------------------------------------------------------- those that were made

    async def exports(self, _request: web.Request, by: Moderator) -> web.Response:
        """The workbooks, newest first, whether one is being made, and how much waits or is to come in a supplement."""
        made = await self._exporting.made()
        missing = await self._exporting.missing()
        return web.json_response(
            {
                "files": [self._record(record) for record in reversed(made)],
                "making": self._being_made > 0,
                "failed": self._last_failed,
                "waiting": await self._exporting.waiting(),
                "missing": len(missing.ids) if missing else 0,
                "may_make": bool(RIGHTS[by.role]),
                "may_finish": by.role in MAKES_FINAL,
            }
        )

    async def download(self, request: web.Request, _by: Moderator) -> web.StreamResponse:
        """The file itself, if it is still as it was made."""
        number = int(request.match_info["number"])
        record = next((one for one in await self._exporting.made() if one.number == number), None)
        file = self._file(record) if record else None
        if record is None or file is None:
            return self._guard.complaint(Key.WEB_BOARD_FILE_GONE, 404)
        if await asyncio.to_thread(sha256, file) != record.sha256:
            return self._guard.complaint(Key.WEB_FILES_ALTERED, 409)
        headers = {"Content-Type": _XLSX, "Content-Disposition": f'attachment; filename="{_plain(file.name)}"'}
        return web.FileResponse(file, headers=headers)

    async def paper(self, request: web.Request, by: Moderator) -> web.StreamResponse:
        """A letter, a report, a file for each department, rows for a program: of what stands now, kept nowhere."""
        kind = request.match_info["kind"]
        if kind not in set(PaperKind):
            raise web.HTTPNotFound
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        async with self._one_paper:
            with TemporaryDirectory() as folder:
                target = Path(folder) / f"{kind}{SUFFIXES[PaperKind(kind)]}"
                _, content = await self._papers.make(PaperKind(kind), target)
                body = await asyncio.to_thread(target.read_bytes)
        # As the files that a command makes: whoever finds it in a folder of downloads sees that it was a rehearsal.
        name = f"{'dien-tap-' if content.rehearsal else ''}{content.programme}-{target.name}"
        return web.Response(
            body=body,
            content_type=mimetypes.guess_type(target.name)[0] or "application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _file(self, record: ExportRecord) -> Path | None:
        """The file, where it still is in the data folder; one that was written elsewhere is not for the web."""
        file = Path(record.file).resolve()
        return file if file.is_relative_to(self._data_dir.resolve()) and file.is_file() else None

    def _record(self, record: ExportRecord) -> dict[str, object]:
        file = self._file(record)
        return {
            "here": file is not None,
            "size": file.stat().st_size if file else 0,
            "number": record.number,
            "at": moment(record.at),
            "by": record.asked_by,
            "name": Path(record.file).name,
            "title": self._words.name(record),
            "occasion": self._words.occasion(record),
            "holds": self._words.holds(record),
            "difference": self._words.difference(record),
            "final": record.final,
            "supplement": record.supplement,
            "sha256": record.sha256,
        }


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_."))
