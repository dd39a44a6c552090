"""What a large workbook costs: `python -m tests.benchmarks.bench_workbook [ISSUES …]` (10,000 and 100,000 else).

The same lists of the same texts, each time in a process of its own: by us, measured for printing and checked; by
openpyxl as its manual shows it, a style object for every cell; by XlsxWriter. Processor time, so that a busy machine
changes little, and the most memory that the process ever took above one that only holds the data.

On two busy cores, over three runs: 10,000 issues 0.15 x openpyxl and 1.6 to 2.0 x XlsxWriter, 100,000 issues 0.19 x and
2.1 to 2.5 x, with at most 13 MB above the data (openpyxl 570 MB, XlsxWriter 181 MB). The check is three tenths of it.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from bot.domain.workbook import Content, DepartmentPart, Group, Row
from bot.texts.catalogue import Catalogue
from exports import sheets
from exports.workbook import GroupedBook, _make
from tests.samples import MADE_AT, corpus

_DEPARTMENTS = 9  # with the summary, the unclear and the waiting ones: twelve sheets
_WORDS = Catalogue.load()
_FILL = "FFE7E6E6"


def content(issues: int) -> Content:
    """Issues of one to three sentences over nine departments, a hundredth unclear and a hundredth waiting."""
    chance = random.Random(1)
    texts = [example.text for example in corpus()]

    def row(number: int, topic: str) -> Row:
        merged = chance.choice((1, 1, 1, 2, 3))
        codes = tuple(f"HY24-{number + i:06d}-K" for i in range(merged))
        text = " ".join(chance.choices(texts, k=chance.randint(1, 3)))
        return Row(codes, topic, text, (f"Huyện số {number % 10}",), "Sở Nội vụ", ("Sở Tài chính",), merged)

    few, each = issues // 100, (issues - issues // 100) // (3 * _DEPARTMENTS)
    return Content(
        programme="hung-yen-2024",
        title="Chương trình đối thoại năm 2024",
        theme="Chuyển đổi số",
        unit="tỉnh Hưng Yên",
        number=1,
        made_at=MADE_AT,
        rehearsal=False,
        departments=tuple(
            DepartmentPart(
                f"so-{part}",
                f"Sở số {part}",
                f"Sở số {part}",
                tuple(
                    Group(topic, tuple(row(number, topic) for number in range(each)))
                    for topic in ("Việc làm", "Tiền lương", "Đào tạo nghề")
                ),
            )
            for part in range(_DEPARTMENTS)
        ),
        unclear=tuple(row(number, "Việc làm") for number in range(few)),
        waiting=tuple(row(number, "Việc làm") for number in range(few)),
    )


def ours(what: Content, file: Path) -> None:
    """Without the process of its own, whose costs could not be read off here."""
    _make(file, what, _WORDS, lambda _: None)


def unchecked(what: Content, file: Path) -> None:
    GroupedBook(what, _WORDS, lambda _: None).save(file)


def naive(what: Content, file: Path) -> None:
    book = openpyxl.Workbook()
    for found in sheets.list_sheets(what, _WORDS):
        sheet = book.create_sheet(found.title)
        sheet.append([_WORDS[column.title] for column in found.columns])
        for cell in sheet[1]:
            cell.fill = PatternFill("solid", fgColor=_FILL)
            cell.font = Font(name="Times New Roman", size=13, bold=True)
        for line, row in enumerate(chain.from_iterable(block.rows for block in found.blocks), 2):
            for place, value in enumerate([line - 1, *(column.value(row, _WORDS) for column in found.columns)], 1):
                cell = sheet.cell(line, place, value)
                cell.font = Font(name="Times New Roman", size=13)
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                side = Side(style="thin")
                cell.border = Border(left=side, right=side, top=side, bottom=side)
    book.save(file)


def by_xlsxwriter(what: Content, file: Path) -> None:
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        shape = {"font_name": "Times New Roman", "font_size": 13, "border": 1, "valign": "top", "text_wrap": True}
        body, head = book.add_format(shape), book.add_format(shape | {"bold": True, "bg_color": "#E7E6E6"})
        for found in sheets.list_sheets(what, _WORDS):
            sheet = book.add_worksheet(found.title)
            sheet.write_row(0, 0, [_WORDS[column.title] for column in found.columns], head)
            for line, row in enumerate(chain.from_iterable(block.rows for block in found.blocks), 1):
                sheet.write_row(line, 0, [line, *(column.value(row, _WORDS) for column in found.columns)], body)


def nothing(_what: Content, _file: Path) -> None:
    """Only the data: what memory is counted from."""


WAYS: dict[str, Callable[[Content, Path], None]] = {
    "nothing": nothing,
    "ours": ours,
    "unchecked": unchecked,
    "naive": naive,
    "XlsxWriter": by_xlsxwriter,
}


def child(way: str, issues: int) -> None:
    """Do it once and tell seconds of processor time and mebibytes."""
    what = content(issues)
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        WAYS[way](what, Path(folder) / "bang.xlsx")
        seconds = time.process_time() - before
    sys.stdout.write(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def main(sizes: list[int]) -> None:
    for issues in sizes:
        found = {}
        for way in WAYS:
            command = [sys.executable, "-m", "tests.benchmarks.bench_workbook", "--child", way, str(issues)]
            found[way] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        sys.stdout.write(f"{issues:,} issues\n")
        own, bare, base = found["ours"][0], found["unchecked"][0], found["nothing"][1]
        for way, (seconds, memory) in found.items():
            ratio = f"ours {own / seconds:.2f} x, unchecked {bare / seconds:.2f} x" if seconds > 0.01 else ""
            sys.stdout.write(f"  {way:<12}{seconds:>8.1f} s{memory - base:>8.0f} MB above the data   {ratio}\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]))
    else:
        main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
