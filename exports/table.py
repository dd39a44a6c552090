"""A plain table as .xlsx or .csv: the history of what was done, for an office's files."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.ports import Table
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import styles
from exports.book import Book
from exports.cells import needs_quote, readable
from exports.layout import Page
from exports.sheets import sheet_titles

CSV = ".csv"


def write(draft: Path, table: Table, words: Catalogue, *, as_csv: bool) -> None:
    """Write the table into the draft."""
    if as_csv:
        _write_csv(draft, table)
    else:
        _write_xlsx(draft, table, words)


def _write_xlsx(draft: Path, table: Table, words: Catalogue) -> None:
    book = Book()
    book.properties.creator = book.properties.lastModifiedBy = words[Key.XL_CREATOR]
    (title,) = sheet_titles([table.title], taken=[], nameless=words[Key.XL_TITLE])
    page = Page(book, title, [width for _, width in table.columns], foot=table.stamp, rehearsal="")
    page.open([(table.title, styles.TITLE), (table.stamp, styles.STAMP)], [title for title, _ in table.columns])
    for row in table.rows:
        page.row(row, [styles.BODY] * len(row))
    page.close(filtered=bool(table.rows))
    book.seal(draft)


def _write_csv(draft: Path, table: Table) -> None:
    """With a byte order mark, without which Excel takes Vietnamese for something else."""
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(title for title, _ in table.columns)
        lines.writerows([_cell(value) for value in row] for row in table.rows)


def _cell(value: str | int) -> str | int:
    """A name may begin as a formula does, and a .csv file has no other way to say that it is none."""
    if isinstance(value, int):
        return value
    return f"'{readable(value)}" if needs_quote(value) else readable(value)
