"""Where several features meet: parts and privacy, masks and lists, scopes and shared issues, news and edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound
from bot.domain.role import Role, Scope
from bot.domain.submission import Action, State
from bot.usecases.look_again import LookAgain
from bot.usecases.moderate import Decision
from bot.usecases.staff import EXPORT_ASKED, Order
from tests.world import GROUP, World, asked, decide, issue_of, moderator, now

BUS, BUS_TOO, FEES = "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?", "Học phí năm nay có tăng không?"
PARTS = (BUS, "Em không biết nói với ai, học phí cao quá")


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
async def unhurried(store, tmp_path):
    """Askers are told after two minutes."""
    return World(store, tmp_path / "xuat", undo_window=timedelta(minutes=2))


async def split(world):
    ((an, whole),) = await asked(world, " ".join(PARTS))
    await decide(world, whole, Action.SPLIT, parts=PARTS)
    async with world.store.reading() as tx:
        return an, whole, await tx.submissions.parts(whole.id)


async def heard_later(world, youth):
    """What the asker hears once nothing is held back any more."""
    before = len(await world.said_to(youth.address))
    world.clock.move(minutes=3)
    await world.tell.step()
    return [words.text for words in (await world.said_to(youth.address))[before:]]


async def found_by_command(world, text):
    await world.staff.command(Order("tim", text, GROUP, "Minh"))
    return (await world.said_to(GROUP))[-1].text


# ------------------------------------------------------------------ parts and privacy


@pytest.mark.parametrize("how", ["a moderator", "an answer", "looking again"])
async def test_a_part_that_is_set_apart_takes_its_whole_and_the_other_parts_along(world, how):
    an, whole, (first, second) = await split(world)
    if how == "a moderator":
        await decide(world, second, Action.SET_APART)
    elif how == "an answer":
        await decide(world, second, Action.ASK_BACK, question="Bạn cần gì?")
        await an.types("Em không muốn sống nữa")
    else:
        async with world.store.transaction() as tx:
            await tx.submissions.change(replace(second, text="Em không muốn sống nữa"), 1)
        again = LookAgain(
            world.store, world.clock, world.pulse, world.watcher, world.voice, world.running, world.boards
        )
        while await again.step():
            pass

    kept = await now(world, whole)
    assert (kept.private, kept.state) == (True, State.WAITING)
    assert {(await now(world, part)).state for part in (first, second)} == {State.JOINED}
    for one in (whole, first, second):
        with pytest.raises(NotFound):
            await world.cards.one(one.id)
        async with world.store.reading() as tx:
            for shown in await tx.board.of_submission(one.id):
                card = await world.cards.draw(tx, one.id, shown)
                assert "học phí" not in f"{card.text}{card.lines}".lower()
    assert whole.code not in await found_by_command(world, "hoc phi")
    assert (await world.cards.one(whole.id, chief=True)).text == whole.text


async def test_parts_that_are_no_more_are_shown_nowhere(world):
    _, whole, (first, _) = await split(world)
    await decide(world, whole, Action.UNDO)

    with pytest.raises(NotFound):
        await world.cards.one(first.id)
    assert first.code not in await found_by_command(world, "xe buyt")
    await world.staff.command(Order("cauhoi", first.code, GROUP, "Minh"))
    assert BUS not in (await world.said_to(GROUP))[-1].text


async def test_a_question_back_to_a_part_ends_with_its_whole_and_takes_no_later_words(world):
    an, whole, (first, _) = await split(world)
    await decide(world, first, Action.ASK_BACK, question="Ở xã nào?")
    await an.rewrites(whole.code, "Em chỉ hỏi học phí thôi ạ")

    said = await an.types(BUS_TOO)

    assert BUS_TOO in said
    assert (await an.presses("Gửi")) != ""
    assert BUS_TOO in [one.text for one in await world.submissions(State.WAITING)]


async def test_what_was_answered_before_a_split_stands_with_every_part(world):
    ((an, whole),) = await asked(world, " ".join(PARTS))
    await decide(world, whole, Action.ASK_BACK, question="Ở xã nào?")
    await an.types("Ở xã Tân Việt ạ")
    await decide(world, whole, Action.SPLIT, parts=PARTS)

    content = await world.exporting.content()

    assert len(content.waiting) == 2
    assert all("Ở xã Tân Việt ạ" in row.text for row in content.waiting)


async def test_a_part_that_was_answered_is_not_silently_put_back_into_its_whole(world):
    an, whole, (first, _) = await split(world)
    await decide(world, first, Action.ASK_BACK, question="Ở xã nào?")
    await an.types("Ở xã Tân Việt ạ")

    with pytest.raises(NotAllowedNow, match="parts_touched"):
        await decide(world, whole, Action.UNDO)


# ------------------------------------------------------------------ what askers hear


async def test_a_second_question_back_is_asked_too(unhurried):
    ((an, one),) = await asked(unhurried, BUS)
    await decide(unhurried, one, Action.ASK_BACK, question="Ở xã nào?")
    assert "Ở xã nào?" in (await heard_later(unhurried, an))[0]

    await decide(unhurried, one, Action.GO_ON)
    await decide(unhurried, one, Action.ASK_BACK, question="Tuyến nào?")

    assert "Tuyến nào?" in (await heard_later(unhurried, an))[0]


async def test_another_reason_and_another_body_are_told_again(unhurried):
    ((an, one),) = await asked(unhurried, BUS)
    await decide(unhurried, one, Action.REDIRECT, body="body.commune")
    assert "Ủy ban nhân dân" in (await heard_later(unhurried, an))[0]

    await decide(unhurried, one, Action.UNDO)
    await decide(unhurried, one, Action.REDIRECT, body="body.court")

    assert "Tòa án" in (await heard_later(unhurried, an))[0]


async def test_what_was_taken_for_spam_and_is_asked_back_is_asked(unhurried):
    ((an, one),) = await asked(unhurried, BUS)
    await decide(unhurried, one, Action.MARK_SPAM)
    assert await heard_later(unhurried, an) == []

    await decide(unhurried, one, Action.RESTORE)
    await decide(unhurried, one, Action.ASK_BACK, question="Ở xã nào?")

    assert "Ở xã nào?" in (await heard_later(unhurried, an))[0]


async def test_news_about_words_that_the_asker_changed_since_is_dropped(unhurried):
    ((an, one),) = await asked(unhurried, BUS)
    await decide(unhurried, one, Action.APPROVE)
    await heard_later(unhurried, an)
    await decide(unhurried, one, Action.REROUTE, lead="so-xay-dung-old")
    await an.rewrites(one.code, BUS_TOO)
    await decide(unhurried, one, Action.APPROVE)

    (heard,) = await heard_later(unhurried, an)

    assert "đã được duyệt" in heard


@pytest.mark.parametrize("answer", ["Dạ vâng ạ", "ok", "Vâng", "được ạ", "dạ cảm ơn"])
async def test_a_short_answer_is_an_answer(world, answer):
    ((an, one),) = await asked(world, BUS)
    await decide(world, one, Action.ASK_BACK, question="Bạn hỏi về xã Tân Việt phải không?")

    await an.types(answer)

    async with world.store.reading() as tx:
        assert (await tx.asks.newest(one.id)).answer == answer


# ------------------------------------------------------------------ shared issues


async def test_who_looks_at_a_question_that_others_joined_meanwhile_looks_at_an_old_card(world):
    (_, first), (_, second) = await asked(world, BUS, BUS_TOO)
    await decide(world, first, Action.APPROVE)
    seen = await now(world, first)
    await decide(world, second, Action.APPROVE, into=(await issue_of(world, first)).id)

    with pytest.raises(AlreadyDecided):
        await world.moderate.decide(first.id, seen.version, Decision(Action.EDIT_WORDING, wording="Khác"), moderator())


async def test_the_words_of_the_first_stay_those_of_the_issue_whoever_joins(world):
    _, _, (part, _) = await split(world)
    youth = world.youth("99")
    await youth.agrees()
    other = await youth.asks(BUS_TOO)
    await decide(world, other, Action.APPROVE)
    await decide(world, part, Action.APPROVE, into=(await issue_of(world, other)).id)

    content = await world.exporting.content()

    (row,) = [row for department in content.departments for row in department.rows]
    assert (row.text, row.submissions) == (BUS_TOO, 2)


async def test_whoever_may_decide_for_one_unit_changes_nothing_that_others_share(world):
    (_, first), (_, second) = await asked(world, BUS, BUS_TOO)
    for one, unit in ((first, "Xã A"), (second, "Xã B")):
        async with world.store.transaction() as tx:
            seen = await tx.submissions.get(one.id)
            await tx.submissions.change(replace(seen, unit=unit), seen.version)
    await decide(world, first, Action.APPROVE)
    issue = await issue_of(world, first)
    of_a = moderator("An", Scope(units=("Xã A",)))
    await decide(world, first, Action.EDIT_WORDING, by=of_a, wording="Lời của An")
    await decide(world, second, Action.APPROVE, into=issue.id)

    with pytest.raises(NotAllowedNow, match="scope"):
        await decide(world, first, Action.EDIT_WORDING, by=of_a, wording="Lời khác")
    with pytest.raises(NotAllowedNow, match="scope"):
        await decide(world, first, Action.REROUTE, by=of_a, lead="so-xay-dung-old")


async def test_a_question_of_no_topic_that_was_given_a_department_stands_in_the_workbook(world):
    ((_, one),) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        seen = await tx.submissions.get(one.id)
        await tx.submissions.change(replace(seen, topic="", proposal=None), seen.version)
    await decide(world, one, Action.APPROVE, unclear=True)
    await decide(world, one, Action.REROUTE, lead="so-gtvt")

    content = await world.exporting.content()

    assert [(group.topic, len(group.rows)) for part in content.departments for group in part.groups] == [
        ("Chưa phân loại", 1)
    ]


# ------------------------------------------------------------------ the group


async def test_words_that_answer_a_walking_card_hit_nobody(world):
    ((_, one),) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(one.id)
        await tx.board.shown(shown.id, "88")
        await tx.board.set_walk(shown.id)

    await world.staff.reply(Order("", "Ở xã nào?", GROUP, "Minh", "", "88"))
    await world.staff.command(Order("thurac", "", GROUP, "Minh", "", "88"))

    assert (await now(world, one)).state is State.WAITING
    assert "ghi rõ mã" in (await world.said_to(GROUP))[-1].text


async def test_a_card_that_is_sent_anew_remembers_the_message_whose_words_must_go(world):
    ((_, one),) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(one.id)
        await tx.board.shown(shown.id, "88")
    await world.staff.command(Order("cauhoi", one.code, GROUP, "Minh"))

    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(one.id)
        assert (shown.message_id, shown.former) == (None, ("88",))
        await tx.board.shown(shown.id, "99")
        assert (await tx.board.of_submission(one.id))[0].former == ()


async def test_a_viewer_asks_for_no_workbook(world):
    async with world.store.transaction() as tx:
        await tx.moderators.grant("Xem", world.clock.now(), Role.VIEWER, Scope(), telegram="5")
    await world.staff.command(Order("xuat", "", GROUP, "Xem", "5"))

    async with world.store.reading() as tx:
        assert not await tx.facts.get(EXPORT_ASKED)
    assert "không có quyền duyệt" in (await world.said_to(GROUP))[-1].text


async def listings(world):
    """How many lists wait to be drawn in the group; what waits is taken as sent."""
    async with world.store.transaction() as tx:
        found = []
        while rows := await tx.outbox.claim(world.clock.now(), lambda _: True, limit=100):
            found += rows
            for row in rows:
                if row.kind == "list":
                    shown = await tx.lists.get(row.list_id)
                    drawn = await world.lists.draw(tx, shown)
                    await tx.lists.shown(shown.id, f"list-{shown.id}", drawn.submissions)
                await tx.outbox.sent(row.id, world.clock.now(), "1")
    return sum(row.kind == "list" for row in found)


async def test_old_pages_of_the_queue_are_drawn_anew_only_where_words_must_go(world):
    """A group takes some twenty messages a minute: they are for what is new."""
    ((_, one),) = await asked(world, BUS)
    for _ in range(3):
        await world.staff.command(Order("hangdoi", "", GROUP, "Minh"))
    assert await listings(world) == 3

    await decide(world, one, Action.ASSIGN)
    assert await listings(world) == 0
    await decide(world, one, Action.SET_APART)
    assert await listings(world) == 3


async def test_walking_through_the_queue_comes_past_every_part(world):
    _, _, parts = await split(world)
    youth = world.youth("99")
    await youth.agrees()
    others = [await youth.asks(text) for text in (BUS_TOO, FEES)]
    waiting = {one.id for one in (*parts, *others)}
    async with world.store.transaction() as tx:
        for id_ in waiting:
            await tx.board.take_back(GROUP, [id_])

    async with world.store.transaction() as tx:
        met, after = [], 0
        while found := await tx.board.cardless(GROUP, world.programme, 1, after=after):
            met += found
            after = found[0]

    assert met == sorted(waiting)
