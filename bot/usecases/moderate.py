"""The moderators' way to decide: buttons of a card in a chat, and the same decisions by other ways.

A transaction holds the decision and everything that follows from it (see decide.py). Many at once are many
transactions: one that comes too late does not hold up the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.audit import Event, Note
from bot.domain.errors import NotFound, Refusal
from bot.domain.message import Address, Say
from bot.domain.role import By
from bot.domain.submission import Action, State, Submission
from bot.domain.text import storable
from bot.ports import Clock, ShownCard, Store, Transaction
from bot.texts.keys import Key
from bot.usecases import walk
from bot.usecases.decide import Decide, Decision
from bot.usecases.rights import Rights, may_act
from bot.usecases.running import Running
from bot.usecases.voice import Voice

__all__ = ["Decision", "Moderate", "Press", "Toast"]


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a card, pressed: which card (nonce), where, what, on which version, and who.

    `by` is a display name, `account` the platform's id of whoever pressed.
    """

    nonce: str
    address: Address
    message_id: str
    action: str
    version: int
    by: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Toast:
    """The short answer to a press."""

    text: str
    refused: bool


class Moderate:
    """Decisions of moderators, each in a transaction of its own."""

    def __init__(
        self, store: Store, clock: Clock, voice: Voice, running: Running, decide: Decide, rights: Rights
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._decide = decide
        self._rights = rights

    async def decide(self, submission_id: int, version: int, decision: Decision, by: By) -> Submission:
        """Carry a decision out and return the submission as saved. Raises a Refusal; then nothing changes, and the
        history says who was refused what.
        """
        try:
            async with self._store.transaction() as tx:
                return await self._decide(tx, submission_id, version, decision, by)
        except Refusal as refusal:
            async with self._store.transaction() as tx:
                code = _named(await tx.submissions.get(submission_id))
                await self.note_refusal(tx, by.name, code, decision.action.value, refusal.key)
            raise

    async def decide_all(
        self, chosen: Sequence[tuple[int, int]], decision: Decision, by: By
    ) -> list[Submission | Refusal]:
        """The same decision for several submissions, given as (id, version), each on its own; what became of each."""
        return [await self._attempt(id_, version, decision, by) for id_, version in chosen]

    async def _attempt(self, id_: int, version: int, decision: Decision, by: By) -> Submission | Refusal:
        try:
            return await self.decide(id_, version, decision, by)
        except Refusal as refusal:
            return refusal

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
                by = await self._rights.in_group(tx, press.by, press.account)
                await self.note_refusal(tx, by.name, await self._code(tx, press.nonce), press.action, refusal.key)
                await self._done(tx, inbox_id)
            return Toast(self._voice.marked(self._voice.text(refusal.key, **refusal.values)), refused=True)

    async def refused(
        self,
        by: str,
        wanted: str,
        why: Key,
        inbox_id: int,
        *,
        nonce: str = "",
        tell: Address | None = None,
        thread: str = "",
    ) -> None:
        """Note what was refused before it came here: `wanted` is a button's action or a command, `nonce` a card's. The
        sentence goes to the chat `tell`, into its part `thread`.

        The kept update is marked done in the same commit, so that it is noted once.
        """
        async with self._store.transaction() as tx:
            if await tx.inbox.is_done(inbox_id):
                return
            await self.note_refusal(tx, by, await self._code(tx, nonce), wanted, why)
            if tell is not None:
                words = self._voice.words(Say(why))
                await tx.outbox.say(tell, words, self._clock.now(), ephemeral=True, thread=thread)
            await self._done(tx, inbox_id)

    async def note_refusal(self, tx: Transaction, by: str, code: str, wanted: str, why: Key) -> None:
        """Put on record who was refused what, in the caller's transaction."""
        # A forged button may hold any words: only what is ours goes on record.
        verb = wanted.partition("~")[0]
        ours = verb if verb in _NAMED or _COMMAND.fullmatch(verb) else ""
        known = _DECISIONS[verb].action.value if verb in _DECISIONS else ours
        note = Note(self._clock.now(), storable(by), Event.REFUSED, code, known, why.value)
        await tx.history.note(note)

    async def _code(self, tx: Transaction, nonce: str) -> str:
        shown = await tx.board.by_nonce(nonce) if nonce else None
        return _named(await tx.submissions.get(shown.submission_id)) if shown else ""

    # -------------------------------------------------------------- buttons

    async def _card(self, tx: Transaction, press: Press) -> ShownCard:
        """The card that the button belongs to: its nonce is bound to chat and message. Raises NotFound."""
        shown = await tx.board.by_nonce(press.nonce)
        if shown is None or shown.address != press.address or shown.message_id not in (None, press.message_id):
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        return shown

    async def _pressed(self, tx: Transaction, shown: ShownCard, press: Press) -> str:
        verb, _, argument = press.action.partition("~")
        by = await self._rights.in_group(tx, press.by, press.account)
        if verb == "menu":
            await self._unfold(tx, shown, argument, press.version, by)
            return self._voice.text(Key.DONE_MENU)
        if verb == "next":
            may_act(by)
            return await self._next(tx, shown)
        wanted = await self._wanted(tx, shown, verb, argument)
        saved = await self._decide(tx, shown.submission_id, press.version, wanted, by)
        toast = await self._toast(tx, saved, wanted)
        if shown.walk and (saved.private or saved.state is not State.WAITING):
            return f"{toast} {await self._next(tx, shown)}"
        return toast

    async def _next(self, tx: Transaction, shown: ShownCard) -> str:
        """Let a card that walks through the queue show the next submission."""
        went_on = await walk.go_on(tx, shown, self._running.code, self._clock.now())
        return self._voice.text(Key.QUEUE_WALK_NEXT if went_on else Key.QUEUE_WALK_NOTHING)

    async def decide_now(self, tx: Transaction, submission: Submission, decision: Decision, by: By) -> str:
        """Decide within the caller's transaction about a submission that was read in it: what was done, in a sentence.

        Raises a Refusal, and then nothing may be committed.
        """
        saved = await self._decide(tx, submission.id, submission.version, decision, by)
        return await self._toast(tx, saved, decision)

    async def _wanted(self, tx: Transaction, shown: ShownCard, verb: str, argument: str) -> Decision:
        """The decision that a button stands for. Raises NotFound where it is none of ours."""
        decision = _DECISIONS.get(verb)
        if decision is None:
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        if verb == "merge":
            submission = await tx.submissions.get(shown.submission_id)
            waits = submission is not None and submission.state is State.WAITING
            if not _ISSUE.fullmatch(argument):  # without an issue this would be an approval that nobody asked for
                raise NotFound(Key.REFUSE_STALE_BUTTON)
            return replace(decision, action=Action.APPROVE if waits else Action.MERGE, into=int(argument))
        return replace(
            decision,
            topic=argument if verb == "topic" else "",
            reason=f"reason.{argument}" if verb == "reason" else "",
            body=f"body.{argument}" if verb == "body" else "",
        )

    async def _unfold(self, tx: Transaction, shown: ShownCard, menu: str, version: int, by: By) -> None:
        submission = await self._decide.current(tx, shown.submission_id, version, by)
        await tx.board.set_menu(shown.id, menu)
        await tx.outbox.card(shown.address, submission.id, self._clock.now())

    async def _toast(self, tx: Transaction, saved: Submission, decision: Decision) -> str:
        """What was done, in a sentence."""
        _, routing = await self._running.view(tx)
        issue = await tx.issues.get(saved.issue_id) if saved.issue_id is not None else None
        lead = issue.lead if issue else routing.route(saved.topic).lead
        key = Key(f"card.done_{decision.action.value}")
        return self._voice.text(key, code=saved.code, department=routing.name(lead))

    async def _redraw_pressed(self, tx: Transaction, press: Press) -> None:
        shown = await tx.board.by_nonce(press.nonce)
        if shown is not None and shown.address == press.address:
            await tx.board.set_menu(shown.id, "")
            await tx.outbox.card(shown.address, shown.submission_id, self._clock.now())

    async def _done(self, tx: Transaction, inbox_id: int | None) -> None:
        if inbox_id is not None:
            await tx.inbox.done(inbox_id, self._clock.now())


def _named(submission: Submission | None) -> str:
    """The code that goes on record; none of what is for a responsible person alone."""
    return "" if submission is None or submission.private else submission.code


_DECISIONS: Mapping[str, Decision] = {
    "approve": Decision(Action.APPROVE),
    "approve-unclear": Decision(Action.APPROVE, unclear=True),
    "topic": Decision(Action.CHANGE_TOPIC),
    "merge": Decision(Action.MERGE),
    "unmerge": Decision(Action.UNMERGE),
    "reason": Decision(Action.REJECT),
    "body": Decision(Action.REDIRECT),
    "spam": Decision(Action.MARK_SPAM),
    "mask": Decision(Action.MASK),
    "split": Decision(Action.SPLIT),
    "go-on": Decision(Action.GO_ON),
    "assign": Decision(Action.ASSIGN),
    "unassign": Decision(Action.UNASSIGN),
    "restore": Decision(Action.RESTORE),
    "undo": Decision(Action.UNDO),
    "apart": Decision(Action.SET_APART),
}
_NAMED = frozenset({*(action.value for action in Action), "menu", "next"})
_ISSUE = re.compile(r"\d{1,15}", re.ASCII)  # made-up data may hold more digits than the database counts
_COMMAND = re.compile(r"/[a-z]{1,20}", re.ASCII)
