"""What commands print: results to standard output, everything else (progress, warnings, refusals) to standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.domain.deadline import VIETNAM
from bot.texts.catalogue import when

DONE, REFUSED, WRONG_USE = 0, 1, 2

_errors = Console(stderr=True, highlight=False, soft_wrap=True)
_results = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of the result."""
    _results.print(text, markup=False)


def warn(text: str) -> None:
    """A sentence beside the result, on standard error."""
    _errors.print(f"doithoai: {text}", markup=False)


def mark_rehearsal(as_of: datetime) -> None:
    """The first line of everything that a rehearsal prints; beside the result, so that JSON stays JSON."""
    _errors.print(f"DIỄN TẬP – như thể đang là {_beginning(as_of)}", markup=False)


def _beginning(instant: datetime) -> str:
    """As `when`, but midnight begins its day (0 giờ 00): a deadline ends at midnight, a rehearsal starts there."""
    if instant.astimezone(VIETNAM).time() != time():
        return when(instant)
    return when(instant + timedelta(minutes=1)).replace("0 giờ 01", "0 giờ 00", 1)


def print_json(value: object) -> None:
    """Any result as JSON: dates as ISO 8601, paths as text."""
    _results.print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain), markup=False)


def table(headings: list[str], rows: list[list[str]]) -> None:
    """A table for reading. The first column names the rows and is never cut, because people copy it."""
    drawn = Table(show_lines=False, header_style="bold")
    longest = max((len(row[0]) for row in rows), default=0)
    for number, heading in enumerate(headings):
        drawn.add_column(heading, min_width=None if number else longest, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    Console(highlight=False, markup=False).print(drawn)


def as_json_line(value: object) -> str:
    """One line of a JSONL file; a broken half of a surrogate pair stays an escape, because UTF-8 cannot hold it."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(value)
    return line + "\n"


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """A progress bar on standard error; gives a function that takes how much is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form")
