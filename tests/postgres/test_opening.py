"""Opening a database on PostgreSQL: made by the same migrations, or refused in a sentence that shows no password."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from storage import postgres
from storage import upgrade as upgrading
from storage.faults import StorageFault
from storage.schema import metadata
from storage.store import SqlStore, is_there
from tests.databases import bare_database, empty_database
from tests.world import NOON

pytestmark = pytest.mark.postgres_only

SECRET = "bi-mat-9"


@pytest.fixture
def bare(tmp_path: Path) -> str:
    return bare_database(tmp_path / "bare")


async def refusal(url: str) -> StorageFault:
    with pytest.raises(StorageFault) as refused:
        await SqlStore.open(url, at=NOON)
    assert SECRET not in Catalogue.load().say(refused.value.key, **refused.value.values)
    return refused.value


async def execute(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return [row for statement in statements for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def changed(url: str, **parts: str) -> str:
    """The same address with another user, password, machine or database."""
    old = urlsplit(url)
    user, password = parts.get("user", old.username), parts.get("password", old.password)
    where = parts.get("where", f"{old.hostname}:{old.port}")
    return old._replace(netloc=f"{user}:{password}@{where}", path=parts.get("path", old.path)).geturl()


async def test_the_migrations_lead_to_exactly_the_schema(bare):
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)

    store = await SqlStore.open(bare, at=NOON)
    async with store._database.writer.connect() as connection:
        found = await connection.run_sync(differences)
    await store.close()

    assert found == []


async def test_a_database_is_there_once_it_was_made(bare):
    before = await is_there(bare)
    await (await SqlStore.open(bare, at=NOON)).close()

    assert (before, await is_there(bare)) == (False, True)


async def test_of_several_programs_that_open_an_empty_database_one_makes_it(bare):
    stores = await asyncio.gather(*(SqlStore.open(bare, at=NOON) for _ in range(4)))
    for store in stores:
        await store.close()

    assert len(await execute(bare, "SELECT * FROM alembic_version")) == 1


async def test_a_database_of_another_program_is_refused_and_left_as_it_is(bare):
    await execute(bare, "CREATE TABLE invoices (id int)")

    refused = await refusal(bare)

    tables = await execute(bare, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert refused.key is Key.STORAGE_NOT_OURS
    assert [row["tablename"] for row in tables] == ["invoices"]


async def test_a_database_newer_than_the_program_is_refused(tmp_path):
    url = empty_database(tmp_path / "newer")
    await execute(url, "UPDATE alembic_version SET version_num = '9999'")

    refused = await refusal(url)

    assert (refused.key, refused.values["found"]) == (Key.STORAGE_NEWER, "9999")


async def test_an_upgrade_that_loses_something_is_undone(bare, monkeypatch):
    monkeypatch.setattr(upgrading, "TRIGGERS", {"history_no_update", "never_made"})

    refused = await refusal(bare)

    assert (refused.key, refused.values["what"]) == (Key.STORAGE_UPGRADE, "never_made")
    assert await execute(bare, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_wrong_password_is_told_from_a_wrong_address(bare):
    wrong = await refusal(changed(bare, password=SECRET))
    nobody = await refusal(changed(bare, user="nobody", password=SECRET))
    missing = await refusal(changed(bare, path="/never_made"))
    away = await refusal(changed(bare, password=SECRET, where="127.0.0.1:1"))
    nonsense = await refusal(changed(bare, password=SECRET, where="127.0.0.1:port"))

    assert [one.key for one in (wrong, nobody, missing, away, nonsense)] == [
        Key.STORAGE_PG_PASSWORD,
        Key.STORAGE_PG_PASSWORD,
        Key.STORAGE_PG_MISSING,
        Key.STORAGE_PG_UNREACHABLE,
        Key.STORAGE_URL,
    ]


async def test_an_account_that_may_not_make_tables_is_told_so(bare):
    name = urlsplit(bare).path[1:]
    await execute(bare, f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'")
    try:
        refused = await refusal(changed(bare, user=name, password=SECRET))
    finally:
        await execute(bare, f"DROP ROLE {name}")

    assert refused.key is Key.STORAGE_PG_RIGHTS


async def test_a_server_that_may_lose_what_it_confirmed_is_refused(bare, monkeypatch):
    monkeypatch.setattr(postgres, "_TRUSTED", (("fsync", "always"),))

    refused = await refusal(bare)

    assert refused.key is Key.STORAGE_PG_SETTING
    assert (refused.values["name"], refused.values["wanted"], refused.values["found"]) == ("fsync", "always", "on")


async def test_a_server_that_is_too_old_is_refused(bare, monkeypatch):
    monkeypatch.setattr(postgres, "OLDEST", 990_000)

    refused = await refusal(bare)

    assert (refused.key, refused.values["wanted"]) == (Key.STORAGE_PG_OLD, "99")


async def test_the_name_with_the_driver_is_the_same_database(bare):
    await (await SqlStore.open(bare.replace("postgresql:", "postgresql+asyncpg:"), at=NOON)).close()

    assert await is_there(bare)
