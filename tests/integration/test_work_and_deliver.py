"""The worker at the inbox and the deliverer at the outbox: nothing lost, nothing held up, no endless repeats."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.errors import DeliveryError, Shut
from bot.domain.message import Address, ChannelName, Words
from bot.ports import RawUpdate
from bot.texts.keys import Key
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.tasks import start
from bot.usecases.work import PAUSES, Undecodable, Worker
from storage.outbox import Outbox
from tests.world import GROUP, World

YOUTH = Address(ChannelName.TELEGRAM, "42", "7")


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@dataclass
class ScriptedEdge:
    """Handles rows; raises what it was told to raise for an update id."""

    faults: dict[str, list[Exception]] = field(default_factory=dict)
    handled: list[str] = field(default_factory=list)

    async def handle(self, row):
        if self.faults.get(row.update_id):
            raise self.faults[row.update_id].pop(0)
        self.handled.append(row.update_id)


async def keep(world, *ids, chat=None):
    async with world.store.transaction() as tx:
        updates = [RawUpdate("telegram", "42", id_, chat or id_, '{"secret": "0912345678"}') for id_ in ids]
        await tx.inbox.add(updates, world.clock.now())


def worker_of(world, edge):
    return Worker(world.store, world.clock, world.pulse, world.voice, {("telegram", "42"): edge}, world.boards)


async def work_until_idle(worker):
    while await worker.step():
        pass


async def test_updates_are_handled_once_each_in_the_order_of_their_chat(world):
    edge = ScriptedEdge()
    await keep(world, "1", "2", "3", chat="7")

    await work_until_idle(worker_of(world, edge))

    assert edge.handled == ["1", "2", "3"]
    async with world.store.reading() as tx:
        assert await tx.inbox.open() == 0


async def test_an_update_that_cannot_be_read_goes_into_quarantine_and_holds_nothing_up(world):
    edge = ScriptedEdge({"1": [Undecodable()]})
    await keep(world, "1", "2", chat="7")

    await work_until_idle(worker_of(world, edge))

    assert edge.handled == ["2"]
    async with world.store.reading() as tx:
        assert (await tx.inbox.quarantined(), await tx.inbox.open()) == (1, 0)
    assert "1 tin nhắn" in (await world.said_to(GROUP))[-1].text


async def test_a_fault_is_tried_again_later_without_holding_up_other_chats(world):
    edge = ScriptedEdge({"1": [OSError(), OSError()]})
    worker = worker_of(world, edge)
    await keep(world, "1", "2")
    await work_until_idle(worker)
    assert edge.handled == ["2"]

    world.clock.at += PAUSES[0]
    await work_until_idle(worker)
    world.clock.at += PAUSES[1]
    await work_until_idle(worker)

    assert edge.handled == ["2", "1"]


async def test_after_every_try_has_failed_the_update_is_put_aside_with_the_moderators_told(world):
    edge = ScriptedEdge({"1": [OSError()] * 50})
    worker = worker_of(world, edge)
    await keep(world, "1")
    for pause in (*PAUSES, timedelta()):
        await work_until_idle(worker)
        world.clock.at += pause

    async with world.store.reading() as tx:
        assert (await tx.inbox.quarantined(), await tx.inbox.open()) == (1, 0)
    assert "1 tin nhắn" in (await world.said_to(GROUP))[-1].text


async def test_nothing_that_a_person_wrote_reaches_the_log(world, caplog):
    edge = ScriptedEdge({"1": [ValueError("0912345678")], "2": [Undecodable("0912345678")]})
    await keep(world, "1", "2")

    await work_until_idle(worker_of(world, edge))

    assert caplog.text
    assert "0912345678" not in caplog.text


async def test_an_update_for_a_bot_that_is_not_running_waits_without_blocking(world):
    edge = ScriptedEdge()
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "other", "1", "7", "{}")], world.clock.now())
    await keep(world, "2")

    await work_until_idle(worker_of(world, edge))

    assert edge.handled == ["2"]
    async with world.store.reading() as tx:
        assert await tx.inbox.open() == 1


# ------------------------------------------------------------------ out


@dataclass
class ScriptedChannel:
    """Says words; raises what it was told to raise first."""

    faults: list[Exception] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)

    async def say(self, chat, words):
        if self.faults:
            raise self.faults.pop(0)
        self.said.append((chat, words.text))
        return str(len(self.said))


def deliverer_of(world, channel, tick=None):
    now = [0.0]

    def ticking():
        now[0] += 10
        return now[0]

    return Deliverer(
        world.store,
        world.clock,
        world.pulse,
        world.voice,
        world.cards,
        {ChannelName.TELEGRAM: channel},
        Boards(world.store, world.clock, world.voice),
        world.lists,
        tick or ticking,
    )


async def say(world, text, address=YOUTH):
    async with world.store.transaction() as tx:
        return await tx.outbox.say(address, Words(text), world.clock.now())


async def deliver_until_idle(deliverer):
    while await deliverer.step():
        pass


async def test_words_go_out_in_order_and_once(world):
    channel = ScriptedChannel()
    for text in ("một", "hai", "ba"):
        await say(world, text)

    await deliver_until_idle(deliverer_of(world, channel))

    assert [text for _, text in channel.said] == ["một", "hai", "ba"]


async def test_a_failed_message_is_tried_again_and_keeps_its_place_in_the_chat(world):
    channel = ScriptedChannel([DeliveryError("net")])
    deliverer = deliverer_of(world, channel)
    await say(world, "một")
    await say(world, "hai")
    await deliver_until_idle(deliverer)
    assert channel.said == []

    world.clock.at += PAUSES[0]
    await deliver_until_idle(deliverer)

    assert [text for _, text in channel.said] == ["một", "hai"]


async def test_a_chat_that_blocked_the_bot_is_given_up_and_others_go_on(world):
    channel = ScriptedChannel([DeliveryError("blocked", permanent=True)])
    other = Address(ChannelName.TELEGRAM, "42", "8")
    await say(world, "cho người đã chặn")
    await say(world, "cho người khác", other)

    await deliver_until_idle(deliverer_of(world, channel))
    world.clock.move(days=2)
    await deliver_until_idle(deliverer_of(world, channel))

    assert channel.said == [("8", "cho người khác")]


async def test_a_pause_that_the_platform_asks_for_is_kept(world):
    channel = ScriptedChannel([DeliveryError("429", retry_after=40)])
    deliverer = deliverer_of(world, channel, tick=lambda: world.clock.now().timestamp())
    await say(world, "một")
    await deliver_until_idle(deliverer)

    world.clock.move(seconds=39)
    await deliver_until_idle(deliverer)
    assert channel.said == []

    world.clock.move(seconds=1)
    await deliver_until_idle(deliverer)
    assert [text for _, text in channel.said] == ["một"]


async def test_what_a_dead_process_may_have_sent_is_sent_again_with_a_mark(world):
    await say(world, "mã của bạn")
    async with world.store.transaction() as tx:
        await tx.outbox.claim(world.clock.now(), lambda _: True)
    async with world.store.transaction() as tx:
        assert await tx.outbox.recover() == 1
    channel = ScriptedChannel()

    await deliver_until_idle(deliverer_of(world, channel))

    assert channel.said == [("7", "(gửi lại) mã của bạn")]


async def test_a_fault_of_the_database_after_a_message_went_out_does_not_shut_its_chat_for_good(world, monkeypatch):
    monkeypatch.setattr("bot.usecases.tasks._AFTER_A_FAULT", 0)
    full, sent = iter([True]), Outbox.sent

    async def sent_when_there_is_room(*of_it: object) -> None:
        if next(full, False):
            raise OSError("disk full")
        await sent(*of_it)

    monkeypatch.setattr(Outbox, "sent", sent_when_there_is_room)
    channel = ScriptedChannel()
    deliverer = deliverer_of(world, channel)

    for text in ("một", "hai"):
        await say(world, text)
        await deliver_until_idle(deliverer)

    assert [text for _, text in channel.said] == ["một", "hai"]


async def test_one_broken_row_does_not_stop_the_others(world):
    channel = ScriptedChannel([ZeroDivisionError()])
    await say(world, "hỏng")
    await say(world, "lành", Address(ChannelName.TELEGRAM, "42", "8"))

    await deliver_until_idle(deliverer_of(world, channel))

    assert channel.said == [("8", "lành")]


async def test_a_card_that_cannot_be_drawn_makes_room_for_those_behind_it(world):
    channel = ScriptedChannel([ZeroDivisionError() for _ in range(50)])
    deliverer = deliverer_of(world, channel)
    await say(world, "hỏng")
    await say(world, "lành")
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        await deliver_until_idle(deliverer)
        world.clock.at += pause
    channel.faults.clear()
    await deliver_until_idle(deliverer)

    assert [text for _, text in channel.said] == ["lành"]


async def test_the_asker_is_told_at_the_first_fault_that_nothing_is_lost(world):
    edge = ScriptedEdge({"1": [OSError(), OSError()]})
    worker = worker_of(world, edge)
    await keep(world, "1", chat="7")

    await work_until_idle(worker)
    world.clock.at += PAUSES[0]
    await work_until_idle(worker)

    assert [words.text for words in await world.said_to(YOUTH)] == [world.voice.text(Key.FAULT)]


# ------------------------------------------------------------------ people before boards, and chats that shut us out


@dataclass
class HeldBoard:
    """A board whose messages take until the test lets them go."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    told: list[str] = field(default_factory=list)

    async def tell(self, chat, words, *, thread="", shelf=None):
        self.asked.set()
        await self.go.wait()
        self.told.append(words.text)
        return "1"


