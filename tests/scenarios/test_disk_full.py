"""The disk is full: whoever writes loses nothing, the pages can still be read, and all goes on once there is room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.conversation import Session
from bot.domain.message import Address, ChannelName
from bot.texts.keys import Key
from tests.databases import SERVER
from tests.doubles.telegram import TOKEN
from tests.scenarios.conftest import Stage

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server's disk is its own")

PATIENCE = 30
UNLIMITED = 1_073_741_823
PEOPLE = 8


@asynccontextmanager
async def no_room(stage: Stage) -> AsyncIterator[None]:
    """SQLite says "database or disk is full" to whatever needs another page."""
    await _allow(stage, 1)  # never below what there is
    try:
        yield
    finally:
        await _allow(stage, UNLIMITED)


async def _allow(stage: Stage, pages: int) -> None:
    """The writer has one connection, so what is set on it holds for everybody."""
    async with stage.house.desk.store._database.writer.connect() as connection:
        await connection.execute(text(f"PRAGMA max_page_count={pages}"))


async def draft_of(stage: Stage, chat: str) -> str:
    async with stage.house.desk.store.reading() as tx:
        stored = await tx.sessions.get(Address(ChannelName.TELEGRAM, TOKEN.split(":")[0], chat))
    return Session.from_json(stored).draft if stored else ""


async def until(true) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_full_disk_costs_nobody_a_word_and_the_bot_goes_on_by_itself(stage, caplog):
    words = [f"Câu hỏi số {number} của em: {'học phí ' * 100}" for number in range(PEOPLE)]
    async with stage("mau") as it:
        people = [it.double.user(100 + number, f"Bạn {number}") for number in range(PEOPLE)]
        await it.youth("web")
        async with no_room(it):
            for person, text_ in zip(people, words, strict=True):
                await it.double.user_types(person, text_)
            await until(lambda: "next try in" in caplog.text)
            refused = []
            for number in range(20):  # the last free pages take some
                body = {"id": str(uuid4()), "text": f"Câu {number} từ trang web: {'việc làm ' * 100}"}
                async with it.session.post(
                    "/api/messages", json=body, headers={"X-Requested-With": "doithoai"}
                ) as answer:
                    refused += [] if answer.status == 200 else [(answer.status, await answer.json(), body)]
            async with it.session.get("/") as page:
                assert page.status == 200
            assert it.double.pending  # nothing was acknowledged that is not kept

        assert refused
        sentence = it.house.desk.voice.text(Key.WEB_FAULT)
        assert {(status, said["message"]) for status, said, _ in refused} == {(500, sentence)}
        async with it.session.post(
            "/api/messages", json=refused[0][2], headers={"X-Requested-With": "doithoai"}
        ) as answer:
            assert answer.status == 200
        await it.double.wait_until(lambda d: not d.pending and all(d.messages(person) for person in people), PATIENCE)
        drafts = [await draft_of(it, str(person.id)) for person in people]
    assert drafts == [text_.strip() for text_ in words]
