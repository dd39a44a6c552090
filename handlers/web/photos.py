"""Photos of paper slips on the page “Nhập phiếu”: what waits, who types what, the pictures themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import Refusal
from bot.domain.photo import Photo, PhotoState
from bot.domain.role import RIGHTS
from bot.ports import Clock, Moderator
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.photos import Photos, Typed
from handlers.web.board import SignedIn, moment
from handlers.web.guard import Guard

_MOST = 50  # slips of one photo
_LONGEST = 30_000
_ENDED = {
    PhotoState.DONE: Key.WEB_PHOTOS_ENDED_DONE,
    PhotoState.UNREADABLE: Key.WEB_PHOTOS_ENDED_UNREADABLE,
    PhotoState.REFUSED: Key.WEB_PHOTOS_ENDED_REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What somebody read off a photo, as the page sends it: slips, or why there are none."""

    slips: list[Typed] = field(default_factory=list)
    reason: str = ""


_reading = TypeAdapter(_Reading)


class SlipPhotos:
    """Routes of the queue. Every one needs a signed-in moderator."""

    def __init__(self, catalogue: Catalogue, clock: Clock, photos: Photos, guard: Guard) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._photos = photos
        self._guard = guard

    def join(self, app: web.Application, signed_in: SignedIn) -> None:
        routes, one = app.router, r"/api/board/photos/{id:\d{1,9}}"
        routes.add_get("/api/board/photos", signed_in(self.queue))
        routes.add_get(f"{one}/picture", signed_in(self.picture))
        routes.add_post(f"{one}/take", signed_in(self.take))
        routes.add_post(f"{one}/let-go", signed_in(self.let_go))
        routes.add_post(f"{one}/typed", signed_in(self.typed))
        routes.add_post(f"{one}/unreadable", signed_in(self.unreadable))
        routes.add_post(f"{one}/reopen", signed_in(self.reopen))

    async def queue(self, _request: web.Request, by: Moderator) -> web.Response:
        """What is still to be typed, the oldest first; what ended last; and the youth groups to choose from."""
        photos = [self._told(photo, by) for photo in await self._photos.queue()]
        ended = [self._ended(photo) for photo in await self._photos.ended()]
        return web.json_response({"photos": photos, "ended": ended, "groups": self._catalogue.section("group")})

    async def picture(self, request: web.Request, by: Moderator) -> web.StreamResponse:
        """The file as it was sent, served as nothing but a picture. Names stand on it: it is for those who type."""
        if not RIGHTS[by.role]:
            return self._guard.complaint(Key.REFUSE_VIEWER, 403)
        found = await self._photos.picture(_id(request))
        if found is None:
            return self._guard.complaint(Key.PHOTO_NONE, 404, number=_id(request))
        file, kind = found
        return web.FileResponse(file, headers={"Content-Type": kind, "Content-Disposition": "inline"})

    async def take(self, request: web.Request, by: Moderator) -> web.Response:
        return await self._answer(lambda: self._taken(request, by))

    async def _taken(self, request: web.Request, by: Moderator) -> dict[str, object]:
        return self._told(await self._photos.take(_id(request), by.by), by)

    async def let_go(self, request: web.Request, by: Moderator) -> web.Response:
        await self._photos.let_go(_id(request), by.by)
        return web.json_response({})

    async def typed(self, request: web.Request, by: Moderator) -> web.Response:
        """All slips of a photo at once; sent again, nothing is added twice."""
        reading = _read(await request.read())
        if reading is None or len(reading.slips) > _MOST or any(len(slip.text) > _LONGEST for slip in reading.slips):
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)

        async def save() -> dict[str, object]:
            imported = await self._photos.typed(_id(request), reading.slips, by.by)
            count = imported.added + imported.known
            message = self._catalogue.say(Key.WEB_PHOTOS_SAVED, count=count, number=_id(request))
            return {"codes": imported.codes, "message": message}

        return await self._answer(save)

    async def unreadable(self, request: web.Request, by: Moderator) -> web.Response:
        reading = _read(await request.read())
        if reading is None or len(reading.reason) > _LONGEST:
            return self._guard.complaint(Key.WEB_BAD_REQUEST, 400)

        async def end() -> dict[str, object]:
            await self._photos.unreadable(_id(request), reading.reason, by.by)
            return {}

        return await self._answer(end)

    async def reopen(self, request: web.Request, by: Moderator) -> web.Response:
        """A photo that somebody could not read waits again."""

        async def again() -> dict[str, object]:
            await self._photos.reopen(_id(request), by.by)
            return {"message": self._catalogue.say(Key.WEB_PHOTOS_REOPENED, number=_id(request))}

        return await self._answer(again)

    async def _answer(self, act: Callable[[], Awaitable[dict[str, object]]]) -> web.Response:
        try:
            return web.json_response(await act())
        except Refusal as refusal:
            return self._guard.complaint(refusal.key, 409, **refusal.values)

    def _told(self, photo: Photo, by: Moderator) -> dict[str, object]:
        holder = photo.holder(self._clock.now())
        return {
            "id": photo.id,
            "unit": photo.unit,
            "by": photo.sent_by,
            "at": moment(photo.sent_at),
            "here": photo.state is PhotoState.WAITING,
            "holder": holder if holder != by.name else "",
        }

    def _ended(self, photo: Photo) -> dict[str, object]:
        at = moment(photo.ended_at) if photo.ended_at else ""
        how = self._catalogue.say(_ENDED[photo.state], by=photo.ended_by, at=at, count=photo.slips)
        why = self._catalogue.say(Key.WEB_PHOTOS_WHY_GIVEN, reason=photo.reason) if photo.reason else ""
        unreadable = photo.state is PhotoState.UNREADABLE
        told = {"id": photo.id, "unit": photo.unit, "by": photo.sent_by, "at": moment(photo.sent_at)}
        return told | {"how": how, "why": why, "unreadable": unreadable, "picture": bool(photo.file)}


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


def _read(body: bytes) -> _Reading | None:
    try:
        return _reading.validate_json(body, strict=True)
    except ValidationError:
        return None
