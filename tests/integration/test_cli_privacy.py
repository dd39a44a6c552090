"""`privacy` as an operator types it: requests, erasures at the office, terms, and a report with nothing of anybody."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.integration.test_cli import _place, call

__all__ = ["_place", "call"]  # fixtures
TEXT = "Bao giờ quê CHIMSẺ có xe buýt? Gọi 0912345678"
PROGRAMME = ("--programme", "hung-yen-2024")
WHO = ("--asked-by", "chính người nộp", "--reason", "đơn ngày 02/3")


@pytest.fixture
def codes(call, tmp_path):
    """Two slips taken in: their receipt codes."""
    file = tmp_path / "phieu.csv"
    file.write_text(f"Nội dung,Nguồn\n{TEXT},Phiếu của CHIMSẺ\nSao học phí tăng?,\n", "utf-8-sig")
    assert call("import", file, *PROGRAMME)[0] == 0
    file.unlink()
    with sqlite3.connect(tmp_path / "data/doithoai.sqlite3") as database:
        return [code for (code,) in database.execute("SELECT code FROM submissions ORDER BY id")]


def in_data(tmp_path, word):
    return [
        file.name for file in (tmp_path / "data").rglob("*") if file.is_file() and word.encode() in file.read_bytes()
    ]


def test_an_erasure_is_first_shown_and_done_only_with_yes(call, codes, tmp_path):
    looked, out, err = call("privacy", "erase", codes[0], *WHO, *PROGRAMME)
    assert (looked, codes[0] in out) == (1, True)
    assert "thêm --yes" in err
    assert in_data(tmp_path, "CHIMSẺ")

    done, out, _ = call("privacy", "erase", codes[0].lower(), *WHO, "--yes", *PROGRAMME)

    assert done == 0
    assert "Mã yêu cầu: YC-0001-" in out
    assert in_data(tmp_path, "CHIMSẺ") == in_data(tmp_path, "0912345678") == []
    assert call("audit", "verify")[0] == 0


def test_a_slip_can_not_lose_an_asker_that_it_never_had(call, codes, tmp_path):
    code, _, err = call("privacy", "erase", codes[0], *WHO, "--choice", "keep", "--yes", *PROGRAMME)

    assert code == 1
    assert "không nối với ai" in err
    assert in_data(tmp_path, "CHIMSẺ")


def test_a_code_of_nobody_is_refused(call, codes):
    code, _, err = call("privacy", "erase", "HY24-9999-A", *WHO, "--yes", *PROGRAMME)

    assert code == 1
    assert "Không có câu hỏi nào mang mã HY24-9999-A" in err


def test_a_request_on_paper_is_listed_acknowledged_and_done(call, codes, tmp_path):
    _, made, _ = call(
        "privacy", "add", "--kind", "correction", "--asker", "CHIMSẺ ở Tân Hưng", "--words", "sửa đơn vị",
        "--about", codes[0], "--json", *PROGRAMME,
    )  # fmt: skip
    request = json.loads(made)["code"]
    _, listed, _ = call("privacy", "requests", *PROGRAMME)
    acknowledged, said, _ = call("privacy", "acknowledge", request, *PROGRAMME)
    done, out, _ = call("privacy", "done", request.lower(), "--note", "Đã sửa.", *PROGRAMME)
    again, _, err = call("privacy", "done", request, "--note", "Đã sửa.", *PROGRAMME)
    _, open_, _ = call("privacy", "requests", *PROGRAMME)
    _, all_, _ = call("privacy", "requests", "--all", "--json", *PROGRAMME)

    assert json.loads(made)["acknowledged_at"] is None
    assert request in listed
    assert (acknowledged, done, again) == (0, 0, 1)
    assert "được báo" in said
    assert "tự báo cho họ" in out
    assert "đã được giải quyết trước đó" in err
    assert "Không có yêu cầu nào đang chờ." in open_
    (kept,) = json.loads(all_)
    assert (kept["asker"], kept["words"], kept["about"], kept["note"]) == ("", "", "", "Đã sửa.")
    assert in_data(tmp_path, "CHIMSẺ ở Tân Hưng") == []


def test_terms_are_shown_and_counted_without_deleting_and_the_operators_own_hold(call, codes, monkeypatch):
    monkeypatch.setenv("DOITHOAI_RETENTION", "danh-tinh=60")

    code, out, _ = call("privacy", "retention", "--dry-run", *PROGRAMME)
    _, as_json, _ = call("privacy", "retention", "--json", *PROGRAMME)
    _, report, _ = call("privacy", "report", "--json", *PROGRAMME)

    assert code == 0
    assert "60 ngày" in out
    assert [run["days"] for run in json.loads(as_json) if run["kind"] == "danh-tinh"] == [60]
    assert len(json.loads(report)["runs"]) == len(json.loads(as_json))


def test_a_wrong_term_stops_every_command_with_a_sentence(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_RETENTION", "danh-tinh=mai")

    code, _, err = call("privacy", "retention", *PROGRAMME)

    assert code == 2
    assert "DOITHOAI_RETENTION" in err
    assert "danh-tinh=90" in err


def test_the_report_says_how_much_and_nothing_of_anybody(call, codes, tmp_path):
    call("privacy", "erase", codes[1], *WHO, "--yes", *PROGRAMME)
    call("privacy", "add", "--kind", "complaint", "--asker", "CHIMSẺ", "--words", "lời CHIMSẺ", *PROGRAMME)
    code, _, _ = call("privacy", "report", "-o", tmp_path / "bao-cao.md", *PROGRAMME)
    _, as_json, _ = call("privacy", "report", "--json", *PROGRAMME)
    text = (tmp_path / "bao-cao.md").read_text("utf-8")

    assert code == 0
    assert "| Câu không biết người gửi (phiếu, đã xoá) | 2 |" in text
    assert "2 yêu cầu, 0 trễ hạn" in text
    assert "chính người nộp; đơn ngày 02/3" in text
    for anybodys in ("CHIMSẺ", "0912345678", codes[0]):
        assert anybodys not in text + as_json
