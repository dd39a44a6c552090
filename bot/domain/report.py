"""The letter that goes with a workbook's table and the report on the collection: facts before any document exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.submission import State
from bot.domain.text import fold
from bot.domain.workbook import Content, Row


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that a letter refers to. `number` is "" and `day` None where the plan at hand bears none."""

    issuer: str
    title: str
    number: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A cover letter and its table. `sender` and `receiver` are names as one writes them in a sentence.

    `answers_due` is the plan's own wording of when departments answer ("trước ngày 12/3/2024"), "" without one.
    """

    content: Content
    plan: Plan
    sender: str
    receiver: str
    answers_due: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """A line of a table of numbers: `issues` is None where the line counts submissions only."""

    name: str
    submissions: int
    issues: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The report on a collection. Private submissions are in no number of it.

    `opens_at` and `closes_at` are the intake window; `units` are those of the programme.
    """

    content: Content
    plan: Plan
    sender: str
    receiver: str
    opens_at: datetime
    closes_at: datetime
    units: tuple[str, ...] = ()

    @property
    def outcomes(self) -> tuple[tuple[State, int], ...]:
        """How many stand where now, zeros left out. A part of a split submission counts for itself here."""
        content = self.content
        found = Counter(one.state for one in content.unforwarded)
        found[State.APPROVED] += sum(row.submissions for row in all_rows(content))
        found[State.WAITING] += len(content.waiting)
        found[State.SPAM] += content.spam
        return tuple((state, found[state]) for state in State if found[state])

    @property
    def refusals(self) -> tuple[tuple[State, str, int], ...]:
        """State, reason and how many, of what was not passed on; the most frequent first."""
        found = Counter((one.state, one.reason) for one in self.content.unforwarded)
        lines = [(state, reason, count) for (state, reason), count in found.items()]
        return tuple(sorted(lines, key=lambda line: (-line[2], line[0], line[1])))

    @property
    def departments(self) -> tuple[Tally, ...]:
        """A line for each department, zeros too, in the workbook's order."""
        return tuple(_tally(part.name, part.rows) for part in self.content.departments)

    @property
    def topics(self) -> tuple[Tally, ...]:
        """A line for each topic that was asked about, the most frequent first."""
        by_topic: dict[str, list[Row]] = {}
        for part in self.content.departments:
            for group in part.groups:
                by_topic.setdefault(group.topic, []).extend(group.rows)
        for row in self.content.unclear:
            by_topic.setdefault(row.topic, []).append(row)
        lines = [_tally(topic, rows) for topic, rows in by_topic.items()]
        return tuple(sorted(lines, key=lambda line: (-line.submissions, line.name)))

    @property
    def silent(self) -> tuple[str, ...]:
        """The units of the programme from which nobody wrote, however the others were spelt."""
        spoke = {fold(one.name) for one in self.content.figures.units}
        return tuple(unit for unit in self.units if fold(unit) not in spoke)


def all_rows(content: Content) -> tuple[Row, ...]:
    """Every issue of a workbook: by department, then those that nobody leads yet."""
    return (*(row for part in content.departments for row in part.rows), *content.unclear)


def _tally(name: str, rows: Iterable[Row]) -> Tally:
    listed = list(rows)
    return Tally(name, sum(row.submissions for row in listed), len(listed))
