"""The conversation as a pure function: no database, no platform, only session, event and scene."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Scene, Session, Step, advance
from bot.conversation.advance import MAX_TEXT, STEPS
from bot.conversation.session import (
    Copied,
    CopyData,
    Demand,
    Edit,
    Edited,
    Erase,
    File,
    Filed,
    Find,
    Found,
    Gone,
    Heard,
    Listed,
    ListOwn,
    Own,
    Propose,
    Proposed,
    Requested,
    Turn,
    Weigh,
    Weighed,
    Withdraw,
    Withdrew,
)
from bot.domain.deadline import VIETNAM
from bot.domain.message import Attached, Chose, Typed
from bot.domain.person import CONSENT_VERSION
from bot.domain.privacy import Erasure, RequestKind
from bot.domain.programme import Contact, Dialogue, Level, Programme, Window
from bot.domain.submission import receipt_code
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.voice import Voice

OPENS = datetime(2024, 2, 1, tzinfo=VIETNAM)
CLOSES = datetime(2024, 3, 1, 17, tzinfo=VIETNAM)
NOON = datetime(2024, 2, 20, 12, tzinfo=VIETNAM)
VOICE = Voice(Catalogue.load())
CODE = receipt_code("HY24", 7)

PROGRAMME = Programme(
    code="hung-yen-2024",
    receipt_prefix="HY24",
    level=Level.PROVINCE,
    unit="tỉnh Hưng Yên",
    province="hung-yen-old",
    year=2024,
    directory_day=date(2024, 3, 1),
    title="Đối thoại",
    theme="Chủ đề",
    issuer="UBND tỉnh",
    number="",
    plan_date=None,
    dialogue=Dialogue(day=None),
    contact=Contact("Tỉnh đoàn", "Tỉnh đoàn", "0221 000"),
    window=Window(OPENS, CLOSES, "chosen"),
    deadlines=(),
    units=("Huyện Văn Lâm", "Huyện Văn Giang", "Thị xã Mỹ Hào"),
)


class Chat:
    """Plays one person against `advance`, answering its wishes as the world would."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.session: Session | None = Session()
        self.said: list[str] = []
        self.keys: list[Key] = []
        self.wishes: list[object] = []
        self.own: tuple[Own, ...] = ()
        self.known = True

    def type(self, text: str, at: datetime | None = None) -> None:
        self._hear(Heard(Typed(text), at or self.now))

    def press(self, label: str) -> None:
        folded = {label: id_ for id_, label in self.last.choices}
        self._hear(Heard(Chose(folded[label]), self.now))

    def press_id(self, choice: str) -> None:
        self._hear(Heard(Chose(choice), self.now))

    def attach(self, kind: str, caption: str = "") -> None:
        self._hear(Heard(Attached(kind, caption), self.now))

    def agree(self) -> None:
        self.type("/start")
        self.press("Đồng ý, mình đủ 16 tuổi")
        self.press("Bỏ qua")
        self.press("Bỏ qua")

    def _hear(self, event: Heard) -> None:
        self.keys, says = [], []
        scene = Scene(PROGRAMME, self.now)
        turn = advance(self.session or Session(), event, scene)
        says += turn.says
        while turn.wish is not None:
            self.wishes.append(turn.wish)
            assert turn.session is not None
            turn = advance(turn.session, self._world(turn.wish), scene)
            says += turn.says
        self.keys = [say.key for say in says]
        words = [VOICE.words(say) for say in says]
        self.said = [message.text for message in words]
        self.session = turn.session
        if words:
            self.last = next((message for message in reversed(words) if message.choices), words[-1])
            if self.session:
                self.session = replace(self.session, offered=VOICE.folded_choices(self.last))

    def _world(self, wish: object) -> object:
        match wish:
            case Propose():
                return Proposed("Việc làm", "Sở Nội vụ", sure=True, out_of_scope=False)
            case File(late=late):
                return Filed(CODE, late)
            case ListOwn():
                return Listed(self.own)
            case Find(code, then):
                return Found(next(one for one in self.own if one.code == code), then)
            case Edit(code):
                return Edited(code)
            case Withdraw(code):
                return Withdrew(code)
            case CopyData():
                return Copied("YC-0001-A" if self.known else "")
            case Weigh(choice):
                return Weighed(self.known, len(self.own), "", choice)
            case Erase(choice):
                return Gone("YC-0001-A", choice)
            case Demand():
                return Requested("YC-0001-A", NOON)
        raise AssertionError(wish)


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_every_step_has_exactly_one_function():
    assert set(STEPS) == set(Step)


