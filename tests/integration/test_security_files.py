"""What lies on the disk is for the bot's account alone, and nothing that somebody names leads out of its folder."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.private import keep_to_ourselves, open_to_all
from bot.ports import Parcel
from bot.usecases.slip_desk import plain_name
from handlers.post.folder import FolderCourier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of another kind")


@pytest.fixture(autouse=True)
def usual_rights() -> Iterator[None]:
    """As an operator's shell has them; given back afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_the_running_bot_writes_is_for_its_account_alone(tmp_path: Path) -> None:
    keep_to_ourselves()

    (tmp_path / "xuat").mkdir()
    (tmp_path / "xuat" / "bang.xlsx").write_bytes(b"PK")

    assert (rights(tmp_path / "xuat"), rights(tmp_path / "xuat" / "bang.xlsx")) == (0o700, 0o600)


@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o644), (0o770, 0o660), (0o700, 0o600)])
async def test_a_file_for_others_is_for_whoever_may_look_into_their_folder(
    tmp_path: Path, folder: int, file: int
) -> None:
    keep_to_ourselves()
    (tmp_path / "bang.xlsx").write_bytes(b"PK")
    shared = tmp_path / "chung"
    shared.mkdir()
    shared.chmod(folder)

    name = await FolderCourier().carry(Parcel(1, str(shared), tmp_path / "bang.xlsx", "Bảng"))

    assert rights(shared / name) == file


def test_a_folder_or_an_env_file_that_everybody_reads_is_told_with_what_to_do(tmp_path: Path) -> None:
    data, env = tmp_path / "data", tmp_path / ".env"
    data.mkdir()
    env.write_text("DOITHOAI_TELEGRAM_TOKEN=1:x")

    told = list(open_to_all(data, env))

    assert [sentence.rpartition(": ")[2] for sentence in told] == [f"chmod 700 {data}", f"chmod 600 {env}"]
    data.chmod(0o700)
    env.chmod(0o600)
    assert list(open_to_all(data, env)) == []
    assert list(open_to_all(tmp_path / "nowhere", tmp_path / "none")) == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.xlsx", "..", ".", "", "a/../../b.csv", "x\x00.csv", "con\n.csv",
     "\u202ecsv.exe", "a" * 5000 + ".xlsx", "ễ" * 300 + ".csv", "~/.ssh/id", "tệp của em.xlsx"],
)  # fmt: skip
async def test_a_name_that_somebody_gave_a_file_stays_inside_our_folder(tmp_path: Path, name: str) -> None:
    kept = tmp_path / plain_name(name)

    await asyncio.to_thread(kept.write_bytes, b"x")

    assert kept.resolve().parent == tmp_path.resolve()
    assert [one.name for one in tmp_path.iterdir()] == [kept.name]
