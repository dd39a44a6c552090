"""What of people's words a workbook shows: it leaves the house, so personal data and unread accusations stay behind.

A moderator reads the board and sees everything; the workbook goes to Home Affairs, to departments and on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.notice import Personal, replaced
from bot.domain.workbook import Content, DepartmentPart, Group, Row
from bot.ports import Watcher
from bot.texts.keys import Key
from bot.usecases.voice import Voice

_KEYS = {
    Personal.PHONE: Key.HIDDEN_PHONE,
    Personal.ID_NUMBER: Key.HIDDEN_ID_NUMBER,
    Personal.EMAIL: Key.HIDDEN_EMAIL,
    Personal.BANK_ACCOUNT: Key.HIDDEN_BANK_ACCOUNT,
}


class Covering:
    """Puts words in the place of what must not be read. Takes half a millisecond a row: call it from a thread."""

    def __init__(self, watcher: Watcher, voice: Voice) -> None:
        self._watcher = watcher
        self._words = {kind: voice.text(key) for kind, key in _KEYS.items()}
        self._unknown = voice.text(Key.HIDDEN_UNKNOWN)
        self._accusation = voice.text(Key.HIDDEN_DENOUNCES)

    def __call__(self, content: Content) -> Content:
        """The same content without personal data, and without what a waiting text says of a person whom it names."""
        return replace(
            content,
            departments=tuple(self._part(part) for part in content.departments),
            unclear=self._rows(content.unclear),
            waiting=tuple(self._unread(row) for row in content.waiting),
        )

    def _part(self, part: DepartmentPart) -> DepartmentPart:
        return replace(part, groups=tuple(Group(group.topic, self._rows(group.rows)) for group in part.groups))

    def _rows(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(self._row(row) for row in rows)

    def _row(self, row: Row) -> Row:
        # A unit may be typed by hand as well.
        return replace(row, text=self._covered(row.text), units=tuple(self._covered(unit) for unit in row.units))

    def _unread(self, row: Row) -> Row:
        covered = self._row(row)
        return replace(covered, text=self._accusation) if self._watcher.look(row.text).denounces else covered

    def _covered(self, text: str) -> str:
        notices = self._watcher.look(text)
        # What could not be looked through does not leave the house.
        return self._unknown if notices.failed else replaced(text, notices.personal, self._words)
