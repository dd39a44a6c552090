"""The pace of the deliverer: platform limits are kept, and nobody waits longer than needed."""

from bot.domain.message import Address, ChannelName
from bot.usecases.deliver import Bucket, Pace

GROUP = Address(ChannelName.TELEGRAM, "1", "-100")
YOUTH = Address(ChannelName.TELEGRAM, "1", "42")
PAGE = Address(ChannelName.WEB, "web", "x")


class Tick:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sent_within(pace: Pace, tick: Tick, address: Address, seconds: int, step: float = 0.1) -> int:
    sent = 0
    end = tick.now + seconds
    while tick.now < end:
        if pace.ready(address):
            pace.spent(address)
            sent += 1
        else:
            tick.now += step
    return sent


def test_a_group_never_gets_more_than_twenty_messages_in_a_minute_and_is_still_served_steadily():
    tick = Tick()
    pace = Pace(frozenset([GROUP]), tick)

    minutes = [sent_within(pace, tick, GROUP, 60) for _ in range(3)]

    assert max(minutes) <= 20
    assert min(minutes) >= 14


def test_a_chat_may_burst_a_little_and_then_gets_one_message_a_second():
    tick = Tick()
    pace = Pace(frozenset([GROUP]), tick)

    assert sent_within(pace, tick, YOUTH, 10) in (12, 13)


def test_all_chats_together_stay_under_the_overall_limit():
    tick = Tick()
    pace = Pace(frozenset(), tick)
    chats = [Address(ChannelName.TELEGRAM, "1", str(number)) for number in range(200)]
    sent = 0
    for chat in chats:
        if pace.ready(chat):
            pace.spent(chat)
            sent += 1

    assert sent == 25


def test_a_pause_that_the_platform_asked_for_is_kept_and_then_ends():
    tick = Tick()
    pace = Pace(frozenset([GROUP]), tick)
    pace.blocked(GROUP, 30)

    tick.now += 29.9
    assert not pace.ready(GROUP)
    assert pace.ready(YOUTH)
    tick.now += 0.2
    assert pace.ready(GROUP)


def test_the_web_page_has_no_limit():
    tick = Tick()
    pace = Pace(frozenset(), tick)

    for _ in range(100):
        assert pace.ready(PAGE)
        pace.spent(PAGE)


def test_a_bucket_never_holds_more_than_its_size():
    bucket = Bucket(size=3, rate=1)
    bucket.take(0.0)

    assert bucket.ready(1e9)
    assert bucket.level == 3
