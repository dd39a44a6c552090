"""What of people's words a workbook shows: it leaves the house, so personal data and unread accusations stay behind.

A moderator reads the board and sees everything; the workbook goes to Home Affairs, to departments and on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.names import nameless
from bot.domain.notice import Notices, Personal, replaced
from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, Count, DepartmentPart, Difference, Group, Row
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
        self._name = voice.text(Key.HIDDEN_NAME)
        self._unknown = voice.text(Key.HIDDEN_UNKNOWN)
        self._accusation = voice.text(Key.HIDDEN_DENOUNCES)

    def text(self, text: str) -> str:
        """One text alone without personal data and the names by which its writer is introduced."""
        return _Once(self._watcher, self._words, self._name, self._unknown, self._accusation).covered(text)

    def __call__(self, content: Content) -> Content:
        """The same content without personal data and the names by which askers introduce themselves, and without what a
        text that nobody decided on, or that was refused, says of a person whom it names.

        A department's answer stays as it is: the telephone number in it is an office's, and two people read it.
        """
        return _Once(self._watcher, self._words, self._name, self._unknown, self._accusation).content(content)


class _Once:
    """Covers one content. A text stands in several sheets and is looked through once."""

    def __init__(
        self, watcher: Watcher, words: Mapping[Personal, str], name: str, unknown: str, accusation: str
    ) -> None:
        self._watcher = watcher
        self._words = words
        self._name = name
        self._unknown = unknown
        self._accusation = accusation
        self._looked: dict[str, Notices] = {}

    def content(self, content: Content) -> Content:
        return replace(
            content,
            departments=tuple(self._part(part) for part in content.departments),
            unclear=self._rows(content.unclear),
            waiting=tuple(replace(self._row(row), text=self._unread(row.text)) for row in content.waiting),
            unforwarded=tuple(map(self._aside, content.unforwarded)),
            late=tuple(map(self._aside, content.late)),
            differences=tuple(map(self._difference, content.differences)),
            figures=replace(
                content.figures,
                units=self._counts(content.figures.units),
                youth_groups=self._counts(content.figures.youth_groups),
            ),
        )

    def _part(self, part: DepartmentPart) -> DepartmentPart:
        return replace(part, groups=tuple(Group(group.topic, self._rows(group.rows)) for group in part.groups))

    def _rows(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(self._row(row) for row in rows)

    def _row(self, row: Row) -> Row:
        # A unit may be typed by hand as well.
        return replace(row, text=self.covered(row.text), units=tuple(self.covered(unit) for unit in row.units))

    def _aside(self, aside: Aside) -> Aside:
        return replace(
            aside,
            text=self._decided(aside.text, aside.state),
            unit=self.covered(aside.unit),
            reason=self.covered(aside.reason),  # perhaps a moderator's own words
        )

    def _difference(self, one: Difference) -> Difference:
        state = one.now.state if one.now else State.WAITING
        return replace(one, text=self._decided(one.text, state), unit=self.covered(one.unit))

    def _counts(self, counts: Sequence[Count]) -> tuple[Count, ...]:
        return tuple(replace(count, name=self.covered(count.name)) for count in counts)

    def _decided(self, text: str, state: State) -> str:
        """Only what a moderator let pass may accuse somebody."""
        return self.covered(text) if state is State.APPROVED else self._unread(text)

    def _unread(self, text: str) -> str:
        return self._accusation if self._look(text).denounces else self.covered(text)

    def covered(self, text: str) -> str:
        """What of a text may leave the house."""
        notices = self._look(text)
        # What could not be looked through does not leave the house.
        return self._unknown if notices.failed else nameless(replaced(text, notices.personal, self._words), self._name)

    def _look(self, text: str) -> Notices:
        if text not in self._looked:
            self._looked[text] = self._watcher.look(text) if text else Notices()
        return self._looked[text]
