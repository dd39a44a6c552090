"""The numbers of a report: what they count, what they leave out, and that they add up."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.report import Plan, Report, Tally, all_rows
from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, Count, Figures
from bot.usecases.papers import letter
from tests.samples import MADE_AT, library, sample


def report(content: Content, *units: str) -> Report:
    return Report(content, Plan("UBND tỉnh", "Tổ chức"), "Tỉnh đoàn", "Sở Nội vụ", MADE_AT, MADE_AT, units)


def aside(state: State, reason: str = "") -> Aside:
    return Aside("HY24-0001-K", state, "", "", "", "", MADE_AT, reason)


def test_every_issue_stands_in_one_department_or_none_and_in_one_topic() -> None:
    content = sample("lang-son-2024", 60)

    made = report(content)

    merged = sum(row.submissions for row in all_rows(content))
    unclear = Tally("", sum(row.submissions for row in content.unclear), len(content.unclear))
    for lines in ((*made.departments, unclear), made.topics):
        assert (sum(line.issues or 0 for line in lines), sum(line.submissions for line in lines)) == (60, merged)
    assert len(made.departments) == len(content.departments)


def test_outcomes_hold_everything_that_came_in_and_leave_zeros_out() -> None:
    content = replace(
        sample("hung-yen-2024", 10), unforwarded=(aside(State.WITHDRAWN), aside(State.REJECTED, "Trùng")), spam=3
    )

    found = dict(report(content).outcomes)

    assert found == {
        State.APPROVED: sum(row.submissions for row in all_rows(content)),
        State.WAITING: 1,
        State.REJECTED: 1,
        State.WITHDRAWN: 1,
        State.SPAM: 3,
    }


def test_reasons_of_what_was_not_passed_on_are_counted_the_most_frequent_first() -> None:
    refused = (aside(State.REDIRECTED, "Công an"), aside(State.REJECTED, "Trùng"), aside(State.REJECTED, "Trùng"))

    made = report(replace(sample("hung-yen-2024", 1), unforwarded=refused))

    assert made.refusals == ((State.REJECTED, "Trùng", 2), (State.REDIRECTED, "Công an", 1))


def test_a_unit_is_silent_only_if_nobody_wrote_from_it_however_it_was_spelt() -> None:
    figures = Figures(units=(Count("xa tan an", 2), Count("", 1)))

    made = report(replace(sample("hung-yen-2024", 1), figures=figures), "Xã Tân An", "Xã Yên Mỹ")

    assert made.silent == ("Xã Yên Mỹ",)


def test_a_letter_says_what_the_plan_says_and_nothing_more() -> None:
    hung_yen, lang_son = library().get("hung-yen-2024"), library().get("lang-son-2024")

    made = letter(hung_yen, sample("hung-yen-2024", 1))
    numbered = letter(lang_son, sample("lang-son-2024", 1))

    assert (made.sender, made.receiver, made.answers_due) == ("Tỉnh đoàn Hưng Yên", "Sở Nội vụ", "trước ngày 12/3/2024")
    assert (made.plan.number, made.plan.day) == ("", None)
    assert (numbered.plan.number, numbered.plan.day) == ("45/KH-UBND", lang_son.plan_date)
    # "sau khi tổng hợp các kiến nghị" is no day that somebody could keep.
    assert numbered.answers_due == ""
