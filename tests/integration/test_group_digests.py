"""Much at once: digests within Telegram's pace, a walk through the queue in one message, and the morning's word."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.message import ChannelName
from bot.domain.submission import Action, HistoryEntry, NewSubmission, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.usecases.boards import Boards
from bot.usecases.deliver import Deliverer
from bot.usecases.feed import IN_A_DIGEST, OPEN_CARDS, UNSEEN_CARDS, Feed
from bot.usecases.lists import ListPress
from bot.usecases.moderate import Decision, Press
from bot.usecases.morning import Morning
from bot.usecases.schedule import started_at
from bot.usecases.staff import Order
from handlers.telegram.board import TelegramBoard
from handlers.telegram.cards import parse_list_press, parse_press
from handlers.telegram.channel import TelegramChannel
from handlers.telegram.threads import Threads
from tests.doubles.telegram import Group, TelegramDouble
from tests.world import GROUP, PROGRAMME, World, moderator, now

FEES = "Câu số {number}: tiền học phí năm nay sao tăng?"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@dataclass
class Room:
    """A real group behind the double, and a deliverer that goes by the world's clock."""

    world: World
    double: TelegramDouble
    group: Group
    deliverer: Deliverer
    feed: Feed
    codes: list[str] = field(default_factory=list)

    async def comes(self, number):
        """A submission as receive.py files and shows it, without the conversation before it."""
        now = self.world.clock.now()
        text = FEES.format(number=number)
        proposal = self.world.router.propose(text)
        new = NewSubmission(
            PROGRAMME,
            "HY24",
            text,
            proposal.topic,
            proposal,
            ChannelName.TELEGRAM,
            "",
            None,
            "",
            "",
            now,
            now,
            late=False,
        )
        async with self.world.store.transaction() as tx:
            one = await tx.submissions.add(new)
            await tx.history.add(
                HistoryEntry(one.id, now, "asker", Action.SUBMIT, None, State.WAITING, topic=one.topic)
            )
            await tx.board.open(GROUP, one.id)
            await tx.outbox.card(GROUP, one.id, now)
        self.codes.append(one.code)
        return one

    async def deliver(self):
        while await self.deliverer.step():
            pass

    async def minutes(self, count):
        """Time goes by; the scheduler looks every quarter of a minute, as slowly as it ever does."""
        for _ in range(4 * count):
            self.world.clock.move(seconds=15)
            await self.feed()
            await self.deliver()

    def texts(self):
        return [shown.text for shown in self.double.messages(self.group)]

    def message_with(self, words):
        return next(shown for shown in self.double.messages(self.group) if words in shown.text)

    async def presses(self, shown, label, by="Minh"):
        """Press a button of a message as the edge would pass it on."""
        data = {label_: data for row in shown.buttons for label_, data in row}[label]
        if parsed := parse_list_press(data):
            return await self.world.lists.press(ListPress(parsed[0], GROUP, str(shown.id), parsed[1], by))
        nonce, action, version = parse_press(data)
        return await self.world.moderate.press(Press(nonce, GROUP, str(shown.id), action, version, by))


@pytest.fixture
async def room(world):
    async with TelegramDouble(now=world.clock.now) as double, double.bot() as bot:
        double.unlimited = False
        group = double.group("Kiểm duyệt", id_=int(GROUP.chat))
        boards = Boards(world.store, world.clock, world.voice)
        threads = Threads(bot, world.store, world.clock, world.voice)
        boards.put(GROUP, TelegramBoard(bot, TelegramChannel(bot), world.voice.catalogue, threads))
        deliverer = Deliverer(
            world.store,
            world.clock,
            world.pulse,
            world.voice,
            world.cards,
            {},
            boards,
            world.lists,
            lambda: world.clock.now().timestamp(),
        )
        feed = Feed(world.store, world.clock, world.running, (GROUP,))
        yield Room(world, double, group, deliverer, feed)


# ------------------------------------------------------------------ digests


