"""What is held, for whoever has to answer for it: counts, ages and terms, and nothing of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.privacy import Kept, Request
from bot.ports import Clock, Erased, Holding, RetentionRun, Store, Transaction
from bot.usecases import backup
from bot.usecases.running import Running

_RUNS_SHOWN = timedelta(days=31)
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class ExportTold:
    """A workbook that was made: who asked for it, when, and where it may have gone on to."""

    number: int
    at: datetime
    by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Consented:
    version: int
    given: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """Everything of the report. `late` are requests that were done, or wait, past their term."""

    made_at: datetime
    programme: str
    controller: str
    holdings: tuple[Holding, ...]
    by_group: Mapping[str, int]
    days: Mapping[Kept, int]
    consents: tuple[Consented, ...]
    requests: tuple[Request, ...]
    late: int
    erasures: tuple[Erased, ...]
    runs: tuple[RetentionRun, ...]
    exports: tuple[ExportTold, ...]
    last_backup: str


class MakePrivacyReport:
    """Gathers it. `days` are the terms in force."""

    def __init__(self, store: Store, clock: Clock, running: Running, days: Mapping[Kept, int]) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._days = days

    async def __call__(self) -> PrivacyReport:
        now = self._clock.now()
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
            requests = await tx.privacy.requests()
            return PrivacyReport(
                made_at=now,
                programme=programme.title,
                controller=programme.contact.controller,
                holdings=tuple(await tx.privacy.holdings()),
                by_group=await _groups(tx),
                days=self._days,
                consents=tuple(Consented(*one) for one in await tx.privacy.consents_by_version()),
                requests=tuple(requests),
                late=sum(_was_late(one, now) for one in requests),
                erasures=tuple(await tx.privacy.erasures()),
                runs=tuple(await tx.privacy.runs(now - _RUNS_SHOWN)),
                exports=tuple(
                    [
                        ExportTold(one.number, one.at, one.asked_by, one.sha256)
                        for code in await tx.privacy.programmes()
                        for one in await tx.exports.of_programme(code)
                    ]
                ),
                last_backup=await tx.facts.get(backup.LAST) or "",
            )


async def _groups(tx: Transaction) -> Mapping[str, int]:
    """How many people of which youth group are known."""
    counted: Counter[str] = Counter()
    after = 0
    while page := await tx.privacy.everybody(after, _PAGE):
        counted.update(person.youth_group for person in page)
        after = page[-1].id
    return dict(counted.most_common())


def _was_late(request: Request, now: datetime) -> bool:
    replied = request.acknowledged_at or now
    return replied >= request.reply_by or (request.done_at or now) >= request.done_by
