"""`python -m tests.faults`: do every harm of the table, print what came of it and write it into docs/reliability.md.

    python -m tests.faults                       all rows, and the page is written (`make faults`)
    python -m tests.faults D1-polling D11        these alone, only printed
    python -m tests.faults D1-polling --rounds 200
    python -m tests.faults --write S2 S9         these alone, written; the others stay as they were last written
    python -m tests.faults --list

Each row is written when it is over, so that a run that is broken off has not been for nothing.

Exit code 1 where a row lost or doubled anything, or could not be run to its end.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.faults.table import ROOT, Fault, Found, Ground, every

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- bảng: make faults -->", "<!-- hết bảng -->"
_HEADINGS = ("Mã", "Sự cố", "Đã làm gì", "Mất", "Nhân đôi", "Thời gian", "Kết quả")


@dataclass(frozen=True)
class Result:
    """A row that was run. `found` is None where it could not be run to its end."""

    fault: Fault
    found: Found | None
    seconds: float

    @property
    def held(self) -> bool:
        return self.found is not None and not self.found.lost and not self.found.doubled

    def cells(self) -> tuple[str, ...]:
        found = self.found or Found("không chạy hết được", 0, 0)
        counts = (str(found.lost), str(found.doubled)) if self.found else ("?", "?")
        verdict = "đạt" if self.held else "**không đạt**"
        said = f"{verdict}; {found.note}" if found.note else verdict
        return (self.fault.id, self.fault.name, found.done, *counts, _time(self.seconds), said)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Gây từng sự cố và đếm cái mất.")
    parser.add_argument("ids", nargs="*", metavar="MÃ", help="chỉ những dòng này (mặc định: tất cả, và ghi trang)")
    parser.add_argument("--rounds", type=int, metavar="SỐ", help="số vòng thay cho số ghi ở từng dòng")
    parser.add_argument("--write", action="store_true", help="ghi cả khi chỉ chạy vài dòng; dòng khác giữ như cũ")
    parser.add_argument("--list", action="store_true", help="chỉ liệt kê")
    given = parser.parse_args(arguments)
    rows = every()
    if unknown := set(given.ids) - {row.id for row in rows}:
        parser.error(f"không có dòng {', '.join(sorted(unknown))}")
    chosen = [row for row in rows if not given.ids or row.id in given.ids]
    if given.list:
        for row in chosen:
            print(f"{row.id:14} {row.name}")
        return 0
    logging.disable(logging.CRITICAL)  # the harm is meant
    results = []
    for row in chosen:
        results.append(_show(_run(row, given.rounds or row.rounds)))
        if not given.ids or given.write:
            write(results[-1:], rows)
    return 0 if all(result.held for result in results) else 1


def write(results: list[Result], rows: list[Fault], page: Path = PAGE) -> None:
    """Put what came out into the page's table; rows that were not run stay as they were last written."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    known, _, after = rest.partition(END)
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in known.splitlines() if line.startswith("| ")}
    lines |= {result.fault.id: _line(result.cells()) for result in results}
    heading = [_line(_HEADINGS), _line(("---",) * len(_HEADINGS))]
    table = [*heading, *(lines.get(row.id) or _line(_not_run(row)) for row in rows)]
    page.write_text("\n".join([before + BEGIN, "", *table, "", END]) + after, "utf-8")


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _not_run(row: Fault) -> tuple[str, ...]:
    return (row.id, row.name, "–", "–", "–", "–", "chưa chạy")


def _run(row: Fault, rounds: int) -> Result:
    print(f"{row.id}: {row.name} …", file=sys.stderr, flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="su-co-", ignore_cleanup_errors=True) as folder:
        try:
            found = asyncio.run(row.run(Ground(Path(folder), rounds)))
        except Exception:  # noqa: BLE001 - the rows behind go on, this one did not hold
            traceback.print_exc()
            found = None
    return Result(row, found, time.monotonic() - begun)


def _show(result: Result) -> Result:
    print("  " + " | ".join(result.cells()[2:]), flush=True)
    return result


def _time(seconds: float) -> str:
    return f"{seconds:.1f} giây".replace(".", ",") if seconds < 60 else f"{seconds / 60:.1f} phút".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
