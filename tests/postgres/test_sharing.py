"""Several processes at one database, here as several stores: writers in turn, claims, news of commits, the chain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.domain.audit import Damage, Event, Note
from bot.ports import ClaimLost, RawUpdate
from bot.texts.catalogue import Catalogue
from bot.usecases.audit import Audit
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import start
from bot.usecases.voice import Voice
from storage import postgres
from storage.postgres import WriterBusy
from storage.store import SqlStore
from tests.databases import empty_database
from tests.world import NOON

pytestmark = pytest.mark.postgres_only

CLAIM = timedelta(minutes=1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return empty_database(tmp_path / "shared")


@asynccontextmanager
async def opened(url: str, **options: object) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url, at=NOON, **options)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def one(url: str) -> AsyncIterator[SqlStore]:
    async with opened(url) as store:
        yield store


@pytest.fixture
async def other(url: str) -> AsyncIterator[SqlStore]:
    async with opened(url) as store:
        yield store


async def keep(store: SqlStore, *updates: tuple[str, str]) -> None:
    async with store.intake() as tx:
        await tx.inbox.add([RawUpdate("web", "web", id_, chat, "{}") for id_, chat in updates], NOON)


async def fails(store: SqlStore, act) -> None:
    """A transaction that does something and is rolled back."""
    with suppress(ZeroDivisionError):
        async with store.transaction() as tx:
            await act(tx)
            raise ZeroDivisionError


async def claimed(store: SqlStore, at=NOON) -> str | None:
    async with store.claiming() as tx:
        row = await tx.inbox.claim(at, at + CLAIM)
    return row.update_id if row else None


# ------------------------------------------------------------------ writing in turn


async def test_what_two_processes_read_and_then_write_is_not_lost(one, other):
    async def count(store: SqlStore) -> None:
        for _ in range(25):
            async with store.transaction() as tx:
                counted = int(await tx.facts.get("count") or 0)
                await tx.facts.put("count", str(counted + 1))

    await asyncio.gather(*(count(store) for store in (one, other) for _ in range(4)))

    async with one.reading() as tx:
        assert await tx.facts.get("count") == "200"


async def test_what_comes_in_is_kept_while_another_process_writes(one, other):
    async with one.transaction() as tx:
        await tx.facts.put("long", "work")
        await keep(other, ("1", "lan"))

        async with other.reading() as seen:
            assert await seen.inbox.open() == 1


async def test_the_same_update_at_two_processes_is_kept_once(one, other):
    await asyncio.gather(*(keep(store, ("1", "lan"), ("2", "minh")) for store in (one, other) for _ in range(4)))

    async with one.reading() as tx:
        assert await tx.inbox.open() == 2


async def test_a_writer_that_waits_too_long_is_told_and_nothing_was_changed(url, one, monkeypatch):
    monkeypatch.setitem(postgres._SESSION, "lock_timeout", "20ms")
    async with opened(url) as hasty, one.transaction():
        with pytest.raises(WriterBusy):
            async with hasty.transaction() as tx:
                await tx.facts.put("late", "1")

    async with one.reading() as tx:
        assert await tx.facts.get("late") is None


async def test_a_connection_that_the_server_cut_costs_no_later_writer_anything(url, one):
    async with one.transaction() as tx:
        await tx.facts.put("before", "1")
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()

    async with one.transaction() as tx:
        await tx.facts.put("after", "1")
    async with one.reading() as tx:
        assert (await tx.facts.get("before"), await tx.facts.get("after")) == ("1", "1")


# ------------------------------------------------------------------ claims


async def test_two_processes_claim_different_chats_and_never_the_same_one(one, other):
    await keep(one, ("1", "lan"), ("2", "lan"), ("3", "minh"))

    assert [await claimed(store) for store in (one, other, one, other)] == ["1", "3", None, None]


async def test_what_is_being_claimed_is_passed_over_and_not_waited_for(one, other):
    await keep(one, ("1", "lan"), ("2", "minh"))

    async with one.claiming() as tx:
        first = await tx.inbox.claim(NOON, NOON + CLAIM)
        second = await claimed(other)

    assert (first.update_id, second) == ("1", "2")


async def test_the_next_of_a_chat_is_free_once_the_one_before_is_done(one, other):
    await keep(one, ("1", "lan"), ("2", "lan"))
    async with one.claiming() as tx:
        row = await tx.inbox.claim(NOON, NOON + CLAIM)

    waiting = await claimed(other)
    async with one.transaction() as tx:
        await tx.inbox.done(row.id, NOON)

    assert (waiting, await claimed(other)) == (None, "2")


async def test_what_a_dead_process_had_is_taken_over_when_its_claim_has_run_out(one, other):
    await keep(one, ("1", "lan"), ("2", "lan"))
    await claimed(one)

    early, late = await claimed(other, NOON + CLAIM / 2), await claimed(other, NOON + CLAIM)

    assert (early, late) == (None, "1")


@pytest.mark.parametrize("settled", ["done", "again", "quarantine"])
async def test_whoever_was_too_slow_leaves_no_effect(one, other, settled):
    await keep(one, ("1", "lan"))
    async with one.claiming() as tx:
        row = await tx.inbox.claim(NOON, NOON + CLAIM)
    await claimed(other, NOON + CLAIM)

    async def effect() -> None:
        async with one.transaction() as tx:
            await tx.facts.put("effect", "of the slow one")
            more = () if settled == "done" else ("TimeoutError",)
            await getattr(tx.inbox, settled)(row.id, NOON, *more)

    with pytest.raises(ClaimLost):
        await effect()

    async with other.transaction() as tx:
        assert await tx.facts.get("effect") is None
        await tx.inbox.done(row.id, NOON)


async def test_an_update_that_failed_is_free_for_everybody_when_it_is_due_again(one, other):
    await keep(one, ("1", "lan"))
    async with one.claiming() as tx:
        row = await tx.inbox.claim(NOON, NOON + CLAIM)
    async with one.transaction() as tx:
        await tx.inbox.again(row.id, NOON + timedelta(seconds=1), "TimeoutError")

    assert await claimed(other) is None
    assert await claimed(other, NOON + timedelta(seconds=1)) == "1"


# ------------------------------------------------------------------ news of commits


async def test_a_commit_is_heard_by_the_others_and_a_rollback_is_not(url, one, other):
    heard = Pulse()
    listening = start(other.follow(heard.beat), "following")
    await heard.wait(0, 10)  # it listens from now on
    seen = heard.count

    await fails(one, lambda tx: tx.facts.put("never", "1"))
    async with other.transaction() as tx:
        await tx.facts.put("own", "1")
    async with one.transaction() as tx:
        await tx.facts.put("news", "1")
    await heard.wait(seen, 10)
    listening.cancel()

    assert heard.count == seen + 1


async def test_whoever_listens_goes_on_after_the_server_cut_the_line(url, one, other):
    heard = Pulse()
    listening = start(other.follow(heard.beat), "following")
    seen = await heard.wait(0, 10)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
    )
    await connection.close()

    again = await heard.wait(seen, 20)
    async with one.transaction() as tx:
        await tx.facts.put("news", "1")
    later = await heard.wait(again, 10)
    listening.cancel()

    assert seen < again < later


# ------------------------------------------------------------------ the chain of the history


def note(number: int) -> Note:
    return Note(NOON, "Lan", Event.REFUSED, f"HY26-000{number}", "approve", "refuse.scope")


async def noted(store: SqlStore, count: int) -> None:
    for number in range(count):
        async with store.transaction() as tx:
            await tx.history.note(note(number))


async def tampered(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"ALTER TABLE history DISABLE TRIGGER USER; {statement}; ALTER TABLE history ENABLE TRIGGER USER"
    )
    await connection.close()


async def verdict(store: SqlStore):
    return await Audit(store, Voice(Catalogue.load())).verify("")


async def test_entries_of_several_processes_and_of_failed_transactions_make_one_whole_chain(one, other):
    async def write(store: SqlStore) -> None:
        for number in range(10):
            async with store.transaction() as tx:
                await tx.history.note(note(number))
            await fails(store, lambda tx: tx.history.note(note(9)))

    await asyncio.gather(write(one), write(other))

    found = await verdict(one)
    assert (found.holds, found.broken) == (20, None)


@pytest.mark.parametrize(
    ("statement", "damage", "place"),
    [
        ("UPDATE history SET actor = 'Minh' WHERE id = 3", Damage.ALTERED, 3),
        ("UPDATE history SET at = at + interval '1 microsecond' WHERE id = 3", Damage.ALTERED, 3),
        ("DELETE FROM history WHERE id = 3", Damage.REMOVED, 4),
        ("DELETE FROM history WHERE id = 5", Damage.CUT, 4),
        ("TRUNCATE history CASCADE", Damage.CUT, 0),
    ],
)
async def test_what_was_done_to_the_history_behind_the_programs_back_is_found(one, url, statement, damage, place):
    await noted(one, 5)

    await tampered(url, statement)

    found = await verdict(one)
    assert (found.broken.damage, found.broken.id) == (damage, place)
