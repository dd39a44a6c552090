"""The outbox: in the order of each chat, one at a time there, cards collapsed, nothing lost by a crash."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.message import Address, ChannelName, Words
from bot.ports import OutboxRow
from storage.store import SqlStore

MINUTE = timedelta(minutes=1)


def everybody(_: Address) -> bool:
    return True


async def say(store, at, *wishes: tuple[Address, str]) -> list[int]:
    async with store.transaction() as tx:
        return [await tx.outbox.say(address, Words(text), at) for address, text in wishes]


async def claim(store, at, ready=everybody, limit: int = 10) -> list[OutboxRow]:
    async with store.transaction() as tx:
        return await tx.outbox.claim(at, ready, limit=limit)


async def sent(store, at, *rows: OutboxRow) -> None:
    async with store.transaction() as tx:
        for row in rows:
            await tx.outbox.sent(row.id, at, f"m{row.id}")


async def later(store, due_at, *rows: OutboxRow) -> None:
    async with store.transaction() as tx:
        for row in rows:
            await tx.outbox.later(row.id, due_at, "429")


async def drain(store, at) -> list[OutboxRow]:
    handed = []
    while rows := await claim(store, at):
        handed += rows
        await sent(store, at, *rows)
    return handed


def texts(rows: list[OutboxRow]) -> list[str]:
    return [row.words.text if row.words else f"card {row.submission_id}" for row in rows]


@pytest.fixture
async def submission(store, question):
    async with store.transaction() as tx:
        return await tx.submissions.add(question())


async def test_words_come_out_as_they_went_in(store, at, lan) -> None:
    words = Words("Xin chào “bạn” 👋🏽\n{unit} é", (("send", "Gửi"), ("drop", "Bỏ")))
    async with store.transaction() as tx:
        id_ = await tx.outbox.say(lan, words, at)

    assert await claim(store, at) == [OutboxRow(id_, "words", lan, words, None, None, False, 0, 0, at)]


async def test_a_card_is_its_subject_and_a_file_its_path_and_caption(store, at, group, submission) -> None:
    async with store.transaction() as tx:
        await tx.outbox.card(group, submission.id, at)
        id_ = await tx.outbox.file(group, Path("out") / "bảng.xlsx", "Lần 1", at)

    card, file = await drain(store, at)

    assert (card.kind, card.words, card.submission_id, card.file) == ("card", None, submission.id, None)
    assert (file.id, file.kind, file.words, file.file) == (id_, "file", Words("Lần 1"), str(Path("out/bảng.xlsx")))


async def test_rows_are_claimed_oldest_first_and_one_a_chat(store, at, lan, minh) -> None:
    await say(store, at, (lan, "1"), (lan, "2"), (minh, "3"), (minh, "4"))

    first = await claim(store, at)
    nothing = await claim(store, at)
    await sent(store, at, *first)
    second = await claim(store, at)

    assert (texts(first), nothing, texts(second)) == (["1", "3"], [], ["2", "4"])


async def test_a_chat_in_which_something_is_being_sent_waits_for_it(store, at, lan, minh) -> None:
    await say(store, at, (lan, "1"), (lan, "2"))
    (one,) = await claim(store, at)
    await say(store, at, (minh, "3"))

    assert texts(await claim(store, at)) == ["3"]
    await sent(store, at, one)
    assert texts(await claim(store, at)) == ["2"]


async def test_chats_that_are_not_ready_are_passed_over(store, at, lan, minh) -> None:
    await say(store, at, (lan, "1"), (minh, "2"))

    assert texts(await claim(store, at, lambda address: address == minh)) == ["2"]
    assert texts(await claim(store, at)) == ["1"]


async def test_a_ready_chat_is_found_behind_hundreds_that_are_not(store, at) -> None:
    chats = [Address(ChannelName.TELEGRAM, "bot", str(number)) for number in range(700)]
    await say(store, at, *((chat, chat.chat) for chat in chats))
    asked: list[Address] = []

    def ready(address: Address) -> bool:
        asked.append(address)
        return int(address.chat) in (3, 333, 699)

    assert texts(await claim(store, at, ready, limit=5)) == ["3", "333", "699"]
    assert asked == chats


async def test_no_more_rows_than_asked_for_are_claimed_and_no_more_chats_asked(store, at) -> None:
    chats = [Address(ChannelName.TELEGRAM, "bot", str(number)) for number in range(9)]
    await say(store, at, *((chat, chat.chat) for chat in chats))
    asked: list[Address] = []

    assert texts(await claim(store, at, lambda address: not asked.append(address), limit=4)) == ["0", "1", "2", "3"]
    assert asked == chats[:4]


async def test_the_same_chat_id_of_another_bot_or_channel_is_another_chat(store, at, lan) -> None:
    others = [Address(ChannelName.WEB, "bot", "lan"), Address(ChannelName.TELEGRAM, "bot 2", "lan")]

    await say(store, at, (lan, "1"), *((other, "2") for other in others))

    assert [row.address for row in await claim(store, at)] == [lan, *others]


async def test_a_row_that_waits_for_its_retry_holds_up_its_own_chat_only(store, at, lan, minh, submission) -> None:
    await say(store, at, (lan, "1"), (lan, "2"), (minh, "3"))
    async with store.transaction() as tx:
        await tx.outbox.card(lan, submission.id, at)
    one, three = await claim(store, at)
    await later(store, at + MINUTE, one)
    await sent(store, at, three)

    assert await claim(store, at) == []
    assert texts(await drain(store, at + MINUTE)) == ["1", "2", f"card {submission.id}"]


async def test_every_failed_try_is_counted(store, at, lan) -> None:
    await say(store, at, (lan, "1"))

    for tries in (0, 1, 2):
        (row,) = await claim(store, at)
        assert (row.tries, row.repeats) == (tries, 0)
        await later(store, at, row)


async def test_a_row_given_up_stays_on_record_and_holds_up_nothing(store, at, lan) -> None:
    await say(store, at, (lan, "1"), (lan, "2"))
    (one,) = await claim(store, at)
    async with store.transaction() as tx:
        await tx.outbox.failed(one.id, at, "blocked")

    assert texts(await drain(store, at)) == ["2"]
    async with store.reading() as tx:
        assert [said.words.text for said in await tx.said(lan, 0)] == ["1", "2"]


# ------------------------------------------------------------------ cards


async def cards(store, at, group, submission, times: int = 1) -> None:
    async with store.transaction() as tx:
        for _ in range(times):
            await tx.outbox.card(group, submission.id, at)


async def test_ten_wishes_for_a_card_make_one_drawing(store, at, group, minh, submission) -> None:
    await cards(store, at, group, submission, times=10)
    await cards(store, at, minh, submission)

    assert [row.address for row in await drain(store, at)] == [group, minh]


async def test_a_wish_during_the_drawing_makes_another(store, at, group, submission) -> None:
    await cards(store, at, group, submission)
    (drawing,) = await claim(store, at)
    await cards(store, at, group, submission, times=2)
    await sent(store, at, drawing)

    assert len(await drain(store, at)) == 1


async def test_a_drawing_that_must_be_tried_again_serves_the_wish_that_came_meanwhile(
    store, at, group, submission
) -> None:
    await cards(store, at, group, submission)
    (drawing,) = await claim(store, at)
    await cards(store, at, group, submission)
    await later(store, at + MINUTE, drawing)

    assert await claim(store, at) == []
    assert [(row.id, row.tries) for row in await drain(store, at + MINUTE)] == [(drawing.id, 1)]


async def test_after_a_crash_a_drawing_serves_the_wish_that_came_meanwhile(store, at, group, submission) -> None:
    await cards(store, at, group, submission)
    (drawing,) = await claim(store, at)
    await cards(store, at, group, submission)

    async with store.transaction() as tx:
        assert await tx.outbox.recover() == 1

    assert [(row.id, row.repeats) for row in await drain(store, at)] == [(drawing.id, 1)]


# ------------------------------------------------------------------ crashes


async def test_rows_that_a_dead_process_was_sending_are_sent_again_first_and_marked(store, url, at, lan, minh) -> None:
    await say(store, at, (lan, "1"), (lan, "2"), (minh, "3"))
    one, _ = await claim(store, at)
    await sent(store, at, one)
    await store.close()

    again = await SqlStore.open(url, at=at)
    async with again.transaction() as tx:
        recovered = await tx.outbox.recover()
    rows = await drain(again, at)
    await again.close()

    assert recovered == 1
    assert [(row.words.text, row.repeats) for row in rows] == [("2", 0), ("3", 1)]


async def test_repeats_add_up_over_crashes(store, at, lan) -> None:
    await say(store, at, (lan, "1"))

    for repeats in (0, 1, 2):
        (row,) = await claim(store, at)
        assert row.repeats == repeats
        async with store.transaction() as tx:
            assert await tx.outbox.recover() == 1
    async with store.transaction() as tx:
        assert await tx.outbox.recover() == 0


# ------------------------------------------------------------------ when, and what was said


async def test_next_due_is_the_earliest_row_that_could_be_sent(store, at, lan, minh) -> None:
    async def due():
        async with store.reading() as tx:
            return await tx.outbox.next_due()

    assert await due() is None
    await say(store, at, (lan, "1"), (lan, "2"), (minh, "3"))
    assert await due() == at
    one, three = await claim(store, at)
    await later(store, at + 2 * MINUTE, one)
    await later(store, at + MINUTE, three)
    assert await due() == at + MINUTE
    await drain(store, at + MINUTE)
    assert await due() == at + 2 * MINUTE  # "2" was due long ago, but follows "1"
    await drain(store, at + 2 * MINUTE)
    assert await due() is None


async def test_words_of_a_chat_are_shown_again_whatever_became_of_them(store, at, lan, minh, submission) -> None:
    await say(store, at, (lan, "sent"), (lan, "waits"), (minh, "to another"))
    await cards(store, at, lan, submission)
    (row,) = await claim(store, at, lambda address: address == lan)
    await sent(store, at, row)

    async with store.reading() as tx:
        everything = await tx.said(lan, 0)
        newer = await tx.said(lan, everything[0].id)

    assert [(said.words.text, said.at) for said in everything] == [("sent", at), ("waits", at)]
    assert newer == everything[1:]


async def test_an_ephemeral_row_is_deleted_once_it_is_sent_and_its_id_not_used_again(store, at, lan) -> None:
    async with store.transaction() as tx:
        first = await tx.outbox.say(lan, Words("Chưa đủ 16 tuổi"), at, ephemeral=True)
    (row,) = await claim(store, at)
    assert row.ephemeral
    await sent(store, at, row)

    (second,) = await say(store, at, (lan, "2"))

    async with store.reading() as tx:
        assert [said.id for said in await tx.said(lan, 0)] == [second]
    assert second > first
