"""The command line as people use it: what it prints where, its exit codes, and a sentence for every mistake."""

import argparse
import ast
import asyncio
import errno
import getpass
import json
import os
import socket
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

import bot.app
from bot.cli import run
from bot.commands import faults, parser, serve
from bot.domain.role import Role
from bot.settings import read
from bot.usecases.invite import Invite, hashed
from classifier.corpus import Example
from classifier.model import Classifier
from classifier.train import train
from tests.world import WordRouter

REHEARSAL = ("--as-of", "2024-02-20T09:00")
REHEARSAL_LINE = "DIỄN TẬP – như thể đang là 9 giờ 00 thứ Ba, ngày 20/02/2024\n"


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PROGRAMME", "TELEGRAM_TOKEN", "TELEGRAM_GROUP", "WEB_BIND", "WEB_URL"):
        monkeypatch.delenv(f"DOITHOAI_{name}", raising=False)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())


@pytest.fixture
def call(capsys):
    def call(*arguments):
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def slips(tmp_path):
    book = Workbook()
    book.active.append(["Nội dung", "Đơn vị", "Đối tượng", "Ngày nhận", "Nguồn"])
    book.active.append(["Bao giờ quê em có xe buýt?", "Huyện Văn Lâm", "Học sinh", datetime(2024, 2, 15), "Phiếu"])  # noqa: DTZ001
    book.active.append(["=Học phí năm nay thế nào?", "", "", "15/02/2024", ""])
    book.active.append(["Chuyện này không biết hỏi ai", "Huyện Ân Thi", "", "", ""])
    book.active["A3"].data_type = "s"
    file = tmp_path / "phieu.xlsx"
    book.save(file)
    return file


def test_slips_in_and_a_workbook_out_without_any_messenger(call, slips, tmp_path):
    out = tmp_path / "bang.xlsx"

    taken = call("import", slips, "--programme", "hung-yen-2024", "--received", "2024-02-16", "--approved")
    again = call("import", slips, "--programme", "hung-yen-2024", "--received", "2024-02-16", "--approved", "--json")
    made = call("export", "--programme", "hung-yen-2024", "-o", out)

    assert (taken[0], again[0], made[0]) == (0, 0, 0)
    assert "3 phiếu mới" in taken[1]
    assert (json.loads(again[1])["added"], json.loads(again[1])["known"]) == (0, 3)
    book = load_workbook(out)
    assert [sheet for sheet in book.sheetnames if sheet in ("Tổng hợp", "Sở GTVT", "Sở GD&ĐT", "Chưa rõ", "Chờ duyệt")]
    values = {cell.value for row in book["Sở GD&ĐT"] for cell in row}
    assert "=Học phí năm nay thế nào?" in values


def test_bad_rows_are_named_and_the_rest_is_imported_with_exit_code_one(call, tmp_path):
    file = tmp_path / "phieu.csv"
    file.write_text(
        "Nội dung;Ngày nhận\nBao giờ có xe buýt?;15/02/2024\n;16/02/2024\nHọc phí?;31/02/2024\n", "utf-8-sig"
    )

    code, out, err = call("import", file, "--programme", "hung-yen-2024")

    assert code == 1
    assert "1 phiếu mới" in out
    assert "Ô A3: " in err
    assert "Ô B4: " in err


def test_the_form_that_template_writes_is_read_back_empty(call, tmp_path):
    form = tmp_path / "mau.xlsx"

    assert call("template", form, "--programme", "lang-son-2024")[0] == 0
    code, out, _ = call("import", form, "--programme", "lang-son-2024")

    assert (code, "0 phiếu mới" in out) == (0, True)


def test_one_text_is_classified_for_reading_and_as_json(call):
    code, out, _ = call("classify", "bao giờ có xe buýt", "--programme", "hung-yen-2024")
    assert code == 0
    assert "Sở Giao thông vận tải" in out

    _, out, _ = call("classify", "bao giờ có xe buýt", "--programme", "mau", "--json")
    assert json.loads(out)["department"] == "so-xay-dung"


