"""The workbooks that were made, in words: what each is called, what it holds, what is other than in the one before."""

from __future__ import annotations

from bot.domain.sealing import CUTOFF, SUPPLEMENT, WEEK
from bot.ports import ExportRecord
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.papers import PaperKind
from bot.usecases.voice import Voice

PAPERS = {
    PaperKind.LETTER: Key.WEB_FILES_LETTER,
    PaperKind.REPORT: Key.WEB_FILES_REPORT,
    PaperKind.ARCHIVE: Key.WEB_FILES_ARCHIVE,
    PaperKind.ROWS: Key.WEB_FILES_ROWS,
}
"""What papers are called."""

_OCCASIONS = {WEEK: Key.FILES_WEEK, CUTOFF: Key.FILES_CUTOFF, SUPPLEMENT: Key.FILES_AFTER}
_SHORT = 12  # signs of a checksum: enough to tell two files apart


class FileWords:
    """Says what a record says."""

    def __init__(self, voice: Voice) -> None:
        self._say = voice.text

    def name(self, record: ExportRecord) -> str:
        """What people call a file: “Bảng tổng hợp lần 3”, “Bảng bổ sung 01 (lần 7)”."""
        if record.supplement:
            return self._say(Key.FILES_SUPPLEMENT, supplement=f"{record.supplement:02d}", number=record.number)
        return self._say(Key.FILES_FINAL if record.final else Key.FILES_WHOLE, number=record.number)

    def caption(self, record: ExportRecord) -> str:
        """The sentences that go with a file."""
        lines = [self._say(Key.FILES_CAPTION, name=self.name(record), at=record.at), self.holds(record)]
        if record.supplement:
            lines.append(self._say(Key.FILES_WHY_SUPPLEMENT))
        return " ".join(filter(None, [*lines, self.difference(record)]))

    def holds(self, record: ExportRecord) -> str:
        """How much it holds; "" where nobody counted it."""
        if record.issues is None:
            return ""
        if record.supplement:
            return self._say(Key.FILES_HOLDS_SUPPLEMENT, issues=record.issues)
        return self._say(Key.FILES_HOLDS, issues=record.issues, waiting=record.waiting)

    def difference(self, record: ExportRecord) -> str:
        """What is other than in the file before; "" where nobody compared them."""
        if record.added is None or record.supplement:
            return ""
        if not (record.added or record.changed or record.gone):
            return self._say(Key.FILES_SAME)
        return self._say(Key.FILES_OTHER, added=record.added, changed=record.changed, gone=record.gone)

    def occasion(self, record: ExportRecord) -> str:
        """Why it was made; "" where somebody asked for it."""
        key = next((key for begins, key in _OCCASIONS.items() if record.occasion.startswith(begins)), None)
        return self._say(key) if key else ""

    def line(self, record: ExportRecord) -> str:
        """A record in two lines, for a chat."""
        who = ", ".join(filter(None, (record.asked_by, self.occasion(record))))
        head = self._say(Key.FILES_LIST_LINE, name=self.name(record), at=when(record.at), by=who)
        more = self._say(Key.FILES_LIST_SUM, sha256=record.sha256[:_SHORT])
        return "\n".join((head, " ".join(filter(None, (self.difference(record), more)))))
