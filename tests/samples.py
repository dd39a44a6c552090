"""A workbook's content as a real collection would fill it: the plans' own departments and units, texts of the corpus.

`sample("hung-yen-2024")` is always the same. The texts are those from which the classifier learns, never those by which
it is judged.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from bot.domain.answer import AnswerBody
from bot.domain.answer_file import AnswerForm, AskedIssue, FormRow
from bot.domain.audit import Head
from bot.domain.changes import Kind
from bot.domain.deadline import VIETNAM
from bot.domain.department import RoutingTable
from bot.domain.programme import Programme
from bot.domain.submission import State
from bot.domain.workbook import (
    Aside,
    Content,
    Count,
    Deed,
    DepartmentPart,
    Difference,
    Figures,
    Group,
    MachineLine,
    Row,
    Stand,
)
from bot.programmes.load import Library
from classifier.corpus import Example, read_corpus

PLANS = ("hung-yen-2023", "hung-yen-2024", "lang-son-2024", "phu-son-2023", "soc-trang-2023")
MADE_AT = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
_STAFF = ("Nguyễn Thị Hoa", "Trần Văn Minh", "Lê Thu Lan")
_GROUPS = ("Học sinh", "Sinh viên", "Công nhân, người lao động", "Thanh niên nông thôn", "Lực lượng vũ trang", "")
_ANSWER = (
    "Sở đã trình Ủy ban nhân dân tỉnh phương án, dự kiến thực hiện từ quý III năm 2026.\n"
    "Căn cứ: Nghị quyết số 12/2025/NQ-HĐND ngày 10/12/2025\nThời hạn: 30/9/2026\nKết quả: Đang giải quyết"
)
_TODAY = date(2026, 1, 5)
_UNITS = ("Chi đoàn khu phố 1", "Chi đoàn khu phố 2", "Chi đoàn Trường THCS", "Chi đoàn Công an phường")


@cache
def library() -> Library:
    """All packaged plans and their directory."""
    return Library.open(None, _TODAY)


@cache
def corpus() -> tuple[Example, ...]:
    """Every text of the corpus."""
    return tuple(read_corpus())


def sample(plan: str, issues: int = 100, seed: int = 1) -> Content:
    """`issues` issues of one plan, with a few unclear ones and a tenth as many waiting ones besides."""
    return _Sample(library().get(plan), seed).content(issues)


def forms(content: Content) -> list[AnswerForm]:
    """The files for the departments of a content, as `doithoai forms` would make them."""
    made = []
    for part in content.departments:
        rows = []
        for group in part.groups:
            for row in group.rows:
                issue = AskedIssue(row.number, row.number, part.id, (), group.topic, row.text, row.codes, row.units)
                mark = issue.mark(b"key", content.programme)
                body = AnswerBody(row.answer)
                rows.append(FormRow(mark, row.codes, group.topic, row.text, row.units, row.supporting, body))
        if rows:
            words = (content.title, content.theme, content.unit, "trước ngày 05/3/2026")
            made.append(AnswerForm(part.id, part.name, *words, content.made_at, content.rehearsal, tuple(rows)))
    return made


class _Sample:
    def __init__(self, programme: Programme, seed: int) -> None:
        self._programme = programme
        self._routing: RoutingTable = programme.routing(library().directory)
        self._random = random.Random(seed)
        self._codes = 0

    def content(self, issues: int) -> Content:
        programme, routing = self._programme, self._routing
        by_lead: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        unclear: list[Row] = []
        for _ in range(issues):
            example = self._random.choice(corpus())
            row, lead = self._row(example), routing.route(example.topic).lead
            if lead is None:
                unclear.append(row)
            else:
                by_lead[lead][example.topic].append(row)
        named = dict.fromkeys(
            (*programme.named_departments, *(code for code in routing.departments if code in by_lead))
        )
        return Content(
            programme=programme.code,
            title=programme.title,
            theme=programme.theme,
            unit=programme.unit,
            number=3,
            made_at=MADE_AT,
            rehearsal=False,
            departments=tuple(self._part(code, by_lead[code]) for code in named if code in routing.departments),
            unclear=tuple(unclear),
            waiting=tuple(self._row(self._random.choice(corpus())) for _ in range(issues // 10)),
            machine=tuple(
                MachineLine(routing.name(code), (count := sum(map(len, topics.values()))), count - count // 9)
                for code, topics in by_lead.items()
                if topics
            ),
            letterhead=programme.letterhead,
            **self._beside(issues),
        )

    def _beside(self, issues: int) -> dict[str, Any]:
        """What the workbook says beside its questions, in numbers that fit them."""
        few = max(1, issues // 20)
        unforwarded = tuple(
            self._aside(state) for state in (State.REJECTED, State.REDIRECTED, State.WITHDRAWN) for _ in range(few)
        )
        late = tuple(self._aside(state) for state in (State.APPROVED, State.WAITING, State.SPAM) for _ in range(few))
        units = self._programme.units or _UNITS
        weeks = (MADE_AT.date() - timedelta(weeks=back) for back in range(6, -1, -1))
        return {
            "unforwarded": unforwarded,
            "spam": few,
            "late": late,
            "since": 2,
            "differences": tuple(self._difference(kind) for kind in Kind for _ in range(max(1, few // 3))),
            "figures": Figures(
                units=tuple(
                    Count(unit, count)
                    for unit, count in zip(
                        ("", *units),
                        sorted((self._random.randint(1, issues) for _ in (0, *units)), reverse=True),
                        strict=False,
                    )
                ),
                youth_groups=tuple(Count(name, issues // place) for place, name in enumerate(_GROUPS, 1)),
                weeks=tuple(Count(week.isoformat(), self._random.randint(0, issues)) for week in weeks),
            ),
            "deeds": tuple(self._deed(number) for number in range(1, issues)),
            "head": Head(issues * 3, hashlib.sha256(b"head").hexdigest()),
        }

    def _aside(self, state: State) -> Aside:
        row, lead = self._row(example := self._random.choice(corpus())), self._routing.route(example.topic).lead
        unsaid = state in (State.WITHDRAWN, State.SPAM)
        reasons = {State.REJECTED: "Trùng câu đã có", State.REDIRECTED: "Bộ, ngành Trung ương"}
        at = MADE_AT - timedelta(minutes=self._random.randint(1, 10_000))
        text, reason = "" if unsaid else row.text, reasons.get(state, "")
        return Aside(row.codes[0], state, text, row.units[0], row.topic, self._routing.name(lead), at, reason)

    def _difference(self, kind: Kind) -> Difference:
        one = self._aside(State.APPROVED)
        here = Stand(State.APPROVED, one.lead, one.topic, self._random.randint(1, 100))
        there = replace(here, issue=here.issue + 1)
        before = None if kind is Kind.NEW else there
        now = None if kind is Kind.GONE else here
        return Difference((kind,), one.code, one.text if now else "", one.unit if now else "", before, now)

    def _deed(self, number: int) -> Deed:
        what, stands = self._random.choice((("Duyệt", "chờ duyệt → đã duyệt"), ("Gộp", ""), ("Biên tập lời", "")))
        at = MADE_AT - timedelta(minutes=number)
        return Deed(number, at, self._random.choice(_STAFF), what, self._code(), stands, "")

    def _part(self, code: str, topics: dict[str, list[Row]]) -> DepartmentPart:
        body = self._routing.department(code)
        groups = tuple(Group(self._routing.topic_name(topic), tuple(rows)) for topic, rows in topics.items())
        return DepartmentPart(code, body.name, body.short_name, groups)

    def _row(self, example: Example) -> Row:
        route = self._routing.route(example.topic)
        merged = self._random.choices((1, 2, 3, 7, 40), (70, 15, 9, 5, 1))[0]
        units = self._programme.units or _UNITS
        return Row(
            codes=tuple(self._code() for _ in range(merged)),
            topic=self._routing.topic_name(example.topic),
            text=self._text(example),
            units=tuple(self._random.sample(units, min(merged, len(units), self._random.randint(1, 6)))),
            lead=self._routing.name(route.lead),
            supporting=tuple(self._routing.name(code) for code in route.supporting[: self._random.randint(0, 2)]),
            submissions=merged,
            note=self._random.choices(("", "Gửi sau hạn"), (95, 5))[0],
            number=self._codes,
            answer=self._random.choices(("", _ANSWER), (85, 15))[0],
        )

    def _text(self, example: Example) -> str:
        """Mostly as somebody types on a phone; now and then a paragraph; seldom a letter of more than a page."""
        more = self._random.choices((0, 2, 8, 60), (75, 15, 8, 2))[0]
        others = [other.text for other in self._random.sample(corpus(), more)]
        return self._random.choice((" ", "\n")).join((example.text, *others))

    def _code(self) -> str:
        self._codes += 1
        return f"{self._programme.receipt_prefix}-{self._codes:04d}-K"