def test_a_file_of_texts_gets_the_public_fields_and_keeps_its_own(call, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"text": "xe buýt\u2028quê em", "id": 7}, {"text": "mua quảng cáo"}]
    source.write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\nkhông phải json\n{}\n", "utf-8"
    )

    code, _, err = call("classify", "--jsonl", source, "-o", target, "--programme", "hung-yen-2024")

    written = [json.loads(line) for line in target.read_text("utf-8").split("\n") if line]
    assert code == 1
    assert "dòng 4" in err
    assert "dòng 5" in err
    assert written[0] == {
        "text": "xe buýt\u2028quê em",
        "id": 7,
        "topic": "giao-thong-van-tai",
        "department": "so-gtvt",
        "department_name": "Sở Giao thông vận tải",
        "supporting": ["cong-an", "ubnd-xa"],
        "confidence": 0.9,
        "abstained": False,
        "alternatives": [
            {"topic": "giao-thong-van-tai", "department": "so-gtvt", "confidence": 0.9},
            {"topic": "viec-lam", "department": "so-ldtbxh", "confidence": 0.05},
            {"topic": "chuyen-doi-so", "department": "so-tttt", "confidence": 0.03},
        ],
    }
    assert (written[1]["topic"], written[1]["department"], written[1]["department_name"]) == (
        "ngoai-pham-vi",
        None,
        None,
    )


def test_the_words_that_decided_are_told_when_asked_for(call, tmp_path):
    _, out, _ = call("classify", "Bao giờ có xe buýt?", "--explain")
    assert "Dựa vào các từ: “xe buýt”" in out
    _, out, _ = call("classify", "Bao giờ có xe buýt?", "--explain", "--json")
    assert json.loads(out)["because"] == ["xe buýt"]
    _, out, _ = call("classify", "Bao giờ thì có?", "--explain")
    assert "Không có từ nào trong câu giúp máy nhận ra lĩnh vực." in out

    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"text": "học phí"}), "utf-8")
    assert call("classify", "--jsonl", source, "-o", target, "--explain")[0] == 0
    assert json.loads(target.read_text("utf-8"))["because"] == ["học phí"]


