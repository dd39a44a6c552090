"""What a message costs on our whole road, beside a bot that keeps nothing: `python -m tests.benchmarks.load [--help]`.

Both run at once, each a process of its own, and are written to in turns (A B A B …) by 16 people who wait for their
answers; so whatever else the machine does meets both. Ours keeps every update with a durable commit before it is
acknowledged, runs the conversation, classifies, files, and sends what the outbox holds; the other one reads and writes
a state in memory and answers. Time is what a person sees divided by the people at once; CPU is that of the process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psutil

from bot.domain.deadline import VIETNAM
from classifier.corpus import read_development
from classifier.model import load
from classifier.watch import Watch
from storage.store import SqlStore
from tests.benchmarks.load_api import TOKEN, Api, Crowd

CHATS = 16
_ROOT = Path(__file__).parents[2]
_MODEL = _ROOT / ".pytest_cache" / "d" / "mo-hinh"
_READY_SECONDS = 120
_PAUSE, _RESTING = (
    3.0,
    0.1,
)  # seconds between two looks at a bot after its start; the share of a processor of one at rest
_QUESTIONS = 2  # that each person asks

Script = tuple[Sequence[str], Sequence[int]]
Command = tuple[
    Sequence[str], dict[str, str], int
]  # a module with its arguments, settings, messages that answer /start


class Talking:
    """What people write: hello, the consent, who they are left out, then questions of the development texts.

    None that tells of danger: those are answered by more than one message.
    """

    def __init__(self, hello: int) -> None:
        """`hello` is how many messages answer /start; everything else is answered by one."""
        watch = Watch.open()
        self._hello = hello
        self._texts = [row.text for row in read_development() if watch.look(row.text).danger is None]

    def __call__(self, number: int) -> Script:
        lines = ["/start", "1", "Bỏ qua", "Bỏ qua"]
        for place in range(_QUESTIONS):
            lines += [self._texts[(_QUESTIONS * number + place) % len(self._texts)], "Gửi"]
        return lines, [self._hello, *[1] * (len(lines) - 1)]


@dataclass
class Runner:
    """A bot in a process of its own and those who write to it."""

    name: str
    api: Api
    process: subprocess.Popen[bytes]
    wall: list[float] = field(default_factory=list)  # milliseconds an update, round after round
    cpu: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def round(self, updates: int, *, counts: bool = True) -> None:
        """So many updates written and answered."""
        cpu, began = self._cpu(), perf_counter()
        waits = await self.api.crowd.writes(updates)
        if counts:
            self.wall.append(1000 * (perf_counter() - began) / updates)
            self.cpu.append(1000 * (self._cpu() - cpu) / updates)
            self.waits += [1000 * wait for wait in waits]

    async def rests(self) -> None:
        """Come back when all is done that it does after a start (indexes, looking at what waits once more)."""
        before = -1.0
        while self._cpu() - before > _RESTING * _PAUSE:
            before = self._cpu()
            await asyncio.sleep(_PAUSE)

    def _cpu(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system + times.children_user + times.children_system

    @property
    def memory(self) -> float:
        """Resident megabytes."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20


@asynccontextmanager
async def bot(name: str, command: Sequence[str], settings: dict[str, str], hello: int) -> AsyncIterator[Runner]:
    """A bot at work, with its own server and its own people. "{base}" in a setting or argument is the server."""
    crowd = Crowd(Talking(hello), CHATS)
    api = Api(crowd)
    await api.start()
    own = {key: value.format(base=api.base) for key, value in settings.items()}
    arguments = [sys.executable, "-m", *(part.format(base=api.base) for part in command)]
    process = subprocess.Popen(arguments, env={**os.environ, **own}, cwd=_ROOT)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            while not api.ready.is_set():
                if process.poll() is not None:
                    raise SystemExit(f"{name} ended before it began")
                await asyncio.sleep(0.1)
        yield Runner(name, api, process)
    finally:
        process.terminate()
        process.wait(20)
        await api.stop()


