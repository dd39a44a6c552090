"""A moderator decides: approve, change the topic, reject with a reason, undo.

One transaction holds the decision (compare-and-set on the version), its history, the redrawing of every card and the
words to the asker. Whoever comes second changes nothing and learns who decided and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.department import Route, RoutingTable
from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.message import Address, ChannelName, Say
from bot.domain.programme import Programme
from bot.domain.submission import ASKER, SYSTEM, Action, HistoryEntry, State, Submission, after
from bot.domain.text import storable
from bot.ports import Clock, ShownCard, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.apart import announce, redraw
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator wants: `topic` for a change of topic, `reason` (a Key value or own words) for a refusal.

    `unclear`: approve the question but leave the department open; it goes to the sheet "Chưa rõ".
    """

    action: Action
    topic: str = ""
    reason: str = ""
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a card, pressed: which card (nonce), where, what, on which version, and who (a display name)."""

    nonce: str
    address: Address
    message_id: str
    action: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Toast:
    """The short answer to a press."""

    text: str
    refused: bool


class Moderate:
    """The one door through which a submission is decided. `boards` get the card of what was private and is no more."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, boards: Sequence[Address] = ()
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._boards = tuple(boards)

    async def decide(
        self, submission_id: int, version: int, decision: Decision, by: str, *, chief: bool = False
    ) -> Submission:
        """Carry a decision out and return the submission as saved. Raises a Refusal and then changes nothing.

        `chief`: a responsible person decides. Nobody else may touch what is private.
        """
        async with self._store.transaction() as tx:
            return await self._decide(tx, submission_id, version, decision, by, chief=chief)

    async def press(self, press: Press, inbox_id: int | None = None) -> Toast:
        """Answer a button. A refusal is an answer too: the card is drawn anew and nothing else happens."""
        try:
            async with self._store.transaction() as tx:
                shown = await self._card(tx, press)
                text = await self._pressed(tx, shown, press)
                await self._done(tx, inbox_id)
                return Toast(self._voice.marked(text), refused=False)
        except Refusal as refusal:
            async with self._store.transaction() as tx:
                await self._redraw_pressed(tx, press)
                await self._done(tx, inbox_id)
            return Toast(self._voice.marked(self._voice.text(refusal.key, **refusal.values)), refused=True)

    # -------------------------------------------------------------- buttons

    async def _card(self, tx: Transaction, press: Press) -> ShownCard:
        """The card that the button belongs to: its nonce is bound to chat and message. Raises NotFound."""
        shown = await tx.board.by_nonce(press.nonce)
        if shown is None or shown.address != press.address or shown.message_id not in (None, press.message_id):
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        return shown

    async def _pressed(self, tx: Transaction, shown: ShownCard, press: Press) -> str:
        verb, _, argument = press.action.partition("~")
        if verb == "menu":
            await self._unfold(tx, shown, argument, press.version)
            return self._voice.text(Key.DONE_MENU)
        decision = _DECISIONS.get(verb)
        if decision is None:
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        wanted = replace(
            decision,
            topic=argument if verb == "topic" else "",
            reason=f"reason.{argument}" if verb == "reason" else "",
        )
        saved = await self._decide(tx, shown.submission_id, press.version, wanted, press.by)
        return await self._toast(tx, saved, wanted)

    async def _unfold(self, tx: Transaction, shown: ShownCard, menu: str, version: int) -> None:
        submission = await self._current(tx, shown.submission_id, version)
        await tx.board.set_menu(shown.id, menu)
        await tx.outbox.card(shown.address, submission.id, self._clock.now())

    async def _toast(self, tx: Transaction, saved: Submission, decision: Decision) -> str:
        _, routing = await self._running.view(tx)
        department = routing.name(routing.route(saved.topic).lead)
        return self._voice.text(_DONE[decision.action], code=saved.code, department=department)

    async def _redraw_pressed(self, tx: Transaction, press: Press) -> None:
        shown = await tx.board.by_nonce(press.nonce)
        if shown is not None and shown.address == press.address:
            await tx.board.set_menu(shown.id, "")
            await tx.outbox.card(shown.address, shown.submission_id, self._clock.now())

    async def _done(self, tx: Transaction, inbox_id: int | None) -> None:
        if inbox_id is not None:
            await tx.inbox.done(inbox_id, self._clock.now())

    # -------------------------------------------------------------- the decision

    async def _current(self, tx: Transaction, submission_id: int, version: int, *, chief: bool = False) -> Submission:
        """The submission, if it still is what the moderator looked at. Raises NotFound, NotAllowedNow (it is for a
        responsible person) or AlreadyDecided.
        """
        submission = await tx.submissions.get(submission_id)
        if submission is None or submission.programme != self._running.code:
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        if submission.private and not chief:
            raise NotAllowedNow(Key.REFUSE_PRIVATE)
        if submission.version != version:
            raise await self._too_late(tx, submission)
        return submission

    async def _too_late(self, tx: Transaction, submission: Submission) -> Refusal:
        """Who was first and when, from the history: the asker (an edit, a withdrawal), the machine (a topic at last)
        or another moderator.
        """
        last = (await tx.history.of(submission.id))[-1]
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

    async def _decide(
        self,
        tx: Transaction,
        submission_id: int,
        version: int,
        decision: Decision,
        by: str,
        *,
        chief: bool = False,
    ) -> Submission:
        submission = await self._current(tx, submission_id, version, chief=chief)
        if decision.action not in submission.actions(chief=chief):
            raise NotAllowedNow(Key.REFUSE_NOT_NOW)
        then = after(submission.state, decision.action)
        programme, routing = await self._running.view(tx)
        changed = replace(
            submission,
            state=then,
            topic=self._topic(submission, decision, routing),
            reason=self._reason(decision),
            decided_by=by if then is not State.WAITING else "",
            decided_at=self._clock.now() if then is not State.WAITING else None,
            private=_PRIVATE_AFTER.get(decision.action, submission.private),
        )
        route = routing.route(changed.topic)
        changed = await self._into_issue(tx, submission, changed, route, decision)
        saved = await tx.submissions.change(changed, version)
        if saved is None:
            raise AlreadyDecided(Key.REFUSE_CHANGED, code=submission.code)
        if submission.issue_id is not None and saved.issue_id is None:
            await tx.issues.remove_if_empty(submission.issue_id)
        await self._note(tx, submission, saved, decision, by)
        await self._tell(tx, submission, saved, decision, programme, routing)
        return saved

    def _topic(self, submission: Submission, decision: Decision, routing: RoutingTable) -> str:
        if decision.action is not Action.CHANGE_TOPIC:
            return submission.topic
        if decision.topic not in routing.topics:
            raise NotFound(Key.REFUSE_UNKNOWN_TOPIC, topic=decision.topic)
        return decision.topic

    def _reason(self, decision: Decision) -> str:
        reason = storable(decision.reason).strip()[:_MAX_REASON]
        unknown = reason.startswith("reason.") and reason not in set(Key)
        if decision.action is Action.REJECT and (not reason or unknown):
            raise Refusal(Key.REFUSE_NEEDS_REASON)
        return reason if decision.action is Action.REJECT else ""

    async def _into_issue(
        self, tx: Transaction, before: Submission, changed: Submission, route: Route, decision: Decision
    ) -> Submission:
        """An approved submission belongs to an issue whose departments are frozen there; any other to none."""
        if changed.state is not State.APPROVED:
            return replace(changed, issue_id=None)
        lead = None if decision.unclear else route.lead
        if before.issue_id is not None:
            await tx.issues.reroute(before.issue_id, changed.topic, lead, route.supporting)
            return changed
        issue = await tx.issues.add(changed.programme, changed.topic, lead, route.supporting)
        return replace(changed, issue_id=issue.id)

    async def _note(self, tx: Transaction, before: Submission, saved: Submission, decision: Decision, by: str) -> None:
        await tx.history.add(
            HistoryEntry(
                submission_id=saved.id,
                at=self._clock.now(),
                actor=by,
                action=decision.action,
                before=before.state,
                after=saved.state,
                reason=saved.reason,
                topic=saved.topic,
            )
        )

    async def _tell(
        self,
        tx: Transaction,
        before: Submission,
        saved: Submission,
        decision: Decision,
        programme: Programme,
        routing: RoutingTable,
    ) -> None:
        """Redraw every card of the submission and tell the asker, if there is something to tell and a way to do it."""
        now = self._clock.now()
        await redraw(tx, saved, now)
        if saved.private and not before.private:
            await announce(tx, now, self._boards, self._voice)
        if before.private and not saved.private:
            for board in self._boards:
                await tx.board.open(board, saved.id)
                await tx.outbox.card(board, saved.id, now)
        person = await tx.people.by_id(saved.person_id) if saved.person_id is not None else None
        say = self._news(before, saved, decision, programme, routing)
        if person is not None and say is not None:
            address = Address(ChannelName(person.channel), person.bot, person.chat)
            await tx.outbox.say(address, self._voice.words(say), now)

    def _news(
        self,
        before: Submission,
        saved: Submission,
        decision: Decision,
        programme: Programme,
        routing: RoutingTable,
    ) -> Say | None:
        lead = None if decision.unclear else routing.route(saved.topic).lead
        values: dict[str, object] = {
            "code": saved.code,
            "department": routing.name(lead),
            "organiser": programme.contact.organiser,
            "closes": programme.window.closes_at,
            "reason": self._voice.reason(saved.reason),
        }
        match decision.action, before.state:
            case (Action.CHANGE_TOPIC, State.WAITING):
                return None
            case (Action.UNDO, _) if saved.private:
                key = Key.TOLD_REOPENED
            case (Action.SET_APART | Action.OPEN_UP | Action.CLOSE, _):
                key = _TOLD_APART[decision.action]
            case (Action.CHANGE_TOPIC, _):
                key = Key.TOLD_MOVED if lead else Key.TOLD_APPROVED_UNCLEAR
            case (Action.APPROVE, _):
                key = Key.TOLD_APPROVED if lead else Key.TOLD_APPROVED_UNCLEAR
            case (Action.REJECT, _):
                closed = self._clock.now() >= programme.window.closes_at
                key = Key.TOLD_REJECTED_LATE if closed else Key.TOLD_REJECTED
            case _:
                key = Key.TOLD_UNDONE
        return Say(key, values)


_PRIVATE_AFTER = {Action.SET_APART: True, Action.OPEN_UP: False}
_TOLD_APART = {
    Action.SET_APART: Key.TOLD_SET_APART,
    Action.OPEN_UP: Key.TOLD_OPENED_UP,
    Action.CLOSE: Key.TOLD_CLOSED,
}

_DECISIONS: Mapping[str, Decision] = {
    "approve": Decision(Action.APPROVE),
    "approve-unclear": Decision(Action.APPROVE, unclear=True),
    "topic": Decision(Action.CHANGE_TOPIC),
    "reason": Decision(Action.REJECT),
    "undo": Decision(Action.UNDO),
    "apart": Decision(Action.SET_APART),
}

_DONE: Mapping[Action, Key] = {
    Action.APPROVE: Key.DONE_APPROVE,
    Action.CHANGE_TOPIC: Key.DONE_CHANGE_TOPIC,
    Action.REJECT: Key.DONE_REJECT,
    Action.UNDO: Key.DONE_UNDO,
    Action.SET_APART: Key.DONE_SET_APART,
}
