"""A text that asks several things, cut into its questions: by numbers, by words that open another one, by sentences.

The parts hold every word of the text in its order. What is said before the first question goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from classifier.normalise import strip_accents, views
from classifier.phrases import Phrases

_SENTENCE = re.compile(r"[^.!?…;\n]+(?:[.!?…;]+(?=\s|$)|\n|$|[.!?…;]+)")
_NUMBERED = re.compile(
    # No new line before a mark: runs of them would be gone through from every one of them.
    r"(?:^|(?<=[\n.?!:;,]))[^\S\n]*(?:(?:câu(?: hỏi)?|ý|kiến nghị|điều|việc|vấn đề)\s*(?:thứ\s*)?)?"
    r"(?P<mark>\d{1,2}(?=\s*[.)/:\-]\s*\D)|[a-e](?=\))|nhất(?=\W)|hai(?=\W)|ba(?=\W)|tư(?=\W))[.)/:,]*\s",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b(?:thứ (?P<th>nhất|hai|ba|tư)|(?P<la>một|hai|ba|bốn) là)\b", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]*[-–•*+][ \t]+", re.MULTILINE)
_CLAUSE = re.compile(r"[,;]\s*|\s(?=còn chuyện|rồi\b)")
_ORDER = {
    **{str(number): number for number in range(1, 21)},
    **{sign: number for number, sign in enumerate("abcde", 1)},
    "nhất": 1,
    "một": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
}

_ASKS = re.compile(
    r"\b(bao gio|khi nao|vi sao|tai sao|sao|o dau|the nao|lam sao|bao nhieu|bao lau|(?<!khong )ai"
    r"|co [\w ]{1,60} khong|duoc khong|de nghi|kien nghi|mong|xin (?:hoi|cho|duoc|biet)"
    r"|(?:muon|cho em|cho minh|cho toi|cho) hoi|em hoi|gi|nao|muon biet)\b"
)
# Đi tiếp câu trước chứ không mở chuyện mới.
_FOLLOWS = re.compile(
    r"(?:neu|hay|nhu vay|nhu the|vay|the|co dung|co phai|muc|trong khi|vi|tai sao lai|ai chiu|co mat phi|giay to"
    r"|dieu kien|thoi gian|lai suat|phat)\b|.*\bco duoc khong\W*$"
)
# Chữ nối, chữ hỏi, chữ xưng hô: không cho biết câu nói về việc gì.
_STOP_WORDS = """
em e tôi mình con cháu ạ có không là của và cho hỏi muốn được bao giờ khi nào thì ở đâu các anh chị bác ơi xin dạ thế
vậy sao gì ai mà này đó với những một nhiều rồi chưa còn để như đề nghị mong kiến tỉnh xã năm nay về biết làm thêm nên
phải sẽ đã đang tại vì từ
"""
_STOP = frozenset(_STOP_WORDS.split())
_LEAST_WORDS, _LEAST_CONTENT = 4, 2
_SAME = 0.34  # the share of common words (of the shorter one) from which two questions are about one matter
_LEAST_AFTER_OPENING = 3


def questions(text: str, phrases: Phrases, *, opens: bool) -> tuple[str, ...]:
    """The parts of a text that asks several things, else none. `opens`: words that open another question are in it."""
    ways = (_by_numbers, _by_ordinals, _by_bullets, lambda text: _by_sense(text, phrases if opens else None))
    for way in ways:
        if cuts := way(text):
            edges = [0, *cuts, len(text)]
            return tuple(text[start:end].strip() for start, end in pairwise(edges))
    return ()


def _by_numbers(text: str) -> list[int]:
    return _in_order([(match.start(), match["mark"].lower()) for match in _NUMBERED.finditer(text)])


def _by_ordinals(text: str) -> list[int]:
    return _in_order([(match.start(), (match["th"] or match["la"]).lower()) for match in _ORDINAL.finditer(text)])


def _in_order(marks: Sequence[tuple[int, str]]) -> list[int]:
    """Where to cut before marks that count up from one: before the second and every later one."""
    cuts: list[int] = []
    wanted = 1
    for place, mark in marks:
        if _ORDER.get(mark) == wanted:
            cuts.append(place)
            wanted += 1
    return cuts[1:]


def _by_bullets(text: str) -> list[int]:
    return [match.start() for match in _BULLET.finditer(text)][1:]


def _by_sense(text: str, phrases: Phrases | None) -> list[int]:
    """Cuts before sentences that ask for something of which the question before them did not speak."""
    pieces = [(start, sentence, _asks(sentence)) for start, sentence in _pieces(text, phrases)]
    if phrases is None and sum(asks for _, _, asks in pieces) < 2:  # noqa: PLR2004
        return []
    cuts: list[int] = []
    asked: list[frozenset[str]] = []
    background: int | None = None  # where the sentences begin that were said since the last question
    for start, sentence, asks in pieces:
        opens = _opens(sentence, phrases)
        content = _content(sentence) if asks or opens else frozenset()
        if not (asks and _may_stand_alone(sentence, content)) and not (opens and asked):
            background = start if background is None and asked else background
            continue
        if asked and (opens or not any(_is_same(content, before) for before in asked)):
            cuts.append(start if opens or background is None else background)
            asked = []
        asked.append(content)
        background = None
    return cuts


def _pieces(text: str, phrases: Phrases | None) -> Iterator[tuple[int, str]]:
    """Sentences with their places; one that holds an opening word after a comma is two."""
    for match in _SENTENCE.finditer(text):
        start, sentence = match.start(), match.group()
        if not sentence.strip():
            continue
        for comma in _CLAUSE.finditer(sentence) if phrases else ():
            rest = sentence[comma.end() :]
            if _opens(rest, phrases):
                yield start, sentence[: comma.end()]
                start, sentence = start + comma.end(), rest
                break
        yield start, sentence


def _opens(sentence: str, phrases: Phrases | None) -> bool:
    """Whether a sentence begins with words that open another question."""
    if phrases is None:
        return False
    head = " ".join(sentence.split()[:6])
    words = len(sentence.split())
    return words > _LEAST_AFTER_OPENING and phrases.found("another", phrases.sentences(head))


def _asks(sentence: str) -> bool:
    return "?" in sentence or bool(_ASKS.search(strip_accents(sentence.lower())))


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * min(len(one), len(other))


def _may_stand_alone(sentence: str, content: frozenset[str]) -> bool:
    enough = len(sentence.split()) >= _LEAST_WORDS and len(content) >= _LEAST_CONTENT
    return enough and not _FOLLOWS.match(strip_accents(sentence.lower()).lstrip())


def _content(sentence: str) -> frozenset[str]:
    """The words of a sentence that say what it is about."""
    view = views(sentence)
    return frozenset(
        written
        for written, folded in zip(view.written.split(), view.folded.split(), strict=True)
        if written not in _STOP and not (written.isascii() and folded in _FOLDED_STOP)
    )


_FOLDED_STOP = frozenset(views(" ".join(sorted(_STOP))).folded.split())
