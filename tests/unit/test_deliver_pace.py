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


def crowd(size: int) -> list[Address]:
    return [Address(ChannelName.TELEGRAM, "1", str(number)) for number in range(size)]


def test_all_chats_together_never_get_more_than_thirty_in_any_second_and_hardly_less_than_they_may():
    tick = Tick()
    pace = Pace(frozenset(), tick)
    waiting, sent = crowd(400), []
    while waiting:
        if pace.take(waiting[0]):
            sent.append(tick.now)
            waiting.pop(0)
        else:
            tick.now += 0.01

    assert max(sum(0 <= at - since < 1 for at in sent) for since in sent) <= 30
    assert sent[-1] - sent[0] <= 400 / 23


def test_what_is_taken_is_counted_at_once_so_that_one_look_does_not_let_too_many_through():
    pace = Pace(frozenset(), Tick())

    assert sum(pace.take(chat) for chat in crowd(200)) == 6


def test_while_few_are_left_they_are_for_people_and_the_group_gets_its_own_when_it_is_quiet():
    tick = Tick()
    pace = Pace(frozenset([GROUP]), tick)
    people = crowd(200)
    served = {True: 0, False: 0}
    for _ in range(100):
        for address in (GROUP, *people[:20]):
            served[address == GROUP] += pace.take(address)
        people = people[20:] + people[:20]
        tick.now += 0.04
    assert served[True] == 1  # before the crowd was there
    assert served[False] >= 90

    tick.now += 1
    assert pace.take(GROUP)


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
