"""The command line as people use it: what it prints where, its exit codes, and a sentence for every mistake."""

import json
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

import bot.app
from bot.cli import run
from tests.world import WordRouter


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PROGRAMME", "TELEGRAM_TOKEN", "TELEGRAM_GROUP"):
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
    assert "dòng 3" in err
    assert "dòng 4" in err


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
    assert "Chưa có ai" in call("moderator", "list")[1]


def test_the_demo_refuses_to_start_beside_a_real_token(call, monkeypatch):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "42:abc")

    code, _, err = call("demo", "--no-browser")

    assert code == 1
    assert "--ignore-token" in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "còn thiếu"),
        (("bay",), 2, "bay"),
        (("import",), 2, "còn thiếu"),
        (("import", "khong-co.xlsx", "--programme", "mau"), 1, "khong-co.xlsx"),
        (("import", "x.xlsx", "--programme", "khong-co"), 1, "khong-co"),
        (("export",), 1, "DOITHOAI_PROGRAMME"),
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
    [(), ("run",), ("demo",), ("import",), ("export",), ("template",), ("classify",), ("programme",), ("moderator",)],
)
def test_help_is_in_vietnamese(call, command):
    code, out, _ = call(*command, "--help")

    assert code == 0
    assert "cách dùng: doithoai" in out
    assert "show this help" not in out
