"""Photos of paper slips: from the moderators' group through the Bot API double to a form that one person types at."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.photo import HOLD, MAX_BYTES, Photo, PhotoState, picture_kind
from bot.domain.role import By, Role
from bot.domain.submission import State
from bot.texts.keys import Key
from bot.usecases.photos import Typed
from bot.usecases.pulse import Pulse
from bot.usecases.tasks import start
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room
from tests.doubles.telegram import Person
from tests.world import moderator

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
LAN, MINH = moderator("Lan"), moderator("Minh")
BUS, FEES = "Bao giờ quê em có xe buýt?", "Học phí năm nay sao tăng?"


@pytest.fixture
async def room(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    async with group_room(store, tmp_path / "xuat") as room:
        yield room


async def sends(room: GroupRoom, name: str, content: bytes = JPEG, by: Person | None = None, **extra: object) -> object:
    """A photo in the group, as Telegram describes it: the smallest size first."""
    room.double.holds(name, content)
    small = {"file_id": f"small-{name}", "file_unique_id": f"us-{name}", "width": 90, "height": 120}
    large = {"file_id": name, "file_unique_id": f"u-{name}", "width": 900, "height": 1200, "file_size": len(content)}
    return await room.double.user_sends(by or room.lan, "photo", room.group, **({"photo": [small, large]} | extra))


async def settle(room: GroupRoom) -> None:
    await room.settle()
    while await room.world.photos.step():
        pass
    await room.settle()


async def photos(room: GroupRoom) -> list[Photo]:
    return await room.world.photos.queue()


async def one_photo(room: GroupRoom, caption: str = "/phieu Xã Tân An") -> Photo:
    await sends(room, "anh", caption=caption)
    await settle(room)
    (photo,) = await photos(room)
    return photo


def said(room: GroupRoom) -> list[str]:
    return [one.text for one in room.double.messages(room.group) if one.text]


def text(room: GroupRoom, key: Key, **values: object) -> str:
    return room.world.voice.text(key, **values)


# ------------------------------------------------------------------ sent


async def test_a_photo_with_the_command_is_fetched_and_waits_with_its_unit(room: GroupRoom) -> None:
    photo = await one_photo(room)

    assert (photo.state, photo.unit, photo.sent_by, photo.kind) == (
        PhotoState.WAITING,
        "Xã Tân An",
        room.lan.name,
        "image/jpeg",
    )
    found = await room.world.photos.picture(photo.id)
    assert found is not None
    assert found[0].read_bytes() == JPEG
    assert found[0].stat().st_mode & 0o077 == 0
    assert said(room)[-1] == text(room, Key.PHOTO_TAKEN_IN, count=1)


@pytest.mark.parametrize("caption", ["", "ảnh đẹp", "/phieuxyz", "/phieu@anotherbot Xã A", "xem /phieu"])
async def test_a_photo_without_the_command_is_none_of_ours(room: GroupRoom, caption: str) -> None:
    before = said(room)

    await sends(room, "anh", caption=caption)
    await settle(room)

    assert await photos(room) == []
    assert said(room) == before


async def test_an_album_is_taken_in_whole_with_one_answer(room: GroupRoom) -> None:
    for number in range(3):
        caption = {"caption": "/phieu Xã A"} if number == 0 else {}
        await sends(room, f"anh{number}", JPEG + bytes([number]), media_group_id="album-1", **caption)
    await settle(room)

    assert [(photo.unit, photo.state) for photo in await photos(room)] == [("Xã A", PhotoState.WAITING)] * 3
    assert len([one for one in said(room) if "ảnh phiếu" in one]) == 1


async def test_an_album_without_the_command_stays_a_picture(room: GroupRoom) -> None:
    await sends(room, "anh", media_group_id="album-2")
    await settle(room)

    assert await photos(room) == []


async def test_the_command_as_an_answer_takes_the_photo_that_it_answers(room: GroupRoom) -> None:
    sent = await sends(room, "anh")
    small = {"file_id": "anh", "file_unique_id": "u-anh", "width": 900, "height": 1200}
    answered = {"message_id": sent.id, "date": 1, "chat": {"id": room.group.id, "type": "supergroup", "title": "x"}, "photo": [small]}  # fmt: skip

    await room.double.user_types(room.minh, "/phieu Xã B", room.group, reply_to_message=answered)
    await settle(room)

    assert [photo.unit for photo in await photos(room)] == ["Xã B"]


async def test_the_command_alone_says_how_many_wait_and_how_to_add_one(room: GroupRoom) -> None:
    await room.double.user_types(room.minh, "/phieu", room.group)
    await settle(room)

    assert said(room)[-1] == text(room, Key.PHOTO_HOW, count=0)


async def test_the_same_photo_sent_on_is_not_taken_in_twice(room: GroupRoom) -> None:
    await one_photo(room)

    await sends(room, "anh", caption="/phieu", by=room.minh)
    await settle(room)

    assert len(await photos(room)) == 1
    assert said(room)[-1] == text(room, Key.PHOTO_KNOWN, count=1)


async def test_the_same_picture_under_another_id_is_recognised_by_its_content(room: GroupRoom) -> None:
    first = await one_photo(room)

    await sends(room, "anh-khac", JPEG, caption="/phieu")
    await settle(room)

    assert [photo.id for photo in await photos(room)] == [first.id]
    assert any(text(room, Key.PHOTO_SAME, number=first.id) in one for one in said(room))


async def test_a_stranger_adds_nothing_and_hears_so(room: GroupRoom) -> None:
    stranger = room.double.user(99, "Kẻ lạ")
    await sends(room, "anh", by=stranger, caption="/phieu")
    await settle(room)

    assert await photos(room) == []
    assert [record.wanted for record in await room.refusals()] == ["/phieu"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"<html><script>alert(1)</script>", Key.PHOTO_NO_PICTURE),
        (b"GIF89a" + bytes(20), Key.PHOTO_NO_PICTURE),
        (b"RIFF____WAVE" + bytes(20), Key.PHOTO_NO_PICTURE),
        (b"", Key.PHOTO_NO_PICTURE),
        (JPEG + bytes(MAX_BYTES), Key.PHOTO_TOO_BIG),
    ],
)
async def test_what_is_no_picture_or_too_big_is_refused_whatever_it_is_called(
    room: GroupRoom, content: bytes, key: Key
) -> None:
    await sends(room, "anh", content, caption="/phieu", photo=[{"file_id": "anh", "file_unique_id": "u", "width": 1, "height": 1}])  # fmt: skip
    await settle(room)

    assert await photos(room) == []
    assert not (room.world.folder / "media").exists()
    assert text(room, key, limit=20).rstrip(".") in said(room)[-1]


async def test_a_picture_that_is_known_to_be_too_big_is_not_fetched(room: GroupRoom) -> None:
    huge = [{"file_id": "anh", "file_unique_id": "u", "width": 1, "height": 1, "file_size": MAX_BYTES + 1}]
    await sends(room, "anh", photo=huge, caption="/phieu")
    await settle(room)

    assert said(room)[-1] == text(room, Key.PHOTO_TOO_BIG, limit=20)
    assert [call.method for call in room.double.calls if call.method == "getFile"] == []


async def test_a_photo_that_cannot_be_fetched_now_is_fetched_later(room: GroupRoom) -> None:
    room.double.fail_next("getFile", 502)
    await sends(room, "anh", caption="/phieu")
    await settle(room)
    (waits,) = await photos(room)

    room.world.clock.move(minutes=1)
    await settle(room)

    assert waits.state is PhotoState.FETCHING
    assert [photo.state for photo in await photos(room)] == [PhotoState.WAITING]


async def test_a_photo_that_is_gone_is_reported_and_holds_nothing_up(room: GroupRoom) -> None:
    await sends(room, "mat", caption="/phieu")
    room.double._files.clear()
    await sends(room, "con", PNG, caption="/phieu")
    await settle(room)

    assert [photo.kind for photo in await photos(room)] == ["image/png"]
    assert any(text(room, Key.PHOTO_GONE) in one for one in said(room))


async def until_it_failed(caplog: pytest.LogCaptureFixture) -> None:
    async with asyncio.timeout(10):
        while not any(message.startswith("photos of slips: ") for message in caplog.messages):
            await asyncio.sleep(0)


async def run_sql(room: GroupRoom, statement: str) -> None:
    async with room.world.store._database.writer.begin() as connection:
        await connection.exec_driver_sql(statement)


async def until_fetched(room: GroupRoom, count: int) -> None:
    async with asyncio.timeout(10):
        while [photo.state for photo in await photos(room)] != [PhotoState.WAITING] * count:
            await asyncio.sleep(0)


async def test_a_disk_that_fails_ends_nothing_and_the_photo_comes_once_it_works(
    room: GroupRoom, caplog: pytest.LogCaptureFixture
) -> None:
    media, pulse = room.world.folder / "media", Pulse()
    media.parent.mkdir(exist_ok=True)
    media.write_bytes(b"")  # where a folder should be, so that nothing can be written
    await sends(room, "mot", caption="/phieu")
    await sends(room, "hai", PNG, caption="/phieu")
    await room.settle()

    fetching = start(room.world.photos.run(pulse), "fetching")
    await until_it_failed(caplog)
    media.unlink()
    room.world.clock.move(minutes=1)
    pulse.beat()
    await until_fetched(room, 2)
    fetching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await fetching


async def test_a_photo_that_cannot_be_kept_does_not_hold_up_the_next(room: GroupRoom) -> None:
    media = room.world.folder / "media"
    await sends(room, "mot", caption="/phieu")
    await sends(room, "hai", PNG, caption="/phieu")
    await room.settle()
    (media / f"{hashlib.sha256(JPEG).hexdigest()}.part").mkdir(parents=True)

    with pytest.raises(IsADirectoryError):
        await room.world.photos.step()
    await room.world.photos.step()

    assert [photo.state for photo in await photos(room)] == [PhotoState.FETCHING, PhotoState.WAITING]


async def test_a_database_that_fails_ends_nothing(room: GroupRoom, caplog: pytest.LogCaptureFixture) -> None:
    pulse = Pulse()
    await run_sql(room, "ALTER TABLE slip_photos RENAME TO away")

    fetching = start(room.world.photos.run(pulse), "fetching")
    await until_it_failed(caplog)
    await run_sql(room, "ALTER TABLE away RENAME TO slip_photos")
    await sends(room, "anh", caption="/phieu")
    await room.settle()
    pulse.beat()
    await until_fetched(room, 1)
    fetching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await fetching


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"<svg xmlns", ""),
        (b"%PDF-1.7", ""),
        (b"RIFF", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert picture_kind(head) == kind


# ------------------------------------------------------------------ typed


async def test_several_slips_of_one_photo_become_submissions_that_name_it(room: GroupRoom) -> None:
    photo = await one_photo(room)

    await room.world.photos.typed(photo.id, [Typed(BUS), Typed(FEES, "Trường B", "hoc-sinh"), Typed("  ")], LAN)

    submissions = await room.world.submissions(State.WAITING)
    assert [(one.text, one.unit, one.source_label, one.typed_at) for one in submissions] == [
        (BUS, "Xã Tân An", f"Ảnh phiếu số {photo.id}", photo.sent_at),
        (FEES, "Trường B", f"Ảnh phiếu số {photo.id}", photo.sent_at),
    ]
    assert await photos(room) == []


async def test_two_people_do_not_type_the_same_photo(room: GroupRoom) -> None:
    photo = await one_photo(room)

    await room.world.photos.take(photo.id, LAN)
    with pytest.raises(Refusal) as held:
        await room.world.photos.typed(photo.id, [Typed(BUS)], MINH)
    room.world.clock.move(seconds=HOLD.total_seconds())
    await room.world.photos.typed(photo.id, [Typed(BUS)], MINH)
    with pytest.raises(Refusal) as late:
        await room.world.photos.typed(photo.id, [Typed(FEES)], LAN)

    assert (held.value.key, held.value.values["by"]) == (Key.PHOTO_HELD, "Lan")
    assert late.value.key is Key.PHOTO_ENDED
    assert [one.text for one in await room.world.submissions()] == [BUS]


async def test_one_of_two_who_take_at_once_gets_it(room: GroupRoom) -> None:
    photo = await one_photo(room)

    taken = await asyncio.gather(*(room.world.photos.take(photo.id, by) for by in (LAN, MINH)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in taken) == ["AlreadyDecided", "Photo"]


async def test_a_photo_that_is_given_back_is_free(room: GroupRoom) -> None:
    photo = await one_photo(room)
    await room.world.photos.take(photo.id, LAN)

    await room.world.photos.let_go(photo.id, MINH)
    with pytest.raises(Refusal):
        await room.world.photos.take(photo.id, MINH)
    await room.world.photos.let_go(photo.id, LAN)

    assert (await room.world.photos.take(photo.id, MINH)).taken_by == "Minh"


async def test_typing_sent_twice_adds_once(room: GroupRoom) -> None:
    photo = await one_photo(room)
    slips = [Typed(BUS), Typed(BUS)]

    results = await asyncio.gather(*(room.world.photos.typed(photo.id, slips, LAN) for _ in range(2)), return_exceptions=True)  # fmt: skip

    assert [one for one in results if not isinstance(one, Refusal)]
    assert [one.text for one in await room.world.submissions()] == [BUS, BUS]


async def test_a_photo_that_nobody_can_read_ends_with_a_reason_and_the_group_hears(room: GroupRoom) -> None:
    photo = await one_photo(room)

    with pytest.raises(Refusal) as without:
        await room.world.photos.unreadable(photo.id, " ", LAN)
    await room.world.photos.unreadable(photo.id, "Ảnh nhoè", LAN)
    await room.settle()

    async with room.world.store.reading() as tx:
        ended = await tx.photos.get(photo.id)
    assert without.value.key is Key.PHOTO_WHY
    assert ended is not None
    assert (ended.state, ended.reason) == (PhotoState.UNREADABLE, "Ảnh nhoè")
    assert said(room)[-1] == text(room, Key.PHOTO_UNREADABLE, by="Lan", number=photo.id, sender=room.lan.name)


async def test_what_ended_is_listed_with_who_when_and_why_the_latest_first(room: GroupRoom) -> None:
    first = await one_photo(room)
    await room.world.photos.unreadable(first.id, "Ảnh nhoè", LAN)
    room.world.clock.move(minutes=5)
    await sends(room, "hai", PNG, caption="/phieu")
    await sends(room, "khac", b"GIF89a", caption="/phieu")
    await settle(room)
    (second,) = await photos(room)
    await room.world.photos.typed(second.id, [Typed(BUS)], MINH)

    ended = await room.world.photos.ended()

    now = room.world.clock.now()
    assert [(one.state, one.ended_by, one.ended_at, one.reason, one.slips) for one in ended] == [
        (PhotoState.REFUSED, "", now, text(room, Key.PHOTO_NO_PICTURE), 0),
        (PhotoState.DONE, "Minh", now, "", 1),
        (PhotoState.UNREADABLE, "Lan", now - timedelta(minutes=5), "Ảnh nhoè", 0),
    ]


async def test_an_unreadable_photo_is_opened_again_by_anybody_who_may_type_and_the_group_hears(room: GroupRoom) -> None:
    photo = await one_photo(room)
    await room.world.photos.unreadable(photo.id, "Ảnh nhoè", LAN)

    with pytest.raises(Refusal) as viewer:
        await room.world.photos.reopen(photo.id, By("Xem", Role.VIEWER))
    await room.world.photos.reopen(photo.id, MINH)
    await room.settle()
    heard = said(room)[-1]
    await room.world.photos.typed(photo.id, [Typed(BUS)], MINH)

    assert viewer.value.key is Key.REFUSE_VIEWER
    assert heard == text(room, Key.PHOTO_REOPENED, by="Minh", number=photo.id)
    assert [one.text for one in await room.world.submissions()] == [BUS]
    assert [(one.state, one.ended_by) for one in await room.world.photos.ended()] == [(PhotoState.DONE, "Minh")]


async def test_only_an_unreadable_photo_is_opened_again(room: GroupRoom) -> None:
    photo = await one_photo(room)

    with pytest.raises(Refusal) as waits:
        await room.world.photos.reopen(photo.id, LAN)
    await room.world.photos.typed(photo.id, [Typed(BUS)], LAN)
    with pytest.raises(Refusal) as done:
        await room.world.photos.reopen(photo.id, LAN)
    with pytest.raises(Refusal) as unknown:
        await room.world.photos.reopen(photo.id + 1, LAN)

    assert [one.value.key for one in (waits, done, unknown)] == [
        Key.PHOTO_NOT_UNREADABLE,
        Key.PHOTO_NOT_UNREADABLE,
        Key.PHOTO_NONE,
    ]
    assert await photos(room) == []


async def test_nothing_typed_and_a_viewer_are_refused_and_the_photo_stays(room: GroupRoom) -> None:
    photo = await one_photo(room)

    with pytest.raises(Refusal) as empty:
        await room.world.photos.typed(photo.id, [Typed(" \n")], LAN)
    with pytest.raises(Refusal) as viewer:
        await room.world.photos.typed(photo.id, [Typed(BUS)], By("Xem", Role.VIEWER))
    with pytest.raises(Refusal) as unknown:
        await room.world.photos.take(photo.id + 1, LAN)

    assert [one.value.key for one in (empty, viewer, unknown)] == [
        Key.WEB_PHOTOS_EMPTY,
        Key.REFUSE_VIEWER,
        Key.PHOTO_NONE,
    ]
    assert len(await photos(room)) == 1


async def test_the_figures_name_what_waits_to_be_typed(room: GroupRoom) -> None:
    await one_photo(room)

    await room.double.user_types(room.minh, "/thongke", room.group)
    await settle(room)

    assert text(room, Key.PHOTO_WAITING, count=1) in said(room)[-1]
