"""Drafts, confirmations, releases, merges and withdrawals in any order: who should hear the newest answer hears it once.

A hypothesis state machine drives the real heart on a real database; what it knows of the rules are the few sentences at
its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.answer import AnswerBody, AnswerState, AnswerStep
from bot.domain.errors import Refusal
from bot.domain.role import By, Role
from bot.domain.submission import Action, State, Submission
from bot.usecases.answering import Answering
from bot.usecases.decide import Decision
from bot.usecases.telling_answers import TellAnswers
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON, World

PEOPLE = (By("Lan", Role.MODERATOR), By("Hà", Role.MODERATOR), By("Tâm", Role.CHIEF))
STEPS = (AnswerStep.CONFIRM, AnswerStep.UNCONFIRM, AnswerStep.RETURN, AnswerStep.RELEASE)
TEXTS = ("Bao giờ giảm học phí?", "Học phí bao giờ giảm?", "Bao giờ quê em có xe buýt?")
ASKERS = 2


class Answers(RuleBasedStateMachine):
    """Two askers with three questions each, two moderators and a chief."""

    @initialize()
    def opens(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        url = empty_database(Path(self.folder.name, "db.sqlite3"))
        self.store = self.run(SqlStore.open(url, at=NOON))
        self.world = World(self.store, Path(self.folder.name), undo_window=timedelta(minutes=2))
        self.answering = Answering(self.world.clock, self.world.running)
        self.telling = self.born()
        self.askers = [self.world.youth(str(chat)) for chat in range(71, 71 + ASKERS)]
        for asker in self.askers:
            self.run(asker.agrees())
            for text in TEXTS:
                self.run(asker.asks(text))
        self.heard: Counter[tuple[int, str]] = Counter()

    def born(self) -> TellAnswers:
        return TellAnswers(
            self.store, self.world.clock, self.world.voice, self.world.running, self.world.pulse, self.answering
        )

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.loop.close()
            self.folder.cleanup()

    # ------------------------------------------------------------------ what people do

    @rule(which=st.integers(0, 5), into=st.sampled_from([None, 1, 2]), by=st.sampled_from(PEOPLE))
    def somebody_approves_merges_or_takes_out(self, which: int, into: int | None, by: By) -> None:
        one = self.run(self.world.submissions())[which]
        action = Action.APPROVE if one.state is State.WAITING else Action.MERGE if into else Action.UNMERGE
        self.tries(self.world.moderate.decide(one.id, one.version, Decision(action, into=into), by))

    @rule(which=st.integers(0, 5), by=st.sampled_from(PEOPLE))
    def somebody_takes_a_decision_back(self, which: int, by: By) -> None:
        one = self.run(self.world.submissions())[which]
        self.tries(self.world.moderate.decide(one.id, one.version, Decision(Action.UNDO), by))

    @rule(which=st.integers(0, 5))
    def an_asker_withdraws(self, which: int) -> None:
        one = self.run(self.world.submissions())[which]
        asker = self.askers[which // len(TEXTS)]
        self.run(asker.types(f"rút {one.code}"))
        if one.state is State.APPROVED:
            self.run(asker.types("1"))

    @rule(issue=st.integers(1, 3), text=st.sampled_from(["Có.", "Chưa.", "Tháng 9."]), by=st.sampled_from(PEOPLE))
    def somebody_drafts(self, issue: int, text: str, by: By) -> None:
        self.tries(self.drafts(issue, text, by))

    async def drafts(self, issue: int, text: str, by: By) -> None:
        async with self.store.transaction() as tx:
            await self.answering.draft(tx, issue, AnswerBody(text), by)

    @rule(issue=st.integers(1, 3), step=st.sampled_from(STEPS), by=st.sampled_from(PEOPLE))
    def somebody_takes_a_step(self, issue: int, step: AnswerStep, by: By) -> None:
        self.tries(self.steps(issue, step, by))

    @rule(issue=st.integers(1, 3), text=st.sampled_from(["Một.", "Hai."]))
    def an_answer_goes_all_the_way(self, issue: int, text: str) -> None:
        self.tries(self.drafts(issue, text, PEOPLE[0]))
        self.tries(self.steps(issue, AnswerStep.CONFIRM, PEOPLE[1]))
        self.tries(self.steps(issue, AnswerStep.RELEASE, PEOPLE[2]))

    async def steps(self, issue: int, step: AnswerStep, by: By) -> None:
        async with self.store.transaction() as tx:
            if answer := await tx.answers.newest(issue):
                await self.answering.step(tx, answer.id, answer.version, step, by)

    @rule(issue=st.integers(1, 3), minutes=st.sampled_from([None, 1, 5]))
    def the_chief_holds_an_answer(self, issue: int, minutes: int | None) -> None:
        self.tries(self.holds(issue, minutes))

    async def holds(self, issue: int, minutes: int | None) -> None:
        until = None if minutes is None else self.world.clock.now() + timedelta(minutes=minutes)
        async with self.store.transaction() as tx:
            if answer := await tx.answers.newest(issue):
                await self.answering.hold(tx, answer.id, answer.version, until, PEOPLE[2])

    @rule(minutes=st.sampled_from([1, 3]))
    def time_goes_by(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)

    @rule()
    def the_machine_looks_once(self) -> None:
        self.run(self.world.tell.step())
        self.run(self.telling.step())

    @rule()
    def it_is_killed_and_two_of_it_tell_at_once(self) -> None:
        self.telling = self.born()
        self.run(self.both(self.telling, self.born()))

    async def both(self, *machines: TellAnswers) -> None:
        await asyncio.gather(*(one.step() for one in machines))

    def tries(self, work: Coroutine[Any, Any, Any]) -> None:
        with contextlib.suppress(Refusal):
            self.run(work)

    # ------------------------------------------------------------------ what always holds

    @invariant()
    def nobody_hears_anything_twice_or_what_is_not_theirs(self) -> None:
        heard = self.run(self.hears())
        assert all(times == 1 for times in heard.values())
        for id_, code in heard - self.heard:
            one, answer = self.run(self.stood(id_, code))
            assert answer.state is AnswerState.RELEASED
            assert one.person_id is not None
        self.heard = heard

    @rule()
    def in_the_end_everybody_has_heard_the_newest_once(self) -> None:
        self.world.clock.move(minutes=10)
        while self.run(self.world.tell.step()) or self.run(self.telling.step()):
            pass
        heard = self.run(self.hears())
        assert self.run(self.due()) <= set(heard)
        assert heard.keys() - self.heard.keys() <= self.run(self.due())

    async def hears(self) -> Counter[tuple[int, str]]:
        """How often each (answer, code) was said to the one whose code it is."""
        codes = [one.code for one in await self.world.submissions()]
        found: Counter[tuple[int, str]] = Counter()
        for place, asker in enumerate(self.askers):
            for words in await self.world.said_to(asker.address):
                rates = [id_ for id_, _ in words.choices if id_.startswith("rate-") and id_.endswith("-yes")]
                for id_ in rates:
                    said = [code for code in codes if code in words.text]
                    assert set(said) <= set(codes[place * len(TEXTS) : (place + 1) * len(TEXTS)])
                    found.update((int(id_.split("-")[1]), code) for code in said)
        return found

    async def stood(self, answer_id: int, code: str) -> tuple[Submission, Any]:
        async with self.store.reading() as tx:
            return await tx.submissions.by_code(code), await tx.answers.get(answer_id)

    async def due(self) -> set[tuple[int, str]]:
        """(answer, code) that should have been heard by now."""
        async with self.store.reading() as tx:
            holding = {one.issue_id: one.id for one in await tx.answers.released(self.world.programme)}
        approved = await self.world.submissions(State.APPROVED)
        return {(holding[one.issue_id], one.code) for one in approved if one.issue_id in holding}


TestAnswers = Answers.TestCase
TestAnswers.settings = settings(
    max_examples=8,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure is told by its steps; shrinking takes minutes
)
