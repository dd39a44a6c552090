"""Alarms by e-mail (a real SMTP server on the loopback): once when something is wrong, once when it is over."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.domain.message import Address, ChannelName, Words
from bot.ports import RawUpdate
from bot.texts.keys import Key
from bot.usecases import backup
from bot.usecases.alerts import RULES, Alerts, Told
from bot.usecases.contact import Contact
from bot.usecases.health import Health, LoopLag
from bot.usecases.schedule import EXPORT_FAILED
from bot.usecases.tally import Tally
from handlers.post.mail import MailAlarm, MailServer, Security
from tests.doubles.mailroom import Mailroom, serving
from tests.world import World

CHIEFS = ("phutrach@tinhdoan.example.vn", "truc@tinhdoan.example.vn")
PLENTY = 50 * 1024**3


@pytest.fixture
async def mailroom():
    async with serving(Mailroom()) as running:
        yield running


class Watched:
    """A bot that is looked after: `breaks` and `mends` are done to it, `letters` is what arrived."""

    def __init__(self, world, mailroom):
        self.world, self.mailroom = world, mailroom
        self.room = PLENTY
        self.contact = Contact(world.store, world.clock, world.voice)
        self.seconds = 0.0
        self.health = Health(
            *(world.store, world.clock, world.voice, world.running, Tally(), LoopLag(), world.folder, self.contact),
            "0 * * * *",
            tick=lambda: self.seconds,
            room=lambda _: self.room,
        )
        self.alerts = self.started_anew()

    def started_anew(self):
        server = MailServer(
            "127.0.0.1", self.mailroom.port, Security.NONE, "bot@tinhdoan.example.vn", "Đối thoại", patience=5.0
        )
        alarm = MailAlarm(server, CHIEFS, self.world.clock.now)
        world = self.world
        self.alerts = Alerts(world.store, world.clock, world.voice, self.health, alarm, world.programme, "may-1")
        return self.alerts

    async def looks(self, *, heard=True, **later):
        """What is told when time has passed; the platform was heard meanwhile."""
        self.seconds += 100
        self.world.clock.move(**later)
        if heard:
            self.contact.good()
            async with self.world.store.transaction() as tx:
                await tx.facts.put(backup.LAST, self.world.clock.now().isoformat())
        return await self.alerts.look()

    async def fact(self, name, value):
        async with self.world.store.transaction() as tx:
            await tx.facts.put(name, value)

    async def quarantines(self, *numbers):
        now = self.world.clock.now()
        async with self.world.store.transaction() as tx:
            await tx.inbox.add([RawUpdate("telegram", "42", str(number), "", "{}") for number in numbers], now)
            for number in numbers:
                await tx.inbox.quarantine(number, now, "ValueError")


@pytest.fixture
def watched(store, tmp_path, mailroom):
    return Watched(World(store, tmp_path), mailroom)


def letters(watched):
    return [letter for _, letter in watched.mailroom.letters]


async def test_a_bot_in_order_writes_to_nobody(watched):
    for _ in range(5):
        assert await watched.looks(minutes=1) == []
    assert letters(watched) == []


async def test_a_letter_says_what_is_wrong_what_to_do_and_where(watched):
    watched.room = 300 * 1024**2
    await watched.looks()

    ((to, letter),) = watched.mailroom.letters
    assert sorted(to) == sorted(CHIEFS)
    assert letter["Subject"] == "Đối thoại cần người xem: Đĩa chứa dữ liệu chỉ còn 300 MB."
    body = letter.get_body().get_content()
    assert "Dọn bớt tệp" in body
    assert "Chương trình hung-yen-2024, máy may-1, 12 giờ 00 thứ Ba, ngày 20/02/2024" in body
    assert letter["Auto-Submitted"] == "auto-generated"


async def test_a_trouble_is_told_once_and_once_when_it_is_over(watched):
    watched.room = 300 * 1024**2
    told = [await watched.looks(minutes=10) for _ in range(30)]
    watched.room = PLENTY
    told += [await watched.looks(minutes=10) for _ in range(30)]

    assert [kinds for kinds in told if kinds] == [["disk"], ["disk"]]
    assert letters(watched)[1]["Subject"].startswith("Đối thoại đã ổn: Đĩa chứa dữ liệu đã rộng lại")


async def test_what_comes_and_goes_is_told_at_most_once_an_hour(watched):
    told = []
    for minute in range(180):
        watched.room = 300 * 1024**2 if minute % 2 == 0 else PLENTY
        told.append(await watched.looks(minutes=1))

    assert sum(map(len, told)) <= 4
    assert told[0] == ["disk"]


async def test_a_restart_tells_nothing_again(watched):
    watched.room = 300 * 1024**2
    assert await watched.looks() == ["disk"]
    watched.started_anew()

    assert await watched.looks(hours=2) == []


@pytest.mark.parametrize(("minutes", "told"), [(14, []), (15, ["silent"])])
async def test_fifteen_minutes_without_the_platform_are_told(watched, minutes, told):
    await watched.looks()

    assert await watched.looks(minutes=minutes, heard=False) == told


async def test_a_start_after_a_long_night_is_no_silence_yet(watched):
    await watched.fact("telegram.last_poll", (watched.world.clock.now() - timedelta(days=3)).isoformat())

    assert await watched.looks(heard=False) == []
    assert await watched.looks(heard=False, minutes=15) == ["silent"]


async def test_each_new_update_in_quarantine_is_told_and_fewer_are_not(watched, database):
    await watched.quarantines(1, 2)
    assert await watched.looks() == ["quarantine"]
    await watched.quarantines(3)
    assert await watched.looks(minutes=10) == []
    assert await watched.looks(minutes=50) == ["quarantine"]
    with sqlite3.connect(database) as operator:
        operator.execute("UPDATE inbox SET state = 'done' WHERE id = 1")
    operator.close()
    assert await watched.looks(hours=2) == []
    await watched.quarantines(4)
    assert await watched.looks(hours=2) == ["quarantine"]

    assert "2 tin" in letters(watched)[0].get_body().get_content()
    assert "3 tin" in letters(watched)[1].get_body().get_content()


async def test_a_conflict_is_told(watched):
    await watched.contact.conflicts()

    assert await watched.looks() == ["conflict"]


async def test_what_waits_ten_minutes_is_told(watched):
    world = watched.world
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "1", "7", "{}")], world.clock.now())
        await tx.outbox.say(Address(ChannelName.TELEGRAM, "42", "7"), Words("Chào bạn"), world.clock.now())

    assert await watched.looks(minutes=10) == []
    assert await watched.looks(seconds=1) == ["inbox", "outbox"]
    assert len(letters(watched)) == 1
    assert "Chào bạn" not in letters(watched)[0].as_string()


async def test_failed_backups_and_workbooks_are_told(watched):
    await watched.fact(backup.FAILED, watched.world.clock.now().isoformat())
    await watched.fact(EXPORT_FAILED, "week:2024-02-19")

    assert await watched.looks() == ["backup", "export"]


async def test_backups_that_stay_away_are_told_though_nothing_failed(watched):
    await watched.looks()

    assert await watched.looks(hours=2, heard=False) == ["silent"]
    assert await watched.looks(hours=1, minutes=1, heard=False) == ["backup"]


async def test_a_database_that_takes_nothing_is_told_once_by_a_process_that_cannot_write_it_down(watched, monkeypatch):
    await watched.looks()

    def broken():
        raise OSError

    monkeypatch.setattr(watched.world.store, "transaction", broken)
    told = [await watched.looks(heard=False, minutes=1) for _ in range(5)]

    assert told == [["database"], [], [], [], []]
    assert "OSError" in letters(watched)[0]["Subject"]


async def test_what_a_broken_database_hides_is_not_told_as_over(watched, monkeypatch):
    await watched.quarantines(1)
    assert await watched.looks() == ["quarantine"]

    def broken():
        raise OSError

    monkeypatch.setattr(watched.world.store, "transaction", broken)

    assert await watched.looks(heard=False, hours=2) == ["database"]


async def test_an_alarm_that_does_not_get_through_is_sent_at_the_next_look(watched):
    watched.room = 300 * 1024**2
    watched.mailroom.answers = ["451 later"]

    assert await watched.looks() == []
    assert await watched.looks(minutes=1) == ["disk"]


def test_every_rule_has_its_three_sentences_and_every_sentence_its_rule():
    wanted = {rule.key(suffix) for rule in RULES for suffix in ("", "_todo", "_over")}

    assert wanted == {key for key in Key if key.value.startswith("alert.")} - {
        Key.ALERT_SUBJECT,
        Key.ALERT_SUBJECT_OVER,
        Key.ALERT_BODY,
    }


def test_what_was_told_is_read_back_as_it_was_written(watched):
    for told in (Told(), Told(3, watched.world.clock.now())):
        assert Told.read(str(told)) == told
