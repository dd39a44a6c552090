"""What leaves the house bears no asker's name: introductions are covered, everything else stays as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import nameless

MARK = "[tên]"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Em tên là Lê Thị Lan, em hỏi xe buýt.", f"Em tên là {MARK}, em hỏi xe buýt."),
        ("Em tên là Nguyễn Văn Tuấn, học sinh lớp 12A", f"Em tên là {MARK}, học sinh lớp 12A"),
        ("Em là Nguyễn Văn Nam ở Ân Thi", f"Em là {MARK} ở Ân Thi"),
        ("Tên em: Đỗ Ánh\nBao giờ có nước sạch?", f"Tên em: {MARK}\nBao giờ có nước sạch?"),
        ("Kính gửi tỉnh.\nHọ và tên: Đỗ Thị Ánh", f"Kính gửi tỉnh.\nHọ và tên: {MARK}"),
        ("Em chào tỉnh, tên là Vũ Hà My", f"Em chào tỉnh, tên là {MARK}"),
        ("tôi là Bùi Ỷ Lan. Cháu là Hà My.", f"tôi là {MARK}. Cháu là {MARK}."),
    ],
)
def test_the_name_of_whoever_introduces_themselves_is_covered(written: str, shown: str) -> None:
    assert nameless(written, MARK) == shown


@pytest.mark.parametrize(
    "written",
    [
        "Em là sinh viên năm cuối.",
        "Em là Bí thư chi đoàn, em hỏi về kinh phí.",
        "Em là Phó Bí thư Đoàn xã, em hỏi về kinh phí.",
        "Cháu là Đoàn viên mới.",
        "Đường mang tên Nguyễn bị ngập.",
        "Đường mang tên Nguyễn Văn Linh bị ngập.",
        "Bao giờ Sở Giáo dục và Đào tạo trả lời?",
        "",
    ],
)
def test_what_is_no_introduction_stays_as_it_is(written: str) -> None:
    assert nameless(written, MARK) == written


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_wild_text_loses_at_most_what_the_mark_stands_for(text: str) -> None:
    shown = nameless(text, "\0")

    position = 0
    for piece in shown.split("\0") if "\0" not in text else [shown]:
        position = text.index(piece, position) + len(piece)
    assert "\0" in shown or shown == text
