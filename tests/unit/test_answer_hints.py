"""Advice on answers: what a reader will miss, and no advice where nothing is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.answer_hints import VAGUE, Hint, advise

QUESTION = "Bao giờ tỉnh có xe buýt về các xã để học sinh, công nhân đi lại cho an toàn ạ?"
GOOD = AnswerBody(
    "Từ tháng 3/2027, tuyến xe buýt số 208 sẽ chạy qua 14 xã phía bắc, 30 phút một chuyến vào giờ đi học và tan ca của "
    "công nhân. Học sinh được giảm nửa giá vé.",
    "Quyết định số 1254/QĐ-UBND ngày 12/5/2026 của UBND tỉnh",
    "Sở Xây dựng",
    "3/2027",
    Settlement.UNDER_WAY,
)


def hints(body: AnswerBody, question: str = QUESTION) -> list[Hint]:
    return [advice.hint for advice in advise(question, body)]


def test_a_full_answer_needs_no_advice() -> None:
    assert hints(GOOD) == []


def test_a_full_answer_to_a_question_without_accents_needs_none_either() -> None:
    assert hints(GOOD, "bao gio co xe buyt ve xa cho hoc sinh vs cong nhan di hoc") == []


def test_an_answer_of_phrases_is_told_all_that_it_lacks() -> None:
    body = AnswerBody("UBND tỉnh xin ghi nhận và sẽ xem xét trong thời gian tới.")

    found = advise(QUESTION, body)

    assert [advice.hint for advice in found] == list(Hint)
    assert found[2].phrases == ("sẽ xem xét", "trong thời gian tới", "xin ghi nhận")


def test_an_answer_about_another_matter_is_noticed() -> None:
    other = "Mức vay tối đa của dự án khởi nghiệp là 100 triệu đồng, hồ sơ nộp ở Ngân hàng Chính sách xã hội. " * 3
    assert Hint.OFF_TOPIC in hints(AnswerBody(other, GOOD.basis, GOOD.responsible, GOOD.due))


@pytest.mark.parametrize(
    "basis",
    [
        "Luật Thanh niên năm 2020",
        "Nghị quyết 05/2024/NQ-HĐND",
        "nghi dinh 13",
        "Điều 5 Nghị định số 20/2021/NĐ-CP",
        "12/KH-UBND",
    ],
)
def test_a_legal_basis_is_known_by_its_kind_or_number_wherever_it_stands(basis: str) -> None:
    for body in (AnswerBody("Có.", basis), AnswerBody(f"Theo {basis} thì có.")):
        assert Hint.NO_BASIS not in hints(body)


@pytest.mark.parametrize("basis", ["", "theo quy định", "pháp luật hiện hành", "ý kiến của luật sư"])
def test_words_about_law_are_no_basis(basis: str) -> None:
    assert Hint.NO_BASIS in hints(AnswerBody("Có.", basis))


@pytest.mark.parametrize("due", ["30/6/2027", "6/2027", "quý II năm 2027", "tháng 9", "năm học 2026 - 2027"])
def test_a_date_is_known_in_the_forms_that_officials_use(due: str) -> None:
    assert Hint.NO_DATE not in hints(AnswerBody("Có.", due=due))


def test_what_is_done_needs_no_date_and_what_is_only_explained_no_owner_either() -> None:
    assert Hint.NO_DATE not in hints(AnswerBody("Đã làm.", settlement=Settlement.SETTLED))
    explained = hints(AnswerBody("Không thuộc đối tượng.", settlement=Settlement.EXPLAINED))
    assert not {Hint.NO_DATE, Hint.NO_OWNER} & set(explained)


@pytest.mark.parametrize("phrase", VAGUE)
def test_every_vague_phrase_is_met_typed_with_accents_or_decomposed(phrase: str) -> None:
    assert phrase in next(one for one in advise(QUESTION, AnswerBody(f"Sở {phrase.upper()}.")) if one.phrases).phrases


@given(st.text(), st.text(), st.text())
def test_any_text_whatever_gets_advice_in_a_fixed_order(question: str, text: str, basis: str) -> None:
    found = hints(AnswerBody(text, basis), question)
    assert found == sorted(found, key=list(Hint).index)
