"""What the board's page reads and does beside single decisions: the narrowed queue, histories, issues to join, many
decisions at once, and who is looking at what.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, fields

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import NotFound, Refusal
from bot.domain.submission import State, Submission
from bot.ports import Moderator, Place, Store
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.gather import Gather, Gathering, Made
from bot.usecases.moderate import Decision, Moderate
from bot.usecases.pulse import Pulse
from bot.usecases.queue import Count, Queue, Wish
from bot.usecases.trace import Step, Trace
from handlers.web.board import PRIVATE, SignedIn, as_json, moment
from handlers.web.guard import Guard
from handlers.web.presence import Presence
from handlers.web.signin import SignIn
from handlers.web.streams import Over, Streams, event

Trouble = Callable[[], Awaitable[Key | None]]
"""Names the sentence about what is wrong with the moderators' group, if anything is."""

_CARDS = 100  # cards in one answer
_CHOSEN = 500  # submissions in one request
_MAX_TEXT = 200
_MAX_PAGE = 64


class Desk:
    """Routes of what the page asks for. Every one needs a signed-in moderator."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        pulse: Pulse,
        moderate: Moderate,
        queue: Queue,
        trace: Trace,
        guard: Guard,
        streams: Streams,
        trouble: Trouble,
        sign_in: SignIn,
        *,
        alone: bool,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._pulse = pulse
        self._moderate = moderate
        self._queue = queue
        self._trace = trace
        self._gather = Gather(store, moderate)
        self._guard = guard
        self._streams = streams
        self._trouble = trouble
        self._sign_in = sign_in
        self._alone = alone  # the demo: everybody has the same name
        self.presence = Presence()
        pulse.passes_on_to(self.presence.pulse)

    def join(self, app: web.Application, signed_in: SignedIn) -> None:
        routes = app.router
        routes.add_get("/api/board/cards", signed_in(self.cards))
        routes.add_get(r"/api/board/cards/{id:\d{1,15}}/history", signed_in(self.history))
        routes.add_get("/api/board/issues", signed_in(self.issues))
        routes.add_post("/api/board/decide-all", signed_in(self.decide_all))
        routes.add_post("/api/board/gather", signed_in(self.gather))
        routes.add_post("/api/board/gather/undo", signed_in(self.scatter))
        routes.add_post("/api/board/looking", signed_in(self.looking))
        routes.add_get("/api/board/stream", signed_in(self.stream))
        app.on_shutdown.append(self._forget)

    # -------------------------------------------------------------- reading

    async def cards(self, request: web.Request, by: Moderator) -> web.Response:
        """The list that fits the address, as places, with the first `limit` cards of it; or the cards of `ids` alone.

        A responsible person may ask for the state `private`; nobody else does.
        """
        if "ids" in request.query:
            cards = await self._queue.cards(_ids(request.query["ids"]), by.by)
            return web.json_response({"cards": [as_json(card) for card in cards]})
        wish = _wish(request, by)
        if wish.private and not by.by.sees_private:
            return self._guard.complaint(Key.REFUSE_PRIVATE, 403)
        view = await self._queue.look(wish, by.by)
        first = [place.id for place in view.places[: _number(request, "limit", _CARDS, _CARDS)]]
        found = {card.id: card for card in await self._queue.cards(first, by.by)}
        answer = {
            "places": [_place(place) for place in view.places],
            "cards": [as_json(found[id_]) for id_ in first if id_ in found],
            "total": view.total,
            "counts": dict(view.counts),
            "private": view.private,
            "trouble": await self._told(by),
            "departments": _counts(view.departments),
            "topics": _counts(view.topics),
            "units": _counts(view.units),
        }
        return web.json_response(answer)

    async def _told(self, by: Moderator) -> str:
        """Why the moderators' group hears nothing, for those who can see to it; "" where it does."""
        found = await self._trouble() if by.chief else None
        return self._catalogue[found] if found else ""

    async def history(self, request: web.Request, by: Moderator) -> web.Response:
        """Every entry of a submission's history in words, the newest first."""
        try:
            steps = await self._trace(int(request.match_info["id"]), by.by)
        except NotFound as refusal:
            return self._guard.complaint(refusal.key, 404, **refusal.values)
        return web.json_response({"steps": [_step(step) for step in steps]})

    async def issues(self, request: web.Request, _by: Moderator) -> web.Response:
        """Issues that hold something with these words or this code; `without` leaves one out."""
        without = request.query.get("without", "")
        text = request.query.get("text", "")[:_MAX_TEXT]
        found = await self._queue.targets(text, int(without) if _is_number(without) else None)
        return web.json_response({"issues": [asdict(target) for target in found]})

    # -------------------------------------------------------------- many at once

    async def decide_all(self, request: web.Request, by: Moderator) -> web.Response:
        """One decision for many: what became of each, by code, with the sentence where it was refused."""
        try:
            wanted = _many.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        outcomes = await self._moderate.decide_all(wanted.chosen[:_CHOSEN], wanted.decision, by.by)
        return web.json_response({"outcomes": await self._outcomes(wanted.chosen, outcomes), "problems": []})

    async def gather(self, request: web.Request, by: Moderator) -> web.Response:
        """Many submissions become one issue: what became of each, and what could not be done to the issue."""
        try:
            wanted = _gathering.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        gathered = await self._gather(wanted, by.by)
        problems = [self._sentence(refusal) for refusal in gathered.refused]
        outcomes = await self._outcomes(wanted.chosen, gathered.outcomes)
        made = [asdict(one) for one in gathered.made]
        return web.json_response({"outcomes": outcomes, "problems": problems, "made": made})

    async def scatter(self, request: web.Request, by: Moderator) -> web.Response:
        """Take a gathering back: what became of each, with the sentence where it was left as it is."""
        try:
            made = _made.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        undone = await self._gather.undo(made[: 2 * _CHOSEN], by.by)
        chosen = [(id_, 0) for id_ in undone]
        outcomes = await self._outcomes(chosen, tuple(undone.values()))
        return web.json_response({"outcomes": outcomes, "problems": []})

    async def _outcomes(
        self, chosen: Sequence[tuple[int, int]], outcomes: Sequence[Submission | Refusal]
    ) -> list[dict[str, object]]:
        async with self._store.reading() as tx:
            codes = {one.id: one.code for one in await tx.submissions.some([id_ for id_, _ in chosen])}
        return [
            {
                "id": id_,
                "code": outcome.code if isinstance(outcome, Submission) else codes.get(id_, ""),
                "version": outcome.version if isinstance(outcome, Submission) else None,
                "refused": self._sentence(outcome) if isinstance(outcome, Refusal) else "",
            }
            for (id_, _), outcome in zip(chosen, outcomes, strict=False)
        ]

    def _sentence(self, refusal: Refusal) -> str:
        return self._catalogue.say(refusal.key, **refusal.values)

    # -------------------------------------------------------------- who else is here

    async def looking(self, request: web.Request, by: Moderator) -> web.Response:
        """A page says which card it is at; said again and again, because it is soon forgotten."""
        try:
            seen = _seen.validate_json(await request.read(), strict=True)
        except ValidationError:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)
        self.presence.at(seen.page[:_MAX_PAGE], by.name, await self._shareable(seen.card))
        return web.json_response({"seen": True})

    async def _shareable(self, card: int | None) -> int | None:
        """Of a private submission nobody else shall know that it is looked at."""
        async with self._store.reading() as tx:
            return card if card is not None and await tx.submissions.some([card]) else None

    async def stream(self, request: web.Request, by: Moderator) -> web.StreamResponse:
        """Says that something changed (what did, the page then asks for) and who is at which card."""
        page = request.query.get("page", "")[:_MAX_PAGE]
        seen, known = -1, dict[int, list[str]]()

        async def news() -> bytes:
            nonlocal seen, known
            if await self._sign_in.moderator(request) is None:  # revoked or signed out since: nothing more is said
                raise Over
            told = b"" if self._pulse.count == seen else event("news", self._pulse.count)
            others = self.presence.others(page, "" if self._alone else by.name)
            if others != known:
                told += event("looking", others)
            seen, known = self._pulse.count, others
            return told

        return await self._streams.serve(request, self.presence.pulse, news)

    async def _forget(self, _app: web.Application) -> None:
        self.presence.close()


