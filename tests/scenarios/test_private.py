"""Somebody in danger on every channel, in the whole house: the group sees one sentence, a responsible person the words."""

from __future__ import annotations

import aiohttp
import pytest

from bot.domain.role import Role
from bot.usecases.invite import Invite
from tests.scenarios.people import CHANNELS
from tests.scenarios.test_greeting_to_workbook import walks_in_and_asks

CRY = "Em bị bố dượng đánh, em sợ lắm, ai giúp em với"
NEUTRAL = "Có một tin nhắn cần người phụ trách xem riêng trên bảng web."
OURS = {"X-Requested-With": "doithoai"}


async def chief(it, session: aiohttp.ClientSession) -> None:
    token, _ = await Invite(it.house.desk.store, it.house.desk.clock)("Chị Hoa", Role.CHIEF)
    origin = str(session._base_url).rstrip("/")
    async with session.post("/vao", data={"ma": token}, headers={"Origin": origin}, allow_redirects=False) as answer:
        assert answer.status == 303


async def section(session: aiohttp.ClientSession) -> list[dict]:
    async with session.get("/api/board/cards?state=private") as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["cards"]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_cry_for_help_reaches_the_responsible_person_and_nobody_in_the_group(stage, channel):
    async with (
        stage("mau") as it,
        aiohttp.ClientSession(it.house.web.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as board,
    ):
        youth = await it.youth(channel)
        await chief(it, board)

        code = await walks_in_and_asks(youth, CRY)
        await it.double.wait_until(lambda d: any(NEUTRAL in one.text for one in d.messages(it.group)), 15)
        (card,) = await section(board)

        assert "113 (công an)" in await youth.hears("đó không phải lỗi của người bị hại")
        assert (card["code"], card["text"]) == (code, CRY)
        assert not any(CRY in one.text or code in one.text for one in it.double.messages(it.group))

        address = f"/api/board/cards/{card['id']}/decide"
        async with board.post(address, json={"version": 1, "action": "open_up"}, headers=OURS) as answer:
            assert answer.status == 200
        await it.card(code)
        await youth.hears("chuyển vào hàng chờ duyệt chung")
        assert any(CRY in one.text for one in it.double.messages(it.group))
        assert await section(board) == []


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_card_in_the_group_loses_its_words_when_the_asker_tells_of_danger(stage, channel):
    async with stage("mau") as it:
        youth = await it.youth(channel)
        code = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
        await it.card(code)

        await youth.tells(f"sửa {code}")
        await youth.hears("Bạn gõ lại toàn bộ câu")
        await youth.says(CRY)
        await youth.presses("Lưu bản sửa")
        await youth.hears("Chỉ người phụ trách đọc bản mới")
        await it.double.wait_until(
            lambda d: any("chỉ người phụ trách xem, trên bảng web" in one.text for one in d.messages(it.group)), 15
        )

        card = await it.card(code)
        assert card.labels == []
        assert not any("xe buýt" in one.text or CRY in one.text for one in it.double.messages(it.group))
