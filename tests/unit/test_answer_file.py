"""What a row that came back means: every row gets exactly one meaning, and only what is safe is applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import Answer, AnswerBody, AnswerState, Settlement
from bot.domain.answer_file import (
    APPLIED,
    LONGEST_QUESTION,
    AskedIssue,
    Comparing,
    FilledRow,
    Finding,
    Mark,
    row_digest,
)
from bot.domain.deadline import VIETNAM

KEY = b"a secret of this database"
AT = datetime(2026, 11, 21, 8, 0, tzinfo=VIETNAM)
BODY = AnswerBody("Tỉnh miễn học phí.", "Nghị quyết 05", "Phòng Kế hoạch", "9/2027", Settlement.UNDER_WAY)
FEES = AskedIssue(1, 1, "so-gddt", ("so-tc",), "hoc-phi", "Bao giờ giảm học phí?", ("HY26-0001-Q",), ("Xã A",))
BUSES = replace(FEES, id=2, number=2, question="Khi nào có xe buýt?", codes=("HY26-0002-R", "HY26-0003-S"))
LAND = replace(FEES, id=3, number=3, lead="so-nnmt", question="Đất ở đâu?", codes=("HY26-0004-T",))


def answered(issue: AskedIssue, body: AnswerBody = BODY, id_: int = 7) -> AskedIssue:
    return replace(issue, answer=Answer(id_, issue.id, 1, 1, AnswerState.DRAFTED, body, "Minh", AT))


def row(issue: AskedIssue, body: AnswerBody = BODY, **fields: object) -> FilledRow:
    """The row of a file that was made when the issue stood like this."""
    usual = {"place": "dòng 7", "mark": issue.mark(KEY, "mau"), "codes": issue.codes, "question": issue.question}
    return FilledRow(**usual | {"body": body} | fields)


def compare(issues, *rows: FilledRow) -> list[Finding]:
    return [found.finding for found in Comparing(issues, KEY, "mau")(rows) if found.row is not None]


def test_a_first_answer_is_new_and_another_one_over_the_same_base_changes_it() -> None:
    assert compare([FEES], row(FEES)) == [Finding.NEW]
    now = answered(FEES)
    assert compare([now], row(now, AnswerBody("Khác."))) == [Finding.CHANGED]


def test_the_same_answer_again_changes_nothing_however_old_its_file_is() -> None:
    now = replace(answered(FEES, id_=9), question="Lời đã biên tập")
    same = replace(BODY, text=f" {BODY.text}\n\u200b")
    assert compare([now], row(FEES, same)) == [Finding.UNCHANGED]


def test_an_answer_over_somebody_elses_newer_one_is_a_conflict() -> None:
    assert compare([answered(FEES)], row(FEES, AnswerBody("Khác."))) == [Finding.CONFLICT]


def test_an_answer_to_what_was_asked_otherwise_is_stale() -> None:
    for changed in (
        replace(FEES, question="Bao giờ bỏ học phí?"),
        replace(FEES, lead="so-nv"),
        replace(FEES, supporting=()),
    ):
        assert compare([changed], row(FEES)) == [Finding.STALE]


def test_somebody_else_who_asks_the_same_makes_no_row_stale() -> None:
    joined = replace(FEES, codes=(*FEES.codes, "HY26-0009-X"), units=("Xã A", "Xã B"))
    assert compare([joined], row(FEES)) == [Finding.NEW]


def test_a_question_that_somebody_rewrote_in_the_file_waits_for_a_person() -> None:
    assert compare([FEES], row(FEES, question="Bao giờ tăng học phí?")) == [Finding.EDITED]
    assert compare([FEES], row(FEES, question=f"  {FEES.question}\n")) == [Finding.NEW]
    odd = replace(FEES, question="Đất\x07 ở \uffffđâu?" + " đâu" * 10_000)
    as_read = odd.question.replace("\x07", "\ufffd").replace("\uffff", "\ufffd")
    assert compare([odd], row(odd, question=as_read[: LONGEST_QUESTION - 1] + "…")) == [Finding.NEW]


def test_hidden_cells_that_were_changed_or_come_from_elsewhere_are_not_believed() -> None:
    mark = FEES.mark(KEY, "mau")
    others = (
        replace(mark, issue=2),
        replace(mark, base=7),
        replace(mark, asked=BUSES.asked),
        replace(mark, seal="é"),
        FEES.mark(KEY, "hung-yen-2024"),
        FEES.mark(b"another database", "mau"),
    )
    for forged in others:
        assert compare([FEES, BUSES], row(FEES, mark=forged)) == [Finding.FORGED]


def test_a_mark_is_read_as_it_was_written_and_nothing_else_is_one() -> None:
    mark = answered(FEES).mark(KEY, "mau")
    assert Mark.parse(f" {mark}\n") == mark
    for other in ("", "DT-1", f"{mark}0", str(mark).replace("DT", "TD"), f"{mark} {mark}", "DT-1-x-0-y"):
        assert Mark.parse(other) is None


def test_an_answer_to_what_was_merged_away_is_proposed_to_where_its_askers_are() -> None:
    into = replace(BUSES, codes=(*BUSES.codes, *FEES.codes))
    assert compare([into], row(FEES)) == [Finding.STALE]
    assert compare([into], row(FEES, fault="Ô G7 là công thức.")) == [Finding.FAULTY]
    assert compare([into], row(FEES, AnswerBody(""))) == [Finding.EMPTY]


def test_the_same_row_about_the_same_issue_has_one_digest() -> None:
    first, again = row(FEES), row(FEES, replace(BODY, text=f"{BODY.text} "))
    assert row_digest(1, first) == row_digest(1, again)
    others = {row_digest(2, first), row_digest(1, row(FEES, AnswerBody("Khác."))), row_digest(1, row(answered(FEES)))}
    assert len({*others, row_digest(1, first)}) == 4


def test_an_issue_that_is_no_more_is_unknown_and_an_empty_row_means_nothing() -> None:
    assert compare([], row(FEES)) == [Finding.UNKNOWN]
    assert compare([FEES], row(FEES, AnswerBody(""))) == [Finding.EMPTY]
    assert compare([answered(FEES)], row(FEES, AnswerBody(""))) == [Finding.EMPTY]


def test_two_different_answers_to_one_issue_are_both_left_to_a_person_and_equal_ones_count_once() -> None:
    assert compare([FEES], row(FEES), row(FEES, AnswerBody("Khác."))) == [Finding.TWICE, Finding.TWICE]
    assert compare([FEES], row(FEES), row(FEES), row(FEES, AnswerBody(""))) == [
        Finding.NEW,
        Finding.UNCHANGED,
        Finding.EMPTY,
    ]


def test_a_row_without_hidden_cells_is_proposed_by_its_code_and_never_applied() -> None:
    bare = row(BUSES, mark=None)
    assert compare([FEES, BUSES], bare) == [Finding.UNMARKED]
    assert compare([FEES, BUSES], replace(bare, codes=("HY26-0002-R", "HY26-0001-Q"))) == [Finding.UNKNOWN]
    assert compare([FEES, BUSES], replace(bare, codes=())) == [Finding.UNKNOWN]
    assert compare([FEES, answered(BUSES)], bare) == [Finding.UNCHANGED]


def test_a_cell_that_cannot_be_taken_holds_its_row_back() -> None:
    assert compare([FEES], row(FEES, fault="Ô G7 là công thức.")) == [Finding.FAULTY]
    assert compare([FEES], row(FEES, AnswerBody(""), fault="Ô G7 là công thức.")) == [Finding.FAULTY]


def test_issues_of_the_same_department_that_are_not_in_the_file_are_named() -> None:
    found = Comparing([FEES, BUSES, LAND], KEY, "mau")([row(FEES)])
    assert [(one.finding, one.issue.id) for one in found] == [(Finding.NEW, 1), (Finding.MISSING, 2)]


bodies = st.builds(AnswerBody, st.sampled_from(["", "Một.", "Hai.", BODY.text]), st.sampled_from(["", "Luật"]))
marks = st.one_of(
    st.none(),
    st.sampled_from([one.mark(KEY, "mau") for one in (FEES, answered(FEES), BUSES, LAND)]),
    st.builds(Mark, st.integers(0, 4), st.sampled_from([FEES.asked, "x"]), st.integers(0, 8), st.text(max_size=16)),
)
rows = st.builds(
    FilledRow,
    st.just("dòng 7"),
    marks,
    st.lists(st.sampled_from([*FEES.codes, *BUSES.codes, "HY26-9999-Z"]), max_size=2).map(tuple),
    st.sampled_from([FEES.question, BUSES.question, ""]),
    bodies,
    st.sampled_from(["", "", "Ô G7 là công thức."]),
)


@given(st.lists(rows, max_size=6), st.booleans())
def test_every_row_has_one_meaning_and_what_is_applied_is_sealed_current_and_alone(found_rows, has_answer) -> None:
    issues = [answered(FEES) if has_answer else FEES, BUSES, LAND]
    found = Comparing(issues, KEY, "mau")(found_rows)

    assert [one.row for one in found if one.row is not None] == found_rows
    applied = [one for one in found if one.finding in APPLIED]
    assert len({one.issue.id for one in applied}) == len(applied)
    for one in applied:
        assert one.row.mark == one.issue.mark(KEY, "mau")
        assert one.row.body.text or one.row.body.basis
        assert not one.row.fault
