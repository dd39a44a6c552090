"""Databases as released programs left them, one for each revision of the schema (unit/data/schemas/*.sql).

Each was filled by the use cases of that program itself: young people asked, rewrote and took back, moderators decided,
something was set apart, a workbook was made. Tables in which that left nothing got a row by hand. A dump is never
changed; a new revision gets one of its own before it is released.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMAS = Path(__file__).parent / "unit" / "data" / "schemas"
RELEASED = tuple(sorted(file.stem for file in SCHEMAS.glob("*.sql")))


def older_database(revision: str, file: Path) -> None:
    """Make the database of a released revision at `file`, for us alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((SCHEMAS / f"{revision}.sql").read_text("utf-8"))