def with_board(world, channel, board, tick=None):
    deliverer = deliverer_of(world, channel, tick)
    deliverer._boards.put(GROUP, board)
    return deliverer


async def test_people_are_served_before_a_board_that_has_waited_longer(world):
    board, channel = HeldBoard(), ScriptedChannel()
    board.go.set()
    deliverer = with_board(world, channel, board, tick=lambda: 0.0)  # no time passes: six may go out in all
    for number in range(20):
        await say(world, f"thẻ {number}", GROUP)
    for number in range(20):
        await say(world, "mã của bạn", Address(ChannelName.TELEGRAM, "42", str(number)))

    await deliver_until_idle(deliverer)

    assert (len(channel.said), board.told) == (6, [])


async def test_a_board_that_is_slow_holds_up_no_receipt(world):
    board, channel = HeldBoard(), ScriptedChannel()
    deliverer = with_board(world, channel, board)
    await say(world, "thẻ", GROUP)
    delivering = start(deliverer.run(), "deliverer")
    async with asyncio.timeout(5):
        await board.asked.wait()

    await say(world, "mã của bạn")
    world.pulse.beat()
    async with asyncio.timeout(5):
        while not channel.said:
            await asyncio.sleep(0.001)
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)

    assert (channel.said, board.told) == ([("7", "mã của bạn")], [])


