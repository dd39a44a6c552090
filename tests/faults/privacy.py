"""Personal data: kept too long, not really gone, back from a backup, shown to whom it is not for (P1 to P7)."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.privacy import Erasure
from bot.domain.submission import ASKER
from bot.usecases.erase import Erase, ReplayErasures
from bot.usecases.replay import ReplayList
from storage.store import SqlStore
from tests.databases import empty_database
from tests.faults.table import Found, Ground, fault, shown_by
from tests.world import World, Youth

_OWN = "tests/integration/test_own_data.py::"
_RETENTION = "tests/integration/test_retention.py::"
_PEOPLE = 40
_EACH = 2

shown_by(
    "P1",
    "dữ liệu giữ quá hạn",
    "đồng hồ chạy tới 89, 90, 91 ngày sau chương trình; từng loại dữ liệu",
    *(
        _RETENTION + name
        for name in (
            "test_who_wrote_is_forgotten_ninety_days_after_the_programme_and_not_a_day_before",
            "test_whoever_wrote_lately_or_was_answered_lately_is_not_forgotten",
            "test_each_kind_of_row_goes_at_its_own_term",
            "test_the_picture_of_a_typed_slip_goes_and_its_record_stays",
            "test_it_runs_once_a_day_and_makes_up_for_a_night_that_was_slept_through",
        )
    ),
)


@fault("P2", "xoá mà tệp vẫn còn", rounds=5)
async def erased_and_searched_for(ground: Ground) -> Found:
    """In a filled database people are erased one after another; after each the raw files are searched for what was
    theirs. `lost` counts words of others that went along, `doubled` what was found again.
    """
    folder = ground.folder / "data"
    store = await SqlStore.open(empty_database(folder / "x.sqlite3"), at=_now())
    world = World(store, folder)
    people = await _fill(world)
    erase = Erase(world.clock, world.voice, world.watcher, ReplayList(folder / "xoa"))
    found, slowest, gone = 0, 0.0, people[: ground.rounds]
    for youth, mark in gone:
        begun = time.monotonic()
        async with store.transaction() as tx:
            await erase.person(tx, await tx.people.get(youth.address), Erasure.WORDS, ASKER)
        slowest = max(slowest, time.monotonic() - begun)
        found += _found(folder, mark) + _found(folder, youth.address.chat)
    lost = sum(not _found(folder, mark) for _, mark in people[ground.rounds :])
    await store.close()
    done = f"xoá {len(gone)} người giữa {_PEOPLE} người, dò từng byte tệp sau mỗi lần"
    return Found(done, lost, found, f"lâu nhất {slowest:.2f} giây".replace(".", ","))


@fault("P3", "bản sao lưu làm sống lại người đã xoá", rounds=5)
async def restored_and_searched_for(ground: Ground) -> Found:
    """A copy from before the erasures is opened again and the list outside the database is replayed on it."""
    live, put_back = ground.folder / "data", ground.folder / "khoi-phuc"
    store = await SqlStore.open(empty_database(live / "x.sqlite3"), at=_now())
    world = World(store, live)
    people = await _fill(world)
    put_back.mkdir()
    with sqlite3.connect(live / "x.sqlite3") as source, sqlite3.connect(put_back / "x.sqlite3") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    listed = ReplayList(ground.folder / "xoa")
    gone = people[: ground.rounds]
    for youth, _ in gone:
        async with store.transaction() as tx:
            person = await tx.people.get(youth.address)
            await Erase(world.clock, world.voice, world.watcher, listed).person(tx, person, Erasure.WORDS, ASKER)
    await store.close()
    again = await SqlStore.open(f"sqlite:///{(put_back / 'x.sqlite3').as_posix()}", at=_now())
    replayed = await ReplayErasures(again, Erase(world.clock, world.voice, world.watcher, listed), listed)()
    await again.close()
    back = sum(_found(put_back, mark) + _found(put_back, youth.address.chat) for youth, mark in gone)
    lost = sum(not _found(put_back, mark) for _, mark in people[ground.rounds :])
    return Found(f"xoá {len(gone)} người, mở lại bản sao lưu có trước đó", lost, back, f"xoá lại {replayed} người")


shown_by(
    "P4",
    "xoá dữ liệu làm sổ việc đứt",
    "xoá lời của một người rồi kiểm cả chuỗi; sửa, gỡ, chèn mục",
    _OWN + "test_after_an_erasure_no_file_holds_the_words_or_the_chat",
    _OWN + "test_an_erasure_stands_in_the_audit_and_in_the_ledger_without_whose_it_was",
    "tests/integration/test_history_chain.py",
)
shown_by(
    "P5",
    "nhóm, bảng tổng hợp lộ người gửi",
    "tên, tài khoản, mã cuộc trò chuyện, số máy đánh dấu đi hết đường từ Telegram tới nhóm và tệp Excel",
    "tests/scenarios/test_forgotten.py::test_the_group_and_the_workbooks_never_show_who_wrote",
    "tests/integration/test_workbook_covering.py",
    "tests/integration/test_cli_privacy.py::test_the_report_says_how_much_and_nothing_of_anybody",
)
shown_by(
    "P7",
    "xử lý khi chưa đồng ý, không cho xem, xoá",
    "dưới 16 tuổi, bản đồng ý cũ, rút lại đồng ý; xem và xoá khi chưa đồng ý; hạn 2 ngày làm việc, 10, 15, 20 ngày",
    "tests/integration/test_receive.py::test_under_sixteen_nothing_is_kept_of_them",
    _OWN + "test_withdrawing_consent_stops_the_work_and_keeps_the_record",
    _OWN + "test_a_consent_is_kept_with_the_sentence_that_was_read",
    _OWN + "test_a_copy_holds_everything_that_is_kept_and_no_officials_name",
    "tests/unit/test_conversation.py::test_the_rights_to_ones_data_need_no_consent",
    "tests/unit/test_privacy_terms.py",
)


async def _fill(world: World) -> list[tuple[Youth, str]]:
    """People with questions, and for each the word that stands in theirs alone."""
    people = []
    for number in range(_PEOPLE):
        youth, mark = world.youth(f"77009{number:06d}"), f"CHIMSE{number:05d}X"
        await youth.agrees()
        for place in range(_EACH):
            await youth.asks(f"Câu thứ {place} của {mark}: bao giờ có xe buýt?")
        people.append((youth, mark))
    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda _: True, limit=500):
            for row in rows:
                await tx.outbox.sent(row.id, world.clock.now(), "1")
    return people


def _found(folder: Path, word: str) -> int:
    return sum(file.read_bytes().count(word.encode()) for file in folder.rglob("*") if file.is_file())


def _now() -> datetime:
    return datetime(2024, 2, 20, 12, tzinfo=VIETNAM)
