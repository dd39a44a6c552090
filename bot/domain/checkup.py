"""What is found when somebody looks after an installation: a line each, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Grade(IntEnum):
    """How grave it is; also the exit code of whoever looked."""

    FINE = 0
    MIND = 1  # it runs, and somebody should know
    WRONG = 2  # something that is needed does not work


@dataclass(frozen=True, slots=True)
class Remark:
    """`found` is a sentence about how it is, `todo` one about what to do; "" where nothing is to be done."""

    grade: Grade
    found: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A database as it was found by somebody who changed nothing. `damage`: what its own check complained of."""

    place: str  # a file, or a server without its password
    version: str  # of SQLite or PostgreSQL
    revision: str | None
    wanted: str
    damage: str = ""
    cautious: bool = False  # this SQLite is old and gets the slower, safe journal
    size: int = 0


def worst(remarks: Iterable[Remark]) -> Grade:
    return max((remark.grade for remark in remarks), default=Grade.FINE)
