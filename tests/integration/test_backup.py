"""Backups: whole, private, made beside the writers, made by themselves, told where they cannot be made."""

from __future__ import annotations

import asyncio
import errno
import gzip
import io
import json
import os
import shutil
import sqlite3
import stat
import sys
import tarfile
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from bot.domain.backup import Backup, Manifest, Reason
from bot.domain.message import Words
from bot.ports import RawUpdate
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.backup import FAILED, LAST, Backups
from bot.usecases.schedule import started_at
from storage.archive import SUMS, Vault
from storage.backup import BackupFault
from storage.store import SqlStore
from tests.databases import SERVER, empty_database
from tests.world import GROUP, NOON, PROGRAMME, MovedClock, World, asked

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server of PostgreSQL has backups of its own")

PHOTO = os.urandom(300_000)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with all that may lie in one."""
    folder = tmp_path / "data"
    for name, content in {
        "media/phieu/1.jpg": PHOTO,
        "xuat/bang-1.xlsx": b"workbook",
        "programmes/xa.toml": b"plan",
        "texts/vi.toml": b"texts",
        "phrases.toml": b"phrases",
        "xoa/2026.jsonl": b"erased\n",
        "mo-hinh/phien-ban.json": b"model",
        "tam/half.xlsx": b"passing",
        "demo.sqlite3": b"demo",
        "doithoai.sqlite3.lock": b"",
        ".khoa": b"",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def vault(data: Path) -> Vault:
    return Vault(data / "doithoai.sqlite3", data, data / "sao-luu")


@pytest.fixture
async def store(data: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(empty_database(data / "doithoai.sqlite3"), at=NOON)
    yield opened
    await opened.close()


@pytest.fixture
async def world(store: SqlStore, tmp_path: Path) -> World:
    return World(store, tmp_path / "out")


def make(vault: Vault, at: datetime = NOON, reason: Reason = Reason.BY_HAND) -> Path:
    return vault.folder / vault.make(at, reason, "1.0", PROGRAMME).file


def refusal(call) -> Key:
    with pytest.raises(BackupFault) as refused:
        call()
    assert Catalogue.load().say(refused.value.key, **refused.value.values)
    return refused.value.key


def _looked(vault: Vault, file: Path) -> Manifest:
    with vault.opened(file) as unpacked:
        return unpacked.manifest


def look(vault: Vault, file: Path, identity: Path | None = None) -> None:
    with vault.opened(file, identity):
        pass


# ------------------------------------------------------------------ what is in one


async def test_a_backup_holds_the_database_and_what_lies_beside_it_but_not_what_can_be_made_anew(world, vault, data):
    await asked(world, "Bao giờ có xe buýt?", "Học phí cao quá")

    file = make(vault)

    with vault.opened(file) as unpacked:
        found = {one.relative_to(unpacked.folder).as_posix() for one in unpacked.folder.rglob("*") if one.is_file()}
        with closing(sqlite3.connect(unpacked.database)) as connection:
            texts = [row[0] for row in connection.execute("SELECT text FROM submissions ORDER BY id")]
        assert (unpacked.folder / "data/media/phieu/1.jpg").read_bytes() == PHOTO
        manifest = unpacked.manifest
    beside = {"media/phieu/1.jpg", "xuat/bang-1.xlsx", "programmes/xa.toml", "texts/vi.toml", "phrases.toml"}
    assert found == {"database.sqlite3", *(f"data/{name}" for name in (*beside, "xoa/2026.jsonl"))}
    assert texts == ["Bao giờ có xe buýt?", "Học phí cao quá"]
    assert (manifest.made_at, manifest.reason, manifest.programme) == (NOON, Reason.BY_HAND, PROGRAMME)
    assert manifest.rows["submissions"] == 2
    assert manifest.head.count == manifest.rows["history"] > 0
    assert manifest.parts.keys() == found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
async def test_a_backup_and_its_folder_are_for_us_alone_and_nothing_else_is_left_behind(store, vault, data):
    make(vault)

    rights = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (vault.folder, *vault.folder.iterdir())}
    assert rights == {"sao-luu": 0o700, "doithoai-20240220-120000.tar.gz": 0o600, SUMS: 0o600}
    assert [one.name for one in (data / "tam").iterdir()] == ["half.xlsx"]


async def test_what_the_sums_say_can_be_checked_by_any_program(store, vault):
    file = make(vault)

    assert vault.sum_fits(file) is True
    file.write_bytes(file.read_bytes() + b"x")
    assert vault.sum_fits(file) is False
    (vault.folder / SUMS).unlink()
    assert vault.sum_fits(file) is None


async def test_two_of_one_second_are_two_and_are_listed_with_when_and_how_large(store, vault):
    first, second = make(vault), make(vault)
    make(vault, NOON - timedelta(hours=1), Reason.UPGRADE)

    assert [(one.file, one.made_at, one.before_upgrade) for one in vault.kept()] == [
        ("doithoai-20240220-110000-nang-cap.tar.gz", NOON - timedelta(hours=1), True),
        ("doithoai-20240220-120000.1.tar.gz", NOON, False),
        ("doithoai-20240220-120000.tar.gz", NOON, False),
    ]
    assert {one.size for one in vault.kept()} >= {first.stat().st_size, second.stat().st_size}


async def test_dropping_removes_files_sums_and_what_was_left_half_written(store, vault, data):
    file, other = make(vault), make(vault, NOON + timedelta(hours=1))
    (vault.folder / ".doithoai-20240220-100000.tar.gz.dang-ghi").write_bytes(b"half")
    (vault.folder / "notes.txt").write_text("mine")
    for name, hours in (("sao-luu-dead", 7), ("sao-luu-at-work", 1)):
        (data / "tam" / name).mkdir()
        (data / "tam" / name / "database.sqlite3").write_bytes(b"words of people")
        ago = time.time() - hours * 3600
        os.utime(data / "tam" / name, (ago, ago))

    vault.drop([one for one in vault.kept() if one.file == file.name])

    assert sorted(one.name for one in vault.folder.iterdir()) == [SUMS, other.name, "notes.txt"]
    assert vault.sum_fits(other) is True
    assert file.name not in (vault.folder / SUMS).read_text()
    assert sorted(one.name for one in (data / "tam").iterdir()) == ["half.xlsx", "sao-luu-at-work"]


# ------------------------------------------------------------------ encrypted


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, Path]:
    identity = Identity.generate()
    file = tmp_path / "key.txt"
    file.write_text(f"# created: today\n{identity}\n", "utf-8")
    return str(identity.to_public()), file


async def test_an_encrypted_backup_shows_nothing_of_what_people_wrote_and_opens_with_the_key_alone(world, vault, key):
    await asked(world, "Bí mật của riêng em")
    recipient, identity = key
    another = Identity.generate()
    vault = replace(vault, recipients=(str(another.to_public()), recipient))

    file = make(vault)

    assert file.name.endswith(".tar.gz.age")
    assert vault.kept()[0].encrypted
    content = file.read_bytes()
    assert not any(part in content for part in ("Bí mật".encode(), b"database.sqlite3", b"sqlite", PHOTO[:20]))
    with vault.opened(file, identity) as unpacked:
        assert unpacked.manifest.rows["submissions"] == 1


async def test_without_the_key_or_with_another_one_it_is_refused_in_a_sentence(store, vault, key, tmp_path):
    recipient, _ = key
    file = make(replace(vault, recipients=(recipient,)))
    other, nonsense = tmp_path / "other.txt", tmp_path / "nonsense.txt"
    other.write_text(str(Identity.generate()))
    nonsense.write_text("age1notasecret")

    assert refusal(lambda: look(vault, file)) is Key.BACKUP_NEEDS_IDENTITY
    assert refusal(lambda: look(vault, file, other)) is Key.BACKUP_OTHER_IDENTITY
    assert refusal(lambda: look(vault, file, nonsense)) is Key.BACKUP_NO_IDENTITY


async def test_a_cut_encrypted_backup_is_refused(store, vault, key):
    recipient, identity = key
    file = make(replace(vault, recipients=(recipient,)))
    file.write_bytes(file.read_bytes()[:-100])

    assert refusal(lambda: look(vault, file, identity)) is Key.BACKUP_DAMAGED


def test_a_recipient_that_is_no_key_is_refused_before_the_first_backup(vault):
    assert refusal(lambda: replace(vault, recipients=("age1" + "q" * 58,))) is Key.BACKUP_NO_RECIPIENT


# ------------------------------------------------------------------ damaged


def changed(file: Path, change) -> Path:
    """The backup with its parts changed as `change` wants: a dict of contents by name, in order."""
    parts: dict[str, bytes] = {}
    with tarfile.open(file) as tar:
        for member in tar:
            parts[member.name] = tar.extractfile(member).read()
    parts = change(parts) or parts
    with tarfile.open(file, "w:gz") as tar:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file


def _without(name: str):
    return lambda parts: {key: value for key, value in parts.items() if key != name}


def _with(name: str, content: bytes):
    return lambda parts: {name: content} | parts


def _manifest(**fields):
    def change(parts):
        parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | fields).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        _without("manifest.json"),
        _without("data/phrases.toml"),
        _without("database.sqlite3"),
        _with("data/added.toml", b""),
        _with("data/../../outside", b"x"),
        _with("/etc/passwd", b"x"),
        lambda parts: parts | {"data/phrases.toml": b"other"},
        lambda parts: parts | {"data/phrases.toml": b"phrased"},
        _manifest(format=2),
        _manifest(parts={}),
    ],
)
async def test_a_backup_with_a_part_added_missing_or_changed_is_refused(store, vault, change, tmp_path):
    file = make(vault)

    assert refusal(lambda: look(vault, changed(file, change))) is Key.BACKUP_DAMAGED

    assert not (tmp_path / "outside").exists()


async def test_a_part_that_stands_in_it_twice_is_refused(store, vault):
    file = make(vault)
    with tarfile.open(file) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(file, "w:gz") as tar:
        for member, content in (members[0], *members):
            tar.addfile(member, io.BytesIO(content))

    assert refusal(lambda: look(vault, file)) is Key.BACKUP_DAMAGED


async def test_a_damaged_archive_and_a_file_of_another_kind_are_refused(store, vault, tmp_path):
    file = make(vault)
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"no archive", gzip.compress(b"no tar")):
        file.write_bytes(damaged)
        assert refusal(lambda: look(vault, file)) is Key.BACKUP_DAMAGED


async def test_a_database_that_lost_a_row_on_the_way_is_refused(world, vault):
    await asked(world, "Bao giờ có xe buýt?")
    file = make(vault)

    def lose(parts):
        database = file.with_name("lost.sqlite3")
        database.write_bytes(parts["database.sqlite3"])
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DELETE FROM cards")
            connection.commit()
        content = database.read_bytes()
        parts["database.sqlite3"] = content
        manifest = json.loads(parts["manifest.json"])
        import hashlib

        manifest["parts"]["database.sqlite3"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        parts["manifest.json"] = json.dumps(manifest).encode()

    assert refusal(lambda: look(vault, changed(file, lose))) is Key.BACKUP_NOT_WHOLE


async def test_a_damaged_source_makes_no_backup(vault, data):
    (data / "doithoai.sqlite3").write_bytes(b"SQLite format 3\0" + os.urandom(8000))

    assert refusal(lambda: make(vault)) in (Key.BACKUP_NOT_COPIED, Key.BACKUP_NOT_WHOLE)
    assert not vault.folder.exists()
    assert [one.name for one in (data / "tam").iterdir()] == ["half.xlsx"]


async def test_a_backup_never_takes_the_last_room_on_the_disk(store, vault, monkeypatch):
    usage = shutil.disk_usage(vault.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=201 << 20))

    assert refusal(lambda: make(vault)) is Key.BACKUP_NO_ROOM


# ------------------------------------------------------------------ while the bot writes


async def test_ten_backups_in_the_middle_of_writing_are_each_one_instant_of_the_database(store, vault):
    """Each update brings a word with it in one transaction: a copy with one and not the other is torn."""
    stop = asyncio.Event()
    numbers, written = count(), 0

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            number = next(numbers)
            async with store.transaction() as tx:
                await tx.inbox.add([RawUpdate("telegram", "42", str(number), "7", "{}")], NOON)
                await tx.outbox.say(GROUP, Words(f"word {number}" * 50), NOON)
            written += 1

    writers = [asyncio.create_task(write()) for _ in range(3)]  # noqa: TID251
    found = []
    for number in range(10):
        before = written
        file = await asyncio.to_thread(make, vault, NOON + timedelta(minutes=number))
        rows = (await asyncio.to_thread(_looked, vault, file)).rows
        found.append((rows["inbox"] == rows["outbox"], before <= rows["inbox"] <= written + 3))
    stop.set()
    await asyncio.gather(*writers)

    assert found == [(True, True)] * 10
    assert written > 50


async def test_a_backup_made_in_a_process_of_its_own_is_the_same(world, vault):
    await asked(world, "Bao giờ có xe buýt?")

    made = await vault.make_beside(NOON, Reason.HOURLY, "1.0", PROGRAMME)

    with vault.opened(vault.folder / made.file) as unpacked:
        assert unpacked.manifest.rows["submissions"] == 1
        assert unpacked.manifest.reason is Reason.HOURLY


async def test_what_stops_it_there_is_told_here(store, vault, data):
    vault = replace(vault, folder=data / "phrases.toml" / "x")

    with pytest.raises(OSError) as fault:
        await vault.make_beside(NOON, Reason.HOURLY, "1.0", PROGRAMME)

    assert fault.value.errno == errno.ENOTDIR


# ------------------------------------------------------------------ by themselves


@dataclass
class Shelf:
    """A vault that only remembers when it was asked; `fault` is what it raises instead."""

    clock: MovedClock
    folder: Path = Path("sao-luu")
    made: list[tuple[Reason, str]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    fault: Exception | None = None

    async def make_beside(self, at: datetime, reason: Reason, program: str, programme: str) -> Backup:
        if self.fault is not None:
            raise self.fault
        self.made.append((reason, f"{at:%d/%m %H:%M}"))
        return Backup(f"{at:%d%H%M}", at, 1, encrypted=False, before_upgrade=False)

    def kept(self) -> list[Backup]:
        ago = timedelta(days=800)
        return [
            Backup(name, self.clock.now() - ago * number, 1, encrypted=False, before_upgrade=False)
            for number, name in enumerate(("new", "old"))
        ]

    def drop(self, kept) -> None:
        self.dropped += [one.file for one in kept]


@pytest.fixture
def shelf(world: World) -> Shelf:
    return Shelf(world.clock)


@pytest.fixture
async def backups(world: World, shelf: Shelf) -> Backups:
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), (NOON - timedelta(hours=5, minutes=30)).isoformat())
    return Backups(world.store, world.clock, world.voice, world.running, shelf, "1.0", "0 * * * *", boards=world.boards)


async def fact(world: World, name: str) -> str | None:
    async with world.store.reading() as tx:
        return await tx.facts.get(name)


async def test_one_is_made_each_hour_and_once(world, shelf, backups):
    for _ in range(3 * 60):
        await backups.look()
        world.clock.move(minutes=1)

    assert shelf.made == [(Reason.HOURLY, f"20/02 {hour}:00") for hour in (12, 13, 14)]
    assert await fact(world, LAST) == (NOON + timedelta(hours=2)).isoformat()
    assert shelf.dropped == ["old"] * 3


async def test_those_that_a_machine_slept_through_are_made_up_for_by_one(world, shelf, backups):
    world.clock.move(hours=30, minutes=17)

    await backups.look()
    await backups.look()

    assert shelf.made == [(Reason.HOURLY, "21/02 18:17")]


async def test_nothing_is_made_up_for_from_before_the_database_began(world, shelf, backups):
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), (NOON + timedelta(minutes=1)).isoformat())
    world.clock.move(minutes=30)

    assert await backups.look() is None
    assert shelf.made == []


async def test_the_last_questions_before_the_cutoff_are_in_one_of_five_minutes_after(world, shelf, backups):
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    world.clock.at = closes_at - timedelta(minutes=1)
    for _ in range(10):
        await backups.look()
        world.clock.move(minutes=1)

    at_cutoff = [(reason, when) for reason, when in shelf.made if reason is Reason.CUTOFF]
    assert at_cutoff == [(Reason.CUTOFF, f"{closes_at + timedelta(minutes=5):%d/%m %H:%M}")]


async def test_a_clock_that_was_wrong_for_a_while_stops_no_backup(world, shelf, backups):
    await backups.look()
    world.clock.move(days=400)
    await backups.look()
    world.clock.move(days=-400)

    for _ in range(120):
        world.clock.move(minutes=1)
        await backups.look()

    assert [when for _, when in shelf.made][2:] == ["20/02 12:01", "20/02 13:00", "20/02 14:00"]


async def test_switched_off_makes_none(world, shelf):
    off = Backups(world.store, world.clock, world.voice, world.running, shelf, "1.0", "off", boards=world.boards)
    world.clock.move(days=30)

    assert await off.look() is None
    assert shelf.made == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (OSError(errno.ENOSPC, "full"), "thư mục đã đầy"),
        (BackupFault(Key.BACKUP_NO_ROOM, folder="x", wanted=2, free=1), "thư mục đã đầy"),
        (PermissionError(errno.EACCES, "no"), "không có quyền ghi"),
        (BackupFault(Key.BACKUP_NOT_WHOLE, what="x"), "không đọc lại được nguyên vẹn"),
        (RuntimeError("anything"), "ổ đĩa báo lỗi"),
    ],
)
async def test_one_that_cannot_be_made_is_told_once_with_what_to_do_and_tried_again(world, shelf, backups, fault, why):
    shelf.fault = fault
    for _ in range(60):
        with pytest.raises(type(fault)):
            await backups.look()
        assert await backups.look() is None  # not at every look
        world.clock.move(minutes=6)

    told = [words.text for words in await world.said_to(GROUP)]
    assert len(told) == 1
    assert why in told[0]
    assert "xin báo người vận hành kiểm tra dung lượng và quyền ghi của thư mục sao-luu" in told[0]
    assert await fact(world, FAILED) == NOON.isoformat()

    shelf.fault = None
    await backups.look()
    await backups.look()

    assert [words.text for words in await world.said_to(GROUP)][1:] == ["Đã sao lưu lại được dữ liệu."]
    assert (await fact(world, FAILED), await fact(world, LAST)) == ("", world.clock.now().isoformat())