def test_the_greeting_says_it_is_a_bot_who_runs_it_until_when_and_on_which_theme(chat):
    chat.type("/start")

    greeting = chat.said[0]
    assert "bot (máy trả lời tự động) của Tỉnh đoàn" in greeting
    assert "Chủ đề: Chủ đề." in greeting
    assert "17 giờ 00 thứ Sáu, ngày 01/3/2024" in greeting


def test_a_first_message_that_is_a_question_is_held_until_consent_and_then_shown_back(chat):
    chat.type("Bao giờ quê em có xe buýt?")

    assert chat.keys == [Key.GREET, Key.CONSENT_HELD, Key.CONSENT]
    assert chat.wishes == []

    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.press("Bỏ qua")
    chat.press("Bỏ qua")

    assert chat.keys == [Key.DRAFT]
    assert "Bao giờ quê em có xe buýt?" in chat.said[0]


def test_words_typed_where_consent_is_asked_are_kept_and_consent_is_asked_again(chat):
    chat.type("câu một")
    chat.type("câu hai")

    assert chat.keys == [Key.CONSENT_AGAIN]
    assert chat.session.draft == "câu một\ncâu hai"


@pytest.mark.parametrize("label", ["Mình chưa đủ 16 tuổi", "Không đồng ý"])
def test_without_consent_or_under_sixteen_nothing_is_kept(chat, label):
    chat.type("Em hỏi về học phí")
    chat.press(label)

    assert chat.session is None
    assert chat.wishes == []


def test_an_old_consent_button_pressed_after_consenting_does_not_throw_anything_away(chat):
    chat.agree()
    chat.type("Câu hỏi đang viết")
    chat.press_id(f"consent-no-{CONSENT_VERSION}")

    assert chat.session.draft == "Câu hỏi đang viết"
    assert chat.session.consent_version == CONSENT_VERSION


def test_typing_one_presses_the_first_button(chat):
    chat.type("Em hỏi về học phí")
    chat.type("1")

    assert chat.session.consent_version == CONSENT_VERSION


@pytest.mark.parametrize("typed", ["Gửi", "gui", "GỬI", "gu\u031bi\u0309", "g\u200bửi", "1", " 1. "])
def test_a_label_or_number_means_its_button_whatever_accents_case_or_invisible_signs(chat, typed):
    chat.agree()
    chat.type("Em hỏi về học phí")
    chat.type(typed)

    assert chat.keys == [Key.RECEIPT]


def test_unit_and_group_are_asked_once_and_can_be_skipped(chat):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    assert chat.keys == [Key.ASK_UNIT]
    chat.press("Thị xã Mỹ Hào")
    assert chat.keys == [Key.ASK_GROUP]
    chat.press("Sinh viên")

    assert chat.keys == [Key.ASK_QUESTION]
    assert (chat.session.unit, chat.session.youth_group) == ("Thị xã Mỹ Hào", "sinh-vien")
    chat.type("/start")
    assert Key.ASK_UNIT not in chat.keys


def test_a_unit_typed_without_accents_is_recognised_and_a_doubtful_one_offers_choices(chat):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.type("van")

    assert chat.keys == [Key.ASK_UNIT_WHICH]

    chat.type("van giang")
    assert chat.session.unit == "Huyện Văn Giang"


def test_a_unit_nobody_listed_is_taken_as_typed(chat):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.type("Công ty may Hưng Long")

    assert chat.session.unit == "Công ty may Hưng Long"


@pytest.mark.parametrize("answer", ["không rõ", "không biết", "k noi dau", "123", "xã"])
def test_whoever_does_not_know_or_say_their_unit_goes_on_without_one(chat, answer):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.type(answer)

    assert (chat.session.unit, chat.keys) == ("", [Key.ASK_GROUP])