def minimal(*, webhook: bool) -> Command:
    """The command of the bot that keeps nothing."""
    port = [str(_free_port())] if webhook else []
    return ["tests.benchmarks.load_minimal", "{base}", *port], {}, 1


def ours(folder: Path, *, webhook: bool = False) -> Command:
    """The command of our bot, its data in `folder`."""
    port = _free_port() if webhook else 0
    hook = {"DOITHOAI_TELEGRAM_WEBHOOK": f"http://127.0.0.1:{port}", "DOITHOAI_TELEGRAM_WEBHOOK_SECRET": "s" * 32}
    settings = {
        **(hook if webhook else {}),
        "DOITHOAI_DATA_DIR": str(folder),
        "DOITHOAI_TELEGRAM_TOKEN": TOKEN,
        "DOITHOAI_TELEGRAM_API": "{base}",
        "DOITHOAI_WEB_BIND": f"127.0.0.1:{port}",
        "DOITHOAI_CHAT_PACE": "0",  # a few chats write far faster here than anybody types
        "LOAD_PROFILE": os.environ.get("LOAD_PROFILE", ""),
    }
    return ["tests.benchmarks.load_ours"], settings, 2


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def data_folder(folder: Path) -> Path:
    """An empty data folder with the trained model in it."""
    _MODEL.mkdir(parents=True, exist_ok=True)
    load(_MODEL)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_MODEL, folder / "mo-hinh", dirs_exist_ok=True)
    return folder


