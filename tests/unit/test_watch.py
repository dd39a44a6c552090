"""The watcher: pure, never raising; parts keep every word, masks keep every place, phrases can be added and removed."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.notice import Danger, Notices, Personal, Spam, masked
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from classifier.phrases import PhraseFault, load
from classifier.watch import Watch

WILD = st.text(max_size=200) | st.text(alphabet="em bịđánhtừ tử 0912.-@,;?!\n1)\u200b", max_size=300)


@cache
def watch() -> Watch:
    return Watch.open()


@given(text=WILD)
def test_any_string_is_looked_at_twice_with_the_same_result(text):
    assert watch().look(text) == watch().look(text)


@given(text=WILD)
def test_the_parts_of_a_text_lose_no_word_of_it(text):
    parts = watch().look(text).parts

    assert not parts or " ".join(" ".join(parts).split()) == " ".join(text.split())
    assert len(parts) != 1


@given(text=WILD)
def test_personal_spans_stand_in_order_without_overlaps_and_a_mask_moves_nothing(text):
    spans = watch().look(text).personal
    edges = [place for span in spans for place in (span.start, span.end)]

    assert edges == sorted(edges)
    assert len(masked(text, spans)) == len(text)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Số em 0912345621 ạ", "Số em 09******21 ạ"),
        ("gọi 0912 345 621 nhé", "gọi 09** *** *21 nhé"),
        ("dt +84 912 345 621", "dt +84 *** *** *21"),
        ("CCCD 033203001245", "CCCD 03********45"),
        ("thư lan.anh@gmail.com nhé", "thư la*.***@gmail.com nhé"),
        ("a@b.vn", "*@b.vn"),
        ("0901222333, 0902333444", "09******33, 09******44"),
    ],
)
def test_what_is_masked_stays_recognisable(text, hidden):
    assert masked(text, watch().look(text).personal) == hidden


def test_a_text_may_hold_several_things_at_once():
    text = "Bao giờ xã em có xe buýt? Với lại học phí năm nay có tăng không, gọi em số 0912345678 nhé"

    notices = watch().look(text)

    assert notices.parts == (
        "Bao giờ xã em có xe buýt?",
        "Với lại học phí năm nay có tăng không, gọi em số 0912345678 nhé",
    )
    assert [span.kind for span in notices.personal] == [Personal.PHONE]
    assert (notices.danger, notices.spam, notices.denounces) == (None, None, False)


def test_nothing_to_notice_is_nothing():
    assert watch().look("Bao giờ quê em có xe buýt?") == Notices()
    assert watch().look("") == Notices()


def test_a_cry_for_help_is_never_called_spam():
    notices = watch().look(
        "cứu em với cứu em với cứu em với cứu em với, em bị đánh, em bị đánh, em bị đánh, em bị đánh"
    )

    assert (notices.danger, notices.spam) == (Danger.ABUSE, None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("em muốn tự tử", Danger.SELF_HARM),
        ("từ từ em muốn hỏi", None),
        ("em muon tu tu", Danger.SELF_HARM),
        ("em muon tu tu roi hoc", None),
        ("em mượn sách chết quên trả", None),
        ("bố em đánh em", Danger.ABUSE),
        ("bố em dành em phần hơn", None),
        ("em bị hiếp", Danger.ABUSE),
        ("em đi hiệp thương", None),
        ("trẻ em bị xâm hại thì gọi số nào", None),
        ("em bị xâm hại thì gọi số nào", Danger.ABUSE),
        ("nếu em bị xâm hại thì gọi số nào", None),
    ],
)
def test_words_that_look_alike_are_told_apart(said, meant):
    assert watch().look(said).danger is meant


NOT, WANT, LIVE = "không khong k ko kh hok hk hông hong hem khum hổng", "muốn muon mún mun mug", "sống song sốg sog"
MORE, DIE, ENDS = "|nữa|nua|nx|nửa", "chết chet chít chit chếc die", "| quá| wá| thôi| cho xong| lun| r"


@pytest.mark.parametrize("me", ["", "em ", "e ", "mik ", "t "])
def test_a_wish_to_die_is_seen_in_every_mixture_of_short_spellings(me):
    wishes = [f"{me}{no} {want} {live} {more}" for no, want, live, more in _mixtures(NOT, WANT, LIVE, MORE)]
    wishes += [f"{me}{want} {die}{end}" for want, die, end in _mixtures(WANT, DIE, ENDS)]

    assert [text for text in wishes if watch().look(text).danger is not Danger.SELF_HARM] == []


def _mixtures(*choices):
    return product(*(each.split("|") if "|" in each else each.split() for each in choices))


@pytest.mark.parametrize(
    "text",
    [
        "Nóng mún chết, bao giờ trường lắp quạt?",
        "K mún sống ở trọ nữa, bao giờ có nhà ở xã hội?",
        "Hem trong xom em muon song sach dep hon",
        "hk 1 em muốn học thêm tiếng Anh",
        "mèo mun nhà em chết vì bả, xã có xử lý không?",
    ],
)
def test_the_same_short_spellings_of_something_else_are_no_alarm(text):
    assert watch().look(text).danger is None


# ------------------------------------------------------------------ the phrases themselves


def test_every_phrase_of_the_file_can_be_found():
    """A phrase whose own words do not match it would be a phrase that nobody ever misses."""
    phrases = load()
    dead = [
        (kind, phrase.source)
        for kind, rules in phrases.kinds.items()
        for rule in rules.rules
        for phrase in (*rule.phrases, *rule.unless, *rule.beside)
        if not _is_found(phrases, phrase)
    ]

    assert dead == []


def _is_found(phrases, phrase) -> bool:
    """Whether the plainest text that a phrase stands for holds it."""
    words = []
    for element in phrase.elements:
        by_first = getattr(element, "by_first", None)
        if by_first is not None and not element.optional:
            shortest = min((words_ for those in by_first.values() for words_ in those), key=len)
            words += [token.written.replace("_", " ") for token in shortest]
    (sentence,) = phrases.sentences(" ".join(words))
    return phrase.found_in(sentence) or sentence.plain is not phrase.only_plain


def test_the_operators_own_file_adds_and_removes(tmp_path):
    own = tmp_path / "phrases.toml"
    own.write_text('[self_harm]\nadd = ["đi gặp (ông bà|tổ tiên)"]\nremove = ["thà chết"]\n', "utf-8-sig")
    theirs = Watch.open(own)

    assert watch().look("thà chết").danger is Danger.SELF_HARM
    assert theirs.look("thà chết").danger is None
    assert theirs.look("chắc em đi gặp tổ tiên thôi").danger is Danger.SELF_HARM
    assert theirs.look("chac em di gap to tien thoi").danger is Danger.SELF_HARM


def test_a_compound_of_the_operator_keeps_its_words_together(tmp_path):
    own = tmp_path / "phrases.toml"
    own.write_text('[compounds]\nadd = ["đánh rồng"]\n', "utf-8")

    assert watch().look("em bị đánh rồng").danger is Danger.ABUSE
    assert Watch.open(own).look("em bị đánh rồng").danger is None


@pytest.mark.parametrize(
    ("content", "key", "named"),
    [
        ('[self_harm]\nadd = ["(a|b"]\n', Key.PHRASES_UNREADABLE, "(a|b"),
        ('[self_harm]\nadd = ["{khong_co}"]\n', Key.PHRASES_UNREADABLE, "{khong_co}"),
        ('[self_harm]\nadd = ["***"]\n', Key.PHRASES_UNREADABLE, "***"),
        ('[compounds]\nadd = ["…"]\n', Key.PHRASES_UNREADABLE, "…"),
        ('[abuse]\nremove = ["không có cụm này"]\n', Key.PHRASES_NOT_THERE, "không có cụm này"),
        ('[nguy_hiem]\nadd = ["a"]\n', Key.PHRASES_TABLE, "nguy_hiem"),
        ("[abuse]\nadd = [1]\n", Key.PHRASES_TABLE, "abuse"),
        ("abuse = 1\n", Key.PHRASES_TABLE, "abuse"),
        ("[abuse\n", Key.PHRASES_NOT_TOML, "dòng 1"),
        ('[abuse]\nadd = ["\ud800"]\n', Key.PHRASES_NOT_UTF8, "UTF-8"),
    ],
)
def test_an_operators_mistake_is_named(tmp_path, content, key, named):
    own = tmp_path / "phrases.toml"
    own.write_bytes(content.encode("utf-8", "surrogatepass"))

    with pytest.raises(PhraseFault) as refused:
        Watch.open(own)

    said = Catalogue.load().say(refused.value.key, **refused.value.values)
    assert refused.value.key is key
    assert named in said
    assert str(own) in said


def test_without_a_file_of_the_operator_the_packaged_phrases_hold(tmp_path):
    assert Watch.open(tmp_path / "phrases.toml").look("em muốn chết").danger is Danger.SELF_HARM


@pytest.mark.parametrize(
    "text",
    [
        "a" * 30_000,
        "em bị " * 5_000,
        "0" * 30_000,
        "0 " * 15_000,
        "a@" * 15_000,
        "1. " * 10_000,
        "\n" * 30_000,
        " " * 30_000,
        "1\n" * 15_000,
        "em hỏi" + "\n" * 20_000 + "bao giờ có đường?",
    ],
)
def test_long_and_hostile_texts_are_looked_at_to_their_end(text):
    assert watch().look(text + "\nem muốn chết").danger is Danger.SELF_HARM


def test_flooding_needs_no_letters():
    assert watch().look("❤️" * 16).spam is Spam.FLOODING


def test_numbers_count_up_from_one_or_cut_nothing():
    assert watch().look("2. Xe buýt\n3. Học phí").parts == ()
    assert len(watch().look("1. Xe buýt khi nào có\n2. Học phí bao nhiêu").parts) == 2


def test_a_pattern_of_the_readme_of_the_file_is_understood():
    """The head of phrases.toml explains the signs; each of them is used somewhere below it."""
    from classifier.phrases import PHRASES_FILE

    body = re.sub(r"#.*", "", PHRASES_FILE.read_text("utf-8"))

    assert all(sign in body for sign in ("(", "|", "{", "?", "* ", "**", "~", "$", "^"))
