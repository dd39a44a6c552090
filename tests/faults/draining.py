"""The program is killed while it hands over what waits in the outbox (D11): all of it arrives, in the order of its chat.

The Bot API knows no key that would make sending twice harmless, so what was under way at a kill may arrive twice; it then
says so. More than was under way must not.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName, Words
from storage.store import SqlStore
from tests.databases import empty_database
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.faults.kills import PATIENCE, Killing
from tests.faults.table import Found, Ground, fault
from tests.programs import Programs

CHATS = 53
EACH = 5
KILLS = 8
_REPEATED = "(gửi lại) "


@dataclass(frozen=True)
class Drained:
    """What arrived. `under_way` is how many rows were being sent at the kills, all together."""

    rows: int
    lost: int
    repeats: int
    unmarked: int
    out_of_order: int
    under_way: int


async def drained(data_dir: Path, *, kills: int = KILLS) -> Drained:
    """Kill the program so often while it sends 265 messages, then let it send the rest."""
    chance = random.Random(7)
    database = data_dir / "doithoai.sqlite3"
    async with AsyncExitStack() as stack:
        double = await stack.enter_async_context(TelegramDouble())
        people = [double.user(5000 + number) for number in range(CHATS)]
        await _fill(database, [person.id for person in people])
        killing = Killing(double, await stack.enter_async_context(Programs()), data_dir)
        under_way = 0
        for _ in range(kills):
            program = await killing.start()
            kill, ended = partial(program.kill), program.ended
            double.on("sendMessage", kill, nth=chance.randint(5, 25), after=chance.random() < 0.5)
            await killing.until(program, ended.is_set)
            under_way += _under_way(database)
        program = await killing.start()
        await killing.until(program, lambda: not _waiting(database), 2 * PATIENCE)
        program.kill()
        await program.wait()
        return _compare({person.id: [one.text for one in double.messages(person)] for person in people}, under_way)


async def _fill(database: Path, chats: list[int]) -> None:
    now = datetime.now(VIETNAM)
    store = await SqlStore.open(empty_database(database), at=now)
    try:
        async with store.transaction() as tx:
            for number in range(EACH):
                for chat in chats:
                    address = Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], str(chat))
                    await tx.outbox.say(address, Words(f"lời số {number}"), now)
    finally:
        await store.close()


def _compare(arrived: dict[int, list[str]], under_way: int) -> Drained:
    wanted = [f"lời số {number}" for number in range(EACH)]
    lost = repeats = unmarked = out_of_order = 0
    for texts in arrived.values():
        times: dict[str, int] = defaultdict(int)
        for text in texts:
            times[text.removeprefix(_REPEATED)] += 1
        lost += sum(not times[text] for text in wanted)
        repeats += sum(count - 1 for count in times.values() if count)
        unmarked += sum(texts.count(text) - 1 for text in wanted if text in texts)
        first = list(dict.fromkeys(text.removeprefix(_REPEATED) for text in texts))
        out_of_order += first != [text for text in wanted if text in first]
    return Drained(len(arrived) * EACH, lost, repeats, unmarked, out_of_order, under_way)


def _under_way(database: Path) -> int:
    return _count(database, "state = 'sending'")


def _waiting(database: Path) -> int:
    return _count(database, "state IN ('waiting', 'sending')")


def _count(database: Path, which: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return int(opened.execute(f"SELECT count(*) FROM outbox WHERE {which}").fetchone()[0])


@fault("D11", "chết trong lúc đang gửi lời đáp", rounds=KILLS)
async def killed_while_sending(ground: Ground) -> Found:
    """Eight kills while 265 rows go out."""
    result = await drained(await ground.model(), kills=ground.rounds)
    assert result.repeats <= result.under_way, result
    assert not result.out_of_order, result
    note = f"{result.repeats} lời đến hai lần, lần sau có ghi “(gửi lại)” (đang gửi dở lúc chết: {result.under_way}); đúng thứ tự"
    return Found(f"{ground.rounds} lần SIGKILL khi gửi {result.rows} lời", result.lost, result.unmarked, note)