# ------------------------------------------------------------------ evaluate


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A file of four judged texts, and a machine that learnt three topics from a few words."""
    learnt = {
        "vay-von-uu-dai": ("vay vốn", "lãi suất vay", "ngân hàng chính sách"),
        "bang-lai-xe": ("thi bằng lái", "bằng A1", "đổi giấy phép lái xe"),
        "ngoai-pham-vi": ("xin chào bot", "cảm ơn nha", "kể chuyện cười"),
    }
    examples = [
        Example(f"{subject} {ending}", topic, "plain")
        for topic, subjects in learnt.items()
        for subject in subjects
        for ending in ("ở đâu ạ", "thế nào", "khi nào được")
    ]
    classifier = Classifier(train(examples))
    monkeypatch.setattr(bot.app, "load_classifier", lambda *_: classifier)
    file = tmp_path / "cau-hoi.jsonl"
    rows = [
        {"text": "em muốn vay vốn ngân hàng", "topic": "vay-von-uu-dai"},
        {"text": "lãi suất vay", "department": "nhcsxh"},
        {"text": "thi bằng lái", "topic": "nghia-vu-quan-su", "also": ["cong-an"]},
        {"text": "cảm ơn nha bot", "topic": "ngoai-pham-vi"},
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return file


def test_a_judged_file_is_measured_as_a_table_and_as_json(call, judged):
    code, out, _ = call("evaluate", judged, "--topics")

    assert code == 0
    assert "4 câu, 3 câu có ghi lĩnh vực" in out
    assert "Cơ quan: đúng hoặc cũng chấp nhận được" in out
    assert "NH Chính sách xã hội" in out
    assert "Từng lĩnh vực" in out

    measured = json.loads(call("evaluate", judged, "--json", "--programme", "mau")[1])
    assert measured["programme"] == "mau"
    assert measured["original"]["headline"]["departments"]["accepted"] == 1
    assert measured["original"]["headline"]["topics"]["first"] == pytest.approx(2 / 3)
    assert set(measured["copies"]) == {"no_accents", "nfd", "tones", "teencode", "typos", "everything"}


def test_the_departments_are_those_of_the_programme(call, judged):
    before = json.loads(call("evaluate", judged, "--json", "--programme", "soc-trang-2023")[1])
    after = json.loads(call("evaluate", judged, "--json", "--programme", "mau")[1])

    # In 2023 driving licences were the transport department's.
    assert before["original"]["headline"]["departments"]["accepted"] == 0.75
    assert after["original"]["headline"]["departments"]["accepted"] == 1


def test_pictures_are_drawn_where_asked(call, judged, tmp_path):
    code, out, _ = call("evaluate", judged, "--plots", tmp_path / "hinh")

    assert code == 0
    for name in ("nham-lan.png", "do-tin-cay.png"):
        assert str(tmp_path / "hinh" / name) in out
        assert (tmp_path / "hinh" / name).read_bytes().startswith(b"\x89PNG")


def test_a_file_that_cannot_be_measured_is_refused_with_the_line_and_the_reason(call, tmp_path):
    file = tmp_path / "cau-hoi.jsonl"
    file.write_text('{"text": "x", "topic": "khong-co"}', "utf-8")

    assert "cau-hoi.jsonl, dòng 1: “topic” có mã lạ “khong-co”" in call("evaluate", file)[2]
    file.write_text('{"text": "x", "topic": "viec-lam"}\n{"text": x}', "utf-8")
    assert call("evaluate", file)[2] == (
        "doithoai: không đo được: cau-hoi.jsonl, dòng 2: không phải JSON đúng cú pháp, xem lại ngoặc nhọn, ngoặc kép "
        "và dấu phẩy.\n"
    )
    code, _, err = call("evaluate", tmp_path / "khong-co.jsonl")
    assert (code, "không tìm thấy" in err) == (1, True)


# ------------------------------------------------------------------ programmes


def test_programmes_are_listed_and_shown_with_phrase_reading_days_and_instant(call):
    _, out, _ = call("programme", "list", "--json")
    assert {"hung-yen-2023", "hung-yen-2024", "lang-son-2024", "soc-trang-2023", "phu-son-2023", "mau"} <= {
        row["code"] for row in json.loads(out)
    }

    code, out, _ = call("programme", "show", "soc-trang-2023", "--json")
    rows = [row for row in json.loads(out)["deadlines"] if row["id"] == "questions"]
    assert code == 0
    assert [(row["reading"], row["last_day"], row["chosen"]) for row in rows] == [
        ("D-N, that day included", "2023-05-26", True),
        ("dialogue day counted as day 1", "2023-05-27", False),
    ]
    assert rows[0]["closes_at_utc"] == "2023-05-26T17:00:00+00:00"

    code, out, _ = call("programme", "show", "hung-yen-2024")
    assert code == 0
    assert "trước ngày 04/3/2024" in out
    assert "hết hạn lúc 24 giờ Chủ nhật, ngày 03/3/2024" in out


def test_codes_in_the_list_of_programmes_are_never_cut(call):
    _, out, _ = call("programme", "list")

    assert all(code in out for code in ("hung-yen-2024", "soc-trang-2023", "phu-son-2023"))


def test_looking_at_programmes_makes_no_database(call, tmp_path, monkeypatch):
    assert call("programme", "list")[0] == call("programme", "show", "mau")[0] == 0
    assert not (tmp_path / "data").exists()

    monkeypatch.setenv("DOITHOAI_DATABASE_URL", f"sqlite:///{(tmp_path / 'chua-co.sqlite3').as_posix()}")
    assert call("programme", "list")[0] == 0
    assert not (tmp_path / "chua-co.sqlite3").exists()


def test_recorded_changes_are_in_force_where_programmes_are_looked_at(call):
    call("programme", "date", "phu-son-2023", "2023-03-24", "--reason", "Giấy mời số 12")
    call("programme", "extend", "hung-yen-2024", "2024-03-03T17:00", "--reason", "Công văn số 5")

    _, out, err = call("programme", "show", "phu-son-2023")
    assert "Ngày đối thoại: thứ Sáu, 24/3/2023" in out
    assert "(đã điều chỉnh: ngày đối thoại thành thứ Sáu, 24/3/2023; lý do: Giấy mời số 12; " in out
    assert "hết hạn lúc 24 giờ thứ Sáu, ngày 17/3/2023" in out
    assert err == ""

    _, out, _ = call("programme", "show", "hung-yen-2024", "--json")
    shown = json.loads(out)
    assert shown["window"]["closes_at"] == "2024-03-03T17:00:00+07:00"
    assert [(one["reason"], one["day"], one["closes_at"]) for one in shown["changes"]] == [
        ("Công văn số 5", None, "2024-03-03T17:00:00+07:00")
    ]

    _, out, _ = call("programme", "list", "--json")
    rows = {row["code"]: row for row in json.loads(out)}
    assert {code for code, row in rows.items() if row["changes"]} == {"phu-son-2023", "hung-yen-2024"}
    assert rows["phu-son-2023"]["dialogue_day"] == "2023-03-24"
    assert rows["hung-yen-2024"]["window"]["closes_at"] == "2024-03-03T17:00:00+07:00"
    assert call("programme", "list")[1].count("điều") == 2


def test_changes_of_a_rehearsal_are_not_in_force(call, monkeypatch, tmp_path):
    monkeypatch.setenv("DOITHOAI_DATABASE_URL", f"sqlite:///{(tmp_path / 'dien-tap.sqlite3').as_posix()}")
    call("programme", "date", "phu-son-2023", "2023-03-24", "--reason", "thử", *REHEARSAL)

    code, out, err = call("programme", "show", "phu-son-2023")

    assert (code, err, "điều chỉnh" in out) == (0, "", False)
    assert "Ngày đối thoại: chưa ấn định" in out


@pytest.mark.parametrize("url", ["postgresql://may/x", "sqlite:///{broken}"])
def test_a_database_that_cannot_be_read_is_a_warning_beside_the_plan(call, tmp_path, monkeypatch, url):
    broken = tmp_path / "hong.sqlite3"
    broken.write_text("không phải cơ sở dữ liệu" * 100, "utf-8")
    monkeypatch.setenv("DOITHOAI_DATABASE_URL", url.format(broken=broken.as_posix()))

    code, out, err = call("programme", "show", "hung-yen-2024")

    assert code == 0
    assert "chưa đọc được các điều chỉnh" in err
    assert "24 giờ thứ Sáu, ngày 01/3/2024" in out


def test_a_faulty_plan_is_explained_by_file_key_and_reason(call, tmp_path):
    plan = tmp_path / "hong.toml"
    plan.write_text('schema = 1\n[programme]\ncode = "hong"\nlevel = "sao hoả"\n', "utf-8")

    code, out, _ = call("programme", "check", plan)

    assert code == 1
    assert "hong.toml" in out
    assert "programme.level" in out


def test_confirming_the_day_moves_relative_deadlines_and_shows_them(call):
    code, out, _ = call("programme", "date", "phu-son-2023", "2023-03-24", "--reason", "Giấy mời")

    assert code == 0
    assert "chưa ấn định → thứ Sáu, 24/3/2023" in out
    assert "youth_opinions" in out


def test_extending_needs_a_reason_and_a_window_that_is_not_empty(call):
    assert call("programme", "extend", "hung-yen-2024", "2024-03-03T17:00")[0] == 2
    code, _, err = call("programme", "extend", "hung-yen-2024", "2020-01-01", "--reason", "thử")
    assert (code, "phải sau lúc bắt đầu" in err) == (1, True)

    code, out, _ = call("programme", "extend", "hung-yen-2024", "2024-03-03T17:00", "--reason", "Công văn")
    assert code == 0
    assert "17 giờ 00 Chủ nhật, ngày 03/3/2024" in out


def test_changes_are_recorded_even_where_the_machine_knows_no_account(call, monkeypatch, slips):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert call("programme", "date", "phu-son-2023", "2023-03-24", "--reason", "Giấy mời")[0] == 0
    assert call("import", slips, "--programme", "phu-son-2023")[0] == 0
    _, out, _ = call("programme", "show", "phu-son-2023", "--json")
    assert [one["by"] for one in json.loads(out)["changes"]] == ["dòng lệnh"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "{slips}", "--programme", "hung-yen-2024"),
        ("export", "--programme", "hung-yen-2024"),
        ("moderator", "invite", "Lan", "--programme", "hung-yen-2024"),
        ("moderator", "list", "--programme", "hung-yen-2024"),
        ("moderator", "revoke", "Lan", "--programme", "hung-yen-2024"),
        ("programme", "date", "hung-yen-2024", "2024-03-22", "--reason", "Giấy mời"),
        ("programme", "extend", "hung-yen-2024", "2024-03-03", "--reason", "Công văn"),
    ],
)
def test_everything_a_rehearsal_prints_begins_with_its_mark(call, slips, arguments):
    given = [one.format(slips=slips) for one in arguments]

    _, out, err = call(*given, *REHEARSAL)

    assert err.startswith(REHEARSAL_LINE)
    assert "DIỄN TẬP" not in out
    assert "DIỄN TẬP" not in call(*given)[2]


def test_the_mark_of_a_rehearsal_stays_out_of_json(call):
    _, out, err = call("moderator", "list", "--json", "--programme", "hung-yen-2024", *REHEARSAL)

    assert json.loads(out) == []
    assert err == REHEARSAL_LINE


def test_a_rehearsal_that_starts_at_midnight_names_the_day_that_begins(call):
    _, _, err = call("moderator", "list", "--programme", "mau", "--as-of", "2024-02-20")

    assert err == "DIỄN TẬP – như thể đang là 0 giờ 00 thứ Ba, ngày 20/02/2024\n"


def test_moderators_of_a_rehearsal_live_in_its_own_database_and_time(call, tmp_path):
    code, out, err = call("moderator", "invite", "Lan", "--programme", "hung-yen-2024", *REHEARSAL)

    assert code == 0
    assert out.startswith("http://127.0.0.1:8080/vao?ma=")
    assert "đến 9 giờ 00 thứ Sáu, ngày 23/02/2024" in err
    assert (tmp_path / "data" / "dien-tap.sqlite3").exists()
    assert not (tmp_path / "data" / "doithoai.sqlite3").exists()


def test_a_rehearsal_marks_its_file_and_refuses_the_production_database(call, slips, tmp_path, monkeypatch):
    monkeypatch.setenv("DOITHOAI_DATABASE_URL", f"sqlite:///{(tmp_path / 'that.sqlite3').as_posix()}")
    call("import", slips, "--programme", "hung-yen-2024")

    code, _, err = call(
        "export", "--programme", "hung-yen-2024", "--as-of", "2024-02-20T09:00", "-o", tmp_path / "x.xlsx"
    )
    assert code == 1
    assert "Cơ sở dữ liệu" in err

    monkeypatch.delenv("DOITHOAI_DATABASE_URL")
    rehearsal = ("--programme", "hung-yen-2024", "--as-of", "2024-02-20T09:00")
    assert call("import", slips, *rehearsal)[0] == 0
    assert call("export", *rehearsal, "-o", tmp_path / "y.xlsx")[0] == 0
    for sheet in load_workbook(tmp_path / "y.xlsx"):
        assert any("DIỄN TẬP" in str(cell.value) for row in sheet.iter_rows(max_row=8) for cell in row)


def test_moderators_are_invited_listed_and_revoked(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "hung-yen-2024")
    code, out, err = call("moderator", "invite", "Lan")
    assert code == 0
    assert "/vao?ma=" in out
    assert "một lần" in err
    assert call("moderator", "revoke", "Hoa")[0] == 1
    assert "đã mời, chưa vào" in call("moderator", "list")[1]
    (invited,) = json.loads(call("moderator", "list", "--json")[1])
    assert (invited["name"], invited["role"], invited["since"]) == ("Lan", "moderator", None)
    code, out, _ = call("moderator", "revoke", "Lan")
    assert code == 0
    assert out == "Đã thu hồi quyền của Lan. Người ấy còn trong nhóm Telegram thì nên đưa ra khỏi nhóm.\n"
    assert "Chưa có ai" in call("moderator", "list")[1]


def test_the_only_chief_is_let_go_by_force_alone_and_an_import_says_that_nobody_sees(call, monkeypatch, tmp_path):
    monkeypatch.setenv("DOITHOAI_PROGRAMME", "hung-yen-2024")
    asyncio.run(_hoa_signs_in())

    assert "đang là người phụ trách duy nhất" in call("moderator", "invite", "Hoa")[2]
    refused, _, err = call("moderator", "revoke", "Hoa")
    forced, _, warned = call("moderator", "revoke", "Hoa", "--force")
    cry = tmp_path / "cry.csv"
    cry.write_text("Nội dung\nEm bị bố dượng đánh, xin cứu em\n", "utf-8")
    _, _, imported = call("import", cry)

    assert (refused, forced) == (1, 0)
    assert "--force" in err
    assert "chưa có người phụ trách" in warned
    assert "chưa ai xem được; đang có 1 lời chờ xem riêng" in imported


async def _hoa_signs_in():
    async with bot.app.open_desk(read(), "hung-yen-2024") as desk:
        token, _ = await Invite(desk.store, desk.clock)("Hoa", Role.CHIEF)
        async with desk.store.transaction() as tx:
            await tx.moderators.redeem(hashed(token), "session", desk.clock.now())


def test_the_demo_refuses_to_start_beside_a_real_token(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "42:abc")

    code, _, err = call("demo", "--no-browser")

    assert code == 1
    assert "--ignore-token" in err


@pytest.fixture
def taken():
    """A port of the loopback that somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def served(monkeypatch):
    """Where `demo` would have listened."""
    binds = []

    async def serve(desk, *, announce, **_):
        binds.append(desk.settings.web_bind)
        announce(bot.app.Addresses(f"http://{desk.settings.web_bind}", ""))

    monkeypatch.setattr(bot.app, "serve", serve)
    return binds


