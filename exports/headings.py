"""Recognising what a column means by what people call it, and a youth group by what people write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from bot.domain.person import YouthGroup
from bot.domain.text import fold
from exports.grids import Cell, Line

_HINTS = re.compile(r"\(.*?\)|\[.*?\]")
_SIGNS = re.compile(r"[\W_]+")


class Field(StrEnum):
    TEXT = "text"
    UNIT = "unit"
    GROUP = "group"
    RECEIVED = "received"
    SOURCE = "source"


# Folded names, the likeliest first: where two columns of a file fit, the one named earlier here is taken.
_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.TEXT: (
        "noi dung",
        "noi dung cau hoi y kien",
        "noi dung y kien",
        "noi dung cau hoi",
        "noi dung y kien kien nghi",
        "noi dung kien nghi",
        "noi dung kien nghi de xuat",
        "noi dung de xuat",
        "noi dung y kien cau hoi",
        "cau hoi y kien",
        "cau hoi",
        "y kien",
        "y kien kien nghi",
        "kien nghi",
        "kien nghi de xuat",
        "cau hoi kien nghi",
    ),
    Field.UNIT: (
        "don vi",
        "don vi de xuat",
        "don vi gui",
        "don vi cong tac",
        "don vi co so",
        "co so doan",
        "xa phuong",
        "dia phuong",
        "truong",
        "noi o hoc lam viec",
    ),
    Field.GROUP: ("doi tuong", "doi tuong thanh nien", "nhom doi tuong", "nhom thanh nien", "thanh phan"),
    Field.RECEIVED: ("ngay nhan", "ngay tiep nhan", "ngay gui", "ngay gop y", "ngay", "thoi gian", "thoi gian nhan"),
    Field.SOURCE: ("nguon", "nguon y kien", "kenh", "kenh tiep nhan", "hinh thuc"),
}
_COUNTING = frozenset({"stt", "tt", "so tt", "so thu tu", "s t t", "t t", "tt phieu", "stt phieu", "so phieu"})

# What people call a column when they do not use a form: taken only where no exact name fits, and only in a row that
# names two columns or more, because “TỔNG HỢP Ý KIẾN” is a title.
_LOOSE: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.GROUP, re.compile(r"(doi tuong|nhom|thanh phan|nghe nghiep|dt tn)\b.*")),
    (Field.RECEIVED, re.compile(r"(ngay|thoi gian|thoi diem|tg|tgian)\b.*")),
    (Field.SOURCE, re.compile(r"(nguon|kenh|hinh thuc|noi tiep nhan)\b.*")),
    (
        Field.UNIT,
        re.compile(
            r"(ten )?(don vi|dv|co so|chi doan|lien chi doan|doan (co so|xa|phuong|truong)|xa|phuong|truong|lop"
            r"|dia phuong|dia ban|noi (o|hoc|lam viec|cong tac|cu tru|sinh hoat))\b.*"
        ),
    ),
    (
        Field.TEXT,
        re.compile(
            r"(noi dung|nd|n dung)\b.*|(cac |nhung )?(cau hoi|y kien|kien nghi|de xuat|phan anh|tam tu|nguyen vong)\b.*"
        ),
    ),
)
_NOT_OURS = re.compile(
    r"\b(tra loi|giai trinh|giai quyet|ket qua|xu ly|ghi chu|chu tri|phoi hop|tham quyen|nguoi|ho ten|ho va ten|sinh|"
    r"so dien thoai|dien thoai|sdt|email|han|linh vuc)\b"
)
_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,2})[)\]]?")
_TWO = 2
_LONGEST_TITLE = 200  # nobody calls a column by more; a cell of megabytes is not worth folding

_GROUPS: Mapping[str, YouthGroup] = {
    **dict.fromkeys(("hs", "thieu nien", "hoc vien thpt"), YouthGroup.PUPIL),
    **dict.fromkeys(("sv", "hoc vien", "sinh vien dai hoc"), YouthGroup.STUDENT),
    **dict.fromkeys(("nld", "cn", "lao dong", "cong nhan lao dong", "thanh nien cong nhan"), YouthGroup.WORKER),
    **dict.fromkeys(("nong dan", "nong thon", "thanh nien nong nghiep"), YouthGroup.RURAL),
    **dict.fromkeys(("ccvc", "cbccvc", "giao vien", "cong chuc vien chuc", "can bo doan"), YouthGroup.OFFICIAL),
    **dict.fromkeys(("bo doi", "cong an", "quan nhan", "chien si", "llvt", "dan quan"), YouthGroup.ARMED_FORCES),
    **dict.fromkeys(("chu doanh nghiep", "khoi nghiep", "ho kinh doanh", "htx"), YouthGroup.ENTREPRENEUR),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The header row: its line, the place and the own title of each known column, the columns nobody knows, the places
    of all that have any title, and how many cells the row has.
    """

    line: int
    places: Mapping[Field, int]
    titles: Mapping[Field, str]
    counting: frozenset[int]
    ignored: tuple[str, ...]
    named: frozenset[int]
    width: int


