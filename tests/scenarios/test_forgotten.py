"""Somebody on Telegram asks, sees what is kept, and has it erased: through the real room, into files and the group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.domain.submission import Action
from bot.texts.keys import Key
from bot.usecases.data_copy import DataCopy
from bot.usecases.moderate import Decision
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room
from tests.doubles.telegram import Group, Person
from tests.integration.conftest import at, database, store, url
from tests.world import moderator

__all__ = ["at", "database", "store", "url"]  # fixtures
NAME, HANDLE, CHAT, PHONE = "Canary Hoàng Yến", "canary_handle", 7700990077, "0912345678"
TEXT = f"Học phí lớp CHIMSẺ của em bao nhiêu ạ? Em tên là {NAME}, gọi {PHONE} nhé"
THEIRS = ("CHIMSẺ", NAME, HANDLE, str(CHAT), PHONE)


@pytest.fixture
async def room(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    async with group_room(store, tmp_path / "xuat") as room:
        world = room.world
        room.deliverer._copies = DataCopy(world.store, world.clock, world.voice, world.running)
        yield room


@pytest.fixture
async def yen(room: GroupRoom) -> Person:
    """She consented and sent one question."""
    yen = room.double.user(CHAT, NAME)
    await says(room, yen, "/start")
    await presses(room, yen, "Đồng ý, mình đủ 16 tuổi")
    await presses(room, yen, "Bỏ qua")
    await presses(room, yen, "Bỏ qua")
    await says(room, yen, TEXT)
    await presses(room, yen, "Gửi")
    return yen


async def says(room: GroupRoom, person: Person, text: str, where: Group | None = None) -> None:
    sender = {"id": person.id, "is_bot": False, "first_name": person.name, "username": HANDLE}
    await room.double.user_types(person, text, where, **({"from": sender} if person.id == CHAT else {}))
    await room.settle()
    room.world.clock.move(seconds=2)


async def presses(room: GroupRoom, person: Person, label: str) -> None:
    shown = next(one for one in reversed(room.double.messages(person.id)) if label in one.labels)
    await room.double.press(person, shown, label)
    await room.settle()
    room.world.clock.move(seconds=2)


def in_files(folder: Path, *words: str) -> list[tuple[str, str]]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".xlsx"]
    return [(file.name, word) for file in files for word in words if word.encode() in file.read_bytes()]


async def test_asked_seen_erased_and_found_nowhere(room: GroupRoom, yen: Person, tmp_path: Path) -> None:
    await says(room, room.lan, "/tim CHIMSẺ", room.group)
    await says(room, yen, "/dulieu")
    assert "CHIMSẺ" in room.double.documents(CHAT)[-1].content.decode()
    assert any("CHIMSẺ" in one.text for one in room.double.messages(room.group))
    assert {word for _, word in in_files(tmp_path, *THEIRS)} >= {"CHIMSẺ", str(CHAT), PHONE}

    await says(room, yen, "/xoa")
    await presses(room, yen, "Xoá cả câu hỏi")
    await presses(room, yen, "Đúng, xoá hết ngay")

    assert "Mã của lần xoá này là YC-" in room.double.last(CHAT).text
    assert in_files(tmp_path, *THEIRS) == []
    told = [one.text for one in room.double.messages(room.group)]
    assert not [text for text in told if "CHIMSẺ" in text and not text.startswith("/")]
    assert any(room.world.voice.text(Key.PRIVACY_ERASED_TEXT) in text for text in told)


async def test_the_group_and_the_workbooks_never_show_who_wrote(room: GroupRoom, yen: Person) -> None:
    (submission,) = await room.world.submissions()
    for order in ("/tim học phí", "/cauhoi HY24-0001", "/hangdoi", "/thongke", "/nhatky"):
        await says(room, room.lan, order, room.group)
    seen = (await room.now(submission)).version
    await room.world.moderate.decide(submission.id, seen, Decision(Action.APPROVE), moderator())
    record = await room.world.exporting.make("Lan")
    await room.settle()

    told = "\n".join(one.text for one in room.double.messages(room.group))
    sheets = load_workbook(record.file)
    cells = "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value)
    for shown in (told, cells):
        assert "Học phí lớp CHIMSẺ" in shown
        assert str(CHAT) not in shown
        assert HANDLE not in shown
    # What she herself typed stands on the card, where a moderator covers it, and never in what leaves the house.
    assert PHONE not in cells
    assert NAME not in cells
