"""Transactions: all or nothing, one writer at a time, readings that stand still, and what is erased is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, StatementError

from bot.domain.message import Words
from bot.ports import RawUpdate, Store
from storage import engine
from storage.store import SqlStore

# A rollback journal (SQLite with the WAL-reset bug) makes a commit wait for the readings that are open.
needs_wal = pytest.mark.skipif(
    engine.safety_of(engine.linked_version()).journal != "wal", reason="this SQLite is not trusted with WAL"
)


async def put(store: SqlStore, value: str) -> None:
    async with store.transaction() as tx:
        await tx.facts.put("count", value)


async def get(store: SqlStore) -> str | None:
    async with store.reading() as tx:
        return await tx.facts.get("count")


async def test_twenty_writers_reading_then_writing_lose_nothing(store) -> None:
    await put(store, "0")

    async def add_one() -> None:
        async with store.transaction() as tx:
            count = int(await tx.facts.get("count") or 0)
            await asyncio.sleep(0)
            await tx.facts.put("count", str(count + 1))

    async def writer() -> None:
        for _ in range(25):
            await add_one()

    await asyncio.gather(*(writer() for _ in range(20)))

    assert await get(store) == "500"


async def test_two_programs_on_one_file_lose_nothing_either(store, url, at) -> None:
    other: Store = await SqlStore.open(url, at=at)
    await put(store, "0")

    async def add_one(to: Store) -> None:
        async with to.transaction() as tx:
            count = int(await tx.facts.get("count") or 0)
            await tx.facts.put("count", str(count + 1))

    await asyncio.gather(*(add_one(to) for to in (store, other) * 20))
    await other.close()

    assert await get(store) == "40"


async def test_an_exception_leaves_nothing_of_the_transaction(store, lan, at, question) -> None:
    async def file_and_fail() -> None:
        async with store.transaction() as tx:
            submission = await tx.submissions.add(question())
            await tx.outbox.say(lan, Words("Đã nhận"), at)
            await tx.outbox.card(lan, submission.id, at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await file_and_fail()

    async with store.reading() as tx:
        assert sum((await tx.submissions.counts("mau")).values()) == 0
        assert await tx.said(lan, 0) == []
        assert await tx.outbox.next_due() is None


async def test_a_number_of_a_failed_transaction_is_given_again(store, question) -> None:
    async def file_and_fail() -> None:
        async with store.transaction() as tx:
            await tx.submissions.add(question())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await file_and_fail()

    async with store.transaction() as tx:
        assert (await tx.submissions.add(question())).number == 1


async def test_a_cancelled_transaction_leaves_nothing_and_frees_the_writer(store) -> None:
    await put(store, "before")
    inside = asyncio.Event()

    async def stuck() -> None:
        async with store.transaction() as tx:
            await tx.facts.put("count", "half")
            inside.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(stuck())
        await inside.wait()
        task.cancel()

    assert await get(store) == "before"
    await put(store, "after")
    assert await get(store) == "after"


async def test_a_statement_that_is_cancelled_leaves_nothing_and_frees_the_writer(store) -> None:
    await put(store, "before")
    inside = asyncio.Event()

    async def busy() -> None:
        async with store.transaction() as tx:
            while True:
                await tx.facts.put("count", "half")
                inside.set()

    for _ in range(5):
        inside.clear()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(busy())
            await inside.wait()
            await asyncio.sleep(0)
            task.cancel()

    assert await get(store) == "before"
    await put(store, "after")
    assert await get(store) == "after"


async def test_a_transaction_inside_a_transaction_is_a_fault_and_not_a_wait(store) -> None:
    async with store.transaction() as tx:
        await tx.facts.put("count", "outer")
        with pytest.raises(RuntimeError, match="same task"):
            async with store.transaction():
                pass

    assert await get(store) == "outer"


@needs_wal
async def test_a_reading_does_not_see_what_is_committed_meanwhile(store) -> None:
    await put(store, "1")

    async with store.reading() as tx:
        first = await tx.facts.get("count")
        await put(store, "2")
        second = await tx.facts.get("count")

    assert (first, second) == ("1", "1")
    assert await get(store) == "2"


async def test_a_reading_does_not_see_what_is_not_committed(store) -> None:
    async with store.transaction() as tx:
        await tx.facts.put("count", "1")
        assert await get(store) is None


async def test_a_reading_cannot_write(store) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with store.reading() as tx:
            await tx.facts.put("count", "1")

    assert await get(store) is None


@needs_wal
async def test_many_readings_go_on_beside_one_another_and_the_writer(store) -> None:
    await put(store, "1")

    async def slow(to_all: asyncio.Barrier) -> str | None:
        async with store.reading() as tx:
            await tx.facts.get("count")
            await to_all.wait()
            return await tx.facts.get("count")

    barrier = asyncio.Barrier(9)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(slow(barrier)) for _ in range(8)]
        await put(store, "2")
        await barrier.wait()

    assert {task.result() for task in tasks} <= {"1", "2"}


async def test_a_naive_instant_is_refused(store, lan, at) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with store.transaction() as tx:
            await tx.outbox.say(lan, Words("Chào"), at.replace(tzinfo=None))


async def test_every_commit_wakes_whoever_waits_and_a_rollback_does_not(url, at) -> None:
    woken: list[str] = []
    store = await SqlStore.open(url, on_commit=lambda _: woken.append("now"), at=at)
    await put(store, "1")
    await put(store, "2")
    with pytest.raises(ZeroDivisionError):
        async with store.transaction():
            raise ZeroDivisionError
    await get(store)
    await store.close()

    assert woken == ["now", "now"]


async def test_what_was_committed_is_there_after_closing_and_opening(url, at) -> None:
    store = await SqlStore.open(url, at=at)
    await put(store, "1")
    await store.close()

    again = await SqlStore.open(url, at=at)
    assert await get(again) == "1"
    await again.close()


# ------------------------------------------------------------------ erasure

SECRET = "Em tên thật là Trần Thị Mai, nhà ở ngõ 12"


def bytes_of(database: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))


async def write_secret(store: SqlStore, lan, at) -> None:
    """As a conversation leaves it: the raw update, then again and again a longer draft."""
    async with store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "bot", "1", "lan", f'{{"text": "{SECRET}"}}')], at)
    for times in (1, 20, 400, 3):
        async with store.transaction() as tx:
            await tx.sessions.put(lan, f'{{"draft": "{SECRET * times}"}}', at, draft_open=True)
    async with store.transaction() as tx:
        await tx.people.put(lan, 1, at, SECRET, "")
        row = await tx.inbox.next(at)
        await tx.inbox.done(row.id, at)


async def forget(store: SqlStore, lan) -> None:
    async with store.transaction() as tx:
        await tx.sessions.forget(lan)
        await tx.people.forget(lan)


@pytest.mark.sqlite_only
async def test_forgotten_words_are_in_no_file_of_the_database(store, database, lan, at) -> None:
    await write_secret(store, lan, at)
    assert SECRET.encode() in bytes_of(database)

    await forget(store, lan)

    assert SECRET.encode() not in bytes_of(database)
    assert "Trần Thị Mai".encode() not in bytes_of(database)


@needs_wal
async def test_words_forgotten_while_somebody_reads_go_when_the_reading_ends(store, database, lan, at) -> None:
    await write_secret(store, lan, at)

    async with store.reading() as tx:
        await tx.sessions.get(lan)
        await forget(store, lan)
        assert SECRET in (await tx.sessions.get(lan) or "")

    assert SECRET.encode() not in bytes_of(database)


@pytest.mark.sqlite_only
async def test_forgotten_words_are_gone_after_closing(url, database, lan, at) -> None:
    store = await SqlStore.open(url, at=at)
    await write_secret(store, lan, at)
    await forget(store, lan)
    await store.close()

    assert SECRET.encode() not in bytes_of(database)


@pytest.mark.sqlite_only
async def test_ephemeral_words_are_gone_once_they_are_sent(store, database, lan, at) -> None:
    async with store.transaction() as tx:
        await tx.outbox.say(lan, Words(SECRET), at, ephemeral=True)
    async with store.transaction() as tx:
        (row,) = await tx.outbox.claim(at, lambda _: True)
    assert SECRET.encode() in bytes_of(database)

    async with store.transaction() as tx:
        await tx.outbox.sent(row.id, at, "7")

    assert SECRET.encode() not in bytes_of(database)
