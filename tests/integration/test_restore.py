"""Restoring: what was saved comes back whole or nothing changes, nothing is deleted, and nobody who was erased returns."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from bot.app import erased_again, open_copy, restoring, vault_of
from bot.domain.backup import Reason
from bot.domain.errors import Refusal
from bot.domain.privacy import Erasure
from bot.domain.submission import State
from bot.settings import Settings
from bot.texts.keys import Key
from bot.usecases.audit import Audit
from bot.usecases.clock import WallClock
from bot.usecases.erase import Erase
from bot.usecases.replay import ReplayList
from storage.store import SqlStore
from tests.databases import SERVER, empty_database
from tests.integration.test_cli import _place, call
from tests.older import older_database
from tests.world import GROUP, NOON, PROGRAMME, MovedClock, World, asked

__all__ = ["_place", "call"]  # fixtures
pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server of PostgreSQL has backups of its own")

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data", programme=PROGRAMME, telegram_token="42:" + "a" * 35, telegram_group=-1001
    )


@pytest.fixture
async def world(settings: Settings):
    store = await SqlStore.open(empty_database(settings.data_dir / "doithoai.sqlite3"), at=NOON)
    yield World(store, settings.data_dir / "xuat")
    await store.close()


def back_up(settings: Settings) -> Path:
    vault = vault_of(settings)
    return vault.folder / vault.make(NOON, Reason.BY_HAND, "1.0", PROGRAMME).file


async def stop(world: World) -> None:
    await world.store.close()


async def opened(settings: Settings) -> World:
    store = await SqlStore.open(f"sqlite:///{settings.data_dir / 'doithoai.sqlite3'}", at=LATER)
    return World(store, settings.data_dir / "xuat")


async def deliver(world: World) -> None:
    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(NOON, lambda _: True, limit=100):
            for row in rows:
                await tx.outbox.sent(row.id, NOON, "1")


async def codes(world: World) -> list[str]:
    return [one.code for one in await world.submissions()]


def files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


async def test_the_machine_is_lost_and_everything_up_to_the_backup_is_there_again(world, settings, tmp_path):
    await asked(world, "Bao giờ có xe buýt?", "Học phí cao quá")
    (settings.data_dir / "media").mkdir()
    (settings.data_dir / "media" / "1.jpg").write_bytes(b"photo")
    file = shutil.copy(back_up(settings), tmp_path / "usb.tar.gz")
    before = await codes(world)
    await stop(world)
    shutil.rmtree(settings.data_dir)

    restored = await restoring(settings)(Path(file))

    again = await opened(settings)
    assert await codes(again) == before
    assert (settings.data_dir / "media" / "1.jpg").read_bytes() == b"photo"
    assert (await Audit(again.store, again.voice).verify()).broken is None
    assert restored.entries == (await Audit(again.store, again.voice).verify()).holds > 0
    told = (await again.said_to(GROUP))[-1].text
    assert told.startswith("Dữ liệu vừa được khôi phục từ bản sao lưu lúc 12 giờ 00 thứ Ba, ngày 20/02/2024.")
    await again.store.close()


async def test_what_stood_there_is_moved_aside_and_nothing_of_it_is_deleted(world, settings):
    (settings.data_dir / "media").mkdir()
    (settings.data_dir / "media" / "1.jpg").write_bytes(b"as saved")
    file = back_up(settings)
    await asked(world, "Câu đến sau lúc sao lưu")
    (settings.data_dir / "media" / "1.jpg").write_bytes(b"as changed since")
    (settings.data_dir / "xuat").mkdir(exist_ok=True)
    (settings.data_dir / "xuat" / "bang-2.xlsx").write_bytes(b"new workbook")
    await stop(world)

    restored = await restoring(settings)(file)

    aside = files(restored.aside)
    with closing(sqlite3.connect(restored.aside / "doithoai.sqlite3")) as former:
        texts = [row[0] for row in former.execute("SELECT text FROM submissions")]
    assert texts == ["Câu đến sau lúc sao lưu"]
    assert aside.keys() == {"doithoai.sqlite3", "media/1.jpg"}
    assert aside["media/1.jpg"] == b"as changed since"
    assert (settings.data_dir / "media" / "1.jpg").read_bytes() == b"as saved"
    assert (settings.data_dir / "xuat" / "bang-2.xlsx").read_bytes() == b"new workbook"  # the backup knows of no folder
    again = await opened(settings)
    assert await codes(again) == []
    await again.store.close()


async def test_while_the_bot_runs_nothing_is_restored(world, settings):
    file = back_up(settings)
    before = files(settings.data_dir)

    with pytest.raises(Refusal) as refused:  # the store is open
        await restoring(settings)(file)

    assert refused.value.key is Key.BACKUP_BOT_RUNS
    assert files(settings.data_dir).keys() - {"doithoai.sqlite3.lock"} == before.keys()


async def test_while_a_bot_leads_nothing_is_restored_even_where_no_connection_is_open(world, settings):
    file = back_up(settings)
    leadership = await world.store.lead()
    await stop(world)

    with pytest.raises(Refusal) as refused:
        await restoring(settings)(file)

    assert refused.value.key is Key.BACKUP_BOT_RUNS
    await leadership.end()
    assert (await restoring(settings)(file)).aside


async def test_a_dry_run_checks_all_and_changes_nothing(world, settings):
    await asked(world, "Bao giờ có xe buýt?")
    file = back_up(settings)
    await asked(world, "Câu đến sau")
    await stop(world)
    before = files(settings.data_dir)

    restored = await restoring(settings)(file, dry_run=True)

    assert restored.aside is None
    assert restored.manifest.rows["submissions"] == 1
    assert files(settings.data_dir) == before


async def test_a_backup_whose_history_was_altered_is_refused_and_nothing_changes(world, settings):
    await asked(world, "Bao giờ có xe buýt?", "Học phí cao quá")
    await stop(world)
    with closing(sqlite3.connect(settings.data_dir / "doithoai.sqlite3")) as connection:
        connection.execute("DROP TRIGGER history_no_update")
        connection.execute("UPDATE history SET actor = 'somebody' WHERE id = 1")
        connection.commit()
    file = back_up(settings)
    before = files(settings.data_dir)

    with pytest.raises(Refusal) as refused:
        await restoring(settings)(file)

    assert (refused.value.key, refused.value.values["id"]) == (Key.BACKUP_CHAIN, 1)
    assert files(settings.data_dir) == before


async def test_a_damaged_database_is_replaced_and_kept_too(world, settings):
    await asked(world, "Bao giờ có xe buýt?")
    file = back_up(settings)
    await stop(world)
    (settings.data_dir / "doithoai.sqlite3").write_bytes(b"rubbish" * 1000)

    restored = await restoring(settings)(file)

    assert (restored.aside / "doithoai.sqlite3").read_bytes() == b"rubbish" * 1000
    again = await opened(settings)
    assert len(await codes(again)) == 1
    await again.store.close()


@pytest.mark.parametrize("nth", range(1, 5))
async def test_interrupted_in_the_middle_it_is_done_once_more_and_nothing_is_gone(world, settings, monkeypatch, nth):
    (settings.data_dir / "media").mkdir()
    (settings.data_dir / "media" / "1.jpg").write_bytes(b"as saved")
    await asked(world, "Câu trước")
    file = back_up(settings)
    await asked(world, "Câu sau")
    (settings.data_dir / "media" / "1.jpg").write_bytes(b"as changed since")
    await stop(world)
    moved, move = count(1), shutil.move

    def breaks(*what):
        if next(moved) == nth:
            raise OSError("the power is gone")
        return move(*what)

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "move", breaks)
        with pytest.raises(OSError, match="power"):
            await restoring(settings)(file)
    await restoring(settings)(file)

    again = await opened(settings)
    assert [one.text for one in await again.submissions()] == ["Câu trước"]
    await again.store.close()
    assert (settings.data_dir / "media" / "1.jpg").read_bytes() == b"as saved"
    kept = [content for folder in settings.data_dir.glob("truoc-*") for content in files(folder).values()]
    assert b"as changed since" in kept
    assert any("Câu sau".encode() in content for content in kept)


# ------------------------------------------------------------------ numbers that people were told


async def test_no_code_that_was_told_after_the_backup_is_given_again(world, settings):
    await asked(world, "Câu một")
    file = back_up(settings)
    told = [submission.code for _, submission in await asked(world, "Câu hai", "Câu ba")]
    await stop(world)

    await restoring(settings)(file)

    again = await opened(settings)
    _, new = (await asked(again, "Câu bốn"))[0]
    assert new.code not in told
    assert new.number == 4  # the former database knows how many were given
    await again.store.close()


async def test_where_nobody_knows_how_many_were_given_numbers_jump(world, settings, tmp_path):
    await asked(world, "Câu một")
    file = shutil.copy(back_up(settings), tmp_path)
    await asked(world, "Câu hai")
    await stop(world)
    shutil.rmtree(settings.data_dir)
    fresh = await SqlStore.open(empty_database(settings.data_dir / "doithoai.sqlite3"), at=NOON)
    clock = MovedClock(LATER)
    await asked(World(fresh, tmp_path, clock), "Câu hỏi trong lúc tìm bản sao lưu")
    await fresh.close()

    await restoring(settings)(Path(file))

    again = await opened(settings)
    _, new = (await asked(again, "Câu mới"))[0]
    assert new.number == 1002
    assert (await Audit(again.store, again.voice).verify()).broken is None
    await again.store.close()


async def test_what_the_web_page_showed_last_is_before_what_it_is_told_next(world, settings):
    (youth, _), *_ = await asked(world, "Câu một")
    file = back_up(settings)
    await asked(world, "Câu hai", "Câu ba")
    async with world.store.reading() as tx:
        shown = max(said.id for said in await tx.said(youth.address, 0))
    await stop(world)

    await restoring(settings)(file)

    again = await opened(settings)
    await again.youth("70").types("/cuatoi")
    async with again.store.reading() as tx:
        assert await tx.said(youth.address, shown)
    await again.store.close()


async def test_what_waited_to_be_said_may_have_been_said_since_and_says_so(world, settings):
    (youth, _), *_ = await asked(world, "Câu một")
    file = back_up(settings)
    await stop(world)

    await restoring(settings)(file)

    again = await opened(settings)
    async with again.store.transaction() as tx:
        (row,) = await tx.outbox.claim(LATER, lambda address: address == youth.address, limit=1)
    assert row.repeats == 1
    await again.store.close()


# ------------------------------------------------------------------ whoever was erased stays erased


async def test_whoever_was_erased_after_the_backup_is_not_in_what_was_restored(world, settings):
    (youth, _), (other, _) = await asked(world, "Chuyện chỉ mình em biết", "Học phí cao quá")
    await deliver(world)
    file = back_up(settings)
    replay = ReplayList(settings.data_dir / "xoa" / "production")
    erase = Erase(world.clock, world.voice, world.watcher, replay)
    async with world.store.transaction() as tx:
        person = await tx.people.get(youth.address)
        await erase.person(tx, person, Erasure.WORDS, "asker")
    await stop(world)

    restored = await restoring(settings)(file)

    again = await opened(settings)
    async with again.store.reading() as tx:
        assert await tx.people.get(youth.address) is None
        assert await tx.people.get(other.address) is not None
    assert (restored.erased, await erased_again(settings, again.store, WallClock())) == (1, 0)
    assert (await Audit(again.store, again.voice).verify()).broken is None
    await again.store.close()
    assert "Chuyện chỉ mình em biết".encode() not in (settings.data_dir / "doithoai.sqlite3").read_bytes()


async def test_the_list_of_the_erased_only_grows(world, settings):
    erased = settings.data_dir / "xoa" / "production"
    erased.mkdir(parents=True)
    (erased / "da-xoa.jsonl").write_bytes(b"one\ntwo\n")
    (erased / "khoa").write_bytes(b"key")
    file = back_up(settings)
    (erased / "da-xoa.jsonl").write_bytes(b"two\nthree\n")
    await stop(world)

    await restoring(settings)(file)

    assert (erased / "da-xoa.jsonl").read_bytes().split() == [b"two", b"three", b"one"]
    assert (erased / "khoa").read_bytes() == b"key"


# ------------------------------------------------------------------ before the schema changes


async def test_a_database_of_an_older_program_is_saved_before_it_is_changed(settings, monkeypatch):
    older_database("0003", settings.data_dir / "doithoai.sqlite3")

    async with open_desk(settings):
        pass

    (made,) = vault_of(settings).kept()
    assert made.before_upgrade
    with vault_of(settings).opened(vault_of(settings).folder / made.file) as unpacked:
        assert (unpacked.manifest.revision, unpacked.manifest.reason) == ("0003", Reason.UPGRADE)
        async with open_copy(unpacked.database, LATER) as store, store.reading() as tx:
            assert await tx.submissions.of_programme(PROGRAMME, tuple(State))
    async with open_desk(settings):
        pass
    assert vault_of(settings).kept() == [made]  # nothing to change, nothing to save


async def test_where_it_cannot_be_saved_it_is_not_changed(settings):
    file = settings.data_dir / "doithoai.sqlite3"
    older_database("0003", file)
    (settings.data_dir / "sao-luu").write_text("a file in the place of the folder")

    with pytest.raises(Refusal) as refused:
        async with open_desk(settings):
            pass

    assert refused.value.key is Key.BACKUP_BEFORE_UPGRADE
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]


# ------------------------------------------------------------------ the commands


def saved(call, *more):
    code, out, err = call("backup", "--json", *more)
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def data(call, monkeypatch, tmp_path) -> Path:
    """A data folder that the commands made."""
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "mau")
    call("moderator", "invite", "Lan")
    return Path("data").absolute()


def test_a_backup_by_command_is_made_listed_verified_and_restored(call, data):
    code, out, err = call("backup")
    made = next((data / "sao-luu").glob("*.gz"))

    assert (code, made.name in out, "chưa được mã hoá" in err) == (0, True, True)
    code, out, _ = call("backup", "list")
    assert (code, made.name in out) == (0, True)
    code, out, _ = call("backup", "verify")
    assert (code, "còn nguyên, khôi phục được" in out) == (0, True)
    code, out, _ = call("restore", made, "--dry-run")
    assert (code, "Chạy thử: sẽ khôi phục" in out) == (0, True)
    code, out, err = call("restore", made)
    assert (code, "Đã khôi phục" in out) == (0, True), err
    assert call("moderator", "list")[0] == 0


def test_a_copy_to_carry_away_goes_where_it_is_wanted_encrypted(call, data, tmp_path, monkeypatch):
    identity = Identity.generate()
    monkeypatch.setenv("DOITHOAI_BACKUP_RECIPIENT", str(identity.to_public()))
    key = tmp_path / "key.txt"
    key.write_text(str(identity))

    made = saved(call, "--to", tmp_path / "usb")

    assert made["encrypted"]
    assert Path(made["path"]).parent == tmp_path / "usb"
    assert not (data / "sao-luu").exists()
    code, _, err = call("backup", "verify", made["path"])
    assert (code, "--identity" in err) == (1, True)
    code, out, _ = call("backup", "verify", made["path"], "--identity", key, "--json")
    assert (code, json.loads(out)["sum_fits"]) == (0, True)


def test_a_backup_that_was_exchanged_since_is_told(call, data):
    made = Path(saved(call)["path"])
    other = Path(saved(call)["path"])
    made.write_bytes(other.read_bytes())

    code, _, err = call("backup", "verify", made)

    assert (code, "đã bị thay từ sau lúc sao lưu" in err) == (1, True)


def test_without_anything_to_save_or_to_restore_a_sentence_says_so(call, monkeypatch):
    assert call("backup")[0] == 1
    assert call("backup", "verify")[0] == 1
    assert "Chưa có bản sao lưu nào" in call("backup", "list")[1]
    code, _, err = call("restore", "nowhere.tar.gz")
    assert (code, "không tìm thấy “nowhere.tar.gz”" in err) == (1, True)


def test_for_postgresql_the_other_tool_is_named(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_DATABASE_URL", "postgresql://bot:secret@127.0.0.1/doithoai")

    for command, tool in ((("backup",), "pg_dump"), (("restore", "x"), "pg_restore"), (("backup", "list"), "pg_dump")):
        code, _, err = call(*command)
        assert (code, tool in err, "secret" in err) == (1, True, False)


def test_a_secret_key_in_the_place_of_the_recipient_is_refused_and_never_shown(call, monkeypatch):
    secret = str(Identity.generate())
    monkeypatch.setenv("DOITHOAI_BACKUP_RECIPIENT", secret)

    code, out, err = call("backup")

    assert (code, "DOITHOAI_BACKUP_RECIPIENT" in err, secret in out + err) == (2, True, False)


def open_desk(settings: Settings):
    from bot.app import open_desk as opens

    return opens(settings, "mau")
