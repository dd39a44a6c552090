"""Alarms to whoever answers for the bot, by another way than the one that may be stuck: what is wrong and what to do.

Each trouble is told once and once more when it is over, never two letters about the same within an hour. `RULES` is the
whole list.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import DeliveryError
from bot.ports import Alarm, Clock, Queues, Store
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.contact import SILENCE
from bot.usecases.health import Health, Vitals
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

_LOOK_EACH = 60.0
_HOUR = timedelta(hours=1)
_WAITS_TOO_LONG = timedelta(minutes=10).total_seconds()
_LITTLE_ROOM = 1024**3


@dataclass(frozen=True, slots=True)
class Rule:
    """`level`: 0 while all is well; a trouble is told again where the level rises. The sentences are of section
    `[alert]`: `kind` (what is wrong), `kind_todo` and `kind_over`. `blind`: can be judged without the database.
    """

    kind: str
    level: Callable[[Vitals], int]
    blind: bool = False

    def key(self, suffix: str = "") -> Key:
        return Key(f"alert.{self.kind}{suffix}")


def _silent(vitals: Vitals) -> int:
    return int(vitals.listens and vitals.at - vitals.silent_since >= SILENCE)


def _waits(since: Callable[[Queues], datetime | None]) -> Callable[[Vitals], int]:
    def level(vitals: Vitals) -> int:
        return int(vitals.queues is not None and vitals.age(since(vitals.queues)) > _WAITS_TOO_LONG)

    return level


def _backup(vitals: Vitals) -> int:
    wanted, made = vitals.backup_wanted, vitals.backed_up
    return int(vitals.backup_failed or (wanted is not None and (made is None or made < wanted)))


RULES = (
    Rule("database", lambda vitals: int(bool(vitals.fault)), blind=True),
    Rule("disk", lambda vitals: int(vitals.room < _LITTLE_ROOM), blind=True),
    Rule("conflict", lambda vitals: int(vitals.conflict), blind=True),
    Rule("silent", _silent),
    Rule("inbox", _waits(lambda queues: queues.inbox_since)),
    Rule("outbox", _waits(lambda queues: queues.outbox_since)),
    Rule("quarantine", lambda vitals: vitals.queues.quarantined if vitals.queues else 0),
    Rule("backup", _backup),
    Rule("export", lambda vitals: int(vitals.export_failed)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a kind last, and when; `at` None: never anything."""

    level: int = 0
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.level} {self.at.isoformat() if self.at else ''}"

    @classmethod
    def read(cls, stored: str | None) -> Told:
        if not stored:
            return cls()
        level, _, at = stored.partition(" ")
        return cls(int(level), datetime.fromisoformat(at) if at else None)


class Alerts:
    """Looks each minute and tells through `alarm`. What was told is a fact of the database; while that takes nothing,
    this process remembers it.
    """

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, health: Health, alarm: Alarm, programme: str, machine: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._health = health
        self._alarm = alarm
        self._from = {"programme": programme, "machine": machine}
        self._told: dict[str, Told] | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EACH)
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - whoever watches must not be the first to fall
                _log.error("looking for trouble failed with %s", type(fault).__name__)

    async def look(self) -> list[str]:
        """Tell what is new; the kinds that were told. What could not be told is new at the next look as well."""
        vitals = await self._health.look()
        found = [(rule, rule.level(vitals)) for rule in RULES if rule.blind or not vitals.fault]
        told = self._sunk(await self._remembered(), found)
        due = [(rule, level) for rule, level in found if self._is_due(level, told.get(rule.kind, Told()), vitals.at)]
        if due and await self._send(due, vitals):
            self._told = told | {rule.kind: Told(level, vitals.at) for rule, level in due}
            await self._record(rule.kind for rule, _ in due)
            return [rule.kind for rule, _ in due]
        return []

    @staticmethod
    def _sunk(told: dict[str, Told], found: Iterable[tuple[Rule, int]]) -> dict[str, Told]:
        """A trouble that has grown smaller is told again once it grows; that it grew smaller is no news."""
        for rule, level in found:
            before = told.get(rule.kind, Told())
            if 0 < level < before.level:
                told[rule.kind] = Told(level, before.at)
        return told

    def _is_due(self, level: int, told: Told, now: datetime) -> bool:
        news = level > told.level or (level == 0 and told.level > 0)
        return news and (told.at is None or abs(now - told.at) >= _HOUR)  # abs: the clock may have been set back

    async def _send(self, due: Sequence[tuple[Rule, int]], vitals: Vitals) -> bool:
        values = self._values(vitals)
        troubles = [rule for rule, level in due if level]
        parts = [self._part(rule, level, values) for rule, level in due]
        first = (troubles or [rule for rule, _ in due])[0]
        subject = Key.ALERT_SUBJECT if troubles else Key.ALERT_SUBJECT_OVER
        sentence = self._voice.text(first.key("" if troubles else "_over"), **values)
        body = self._voice.text(Key.ALERT_BODY, parts="\n\n".join(parts), at=when(vitals.at), **self._from)
        try:
            await self._alarm.tell(self._voice.text(subject, first=sentence), body)
        except DeliveryError as fault:
            _log.error("an alarm could not be sent: %s", fault.reason)
            return False
        _log.warning("alarm sent: %s", ", ".join(rule.kind if level else f"{rule.kind} over" for rule, level in due))
        return True

    def _part(self, rule: Rule, level: int, values: dict[str, object]) -> str:
        if not level:
            return self._voice.text(rule.key("_over"), **values)
        return "\n".join(self._voice.text(rule.key(suffix), **values) for suffix in ("", "_todo"))

    @staticmethod
    def _values(vitals: Vitals) -> dict[str, object]:
        """Everything that a sentence may name."""
        queues = vitals.queues
        return {
            "fault": vitals.fault,
            "free": vitals.room // 1024**2,
            "silent_since": vitals.silent_since,
            "backed_up": vitals.backed_up or "–",
            "quarantined": queues.quarantined if queues else 0,
            "inbox": queues.inbox if queues else 0,
            "outbox": queues.outbox if queues else 0,
            "inbox_minutes": int(vitals.age(queues.inbox_since) // 60) if queues else 0,
            "outbox_minutes": int(vitals.age(queues.outbox_since) // 60) if queues else 0,
        }

    async def _remembered(self) -> dict[str, Told]:
        if self._told is None:
            try:
                async with self._store.reading() as tx:
                    self._told = {rule.kind: Told.read(await tx.facts.get(_fact(rule.kind))) for rule in RULES}
            except Exception as fault:  # noqa: BLE001 - that is just what is to be told
                _log.warning("what was told before cannot be read: %s", type(fault).__name__)
                return {}
        return self._told

    async def _record(self, kinds: Iterable[str]) -> None:
        told = self._told or {}
        try:
            async with self._store.transaction() as tx:
                for kind in kinds:
                    await tx.facts.put(_fact(kind), str(told[kind]))
        except Exception as fault:  # noqa: BLE001 - this process remembers it all the same
            _log.warning("what was told cannot be put on record: %s", type(fault).__name__)


def _fact(kind: str) -> str:
    return f"alert.{kind}"
