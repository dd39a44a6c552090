"""Backups, crashes and the clock (S1 to S11, P6): what is lost when the power, the disk or the whole machine goes."""

from __future__ import annotations

import re
import shutil
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import apsw

from storage import engine
from tests.doubles.power import cuts_of, worked
from tests.doubles.telegram import TelegramDouble
from tests.faults.kills import Killing, consented, question
from tests.faults.table import Found, Ground, fault, shown_by
from tests.programs import Programs

PEOPLE = 10
_RECEIPT = re.compile(r"Đã nhận câu hỏi của bạn\. Mã: ([\w-]+)")
_PATIENCE = 120.0
_TOLD = "Dữ liệu vừa được khôi phục"


@dataclass(frozen=True)
class Drill:
    """A machine that was lost and what was there on another one. `codes`: how often each receipt code was told."""

    saved: int
    found: Counter[str]
    codes: Counter[str]
    seconds: float

    @property
    def lost(self) -> int:
        return self.saved - len(self.found)

    @property
    def doubled(self) -> int:
        return sum(times - 1 for times in (*self.found.values(), *self.codes.values()))


async def drilled(data_dir: Path, people: int = PEOPLE) -> Drill:
    """People ask, a backup is made beside the running program, more people ask; then the machine is gone.

    `data_dir` holds a model. The backup is restored on another machine, the moderators are told, the chain of the history
    holds, and somebody asks there: an AssertionError says which of these did not come true.
    """
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        programs = await stack.enter_async_context(Programs())
        crowd = [double.user(1000 + number, f"Bạn {number}") for number in range(2 * people + 1)]
        group = double.group("Kiểm duyệt", {double.user(77, "Lan"): "administrator"})
        before, after, last = crowd[:people], crowd[people:-1], crowd[-1:]
        await consented(crowd, data_dir / "doithoai.sqlite3")
        at_work = _Work(double, programs, data_dir, group=str(group.id))
        program = await at_work.asked(before)
        await at_work.command("backup")
        usb = shutil.copytree(data_dir / "sao-luu", data_dir.parent / "usb")
        await at_work.asked(after, program)
        program.kill(signal.SIGKILL)
        await program.wait()
        other = _Work(double, programs, data_dir.parent / "other" / "data", group=str(group.id))
        shutil.copytree(data_dir / "mo-hinh", other.data_dir / "mo-hinh")
        shutil.rmtree(data_dir)
        begun = time.monotonic()
        (file,) = usb.glob("*.tar.gz")
        await other.command("restore", str(file))
        seconds = time.monotonic() - begun
        program = await other.asked(last)
        await other.until(program, lambda: any(_TOLD in one.text for one in double.messages(group)))
        program.kill(signal.SIGTERM)
        assert await program.wait() == 0
        await other.command("audit", "verify")
        filed = (await other.count(crowd)).filed
        found = Counter({text: times for text, times in filed.items() if text in {question(one) for one in before}})
        said = [one.text for person in crowd for one in double.messages(person)]
        codes = Counter(receipt[1] for text in said if (receipt := _RECEIPT.search(text)))
        return Drill(people, found, codes, seconds)


@dataclass
class _Work(Killing):
    group: str = ""

    def env(self) -> dict[str, str]:
        return super().env() | {"DOITHOAI_TELEGRAM_GROUP": self.group, "DOITHOAI_PROGRAMME": "mau"}

    async def asked(self, people, program=None):
        """Everybody asks and has their receipt; the program that did it."""
        for person in people:
            await self.double.user_types(person, question(person))
            await self.double.user_types(person, "gửi")
        program = program or await self.start()
        await self.until(program, lambda: all(self._heard(person) for person in people))
        return program

    async def command(self, *arguments: str) -> None:
        program = await self.programs.start(*arguments, env=self.env(), log=self.log)
        assert await program.wait(_PATIENCE) == 0, self.log.read_text("utf-8")[-2000:]


# ------------------------------------------------------------------ the rows

_BACKUP, _RESTORE = "tests/integration/test_backup.py::", "tests/integration/test_restore.py::"
_OPENING, _UPGRADES = "tests/integration/test_storage_opening.py::", "tests/integration/test_storage_upgrades.py::"


@fault("S2", "mất điện giữa lúc đang ghi", rounds=300)
async def power_cuts(ground: Ground) -> Found:
    """Cuts at chance moments, unsynced sectors dropped or torn; both ways in which commits are made safe."""
    lost, notes = 0, []
    for journal, version in (("WAL + FULL", (3, 53, 4)), ("DELETE + EXTRA", (3, 40, 1))):
        folder = ground.folder / journal.partition(" ")[0]
        folder.mkdir()
        safety = engine.safety_of(version)
        pragmas = engine._pragmas() | {"journal_mode": safety.journal, "synchronous": safety.synchronous}
        found = cuts_of(worked(folder, pragmas), folder, ground.rounds)
        lost += found.lost + found.halved + found.damaged
        notes.append(f"{journal}: {found.acknowledged} lần ghi đã xác nhận")
    done = f"{ground.rounds} lần mất điện mô phỏng (apsw {apsw.apsw_version()}) với từng cách ghi"
    return Found(done, lost, 0, "; ".join(notes))


