"""The double's reading of Telegram's HTML is strict, or the escaping tests would prove nothing."""

from __future__ import annotations

import pytest

from tests.doubles.telegram_html import BadHtml, parse_html


def test_text_and_marks_come_apart() -> None:
    text, entities = parse_html("<b>HY26</b> a &lt;b&gt; <blockquote expandable>😀 hỏi</blockquote>")

    assert text == "HY26 a <b> 😀 hỏi"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "expandable_blockquote", "offset": 11, "length": 6},
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<i>mở", "đóng</i>", "<b><i>lồng</b></i>", "<script>x</script>", "a < b", "<", "<b", "<3", "<br>", "<b/>",
        '<b onclick="x">a</b>', "<span>a</span>", "<blockquote><blockquote>a</blockquote></blockquote>",
        "<!-- a -->", "</>", "<b>a</B", '<a href="x>a</a>',
    ],
)  # fmt: skip
def test_bad_markup_is_refused(source: str) -> None:
    with pytest.raises(BadHtml):
        parse_html(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [("AT&T", "AT&T"), ("&nbsp;", "&nbsp;"), ("&#65;&#x42;", "AB"), ("&#0;", "&#0;"), ("a > b", "a > b")],
)
def test_entities_are_read_as_the_server_reads_them(source: str, text: str) -> None:
    assert parse_html(source)[0] == text
