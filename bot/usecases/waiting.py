"""What waits for a decision and for how long, by department: the queue's page, the figures and the morning digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.department import RoutingTable
from bot.domain.submission import State, Submission
from bot.ports import Transaction
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Heap:
    """What waits for one department (`name` is shown), the oldest first."""

    name: str
    submissions: tuple[Submission, ...]

    @property
    def since(self) -> datetime:
        """When the oldest came."""
        return self.submissions[0].received_at


async def heaps(tx: Transaction, running: Running, voice: Voice) -> tuple[Heap, ...]:
    """What waits in the running programme, the department with the oldest first. Nothing private."""
    _, routing = await running.view(tx)
    waiting = await tx.submissions.of_programme(running.code, [State.WAITING])
    return in_heaps(waiting, routing, voice)


def in_heaps(waiting: Sequence[Submission], routing: RoutingTable, voice: Voice) -> tuple[Heap, ...]:
    """Submissions by the department that their topics lead to."""
    by_name: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(waiting, key=lambda one: (one.received_at, one.number)):
        by_name[department_of(submission, routing, voice)].append(submission)
    return tuple(Heap(name, tuple(theirs)) for name, theirs in by_name.items())


def department_of(submission: Submission, routing: RoutingTable, voice: Voice) -> str:
    """The short name of where a submission's topic leads."""
    lead = routing.route(submission.topic).lead
    return routing.department(lead).short_name if lead else voice.text(Key.QUEUE_UNCLEAR)


def age(voice: Voice, since: datetime, now: datetime) -> str:
    """How long ago something was, in two units at most: `12 phút`, `5 giờ`, `2 ngày 4 giờ`."""
    passed = max(now - since, timedelta())
    days, hours, minutes = passed // _DAY, passed % _DAY // _HOUR, passed % _HOUR // timedelta(minutes=1)
    if days:
        return voice.text(Key.AGE_DAYS, days=days, hours=hours) if hours else voice.text(Key.AGE_FULL_DAYS, days=days)
    return voice.text(Key.AGE_HOURS, hours=hours) if hours else voice.text(Key.AGE_MINUTES, minutes=minutes)
