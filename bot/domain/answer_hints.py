"""Advice on a department's answer for whoever confirms it: what a reader will miss. Never a gate, and pure.

Everything is compared without accents and case. The tables are all there is to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.text import clean, fold


class Hint(StrEnum):
    SHORT = "short"
    OFF_TOPIC = "off_topic"
    VAGUE = "vague"
    NO_BASIS = "no_basis"
    NO_OWNER = "no_owner"
    NO_DATE = "no_date"


@dataclass(frozen=True, slots=True)
class Advice:
    """A hint, and the phrases it is about where there are any."""

    hint: Hint
    phrases: tuple[str, ...] = ()


VAGUE = (
    "sẽ xem xét",
    "sẽ nghiên cứu",
    "tiếp tục nghiên cứu",
    "nghiên cứu, đề xuất",
    "nghiên cứu, xem xét",
    "trong thời gian tới",
    "thời gian sớm nhất",
    "ghi nhận ý kiến",
    "ghi nhận kiến nghị",
    "xin ghi nhận",
    "xin tiếp thu",
    "sẽ quan tâm",
    "từng bước",
    "khi có điều kiện",
    "khi đủ điều kiện về nguồn lực",
    "khi cân đối được",
    "theo quy định hiện hành",
    "sẽ sớm",
)
_FEWEST_WORDS = 25
_LEAST_SHARED = 0.2  # of the question's own words
_ENOUGH_WORDS = 4  # below, sharing none of them says nothing
_BASIS = re.compile(
    r"\b(hien phap|luat|phap lenh|nghi dinh|nghi quyet|quyet dinh|thong tu|chi thi|ke hoach|cong van)\b[^.;]{0,60}?\d"
    r"|\b\d+/\d{4}/[a-z]|\b\d+/[a-z]{2,}-[a-z]"
)
_OWNER = re.compile(r"\b(chiu trach nhiem|chu tri|dau moi|phu trach|duoc giao|da giao)\b")
_DATE = re.compile(
    r"\b\d{1,2}/\d{1,2}(/\d{4})?\b|\b\d{1,2}/\d{4}\b|\bthang \d|\bquy (i{1,3}|iv|[1-4])\b|\bnam (hoc )?\d{4}"
)
# Tiếng đệm và lời xưng hô: câu nào cũng có nên không cho biết hỏi về việc gì.
_EMPTY = re.compile(
    r"a|ai|anh|ban|bang|bao|bi|bo|boi|bua|cac|cach|cai|can|cang|chi|chinh|cho|chua|"
    r"chung|co|con|cua|cung|cuu|da|dang|dao|day|de|deu|di|dia|dieu|do|doan|doi|dong|"
    r"dua|duoc|e|em|gi|gio|ha|hay|hien|ho|hoac|hoi|hon|kha|khac|khi|khong|kien|kinh|ko|"
    r"la|lai|lam|lanh|le|len|luon|ma|mang|minh|moi|mong|mot|muon|nam|nao|nay|nen|neu|"
    r"ngay|nghi|nguoi|nhat|nhe|nhieu|nhu|nhung|nien|noi|o|phai|phuong|qua|quan|quy|ra|"
    r"rang|rat|roi|sao|sau|se|so|song|su|ta|tai|tam|thanh|the|theo|thi|thoi|thua|tinh|"
    r"toi|tren|trong|truoc|tu|tuc|va|van|vay|ve|vi|viec|voi|vua|xa|xin|y|yeu"
)


def advise(question: str, body: AnswerBody) -> tuple[Advice, ...]:
    """What is worth a second look in an answer to this question, in the order of `Hint`."""
    written = fold(f"{body.text} . {body.basis} . {body.responsible} . {body.due}")
    found = (rule(question, body, written) for rule in _RULES)
    return tuple(advice for advice in found if advice)


def _short(_question: str, body: AnswerBody, _written: str) -> Advice | None:
    return Advice(Hint.SHORT) if len(clean(body.text).split()) < _FEWEST_WORDS else None


def _off_topic(question: str, _body: AnswerBody, written: str) -> Advice | None:
    asked = _words(fold(question))
    if len(asked) < _ENOUGH_WORDS:
        return None
    shared = len(asked & _words(written)) / len(asked)
    return Advice(Hint.OFF_TOPIC) if shared < _LEAST_SHARED else None


def _vague(_question: str, _body: AnswerBody, written: str) -> Advice | None:
    met = tuple(phrase for phrase in VAGUE if re.search(rf"\b{re.escape(fold(phrase))}\b", written))
    return Advice(Hint.VAGUE, met) if met else None


def _no_basis(_question: str, _body: AnswerBody, written: str) -> Advice | None:
    return None if _BASIS.search(written) else Advice(Hint.NO_BASIS)


def _no_owner(_question: str, body: AnswerBody, written: str) -> Advice | None:
    named = body.responsible or body.settlement is Settlement.EXPLAINED or _OWNER.search(written)
    return None if named else Advice(Hint.NO_OWNER)


def _no_date(_question: str, body: AnswerBody, written: str) -> Advice | None:
    """What is done or only explained needs no date."""
    over = body.settlement in (Settlement.EXPLAINED, Settlement.SETTLED)
    return None if over or _DATE.search(written) else Advice(Hint.NO_DATE)


def _words(folded: str) -> set[str]:
    return {word for word in re.findall(r"\w+", folded) if not (_EMPTY.fullmatch(word) or word.isdigit())}


_RULES: tuple[Callable[[str, AnswerBody, str], Advice | None], ...] = (
    _short,
    _off_topic,
    _vague,
    _no_basis,
    _no_owner,
    _no_date,
)
