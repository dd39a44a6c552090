"""The whole house with a webhook: Telegram knocks at the same door as everybody else, and only Telegram is let in."""

from __future__ import annotations

import aiohttp

from handlers.telegram.webhook import PATH
from tests.doubles.telegram_hook import SECRET as HEADER
from tests.faults.kills import free_address

SECRET = "bi-mat_cua-webhook-0123456789"


def at(address):
    return {
        "web_bind": address.removeprefix("http://"),
        "telegram_webhook": address,
        "telegram_webhook_secret": SECRET,
    }


async def test_a_question_comes_in_by_the_webhook_and_its_card_and_receipt_go_out(stage):
    async with stage("mau", **at(free_address())) as it:
        youth = await it.youth("telegram")
        await youth.says("/start")
        await youth.presses("Đồng ý, mình đủ 16 tuổi")
        await youth.presses("Bỏ qua")
        await youth.presses("Bỏ qua")
        await youth.says("Học phí năm nay có tăng không ạ?")
        await youth.presses("Gửi")

        assert "Mã:" in await youth.hears("Đã nhận câu hỏi của bạn")
        await it.card("Học phí năm nay có tăng")
        await it.double.wait_until(lambda d: not d.pending)
        assert {knock.status for knock in it.double.knocks} == {200}
        assert not it.double.called("getUpdates")


async def test_at_the_public_door_only_telegrams_secret_opens_and_nothing_else_was_opened_with_it(stage):
    async with stage("mau", **at(free_address())) as it:
        await it.double.wait_until(lambda d: d.webhook, 15)
        update = {"update_id": 1, "message": {}}
        for secret, expected in ((None, 401), ("x", 401), (SECRET, 200)):
            assert await it.double.knock(update, secret=secret) == expected

        headers = {HEADER: SECRET}
        for path, method, expected in ((PATH, "GET", 405), (f"{PATH}/x", "POST", 403), ("/api/messages", "POST", 403)):
            async with it.session.request(method, path, json=update, headers=headers) as answer:
                assert answer.status == expected, path


async def test_without_a_webhook_there_is_no_such_door(stage):
    async with stage("mau") as it, aiohttp.ClientSession(it.house.web.address) as session:
        headers = {"Origin": it.house.web.address, HEADER: SECRET}
        async with session.post(PATH, json={}, headers=headers) as answer:
            assert answer.status == 404
