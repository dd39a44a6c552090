"""`migrate-to`: everything of a file arrives on PostgreSQL and goes on there, or nothing does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot import cli
from bot.domain.submission import Action, State
from bot.ports import RawUpdate
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.audit import Audit
from bot.usecases.voice import Voice
from storage import moving
from storage.faults import StorageFault
from storage.moving import move
from storage.schema import metadata
from storage.sqlite_file import FileLock
from storage.store import SqlStore, is_there
from tests.databases import bare_database, empty_database, empty_file
from tests.world import NOON, World, asked, chief, decide

pytestmark = pytest.mark.postgres_only

UPDATES = 2 * moving._PAGE + 3


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A database after some days of work: words of every kind, people who left, ids whose rows are gone."""
    file = tmp_path / "data" / "doithoai.sqlite3"
    store = await SqlStore.open(empty_file(file), at=NOON)
    world = World(store, tmp_path / "xuat")
    (first, one), (_, two), (_, three), (_, four) = await asked(
        world, "Bao giờ có xe buýt?", "Học phí 🎓 tăng\tsao?\n'x'; --", "viec lam " + "ở đâu " * 400, "quang cao"
    )
    await decide(world, one, Action.APPROVE)
    await decide(world, two, Action.REJECT, reason="Chưa rõ nội dung")
    await decide(world, four, Action.ASK_BACK, question="Ở xã nào?")
    await first.rewrites(one.code, "Bao giờ xã em có xe buýt?")
    await decide(world, three, Action.SET_APART, by=chief())
    await world.exporting.make("Lan")
    async with store.transaction() as tx:
        updates = [RawUpdate("telegram", "42", str(number), str(number % 50), "{}") for number in range(UPDATES)]
        await tx.inbox.add(updates, NOON)
        await tx.outbox.say(first.address, (await world.said_to(first.address))[0], NOON, ephemeral=True)
    async with store.transaction() as tx:
        for row in await tx.outbox.claim(NOON, lambda _: True, limit=500):
            await tx.outbox.sent(row.id, NOON, "900")
    await store.close()
    return file


@pytest.fixture
def target(tmp_path: Path) -> str:
    return bare_database(tmp_path / "target")


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


async def refusal(file: Path, url: str) -> StorageFault:
    with pytest.raises(StorageFault) as refused:
        await move(file, url, NOON, lambda _: None)
    assert Catalogue.load().say(refused.value.key, **refused.value.values)
    return refused.value


async def kept(url: str) -> list[object]:
    """Submissions and history, as the program reads them."""
    store = await SqlStore.open(url, at=NOON)
    async with store.reading() as tx:
        every = await tx.submissions.of_programme("hung-yen-2024", State) + await tx.submissions.private(
            "hung-yen-2024"
        )
        found = [*every, *[entry for one in every for entry in await tx.history.of(one.id)]]
        found += [await tx.inbox.open(), await tx.facts.get("schema_made_at")]
    await store.close()
    return found


async def test_everything_arrives_and_the_file_is_left_as_it_was(file, target):
    before = digest(file)
    told = []

    moved = await move(file, target, NOON, told.append)

    assert moved == told
    assert [one.table for one in moved] == [table.name for table in metadata.sorted_tables]
    assert {one.table: one.rows for one in moved}["inbox"] == UPDATES
    assert digest(file) == before
    assert await kept(target) == await kept(empty_file(file))


async def test_the_bot_goes_on_there_as_if_nothing_had_been(file, target, tmp_path):
    await move(file, target, NOON, lambda _: None)
    store = await SqlStore.open(target, at=NOON)
    world = World(store, tmp_path / "xuat")
    async with store.reading() as tx:
        known = await tx.submissions.of_programme(world.programme, State)
        outbox = [said.id for chat in range(4) for said in await tx.said(world.youth(f"7{chat}").address, 0)]

    _, new = (await asked(world, "Em hỏi thêm một câu"))[0]
    verdict = await Audit(store, Voice(Catalogue.load())).verify("")
    async with store.reading() as tx:
        newest = await tx.said(world.youth("70").address, max(outbox))
    await store.close()

    assert new.id > max(one.id for one in known)
    assert new.code not in {one.code for one in known}
    assert newest
    assert verdict.broken is None


async def test_a_history_whose_end_was_cut_off_is_told_after_the_move_too(file, target):
    store = await SqlStore.open(empty_file(file), at=NOON)
    async with store._database.writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'history'")
    await store.close()

    assert (await refusal(file, target)).key is Key.MOVE_CHAIN


async def test_a_target_that_holds_something_is_refused_and_stays_as_it_is(file, tmp_path):
    url = empty_database(tmp_path / "used")
    store = await SqlStore.open(url, at=NOON)
    async with store.transaction() as tx:
        await tx.facts.put("kind", "production")
    await store.close()
    before = await kept(url)

    refused = await refusal(file, url)

    assert (refused.key, refused.values["table"]) == (Key.MOVE_NOT_EMPTY, "facts")
    assert await kept(url) == before


async def test_nothing_is_moved_while_the_bot_runs(file, target):
    running = FileLock.taken(file.with_name(f"{file.name}.lock"))

    refused = await refusal(file, target)

    await running.end()
    assert refused.key is Key.STORAGE_RUNS_ALREADY
    assert not await is_there(target)


async def test_what_came_out_different_is_not_kept(file, target, monkeypatch):
    honest = moving._sum

    async def other(connection, table):
        found = await honest(connection, table)
        there = connection.dialect.name == "postgresql" and table.name == "outbox"
        return replace(found, checksum="0") if there else found

    monkeypatch.setattr(moving, "_sum", other)

    refused = await refusal(file, target)

    monkeypatch.undo()
    assert (refused.key, refused.values["table"]) == (Key.MOVE_DIFFERS, "outbox")
    assert (await move(file, target, NOON, lambda _: None))[0].rows >= 0  # the target is empty still


async def test_a_dry_run_changes_nothing_and_says_the_same(file, target):
    before = digest(file)

    looked = await move(file, target, NOON, lambda _: None, dry_run=True)

    assert not await is_there(target)
    assert digest(file) == before
    assert looked == await move(file, target, NOON, lambda _: None)


def test_the_command_says_what_it_does_and_shows_no_password(file, target, monkeypatch, capsys):
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(file.parent))

    codes = [cli.run(["migrate-to", target, "--dry-run"]), cli.run(["migrate-to", target])]
    again = cli.run(["migrate-to", target])

    told = capsys.readouterr()
    assert (codes, again) == ([0, 0], 1)
    assert "Chưa chép gì" in told.out
    assert "đều khớp" in told.out
    assert "còn trống" in told.err
    assert "kiem-thu" not in told.out + told.err
    assert asyncio.run(is_there(target))


def test_what_is_no_postgresql_is_refused(file, monkeypatch, capsys):
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(file.parent))

    assert cli.run(["migrate-to", "mysql://ai:bi-mat@may/x"]) == 1

    told = capsys.readouterr().err
    assert "không phải PostgreSQL" in told
    assert "bi-mat" not in told
