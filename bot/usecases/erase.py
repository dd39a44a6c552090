"""Forgetting somebody: their identity, and their words where they wish so. The one door by which data goes for good.

What follows from an erasure: nobody is the asker any more, session and consent go, what was said to them is deleted,
former wordings and reasons of ratings go, cards are drawn anew. With the words gone, a submission counts as withdrawn,
what was asked back and answered goes too, the wording of an issue that nobody else raised, and the hashes by which
workbooks are compared. The history keeps that something was done, by whom and when; its chain holds (storage/chain.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.audit import Event, Note
from bot.domain.message import Address, ChannelName
from bot.domain.person import Person
from bot.domain.privacy import Erasure
from bot.domain.submission import SYSTEM, Action, HistoryEntry, State, Submission, after, allowed
from bot.domain.text import fold
from bot.ports import Clock, Erased, Store, Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases.asking import close_ask
from bot.usecases.covering import Covering
from bot.usecases.redraw import redraw
from bot.usecases.replay import Line, ReplayList
from bot.usecases.split import join_parts
from bot.usecases.voice import Voice

_PIECE = 40  # signs of a text by which it is found again where it was quoted
_LONGER = 10  # so many more where somebody else began in the same way
_SHORTEST_PIECE = 12  # a shorter one stands in what others wrote as well


class Erase:
    """Erases within a transaction of the caller. `replay` is where erasures are remembered outside the database."""

    def __init__(self, clock: Clock, voice: Voice, watcher: Watcher, replay: ReplayList | None = None) -> None:
        self._clock = clock
        self._voice = voice
        self._covering = Covering(watcher, voice)
        self._replay = replay

    async def person(
        self,
        tx: Transaction,
        person: Person,
        choice: Erasure,
        by: str,
        *,
        request: str = "",
        reason: str = "",
        mark: str = "",
    ) -> int:
        """Do what somebody chose to all that is theirs; returns how many submissions it was about.

        `mark`: the erasure is on the list already, under this mark.
        """
        address = address_of(person)
        theirs = await _load(tx, await tx.privacy.submissions_of(person.id))
        done = Erased(self._clock.now(), by, choice, sum(not one.part for one in theirs), request, reason)
        await self._record(tx, done, address, theirs, mark)
        if choice is Erasure.CONSENT:
            for one in theirs:
                await self._withdraw(tx, one, by)
            await tx.privacy.withdraw_consent(person.id, done.at)
            return done.submissions
        if choice is Erasure.WORDS:
            await self._take_words(tx, theirs, by)
        else:
            await self._cover(tx, theirs)
        await self.chat(tx, address)
        return done.submissions

    async def words_of(
        self, tx: Transaction, submission: Submission, by: str, *, request: str = "", reason: str = "", mark: str = ""
    ) -> None:
        """Take the words of one submission and its parts, whoever wrote it: a paper slip, whose writer has no chat."""
        parts = await tx.submissions.parts(submission.id)
        done = Erased(self._clock.now(), by, Erasure.WORDS, 1, request, reason)
        await self._record(tx, done, None, [submission, *parts], mark)
        await self._take_words(tx, [submission, *parts], by)

    async def chat(self, tx: Transaction, address: Address) -> None:
        """Forget who writes from this address and what was said there."""
        await tx.sessions.forget(address)
        await tx.outbox.forget(address)
        await tx.privacy.forget_chat(address)

    async def text(self, tx: Transaction, submissions: Iterable[Submission]) -> None:
        """Take the words of submissions whose time is over; what was decided about them stands."""
        written = list(submissions)
        for one in written:
            await self._blank(tx, one)
        await self._forget_mentions(tx, written)

    # -------------------------------------------------------------- what becomes of submissions

    async def _take_words(self, tx: Transaction, theirs: Sequence[Submission], by: str) -> None:
        found = {one.issue_id for one in theirs if one.issue_id is not None}
        for one in theirs:
            before = await self._now(tx, one)  # its whole may have taken it along
            await self._withdraw(tx, before, by)
        for one in theirs:
            await self._blank(tx, await self._now(tx, one))
        await self._forget_mentions(tx, theirs)
        for issue_id in sorted(found):
            await self._take_wording(tx, issue_id, theirs)

    async def _withdraw(self, tx: Transaction, submission: Submission, by: str) -> None:
        """Nobody is to answer it any more."""
        before = await self._now(tx, submission)
        if not allowed(before.state, (Action.WITHDRAW,)):
            return
        now = self._clock.now()
        freed = replace(
            before,
            state=after(before.state, Action.WITHDRAW),
            issue_id=None,
            reason="",
            body="",
            assignee="",
            decided_by="",
            decided_at=None,
            last_decision=None,
        )
        saved = await _saved(tx, freed, before.version)
        await tx.history.add(
            HistoryEntry(saved.id, now, by, Action.WITHDRAW, before.state, saved.state, topic=saved.topic)
        )
        await close_ask(tx, saved.id, now)
        await tx.news.drop(saved.id)
        if before.state is State.SPLIT:
            await join_parts(tx, saved.id, by, now)
        await self._redraw(tx, saved)

    async def _blank(self, tx: Transaction, now: Submission) -> None:
        """Put a sentence in the place of the words."""
        gone = self._voice.text(Key.PRIVACY_ERASED_TEXT)
        blank = replace(now, text=gone, shown_text="", unit="", youth_group="", proposal=None)
        saved = await _saved(tx, blank, now.version)
        await tx.privacy.forget_beside([saved.id], words=True)
        await self._redraw(tx, saved)

    async def _forget_mentions(self, tx: Transaction, written: Sequence[Submission]) -> None:
        """Where they were quoted. `written` holds the words as they were; none of them stands there any more, so what
        is found in a submission now is somebody else's too and is not taken from them.
        """
        own = {one.code for one in written}
        for line in {line for one in written for text in (one.text, one.shown_text) for line in _lines(text)}:
            own.add(await self._own(tx, line))
        await tx.privacy.forget_mentions(own, waiting=True)

    async def _own(self, tx: Transaction, line: str) -> str:
        """As little of the beginning of a line as nobody else wrote; "" where they wrote all of it."""
        for end in range(_PIECE, max(len(line), _PIECE) + _LONGER, _LONGER):
            if not await tx.privacy.is_written(line[:end]):
                return line[:end]
        return ""

    async def _take_wording(self, tx: Transaction, issue_id: int, theirs: Sequence[Submission]) -> None:
        """A wording that stands for others as well stays, unless it repeats the words that go."""
        issue, others = await tx.issues.get(issue_id), await tx.submissions.of_issue(issue_id)
        if issue is None or (others and not _repeats(issue.edited_text, theirs)):
            return
        await tx.privacy.forget_wording(issue_id)
        for other in others:
            await redraw(tx, other, self._clock.now())

    async def _cover(self, tx: Transaction, theirs: Sequence[Submission]) -> None:
        """The words stay, without what in them tells who wrote them."""
        for before in theirs:
            one, text = before, self._covering.text(before.shown)
            if (text, "") != (before.text, before.shown_text):
                one = await _saved(tx, replace(before, text=text, shown_text=""), before.version)
            await self._cover_asks(tx, one)
            await tx.privacy.forget_beside([one.id], words=False)
            await tx.privacy.forget_mentions([one.code])
            await self._redraw(tx, one)

    async def _cover_asks(self, tx: Transaction, submission: Submission) -> None:
        for ask in await tx.asks.of([submission.id]):
            answer, question = self._covering.text(ask.shown_answer), self._covering.text(ask.shown_question)
            covered = replace(ask, answer=answer, question=question, covered_answer="", covered_question="")
            await tx.asks.reword(covered)

    async def _redraw(self, tx: Transaction, submission: Submission) -> None:
        now = self._clock.now()
        await redraw(tx, submission, now)
        for shown in await tx.lists.naming(submission.id):
            await tx.outbox.listing(shown.address, shown.id, now)

    async def _now(self, tx: Transaction, submission: Submission) -> Submission:
        found = await tx.submissions.get(submission.id)
        assert found is not None, "a submission never goes, only its words do"
        return found

    # -------------------------------------------------------------- what stays on record

    async def _record(
        self, tx: Transaction, done: Erased, address: Address | None, theirs: Sequence[Submission], mark: str
    ) -> None:
        """That it happened, and on the list outside the database whose it was."""
        if not mark and self._replay is not None:
            mark = await self._replay.add(done.at, done.choice, address, theirs)
        await tx.privacy.erased(replace(done, mark=mark))
        event = Event.CONSENT_WITHDRAWN if done.choice is Erasure.CONSENT else Event.ERASED
        await tx.history.note(Note(done.at, done.by, event, done.request, done.choice.value))


class ReplayErasures:
    """After a restore, and cheaply at each start: erase once more whom a database still knows."""

    def __init__(self, store: Store, erase: Erase, replay: ReplayList) -> None:
        self._store = store
        self._erase = erase
        self._replay = replay

    async def __call__(self) -> int:
        """Returns how many erasures this database did not know of; each is made up for in a commit of its own."""
        lines = await self._replay.lines()
        if not lines:
            return 0
        async with self._store.reading() as tx:
            known = {done.mark for done in await tx.privacy.erasures()}
        missing = [line for line in lines if line.mark not in known]
        for line in missing:
            async with self._store.transaction() as tx:
                await self._again(tx, line)
        return len(missing)

    async def _again(self, tx: Transaction, line: Line) -> None:
        for address in await tx.privacy.chats():
            if self._replay.is_about(line, address):
                await self._chat(tx, line, address)
        for id_, _ in line.submissions if line.choice is Erasure.WORDS else ():
            submission = await tx.submissions.get(id_)
            if submission is not None and not submission.part and self._replay.knows(line, submission):
                await self._erase.words_of(tx, submission, SYSTEM, mark=line.mark)
        if line.mark not in {done.mark for done in await tx.privacy.erasures()}:
            await tx.privacy.erased(Erased(line.at, SYSTEM, line.choice, 0, mark=line.mark))

    async def _chat(self, tx: Transaction, line: Line, address: Address) -> None:
        """Whoever came back and consented since is somebody new."""
        person = await tx.people.get(address)
        if person is None:
            await self._erase.chat(tx, address)
        elif person.consented_at <= line.at:
            await self._erase.person(tx, person, line.choice, SYSTEM, mark=line.mark)
        else:
            return
        if line.choice is not Erasure.CONSENT:  # what waited in a backup is for nobody any more
            await tx.outbox.forget(address, waiting=True)


def address_of(person: Person) -> Address:
    return Address(ChannelName(person.channel), person.bot, person.chat)


async def _load(tx: Transaction, ids: Sequence[int]) -> list[Submission]:
    found = [await tx.submissions.get(id_) for id_ in ids]
    return [one for one in found if one is not None]


async def _saved(tx: Transaction, submission: Submission, version: int) -> Submission:
    saved = await tx.submissions.change(submission, version)
    assert saved is not None, "nobody else writes within this transaction"
    return saved


def _lines(text: str) -> set[str]:
    """By what a text is found where it was quoted, on one line or as it is."""
    lines = (" ".join(text.split()), *(line.strip() for line in text.splitlines()))
    return {line for line in lines if len(line) >= _SHORTEST_PIECE}


def _repeats(wording: str, theirs: Sequence[Submission]) -> bool:
    folded = fold(wording)
    return any(fold(line[:_PIECE]) in folded for one in theirs for line in _lines(one.text))
