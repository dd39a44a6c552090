"""An issue: one question put to one lead department, holding every submission that raised it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """`number` counts within the programme. `lead` and `supporting` are department ids frozen when it was approved.

    `edited_text` is the moderators' wording, "" while the first submission's own words stand for it. `last_decision` is
    the entry of the history that made it what it is, None while nobody changed it. `founder` is the id of the
    submission for which it was made: its words stand for the issue as long as it is in it.
    """

    id: int
    programme: str
    number: int
    topic: str
    lead: str | None
    supporting: tuple[str, ...]
    edited_text: str = ""
    last_decision: int | None = None
    founder: int | None = None

    @property
    def route(self) -> tuple[str, str | None, tuple[str, ...]]:
        """Topic, lead department, supporting departments."""
        return self.topic, self.lead, self.supporting
