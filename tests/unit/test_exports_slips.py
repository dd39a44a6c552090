"""What slips say in their headings, days and youth groups."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import headings, slips
from exports.faults import WorkbookFault
from exports.headings import Field

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WORDS = Catalogue.load()
LABELS = WORDS.section("group")


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
        ("Cán bộ, công chức", "cong-chuc"),
        ("Giáo viên, công chức,", "cong-chuc"),
        ("Công nhân, nông dân", "khac"),
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


# ------------------------------------------------------------------ headings as people really write them


@pytest.mark.parametrize(
    ("titles", "places"),
    [
        (["STT", "ND kiến nghị", "ĐV"], {"text": 1, "unit": 2}),
        (["TT", "Nội dung câu hỏi của đoàn viên, thanh niên", "Tên đơn vị (xã, phường)"], {"text": 1, "unit": 2}),
        (["TT", "Các ý kiến, đề xuất của ĐVTN", "Chi đoàn", "Thời gian tiếp nhận"], {"text": 1, "unit": 2, "received": 3}),
        (["Họ và tên", "Lớp", "Tâm tư, nguyện vọng"], {"unit": 1, "text": 2}),
        (["noi dung phan anh", "doi tuong/nghe nghiep", "hinh thuc gui"], {"text": 0, "group": 1, "source": 2}),
        (["Nội dung", "Nội dung trả lời", "Đơn vị chủ trì", "Ngày sinh"], {"text": 0}),
        (["TT", "Kiến nghị của cử tri trẻ", "Đơn vị trả lời"], {"text": 1}),
    ],
)  # fmt: skip
def test_headings_without_a_form_are_known_and_those_about_answers_or_people_are_not(titles, places):
    header = headings.find([(1, titles)])

    assert header is not None
    assert {field.value: place for field, place in header.places.items()} == places


@pytest.mark.parametrize(
    "title", ["TỔNG HỢP Ý KIẾN CỦA THANH NIÊN", "Nội dung đối thoại năm 2024", "Kiến nghị, đề xuất năm 2024"]
)
def test_a_title_above_the_table_is_no_header_whatever_it_speaks_of(title):
    header = headings.find([(1, [title]), (2, []), (3, ["TT", "Ý kiến", "Xã"])])

    assert header is not None
    assert header.line == 3


def test_a_second_line_of_headings_belongs_to_the_header():
    header = headings.find(
        [(1, ["TT", "Nội dung", "Thông tin chung", "", ""]), (2, ["", "", "Đơn vị", "Đối tượng", "Ghi chú"]), (3, ["1", "Câu", "Xã A"])]
    )  # fmt: skip

    assert header is not None
    assert header.line == 2
    assert header.places == {Field.TEXT: 1, Field.UNIT: 2, Field.GROUP: 3}


def test_a_line_that_numbers_the_columns_is_no_slip():
    header = headings.find([(1, ["TT", "Nội dung", "Đơn vị"]), (2, ["(1)", "(2)", "(3)"]), (3, ["1", "Câu", "Xã A"])])

    assert header is not None
    assert header.line == 2


def test_a_first_slip_that_is_named_like_a_heading_stays_a_slip():
    header = headings.find([(1, ["Nội dung", "Đơn vị", "Nguồn"]), (2, ["Trường em thiếu sân", "Trường", "Kênh"])])

    assert header is not None
    assert header.line == 1


# ------------------------------------------------------------------ pasted


def pasted(text):
    read = slips.read_pasted(text, Catalogue.load())
    return [(slip.line, slip.unit, slip.text) for slip in read.slips], [(bad.place, bad.reason) for bad in read.bad]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Câu một\n\nCâu hai\n", [(1, "", "Câu một"), (3, "", "Câu hai")]),
        ("Xã A | Câu một\r\nCâu hai", [(1, "Xã A", "Câu một"), (2, "", "Câu hai")]),
        ("1. Câu một\n2) Câu hai\n- Câu ba\n• Câu bốn\n30 tuổi có được vay?", [(1, "", "Câu một"), (2, "", "Câu hai"), (3, "", "Câu ba"), (4, "", "Câu bốn"), (5, "", "30 tuổi có được vay?")]),
        ("Xã A\tCâu một\n\tCâu hai", [(1, "Xã A", "Câu một"), (2, "", "Câu hai")]),
        ("1\tXã A\tCâu một\n2\tXã B\tCâu hai", [(1, "Xã A", "Câu một"), (2, "Xã B", "Câu hai")]),
        ("Nội dung\tĐơn vị\nCâu một\tXã A", [(2, "Xã A", "Câu một")]),
        ("TT\tNội dung\tHọ tên\n1\tCâu một\tLê A", [(2, "", "Câu một")]),
        ('Xã A\t"Dòng một\nDòng hai, có ""ngoặc"""\nXã B\tCâu', [(1, "Xã A", 'Dòng một\nDòng hai, có "ngoặc"'), (2, "Xã B", "Câu")]),
        ('Xã A\t"Học phí" có tăng không?', [(1, "Xã A", '"Học phí" có tăng không?')]),
        ("Nội dung\nCâu một", [(2, "", "Câu một")]),
    ],
)  # fmt: skip
def test_a_pasted_text_is_read_as_whoever_pasted_it_sees_it(text, rows):
    assert pasted(text) == (rows, [])


def test_a_pasted_line_without_contents_is_named():
    assert pasted("Xã A | \nXã B | Câu") == (
        [(2, "Xã B", "Câu")],
        [("Dòng 1", "cột “Nội dung” trống trong khi các cột khác có chữ")],
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [("", Key.XL_PASTE_EMPTY), (" \n\t\n", Key.XL_PASTE_EMPTY), ("a\tb\tc\nd\te\tf", Key.XL_PASTE_COLUMNS)],
)
def test_a_paste_that_cannot_be_understood_is_refused_with_a_sentence(text, key):
    with pytest.raises(WorkbookFault) as caught:
        pasted(text)

    assert caught.value.key is key
    assert Catalogue.load().say(key, **caught.value.values)


@settings(deadline=None, max_examples=150)
@given(st.text(st.sampled_from('ab1.|\t"\n\r;,-•\x00\ud800Ộ '), max_size=60))
def test_whatever_is_pasted_is_read_or_refused_and_never_a_fault(text):
    rows, bad, said = [], [], ""
    try:
        rows, bad = pasted(text)
    except WorkbookFault as fault:
        said = WORDS.say(fault.key, **fault.values)

    assert said or all(words.strip() for _, _, words in rows)
    assert all(place and reason for place, reason in bad)