@fault("S7-drill", "mất cả máy, khôi phục trên máy khác")
async def restore_drill(ground: Ground) -> Found:
    """The real program, a backup beside it, the machine gone, everything back on another one."""
    drill = await drilled(await ground.model())
    note = f"khôi phục mất {drill.seconds:.1f} giây".replace(".", ",")
    return Found(f"{PEOPLE} câu trước và {PEOPLE} câu sau lúc sao lưu, mất máy", drill.lost, drill.doubled, note)


shown_by(
    "S1",
    "SQLite có lỗi WAL-reset; hệ điều hành không nhận thiết lập an toàn",
    "phiên bản lành: WAL + FULL; phiên bản lỗi: DELETE + EXTRA; đọc lại từng thiết lập ở mỗi kết nối",
    "tests/unit/test_storage_gate.py",
    _OPENING + "test_every_connection_is_set_to_survive_a_power_cut",
    _OPENING + "test_a_setting_that_sqlite_does_not_take_stops_the_start",
)
shown_by(
    "S4",
    "nhiều việc cùng ghi một lúc",
    "20 việc cùng đọc rồi ghi; hai chương trình cùng một tệp",
    "tests/integration/test_storage_transactions.py::test_twenty_writers_reading_then_writing_lose_nothing",
    "tests/integration/test_storage_transactions.py::test_two_programs_on_one_file_lose_nothing_either",
)
shown_by(
    "S5",
    "nhiều cán bộ quyết định cùng một câu",
    "2 và 8 cán bộ cùng bấm ở 300 câu",
    "tests/integration/test_moderation.py::test_of_several_moderators_at_once_each_submission_is_decided_by_exactly_one",
)
shown_by(
    "S6",
    "ổ đĩa đầy",
    "SQLite báo đầy trong lúc tám người nhắn Telegram và hai mươi tin trang web; rồi có chỗ trở lại",
    "tests/scenarios/test_disk_full.py",
    _BACKUP + "test_a_backup_never_takes_the_last_room_on_the_disk",
)
shown_by(
    "S7",
    "bản sao lưu không dùng được",
    "10 bản trong lúc đang ghi, mở lại và đối chiếu; bản hỏng, thiếu, thêm, sửa đều bị từ chối; hỏng thì báo",
    "tests/integration/test_backup.py",
)
shown_by(
    "S8",
    "nâng cấp cơ sở dữ liệu dừng giữa chừng",
    "dừng trước từng câu lệnh, từ mọi phiên bản đã phát hành, hai kiểu ghi; sao lưu trước khi nâng cấp",
    "tests/integration/test_storage_upgrades.py",
    _RESTORE + "test_a_database_of_an_older_program_is_saved_before_it_is_changed",
    _RESTORE + "test_where_it_cannot_be_saved_it_is_not_changed",
    _OPENING + "test_a_database_newer_than_the_program_is_refused_and_left_as_it_is",
)
shown_by(
    "S9",
    "đồng hồ máy sai, đổi giờ, tin đến muộn quanh hạn gửi",
    "10.000 câu quanh hạn, đồng hồ sai tới 26 giờ, tin đến muộn tới 6 giờ; đồng hồ nhảy tới rồi lùi",
    "tests/unit/test_cutoff_clock.py",
    "tests/integration/test_set_back.py",
)
shown_by(
    "S10",
    "câu gửi đúng hạn được duyệt sau khi đã chốt bảng tổng hợp",
    "20 câu duyệt muộn: có đủ trong bảng bổ sung, không câu nào hai lần",
    "tests/integration/test_supplements.py",
)
shown_by(
    "S11",
    "sửa câu sau hạn gửi",
    "sửa trước hạn thì giữ cả lời cũ; sau hạn thì lời đã chốt không đổi, lời mới được giữ để gửi muộn",
    "tests/integration/test_receive.py::test_an_edit_keeps_the_old_words_in_history_and_opens_a_decided_question_again",
    "tests/integration/test_receive.py::test_after_the_cutoff_nothing_is_edited_or_withdrawn_and_the_reason_is_said",
    "tests/unit/test_conversation.py::"
    "test_a_new_wording_that_comes_after_the_cutoff_is_kept_and_can_be_sent_as_a_late_question",
)
shown_by(
    "P3-restore",
    "khôi phục làm người đã xoá dữ liệu hiện lại",
    "xoá sau lúc sao lưu, khôi phục bản cũ, tìm trong tệp dữ liệu",
    _RESTORE + "test_whoever_was_erased_after_the_backup_is_not_in_what_was_restored",
    _RESTORE + "test_the_list_of_the_erased_only_grows",
)
shown_by(
    "P6",
    "bản sao lưu rời khỏi máy và bị đọc trộm",
    "mã hoá age cho hai người nhận, tìm lời đã viết trong tệp; quyền 0600",
    _BACKUP + "test_an_encrypted_backup_shows_nothing_of_what_people_wrote_and_opens_with_the_key_alone",
    _BACKUP + "test_a_backup_and_its_folder_are_for_us_alone_and_nothing_else_is_left_behind",
    _RESTORE + "test_a_copy_to_carry_away_goes_where_it_is_wanted_encrypted",
)
