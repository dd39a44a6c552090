"""The page “Tệp trả lời” (`/ban/tra-loi/tep`): files for departments out, filled in ones back, what is left decided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.answer import Answer, AnswerBody, Settlement
from bot.domain.answer_file import AskedIssue, Finding, OpenRow
from bot.domain.role import RIGHTS
from bot.ports import Moderator, Store
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answer_files import AnswerFiles, Choice, Outcome, Review
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_words import AnswerWords, code
from bot.usecases.slip_desk import Given
from handlers.web.board import SignedIn
from handlers.web.chat import Current
from handlers.web.guard import Guard, whole
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

MAX_FILE = 10 << 20
_SEEN, _NAME = "X-Seen", "X-File-Name"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 200  # rows of a file; the counts tell of all


@dataclass(frozen=True, slots=True)
class _Decision:
    """`over` is the version of the answer that was shown beside the file's, 0 where there was none; the rest is what
    somebody put in the place of the file's words, None where they are taken as they are.
    """

    choice: Choice
    over: int = 0
    text: str | None = None
    basis: str = ""
    responsible: str = ""
    due: str = ""
    settlement: Settlement | None = None

    @property
    def body(self) -> AnswerBody | None:
        if self.text is None:
            return None
        return AnswerBody(self.text, self.basis, self.responsible, self.due, self.settlement)


_decision: TypeAdapter[_Decision] = TypeAdapter(_Decision)


class AnswerFilePage:
    """Routes of the page and of what it asks for. `signed_in` keeps everybody but moderators out."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        words: AnswerWords,
        forms: AnswerForms,
        files: AnswerFiles,
        current: Current,
        pages: Pages,
        guard: Guard,
        sign_in: SignIn,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._words = words
        self._forms = forms
        self._files = files
        self._current = current
        self._pages = pages
        self._guard = guard
        self._sign_in = sign_in

    def join(self, app: web.Application, signed_in: SignedIn) -> None:
        router = app.router
        router.add_get("/ban/tra-loi/tep", self.page)
        router.add_get("/api/board/answer-files", signed_in(self.overview))
        router.add_get(r"/api/board/answer-files/forms/{department:[\w-]{1,80}}", signed_in(self.form))
        router.add_post("/api/board/answer-files/look", signed_in(self.look))
        router.add_post("/api/board/answer-files/take", signed_in(self.take))
        router.add_post(r"/api/board/answer-files/rows/{row:\d{1,15}}", signed_in(self.decide))

    async def page(self, request: web.Request) -> web.StreamResponse:
        if await self._sign_in.moderator(request) is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        values = {"title": self._catalogue[Key.WEB_ANSWER_FILES_TITLE], "programme": programme.title}
        return self._pages.render("answer-files", values)

    # -------------------------------------------------------------- out

    async def overview(self, _request: web.Request, by: Moderator) -> web.Response:
        """The departments that are asked anything, and the rows that wait for a person."""
        forms = await self._forms.forms()
        rows = await self._files.undecided()
        return web.json_response(
            {
                "forms": [{"id": one.id, "department": one.department, "issues": len(one.rows)} for one in forms],
                "rows": [self._row(row, issue) for row, issue in rows],
                "settlements": self._catalogue.section("settlement"),
                "may": bool(RIGHTS[by.role]),
            }
        )

    async def form(self, request: web.Request, by: Moderator) -> web.StreamResponse:
        """The file of one department, of what stands now; kept nowhere."""
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        with TemporaryDirectory() as folder:
            made = await self._forms.write([request.match_info["department"]], Path(folder))
            if not made:
                return self._guard.complaint(Key.AF_NOTHING_ASKED, 404)
            ((_, file),) = made
            body = file.read_bytes()
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return web.Response(body=body, content_type=_XLSX, headers=headers)

    # -------------------------------------------------------------- back

    async def look(self, request: web.Request, by: Moderator) -> web.Response:
        """The body (a file's bytes, its name in X-File-Name) as it would be taken in; `seen` is what `take` wants."""
        return await self._given(request, by, take=False)

    async def take(self, request: web.Request, by: Moderator) -> web.Response:
        """Take in what was looked at; 409 where it is something else by now."""
        return await self._given(request, by, take=True)

    async def decide(self, request: web.Request, by: Moderator) -> web.Response:
        """Keep what stands, or draft what the file (or this person) says."""
        try:
            wanted = _decision.validate_json(await request.read())
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        row = int(request.match_info["row"])
        over = wanted.over if wanted.choice is Choice.TAKE else None
        async with self._store.transaction() as tx:
            answer = await self._files.decide(tx, row, wanted.choice, by.by, body=wanted.body, over=over)
        key = Key.WEB_ANSWER_FILES_TAKEN_ROW if answer else Key.WEB_ANSWER_FILES_KEPT_ROW
        return web.json_response({"message": self._catalogue[key]})

    async def _given(self, request: web.Request, by: Moderator, *, take: bool) -> web.Response:
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        content = await whole(request, MAX_FILE)
        if content is None:
            return self._guard.complaint(Key.AF_TOO_BIG, 413, limit=MAX_FILE >> 20)
        given = Given(content, unquote(request.headers.get(_NAME, ""), errors="replace"))
        if take and request.headers.get(_SEEN) != hashlib.sha256(given.content).hexdigest():
            return self._guard.complaint(Key.WEB_ANSWER_FILES_CHANGED, 409)
        review = await (self._files.take(given, by.by) if take else self._files.look(given))
        return web.json_response(self._review(review))

    # -------------------------------------------------------------- as the page reads it

    def _review(self, review: Review) -> dict[str, object]:
        told = [one for one in review.outcomes if one.found.row is not None and one.found.finding is not Finding.EMPTY]
        return {
            "seen": review.sha256,
            "summary": self._words.summary(review),
            "lines": self._words.lines(review)[:_SHOWN],
            "rows": [self._outcome(one) for one in told[:_SHOWN]],
            "total": len(told),
            "ready": review.count(Finding.NEW) + review.count(Finding.CHANGED),
            "waiting": len(review.waiting),
        }

    def _outcome(self, outcome: Outcome) -> dict[str, object]:
        found = outcome.found
        assert found.row is not None
        return {
            "place": found.row.place,
            "code": code(found.issue),
            "finding": found.finding.value,
            "says": self._words.finding(found.finding),
            "fault": found.row.fault,
            "question": found.issue.question if found.issue else found.row.question,
            "now": _body(found.issue.answer if found.issue else None),
            "theirs": _fields(found.row.body),
        }

    def _row(self, row: OpenRow, issue: AskedIssue | None) -> dict[str, object]:
        answer = issue.answer if issue else None
        return {
            "id": row.id,
            "file": row.file,
            "place": row.place,
            "code": code(issue),
            "gone": issue is None,
            "says": self._words.finding(row.finding),
            "question": issue.question if issue else "",
            "edited": row.question,
            "now": _body(answer),
            "over": answer.version if answer else 0,
            "theirs": _fields(row.body),
        }


def _body(answer: Answer | None) -> dict[str, str] | None:
    return _fields(answer.body) if answer else None


def _fields(body: AnswerBody) -> dict[str, str]:
    return {
        "text": body.text,
        "basis": body.basis,
        "responsible": body.responsible,
        "due": body.due,
        "settlement": body.settlement.value if body.settlement else "",
    }
