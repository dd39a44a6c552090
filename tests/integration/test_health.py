"""How the bot is, as programs ask it: alive, ready, and the figures. Real web server, real database."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.dialects import sqlite

from bot.domain.errors import DeliveryError, Shut
from bot.domain.message import Address, ChannelName
from bot.domain.submission import Action
from bot.ports import RawUpdate
from bot.usecases import backup, health, tasks
from bot.usecases.contact import Contact
from bot.usecases.health import Health, LoopLag
from bot.usecases.tally import Tally
from handlers.web.health import HealthPages, _Figures
from storage.schema import inbox, outbox
from storage.vitals import _first, _how_many
from tests.databases import empty_database
from tests.doubles.web_room import house
from tests.world import World, asked, decide

TOKEN = "mot-ma-du-dai-0123456789"
PLENTY = 50 * 1024**3


@pytest.fixture
def world(store, tmp_path):
    return World(store, tmp_path)


class Ticks:
    """Seconds that pass when told to."""

    now = 1000.0

    def __call__(self):
        return self.now


def health_of(world, contact=None, room=PLENTY, **more):
    return Health(
        *(world.store, world.clock, world.voice, world.running, Tally(), LoopLag(), world.folder, contact),
        room=lambda _: room,
        **more,
    )


def contact_of(world):
    return Contact(world.store, world.clock, world.voice)


async def why(health_):
    return [complaint.name for complaint in health_.unready(await health_.look())]


# ------------------------------------------------------------------ alive


async def test_a_loop_that_is_held_up_is_as_late_as_it_is_and_not_as_it_was():
    tick = Ticks()
    lag = LoopLag(tick)
    measuring = tasks.start(lag.run(), "loop lag")
    await asyncio.sleep(0)

    tick.now += 5.0

    assert lag.seconds == 4.75
    measuring.cancel()


async def test_a_process_whose_loop_is_held_up_is_not_alive(world):
    tick = Ticks()
    watched = health_of(world)
    watched.lag = LoopLag(tick)
    measuring = tasks.start(watched.lag.run(), "loop lag")
    await asyncio.sleep(0)
    assert watched.alive() == []

    tick.now += 3.0

    assert [complaint.name for complaint in watched.alive()] == ["loop"]
    assert "2.8 giây" in watched.alive()[0].says
    measuring.cancel()


@asynccontextmanager
async def part(within):
    """A part that promised to come round within that time, and does nothing more."""
    promised = asyncio.Event()

    async def work():
        tasks.back_within(within, "working")
        promised.set()
        await asyncio.Event().wait()

    running = tasks.start(work(), "worker")
    await promised.wait()
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_part_that_does_not_come_round_is_named_until_it_ends(world):
    watched = health_of(world)

    async with part(within=-1.0):
        assert [(complaint.name, "working" in complaint.says) for complaint in watched.alive()] == [("stuck", True)]
    assert watched.alive() == []


async def test_a_part_that_still_has_time_is_not_stuck(world):
    async with part(within=60.0):
        assert health_of(world).alive() == []


# ------------------------------------------------------------------ ready


async def test_a_bot_in_order_is_ready(world):
    contact = contact_of(world)
    contact.good()

    assert await why(health_of(world, contact)) == []


async def test_without_a_platform_nobody_has_to_be_heard_from(world):
    assert await why(health_of(world)) == []


async def test_a_bot_that_never_heard_of_its_platform_is_not_ready(world):
    assert await why(health_of(world, contact_of(world))) == ["platform"]


@pytest.mark.parametrize(("seconds", "expected"), [(59, []), (60, ["platform"])])
async def test_a_minute_without_the_platform_is_too_long(world, seconds, expected):
    contact = contact_of(world)
    contact.good()
    world.clock.move(seconds=seconds)

    assert await why(health_of(world, contact)) == expected


async def test_what_another_process_heard_counts(world):
    async with world.store.transaction() as tx:
        await tx.facts.put("telegram.last_poll", world.clock.now().isoformat())

    assert await why(health_of(world, contact_of(world))) == []


async def test_a_disk_that_is_nearly_full_makes_it_unready(world):
    assert await why(health_of(world, room=health.LITTLE_ROOM - 1)) == ["disk"]
    assert await why(health_of(world, room=health.LITTLE_ROOM)) == []


async def test_a_database_that_another_process_holds_makes_it_unready_until_it_is_free(world, database, monkeypatch):
    monkeypatch.setattr(health, "_PROBE_PATIENCE", 0.05)
    tick = Ticks()
    watched = health_of(world, tick=tick)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    vitals = await watched.look()
    assert vitals.fault == "Timeout"
    assert [complaint.name for complaint in watched.unready(vitals)] == ["database"]

    other.execute("ROLLBACK")
    other.close()
    monkeypatch.setattr(health, "_PROBE_PATIENCE", 30.0)
    tick.now += 10
    assert await why(watched) == []


async def test_whoever_asks_often_gets_one_look(world):
    written = []
    world.store.took = written.append
    tick = Ticks()
    watched = health_of(world, tick=tick)

    looks = await asyncio.gather(*(watched.look() for _ in range(20)))
    assert (len(set(map(id, looks))), len(written)) == (1, 1)

    tick.now += 10
    assert await watched.look() is not looks[0]
    assert len(written) == 2


async def test_backups_are_wanted_two_hours_after_their_time_and_never_for_a_time_before_the_start(world):
    watched = health_of(world, backup_at="0 * * * *")
    assert (await watched.look()).backup_wanted is None

    world.clock.move(hours=3, minutes=30)
    again = health_of(world, backup_at="0 * * * *")
    again._since = watched._since

    assert (await again.look()).backup_wanted == world.clock.now().replace(hour=13, minute=0)
    assert (await health_of(world, backup_at=backup.NEVER).look()).backup_wanted is None


# ------------------------------------------------------------------ figures


@pytest.fixture
async def web(tmp_path):
    async with house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ask(web):
    async with aiohttp.ClientSession() as session:

        async def ask(path, **headers):
            async with session.get(web.room.address + path, headers=headers) as answer:
                return SimpleNamespace(
                    status=answer.status, text=await answer.text(), kind=answer.headers["Content-Type"]
                )

        yield ask


def figures(text):
    """Each sample by its name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_figures_tell_what_waits_and_how_submissions_stand(web, ask):
    await web.ask("Bao giờ có đường mới?")
    await web.ask("Học nghề ở đâu?")
    await web.say("chat-cua-lan", "Chờ gửi")
    async with web.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", str(n), "7", "{}") for n in range(3)], web.clock.now())
        await tx.inbox.quarantine(1, web.clock.now(), "ValueError")
        await tx.facts.put(backup.LAST, web.clock.now().isoformat())
    web.clock.later(seconds=90)
    await web.say("chat-cua-minh", "Mới hơn")
    async with web.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "99", "8", "{}")], web.clock.now())

    answer = await ask("/metrics")

    told = figures(answer.text)
    assert answer.kind.startswith("text/plain; version=")
    assert told["doithoai_inbox_waiting",] == 3
    assert told["doithoai_inbox_oldest_seconds",] == 90
    assert told["doithoai_inbox_quarantined",] == 1
    assert (told["doithoai_outbox_waiting",], told["doithoai_outbox_oldest_seconds",]) == (2, 90)
    assert told["doithoai_submissions", "waiting"] == 2
    assert told["doithoai_last_backup_seconds",] == web.clock.now().timestamp() - 90
    assert told["doithoai_database_writable",] == 1
    assert told["doithoai_process_resident_memory_bytes",] > 1_000_000
    assert ("doithoai_last_export_seconds",) not in told  # nobody made one: not 1970


