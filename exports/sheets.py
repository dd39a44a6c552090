"""Which sheets a workbook has and what stands in their columns. A new column is one line here (and its title's text).

Widths are millimetres on paper; those of a table add up to styles.TABLE_WIDTH.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from bot.domain.deadline import VIETNAM
from bot.domain.decision import per_cent
from bot.domain.report import all_rows
from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, Count, Deed, DepartmentPart, Difference, Group, MachineLine, Row, Stand
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from exports.cells import readable

T = TypeVar("T")
# An issue is known by its first codes; a popular one holds hundreds.
MOST_CODES = 2
# So many units have a bar of their own in the chart; the others share one.
MOST_UNITS = 15
_TITLE_LENGTH = 31
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: the text of its head, what it shows of a line, its width in millimetres."""

    title: Key
    value: Callable[[T, Catalogue], str | int]
    width: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the summary. `of` is how many issues there are in all, 0 where a share of them would say nothing.
    `sheet` is the title of the sheet to which the line leads, "" where there is none, and `note` says so; a line that
    only leads there has no numbers.
    """

    order: int | str
    name: str
    note: str
    sheet: str = ""
    issues: int | str = ""
    submissions: int | str = ""
    answered: int | str = ""
    of: int = 0

    @property
    def share(self) -> str:
        return f"{per_cent(self.issues, self.of)} %" if self.of and isinstance(self.issues, int) else ""

    @property
    def unanswered(self) -> int | str:
        if isinstance(self.issues, int) and isinstance(self.answered, int):
            return self.issues - self.answered
        return ""

    @property
    def answered_share(self) -> str:
        if isinstance(self.answered, int) and isinstance(self.issues, int) and self.issues:
            return f"{per_cent(self.answered, self.issues)} %"
        return ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the data behind a chart; `issues` is "" where only submissions are counted."""

    name: str
    submissions: int
    issues: int | str = ""