async def test_six_hundred_of_the_last_hour_are_seen_ten_minutes_after_the_cutoff_and_telegram_never_complains(
    room, caplog
):
    async with room.world.store.reading() as tx:
        closes_at = (await room.world.running.programme(tx)).window.closes_at
    room.world.clock.at = closes_at - timedelta(minutes=60)
    for minute in range(60):  # a quiet hour that ends in a rush: 60 in fifty minutes, 540 in the last ten
        for number in range(54 if minute >= 50 else 1 + (minute % 5 == 0)):
            await room.comes(f"{minute}.{number}")
        await room.minutes(1)
    assert len(room.codes) == 600

    await room.minutes(10)

    seen = "\n".join(room.texts())
    assert [code for code in room.codes if code not in seen] == []
    assert "not delivered" not in caplog.text
    assert room.world.clock.now() == closes_at + timedelta(minutes=10)


async def test_while_it_is_quiet_everything_is_a_card(room):
    for number in range(UNSEEN_CARDS):
        await room.comes(number)

    await room.minutes(3)

    assert len(room.texts()) == UNSEEN_CARDS
    assert all(shown.buttons[0][0][0] == "Duyệt → Sở GD&ĐT" for shown in room.double.messages(room.group))


async def test_a_rush_becomes_digests_of_ten_and_nothing_is_told_twice(room):
    for number in range(UNSEEN_CARDS + 1):
        await room.comes(number)
    await room.feed()
    await room.feed()

    await room.minutes(3)

    digest = room.message_with(f"{IN_A_DIGEST} câu mới đang chờ duyệt:")
    assert digest.text.splitlines()[1] == f"{room.codes[0]} – Sở GD&ĐT – Câu số 0: tiền học phí năm nay sao tăng?"
    assert digest.labels == ["Xem lần lượt"]
    assert sum("câu mới đang chờ" in text for text in room.texts()) == 1
    # Whatever room there is for cards is filled up again, the oldest first.
    assert len(room.texts()) == 1 + OPEN_CARDS


async def test_slips_by_the_hundred_make_no_digests(room):
    slips = tuple(Slip(number, FEES.format(number=number), "", "", None, "") for number in range(40))
    await room.world.importing(SlipFile(slips, ()), by="Lan")

    await room.minutes(3)

    assert len(room.texts()) == OPEN_CARDS


async def test_a_digest_shows_no_words_of_what_became_private_or_was_withdrawn(room):
    found = [await room.comes(number) for number in range(60)]
    await room.minutes(6)
    assert "Câu số 3: " in "\n".join(room.texts())

    await room.world.moderate.decide(found[3].id, 1, Decision(Action.SET_APART), moderator())
    await room.minutes(1)

    assert "Câu số 3: " not in "\n".join(room.texts())
    assert "Câu số 4: " in "\n".join(room.texts())


async def test_what_becomes_private_while_a_list_is_being_drawn_is_not_in_it(room):
    """Before it is on record that the list names it, nobody draws the list anew for it."""
    world = room.world
    kept, apart = await room.comes(1), await room.comes(2)
    await world.staff.command(Order("hangdoi", "", GROUP, "Minh"))
    met = 0

    class Meanwhile:
        """The store, in which somebody else comes first: after the list was drawn for the first time."""

        reading = world.store.reading
        glance = world.store.glance

        @asynccontextmanager
        async def transaction(self):
            nonlocal met
            met += 1
            if met == 2:  # the first one claims the row, this one puts on record what the list names
                decision = Decision(Action.SET_APART)
                await world.moderate.decide(apart.id, apart.version, decision, moderator("Lan"))
            async with world.store.transaction() as tx:
                yield tx

    async with world.store.transaction() as tx:  # nothing but the list waits
        await tx.outbox.drop_cards(GROUP, [kept.id, apart.id])
    room.deliverer._store = Meanwhile()
    await room.deliver()

    (listed,) = [text for text in room.texts() if kept.code in text]
    assert met >= 2
    assert apart.code not in listed
    assert (await now(world, apart)).private


async def test_a_digest_in_which_nothing_waits_any_more_says_so_and_has_no_button(room):
    found = [await room.comes(number) for number in range(40)]
    await room.minutes(5)

    for one in found[:IN_A_DIGEST]:
        await room.world.moderate.decide(
            one.id, (await now(room.world, one)).version, Decision(Action.MARK_SPAM), moderator()
        )
    await room.minutes(1)

    done = room.message_with("Các câu trong tin này đã được xử lý:")
    assert done.labels == []
    assert f"{found[0].code} – thư rác" in done.text


# ------------------------------------------------------------------ a walk through the queue