@pytest.mark.parametrize(
    "statement",
    [
        _how_many(inbox, "waiting"),
        _how_many(inbox, "quarantined"),
        _how_many(outbox, "waiting"),
        _first(inbox, "received_at"),
        _first(outbox, "created_at"),
    ],
)
def test_what_waits_is_counted_in_an_index_of_what_waits(database, statement):
    empty_database(database)
    sql = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))

    with closing(sqlite3.connect(database)) as file:
        plan = " ".join(row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {sql}"))

    assert re.search(r"ix_(in|out)box_(waiting|quarantined|chat_order)", plan), plan


async def test_refusals_and_transactions_are_counted(world):
    tally = Tally()
    world.store.took = tally.transactions.add
    for fault in (
        DeliveryError("TelegramRetryAfter", retry_after=5.0),
        DeliveryError("TelegramForbiddenError", permanent=True, shut=Shut.REMOVED),
        DeliveryError("TelegramNetworkError"),
    ):
        tally.refusal(fault)
    async with world.store.transaction() as tx:
        await tx.facts.put("x", "y")
    with pytest.raises(ZeroDivisionError):
        async with world.store.transaction():
            1 / 0  # noqa: B018 - what fails is no commit

    assert tally.refused == {"429": 1, "403": 1}
    assert sum(tally.transactions.counts) == 1


async def test_the_time_to_a_decision_is_that_of_the_newest_decided(world):
    (_, first), (_, second), _ = await asked(world, "Học phí năm nay?", "Xe buýt về xã em?", "Việc làm ở đâu?")
    world.clock.move(minutes=10)
    await decide(world, first, Action.APPROVE)
    world.clock.move(minutes=20)
    await decide(world, second, Action.APPROVE)

    assert sorted((await health_of(world).look()).decided_after) == [600.0, 1800.0]


async def test_a_platforms_quota_is_told_where_there_is_one(world):
    class Some:
        def __init__(self, left):
            self._left = left

        async def left(self, _tx):
            return self._left

    vitals = await health_of(world, quotas={"zalo": Some(2600), "khac": Some(None)}).look()

    assert vitals.quota_left == {"zalo": 2600}
    shown = {sample.name: sample for family in _Figures(vitals, Tally()).collect() for sample in family.samples}
    assert shown["doithoai_quota_left"].labels == {"platform": "zalo"}


async def test_no_figure_holds_anything_of_anybody(web, ask):
    secret = "Nguyễn Thị Canary 0912345678"
    await web.ask(f"{secret} hỏi đường mới", unit="Phường Canary")
    await web.say("chat-canary", secret)
    async with web.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "9", "chat-canary", secret)], web.clock.now())
        await tx.people.put(Address(ChannelName.WEB, "web", "chat-canary"), 1, web.clock.now(), "Phường Canary", "")

    shown = "".join([(await ask(path)).text for path in ("/metrics", "/ready", "/live")])

    assert "doithoai_inbox_waiting 1.0" in shown
    assert not re.search(r"canary|0912345678|HY26", shown, re.IGNORECASE)


