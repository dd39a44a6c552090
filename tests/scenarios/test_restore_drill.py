"""The whole machine is lost: what was saved is there on another one, and nobody is given a code that somebody has."""

from __future__ import annotations

import shutil

import pytest

from tests.databases import SERVER
from tests.faults.backups import drilled

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server of PostgreSQL has backups of its own")


async def test_everything_up_to_the_backup_is_there_again_on_another_machine(tmp_path, trained):
    shutil.copytree(trained, tmp_path / "data" / "mo-hinh")

    drill = await drilled(tmp_path / "data", people=3)

    assert (drill.lost, drill.doubled) == (0, 0)
    assert len(drill.codes) == 7
