"""A file that a department filled in, compared with what stands. Pure: nothing is read, nothing is stored.

People sort, filter, copy and cut such files. What a row is about is therefore said by the row itself, in a hidden cell:
the issue, what the department was asked (a fingerprint), which answer stood there when the file was made, and a seal
over these, made with a key that never leaves the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.answer import Answer, AnswerBody
from bot.domain.message import Address
from bot.domain.text import clean

LONGEST_QUESTION = 30_000  # UTF-16 units of a question in a cell, which holds 32,767 of them
_ESCAPE = 6  # units by which a cell is longer for each "_x" that a program could take for a sign (see exports.cells)
_LENGTH = 16  # hex digits of a fingerprint and of a seal: enough against slips, and short in a cell
_MARK = re.compile(r"DT-(\d{1,12})-([0-9a-f]{16})-(\d{1,12})-([0-9a-f]{16})", re.ASCII)
# What no cell holds is shown as the first of these; the others are what it may have been.
_UNSHOWN = str.maketrans("\ufffd\ufffe\uffff", "   ")


@dataclass(frozen=True, slots=True)
class Mark:
    """The hidden cell of a row. `asked` is the fingerprint of what was asked, `base` the id of the answer that stood
    there when the file was made, 0 where there was none.
    """

    issue: int
    asked: str
    base: int
    seal: str

    def __str__(self) -> str:
        """As it stands in the cell."""
        return f"DT-{self.issue}-{self.asked}-{self.base}-{self.seal}"

    @classmethod
    def parse(cls, written: str) -> Mark | None:
        """The mark that a cell holds; None where it holds anything else."""
        found = _MARK.fullmatch(written.strip())
        return None if found is None else cls(int(found[1]), found[2], int(found[3]), found[4])


@dataclass(frozen=True, slots=True)
class AskedIssue:
    """An issue as it stands now. `question` is what the department reads; `codes` are the receipt codes in it."""

    id: int
    number: int
    lead: str | None
    supporting: tuple[str, ...]
    topic: str
    question: str
    codes: tuple[str, ...]
    units: tuple[str, ...]
    answer: Answer | None = None

    @property
    def asked(self) -> str:
        """The fingerprint of what was asked and of whom. Somebody else who asks the same does not change it."""
        parts = (clean(self.question), self.lead or "", "|".join(sorted(self.supporting)))
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:_LENGTH]

    def mark(self, key: bytes, programme: str) -> Mark:
        """The hidden cell of this issue's row in a file made now."""
        base = self.answer.id if self.answer else 0
        return Mark(self.id, self.asked, base, _seal(key, programme, self.id, self.asked, base))


