"""The last hour before a cutoff: five thousand updates wait, few file handles, little memory (L1, L2).

The program runs with `ulimit -n 256`. Durable is what Telegram was told is durable: an update that the double no longer
holds. Figures are of this machine; only counts decide in the suite.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections import Counter
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.doubles.telegram import TelegramDouble
from tests.faults.kills import PATIENCE, Killing, consented, free_address, question
from tests.faults.table import Found, Ground, fault
from tests.programs import Programs

HANDLES = 256
WAITING = 5000
DURABLE, ANSWERED, MEMORY, THREADS = 5.0, 240.0, 300.0, 20
RECEIPT, RATE = 5.0, 20
_MEGABYTE = 2**20


@dataclass(frozen=True)
class Burst:
    """`durable` seconds until the last was acknowledged, `answered` until the last got an answer (0: nobody waited for
    it); the peaks while the program worked them off.
    """

    waiting: int
    durable: float
    answered: float
    memory: float
    threads: int
    lost: int
    doubled: int


async def burst(data_dir: Path, *, waiting: int, webhook: bool = False, answered: bool = True) -> Burst:
    """So many people write their first words while the bot is off, and each is greeted once. With `answered` wait for every answer as well."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        people = [double.user(1000 + number) for number in range(waiting)]
        for person in people:
            await double.user_types(person, "em muốn hỏi")
        programs = await stack.enter_async_context(Programs())
        killing = Killing(double, programs, data_dir, free_address() if webhook else "")
        program = await killing.start(handles=HANDLES, own=True)
        await killing.until(program, lambda: bool(double.called("getUpdates") or double.knocks))
        begun, peak = time.monotonic(), _Peak(program.pid)
        await killing.until(program, lambda: peak.look() and not double.pending)
        durable = time.monotonic() - begun
        database = data_dir / "doithoai.sqlite3"
        await killing.until(program, lambda: peak.look() and not _waiting(database), PATIENCE + waiting / 10)
        heard = 0.0
        if answered:
            silent = {person.id for person in people}
            await killing.until(program, lambda: peak.look() and not _still(double, silent), PATIENCE + waiting / 10)
            heard = time.monotonic() - begun
        program.kill()
        await program.wait()
        effects = Counter(_answers(database))
        usual = max(effects.values(), key=list(effects.values()).count)  # how many messages a greeting is
        lost = waiting - len(effects) + sum(times < usual for times in effects.values())
        doubled = sum(times > usual for times in effects.values())
        if answered:
            said = [[one for one in double.messages(person) if _is_new(one.text)] for person in people]
            lost, doubled = lost + said.count([]), doubled + sum(len(texts) > usual for texts in said)
        return Burst(waiting, durable, heard, peak.memory, peak.threads, lost, doubled)


def _is_new(text: str) -> bool:
    return not text.startswith("(gửi lại)")


def _still(double: TelegramDouble, silent: set[int]) -> bool:
    silent.difference_update([id_ for id_ in silent if double.messages(id_)])
    return bool(silent)


def _waiting(database: Path) -> int:
    ((count,),) = _read(database, "SELECT count(*) FROM inbox WHERE state = 'waiting'")
    return int(count)


def _answers(database: Path) -> list[str]:
    """The chat of every answer."""
    return [
        chat for (chat,) in _read(database, "SELECT chat FROM outbox WHERE kind = 'words' AND channel = 'telegram'")
    ]


def _read(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return opened.execute(query).fetchall()


class _Peak:
    """The most memory (megabytes) and threads that a process had whenever somebody looked."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.memory, self.threads = 0.0, 0

    def look(self) -> bool:
        self.memory = max(self.memory, self._process.memory_info().rss / _MEGABYTE)
        self.threads = max(self.threads, self._process.num_threads())
        return True


async def steady(data_dir: Path, *, rate: int = RATE, seconds: int = 60) -> list[float]:
    """Somebody new writes every 1/`rate` seconds; how long each waited for the bot's answer, in seconds."""
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        people = [double.user(1000 + number) for number in range(rate * seconds)]
        await consented(people, data_dir / "doithoai.sqlite3")
        killing = Killing(double, await stack.enter_async_context(Programs()), data_dir)
        program = await killing.start()
        await killing.until(program, lambda: double.polling)
        asked: dict[int, float] = {}
        heard: dict[int, float] = {}

        def listen() -> bool:
            now = time.monotonic()
            heard.update({id_: now for id_ in asked.keys() - heard.keys() if double.messages(id_)})
            return len(heard) == len(people)

        begun = time.monotonic()
        for number, person in enumerate(people):
            while time.monotonic() < begun + number / rate:
                await asyncio.sleep(0.005)
                listen()
            asked[person.id] = time.monotonic()
            await double.user_types(person, question(person))
        await killing.until(program, listen)
        program.kill()
        await program.wait()
        return [heard[id_] - asked[id_] for id_ in asked]


@fault("L1", "5.000 tin dồn lại trước giờ hết hạn, 256 tệp mở (ulimit -n 256)", rounds=1)
async def five_thousand_waiting(ground: Ground) -> Found:
    """Everything durable within five seconds, in little memory, whatever way it comes in."""
    found = [
        await burst(await ground.model(way), waiting=WAITING, webhook=way == "webhook")
        for way in ("polling", "webhook")
    ]
    for one in found:
        assert one.memory <= MEMORY, one
        assert one.threads <= THREADS, one
        assert one.answered <= ANSWERED, one
    assert found[0].durable <= DURABLE, found[0]
    lost, doubled = sum(one.lost for one in found), sum(one.doubled for one in found)
    note = "; ".join(
        f"{way}: {one.durable:.1f} giây thì nằm chắc cả, {one.memory:.0f} MB, {one.threads} luồng, {one.answered:.0f} giây thì ai cũng có lời đáp"
        for way, one in zip(("đi lấy", "mang đến"), found, strict=True)
    )
    return Found(f"{WAITING} tin chờ sẵn, mỗi cách nhận một lần", lost, doubled, note)


@fault("L2", "20 người nhắn mỗi giây", rounds=60)
async def twenty_a_second(ground: Ground) -> Found:
    """How long people wait for an answer; rounds are seconds."""
    waits = sorted(await steady(await ground.model(), seconds=ground.rounds))
    slowest = statistics.quantiles(waits, n=100)[98]
    assert slowest <= RECEIPT, f"p99 {slowest:.2f} s"
    note = f"nửa số người chờ dưới {statistics.median(waits):.2f} giây, 99 % dưới {slowest:.2f} giây"
    return Found(f"{RATE} tin mỗi giây trong {ground.rounds} giây", 0, 0, note)
