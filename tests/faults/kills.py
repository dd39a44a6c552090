"""The program is killed in the middle of its work, again and again, while people write (D1, D2).

Each round ten people write a question and send it, twenty updates while the program starts and works, and it is killed at
a point drawn by lot: at the so-manieth call of some method, before or after it was done, a few milliseconds later. What counts is what
became of each question: filed once, with one receipt that does not say that it may be a repeat.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName
from bot.domain.submission import State
from bot.programmes.load import Library
from bot.usecases.tasks import start
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.telegram import TOKEN, Person, TelegramDouble
from tests.faults.table import Found, Ground, fault
from tests.programs import Program, Programs
from tests.world import World, Youth

PROGRAMME = "mau"
PEOPLE = 10
ROUNDS = 12
PATIENCE = 120.0
LEAVING = 10.0
SECRET = "bi-mat-cua-webhook_0123456789"
_RECEIPT = "Đã nhận câu hỏi của bạn. Mã:"
_REPEATED = "(gửi lại)"
_JITTER, _BETWEEN = 0.02, 0.15


@dataclass
class Count:
    """What became of the questions, and how long the program took to leave after SIGTERM."""

    sent: int
    filed: Counter[str]
    receipts: Counter[str]
    repeats: int
    left_open: int
    leaving: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self.sent - len(self.filed) + self.sent - len(self.receipts) + self.left_open

    @property
    def doubled(self) -> int:
        return sum(times - 1 for times in (*self.filed.values(), *self.receipts.values()))


@dataclass
class Killing:
    """A double, a data folder and the programs that die on it."""

    double: TelegramDouble
    programs: Programs
    data_dir: Path
    webhook: str = ""
    chance: random.Random = field(default_factory=lambda: random.Random(20240304))
    leaving: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    def env(self) -> dict[str, str]:
        hook = {"DOITHOAI_TELEGRAM_WEBHOOK": self.webhook, "DOITHOAI_TELEGRAM_WEBHOOK_SECRET": SECRET}
        return {
            "DOITHOAI_DATA_DIR": str(self.data_dir),
            "DOITHOAI_TELEGRAM_TOKEN": TOKEN,
            "DOITHOAI_TELEGRAM_API": self.double.base,
            "DOITHOAI_WEB_BIND": self.webhook.removeprefix("http://") or "127.0.0.1:0",
            "DOITHOAI_TRAIN_AT": "off",
            "DOITHOAI_CHAT_PACE": "0",
            **(hook if self.webhook else {}),
        }

    async def start(self, *, handles: int = 0, own: bool = False) -> Program:
        """See `Programs.start`."""
        command = ("run", "--programme", PROGRAMME)
        return await self.programs.start(*command, env=self.env(), log=self.log, handles=handles, own=own)

    async def round(self, people: list[Person], sign: signal.Signals) -> None:
        """Twenty updates, some before the start and some after it, one start, one death."""
        program = await self.start()
        writing = start(self._write(people), "people write")
        loop, reached = asyncio.get_running_loop(), asyncio.Event()
        method, most = self.chance.choice(self._points())

        def kill_soon() -> None:
            reached.set()
            loop.call_later(self.chance.uniform(0, _JITTER), program.kill, sign)

        after = self.chance.random() < 0.5
        self.double.on(method, kill_soon, nth=self.chance.randint(1, most), after=after)
        await self.until(program, lambda: reached.is_set() or (writing.done() and self._quiet(people)))
        begun = time.monotonic()
        if not reached.is_set():  # fewer polls were needed than drawn
            program.kill(sign)
        code = await program.wait(LEAVING + 20)
        if sign is signal.SIGTERM:
            self.leaving.append(time.monotonic() - begun)
            self.codes.append(code)
        await writing
        self.double.forget_kill_points()

    async def _write(self, people: list[Person]) -> None:
        for person in people:
            await self.double.user_types(person, question(person))
            await asyncio.sleep(self.chance.uniform(0, _BETWEEN))
            await self.double.user_types(person, "gửi")

    def _quiet(self, people: list[Person]) -> bool:
        return not self.double.pending and all(self._heard(person) for person in people)

    async def until(self, program: Program, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait; nobody waits in earnest for the pauses between two tries. AssertionError where the program gave up."""
        async with asyncio.timeout(patience):
            while not condition():
                assert program.code is None or program.killed, self.log.read_text("utf-8")[-2000:]
                await self.double.hurry()
                await asyncio.sleep(0.05)

    @property
    def log(self) -> Path:
        return self.data_dir.parent / "program.log"

    def _points(self) -> list[tuple[str, int]]:
        """Where it may die: while something comes in, while something goes out."""
        return [("sendMessage", 18), ("webhook", 18) if self.webhook else ("getUpdates", 8)]

    async def end(self, people: list[Person]) -> None:
        """Start once more and let everything come to rest; nobody is killed."""
        asked = self._asked()
        program = await self.start()
        database = self.data_dir / "doithoai.sqlite3"

        def quiet() -> bool:
            listens = self._asked() > asked and (self.webhook or self.double.polling)
            return bool(listens) and not self.double.pending and at_rest(database)

        await self.until(program, quiet, PATIENCE + len(people) / 5)
        program.kill(signal.SIGTERM)
        assert await program.wait() == 0

    def _asked(self) -> int:
        return len(self.double.called("getUpdates")) + len(self.double.called("setWebhook"))

    def _heard(self, person: Person) -> bool:
        return any(_RECEIPT in one.text for one in self.double.messages(person))

    async def count(self, people: list[Person]) -> Count:
        texts = {question(person) for person in people}
        said = [(person.id, one.text) for person in people for one in self.double.messages(person)]
        receipts = Counter(id_ for id_, text in said if _RECEIPT in text and not text.startswith(_REPEATED))
        for id_, text in said:
            if _RECEIPT in text and not receipts[id_]:
                receipts[id_] = 1  # only a marked one arrived: the first died on its way
        now = datetime.now(VIETNAM)
        store = await SqlStore.open(f"sqlite:///{self.data_dir / 'doithoai.sqlite3'}", at=now)
        try:
            async with store.reading() as tx:
                filed = [one.text for one in await tx.submissions.of_programme(PROGRAMME, State)]
                left_open = await tx.inbox.open()
        finally:
            await store.close()
        assert set(filed) <= texts
        repeats = sum(text.startswith(_REPEATED) for _, text in said)
        return Count(len(people), Counter(filed), receipts, repeats, left_open, self.leaving, self.codes)


