"""`doithoai forms` and `doithoai answers` on a terminal: files out, a look, files in, what is left decided."""

from __future__ import annotations

import json

import pytest
from openpyxl import Workbook

import bot.app
from bot.cli import run
from exports.answer_form import Field
from tests.filled import Filled
from tests.world import WordRouter

PROGRAMME = ("--programme", "hung-yen-2024")
FEES, BUSES = "Bao giờ giảm học phí?", "Bao giờ quê em có xe buýt?"


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
        code = run([*map(str, arguments), *PROGRAMME])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def asked(call, tmp_path):
    """Two departments are asked something."""
    book = Workbook()
    for row in (["Nội dung"], [FEES], [BUSES]):
        book.active.append(row)
    book.save(tmp_path / "phieu.xlsx")
    assert call("import", "phieu.xlsx", "--received", "2024-02-16", "--approved")[0] == 0


@pytest.fixture
def filled(call, asked, tmp_path):
    """The file of the department that is asked about fees, opened."""
    code, out, _ = call("forms", "Sở Giáo dục và Đào tạo", "-o", tmp_path / "gui", "--json")
    assert code == 0
    return Filled(json.loads(out)[0]["file"])


def sent_back(filled, path):
    path.write_bytes(filled.bytes())
    return path


def test_every_department_that_is_asked_gets_a_file(call, asked, tmp_path):
    code, out, err = call("forms", "-o", tmp_path / "gui")

    files = sorted(file.name for file in (tmp_path / "gui").iterdir())
    assert (code, err, len(files)) == (0, "", 2)
    assert all(name in out and name.startswith("hung-yen-2024-tra-loi-") for name in files)


def test_a_department_that_is_not_asked_or_not_known_is_told_so(call, asked):
    code, _, err = call("forms", "Sở Y tế")
    assert (code, "Sở Y tế chưa được hỏi" in err) == (1, True)
    assert call("forms", "Sở Không Có")[0] == 1
    assert call("forms", "-o", "phieu.xlsx")[0] == 1


def test_a_dry_run_tells_what_would_come_in_and_stores_nothing(call, filled, tmp_path):
    file = sent_back(filled.answer(1, "Giảm từ năm 2025."), tmp_path / "ve.xlsx")

    looked = call("answers", file, "--dry-run")
    taken = call("answers", file)
    again = call("answers", file, "--json")

    assert [one[0] for one in (looked, taken, again)] == [0, 0, 0]
    assert "1 trả lời mới" in looked[1]
    assert "Chưa lưu gì" in looked[1]
    assert "Đã nhập 1 dự thảo" in taken[1]
    counts = json.loads(again[1])
    assert (counts["applied"], counts["unchanged"], counts["rows"][0]["finding"]) == (0, 1, "unchanged")


def test_what_a_person_has_to_decide_is_listed_with_the_command_that_decides(call, filled, tmp_path):
    file = sent_back(filled.answer(1, "Giảm từ năm 2025."), tmp_path / "ve.xlsx")
    assert call("answers", file)[0] == 0
    other = sent_back(filled.answer(1, "Không giảm."), tmp_path / "khac.xlsx")

    code, out, err = call("answers", other)
    listed = call("answers", "--json")
    number = json.loads(listed[1])[0]["id"]
    taken = call("answers", "--take", number)
    late = call("answers", "--keep", number)

    assert code == 1
    assert "đã có người cập nhật câu trả lời sau khi lập tệp" in err
    assert "doithoai answers --take SỐ" in out
    assert taken[:2] == (0, "Không có dòng trả lời nào chờ quyết định.\n")
    assert late[0] == 1
    assert "đã quyết định dòng trả lời" in late[2]


def test_a_cell_that_cannot_be_taken_and_a_column_of_theirs_are_named(call, filled, tmp_path):
    filled.cell(1, Field.ANSWER).value = "=A1"
    filled.sheet.cell(filled.head + 1, filled.sheet.max_column + 1).value = "ghi chú"

    code, _, err = call("answers", sent_back(filled, tmp_path / "ve.xlsx"))

    assert code == 1
    assert "Cột “Nội dung trả lời” là công thức" in err
    assert "Cột thêm vào không được nhập: cột L" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("khong-co.xlsx",), "không tìm thấy tệp"),
        (("phieu.xlsx",), "Không thấy cột “Nội dung trả lời”"),
        (("phieu.xlsx", "--take", "1"), "mỗi lần chỉ làm một việc"),
        (("--dry-run",), "--dry-run cần tên tệp"),
        (("--keep", "7"), "Không có dòng trả lời số 7"),
    ],
)
def test_a_mistake_gets_a_sentence(call, asked, arguments, says):
    code, _, err = call("answers", *arguments)
    assert code == 1
    assert says in err
