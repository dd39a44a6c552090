"""An erasure for somebody who comes to the office with a receipt code: by whoever runs the program, on record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import NotFound, Refusal
from bot.domain.message import ChannelName
from bot.domain.privacy import Erasure, RequestKind, due
from bot.domain.submission import Submission, parse_receipt_code, receipt_code
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.erase import Erase
from bot.usecases.retention import forget_photo


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be erased. `by` does it, `reason` says who asked in which capacity, and on what ground."""

    code: str
    choice: Erasure
    by: str
    reason: str
    photo: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What it is about. `known_person`: all that one person sent by a bot; else one slip. `sent` are the codes that a
    file for others held.
    """

    codes: tuple[str, ...]
    known_person: bool
    sent: tuple[str, ...]


class EraseByHand:
    """`media` is the folder of pictures of slips."""

    def __init__(self, store: Store, clock: Clock, erase: Erase, media: Path) -> None:
        self._store = store
        self._clock = clock
        self._erase = erase
        self._media = media

    async def look(self, order: Order) -> About:
        """What an order would erase. Raises NotFound where the code is nobody's."""
        async with self._store.reading() as tx:
            found = await self._theirs(tx, await _find(tx, order.code))
            sent = {one.submission_id for one in await tx.privacy.sent([one.id for one in found])}
        whole = [one for one in found if not one.part]
        codes, gone = (tuple(one.code for one in some) for some in (whole, [one for one in whole if one.id in sent]))
        return About(codes, found[0].person_id is not None, gone)

    async def __call__(self, order: Order) -> str:
        """Do it; the code of the request that it is recorded as. Raises a Refusal."""
        now, kind = self._clock.now(), RequestKind.ERASURE
        async with self._store.transaction() as tx:
            submission = await _find(tx, order.code)
            person = await tx.people.by_id(submission.person_id or 0)
            if person is None and order.choice is not Erasure.WORDS:
                raise Refusal(Key.PRIVACY_NO_PERSON, code=submission.code)
            request = await tx.privacy.ask(kind, ChannelName.SLIP.value, now, due(kind, now))
            told = {"request": request.code, "reason": order.reason}
            if person is not None:
                await self._erase.person(tx, person, order.choice, order.by, **told)
            else:
                await self._erase.words_of(tx, submission, order.by, **told)
            await tx.privacy.finish(request.id, now, order.by, order.choice.value, order.reason)
        if order.photo is not None:
            async with self._store.reading() as tx:
                photo = await tx.photos.get(order.photo)
            if photo is not None and photo.file:
                await forget_photo(self._store, photo.id, self._media / photo.file)
        return request.code

    async def _theirs(self, tx: Transaction, submission: Submission) -> list[Submission]:
        if submission.person_id is None:
            return [submission, *await tx.submissions.parts(submission.id)]
        found = [await tx.submissions.get(id_) for id_ in await tx.privacy.submissions_of(submission.person_id)]
        return [one for one in found if one is not None]


async def _find(tx: Transaction, code: str) -> Submission:
    parsed = parse_receipt_code(code)
    submission = await tx.submissions.by_code(receipt_code(*parsed)) if parsed else None
    if submission is None:
        raise NotFound(Key.PRIVACY_NO_CODE, code=code)
    return submission