def at_rest(database: Path) -> bool:
    """Whether nothing waits in it any more, neither to be handled nor to be sent."""
    waits = "SELECT EXISTS (SELECT 1 FROM {} WHERE state IN ('waiting', 'sending'))"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return not any(opened.execute(waits.format(table)).fetchone()[0] for table in ("inbox", "outbox"))


def question(person: Person) -> str:
    return f"Câu hỏi số {person.id} của em về học phí"


async def consented(people: list[Person], file: Path) -> None:
    """A database in which everybody has agreed and said where they are from, through the real use case."""
    store = await SqlStore.open(empty_database(file), at=datetime.now(VIETNAM))
    try:
        world = World(store, file.parent / "xuat", programme=PROGRAMME, boards=())
        world.library = Library.open(None, datetime.now(VIETNAM).date())
        world.clock.at = datetime.now(VIETNAM)
        for person in people:
            await Youth(world, Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], str(person.id))).agrees()
        async with store.transaction() as tx:
            while rows := await tx.outbox.claim(world.clock.at, lambda _: True, limit=100):
                for row in rows:
                    await tx.outbox.sent(row.id, world.clock.at, "")
    finally:
        await store.close()


def free_address() -> str:
    """An address of this machine that nobody listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{trial.getsockname()[1]}"


async def killed(
    data_dir: Path, *, webhook: bool, rounds: int = ROUNDS, signs: tuple[signal.Signals, ...] = (signal.SIGKILL,)
) -> Count:
    """Kill the program `rounds` times, with these signals in turn, then let it end its work. `data_dir` has a model."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        people = [double.user(1000 + number, f"Bạn {number}") for number in range(rounds * PEOPLE)]
        await consented(people, data_dir / "doithoai.sqlite3")
        programs = await stack.enter_async_context(Programs())
        killing = Killing(double, programs, data_dir, free_address() if webhook else "")
        for number in range(rounds):
            now = people[number * PEOPLE : (number + 1) * PEOPLE]
            await killing.round(now, signs[number % len(signs)])
        await killing.end(people)
        return await killing.count(people)


