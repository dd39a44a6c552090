"""`audit` and `moderator grant` as an operator types them: what they print, their exit codes, what a sheet holds."""

from __future__ import annotations

import csv
import json
import sqlite3

import pytest
from openpyxl import load_workbook

from tests.integration.test_cli import _place, call

__all__ = ["_place", "call"]  # fixtures
TEXT = "Bao giờ quê em có xe buýt?"
PROGRAMME = ("--programme", "hung-yen-2024")


@pytest.fixture
def filled(call, tmp_path):
    """Two slips taken in and one right given: three entries."""
    file = tmp_path / "phieu.csv"
    file.write_text(f"Nội dung\n{TEXT}\nSao học phí tăng?\n", "utf-8-sig")
    assert call("import", file, *PROGRAMME)[0] == 0
    assert call("moderator", "grant", "=Lan", "--role", "viewer", *PROGRAMME)[0] == 0
    return tmp_path / "data/doithoai.sqlite3"


def head_of(database):
    with sqlite3.connect(database) as opened:
        return opened.execute("SELECT hash FROM history ORDER BY id DESC LIMIT 1").fetchone()[0]


def test_a_whole_history_is_said_to_be_whole_with_the_hash_to_write_down(call, filled):
    code, out, _ = call("audit", "verify")
    _, as_json, _ = call("audit", "verify", "--json")
    known, said, _ = call("audit", "verify", "--head", head_of(filled)[:16].upper())

    assert code == known == 0
    assert "Sổ việc còn nguyên: 3 mục." in out
    assert head_of(filled) in out
    assert json.loads(as_json)["head"] == {"count": 3, "hash": head_of(filled)}
    assert "từ lúc ấy về trước không có gì đổi" in said


def test_an_altered_history_is_refused_with_the_first_entry_that_does_not_hold(call, filled):
    with sqlite3.connect(filled) as database:
        database.execute("DROP TRIGGER history_no_update")
        database.execute("UPDATE history SET actor = 'Ai đó' WHERE id = 2")
        ((code,),) = database.execute(
            "SELECT code FROM submissions WHERE id = (SELECT submission_id FROM history WHERE id = 2)"
        )

    exit_code, out, err = call("audit", "verify")

    assert (exit_code, out) == (1, "")
    assert "sổ việc không còn nguyên: mục số 2 đã bị sửa (câu " + code in err
    assert "1 mục trước đó còn nguyên" in err


def test_a_hash_that_is_not_in_the_history_is_refused(call, filled):
    code, _, err = call("audit", "verify", "--head", "0" * 64)

    assert code == 1
    assert "mã đã ghi lại không có trong sổ" in err
    assert call("audit", "verify", "--head", "không phải mã")[0] == 2


@pytest.mark.parametrize("what", [("verify",), ("list",), ("export", "so.csv")])
def test_without_a_database_there_is_nothing_to_check_and_none_is_made(call, tmp_path, what):
    code, _, err = call("audit", *what)

    assert code == 1
    assert "chưa có cơ sở dữ liệu" in err
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_the_history_is_listed_by_code_person_and_time(call, filled):
    _, everything, _ = call("audit", "list", "--json")
    lines = json.loads(everything)
    code = lines[0]["about"]

    assert [one["what"] for one in lines[-1:]] == ["Cấp quyền"]
    assert lines[-1]["from_to"] == "người xem"
    assert [one["id"] for one in json.loads(call("audit", "list", code.lower(), "--json")[1])] == [1]
    assert [one["id"] for one in json.loads(call("audit", "list", "=Lan", "--json")[1])] == [3]
    assert [one["id"] for one in json.loads(call("audit", "list", "--by", "dòng lệnh", "--json")[1])] == [3]
    assert [one["id"] for one in json.loads(call("audit", "list", "--limit", "1", "--json")[1])] == [3]
    assert "Không có việc nào" in call("audit", "list", "--since", "2099-01-01")[1]
    assert code in call("audit", "list")[1]


def test_the_sheet_holds_every_entry_no_persons_words_and_nothing_alive(call, filled, tmp_path):
    for name in ("so.xlsx", "so.csv"):
        code, out, _ = call("audit", "export", tmp_path / name)
        assert (code, "Đã ghi 3 mục" in out) == (0, True)

    with (tmp_path / "so.csv").open(encoding="utf-8-sig", newline="") as file:
        plain = list(csv.reader(file))
    sheet = [[cell.value for cell in row] for row in load_workbook(tmp_path / "so.xlsx").active.iter_rows()]
    assert plain[0] == ["Số", "Lúc", "Ai", "Việc", "Về", "Thay đổi", "Lý do"]
    assert [row[0] for row in plain[1:]] == ["1", "2", "3"]
    assert plain[3][4] == "'=Lan"
    assert [row[0] for row in sheet[-3:]] == [1, 2, 3]
    assert sheet[-1][4] == "=Lan"
    assert load_workbook(tmp_path / "so.xlsx").active.cell(len(sheet), 5).data_type == "s"
    assert TEXT not in str(plain) + str(sheet)
    assert call("audit", "export", tmp_path / "so.pdf")[0] == 1


# ------------------------------------------------------------------ roles


def test_a_role_is_granted_changed_listed_and_taken_back(call):
    code, out, err = call(
        "moderator", "grant", "Lan", "--role", "moderator", "--department", "so-gtvt", "--telegram", "77", *PROGRAMME
    )
    _, listed, _ = call("moderator", "list", *PROGRAMME)
    changed = call("moderator", "grant", "Lan", "--role", "viewer", *PROGRAMME)
    (known,) = json.loads(call("moderator", "list", "--json", *PROGRAMME)[1])
    revoked = call("moderator", "revoke", "Lan", *PROGRAMME)
    _, after, _ = call("moderator", "list", *PROGRAMME)

    assert (code, err) == (0, "")
    assert "Lan: cán bộ duyệt (chỉ so-gtvt), có hiệu lực ngay." in out
    assert "cán bộ duyệt (chỉ so-gtvt)" in listed
    assert changed[0] == 0
    assert (known["role"], known["telegram"], known["scope"]) == ("viewer", "77", {"departments": [], "units": []})
    assert revoked[0] == 0
    assert "đã thu hồi" in after


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("--role", "chief", "--department", "so-gtvt"), 1, "Chỉ cán bộ duyệt mới giới hạn được"),
        (("--role", "moderator", "--department", "so-la"), 1, "so-la"),
        (("--role", "moderator", "--unit", "Xã lạ"), 1, "Xã lạ"),
        (("--role", "none"), 2, "không có vai “none”"),
        (("--role", "viewer", "--telegram", "@lan"), 2, "không phải mã số tài khoản"),
        ((), 2, "còn thiếu: --role"),
    ],
)
def test_a_role_that_cannot_be_given_is_refused_in_a_sentence(call, wrong, code, said):
    found, out, err = call("moderator", "grant", "Lan", *wrong, *PROGRAMME)

    assert (found, out) == (code, "")
    assert said in err
    assert "Chưa có ai" in call("moderator", "list", *PROGRAMME)[1]


def test_an_invitation_with_a_scope_that_nobody_knows_is_refused(call):
    code, out, err = call("moderator", "invite", "Lan", "--department", "so-la", *PROGRAMME)

    assert (code, out) == (1, "")
    assert "so-la" in err
