"""A submission as moderators see it: the facts (for the web board) and the drawn card (for a chat board)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.ask import Ask
from bot.domain.department import OUT_OF_SCOPE, RoutingTable
from bot.domain.disguise import disguised
from bot.domain.errors import NotFound
from bot.domain.notice import Danger, Notices, PersonalSpan, Spam, masked
from bot.domain.programme import Programme
from bot.domain.role import RIGHTS, By
from bot.domain.submission import Action, State, Submission, topic_of
from bot.domain.text import shorten
from bot.ports import Card, CardButton, Router, Shelf, ShownCard, Sought, Store, Transaction, Watcher
from bot.texts.catalogue import when
from bot.texts.keys import Key
from bot.usecases.apart import opened_up
from bot.usecases.masking import Masking, Passage
from bot.usecases.running import Running
from bot.usecases.shelves import shelf_of
from bot.usecases.similar import FindSimilar, Twin
from bot.usecases.split import living_parts
from bot.usecases.voice import Voice

DEPARTMENTS, TOPICS, REASONS, BODIES, MORE = "departments", "topics~", "reasons", "bodies", "more"
_MERGES = 2  # similar issues that a card offers to join
_DEPARTMENTS_A_ROW = 2
_PART_LENGTH = 60
_CIRCLED_ONE, _CIRCLED = ord("①"), 20  # as many circled numbers as there are
_DANGERS = {Danger.SELF_HARM: Key.CARD_SELF_HARM, Danger.ABUSE: Key.CARD_ABUSE}
_SPAM = {Spam.ADVERTISING: Key.CARD_ADVERTISING, Spam.FLOODING: Key.CARD_FLOODING}


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the machine's best guesses, with where it would go under this programme."""

    topic: str
    topic_name: str
    department: str
    department_name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class MergeTarget:
    """An issue that a submission may join, by the code of the similar submission in it."""

    issue: int
    code: str


@dataclass(frozen=True, slots=True)
class CardFacts:
    """Everything that a moderator may see of a submission. No account, no name: nobody needs them to decide."""

    id: int
    version: int
    code: str
    text: str
    unit: str
    group: str
    source: str
    received_at: datetime
    late: bool
    state: State
    topic: str
    topic_name: str
    department: str
    department_name: str
    department_short: str
    supporting: tuple[str, ...]
    supporting_ids: tuple[str, ...]
    issue: int | None
    confidence: float | None
    abstained: bool
    unassigned: bool
    unclear: bool
    moved_by_hand: bool
    alternatives: tuple[Alternative, ...]
    because: tuple[str, ...]
    similar: str
    merge_targets: tuple[MergeTarget, ...]
    wording: str
    members: tuple[str, ...]
    masked: bool
    has_personal: bool
    covered: str
    passages: tuple[Passage, ...]
    several: tuple[str, ...]
    parts: tuple[str, ...]
    whole: str
    assignee: str
    asked: tuple[str, ...]
    notices: tuple[str, ...]
    spam: bool
    private: bool
    actions: tuple[Action, ...]
    decided_by: str
    decided_at: datetime | None
    reason: str
    body: str

    def seen_by(self, by: By) -> CardFacts:
        """The same with only those actions that this person may do."""
        theirs = by.covers((self.department or None,), self.unit)
        return replace(self, actions=tuple(one for one in self.actions if theirs and one in RIGHTS[by.role]))


