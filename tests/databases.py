"""An empty database of today's schema, made by the real migrations once a run and copied to wherever a test wants one.

A migration takes six times as long as opening what is migrated already, and nearly every test wants an empty database.
What opening promises still holds: SqlStore.open checks revision and pragmas of a copy as of any other file. Tests of
opening itself (tests/integration/test_storage_opening.py) begin with no file.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.deadline import VIETNAM
from storage.store import SqlStore

_LONG_AGO = datetime(2020, 1, 1, tzinfo=VIETNAM)  # what the database notes as the instant of its making


def empty_database(file: Path) -> str:
    """Put an empty, migrated database at `file`, for us alone, unless something is there; its URL for SqlStore.open."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_migrated())
    return f"sqlite+aiosqlite:///{file.as_posix()}"


@cache
def _migrated() -> bytes:
    async def make(file: Path) -> bytes:
        store = await SqlStore.open(f"sqlite:///{file.as_posix()}", at=_LONG_AGO)
        await store.close()
        assert [made.name for made in file.parent.iterdir()] == [file.name]  # nothing waits in a WAL file
        return file.read_bytes()

    # A thread of its own, because whoever asks may stand in a running event loop.
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make(Path(folder, "x.sqlite3"))).result()
