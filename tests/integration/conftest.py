"""A real database in a temporary file, and the makers of what is put into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName
from bot.domain.submission import NewSubmission, Proposal
from storage.store import SqlStore
from tests.databases import SERVER, empty_database, url_of


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 1, 8, 0, tzinfo=VIETNAM)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "doithoai.sqlite3"


@pytest.fixture
def url(database: Path) -> str:
    """The address of `database`, which nobody has made yet; on a server somebody must have."""
    return empty_database(database) if SERVER else url_of(database)


@pytest.fixture
async def store(database: Path, at: datetime) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(empty_database(database), at=at)
    yield opened
    await opened.close()


@pytest.fixture
def lan() -> Address:
    return Address(ChannelName.TELEGRAM, "bot", "lan")


@pytest.fixture
def minh() -> Address:
    return Address(ChannelName.TELEGRAM, "bot", "minh")


@pytest.fixture
def group() -> Address:
    return Address(ChannelName.TELEGRAM, "bot", "-100")


@pytest.fixture
def question(at: datetime) -> Callable[..., NewSubmission]:
    """Makes a submission that is not yet stored; every field can be named."""

    def make(text: str = "Bao giờ xã có sân bóng?", **fields: object) -> NewSubmission:
        usual: dict[str, object] = {
            "programme": "mau",
            "receipt_prefix": "HY26",
            "topic": "van-hoa-the-thao",
            "proposal": Proposal("van-hoa-the-thao", 0.75, False, (("van-hoa-the-thao", 0.75), ("dat-dai", 0.125))),
            "source": ChannelName.TELEGRAM,
            "source_label": "",
            "person_id": None,
            "unit": "Phường Phố Hiến",
            "youth_group": "sinh-vien",
            "typed_at": at,
            "received_at": at,
            "late": False,
        }
        return NewSubmission(text=text, **(usual | fields))

    return make
