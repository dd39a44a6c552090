"""Moderators see which other submissions ask nearly the same, of this programme and of earlier ones."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.role import By, Role
from bot.domain.submission import Action, HistoryEntry, State, Submission
from bot.ports import LikeGroup
from bot.usecases.moderate import Decision
from bot.usecases.pulse import Pulse
from bot.usecases.queue import Queue, Wish
from bot.usecases.similar import FindSimilar
from bot.usecases.similar_groups import SimilarGroups
from classifier.similar import SimilarTexts, groups
from storage.store import SqlStore
from tests.world import NOON, World, moderator

BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
BUS_AGAIN = "bao gio xa tan an co xe buyt len thanh pho"
FEES = "Học phí đại học tăng gấp đôi, nhà em làm ruộng không theo nổi, tỉnh có hỗ trợ gì không?"
DOG = "Chó thả rông ở khu trọ cắn người, em phản ánh với ai?"


@pytest.fixture
async def world(store: SqlStore, tmp_path: Path) -> World:
    made = World(store, tmp_path / "xuat")
    await settle(made.similar)
    return made


async def coded(world: World, code: str) -> list[str]:
    """What a board finds for a code."""
    queue = Queue(world.store, world.clock, world.running, world.cards)
    view = await queue.look(Wish(text=code), By("Lan", Role.MODERATOR))
    return [place.code for place in view.places]


async def settle(similar: FindSimilar) -> None:
    while await similar.step():
        pass


@asynccontextmanager
async def kept_up(similar: FindSimilar, pulse: Pulse) -> AsyncIterator[None]:
    """As bot.app runs it, in the background."""
    following = asyncio.ensure_future(similar.run(pulse))  # noqa: TID251
    try:
        yield
    finally:
        async with similar._turn:  # not in the middle of a reading, whose connection would be left behind
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def asks(world: World, text: str, chat: str = "7") -> Submission:
    """What this person's new question is, as stored, also where others ask at the same moment."""
    youth = world.youth(chat)
    before = {one.id for one in await world.submissions()}
    if not await world.said_to(youth.address):
        await youth.agrees()
    await youth.types(text)
    await youth.presses("Gửi")
    return next(one for one in await world.submissions() if one.id not in before and one.text == text)


async def withdraws(world: World, submission: Submission, chat: str) -> None:
    await world.youth(chat).types(f"rút {submission.code}")
    await world.youth(chat).presses("Đúng, rút câu này")


async def line(world: World, submission: Submission) -> str:
    return (await world.cards.one(submission.id)).similar


# ------------------------------------------------------------------ the card


async def test_a_question_asked_before_is_named_on_the_card_with_what_became_of_it(world: World) -> None:
    first = await asks(world, BUS, "1")
    await world.moderate.decide(first.id, first.version, Decision(Action.APPROVE), moderator("Lan"))

    second = await asks(world, BUS_AGAIN, "2")

    assert await line(world, second) == f"Giống: {first.code} (100 %, đã duyệt, Sở Giao thông vận tải)"
    assert await line(world, first) == f"Giống: {second.code} (100 %, chờ duyệt)"


async def test_the_card_of_a_chat_board_has_the_same_line(world: World) -> None:
    first = await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")

    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(second.id)
        card = await world.cards.draw(tx, second.id, shown)

    assert f"Giống: {first.code} (100 %, chờ duyệt)" in card.lines


async def test_a_question_of_its_own_has_no_such_line(world: World) -> None:
    await asks(world, BUS, "1")
    other = await asks(world, DOG, "2")

    assert await line(world, other) == ""


async def test_at_most_three_are_named_the_most_alike_first(world: World) -> None:
    texts = (f"{BUS} {DOG}", BUS, BUS.upper(), BUS_AGAIN, f"{FEES} {BUS}")
    asked = [await asks(world, text, str(chat)) for chat, text in enumerate(texts)]

    named = await line(world, asked[1])

    assert [one.code for one in asked if one.code in named] == [asked[place].code for place in (0, 2, 3)]
    assert named.index(asked[2].code) < named.index(asked[0].code)


