"""Everybody writes in the last hour: with few file handles nothing is lost, nothing doubled, and threads do not grow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.burst import THREADS, burst


@pytest.fixture
def data_dir(tmp_path: Path, trained: Path) -> Path:
    shutil.copytree(trained, tmp_path / "data" / "mo-hinh")
    return tmp_path / "data"


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_thousand_updates_that_wait_are_all_kept_and_handled_once_with_256_file_handles(data_dir, webhook):
    result = await burst(data_dir, waiting=1000 if not webhook else 300, webhook=webhook, answered=False)

    assert (result.lost, result.doubled) == (0, 0)
    assert result.threads <= THREADS
