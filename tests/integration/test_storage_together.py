"""Transactions that wait for each other share a commit: each stands or falls alone, and none is over before it is kept."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.domain.message import Words
from storage.schema import facts, sealed
from storage.store import SqlStore
from storage.writer import Undone
from tests.databases import SERVER

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server groups commits by itself")


@pytest.fixture
async def commits(url, at):
    """A store, and the tables that each commit of it touched."""
    told: list[set[str]] = []
    store = await SqlStore.open(url, on_commit=lambda touched: told.append(set(touched)), at=at)
    yield store, told
    await store.close()


async def put(store: SqlStore, name: str, *, fail: bool = False) -> None:
    async with store.transaction() as tx:
        await tx.facts.put(name, "here")
        if fail:
            raise ZeroDivisionError


async def kept(store: SqlStore, names: list[str]) -> list[str]:
    async with store.reading() as tx:
        return [name for name in names if await tx.facts.get(name) is not None]


NAMES = [f"fact {number}" for number in range(20)]


async def test_those_who_wait_for_each_other_share_a_commit(commits) -> None:
    store, told = commits

    await asyncio.gather(*(put(store, name) for name in NAMES))

    assert await kept(store, NAMES) == NAMES
    assert len(told) < len(NAMES) / 2


async def test_one_that_fails_comes_undone_alone(commits) -> None:
    store, _ = commits

    done = await asyncio.gather(
        *(put(store, name, fail=number % 3 == 1) for number, name in enumerate(NAMES)), return_exceptions=True
    )

    assert [type(one) for one in done[:3]] == [type(None), ZeroDivisionError, type(None)]
    assert await kept(store, NAMES) == [name for number, name in enumerate(NAMES) if number % 3 != 1]


async def test_a_transaction_is_over_only_when_others_can_see_it(commits) -> None:
    store, _ = commits
    unseen = []

    async def put_and_look(name: str) -> None:
        await put(store, name)
        if not await kept(store, [name]):
            unseen.append(name)

    await asyncio.gather(*(put_and_look(name) for name in NAMES))

    assert unseen == []


async def test_one_that_is_cancelled_in_the_middle_of_a_statement_takes_nobody_along(commits) -> None:
    store, _ = commits
    inside = asyncio.Event()

    async def busy() -> None:
        async with store.transaction() as tx:
            await tx.facts.put("busy", "half")
            while True:
                inside.set()
                await tx.history.of(1)

    async def gives_up() -> None:
        task = asyncio.ensure_future(busy())  # noqa: TID251
        await inside.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    await asyncio.gather(put(store, "before"), gives_up(), put(store, "after"))

    assert await kept(store, ["before", "busy", "after"]) == ["before", "after"]


async def test_where_the_database_undoes_everything_nobody_is_told_that_theirs_was_kept(commits) -> None:
    """SQLite may roll a whole transaction back by itself, where the disk is full."""
    store, told = commits

    async def breaks() -> None:
        async with store.transaction() as tx:
            tx.facts._work.raw.execute("ROLLBACK")
            raise OSError

    done = await asyncio.gather(put(store, "before"), breaks(), put(store, "after"), return_exceptions=True)

    assert [type(one) for one in done] == [OSError, OSError, type(None)]
    assert await kept(store, ["before", "after"]) == ["after"]
    assert told == [{"facts"}]


async def test_a_commit_that_fails_is_heard_of_by_everybody_in_it(commits, monkeypatch) -> None:
    store, told = commits

    async def full(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("sqlalchemy.ext.asyncio.AsyncConnection.commit", full)
        done = await asyncio.gather(*(put(store, name) for name in NAMES), return_exceptions=True)
    await put(store, "afterwards")

    assert {type(one) for one in done} == {OSError}
    assert await kept(store, [*NAMES, "afterwards"]) == ["afterwards"]
    assert told == [{"facts"}]


async def test_what_stops_one_task_is_never_the_end_of_another(commits) -> None:
    """A part of the program that found itself cancelled by a stranger would be gone without a word in the log."""
    store, _ = commits

    async def stopped() -> None:
        async with store.transaction() as tx:
            tx.facts._work.raw.execute("ROLLBACK")
            raise asyncio.CancelledError

    done = await asyncio.gather(put(store, "before"), stopped(), return_exceptions=True)

    assert [type(one) for one in done] == [Undone, asyncio.CancelledError]
    assert await kept(store, ["before"]) == []


async def test_a_commit_that_the_database_refuses_does_not_stay_open(commits) -> None:
    """The next one would be a transaction inside a transaction, and so would all after it."""
    store, told = commits

    async def refers_to_nothing() -> None:
        async with store.transaction() as tx:
            await tx.facts._work.run(text("PRAGMA defer_foreign_keys=ON"))
            await tx.facts._work.run(insert(sealed).values(export_id=7, submission_id=7))

    with pytest.raises(IntegrityError):
        await refers_to_nothing()
    await put(store, "after")

    assert told == [{"facts"}]


async def test_one_that_is_cancelled_while_another_program_writes_leaves_the_writer_usable(commits, database) -> None:
    store, _ = commits
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.ensure_future(put(store, "cancelled"))  # noqa: TID251
        for _ in range(200):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with contextlib.suppress(asyncio.CancelledError):
            await task

    await put(store, "after")

    assert await kept(store, ["cancelled", "after"]) == ["after"]


async def test_an_export_that_is_given_up_while_it_is_named_takes_nobody_along(commits, at) -> None:
    store, _ = commits
    async with store.transaction() as tx:
        begun = await tx.exports.begin(at)

    async def given_up() -> None:
        async with store.transaction() as tx:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()  # it is heard at the first statement
            await tx.exports.add("mau", 1, at, "", "", "", "", begun=begun)

    done = await asyncio.gather(put(store, "before"), given_up(), put(store, "after"), return_exceptions=True)

    assert [type(one) for one in done] == [type(None), asyncio.CancelledError, type(None)]
    assert await kept(store, ["before", "after"]) == ["before", "after"]


async def test_a_commit_tells_which_tables_it_touched_and_one_that_touched_none_tells_nobody(commits, lan, at) -> None:
    store, told = commits

    async with store.transaction() as tx:
        await tx.outbox.say(lan, Words("Chào"), at)
        await tx.sessions.put(lan, "{}", at, draft_open=False)
    async with store.transaction() as tx:
        await tx.sessions.get(lan)

    assert told == [{"outbox", "sessions"}]


async def test_a_prepared_statement_gives_the_same_with_and_without_a_detour(commits, lan, at, question) -> None:
    store, _ = commits
    async with store.transaction() as tx:
        person = await tx.people.put(lan, 1, at, "xã Tân Tiến", "")
        submission = await tx.submissions.add(question())
        card = await tx.board.open(lan, submission.id)
        straight = (await tx.people.get(lan), await tx.submissions.get(submission.id), await tx.programmes.changes("x"))

    async with store.reading() as tx:
        assert tx.people._work.raw is None
        detour = (await tx.people.get(lan), await tx.submissions.get(submission.id), await tx.programmes.changes("x"))
        assert (await tx.board.of_submission(submission.id)) == [card]

    assert straight == detour == (person, submission, [])


async def test_a_glance_cannot_write(commits) -> None:
    store, _ = commits

    with pytest.raises(Exception, match=r"read-?only"):
        async with store.glance() as tx:
            await tx.facts.put("x", "y")
    async with store.reading() as tx:
        assert await tx.facts._work.first(select(facts).where(facts.c.name == "x")) is None
