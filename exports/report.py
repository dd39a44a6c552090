"""The report on a collection (báo cáo kết quả tổng hợp) as .docx: what came in, what became of it, who was silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from bot.domain.report import Report, Tally, all_rows
from bot.domain.submission import State
from bot.domain.workbook import Count
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from exports.letters import plan_in_words
from exports.office import LAST, TITLE, Column, Look, Paper

_SPACE = Look(size=6)


def write(draft: Path, report: Report, words: Catalogue) -> None:
    """Write the report into the draft."""
    _Writing(report, words).save(draft)


class _Writing:
    """A report under the pen, part by part."""

    def __init__(self, report: Report, words: Catalogue) -> None:
        self._report, self._content, self._words = report, report.content, words
        self._receiver = report.receiver or words[Key.PAPER_BLANK]
        self._paper = Paper(
            self._content.letterhead,
            words,
            self._content.made_at,
            words[Key.PAPER_REPORT_TITLE],
            draft=not self._content.final,
            rehearsal=self._content.rehearsal,
        )

    def save(self, draft: Path) -> None:
        """Write every part and the file."""
        self._opening()
        self._received()
        self._results()
        self._refused()
        self._silent()
        closing = self._words.say(Key.PAPER_REPORT_CLOSING, sender=self._report.sender, receiver=self._receiver)
        self._paper.say(closing, LAST)
        self._paper.signature(self._words.say(Key.PAPER_REPORT_RECIPIENTS, receiver=self._receiver))
        self._paper.save(draft)

    def _say(self, key: Key, **values: object) -> None:
        self._paper.say(self._words.say(key, **values))

    def _opening(self) -> None:
        paper, words, report = self._paper, self._words, self._report
        paper.letterhead()
        paper.say(words[Key.PAPER_REPORT], TITLE)
        paper.say(words[Key.PAPER_REPORT_TITLE], Look(bold=True, align="centre"))
        paper.rule()
        paper.say("", _SPACE)
        self._say(Key.PAPER_REPORT_OPENING, plan=plan_in_words(report.plan, words), sender=report.sender)
        if self._content.theme:
            self._say(Key.XL_THEME, theme=self._content.theme)

    def _received(self) -> None:
        report = self._report
        self._paper.heading(self._words[Key.PAPER_PART_RECEIVED], 1)
        self._say(Key.PAPER_PERIOD, opens=report.opens_at, closes=report.closes_at, at=self._content.made_at)
        late = len(self._content.late)
        self._say(Key.PAPER_RECEIVED, late=self._words.say(Key.PAPER_LATE, count=late) if late else "")
        self._table(Key.PAPER_OUTCOME, [Tally(self._state(state), count) for state, count in report.outcomes])

    def _results(self) -> None:
        words, content, figures = self._words, self._content, self._content.figures
        self._paper.heading(words[Key.PAPER_PART_RESULTS], 1)
        rows = all_rows(content)
        if rows:
            self._say(Key.PAPER_RESULTS, issues=content.issues, submissions=sum(row.submissions for row in rows))
        else:
            self._say(Key.PAPER_NO_RESULTS)
        self._part(Key.PAPER_BY_DEPARTMENT, Key.XL_DEPARTMENT, self._departments())
        self._part(Key.PAPER_BY_TOPIC, Key.PAPER_TOPIC, self._report.topics)
        self._say(Key.PAPER_FIGURES)
        self._part(Key.PAPER_BY_UNIT, Key.PAPER_UNIT, self._counts(figures.units))
        self._part(Key.PAPER_BY_GROUP, Key.PAPER_YOUTH_GROUP, self._counts(figures.youth_groups))
        self._part(Key.PAPER_BY_WEEK, Key.PAPER_WEEK, [self._week(week) for week in figures.weeks])

    def _departments(self) -> list[Tally]:
        unclear = self._content.unclear
        last = Tally(self._words[Key.PAPER_PART_UNCLEAR], sum(row.submissions for row in unclear), len(unclear))
        return [*self._report.departments, *([last] if unclear else [])]

    def _refused(self) -> None:
        spam = self._content.spam
        lines = [Tally(self._refusal(state, reason), count) for state, reason, count in self._report.refusals]
        self._paper.heading(self._words[Key.PAPER_PART_REFUSED], 1)
        self._table(Key.PAPER_REASON, [*lines, *([Tally(self._state(State.SPAM), spam)] if spam else [])])

    def _silent(self) -> None:
        self._paper.heading(self._words[Key.PAPER_PART_SILENT], 1)
        silent = self._report.silent
        if not self._report.units:
            self._say(Key.PAPER_NO_UNITS)
        elif silent:
            self._say(Key.PAPER_SILENT, count=len(silent), units="; ".join(silent))
        else:
            self._say(Key.PAPER_NONE_SILENT)

    # ------------------------------------------------------------------ lines and tables

    def _part(self, heading: Key, column: Key, lines: Sequence[Tally]) -> None:
        self._paper.heading(self._words[heading], 2)
        self._table(column, lines)

    def _table(self, name: Key, lines: Sequence[Tally]) -> None:
        """A line each and their sum. Issues stand before submissions, where the lines count them."""
        paper, words = self._paper, self._words
        if not lines:
            paper.say(words[Key.PAPER_NOTHING])
            return
        issues = lines[0].issues is not None
        numbers = [
            *([Column(words[Key.XL_ISSUES], 28, centred=True)] if issues else []),
            Column(words[Key.XL_SUBMISSIONS], 28, centred=True),
        ]
        rest = paper.width - 15 - sum(column.width for column in numbers)
        table = paper.table([Column(words[Key.XL_ORDER], 15, centred=True), Column(words[name], rest), *numbers])
        for number, line in enumerate(lines, 1):
            table.row([number, line.name, *_numbers([line])])
        table.row(["", words[Key.XL_LINE_TOTAL], *_numbers(lines)], bold=True)
        paper.say("", _SPACE)

    def _counts(self, counts: Iterable[Count]) -> list[Tally]:
        return [Tally(one.name or self._words[Key.PAPER_UNNAMED], one.submissions) for one in counts]

    def _week(self, week: Count) -> Tally:
        monday = date.fromisoformat(week.name)
        last = monday + timedelta(days=6)
        return Tally(
            self._words.say(Key.PAPER_WEEK_LINE, first=short_day(monday), last=short_day(last)), week.submissions
        )

    def _refusal(self, state: State, reason: str) -> str:
        said = self._state(state)
        return self._words.say(Key.PAPER_REASON_LINE, state=said, reason=reason) if reason else said

    def _state(self, state: State) -> str:
        said = self._words[Key(f"state.{state}")]
        return said[:1].upper() + said[1:]


def _numbers(lines: Sequence[Tally]) -> list[int]:
    submissions = sum(line.submissions for line in lines)
    return [submissions] if lines[0].issues is None else [sum(line.issues or 0 for line in lines), submissions]