PASTED: Mapping[Field, int] = {Field.UNIT: 0, Field.TEXT: 1}
"""Where what stands in two columns without a header."""


def find(lines: Sequence[Line]) -> Header | None:
    """The first line that names the column of contents, exactly or else loosely; None where there is none.

    A second line of headings below it belongs to it, and so does one that numbers the columns.
    """
    for loosely in (False, True):
        for place, (number, cells) in enumerate(lines):
            header = _header(number, cells, loosely=loosely)
            if Field.TEXT in header.places:
                return _with_next(header, cells, lines[place + 1 :])
    return None


def _with_next(header: Header, cells: Sequence[Cell], below: Sequence[Line]) -> Header:
    """The header with the lines below that are no slips yet."""
    for number, more in below[:_TWO]:
        if _numbers_columns(more):
            return replace(header, line=number)
        lower = _header(number, more, loosely=False)
        if not _continues(header, lower, more):
            return header
        upper = [cell for place, cell in enumerate(cells) if place not in lower.places.values()]
        places = {**header.places, **lower.places}
        titles = {**header.titles, **lower.titles}
        counting = header.counting | lower.counting
        ignored = tuple(dict.fromkeys(one for one in (*header.ignored, *lower.ignored) if one in (*upper, *more)))
        header = Header(number, places, titles, counting, ignored, header.named | lower.named, header.width)
    return header


def _continues(header: Header, lower: Header, cells: Sequence[Cell]) -> bool:
    """Whether a line names more columns: below a contents column merged over both lines, or naming that again too."""
    if Field.TEXT in lower.places:
        return len(lower.places) >= _TWO
    place = header.places[Field.TEXT]
    return bool(lower.places) and (place >= len(cells) or cells[place] == "")


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    """(1), (2), (3) …, as official tables have it below their headings."""
    filled = [cell for cell in cells if cell != ""]
    found = [_COLUMN_NUMBER.fullmatch(cell) if isinstance(cell, str) else None for cell in filled]
    numbers = [int(one[1]) for one in found if one]
    rising = all(later == earlier + 1 for earlier, later in pairwise(numbers))
    return len(numbers) == len(filled) >= _TWO and rising


def _header(line: int, cells: Sequence[Cell], *, loosely: bool) -> Header:
    titles = [cell if isinstance(cell, str) else "" for cell in cells]
    names = [plain(title) if len(title) <= _LONGEST_TITLE else "" for title in titles]
    places = {
        field: names.index(name)
        for field, known in _NAMES.items()
        if (name := next((name for name in known if name in names), None)) is not None
    }
    if loosely or Field.TEXT in places:
        places = _loosely(names, places)
    if loosely and len(places) + len(_COUNTING.intersection(names)) < _TWO:
        places = {}
    counting = frozenset(place for place, name in enumerate(names) if name in _COUNTING)
    taken = {*places.values(), *counting}
    return Header(
        line=line,
        places=places,
        titles={field: " ".join(titles[place].split()) for field, place in places.items()},
        counting=counting,
        ignored=tuple(title for place, title in enumerate(titles) if title and place not in taken),
        named=frozenset(place for place, cell in enumerate(cells) if cell != ""),
        width=len(cells),
    )


def _loosely(names: Sequence[str], exact: Mapping[Field, int]) -> dict[Field, int]:
    """The same, with the columns that only a loose name fits."""
    places = dict(exact)
    for place, name in enumerate(names):
        if name and place not in places.values() and name not in _COUNTING and not _NOT_OURS.search(name):
            fits = next((field for field, pattern in _LOOSE if pattern.fullmatch(name)), None)
            if fits is not None:
                places.setdefault(fits, place)
    return places


def plain(title: str) -> str:
    """A heading without accents, hints in brackets, stars and other signs."""
    return " ".join(_SIGNS.sub(" ", fold(_HINTS.sub(" ", title))).split())


def group_code(written: str, labels: Mapping[str, str]) -> str:
    """The code of a youth group: by code, by label or a part of a label (`labels`: code to label), by what people say.

    Several of one group (“cán bộ, công chức”) are that group. Nothing written gives "", something unknown gives "khac".
    """
    if not plain(written):
        return ""
    known = {plain(part): code for code, label in labels.items() for part in (code, label, *label.split(","))}
    codes = {known.get(wanted) or _GROUPS.get(wanted, YouthGroup.OTHER).value for wanted in map(plain, _parts(written))}
    return codes.pop() if len(codes) == 1 else known.get(plain(written), YouthGroup.OTHER.value)


def _parts(written: str) -> list[str]:
    """What stands between commas."""
    return [part for part in written.split(",") if plain(part)]
