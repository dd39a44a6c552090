"""The words that decided are shown as the person typed them, and are the ones that a reader would name."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import clean, fold
from classifier.corpus import read_development
from classifier.model import load
from classifier.normalise import views, words

TEXTS = [row.text for row in read_development()]


@pytest.fixture(scope="module")
def full(trained):
    return load(trained)


# ------------------------------------------------------------------ where each word stands


@given(st.sampled_from(TEXTS), st.sampled_from(["", "\u200b", "\u0301"]))
def test_the_words_read_as_the_written_view_does(text, sign):
    for typed in (text, unicodedata.normalize("NFD", text), f"  {sign.join(text)}\n\n\t{text.upper()} "):
        assert " ".join(word.read for word in words(typed)) == views(typed).written


def test_words_are_found_where_they_stand():
    text = "  E muốn\thỏi: \u200bKH&CN ở đ\u200ba\u0302u?"

    found = [(text[word.start : word.end], word.read) for word in words(text)]

    assert found == [
        ("E", "em"),
        ("muốn", "muốn"),
        ("hỏi", "hỏi"),
        ("KH&CN", "khoa học công nghệ"),
        ("ở", "ở"),
        ("đ\u200ba\u0302u", "đâu"),
    ]


@given(st.text(alphabet=st.characters()))
def test_any_text_has_words_in_order(text):
    found = words(text)

    assert all(0 <= word.start < word.end <= len(text) for word in found)
    assert [word.start for word in found] == sorted(word.start for word in found)


# ------------------------------------------------------------------ which of them decided


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Em muốn vay vốn ngân hàng chính sách để mở quán thì hỏi ai?", "vay vốn"),
        ("em muon vay von ngan hang chinh sach de mo quan thi hoi ai", "vay von"),
        ("E có giấy gọi khám NVQS mà đang học đh thì sao ạ", "NVQS"),
        ("bạn e bị gọi đi nvqs", "nvqs"),
        ("Thi bằng lái A1 ở đâu, lệ phí bao nhiêu ạ?", "bằng lái"),
        ("Xã em CHƯA CÓ SÓNG điện thoại, học online không được", "SÓNG"),
        ("Mất CCCD rồi làm lại ở đâu vậy mn", "CCCD"),
        ("Bạn em bị trầm cảm, có chỗ nào khám không?", "trầm cảm"),
    ],
)
def test_the_word_that_a_reader_would_name_is_shown_as_it_was_typed(full, text, word):
    assert any(word in phrase for phrase in full.explain(text)), full.explain(text)


def test_what_is_shown_stands_in_the_text_in_that_order_and_cuts_no_word(full):
    for text in TEXTS:
        shown, place = full.explain(text), 0
        assert len(shown) <= 5
        for phrase in shown:
            found = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)").search(text, place)
            assert found, (text, phrase)
            assert phrase == phrase.strip() != ""
            place = found.end()


def test_most_texts_are_explained_by_a_few_short_phrases(full):
    shown = [full.explain(text) for text in TEXTS]

    assert sum(2 <= len(phrases) <= 5 for phrases in shown) > 0.8 * len(shown)
    assert max(len(phrase.split()) for phrases in shown for phrase in phrases) <= 7
    assert all(len(phrases) == len({fold(phrase) for phrase in phrases}) for phrases in shown)


def test_decomposed_texts_are_explained_by_the_same_words_in_their_own_spelling(full):
    for text in TEXTS:
        decomposed = unicodedata.normalize("NFD", text)
        shown = full.explain(decomposed)
        assert all(phrase in decomposed for phrase in shown)
        assert [clean(phrase) for phrase in shown] == list(full.explain(unicodedata.normalize("NFC", text)))


def test_another_topic_is_explained_by_its_own_words(full):
    text = "Em muốn vay vốn ngân hàng chính sách để chữa bệnh ở bệnh viện"

    assert any("vay vốn" in phrase for phrase in full.explain(text, "vay-von-uu-dai"))
    assert any("bệnh viện" in phrase for phrase in full.explain(text, "kham-chua-benh"))
    assert not any("vay" in phrase for phrase in full.explain(text, "kham-chua-benh"))


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "\ud800", "中文", "?!…"])
def test_a_text_without_anything_known_has_no_explanation(full, text):
    assert full.explain(text) == ()


def test_an_unknown_topic_has_no_explanation(full):
    assert full.explain("vay vốn", "khong-co") == ()


def test_punctuation_and_new_lines_part_phrases(full):
    assert any(phrase == "vay vốn" for phrase in full.explain("vay vốn"))
    assert not any("," in phrase or "\n" in phrase for phrase in full.explain("em cần vay,\nvốn, lãi suất\nngân hàng"))


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_explained(full, text):
    assert len(full.explain(text + " vay vốn")) <= 5


def test_very_long_words_are_not_shown(full):
    assert all(len(phrase) < 60 for phrase in full.explain("vayvốn" * 100 + " vay vốn ngân hàng"))
