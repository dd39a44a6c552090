"""The inbox: kept once, worked off in the order of each chat, one bad row never in the way of other chats."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from bot.ports import RawUpdate

MINUTE = timedelta(minutes=1)


def update(
    number: int, chat: str = "lan", *, platform: str = "telegram", bot: str = "bot", raw: str = "{}"
) -> RawUpdate:
    return RawUpdate(platform, bot, str(number), chat, raw)


async def add(store, at, *updates: RawUpdate) -> int:
    async with store.transaction() as tx:
        return await tx.inbox.add(updates, at)


async def take(store, at) -> str | None:
    """Handle the next row; its update id."""
    async with store.transaction() as tx:
        row = await tx.inbox.next(at)
        if row is None:
            return None
        await tx.inbox.done(row.id, at)
        return row.update_id


async def all_of_it(store, at) -> list[str]:
    taken = []
    while (one := await take(store, at)) is not None:
        taken.append(one)
    return taken


async def test_an_update_comes_out_as_it_went_in(store, at) -> None:
    await add(store, at, update(7, raw='{"text": "\\ud83d\\ude00"}'))

    async with store.reading() as tx:
        row = await tx.inbox.next(at)

    assert (row.platform, row.bot, row.update_id, row.chat) == ("telegram", "bot", "7", "lan")
    assert row.raw == '{"text": "\\ud83d\\ude00"}'
    assert (row.tries, row.received_at) == (0, at)


async def test_an_update_that_comes_again_is_not_kept_twice(store, at) -> None:
    assert await add(store, at, update(1), update(2), update(1)) == 2
    assert await add(store, at, update(2), update(3)) == 1

    assert await all_of_it(store, at) == ["1", "2", "3"]


async def test_an_update_that_comes_again_after_it_was_handled_is_not_kept(store, at) -> None:
    await add(store, at, update(1))
    await take(store, at)

    assert await add(store, at, update(1)) == 0
    assert await take(store, at) is None


async def test_the_same_number_of_another_bot_or_platform_is_another_update(store, at) -> None:
    assert await add(store, at, update(1), update(1, bot="other"), update(1, platform="web")) == 3


async def test_an_update_id_may_be_lower_than_the_last(store, at) -> None:
    await add(store, at, update(900_000))

    assert await add(store, at, update(5)) == 1


async def test_nothing_is_no_update(store, at) -> None:
    assert await add(store, at) == 0


async def test_what_is_done_keeps_its_key_and_hash_but_neither_words_nor_chat(store, at, database) -> None:
    await add(store, at, update(1, raw='{"text": "bí mật"}'))

    await take(store, at)

    async with store._database.writer.connect() as connection:
        (row,) = (await connection.exec_driver_sql("SELECT * FROM inbox")).mappings().all()
    assert (row["platform"], row["bot"], row["update_id"]) == ("telegram", "bot", "1")
    assert (row["raw"], row["chat"], row["error"]) == ("", "", "")
    assert row["sha256"] == hashlib.sha256('{"text": "bí mật"}'.encode()).hexdigest()


async def test_a_done_mark_that_is_rolled_back_leaves_the_update_to_be_done(store, at) -> None:
    await add(store, at, update(1))

    async def handle_and_fail() -> None:
        async with store.transaction() as tx:
            await tx.inbox.done((await tx.inbox.next(at)).id, at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await handle_and_fail()

    async with store.reading() as tx:
        row = await tx.inbox.next(at)
        assert not await tx.inbox.is_done(row.id)
    assert await take(store, at) == "1"
    async with store.reading() as tx:
        assert await tx.inbox.is_done(row.id)


async def test_a_row_that_waits_for_its_retry_holds_up_its_own_chat_only(store, at) -> None:
    await add(store, at, update(1, "lan"), update(2, "lan"), update(3, "minh"), update(4, "lan", bot="other"))
    async with store.transaction() as tx:
        first = await tx.inbox.next(at)
        await tx.inbox.again(first.id, at + MINUTE, "TimeoutError")

    meanwhile = await all_of_it(store, at)
    afterwards = await all_of_it(store, at + MINUTE)

    assert meanwhile == ["3", "4"]
    assert afterwards == ["1", "2"]


async def test_every_failed_try_is_counted(store, at) -> None:
    await add(store, at, update(1))

    for tries in (0, 1, 2):
        async with store.transaction() as tx:
            row = await tx.inbox.next(at)
            assert row.tries == tries
            await tx.inbox.again(row.id, at, "TimeoutError")


async def test_a_row_in_quarantine_holds_up_nothing_and_keeps_its_raw_json(store, at) -> None:
    await add(store, at, update(1, raw='{"odd": true}'), update(2))
    async with store.transaction() as tx:
        odd = await tx.inbox.next(at)
        await tx.inbox.quarantine(odd.id, at, "ValidationError")

    assert await all_of_it(store, at) == ["2"]
    async with store.reading() as tx:
        assert await tx.inbox.quarantined() == 1
        assert await tx.inbox.open() == 0
        assert not await tx.inbox.is_done(odd.id)
    async with store._database.writer.connect() as connection:
        raw = (await connection.exec_driver_sql(f"SELECT raw, error FROM inbox WHERE id = {odd.id}")).one()
    assert tuple(raw) == ('{"odd": true}', "ValidationError")


async def test_open_rows_are_those_that_still_wait(store, at) -> None:
    await add(store, at, *(update(number) for number in range(5)))
    await take(store, at)
    async with store.transaction() as tx:
        await tx.inbox.again((await tx.inbox.next(at)).id, at + MINUTE, "X")

    async with store.reading() as tx:
        assert await tx.inbox.open() == 4


async def test_five_thousand_updates_of_a_thousand_chats_keep_their_order(store, at) -> None:
    assert await add(store, at, *(update(number, f"chat {number % 1000}") for number in range(5000))) == 5000

    async with store.transaction() as tx:
        seen: dict[str, list[int]] = {}
        for _ in range(1200):
            row = await tx.inbox.next(at)
            seen.setdefault(row.chat, []).append(int(row.update_id))
            await tx.inbox.done(row.id, at)

    assert sum(map(len, seen.values())) == 1200
    assert all(numbers == sorted(numbers) for numbers in seen.values())
    assert [numbers[0] for numbers in seen.values()] == list(range(1000))
