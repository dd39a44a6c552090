"""Somebody wrote: one transaction from their words to our answer, the submission, its history and its card."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.conversation import EXPECTS_WORDS, Scene, Session, advance
from bot.conversation.session import (
    Answer,
    Answered,
    CopyData,
    Demand,
    Edit,
    Edited,
    Erase,
    Event,
    File,
    Filed,
    Find,
    Found,
    Heard,
    Listed,
    ListOwn,
    Own,
    Propose,
    Proposed,
    Rate,
    Rated,
    Refused,
    TakeBack,
    TookBack,
    Turn,
    Unsaid,
    Unsay,
    Weigh,
    Wish,
    Withdraw,
    Withdrew,
)
from bot.domain.department import OUT_OF_SCOPE, RoutingTable
from bot.domain.errors import NotFound, Refusal
from bot.domain.message import Address, Attached, Chose, Content, Inbound, Typed, Words
from bot.domain.notice import Danger
from bot.domain.person import Person
from bot.domain.programme import Programme
from bot.domain.submission import ASKER, Action, HistoryEntry, NewSubmission, State, Submission, after, topic_of
from bot.domain.text import storable
from bot.ports import Clock, Router, Store, Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases import erase as erasing
from bot.usecases.apart import announce, keep_apart
from bot.usecases.asking import close_ask
from bot.usecases.flood import CARDS_A_MINUTE, MINUTE, OPEN_OF_ONE
from bot.usecases.own_data import OwnData
from bot.usecases.ratings import Ratings
from bot.usecases.redraw import redraw, relist
from bot.usecases.running import Running
from bot.usecases.split import apart_with_its_whole, join_parts, living_parts
from bot.usecases.voice import Voice

_SHORT = 300  # signs that are looked at sooner than another thread would begin


class Receive:
    """The road in for every channel. `boards` are the places where each new submission is shown as a card."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        router: Router,
        watcher: Watcher,
        voice: Voice,
        running: Running,
        boards: Collection[Address] = (),
        own_data: OwnData | None = None,
    ) -> None:
        """Without `own_data` erasures are remembered in the database alone."""
        self._own_data = own_data or OwnData(clock, voice, running, erasing.Erase(clock, voice, watcher))
        self._store = store
        self._clock = clock
        self._router = router
        self._watcher = watcher
        self._voice = voice
        self._running = running
        self._boards = boards

    async def __call__(self, inbound: Inbound, inbox_id: int | None = None) -> None:
        """Take one message in. With `inbox_id` its kept update is marked done in the same commit (exactly once)."""
        await self.look(_words(inbound.content))  # before it is our turn to write: it takes the longest of all
        async with self._store.transaction() as tx:
            if inbox_id is not None and await tx.inbox.is_done(inbox_id):
                return
            programme, routing = await self._running.view(tx)
            visit = _Visit(self, tx, inbound.address, programme, routing)
            await visit.take(inbound)
            if inbox_id is not None:
                await tx.inbox.done(inbox_id, self._clock.now())

    async def look(self, text: str) -> Danger | None:
        """What a text tells of. A page takes thirty milliseconds: nobody else shall wait for that."""
        if len(text) > _SHORT:
            return (await asyncio.to_thread(self._watcher.look, text)).danger
        return self._watcher.look(text).danger if text else None


