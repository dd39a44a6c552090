"""The program is killed in the middle of its work, again and again: no word is lost and none is taken twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.draining import drained
from tests.faults.kills import MOSTLY_KILLED, killed, stopped_under_load
from tests.faults.kills_zalo import killed_on_zalo


@pytest.fixture
def data_dir(tmp_path: Path, trained: Path) -> Path:
    """A data folder with the trained model, so that each start takes a second and not half a minute."""
    shutil.copytree(trained, tmp_path / "data" / "mo-hinh")
    return tmp_path / "data"


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_nothing_is_lost_or_doubled_when_the_program_is_killed_at_random_moments(data_dir, webhook):
    count = await killed(data_dir, webhook=webhook, rounds=12, signs=MOSTLY_KILLED)

    assert count.sent == 120
    assert set(count.filed.values()) == {1}
    assert set(count.receipts.values()) == {1}
    assert (count.lost, count.doubled) == (0, 0)


async def test_nothing_is_lost_or_doubled_when_it_is_killed_while_zalo_brings_what_people_write(data_dir):
    count = await killed_on_zalo(data_dir, rounds=12)

    assert count.sent == 120
    assert set(count.filed.values()) == {1}
    assert set(count.receipts.values()) == {1}
    assert (count.lost, count.doubled) == (0, 0)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_asked_to_stop_with_its_hands_full_it_leaves_properly_and_the_next_one_ends_the_work(data_dir, webhook):
    stopped = await stopped_under_load(data_dir, webhook=webhook, people=20)

    assert (stopped.code, stopped.polls_afterwards) == (0, 0)
    assert (stopped.count.lost, stopped.count.doubled) == (0, 0)


async def test_killed_while_it_sends_everything_arrives_in_order_and_what_comes_twice_says_so(data_dir):
    result = await drained(data_dir)

    assert (result.rows, result.lost, result.unmarked, result.out_of_order) == (265, 0, 0, 0)
    assert result.repeats <= result.under_way
