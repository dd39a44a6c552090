"""What a workbook holds, before any cell exists: the numbers and rows that Home Affairs is to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One issue (or one waiting submission). `text` is as it may be read by everybody who gets the workbook (see
    bot/usecases/covering.py), else exactly as written; `units` are all units that raised it.
    """

    codes: tuple[str, ...]
    topic: str
    text: str
    units: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...]
    submissions: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one topic (nhóm vấn đề) of one department."""

    topic: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """Everything that one department is to answer; no group where nothing was asked of it."""

    id: str
    name: str
    short_name: str
    groups: tuple[Group, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True)
class MachineLine:
    """Of `decided` texts that people gave to this department (no name: to nobody) the machine had proposed it for
    `right`.
    """

    department: str
    decided: int
    right: int

    @property
    def corrected(self) -> int:
        """How many a person had to move here."""
        return self.decided - self.right


@dataclass(frozen=True, slots=True)
class Content:
    """A whole workbook. `number` counts the files of the programme ("lần n"); `made_at` is aware.

    `departments` are in the directory's order, those that the plan names first; departments without a question stay.
    `unclear`: approved, but no department yet. `waiting`: not moderated yet. `machine`: how often its proposals were
    right, a line for each department to which something was decided.
    """

    programme: str
    title: str
    theme: str
    unit: str
    number: int
    made_at: datetime
    rehearsal: bool
    departments: tuple[DepartmentPart, ...]
    unclear: tuple[Row, ...]
    waiting: tuple[Row, ...]
    machine: tuple[MachineLine, ...] = ()

    @property
    def issues(self) -> int:
        return sum(len(part.rows) for part in self.departments) + len(self.unclear)


@dataclass(frozen=True, slots=True)
class Slip:
    """One row of a slip file that can be taken in. `line` is its row number as the spreadsheet shows it.

    `received` is None where the row names no day; `source` is the row's own word for where it came from.
    """

    line: int
    text: str
    unit: str
    youth_group: str
    received: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class BadSlip:
    """One row that cannot be taken in, and why, in a sentence for whoever typed it."""

    line: int
    reason: str
