"""Whatever changes only the bytes of a text, or the way of typing it, must not change what the machine reads."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalise import strip_accents, teencode, views

TEXTS = [
    json.loads(line)["text"]
    for line in (Path(__file__).parents[2] / "classifier" / "development.jsonl").read_text("utf-8").splitlines()
]
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("tòan", "toàn"),
        ("naỳ", "này"),
        ("hoỉ", "hỏi"),
        ("trưòng", "trường"),
        ("thuờng", "thường"),
        ("ngưòi", "người"),
        ("đựơc", "được"),
        ("gìa", "già"),
        ("quí", "quí"),
        ("quý", "quý"),
        ("giếng", "giếng"),
        ("gì", "gì"),
        ("ngoèo", "ngoèo"),
        ("huơ", "huơ"),
    ],
)
def test_the_tone_sits_in_one_place_of_its_syllable(typed, meant):
    assert views(typed).written == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("e ko bt đk nvqs ở đâu", "em không bt đk nghĩa vụ quân sự ở đâu"),
        ("mn ơi, cccd hết hạn thì lm s?", "mọi người ơi căn cước công dân hết hạn thì làm sao"),
        ("hssv đc vay k", "học sinh sinh viên được vay không"),
        ("Sở KH&CN", "sở khoa học công nghệ"),
        ("đăg ký mạg", "đăng ký mạng"),
        ("tỉh mìh", "tỉnh mình"),
    ],
)
def test_common_abbreviations_are_opened(typed, meant):
    assert views(typed).written == meant


def test_ambiguous_abbreviations_stay_as_typed():
    typed = "hs tn bn đk dn bv gđ tr trg"

    assert views(typed).written == typed


def test_numbers_stay_and_units_are_not_taken_for_abbreviations():
    assert views("vay 50.000.000đ, 15k một giờ, 2k8").written == "vay 50 000 000đ 15k một giờ 2k8"


def test_drawn_out_signs_are_one_sign():
    assert views("chán quáááá điiii 1000000").written == "chán quá đi 1000000"


def test_decorated_letters_are_plain_ones():
    assert views("𝐯𝐚𝐲 𝐯𝐨̂́𝐧").written == "vay vốn"


@given(st.sampled_from(TEXTS), st.data())
def test_composed_decomposed_and_zero_width_variants_read_the_same(text, data):
    place = data.draw(st.integers(0, len(text)))
    sign = data.draw(st.sampled_from(ZERO_WIDTH))
    decomposed = unicodedata.normalize("NFD", text)

    assert views(decomposed) == views(text)
    assert views(text[:place] + sign + text[place:]) == views(text)
    assert views(sign.join(decomposed)) == views(text)


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_read(text):
    written, folded = views(text)

    assert written == " ".join(written.split())
    assert len(folded.split()) <= len(written.split())


@pytest.mark.parametrize("text", ["", " \n\t", "😀🎉", "?!…", "\ud800", "\x00"])
def test_a_text_without_words_gives_two_empty_views(text):
    assert views(text) == ("", "")


def test_the_folded_view_has_no_accents():
    folded = "".join(views(text).folded for text in TEXTS)

    assert strip_accents(folded) == folded
    assert not set(folded) & set("đăâêôơưáàảãạ")


def test_a_very_long_text_is_read_from_its_beginning():
    assert views("vay vốn " * 20_000).written.startswith("vay vốn vay vốn")
    assert len(views("x1" * 50_000).written) < 100


def test_every_abbreviation_can_be_met_and_opens_into_plain_words():
    for short, full in teencode().items():
        assert short == unicodedata.normalize("NFC", short.lower())
        assert views(short).written == full
        assert views(full).written == full, f"{full} must not be opened again"
