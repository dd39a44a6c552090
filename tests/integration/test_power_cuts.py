"""The power goes at any moment: with the pragmas that we set no acknowledged commit is lost, and none is there by half."""

from __future__ import annotations

import pytest

from storage import engine
from tests.doubles.power import cuts_of, worked

FIXED, FAULTY = (3, 53, 4), (3, 40, 1)
CUTS = 40


@pytest.mark.parametrize("version", [FIXED, FAULTY], ids=["wal", "rollback journal"])
def test_nothing_acknowledged_is_lost_nothing_is_half_and_nothing_is_damaged(tmp_path, monkeypatch, version):
    monkeypatch.setattr(engine, "linked_version", lambda: version)
    disk = worked(tmp_path, engine._pragmas())

    found = cuts_of(disk, tmp_path, CUTS)

    assert (found.lost, found.halved, found.damaged) == (0, 0, 0)
    assert found.acknowledged > 0


@pytest.mark.parametrize(
    "weaker", [{"journal_mode": "wal", "synchronous": 1}, {"journal_mode": "delete", "synchronous": 0}]
)
def test_with_weaker_settings_the_same_cuts_do_harm(tmp_path, monkeypatch, weaker):
    """Otherwise the test above would show nothing."""
    monkeypatch.setattr(engine, "linked_version", lambda: FIXED)
    disk = worked(tmp_path, engine._pragmas() | weaker)

    found = cuts_of(disk, tmp_path, CUTS)

    assert found.lost + found.damaged > 0