# ------------------------------------------------------------------ what comes in


@dataclass(frozen=True, slots=True)
class _Many:
    chosen: tuple[tuple[int, int], ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class _Seen:
    page: str
    card: int | None


_many: TypeAdapter[_Many] = TypeAdapter(_Many)
_gathering: TypeAdapter[Gathering] = TypeAdapter(Gathering)
_made: TypeAdapter[tuple[Made, ...]] = TypeAdapter(tuple[Made, ...])
_seen: TypeAdapter[_Seen] = TypeAdapter(_Seen)


def _wish(request: web.Request, by: Moderator) -> Wish:
    """The filters of the address; what it does not know narrows nothing."""
    asked = request.query.get
    state = asked("state", "")
    return Wish(
        state=State(state) if state in set(State) else None,
        department=asked("department", ""),
        topic=asked("topic", ""),
        unit=asked("unit", ""),
        days=_number(request, "days", 0, 365),
        assignee=by.name if asked("mine") else "",
        text=asked("text", "")[:_MAX_TEXT],
        private=state == PRIVATE,
    )


def _number(request: web.Request, name: str, usual: int, most: int) -> int:
    given = request.query.get(name, "")
    return min(int(given), most) if _is_number(given) else usual


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16  # noqa: PLR2004


def _ids(text: str) -> list[int]:
    return [int(one) for one in text.split(",")[:_CARDS] if _is_number(one)]


# ------------------------------------------------------------------ what goes out


def _place(place: Place) -> list[object]:
    return [place.id, place.version, place.code]


def _counts(counts: Sequence[Count]) -> list[dict[str, object]]:
    return [asdict(count) for count in counts]


def _step(step: Step) -> dict[str, object]:
    told = {field.name: getattr(step, field.name) for field in fields(step)}
    return told | {"at": moment(step.at), "details": list(step.details)}
