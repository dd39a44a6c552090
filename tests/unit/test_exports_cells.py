"""What a cell may hold: everything people write, made harmless, cut only where the pieces are the whole."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import cells, styles

WIDTH = styles.inner_width(99)
ANY_TEXT = st.text(alphabet=st.characters(), max_size=300)
HOSTILE = st.one_of(
    ANY_TEXT,
    st.lists(
        st.sampled_from(
            ["=", "_x0041_", "_x005F_", "\r\n", "\n", "\ud800", "\ufffe", "a\u0300", "👩‍👩‍👧", " ", "\x0b", "ế"]
        )
    ).map("".join),
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("dòng 1\r\ndòng 2\rdòng 3", "dòng 1\ndòng 2\ndòng 3"),
        ("a\x00b\x07c\x0bd\x1fe", "a\ufffdb\ufffdc\ufffdd\ufffde"),
        ("a\ufffeb\uffffc", "a\ufffdb\ufffdc"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "😀"),
        ("e\u0302\u0301 và ế", "e\u0302\u0301 và ế"),
        ("\ufeffđầu tệp\u200b", "\ufeffđầu tệp\u200b"),
        ("=1+1\ttab", "=1+1\ttab"),
    ],
)
def test_only_what_xml_cannot_hold_is_replaced(written, shown):
    assert cells.readable(written) == shown


@settings(deadline=None)  # the machine may be busy
@given(HOSTILE)
def test_readable_text_can_be_stored_as_xml(text):
    shown = cells.readable(text)

    shown.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff]", shown)
    assert cells.readable(shown) == shown


@settings(deadline=None)  # the machine may be busy
@given(HOSTILE)
def test_an_escape_of_excel_comes_back_as_it_was_typed(text):
    shown = cells.readable(text)

    assert cells.unescaped(cells.escaped(shown)) == shown
    assert not re.search("(?<!_x005F)_x(?!005F)[0-9A-Fa-f]{4}_", cells.escaped(shown))


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_what_excel_would_calculate_is_quoted(beginning):
    assert cells.needs_quote(f"{beginning}1")


def test_an_ordinary_sentence_is_not_quoted():
    assert not cells.needs_quote("em muốn hỏi 1+1=?")


@settings(deadline=None)  # the machine may be busy
@given(HOSTILE, st.floats(min_value=20, max_value=400))
def test_pieces_joined_are_the_text(text, width):
    shown = cells.readable(text)

    assert "".join(piece.text for piece in cells.pieces(shown, width)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "câu hỏi dài " * 5_000,
        "😀" * 20_000,
        "a" + "\u0300" * 50_000,
        "\n" * 3_000,
        " " * 40_000,
        "_x0041_" * 9_000,
    ],
)
def test_no_piece_is_longer_than_a_printed_row_or_a_cell(text):
    pieces = cells.pieces(text, WIDTH)

    assert "".join(piece.text for piece in pieces) == text
    assert max(piece.lines for piece in pieces) <= cells.MAX_LINES
    assert max(len(cells.escaped(piece.text).encode("utf-16-le")) // 2 for piece in pieces) <= 32_767
    assert styles.row_height(cells.MAX_LINES) <= 409


def test_a_letter_is_not_parted_from_its_accents():
    pieces = cells.pieces("e\u0302\u0301" * 3_000, WIDTH)

    assert len(pieces) > 1
    assert {piece.text[0] for piece in pieces} == {"e"}


def test_empty_text_is_one_empty_piece():
    assert cells.pieces("", WIDTH) == (cells.Piece("", 1),)


def test_each_line_end_begins_a_line():
    assert cells.pieces("một\nhai\n\nbốn\n", WIDTH) == (cells.Piece("một\nhai\n\nbốn\n", 5),)


def test_a_long_sentence_wraps_between_words():
    sentence = "Đề nghị tỉnh mở thêm lớp dạy nghề cho thanh niên nông thôn sau khi sáp nhập xã. " * 3

    lines = [sentence[start:end] for start, end in pairwise([0, *cells.line_ends(sentence, 20)])]

    assert len(lines) > 4
    assert all(line.endswith(" ") for line in lines)
