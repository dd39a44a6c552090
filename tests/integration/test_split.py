"""One message that asks several things: its parts go their own ways, the asker keeps one code and hears of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.submission import Action, State, parse_receipt_code
from tests.world import World, decide, now

TEXT = "Bao giờ quê em có xe buýt? Với lại học phí năm nay có tăng không ạ?"
PARTS = ("Bao giờ quê em có xe buýt?", "Học phí năm nay có tăng không ạ?")


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def asked(world, text=TEXT):
    an = world.youth()
    await an.agrees()
    return an, await an.asks(text)


async def parts_of(world, whole):
    async with world.store.reading() as tx:
        return await tx.submissions.parts(whole.id)


async def split(world):
    an, whole = await asked(world)
    await decide(world, whole, Action.SPLIT, parts=PARTS)
    return an, whole, await parts_of(world, whole)


async def test_every_part_gets_its_own_topic_and_card_and_the_asker_one_message(world):
    an, whole, parts = await split(world)

    assert [(one.code, one.text, one.topic) for one in parts] == [
        (f"{whole.code}/1", PARTS[0], "giao-thong-van-tai"),
        (f"{whole.code}/2", PARTS[1], "hoc-phi-hoc-bong"),
    ]
    assert {(one.person_id, one.unit, one.typed_at, one.state) for one in parts} == {
        (whole.person_id, whole.unit, whole.typed_at, State.WAITING)
    }
    kept = await now(world, whole)
    assert (kept.state, kept.text) == (State.SPLIT, TEXT)
    async with world.store.reading() as tx:
        assert [len(await tx.board.of_submission(part.id)) for part in parts] == [1, 1]
    assert "tách thành 2 phần" in (await world.said_to(an.address))[-1].text
    assert (await world.cards.one(whole.id)).parts == tuple(part.code for part in parts)


async def test_without_a_moderators_cut_the_machines_is_taken(world):
    _, whole = await asked(world, "1. Bao giờ quê em có xe buýt?\n2. Học phí năm nay có tăng không?")

    await decide(world, whole, Action.SPLIT)

    assert [one.text for one in await parts_of(world, whole)] == [
        "1. Bao giờ quê em có xe buýt?",
        "2. Học phí năm nay có tăng không?",
    ]


@pytest.mark.parametrize("cut", [("Một phần",), ("Một phần", "  "), ("a?",) * 11])
async def test_parts_must_be_several_and_hold_words(world, cut):
    _, whole = await asked(world)

    with pytest.raises(Refusal, match="parts"):
        await decide(world, whole, Action.SPLIT, parts=cut)
    assert (await now(world, whole)).state is State.WAITING
    assert await parts_of(world, whole) == []


async def test_a_part_is_not_split_again(world):
    _, _, (first, _) = await split(world)

    with pytest.raises(NotAllowedNow):
        await decide(world, first, Action.SPLIT, parts=PARTS)


async def test_the_asker_follows_all_parts_by_the_one_code(world):
    an, whole, (first, second) = await split(world)
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.REJECT, reason="reason.unclear")
    heard = [words.text for words in await world.said_to(an.address)][-2:]
    assert first.code in heard[0]
    assert second.code in heard[1]

    said = await an.types("/cuatoi")

    assert "phần 1: đã duyệt; phần 2: không duyệt" in said
    assert said.count(whole.code) == 1
    assert whole.code in await an.types(second.code)


async def test_a_part_can_be_asked_about_and_answered(world):
    an, _, (first, _) = await split(world)
    await decide(world, first, Action.ASK_BACK, question="Ở xã nào?")

    await an.types("Ở xã Tân Việt ạ")

    async with world.store.reading() as tx:
        assert (await tx.asks.newest(first.id)).answer == "Ở xã Tân Việt ạ"


async def test_only_the_parts_stand_in_the_workbook(world):
    _, _, (first, second) = await split(world)
    await decide(world, first, Action.APPROVE)

    content = await world.exporting.content()

    assert [row.codes for part in content.departments for row in part.rows] == [(first.code,)]
    assert [row.codes for row in content.waiting] == [(second.code,)]


async def test_an_undo_puts_the_whole_together_again_as_long_as_nobody_dealt_with_a_part(world):
    _, whole, (first, _) = await split(world)
    await decide(world, first, Action.APPROVE)
    with pytest.raises(NotAllowedNow, match="parts_touched"):
        await decide(world, whole, Action.UNDO)
    await decide(world, first, Action.UNDO)

    await decide(world, whole, Action.UNDO)

    assert await now(world, whole) == replace(whole, version=3)
    assert [one.state for one in await parts_of(world, whole)] == [State.JOINED, State.JOINED]
    assert [one.code for one in await world.submissions(State.WAITING)] == [whole.code]


async def test_what_is_split_again_gets_new_part_numbers(world):
    _, whole, _ = await split(world)
    await decide(world, whole, Action.UNDO)
    await decide(world, whole, Action.SPLIT, parts=PARTS)

    assert [one.code for one in await world.submissions(State.WAITING)] == [f"{whole.code}/4", f"{whole.code}/3"]


@pytest.mark.parametrize("end", ["edit", "withdraw"])
async def test_an_asker_who_changes_or_withdraws_the_whole_ends_its_parts_wherever_they_are(world, end):
    an, whole, (first, second) = await split(world)
    await decide(world, first, Action.APPROVE)

    if end == "edit":
        await an.rewrites(whole.code, "Em chỉ muốn hỏi học phí thôi ạ")
    else:
        await an.types(f"rút {whole.code}")
        await an.presses("Đúng, rút câu này")

    assert (await now(world, whole)).state is (State.WAITING if end == "edit" else State.WITHDRAWN)
    for part in (first, second):
        ended = await now(world, part)
        assert (ended.state, ended.issue_id) == (State.JOINED, None)
    content = await world.exporting.content()
    assert [row for department in content.departments for row in department.rows] == []


async def test_a_receipt_has_no_gaps_for_parts(world):
    an, whole, _ = await split(world)
    other = await an.asks("Việc làm ở huyện em thế nào?")

    assert parse_receipt_code(other.code)[1] == parse_receipt_code(whole.code)[1] + 1
    assert parse_receipt_code(f"{whole.code}/2") == parse_receipt_code(whole.code)
