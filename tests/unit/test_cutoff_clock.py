"""On time is whoever typed before the cutoff by the platform's clock, whatever the machine's clock says meanwhile."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.types import Message

from bot.conversation.session import File
from bot.domain.deadline import VIETNAM
from bot.usecases.clock import WallClock
from tests.unit.test_conversation import CLOSES, Chat

CASES = 10_000


@pytest.fixture(scope="module")
def agreed() -> Chat:
    chat = Chat()
    chat.agree()
    return chat


def filed(agreed: Chat, typed_at: datetime, shown_at: datetime, pressed_at: datetime) -> File:
    """What is filed of a question that was shown and confirmed at these instants of the machine's clock."""
    chat = Chat(shown_at)
    chat.session = replace(agreed.session)
    chat.said, chat.keys = list(agreed.said), []
    chat.type("Bao giờ xã có sân bóng?", typed_at)
    chat.now = pressed_at
    chat.press_id(next(id_ for id_, label in chat.last.choices if label.startswith("Gửi")))
    return chat.wishes[-1]


def test_ten_thousand_questions_around_the_cutoff_are_judged_right(agreed):
    chance = random.Random(20240301)
    wrong, seen = [], Counter()
    for _ in range(CASES):
        # Whole seconds, as platforms say them; half of them in the last and the first moments.
        around = chance.choice((3, 3, 86_400))
        typed_at = CLOSES + timedelta(seconds=chance.randint(-around, around))
        wrong_by = timedelta(seconds=chance.choice((0, 0, chance.randint(-26 * 3600, 26 * 3600))))
        delivered = typed_at + timedelta(seconds=chance.choice((0, 1, chance.randint(0, 6 * 3600)))) + wrong_by
        pressed = delivered + timedelta(seconds=chance.randint(0, 9 * 60))

        submission = filed(agreed, typed_at, delivered, pressed)

        on_time = typed_at < CLOSES
        seen[on_time] += 1
        if submission.late is on_time or submission.typed_at != typed_at:
            wrong.append((typed_at, delivered, pressed))
    assert wrong == []
    assert min(seen.values()) > CASES // 4


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a running program cannot be changed here")
@pytest.mark.parametrize(
    "zone", ["UTC", "America/Los_Angeles", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati", "nowhere/at all"]
)
def test_the_zone_of_the_machine_changes_no_instant(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        last = int((CLOSES - timedelta(seconds=1)).timestamp())
        chat = {"id": 7, "type": "private"}
        dates = [Message.model_validate({"message_id": 1, "date": last + late, "chat": chat}).date for late in (0, 1)]
        clock = WallClock()

        assert [clock.shifted(date) < CLOSES for date in dates] == [True, False]
        assert clock.shifted(dates[1]) == CLOSES
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
        assert clock.now().utcoffset() == timedelta(hours=7)
        assert clock.now().tzinfo is VIETNAM
    finally:
        monkeypatch.undo()
        time.tzset()
