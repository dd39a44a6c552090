"""The issues as .csv for other programs: one row an issue, and nothing in it that a spreadsheet would carry out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.domain.workbook import Content, Row
from exports.cells import needs_quote, readable

# Names for programs, which stay the same whatever the catalogue says.
COLUMNS = (
    "ma",
    "cac_ma",
    "co_quan_chu_tri",
    "co_quan_phoi_hop",
    "linh_vuc",
    "noi_dung",
    "don_vi",
    "so_y_kien",
    "tra_loi",
    "ghi_chu",
    "chuong_trinh",
    "lap_luc",
)
_BETWEEN = "; "


def write(draft: Path, content: Content) -> None:
    """Write the draft: UTF-8 with a byte order mark, without which Excel takes Vietnamese for something else."""
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(_line(row, content) for row in _issues(content))


def _issues(content: Content) -> Iterator[Row]:
    for part in content.departments:
        yield from part.rows
    yield from content.unclear


def _line(row: Row, content: Content) -> Iterable[str | int]:
    values: tuple[str | int, ...] = (
        row.codes[0] if row.codes else "",
        _BETWEEN.join(row.codes),
        row.lead,
        _BETWEEN.join(row.supporting),
        row.topic,
        row.text,
        _BETWEEN.join(row.units),
        row.submissions,
        row.answer,
        row.note,
        content.programme,
        content.made_at.isoformat(timespec="seconds"),
    )
    return map(quoted, values)


def quoted(value: str | int) -> str | int:
    """A literal ' goes before what begins as a formula does: a .csv file has no other way to say that it is none."""
    if isinstance(value, int):
        return value
    return f"'{readable(value)}" if needs_quote(value) else readable(value)
