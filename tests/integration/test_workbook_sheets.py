"""The sheets beside the questions: what was not passed on, late, changed, drawn and decided, as a reader sees them."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from xml.sax.saxutils import escape

import pytest
from openpyxl import load_workbook

from bot.domain.audit import Head
from bot.domain.changes import Kind
from bot.domain.deadline import VIETNAM
from bot.domain.letterhead import Letterhead, Profile
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
    Row,
    Stand,
)
from bot.texts.catalogue import Catalogue
from exports import check, sheets
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks
from tests.parts import put, text
from tests.samples import PLANS, sample

WORDS = Catalogue.load()
BOOKS = ExcelWorkbooks(WORDS)
NOW = datetime(2024, 2, 26, 8, tzinfo=VIETNAM)
ROW = Row(("HY24-0001-K",), "Việc làm", "Hội chợ việc làm?", ("Xã A",), "Sở Nội vụ", (), 3)
PART = DepartmentPart("so-noi-vu", "Sở Nội vụ", "Sở Nội vụ", (Group("Việc làm", (ROW,)),))
BLANK = Content(
    "hung-yen-2024", "Chương trình", "", "Tỉnh Hưng Yên", 2, NOW, False, (PART,), (), (),
    letterhead=Letterhead(Profile.NONE),
)  # fmt: skip
LATE_AT = datetime(2024, 3, 4, 7, 5, tzinfo=VIETNAM)


def aside(number, state, text="Lời viết", reason=""):
    code = f"HY24-{number:04d}-K"
    return Aside(code, state, text, "Xã A", "Việc làm", "Sở Nội vụ", LATE_AT, reason)


def written(tmp_path, name="bang.xlsx", **beside):
    BOOKS.write(replace(BLANK, **beside), tmp_path / name)
    return tmp_path / name


def rows_of(file, title):
    """The rows below the head of the table."""
    rows = [[cell.value for cell in row] for row in load_workbook(file)[title].iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] == "TT")
    return rows[head + 1 :]


def test_what_was_not_passed_on_stands_by_its_kind_and_spam_is_only_counted(tmp_path):
    unforwarded = (
        aside(1, State.REJECTED, reason="Trùng câu đã có"),
        aside(2, State.REDIRECTED, reason="Tòa án"),
        aside(3, State.WITHDRAWN, text=""),
    )

    rows = rows_of(written(tmp_path, unforwarded=unforwarded, spam=7), "Không chuyển")

    theirs = ["Xã A", "Việc làm\nSở Nội vụ"]
    assert rows == [
        ["1. Không duyệt (1)", *[None] * 5],
        [1, "HY24-0001-K", "Lời viết", *theirs, "Trùng câu đã có"],
        ["2. Ngoài phạm vi đối thoại (1)", *[None] * 5],
        [2, "HY24-0002-K", "Lời viết", *theirs, "Tòa án"],
        ["3. Người gửi rút (1)", *[None] * 5],
        [3, "HY24-0003-K", "(không in nội dung)", *theirs, None],
        ["4. Thư rác, quảng cáo: chỉ ghi số lượng (7)", *[None] * 5],
    ]


def test_what_came_late_stands_with_its_state_and_when_it_was_sent(tmp_path):
    rows = rows_of(written(tmp_path, late=(aside(1, State.WAITING),)), "Sau hạn")

    assert rows == [
        [1, "HY24-0001-K", "Lời viết", "Xã A", "Việc làm\nSở Nội vụ", "Chờ duyệt", "04/03/2024 07:05"],
    ]


def test_changes_stand_with_what_was_before_and_what_is_now(tmp_path):
    before, now = Stand(State.APPROVED, "Sở Y tế", "Y tế", 4), Stand(State.APPROVED, "", "Việc làm", 5)
    differences = (
        Difference((Kind.NEW,), "HY24-0001-K", "Mới gửi", "Xã A", None, Stand(State.WAITING, "Sở Y tế", "Y tế", 0)),
        Difference((Kind.MOVED, Kind.REWORDED), "HY24-0002-K", "Lời mới", "", before, now),
        Difference((Kind.GONE,), "HY24-0003-K", "", "", before, None),
    )

    rows = rows_of(written(tmp_path, since=1, differences=differences), "Thay đổi")

    stood = "Sở Y tế\nY tế\nVấn đề số 4"
    assert rows == [
        [1, "HY24-0001-K", "Mới", "Mới gửi", "Xã A", None, "Chờ duyệt"],
        [
            2, "HY24-0002-K", "Chuyển cơ quan, lĩnh vực\nSửa lời", "Lời mới", None, stood,
            "Chưa rõ cơ quan\nViệc làm\nVấn đề số 5",
        ],
        [3, "HY24-0003-K", "Không còn trong bảng", "(không in nội dung)", None, stood, None],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "sentence"),
    [(0, "Chưa có lần lập nào trước đó để so sánh."), (1, "Không có gì thay đổi so với lần 1.")],
)
def test_where_nothing_changed_a_sentence_says_so(tmp_path, since, sentence):
    assert rows_of(written(tmp_path, since=since), "Thay đổi") == [[sentence, *[None] * 6]]


def test_the_log_ends_with_the_head_of_the_chain(tmp_path):
    deed = Deed(9, NOW, "Chị Hoa", "Duyệt", "HY24-0001-K", "chờ duyệt → đã duyệt", "")

    rows = rows_of(written(tmp_path, deeds=(deed,), head=Head(12, "ab" * 32)), "Nhật ký")

    assert rows[0] == [
        1, "26/02/2024 08:00:00", "Chị Hoa", "HY24-0001-K", "Duyệt", "chờ duyệt → đã duyệt", None,
    ]  # fmt: skip
    assert "12 mục" in rows[-1][0]
    assert f"doithoai audit verify --head {'ab' * 32}" in rows[-1][0]


# ------------------------------------------------------------------ charts

FIGURES = Figures(
    units=(Count("", 30), *(Count(f"Xã {number}", 40 - number) for number in range(1, 20))),
    youth_groups=(Count("Học sinh", 20), Count("", 3)),
    weeks=(Count("2024-02-19", 5), Count("2024-02-26", 0)),
)


def test_the_data_behind_the_charts_names_the_fifteen_largest_units_and_sums_up_the_others(tmp_path):
    rows = [row[:4] for row in rows_of(written(tmp_path, figures=FIGURES), "Biểu đồ") if any(row)]

    assert rows[:2] == [["Theo cơ quan trả lời (đã duyệt)", *[None] * 3], [1, "Sở Nội vụ", 1, 3]]
    assert rows[2] == ["Theo đơn vị (15 đơn vị có nhiều ý kiến nhất)", *[None] * 3]
    assert rows[3:5] == [[1, "Không ghi đơn vị", None, 30], [2, "Xã 1", None, 39]]
    assert rows[17:19] == [[15, "Xã 14", None, 26], [16, "5 đơn vị khác", None, 25 + 24 + 23 + 22 + 21]]
    assert rows[19:] == [
        ["Theo đối tượng thanh niên", *[None] * 3],
        [1, "Học sinh", None, 20],
        [2, "Không ghi đối tượng", None, 3],
        ["Theo tuần (ghi ngày thứ Hai đầu tuần)", *[None] * 3],
        [1, "19/02/2024", None, 5],
        [2, "26/02/2024", None, 0],
    ]


def test_each_chart_is_drawn_by_the_cells_of_its_own_rows(tmp_path):
    sheet = load_workbook(written(tmp_path, figures=FIGURES))["Biểu đồ"]

    drawn = []
    for chart in sheet._charts:
        names = {
            cell.value for row in sheet[places(chart.ser[0].cat.strRef or chart.ser[0].cat.numRef)] for cell in row
        }
        numbers = [[cell.value for row in sheet[places(series.val.numRef)] for cell in row] for series in chart.ser]
        drawn.append((len(names), [sum(each) for each in numbers], [series.tx.v for series in chart.ser]))
    assert drawn == [
        (1, [1, 3], ["Số vấn đề", "Số ý kiến"]),
        (16, [30 + sum(range(21, 40))], ["Số ý kiến"]),
        (2, [23], ["Số ý kiến"]),
        (2, [5], ["Số ý kiến"]),
    ]


def places(reference):
    sheet, cells = reference.f.rsplit("!", 1)
    assert sheet == "'Biểu đồ'"
    return cells.replace("$", "") if ":" in cells else f"{cells.replace('$', '')}:{cells.replace('$', '')}"


def test_no_chart_lies_over_another_or_over_the_rows_of_another(tmp_path):
    sheet = load_workbook(written(tmp_path, figures=FIGURES))["Biểu đồ"]
    tops = {
        line: sum(sheet.row_dimensions[above].height for above in range(1, line))
        for line in range(1, sheet.max_row + 2)
    }

    spans = sorted(
        (tops[chart.anchor._from.row + 1], tops[chart.anchor._from.row + 1] + chart.anchor.ext.height / 12_700)
        for chart in sheet._charts
    )

    assert len(spans) == 4
    assert all(bottom < top for (_, bottom), (top, _) in pairwise(spans))


def test_without_a_submission_there_is_no_chart_and_a_sentence(tmp_path):
    sheet = load_workbook(written(tmp_path, departments=()))["Biểu đồ"]

    assert sheet._charts == []
    assert [row[0].value for row in sheet.iter_rows()][-1] == "Chưa có ý kiến nào."


# ------------------------------------------------------------------ compared before it leaves


@pytest.fixture(scope="module")
def everything():
    """A content in which no sheet is empty."""
    return replace(sample("hung-yen-2024", issues=12), unclear=(ROW,), waiting=(ROW,))


@pytest.mark.parametrize("title", [sheet.title for sheet in sheets.list_sheets(sample("hung-yen-2024", 12), WORDS)])
def test_a_changed_cell_of_any_sheet_keeps_the_file_in_the_house(tmp_path, everything, title):
    file = tmp_path / "bang.xlsx"
    BOOKS.write(everything, file)
    check.compare(file, everything, WORDS)
    cells = [cell for row in load_workbook(file)[title].iter_rows() for cell in row if isinstance(cell.value, str)]
    first = next(place for place, cell in enumerate(cells) if cell.value == "TT")
    body = next(cell for cell in cells[first:] if cell.column == 2 and cell.row > cells[first].row)
    put(file, title, body.coordinate, text(f"{escape(body.value)}."))

    with pytest.raises(WorkbookFault) as refusal:
        check.compare(file, everything, WORDS)

    assert refusal.value.values["sheet"] == title


@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_with_every_sheet_filled_is_written_and_compared(tmp_path, plan):
    file = tmp_path / "bang.xlsx"

    BOOKS.write(sample(plan, issues=20), file)

    assert load_workbook(file, read_only=True).sheetnames[-4:] == [
        "Thay đổi", "Biểu đồ", "Máy đề xuất", "Nhật ký",
    ]  # fmt: skip
