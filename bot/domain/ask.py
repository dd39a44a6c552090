"""Asking back (hỏi lại): one question of a moderator to whoever wrote a submission, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """`due_at`: then the submission goes on as it is. `told_at` is when the asker was told, None while it may still be
    taken back. It is open as long as it is neither answered nor closed. All instants are aware. `covered_question` and
    `covered_answer`, where there are any, are the words with personal data masked; the asker's own stay beside them.
    """

    id: int
    submission_id: int
    by: str
    question: str
    asked_at: datetime
    due_at: datetime
    told_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    covered_question: str = ""
    covered_answer: str = ""

    @property
    def shown_question(self) -> str:
        """The question as anybody but the asker reads it."""
        return self.covered_question or self.question

    @property
    def shown_answer(self) -> str:
        """The answer as anybody but the asker reads it."""
        return self.covered_answer or self.answer

    @property
    def is_open(self) -> bool:
        """Whether an answer is still waited for."""
        return self.answered_at is None and self.closed_at is None