async def test_the_figures_are_for_this_machine_and_not_for_those_whom_a_proxy_brings(ask):
    assert (await ask("/metrics")).status == 200
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert (await ask("/metrics", **{header: "203.0.113.5"})).status == 404


async def answer_of(tmp_path, token, behind_proxy, **headers):
    async with house(tmp_path) as opened:
        pages = HealthPages(health_of(World(opened.store, tmp_path)), token, behind_proxy=behind_proxy)
        request = SimpleNamespace(headers=headers, remote="127.0.0.1")
        try:
            return (await pages.metrics(request)).status
        except aiohttp.web.HTTPException as refusal:
            return refusal.status


@pytest.mark.parametrize(
    ("token", "behind_proxy", "given", "expected"),
    [
        (TOKEN, True, f"Bearer {TOKEN}", 200),
        (TOKEN, False, f"Bearer {TOKEN}", 200),
        (TOKEN, True, "Bearer sai", 403),
        (TOKEN, False, "Bearer sai\udcff", 403),
        (TOKEN, True, "", 404),
        ("", True, "", 404),
        ("", True, "Bearer gi-cung-duoc", 404),
        ("", False, "", 200),
    ],
)
async def test_behind_a_proxy_the_figures_take_the_token(tmp_path, token, behind_proxy, given, expected):
    headers = {"Authorization": given} if given else {}

    assert await answer_of(tmp_path, token, behind_proxy, **headers) == expected


async def test_live_and_ready_have_their_short_addresses(ask):
    assert ((await ask("/live")).text, (await ask("/ready")).status) == ('{"ok": true}', 200)


async def test_a_stuck_part_is_told_with_503(ask):
    async with part(within=-1.0):
        answers = [await ask(path) for path in ("/live", "/ready")]

    assert [answer.status for answer in answers] == [503, 503]
    assert '"name": "stuck"' in answers[0].text


async def test_what_was_posted_before_a_look_is_in_it(web, ask):
    async with web.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("web", "web", str(uuid4()), "c", "{}")], web.clock.now() - timedelta(seconds=5))

    assert figures((await ask("/metrics")).text)["doithoai_inbox_oldest_seconds",] == 5
