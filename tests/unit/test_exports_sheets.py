"""Sheets and columns: the page is filled exactly, every department has a title that Excel accepts."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.workbook import Row
from bot.texts.catalogue import Catalogue
from exports import sheets, styles

WORDS = Catalogue.load()
TAKEN = ["Tổng hợp", "Chưa rõ", "Chờ duyệt"]


def titles(names):
    return sheets.sheet_titles(names, taken=TAKEN, nameless="Cơ quan")


def assert_excel_accepts(found):
    assert all(0 < len(title.encode("utf-16-le")) // 2 <= 31 for title in found)
    assert not any(set(title) & set("[]:*?/\\\n\t\x00") for title in found)
    assert not any(title.startswith("'") or title.endswith("'") for title in found)
    everyone = [title.casefold() for title in [*TAKEN, "History", *found]]
    assert len(set(everyone)) == len(everyone)


def test_every_department_of_the_directory_has_a_title_of_its_own():
    directory = tomllib.loads((resources.files("bot.programmes") / "directory.toml").read_text("utf-8"))
    departments = directory["department"]

    assert_excel_accepts(titles([body["short_name"] for body in departments]))
    assert_excel_accepts(titles([body["name"] for body in departments]))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.text(alphabet=st.characters(), max_size=60), max_size=20))
def test_any_names_become_titles(names):
    found = titles(names)

    assert len(found) == len(names)
    assert_excel_accepts(found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Sở Nội vụ", "sở nội vụ"], ["Sở Nội vụ", "sở nội vụ (2)"]),
        (["Tổng hợp"], ["Tổng hợp (2)"]),
        (["history"], ["history (2)"]),
        (["UBND huyện/thị xã"], ["UBND huyện-thị xã"]),
        (["'  '", ""], ["Cơ quan", "Cơ quan (2)"]),
        (["?", "-"], ["Cơ quan", "Cơ quan (2)"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["😀" * 20], ["😀" * 15]),
    ],
)
def test_names_that_excel_refuses_are_made_fit(names, expected):
    assert titles(names) == expected


@pytest.mark.parametrize(
    "columns",
    [
        sheets.ISSUE_COLUMNS,
        sheets.UNCLEAR_COLUMNS,
        sheets.WAITING_COLUMNS,
        sheets.UNFORWARDED_COLUMNS,
        sheets.LATE_COLUMNS,
        sheets.CHANGE_COLUMNS,
        sheets.BAR_COLUMNS,
        sheets.LOG_COLUMNS,
    ],
)
def test_the_columns_of_a_list_fill_the_page(columns):
    assert sheets.NUMBER_WIDTH + sum(column.width for column in columns) == styles.TABLE_WIDTH


def test_the_columns_of_the_summary_fill_the_page():
    assert sum(column.width for column in sheets.SUMMARY_COLUMNS) == styles.TABLE_WIDTH


def note(columns, **facts):
    row = Row(
        **{"codes": (), "topic": "Việc làm", "text": "…", "units": (), "lead": "", "supporting": (), "submissions": 1}
        | facts
    )
    return columns[-1].value(row, WORDS)


def test_a_note_names_the_code():
    assert note(sheets.ISSUE_COLUMNS, codes=("HY24-0001-K",)) == "HY24-0001-K"


def test_a_note_of_a_merged_issue_says_how_many_and_names_the_first_codes():
    codes = tuple(f"HY24-{number:04d}-K" for number in range(1, 6))

    assert note(sheets.ISSUE_COLUMNS, codes=codes, submissions=5, note="Sau hạn") == (
        "Gộp 5 ý kiến:\nHY24-0001-K\nHY24-0002-K\nvà 3 mã khác\nSau hạn"
    )


def test_what_has_no_department_shows_the_topic_that_was_guessed():
    assert note(sheets.UNCLEAR_COLUMNS, codes=("HY24-0001-K",), supporting=("Sở A", "Sở B")) == (
        "Lĩnh vực dự kiến: Việc làm\nPhối hợp: Sở A; Sở B\nHY24-0001-K"
    )