def test_the_demo_takes_the_next_free_port_and_says_which(call, monkeypatch, taken, served):
    monkeypatch.setenv("DOITHOAI_WEB_BIND", f"127.0.0.1:{taken}")

    code, out, err = call("demo", "--no-browser")

    port = int(served[0].rsplit(":", 1)[1])
    assert code == 0
    assert taken < port <= taken + 10
    assert f"cổng {taken} đang có chương trình khác dùng nên lần này chạy ở cổng {port}" in err
    assert f"http://127.0.0.1:{port}/demo" in out


def test_the_demo_keeps_its_usual_port_where_that_is_free(call, monkeypatch, taken, served):
    monkeypatch.setattr(serve, "_checked", lambda port: port)
    monkeypatch.setenv("DOITHOAI_WEB_BIND", f"127.0.0.1:{taken}")

    assert call("demo", "--no-browser")[2] == ""
    assert served == [f"127.0.0.1:{taken}"]


def test_the_demo_gives_up_after_ten_more_ports(call, monkeypatch, served):
    tried = []
    monkeypatch.setattr(serve, "_free", tried.append)

    code, _, err = call("demo", "--no-browser")

    assert (code, served, tried) == (1, [], list(range(8080, 8091)))
    assert "từ 8080 đến 8090" in err
    assert "--port" in err


