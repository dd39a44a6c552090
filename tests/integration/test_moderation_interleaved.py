"""Moderators, askers, the machine and the cutoff in any order: what must hold, always holds.

A hypothesis state machine drives the real heart on a real database. It keeps no model of the rules but the few sentences
below, which nobody may break: that is the point of it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.errors import Refusal
from bot.domain.role import By, Role
from bot.domain.submission import ASKER, SYSTEM, Action, State, Submission
from bot.ports import Walked
from bot.usecases.ask_back import GoOn
from bot.usecases.decide import Decision
from bot.usecases.tell import sentence
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON, World, Youth

TEXTS = (
    "Bao giờ quê em có xe buýt?",
    "Học phí năm nay có tăng không ạ? Gọi em 0912345678.",
    "Bao giờ có xe buýt về huyện? Với lại học phí năm nay có tăng không?",
    "Việc làm cho thanh niên nông thôn thế nào?",
)
MODERATORS = tuple(By(name, Role.MODERATOR) for name in ("Lan", "Minh", "Hoa"))
CHIEF = By("Tâm", Role.CHIEF)
DECISIONS = st.sampled_from(
    [
        Decision(Action.APPROVE),
        Decision(Action.APPROVE, unclear=True),
        Decision(Action.APPROVE, into=1),
        Decision(Action.CHANGE_TOPIC, topic="viec-lam"),
        Decision(Action.CHANGE_TOPIC, topic="hoc-phi-hoc-bong"),
        Decision(Action.REROUTE, lead="so-xay-dung-old", supporting=("so-gtvt",)),
        Decision(Action.REROUTE, lead=None),
        Decision(Action.EDIT_WORDING, wording="Khi nào có xe buýt?"),
        Decision(Action.EDIT_WORDING, wording="Lộ trình mở tuyến xe buýt?"),
        Decision(Action.MERGE, into=1),
        Decision(Action.MERGE, into=2),
        Decision(Action.UNMERGE),
        Decision(Action.REJECT, reason="reason.unclear"),
        Decision(Action.REDIRECT, body="body.commune"),
        Decision(Action.MARK_SPAM),
        Decision(Action.RESTORE),
        Decision(Action.SET_APART),
        Decision(Action.OPEN_UP),
        Decision(Action.CLOSE),
        Decision(Action.MASK),
        Decision(Action.SPLIT, parts=("Bao giờ có xe buýt?", "Học phí có tăng không?")),
        Decision(Action.ASK_BACK, question="Ở xã nào?"),
        Decision(Action.GO_ON),
        Decision(Action.ASSIGN),
        Decision(Action.UNASSIGN),
        Decision(Action.UNDO),
        Decision(Action.UNDO),
        Decision(Action.UNDO),
    ]
)


class Moderation(RuleBasedStateMachine):
    """Three moderators and a chief, two askers."""

    @initialize()
    def opens(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        url = empty_database(Path(self.folder.name, "db.sqlite3"))
        self.store = self.run(SqlStore.open(url, at=NOON))
        self.world = World(self.store, Path(self.folder.name), undo_window=timedelta(minutes=2))
        self.go_on = GoOn(self.store, self.world.clock, self.world.pulse, self.world.tell)
        self.askers = [self.world.youth(str(chat)) for chat in (71, 72)]
        for asker in self.askers:
            self.run(asker.agrees())
        self.written: dict[int, str] = {}
        self.files(0, TEXTS[0])
        self.files(1, TEXTS[2])
        self.of_person = dict(zip((one.person_id for one in self.everything()), self.askers, strict=True))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.loop.close()
            self.folder.cleanup()

    async def _all(self) -> list[Submission]:
        async with self.store.reading() as tx:
            found = [await tx.submissions.get(id_) for id_ in range(1, 200)]
        return [one for one in found if one is not None]

    def everything(self) -> list[Submission]:
        return self.run(self._all())

    def files(self, asker: int, text: str) -> None:
        self.run(self._files(self.askers[asker], text))
        for one in self.everything():
            if one.whole_id is None:
                self.written.setdefault(one.id, one.text)

    async def _files(self, asker: Youth, text: str) -> None:
        await asker.types("/huy")
        await asker.types(text)
        said = await self.world.said_to(asker.address)
        if any(label == "Gửi" for _, label in said[-1].choices):
            await asker.presses("Gửi")

    # ------------------------------------------------------------------ what people do

    @rule(asker=st.integers(0, 1), text=st.sampled_from(TEXTS))
    @precondition(lambda self: len(self.everything()) < 8)
    def somebody_asks_or_answers(self, asker: int, text: str) -> None:
        self.files(asker, text)

    @rule(data=st.data(), decision=DECISIONS, by=st.sampled_from((*MODERATORS, CHIEF)))
    def somebody_decides(self, data: st.DataObject, decision: Decision, by: By) -> None:
        """On what they see; where it is refused nothing may have changed."""
        before = self.everything()
        seen = data.draw(st.sampled_from(before))
        entries = self.entries(seen.id)
        try:
            saved = self.run(self.world.moderate.decide(seen.id, seen.version, decision, by))
        except Refusal:
            assert self.everything() == before
            assert self.entries(seen.id) == entries
            return
        if saved.id == seen.whole_id:  # what is set apart is all of it, the part and its whole
            assert decision.action is Action.SET_APART
            seen = next(one for one in before if one.id == saved.id)
        else:
            assert saved.id == seen.id
            assert len(self.entries(seen.id)) == len(entries) + 1
        assert saved.version == seen.version + 1
        assert saved.text == seen.text

    @rule(data=st.data(), decision=DECISIONS)
    def somebody_decides_on_an_old_card(self, data: st.DataObject, decision: Decision) -> None:
        before = self.everything()
        seen = data.draw(st.sampled_from(before))
        for version in (seen.version - 1, seen.version + 1):
            try:
                self.run(self.world.moderate.decide(seen.id, version, decision, CHIEF))
            except Refusal:
                continue
            raise AssertionError("a decision on another version was carried out")
        assert self.everything() == before

    @rule(data=st.data())
    def an_asker_changes_or_withdraws(self, data: st.DataObject) -> None:
        mine = [one for one in self.everything() if one.whole_id is None]
        seen = data.draw(st.sampled_from(mine))
        asker = self.of_person[seen.person_id]
        self.run(asker.types("/huy"))
        if data.draw(st.booleans()):
            self.run(asker.types(f"rút {seen.code}"))
            self.press(asker, "Đúng, rút câu này")
        else:
            self.run(asker.types(f"sửa {seen.code}"))
            self.run(asker.types("Em sửa lại: bao giờ có xe buýt ạ?"))
            self.press(asker, "Lưu bản sửa")
        self.written[seen.id] = next(one.text for one in self.everything() if one.id == seen.id)

    def press(self, asker: Youth, label: str) -> None:
        said = self.run(self.world.said_to(asker.address))
        if said and label in [shown for _, shown in said[-1].choices]:
            self.run(asker.presses(label))

    @rule(minutes=st.sampled_from([1, 3, 60, 49 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)

    @rule()
    def the_machine_tells_and_goes_on(self) -> None:
        self.run(self.world.tell.step())
        self.run(self.go_on.step())

    # ------------------------------------------------------------------ what always holds

    def entries(self, submission_id: int) -> list[Any]:
        async def read() -> list[Any]:
            async with self.store.reading() as tx:
                return await tx.history.of(submission_id)

        return self.run(read())

    @invariant()
    def every_submission_is_whole(self) -> None:
        if hasattr(self, "store"):
            self.run(self._check())

    async def _check(self) -> None:
        everything = await self._all()
        by_id = {one.id: one for one in everything}
        async with self.store.reading() as tx:
            for one in everything:
                entries = await tx.history.of(one.id)
                ask = await tx.asks.newest(one.id)
                parts = [part for part in await tx.submissions.parts(one.id) if part.state is not State.JOINED]
                assert entries[-1].after is one.state, "the history tells where it stands"
                assert (one.issue_id is not None) == (one.state is State.APPROVED), "approved is in an issue"
                assert (ask is not None and ask.is_open) == (one.state is State.ASKED), "asked is waited for"
                assert bool(parts) == (one.state is State.SPLIT), "split has parts"
                assert not (one.private and one.state in (State.APPROVED, State.SPLIT, State.ASKED)), "private is apart"
                assert one.decided_by not in (ASKER, SYSTEM)
                if one.whole_id is not None:
                    assert by_id[one.whole_id].state is State.SPLIT or one.state is State.JOINED, "a part has its whole"
                else:
                    assert one.text == self.written[one.id], "nobody but the asker changes the words"
                if one.issue_id is not None:
                    assert await tx.issues.get(one.issue_id) is not None
            walked = await tx.history.walk(Walked(), 10_000)
            assert walked.broken is None
            assert walked.ended
        content = await self.world.exporting.content()
        stand = [code for part in content.departments for row in part.rows for code in row.codes]
        stand += [code for row in content.unclear for code in row.codes]
        assert sorted(stand) == sorted(one.code for one in everything if one.state is State.APPROVED)

    @invariant()
    def whoever_waits_long_enough_knows_where_it_stands(self) -> None:
        """Once nothing is held back any more there is nothing left that would have to be told."""
        if hasattr(self, "store"):
            self.run(self._known())

    async def _known(self) -> None:
        async with self.store.reading() as tx:
            for one in await self._all():
                since = await tx.news.since(one.id)
                if since is not None:
                    assert one.person_id is not None
                    assert since != await self.world.tell.known(tx, one) or sentence(since, since) is None


TestModeration = Moderation.TestCase
TestModeration.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure is told by its steps; shrinking takes minutes
)
