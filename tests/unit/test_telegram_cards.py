"""Cards as Telegram HTML: whatever people write stays a value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.message import Address, ChannelName
from bot.domain.text import storable
from bot.ports import Card, CardButton, ShownCard
from handlers.telegram.cards import card_html, card_plain, card_rows, parse_press
from handlers.telegram.channel import keyboard
from tests.doubles.telegram_html import parse_html, utf16

MARK = "(Phần đầu.)"
CARD = Card(
    submission_id=1,
    version=3,
    code="HY26-0001-A",
    head="HY26-0001-A · chờ duyệt",
    text="Bao giờ có xe buýt về xã?",
    facts=(("Đơn vị", "Xã Tân Hưng"), ("Nguồn", "Telegram")),
    lines=("Máy đề xuất: Giao thông → Sở Xây dựng (chắc 91 %)",),
    state="waiting",
    buttons=(
        (CardButton("Duyệt", "approve"),),
        (CardButton("Đổi", "menu~topics~so-gddt-old"), CardButton("Bỏ", "undo")),
    ),
)
SHOWN = ShownCard(7, Address(ChannelName.TELEGRAM, "4242", "-100"), 1, "AbC-_f012345", None, "")

hostile = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(["<b>", "</b>", "<", ">", "&", "&lt;", "&amp;lt;", '"', "'", "</blockquote>", "<a href='x'>", "<!--", "\x00", "\ud800", "\u202e", "😀", "<i", "{text}", "%s"]),
        max_size=30,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(hostile)
@example("</blockquote><b>giả</b>")
@example("&lt;b&gt;")
def test_hostile_text_never_becomes_markup(text: str) -> None:
    card = replace(CARD, text=text, facts=(("Đơn vị", text),), lines=(text,), head=text)

    shown, entities = parse_html(card_html(card, MARK))

    assert storable(text) in shown
    assert {entity["type"] for entity in entities} <= {"bold", "blockquote", "expandable_blockquote"}


@given(st.integers(0, 9000), st.sampled_from(["a", "😀", "ễ ", "dòng\n", "<&>"]))
@settings(max_examples=60, deadline=None)
def test_a_card_always_fits_one_message_and_says_when_it_was_cut(times: int, sign: str) -> None:
    card = replace(CARD, text=sign * times)

    shown, _ = parse_html(card_html(card, MARK))

    assert utf16(shown) <= 4096
    assert (MARK in shown) is (sign * times not in shown)


def test_long_facts_and_lines_leave_room_for_the_question() -> None:
    long = "😀" * 3000
    card = replace(CARD, head=long, facts=((long, long),) * 4, lines=(long,) * 5, text="q" * 5000)

    shown, _ = parse_html(card_html(card, MARK))

    assert utf16(shown) <= 4096
    assert "q" * 500 in shown


def test_the_code_is_bold_and_the_question_a_quotation() -> None:
    html = card_html(CARD, MARK)

    assert html.startswith("<b>HY26-0001-A · chờ duyệt</b>\n<blockquote>Bao giờ có xe buýt về xã?</blockquote>\n")
    assert "<b>Đơn vị:</b> Xã Tân Hưng" in html


def test_a_long_question_is_folded() -> None:
    assert "<blockquote expandable>" in card_html(replace(CARD, text="dài " * 300), MARK)


def test_the_plain_card_says_the_same_without_markup() -> None:
    assert card_plain(CARD, MARK) == parse_html(card_html(CARD, MARK))[0]


def test_every_button_can_be_read_back() -> None:
    data = [data for row in card_rows(CARD, SHOWN) for data, _ in row]

    assert [parse_press(one) for one in data] == [
        ("AbC-_f012345", "approve", 3),
        ("AbC-_f012345", "menu~topics~so-gddt-old", 3),
        ("AbC-_f012345", "undo", 3),
    ]
    assert all(len(one.encode()) <= 64 for one in data)


@pytest.mark.parametrize(
    "data", ["", "m:", "m:n", "m:n:a", "m::a:1", "m:n::1", "m:n:a:", "m:n:a:x", "m:n:a:-1", "m:n:a:²", "c:n:a:1"]
)
def test_forged_data_is_no_press(data: str) -> None:
    assert parse_press(data) is None


def test_data_that_telegram_would_refuse_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="65 bytes"):
        keyboard([(("c:" + "a" * 63, "Nút"),)])