def test_a_port_that_was_asked_for_and_is_taken_is_refused(call, taken, served):
    code, _, err = call("demo", "--no-browser", "--port", taken)

    assert (code, served) == (1, [])
    assert f"“127.0.0.1:{taken}” đang có chương trình khác dùng" in err
    assert "--port" in err


def test_running_on_a_taken_address_names_it_and_the_way_out(call, monkeypatch, taken):
    monkeypatch.setenv("DOITHOAI_WEB_BIND", f"127.0.0.1:{taken}")

    code, out, err = call("run", "--programme", "mau")

    assert (code, out) == (1, "")
    assert f"“127.0.0.1:{taken}” đang có chương trình khác dùng" in err
    assert "DOITHOAI_WEB_BIND" in err
    assert "in use" not in err


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(errno.EADDRINUSE, "address already in use"), "đang có chương trình khác dùng"),
        (OSError(errno.EADDRNOTAVAIL, "cannot assign requested address"), "máy này không có địa chỉ"),
        (OSError("could not bind on any address out of [('::', 80)]"), "máy này không có địa chỉ"),
        (PermissionError(errno.EACCES, "permission denied"), "không có quyền mở địa chỉ"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "không tìm ra máy"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_named_in_vietnamese(fault, said):
    with pytest.raises(faults.Trouble, match=said) as refused, faults.listening_on("10.0.0.1:80"):
        raise fault

    assert "“10.0.0.1:80”" in str(refused.value)


def test_a_fault_of_a_file_while_listening_stays_one_of_the_file():
    with pytest.raises(PermissionError), faults.listening_on("10.0.0.1:80"):
        raise PermissionError(errno.EACCES, "permission denied", "dien-tap.sqlite3")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "không tìm thấy"),
        (errno.EACCES, "không có quyền"),
        (errno.EPERM, "không có quyền"),
        (errno.ENOSPC, "đã đầy"),
        (errno.EISDIR, "là một thư mục"),
        (errno.ENOTDIR, "không phải thư mục"),
        (errno.EEXIST, "đã có sẵn"),
        (errno.EROFS, "ổ chỉ đọc"),
        (errno.ENAMETOOLONG, "dài quá mức"),
        (errno.EADDRINUSE, "đang có chương trình khác dùng"),
        (errno.EIO, f"lỗi hệ thống số {errno.EIO}"),
    ],
)
def test_a_fault_of_the_system_names_its_file_and_never_speaks_english(number, said):
    sentence = faults.explained(OSError(number, os.strerror(number), "thu-muc/bang.xlsx"))

    assert said in sentence
    assert "“thu-muc/bang.xlsx”" in sentence
    assert os.strerror(number) not in sentence


