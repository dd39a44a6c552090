"""What slips say in their headings, days and youth groups."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.catalogue import Catalogue
from exports import headings, slips
from exports.headings import Field

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LABELS = Catalogue.load().section("group")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("05/03/2024", (2024, 3, 5)),
        ("5/3/2024", (2024, 3, 5)),
        ("05-03-2024", (2024, 3, 5)),
        ("5.3.2024", (2024, 3, 5)),
        ("2024-03-05", (2024, 3, 5)),
        ("05/03/2024 14:30", (2024, 3, 5, 14, 30)),
        ("05/03/2024, 7h05", (2024, 3, 5, 7, 5)),
        ("2024-03-05T23:59:59", (2024, 3, 5, 23, 59)),
        (" 29/02/2024 ", (2024, 2, 29)),
        (datetime.fromisoformat("2024-03-05T08:15"), (2024, 3, 5, 8, 15)),
    ],
)
def test_a_day_is_read_in_viet_nams_time(written, expected):
    assert slips.day_of(written) == datetime(*expected, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2024",
        "29/02/2023",
        "05/13/2024",
        "0/1/2024",
        "5/3/24",
        "hôm qua",
        "2024",
        "45356",
        "05/03/2024 25:00",
        "05/03-2024",
        "1/1/0001",
    ],
)
def test_what_is_no_day_is_not_guessed(written):
    assert slips.day_of(written) is None


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=30))
def test_any_text_is_a_day_or_none(text):
    found = slips.day_of(text)

    assert found is None or found.tzinfo is VIETNAM


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Nội dung", Field.TEXT),
        ("NỘI DUNG (*)", Field.TEXT),
        ("noi dung", Field.TEXT),
        ("Nội dung câu hỏi, ý kiến", Field.TEXT),
        ("Nội dung y\u0301 kiê\u0301n", Field.TEXT),
        ("Câu hỏi", Field.TEXT),
        ("Ý kiến", Field.TEXT),
        ("Đơn vị đề xuất", Field.UNIT),
        ("ĐỐI TƯỢNG", Field.GROUP),
        ("Ngày nhận (ngày/tháng/năm)", Field.RECEIVED),
        ("Ngày", Field.RECEIVED),
        ("Nguồn", Field.SOURCE),
    ],
)
def test_headings_are_known_by_what_people_call_them(title, field):
    header = headings.find([(1, [title, "Nội dung"] if field is not Field.TEXT else [title])])

    assert header is not None
    assert header.places[field] == 0


def test_a_row_that_does_not_name_the_contents_is_no_header():
    assert headings.find([(1, ["PHIẾU Ý KIẾN NĂM 2024"]), (2, ["Đơn vị", "Ngày"])]) is None


def test_of_two_fitting_columns_the_plainer_name_counts_and_the_other_is_reported():
    header = headings.find([(3, ["TT", "Ý kiến", "Nội dung", "Họ tên"])])

    assert header is not None
    assert (header.line, header.places[Field.TEXT], header.ignored) == (3, 2, ("Ý kiến", "Họ tên"))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", ""),
        ("  ", ""),
        ("Học sinh", "hoc-sinh"),
        ("SINH VIEN", "sinh-vien"),
        ("người lao động", "cong-nhan"),
        ("cong-nhan", "cong-nhan"),
        ("Viên chức", "cong-chuc"),
        ("bộ đội", "luc-luong-vu-trang"),
        ("Thanh niên nông thôn", "nong-thon"),
        ("Chủ mô hình kinh tế", "doanh-nhan"),
        ("Nghệ sĩ xiếc", "khac"),
    ],
)
def test_a_youth_group_is_known_by_its_names(written, code):
    assert headings.group_code(written, LABELS) == code


@pytest.mark.parametrize("code", sorted(LABELS))
def test_every_label_of_the_catalogue_leads_back_to_its_code(code):
    assert headings.group_code(LABELS[code], LABELS) == code
