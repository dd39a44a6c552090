"""Marks that need the text as it was typed: repeated signs and words, links of strangers, names of people."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from bot.domain.text import clean, fold
from classifier.normalise import strip_accents

# ------------------------------------------------------------------ flooding

_LONGEST_RUN = 12  # the same sign so often in a row
_FEWEST_WORDS = 7
_SAME_WORD = 0.6  # the share of one word
_MANY_WORDS, _FEW_WORDS, _MOST_DIFFERENT = 15, 0.34, 12  # so few different words in so many
_NEARLY_ALL = 0.8
_SAME_SENTENCE = 4
_READ = 2_000  # signs: whoever floods begins with it
_LONGEST_PIECE = 12
_REPEATED = re.compile(rf"(.{{1,{_LONGEST_PIECE}}}?)\1{{7,}}", re.DOTALL)
_ROWS = re.compile(r"qwert|asdf|zxcv|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert")
_VOWELS = frozenset("aeiouy")
_MASHED_LENGTH, _MASHED_VOWELS = 6, 0.2


def is_flooding(text: str) -> bool:
    """One sign, word or sentence over and over, or keys hit at random."""
    line = clean(text[:_READ])
    letters = "".join(line.split()).casefold()
    if not letters:
        return False
    if len(letters) >= _LONGEST_RUN and not any(sign.isalnum() for sign in letters):
        return True
    run = max(len(list(signs)) for _, signs in groupby(letters))
    if (run >= _LONGEST_RUN and run >= len(letters) / 2) or _only_repeats(letters):
        return True
    folded = strip_accents(line.lower())
    return _repeats_words(folded) or _is_mashed(folded)


def _only_repeats(letters: str) -> bool:
    if len(set(letters)) > _LONGEST_PIECE:  # no short piece over and over holds so many different signs
        return False
    found = _REPEATED.search(letters)
    return found is not None and len(found.group()) >= _NEARLY_ALL * len(letters)


def _repeats_words(folded: str) -> bool:
    words = re.findall(r"\w+", folded)
    if len(words) < _FEWEST_WORDS:
        return False
    counted = Counter(words)
    (_, most), *_ = counted.most_common(1)
    if most >= _SAME_WORD * len(words):
        return True
    sentences = [part.strip() for part in re.split(r"[.!?,\n]+", folded) if part.strip()]
    again = max(Counter(sentences).values(), default=0)
    few = len(words) >= _MANY_WORDS and len(counted) <= min(_FEW_WORDS * len(words), _MOST_DIFFERENT)
    return again >= _SAME_SENTENCE or few


def _is_mashed(folded: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", folded) if len(word) > 1]
    mashed = [word for word in words if _ROWS.search(word) or _is_unspeakable(word)]
    return len(mashed) > 1 and len(mashed) == len(words)


def _is_unspeakable(word: str) -> bool:
    vowels = sum(sign in _VOWELS for sign in word)
    return len(word) >= _MASHED_LENGTH and vowels < _MASHED_VOWELS * len(word)


# ------------------------------------------------------------------ links

_STRANGE_LINK = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.me|zalo\.me/g|shorten|cutt\.ly|goo\.gl)/"
    r"|\b[\w-]+\.(?:vip|top|xyz|club|bet|win|live|fun|click|shop)\b",
    re.IGNORECASE,
)


def has_strange_link(text: str) -> bool:
    """A shortened link, an invitation to a private group, or an address where advertisers live."""
    return bool(_STRANGE_LINK.search(text))


# ------------------------------------------------------------------ names

_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Mai|Cao|Lương|Vương|Tô|Hà|Tạ|Lò"
    "|Vàng|Giàng|Thào|Sùng|Quách|Triệu|Nông|Thạch|Sơn|Kim|Danh|Châu|Lâm|Chu|Tống|Trương|Thái|Đào|Lưu|Phùng|Hứa|Vi|Đậu|Mạc"
    "|Nghiêm|Kiều|Bế|Ma|Mùa|Cầm|Hầu"
)
_TITLES = (
    "ông|bà|anh|chị|cô|thầy|chú|bác|thằng|tên|mụ|lão|con mụ|giám đốc|phó giám đốc|chủ tịch|phó chủ tịch|bí thư"
    "|trưởng thôn|hiệu trưởng|hiệu phó|kế toán|bác sĩ|cán bộ|trưởng phòng|trưởng công an|công an|cô giáo"
    "|thầy giáo|địa chính"
)
# A range like "À-Ỹ" would hold small letters too.
_CAPITALS = "".join(sign for sign in map(chr, range(0x41, 0x1EF9)) if sign.isupper() and sign.isalpha())
_NAME = rf"[{_CAPITALS}][^\W\d_]+"
_ROLE = r"(?:\s+(?:xã|thôn|huyện|phường|trường|địa chính|chi bộ|phòng|hội|công an))*"
_TITLED = re.compile(rf"\b(?i:{_TITLES}){_ROLE}\s+(?:(?i:ông|bà|anh|chị)\s+)?{_NAME}(?:\s+{_NAME}){{0,3}}\b")
_FULL = re.compile(rf"\b(?:{_SURNAMES})(?:\s+{_NAME}){{1,3}}\b")
_PLAIN_NAME = re.compile(
    r"\b(?:ong|ba|anh|chi|co|thay|chu|bac) (?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly)"
    r" (?:van|thi|duc|minh|xuan|huu|dinh|quang) [a-z]+"
)
# Tên của đường, trường, quỹ …, hay người viết và người nhà tự giới thiệu: không phải người bị tố.
_NOT_ACCUSED = re.compile(
    r"(?:duong|pho|ngo|truong|thpt|thcs|tieu hoc|cho|quy|hoc bong|xe|xe khach|cup|cong ty|den|chua|dinh|ngan hang"
    r"|benh vien|nha may|khu|ben|cong vien|giai|nha tho|em la|toi la|minh la|ten|em ten|ten la|bo em la|me em la"
    r"|ong em la|ba em la|noi em la|ngoai em la|den tho ong|thong qua|ten toi la)\s*$"
)
_HOLY = frozenset(["bà triệu", "bà trưng", "bác hồ", "ông công", "ông táo", "anh hùng lao", "anh hùng"])


def names_somebody(text: str) -> bool:
    """Whether a person is called by name who is not the writer, nor a street, a school or a fund."""
    for pattern in (_TITLED, _FULL):
        for found in pattern.finditer(text):
            name = found.group().casefold()
            before = fold(text[max(0, found.start() - 30) : found.start()])
            if not _NOT_ACCUSED.search(before) and not any(name.startswith(one) for one in _HOLY):
                return True
    return bool(_PLAIN_NAME.search(fold(text))) and text.isascii()
