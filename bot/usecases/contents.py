"""What a workbook holds, read from what is decided and what waits; private words are covered before anybody gets it."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.answer import ANSWERED, AnswerBody
from bot.domain.changes import Held, changes, digest
from bot.domain.decision import tallies
from bot.domain.department import Department, RoutingTable
from bot.domain.issue import Issue
from bot.domain.programme import Programme
from bot.domain.submission import State, Submission
from bot.domain.workbook import Content, DepartmentPart, Group, MachineLine, Row
from bot.ports import Clock, Store, Transaction, Watcher
from bot.texts.keys import Key
from bot.usecases import beside
from bot.usecases.audit import Audit
from bot.usecases.covering import Covering
from bot.usecases.ratings import opinions
from bot.usecases.running import Running
from bot.usecases.voice import Voice


@dataclass(frozen=True, slots=True)
class _View:
    """What a workbook is made by: the programme, its directory, what askers answered when they were asked back, what
    departments answered to the issues, and the submissions that it tells of.
    """

    programme: Programme
    routing: RoutingTable
    asked_back: Mapping[int, Sequence[str]]  # of each submission, in their order
    answers: Mapping[int, str]  # of each issue that has one
    missed: Mapping[int, int]  # of each issue, how many askers find the answer that holds beside the point
    submissions: Sequence[Submission]

    def of(self, *states: State) -> list[Submission]:
        return [one for one in self.submissions if one.state in states]


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a submission stands in the workbook, and the words that stand for it."""

    held: Held
    text: str