@pytest.fixture
async def crowded(room):
    """Forty that wait: more than there is room for as cards."""
    for number in range(45):
        await room.comes(number)
    await room.minutes(6)
    return room


async def test_a_walk_shows_the_next_one_in_the_same_message_after_each_decision(crowded):
    digest = next(shown for shown in crowded.double.messages(crowded.group) if "Câu số 20:" in shown.text)
    before = len(crowded.texts())
    await crowded.presses(digest, "Xem lần lượt")
    await crowded.minutes(1)
    walking = crowded.double.messages(crowded.group)[-1]
    decided = []
    for _ in range(3):
        shown = crowded.double.messages(crowded.group)[-1]
        assert shown.id == walking.id
        decided.append(shown.text.split(" ")[0])
        toast = await crowded.presses(shown, "Duyệt → Sở GD&ĐT")
        assert toast.text == f"Đã duyệt {decided[-1]}. Mời xem câu tiếp theo."
        await crowded.minutes(1)

    approved = [one.code for one in await crowded.world.submissions(State.APPROVED)]
    assert approved == decided
    assert len(set(decided)) == 3
    assert len(crowded.texts()) == before + 1


async def test_a_walk_can_pass_over_one_that_then_waits_on(crowded):
    await crowded.world.staff.command(Order("xemlanluot", "", GROUP, "Minh"))
    await crowded.minutes(1)
    first = crowded.double.messages(crowded.group)[-1]

    await crowded.presses(first, "Câu tiếp theo")
    await crowded.minutes(1)

    second = crowded.double.messages(crowded.group)[-1]
    assert second.id == first.id
    assert second.text.split(" ")[0] != first.text.split(" ")[0]
    assert len(await crowded.world.submissions(State.WAITING)) == 45


async def test_two_who_walk_never_meet(crowded):
    digest = crowded.message_with("câu mới đang chờ duyệt:")
    for by in ("Minh", "Hoa"):
        await crowded.presses(digest, "Xem lần lượt", by)
    await crowded.minutes(1)
    shown = [one for one in crowded.double.messages(crowded.group) if "Câu tiếp theo" in one.labels]

    seen = [one.text.split(" ")[0] for one in shown]
    for _ in range(3):
        for one, by in zip(shown, ("Minh", "Hoa"), strict=True):
            present = next(now_ for now_ in crowded.double.messages(crowded.group) if now_.id == one.id)
            await crowded.presses(present, "Duyệt → Sở GD&ĐT", by)
        await crowded.minutes(1)
        shown = [one for one in crowded.double.messages(crowded.group) if "Câu tiếp theo" in one.labels]
        seen += [one.text.split(" ")[0] for one in shown]

    assert len(seen) == len(set(seen)) == 8
    assert len(await crowded.world.submissions(State.APPROVED)) == 6


async def test_a_button_of_what_the_message_showed_before_does_nothing(crowded):
    await crowded.world.staff.command(Order("xemlanluot", "", GROUP, "Minh"))
    await crowded.minutes(1)
    first = crowded.double.messages(crowded.group)[-1]
    await crowded.presses(first, "Duyệt → Sở GD&ĐT")

    toast = await crowded.presses(first, "Duyệt → Sở GD&ĐT")

    assert toast.refused
    assert len(await crowded.world.submissions(State.APPROVED)) == 1


async def test_a_list_answers_only_in_its_own_message_and_chat(crowded):
    digest = crowded.message_with("câu mới đang chờ duyệt:")
    nonce, action = parse_list_press(digest.buttons[0][0][1])
    press = ListPress(nonce, GROUP, str(digest.id), action, "Minh")
    before = crowded.texts()

    forged = [
        replace(press, message_id="1"),
        replace(press, nonce="AAAAAAAAAAAA"),
        replace(press, address=replace(GROUP, chat="-9")),
        replace(press, action="page~x"),
        replace(press, action="approve"),
    ]

    assert all([(await crowded.world.lists.press(one)).refused for one in forged])
    async with crowded.world.store.reading() as tx:
        noted = await tx.history.records(after=0, limit=1000, by="Minh")
    assert [(one.what, one.wanted) for one in noted] == [("refused", "list")] * len(forged)
    await crowded.minutes(1)
    assert crowded.texts() == before


