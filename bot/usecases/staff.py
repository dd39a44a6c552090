"""Commands that moderators type in their group: what waits, a search, figures, histories, and every decision.

`COMMANDS` is the whole table: the help, the menu of a platform and the dispatch are made from it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.decision import per_cent, tallies
from bot.domain.errors import NotAllowedNow, NotFound, Refusal
from bot.domain.message import Address, Words
from bot.domain.role import MAKES_FINAL, RIGHTS, By
from bot.domain.submission import Action, State, Submission
from bot.domain.text import fold, shorten
from bot.ports import AT_LARGE, Clock, ListKind, Sought, Store, Transaction, Word
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases import named, orders, walk
from bot.usecases.answer_desk import AnswerDesk
from bot.usecases.answer_orders import ALL, AnswerOrders
from bot.usecases.answer_post import AnswerPost
from bot.usecases.exporting import Wish, wishes
from bot.usecases.files import FileWords
from bot.usecases.journal import decision_line
from bot.usecases.moderate import Decision, Moderate
from bot.usecases.papers import PaperKind
from bot.usecases.rights import Rights, may_act
from bot.usecases.running import Running
from bot.usecases.trace import Trace
from bot.usecases.voice import Voice
from bot.usecases.waiting import age, department_of, heaps

EXPORT_ASKED = "export.asked_by"
_FOUND = 10
_LATEST = 15
_STEPS = 20
_SHOWN = 60
_FILES = 10
PHOTO = "phieu"
ANSWER_FILE = "traloi"
_FINAL, _LIST = "chinhthuc", "danhsach"
_PAPERS = {
    "congvan": PaperKind.LETTER,
    "baocao": PaperKind.REPORT,
    "zip": PaperKind.ARCHIVE,
    "csv": PaperKind.ROWS,
}
_BUSY = {"": Key.STAFF_EXPORT_BUSY, _FINAL: Key.FILES_FINAL_BUSY}


@dataclass(frozen=True, slots=True)
class Order:
    """A command as typed: its name without the slash, what follows, where, and who (as in `moderate.Press`).

    `reply_to` is the platform's id of the message that it answers, "" where it answers none; `thread` that of the part
    of the chat where it was typed, "" where it was in none: there it is answered.
    """

    command: str
    argument: str
    address: Address
    by: str
    account: str = ""
    reply_to: str = ""
    thread: str = ""


class Staff:
    """Carries commands out. A workbook is only wished for here: the scheduler makes it without holding up a chat."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        moderate: Moderate,
        rights: Rights,
        trace: Trace,
        answers: AnswerDesk,
        answer_post: AnswerPost,
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._moderate = moderate
        self._rights = rights
        self._trace = trace
        self._desk = answers
        self._post = answer_post
        self._orders = AnswerOrders(clock, voice, running, answers)

    async def command(self, order: Order, inbox_id: int | None = None) -> None:
        """Carry one command out and answer it; the kept update is marked done in the commit of the answer.

        A refusal is an answer too, and goes on record.
        """
        command = COMMANDS[order.command]
        try:
            by = await self._who(order)
            if await self._is_done(inbox_id):
                return
            answer = await command.read(self, order, by) if command.read else ""
            async with self._store.transaction() as tx:
                if inbox_id is None or not await tx.inbox.is_done(inbox_id):
                    if command.act and not answer:
                        answer = await command.act(self, tx, order, by)
                    await self._answer(tx, order, answer, inbox_id)
        except Refusal as refusal:
            async with self._store.transaction() as tx:
                await self._moderate.note_refusal(tx, order.by, "", f"/{order.command}", refusal.key)
                await self._answer(tx, order, self._voice.text(refusal.key, **refusal.values), inbox_id)

    async def _is_done(self, inbox_id: int | None) -> bool:
        """Whether this was carried out before a crash already."""
        if inbox_id is None:
            return False
        async with self._store.reading() as tx:
            return await tx.inbox.is_done(inbox_id)

    async def reply(self, order: Order, inbox_id: int | None = None) -> None:
        """Words that answer a card of what waits are the Union's question to whoever wrote it. Moderators also talk
        with each other: words that answer anything else are none of ours.
        """
        try:
            async with self._store.reading() as tx:
                answered = await self._answered(tx, order)
            if answered is None or answered.state is not State.WAITING:
                return
            by = await self._who(order)
            async with self._store.transaction() as tx:
                if inbox_id is None or not await tx.inbox.is_done(inbox_id):
                    question = Decision(Action.ASK_BACK, question=order.argument)
                    done = await self._moderate.decide_now(tx, answered, question, by)
                    answer = f"{done} {self._voice.text(Key.STAFF_NOT_A_QUESTION)}"
                    await self._answer(tx, order, answer, inbox_id)
        except Refusal as refusal:
            async with self._store.transaction() as tx:
                await self._moderate.note_refusal(tx, order.by, "", "ask_back", refusal.key)
                await self._answer(tx, order, self._voice.text(refusal.key, **refusal.values), inbox_id)

    async def _who(self, order: Order) -> By:
        async with self._store.reading() as tx:
            by = await self._rights.in_group(tx, order.by, order.account)
        may_act(by)
        return by

    async def _answer(self, tx: Transaction, order: Order, answer: str, inbox_id: int | None) -> None:
        now = self._clock.now()
        if answer:
            await tx.outbox.say(order.address, Words(self._voice.marked(answer)), now, thread=order.thread)
        if inbox_id is not None:
            await tx.inbox.done(inbox_id, now)

    # -------------------------------------------------------------- decisions

    async def decide(self, tx: Transaction, order: Order, by: By) -> str:
        """Any command of `orders.DECISIONS`."""
        submission, words = await self._subject(tx, order)
        _, routing = await self._running.view(tx)
        decision = orders.decision(order.command, orders.Wanted(submission, words, routing, self._voice))
        return await self._moderate.decide_now(tx, submission, decision, by)

    async def merge(self, order: Order, by: By) -> str:
        """The later codes into the issue of the first; what waits is approved on the way. Each on its own: one that
        cannot be merged does not keep the others from it.
        """
        target, others = await self._to_merge(order)
        lines = []
        if target.state is State.WAITING:
            target = await self._moderate.decide(target.id, target.version, Decision(Action.APPROVE), by)
            lines.append(self._voice.text(Key.DONE_APPROVE, code=target.code))
        for code in others:
            try:
                await self._merge_one(code, target, by)
            except Refusal as refusal:
                why = self._voice.text(refusal.key, **refusal.values)
                lines.append(self._voice.text(Key.ORDER_NOT_MERGED, code=code, why=why))
            else:
                lines.append(self._voice.text(Key.ORDER_MERGED, code=code, into=target.code))
        return "\n".join(lines)

    async def _to_merge(self, order: Order) -> tuple[Submission, list[str]]:
        codes, rest = named.codes(order.argument)
        async with self._store.reading() as tx:
            answered = await self._answered(tx, order)
            if answered is not None:
                codes = [answered.code, *codes]
            codes = list(dict.fromkeys(codes))
            if rest:
                raise NotFound(Key.ORDER_BAD_CODE, typed=shorten(rest, _SHOWN))
            if len(codes) <= 1:  # one alone is merged with nothing
                raise Refusal(Key.ORDER_NEEDS_TWO)
            target = await self._coded(tx, codes[0])
        if target.state not in (State.WAITING, State.APPROVED):
            raise Refusal(
                Key.ORDER_NOT_NOW, code=target.code, state=self._voice.text(Key(f"state.{target.state.value}"))
            )
        return target, codes[1:]

    async def _merge_one(self, code: str, target: Submission, by: By) -> None:
        async with self._store.reading() as tx:
            submission = await self._coded(tx, code)
        if submission.issue_id is not None and submission.issue_id == target.issue_id:
            return  # it is there already: a crash may have kept this command from being answered
        action = Action.APPROVE if submission.state is State.WAITING else Action.MERGE
        await self._moderate.decide(submission.id, submission.version, Decision(action, into=target.issue_id), by)

    # -------------------------------------------------------------- what is to be seen

    async def queue(self, tx: Transaction, order: Order, _by: By) -> str:
        """A page of what waits, in a message that turns its pages."""
        page = int(order.argument[:6]) if order.argument.isascii() and order.argument.isdigit() else 1
        now = self._clock.now()
        shown = await tx.lists.open(order.address, ListKind.QUEUE, now, page=page, thread=order.thread)
        await tx.outbox.listing(order.address, shown.id, self._clock.now())
        return await self._private_line(tx)

    async def walk(self, tx: Transaction, order: Order, _by: By) -> str:
        """A card that goes on to the next after each decision."""
        now = self._clock.now()
        begun = await walk.begin(tx, order.address, self._running.code, now, thread=order.thread)
        return "" if begun else self._voice.text(Key.QUEUE_WALK_NOTHING)

    async def card(self, tx: Transaction, order: Order, _by: By) -> str:
        """The card of a submission, here at the end of the chat."""
        submission, words = await self._subject(tx, order)
        if words:
            raise Refusal(Key.ORDER_TOO_MUCH, words=shorten(words, _SHOWN))
        await tx.board.anew(order.address, submission.id, order.thread or AT_LARGE)
        await tx.outbox.card(order.address, submission.id, self._clock.now())
        return ""

    async def search(self, order: Order, _by: By) -> str:
        """Codes and states of what holds every word, in its code, words or unit; never the words themselves."""
        words = fold(order.argument).split()
        if not words:
            raise Refusal(Key.ORDER_NEEDS_WORDS)
        code, rest = named.code_and_rest(order.argument)
        wanted = (fold(code),) if code and not rest else tuple(words)
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
            sought = Sought(words=tuple(map(Word, wanted)))
            found = await tx.submissions.matching(self._running.code, sought, limit=_FOUND + 1)
        if not found:
            return self._voice.text(Key.ORDER_FOUND_NONE, words=shorten(order.argument, _SHOWN))
        lines = [
            self._voice.text(
                Key.ORDER_FOUND_LINE,
                code=one.code,
                state=self._voice.text(Key(f"state.{one.state.value}")),
                department=department_of(one, routing, self._voice),
            )
            for one in found[:_FOUND]
        ]
        more = [self._voice.text(Key.ORDER_FOUND_MORE, count=_FOUND)] if len(found) > _FOUND else []
        return "\n".join([*lines, *more])

    async def figures(self, _order: Order, _by: By) -> str:
        """How many are in each state, what waits for which department and how long, units, how the machine fared."""
        say = self._voice.text
        async with self._store.reading() as tx:
            counts = await tx.submissions.counts(self._running.code)
            waiting = await heaps(tx, self._running, self._voice)
            units = {share.unit for share in await tx.submissions.spread(self._running.code, Sought()) if share.unit}
            private = await self._private_line(tx)
            photos = await tx.photos.waiting(self._running.code)
            machine = await self._machine(tx)
            answers = await self._desk.figures(tx)
        now = self._clock.now()
        lines = [say(Key.FIGURES_TOTAL, count=sum(counts.values()), units=len(units))]
        lines += [
            say(Key.FIGURES_STATE, state=say(Key(f"state.{state.value}")), count=count)
            for state, count in counts.items()
            if count
        ]
        if waiting:
            lines += ["", say(Key.FIGURES_WAITING, oldest=age(self._voice, min(heap.since for heap in waiting), now))]
        lines += [
            say(
                Key.FIGURES_DEPARTMENT,
                department=heap.name,
                count=len(heap.submissions),
                oldest=age(self._voice, heap.since, now),
            )
            for heap in waiting
        ]
        more = [
            one for one in (private, say(Key.PHOTO_WAITING, count=photos) if photos else "", machine, answers) if one
        ]
        return "\n".join([*lines, *([""] if more else []), *more])

    async def history(self, order: Order, by: By) -> str:
        """What was done to one submission, or the latest decisions of all."""
        async with self._store.reading() as tx:
            if not order.argument.strip() and await self._answered(tx, order) is None:
                return await self._latest(tx)
            submission, words = await self._subject(tx, order)
            if words:
                raise Refusal(Key.ORDER_TOO_MUCH, words=shorten(words, _SHOWN))
        steps = await self._trace(submission.id, by)
        lines = [self._voice.text(Key.ORDER_HISTORY, code=submission.code)]
        for step in reversed(steps[:_STEPS]):
            what = "; ".join([step.what, *step.details])
            lines.append(self._voice.text(Key.ORDER_STEP, at=when(step.at), by=step.by, what=what))
        return "\n".join(lines)

    async def help(self, _order: Order, _by: By) -> str:
        """Every command of the table."""
        lines = [
            self._voice.text(Key.STAFF_HELP_LINE, usage=usage(self._voice, name), does=self._voice.text(command.does))
            for name, command in COMMANDS.items()
        ]
        return self._voice.text(Key.STAFF_HELP, lines="\n".join(lines))

    async def export(self, tx: Transaction, order: Order, by: By) -> str:
        """A wish for a workbook, or the list of those that were made. Raises a Refusal for whoever may only look on."""
        asked = "".join(fold(order.argument).split())
        if asked == _LIST:
            return await self._files(tx)
        if not RIGHTS[by.role]:
            raise NotAllowedNow(Key.REFUSE_VIEWER)
        if asked not in ("", _FINAL, *_PAPERS):
            raise Refusal(Key.FILES_UNKNOWN_ARGUMENT, typed=shorten(order.argument, _SHOWN))
        if asked == _FINAL and by.role not in MAKES_FINAL:
            raise NotAllowedNow(Key.FILES_ONLY_CHIEF)
        wish = Wish(order.by, final=asked == _FINAL, paper=_PAPERS.get(asked, "")).kept()
        waiting = wishes(await tx.facts.get(EXPORT_ASKED))
        if wish not in waiting:
            await tx.facts.put(EXPORT_ASKED, "\n".join([*waiting, wish]))
        return self._voice.text(_BUSY.get(asked, Key.FILES_PAPER_BUSY))

    async def photo(self, tx: Transaction, _order: Order, _by: By) -> str:
        """How many photos of slips wait, and how to add one: this one came without a photo."""
        return self._voice.text(Key.PHOTO_HOW, count=await tx.photos.waiting(self._running.code))

    async def _files(self, tx: Transaction) -> str:
        made = await tx.exports.of_programme(self._running.code)
        if not made:
            return self._voice.text(Key.FILES_LIST_NONE)
        words = FileWords(self._voice)
        lines = "\n\n".join(words.line(record) for record in reversed(made[-_FILES:]))
        return self._voice.text(Key.FILES_LIST, lines=lines)

    # -------------------------------------------------------------- answers of departments

    async def look_at_answers(self, order: Order, _by: By) -> str:
        """What `/traloi` alone tells; with words behind it the order is carried out in the commit of its answer."""
        return "" if order.argument.strip() else await self._post.look()

    async def answer_files(self, tx: Transaction, order: Order, by: By) -> str:
        """`/traloi` with words: a file that is asked for, or a row decided about."""
        return await self._post.order(tx, order.argument.strip(), order.address, by)

    async def confirm(self, tx: Transaction, order: Order, by: By) -> str:
        """A department's answer: read it, confirm it, return it."""
        submission, words = await self._subject(tx, order)
        return await self._orders.confirm(tx, submission, words, by)

    async def release(self, order: Order, by: By) -> str:
        """One confirmed answer by its code, or all of them; each batch in a transaction of its own."""
        words = order.argument.strip()
        every = next((one for one in ALL if f"{fold(words)} ".startswith(f"{one} ")), "")
        if every:
            rest = words.split(maxsplit=len(every.split()))[len(every.split()) :]
            return await self._orders.release_all("".join(rest), by)
        async with self._store.transaction() as tx:
            submission, rest_of_it = await self._subject(tx, order)
            return await self._orders.release(tx, submission, rest_of_it, by)

    async def undelivered(self, tx: Transaction, order: Order, by: By) -> str:
        """Who was not reached by an answer; with a code, that one is told anew."""
        if not order.argument.strip() and not order.reply_to:
            return await self._orders.undelivered(tx)
        submission, words = await self._subject(tx, order)
        return await self._orders.again(tx, submission, words, by)

    # -------------------------------------------------------------- helpers

    async def _subject(self, tx: Transaction, order: Order) -> tuple[Submission, str]:
        """The submission that a command is about, and the words after its code.

        Raises a Refusal: no code and no card answered, or a code that names nothing here.
        """
        code, rest = named.code_and_rest(order.argument)
        if code:
            return await self._coded(tx, code), rest
        answered = await self._answered(tx, order)
        if answered is not None:
            return answered, rest
        if rest and named.looks_like_code(rest.split()[0]):
            raise NotFound(Key.ORDER_BAD_CODE, typed=shorten(rest.split()[0], _SHOWN))
        raise Refusal(Key.ORDER_NEEDS_CODE, usage=usage(self._voice, order.command))

    async def _coded(self, tx: Transaction, code: str) -> Submission:
        """Whoever asks for a private one hears what they hear of a code that names nothing."""
        submission = await tx.submissions.by_code(code)
        there = submission is not None and submission.programme == self._running.code and not submission.private
        if submission is None or not there or submission.state is State.JOINED:
            raise NotFound(Key.ORDER_UNKNOWN_CODE, code=code)
        return submission

    async def _answered(self, tx: Transaction, order: Order) -> Submission | None:
        """The submission whose card a command answers. Raises a Refusal where the card's message goes on to the next
        one after each decision: by now it may show another than whoever answered it read.
        """
        shown = await tx.board.by_message(order.address, order.reply_to) if order.reply_to else None
        if shown is not None and shown.walk:
            raise Refusal(Key.ORDER_WALKING)
        submission = await tx.submissions.get(shown.submission_id) if shown else None
        return None if submission is None or submission.private else submission

    async def _private_line(self, tx: Transaction) -> str:
        private = await tx.submissions.private(self._running.code)
        count = sum(one.state is State.WAITING for one in private)
        return self._voice.text(Key.QUEUE_PRIVATE, count=count) if count else ""

    async def _machine(self, tx: Transaction) -> str:
        _, routing = await self._running.view(tx)
        found = tallies(await tx.decisions.all(self._running.code), routing.leads)
        decided, right = sum(one.decided for one in found), sum(one.right for one in found)
        if not decided:
            return ""
        return self._voice.text(Key.FIGURES_MACHINE, share=per_cent(right, decided), right=right, decided=decided)

    async def _latest(self, tx: Transaction) -> str:
        entries = await tx.history.latest(self._running.code, _LATEST)
        if not entries:
            return self._voice.text(Key.ORDER_HISTORY_NONE)
        lines = [self._voice.text(Key.ORDER_HISTORY_LATEST, count=len(entries))]
        return "\n".join([*lines, *[await decision_line(tx, self._voice, entry) for entry in entries]])