async def side_by_side(folder: Path, rounds: int, updates: int, *, webhook: bool) -> None:
    """The two bots in turns, and their ratio round by round."""
    async with AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(bot("minimal", *minimal(webhook=webhook))),
            await stack.enter_async_context(bot("ours", *ours(folder, webhook=webhook))),
        ]
        for one in both:
            await one.round(max(updates // 2, 200), counts=False)
        for _ in range(rounds):
            for one in both:
                await one.round(updates)
        _tell(both)


def _tell(both: Sequence[Runner]) -> None:
    load_now = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    _say(f"{'':10}{'time/update':>14}{'spread':>16}{'CPU/update':>14}{'answer p50/p99':>20}{'memory':>10}")
    for one in both:
        middle, waits = statistics.median(one.wall), statistics.quantiles(one.waits, n=100)
        spread = f"{min(one.wall):.2f}–{max(one.wall):.2f}"
        cpu = statistics.median(one.cpu)
        answers = f"{waits[49]:.0f}/{waits[98]:.0f} ms"
        _say(f"{one.name:10}{middle:>11.2f} ms{spread:>16}{cpu:>11.2f} ms{answers:>20}{one.memory:>7.0f} MB")
    plain, own = both  # of the two the one that costs less by its nature comes first
    wall = [ours / theirs for ours, theirs in zip(own.wall, plain.wall, strict=True)]
    cpu = [ours / theirs for ours, theirs in zip(own.cpu, plain.cpu, strict=True)]
    _say(
        f"ratio of time {statistics.median(wall):.2f} ({min(wall):.2f}–{max(wall):.2f}), "
        f"of CPU {statistics.median(cpu):.2f}; load of the machine {load_now}"
    )


async def for_long(folder: Path, updates: int, step: int) -> None:
    """Memory over many updates; it must come to rest."""
    async with bot("ours", *ours(folder)) as one:
        _say(f"{'updates':>10}{'memory':>10}{'time/update':>14}{'CPU/update':>13}")
        for done in range(step, updates + 1, step):
            await one.round(step)
            _say(f"{done:>10}{one.memory:>7.0f} MB{one.wall[-1]:>11.2f} ms{one.cpu[-1]:>10.2f} ms")


async def few_and_many(folder: Path, rounds: int, updates: int, stored: int) -> None:
    """Our bot with a thousand stored submissions and with so many, in turns."""
    async with AsyncExitStack() as stack:
        both = []
        for count in (1_000, stored):
            own = data_folder(folder / str(count))
            await filled(own, count)
            both.append(await stack.enter_async_context(bot(f"{count:,}", *ours(own))))
        for one in both:
            await one.rests()
            await one.round(updates, counts=False)
        for _ in range(rounds):
            for one in both:
                await one.round(updates)
        _tell(both)


async def filled(folder: Path, count: int) -> None:
    """A database with so many submissions in it, and what came and went with them."""
    file, at = folder / "doithoai.sqlite3", datetime.now(VIETNAM) - timedelta(days=3)
    store = await SqlStore.open(f"sqlite:///{file.as_posix()}", at=at)
    await store.close()
    texts = [row.text for row in read_development()]
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    for name, rows in _rows(count, texts, at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")):
        columns = list(rows[0])
        into = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.executemany(into, [tuple(row.values()) for row in rows])
    connection.execute("INSERT INTO counters (kind, programme, value) VALUES ('submission', 'mau', ?)", (count,))
    connection.execute("COMMIT")
    connection.close()


def _rows(count: int, texts: Sequence[str], at: str) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Tables and what is put into them: each person asked once, was answered and was told no."""
    ids = range(1, count + 1)
    chat: dict[str, object] = {"channel": "telegram", "bot": "4242"}
    asked = {"programme": "mau", "state": "rejected", "version": 2, "topic": "giao-duc", "source": "telegram"}
    empty = dict.fromkeys(("source_label", "unit", "youth_group", "reason", "decided_by"), "")
    when: dict[str, object] = {"typed_at": at, "received_at": at, "late": 0}
    noted = dict.fromkeys(("reason", "topic", "standing", "subject", "wanted", "content_hash"), "")
    kept = {"platform": "telegram", "bot": "4242", "chat": "", "raw": "", "sha256": "0" * 64, "state": "done"}
    said = {"kind": "words", "words": '{"text": "x", "choices": []}', "ephemeral": 0, "state": "sent", "repeats": 0}
    yield (
        "people",
        [
            {
                **chat,
                "id": id_,
                "chat": str(id_),
                "consent_version": 1,
                "consented_at": at,
                "unit": "",
                "youth_group": "",
            }
            for id_ in ids
        ],
    )
    yield "sessions", [{**chat, "chat": str(id_), "state": "{}", "draft_open": 0, "touched_at": at} for id_ in ids]
    yield (
        "submissions",
        [
            {**asked, **empty, **when, "id": id_, "number": id_, "code": f"MAU-{id_}", "person_id": id_, "text": text}
            for id_ in ids
            for text in (f"{texts[id_ % len(texts)]} {id_}",)
        ],
    )
    yield (
        "history",
        [
            {**noted, "submission_id": id_, "at": at, "actor": "asker", "action": "submit", "hash": f"{id_:064}"}
            for id_ in ids
        ],
    )
    yield (
        "inbox",
        [
            {**kept, "update_id": str(id_), "tries": 0, "received_at": at, "due_at": at, "error": ""}
            for id_ in range(1, 6 * count)
        ],
    )
    yield (
        "outbox",
        [
            {
                **chat,
                **said,
                "chat": str(1 + id_ % count),
                "tries": 0,
                "created_at": at,
                "due_at": at,
                "message_id": "1",
            }
            | {"error": ""}
            for id_ in range(1, 6 * count)
        ],
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each of the two bots")
    parser.add_argument("--updates", type=int, default=800, help="updates in a round")
    parser.add_argument("--webhook", action="store_true", help="updates come to a webhook instead of being polled")
    parser.add_argument("--stored", type=int, metavar="N", help="beside 1,000 stored submissions as many as N")
    parser.add_argument("--memory", type=int, metavar="N", nargs="?", const=10_000, help="memory over N updates")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if chosen.stored:
            asyncio.run(few_and_many(Path(name), chosen.rounds, chosen.updates, chosen.stored))
            return
        folder = data_folder(Path(name))
        if chosen.memory:
            asyncio.run(for_long(folder, chosen.memory, max(chosen.memory // 10, 100)))
        else:
            asyncio.run(side_by_side(folder, chosen.rounds, chosen.updates, webhook=chosen.webhook))


if __name__ == "__main__":
    main()
