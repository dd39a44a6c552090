"""What a workbook holds, before any cell exists: the numbers and rows that Home Affairs is to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.audit import Head
from bot.domain.changes import Held, Kind
from bot.domain.letterhead import Letterhead
from bot.domain.submission import State


@dataclass(frozen=True, slots=True)
class Row:
    """One issue (or one waiting submission). `text` is as it may be read by everybody who gets the workbook (see
    bot/usecases/covering.py), else exactly as written; `units` are all units that raised it. `number` is that of the
    issue in its programme, 0 where there is none yet. `answer` is what the department says, confirmed by two people,
    "" while nothing is.
    """

    codes: tuple[str, ...]
    topic: str
    text: str
    units: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...]
    submissions: int
    note: str = ""
    number: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """One submission that is listed by itself: it was not passed on, or it came late. `text` is "" where its words are
    not to be read; `reason` is why it was refused, or who is responsible for it. `typed_at` is aware.
    """

    code: str
    state: State
    text: str
    unit: str
    topic: str
    lead: str
    typed_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a submission stood in a file: state, department, topic, and the number of its issue (0: in none)."""

    state: State
    lead: str
    topic: str
    issue: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one submission since the last file. `text` is "" where its words are not to be read."""

    kinds: tuple[Kind, ...]
    code: str
    text: str
    unit: str
    before: Stand | None
    now: Stand | None


@dataclass(frozen=True, slots=True)
class Count:
    """So many submissions of one unit, youth group or week; the name "" stands for those that name none."""

    name: str
    submissions: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How many submissions came, each counted once, without spam and what was withdrawn: from which units and youth
    groups, the most first, and in which weeks (named by their Mondays, 2024-02-19), in their order.
    """

    units: tuple[Count, ...] = ()
    youth_groups: tuple[Count, ...] = ()
    weeks: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """One decision of the history, in words. `by` is a moderator's display name, or what askers and the machine are
    called there; never a young person's.
    """

    id: int
    at: datetime
    by: str
    what: str
    code: str
    from_to: str
    reason: str


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
    right, a line for each department to which something was decided. `final`: a person says that it is no draft any
    more. `supplement`: the n-th one after the sealing, with only what was on time and came later; 0: a whole one.

    `unforwarded`: refused, out of scope, withdrawn; of `spam` there is only the number. `late`: everything that came
    after the cutoff, whatever became of it. `differences` are those from the file with the number `since`, 0 where
    there is none to compare with. `deeds` is what was decided, `head` the end of the history's chain: a signed file
    pins it. `held` is what the file is remembered by; nobody reads it.
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
    final: bool = False
    supplement: int = 0
    letterhead: Letterhead = field(default_factory=Letterhead)
    unforwarded: tuple[Aside, ...] = ()
    spam: int = 0
    late: tuple[Aside, ...] = ()
    differences: tuple[Difference, ...] = ()
    since: int = 0
    figures: Figures = field(default_factory=Figures)
    deeds: tuple[Deed, ...] = ()
    head: Head = field(default_factory=lambda: Head(0, ""))
    held: tuple[Held, ...] = ()

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
    """One row that cannot be taken in, and why, in a sentence for whoever typed it. `place` says in words where the
    cell is (“trang tính “Phiếu”, ô C7”).
    """

    line: int
    reason: str
    place: str = ""
