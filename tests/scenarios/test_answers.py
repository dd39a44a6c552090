"""A department's answer goes all the way: typed at the page, confirmed by a second person, released, heard in the
asker's own chat, rated there; and the program may be killed in between.
"""

from __future__ import annotations

import signal
from datetime import datetime

import aiohttp
import pytest

from bot.domain.answer import AnswerBody, AnswerStep
from bot.domain.deadline import VIETNAM
from bot.domain.message import Address, ChannelName
from bot.domain.role import EVERYTHING, Role
from bot.domain.submission import Action, State
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.invite import Grant
from bot.usecases.moderate import Decision
from bot.usecases.ratings import opinions
from storage.store import SqlStore
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.programs import Programs
from tests.scenarios.people import CHANNELS
from tests.scenarios.test_greeting_to_workbook import walks_in_and_asks
from tests.scenarios.test_killed import data_dir
from tests.scenarios.test_roles import OURS, signs_in
from tests.world import World, chief, moderator

__all__ = ["data_dir"]  # the fixture of the other scenario
TEXT = "Từ tháng 3/2027, tuyến xe buýt số 208 chạy qua xã em.\n" + "Lịch chạy từng xã, từng giờ. " * 200
ANSWERS = "/api/board/answers"


async def posts(session: aiohttp.ClientSession, path: str, body: dict) -> dict:
    async with session.post(f"{ANSWERS}/{path}", json=body, headers=OURS) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.mark.parametrize("channel", CHANNELS)
async def test_an_answer_reaches_the_asker_in_their_own_chat_and_they_say_what_they_think(stage, channel):
    async with (
        stage("mau") as it,
        aiohttp.ClientSession(it.house.web.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as lan,
    ):
        desk = it.house.desk
        youth = await it.youth(channel)
        code = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
        grant = Grant(desk.store, desk.clock, desk.running)
        await grant("Minh", Role.MODERATOR, EVERYTHING, telegram=str(it.second.id))
        await grant("Lan Anh", Role.CHIEF, EVERYTHING, telegram=str(it.moderator.id))
        await signs_in(it, lan, "Lan", Role.MODERATOR)

        async def types(person, text: str, then: str) -> None:
            await it.double.user_types(person, text, chat=it.group)
            await it.double.wait_until(lambda d: any(then in one.text for one in d.messages(it.group)), 15)

        await types(it.second, f"/duyet {code}", "Đã duyệt")
        async with desk.store.reading() as tx:
            issue = (await tx.submissions.by_code(code)).issue_id
        await posts(lan, f"{issue}/draft", {"over": 0, "text": TEXT, "due": "3/2027"})
        await types(it.second, f"/xacnhan {code}", "đồng ý 1")
        await types(it.second, f"/xacnhan {code} đồng ý 1", "Đã xác nhận")
        await types(it.moderator, f"/congbo {code}", "Đã công bố")

        await youth.hears("Thời hạn: 3/2027")  # the last part of a long one
        await youth.presses("Chưa đúng ý")
        await youth.says("Em hỏi xã khác")

        async with desk.store.reading() as tx:
            found = await opinions(tx, "mau")
        assert [(one.submission.code, one.words) for one in found.missed] == [(code, "Em hỏi xã khác")]
        if channel == "telegram":
            parts = [one.text for one in it.double.messages(youth.person) if "Lịch chạy" in one.text]
            assert len(parts) > 1
            assert [part[:5] for part in parts] == [f"({place}/{len(parts)})" for place in range(1, len(parts) + 1)]
            assert TEXT.strip() in "".join(part[6:] for part in parts)


YOUTHS = 12
PATIENCE = 60
AGAIN = Catalogue.load()[Key.RESENT_MARK]


async def furnished(data_dir) -> None:
    """One issue of many askers, its answer confirmed and released while nothing runs."""
    store = await SqlStore.open(f"sqlite:///{data_dir / 'doithoai.sqlite3'}", at=datetime.now(VIETNAM))
    world = World(store, data_dir / "xuat", programme="mau", boards=())
    world.clock.at = datetime.now(VIETNAM)
    async with store.transaction() as tx:
        await tx.facts.put("kind", "production")
    issue = None
    for number in range(YOUTHS):
        youth = world.youth(str(1000 + number))
        youth.address = Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], str(1000 + number))
        await youth.agrees()
        one = await youth.asks("Bao giờ quê em có xe buýt?")
        approve = Decision(Action.APPROVE, into=issue) if issue else Decision(Action.APPROVE, unclear=True)
        issue = (await world.moderate.decide(one.id, one.version, approve, moderator())).issue_id
    answering = Answering(world.clock, world.running)
    async with store.transaction() as tx:
        await tx.outbox.abandon(world.clock.now())  # what was said so far is of no interest here
        answer = await answering.draft(tx, issue, AnswerBody("Từ tháng 3/2027."), moderator())
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
        await answering.step(tx, answer.id, answer.version, AnswerStep.RELEASE, chief())
    assert len(await world.submissions(State.APPROVED)) == YOUTHS
    await store.close()


async def test_killed_between_release_and_telling_nobody_misses_it_and_nobody_is_told_twice(data_dir):
    await furnished(data_dir)
    async with TelegramDouble() as double, Programs() as programs:
        people = [double.user(1000 + number, f"Bạn {number}") for number in range(YOUTHS)]
        env = {
            "DOITHOAI_DATA_DIR": str(data_dir),
            "DOITHOAI_TELEGRAM_TOKEN": TOKEN,
            "DOITHOAI_TELEGRAM_API": double.base,
            "DOITHOAI_WEB_BIND": "127.0.0.1:0",
        }

        def told(double: TelegramDouble) -> int:
            return sum(any("Từ tháng 3/2027." in one.text for one in double.messages(person)) for person in people)

        for wanted in (1, 4, YOUTHS):
            program = await programs.start("run", "--programme", "mau", env=env)
            await double.wait_until(lambda d, n=wanted: told(d) >= n, PATIENCE)
            program.kill(signal.SIGKILL)
            await program.wait()

        for person in people:
            # What was being sent when it died may have arrived: it is sent once more and says so.
            said = [one.text for one in double.messages(person) if "Từ tháng 3/2027." in one.text]
            assert said
            assert sum(not text.startswith(AGAIN) for text in said) <= 1

    store = await SqlStore.open(f"sqlite:///{data_dir / 'doithoai.sqlite3'}", at=datetime.now(VIETNAM))
    async with store.reading() as tx:
        tellings = await tx.answer_news.tellings("mau")
    await store.close()
    assert len({one.outbox_id for one in tellings}) == YOUTHS