@pytest.mark.parametrize("answer", ["em mới 15 tuổi", "em là học sinh lớp 9", "14"])
def test_somebody_who_says_they_are_under_sixteen_is_told_kindly_and_nothing_is_kept(chat, answer):
    chat.type("Chỗ em thiếu sân chơi")
    chat.type(answer)

    assert chat.keys == [Key.MINOR]
    assert chat.session is None


@pytest.mark.parametrize("words", ["...", "😀😀", "❤️", "?"])
def test_signs_and_pictures_alone_are_no_question(chat, words):
    chat.agree()
    chat.type(words)

    assert chat.keys == [Key.NOT_UNDERSTOOD_YET]
    assert chat.session.draft == ""


@pytest.mark.parametrize("words", ["bạn là ai vậy", "Em muốn gặp người thật", "em cần gặp cán bộ"])
def test_whoever_wants_a_person_gets_the_contact(chat, words):
    chat.agree()
    chat.type(words)

    assert chat.keys == [Key.HELP]
    assert "0221 000" in chat.said[0]


def test_words_that_join_a_draft_are_said_to_and_a_code_never_joins_it(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type("Bao giờ có xe buýt?")
    chat.type("À cho em hỏi thêm về học bổng")
    assert chat.keys == [Key.DRAFT_JOINED, Key.DRAFT]

    chat.type(f"xem {CODE}")
    assert chat.keys == [Key.ONE]
    assert chat.session.draft == "Bao giờ có xe buýt?\nÀ cho em hỏi thêm về học bổng"


def test_more_questions_than_buttons_are_counted(chat):
    chat.own = tuple(Own(receipt_code("HY24", number), "waiting", f"câu {number}") for number in range(11, 0, -1))
    chat.agree()
    chat.type("/cuatoi")

    assert "Còn 3 câu cũ hơn" in chat.said[0]


def test_a_question_typed_where_the_unit_is_asked_becomes_the_draft(chat):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.type("Sao học phí năm nay lại tăng?")
    chat.press("Bỏ qua")

    assert chat.keys == [Key.DRAFT]
    assert "Sao học phí năm nay lại tăng?" in chat.said[0]


def test_a_long_message_that_came_in_parts_is_one_draft(chat):
    chat.agree()
    parts = ["phần một " * 400, "phần hai " * 400, "phần ba"]
    for part in parts:
        chat.type(part)
    chat.type("gửi")

    filed = next(wish for wish in chat.wishes if isinstance(wish, File))
    assert filed.text == "\n".join(part.strip() for part in parts)


def test_words_beyond_the_limit_are_refused_aloud_and_the_draft_stays(chat):
    chat.agree()
    chat.type("a" * MAX_TEXT)
    chat.type("còn thiếu ý này")

    assert chat.keys == [Key.DRAFT_TOO_LONG, Key.DRAFT]
    assert "còn thiếu ý này" in chat.said[0]
    assert chat.session.draft == "a" * MAX_TEXT


def test_rewriting_replaces_the_draft_and_cancel_keeps_it(chat):
    chat.agree()
    chat.type("câu cũ của em")
    chat.press("Sửa")
    chat.type("hủy")
    assert "câu cũ của em" in chat.said[0]
    chat.press("Sửa")
    chat.type("câu mới của em")

    assert chat.session.draft == "câu mới của em"


def test_dropping_a_draft_files_nothing(chat):
    chat.agree()
    chat.type("câu này thôi khỏi")
    chat.press("Bỏ")

    assert chat.session.draft == ""
    assert not [wish for wish in chat.wishes if isinstance(wish, File)]


def test_a_button_under_an_older_draft_does_not_send_the_present_one(chat):
    chat.agree()
    chat.type("câu thứ nhất")
    old = chat.last.choices[0][0]
    chat.type("thêm một ý")
    chat.press_id(old)

    assert not [wish for wish in chat.wishes if isinstance(wish, File)]
    assert Key.DRAFT in chat.keys


def test_pressing_send_twice_files_once(chat):
    chat.agree()
    chat.type("câu hỏi")
    send = chat.last.choices[0][0]
    chat.press_id(send)
    chat.press_id(send)

    assert len([wish for wish in chat.wishes if isinstance(wish, File)]) == 1


def test_a_draft_survives_looking_at_ones_own_questions(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type("câu đang viết")
    chat.type("/cuatoi")
    chat.type("viết thêm")

    assert chat.session.draft == "câu đang viết\nviết thêm"


def test_one_question_can_be_edited_and_withdrawn_by_button_or_by_code(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type("/cuatoi")
    chat.press(CODE)
    chat.press("Sửa câu này")
    chat.type("câu đã sửa")
    assert chat.keys == [Key.DRAFT_EDIT]
    chat.press("Lưu bản sửa")
    assert chat.wishes[-1] == Edit(CODE, "câu đã sửa")

    chat.type(f"rut {CODE.lower()}")
    assert chat.keys == [Key.WITHDRAW_ASK]
    chat.press("Đúng, rút câu này")
    assert chat.wishes[-1] == Withdraw(CODE)


def test_a_withdrawn_question_offers_neither_edit_nor_withdrawal(chat):
    chat.own = (Own(CODE, "withdrawn", "câu trước"),)
    chat.agree()
    chat.type(CODE)

    assert [label for _, label in chat.last.choices] == ["Quay lại"]


def test_typed_in_time_and_confirmed_within_the_grace_is_on_time(chat):
    chat.now = CLOSES - timedelta(seconds=1)
    chat.agree()
    chat.type("câu phút chót")
    chat.now = CLOSES + timedelta(minutes=9)
    chat.press("Gửi")

    assert chat.wishes[-1] == File("câu phút chót", CLOSES - timedelta(seconds=1), late=False)


def test_typed_in_time_but_confirmed_long_after_is_kept_and_marked_late(chat):
    chat.now = CLOSES - timedelta(seconds=1)
    chat.agree()
    chat.type("câu phút chót")
    chat.now = CLOSES + timedelta(minutes=11)
    chat.press("Gửi")

    assert chat.wishes[-1].late
    assert chat.keys == [Key.RECEIPT_LATE]


def test_typed_in_time_but_delivered_hours_late_can_still_be_confirmed_on_time(chat):
    chat.agree()
    chat.now = CLOSES + timedelta(hours=6)
    chat.type("câu gửi lúc mạng hỏng", at=CLOSES - timedelta(seconds=1))
    assert chat.keys == [Key.DRAFT]
    chat.now += timedelta(minutes=5)
    chat.press("Gửi")

    assert not chat.wishes[-1].late


def test_typed_at_the_cutoff_itself_is_late(chat):
    chat.now = CLOSES
    chat.agree()
    chat.type("muộn một giây")

    assert chat.keys == [Key.DRAFT_LATE, Key.DRAFT]
    chat.press("Gửi (sau hạn)")
    assert chat.wishes[-1].late


def test_before_the_opening_a_draft_is_kept_and_can_be_sent_once_it_is_open(chat):
    chat.now = OPENS - timedelta(days=1)
    chat.agree()
    chat.type("em viết sớm")
    chat.press("Gửi")
    assert chat.keys == [Key.DRAFT_EARLY]

    chat.now = OPENS + timedelta(hours=1)
    chat.type("gửi")
    assert chat.wishes[-1] == File("em viết sớm", OPENS + timedelta(hours=1), late=False)


@pytest.mark.parametrize("greeting", ["chào bạn", "Hello!", "alo", "xin chao"])
def test_a_mere_greeting_is_answered_and_makes_no_draft(chat, greeting):
    chat.agree()
    chat.type(greeting)

    assert chat.keys == [Key.HELLO]
    assert chat.session.draft == ""


def test_a_sticker_is_declined_kindly_and_a_caption_becomes_the_draft(chat):
    chat.agree()
    chat.attach("nhãn dán")
    assert "nhãn dán" in chat.said[0]
    chat.attach("ảnh", "đường làng em hỏng thế này")

    assert "đường làng em hỏng thế này" in chat.session.draft


def test_a_newer_consent_text_is_asked_of_somebody_who_agreed_to_an_older_one(chat):
    chat.session = Session(step=Step.READY, consent_version=CONSENT_VERSION - 1, profile_asked=True)
    chat.type("Em hỏi về học phí")

    assert Key.CONSENT in chat.keys
    chat.press("Đồng ý, mình đủ 16 tuổi")
    assert chat.keys == [Key.DRAFT]


@given(
    texts=st.lists(
        st.one_of(
            st.text(max_size=200),
            st.sampled_from(["1", "2", "3", "/start", "/cuatoi", "/huy", "gửi", "bỏ qua", "sửa", "\u200b", "  "]),
        ),
        max_size=12,
    )
)
def test_whatever_is_typed_the_conversation_goes_on_and_its_session_survives_storage(texts):
    chat = Chat()
    for text in texts:
        chat.type(text)
        if chat.session is not None:
            assert Session.from_json(chat.session.to_json()) == chat.session


@given(
    words=st.lists(
        st.text(alphabet=st.characters(categories=["L", "N"]), min_size=4, max_size=30), min_size=1, max_size=6
    )
)
def test_no_typed_word_is_lost_between_the_first_message_and_the_filing(words):
    words = [f"từ {word}" for word in words]
    chat = Chat()
    for word in words:
        chat.type(word)
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.press("Bỏ qua")
    chat.press("Bỏ qua")
    chat.type("gửi")

    filed = next(wish for wish in chat.wishes if isinstance(wish, File))
    assert all(word in filed.text for word in words)


def test_a_turn_without_a_session_never_wishes_for_anything():
    assert Turn(None).wish is None


@pytest.mark.parametrize(
    "proposal",
    [
        "Xem xét giảm học phí cho sinh viên nghèo",
        "Sửa đường liên thôn giúp bà con ạ",
        "Rút ngắn thủ tục vay vốn cho thanh niên",
        "xem lai quy hoach khu 1234 dum em",
    ],
)
def test_a_proposal_that_begins_like_a_command_is_a_question(chat, proposal):
    chat.agree()
    chat.type(proposal)

    assert chat.keys == [Key.DRAFT]
    assert chat.session.draft == proposal


@pytest.mark.parametrize("noise", ["ok", "dạ", "vâng ạ", "\u200b", "cảm ơn ad nhé"])
def test_polite_noise_never_becomes_or_joins_or_replaces_a_question(chat, noise):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type(noise)
    assert chat.session.draft == ""

    chat.type(f"sửa {CODE}")
    chat.type(noise)
    assert (chat.session.step, chat.session.draft) == (Step.EDIT, "")

    chat.type("hủy")
    chat.type("câu hỏi thật")
    chat.press("Sửa")
    chat.type(noise)
    assert chat.session.draft == "câu hỏi thật"
    assert not [wish for wish in chat.wishes if isinstance(wish, Edit | File)]


@pytest.mark.parametrize("yes", ["ok", "gửi đi ạ", "gui luon", "dạ vâng"])
def test_a_natural_yes_under_the_draft_sends_it(chat, yes):
    chat.agree()
    chat.type("Bao giờ có xe buýt ạ?")
    chat.type(yes)

    assert chat.wishes[-1].text == "Bao giờ có xe buýt ạ?"


@pytest.mark.parametrize(
    ("answer", "agreed"), [("em đồng ý ạ", True), ("vâng", False), ("em 17 tuổi ạ", False), ("có", False)]
)
def test_only_an_explicit_word_is_consent_and_small_answers_are_not_kept_as_questions(chat, answer, agreed):
    chat.type("Bao giờ có xe buýt ạ?")
    chat.type(answer)

    assert (chat.session.consent_version == CONSENT_VERSION) is agreed
    assert chat.session.draft == "Bao giờ có xe buýt ạ?"


@pytest.mark.parametrize(
    ("typed", "unit", "draft"),
    [
        ("Cho em hỏi về học phí ạ", "", "Cho em hỏi về học phí ạ"),
        ("em ở xã Tân Tiến", "xã Tân Tiến", ""),
        ("e o huyen van giang", "Huyện Văn Giang", ""),
        ("em là học sinh trường Tiên Lữ ạ", "trường Tiên Lữ", ""),
        ("van giang, hung yen", "Huyện Văn Giang", ""),
        ("Trường THPT Trần Quang Khải", "Trường THPT Trần Quang Khải", ""),
    ],
)
def test_a_question_where_the_unit_is_asked_is_told_from_a_unit(chat, typed, unit, draft):
    chat.type("/start")
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.type(typed)

    assert (chat.session.unit, chat.session.draft) == (unit, draft)
    assert (Key.UNIT_NOTED in chat.keys) is bool(unit)


def test_a_full_draft_is_said_wherever_words_cannot_be_added(chat):
    chat.type("a" * (MAX_TEXT - 1))
    chat.type("thêm một câu nữa về học phí")

    assert chat.keys[0] is Key.DRAFT_TOO_LONG
    assert "thêm một câu nữa" in chat.said[0]


def test_an_edit_that_comes_in_parts_is_one_new_wording(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type(f"sửa {CODE}")
    chat.type("phần một")
    chat.type("phần hai")
    chat.press("Lưu bản sửa")

    assert chat.wishes[-1] == Edit(CODE, "phần một\nphần hai")


def test_a_new_wording_that_comes_after_the_cutoff_is_kept_and_can_be_sent_as_a_late_question(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.now = CLOSES - timedelta(minutes=1)
    chat.agree()
    chat.type(f"sửa {CODE}")
    chat.now = CLOSES + timedelta(minutes=1)
    chat.type("bản sửa của em")
    chat.press("Lưu bản sửa")
    assert Key.REFUSE_AFTER_CUTOFF in chat.keys

    chat.press("Gửi (sau hạn)")
    assert chat.wishes[-1] == File("bản sửa của em", CLOSES + timedelta(minutes=1), late=True)


def test_an_edit_waits_until_an_unsent_draft_is_sent_or_dropped(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.type("câu đang viết")
    chat.type("/cuatoi")
    chat.press(CODE)
    chat.press("Sửa câu này")

    assert chat.keys == [Key.EDIT_DRAFT_FIRST, Key.DRAFT]
    assert chat.session.draft == "câu đang viết"


def test_a_button_about_one_question_never_acts_on_another(chat):
    other = receipt_code("HY24", 8)
    chat.own = (Own(CODE, "waiting", "câu một"), Own(other, "waiting", "câu hai"))
    chat.agree()
    chat.type(f"rút {CODE}")
    old = next(id_ for id_, label in chat.last.choices if label == "Đúng, rút câu này")
    chat.type(f"rút {other}")
    chat.press_id(old)

    assert not [wish for wish in chat.wishes if isinstance(wish, Withdraw)]


def test_a_draft_held_over_night_for_consent_is_late_when_the_cutoff_has_passed(chat):
    chat.now = CLOSES - timedelta(minutes=10)
    chat.type("câu viết trước hạn")
    chat.now = CLOSES + timedelta(hours=19)
    chat.press("Đồng ý, mình đủ 16 tuổi")
    chat.press("Bỏ qua")
    chat.press("Bỏ qua")
    chat.press("Gửi (sau hạn)")

    assert chat.wishes[-1].late


def test_a_sticker_between_draft_and_answer_leaves_the_buttons_as_they_were(chat):
    chat.agree()
    chat.type("Bao giờ có xe buýt ạ?")
    offered = chat.session.offered
    chat.attach("nhãn dán")
    chat.session = replace(chat.session, offered=offered)
    chat.type("1")

    assert chat.wishes[-1].text == "Bao giờ có xe buýt ạ?"


def test_words_behind_a_command_are_not_lost_and_an_unknown_command_gets_help(chat):
    chat.agree()
    chat.type("/batdau Em muốn hỏi học phí")
    assert chat.session.draft == "Em muốn hỏi học phí"

    chat.press("Bỏ")
    chat.type("/dangky")
    assert chat.keys == [Key.HELP]


def test_after_the_cutoff_neither_edit_nor_withdrawal_is_offered(chat):
    chat.own = (Own(CODE, "waiting", "câu trước"),)
    chat.agree()
    chat.now = CLOSES + timedelta(hours=1)
    chat.type(CODE)

    assert [label for _, label in chat.last.choices] == ["Quay lại"]
    chat.type("/trogiup")
    assert chat.keys == [Key.HELP_LATE]


def test_lone_surrogates_are_taken_in(chat):
    chat.agree()
    chat.type("học phí \ud800 thế nào")

    assert chat.session.draft == "học phí \ufffd thế nào"


# ------------------------------------------------------------------ one's own data


@pytest.mark.parametrize("consented", [True, False])
@pytest.mark.parametrize(
    ("typed", "wish"), [("/dulieu", CopyData()), ("cho xem dữ liệu của em", CopyData()), ("/xoa", Weigh())]
)
def test_the_rights_to_ones_data_need_no_consent(chat, typed, wish, consented):
    if consented:
        chat.agree()
    chat.type(typed)

    assert chat.wishes == [wish]


def test_an_erasure_is_asked_twice_and_leaves_no_session(chat):
    chat.agree()
    chat.type("em muốn xoá hết dữ liệu của em")
    assert chat.keys == [Key.ERASE_ASK]
    chat.type("2")
    assert chat.keys == [Key.ERASE_SURE_WORDS]

    chat.type("1")

    assert chat.wishes[-1] == Erase(Erasure.WORDS)
    assert chat.keys == [Key.ERASED_WORDS]
    assert chat.session is None


def test_a_withdrawn_consent_is_asked_for_again_before_the_next_question(chat):
    chat.agree()
    chat.type("/xoa")
    chat.press("Chỉ rút lại đồng ý")
    chat.press("Đúng, rút lại đồng ý")
    assert chat.session.consent_version == 0

    chat.type("Bao giờ quê em có xe buýt?")

    assert Key.CONSENT in chat.keys
    assert chat.session.draft == "Bao giờ quê em có xe buýt?"


@pytest.mark.parametrize("choice", ["sure-words", "sure-keep", "erase-words", "request-correction", "sure-nonsense"])
def test_a_button_about_data_that_was_not_offered_just_now_does_nothing(chat, choice):
    chat.agree()
    chat.type("/xoa")
    chat.type("/trogiup")
    before = list(chat.wishes)

    chat.press_id(choice)

    assert chat.wishes == before
    assert chat.keys == [Key.CHOOSE]


def test_stopping_an_erasure_shows_the_unsent_draft_again(chat):
    chat.agree()
    chat.type("Câu đang viết")
    chat.type("/xoa")

    chat.press("Thôi, giữ nguyên")

    assert chat.keys == [Key.ERASE_STOPPED, Key.DRAFT]


def test_a_request_is_the_next_message_and_a_number_in_it_is_no_button(chat):
    chat.agree()
    chat.type("/yeucau")
    chat.press("Khiếu nại")
    chat.type("1")

    assert chat.wishes == [Demand(RequestKind.COMPLAINT, "1")]
    assert chat.keys == [Key.REQUEST_TAKEN]


def test_a_request_can_be_given_up(chat):
    chat.agree()
    chat.type("/yeucau")
    chat.press("Sửa thông tin sai")
    chat.type("/huy")

    chat.type("Bao giờ quê em có xe buýt?")

    assert chat.keys == [Key.DRAFT]


def test_somebody_of_whom_nothing_is_kept_leaves_nothing_by_asking(chat):
    chat.known = False
    chat.type("/xoa")

    assert chat.keys == [Key.DATA_NONE]
    assert chat.session is None


def test_whoever_consented_to_an_older_text_is_asked_anew_and_may_see_and_erase_all_the_same(chat):
    chat.session = Session(step=Step.READY, consent_version=CONSENT_VERSION - 1, profile_asked=True)

    chat.type("/dulieu")
    assert chat.keys == [Key.DATA_COMING]
    chat.type("Bao giờ quê em có xe buýt?")

    assert Key.CONSENT in chat.keys
