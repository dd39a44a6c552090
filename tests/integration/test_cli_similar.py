"""`doithoai similar`: near copies of a text and groups of them, in sentences for every empty state and mistake."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import bot.app
from bot.app import open_desk
from bot.cli import run
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.settings import read
from bot.usecases.import_slips import ImportSlips
from classifier.watch import Watch
from tests.world import WordRouter

Call = Callable[..., tuple[int, str, str]]

SLIPS = """Nội dung;Đơn vị;Ngày nhận
Bao giờ xã Tân An có xe buýt lên thành phố?;Xã Tân An;15/02/2024
bao gio xa tan an co xe buyt len thanh pho;Trường THPT Trần Phú;15/02/2024
Em chào anh chị, cho em hỏi bao giờ xã Tân An có xe buýt lên thành phố ạ. Em cảm ơn!;;16/02/2024
Học phí đại học năm nay tăng bao nhiêu?;;16/02/2024
"""


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DOITHOAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = run(arguments)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def filled(call: Call, tmp_path: Path) -> Call:
    (tmp_path / "phieu.csv").write_text(SLIPS, "utf-8-sig")
    assert call("import", "phieu.csv", "--programme", "hung-yen-2024")[0] == 0
    return call


def test_near_copies_of_a_text_are_listed_the_most_alike_first(filled: Call) -> None:
    code, out, err = filled("similar", "bao giờ xã tân an có xe buýt lên thành phố")

    assert (code, err) == (0, "")
    assert [out.find(mark) for mark in ("HY24-0001", "HY24-0002", "HY24-0003")] == sorted(
        out.find(mark) for mark in ("HY24-0001", "HY24-0002", "HY24-0003")
    )
    assert all(word in out for word in ("HY24-0001-D", "100 %", "chờ duyệt", "2024"))
    assert "HY24-0004" not in out


def test_json_holds_everything_that_the_table_says(filled: Call) -> None:
    code, out, _ = filled("similar", "bao giờ xã tân an có xe buýt lên thành phố", "--json", "--limit", "1")

    assert code == 0
    assert json.loads(out) == [
        {
            "code": "HY24-0001-D",
            "score": 1.0,
            "state": "waiting",
            "unit": "Xã Tân An",
            "text": "Bao giờ xã Tân An có xe buýt lên thành phố?",
            "programme": "hung-yen-2024",
            "year": 2024,
            "department": None,
        }
    ]


def test_one_programme_alone_is_searched_where_it_is_named(filled: Call) -> None:
    code, out, _ = filled("similar", "bao giờ xã tân an có xe buýt", "--programme", "lang-son-2024", "--json")

    assert (code, json.loads(out)) == (0, [])


def test_nothing_alike_is_a_sentence(filled: Call) -> None:
    assert filled("similar", "Trồng cà phê ở đâu?") == (0, "Không có câu nào gần giống, trong 4 câu đã so.\n", "")


def test_what_the_demo_keeps_is_looked_into_on_demand_and_otherwise_named(call: Call) -> None:
    async def ask() -> None:
        async with open_desk(read(), "mau", demo=True) as desk:
            slip = Slip(1, "Bao giờ xã Tân An có xe buýt lên thành phố?", "", "", None, "")
            core = (desk.store, desk.clock)
            importing = ImportSlips(*core, WordRouter(), Watch.open(), desk.voice, desk.running)
            await importing(SlipFile((slip,), (), ()), by="thử")

    asyncio.run(ask())

    _, out, err = call("similar", "bao gio xa tan an co xe buyt")
    assert out.startswith("Chưa có câu hỏi nào để so")
    assert err == "doithoai: bản chạy thử (doithoai demo) có dữ liệu riêng; muốn xem dữ liệu ấy thì thêm --demo.\n"
    code, out, err = call("similar", "bao gio xa tan an co xe buyt", "--demo", "--json")
    assert (code, err) == (0, "")
    assert [one["programme"] for one in json.loads(out)] == ["mau"]
    assert call("similar", "--groups", "--demo")[1] == "Không có câu nào giống nhau, trong 1 câu đã so.\n"


@pytest.mark.parametrize("arguments", [("câu gì đó",), ("--groups", "--programme", "hung-yen-2024")])
def test_where_nothing_was_ever_kept_it_says_so_and_makes_no_database(
    call: Call, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    code, out, err = call("similar", *arguments)

    assert (code, out, err) == (0, "Chưa có câu hỏi nào để so: cơ sở dữ liệu còn trống hoặc chưa có.\n", "")
    assert list((tmp_path / "data").glob("*.sqlite3")) == []


def test_groups_are_listed_with_their_members(filled: Call) -> None:
    code, out, _ = filled("similar", "--groups", "--programme", "hung-yen-2024")

    assert code == 0
    assert "1 nhóm, so trong 4 câu của chương trình hung-yen-2024." in out
    assert "Nhóm 1: 3 câu" in out
    assert "HY24-0002-P (100 %, chờ duyệt, Trường THPT Trần Phú): bao gio xa tan an" in out


def test_groups_as_json(filled: Call) -> None:
    code, out, _ = filled("similar", "--groups", "--programme", "hung-yen-2024", "--json")

    (group,) = json.loads(out)
    assert (code, group["size"]) == (0, 3)
    assert [member["code"] for member in group["members"]] == ["HY24-0001-D", "HY24-0002-P", "HY24-0003-C"]


@pytest.mark.parametrize(
    "asked_for", [("--groups",), ("--groups", "--json"), ("bao giờ có xe buýt",), ("bao giờ có xe buýt", "--json")]
)
def test_what_was_masked_is_masked_here_too(call: Call, tmp_path: Path, asked_for: tuple[str, ...]) -> None:
    same = "Bao giờ có xe buýt? Gọi em 0912345678"
    (tmp_path / "phieu.csv").write_text(f"Nội dung\n{same}\n{same} nhé\n", "utf-8-sig")
    call("import", "phieu.csv", "--programme", "hung-yen-2024")
    with closing(sqlite3.connect(next((tmp_path / "data").glob("*.sqlite3")))) as raw, raw:
        raw.execute("UPDATE submissions SET shown_text = 'Bao giờ có xe buýt? Gọi em 09******78'")

    code, out, _ = call("similar", *asked_for, "--programme", "hung-yen-2024")

    assert (code, "0912345678" in out) == (0, False)
    assert "09******78" in out


def test_a_programme_without_groups_says_so(call: Call, tmp_path: Path) -> None:
    (tmp_path / "phieu.csv").write_text("Nội dung\nBao giờ có xe buýt?\nHọc phí bao nhiêu?\n", "utf-8-sig")
    call("import", "phieu.csv", "--programme", "hung-yen-2024", "--received", "2024-02-16")

    code, out, _ = call("similar", "--groups", "--programme", "hung-yen-2024")

    assert (code, out) == (0, "Không có câu nào giống nhau, trong 2 câu đã so.\n")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        ((), 2, "cần CÂU hoặc --groups"),
        (("câu", "--demo", "--as-of", "2024-02-20"), 2, "không dùng cùng"),
        (("   ",), 1, "Câu hỏi đang trống."),
        (("câu", "--groups"), 2, "không dùng cùng"),
        (("câu", "--limit", "0"), 2, "cần một số từ 1 đến 100"),
        (("câu", "--limit", "x"), 2, "cần một số từ 1 đến 100"),
        (("câu", "--programme", "khong-co"), 1, "Không có chương trình mang mã “khong-co”"),
        (("--groups",), 2, "Chưa biết làm cho chương trình nào"),
        (("--groups", "--programme", "khong-co"), 1, "Không có chương trình mang mã “khong-co”"),
    ],
)
def test_every_mistake_has_its_sentence(call: Call, arguments: tuple[str, ...], exit_code: int, said: str) -> None:
    code, out, err = call("similar", *arguments)

    assert (code, out) == (exit_code, "")
    assert said in err


def test_a_rehearsal_is_searched_apart(filled: Call, tmp_path: Path) -> None:
    (tmp_path / "khac.csv").write_text("Nội dung\nChó thả rông cắn người thì em báo ai?\n", "utf-8-sig")
    as_of = ("--as-of", "2024-02-20T09:00")
    filled("import", "khac.csv", "--programme", "hung-yen-2024", *as_of)

    real = filled("similar", "chó thả rông cắn người thì em báo ai", "--json")
    rehearsed = filled("similar", "chó thả rông cắn người thì em báo ai", "--json", *as_of)

    assert json.loads(real[1]) == []
    assert json.loads(rehearsed[1])[0]["text"] == "Chó thả rông cắn người thì em báo ai?"
