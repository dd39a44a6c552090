"""Topics, departments, and the directory that joins them: topic -> department, at a date, in a province, under a plan.

Topics do not change over the years; departments do (in 2025 the Labour department became five bodies). That is why the
classifier predicts topics and this table, which is data, names the department. The date is the programme's, never
today's: a programme of 2024 that is exported in 2026 still names the bodies of 2024.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

OUT_OF_SCOPE = "ngoai-pham-vi"
UNCLASSIFIED = ""  # the topic of a text that the machine could not read yet (no model, or one that failed)
EVERY_TOPIC = "*"


@dataclass(frozen=True, slots=True)
class Span:
    """Days of validity, half-open: `since` is the first valid day, `until` the first day no longer valid."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Department:
    """A body that answers. `short_name` fits a sheet title (31 characters); `special` ones exist in some provinces."""

    id: str
    name: str
    short_name: str
    aliases: tuple[str, ...] = ()
    kind: str = "department"
    since: str | date | None = None
    until: str | date | None = None
    special: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """A department that leads or supports a topic, perhaps only for a time (a date or the name of an epoch)."""

    department: str
    since: str | date | None = None
    until: str | date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about. `scope` tells a moderator what belongs here."""

    code: str
    name: str
    scope: str
    lead: tuple[Owner, ...] = ()
    supporting: tuple[Owner, ...] = ()


@dataclass(frozen=True, slots=True)
class Province:
    """A province between two dates, with its own day for an epoch where it differs and its special departments."""

    id: str
    name: str
    since: str | date | None = None
    until: str | date | None = None
    epochs: dict[str, date] = field(default_factory=dict)
    special: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a plan itself says: this department answers these topics (`*`: every topic that no other row names)."""

    department: str
    topics: tuple[str, ...]
    wording: str = ""


RouteBasis = Literal["plan", "directory", "none"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a topic goes under one programme. `unassigned`: the plan raises the subject and gives it to nobody."""

    topic: str
    lead: str | None
    supporting: tuple[str, ...]
    basis: RouteBasis
    unassigned: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """All topics, departments and provinces that are known, over all the years."""

    topics: dict[str, Topic]
    departments: dict[str, Department]
    provinces: dict[str, Province]
    epochs: dict[str, date]

    def at(
        self,
        on: date,
        province: str | None,
        *,
        assignments: tuple[Assignment, ...] = (),
        own_departments: tuple[Department, ...] = (),
        unassigned: frozenset[str] = frozenset(),
    ) -> RoutingTable:
        """The table in force on a day in a province, under a plan's own assignments and its own departments.

        A body that the plan names is in the table even where the directory thinks it no longer (or not yet) exists:
        the plan knows its own year best.
        """
        assigned = {row.department for row in assignments}
        departments = {
            **{
                id_: body
                for id_, body in self.departments.items()
                if id_ in assigned or self._valid(body, on, province)
            },
            **{body.id: body for body in own_departments},
        }
        named = {topic: row.department for row in assignments for topic in row.topics}
        routes = {
            topic.code: self._route(topic, on, province, departments, named, topic.code in unassigned)
            for topic in self.topics.values()
        }
        return RoutingTable(self.topics, departments, routes, {**self.departments, **departments})

    def _route(
        self,
        topic: Topic,
        on: date,
        province: str | None,
        departments: dict[str, Department],
        named: dict[str, str],
        unassigned: bool,
    ) -> Route:
        def in_force(owners: tuple[Owner, ...]) -> tuple[str, ...]:
            return tuple(
                owner.department
                for owner in owners
                if owner.department in departments and self._span(owner.since, owner.until, province).holds(on)
            )

        usual, beside = in_force(topic.lead), in_force(topic.supporting)
        by_plan = named.get(topic.code) or (named.get(EVERY_TOPIC) if topic.lead else None)
        lead = by_plan or (usual[0] if usual else None)
        if lead is None:
            return Route(topic.code, None, (), "none", unassigned)
        # Under a plan's own assignment the body that usually owns the topic is still the first to be consulted.
        others = ((*usual[:1], *beside)) if by_plan else beside
        supporting = tuple(dict.fromkeys(id_ for id_ in others if id_ != lead))
        return Route(topic.code, lead, supporting, "plan" if by_plan else "directory", unassigned)

    def _valid(self, body: Department, on: date, province: str | None) -> bool:
        if body.special and not (province in self.provinces and body.id in self.provinces[province].special):
            return False
        return self._span(body.since, body.until, province).holds(on)

    def _span(self, since: str | date | None, until: str | date | None, province: str | None) -> Span:
        return Span(self.day_of(since, province), self.day_of(until, province))

    def day_of(self, mark: str | date | None, province: str | None) -> date | None:
        """A day as written, or the day of a named epoch in that province."""
        if mark is None or isinstance(mark, date):
            return mark
        own = self.provinces[province].epochs if province in self.provinces else {}
        return own.get(mark, self.epochs[mark])


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """The directory as one programme sees it: a frozen view in which every topic has its route."""

    topics: dict[str, Topic]
    departments: dict[str, Department]
    routes: dict[str, Route]
    everybody: dict[str, Department] = field(default_factory=dict)

    def department(self, id_: str) -> Department:
        """A body by its id: one in force here, or one of another time that an older decision still names."""
        return self.departments.get(id_) or self.everybody[id_]

    def route(self, topic: str) -> Route:
        """Where a topic goes: UNCLASSIFIED to nobody. A topic that is not known raises KeyError."""
        return self.routes[topic] if topic else Route(UNCLASSIFIED, None, (), "none")

    def topic_name(self, topic: str) -> str:
        """The name of a topic, empty for UNCLASSIFIED. A topic that is not known raises KeyError."""
        return self.topics[topic].name if topic else ""

    @property
    def leads(self) -> dict[str, str | None]:
        """The department of every topic; None where nobody leads it."""
        return {code: route.lead for code, route in self.routes.items()}

    def name(self, department: str | None) -> str:
        """The full name, or an empty string where no department owns the matter."""
        return "" if department is None else self.department(department).name

    def topics_of(self, department: str) -> tuple[Topic, ...]:
        """The topics that a department leads here, in the directory's order."""
        return tuple(self.topics[code] for code, route in self.routes.items() if route.lead == department)
