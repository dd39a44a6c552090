"""Masking personal data (che thông tin riêng tư) wherever anybody but the asker reads it.

The same words may stand in a question back, in its answer, in the wording of the issue and, of a part, in the whole:
they are masked there too. The originals stay, and the history keeps what was shown before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.ask import Ask
from bot.domain.issue import Issue
from bot.domain.notice import masked
from bot.domain.submission import Action, HistoryEntry, Place, Replaced, State, Submission
from bot.domain.text import fold
from bot.ports import Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases.redraw import redraw
from bot.usecases.split import living_parts
from bot.usecases.voice import Voice

_SAME_NUMBER = 9  # digits from the end: +84 912 345 678 and 0912345678 are one number


@dataclass(frozen=True, slots=True)
class Passage:
    """Words shown beside a submission's own text, and the same with what is recognised masked."""

    place: Place
    id: int
    text: str
    covered: str

    def replaced(self, after: str) -> Replaced:
        """The change from what is shown to `after`."""
        return Replaced(self.place, self.id, self.text, after)


class Masking:
    """Finds what is to be masked and masks it. A few milliseconds a text."""

    def __init__(self, watcher: Watcher, voice: Voice) -> None:
        self._watcher = watcher
        self._voice = voice

    def all_of(self, text: str) -> str:
        """A text with everything masked that is recognised."""
        return masked(text, self._watcher.look(text).personal)

    def hide(self, text: str, pieces: Sequence[str]) -> str:
        """A text without these words, wherever they stand as whole words."""
        for piece in filter(None, map(str.strip, pieces)):
            text = re.sub(rf"(?<!\w){re.escape(piece)}(?!\w)", lambda _: self._voice.text(Key.CARD_HIDDEN), text)
        return text

    async def passages(self, tx: Transaction, submission: Submission, issue: Issue | None) -> list[Passage]:
        """What is shown beside the submission's own text. Of what others wrote only that is masked which its asker
        wrote as well: a hotline that a moderator put into the wording stays.
        """
        if submission.version == 1 and submission.whole_id is None:  # nothing was done to it: nothing stands beside it
            return []
        whole = await tx.submissions.get(submission.whole_id) if submission.whole_id is not None else None
        asks = await tx.asks.of([submission.id] if whole is None else [whole.id, submission.id])
        wording = issue.edited_text if issue else ""
        split = whole if whole is not None and whole.state is State.SPLIT else None
        if not (asks or wording or split):
            return []
        theirs = self._data(submission.text, *(ask.answer for ask in asks))
        found = [passage for ask in asks for passage in self._of_ask(ask, theirs)]
        if issue and wording:
            found.append(Passage(Place.WORDING, issue.id, wording, self._only(wording, theirs)))
        if split:
            found.append(Passage(Place.WHOLE, split.id, split.shown, self._only(split.shown, theirs)))
        return found

    async def put(self, tx: Transaction, changes: Sequence[Replaced], by: str, at: datetime) -> None:
        """Show other words where those stand that a change is about; where others stand by now, it is left alone. The
        wording is the caller's, who saves the issue.
        """
        for change in changes:
            if change.place in (Place.QUESTION, Place.ANSWER):
                await _put_ask(tx, change, at)
            elif change.place is Place.WHOLE:
                await _put_whole(tx, change, by, at)

    def _of_ask(self, ask: Ask, theirs: frozenset[str]) -> list[Passage]:
        question, answer = ask.shown_question, ask.shown_answer
        found = [Passage(Place.QUESTION, ask.id, question, self._only(question, theirs))]
        return [*found, Passage(Place.ANSWER, ask.id, answer, self.all_of(answer))] if answer else found

    def _data(self, *texts: str) -> frozenset[str]:
        """The personal data that is recognised in texts, however it is written."""
        return frozenset(
            _plain(text[span.start : span.end]) for text in texts for span in self._watcher.look(text).personal
        )

    def _only(self, text: str, data: frozenset[str]) -> str:
        """A text with only this personal data masked."""
        spans = self._watcher.look(text).personal
        return masked(text, [span for span in spans if _plain(text[span.start : span.end]) in data])


def _plain(found: str) -> str:
    """Personal data without blanks, dots and letter case."""
    signs = "".join(sign for sign in fold(found) if sign.isalnum())
    return signs[-_SAME_NUMBER:] if signs.isdecimal() else signs


async def _put_ask(tx: Transaction, change: Replaced, at: datetime) -> None:
    """The cards of whatever was asked and of all its parts show it."""
    ask = await tx.asks.get(change.id)
    if ask is None:
        return
    if change.place is Place.QUESTION and ask.shown_question == change.before:
        await tx.asks.change(replace(ask, covered_question=_unless(change.after, ask.question)))
    if change.place is Place.ANSWER and ask.shown_answer == change.before:
        await tx.asks.change(replace(ask, covered_answer=_unless(change.after, ask.answer)))
    asked = await tx.submissions.get(ask.submission_id)
    for one in filter(None, (asked, *await living_parts(tx, ask.submission_id))):
        await redraw(tx, one, at)


async def _put_whole(tx: Transaction, change: Replaced, by: str, at: datetime) -> None:
    """The whole says in its history that something was masked in it; what its part undoes, the part's says."""
    whole = await tx.submissions.get(change.id)
    if whole is None or whole.shown != change.before:
        return
    shown = replace(whole, shown_text=_unless(change.after, whole.text))
    saved = await tx.submissions.change(shown, whole.version)
    assert saved is not None, "nobody else writes within this transaction"
    if shown.shown_text:
        entry = HistoryEntry(whole.id, at, by, Action.MASK, whole.state, whole.state, topic=whole.topic)
        await tx.history.add(entry)
    await redraw(tx, saved, at)


def _unless(shown: str, original: str) -> str:
    """Words to be kept as the masked ones: none where they are the original."""
    return "" if shown == original else shown
