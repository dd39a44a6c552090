"""The table of faults can be run: its rows are told apart, and the tests that they name exist."""

import re
from pathlib import Path

from tests.faults.__main__ import BEGIN, END, Result, write
from tests.faults.table import ROOT, Found, every


def test_every_test_that_a_row_names_exists():
    named = {test for row in every() for test in row.tests}
    missing = []
    for test in named:
        file, _, function = test.partition("::")
        source = (ROOT / file).read_text("utf-8") if (ROOT / file).is_file() else ""
        if not source or (function and not re.search(rf"def {re.escape(function.split('[')[0])}\(", source)):
            missing.append(test)

    assert missing == []


def test_rows_stand_in_the_order_of_their_ids():
    ids = [row.id for row in every()]

    assert len(ids) == len(set(ids))
    assert ids.index("D2") < ids.index("D10") < ids.index("D11") < ids.index("X8")


def test_the_page_gets_what_came_out_and_keeps_its_prose(tmp_path: Path):
    page = tmp_path / "reliability.md"
    page.write_text(f"trước\n\n{BEGIN}\ncũ\n{END}\n\nsau\n", "utf-8")
    one, two, three, four = every()[:4]
    results = [
        Result(one, Found("đã làm", 0, 0, "ghi | chú"), 1.25),
        Result(two, Found("x", 1, 0), 90),
        Result(three, None, 1),
    ]

    write(results, [one, two, three, four], page)

    text = page.read_text("utf-8")
    assert text.startswith("trước")
    assert text.endswith("sau\n")
    assert "cũ" not in text
    assert f"| {one.id} | {one.name} | đã làm | 0 | 0 | 1,2 giây | đạt; ghi / chú |\n" in text
    assert "| x | 1 | 0 | 1,5 phút | **không đạt** |" in text
    assert "| ? | ? |" in text
    assert f"| {four.id} | {four.name} | – | – | – | – | chưa chạy |" in text


def test_a_row_that_was_not_run_this_time_stays_as_it_was_written(tmp_path: Path):
    page = tmp_path / "reliability.md"
    page.write_text(f"{BEGIN}\n{END}\n", "utf-8")
    rows = every()[:2]
    for row, seconds in zip(rows, (2, 3), strict=True):
        write([Result(row, Found("đã làm", 0, 0), seconds)], rows, page)

    table = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(table) == 4
    assert "2,0 giây" in table[2]
    assert "3,0 giây" in table[3]


def test_the_page_in_the_docs_has_a_place_for_the_table():
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")

    assert page.count(BEGIN) == page.count(END) == 1
    assert page.index(BEGIN) < page.index(END)
