"""Requests about personal data that a person has to deal with: kept with their terms, reminded of, answered."""

from __future__ import annotations

from bot.domain.audit import Event, Note
from bot.domain.errors import AlreadyDecided, NotFound
from bot.domain.message import ChannelName, Choice, Say
from bot.domain.privacy import Request, RequestKind, due
from bot.domain.submission import parse_receipt_code, receipt_code
from bot.domain.text import storable
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.voice import Voice


class DataRequests:
    """What the responsible person sees of requests and does to them."""

    def __init__(self, store: Store, clock: Clock, voice: Voice) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice

    async def all(self, *, open_only: bool) -> list[Request]:
        """As they came; open ones by when they must be done."""
        async with self._store.reading() as tx:
            return await tx.privacy.requests(open_only=open_only)

    async def add(self, kind: RequestKind, asker: str, words: str, about: str = "") -> Request:
        """Take in a request that came on paper. `asker` says who came, until it is done."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            return await tx.privacy.ask(
                kind,
                ChannelName.SLIP.value,
                now,
                due(kind, now),
                about=about,
                words=storable(words),
                asker=storable(asker),
                acknowledged=False,
            )

    async def acknowledge(self, code: str) -> Request:
        """Whoever asked on paper was told that it is being dealt with."""
        async with self._store.transaction() as tx:
            request = await _find(tx, code)
            await tx.privacy.acknowledge(request.id, self._clock.now())
            return await _find(tx, code)

    async def done(self, code: str, by: str, note: str) -> bool:
        """It is done: whoever asked in a chat is told with `note`; returns whether somebody could be.

        Raises NotFound, AlreadyDecided.
        """
        now = self._clock.now()
        async with self._store.transaction() as tx:
            request = await _find(tx, code)
            address = await tx.privacy.reply_to(request.id)
            if not await tx.privacy.finish(request.id, now, by, request.kind.value, storable(note)):
                raise AlreadyDecided(Key.PRIVACY_DONE_BEFORE, code=request.code)
            await tx.history.note(Note(now, by, Event.REQUEST_DONE, request.code, request.kind.value))
            if address is not None:
                said = Say(Key.REQUEST_DONE, {"code": request.code, "note": note}, (Choice("mine", Key.B_MINE),))
                await tx.outbox.say(address, self._voice.words(said), now)
        return address is not None


async def reminder(tx: Transaction, voice: Voice, clock: Clock) -> str:
    """What the morning's word says of open requests; not a word of what they say."""
    waiting = await tx.privacy.requests(open_only=True)
    if not waiting:
        return ""
    late = sum(one.is_late(clock.now()) for one in waiting)
    if late:
        return voice.text(Key.PRIVACY_LATE, count=late)
    return voice.text(Key.PRIVACY_WAITING, count=len(waiting), due=waiting[0].done_by)


async def _find(tx: Transaction, code: str) -> Request:
    parsed = parse_receipt_code(code)
    request = await tx.privacy.request(receipt_code(*parsed)) if parsed else None
    if request is None:
        raise NotFound(Key.PRIVACY_NO_REQUEST, code=code)
    return request
