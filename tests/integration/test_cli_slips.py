"""`doithoai import` on a terminal: looking first, and pasted slips from standard input."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

import bot.app
from bot.cli import run
from tests.world import WordRouter

PROGRAMME = ("--programme", "hung-yen-2024")
FILE = "Nội dung;Đơn vị;Ngày nhận\nBao giờ quê em có xe buýt?;Xã A;15/02/2024\nHọc phí?;Xã B;31/02/2024\n"


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
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "phieu.csv"
    file.write_text(FILE, "utf-8-sig")
    return file


def paste(monkeypatch, content):
    raw = content if isinstance(content, bytes) else content.encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))


def test_a_dry_run_tells_what_is_new_known_and_wrong_and_stores_nothing(call, file):
    first = call("import", file, *PROGRAMME, "--dry-run")
    second = call("import", file, *PROGRAMME, "--dry-run", "--json")
    taken = call("import", file, *PROGRAMME, "--json")
    third = call("import", file, *PROGRAMME, "--dry-run")

    assert [code for code, _, _ in (first, second, taken, third)] == [1, 1, 1, 1]
    assert "Xem trước: 1 phiếu mới, 0 phiếu đã có, 1 dòng không nhập được." in first[1]
    assert "Ô C3: cột “Ngày nhận”: “31/02/2024” không phải một ngày đúng" in first[2]
    assert [row["known"] for row in json.loads(second[1])["rows"]] == [False]
    assert "Xem trước: 0 phiếu mới, 1 phiếu đã có" in third[1]
    assert f"đã có {json.loads(taken[1])['codes'][0]}" in third[1]


def test_a_slip_that_asks_nearly_the_same_is_pointed_out(call, file, monkeypatch):
    code = json.loads(call("import", file, *PROGRAMME, "--json")[1])["codes"][0]
    paste(monkeypatch, "bao gio que em co xe buyt")

    shown = call("import", "-", *PROGRAMME, "--dry-run")

    assert shown[0] == 0
    assert f"% {code}" in shown[1]


def test_pasted_slips_are_taken_in_from_standard_input(call, monkeypatch):
    text = "\ufeff1. Xã A | Bao giờ có xe buýt?\r\n2. Học phí năm nay?\r\n"
    paste(monkeypatch, text)
    first = call("import", "-", *PROGRAMME)
    paste(monkeypatch, text)
    again = call("import", "-", *PROGRAMME)

    assert "Đã nhập 2 phiếu mới" in first[1]
    assert "Đã nhập 0 phiếu mới; 2 phiếu đã có từ trước" in again[1]


def test_columns_far_to_the_right_that_are_not_read_are_warned_of(call, file):
    file.write_text("Nội dung" + ";" * 60 + "\nBao giờ quê em có xe buýt?" + ";" * 60 + "đã trả lời\n", "utf-8-sig")

    looked = call("import", file, *PROGRAMME, "--dry-run")
    taken = call("import", file, *PROGRAMME)

    for code, _, err in (looked, taken):
        assert code == 0
        assert "Chỉ 50 cột đầu được đọc mà nội dung có đến cột BI" in err


def test_units_that_the_plan_does_not_list_are_named_and_taken_in_all_the_same(call, file):
    rows = ("Câu một?;huyen van lam;", "Câu hai?;Sao Hỏa;", "Câu ba?;SAO HỎA;", "Câu bốn?;Đảo Xa;", "Câu năm?;;")
    file.write_text("\n".join(("Nội dung;Đơn vị;Ngày nhận", *rows)), "utf-8-sig")

    looked = call("import", file, *PROGRAMME, "--dry-run")
    taken = call("import", file, *PROGRAMME)

    for code, _, err in (looked, taken):
        assert code == 0
        assert "đơn vị không có trong kế hoạch: Sao Hỏa; Đảo Xa." in err
    assert "Đã nhập 5 phiếu mới" in taken[1]


def test_rows_of_a_day_that_cannot_be_are_not_taken_in(call, file):
    rows = ("Câu một?;;15/02/2042", "Câu hai?;;15/02/2014", "Câu ba?;;15/02/2024", "Câu bốn?;;")
    file.write_text("\n".join(("Nội dung;Đơn vị;Ngày nhận", *rows)), "utf-8-sig")
    at = ("--as-of", "2024-02-20 12:00")

    looked = call("import", file, *PROGRAMME, *at, "--dry-run")
    ahead = call("import", file, *PROGRAMME, *at, "--received", "2042-02-15", "--dry-run")
    taken = call("import", file, *PROGRAMME, *at)

    assert [code for code, _, _ in (looked, ahead, taken)] == [1, 1, 1]
    for _, _, err in (looked, taken):
        assert "Dòng 2: ngày nhận 15/02/2042 chưa tới; hãy xem lại ngày, tháng, năm" in err
        assert "Dòng 3: ngày nhận 15/02/2014 sớm hơn ngày mở nhận ý kiến" in err
    assert "2 phiếu mới, 0 phiếu đã có, 2 dòng không nhập được" in looked[1]
    assert "1 phiếu mới, 0 phiếu đã có, 3 dòng không nhập được" in ahead[1]
    assert "Đã nhập 2 phiếu mới" in taken[1]


@pytest.mark.parametrize(("day", "advised"), [("15/06/2024", False), ("", True)])
def test_the_day_is_asked_for_only_where_a_late_slip_has_none(call, file, day, advised):
    file.write_text(f"Nội dung;Đơn vị;Ngày nhận\nBao giờ quê em có xe buýt?;;{day}\n", "utf-8-sig")

    _, _, err = call("import", file, *PROGRAMME)

    assert "1 phiếu đến sau hạn gửi" in err
    assert ("--received" in err) is advised


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe\xfa", "UTF-8"), ("", "Chưa có chữ nào"), ("a\tb\tc", "3 cột")]
)
def test_a_paste_that_cannot_be_read_gets_a_sentence(call, monkeypatch, content, said):
    paste(monkeypatch, content)

    code, _, err = call("import", "-", *PROGRAMME)

    assert code == 1
    assert said in err
