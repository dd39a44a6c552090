"""Slips that somebody typed into a spreadsheet become submissions, each exactly once however often the file comes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.department import RoutingTable
from bot.domain.message import Address, ChannelName
from bot.domain.notice import Danger
from bot.domain.programme import Intake, Programme
from bot.domain.submission import Action, HistoryEntry, NewSubmission, Proposal, State, Submission, topic_of
from bot.domain.workbook import BadSlip, Slip
from bot.ports import Clock, Router, SlipFile, Store, Transaction, Watcher
from bot.usecases.apart import announce, keep_apart
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows added, rows known from before, rows that could not be read, and of the added ones how
    many came late, how many nobody could route and how many are for the responsible person alone.
    """

    added: int
    known: int
    late: int
    unclear: int
    private: int
    bad: tuple[BadSlip, ...]
    late_undated: int = 0
    """How many of the late ones name no day of their own."""
    codes: tuple[str, ...] = ()
    """Receipt codes of the added ones, but of those for the responsible person alone."""


class ImportSlips:
    """Takes the rows of a slip file in. Rows equal in text, unit, day and source count as often as they stand there."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        router: Router,
        watcher: Watcher,
        voice: Voice,
        running: Running,
        boards: Collection[Address] = (),
    ) -> None:
        """`boards` are told once where an import brings something for the responsible person."""
        self._store = store
        self._clock = clock
        self._router = router
        self._watcher = watcher
        self._voice = voice
        self._running = running
        self._boards = boards

    async def __call__(
        self,
        file: SlipFile,
        *,
        by: str,
        approved: bool = False,
        received: datetime | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Imported:
        """Add what the database does not have yet: the difference of the two multisets.

        `received` is the day of slips without one (default: now). `approved`: somebody trusted has read them; those
        that the machine is sure of go to their department, the others to "Chưa rõ"; those that tell of somebody in
        danger wait for the responsible person whoever has read them. Batches commit one by one, each
        compared with the tally in its own transaction: a broken run is simply repeated, and two at once do no harm.
        """
        done: Counter[str] = Counter()
        codes: list[str] = []
        for batch in _batches(numbered(file.slips)):
            async with self._store.reading() as tx:
                _, routing = await self._running.view(tx)
            proposals = self._router.propose_all([slip.text for _, _, slip in batch], routing.leads)
            dangers = [self._watcher.look(slip.text).danger for _, _, slip in batch]
            async with self._store.transaction() as tx:
                programme, routing = await self._running.view(tx)
                seen = await tx.slips.seen(programme.code, {key for key, _, _ in batch})
                fresh = [
                    (key, slip, proposal, danger)
                    for (key, times, slip), proposal, danger in zip(batch, proposals, dangers, strict=True)
                    if times > seen.get(key, 0)
                ]
                await tx.slips.count(programme.code, Counter(key for key, *_ in fresh))
                for _, slip, proposal, danger in fresh:
                    arrived = slip.received or received or self._clock.now()
                    added = await self._add(tx, programme, slip, proposal, danger, arrived, by)
                    done["late"] += added.late
                    done["late_undated"] += added.late and slip.received is None
                    done["private"] += added.private
                    codes += [] if added.private else [added.code]
                    if danger:
                        await keep_apart(tx, added, danger, self._clock.now())
                        if done["private"] == 1:  # one sentence calls somebody to the board, however many there are
                            await announce(tx, self._clock.now(), self._boards, self._voice)
                    elif approved:
                        done["unclear"] += await self._approve(tx, routing, added, proposal, by)
            done["added"] += len(fresh)
            done["known"] += len(batch) - len(fresh)
            if progress:
                progress(done["added"] + done["known"])
        return Imported(
            added=done["added"],
            known=done["known"],
            late=done["late"],
            unclear=done["unclear"],
            private=done["private"],
            bad=file.bad,
            late_undated=done["late_undated"],
            codes=tuple(codes),
        )

    async def _add(
        self,
        tx: Transaction,
        programme: Programme,
        slip: Slip,
        proposal: Proposal | None,
        danger: Danger | None,
        typed_at: datetime,
        by: str,
    ) -> Submission:
        window = programme.window
        submission = await tx.submissions.add(
            NewSubmission(
                programme=programme.code,
                receipt_prefix=programme.receipt_prefix,
                text=slip.text,
                topic=topic_of(proposal),
                proposal=proposal,
                source=ChannelName.SLIP,
                source_label=slip.source,
                person_id=None,
                unit=slip.unit,
                youth_group=slip.youth_group,
                typed_at=typed_at,
                received_at=self._clock.now(),
                late=window.judge(max(typed_at, window.opens_at), typed_at) is Intake.LATE,
                private=danger is not None,
            )
        )
        await tx.history.add(self._entry(submission, Action.SUBMIT, None, by))
        return submission

    async def _approve(
        self, tx: Transaction, routing: RoutingTable, submission: Submission, proposal: Proposal | None, by: str
    ) -> bool:
        """Approve on trust; True where no department could be given and a person has to find one."""
        route = routing.route(submission.topic)
        sure = proposal is not None and not proposal.abstained and not route.unassigned
        lead = route.lead if sure else None
        issue = await tx.issues.add(submission.programme, submission.topic, lead, route.supporting)
        approved = replace(
            submission, state=State.APPROVED, issue_id=issue.id, decided_by=by, decided_at=self._clock.now()
        )
        saved = await tx.submissions.change(approved, submission.version)
        assert saved is not None, "a row added in this transaction cannot have been changed by anybody else"
        await tx.history.add(self._entry(saved, Action.APPROVE, State.WAITING, by))
        return lead is None

    def _entry(self, submission: Submission, action: Action, before: State | None, by: str) -> HistoryEntry:
        return HistoryEntry(
            submission_id=submission.id,
            at=self._clock.now(),
            actor=by,
            action=action,
            before=before,
            after=submission.state,
            topic=submission.topic,
        )


def _key(slip: Slip) -> str:
    day = slip.received.isoformat() if slip.received else ""
    whole = json.dumps([slip.text, slip.unit, day, slip.source], ensure_ascii=True)
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def numbered(slips: Sequence[Slip]) -> list[tuple[str, int, Slip]]:
    """Each slip with its key and the how-manieth of its key it is in the file."""
    met: Counter[str] = Counter()
    numbered = []
    for slip in slips:
        key = _key(slip)
        met[key] += 1
        numbered.append((key, met[key], slip))
    return numbered


def _batches(slips: Sequence[tuple[str, int, Slip]]) -> Iterator[Sequence[tuple[str, int, Slip]]]:
    for start in range(0, len(slips), _BATCH):
        yield slips[start : start + _BATCH]
