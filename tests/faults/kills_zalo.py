"""The program is killed while Zalo brings what people write (D1).

As in kills.py, but each person writes in words alone, and the platform brings a message again until it hears 200.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName
from bot.domain.submission import State
from bot.programmes.load import Library
from bot.usecases.tasks import start
from handlers.zalo.webhook import PATH
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.zalo import BOT, TOKEN, ZaloDouble, ZaloPerson
from tests.faults.kills import MOSTLY_KILLED, PATIENCE, PEOPLE, PROGRAMME, ROUNDS, Count, free_address
from tests.faults.table import Found, Ground, fault
from tests.programs import Program, Programs
from tests.world import World, Youth

SECRET = "bi-mat-cua-webhook_0123456789"
_RECEIPT = "Đã nhận câu hỏi của bạn. Mã:"
_REPEATED = "(gửi lại)"
_JITTER = 0.02


async def killed_on_zalo(
    data_dir: Path, *, rounds: int = ROUNDS, signs: tuple[signal.Signals, ...] = MOSTLY_KILLED
) -> Count:
    """Kill the program `rounds` times, with these signals in turn, then let it end its work. `data_dir` has a model."""
    chance = random.Random(20240304)
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(ZaloDouble())
        double.webhook, double.secret = "http://doithoai.invalid" + PATH, SECRET
        people = [ZaloPerson(f"{number:020x}", f"Bạn {number}") for number in range(rounds * PEOPLE)]
        await _consented(people, data_dir / "doithoai.sqlite3")
        programs = await stack.enter_async_context(Programs())
        address = free_address()
        bringing: list[asyncio.Task[None]] = []

        async def begin() -> Program:
            return await programs.start(
                "run", "--programme", PROGRAMME, env=_env(double, data_dir, address), log=data_dir.parent / "zalo.log"
            )

        for number in range(rounds):
            for person in people[number * PEOPLE : (number + 1) * PEOPLE]:
                double.writes(person, _question(person))
                double.writes(person, "gửi")
            if not bringing or bringing[-1].done():
                bringing.append(start(double.brings_all(address + PATH), "bringing"))
            program = await begin()
            _strike(double, program, signs[number % len(signs)], chance)
            await program.wait(PATIENCE)
            double.on_call = None
        program = await begin()
        await double.wait_until(lambda: all(map(_has_receipt(double), people)), PATIENCE + len(people) / 5)
        await asyncio.gather(*bringing)
        program.kill(signal.SIGTERM)
        assert await program.wait() == 0
        return await _count(double, people, data_dir)


def _has_receipt(double: ZaloDouble) -> Callable[[ZaloPerson], bool]:
    """Whether somebody has a receipt."""
    return lambda person: any(_RECEIPT in text for text in double.told(person))


def _strike(double: ZaloDouble, program: Program, sign: signal.Signals, chance: random.Random) -> None:
    """Kill it at one of its answers, drawn by lot, with the answer done or on its way."""
    left, loop = chance.randint(1, 15), asyncio.get_running_loop()

    def called(method: str) -> None:
        nonlocal left
        left -= method == "sendMessage"
        if left == 0:
            loop.call_later(chance.uniform(0, _JITTER), program.kill, sign)

    double.on_call = called


def _env(double: ZaloDouble, data_dir: Path, address: str) -> dict[str, str]:
    return {
        "DOITHOAI_DATA_DIR": str(data_dir),
        "DOITHOAI_ZALO_TOKEN": TOKEN,
        "DOITHOAI_ZALO_API": double.base,
        "DOITHOAI_ZALO_WEBHOOK": "http://doithoai.invalid",  # the double knocks at the true address
        "DOITHOAI_ZALO_WEBHOOK_SECRET": SECRET,
        "DOITHOAI_ZALO_MESSAGES": "0",
        "DOITHOAI_WEB_BIND": address.removeprefix("http://"),
        "DOITHOAI_TRAIN_AT": "off",
        "DOITHOAI_CHAT_PACE": "0",
    }


def _question(person: ZaloPerson) -> str:
    return f"Câu hỏi số {person.id} của em về học phí"


async def _consented(people: list[ZaloPerson], file: Path) -> None:
    """A database in which everybody has agreed and said where they are from, through the real use case."""
    now = datetime.now(VIETNAM)
    store = await SqlStore.open(empty_database(file), at=now)
    try:
        world = World(store, file.parent / "xuat", programme=PROGRAMME, boards=())
        world.library, world.clock.at = Library.open(None, now.date()), now
        for person in people:
            await Youth(world, Address(ChannelName.ZALO, BOT, person.id)).agrees()
        async with store.transaction() as tx:
            await tx.outbox.abandon(now)
    finally:
        await store.close()


async def _count(double: ZaloDouble, people: list[ZaloPerson], data_dir: Path) -> Count:
    said = [(person.id, text) for person in people for text in double.told(person)]
    receipts = Counter(id_ for id_, text in said if _RECEIPT in text and not text.startswith(_REPEATED))
    for id_, text in said:
        if _RECEIPT in text and not receipts[id_]:
            receipts[id_] = 1  # only a marked one arrived: the first died on its way
    store = await SqlStore.open(f"sqlite:///{data_dir / 'doithoai.sqlite3'}", at=datetime.now(VIETNAM))
    try:
        async with store.reading() as tx:
            filed = [one.text for one in await tx.submissions.of_programme(PROGRAMME, State)]
            left_open = await tx.inbox.open()
    finally:
        await store.close()
    assert set(filed) <= {_question(person) for person in people}
    repeats = sum(text.startswith(_REPEATED) for _, text in said)
    return Count(len(people), Counter(filed), receipts, repeats, left_open)


@fault("D1-zalo", "chương trình chết giữa chừng (SIGKILL, mất điện), Zalo mang tin đến", rounds=ROUNDS)
async def kills_on_zalo(ground: Ground) -> Found:
    """Random kills while Zalo brings messages."""
    count = await killed_on_zalo(await ground.model(), rounds=ground.rounds)
    note = f"{count.sent} câu hỏi; {count.repeats} lời nhắn lại có ghi “(gửi lại)”"
    return Found(f"{ground.rounds} lần dừng ở lúc bất kỳ, {2 * count.sent} tin", count.lost, count.doubled, note)
