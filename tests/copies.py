"""The same question as somebody else would have sent it once more: for judging what finds nearly equal texts.

Every copy is a function of the text and a number alone. Those of `classifier.perturb` change how words are typed, the
ones here change which words stand where.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from random import Random

from classifier import perturb

_CLAUSE = re.compile(r"(?<=[.!?,;])\s+")
_GREETINGS = (
    "Em chào anh chị ạ. ",
    "Kính gửi các đồng chí lãnh đạo, ",
    "Dạ cho em hỏi ",
    "Alo ad ơi ",
    "Em xin kính chào các bác, các cô chú. Em là đoàn viên ở xã. ",
)
_THANKS = (
    " Em xin cảm ơn ạ!",
    " Mong được trả lời sớm.",
    " Trân trọng cảm ơn.",
    " E cảm ơn nhiều",
    " Rất mong lãnh đạo quan tâm giải quyết ạ.",
)
_KEPT = 0.7  # of the words of a text that was cut short
_FEWEST_WORDS = 3


def clauses(text: str) -> list[str]:
    """The parts between full stops, question marks and commas, without them."""
    return [clause.strip(" ,.;!?") for clause in _CLAUSE.split(text) if clause.strip(" ,.;!?")]


def reordered(text: str, number: int) -> str:
    """With its clauses in another order; a text of one clause is turned round in the middle."""
    parts = clauses(text)
    if len(parts) > 1:
        Random(f"order {number}").shuffle(parts)
        return ". ".join(parts)
    words = text.split()
    half = len(words) // 2
    return " ".join(words[half:] + words[:half])


def greeted(text: str, number: int) -> str:
    """With a greeting before and thanks behind."""
    chance = Random(f"greeting {number}")
    return chance.choice(_GREETINGS) + text + chance.choice(_THANKS)


def cut_short(text: str, _: int) -> str:
    """Without its last third."""
    words = text.split()
    return " ".join(words[: max(_FEWEST_WORDS, math.ceil(len(words) * _KEPT))])


COPIES: dict[str, Callable[[str, int], str]] = {
    **perturb.COPIES,
    "reordered": reordered,
    "greeted": greeted,
    "cut_short": cut_short,
}


def merged(text: str, other: str, number: int) -> str:
    """Two questions in one message, this one first or last."""
    return f"{text} {other}" if number % 2 else f"{other} {text}"