class Contents:
    """Gathers the content of the running programme's workbooks."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, running: Running, watcher: Watcher) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._covering = Covering(watcher, voice)
        self._audit = Audit(store, voice)

    async def gather(self, *, final: bool = False, supplement: int = 0, only: Collection[int] | None = None) -> Content:
        """What a workbook made now would hold. `final`, `supplement`: see Content. `only`: of the decided submissions
        just these (their ids), and nothing that waits.
        """
        async with self._store.reading() as tx:
            content = await self._content(tx, only)
        content = replace(content, final=final, supplement=supplement)
        return await asyncio.to_thread(self._covering, content)

    async def machine(self) -> tuple[MachineLine, ...]:
        """How often the machine was right, a line for each department to which something was decided."""
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
            return await self._machine(tx, routing)

    async def _machine(self, tx: Transaction, routing: RoutingTable) -> tuple[MachineLine, ...]:
        decisions = await tx.decisions.all(self._running.code)
        return tuple(
            MachineLine(routing.name(tally.department), tally.decided, tally.right)
            for tally in tallies(decisions, routing.leads)
        )

    async def _content(self, tx: Transaction, only: Collection[int] | None) -> Content:
        view = await self._view(tx, only)
        programme, routing = view.programme, view.routing
        members: dict[int, list[Submission]] = defaultdict(list)
        for submission in view.of(State.APPROVED):
            if submission.issue_id is not None:
                members[submission.issue_id].append(submission)
        asked = [issue for issue in await tx.issues.of_programme(programme.code) if members[issue.id]]
        content = Content(
            programme=programme.code,
            title=programme.title,
            theme=programme.theme,
            unit=programme.unit,
            number=await tx.exports.next_number(programme.code),
            made_at=self._clock.now(),
            rehearsal=self._voice.rehearsal,
            departments=self._departments(view, asked, members),
            unclear=tuple(
                self._row(members[issue.id], view, issue, note=self._guess(issue.topic, routing))
                for issue in asked
                if issue.lead is None
            ),
            waiting=tuple(self._row([one], view) for one in view.of(State.WAITING, State.ASKED)),
            machine=await self._machine(tx, routing),
            letterhead=programme.letterhead,
        )
        if content.issues != len(asked):
            raise RuntimeError(f"{len(asked)} issues were asked and {content.issues} stand in the workbook")
        standing = {issue.id: issue for issue in asked}
        return await self._with_the_rest(tx, content, view, self._held(view, standing, members), whole=only is None)

    async def _view(self, tx: Transaction, only: Collection[int] | None) -> _View:
        programme, routing = await self._running.view(tx)
        submissions = await tx.submissions.of_programme(programme.code, State)
        return _View(
            programme,
            routing,
            await _asked_back(tx, programme.code),
            await self._answers(tx, programme.code),
            Counter(one.answer.issue_id for one in (await opinions(tx, programme.code)).missed if one.current),
            [one for one in submissions if only is None or one.id in only],
        )

    async def _with_the_rest(
        self, tx: Transaction, content: Content, view: _View, held: Sequence[_Standing], *, whole: bool
    ) -> Content:
        """What the workbook says beside its questions; a supplement (not `whole`) tells of its own submissions only."""
        routing, submissions = view.routing, view.submissions
        texts = {one.held.submission_id: one.text for one in held}
        sources = beside.Sources(routing, self._voice, lambda one: texts[one.id])
        number, known = await tx.exported.last(content.programme)
        own = tuple(one.held for one in held)
        before = [one for one in known if whole or one.submission_id in texts]
        codes = None if whole else frozenset(one.code for one in submissions)
        return replace(
            content,
            unforwarded=beside.asides(submissions, sources),
            spam=len(view.of(State.SPAM)),
            late=beside.late(submissions, view.programme.window, sources),
            since=number,
            differences=beside.differences(changes(before, own) if number else (), submissions, sources),
            figures=beside.figures(submissions, self._voice),
            deeds=await beside.deeds(tx, content.programme, self._audit, codes),
            head=await tx.history.head(),
            held=own,
        )

    def _held(
        self, view: _View, issues: Mapping[int, Issue], members: Mapping[int, Sequence[Submission]]
    ) -> list[_Standing]:
        """How every submission stands in this workbook; one that speaks for its issue has the issue's words."""
        return [
            self._standing(one, view, issues.get(one.issue_id or 0), members)
            if one.state is State.APPROVED
            else self._standing(one, view, None, members)
            for one in view.submissions
        ]

    def _standing(
        self, one: Submission, view: _View, issue: Issue | None, members: Mapping[int, Sequence[Submission]]
    ) -> _Standing:
        speaks = issue is not None and _speaker(members[issue.id], issue) is one
        text = (issue.edited_text if issue and speaks else "") or self._words(one, view)
        held = Held(
            submission_id=one.id,
            code=one.code,
            state=one.state,
            topic=issue.topic if issue else one.topic,
            lead=issue.lead if issue else view.routing.route(one.topic).lead,
            issue=issue.number if issue else 0,
            words=digest(text),
        )
        return _Standing(held, text)

    def _departments(
        self,
        view: _View,
        asked: Sequence[Issue],
        members: Mapping[int, Sequence[Submission]],
    ) -> tuple[DepartmentPart, ...]:
        by_lead: dict[str, list[Issue]] = defaultdict(list)
        for issue in asked:
            if issue.lead is not None:
                by_lead[issue.lead].append(issue)
        return tuple(
            DepartmentPart(
                id=body.id,
                name=body.name,
                short_name=body.short_name,
                groups=self._groups(by_lead[body.id], view, members),
            )
            for body in _in_order(view.programme, view.routing, by_lead)
        )

    def _groups(
        self, issues: Iterable[Issue], view: _View, members: Mapping[int, Sequence[Submission]]
    ) -> tuple[Group, ...]:
        routing = view.routing
        by_topic: dict[str, list[Row]] = defaultdict(list)
        for issue in issues:
            by_topic[issue.topic].append(self._row(members[issue.id], view, issue))
        # A topic that the directory does not know (any more), or none at all, comes last and loses nobody's question.
        codes = dict.fromkeys((*(code for code in routing.topics if code in by_topic), *by_topic))
        unnamed = self._voice.text(Key.CARD_NOT_CLASSIFIED)
        return tuple(Group(routing.topic_name(code) or unnamed, tuple(by_topic[code])) for code in codes)

    def _row(self, members: Sequence[Submission], view: _View, issue: Issue | None = None, note: str = "") -> Row:
        routing = view.routing
        first = _speaker(members, issue)
        route = routing.route(first.topic)
        lead = issue.lead if issue else route.lead
        supporting = issue.supporting if issue else route.supporting
        missed = view.missed.get(issue.id, 0) if issue else 0
        notes = [
            note,
            self._voice.text(Key.NOTE_MISSED, count=missed) if missed else "",
            self._voice.text(Key.NOTE_LATE) if any(one.is_late(view.programme.window) for one in members) else "",
            self._voice.text(Key.NOTE_ASKED) if first.state is State.ASKED else "",
        ]
        return Row(
            codes=tuple(member.code for member in members),
            topic=routing.topic_name(first.topic),
            text=issue.edited_text if issue and issue.edited_text else self._words(first, view),
            units=tuple(dict.fromkeys(member.unit for member in members if member.unit)),
            lead=routing.name(lead),
            supporting=tuple(routing.name(id_) for id_ in supporting),
            submissions=len(members),
            note="; ".join(filter(None, notes)),
            number=issue.number if issue else 0,
            answer=view.answers.get(issue.id, "") if issue else "",
        )

    def _words(self, submission: Submission, view: _View) -> str:
        """What somebody wrote and what they answered when they were asked back."""
        of_the_whole = view.asked_back.get(submission.whole_id or 0, ())
        answers = (*of_the_whole, *view.asked_back.get(submission.id, ()))
        return "\n".join((submission.shown, *(self._voice.text(Key.NOTE_ANSWER, answer=one) for one in answers)))

    def _guess(self, topic: str, routing: RoutingTable) -> str:
        department = routing.name(routing.route(topic).lead)
        if not department:
            return ""
        return self._voice.text(Key.NOTE_GUESS, topic=routing.topics[topic].name, department=department)

    async def _answers(self, tx: Transaction, programme: str) -> Mapping[int, str]:
        """What stands in the answer column, by the issue's id: confirmed by a second person, released or not yet. While
        a newer one is only a draft, what was released before holds.
        """
        newest = {one.issue_id: one for one in await tx.answers.of_programme(programme) if one.state in ANSWERED}
        holding = {one.issue_id: one for one in await tx.answers.released(programme)} | newest
        return {id_: self._answer(one.body) for id_, one in holding.items()}

    def _answer(self, body: AnswerBody) -> str:
        """The department's words, then what it filled in beside them, a line each."""
        settlement = self._voice.catalogue.section("settlement")
        beside_it = (
            (Key.NOTE_BASIS, body.basis),
            (Key.NOTE_RESPONSIBLE, body.responsible),
            (Key.NOTE_DUE, body.due),
            (Key.NOTE_SETTLEMENT, settlement[body.settlement.value] if body.settlement else ""),
        )
        return "\n".join((body.text, *(self._voice.text(key, value=value) for key, value in beside_it if value)))


def _speaker(members: Sequence[Submission], issue: Issue | None) -> Submission:
    """Whose words stand for an issue: those for which it was made, else those that came first."""
    return next((one for one in members if issue and one.id == issue.founder), members[0])


async def _asked_back(tx: Transaction, programme: str) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for ask in await tx.asks.answered(programme):
        found[ask.submission_id].append(ask.shown_answer)
    return found


def _in_order(programme: Programme, routing: RoutingTable, asked: Mapping[str, object]) -> list[Department]:
    """The plan's own departments first, zeros too; then whoever else was asked.

    A plan that names no department (Sóc Trăng 2023) takes every department of the directory at its date.
    """
    leads = {route.lead for route in routing.routes.values()}
    named = [id_ for id_ in programme.named_departments if id_ in routing.departments]
    others = [id_ for id_ in routing.departments if (id_ in asked if named else id_ in leads or id_ in asked)]
    # A department that was frozen into an issue stays, even where the directory was corrected since.
    return [routing.department(id_) for id_ in dict.fromkeys((*named, *others, *asked))]
