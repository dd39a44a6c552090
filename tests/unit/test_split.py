"""Long text in parts: nothing lost, nothing torn."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.split import cut, split, utf16_length, visible

FAMILY = "👩‍👩‍👧‍👦"
FLAG = "🇻🇳"
WAVE = "👋🏽"
KEYCAP = "1️⃣"
NFD = unicodedata.normalize("NFD", "ễ")

pieces = st.lists(
    st.sampled_from([FAMILY, FLAG, WAVE, KEYCAP, NFD, " ", "\n", "\r\n", "a", "Đối", "thoại", "ｗ", "😀"]), max_size=60
).map("".join)


@given(st.text(max_size=400), st.integers(1, 40))
def test_parts_joined_are_the_text_again(text: str, limit: int) -> None:
    assert "".join(split(text, max(limit, 2))) == text


@given(st.text(max_size=400), st.integers(2, 40))
def test_no_part_is_longer_than_the_platform_counts(text: str, limit: int) -> None:
    assert all(0 < utf16_length(part) <= limit for part in split(text, limit))


@given(pieces, st.integers(16, 40))
def test_no_emoji_flag_or_decomposed_letter_is_torn(text: str, limit: int) -> None:
    for part in split(text, limit):
        rest = part
        for whole in (FAMILY, FLAG, WAVE, KEYCAP, NFD):
            rest = rest.replace(whole, "")
        assert not any(sign in rest for sign in "👩👧👦🇻🇳👋\u200d\u20e3\u0302\u0303")


@given(st.text(alphabet="a\r\n ", max_size=100))
def test_a_windows_line_end_stays_in_one_piece(text: str) -> None:
    parts = split(text, 10)

    assert not any(left.endswith("\r") and right.startswith("\n") for left, right in pairwise(parts))


def test_a_cut_prefers_the_end_of_a_line_to_the_end_of_a_word() -> None:
    assert split("một hai\nba bốn năm", 14) == ["một hai\n", "ba bốn năm"]


def test_a_cut_prefers_the_end_of_a_word_to_its_middle() -> None:
    assert split("một hai ba bốn năm sáu", 12) == ["một hai ba ", "bốn năm sáu"]


def test_a_line_end_far_in_front_does_not_make_a_tiny_part() -> None:
    assert split("a\n" + "b" * 20, 12) == ["a\n" + "b" * 10, "b" * 10]


def test_a_letter_under_nine_thousand_accents_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 9000

    parts = split(text, 4096)

    assert "".join(parts) == text
    assert all(utf16_length(part) <= 4096 for part in parts)


def test_the_length_is_counted_as_telegram_does() -> None:
    assert utf16_length("a😀ễ") == 4


@pytest.mark.parametrize("text", ["", "vừa đủ chỗ"])
def test_what_fits_is_not_cut(text: str) -> None:
    assert cut(text, 10) == text


def test_what_does_not_fit_ends_in_a_mark() -> None:
    assert cut("một hai ba bốn", 11) == "một hai…"


@given(st.text(max_size=300), st.integers(3, 50))
def test_a_cut_text_keeps_the_limit(text: str, limit: int) -> None:
    assert utf16_length(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "seen"), [("a", True), (" \n\u200b\u2060", False), ("\u3164", False), ("😀", True), ("", False)]
)
def test_only_what_can_be_seen_counts_as_text(text: str, seen: bool) -> None:
    assert visible(text) is seen
