"""The grouped workbook: read what is decided and what waits, write the file, record it, hand it to the moderators."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.decision import tallies
from bot.domain.department import Department, RoutingTable
from bot.domain.issue import Issue
from bot.domain.message import Address
from bot.domain.programme import Programme
from bot.domain.submission import State, Submission
from bot.domain.workbook import Content, DepartmentPart, Group, MachineLine, Row
from bot.ports import Clock, ExportRecord, Store, Transaction, Watcher, Workbooks
from bot.texts.keys import Key
from bot.usecases.covering import Covering
from bot.usecases.running import Running
from bot.usecases.voice import Voice

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _View:
    """What a workbook is made by: the programme, its directory, and what askers answered when they were asked back."""

    programme: Programme
    routing: RoutingTable
    answers: Mapping[int, Sequence[str]]  # of each submission, in their order


class Exporting:
    """Makes the numbered workbooks of the running programme. `folder` is where files are kept."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        workbooks: Workbooks,
        watcher: Watcher,
        folder: Path,
        boards: Collection[Address] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running
        self._workbooks = workbooks
        self._covering = Covering(watcher, voice)
        self._folder = folder
        self._boards = boards
        self._one_at_a_time = asyncio.Lock()

    async def make(
        self,
        asked_by: str,
        occasion: str = "",
        target: Path | None = None,
        progress: Progress | None = None,
    ) -> ExportRecord | None:
        """Write the next workbook and hand it to the boards.

        `occasion` (a week, the cutoff) is made once only: None is returned where it was made already, here or by
        another process. `target` names the file; without it the file gets its name in the folder.
        """
        async with self._one_at_a_time:
            while True:
                async with self._store.reading() as tx:
                    if occasion and await tx.exports.has(self._running.code, occasion):
                        return None
                    content = await self._content(tx)
                content = await asyncio.to_thread(self._covering, content)
                file = (target or self._folder / self._running.code / self._name(content)).absolute()
                file.parent.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(self._workbooks.write, content, file, progress)
                checksum = await asyncio.to_thread(_sha256, file)
                # None: another process took the number (or the occasion) meanwhile; look again.
                if record := await self._record(content, file, checksum, asked_by, occasion):
                    return record

    async def made(self) -> list[ExportRecord]:
        """The workbooks made so far, oldest first."""
        async with self._store.reading() as tx:
            return await tx.exports.of_programme(self._running.code)

    async def _record(
        self, content: Content, file: Path, checksum: str, asked_by: str, occasion: str
    ) -> ExportRecord | None:
        async with self._store.transaction() as tx:
            recorded = await tx.exports.add(
                content.programme, content.number, content.made_at, asked_by, occasion, str(file), checksum
            )
            if not recorded:
                return None
            for board in self._boards:
                await tx.outbox.file(board, file, self._caption(content), content.made_at)
            return (await tx.exports.of_programme(content.programme))[-1]

    def _caption(self, content: Content) -> str:
        caption = self._voice.text(
            Key.STAFF_EXPORT_CAPTION,
            number=content.number,
            at=content.made_at,
            issues=content.issues,
            waiting=len(content.waiting),
        )
        return self._voice.marked(caption)

    def _name(self, content: Content) -> str:
        mark = "dien-tap-" if content.rehearsal else ""
        return f"{mark}{content.programme}-lan-{content.number:02d}-{content.made_at:%Y%m%d-%H%M}.xlsx"

    # -------------------------------------------------------------- what the workbook holds

    async def content(self) -> Content:
        """What a workbook made now would hold."""
        async with self._store.reading() as tx:
            content = await self._content(tx)
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

    async def _content(self, tx: Transaction) -> Content:
        programme, routing = await self._running.view(tx)
        view = _View(programme, routing, await _answers(tx, programme.code))
        issues = await tx.issues.of_programme(programme.code)
        approved = await tx.submissions.of_programme(programme.code, [State.APPROVED])
        waiting = await tx.submissions.of_programme(programme.code, [State.WAITING, State.ASKED])
        members: dict[int, list[Submission]] = defaultdict(list)
        for submission in approved:
            if submission.issue_id is not None:
                members[submission.issue_id].append(submission)
        asked = [issue for issue in issues if members[issue.id]]
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
            waiting=tuple(self._row([submission], view) for submission in waiting),
            machine=await self._machine(tx, routing),
        )
        if content.issues != len(asked):
            raise RuntimeError(f"{len(asked)} issues were asked and {content.issues} stand in the workbook")
        return content

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
        first = next((one for one in members if issue and one.id == issue.founder), members[0])
        route = routing.route(first.topic)
        lead = issue.lead if issue else route.lead
        supporting = issue.supporting if issue else route.supporting
        notes = [
            note,
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
        )

    def _words(self, submission: Submission, view: _View) -> str:
        """What somebody wrote and what they answered when they were asked back."""
        of_the_whole = view.answers.get(submission.whole_id or 0, ())
        answers = (*of_the_whole, *view.answers.get(submission.id, ()))
        return "\n".join((submission.shown, *(self._voice.text(Key.NOTE_ANSWER, answer=one) for one in answers)))

    def _guess(self, topic: str, routing: RoutingTable) -> str:
        department = routing.name(routing.route(topic).lead)
        if not department:
            return ""
        return self._voice.text(Key.NOTE_GUESS, topic=routing.topics[topic].name, department=department)


async def _answers(tx: Transaction, programme: str) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for ask in await tx.asks.answered(programme):
        found[ask.submission_id].append(ask.answer)
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


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def occasion_of_week(fire: datetime) -> str:
    """The name of a weekly run: its day."""
    return f"week:{fire:%Y-%m-%d}"


def occasion_of_cutoff(closes_at: datetime) -> str:
    """The name of the run at the cutoff; an extended window has another one."""
    return f"cutoff:{closes_at.isoformat()}"
