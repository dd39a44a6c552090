"""Recognising what a column means by what people call it, and a youth group by what people write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
_COUNTING = frozenset({"stt", "tt", "so tt", "so thu tu"})

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
    """The header row: its line, the place and the own title of each known column, and the columns nobody knows."""

    line: int
    places: Mapping[Field, int]
    titles: Mapping[Field, str]
    counting: frozenset[int]
    ignored: tuple[str, ...]


def find(lines: Sequence[Line]) -> Header | None:
    """The first line that names the column of contents; None where there is none."""
    for number, cells in lines:
        header = _header(number, cells)
        if Field.TEXT in header.places:
            return header
    return None


def _header(line: int, cells: Sequence[Cell]) -> Header:
    titles = [cell if isinstance(cell, str) else "" for cell in cells]
    names = [plain(title) for title in titles]
    places = {
        field: names.index(name)
        for field, known in _NAMES.items()
        if (name := next((name for name in known if name in names), None)) is not None
    }
    counting = frozenset(place for place, name in enumerate(names) if name in _COUNTING)
    taken = {*places.values(), *counting}
    return Header(
        line=line,
        places=places,
        titles={field: " ".join(titles[place].split()) for field, place in places.items()},
        counting=counting,
        ignored=tuple(title for place, title in enumerate(titles) if title and place not in taken),
    )


def plain(title: str) -> str:
    """A heading without accents, hints in brackets, stars and other signs."""
    return " ".join(_SIGNS.sub(" ", fold(_HINTS.sub(" ", title))).split())


def group_code(written: str, labels: Mapping[str, str]) -> str:
    """The code of a youth group: by code, by label or a part of a label (`labels`: code to label), by what people say.

    Nothing written gives "", something unknown gives "khac".
    """
    wanted = plain(written)
    if not wanted:
        return ""
    known = {plain(part): code for code, label in labels.items() for part in (code, label, *label.split(","))}
    return known.get(wanted) or _GROUPS.get(wanted, YouthGroup.OTHER).value
