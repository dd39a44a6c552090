"""Whose paper a document is written on: which layout it follows and the names at its head, as the plan's file says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Profile(StrEnum):
    """The layout of a document's head.

    DOAN: the Youth Union's own (Hướng dẫn 29-HD/TWĐTN-VP), which bears no Quốc hiệu. ND30: a state body's (Nghị định
    30/2020/NĐ-CP). NONE: no head at all.
    """

    DOAN = "doan"
    ND30 = "nd30"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a document. `upper` is the body above the one that issues it, `body` that one, both as printed
    (capitals); `authority` is by whose authority somebody signs ("TM. BAN THƯỜNG VỤ").

    What the plan does not say is "" and stays a blank to be filled in by hand; number, place, day and signature always
    are.
    """

    profile: Profile = Profile.DOAN
    upper: str = ""
    body: str = ""
    authority: str = ""
