"""An issue: one question put to one lead department, holding every submission that raised it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """`number` counts within the programme. `lead` and `supporting` are department ids frozen when it was approved."""

    id: int
    programme: str
    number: int
    topic: str
    lead: str | None
    supporting: tuple[str, ...]
