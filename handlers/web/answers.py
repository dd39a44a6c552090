"""The page “Trả lời” (`/ban/tra-loi`): departments' answers read, typed, confirmed, released; who was not reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.answer import Answer, AnswerBody, AnswerStep, Settlement
from bot.domain.errors import NotFound
from bot.domain.role import RIGHTS, Role
from bot.domain.text import shorten
from bot.ports import Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answer_desk import AnswerDesk, Line, Missing
from bot.usecases.answer_orders import moment as named_moment
from bot.usecases.ratings import Missed
from handlers.web.board import SignedIn, moment
from handlers.web.chat import Current
from handlers.web.guard import Guard
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

_QUESTION = 260  # signs of a question in the list; opened, it is whole
_STEPS = {"confirm": AnswerStep.CONFIRM, "return": AnswerStep.RETURN, "unconfirm": AnswerStep.UNCONFIRM}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Draft:
    """What somebody typed; `over` is the version of the answer that they looked at, 0 where there was none."""

    over: int
    text: str
    basis: str = ""
    responsible: str = ""
    due: str = ""
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    answer: int
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Release:
    """`until` as `answer_orders.moment` reads it: "" is now."""

    until: str = ""
    answer: int = 0
    version: int = 0


_draft: TypeAdapter[_Draft] = TypeAdapter(_Draft)
_step: TypeAdapter[_Step] = TypeAdapter(_Step)
_release: TypeAdapter[_Release] = TypeAdapter(_Release)


class Answers:
    """Routes of the page and of what it asks for. `signed_in` keeps everybody but moderators out."""

    def __init__(
        self,
        catalogue: Catalogue,
        desk: AnswerDesk,
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
        signed_in, router = self._signed_in, app.router
        router.add_get("/ban/tra-loi", self.page)
        router.add_get("/api/board/answers", signed_in(self.lines))
        router.add_post("/api/board/answers/release", signed_in(self.release_all))
        router.add_get("/api/board/answers/undelivered", signed_in(self.undelivered))
        router.add_get("/api/board/answers/undelivered.xlsx", signed_in(self.printed))
        router.add_post(r"/api/board/answers/undelivered/{submission:\d{1,15}}", signed_in(self.again))
        router.add_get(r"/api/board/answers/{issue:\d{1,15}}", signed_in(self.sheet))
        router.add_post(r"/api/board/answers/{issue:\d{1,15}}/draft", signed_in(self.draft))
        router.add_post(r"/api/board/answers/{issue:\d{1,15}}/release", signed_in(self.release))
        router.add_post(r"/api/board/answers/{issue:\d{1,15}}/{step:confirm|return|unconfirm}", signed_in(self.step))

    async def page(self, request: web.Request) -> web.StreamResponse:
        if await self._sign_in.moderator(request) is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        values = {"title": self._catalogue[Key.WEB_ANSWERS_TITLE], "programme": programme.title}
        return self._pages.render("answers", values)

    # -------------------------------------------------------------- reading

    async def lines(self, _request: web.Request, by: Moderator) -> web.Response:
        """Every issue that is asked, by department; how many were not reached; what this person may do."""
        programme, _ = await self._current()
        seen = await self._desk.overview()
        return web.json_response(
            {
                "lines": [self._line(line) for line in seen.lines],
                "states": self._catalogue.section("answer_state"),
                "settlements": self._catalogue.section("settlement"),
                "undelivered": seen.undelivered,
                "good": seen.opinions.good,
                "missed": [_missed(one) for one in seen.opinions.missed],
                "day": programme.dialogue.day.strftime("%d/%m/%Y") if programme.dialogue.day else "",
                "may_answer": bool(RIGHTS[by.role]),
                "may_release": by.role is Role.CHIEF,
                "me": by.name,
            }
        )

    async def sheet(self, request: web.Request, _by: Moderator) -> web.Response:
        """One issue whole: the question, the answer with advice, the earlier ones, who heard it."""
        return await self._sheet(int(request.match_info["issue"]))

    async def undelivered(self, _request: web.Request, _by: Moderator) -> web.Response:
        """Those who were not reached, unit by unit."""
        return web.json_response({"missing": [self._missing(one) for one in await self._desk.not_reached()]})

    async def printed(self, _request: web.Request, by: Moderator) -> web.StreamResponse:
        """The same as a sheet for printing."""
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        with TemporaryDirectory() as folder:
            target = Path(folder) / "chua-nhan-tra-loi.xlsx"
            await self._desk.print_missing(target)
            body = target.read_bytes()
        headers = {"Content-Disposition": f'attachment; filename="{target.name}"'}
        return web.Response(body=body, content_type=_XLSX, headers=headers)

    # -------------------------------------------------------------- changing

    async def draft(self, request: web.Request, by: Moderator) -> web.Response:
        """Put an answer in that somebody typed here."""
        issue = int(request.match_info["issue"])
        try:
            wanted = _draft.validate_json(await request.read())
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        body = AnswerBody(wanted.text, wanted.basis, wanted.responsible, wanted.due, wanted.settlement)
        await self._desk.draft(issue, wanted.over, body, by.by)
        return await self._sheet(issue)

    async def step(self, request: web.Request, by: Moderator) -> web.Response:
        """Confirm, return with a reason, or take a confirmation back."""
        try:
            wanted = _step.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        step = _STEPS[request.match_info["step"]]
        await self._desk.step(wanted.answer, wanted.version, step, by.by, wanted.reason)
        return await self._sheet(int(request.match_info["issue"]))

    async def release(self, request: web.Request, by: Moderator) -> web.Response:
        """Release a confirmed answer now, at a moment, or only when somebody says so."""
        wanted = _wanted(await request.read())
        if wanted is None:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        until = await self._desk.until(lambda day, now: named_moment(wanted.until, day, now))
        await self._desk.release(wanted.answer, wanted.version, until, by.by)
        return await self._sheet(int(request.match_info["issue"]))

    async def release_all(self, request: web.Request, by: Moderator) -> web.Response:
        """The same with every confirmed answer."""
        wanted = _wanted(await request.read())
        if wanted is None:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        until = await self._desk.until(lambda day, now: named_moment(wanted.until, day, now))
        batch = await self._desk.release_all(until, by.by)
        say = self._catalogue.say
        at = moment(batch.at) if batch.at else self._catalogue[Key.ANSWER_ONCE]
        lines = [say(Key.ANSWER_BATCH, count=batch.done, at=at)]
        lines += [say(Key.ANSWER_BATCH_NOT, code=code, why=say(why.key, **why.values)) for code, why in batch.refused]
        return web.json_response({"message": "\n".join(lines)})

    async def again(self, request: web.Request, by: Moderator) -> web.Response:
        """Tell somebody anew who was not reached."""
        missing = await self._desk.try_again(int(request.match_info["submission"]), by.by)
        return web.json_response({"message": self._catalogue.say(Key.UNDELIVERED_AGAIN, code=missing.submission.code)})

    # -------------------------------------------------------------- as the page reads it

    async def _sheet(self, issue: int) -> web.Response:
        try:
            sheet = await self._desk.sheet(issue)
        except NotFound as refusal:
            return self._guard.complaint(refusal.key, 404)
        line = sheet.line
        return web.json_response(
            {
                **self._line(line),
                "question": line.question,
                "answer": self._answer(line.answer),
                "hints": sheet.hints,
                "former": [self._answer(one) for one in sheet.former],
                "told": sheet.told,
                "waiting": sheet.waiting,
                "missing": [self._missing(one) for one in sheet.missing],
                "missed": [_missed(one) for one in sheet.missed],
            }
        )

    def _line(self, line: Line) -> dict[str, object]:
        return {
            "issue": line.issue.id,
            "number": line.issue.number,
            "codes": line.codes,
            "units": line.units,
            "question": shorten(line.question, _QUESTION),
            "department": line.department or self._catalogue[Key.WEB_ANSWERS_NOBODY],
            "state": line.state,
            "standing": self._desk.standing(line.answer),
            "released": line.released is not None,
        }

    def _answer(self, answer: Answer | None) -> dict[str, object] | None:
        if answer is None:
            return None
        body, at = answer.body, answer.release_at
        return {
            "id": answer.id,
            "revision": answer.revision,
            "version": answer.version,
            "state": answer.state.value,
            "standing": self._desk.standing(answer),
            "text": body.text,
            "basis": body.basis,
            "responsible": body.responsible,
            "due": body.due,
            "settlement": body.settlement.value if body.settlement else "",
            "drafted": self._hand(Key.WEB_ANSWERS_DRAFTED, answer.drafted_by, moment(answer.drafted_at)),
            "drafted_by": answer.drafted_by,
            "confirmed": self._hand(
                Key.WEB_ANSWERS_CONFIRMED,
                answer.confirmed_by,
                moment(answer.confirmed_at) if answer.confirmed_at else "",
            ),
            "released": moment(answer.released_at) if answer.released_at else "",
            "held": moment(at) if at else "",
            "reason": answer.reason,
            "source": answer.source,
        }

    def _hand(self, key: Key, by: str, at: str) -> str:
        return self._catalogue.say(key, by=by, at=at) if by else ""

    def _missing(self, one: Missing) -> dict[str, object]:
        return {
            "submission": one.submission.id,
            "issue": one.answer.issue_id,
            "code": one.submission.code,
            "unit": one.submission.unit or self._catalogue[Key.ANSWER_NO_UNIT],
            "department": one.department,
            "why": self._desk.why(one),
            "again": one.again,
        }


def _missed(one: Missed) -> dict[str, object]:
    return {
        "issue": one.answer.issue_id,
        "code": one.submission.code,
        "words": one.words,
        "at": moment(one.at),
        "revision": one.answer.revision,
        "current": one.current,
    }


def _wanted(body: bytes) -> _Release | None:
    try:
        return _release.validate_json(body, strict=True)
    except ValidationError:
        return None
