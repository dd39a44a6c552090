"""Updates in quarantine: an operator looks at them, lets them be tried again, or drops them with a reason on record."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.audit import Event, Note
from bot.domain.errors import NotAllowedNow, NotFound
from bot.ports import Clock, PutAside, Store, Transaction
from bot.texts.keys import Key


class Quarantine:
    """What lies there still has its raw JSON, until its time is over; that is for the operator's eyes alone."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all(self) -> list[PutAside]:
        """The oldest first."""
        async with self._store.reading() as tx:
            return await tx.quarantine.all()

    async def get(self, id_: int) -> PutAside:
        """Raises NotFound."""
        async with self._store.reading() as tx:
            return await _known(tx, id_)

    async def retry(self, ids: Collection[int]) -> int:
        """Put these back to the place where they stood in their chat; a running bot takes them up within a second.

        All of them or none. Raises NotFound, and NotAllowedNow for what was blanked meanwhile.
        """
        async with self._store.transaction() as tx:
            for id_ in ids:
                await _known(tx, id_)
                if not await tx.quarantine.release(id_, self._clock.now()):
                    raise NotAllowedNow(Key.REFUSE_QUARANTINE_BLANK, id=id_)
        return len(ids)

    async def drop(self, id_: int, by: str, reason: str) -> None:
        """Give one up. Who did it and why stands in the audit; the raw JSON is gone. Raises NotFound."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            aside = await _known(tx, id_)
            await tx.quarantine.drop(id_, now)
            subject = f"{aside.platform}/{aside.update_id}"
            await tx.history.note(Note(now, by, Event.UPDATE_DROPPED, subject, aside.error, reason))


async def _known(tx: Transaction, id_: int) -> PutAside:
    aside = await tx.quarantine.get(id_)
    if aside is None:
        raise NotFound(Key.REFUSE_NOT_IN_QUARANTINE, id=id_)
    return aside