def shut_out():
    return DeliveryError(
        "TelegramForbiddenError: Forbidden: bot was blocked by the user", permanent=True, shut=Shut.REMOVED
    )


async def test_what_a_chat_refused_that_had_shut_us_out_is_said_in_its_order_when_the_person_writes_again(world):
    youth, other = world.youth(), world.youth("8")
    await youth.agrees()
    await other.agrees()
    await deliver_until_idle(deliverer_of(world, ScriptedChannel()))
    channel = ScriptedChannel([shut_out(), shut_out(), DeliveryError("400", permanent=True), shut_out()])
    for text, address in (("một", YOUTH), ("hai", YOUTH), ("hỏng", YOUTH), ("của người khác", other.address)):
        await say(world, text, address)
        await deliver_until_idle(deliverer_of(world, channel))
    world.clock.move(days=2)
    await deliver_until_idle(deliverer_of(world, channel))
    assert channel.said == []

    answer = await youth.types("em quay lại rồi")
    await deliver_until_idle(deliverer_of(world, channel))

    assert channel.said == [("7", "một"), ("7", "hai"), ("7", answer)]


async def test_a_person_who_writes_while_still_shut_to_us_is_not_tried_in_a_loop(world):
    youth = world.youth()
    await youth.agrees()
    await deliver_until_idle(deliverer_of(world, ScriptedChannel()))
    channel = ScriptedChannel([shut_out() for _ in range(50)])
    await say(world, "một")
    await deliver_until_idle(deliverer_of(world, channel))

    await youth.types("em hỏi")
    await deliver_until_idle(deliverer_of(world, channel))

    assert len(channel.faults) == 50 - 3  # “một” twice, the answer once


async def test_a_hundred_people_and_thirty_cards_meet_no_limit_of_telegrams(world):
    """The limits as Telegram's own list of questions gives them, by a clock that moves when nothing may go out."""
    now, sent = [0.0], []

    class Limited(ScriptedChannel, HeldBoard):
        async def say(self, chat, words):
            return self.send(chat)

        async def tell(self, chat, words, *, thread="", shelf=None):
            return self.send(chat)

        @staticmethod
        def send(chat):
            in_a_second = [one for one in sent if now[0] - one[0] < 1]
            in_a_minute = [one for one in sent if now[0] - one[0] < 60 and one[1] == GROUP.chat == chat]
            if len(in_a_second) >= 30 or len(in_a_minute) >= 20:
                raise DeliveryError("TelegramRetryAfter", retry_after=5)
            sent.append((now[0], chat))
            return "1"

    limited = Limited()
    deliverer = with_board(world, limited, limited, tick=lambda: now[0])
    for number in range(100):
        address = Address(ChannelName.TELEGRAM, "42", str(number))
        for text in ("nháp", "mã của bạn"):
            await say(world, text, address)
        if number < 30:
            await say(world, f"thẻ {number}", GROUP)

    async with asyncio.timeout(120):
        while len(sent) < 230:
            if not await deliverer.step():
                now[0] += 0.1 if sum(chat != GROUP.chat for _, chat in sent) < 200 else 2

    async with world.store.reading() as tx:
        assert (await tx.vitals.queues()).outbox == 0
    assert max(at for at, chat in sent if chat != GROUP.chat) <= 200 / 20
    assert max(at for at, chat in sent if chat == GROUP.chat) <= 30 * 60 / 15
