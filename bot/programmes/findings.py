"""What is wrong, doubtful or improvable in a plan's file: where it stands, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from bot.domain.deadline import midnight_after
from bot.domain.errors import Refusal
from bot.texts.catalogue import Catalogue, when
from bot.texts.keys import Key


class Severity(StrEnum):
    """`fault`: the file cannot be used. `warning`: it can, but somebody should look. `advice`: a proposal."""

    FAULT = "fault"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `key` is the place in the file (`deadline[2].wording`, rows counted from 1; "" for the whole
    file); `reason` is a Vietnamese sentence for whoever edits it.
    """

    severity: Severity
    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


class ProgrammeFault(Refusal):
    """A file that cannot be used; `findings` holds everything that is wrong with it."""

    def __init__(self, file: str, findings: Iterable[Finding]) -> None:
        self.findings = tuple(one for one in findings if one.severity is Severity.FAULT)
        reasons = " ".join(f"[{one.key}] {one.reason}" if one.key else one.reason for one in self.findings)
        super().__init__(Key.REFUSE_BROKEN_PROGRAMME, file=file, reasons=reasons)


class Notes:
    """Collects the findings of one file, in the order in which they are met."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    @property
    def faulty(self) -> bool:
        return any(one.severity is Severity.FAULT for one in self.findings)

    def fault(self, key: str, sentence: Key, **values: object) -> None:
        self._add(Severity.FAULT, key, sentence, values)

    def warn(self, key: str, sentence: Key, **values: object) -> None:
        self._add(Severity.WARNING, key, sentence, values)

    def advise(self, key: str, sentence: Key, **values: object) -> None:
        self._add(Severity.ADVICE, key, sentence, values)

    def in_order(self) -> list[Finding]:
        """Faults first, then warnings, then advice; each in the order of the file."""
        order = list(Severity)
        return sorted(self.findings, key=lambda one: order.index(one.severity))

    def _add(self, severity: Severity, key: str, sentence: Key, values: dict[str, object]) -> None:
        self.findings.append(Finding(severity, self.file, key, _words().say(sentence, **values)))


def day_in_words(day: date) -> str:
    """`thứ Hai, ngày 04/3/2024`."""
    return when(midnight_after(day)).removeprefix("24 giờ ")


@cache
def _words() -> Catalogue:
    return Catalogue.load()
