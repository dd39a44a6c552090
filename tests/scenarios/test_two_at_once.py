"""Two moderators on one question in the whole house, one in the group and one on the web board: one decides, the other
learns who and when, the asker hears once, and what is taken back in time never reaches the asker.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.role import Role
from bot.domain.submission import State
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from tests.scenarios.test_greeting_to_workbook import walks_in_and_asks
from tests.scenarios.test_roles import card_of, decides, presses, signs_in

SAY = Catalogue.load().say
QUESTION = "Bao giờ quê em có xe buýt?"
GROUP, WEB = "Lan", "Chị Hoa"


@dataclass(frozen=True)
class Outcome:
    """Who decided, and what the other one was told."""

    winner: str
    told: str


def browser(it) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(it.house.web.address, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def both_approve(it, board: aiohttp.ClientSession, code: str, first: str) -> Outcome:
    """Both saw the same card; `first` presses first, or "together"."""
    shown, card = await it.card(code), await card_of(board, code)
    if first == GROUP:
        toast, (status, message) = await presses(it, it.moderator, shown), await decides(board, card, "approve")
    elif first == WEB:
        (status, message), toast = await decides(board, card, "approve"), await presses_old(it, shown)
    else:
        toast, (status, message) = await asyncio.gather(presses_old(it, shown), decides(board, card, "approve"))
    alert = next(one.alert for one in it.double.toasts if one.person == it.moderator.id)
    assert (status == 200) == alert, "exactly one of them decides"
    return Outcome(WEB, toast) if alert else Outcome(GROUP, message)


async def presses_old(it, shown) -> str:
    """The button as it was seen, although the card may have been drawn anew since."""
    data = shown.buttons[0][0][1]
    await it.double.press(it.moderator, shown, data, forged=True)
    await it.double.wait_until(lambda d: any(one.person == it.moderator.id for one in d.toasts), 15)
    return next(one.text for one in it.double.toasts if one.person == it.moderator.id)


@pytest.mark.parametrize("first", [GROUP, WEB, "together"])
async def test_one_of_two_decides_the_other_learns_who_and_when_and_the_asker_hears_once(stage, first):
    async with stage("mau") as it, browser(it) as board:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, QUESTION)
        await signs_in(it, board, WEB, Role.MODERATOR)

        outcome = await both_approve(it, board, code, first)

        assert first in (outcome.winner, "together")
        assert f"{outcome.winner} đã xử lý câu {code}" in outcome.told
        assert re.search(r"lúc \d{1,2} giờ", outcome.told)
        await youth.hears("đã được duyệt")
        async with it.house.desk.store.reading() as tx:
            (submission,) = await tx.submissions.of_programme("mau", State)
            history = [entry.action.value for entry in await tx.history.of(submission.id)]
        assert (submission.state, submission.decided_by) == (State.APPROVED, outcome.winner)
        assert history == ["submit", "approve"]
        assert sum("đã được duyệt" in one.text for one in it.double.messages(youth.person)) == 1


@pytest.mark.parametrize("first", [GROUP, WEB])
async def test_what_the_other_one_takes_back_in_time_never_reaches_the_asker(stage, first):
    async with stage("mau", undo_window=3600) as it, browser(it) as board:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, QUESTION)
        heard = it.double.messages(youth.person)
        await signs_in(it, board, WEB, Role.MODERATOR)
        await both_approve(it, board, code, first)
        desk = it.house.desk
        later = desk.clock.now() + timedelta(days=1)
        async with desk.store.reading() as tx:
            held = await tx.news.due(later, 10)

        if first == GROUP:
            assert (await decides(board, await card_of(board, code), "undo"))[0] == 200
        else:
            await it.moderates(code, "Hoàn tác", then="chờ duyệt")

        async with desk.store.reading() as tx:
            (submission,) = await tx.submissions.of_programme("mau", State)
            assert (len(held), await tx.news.due(later, 10)) == (1, [])
        assert submission.state is State.WAITING
        assert it.double.messages(youth.person) == heard


async def test_a_group_that_moves_or_shuts_the_bot_out_keeps_nobody_from_deciding(stage):
    async with stage("mau") as it, browser(it) as board:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, QUESTION)
        await it.card(code)
        await signs_in(it, board, WEB, Role.CHIEF)

        new = await it.double.upgrade(it.group, -1009)
        await it.double.wait_until(lambda d: any(code in one.text for one in d.messages(new)), 15)
        it.double.block(new, "Forbidden: bot was kicked from the supergroup chat")
        await it.double.bot_becomes(new, "kicked", by=it.moderator)
        status, _ = await decides(board, await card_of(board, code), "approve")
        told = await _trouble(it, board)
        async with browser(it) as other:
            await signs_in(it, other, "Anh Nam", Role.MODERATOR)
            async with other.get("/api/board/cards") as answer:
                assert (await answer.json())["trouble"] == "", "only a chief can see to it"

        assert status == 200
        assert told == SAY(Key.BOARD_SHUT_REMOVED)
        await youth.hears("đã được duyệt")

        it.double.unblock(new)
        await it.double.bot_becomes(new, "member", by=it.moderator)
        await it.double.wait_until(lambda d: any("Đã duyệt" in one.text for one in d.messages(new)), 15)


async def test_a_start_with_the_old_setting_goes_to_the_moved_group_and_names_its_id(stage):
    async with stage("mau") as it:
        assert it.house.moved_group == ""
        await it.double.upgrade(it.group, -1009)
        await it.double.wait_until(lambda d: "chat:-1009" in d.commands, 15)

    async with stage("mau") as it:
        assert it.house.moved_group == "-1009"
        assert "chat:-1009" in it.double.commands


async def _trouble(it, board: aiohttp.ClientSession) -> str:
    """What the web board says about the group, as soon as it says anything."""
    pulse = it.house.desk.pulse
    async with asyncio.timeout(15):
        while True:
            seen = pulse.count
            async with board.get("/api/board/cards") as answer:
                if told := (await answer.json())["trouble"]:
                    return told
            await pulse.wait(seen, 15)
