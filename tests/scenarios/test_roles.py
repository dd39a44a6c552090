"""Two moderators in the whole house, in the group and on the web: what a role allows, and that taking it back counts."""

from __future__ import annotations

import aiohttp

from bot.domain.role import EVERYTHING, Role
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.audit import Audit, Wanted
from bot.usecases.invite import Grant, Invite, Revoke
from tests.scenarios.test_greeting_to_workbook import walks_in_and_asks

SAY = Catalogue.load().say
OURS = {"X-Requested-With": "doithoai"}


async def signs_in(it, session: aiohttp.ClientSession, name: str, role: Role) -> None:
    token, _ = await Invite(it.house.desk.store, it.house.desk.clock)(name, role)
    headers = {"Origin": it.house.web.address}
    async with session.post("/vao", data={"ma": token}, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303


async def decides(session: aiohttp.ClientSession, card: dict, action: str) -> tuple[int, str]:
    body = {"version": card["version"], "action": action}
    async with session.post(f"/api/board/cards/{card['id']}/decide", json=body, headers=OURS) as answer:
        return answer.status, (await answer.json())["message"]


async def card_of(session: aiohttp.ClientSession, code: str) -> dict:
    async with session.get(f"/api/board/cards?code={code}") as answer:
        (found,) = (await answer.json())["cards"]
        return found


async def presses(it, person, card) -> str:
    """The first button of a card, by somebody who pressed none before; what they are told."""
    await it.double.press(person, card, card.labels[0])
    await it.double.wait_until(lambda d: any(one.person == person.id for one in d.toasts), 15)
    return next(one.text for one in it.double.toasts if one.person == person.id)


async def test_a_viewer_in_the_group_and_on_the_web_sees_everything_and_changes_nothing(stage):
    async with (
        stage("mau") as it,
        aiohttp.ClientSession(it.house.web.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as board,
    ):
        desk = it.house.desk
        code = await walks_in_and_asks(await it.youth("telegram"), "Bao giờ quê em có xe buýt?")
        shown = await it.card(code)
        await Grant(desk.store, desk.clock, desk.running)("Lan", Role.VIEWER, telegram=str(it.moderator.id))
        await signs_in(it, board, "Khách", Role.VIEWER)

        pressed = await presses(it, it.moderator, shown)
        card = await card_of(board, code)
        status, message = await decides(board, card, "approve")

        assert pressed == SAY(Key.REFUSE_VIEWER)
        assert (status, message, card["actions"]) == (409, SAY(Key.REFUSE_VIEWER), [])
        assert (await card_of(board, code))["state"] == "waiting"


async def test_two_moderators_on_one_question_and_one_of_them_is_let_go_meanwhile(stage):
    async with (
        stage("mau") as it,
        aiohttp.ClientSession(it.house.web.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as board,
    ):
        desk = it.house.desk
        code = await walks_in_and_asks(await it.youth("telegram"), "Bao giờ quê em có xe buýt?")
        shown = await it.card(code)
        await signs_in(it, board, "Chị Hoa", Role.CHIEF)
        grant = Grant(desk.store, desk.clock, desk.running)
        await grant("Lan", Role.MODERATOR, EVERYTHING, telegram=str(it.moderator.id))
        assert await Revoke(desk.store, desk.clock)("Lan")
        it.double.set_status(it.group, it.second, "kicked")

        revoked, removed = await presses(it, it.moderator, shown), await presses(it, it.second, shown)
        status, _ = await decides(board, await card_of(board, code), "approve")

        assert (revoked, removed) == (SAY(Key.REFUSE_NO_RIGHT), SAY(Key.REFUSE_NOT_MODERATOR))
        assert status == 200
        lines = [line async for line in Audit(desk.store, desk.voice).lines(Wanted())]
        assert [(line.by, line.about) for line in lines if line.reason in (revoked, removed)] == [
            ("Lan", code),
            ("Minh", code),
        ]
        assert (await Audit(desk.store, desk.voice).verify()).broken is None
