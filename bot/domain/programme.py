"""One yearly dialogue of one unit, as its plan lays down: theme, people, deadlines, and when young people may write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.domain.deadline import Deadline, Instant, legal_deadlines
from bot.domain.department import Assignment, Department, Directory, RoutingTable
from bot.domain.letterhead import Letterhead

QUESTIONS = "questions"
YOUTH_OPINIONS = "youth_opinions"
MODERATION_BUFFER = timedelta(days=2)
GRACE = timedelta(minutes=10)


class Level(StrEnum):
    PROVINCE = "tinh"
    DISTRICT = "huyen"
    COMMUNE = "xa"


class Intake(StrEnum):
    """How a text stands to the intake window."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Window:
    """When young people may write: half-open [opens_at, closes_at), aware instants.

    `basis` tells whether the plan states the end of the window or somebody chose it (plans seldom state one).
    `note` is the reason for the choice, in the words of whoever chose.
    """

    opens_at: datetime
    closes_at: datetime
    basis: Literal["plan", "chosen"]
    note: str = ""

    @property
    def empty(self) -> bool:
        return self.closes_at <= self.opens_at

    def judge(
        self,
        typed_at: datetime,
        confirmed_at: datetime,
        *,
        shown_at: datetime | None = None,
        grace: timedelta = GRACE,
    ) -> Intake:
        """Where a text stands that was typed at one moment and confirmed at another.

        What counts is when it was typed (the platform's clock). A draft typed in time may still be confirmed within
        the grace after the cutoff, or after the bot showed it (`shown_at`) where the bot itself came late, because a
        button press carries no time of the platform.
        """
        if typed_at < self.opens_at:
            return Intake.EARLY
        last_chance = max(self.closes_at, shown_at or self.closes_at) + grace
        in_time = typed_at < self.closes_at and confirmed_at < last_chance
        return Intake.OPEN if in_time else Intake.LATE


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The event itself, as far as the plan fixes it. `day` is None while there is none ("có Giấy mời sau")."""

    day: date | None
    day_wording: str = ""
    day_expected: bool = False
    day_from_plan: bool = True
    place: str = ""
    chair: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who runs the collection, who controls the personal data, and how to reach them (Luật 91/2025/QH15 Điều 9)."""

    organiser: str
    controller: str
    contact: str


@dataclass(frozen=True, slots=True)
class Programme:
    """A dialogue programme. `code` names it everywhere (hung-yen-2024); `receipt_prefix` begins its receipt codes."""

    code: str
    receipt_prefix: str
    level: Level
    unit: str
    province: str
    year: int
    directory_day: date
    title: str
    theme: str
    issuer: str
    number: str
    plan_date: date | None
    dialogue: Dialogue
    contact: Contact
    window: Window
    deadlines: tuple[Deadline, ...]
    assignments: tuple[Assignment, ...] = ()
    own_departments: tuple[Department, ...] = ()
    named_departments: tuple[str, ...] = ()
    unassigned_topics: frozenset[str] = frozenset()
    issue_groups: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    parent: str = ""
    home_affairs: str = ""
    collector: str = ""
    letterhead: Letterhead = field(default_factory=Letterhead)
    gaps: tuple[str, ...] = ()

    def routing(self, directory: Directory) -> RoutingTable:
        """The directory as it stood for this programme."""
        return directory.at(
            self.directory_day,
            self.province,
            assignments=self.assignments,
            own_departments=self.own_departments,
            unassigned=self.unassigned_topics,
        )

    def all_deadlines(self) -> tuple[Deadline, ...]:
        """The plan's own deadlines in its order, then the three terms of the law."""
        return (*self.deadlines, *legal_deadlines())

    def instants(self, deadline: Deadline) -> tuple[Instant, ...]:
        """Every reading of one deadline under this programme's dialogue day, the chosen reading first."""
        return deadline.instants(self.dialogue.day, day_from_plan=self.dialogue.day_from_plan)

    @property
    def delivery(self) -> Deadline | None:
        """The deadline by which the collected questions leave the Youth Union (or reach it, in a commune)."""
        by_id = {deadline.id: deadline for deadline in self.deadlines}
        return by_id.get(QUESTIONS) or by_id.get(YOUTH_OPINIONS)

    @property
    def delivered_by(self) -> datetime | None:
        """The first instant too late for the delivery, or None where no date can be computed yet."""
        return self.instants(self.delivery)[0].closes_at if self.delivery else None

    @property
    def proposed_close(self) -> datetime | None:
        """A cutoff that leaves moderators two days before the delivery.

        Where the plan's own deadline is that of the young people themselves (a commune), it is the cutoff.
        """
        if self.delivery is None or self.delivered_by is None:
            return None
        return self.delivered_by - (MODERATION_BUFFER if self.delivery.id == QUESTIONS else timedelta())

    def on_day(self, day: date) -> Programme:
        """The programme with its dialogue day confirmed; relative deadlines follow by themselves."""
        return replace(self, dialogue=replace(self.dialogue, day=day, day_expected=False, day_from_plan=False))

    def extended(self, closes_at: datetime) -> Programme:
        """The programme with another end of its intake window."""
        return replace(self, window=replace(self.window, closes_at=closes_at, basis="chosen"))