Read = Callable[[Staff, Order, By], Awaitable[str]]
Act = Callable[[Staff, Transaction, Order, By], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """What a command does in words, what it takes, and how it is carried out: `act` within the transaction of its
    answer, `read` before it (a reading, or several decisions in transactions of their own). Of both, `act` is for what
    `read` does not answer.
    """

    does: Key
    takes: Key | None = None
    act: Act | None = None
    read: Read | None = None


COMMANDS: Mapping[str, Command] = {
    "hangdoi": Command(Key.COMMAND_QUEUE, act=Staff.queue),
    "xemlanluot": Command(Key.COMMAND_WALK, act=Staff.walk),
    "cauhoi": Command(Key.COMMAND_CARD, Key.USAGE_CODE, act=Staff.card),
    "tim": Command(Key.COMMAND_SEARCH, Key.USAGE_WORDS, read=Staff.search),
    "duyet": Command(Key.COMMAND_APPROVE, Key.USAGE_APPROVE, act=Staff.decide),
    "doi": Command(Key.COMMAND_CHANGE_TOPIC, Key.USAGE_TOPIC, act=Staff.decide),
    "chutri": Command(Key.COMMAND_REROUTE, Key.USAGE_DEPARTMENTS, act=Staff.decide),
    "sua": Command(Key.COMMAND_WORD, Key.USAGE_WORDING, act=Staff.decide),
    "gop": Command(Key.COMMAND_MERGE, Key.USAGE_CODES, read=Staff.merge),
    "tach": Command(Key.COMMAND_UNMERGE, Key.USAGE_CODE, act=Staff.decide),
    "tachcau": Command(Key.COMMAND_SPLIT, Key.USAGE_PARTS, act=Staff.decide),
    "hoilai": Command(Key.COMMAND_ASK_BACK, Key.USAGE_QUESTION, act=Staff.decide),
    "khongcho": Command(Key.COMMAND_GO_ON, Key.USAGE_CODE, act=Staff.decide),
    "khongduyet": Command(Key.COMMAND_REJECT, Key.USAGE_REASON, act=Staff.decide),
    "ngoaiphamvi": Command(Key.COMMAND_REDIRECT, Key.USAGE_BODY, act=Staff.decide),
    "thurac": Command(Key.COMMAND_SPAM, Key.USAGE_CODE, act=Staff.decide),
    "che": Command(Key.COMMAND_MASK, Key.USAGE_HIDE, act=Staff.decide),
    "rieng": Command(Key.COMMAND_SET_APART, Key.USAGE_CODE, act=Staff.decide),
    "nhan": Command(Key.COMMAND_ASSIGN, Key.USAGE_CODE, act=Staff.decide),
    "tra": Command(Key.COMMAND_UNASSIGN, Key.USAGE_CODE, act=Staff.decide),
    "hoantac": Command(Key.COMMAND_UNDO, Key.USAGE_CODE, act=Staff.decide),
    "khoiphuc": Command(Key.COMMAND_RESTORE, Key.USAGE_CODE, act=Staff.decide),
    "thongke": Command(Key.COMMAND_FIGURES, read=Staff.figures),
    "nhatky": Command(Key.COMMAND_HISTORY, Key.USAGE_CODE_OR_NOT, read=Staff.history),
    PHOTO: Command(Key.COMMAND_PHOTO, Key.USAGE_UNIT, act=Staff.photo),
    "xuat": Command(Key.COMMAND_EXPORT, Key.USAGE_EXPORT, act=Staff.export),
    ANSWER_FILE: Command(
        Key.COMMAND_ANSWER_FILE, Key.USAGE_ANSWER_FILE, read=Staff.look_at_answers, act=Staff.answer_files
    ),
    "xacnhan": Command(Key.COMMAND_CONFIRM_ANSWER, Key.USAGE_CONFIRM_ANSWER, act=Staff.confirm),
    "congbo": Command(Key.COMMAND_RELEASE, Key.USAGE_RELEASE, read=Staff.release),
    "chuanhan": Command(Key.COMMAND_UNDELIVERED, Key.USAGE_UNDELIVERED, act=Staff.undelivered),
    "trogiup": Command(Key.COMMAND_HELP, read=Staff.help),
}


def usage(voice: Voice, name: str) -> str:
    """How a command is typed."""
    takes = COMMANDS[name].takes
    return f"/{name} {voice.text(takes)}" if takes else f"/{name}"