class _Visit:
    """One message in the making: the transaction, who it is, and the programme as it stands."""

    def __init__(
        self, receive: Receive, tx: Transaction, address: Address, programme: Programme, routing: RoutingTable
    ) -> None:
        self._clock, self._router, self._voice = receive._clock, receive._router, receive._voice  # noqa: SLF001
        self._look, self._boards = receive.look, receive._boards  # noqa: SLF001
        self._own_data = receive._own_data  # noqa: SLF001
        self._tx = tx
        self._address = address
        self._programme = programme
        self._routing = routing
        self._now = self._clock.now()

    async def take(self, inbound: Inbound) -> None:
        await self._tx.outbox.reopen(self._address, self._now)  # whoever blocked the bot and writes again hears it now
        stored = await self._tx.sessions.get(self._address)
        session = Session.from_json(stored) if stored else Session()
        danger = await self._danger(_words(inbound.content))
        scene = Scene(self._programme, self._now, danger, await self._asked())
        turn = advance(session, Heard(inbound.content, inbound.sent_at), scene)
        says = list(turn.says)
        while turn.wish is not None and turn.session is not None:
            outcome = await self._fulfil(turn.wish, turn.session)
            turn = advance(turn.session, outcome, scene)
            says += turn.says
        words = [self._voice.words(say) for say in says]
        await self._remember(turn, words, before=session.consent_version)
        for message in words:
            await self._tx.outbox.say(self._address, message, self._now, ephemeral=turn.session is None)

    async def _remember(self, turn: Turn, words: Sequence[Words], *, before: int) -> None:
        if turn.session is None:
            await self._tx.sessions.forget(self._address)
            await self._tx.people.forget(self._address)
            await self._tx.outbox.forget(self._address)
            return
        session = turn.session
        shown = next((message for message in reversed(words) if message.choices), None)
        if shown is not None:
            session = replace(session, offered=self._voice.folded_choices(shown))
        elif session.step in EXPECTS_WORDS:
            session = replace(session, offered=())
        if session.consent_version:
            person = await self._person(session)
            if session.consent_version != before:
                await self._consented(person)
        await self._tx.sessions.put(self._address, session.to_json(), self._now, draft_open=bool(session.draft))

    async def _person(self, session: Session) -> Person:
        return await self._tx.people.put(
            self._address, session.consent_version, self._now, session.unit, session.youth_group
        )

    async def _consented(self, person: Person) -> None:
        """Keep to what, word for word, and when (NĐ 356/2025/NĐ-CP Điều 6)."""
        contact = self._programme.contact
        words = self._voice.text(Key.CONSENT, controller=contact.controller, contact=contact.contact)
        await self._tx.privacy.consented(person.id, person.consent_version, self._now, words)

    # -------------------------------------------------------------- wishes

    async def _fulfil(self, wish: Wish, session: Session) -> Event:
        try:
            match wish:
                case Propose(text):
                    return await self._propose(text, session)
                case File():
                    return await self._file(wish, session)
                case ListOwn():
                    return Listed(tuple([await self._own(one) for one in await self._own_submissions()]))
                case Find(code, then):
                    return Found(await self._own(await self._mine(code)), then)
                case Edit(code, text):
                    return await self._edit(await self._mine(code), text, session)
                case Withdraw(code):
                    return await self._withdraw(await self._mine(code))
                case Answer(code, text):
                    return await self._answer(await self._mine(code), text)
                case TakeBack(code):
                    return await self._take_back(await self._mine(code))
                case Rate():
                    return await self._rate(wish)
                case CopyData() | Weigh() | Erase() | Demand():
                    return await self._own_data(self._tx, self._address, wish)
                case Unsay(answer_id):
                    ratings = Ratings(self._tx, self._programme.code)
                    return Unsaid(*await ratings.unsay(await self._someone(), answer_id, self._now))
        except Refusal as refusal:
            return Refused(refusal)

    async def _danger(self, text: str) -> Danger | None:
        return await self._look(text)

    async def _propose(self, text: str, session: Session) -> Proposed:
        danger = await self._danger(text)
        changes_private = bool(session.editing) and (await self._mine(session.editing)).private
        if danger or changes_private:
            return Proposed("", "", sure=False, out_of_scope=False, danger=danger, private=True)
        proposal = self._router.propose(text, self._routing.leads)
        if proposal is None:
            return Proposed(topic="", department="", sure=False, out_of_scope=False)
        route = self._routing.route(proposal.topic)
        return Proposed(
            topic=self._routing.topics[proposal.topic].name,
            department=self._routing.name(route.lead),
            sure=not proposal.abstained and not route.unassigned,
            out_of_scope=proposal.topic == OUT_OF_SCOPE and not proposal.abstained,
        )

    async def _file(self, wish: File, session: Session) -> Filed:
        person = await self._person(session)
        text = storable(wish.text)
        danger = await self._danger(text)
        proposal = self._router.propose(text, self._routing.leads)
        submission = await self._tx.submissions.add(
            NewSubmission(
                programme=self._programme.code,
                receipt_prefix=self._programme.receipt_prefix,
                text=text,
                topic=topic_of(proposal),
                proposal=proposal,
                source=self._address.channel,
                source_label="",
                person_id=person.id,
                unit=session.unit,
                youth_group=session.youth_group,
                typed_at=wish.typed_at,
                received_at=self._now,
                late=wish.late,
                private=danger is not None or session.confiding,
            )
        )
        await self._note(submission, Action.SUBMIT, None)
        if submission.private:
            await keep_apart(self._tx, submission, danger, self._now)
            await announce(self._tx, self._now, self._boards, self._voice)
        held = await self._show(submission)
        return Filed(submission.code, submission.late, submission.private, held)

    async def _edit(self, submission: Submission, text: str, session: Session) -> Event:
        if not (stored := storable(text)):
            raise Refusal(Key.REFUSE_EMPTY_TEXT)
        danger = await self._danger(stored)
        proposal = self._router.propose(stored, self._routing.leads)
        # Words that no longer tell of danger do not open what was private: the responsible person does. And what was
        # promised when the draft was shown holds, whatever became of the submission since.
        private = submission.private or danger is not None or session.confiding
        await self._change(
            submission,
            Action.EDIT,
            text=stored,
            topic=topic_of(proposal),
            proposal=proposal,
            text_before=submission.text,
            private=private,
        )
        if private and not submission.private:
            apart = replace(submission, state=State.WAITING, topic=topic_of(proposal), private=True)
            await keep_apart(self._tx, apart, danger, self._now)
        if private and (danger or not submission.private or submission.state is not State.WAITING):
            await announce(self._tx, self._now, self._boards, self._voice)
        return Edited(submission.code, private)

    async def _withdraw(self, submission: Submission) -> Event:
        await self._change(submission, Action.WITHDRAW)
        return Withdrew(submission.code)

    async def _asked(self) -> str:
        """The code of the submission about which this person was asked something that waits for its answer."""
        person = await self._tx.people.get(self._address)
        ask = await self._tx.asks.to_answer(person.id, self._programme.code) if person else None
        submission = await self._tx.submissions.get(ask.submission_id) if ask else None
        return submission.code if submission else ""

    async def _answer(self, submission: Submission, text: str) -> Event:
        """The answer stands beside the words; they themselves stay as they are. It may make the topic clearer."""
        ask, answer = await self._tx.asks.newest(submission.id), storable(text)
        if ask is None or not ask.is_open or submission.state is not State.ASKED:
            raise Refusal(Key.REFUSE_NOT_ASKED, code=submission.code)
        danger = await self._danger(answer)
        proposal = self._router.propose(f"{submission.text}\n{answer}", self._routing.leads)
        unmoved = submission.topic == topic_of(submission.proposal)
        answered = replace(
            submission,
            state=after(submission.state, Action.ANSWER),
            topic=topic_of(proposal) if unmoved else submission.topic,
            proposal=proposal,
            private=submission.private or (danger is not None and not submission.part),
            last_decision=None,
        )
        await self._tx.asks.change(replace(ask, answer=answer, answered_at=self._now))
        await self._tx.news.drop(submission.id)
        saved = await self._save(answered, submission, Action.ANSWER)
        if danger and not submission.private:
            await apart_with_its_whole(self._tx, saved, danger, self._now)
            await announce(self._tx, self._now, self._boards, self._voice)
        return Answered(submission.code, danger is not None or saved.private)

    async def _take_back(self, submission: Submission) -> Event:
        """Only as long as nobody has done anything with the answer."""
        ask = await self._tx.asks.newest(submission.id)
        last = (await self._tx.history.of(submission.id))[-1]
        if ask is None or ask.answered_at is None or last.action is not Action.ANSWER:
            raise Refusal(Key.REFUSE_ANSWER_USED, code=submission.code)
        await self._tx.asks.change(replace(ask, answer="", answered_at=None))
        asked = replace(submission, state=after(submission.state, Action.TAKE_BACK))
        await self._save(asked, submission, Action.TAKE_BACK)
        return TookBack(submission.code, ask.answer)

    async def _rate(self, wish: Rate) -> Rated:
        """Of an answer that this person was told; somebody else's is as unknown to them as one that does not exist."""
        ratings, person_id = Ratings(self._tx, self._programme.code), await self._someone()
        about = await self._mine(wish.code) if wish.code else None
        heard = await ratings.of(person_id, about) if about else await ratings.heard(person_id, wish.answer_id)
        kept = await ratings.rate(heard, storable(wish.words), self._now, good=wish.good)
        return Rated(about.code if about else heard.submission.code, kept.answer_id, wish.good, wish.words)

    async def _someone(self) -> int:
        """The id of the person of this chat, 0 (nobody's) where none is known."""
        person = await self._tx.people.get(self._address)
        return person.id if person else 0

    async def _save(self, changed: Submission, before: Submission, action: Action, text_before: str = "") -> Submission:
        saved = await self._tx.submissions.change(changed, before.version)
        if saved is None:
            raise Refusal(Key.REFUSE_CHANGED, code=before.code)
        await self._note(saved, action, before.state, text_before)
        await self._show(saved)
        return saved

    async def _change(
        self,
        submission: Submission,
        action: Action,
        *,
        text_before: str = "",
        **fields: object,
    ) -> None:
        """An asker's own change: whatever was decided before is open again, and the card is drawn anew."""
        then = after(submission.state, action)
        changed = replace(
            submission,
            state=then,
            issue_id=None,
            reason="",
            body="",
            assignee="",
            shown_text="",
            decided_by="",
            decided_at=None,
            last_decision=None,
            **fields,  # type: ignore[arg-type]
        )
        await self._save(changed, submission, action, text_before)
        await close_ask(self._tx, submission.id, self._now)
        await self._tx.news.drop(submission.id)  # whatever was to be told is about other words
        if submission.state is State.SPLIT:
            await join_parts(self._tx, submission.id, ASKER, self._now)

    # -------------------------------------------------------------- helpers

    async def _own_submissions(self) -> list[Submission]:
        person = await self._tx.people.get(self._address)
        return await self._tx.submissions.of_person(person.id, self._programme.code) if person else []

    async def _own(self, submission: Submission) -> Own:
        reason = submission.reason or submission.body
        if submission.state is State.SPLIT:
            say = self._voice.text
            parts = await living_parts(self._tx, submission.id)
            reason = "; ".join(
                say(Key.MINE_PART, part=part.part, state=say(Key(f"state.{part.state.value}"))) for part in parts
            )
        return Own(submission.code, submission.state.value, submission.text, reason, submission.private)

    async def _mine(self, code: str) -> Submission:
        """The person's own submission; somebody else's code is as unknown to them as one that does not exist."""
        person = await self._tx.people.get(self._address)
        submission = await self._tx.submissions.by_code(code) if person else None
        fits = submission is not None and submission.programme == self._programme.code
        if person is None or submission is None or not fits or submission.person_id != person.id:
            raise NotFound(Key.REFUSE_NO_CODE, code=code)
        return submission

    async def _note(self, submission: Submission, action: Action, before: State | None, text_before: str = "") -> None:
        entry = HistoryEntry(
            submission_id=submission.id,
            at=self._now,
            actor=ASKER,
            action=action,
            before=before,
            after=submission.state,
            topic=submission.topic,
            text_before=text_before,
        )
        await self._tx.history.add(entry)

    async def _show(self, submission: Submission) -> bool:
        """Draw the card in every board; of a private submission only take back what a board shows already, and of one
        of too many only draw that anew: it comes up by itself. Returns whether it is one of too many.
        """
        too_many = not submission.private and await self._is_one_of_too_many(submission)
        if submission.private or too_many:
            await redraw(self._tx, submission, self._now)
            return too_many
        for board in self._boards:
            await self._tx.board.open(board, submission.id)
            await self._tx.outbox.card(board, submission.id, self._now)
        await relist(self._tx, submission, self._now)
        return False

    async def _is_one_of_too_many(self, submission: Submission) -> bool:
        waiting, lately = await self._tx.submissions.pile(submission, self._now - MINUTE)
        return waiting > OPEN_OF_ONE or lately > CARDS_A_MINUTE


def _words(content: Content) -> str:
    """What was typed, with or without a thing attached."""
    match content:
        case Typed(text):
            return text
        case Attached(_, caption):
            return caption
        case Chose():
            return ""