def test_a_fault_that_names_no_file_gets_the_one_that_was_worked_on():
    with pytest.raises(OSError) as refused, faults.working_on(Path("ket-qua.jsonl")):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert faults.explained(refused.value).startswith("ổ đĩa chứa “ket-qua.jsonl” đã đầy")


def test_a_file_of_texts_in_another_encoding_is_named_with_its_line(call, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes('{"text": "xe buýt"}\n'.encode() + '{"text": "học phí"}\n'.encode("utf-16"))

    code, _, err = call("classify", "--jsonl", source, "-o", tmp_path / "out.jsonl")

    assert code == 1
    assert f"tệp “{source}”, dòng 2 không ở bảng mã UTF-8" in err
    assert not (tmp_path / "out.jsonl").exists()


def test_what_utf_8_cannot_hold_comes_out_as_it_went_in(call, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": "xe buýt \\ud800"}\n' + "[" * 100_000 + "\n", "utf-8")

    code, out, err = call("classify", "--jsonl", source, "-o", target, "--json")

    assert code == 1
    assert "dòng 2: không phải một đối tượng JSON" in err
    assert json.loads(out)["classified"] == 1
    assert json.loads(target.read_text("utf-8"))["text"] == "xe buýt \ud800"
    assert sorted(one.name for one in tmp_path.iterdir() if "jsonl" in one.name) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize(("where", "said"), [("khong-co/out.jsonl", "không tìm thấy"), (".", "là một thư mục")])
def test_a_result_that_cannot_be_written_is_named_as_it_was_asked_for(call, tmp_path, where, said):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "xe buýt"}\n', "utf-8")

    code, _, err = call("classify", "--jsonl", source, "-o", where)

    assert code == 1
    assert said in err
    assert f"“{where}”" in err


def test_a_device_is_written_to_and_stays_a_device(call, tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    source, pipe = tmp_path / "in.jsonl", tmp_path / "ong"
    source.write_text('{"text": "xe buýt"}\n', "utf-8")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    try:
        assert call("classify", "--jsonl", source, "-o", pipe)[0] == 0
        assert json.loads(os.read(reader, 65_536))["department"] == "so-xay-dung"
    finally:
        os.close(reader)

    assert pipe.is_fifo()


def test_own_sentences_that_cannot_be_used_stop_a_command_with_file_and_line(call, tmp_path):
    own = tmp_path / "data" / "texts" / "vi.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[chat]\nedited = "Đã sửa {code"\n', "utf-8")

    code, _, err = call("export", "--programme", "mau")

    assert code == 1
    assert f"{own}: dòng 2: câu “chat.edited”" in err


# What only a developer can provoke, and what our parsers have no use for (nargs "?" options, deprecated options …).
NOT_OURS = {
    " (default: %(default)s)",
    "%(heading)s:",
    "%(prog)s: warning: %(message)s\n",
    "%r is not callable",
    "'required' is an invalid argument for positionals",
    ".__call__() not defined",
    "argument '%(argument_name)s' is deprecated",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "command '%(parser_name)s' is deprecated",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "option '%(option)s' is deprecated",
    "subcommands",
}


def test_every_sentence_of_argparse_is_translated_or_known_to_be_out_of_reach():
    tree = ast.parse(Path(argparse.__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"]
    sentences = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)} - {None}

    assert len(sentences) > 20
    assert sentences - parser._SAID.keys() - NOT_OURS == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--port", "99999"), "--port: “99999” không phải một cổng"),
        (("demo", "--port", "tám"), "--port: “tám” không phải một cổng"),
        (("demo", "--port", "-1"), "--port: “-1” không phải một cổng"),
        (("demo", "--port", "８０８０"), "không phải một cổng"),
        (("demo", "--port"), "--port: cần một giá trị"),
        (("classify", "x", "--json=1"), "--json: tuỳ chọn này không kèm giá trị, đang có “1”"),
        (("classify", "x", "--js"), "--js chưa rõ là tuỳ chọn nào: --jsonl, --json"),
        (("classify", "x", "--jsonl", "y"), "không dùng cùng"),
        (("classify",), "cần một trong các tuỳ chọn"),
        (("classify", "x", "-o", "y"), "-o chỉ dùng cùng --jsonl"),
        (("classify", "--jsonl", "y"), "thiếu -o"),
        (("import", "a", "b"), "không hiểu: b"),
        (("import", "a", "--sai"), "không hiểu: --sai"),
        (("programme",), "còn thiếu: VIỆC"),
        (("programme", "xem"), "không có “xem”; chọn một trong"),
        (("programme", "date"), "còn thiếu: MÃ, NGÀY, --reason"),
        (("programme", "date", "mau", "2024-02-20T09:00", "--reason", "x"), "không kèm giờ"),
        (("export", "--as-of", "0001-01-01"), "ngoài khoảng năm 2000–2100"),
        (("export", "--as-of", "01/01/9999"), "ngoài khoảng năm 2000–2100"),
    ],
)
def test_wrong_use_is_explained_in_vietnamese_with_exit_code_two(call, arguments, said):
    code, out, err = call(*arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not [word for word in ("argument", "invalid", "expected", "option", "choose", "choice") if word in err]


@pytest.mark.parametrize(
    "arguments",
    [("import", "x.csv"), ("export",), ("moderator", "list"), ("moderator", "invite", "Lan"), ("run",)],
)
def test_a_command_without_any_programme_is_wrong_use(call, arguments):
    code, _, err = call(*arguments)

    assert code == 2
    assert "DOITHOAI_PROGRAMME" in err


def test_a_setting_that_cannot_be_used_is_wrong_use_and_keeps_its_secret(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "bi-mat")

    code, _, err = call("run", "--programme", "mau")

    assert code == 2
    assert "DOITHOAI_TELEGRAM_TOKEN" in err
    assert "bi-mat" not in err


def test_a_workbook_is_never_put_in_the_place_of_a_device_or_a_folder(call, tmp_path):
    for target in ("/dev/null", tmp_path):
        code, _, err = call("export", "--programme", "mau", "-o", target)

        assert code == 1
        assert "không phải là tệp thường" in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "còn thiếu"),
        (("bay",), 2, "bay"),
        (("import",), 2, "còn thiếu"),
        (("import", "khong-co.xlsx", "--programme", "mau"), 1, "khong-co.xlsx"),
        (("import", "x.xlsx", "--programme", "khong-co"), 1, "khong-co"),
        (("export",), 2, "DOITHOAI_PROGRAMME"),
        (("classify",), 2, "--jsonl"),
        (("classify", "   "), 1, "trống"),
        (("classify", "--jsonl", "khong-co.jsonl", "-o", "x"), 1, "khong-co.jsonl"),
        (("run",), 2, "DOITHOAI_PROGRAMME"),
        (("programme", "show", "khong-co"), 1, "programme list"),
        (("export", "--programme", "mau", "--as-of", "hôm qua"), 2, "hôm qua"),
    ],
)
def test_every_mistake_gets_one_vietnamese_sentence_and_its_exit_code(call, arguments, code, said):
    got, out, err = call(*arguments)

    assert got == code
    assert said in err
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize(
    "command",
    [
        (),
        *((name,) for name in ("run", "demo", "import", "export", "template", "classify", "programme", "moderator")),
        *(("programme", name) for name in ("list", "show", "check", "date", "extend")),
        *(("moderator", name) for name in ("invite", "list", "revoke")),
    ],
)
def test_help_is_in_vietnamese(call, command):
    code, out, _ = call(*command, "--help")

    assert code == 0
    assert "cách dùng: doithoai" in out
    assert not [
        word for word in ("show this", "show program", "and exit", "usage", "options", "positional") if word in out
    ]