async def test_earlier_programmes_of_the_database_are_remembered_with_their_year_and_department(world: World) -> None:
    last_year = World(world.store, world.folder, programme="hung-yen-2023")
    last_year.clock.at = last_year.library.get("hung-yen-2023").window.opens_at
    old = await asks(last_year, BUS, "1")
    await last_year.moderate.decide(old.id, old.version, Decision(Action.APPROVE), moderator("Lan"))

    new = await asks(world, BUS_AGAIN, "2")

    assert await line(world, new) == (
        f"Giống: {old.code} (100 %, chương trình năm 2023, đã duyệt, Sở Giao thông vận tải)"
    )


async def test_a_programme_that_no_file_tells_of_any_more_is_still_named(world: World) -> None:
    old = await asks(world, BUS, "1")
    elsewhere = World(world.store, world.folder, programme="lang-son-2024")
    elsewhere.clock.at = elsewhere.library.get("lang-son-2024").window.opens_at
    elsewhere.running._library._programmes.pop("hung-yen-2024")
    await settle(elsewhere.similar)

    new = await asks(elsewhere, BUS_AGAIN, "2")

    assert await line(elsewhere, new) == f"Giống: {old.code} (100 %, chương trình khác, chờ duyệt)"


# ------------------------------------------------------------------ edits, withdrawals, restarts


async def test_an_edited_question_is_like_its_new_words_only(world: World) -> None:
    first = await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")
    third = await asks(world, DOG, "3")

    youth = world.youth("1")
    await youth.types(f"sửa {first.code}")
    await youth.types(f"{DOG} Em cảm ơn.")
    await youth.presses("Lưu bản sửa")

    assert await line(world, second) == ""
    assert first.code in await line(world, third)


async def test_a_withdrawn_question_is_neither_named_nor_held(world: World) -> None:
    first = await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")
    assert first.code in await line(world, second)

    await withdraws(world, first, "1")
    await settle(world.similar)

    assert (await world.submissions(State.WITHDRAWN))[0].code == first.code
    assert await line(world, second) == ""
    assert await line(world, first) == ""
    assert len(index_of(world.similar)) == 1


def index_of(similar: FindSimilar) -> SimilarTexts:
    assert isinstance(similar._index, SimilarTexts)
    return similar._index


async def make_private(world: World, submission: Submission, *, private: bool = True) -> Submission:
    """As the use cases of helping somebody in danger do it: with an entry in the history."""
    async with world.store.transaction() as tx:
        changed = await tx.submissions.change(replace(submission, private=private), submission.version)
        assert changed is not None
        await tx.history.add(
            HistoryEntry(changed.id, world.clock.now(), "Lan", Action.EDIT, changed.state, changed.state)
        )
        return changed


async def test_a_private_question_is_neither_named_nor_held_until_it_is_private_no_more(world: World) -> None:
    first = await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")
    assert first.code in await line(world, second)

    first = await make_private(world, first)
    named = (await line(world, second), (await world.cards.one(first.id, chief=True)).similar)
    await settle(world.similar)
    held = len(index_of(world.similar))
    await world.groups.make()
    grouped = (await world.groups.proposed()).groups
    await make_private(world, first, private=False)

    assert (named, held, grouped) == (("", ""), 1, ())
    assert first.code in await line(world, second)


async def test_a_private_question_is_not_known_after_a_restart_and_has_no_card_by_its_code(world: World) -> None:
    first = await make_private(world, await asks(world, BUS, "1"))
    again = World(world.store, world.folder)
    await settle(again.similar)

    assert len(index_of(again.similar)) == 0
    assert await coded(again, first.code) == []


async def test_after_a_restart_everything_that_may_be_compared_is_known_again(world: World) -> None:
    first = await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")
    gone = await asks(world, FEES, "3")
    await withdraws(world, gone, "3")

    again = World(world.store, world.folder)
    before = await line(again, second)
    await settle(again.similar)

    assert before == ""
    assert await line(again, second) == f"Giống: {first.code} (100 %, chờ duyệt)"
    assert len(index_of(again.similar)) == 2