@dataclass(frozen=True, slots=True)
class Block(Generic[T]):
    """Rows below their bold lines. Lines without a row stand by themselves. `drawn`: a chart stands beside the rows,
    which are then counted by themselves.
    """

    rows: tuple[T, ...]
    headings: tuple[str, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet of numbered lines. `nothing` is said where there is none, `remarks` stand below the table.

    `alone`: it is forwarded alone and bears the letterhead.
    """

    title: str
    heading: str
    counts: str
    columns: tuple[Column[Any], ...]
    blocks: tuple[Block[Any], ...]
    nothing: str = ""
    remarks: tuple[str, ...] = ()
    alone: bool = False

    @property
    def rows(self) -> int:
        return sum(len(block.rows) for block in self.blocks)

    @property
    def empty(self) -> bool:
        """Whether there is neither a row nor a bold line."""
        return not any(block.rows or block.headings for block in self.blocks)

    @property
    def drawn(self) -> bool:
        """Whether charts stand in it."""
        return any(block.drawn for block in self.blocks)


# ------------------------------------------------------------------ what stands in the columns


def _note(row: Row, words: Catalogue) -> str:
    merged = [words.say(Key.XL_MERGED, count=row.submissions)] if row.submissions > 1 else []
    more = len(row.codes) - MOST_CODES
    others = [words.say(Key.XL_MORE_CODES, count=more)] if more > 0 else []
    own = [row.note] if row.note else []
    return "\n".join([*merged, *row.codes[:MOST_CODES], *others, *own])


def _note_with_guess(row: Row, words: Catalogue) -> str:
    said = not row.topic or row.topic in row.note
    topic = [] if said else [words.say(Key.XL_TOPIC_GUESS, topic=row.topic)]
    others = [words.say(Key.XL_SUPPORTING_GUESS, departments=_joined(row.supporting))] if row.supporting else []
    own = _note(row, words)
    return "\n".join([*topic, *others, *([own] if own else [])])


def _proposed(row: Row, words: Catalogue) -> str:
    parts = [part for part in (row.topic, row.lead, _joined(row.supporting)) if part]
    return "\n".join(parts) or words[Key.XL_NOT_CLASSIFIED]


def _joined(names: Iterable[str]) -> str:
    return "; ".join(names)


def _said(text: str, words: Catalogue) -> str:
    return text or words[Key.XL_UNSAID]


def _topic_lead(aside: Aside, words: Catalogue) -> str:
    return "\n".join(filter(None, (aside.topic, aside.lead))) or words[Key.XL_NOT_CLASSIFIED]


def state_label(state: State, words: Catalogue) -> str:
    """A state as a cell begins with it."""
    label = words[Key(f"state.{state.value}")]
    return label[:1].upper() + label[1:]


def _kinds(one: Difference, words: Catalogue) -> str:
    return "\n".join(words[Key(f"change.{kind.value}")] for kind in one.kinds)


def _stand(stand: Stand | None, words: Catalogue) -> str:
    """How a submission stood: while it waits or where it was refused, topic and department would be guesses."""
    if stand is None:
        return ""
    if stand.state is not State.APPROVED:
        return state_label(stand.state, words)
    lead = stand.lead or words[Key.XL_LINE_UNCLEAR]
    number = words.say(Key.XL_ISSUE_NUMBER, number=stand.issue)
    return "\n".join((lead, stand.topic or words[Key.XL_NOT_CLASSIFIED], number))


def _clock(deed: Deed, _: Catalogue) -> str:
    return f"{deed.at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def _typed(aside: Aside, _: Catalogue) -> str:
    return f"{aside.typed_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


NUMBER_WIDTH = 14.0

# The same in the list of all and in the sheet of one department, which is forwarded alone.
ISSUE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 74),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 28),
    Column(Key.XL_LEAD, lambda row, _: row.lead, 29),
    Column(Key.XL_SUPPORTING, lambda row, _: _joined(row.supporting), 29),
    Column(Key.XL_ANSWER, lambda row, _: row.answer, 44),
    Column(Key.XL_NOTE, _note, 34),
)

UNCLEAR_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 86),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 31),
    Column(Key.XL_ASSIGN, lambda row, _: row.lead, 31),
    Column(Key.XL_ANSWER, lambda row, _: row.answer, 54),
    Column(Key.XL_NOTE, _note_with_guess, 36),
)

WAITING_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 115),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 40),
    Column(Key.XL_PROPOSED, _proposed, 45),
    Column(Key.XL_NOTE, _note, 38),
)

UNFORWARDED_COLUMNS: tuple[Column[Aside], ...] = (
    Column(Key.XL_CODE, lambda aside, _: aside.code, 34),
    Column(Key.XL_TEXT, lambda aside, words: _said(aside.text, words), 86),
    Column(Key.XL_UNITS, lambda aside, _: aside.unit, 34),
    Column(Key.XL_TOPIC_LEAD, _topic_lead, 40),
    Column(Key.XL_WHY, lambda aside, _: aside.reason, 44),
)

LATE_COLUMNS: tuple[Column[Aside], ...] = (
    Column(Key.XL_CODE, lambda aside, _: aside.code, 34),
    Column(Key.XL_TEXT, lambda aside, words: _said(aside.text, words), 76),
    Column(Key.XL_UNITS, lambda aside, _: aside.unit, 30),
    Column(Key.XL_TOPIC_LEAD, _topic_lead, 36),
    Column(Key.XL_STATE, lambda aside, words: state_label(aside.state, words), 32),
    Column(Key.XL_SENT_AT, _typed, 30),
)

CHANGE_COLUMNS: tuple[Column[Difference], ...] = (
    Column(Key.XL_CODE, lambda one, _: one.code, 34),
    Column(Key.XL_CHANGE, _kinds, 36),
    Column(Key.XL_TEXT, lambda one, words: _said(one.text, words), 66),
    Column(Key.XL_UNITS, lambda one, _: one.unit, 28),
    Column(Key.XL_BEFORE, lambda one, words: _stand(one.before, words), 37),
    Column(Key.XL_NOW, lambda one, words: _stand(one.now, words), 37),
)

BAR_COLUMNS: tuple[Column[Bar], ...] = (
    Column(Key.XL_ITEM, lambda bar, _: bar.name, 62),
    Column(Key.XL_ISSUES, lambda bar, _: bar.issues, 22, centred=True),
    Column(Key.XL_SUBMISSIONS, lambda bar, _: bar.submissions, 22, centred=True),
    Column(Key.XL_CHART, lambda _bar, _: "", 132),
)

LOG_COLUMNS: tuple[Column[Deed], ...] = (
    Column(Key.XL_AT, _clock, 46),
    Column(Key.XL_BY, lambda deed, _: deed.by, 40),
    Column(Key.XL_CODE, lambda deed, _: deed.code, 38),
    Column(Key.XL_WHAT, lambda deed, _: deed.what, 42),
    Column(Key.XL_STATE, lambda deed, _: deed.from_to, 36),
    Column(Key.XL_REASON, lambda deed, _: deed.reason, 36),
)

SUMMARY_COLUMNS: tuple[Column[SummaryLine], ...] = (
    Column(Key.XL_ORDER, lambda line, _: line.order, NUMBER_WIDTH, centred=True),
    Column(Key.XL_DEPARTMENT, lambda line, _: line.name, 62),
    Column(Key.XL_ISSUES, lambda line, _: line.issues, 19, centred=True),
    Column(Key.XL_SHARE, lambda line, _: line.share, 21, centred=True),
    Column(Key.XL_SUBMISSIONS, lambda line, _: line.submissions, 19, centred=True),
    Column(Key.XL_ANSWERED, lambda line, _: line.answered, 19, centred=True),
    Column(Key.XL_UNANSWERED, lambda line, _: line.unanswered, 19, centred=True),
    Column(Key.XL_ANSWERED_SHARE, lambda line, _: line.answered_share, 19, centred=True),
    Column(Key.XL_SHEET, lambda line, _: line.note, 40),
    # LibreOffice never wraps a link: the name of the sheet stands beside it.
    Column(Key.XL_LINK, lambda line, words: words[Key.XL_OPEN_SHEET] if line.sheet else "", 20, centred=True),
)
# The columns of the summary that have a sum, counted from 0.
SUMMED = (2, 4, 5, 6)

MACHINE_COLUMNS: tuple[Column[MachineLine], ...] = (
    Column(Key.XL_MACHINE_DEPARTMENT, lambda line, words: line.department or words[Key.XL_MACHINE_NOBODY], 98),
    Column(Key.XL_MACHINE_DECIDED, lambda line, _: line.decided, 35, centred=True),
    Column(Key.XL_MACHINE_RIGHT, lambda line, _: line.right, 35, centred=True),
    Column(Key.XL_MACHINE_CORRECTED, lambda line, _: line.corrected, 35, centred=True),
    Column(Key.XL_MACHINE_SHARE, lambda line, _: f"{per_cent(line.right, line.decided)} %", 35, centred=True),
)


# ------------------------------------------------------------------ which sheets there are


def list_sheets(content: Content, words: Catalogue) -> list[ListSheet]:
    """The sheets after the summary, in their order."""
    return [
        _everything(content, words),
        *_departments(content, words),
        _unclear(content, words),
        _waiting(content, words),
        _unforwarded(content, words),
        _late(content, words),
        _changes(content, words),
        _charts(content, words),
        _machine(content, words),
        _log(content, words),
    ]


_FIXED = (
    Key.XL_SHEET_SUMMARY,
    Key.XL_SHEET_LIST,
    Key.XL_SHEET_UNCLEAR,
    Key.XL_SHEET_WAITING,
    Key.XL_SHEET_UNFORWARDED,
    Key.XL_SHEET_LATE,
    Key.XL_SHEET_CHANGES,
    Key.XL_SHEET_CHARTS,
    Key.XL_SHEET_MACHINE,
    Key.XL_SHEET_LOG,
)


def _with_titles(content: Content, words: Catalogue) -> list[tuple[str, DepartmentPart]]:
    """The departments of which something was asked, with the titles of their sheets."""
    asked = [part for part in content.departments if part.rows]
    titles = sheet_titles(
        [part.short_name or part.name for part in asked],
        taken=[words[key] for key in _FIXED],
        nameless=words[Key.XL_SHEET_NAMELESS],
    )
    return list(zip(titles, asked, strict=True))


def _everything(content: Content, words: Catalogue) -> ListSheet:
    rows = all_rows(content)
    return ListSheet(
        title=words[Key.XL_SHEET_LIST],
        heading=words[Key.XL_HEAD_LIST],
        counts=_counts(rows, words),
        columns=ISSUE_COLUMNS,
        blocks=tuple(_parts(content, words)),
        nothing=words[Key.XL_NONE_LIST],
    )


def _parts(content: Content, words: Catalogue) -> Iterator[Block[Row]]:
    """A block a topic, the department's own line above its first one; what has no department yet comes last."""
    asked = [part for part in content.departments if part.rows]
    for number, part in enumerate(asked, 1):
        above: tuple[str, ...] = (words.say(Key.XL_PART, number=number, department=part.name, count=len(part.rows)),)
        for position, group in enumerate(part.groups, 1):
            topic, count = group.topic, len(group.rows)
            own = words.say(Key.XL_PART_GROUP, part=number, number=position, topic=topic, count=count)
            yield Block(group.rows, (*above, own))
            above = ()
    if content.unclear:
        name, count = words[Key.XL_LINE_UNCLEAR], len(content.unclear)
        yield Block(content.unclear, (words.say(Key.XL_PART, number=len(asked) + 1, department=name, count=count),))


def _departments(content: Content, words: Catalogue) -> list[ListSheet]:
    return [
        ListSheet(
            title=title,
            heading=words.say(Key.XL_HEAD_DEPARTMENT, department=part.name),
            counts=_counts(part.rows, words),
            columns=ISSUE_COLUMNS,
            blocks=tuple(
                Block(group.rows, (group_heading(position, group, words),))
                for position, group in enumerate(part.groups, 1)
            ),
            alone=True,
        )
        for title, part in _with_titles(content, words)
    ]


def _unclear(content: Content, words: Catalogue) -> ListSheet:
    return ListSheet(
        title=words[Key.XL_SHEET_UNCLEAR],
        heading=words[Key.XL_HEAD_UNCLEAR],
        counts=_counts(content.unclear, words),
        columns=UNCLEAR_COLUMNS,
        blocks=(Block(content.unclear),),
        nothing=words[Key.XL_NONE_UNCLEAR],
    )


def _waiting(content: Content, words: Catalogue) -> ListSheet:
    return ListSheet(
        title=words[Key.XL_SHEET_WAITING],
        heading=words[Key.XL_HEAD_WAITING],
        counts=words.say(Key.XL_COUNTS_WAITING, issues=len(content.waiting)),
        columns=WAITING_COLUMNS,
        blocks=(Block(content.waiting),),
        nothing=words[Key.XL_NONE_WAITING],
    )


_UNFORWARDED = (
    (State.REJECTED, Key.XL_REJECTED),
    (State.REDIRECTED, Key.XL_REDIRECTED),
    (State.WITHDRAWN, Key.XL_WITHDRAWN),
)


def _unforwarded(content: Content, words: Catalogue) -> ListSheet:
    """A block for each way of not being passed on that there is; spam is counted and not shown."""
    kinds = [
        (words[key], tuple(aside for aside in content.unforwarded if aside.state is state))
        for state, key in _UNFORWARDED
    ]
    found = [(kind, rows, len(rows)) for kind, rows in kinds if rows]
    if content.spam:
        found.append((words[Key.XL_SPAM], (), content.spam))
    return ListSheet(
        title=words[Key.XL_SHEET_UNFORWARDED],
        heading=words[Key.XL_HEAD_UNFORWARDED],
        counts=words.say(Key.XL_COUNTS_ONE_BY_ONE, count=len(content.unforwarded) + content.spam),
        columns=UNFORWARDED_COLUMNS,
        blocks=tuple(
            Block(rows, (words.say(Key.XL_KIND_OF, number=number, kind=kind, count=count),))
            for number, (kind, rows, count) in enumerate(found, 1)
        ),
        nothing=words[Key.XL_NONE_UNFORWARDED],
    )


def _late(content: Content, words: Catalogue) -> ListSheet:
    return ListSheet(
        title=words[Key.XL_SHEET_LATE],
        heading=words[Key.XL_HEAD_LATE],
        counts=words.say(Key.XL_COUNTS_ONE_BY_ONE, count=len(content.late)),
        columns=LATE_COLUMNS,
        blocks=(Block(content.late),),
        nothing=words[Key.XL_NONE_LATE],
    )


def _changes(content: Content, words: Catalogue) -> ListSheet:
    since = content.since
    heading = words.say(Key.XL_HEAD_CHANGES, number=since) if since else words[Key.XL_HEAD_CHANGES_FIRST]
    nothing = words.say(Key.XL_NONE_CHANGES, number=since) if since else words[Key.XL_NONE_COMPARED]
    return ListSheet(
        title=words[Key.XL_SHEET_CHANGES],
        heading=heading,
        counts=words.say(Key.XL_COUNTS_ONE_BY_ONE, count=len(content.differences)),
        columns=CHANGE_COLUMNS,
        blocks=(Block(content.differences),),
        nothing=nothing,
    )


def _machine(content: Content, words: Catalogue) -> ListSheet:
    """How often the machine's proposals were right."""
    lines = content.machine
    decided, corrected = sum(line.decided for line in lines), sum(line.corrected for line in lines)
    share = per_cent(decided - corrected, decided) if decided else 0
    said = words.say(Key.XL_MACHINE, share=share, corrected=corrected, decided=decided) if decided else ""
    return ListSheet(
        title=words[Key.XL_SHEET_MACHINE],
        heading=words[Key.XL_HEAD_MACHINE],
        counts=said,
        columns=MACHINE_COLUMNS,
        blocks=(Block(lines),),
        nothing=words[Key.XL_MACHINE_NONE],
    )


def _log(content: Content, words: Catalogue) -> ListSheet:
    head = content.head
    end = [words.say(Key.XL_LOG_END, count=head.count, hash=head.hash)] if head.hash else []
    return ListSheet(
        title=words[Key.XL_SHEET_LOG],
        heading=words[Key.XL_HEAD_LOG],
        counts=words.say(Key.XL_COUNTS_LOG, count=len(content.deeds)),
        columns=LOG_COLUMNS,
        blocks=(Block(content.deeds),),
        nothing=words[Key.XL_NONE_LOG],
        remarks=(words[Key.XL_LOG_NAMES], *end),
    )


# ------------------------------------------------------------------ what the charts show


def _charts(content: Content, words: Catalogue) -> ListSheet:
    """The data behind the charts, a block each; what counts nothing has none."""
    figures = content.figures
    units = _named(figures.units, words[Key.XL_NO_UNIT])
    most = words.say(Key.XL_CHART_UNITS_MOST, count=MOST_UNITS)
    weeks = [Bar(short_day(date.fromisoformat(week.name)), week.submissions) for week in figures.weeks]
    blocks = (
        (words[Key.XL_CHART_DEPARTMENTS], _department_bars(content, words)),
        (most if len(units) > MOST_UNITS + 1 else words[Key.XL_CHART_UNITS], _most(units, words)),
        (words[Key.XL_CHART_GROUPS], _named(figures.youth_groups, words[Key.XL_NO_GROUP])),
        (words[Key.XL_CHART_WEEKS], weeks),
    )
    return ListSheet(
        title=words[Key.XL_SHEET_CHARTS],
        heading=words[Key.XL_HEAD_CHARTS],
        counts=words.say(Key.XL_COUNTS_CHARTS, count=sum(count.submissions for count in figures.units)),
        columns=BAR_COLUMNS,
        blocks=tuple(Block(tuple(bars), (heading,), drawn=True) for heading, bars in blocks if bars),
        nothing=words[Key.XL_NONE_CHARTS],
    )


def _department_bars(content: Content, words: Catalogue) -> list[Bar]:
    parts = [(part.short_name or part.name, part.rows) for part in content.departments]
    return [
        Bar(name, submissions(rows), len(rows))
        for name, rows in (*parts, (words[Key.XL_LINE_UNCLEAR], content.unclear))
        if rows
    ]


def _named(counts: Iterable[Count], nameless: str) -> list[Bar]:
    return [Bar(count.name or nameless, count.submissions) for count in counts]


def _most(bars: list[Bar], words: Catalogue) -> list[Bar]:
    others = bars[MOST_UNITS:]
    if len(others) <= 1:
        return bars
    name = words.say(Key.XL_OTHER_UNITS, count=len(others))
    return [*bars[:MOST_UNITS], Bar(name, sum(bar.submissions for bar in others))]


# ------------------------------------------------------------------ what is counted


def _counts(rows: tuple[Row, ...], words: Catalogue) -> str:
    return words.say(Key.XL_COUNTS, issues=len(rows), submissions=submissions(rows))


def submissions(rows: Iterable[Row]) -> int:
    """How many submissions the rows hold."""
    return sum(row.submissions for row in rows)


def summary_lines(content: Content, words: Catalogue) -> list[SummaryLine]:
    """The counted lines of the summary: every department of the plan, zeros too, then what has no department yet."""
    titles = {part.id: title for title, part in _with_titles(content, words)}
    lines = [
        _line(order, part.name, part.rows, content, words, titles.get(part.id, ""))
        for order, part in enumerate(content.departments, 1)
    ]
    unclear = words[Key.XL_SHEET_UNCLEAR]
    return [*lines, _line("", words[Key.XL_LINE_UNCLEAR], content.unclear, content, words, unclear)]


def _line(
    order: int | str, name: str, rows: tuple[Row, ...], content: Content, words: Catalogue, sheet: str
) -> SummaryLine:
    note = sheet or words[Key.XL_NOTHING_ASKED]
    answered = sum(bool(row.answer) for row in rows)
    return SummaryLine(order, name, note, sheet, len(rows), submissions(rows), answered, content.issues)


def total_line(content: Content, words: Catalogue) -> SummaryLine:
    """The sum of the counted lines, as its formulas must come out."""
    rows = all_rows(content)
    answered = sum(bool(row.answer) for row in rows)
    name = words[Key.XL_LINE_TOTAL]
    return SummaryLine("", name, "", "", len(rows), submissions(rows), answered, content.issues)


def lines_below(content: Content, words: Catalogue) -> list[SummaryLine]:
    """The lines below the sum: what is no issue, or is counted above already, and the way to the other sheets."""
    changes = Key.XL_SHEET_CHANGES

    def leads(name: str, sheet: Key, count: int | str = "", issues: int | str = "") -> SummaryLine:
        title = words[sheet]
        return SummaryLine("", name, title, title, issues, count)

    waiting, unforwarded = len(content.waiting), len(content.unforwarded) + content.spam
    compared = [leads(words.say(Key.XL_LINE_CHANGES, number=content.since), changes, len(content.differences))] * bool(
        content.since
    )
    return [
        leads(words[Key.XL_LINE_WAITING], Key.XL_SHEET_WAITING, submissions(content.waiting), waiting),
        leads(words[Key.XL_LINE_UNFORWARDED], Key.XL_SHEET_UNFORWARDED, unforwarded),
        leads(words[Key.XL_LINE_LATE], Key.XL_SHEET_LATE, len(content.late)),
        *compared,
        leads(words[Key.XL_LINE_LIST], Key.XL_SHEET_LIST),
        leads(words[Key.XL_LINE_CHARTS], Key.XL_SHEET_CHARTS),
        leads(words[Key.XL_LINE_MACHINE], Key.XL_SHEET_MACHINE),
        leads(words[Key.XL_LINE_LOG], Key.XL_SHEET_LOG),
    ]


def group_heading(number: int, group: Group, words: Catalogue) -> str:
    """The bold line above the rows of a topic."""
    return words.say(Key.XL_GROUP, number=number, topic=group.topic, count=len(group.rows))


# ------------------------------------------------------------------ titles that Excel accepts


def sheet_titles(names: Iterable[str], *, taken: Iterable[str], nameless: str) -> list[str]:
    """A title for each name: at most 31 UTF-16 units, none of []:*?/ or backslash, all different whatever the case."""
    used = {_same(title) for title in taken} | {"history"}  # Excel keeps "History" for itself
    titles = []
    for name in names:
        title = _free_title(_allowed(name) or nameless, used)
        used.add(_same(title))
        titles.append(title)
    return titles


def _free_title(wanted: str, used: set[str]) -> str:
    title, number = _cut(wanted, _TITLE_LENGTH), 1
    while _same(title) in used:
        number += 1
        title = _cut(wanted, _TITLE_LENGTH - len(f" ({number})")) + f" ({number})"
    return title


def _allowed(name: str) -> str:
    plain = _NOT_IN_TITLES.sub("-", unicodedata.normalize("NFC", readable(name)))
    return " ".join(plain.split()).strip("'- ")


def _cut(name: str, units: int) -> str:
    short = name.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
    return short.rstrip(" '-")


def _same(title: str) -> str:
    return unicodedata.normalize("NFC", title).casefold()
