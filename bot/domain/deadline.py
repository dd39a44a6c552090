"""A plan's deadline: its own phrase, how the phrase is read, and the instant that this means.

Instants are half-open: `closes_at` is the FIRST moment too late, in Asia/Ho_Chi_Minh, so `at < closes_at` serves
"trước ngày X" and "chậm nhất ngày X" alike. Sources of the readings: Luật Thanh niên 57/2020/QH14 Điều 10 for the
publication and the conclusion; Bộ luật Dân sự 2015 Điều 147 khoản 3 (the day of the event is not counted) and
Điều 148 khoản 6 (a day ends at 24:00) for counting days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAY = timedelta(days=1)
_SATURDAY = 5


class Rule(StrEnum):
    """What kind of phrase it is."""

    BEFORE_DATE = "before_date"
    ON_OR_BEFORE_DATE = "on_or_before_date"
    DAYS_BEFORE_DIALOGUE = "days_before_dialogue"
    DAYS_AFTER_DIALOGUE = "days_after_dialogue"
    WITHIN_MONTH = "within_month"
    AFTER_EVENT = "after_event"
    BY_LAW = "by_law"


class Reading(StrEnum):
    """How a phrase is understood. The values are stable codes; the Vietnamese explanations are in the catalogue."""

    BEFORE_THAT_DAY = "before that day"
    THAT_DAY_INCLUDED = "that day included"
    DAYS_BACK = "D-N, that day included"
    DAYS_BACK_EXCLUDED = "strictly before D-N"
    DIALOGUE_DAY_COUNTED = "dialogue day counted as day 1"
    END_OF_MONTH = "last day of the month"
    DAYS_ON = "D+N, dialogue day not counted"
    NONE = "no date can be computed"


class Basis(StrEnum):
    """What a computed instant rests on."""

    PLAN = "plan"  # ngày do kế hoạch nêu
    OBSERVED = "observed"  # ngày đối thoại chỉ biết được sau kế hoạch (giấy mời, xác nhận)
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase understood: its rule and what the rule needs. Exactly the fields of its rule are set."""

    rule: Rule
    day: date | None = None
    days: int | None = None
    month: tuple[int, int] | None = None
    readings: tuple[Reading, ...] = (Reading.NONE,)

    @property
    def needs_dialogue_day(self) -> bool:
        return self.rule in (Rule.DAYS_BEFORE_DIALOGUE, Rule.DAYS_AFTER_DIALOGUE)


_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"tháng\s+(\d{1,2})/(\d{4})")
_DAYS = re.compile(r"(\d{1,3})\s+ngày")
_BEFORE = re.compile(r"trước\s+(?:ngày\s+)?\d{1,2}/")
# Everything that fixes a time by itself: a day, a month, a number of days. A rule knows what to do with one of them.
_POINTS = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}(?:/\d{4})?(?!\d)|\btháng\s+\d{1,2}|\b\d{1,3}\s+ngày")
# Phrases that no rule here means.
_BEYOND_US = re.compile(
    r"\d\s*(?:giờ|h\b|h\d)"  # an hour of the day
    r"|ngày làm việc"  # days counted without weekends
    r"|\btuần\b|\bnửa tháng\b"
    r"|\b(?:trước|sau|đầu|giữa|cuối|từ)\s+tháng\b|\d\s+tháng\b"  # not the month's end
    r"|\b(?:từ|sau)\s+(?:ngày\s+)?\d{1,2}/"  # a beginning, not an end
    r"|\bkhông\s+(?:trước|sau)\b"
    r"|\d\s*(?:[-–,]|và|đến|hoặc)\s*(?:ngày\s+)?\d{1,2}/"  # 04-05/3/2024
)


def understand(wording: str) -> Phrase | None:
    """Read the wording of a plan; None where no rule is recognised (the plan file then has to name one).

    A wording that fixes more than one time (a range, two hand-overs in one sentence) is never read by its first one.
    "chậm nhất trước ngày X" mixes two forms and is read as the stricter, exclusive one. For "N ngày (tính đến ngày
    đối thoại)" both possible readings are returned, the usual one first; the plan file chooses. Raises ValueError
    where the wording names a day or a month that does not exist.
    """
    text = " ".join(unicodedata.normalize("NFC", wording).casefold().split())
    if _BEYOND_US.search(text) or len(_POINTS.findall(text)) > 1:
        return None
    if found := _DATE.search(text):
        day = date(int(found[3]), int(found[2]), int(found[1]))
        if _BEFORE.search(text):
            return Phrase(Rule.BEFORE_DATE, day=day, readings=(Reading.BEFORE_THAT_DAY,))
        if "chậm nhất" in text or "hết ngày" in text:
            return Phrase(Rule.ON_OR_BEFORE_DATE, day=day, readings=(Reading.THAT_DAY_INCLUDED,))
        return None
    if "đối thoại" in text and (found := _DAYS.search(text)):
        if "kể từ" in text or "sau" in text:
            return Phrase(Rule.DAYS_AFTER_DIALOGUE, days=int(found[1]), readings=(Reading.DAYS_ON,))
        second = Reading.DAYS_BACK_EXCLUDED if "trước" in text else Reading.DIALOGUE_DAY_COUNTED
        return Phrase(Rule.DAYS_BEFORE_DIALOGUE, days=int(found[1]), readings=(Reading.DAYS_BACK, second))
    if found := _MONTH.search(text):
        first = date(int(found[2]), int(found[1]), 1)
        return Phrase(Rule.WITHIN_MONTH, month=(first.year, first.month), readings=(Reading.END_OF_MONTH,))
    if text.startswith("sau khi"):
        return Phrase(Rule.AFTER_EVENT)
    if "luật thanh niên" in text:
        return Phrase(Rule.BY_LAW)
    return None


