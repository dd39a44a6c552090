"""One decision of a moderator, within a transaction of the caller: the one door through which a submission is decided.

The decision (compare-and-set on the version), its history, the cards to draw anew and the news for the asker belong
together. Whoever comes second changes nothing and learns who decided and when.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.department import RoutingTable
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.issue import Issue
from bot.domain.message import Address
from bot.domain.role import EVERYTHING, By, why_not
from bot.domain.submission import (
    ASKER,
    SYSTEM,
    TRANSITIONS,
    Action,
    HistoryEntry,
    Place,
    Replaced,
    Standing,
    State,
    Submission,
    after,
)
from bot.domain.text import clean, storable
from bot.ports import Clock, Router, Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases.apart import announce
from bot.usecases.asking import close_ask, reopen_ask
from bot.usecases.masking import Masking
from bot.usecases.redraw import redraw
from bot.usecases.running import Running
from bot.usecases.split import add_parts, check_untouched, join_parts, parts_of
from bot.usecases.tell import Tell
from bot.usecases.voice import Voice

_MAX_REASON = 500
_MAX_WORDING = 4_000
_MAX_QUESTION = 1_000
PATIENCE = timedelta(hours=48)  # how long an answer to a question back is waited for


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator wants, and what the action needs beside it.

    `topic` for CHANGE_TOPIC; `reason` (a Key's value or own words) for REJECT; `body` likewise for REDIRECT; `into`,
    the id of an issue, for MERGE, and for APPROVE where it joins one; `lead` and `supporting` (department ids) for
    REROUTE; `wording` for EDIT_WORDING; `question` for ASK_BACK; `parts`, a text each, for SPLIT; `hide`, pieces of the
    text, for MASK beside what is recognised. `unclear`: approve the question but leave the department open; it goes to
    the sheet "Chưa rõ".
    """

    action: Action
    topic: str = ""
    reason: str = ""
    body: str = ""
    into: int | None = None
    lead: str | None = None
    supporting: tuple[str, ...] = ()
    wording: str = ""
    question: str = ""
    parts: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """What a decision makes of a submission and of its issue, and the words that it replaces."""

    submission: Submission
    issue: Issue | None = None  # as it is to be saved; None where it stays as it is
    text_before: str = ""
    reason: str = ""
    elsewhere: tuple[Replaced, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What there is to decide: the submission and its issue as they stand, who decides, by which directory, when."""

    tx: Transaction
    submission: Submission
    issue: Issue | None
    decision: Decision
    routing: RoutingTable
    by: str
    at: datetime


class Decide:
    """Carries decisions out. `boards` get the card of what was private and is no more; `patience` is how long an answer
    to a question back is waited for.
    """

    def __init__(
        self,
        clock: Clock,
        voice: Voice,
        running: Running,
        router: Router,
        watcher: Watcher,
        tell: Tell,
        boards: Collection[Address] = (),
        patience: timedelta = PATIENCE,
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._voice = voice
        self._running = running
        self._router = router
        self._watcher = watcher
        self._masking = Masking(watcher, voice)
        self._tell = tell
        self._boards = boards
        self._changes: Mapping[Action, Callable[[_Case], Awaitable[_Change]]] = {
            Action.APPROVE: _approve,
            Action.CHANGE_TOPIC: _change_topic,
            Action.REROUTE: _reroute,
            Action.EDIT_WORDING: _edit_wording,
            Action.MERGE: _merge,
            Action.UNMERGE: _unmerge,
            Action.REJECT: _refuse,
            Action.REDIRECT: _redirect,
            Action.MARK_SPAM: _leave,
            Action.CLOSE: _leave,
            Action.RESTORE: _leave,
            Action.SET_APART: _set_apart,
            Action.OPEN_UP: _open_up,
            Action.MASK: self._mask,
            Action.SPLIT: self._split,
            Action.ASK_BACK: _ask_back,
            Action.GO_ON: _go_on,
            Action.ASSIGN: _assign,
            Action.UNASSIGN: _unassign,
            Action.UNDO: _undo,
        }

    async def current(
        self, tx: Transaction, submission_id: int, version: int, by: By, action: Action | None = None
    ) -> Submission:
        """The submission, if somebody has the right to do this to it (None: anything) and it still is what they looked
        at. Raises NotFound, NotAllowedNow (no right) or AlreadyDecided.
        """
        submission = await tx.submissions.get(submission_id)
        if submission is None or submission.programme != self._running.code:
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        departments = await self._departments(tx, submission, action) if by.scope.departments else ()
        if refusal := why_not(by, action, submission, departments):
            raise NotAllowedNow(refusal)
        if submission.version != version:
            raise await self._too_late(tx, submission)
        return submission

    async def __call__(
        self,
        tx: Transaction,
        submission_id: int,
        version: int,
        decision: Decision,
        by: By,
    ) -> Submission:
        """The submission as saved. Raises a Refusal, and then nothing may be committed."""
        before = await self.current(tx, submission_id, version, by, decision.action)
        if decision.action is Action.SET_APART and before.whole_id is not None:
            # The whole holds the same words, and its other parts may tell of the same.
            whole = await tx.submissions.get(before.whole_id)
            assert whole is not None, "a part has its whole"
            return await self(tx, whole.id, whole.version, decision, by)
        if decision.action not in before.actions():
            raise NotAllowedNow(Key.REFUSE_NOT_NOW)
        issue = await tx.issues.get(before.issue_id) if before.issue_id is not None else None
        known = await self._tell.known(tx, before)
        _, routing = await self._running.view(tx)
        case = _Case(tx, before, issue, decision, routing, by.name, self._clock.now())
        change = await self._changes[decision.action](case)
        await self._check_company(case, change, by)
        saved = await self._save(case, change)
        await self._wait_for_answer(case, saved)
        await self._part(case, saved)
        await self._redraw(tx, before, saved)
        await self._tell.changed(tx, known, saved)
        return saved

    async def _check_company(self, case: _Case, change: _Change, by: By) -> None:
        """Whoever changes an issue, takes such a change back or adds to one must have the right to all that it holds;
        masking is for everybody who has the right to the words. Raises NotAllowedNow.
        """
        tx, decision = case.tx, case.decision
        deed = change.reason if decision.action is Action.UNDO else decision.action
        changed = case.issue if deed in _OF_THE_ISSUE else None
        joined = await tx.issues.get(decision.into) if decision.into is not None else None
        for one in filter(None, (changed, joined)):
            for member in await tx.submissions.of_issue(one.id) if by.scope != EVERYTHING else ():
                if not by.covers((one.lead,), member.unit):
                    raise NotAllowedNow(Key.REFUSE_SCOPE)

    async def _departments(
        self, tx: Transaction, submission: Submission, action: Action | None
    ) -> tuple[str | None, ...]:
        """Whose it is; for an undo also whose it was, so that whoever gave it away by mistake takes it back."""
        _, routing = await self._running.view(tx)
        issue = await tx.issues.get(submission.issue_id) if submission.issue_id is not None else None
        now = issue.lead if issue else routing.route(submission.topic).lead
        undone = await tx.history.get(submission.last_decision or 0) if action is Action.UNDO else None
        if undone is None or undone.standing is None:
            return (now,)
        was = undone.standing
        return (now, was.issue_route[1] if was.issue_route else routing.route(was.topic).lead)

    # -------------------------------------------------------------- what is stored

    async def _save(self, case: _Case, change: _Change) -> Submission:
        entry = await case.tx.history.add(_entry(case, change))
        undone = case.decision.action is Action.UNDO
        submission = change.submission if undone else replace(change.submission, last_decision=entry)
        if case.submission.state is State.SPLIT and not undone:
            submission = replace(submission, last_decision=None)  # its parts are no more: there is no way back
        saved = await case.tx.submissions.change(submission, case.submission.version)
        if saved is None:
            raise AlreadyDecided(Key.REFUSE_CHANGED, code=case.submission.code)
        if change.issue is not None:
            issue = change.issue if undone else replace(change.issue, last_decision=entry)
            await case.tx.issues.change(issue)
            await self._tell_the_others(case, saved)
        await self._masking.put(case.tx, change.elsewhere, case.by, case.at)
        if case.submission.issue_id != saved.issue_id:
            await self._touch_company(case, saved)
        return saved

    async def _wait_for_answer(self, case: _Case, saved: Submission) -> None:
        """A question back is open exactly as long as its submission is ASKED."""
        tx, before = case.tx, case.submission
        if case.decision.action is Action.ASK_BACK:
            await tx.asks.add(saved.id, case.by, _question(case), case.at, case.at + self._patience)
        elif before.state is State.ASKED and saved.state is not State.ASKED:
            await close_ask(tx, saved.id, case.at)
        elif saved.state is State.ASKED and before.state is not State.ASKED:
            await reopen_ask(tx, saved.id)

    async def _part(self, case: _Case, saved: Submission) -> None:
        """A split submission has parts exactly as long as it is SPLIT."""
        if saved.state is State.SPLIT:
            texts = self._texts(case)
            await add_parts(case.tx, saved, texts, self._router, case.routing, self._boards, case.by, case.at)
        elif case.submission.state is State.SPLIT:
            await join_parts(case.tx, saved.id, case.by, case.at)

    async def _touch_company(self, case: _Case, saved: Submission) -> None:
        """Those whom it left and those whom it joined stand in another company than their cards show."""
        for issue_id in filter(None, (case.submission.issue_id, saved.issue_id)):
            others = [one for one in await case.tx.submissions.of_issue(issue_id) if one.id != saved.id]
            await case.tx.submissions.touch([one.id for one in others])
            for other in others:
                await redraw(case.tx, other, case.at)

    async def _tell_the_others(self, case: _Case, saved: Submission) -> None:
        """Whoever looks at another submission of a changed issue looks at an old card; its asker may hear of it too."""
        assert case.issue is not None
        others = [one for one in await case.tx.submissions.of_issue(case.issue.id) if one.id != saved.id]
        await case.tx.submissions.touch([one.id for one in others])
        for other in others:
            await redraw(case.tx, other, case.at)
            await self._tell.changed(
                case.tx, replace(await self._tell.known(case.tx, other), lead=case.issue.lead), other
            )

    async def _redraw(self, tx: Transaction, before: Submission, saved: Submission) -> None:
        now = self._clock.now()
        await redraw(tx, saved, now)
        if saved.private and not before.private:
            await announce(tx, now, self._boards, self._voice)
        if before.private and not saved.private:
            for board in self._boards:
                await tx.board.open(board, saved.id)
                await tx.outbox.card(board, saved.id, now)

    async def _too_late(self, tx: Transaction, submission: Submission) -> Refusal:
        """Who was first and when, from the history: the asker (an edit, a withdrawal), the machine (a topic at last)
        or another moderator; perhaps not of this submission but of another one of its issue.
        """
        last = (await tx.history.of(submission.id))[-1]
        issue = await tx.issues.get(submission.issue_id) if submission.issue_id is not None else None
        if issue is not None and (issue.last_decision or 0) > last.id:
            last = await tx.history.get(issue.last_decision or 0) or last
        if last.action is Action.CLASSIFY:
            return AlreadyDecided(Key.REFUSE_CLASSIFIED, code=submission.code)
        if last.actor in (ASKER, SYSTEM):
            return AlreadyDecided(Key.REFUSE_CHANGED, code=submission.code)
        return AlreadyDecided(
            Key.REFUSE_DECIDED,
            by=last.actor,
            code=submission.code,
            at=last.at,
            state=self._voice.text(Key(f"state.{submission.state.value}")),
        )

    # -------------------------------------------------------------- what needs the machine

    async def _split(self, case: _Case) -> _Change:
        self._texts(case)
        return _Change(replace(_decided(case), assignee=""))

    def _texts(self, case: _Case) -> tuple[str, ...]:
        """The parts as a moderator cut them; where nobody did, as the machine would."""
        return parts_of(case.decision.parts or self._watcher.look(case.submission.shown).parts)

    async def _mask(self, case: _Case) -> _Change:
        """What is recognised and what the moderator chose, in the text and wherever else the same words are shown."""
        before, pieces = case.submission, case.decision.hide
        hidden = self._masking.hide(self._masking.all_of(before.shown), pieces)
        passages = await self._masking.passages(case.tx, before, case.issue)
        changes = [one.replaced(self._masking.hide(one.covered, pieces)) for one in passages]
        elsewhere = tuple(change for change in changes if change.before != change.after)
        if hidden == before.shown and not elsewhere:
            raise Refusal(Key.REFUSE_NOTHING_TO_MASK)
        wordings = [change.after for change in elsewhere if change.place is Place.WORDING]
        issue = replace(_issue_of(case), edited_text=wordings[0]) if wordings else None
        covered = replace(before, shown_text=hidden if hidden != before.shown else before.shown_text)
        return _Change(covered, issue, text_before=before.shown_text, elsewhere=elsewhere)


# ------------------------------------------------------------------ what each action makes of it


def _decided(case: _Case) -> Submission:
    """The submission in the state that the table names, decided by this moderator now unless it still waits."""
    then = after(case.submission.state, case.decision.action)
    if then in (State.WAITING, State.ASKED):
        return replace(case.submission, state=then, decided_by="", decided_at=None)
    return replace(case.submission, state=then, decided_by=case.by, decided_at=case.at)


async def _approve(case: _Case) -> _Change:
    """An approved submission belongs to an issue, whose departments are frozen there."""
    if case.decision.into is not None:
        return _Change(replace(_decided(case), issue_id=(await _issue_to_join(case)).id, assignee=""))
    route = case.routing.route(case.submission.topic)
    lead = None if case.decision.unclear else route.lead
    one = case.submission
    issue = await case.tx.issues.add(one.programme, one.topic, lead, route.supporting, founder=one.id)
    return _Change(replace(_decided(case), issue_id=issue.id, assignee=""))


async def _change_topic(case: _Case) -> _Change:
    """A waiting submission changes alone; an approved one that shares its issue leaves it, and the others stay."""
    topic = case.decision.topic
    if topic not in case.routing.topics:
        raise NotFound(Key.REFUSE_UNKNOWN_TOPIC, topic=topic)
    moved = replace(_decided(case), topic=topic)
    if case.issue is None:
        return _Change(moved)
    route = case.routing.route(topic)
    if len(await case.tx.submissions.of_issue(case.issue.id)) > 1:
        own = await case.tx.issues.add(moved.programme, topic, route.lead, route.supporting, founder=moved.id)
        return _Change(replace(moved, issue_id=own.id))
    return _Change(moved, replace(case.issue, topic=topic, lead=route.lead, supporting=route.supporting))


async def _reroute(case: _Case) -> _Change:
    """Other departments for the whole issue, whatever its topic says."""
    issue, wanted = _issue_of(case), case.decision
    for id_ in filter(None, (wanted.lead, *wanted.supporting)):
        if id_ not in case.routing.departments:
            raise NotFound(Key.REFUSE_UNKNOWN_DEPARTMENT, department=id_)
    supporting = tuple(dict.fromkeys(id_ for id_ in wanted.supporting if id_ != wanted.lead))
    return _Change(_decided(case), replace(issue, lead=wanted.lead, supporting=supporting))


async def _edit_wording(case: _Case) -> _Change:
    """Empty words give the issue back to the submission's own."""
    issue, wording = _issue_of(case), storable(case.decision.wording).strip()
    if len(wording) > _MAX_WORDING:
        raise Refusal(Key.REFUSE_LONG_WORDING, limit=_MAX_WORDING)
    if clean(wording) == clean(issue.edited_text):
        raise Refusal(Key.REFUSE_SAME_WORDING)
    changed = replace(issue, edited_text=wording)
    return _Change(_decided(case), changed, text_before=issue.edited_text)


async def _merge(case: _Case) -> _Change:
    issue = await _issue_to_join(case)
    if issue.id == case.submission.issue_id:
        raise Refusal(Key.REFUSE_MERGED_ALREADY)
    return _Change(replace(_decided(case), issue_id=issue.id))


async def _unmerge(case: _Case) -> _Change:
    """Back into an issue of its own, with the route that its own topic gives it."""
    issue = _issue_of(case)
    if len(await case.tx.submissions.of_issue(issue.id)) <= 1:  # one alone is merged with nothing
        raise Refusal(Key.REFUSE_NOT_MERGED)
    route = case.routing.route(case.submission.topic)
    one = case.submission
    own = await case.tx.issues.add(one.programme, one.topic, route.lead, route.supporting, founder=one.id)
    return _Change(replace(_decided(case), issue_id=own.id))


async def _refuse(case: _Case) -> _Change:
    reason = _chosen(case.decision.reason, "reason.", Key.REFUSE_NEEDS_REASON)
    return _Change(replace(_decided(case), reason=reason, assignee=""), reason=reason)


async def _redirect(case: _Case) -> _Change:
    body = _chosen(case.decision.body, "body.", Key.REFUSE_NEEDS_BODY)
    return _Change(replace(_decided(case), body=body, assignee=""), reason=body)


async def _leave(case: _Case) -> _Change:
    """Spam, a closed cry for help, or back to the queue: out of every issue and without a reason."""
    return _Change(replace(_decided(case), issue_id=None, reason="", body="", assignee=""))


async def _set_apart(case: _Case) -> _Change:
    return _Change(replace(_decided(case), private=True))


async def _open_up(case: _Case) -> _Change:
    return _Change(replace(_decided(case), private=False))


async def _ask_back(case: _Case) -> _Change:
    if case.submission.person_id is None:
        raise NotAllowedNow(Key.REFUSE_NOBODY_TO_ASK)
    _question(case)
    return _Change(_decided(case))


async def _go_on(case: _Case) -> _Change:
    return _Change(_decided(case))


async def _assign(case: _Case) -> _Change:
    return _Change(replace(_decided(case), assignee=case.by))


async def _unassign(case: _Case) -> _Change:
    return _Change(replace(_decided(case), assignee=""))


async def _undo(case: _Case) -> _Change:
    """Everything as it was before the last decision that was not taken back yet.

    Where that decision changed the issue, nobody may have changed it since, not even through another submission.
    """
    if case.submission.last_decision is None:
        return await _undo_unknown(case)
    entry = await case.tx.history.get(case.submission.last_decision)
    if entry is None or entry.standing is None:
        raise NotAllowedNow(Key.REFUSE_NOT_NOW)
    was = entry.standing
    if case.submission.state is State.SPLIT:
        await check_untouched(case.tx, case.submission.id)
    if entry.action is Action.EDIT_WORDING and entry.text_before and await _masked_beside(case, entry):
        raise NotAllowedNow(Key.REFUSE_ISSUE_CHANGED)  # the earlier wording may hold what was masked since
    restored = replace(
        case.submission,
        state=was.state,
        topic=was.topic,
        issue_id=was.issue_id,
        reason=was.reason,
        body=was.body,
        private=was.private,
        assignee=was.assignee,
        decided_by=was.decided_by,
        decided_at=was.decided_at,
        last_decision=was.last_decision,
    )
    if entry.action is Action.MASK:
        restored = replace(restored, shown_text=entry.text_before)
    back = tuple(change.back for change in entry.elsewhere)
    return _Change(restored, _issue_before(case, entry, was), reason=entry.action.value, elsewhere=back)


async def _undo_unknown(case: _Case) -> _Change:
    """It was decided before entries said what stood before. Then everything that was decided came out of the queue."""
    one = case.submission
    if (one.state, Action.RESTORE) not in TRANSITIONS:
        raise NotAllowedNow(Key.REFUSE_NOT_NOW)
    waiting = replace(one, state=after(one.state, Action.RESTORE), decided_by="", decided_at=None)
    made = [entry.action for entry in await case.tx.history.of(one.id) if entry.before is not entry.after is one.state]
    reason = made[-1].value if made else Action.RESTORE.value
    return _Change(replace(waiting, issue_id=None, reason="", body="", assignee=""), reason=reason)


async def _masked_beside(case: _Case, entry: HistoryEntry) -> bool:
    """Whether something was masked since in another submission that is or was in the issue."""
    ids = await case.tx.history.ever_in(case.submission.issue_id or 0)
    later = [one for id_ in ids if id_ != entry.submission_id for one in await case.tx.history.of(id_)]
    return any(one.action is Action.MASK and one.id > entry.id for one in later)


def _issue_before(case: _Case, entry: HistoryEntry, was: Standing) -> Issue | None:
    """The issue as it was before an entry that changed it; None where the entry changed none."""
    issue = case.issue
    if issue is None or was.issue_route is None or issue.id != was.issue_id:
        return None
    wordings = [change.before for change in entry.elsewhere if change.place is Place.WORDING]
    if entry.action is Action.EDIT_WORDING:
        wordings = [entry.text_before]
    if entry.action not in _OF_THE_ISSUE and not wordings:
        return None
    if issue.last_decision != entry.id:
        raise NotAllowedNow(Key.REFUSE_ISSUE_CHANGED)
    topic, lead, supporting = was.issue_route
    before = replace(issue, topic=topic, lead=lead, supporting=supporting, last_decision=was.issue_decision)
    return replace(before, edited_text=wordings[0]) if wordings else before


_OF_THE_ISSUE = frozenset({Action.CHANGE_TOPIC, Action.REROUTE, Action.EDIT_WORDING})


# ------------------------------------------------------------------ helpers


def _entry(case: _Case, change: _Change) -> HistoryEntry:
    before = case.submission
    undone = case.decision.action is Action.UNDO
    return HistoryEntry(
        submission_id=before.id,
        at=case.at,
        actor=case.by,
        action=case.decision.action,
        before=before.state,
        after=change.submission.state,
        reason=change.reason,
        topic=change.submission.topic,
        text_before=change.text_before,
        issue_id=change.submission.issue_id,
        standing=None if undone else _standing(before, case.issue),
        elsewhere=() if undone else change.elsewhere,
    )


def _standing(submission: Submission, issue: Issue | None) -> Standing:
    return Standing(
        state=submission.state,
        topic=submission.topic,
        issue_id=submission.issue_id,
        reason=submission.reason,
        body=submission.body,
        private=submission.private,
        assignee=submission.assignee,
        decided_by=submission.decided_by,
        decided_at=submission.decided_at,
        last_decision=submission.last_decision,
        issue_route=issue.route if issue else None,
        issue_decision=issue.last_decision if issue else None,
    )


async def _issue_to_join(case: _Case) -> Issue:
    """The issue that was chosen: one of this programme that somebody asks. Raises NotFound."""
    issue = await case.tx.issues.get(case.decision.into or 0)
    if issue is None or issue.programme != case.submission.programme:
        raise NotFound(Key.REFUSE_NO_ISSUE)
    if not await case.tx.submissions.of_issue(issue.id):
        raise NotFound(Key.REFUSE_NO_ISSUE)
    return issue


def _question(case: _Case) -> str:
    """The question to ask back. Raises a Refusal where there is none or it is too long."""
    question = storable(case.decision.question).strip()
    if not question:
        raise Refusal(Key.REFUSE_NO_QUESTION)
    if len(question) > _MAX_QUESTION:
        raise Refusal(Key.REFUSE_LONG_QUESTION, limit=_MAX_QUESTION)
    return question


def _issue_of(case: _Case) -> Issue:
    assert case.issue is not None, "the table allows this only where a submission is approved, and then it has an issue"
    return case.issue


def _chosen(given: str, section: str, missing: Key) -> str:
    """A choice of an editable list, by its key, or a moderator's own words. Raises a Refusal where it is neither."""
    words = storable(given).strip()[:_MAX_REASON]
    if not words or (words.startswith(section) and words not in set(Key)):
        raise Refusal(missing)
    return words