async def test_the_queue_turns_its_pages_in_place(crowded):
    await crowded.world.staff.command(Order("hangdoi", "", GROUP, "Minh"))
    await crowded.minutes(1)
    first = crowded.message_with("(trang 1/5)")

    await crowded.presses(first, "Trang sau")
    await crowded.minutes(1)

    second = crowded.message_with("(trang 2/5)")
    assert second.id == first.id
    assert second.labels == ["Trang trước", "Trang sau", "Xem lần lượt"]


# ------------------------------------------------------------------ the morning


def morning_of(world, at="30 7 * * *"):
    return Morning(world.store, world.clock, world.voice, world.running, at, (GROUP,))


async def told(world):
    return [words.text for words in await world.said_to(GROUP)]


@pytest.fixture
async def waiting(world):
    """Two questions of the afternoon before."""
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(PROGRAMME), datetime(2024, 2, 1, tzinfo=VIETNAM).isoformat())
        await tx.facts.put(f"morning:{PROGRAMME}", datetime(2024, 2, 20, 7, 30, tzinfo=VIETNAM).isoformat())
    found = []
    for number, text in enumerate(("Bao giờ quê em có xe buýt?", "Tiền học phí sao tăng?")):
        youth = world.youth(f"7{number}")
        await youth.agrees()
        found.append(await youth.asks(text))
    return found


async def test_in_the_morning_the_group_hears_once_what_waits_for_whom_and_how_long(world, waiting):
    assert await morning_of(world)() is False
    world.clock.at = datetime(2024, 2, 21, 7, 30, tzinfo=VIETNAM)

    assert [await morning_of(world)(), await morning_of(world)()] == [True, False]

    (said,) = await told(world)
    assert said.splitlines()[:3] == [
        "Chào buổi sáng. Đang có 2 câu chờ duyệt, lâu nhất 19 giờ:",
        f"Sở GTVT: 1 câu, lâu nhất 19 giờ ({waiting[0].code})",
        f"Sở GD&ĐT: 1 câu, lâu nhất 19 giờ ({waiting[1].code})",
    ]
    assert said.splitlines()[3].startswith("Câu hỏi phải chuyển đến Sở Nội vụ")


async def test_a_private_one_is_a_number_in_the_morning_and_not_a_word_more(world, waiting):
    await world.moderate.decide(waiting[0].id, 1, Decision(Action.SET_APART), moderator())
    before = len(await told(world))
    world.clock.at = datetime(2024, 2, 21, 8, tzinfo=VIETNAM)

    await morning_of(world)()

    (said,) = (await told(world))[before:]
    assert "Có 1 lời chờ người phụ trách xem riêng trên bảng web." in said
    assert waiting[0].code not in said
    assert "GTVT" not in said


async def test_mornings_that_the_machine_slept_through_are_made_up_for_by_one(world, waiting):
    world.clock.at = datetime(2024, 2, 24, 15, tzinfo=VIETNAM)

    assert [await morning_of(world)(), await morning_of(world)()] == [True, False]
    assert "lâu nhất 4 ngày 3 giờ" in (await told(world))[0]


async def test_where_nothing_waits_or_it_is_switched_off_the_morning_is_silent(world, waiting):
    world.clock.at = datetime(2024, 2, 21, 8, tzinfo=VIETNAM)
    assert await morning_of(world, "off")() is False
    for one in waiting:
        await world.moderate.decide(one.id, 1, Decision(Action.APPROVE), moderator())

    assert await morning_of(world)() is False
    assert await told(world) == []


async def test_requests_about_personal_data_are_a_number_with_a_term_and_said_louder_once_it_is_over(world, waiting):
    lan = world.youth("71")
    await lan.types("/yeucau")
    await lan.presses("Khiếu nại")
    await lan.types("Lời riêng của em về CHIMSẺ")
    world.clock.at = datetime(2024, 2, 21, 8, tzinfo=VIETNAM)
    await morning_of(world)()
    world.clock.at = datetime(2024, 3, 4, 8, tzinfo=VIETNAM)
    await morning_of(world)()

    first, later = await told(world)

    assert "1 yêu cầu về dữ liệu cá nhân chờ người phụ trách" in first
    assert "phải xong trước 24 giờ thứ Sáu, ngày 01/3/2024" in first
    assert "1 yêu cầu về dữ liệu cá nhân đã quá hạn" in later
    assert "CHIMSẺ" not in first + later
