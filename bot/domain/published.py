"""Questions and answers as everybody may read them: what a released answer says, and never who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.answer import AnswerBody
from bot.domain.letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """One question with its released answer. `codes` are those of everybody who asked it, the first one's first;
    `question` is covered already, the answer stands as the department wrote it.
    """

    codes: tuple[str, ...]
    question: str
    department: str
    topic: str
    answer: AnswerBody
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """All that is published of one programme, by department. `made_at` is aware."""

    programme: str
    title: str
    theme: str
    unit: str
    organiser: str
    made_at: datetime
    rehearsal: bool
    items: tuple[PublishedItem, ...]
    letterhead: Letterhead
