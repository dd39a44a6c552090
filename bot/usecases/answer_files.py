"""Files of answers that come back: looked at, taken in row by row, and what is left decided by a person.

Only what is safe becomes a draft by itself (see bot/domain/answer_file.py). The same file may come as often as it
likes, from several people at once: a draft goes in only over the answer that was compared with, and a row that somebody
decided about is not asked about again.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bot.domain.answer import Answer, AnswerBody
from bot.domain.answer_file import (
    APPLIED,
    DECIDABLE,
    QUIET,
    AskedIssue,
    Comparing,
    FilledFile,
    Finding,
    Found,
    OpenRow,
    RowState,
    SentFile,
    row_digest,
)
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.message import Address, ChannelName
from bot.domain.role import RIGHTS, By
from bot.ports import Clock, Store, Transaction, Workbooks
from bot.texts.keys import Key
from bot.usecases.answer_forms import AnswerForms, Asked
from bot.usecases.answering import Answering
from bot.usecases.slip_desk import Given, plain_name
from bot.usecases.voice import Voice

_HERE = Address(ChannelName.WEB, "", "")


class Choice(StrEnum):
    """What somebody decides about a row: leave what stands, or draft what the file says."""

    KEEP = "keep"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row. `found.finding` is what it meant at the moment when it was taken in; `answer` is the draft
    that it became; `open` the row that waits for a person, or was decided about before; `refusal` why it was not taken.
    """

    found: Found
    answer: Answer | None = None
    open: OpenRow | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A file as it was understood. Nothing but `outcomes` with an answer changed anything."""

    name: str
    sha256: str
    outcomes: tuple[Outcome, ...]
    ignored_columns: tuple[str, ...]
    taken: bool

    def count(self, finding: Finding) -> int:
        return sum(one.found.finding is finding for one in self.outcomes)

    @property
    def applied(self) -> int:
        return sum(one.answer is not None for one in self.outcomes)

    @property
    def complete(self) -> bool:
        """Whether every row that says something was taken (or would be), or stood there before."""
        return all(one.found.finding in QUIET and one.refusal is None for one in self.outcomes)

    @property
    def waiting(self) -> tuple[OpenRow, ...]:
        """The rows that wait for a person now."""
        return tuple(one.open for one in self.outcomes if one.open and one.open.state is RowState.OPEN)


Then = Callable[[Transaction, Review], Awaitable[None]]


class AnswerFiles:
    """Reads files, compares, drafts. `folder` holds a file while it is read, no longer."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        forms: AnswerForms,
        workbooks: Workbooks,
        answering: Answering,
        voice: Voice,
        folder: Path,
    ) -> None:
        self._about = voice.text(Key.AF_ABOUT)
        self._store = store
        self._clock = clock
        self._forms = forms
        self._workbooks = workbooks
        self._answering = answering
        self._folder = folder

    async def look(self, given: Given) -> Review:
        """What taking it in would do. Raises a Refusal where it cannot be read as a whole."""
        _, found, ignored = await self._compared(given)
        sha256 = hashlib.sha256(given.content).hexdigest()
        return Review(given.name, sha256, tuple(map(Outcome, found)), ignored, taken=False)

    async def take(self, given: Given, by: By, sent: SentFile | None = None, then: Then | None = None) -> Review:
        """Draft what is new or changed, keep what a person has to decide about. `sent`: how it came, if by a chat;
        `then` says there what came of it, in the commit that ends it.

        Each row is a transaction: a run that broke off is simply repeated. Raises a Refusal where the file cannot be
        read as a whole, or this person may change nothing.
        """
        _may_change(by)
        asked, found, ignored = await self._compared(given)
        outcomes = [await self._apply(one, asked, given.name, by) for one in found]
        sha256 = hashlib.sha256(given.content).hexdigest()
        applied = sum(one.answer is not None for one in outcomes)
        async with self._store.transaction() as tx:
            file = sent or SentFile(asked.programme.code, given.name, _HERE, "", "", "", by.name, "", self._clock.now())
            id_ = await tx.answer_files.taken(file, sha256, applied)
            outcomes = [await self._leave_open(tx, one, id_, given.name) for one in outcomes]
            review = Review(given.name, sha256, tuple(outcomes), ignored, taken=True)
            if then is not None:
                await then(tx, review)
        return review

    async def undecided(self) -> list[tuple[OpenRow, AskedIssue | None]]:
        """The rows that wait for a person, each with its issue as it stands now (None: nobody asks it any more)."""
        asked = await self._forms.asked()
        async with self._store.reading() as tx:
            rows = await tx.answer_files.undecided(asked.programme.code)
        return [(row, asked.issue(row.issue_id)) for row in rows]

    async def decide(
        self,
        tx: Transaction,
        row_id: int,
        choice: Choice,
        by: By,
        *,
        body: AnswerBody | None = None,
        over: int | None = None,
    ) -> Answer | None:
        """Decide about one row; returns the draft. `body`: what to draft in the place of the file's words; `over`: see
        Answering.draft. Another answer of the same file to the same issue is not asked about any more.

        Raises a Refusal: no such row, decided already, or what a draft may raise.
        """
        _may_change(by)
        row = await tx.answer_files.get(row_id)
        if row is None:
            raise NotFound(Key.AF_NO_ROW, number=row_id)
        if row.state is not RowState.OPEN:
            raise AlreadyDecided(Key.AF_ROW_DECIDED, number=row_id, by=row.decided_by)
        answer = None
        if choice is Choice.TAKE:
            answer = await self._answering.draft(tx, row.issue_id, body or row.body, by, row.file, over=over)
        else:
            await self._may_dismiss(tx, row, by)
        now = self._clock.now()
        await tx.answer_files.decide(row.id, RowState.TAKEN if answer else RowState.KEPT, by.name, now)
        if answer is not None and row.finding is Finding.TWICE:
            issue = await tx.issues.get(row.issue_id)
            assert issue is not None, "a draft was made for it"
            for other in await tx.answer_files.undecided(issue.programme):
                if (other.file_id, other.issue_id) == (row.file_id, row.issue_id):
                    await tx.answer_files.decide(other.id, RowState.KEPT, by.name, now)
        return answer

    async def _may_dismiss(self, tx: Transaction, row: OpenRow, by: By) -> None:
        try:
            await self._answering.may(tx, row.issue_id, by)
        except NotFound:
            return  # nobody asks it any more: whoever may change anything may put the row away

    # -------------------------------------------------------------- reading and comparing

    async def _compared(self, given: Given) -> tuple[Asked, Sequence[Found], tuple[str, ...]]:
        file = await asyncio.to_thread(self._read, given)
        asked = await self._forms.asked()
        found = Comparing(asked.issues, asked.key, asked.programme.code)(file.rows)
        if not file.marked and not any(one.issue for one in found if one.row):
            raise Refusal(Key.AF_NO_MARKS, file=plain_name(given.name), column=self._about)
        return asked, found, file.ignored_columns

    def _read(self, given: Given) -> FilledFile:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            file = Path(folder) / plain_name(given.name)
            file.write_bytes(given.content)
            return self._workbooks.read_answers(file)

    # -------------------------------------------------------------- taking in

    async def _apply(self, found: Found, asked: Asked, source: str, by: By) -> Outcome:
        if found.finding not in APPLIED or found.row is None or found.issue is None:
            return Outcome(found)
        issue, body = found.issue, found.row.body
        try:
            async with self._store.transaction() as tx:
                if await self._forms.versions(tx, issue.id) != asked.versions.get(issue.id):
                    return Outcome(replace(found, finding=Finding.STALE))
                over = issue.answer.version if issue.answer else 0
                return Outcome(found, await self._answering.draft(tx, issue.id, body, by, source, over=over))
        except AlreadyDecided:
            return Outcome(await self._as_it_is_now(found, issue, body))
        except Refusal as refusal:
            return Outcome(found, refusal=refusal)

    async def _as_it_is_now(self, found: Found, issue: AskedIssue, body: AnswerBody) -> Found:
        """Somebody was quicker: perhaps with the very same file."""
        async with self._store.reading() as tx:
            now = await tx.answers.newest(issue.id)
        same = now is not None and now.body.says_the_same(body)
        return Found(Finding.UNCHANGED if same else Finding.CONFLICT, found.row, replace(issue, answer=now))

    @staticmethod
    async def _leave_open(tx: Transaction, outcome: Outcome, file_id: int, name: str) -> Outcome:
        found = outcome.found
        if found.finding not in DECIDABLE or found.row is None or found.issue is None:
            return outcome
        row = found.row
        question = row.question if found.finding is Finding.EDITED else ""
        digest = row_digest(found.issue.id, row)
        new = OpenRow(file_id, name, row.place, found.issue.id, found.finding, question, row.body, digest)
        return replace(outcome, open=await tx.answer_files.open(new))


def _may_change(by: By) -> None:
    if not RIGHTS[by.role]:
        raise NotAllowedNow(Key.REFUSE_VIEWER)
