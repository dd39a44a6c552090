"""Lists in the moderators' group: a digest of what came all at once, and the queue page by page.

Both are drawn from the present state when they are sent, as cards are: what became private or was withdrawn since is
named there no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.audit import Event, Note
from bot.domain.errors import NotFound, Refusal
from bot.domain.message import Address
from bot.domain.submission import State, Submission
from bot.domain.text import shorten, storable
from bot.ports import CardButton, Clock, DrawnList, ListKind, ShownList, Store, Transaction
from bot.texts.keys import Key
from bot.usecases import walk
from bot.usecases.moderate import Toast
from bot.usecases.rights import Rights, may_act
from bot.usecases.running import Running
from bot.usecases.voice import Voice
from bot.usecases.waiting import Heap, age, department_of, heaps

PAGE = 10
WALK, TURN = "walk", "page"
_FIRST_WORDS = 70


_GONE = frozenset({State.WITHDRAWN, State.JOINED})


@dataclass(frozen=True, slots=True)
class ListPress:
    """A button of a list, pressed: which list (nonce), where, what, and who (as in `moderate.Press`)."""

    nonce: str
    address: Address
    message_id: str
    action: str
    by: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the queue, and the department that it stands under."""

    heap: Heap
    submission: Submission


class Lists:
    """Draws lists and answers their buttons."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, running: Running, rights: Rights) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._rights = rights

    async def draw(self, tx: Transaction, shown: ShownList) -> DrawnList:
        """The list as it stands now."""
        return await (self._digest(tx, shown) if shown.kind is ListKind.DIGEST else self._queue(tx, shown))

    async def press(self, press: ListPress, inbox_id: int | None = None) -> Toast:
        """Answer a button: turn the page in place, or begin to walk through the queue."""
        async with self._store.transaction() as tx:
            try:
                toast = Toast(self._voice.marked(await self._pressed(tx, press)), refused=False)
            except Refusal as refusal:
                toast = Toast(self._voice.marked(self._voice.text(refusal.key, **refusal.values)), refused=True)
                who = storable(press.by)
                note = Note(self._clock.now(), who, Event.REFUSED, wanted="list", reason=refusal.key.value)
                await tx.history.note(note)
            if inbox_id is not None:
                await tx.inbox.done(inbox_id, self._clock.now())
        return toast

    async def _pressed(self, tx: Transaction, press: ListPress) -> str:
        shown = await tx.lists.by_nonce(press.nonce)
        if shown is None or shown.address != press.address or shown.message_id not in (None, press.message_id):
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        may_act(await self._rights.in_group(tx, press.by, press.account))
        verb, _, argument = press.action.partition("~")
        if verb == WALK:
            first = await tx.lists.entries(shown.id)
            begun = await walk.begin(tx, shown.address, self._running.code, self._clock.now(), first, shown.thread)
            return self._voice.text(Key.QUEUE_WALK_BEGINS if begun else Key.QUEUE_WALK_NOTHING)
        if verb != TURN or not (argument.isascii() and argument.isdigit()):
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        await tx.lists.turn(shown.id, int(argument[:6]))
        await tx.outbox.listing(shown.address, shown.id, self._clock.now())
        return self._voice.text(Key.DONE_MENU)

    # -------------------------------------------------------------- a digest

    async def _digest(self, tx: Transaction, shown: ShownList) -> DrawnList:
        _, routing = await self._running.view(tx)
        named = [await tx.submissions.get(id_) for id_ in await tx.lists.entries(shown.id)]
        there = [one for one in named if one and not one.private and one.state not in _GONE]
        lines = [self._digest_line(one, department_of(one, routing, self._voice)) for one in there]
        waiting = sum(one.state is State.WAITING for one in there)
        head = self._voice.text(Key.QUEUE_DIGEST if waiting else Key.QUEUE_DIGEST_DONE, count=len(there))
        # Whoever set something apart may open it up again: the list goes on naming what it does not show.
        return DrawnList(
            self._voice.marked("\n".join([head, *lines])),
            tuple(one.id for one in named if one),
            ((self._button(Key.QUEUE_WALK, WALK),),) if waiting else (),
        )

    def _digest_line(self, submission: Submission, department: str) -> str:
        if submission.state is not State.WAITING:
            state = self._voice.text(Key(f"state.{submission.state.value}"))
            return self._voice.text(Key.QUEUE_DIGEST_DECIDED, code=submission.code, state=state)
        return self._voice.text(
            Key.QUEUE_DIGEST_LINE,
            code=submission.code,
            department=department,
            text=shorten(submission.shown, _FIRST_WORDS),
        )

    # -------------------------------------------------------------- the queue

    async def _queue(self, tx: Transaction, shown: ShownList) -> DrawnList:
        waiting = await heaps(tx, self._running, self._voice)
        entries = [_Entry(heap, one) for heap in waiting for one in heap.submissions]
        if not entries:
            return DrawnList(self._voice.marked(self._voice.text(Key.QUEUE_EMPTY)), ())
        pages = -(-len(entries) // PAGE)
        page = min(max(shown.page, 1), pages)
        here = entries[(page - 1) * PAGE : page * PAGE]
        oldest = age(self._voice, min(heap.since for heap in waiting), self._clock.now())
        head = self._voice.text(Key.QUEUE_HEAD, count=len(entries), page=page, pages=pages, oldest=oldest)
        return DrawnList(
            self._voice.marked("\n".join([head, *self._queue_lines(here)])),
            tuple(entry.submission.id for entry in here),
            self._queue_buttons(page, pages),
        )

    def _queue_lines(self, entries: list[_Entry]) -> list[str]:
        lines: list[str] = []
        department = None
        for entry in entries:
            if entry.heap.name != department:
                department = entry.heap.name
                count = len(entry.heap.submissions)
                lines += ["", self._voice.text(Key.QUEUE_DEPARTMENT, department=department, count=count)]
            lines.append(
                self._voice.text(
                    Key.QUEUE_LINE,
                    code=entry.submission.code,
                    age=age(self._voice, entry.submission.received_at, self._clock.now()),
                    text=shorten(entry.submission.shown, _FIRST_WORDS),
                )
            )
        return lines

    def _queue_buttons(self, page: int, pages: int) -> tuple[tuple[CardButton, ...], ...]:
        before = (self._button(Key.QUEUE_BEFORE, f"{TURN}~{page - 1}"),) if page > 1 else ()
        after = (self._button(Key.QUEUE_AFTER, f"{TURN}~{page + 1}"),) if page < pages else ()
        return tuple(row for row in ((*before, *after), (self._button(Key.QUEUE_WALK, WALK),)) if row)

    def _button(self, key: Key, action: str) -> CardButton:
        return CardButton(self._voice.text(key), action)