@dataclass(frozen=True)
class Stopped:
    """A program that was asked to stop (SIGTERM) with its hands full."""

    code: int
    seconds: float
    polls_afterwards: int
    count: Count


async def stopped_under_load(data_dir: Path, *, webhook: bool = False, people: int = 50) -> Stopped:
    """Ask it to stop when everything has been fetched and ten answers are out; then let the next one end the work."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        crowd = [double.user(1000 + number, f"Bạn {number}") for number in range(people)]
        await consented(crowd, data_dir / "doithoai.sqlite3")
        for person in crowd:
            await double.user_types(person, question(person))
            await double.user_types(person, "gửi")
        programs = await stack.enter_async_context(Programs())
        killing = Killing(double, programs, data_dir, free_address() if webhook else "")
        program = await killing.start()
        await killing.until(
            program,
            lambda: not double.pending and (webhook or double.polling) and len(double.called("sendMessage")) >= 10,
        )
        polls, begun = len(double.called("getUpdates")), time.monotonic()
        program.kill(signal.SIGTERM)
        code = await program.wait()
        seconds, more = time.monotonic() - begun, len(double.called("getUpdates")) - polls
        await killing.end(crowd)
        return Stopped(code, seconds, more, await killing.count(crowd))


MOSTLY_KILLED = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)


async def _found(ground: Ground, *, webhook: bool) -> Found:
    data_dir = await ground.model()
    count = await killed(data_dir, webhook=webhook, rounds=ground.rounds, signs=MOSTLY_KILLED)
    shutil.rmtree(data_dir, ignore_errors=True)
    updates = 2 * count.sent
    note = f"{count.sent} câu hỏi; {count.repeats} lời nhắn lại có ghi “(gửi lại)”"
    return Found(f"{ground.rounds} lần dừng ở lúc bất kỳ, {updates} tin", count.lost, count.doubled, note)


@fault("D2", "được yêu cầu dừng (SIGTERM, khởi động lại máy) giữa lúc đông người hỏi")
async def stops(ground: Ground) -> Found:
    """SIGTERM under load, for either way in."""
    stopped = [
        await stopped_under_load(await ground.model(way), webhook=way == "webhook") for way in ("polling", "webhook")
    ]
    for one in stopped:
        assert (one.code, one.polls_afterwards) == (0, 0)
        assert one.seconds <= LEAVING, f"it took {one.seconds:.1f} s to leave"
    lost, doubled = (sum(getattr(one.count, name) for one in stopped) for name in ("lost", "doubled"))
    took = " và ".join(f"{one.seconds:.1f}".replace(".", ",") for one in stopped)
    return Found("SIGTERM khi còn 90 lời đáp chưa gửi, cả hai cách nhận tin", lost, doubled, f"dừng sau {took} giây")


@fault("D1-polling", "chương trình chết giữa chừng (SIGKILL, mất điện), bot tự đi lấy tin", rounds=ROUNDS)
async def kills_polling(ground: Ground) -> Found:
    """Random kills while updates are fetched."""
    return await _found(ground, webhook=False)


@fault("D1-webhook", "chương trình chết giữa chừng (SIGKILL, mất điện), Telegram mang tin đến", rounds=ROUNDS)
async def kills_webhook(ground: Ground) -> Found:
    """Random kills while updates are brought."""
    return await _found(ground, webhook=True)
