"""The moderators' board in a browser: cards as data and decisions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.deadline import VIETNAM
from bot.domain.department import RoutingTable
from bot.domain.errors import NotFound, Refusal
from bot.domain.submission import Action
from bot.ports import Moderator
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from bot.usecases.cards import Alternative, CardFacts, Cards, MergeTarget
from bot.usecases.masking import Passage
from bot.usecases.moderate import Decision, Moderate
from handlers.web.chat import Current
from handlers.web.guard import Guard
from handlers.web.pages import Pages
from handlers.web.signin import SignIn

PRIVATE = "private"  # asked for like a state; what a responsible person alone may see
_SECTIONS = ("web", "card", "state", "private_state", "reason", "reason_label", "body", "body_label")

Answer = Callable[[web.Request, Moderator], Awaitable[web.StreamResponse]]
SignedIn = Callable[[Answer], Callable[[web.Request], Awaitable[web.StreamResponse]]]


class Board:
    """Routes of the board. Every one but the page itself needs a signed-in moderator."""

    def __init__(
        self,
        catalogue: Catalogue,
        moderate: Moderate,
        cards: Cards,
        current: Current,
        pages: Pages,
        guard: Guard,
        sign_in: SignIn,
    ) -> None:
        self._catalogue = catalogue
        self._moderate = moderate
        self._cards = cards
        self._current = current
        self._pages = pages
        self._guard = guard
        self._sign_in = sign_in

    def join(self, app: web.Application) -> None:
        app.router.add_get("/ban", self.page)
        signed_in = self.signed_in
        app.router.add_get("/api/board/texts", signed_in(self.texts))
        app.router.add_get("/api/board/topics", signed_in(self.topics))
        app.router.add_post(r"/api/board/cards/{id:\d{1,15}}/decide", signed_in(self.decide))

    def signed_in(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def checked(request: web.Request) -> web.StreamResponse:
            moderator = await self._sign_in.moderator(request)
            if moderator is None:
                return self._guard.complaint(Key.WEB_BOARD_SIGN_IN, 401)
            return await answer(request, moderator)

        return checked

    async def page(self, request: web.Request) -> web.StreamResponse:
        moderator = await self._sign_in.moderator(request)
        if moderator is None:
            return self._sign_in.closed()
        programme, _ = await self._current()
        signed_in = self._catalogue.say(Key.WEB_BOARD_SIGNED_IN, name=moderator.name)
        values = {
            "title": self._catalogue[Key.WEB_BOARD_TITLE],
            "programme": programme.title,
            "signed_in": signed_in,
            "leave_hidden": "hidden" if self._sign_in.open_to_all else "",
        }
        return self._pages.render("board", values)

    # -------------------------------------------------------------- what the page reads

    async def texts(self, _request: web.Request, _by: Moderator) -> web.Response:
        return web.json_response({section: self._catalogue.section(section) for section in _SECTIONS})

    async def topics(self, _request: web.Request, _by: Moderator) -> web.Response:
        """Departments in the directory's order, each with the topics it leads; topics that nobody leads come last."""
        _, routing = await self._current()
        bodies = [{"id": body.id, "name": body.name} for body in routing.departments.values()]
        return web.json_response({"departments": _departments(routing), "bodies": bodies})

    # -------------------------------------------------------------- decisions

    async def decide(self, request: web.Request, by: Moderator) -> web.Response:
        """Carry a decision out: 200 with a sentence and the card, or 409 with the reason and the card as it is now.

        There is no card in the answer where it is not for whoever asked: a private one.
        """
        wanted = _decision(await request.read())
        if wanted is None:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        version, decision = wanted
        submission_id = int(request.match_info["id"])
        try:
            decided = await self._moderate.decide(submission_id, version, decision, by.by)
        except NotFound as refusal:
            return self._guard.complaint(refusal.key, 404, **refusal.values)
        except Refusal as refusal:
            message = self._catalogue.say(refusal.key, **refusal.values)
            return _answer(message, await self._card(submission_id, by), 409)
        facts = await self._card(submission_id, by)
        return _answer(self._done(decided.code, facts, decision.action), facts, 200)

    async def _card(self, submission_id: int, by: Moderator) -> CardFacts | None:
        try:
            return (await self._cards.one(submission_id, chief=by.chief)).seen_by(by.by)
        except NotFound:
            return None

    def _done(self, code: str, facts: CardFacts | None, action: Action) -> str:
        if facts is not None and action is Action.CHANGE_TOPIC and not facts.department:
            return self._catalogue.say(Key.WEB_BOARD_MOVED_TO_NOBODY, code=code, topic=facts.topic_name)
        department = facts.department_name if facts is not None else ""
        return self._catalogue.say(Key(f"card.done_{action.value}"), code=code, department=department)


def _answer(message: str, facts: CardFacts | None, status: int) -> web.Response:
    return web.json_response({"message": message, "card": as_json(facts) if facts else None}, status=status)


def as_json(facts: CardFacts) -> dict[str, object]:
    """A card as the page reads it: enums by their value, instants as `HH:MM DD/MM/YYYY` in Viet Nam's time."""
    return {field.name: _plain_value(getattr(facts, field.name)) for field in fields(facts)}


def _plain_value(value: object) -> object:
    match value:
        case datetime():
            return moment(value)
        case StrEnum():
            return value.value
        case Alternative() | MergeTarget() | Passage():
            return {field.name: getattr(value, field.name) for field in fields(value)}
        case tuple():
            return [_plain_value(one) for one in value]
        case _:
            return value


def moment(instant: datetime) -> str:
    """`HH:MM, DD/MM/YYYY` in Viet Nam's time."""
    local = instant.astimezone(VIETNAM)
    return f"{local:%H:%M}, {short_day(local)}"


def _departments(routing: RoutingTable) -> list[dict[str, object]]:
    leads: dict[str, list[dict[str, str]]] = {}
    for code, route in routing.routes.items():
        topic = routing.topics[code]
        leads.setdefault(route.lead or "", []).append({"code": code, "name": topic.name, "scope": topic.scope})
    known: list[dict[str, object]] = [
        {"id": body.id, "name": body.name, "short_name": body.short_name, "topics": leads[body.id]}
        for body in routing.departments.values()
        if body.id in leads
    ]
    nobodys = leads.get("", [])
    return [*known, {"id": "", "name": "", "short_name": "", "topics": nobodys}] if nobodys else known


def _decision(body: bytes) -> tuple[int, Decision] | None:
    """A version and the fields of a Decision as JSON; None for anything else."""
    try:
        wanted = _wish.validate_json(body, strict=True)
    except ValidationError:
        return None
    return wanted.version, wanted.decision()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish(Decision):
    """A decision as the page sends it: with the version that was looked at."""

    version: int

    def decision(self) -> Decision:
        """The decision alone."""
        return Decision(**{field.name: getattr(self, field.name) for field in fields(Decision)})


_wish: TypeAdapter[_Wish] = TypeAdapter(_Wish)