def _seal(key: bytes, programme: str, issue: int, asked: str, base: int) -> str:
    message = f"{programme}\x00{issue}\x00{asked}\x00{base}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:_LENGTH]


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row as it came back. `place` says where ("Sở Y tế, dòng 7"); `mark` is None where the hidden cell is gone;
    `fault` is a sentence that says which cell cannot be taken as it is, "" where all can.
    """

    place: str
    mark: Mark | None
    codes: tuple[str, ...]
    question: str
    body: AnswerBody
    fault: str = ""

    @property
    def empty(self) -> bool:
        """Whether nobody filled anything in."""
        return not self.fault and self.body == AnswerBody("")


@dataclass(frozen=True, slots=True)
class FilledFile:
    """A file as it came back: its rows in their order, and columns of somebody's own that hold something."""

    rows: tuple[FilledRow, ...]
    ignored_columns: tuple[str, ...] = ()

    @property
    def marked(self) -> bool:
        """Whether any row still has its hidden cell."""
        return any(row.mark is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of the file that a department gets. `body` is the answer that stands, empty where there is none; `returned`
    is why it came back to be mended, "" where it did not.
    """

    mark: Mark
    codes: tuple[str, ...]
    topic: str
    question: str
    units: tuple[str, ...]
    supporting: tuple[str, ...]
    body: AnswerBody
    returned: str = ""


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """The file that a department fills in. `due` is when its answers are wanted, as the plan words it, "" where it does
    not say. `made_at` is aware; `id` is the department's.
    """

    id: str
    department: str
    title: str
    theme: str
    unit: str
    due: str
    made_at: datetime
    rehearsal: bool
    rows: tuple[FormRow, ...]


class Finding(StrEnum):
    """What a row means. Only NEW and CHANGED are applied by themselves; a person decides about the rest, row by row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    CONFLICT = "conflict"  # somebody else's answer came since the file was made
    STALE = "stale"  # what was asked is another since
    EDITED = "edited"  # the question in the file is not the one that was sent
    TWICE = "twice"  # the same issue twice in the file, with different answers
    UNMARKED = "unmarked"  # no hidden cell, but a code that names one issue
    FAULTY = "faulty"  # a cell that cannot be taken as it is
    FORGED = "forged"  # a hidden cell that is not as it was sent
    UNKNOWN = "unknown"  # an issue that is not (any more) in this programme
    MISSING = "missing"  # an issue of the same department that is not in the file


APPLIED = frozenset({Finding.NEW, Finding.CHANGED})
QUIET = APPLIED | {Finding.UNCHANGED, Finding.EMPTY, Finding.MISSING}  # of which no row needs a word of its own
DECIDABLE = frozenset({Finding.CONFLICT, Finding.STALE, Finding.EDITED, Finding.TWICE, Finding.UNMARKED})


@dataclass(frozen=True, slots=True)
class Found:
    """A row with what it means; `issue` is the one that it is about, None where that cannot be said. For MISSING there
    is no row.
    """

    finding: Finding
    row: FilledRow | None
    issue: AskedIssue | None = None


class FileState(StrEnum):
    FETCHING = "fetching"  # còn phải tải về từ nền tảng
    TAKEN = "taken"  # đã nhập
    REFUSED = "refused"  # không nhập được, có lý do


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of answers that somebody sent into a chat. `file_id` is the platform's handle for fetching it, `unique_id`
    names the same file however often it is sent on. `account` is the sender's on the platform, `thread` the part of the
    chat; `at` is aware.
    """

    programme: str
    name: str
    address: Address
    thread: str
    file_id: str
    unique_id: str
    by: str
    account: str
    at: datetime
    id: int = 0


class RowState(StrEnum):
    OPEN = "open"  # chờ một người quyết định
    TAKEN = "taken"  # đã nhận
    KEPT = "kept"  # giữ bản đang có


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that a person has to decide about. `file` is the name that its file had; `question` what the file says was
    asked, only where that was edited. `digest` names what the row says about which issue, so that the same row is asked
    about once however often it comes. `decided_by` is "" while it is open.
    """

    file_id: int
    file: str
    place: str
    issue_id: int
    finding: Finding
    question: str
    body: AnswerBody
    digest: str
    state: RowState = RowState.OPEN
    decided_by: str = ""
    id: int = 0


def row_digest(issue_id: int, row: FilledRow) -> str:
    """What a row says about an issue, in one word."""
    body, mark = row.body, row.mark
    said = (body.text, body.basis, body.responsible, body.due)
    parts = [str(issue_id), str(mark or ""), *map(clean, said), body.settlement.value if body.settlement else ""]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


class Comparing:
    """Compares the rows of one file with the issues of a programme. `key` is the one that files are sealed with."""

    def __init__(self, issues: Iterable[AskedIssue], key: bytes, programme: str) -> None:
        self._issues = {issue.id: issue for issue in issues}
        self._by_code = {code: issue for issue in self._issues.values() for code in issue.codes}
        self._key = key
        self._programme = programme

    def __call__(self, rows: Sequence[FilledRow]) -> list[Found]:
        """Every row in its order, then what is missing. Of equal rows about one issue the first one counts."""
        found = [self._one(row) for row in rows]
        bodies = _bodies(found)
        seen: Counter[int] = Counter()
        told = []
        for one in found:
            if one.row is None or one.issue is None or one.finding not in (*APPLIED, *DECIDABLE):
                told.append(one)
                continue
            seen[one.issue.id] += 1
            if len(bodies[one.issue.id]) > 1:
                told.append(Found(Finding.TWICE, one.row, one.issue))
            else:
                told.append(one if seen[one.issue.id] == 1 else Found(Finding.UNCHANGED, one.row, one.issue))
        return [*told, *self._missing(found)]

    def _one(self, row: FilledRow) -> Found:
        if row.mark is None:
            return self._by_its_code(row)
        mark = row.mark
        seal = _seal(self._key, self._programme, mark.issue, mark.asked, mark.base)
        if not hmac.compare_digest(seal.encode(), mark.seal.encode()):
            return Found(Finding.EMPTY if row.empty else Finding.FORGED, row)
        issue = self._issues.get(mark.issue)
        if issue is None:
            return self._gone(row)
        return Found(_meaning(row, mark, issue), row, issue)

    def _gone(self, row: FilledRow) -> Found:
        """A row about an issue that nobody asks any more. Where its askers joined another one, that was asked since."""
        if row.empty:
            return Found(Finding.EMPTY, row)
        issue = self._named(row)
        if issue is None:
            return Found(Finding.UNKNOWN, row)
        return Found(Finding.FAULTY if row.fault else Finding.STALE, row, issue)

    def _by_its_code(self, row: FilledRow) -> Found:
        """A row without its hidden cell: perhaps copied by hand. A code proposes whose it is; nothing is applied."""
        if row.empty:
            return Found(Finding.EMPTY, row)
        issue = self._named(row)
        if issue is None:
            return Found(Finding.UNKNOWN, row)
        if row.fault:
            return Found(Finding.FAULTY, row, issue)
        return Found(Finding.UNCHANGED if _stands(row, issue) else Finding.UNMARKED, row, issue)

    def _named(self, row: FilledRow) -> AskedIssue | None:
        """The one issue that the codes of a row name."""
        named = {self._by_code[code].id: self._by_code[code] for code in row.codes if code in self._by_code}
        return next(iter(named.values())) if len(named) == 1 else None

    def _missing(self, found: Iterable[Found]) -> list[Found]:
        there = {one.issue.id: one.issue for one in found if one.issue is not None}
        leads = {issue.lead for issue in there.values()}
        return [
            Found(Finding.MISSING, None, issue)
            for issue in self._issues.values()
            if issue.lead in leads and issue.id not in there
        ]


def _meaning(row: FilledRow, mark: Mark, issue: AskedIssue) -> Finding:
    if row.empty:
        return Finding.EMPTY
    if row.fault:
        return Finding.FAULTY
    if _stands(row, issue):
        return Finding.UNCHANGED
    if mark.asked != issue.asked:
        return Finding.STALE
    if (issue.answer.id if issue.answer else 0) != mark.base:
        return Finding.CONFLICT
    if row.question and _as_shown(row.question) != _as_shown(shown(issue.question)):
        return Finding.EDITED
    return Finding.CHANGED if issue.answer else Finding.NEW


def shown(question: str) -> str:
    """As much of a question as a cell holds; what was cut ends with "…"."""
    if _units(question) <= LONGEST_QUESTION:
        return question
    fits = bisect_left(range(len(question)), LONGEST_QUESTION, key=lambda signs: _units(question[:signs])) - 1
    return question[:fits] + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + _ESCAPE * text.count("_x")


def _as_shown(question: str) -> str:
    """Whatever a file that went through other programs may have made of the same words is the same here."""
    return clean(question.translate(_UNSHOWN))


def _stands(row: FilledRow, issue: AskedIssue) -> bool:
    """Whether just this answer is there already, from whatever file."""
    return issue.answer is not None and row.body.says_the_same(issue.answer.body)


def _bodies(found: Iterable[Found]) -> Mapping[int, list[AnswerBody]]:
    """The different answers that a file gives to each issue."""
    bodies: dict[int, list[AnswerBody]] = defaultdict(list)
    for one in found:
        if one.row is None or one.issue is None or one.row.empty:
            continue
        body = one.row.body
        if not any(body.says_the_same(other) for other in bodies[one.issue.id]):
            bodies[one.issue.id].append(body)
    return bodies
