"""Which backups are kept, and when the next one is due."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backup import Backup, is_due, superseded
from bot.domain.deadline import VIETNAM

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=VIETNAM)


def backup(made_at: datetime, **more) -> Backup:
    return Backup(f"doithoai-{made_at:%Y%m%d-%H%M%S}.tar.gz", made_at, 1, encrypted=False, before_upgrade=False, **more)


def kept(backups: list[Backup], now: datetime = NOW) -> list[str]:
    gone = superseded(backups, now)
    return [f"{one.made_at:%d/%m %H:%M}" for one in backups if one not in gone]


def each(step: timedelta, times: int) -> list[Backup]:
    return [backup(NOW - step * number) for number in reversed(range(times))]


def test_every_hour_is_kept_for_two_days_and_the_last_of_each_day_before():
    found = kept(each(timedelta(hours=1), 24 * 4))

    assert found[-48:] == [f"{NOW - timedelta(hours=number):%d/%m %H:%M}" for number in reversed(range(48))]
    assert found[:-48] == ["16/11 23:30", "17/11 23:30"]


def test_the_last_of_each_day_is_kept_for_a_month_and_the_last_of_each_week_before():
    found = kept(each(timedelta(days=1), 60))

    assert found[-30:] == [f"{NOW - timedelta(days=number):%d/%m %H:%M}" for number in reversed(range(30))]
    assert found[:-30] == ["27/09 10:30", "04/10 10:30", "11/10 10:30", "18/10 10:30"]


def test_what_was_made_by_hand_before_something_risky_is_there_for_an_hour_whatever_follows():
    minutes = [backup(NOW - timedelta(minutes=number)) for number in (20, 10, 5, 0)]

    assert kept(minutes) == ["20/11 10:10", "20/11 10:20", "20/11 10:25", "20/11 10:30"]


def test_nothing_is_kept_for_more_than_a_year_but_the_newest():
    old = [backup(NOW - timedelta(days=days)) for days in (900, 800, 367)]

    assert kept(old) == [f"{NOW - timedelta(days=367):%d/%m %H:%M}"]


def test_of_several_in_an_hour_the_last_is_kept():
    minutes = [backup(NOW - timedelta(hours=3) + timedelta(minutes=number)) for number in (0, 5, 20)]

    assert kept([*minutes, backup(NOW)]) == ["20/11 07:50", "20/11 10:30"]


def test_what_was_made_before_an_upgrade_is_kept_for_a_month_beside_the_others():
    upgrade = dataclasses.replace(backup(NOW - timedelta(days=3, minutes=9)), file="x", before_upgrade=True)
    later = backup(NOW - timedelta(days=3))

    assert kept([upgrade, later, backup(NOW)]) == ["17/11 10:21", "17/11 10:30", "20/11 10:30"]
    assert kept([upgrade, later, backup(NOW)], NOW + timedelta(days=31)) == ["20/11 10:30"]  # of one week


def test_a_backup_of_a_day_to_come_is_left_until_that_is_past():
    future = [backup(NOW + timedelta(days=400, minutes=number)) for number in range(3)]

    assert len(kept([*future, backup(NOW)])) == 4
    assert kept([*future, backup(NOW)], NOW + timedelta(days=410)) == ["25/12 10:32"]


@given(st.lists(st.integers(0, 500 * 24 * 60), min_size=1, max_size=200), st.integers(0, 400 * 24 * 60))
def test_there_is_always_one_and_deleting_twice_deletes_nothing_more(minutes, later):
    backups = [backup(NOW - timedelta(minutes=number)) for number in dict.fromkeys(minutes)]
    now = NOW + timedelta(minutes=later)

    left = [one for one in backups if one not in superseded(backups, now)]

    assert max(backups, key=lambda one: one.made_at) in left
    assert superseded(left, now) == []


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, True),
        (NOW - timedelta(hours=2), True),
        (NOW - timedelta(minutes=30), False),
        (NOW - timedelta(minutes=1), False),
        (NOW + timedelta(days=300), True),  # noted while the machine's clock was wrong
    ],
)
def test_one_is_due_where_none_was_made_since_the_last_instant_for_which_one_is_made(last, due):
    assert is_due(last, [NOW - timedelta(minutes=30), NOW + timedelta(minutes=30)], NOW) is due


def test_none_is_due_before_its_time():
    assert not is_due(None, [NOW + timedelta(minutes=1)], NOW)
