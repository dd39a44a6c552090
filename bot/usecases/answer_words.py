"""What became of a file of answers, in words: for a chat, a page, a command line."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.answer_file import QUIET, AskedIssue, Finding, OpenRow, RowState
from bot.texts.keys import Key
from bot.usecases.answer_files import Outcome, Review
from bot.usecases.voice import Voice

_MOST_CODES = 30


class AnswerWords:
    """Says what a review says."""

    def __init__(self, voice: Voice) -> None:
        self._say = voice.text

    def summary(self, review: Review) -> str:
        """How many rows mean what, and what was done."""
        counts = {one.value: review.count(one) for one in (Finding.NEW, Finding.CHANGED)}
        quiet = {one.value: review.count(one) for one in (Finding.UNCHANGED, Finding.EMPTY)}
        told = self._say(Key.AF_SUMMARY, file=review.name, **counts, **quiet)
        if review.taken:
            return f"{told} {self._say(Key.AF_TAKEN, count=review.applied)}"
        return f"{told} {self._say(Key.AF_WOULD_TAKE, count=sum(counts.values()))}"

    def lines(self, review: Review) -> list[str]:
        """A line for each row that was not simply taken, then what is missing and what was passed over."""
        lines = [line for one in review.outcomes if (line := self._line(one))]
        missing = [code(one.found.issue) for one in review.outcomes if one.found.finding is Finding.MISSING]
        if missing:
            codes = ", ".join([*missing[:_MOST_CODES], *(["…"] if len(missing) > _MOST_CODES else [])])
            lines.append(self._say(Key.AF_MISSING, count=len(missing), codes=codes))
        if review.ignored_columns:
            lines.append(self._say(Key.AF_IGNORED, columns=", ".join(review.ignored_columns)))
        return lines

    def finding(self, finding: Finding) -> str:
        """What a row means."""
        return self._say(Key(f"finding.{finding.value}"))

    def open_rows(self, rows: Sequence[tuple[OpenRow, AskedIssue | None]], most: int) -> list[str]:
        """The rows that wait for a person, at most so many of them."""
        if not rows:
            return [self._say(Key.AF_OPEN_NONE)]
        lines = [self.open_row(row, issue) for row, issue in rows[:most]]
        more = [self._say(Key.AF_MORE, count=len(rows) - most)] if len(rows) > most else []
        return [self._say(Key.AF_OPEN, count=len(rows)), *lines, *more]

    def open_row(self, row: OpenRow, issue: AskedIssue | None) -> str:
        """One of them."""
        what = self.finding(row.finding)
        return self._say(Key.AF_OPEN_LINE, number=row.id, code=code(issue), what=what, file=row.file, place=row.place)

    def _line(self, outcome: Outcome) -> str:
        found, row = outcome.found, outcome.open
        if found.row is None:
            return ""
        which = f" ({code(found.issue)})" if found.issue else ""
        if outcome.refusal is not None:
            why = self._say(outcome.refusal.key, **outcome.refusal.values)
            return self._say(Key.AF_LINE_FAULT, place=found.row.place, code=which, why=why)
        if found.finding in QUIET:
            return ""
        if found.finding is Finding.FAULTY:
            return self._say(Key.AF_LINE_FAULT, place=found.row.place, code=which, why=found.row.fault)
        if row is not None and row.state is not RowState.OPEN:
            why = self._say(Key.AF_ROW_DECIDED, by=row.decided_by, number=row.id)
            return self._say(Key.AF_LINE_FAULT, place=found.row.place, code=which, why=why)
        return self._say(Key.AF_LINE, place=found.row.place, code=which, what=self.finding(found.finding))


def code(issue: AskedIssue | None) -> str:
    """The code by which people know an issue; "…" where there is none any more."""
    return issue.codes[0] if issue and issue.codes else "…"
