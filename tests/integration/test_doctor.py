"""`doithoai doctor`: every thing that can be wrong is named with what to do, nothing is changed, no secret is printed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot.commands import checks
from bot.commands.checks import CHECKS, Patient
from bot.commands.doctor import _examine
from bot.domain.checkup import Grade
from bot.domain.deadline import VIETNAM
from bot.domain.role import EVERYTHING, Role
from bot.ports import RawUpdate
from bot.settings import Settings
from bot.usecases import backup
from bot.usecases.clock import WallClock
from bot.usecases.contact import LAST_POLL
from bot.usecases.schedule import EXPORT_FAILED
from handlers.host.look import look
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.mailroom import Mailroom, serving
from tests.doubles.telegram import TOKEN, TelegramDouble

NOW = datetime(2026, 11, 21, 9, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DOITHOAI_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    empty_database(folder / "doithoai.sqlite3")
    return folder


def settings(data, **more):
    return Settings(data_dir=data, programme="mau", web_bind="127.0.0.1:1", **more)


class Fixed(WallClock):
    def now(self):
        return NOW


async def visit(given, area, clock=None):
    """What is found in one area: (grade, sentence, what to do)."""
    check = next(one.check for one in CHECKS if one.name == area)
    async with Patient.open(given, clock or WallClock()) as patient:
        return [(remark.grade, remark.found, remark.todo) async for remark in check(patient)]


def graver(found):
    return [sentence for grade, sentence, _ in found if grade is not Grade.FINE]


async def put(data, **facts):
    store = await SqlStore.open(f"sqlite:///{data / 'doithoai.sqlite3'}", at=NOW)
    async with store.transaction() as tx:
        for name, value in facts.items():
            await tx.facts.put(name, value)
    await store.close()


# ------------------------------------------------------------------ folders and database


async def test_a_visit_changes_nothing_and_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("DOITHOAI_WEB_BIND", "127.0.0.1:1")

    await _examine(quiet=True)

    assert list(tmp_path.iterdir()) == []


async def test_an_old_schema_is_told_and_not_upgraded(data):
    with sqlite3.connect(data / "doithoai.sqlite3") as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
    file.close()

    found = await visit(settings(data), "Cơ sở dữ liệu")

    assert "phiên bản 0001" in graver(found)[0]
    with sqlite3.connect(data / "doithoai.sqlite3") as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    file.close()


async def test_a_damaged_database_is_told_and_the_visit_goes_on(data):
    file = data / "doithoai.sqlite3"
    content = bytearray(file.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    file.write_bytes(content)

    found = await visit(settings(data), "Cơ sở dữ liệu")

    assert found[0][0] is Grade.WRONG
    assert "doithoai restore" in found[0][2]


async def test_a_sound_database_is_told_with_its_version(data):
    ((grade, sentence, _), *_) = await visit(settings(data), "Cơ sở dữ liệu")

    assert (grade, sentence.startswith("SQLite 3.")) == (Grade.FINE, True)


async def test_rights_that_others_have_are_told_with_the_command_that_takes_them(data):
    data.chmod(0o755)
    (data / "doithoai.sqlite3").chmod(0o644)

    found = await visit(settings(data), "Thư mục dữ liệu")

    assert [todo for grade, _, todo in found if grade is Grade.MIND] == [
        f"Chạy: chmod 700 {data}",
        f"Chạy: chmod 600 {data / 'doithoai.sqlite3'}",
    ]


async def test_an_env_file_that_others_can_read_is_told(data, tmp_path):
    (tmp_path / ".env").write_text("DOITHOAI_PROGRAMME=mau\n")
    (tmp_path / ".env").chmod(0o644)

    assert "644" in graver(await visit(settings(data), "Thiết đặt"))[0]


@pytest.mark.parametrize(
    ("free", "grade"), [(100 * 1024**2, Grade.WRONG), (500 * 1024**2, Grade.MIND), (2 * 1024**3, Grade.FINE)]
)
async def test_room_on_the_disk_is_graded(data, monkeypatch, free, grade):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(free, 0, free))

    assert (await visit(settings(data), "Thư mục dữ liệu"))[-1][0] is grade


async def test_what_is_stuck_or_set_aside_is_told(data):
    store = await SqlStore.open(f"sqlite:///{data / 'doithoai.sqlite3'}", at=NOW)
    async with store.transaction() as tx:
        long_ago = NOW - timedelta(minutes=11)
        await tx.inbox.add([RawUpdate("telegram", "42", str(n), "", "{}") for n in range(2)], long_ago)
        await tx.inbox.quarantine(1, NOW, "ValueError")
    await store.close()

    found = await visit(settings(data), "Hàng đợi", Fixed())

    assert len(graver(found)) == 2
    assert found[0][2] == "Xem: doithoai quarantine list"


# ------------------------------------------------------------------ Telegram, time, web, mail


async def test_a_bot_in_its_group_with_all_rights_is_fine(data):
    async with TelegramDouble() as double:
        group = double.group("Duyệt câu hỏi", [double.user(7, "Hoa")])
        double.make_forum(group)
        given = settings(data, telegram_token=TOKEN, telegram_api=double.base, telegram_group=group.id)
        found = await visit(given, "Telegram")
        double.make_forum(group, may_manage=False)
        worse = await visit(given, "Telegram")

    assert "Telegram nhận mã bí mật" in found[0][1]
    assert "Duyệt câu hỏi" in found[1][1]
    assert graver(found) == ["Bot chưa lần nào lấy tin từ Telegram."]
    assert any("quyền quản lý chủ đề" in sentence for sentence in graver(worse))


async def test_a_group_that_does_not_know_the_bot_is_told(data):
    async with TelegramDouble() as double:
        given = settings(data, telegram_token=TOKEN, telegram_api=double.base, telegram_group=-100999)
        found = await visit(given, "Telegram")

    assert any("không xem được nhóm" in sentence for sentence in graver(found))


async def test_a_wrong_token_is_told_and_never_printed(data, monkeypatch, capsys):
    async def no(_request):
        return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)

    async with listening(no) as base:
        monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", TOKEN)
        monkeypatch.setenv("DOITHOAI_TELEGRAM_API", base)
        monkeypatch.setenv("DOITHOAI_DATA_DIR", str(data))
        monkeypatch.setenv("DOITHOAI_WEB_BIND", "127.0.0.1:1")
        found = await _examine(quiet=False)

    assert "không nhận mã bí mật" in found["Telegram"][0].found
    assert TOKEN.split(":")[1] not in capsys.readouterr().out


async def test_a_server_that_cannot_be_reached_is_told(data):
    given = settings(data, telegram_token=TOKEN, telegram_api="http://127.0.0.1:1")

    assert "Không tới được máy chủ Telegram" in graver(await visit(given, "Telegram"))[0]


@pytest.mark.parametrize(("minutes", "grade"), [(1, Grade.FINE), (16, Grade.WRONG)])
async def test_a_bot_that_hears_nothing_any_more_is_told(data, minutes, grade):
    await put(data, **{LAST_POLL: (NOW - timedelta(minutes=minutes)).isoformat()})
    async with TelegramDouble() as double:
        given = settings(data, telegram_token=TOKEN, telegram_api=double.base)
        found = await visit(given, "Telegram", Fixed())

    assert found[-1][0] is grade


class listening:  # noqa: N801 - reads as a verb
    """A web server on the loopback with one answer to everything; `as` its address."""

    def __init__(self, answer):
        self.answer = answer

    async def __aenter__(self):
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def __aexit__(self, *_):
        await self.runner.cleanup()


@pytest.mark.parametrize(
    ("off", "grade"), [(0, Grade.FINE), (30, Grade.MIND), (-30, Grade.MIND), (90, Grade.WRONG), (-7200, Grade.WRONG)]
)
async def test_a_clock_that_is_off_is_told(data, off, grade):
    async def clock(_request):
        at = datetime.now(UTC) + timedelta(seconds=off)
        return web.Response(headers={"Date": f"{at:%a, %d %b %Y %H:%M:%S GMT}"})

    async with listening(clock) as base:
        found = await visit(settings(data, web_url=base), "Giờ máy")

    assert found[0][0] is grade


async def test_the_web_page_is_looked_at_from_here_and_by_its_public_address(data):
    answers = {"/ready": 503, "/live": 200}

    async def answer(request):
        return web.Response(status=answers[request.path])

    async with listening(answer) as base:
        bind = base.removeprefix("http://")
        found = await visit(settings(data).model_copy(update={"web_bind": bind, "web_url": base}), "Trang web")
        answers["/live"] = 502
        worse = await visit(settings(data).model_copy(update={"web_bind": bind, "web_url": base}), "Trang web")

    assert [grade for grade, *_ in found] == [Grade.WRONG, Grade.FINE]
    assert "502" in worse[-1][1]


async def test_a_look_at_nobody_names_the_fault():
    assert (await look("http://127.0.0.1:1/")).fault == "ClientConnectorError"


async def test_the_mail_server_is_greeted_without_a_letter(data):
    async with serving(Mailroom()) as mailroom:
        given = settings(
            data,
            alert_mail_to="truc@tinhdoan.example.vn",
            smtp_host="127.0.0.1",
            smtp_port=mailroom.port,
            smtp_security="none",
            mail_from="bot@tinhdoan.example.vn",
        )
        found = await visit(given, "Thư")
        assert (graver(found), mailroom.letters) == ([], [])
        closed = given.model_copy(update={"smtp_port": 1})

        assert (await visit(closed, "Thư"))[0][0] is Grade.WRONG


# ------------------------------------------------------------------ people, files, backups


async def test_without_a_responsible_person_it_is_wrong_and_with_two_people_it_is_fine(data):
    lonely = await visit(settings(data), "Người duyệt")
    store = await SqlStore.open(f"sqlite:///{data / 'doithoai.sqlite3'}", at=NOW)
    async with store.transaction() as tx:
        await tx.moderators.grant("Chị Hoa", NOW, Role.CHIEF, EVERYTHING)
        await tx.moderators.grant("Lan", NOW, Role.MODERATOR, EVERYTHING)
    await store.close()

    assert [grade for grade, *_ in lonely] == [Grade.WRONG, Grade.MIND]
    assert graver(await visit(settings(data), "Người duyệt")) == []


async def test_backups_are_wanted_young_whole_and_sealed(data):
    assert "Chưa có bản sao lưu nào." in graver(await visit(settings(data), "Sao lưu"))
    await put(data, **{backup.LAST: (NOW - timedelta(days=3)).isoformat(), backup.FAILED: NOW.isoformat()})

    found = await visit(settings(data), "Sao lưu", Fixed())

    assert [grade for grade, *_ in found] == [Grade.WRONG, Grade.WRONG, Grade.MIND]


async def test_a_workbook_that_cannot_be_made_is_told(data):
    await put(data, **{EXPORT_FAILED: "week"})

    assert "chưa lập được" in graver(await visit(settings(data), "Bảng tổng hợp"))[0]


async def test_a_programme_that_nobody_knows_is_told(data):
    given = settings(data).model_copy(update={"programme": "khong-co"})

    assert (await visit(given, "Chương trình"))[0][0] is Grade.WRONG


# ------------------------------------------------------------------ the command


def run(call_with, capsys):
    from bot.cli import run as run_

    try:
        code = run_(call_with)
    except SystemExit as leaving:
        code = leaving.code
    return code, capsys.readouterr()


def test_the_exit_code_tells_the_worst_and_json_tells_all(data, monkeypatch, capsys):
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(data))
    monkeypatch.setenv("DOITHOAI_WEB_BIND", "127.0.0.1:1")
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "mau")

    code, shown = run(["doctor", "--json"], capsys)

    told = json.loads(shown.out)
    assert (code, told["grade"]) == (2, "wrong")  # nobody is responsible yet
    assert set(told["areas"]) == {area.name for area in CHECKS}


def test_settings_that_cannot_be_used_are_one_finding(monkeypatch, capsys):
    monkeypatch.setenv("DOITHOAI_WEB_BIND", "8080")

    code, shown = run(["doctor"], capsys)

    assert code == 2
    assert "✗ Thiết đặt chưa đúng: DOITHOAI_WEB_BIND" in shown.out


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(data, monkeypatch):
    async def broken(_patient):
        raise RuntimeError(TOKEN)
        yield

    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(data))
    monkeypatch.setattr(
        "bot.commands.doctor.CHECKS", (checks.Area("Hỏng", broken), checks.Area("Hàng đợi", checks.queues))
    )

    found = asyncio.run(_examine(quiet=True))

    assert found["Hỏng"][0].found == "Không kiểm tra được (RuntimeError)."
    assert len(found["Hàng đợi"]) == 2
