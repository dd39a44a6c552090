"""Copies of a text as others would type it: the same question, made the same way every time."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.corpus import read_development
from classifier.normalise import strip_accents, views
from classifier.perturb import COPIES, everything, in_teencode, mistyped, no_accents, other_tones

TEXTS = [row.text for row in read_development()]


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES.keys())
def test_the_same_text_and_number_always_give_the_same_copy(change):
    assert [change(text, 7) for text in TEXTS[:100]] == [change(text, 7) for text in TEXTS[:100]]


@given(st.text(alphabet=st.characters()), st.integers(0, 9))
def test_any_text_can_be_copied(text, number):
    for change in COPIES.values():
        assert isinstance(change(text, number), str)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("hòa", "hoà"),
        ("hoà", "hòa"),
        ("KHOẺ", "KHỎE"),
        ("Thúy", "Thuý"),
        ("hoàn toàn", "hoàn toàn"),
        ("quý, quỹ", "quý, quỹ"),
        ("ngoáy", "ngoáy"),
        ("thuê", "thuê"),
    ],
)
def test_a_tone_changes_its_place_only_where_both_places_are_accepted(typed, other):
    assert other_tones(typed) == other


def test_tone_places_and_decomposed_signs_read_the_same_as_the_original():
    for text in TEXTS:
        assert views(other_tones(text)) == views(COPIES["nfd"](text, 0)) == views(text)


def test_some_tones_of_the_development_texts_do_change():
    assert sum(other_tones(text) != unicodedata.normalize("NFC", text) for text in TEXTS) > 20


def test_without_accents_only_the_accents_go():
    assert no_accents("Đường về bản, ướt!") == "Duong ve ban, uot!"


def test_teencode_shortens_listed_and_unlisted_words_and_leaves_punctuation():
    copies = {in_teencode("Em không biết, nghĩa vụ quân sự?", number) for number in range(30)}

    assert "e k bt, nvqs?" in {copy.replace("ko", "k").replace("kh ", "k ") for copy in copies}
    assert all(copy.endswith("?") and "," in copy for copy in copies)
    assert in_teencode("bàn ghế gỗ") == "bàn ghế gỗ"


def test_teencode_does_not_reach_over_punctuation():
    assert "sv" not in {in_teencode("sinh, viên", number) for number in range(20)}


def test_about_one_word_of_ten_is_mistyped():
    words = [(one, other) for text in TEXTS for one, other in _paired(text, mistyped(text, 3))]

    share = sum(one != other for one, other in words) / len(words)
    assert 0.05 < share < 0.12


def _paired(text, copy):
    one, other = unicodedata.normalize("NFC", text).split(), copy.split()
    return zip(one, other, strict=True) if len(one) == len(other) else []


def test_everything_at_once_is_teencode_typos_and_no_accents():
    copy = everything(TEXTS[0], 1)

    assert copy == strip_accents(copy)
    assert copy == strip_accents(mistyped(in_teencode(TEXTS[0], 1), 1))
    assert copy != no_accents(TEXTS[0])