class Cards:
    """Reads submissions as cards."""

    def __init__(
        self, store: Store, voice: Voice, running: Running, router: Router, similar: FindSimilar, watcher: Watcher
    ) -> None:
        self._store = store
        self._router = router
        self._watcher = watcher
        self._masking = Masking(watcher, voice)
        self._similar = similar
        self._voice = voice
        self._running = running

    async def facts(self, states: Iterable[State], limit: int = 200) -> list[CardFacts]:
        """The submissions of the running programme in these states, oldest first, at most `limit`."""
        async with self._store.reading() as tx:
            view = await self._running.view(tx)
            found = await tx.submissions.matching(self._running.code, Sought(tuple(states)), limit=limit)
            return [await self.read(tx, submission, *view) for submission in found]

    async def one(self, submission_id: int, *, chief: bool = False) -> CardFacts:
        """One submission. Raises NotFound; a private one is there for a responsible person (`chief`) alone."""
        async with self._store.reading() as tx:
            view = await self._running.view(tx)
            submission = await tx.submissions.get(submission_id)
            if submission is None or submission.state is State.JOINED or (submission.private and not chief):
                raise NotFound(Key.REFUSE_STALE_BUTTON)
            return await self.read(tx, submission, *view)

    async def read(
        self, tx: Transaction, submission: Submission, programme: Programme, routing: RoutingTable
    ) -> CardFacts:
        """The facts of one submission; an approved one names the department that its issue was given."""
        route = routing.route(submission.topic)
        issue = await tx.issues.get(submission.issue_id) if submission.issue_id else None
        lead = issue.lead if issue else route.lead
        supporting = issue.supporting if issue else route.supporting
        proposal = submission.proposal
        notices = await asyncio.to_thread(self._watcher.look, submission.shown)
        split = submission.state is State.SPLIT
        whole = await tx.submissions.get(submission.whole_id) if submission.whole_id is not None else None
        twins = await self._similar.near(tx, submission, routing)
        members = await tx.submissions.of_issue(issue.id) if issue else []
        passages = await self._masking.passages(tx, submission, issue)
        return CardFacts(
            id=submission.id,
            version=submission.version,
            code=submission.code,
            text=submission.shown,
            unit=submission.unit,
            group=self._label("group", submission.youth_group),
            source=submission.source_label or self._label("source", submission.source.value),
            received_at=submission.typed_at,
            late=submission.is_late(programme.window),
            state=submission.state,
            topic=submission.topic,
            topic_name=routing.topic_name(submission.topic),
            department=lead or "",
            department_name=routing.name(lead),
            department_short=routing.department(lead).short_name if lead else "",
            supporting=tuple(routing.name(id_) for id_ in supporting),
            supporting_ids=tuple(supporting),
            issue=submission.issue_id,
            confidence=proposal.confidence if proposal else None,
            abstained=proposal is None or proposal.abstained,
            unassigned=route.unassigned,
            unclear=issue is not None and issue.lead is None,
            moved_by_hand=submission.topic != topic_of(proposal),
            alternatives=self._alternatives(submission, routing),
            because=await self._because(submission),
            similar=self._similar_line(twins),
            merge_targets=_merge_targets(submission, twins),
            wording=issue.edited_text if issue else "",
            members=tuple(one.code for one in members) if len(members) > 1 else (),
            masked=bool(submission.shown_text),
            has_personal=bool(notices.personal) or any(one.covered != one.text for one in passages),
            covered=masked(submission.shown, notices.personal) if notices.personal else "",
            passages=tuple(passages),
            several=notices.parts,
            parts=tuple(part.code for part in await living_parts(tx, submission.id)) if split else (),
            whole=whole.code if whole else "",
            assignee=submission.assignee,
            asked=await self._asked(tx, submission),
            notices=await self._notices(tx, submission, notices, routing),
            spam=notices.spam is not None,
            private=submission.private,
            actions=submission.actions(),
            decided_by=submission.decided_by,
            decided_at=submission.decided_at,
            reason=self._voice.reason(submission.reason),
            body=self._voice.reason(submission.body),
        )

    def _alternatives(self, submission: Submission, routing: RoutingTable) -> tuple[Alternative, ...]:
        if submission.proposal is None:
            return ()
        return tuple(
            Alternative(topic, routing.topics[topic].name, lead or "", routing.name(lead), confidence)
            for topic, confidence in submission.proposal.alternatives
            for lead in (routing.route(topic).lead,)
        )

    async def _asked(self, tx: Transaction, submission: Submission) -> tuple[str, ...]:
        """What was asked back, and what came of it, oldest first."""
        if submission.version == 1 and submission.whole_id is None:  # nothing was done to it: no need to ask
            return ()
        ids = [submission.id] if submission.whole_id is None else [submission.whole_id, submission.id]
        return tuple(self._asked_line(ask) for ask in await tx.asks.of(ids))

    def _asked_line(self, ask: Ask) -> str:
        values = {"by": ask.by, "question": ask.shown_question, "answer": ask.shown_answer, "due": ask.due_at}
        if ask.answered_at is not None:
            return self._voice.text(Key.CARD_ANSWERED, **values)
        if ask.closed_at is not None:
            return self._voice.text(Key.CARD_UNANSWERED, **values)
        return self._voice.text(Key.CARD_ASKED_TILL if ask.told_at else Key.CARD_ASKED, **values)

    async def _because(self, submission: Submission) -> tuple[str, ...]:
        """The words that decided, while the machine's proposal is what a moderator looks at."""
        proposal = submission.proposal
        if proposal is None or submission.state is not State.WAITING or submission.topic != proposal.topic:
            return ()
        # A page of text takes sixty milliseconds, and a board two hundred cards: nobody else shall wait for that.
        return await asyncio.to_thread(self._router.explain, submission.shown, proposal.topic)

    async def _notices(
        self, tx: Transaction, submission: Submission, notices: Notices, routing: RoutingTable
    ) -> tuple[str, ...]:
        """What was noticed in the text, a sentence each, while somebody has to decide: by the responsible person who
        read it first, and by the machine.
        """
        if submission.state is not State.WAITING:
            return ()
        say = self._voice.text
        opened = None if submission.private else await opened_up(tx, submission)
        lines = [
            say(Key.CARD_OPENED_UP, by=opened.actor, at=opened.at) if opened else "",
            say(_DANGERS[notices.danger]) if notices.danger and submission.private else "",
            await self._parts_line(notices.parts, routing),
            self._personal_line(submission.shown, notices.personal),
            say(_SPAM[notices.spam]) if notices.spam else "",
            say(Key.CARD_DENOUNCES) if notices.denounces else "",
            say(Key.CARD_DISGUISED) if disguised(submission.shown) else "",
        ]
        return tuple(filter(None, lines))

    async def _parts_line(self, parts: Sequence[str], routing: RoutingTable) -> str:
        """Several questions and what each is about; nothing where the machine finds one subject in all of them."""
        if not parts:
            return ""
        proposals = await asyncio.to_thread(self._router.propose_all, parts, routing.leads)
        topics = [routing.topic_name(topic_of(proposal)) for proposal in proposals]
        if len(set(topics)) == 1 and topics[0]:
            return ""
        shown = [
            self._voice.text(
                Key.CARD_PART_TOPIC if topic else Key.CARD_PART,
                mark=chr(_CIRCLED_ONE + number - 1) if number <= _CIRCLED else f"({number})",
                text=f"“{shorten(part, _PART_LENGTH)}”",
                topic=topic,
            )
            for number, (part, topic) in enumerate(zip(parts, topics, strict=True), 1)
        ]
        return self._voice.text(Key.CARD_PARTS, count=len(parts), parts="; ".join(shown))

    def _personal_line(self, text: str, spans: Sequence[PersonalSpan]) -> str:
        if not spans:
            return ""
        kinds = dict.fromkeys(self._label("personal", span.kind.value) for span in spans)
        hidden = masked(text, spans)
        shown = dict.fromkeys(hidden[span.start : span.end] for span in spans)
        return self._voice.text(Key.CARD_PERSONAL, kinds=", ".join(kinds), masked=", ".join(shown))

    def _similar_line(self, twins: Sequence[Twin]) -> str:
        """Which others ask nearly the same, and what became of them; empty where there are none."""
        if not twins:
            return ""
        return self._voice.text(Key.CARD_SIMILAR, others="; ".join(map(self._twin, twins)))

    def _twin(self, twin: Twin) -> str:
        say = self._voice.text
        marks = [
            f"{int(100 * twin.score)} %",  # rounded down: 100 % is a copy and nothing less
            self._other_programme(twin.year),
            say(Key(f"state.{twin.submission.state.value}")),
            twin.department,
        ]
        return f"{twin.submission.code} ({', '.join(filter(None, marks))})"

    def _other_programme(self, year: int | None) -> str:
        if year is None:
            return ""
        return self._voice.text(Key.CARD_SIMILAR_YEAR, year=year) if year else self._voice.text(Key.CARD_SIMILAR_OTHER)

    def _label(self, section: str, name: str) -> str:
        return self._voice.catalogue.section(section).get(name, name)

    # -------------------------------------------------------------- the card of a chat board

    async def draw(self, tx: Transaction, submission_id: int, shown: ShownCard) -> Card:
        """The card as it stands now, its buttons as the menu of this board has them unfolded. Raises NotFound."""
        programme, routing = await self._running.view(tx)
        submission = await tx.submissions.get(submission_id)
        if submission is None:
            raise NotFound(Key.REFUSE_STALE_BUTTON)
        if submission.private or submission.state is State.JOINED:
            return self._withdrawn_card(submission, shown)
        facts = await self.read(tx, submission, programme, routing)
        late = f" · {self._voice.text(Key.CARD_LATE)}" if facts.late else ""
        state = self._voice.text(Key(f"state.{facts.state.value}"))
        return Card(
            submission_id=facts.id,
            version=facts.version,
            code=facts.code,
            head=self._voice.marked(f"{facts.code} · {state}{late}"),
            text=facts.text,
            facts=self._table(facts),
            lines=self._lines(facts),
            state=facts.state.value,
            buttons=(*self._buttons(facts, shown.menu, routing), *self._onwards(shown)),
            shelf=None if shown.walk else self._shelf(facts),
        )

    def _shelf(self, facts: CardFacts) -> Shelf | None:
        unsure = facts.state is State.WAITING and facts.abstained and not facts.moved_by_hand
        return shelf_of(
            facts.state,
            department=facts.department,
            short_name=facts.department_short,
            unclear=facts.unclear or unsure,
            spam=facts.spam,
            voice=self._voice,
        )

    def _onwards(self, shown: ShownCard) -> tuple[tuple[CardButton, ...], ...]:
        """The way on, in a message that walks through the queue."""
        return ((self._button(Key.A_NEXT, "next"),),) if shown.walk and not shown.menu else ()

    def _withdrawn_card(self, submission: Submission, shown: ShownCard) -> Card:
        """A card that a board showed before it became private: its code and not a word more."""
        gone = self._voice.text(Key.CARD_PRIVATE_GONE if submission.private else Key.CARD_JOINED)
        head = self._voice.marked(submission.code)
        buttons = self._onwards(shown)
        return Card(
            submission.id, submission.version, submission.code, head, gone, (), (), submission.state.value, buttons
        )

    def _table(self, facts: CardFacts) -> tuple[tuple[str, str], ...]:
        say = self._voice.text
        missing = say(Key.CARD_NOT_GIVEN)
        return (
            (say(Key.CARD_UNIT), facts.unit or missing),
            (say(Key.CARD_GROUP), facts.group or missing),
            (say(Key.CARD_SOURCE), facts.source),
            (say(Key.CARD_RECEIVED), when(facts.received_at)),
        )

    def _lines(self, facts: CardFacts) -> tuple[str, ...]:
        lines = [self._proposal_line(facts)]
        if facts.because:
            lines.append(self._voice.text(Key.CARD_BECAUSE, words=quoted(facts.because)))
        if facts.supporting and not facts.unclear:
            lines.append(self._voice.text(Key.CARD_SUPPORTING, departments=", ".join(facts.supporting)))
        if facts.unassigned and facts.state is State.WAITING:
            lines.append(self._voice.text(Key.CARD_UNASSIGNED))
        if facts.similar:
            lines.append(facts.similar)
        lines += facts.notices
        lines += self._moderation_lines(facts)
        if decided := self._decision_line(facts):
            lines.append(decided)
        return tuple(lines)

    def _moderation_lines(self, facts: CardFacts) -> list[str]:
        """What moderators have made of it so far."""
        say = self._voice.text
        lines = [
            say(Key.CARD_MASKED) if facts.masked else "",
            say(Key.CARD_MERGED, count=len(facts.members), codes=", ".join(facts.members)) if facts.members else "",
            say(Key.CARD_WORDING, wording=facts.wording) if facts.wording else "",
            say(Key.CARD_PART_OF, code=facts.whole) if facts.whole else "",
            say(Key.CARD_SPLIT_INTO, codes=", ".join(facts.parts)) if facts.parts else "",
            *facts.asked,
            say(Key.CARD_ASSIGNED, by=facts.assignee) if facts.assignee else "",
        ]
        return [line for line in lines if line]

    def _proposal_line(self, facts: CardFacts) -> str:
        where = {"topic": facts.topic_name, "department": facts.department_name or self._no_department(facts)}
        if not facts.topic:
            return self._voice.text(Key.CARD_NOT_CLASSIFIED)
        if facts.moved_by_hand or facts.state is State.APPROVED or facts.confidence is None:
            return self._voice.text(Key.CARD_CHOSEN, **where)
        key = Key.CARD_UNSURE if facts.abstained else Key.CARD_PROPOSED
        return self._voice.text(key, confidence=round(100 * facts.confidence), **where)

    def _decision_line(self, facts: CardFacts) -> str:
        values = {"by": facts.decided_by, "at": facts.decided_at or facts.received_at}
        match facts.state:
            case State.APPROVED:
                department = facts.department_name or self._no_department(facts)
                return self._voice.text(Key.CARD_APPROVED, department=department, **values)
            case State.REJECTED:
                return self._voice.text(Key.CARD_REJECTED, reason=facts.reason, **values)
            case State.REDIRECTED:
                return self._voice.text(Key.CARD_REDIRECTED, body=facts.body, **values)
            case State.SPAM:
                return self._voice.text(Key.CARD_SPAM, **values)
            case State.WITHDRAWN:
                return self._voice.text(Key.CARD_WITHDRAWN)
            case State.JOINED:
                return self._voice.text(Key.CARD_JOINED)
            case State.WAITING | State.ASKED | State.SPLIT:
                return ""

    def _no_department(self, facts: CardFacts) -> str:
        nobody = facts.topic == OUT_OF_SCOPE
        return self._voice.text(Key.CARD_NOBODY if nobody else Key.CARD_NO_DEPARTMENT)

    def _buttons(self, facts: CardFacts, menu: str, routing: RoutingTable) -> tuple[tuple[CardButton, ...], ...]:
        back = (CardButton(self._voice.text(Key.A_BACK), "menu"),)
        if menu == DEPARTMENTS and Action.CHANGE_TOPIC in facts.actions:
            return (*self._guesses(facts), *_in_rows(self._departments(routing)), back)
        if menu.startswith(TOPICS) and Action.CHANGE_TOPIC in facts.actions:
            topics = routing.topics_of(menu.removeprefix(TOPICS))
            return (*((CardButton(topic.name, f"topic~{topic.code}"),) for topic in topics), back)
        if menu == REASONS and Action.REJECT in facts.actions:
            return (*self._listed("reason_label", "reason"), (self._button(Key.A_SET_APART, "apart"),), back)
        if menu == BODIES and Action.REDIRECT in facts.actions:
            return (*self._listed("body_label", "body"), back)
        if menu == MORE:
            return (*self._more(facts), back)
        return self._actions(facts)

    def _actions(self, facts: CardFacts) -> tuple[tuple[CardButton, ...], ...]:
        """What is done most, under the card itself; the rest is one step away."""
        beside = {
            Action.CHANGE_TOPIC: self._button(
                Key.A_CHANGE_TOPIC if facts.topic else Key.A_CHOOSE_TOPIC, f"menu~{DEPARTMENTS}"
            ),
            Action.REJECT: self._button(Key.A_REJECT, f"menu~{REASONS}"),
            Action.UNDO: self._button(Key.A_UNDO, "undo"),
        }
        others = tuple(button for action, button in beside.items() if action in facts.actions)
        last = (*self._taking(facts), *((self._button(Key.A_MORE, f"menu~{MORE}"),) if self._more(facts) else ()))
        return tuple(row for row in (*self._approvals(facts), *self._merges(facts), others, last) if row)

    def _approvals(self, facts: CardFacts) -> list[tuple[CardButton, ...]]:
        if Action.APPROVE not in facts.actions:
            return []
        rows: list[tuple[CardButton, ...]] = []
        if facts.department:
            label = self._voice.text(Key.A_APPROVE_FOR, department=facts.department_short)
            rows.append((CardButton(label, "approve"),))
        if not facts.department or facts.abstained or facts.unassigned:
            rows.append((self._button(Key.A_APPROVE_UNCLEAR, "approve-unclear"),))
        return rows

    def _merges(self, facts: CardFacts) -> list[tuple[CardButton, ...]]:
        if facts.members or not {Action.APPROVE, Action.MERGE} & set(facts.actions):
            return []
        say = self._voice.text
        return [
            (CardButton(say(Key.A_MERGE_WITH, code=target.code), f"merge~{target.issue}"),)
            for target in facts.merge_targets
        ]

    def _taking(self, facts: CardFacts) -> tuple[CardButton, ...]:
        both = {
            Action.ASSIGN: self._button(Key.A_ASSIGN, "assign"),
            Action.UNASSIGN: self._button(Key.A_UNASSIGN, "unassign"),
        }
        return tuple(button for action, button in both.items() if action in facts.actions)

    def _more(self, facts: CardFacts) -> list[tuple[CardButton, ...]]:
        """What is done seldom."""
        seldom = {
            Action.REDIRECT: (self._button(Key.A_REDIRECT, f"menu~{BODIES}"), True),
            Action.MARK_SPAM: (self._button(Key.A_MARK_SPAM, "spam"), True),
            Action.MASK: (self._button(Key.A_MASK, "mask"), facts.has_personal),
            Action.UNMERGE: (self._button(Key.A_UNMERGE, "unmerge"), bool(facts.members)),
            Action.SPLIT: (self._button(Key.A_SPLIT, "split"), facts.several),
            Action.GO_ON: (self._button(Key.A_GO_ON, "go-on"), True),
            Action.RESTORE: (self._button(Key.A_RESTORE, "restore"), True),
        }
        return [(button,) for action, (button, fits) in seldom.items() if fits and action in facts.actions]

    def _listed(self, section: str, verb: str) -> list[tuple[CardButton, ...]]:
        """A button for each line of an editable list."""
        labels = self._voice.catalogue.section(section)
        return [(CardButton(label, f"{verb}~{name}"),) for name, label in labels.items()]

    def _button(self, key: Key, action: str) -> CardButton:
        return CardButton(self._voice.text(key), action)

    def _guesses(self, facts: CardFacts) -> tuple[tuple[CardButton, ...], ...]:
        return tuple(
            (CardButton(f"{guess.topic_name} → {guess.department_name}", f"topic~{guess.topic}"),)
            for guess in facts.alternatives
            if guess.department and guess.topic != facts.topic
        )

    def _departments(self, routing: RoutingTable) -> list[CardButton]:
        leads = {route.lead for route in routing.routes.values()}
        return [
            CardButton(body.short_name, f"menu~{TOPICS}{body.id}")
            for body in routing.departments.values()
            if body.id in leads
        ]


def _merge_targets(submission: Submission, twins: Sequence[Twin]) -> tuple[MergeTarget, ...]:
    """The issues of this programme that hold something similar, each once, the most alike first."""
    found: dict[int, MergeTarget] = {}
    for twin in twins:
        other = twin.submission
        fits = other.programme == submission.programme and other.state is State.APPROVED and not other.private
        if fits and other.issue_id is not None and other.issue_id != submission.issue_id:
            found.setdefault(other.issue_id, MergeTarget(other.issue_id, other.code))
    return tuple(found.values())[:_MERGES]


def _in_rows(buttons: list[CardButton]) -> tuple[tuple[CardButton, ...], ...]:
    return tuple(
        tuple(buttons[start : start + _DEPARTMENTS_A_ROW]) for start in range(0, len(buttons), _DEPARTMENTS_A_ROW)
    )


def quoted(phrases: Iterable[str]) -> str:
    """Phrases of a text as they stand beside each other in a sentence."""
    return ", ".join(f"“{phrase}”" for phrase in phrases)
