"""The catalogue: complete, filled safely, and open to the operator's own words."""

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadline import VIETNAM, midnight_after
from bot.domain.message import ChannelName
from bot.domain.person import YouthGroup
from bot.domain.text import clean, fold, shorten, storable
from bot.texts.catalogue import Catalogue, CatalogueFault, placeholders, when
from bot.texts.keys import Key


def test_every_key_has_its_sentence_and_every_sentence_its_key():
    catalogue = Catalogue.load()

    assert all(catalogue[key].strip() for key in Key)


def test_every_youth_group_has_its_name():
    assert set(Catalogue.load().section("group")) == {group.value for group in YouthGroup}


def test_every_reason_has_a_short_label():
    catalogue = Catalogue.load()

    # What is out of scope, and spam, are actions of their own; their reasons are there for what was decided long ago.
    assert set(catalogue.section("reason")) - set(catalogue.section("reason_label")) == {"out_of_scope", "spam"}
    assert set(catalogue.section("body")) == set(catalogue.section("body_label"))


def test_an_operators_own_sentence_comes_before_the_packaged_one(tmp_path):
    own = tmp_path / "vi.toml"
    own.write_text('[button]\nsend = "Gửi ngay"\n', "utf-8")

    assert Catalogue.load(overrides=own)[Key.B_SEND] == "Gửi ngay"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[button]\nkhong_co = "x"\n', "button.khong_co"),
        ('[chat]\nedited = "Đã sửa {sai_ten}."\n', "chat.edited"),
        ('[button]\nsend = " "\n', "dòng 2: câu “button.send” đang trống"),
        ("[button]\nsend = 5\n", "“button.send” phải là chữ"),
        ('send = "Gửi"\n', "“send” phải nằm dưới"),
        ('[button]\nsend = "Gửi\n', "dòng 2 không đúng cú pháp"),
        ('[button]\nsend = "Gửi"\n[button]\n', "dòng 3 không đúng cú pháp"),
        ('[button]\nsend = "\ud800"\n', "bảng mã UTF-8"),
    ],
)
def test_an_operators_mistake_stops_the_start_and_is_named(tmp_path, content, named):
    own = tmp_path / "vi.toml"
    own.write_bytes(content.encode("utf-8", "surrogatepass"))

    with pytest.raises(CatalogueFault, match=re.escape(named)) as refused:
        Catalogue.load(overrides=own)

    assert str(own) in str(refused.value)


@pytest.mark.parametrize(
    "sentence",
    [
        "Đã sửa.",
        "Đã sửa {}.",
        "Đã sửa {0}.",
        "Đã sửa {code} {code2}.",
        "Đã sửa {code:%H}.",
        "Đã sửa {code:>{code}}.",
        "Đã sửa {code!r}.",
        "Đã sửa {code.x}.",
        "Đã sửa {code[0]}.",
        "Đã sửa {code",
        "Đã sửa code}.",
        "Đã sửa {{code}}.",
    ],
)
def test_an_own_sentence_keeps_exactly_the_packaged_places_to_fill(tmp_path, sentence):
    own = tmp_path / "vi.toml"
    own.write_text(f'[button]\nsend = "Gửi đi"\n\n[chat]\nedited = "{sentence}"\n', "utf-8")

    with pytest.raises(CatalogueFault) as refused:
        Catalogue.load(overrides=own)

    assert f"{own}: dòng 5: câu “chat.edited” cần đúng các chỗ điền {{code}}" in str(refused.value)
    assert "button.send" not in str(refused.value)


def test_an_own_sentence_that_takes_no_values_may_have_no_place_to_fill(tmp_path):
    own = tmp_path / "vi.toml"
    own.write_text('button.send = "Gửi {code}"\n', "utf-8")

    with pytest.raises(CatalogueFault, match=r"dòng 1: câu “button\.send” không được có chỗ điền nào"):
        Catalogue.load(overrides=own)


def test_doubled_brackets_in_an_own_sentence_are_brackets(tmp_path):
    own = tmp_path / "vi.toml"
    own.write_text('[chat]\nedited = "Đã sửa {{câu}} {code}."\n', "utf-8-sig")

    assert Catalogue.load(overrides=own).say(Key.EDITED, code="HY24-0001-A") == "Đã sửa {câu} HY24-0001-A."


def test_every_packaged_sentence_has_plain_places_only():
    catalogue = Catalogue.load()

    for key in Key:
        sentence = catalogue[key]
        assert sentence.format_map(dict.fromkeys(placeholders(sentence), "mẫu"))


@given(text=st.text(max_size=200))
def test_what_a_person_wrote_is_only_ever_a_value(text):
    said = Catalogue.load().say(Key.EDITED, code=text)

    assert said == f"Đã sửa câu {text}. Cán bộ Đoàn sẽ đọc bản mới."


def test_braces_in_a_persons_words_are_not_a_template():
    assert "{code.__class__}" in Catalogue.load().say(Key.EDITED, code="{code.__class__}")


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (midnight_after(date(2024, 3, 3)), "24 giờ Chủ nhật, ngày 03/3/2024"),
        (datetime(2024, 2, 20, 9, 5, tzinfo=VIETNAM), "9 giờ 05 thứ Ba, ngày 20/02/2024"),
        (datetime(2023, 12, 31, 17, 0, tzinfo=VIETNAM), "17 giờ 00 Chủ nhật, ngày 31/12/2023"),
    ],
)
def test_an_instant_is_said_as_plans_and_people_say_it(instant, words):
    assert when(instant) == words


@given(text=st.text(max_size=300))
def test_cleaning_and_folding_are_stable(text):
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("typed", ["đường", "ĐƯỜNG", "đu\u031bo\u031b\u0300ng", "du\u200bong", "dường"])
def test_folding_makes_all_ways_of_typing_one(typed):
    assert fold(typed) == "duong"


def test_an_accent_that_stands_alone_leaves_no_blank_behind():
    assert fold("0 \u0300") == "0"
    assert fold("a \u0300 b") == "a b"


def test_lone_surrogates_and_nul_can_be_stored_and_nothing_else_changes():
    assert storable("a\ud800b\x00c") == "a\ufffdbc"
    assert storable("Nước 👩\u200d🌾 sạch\n\t=1+1") == "Nước 👩\u200d🌾 sạch\n\t=1+1"


@given(text=st.text(max_size=300), length=st.integers(2, 60))
def test_shortening_keeps_within_its_length(text, length):
    assert len(shorten(text, length)) <= length


def test_every_way_by_which_words_reach_us_has_a_name_for_the_card():
    only_out = {ChannelName.MAIL, ChannelName.FOLDER}

    assert set(Catalogue.load().section("source")) == {one.value for one in ChannelName if one not in only_out}