@dataclass(frozen=True, slots=True)
class Instant:
    """One reading of one deadline, computed. All dates are days in Viet Nam; `closes_at` is aware (+07:00)."""

    reading: Reading
    basis: Basis
    last_day: date | None
    chosen: bool

    @property
    def closes_at(self) -> datetime | None:
        return None if self.last_day is None else midnight_after(self.last_day)

    @property
    def last_working_day(self) -> date | None:
        return None if self.last_day is None else working_day_at_or_before(self.last_day)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Who hands what to whom by when, in the plan's own words (`wording`), with the reading chosen for this programme.

    `by_law` marks the three terms that the law adds to every dialogue; their wording is the law's, not the plan's.
    """

    id: str
    kind: str
    wording: str
    phrase: Phrase
    reading: Reading
    giver: str = ""
    receiver: str = ""
    deliverable: str = ""
    by_law: bool = False

    def instants(self, dialogue_day: date | None, *, day_from_plan: bool) -> tuple[Instant, ...]:
        """Every reading computed, the chosen one first; `dialogue_day` is None while nobody has fixed it."""
        ordered = sorted(self.phrase.readings, key=lambda reading: reading is not self.reading)
        return tuple(self._instant(reading, dialogue_day, day_from_plan=day_from_plan) for reading in ordered)

    def chosen(self, dialogue_day: date | None) -> Instant:
        """The instant in force under the reading chosen in the programme file."""
        return self.instants(dialogue_day, day_from_plan=True)[0]

    def label(self, reading: Reading) -> str:
        """The reading in words for tables and JSON, with the law's own number of days where the law sets the term."""
        if not self.by_law:
            return reading.value
        basis = " (BLDS Đ147.3)" if reading is Reading.DAYS_ON else ""
        return reading.value.replace("N", str(self.phrase.days), 1) + basis

    def _instant(self, reading: Reading, dialogue_day: date | None, *, day_from_plan: bool) -> Instant:
        last_day = last_day_in_time(self.phrase, reading, dialogue_day)
        basis = Basis.NONE
        if last_day is not None:
            from_plan = day_from_plan or not self.phrase.needs_dialogue_day
            basis = Basis.PLAN if from_plan else Basis.OBSERVED
        return Instant(reading, basis, last_day, chosen=reading is self.reading)


def last_day_in_time(phrase: Phrase, reading: Reading, dialogue_day: date | None) -> date | None:
    """The last calendar day still in time, or None where the phrase fixes no day (or needs one not yet known)."""
    if reading is Reading.BEFORE_THAT_DAY and phrase.day:
        return phrase.day - _DAY
    if reading is Reading.THAT_DAY_INCLUDED:
        return phrase.day
    if reading is Reading.END_OF_MONTH and phrase.month:
        year, month = phrase.month
        return date(year + month // 12, month % 12 + 1, 1) - _DAY
    if dialogue_day is None or phrase.days is None:
        return None
    return {
        Reading.DAYS_BACK: dialogue_day - phrase.days * _DAY,
        Reading.DAYS_BACK_EXCLUDED: dialogue_day - (phrase.days + 1) * _DAY,
        Reading.DIALOGUE_DAY_COUNTED: dialogue_day - (phrase.days - 1) * _DAY,
        Reading.DAYS_ON: dialogue_day + phrase.days * _DAY,
    }.get(reading)


def legal_deadlines() -> tuple[Deadline, ...]:
    """The three terms of Luật Thanh niên Điều 10 that hold for every dialogue, whatever its plan says."""
    rows: Iterable[tuple[str, str, str, Rule, int, Reading]] = (
        (
            "law_publish",
            "law_plan_published",
            "Luật Thanh niên Đ10.2: chậm nhất là 30 ngày trước ngày tổ chức đối thoại",
            Rule.DAYS_BEFORE_DIALOGUE,
            30,
            Reading.DAYS_BACK,
        ),
        (
            "law_conclusion",
            "law_conclusion_published",
            "Luật Thanh niên Đ10.3: 10 ngày kể từ ngày đối thoại",
            Rule.DAYS_AFTER_DIALOGUE,
            10,
            Reading.DAYS_ON,
        ),
        (
            "law_conclusion_complex",
            "law_conclusion_published",
            "Luật Thanh niên Đ10.3: phức tạp, nhiều lĩnh vực: 15 ngày",
            Rule.DAYS_AFTER_DIALOGUE,
            15,
            Reading.DAYS_ON,
        ),
    )
    return tuple(
        Deadline(id_, kind, wording, Phrase(rule, days=days, readings=(reading,)), reading, by_law=True)
        for id_, kind, wording, rule, days, reading in rows
    )


def midnight_after(day: date) -> datetime:
    """The first instant after `day` in Viet Nam (Điều 148 khoản 6: a day ends at 24:00)."""
    return datetime.combine(day + _DAY, time(), VIETNAM)


def working_day_at_or_before(day: date) -> date:
    """`day`, or the Friday before it where it falls on a weekend: when the receiving office is last open."""
    while day.weekday() >= _SATURDAY:
        day -= _DAY
    return day
