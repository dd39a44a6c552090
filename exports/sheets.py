"""Which sheets a workbook has and what stands in their columns. A new column is one line here (and its title's text).

Widths are millimetres on paper; those of a table add up to styles.TABLE_WIDTH.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.decision import per_cent
from bot.domain.workbook import Content, Group, MachineLine, Row
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports.cells import readable

T = TypeVar("T")
# An issue is known by its first codes; a popular one holds hundreds.
MOST_CODES = 2
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
    """A line of the summary. `sheet` is the title of the sheet that lists its questions, "" where there is none."""

    order: int | str
    name: str
    issues: int
    submissions: int
    unanswered: int | str
    note: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet of questions. A group without a topic has no heading; `nothing` is said where there is no row."""

    title: str
    heading: str
    counts: str
    columns: tuple[Column[Row], ...]
    groups: tuple[Group, ...]
    nothing: str = ""

    @property
    def rows(self) -> int:
        return sum(len(group.rows) for group in self.groups)


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


NUMBER_WIDTH = 14.0

ISSUE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 86),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 31),
    Column(Key.XL_SUPPORTING, lambda row, _: _joined(row.supporting), 31),
    Column(Key.XL_ANSWER, lambda _row, _: "", 60),
    Column(Key.XL_NOTE, _note, 30),
)

UNCLEAR_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 86),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 31),
    Column(Key.XL_ASSIGN, lambda row, _: row.lead, 31),
    Column(Key.XL_ANSWER, lambda _row, _: "", 54),
    Column(Key.XL_NOTE, _note_with_guess, 36),
)

WAITING_COLUMNS: tuple[Column[Row], ...] = (
    Column(Key.XL_TEXT, lambda row, _: row.text, 115),
    Column(Key.XL_UNITS, lambda row, _: _joined(row.units), 40),
    Column(Key.XL_PROPOSED, _proposed, 45),
    Column(Key.XL_NOTE, _note, 38),
)

SUMMARY_COLUMNS: tuple[Column[SummaryLine], ...] = (
    Column(Key.XL_ORDER, lambda line, _: line.order, NUMBER_WIDTH, centred=True),
    Column(Key.XL_DEPARTMENT, lambda line, _: line.name, 90),
    Column(Key.XL_ISSUES, lambda line, _: line.issues, 26, centred=True),
    Column(Key.XL_SUBMISSIONS, lambda line, _: line.submissions, 28, centred=True),
    Column(Key.XL_UNANSWERED, lambda line, _: line.unanswered, 28, centred=True),
    Column(Key.XL_NOTE, lambda line, _: line.note, 66),
)
# The columns of the summary that have a sum, counted from 0.
SUMMED = (2, 3, 4)


# Below the summary, behind a number and as wide as the summary's own columns.
MACHINE_COLUMNS: tuple[Column[MachineLine], ...] = (
    Column(Key.XL_MACHINE_DEPARTMENT, lambda line, words: line.department or words[Key.XL_MACHINE_NOBODY], 90),
    Column(Key.XL_MACHINE_DECIDED, lambda line, _: line.decided, 26, centred=True),
    Column(Key.XL_MACHINE_RIGHT, lambda line, _: line.right, 28, centred=True),
    Column(Key.XL_MACHINE_CORRECTED, lambda line, _: line.corrected, 28, centred=True),
    Column(Key.XL_MACHINE_SHARE, lambda line, _: f"{per_cent(line.right, line.decided)} %", 66, centred=True),
)


# ------------------------------------------------------------------ which sheets there are


def list_sheets(content: Content, words: Catalogue) -> list[ListSheet]:
    """The sheets after the summary, in their order: departments with questions, unclear, waiting."""
    fixed = [words[Key.XL_SHEET_UNCLEAR], words[Key.XL_SHEET_WAITING]]
    asked = [part for part in content.departments if part.rows]
    titles = sheet_titles(
        [part.short_name or part.name for part in asked],
        taken=[words[Key.XL_SHEET_SUMMARY], *fixed],
        nameless=words[Key.XL_SHEET_NAMELESS],
    )
    departments = [
        ListSheet(
            title=title,
            heading=words.say(Key.XL_HEAD_DEPARTMENT, department=part.name),
            counts=_counts(part.rows, words),
            columns=ISSUE_COLUMNS,
            groups=part.groups,
        )
        for title, part in zip(titles, asked, strict=True)
    ]
    return [*departments, _unclear(content, words, fixed[0]), _waiting(content, words, fixed[1])]


def _unclear(content: Content, words: Catalogue, title: str) -> ListSheet:
    return ListSheet(
        title=title,
        heading=words[Key.XL_HEAD_UNCLEAR],
        counts=_counts(content.unclear, words),
        columns=UNCLEAR_COLUMNS,
        groups=(Group("", content.unclear),),
        nothing=words[Key.XL_NONE_UNCLEAR],
    )


def _waiting(content: Content, words: Catalogue, title: str) -> ListSheet:
    return ListSheet(
        title=title,
        heading=words[Key.XL_HEAD_WAITING],
        counts=words.say(Key.XL_COUNTS_WAITING, issues=len(content.waiting)),
        columns=WAITING_COLUMNS,
        groups=(Group("", content.waiting),),
        nothing=words[Key.XL_NONE_WAITING],
    )


def _counts(rows: tuple[Row, ...], words: Catalogue) -> str:
    return words.say(Key.XL_COUNTS, issues=len(rows), submissions=submissions(rows))


def submissions(rows: Iterable[Row]) -> int:
    """How many submissions the rows hold."""
    return sum(row.submissions for row in rows)


def summary_lines(content: Content, sheets: list[ListSheet], words: Catalogue) -> list[SummaryLine]:
    """The counted lines of the summary: every department of the plan, zeros too, then what has no department yet."""
    titles = iter(sheet.title for sheet in sheets)
    lines = []
    for order, part in enumerate(content.departments, 1):
        sheet = next(titles) if part.rows else ""
        note = words.say(Key.XL_SEE_SHEET, sheet=sheet) if sheet else words[Key.XL_NOTHING_ASKED]
        lines.append(_line(order, part.name, part.rows, note, sheet))
    title = sheets[-2].title
    note = words.say(Key.XL_SEE_SHEET, sheet=title)
    return [*lines, _line("", words[Key.XL_LINE_UNCLEAR], content.unclear, note, title)]


def waiting_line(content: Content, sheets: list[ListSheet], words: Catalogue) -> SummaryLine:
    """The line below the sum: what waits is no issue yet, and nobody owes it an answer."""
    title, rows = sheets[-1].title, content.waiting
    note = words.say(Key.XL_SEE_SHEET, sheet=title)
    return SummaryLine("", words[Key.XL_LINE_WAITING], len(rows), submissions(rows), "", note, title)


def machine_heading(lines: Sequence[MachineLine], words: Catalogue) -> str:
    """How often the machine was right in all, or that nothing was decided yet."""
    decided, corrected = sum(line.decided for line in lines), sum(line.corrected for line in lines)
    if not decided:
        return words[Key.XL_MACHINE_NONE]
    return words.say(Key.XL_MACHINE, share=per_cent(decided - corrected, decided), corrected=corrected, decided=decided)


def _line(order: int | str, name: str, rows: tuple[Row, ...], note: str, sheet: str) -> SummaryLine:
    return SummaryLine(order, name, len(rows), submissions(rows), len(rows), note, sheet)


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
