"""What happens by itself: the weekly workbook, the one at the cutoff, reminders, forgetting, topping up the board.

Nothing here is a flag that time flips: each look asks what is due now and was not done yet, so a run that the machine
slept through is made up at the next look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

from cronsim import CronSim

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, Say
from bot.domain.programme import GRACE
from bot.domain.sealing import SUPPLEMENT, occasion_of_cutoff, occasion_of_week
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.exporting import Exporting, Wish, wishes
from bot.usecases.feed import Feed
from bot.usecases.files import PAPERS
from bot.usecases.papers import PaperKind, Papers
from bot.usecases.pulse import Pulse
from bot.usecases.remind import ForgetUnconsented, Remind
from bot.usecases.running import Running
from bot.usecases.staff import EXPORT_ASKED
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

_LOOK_AGAIN = 15.0
_NOT_OFTENER_THAN = 1.0
EXPORT_FAILED = "export.failed"
"""The fact that names the file which could not be made by itself; empty once it could."""


class Schedule:
    """Looks at least every quarter of a minute. `weekly` is a cron expression in Viet Nam's time; each of `beside` is
    asked at every look and knows by itself what is due.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        voice: Voice,
        running: Running,
        exporting: Exporting,
        remind: Remind,
        forget: ForgetUnconsented,
        feed: Feed,
        weekly: str,
        boards: Collection[Address] = (),
        beside: Sequence[Callable[[], Awaitable[object]]] = (),
        papers: Papers | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse
        self._voice = voice
        self._running = running
        self._exporting = exporting
        self._remind = remind
        self._forget = forget
        self._feed = feed
        self._weekly = weekly
        self._boards = boards
        self._beside = tuple(beside)
        self._papers = papers

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            seen = self._pulse.count
            await self.look()
            await asyncio.sleep(_NOT_OFTENER_THAN)
            await self._pulse.wait(seen, _LOOK_AGAIN)

    async def look(self) -> None:
        """Do whatever is due now; one part that fails does not keep the others from their work."""
        own = (
            self._exporting.tidy,
            self._export_on_demand,
            self._export_by_schedule,
            self._supplement,
            self._remind,
            self._forget,
            self._feed,
        )
        parts: tuple[Callable[[], Awaitable[object]], ...] = (*own, *self._beside)
        for part in parts:
            try:
                await part()
            except Exception as fault:  # noqa: BLE001 - the next look tries again; the type says enough for a log
                _log.error("scheduled work failed with %s", type(fault).__name__)

    async def _export_by_schedule(self) -> None:
        for occasion in await self._due_occasions():
            await self._by_itself(occasion, self._exporting.make(self._voice.text(Key.STAFF_BY_SCHEDULE), occasion))

    async def _supplement(self) -> None:
        await self._by_itself(SUPPLEMENT, self._exporting.supplement(self._voice.text(Key.STAFF_BY_SCHEDULE)))

    async def _by_itself(self, occasion: str, making: Awaitable[object]) -> None:
        """A file that nobody asked for and that cannot be made: the group hears of it once, each look tries again."""
        try:
            made = await making
        except Exception:
            async with self._store.transaction() as tx:
                if await tx.facts.get(EXPORT_FAILED) != occasion:
                    await tx.facts.put(EXPORT_FAILED, occasion)
                    await self._tell(tx, Key.FILES_FAILED)
            raise
        if made is not None:
            async with self._store.transaction() as tx:
                await tx.facts.put(EXPORT_FAILED, "")

    async def _export_on_demand(self) -> None:
        async with self._store.reading() as tx:
            waiting = wishes(await tx.facts.get(EXPORT_ASKED))
        if not waiting:
            return
        asked = waiting[0]
        wish = Wish.read(asked)
        try:
            await self._carry_out(wish)
        except Exception:
            await self._answered(asked, Key.STAFF_EXPORT_FAILED)
            raise
        await self._answered(asked)

    async def _carry_out(self, wish: Wish) -> None:
        if not wish.paper or self._papers is None:
            await self._exporting.make(wish.by, final=wish.final)
            return
        kind = PaperKind(wish.paper)
        file, content = await self._papers.make(kind)
        name = self._voice.text(PAPERS[kind])
        caption = self._voice.text(Key.FILES_PAPER, name=name, at=content.made_at, issues=content.issues)
        async with self._store.transaction() as tx:
            for board in self._boards:
                await tx.outbox.file(board, file, self._voice.marked(caption), content.made_at)

    async def _answered(self, asked: str, sentence: Key | None = None) -> None:
        """The wish is dealt with; where it failed the group is told, because a bot that says nothing looks dead."""
        async with self._store.transaction() as tx:
            waiting = wishes(await tx.facts.get(EXPORT_ASKED))
            if waiting[:1] == [asked]:
                await tx.facts.put(EXPORT_ASKED, "\n".join(waiting[1:]))
            if sentence is not None:
                await self._tell(tx, sentence)

    async def _tell(self, tx: Transaction, sentence: Key) -> None:
        for board in self._boards:
            await tx.outbox.say(board, self._voice.words(Say(sentence)), self._clock.now())

    async def _due_occasions(self) -> list[str]:
        """The runs that should have happened by now and that no record shows, since this database was begun."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            window = (await self._running.programme(tx)).window
            begun = datetime.fromisoformat(await tx.facts.get(started_at(self._running.code)) or now.isoformat())
            wanted = []
            fire = last_fire(self._weekly, now)
            if max(begun, window.opens_at) < fire < window.closes_at:
                wanted.append(occasion_of_week(fire, last_fire(self._weekly, fire - timedelta(minutes=1))))
            if begun < window.closes_at and window.closes_at + GRACE <= now:
                wanted.append(occasion_of_cutoff(window.closes_at))
            return [occasion for occasion in wanted if not await tx.exports.has(self._running.code, occasion)]


def started_at(programme: str) -> str:
    """The fact that tells since when this database serves a programme: nothing before that is made up for."""
    return f"started_at:{programme}"


def last_fire(expression: str, now: datetime) -> datetime:
    """The latest instant at or before `now` at which a cron expression fires, in Viet Nam's time.

    Raises CronSimError where the expression cannot be read.
    """
    fires = CronSim(expression, now.astimezone(VIETNAM) + timedelta(minutes=1), reverse=True)
    return next(fire for fire in fires if fire <= now)