async def test_a_long_database_is_read_page_by_page_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("similar", "similar_groups"):
        monkeypatch.setattr(f"bot.usecases.{module}._PAGE", 2)
    asked = [
        await asks(world, f"{text} Nhóm {chat}", str(chat)) for chat, text in enumerate([BUS, FEES, DOG, BUS, FEES])
    ]
    gone = await asks(world, f"{DOG} Nhóm 5", "5")
    await withdraws(world, gone, "5")

    again = World(world.store, world.folder)
    await settle(again.similar)
    await settle(world.similar)
    await again.groups.make()

    assert len(index_of(again.similar)) == len(index_of(world.similar)) == 5
    assert asked[4].code in await line(again, asked[1])
    assert [group.size for group in (await again.groups.proposed()).groups] == [2, 2]


async def test_what_another_process_files_is_noticed(world: World, url: str) -> None:
    first = await asks(world, BUS, "1")
    assert await line(world, first) == ""

    beside = await SqlStore.open(url, at=NOON)
    other = await asks(World(beside, world.folder), BUS_AGAIN, "2")
    await beside.close()

    assert await line(world, first) == f"Giống: {other.code} (100 %, chờ duyệt)"


async def test_two_hundred_filed_at_once_all_find_their_twin(world: World) -> None:
    texts = (BUS, FEES, DOG, BUS_AGAIN)

    async def files_four(chat: int) -> None:
        youth = world.youth(str(chat))
        await youth.agrees()
        for text in texts:
            await youth.types(f"{text} Nhóm {chat}")
            await youth.presses("Gửi")

    async with kept_up(world.similar, world.pulse):
        await asyncio.gather(*map(files_four, range(50)))
        lines = [card.similar for card in await world.cards.facts(list(State), 200)]

    assert len(lines) == 200
    assert all(text.startswith("Giống: HY24-") for text in lines)
    assert len(index_of(world.similar)) == 200


async def test_a_decision_looks_for_nothing_anew(world: World) -> None:
    first, _ = await asks(world, BUS, "1"), await asks(world, BUS_AGAIN, "2")
    await line(world, first)
    known = dict(world.similar._found)

    await world.moderate.decide(
        first.id, first.version, Decision(Action.REJECT, reason="reason.unclear"), moderator("Lan")
    )
    await settle(world.similar)

    assert known
    assert world.similar._found == known


# ------------------------------------------------------------------ faults


class Broken(SimilarTexts):
    """An index that fails whenever it is asked or told something."""

    def put(self, texts: object) -> int:
        raise OverflowError("Câu hỏi bí mật")

    def nearest(self, *_: object, **__: object) -> list:
        raise OverflowError("Câu hỏi bí mật")


async def test_a_fault_costs_the_card_a_line_and_nothing_else(world: World, caplog: pytest.LogCaptureFixture) -> None:
    first = await asks(world, BUS, "1")
    await line(world, first)
    world.similar._index = Broken()

    with caplog.at_level(logging.ERROR):
        second = await asks(world, BUS_AGAIN, "2")
        facts = await world.cards.one(second.id)

    assert (facts.text, facts.similar) == (BUS_AGAIN, "")
    assert "OverflowError" in caplog.text
    assert "bí mật" not in caplog.text
    assert BUS_AGAIN not in caplog.text


