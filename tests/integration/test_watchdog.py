"""Signs of life: systemd's socket for real, a watch outside on the loopback, and none of them where something is wrong."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.app import Desk, House, Mode
from bot.settings import Settings
from bot.usecases import tasks
from bot.usecases.health import Complaint, Health, LoopLag
from bot.usecases.tally import Tally
from bot.usecases.watchdog import FarWatch, Watchdog
from handlers.host.ping import HttpPinger
from handlers.host.supervisor import Systemd
from tests.world import World

STUCK = Complaint("stuck", "Phần “working” không chạy tiếp.")
BUSY = Complaint("loop", "Chương trình đang bị nghẽn.")
FULL = Complaint("disk", "Đĩa đầy.")


class SomeHealth:
    """Says what a test tells it to say."""

    complaints: tuple[Complaint, ...] = ()

    def alive(self):
        return [complaint for complaint in self.complaints if complaint.name != "disk"]

    async def look(self):
        return None

    def unready(self, _vitals):
        return list(self.complaints)


@pytest.fixture(params=["file", "abstract"])
def notified(request, tmp_path):
    """The end of the line at which systemd listens, and the environment that it gives."""
    address = str(tmp_path / "notify") if request.param == "file" else f"\0doithoai-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(address)
        line.settimeout(10)
        yield line, {"NOTIFY_SOCKET": address.replace("\0", "@"), "WATCHDOG_USEC": "60000000"}


def heard(line):
    return line.recv(100).decode()


async def test_a_run_begins_goes_on_and_ends_in_systemds_own_words(notified):
    line, environment = notified
    watching = tasks.start(Watchdog(Systemd(environment), SomeHealth()).run(), "watchdog")
    await asyncio.sleep(0)
    assert (heard(line), heard(line)) == ("READY=1", "WATCHDOG=1")

    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert heard(line) == "STOPPING=1"


def test_signs_of_life_go_three_times_as_often_as_demanded(notified):
    assert Systemd(notified[1]).period == 20.0


def test_a_stuck_part_calls_for_help_and_a_slow_loop_says_nothing(notified):
    line, environment = notified
    health = SomeHealth()
    watchdog = Watchdog(Systemd(environment), health)

    health.complaints = (STUCK,)
    assert not watchdog.step()
    for complaints in ((BUSY,), (BUSY, STUCK)):  # the second: all have just been woken
        health.complaints = complaints
        assert not watchdog.step()
    health.complaints = ()
    assert watchdog.step()

    assert [heard(line), heard(line)] == ["WATCHDOG=trigger", "WATCHDOG=1"]
    line.setblocking(False)
    with pytest.raises(BlockingIOError):  # and nothing more
        heard(line)


@pytest.mark.parametrize(
    "environment",
    [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "", "WATCHDOG_USEC": "nonsense"}],
)
def test_where_nobody_listens_nothing_happens(environment):
    supervisor = Systemd(environment)

    assert Watchdog(supervisor, SomeHealth()).step()
    assert supervisor.period == 10.0


@pytest.mark.parametrize(
    ("mode", "more"), [(Mode.PRODUCTION, {"far watch", "alerts"}), (Mode.REHEARSAL, set()), (Mode.DEMO, set())]
)
def test_a_rehearsal_wakes_nobody_outside(store, tmp_path, mode, more):
    world = World(store, tmp_path)
    settings = Settings(
        ping_url="https://example.vn/ping",
        alert_mail_to="truc@tinhdoan.example.vn",
        smtp_host="thu.example.vn",
        mail_from="bot@tinhdoan.example.vn",
    )
    desk = Desk(settings, mode, world.clock, world.voice, world.library, store, world.pulse, world.running)
    health = Health(*(store, world.clock, world.voice, world.running, Tally(), LoopLag(), tmp_path))

    assert set(House._watching(desk, health)) == {"loop lag", "watchdog"} | more


@asynccontextmanager
async def outside(status=200):
    """A watch outside; gives its address and the calls that came."""
    calls = []

    async def answer(request):
        calls.append(request.path)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/ping/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/ping/bi-mat", calls
    await runner.cleanup()


async def test_the_watch_outside_is_called_while_the_bot_is_ready_and_not_otherwise():
    health = SomeHealth()
    async with outside() as (address, calls):
        watch = FarWatch(HttpPinger(address), health)

        assert await watch.step()
        health.complaints = (FULL,)
        assert not await watch.step()

    assert calls == ["/ping/bi-mat"]


async def test_a_watch_that_cannot_be_reached_is_named_by_the_fault_and_not_by_its_address(caplog):
    async with outside(status=500) as (address, _):
        assert not await FarWatch(HttpPinger(address), SomeHealth()).step()
    assert not await FarWatch(HttpPinger(address), SomeHealth()).step()

    assert "HTTP 500" in caplog.text
    assert "ClientConnectorError" in caplog.text
    assert "bi-mat" not in caplog.text