async def test_an_index_that_cannot_be_opened_is_logged_and_tried_again_and_stops_nobody(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.similar._AFTER_A_FAULT", 0.0)
    tries = []

    def open_index() -> SimilarTexts:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("Câu hỏi bí mật")
        return SimilarTexts()

    similar = FindSimilar(world.store, world.running, open_index)
    async with kept_up(similar, world.pulse):
        submission = await asks(world, BUS, "1")
        while similar._index is None:
            await asyncio.sleep(0)

    assert submission.state is State.WAITING
    assert caplog.text.count("OSError") == 2
    assert "bí mật" not in caplog.text


async def test_while_the_index_is_being_filled_cards_are_drawn_without_the_line(
    store: SqlStore, tmp_path: Path
) -> None:
    world = World(store, tmp_path)
    await asks(world, BUS, "1")
    second = await asks(world, BUS_AGAIN, "2")

    assert await line(world, second) == ""


# ------------------------------------------------------------------ groups


async def test_what_belongs_together_is_proposed_with_the_central_one_first(world: World) -> None:
    first = await asks(world, BUS, "1")
    again = await asks(world, BUS_AGAIN, "2")
    await asks(world, DOG, "3")

    await world.groups.make()
    proposed = await world.groups.look()

    (group,) = proposed.groups
    assert [(member.submission.code, member.score) for member in group.members] == [
        (first.code, 1.0),
        (again.code, 1.0),
    ]
    assert (group.size, proposed.found, proposed.compared) == (2, 1, 3)
    assert (proposed.making, proposed.failed, proposed.again_in) == (False, False, None)


async def test_other_programmes_are_not_grouped_with_this_one(world: World) -> None:
    last_year = World(world.store, world.folder, programme="hung-yen-2023")
    last_year.clock.at = last_year.library.get("hung-yen-2023").window.opens_at
    await asks(last_year, BUS, "1")
    await asks(world, BUS_AGAIN, "2")

    await world.groups.make()

    assert (await world.groups.proposed()).groups == ()


async def test_what_was_refused_or_withdrawn_leaves_the_group_at_once(world: World) -> None:
    asked = [await asks(world, text, str(chat)) for chat, text in enumerate([BUS, BUS_AGAIN, BUS.upper()])]
    await world.groups.make()

    await world.moderate.decide(asked[0].id, 1, Decision(Action.REJECT, reason="reason.spam"), moderator("Lan"))
    one_less = await world.groups.proposed()
    await world.moderate.decide(asked[1].id, 1, Decision(Action.REJECT, reason="reason.spam"), moderator("Lan"))
    two_less = await world.groups.proposed()

    (group,) = one_less.groups
    assert [member.submission.code for member in group.members] == [asked[1].code, asked[2].code]
    assert group.size == 2
    assert two_less.groups == ()


class Counting:
    """Groups texts and counts how often; fails as long as it is told to."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False

    def __call__(self, texts: list[tuple[int, str]], progress: object = None) -> list[LikeGroup]:
        self.times += 1
        if self.fails:
            raise MemoryError("Câu hỏi bí mật")
        return groups(texts)


async def until_made(world: World, made: SimilarGroups) -> None:
    while (await made.look()).making:
        await world.pulse.wait(world.pulse.count, 0.01)


async def test_looking_makes_the_groups_once_and_again_only_where_words_changed(world: World) -> None:
    counting, now = Counting(), [0.0]
    made = SimilarGroups(world.store, world.running, counting, world.pulse, lambda: now[0])
    first = await asks(world, BUS, "1")

    assert (await made.look()).making
    await until_made(world, made)
    await world.moderate.decide(first.id, 1, Decision(Action.APPROVE), moderator("Lan"))
    soon = await made.look()
    now[0] += 1000
    await until_made(world, made)
    after_a_decision = counting.times
    await asks(world, BUS_AGAIN, "2")
    now[0] += 1000
    await until_made(world, made)

    assert soon.again_in == pytest.approx(5.0)
    assert (after_a_decision, counting.times) == (1, 2)
    assert len((await made.look()).groups) == 1


async def test_a_comparison_that_is_stopped_gives_its_thread_up(world: World) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(texts: object, go_on: Callable[[int], None]) -> list[LikeGroup]:
        try:
            while True:
                begun.set()
                go_on(0)
        finally:
            ended.set()

    making = asyncio.ensure_future(SimilarGroups(world.store, world.running, endless, world.pulse).make())  # noqa: TID251
    await asks(world, BUS, "1")
    assert await asyncio.to_thread(begun.wait, 30)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)

    assert await asyncio.to_thread(ended.wait, 30)


async def test_a_fault_is_said_logged_by_its_type_and_the_earlier_groups_stay(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    counting, now = Counting(), [0.0]
    made = SimilarGroups(world.store, world.running, counting, world.pulse, lambda: now[0])
    await asks(world, BUS, "1")
    await asks(world, BUS_AGAIN, "2")
    await until_made(world, made)
    counting.fails = True

    await asks(world, DOG, "3")
    now[0] += 1000
    await until_made(world, made)
    failed = await made.look()
    counting.fails = False
    now[0] += 1000
    await until_made(world, made)

    assert (failed.failed, len(failed.groups)) == (True, 1)
    assert "MemoryError" in caplog.text
    assert "bí mật" not in caplog.text
    assert not (await made.look()).failed
