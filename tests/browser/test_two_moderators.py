"""Two moderators on one submission, one in the Telegram group, one at the page in a real Chromium, on a desk and on a
phone: one decides, the other one sees who and when, and the state is left once.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from bot.domain.role import Role
from bot.domain.submission import State
from bot.usecases.invite import Invite
from tests.browser.browser import DESK, PHONE, Screen
from tests.browser.conftest import clean
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS
from tests.scenarios.conftest import Stage, stage
from tests.scenarios.test_greeting_to_workbook import walks_in_and_asks

__all__ = ["stage"]  # the fixture of the scenarios
pytestmark = pytest.mark.browser
QUESTION = "Bao giờ quê em có xe buýt?"
GROUP, WEB = "Lan", "Chị Hoa"
CHECKS = {
    "contrast": CONTRAST,
    "nameless": NAMELESS,
    "sideways": SIDEWAYS,
    "small": SMALL_TARGETS.replace(".skip", ".skip, .tokens"),
}


class Page:
    """What the one at the page does. A browser's driver waits, so it does that in a thread and the house lives on."""

    def __init__(self, driver: webdriver.Chrome, it: Stage, folder: Path) -> None:
        self._screen = Screen(driver, it.house.web)
        self._it = it
        self._folder = Path(os.environ.get("DOITHOAI_PICTURES") or folder)

    async def signs_in(self, name: str, size: tuple[int, int], role: Role = Role.MODERATOR) -> None:
        token, _ = await Invite(self._it.house.desk.store, self._it.house.desk.clock)(name, role)
        await self(lambda screen: self._opens(screen, f"/vao?ma={token}", size))

    @staticmethod
    def _opens(screen: Screen, path: str, size: tuple[int, int]) -> None:
        clean(screen.driver)
        screen.prefers(prefers_reduced_motion="reduce")
        screen.size(*size, phone=size == PHONE)
        screen.open(path)
        screen.one("form button").click()
        screen.until(lambda: screen.js("return document.body.dataset.ready === '1'"))

    async def __call__(self, act: Callable[[Screen], Any]) -> Any:
        return await asyncio.to_thread(act, self._screen)

    async def picture(self, name: str) -> None:
        """Keep what is to be seen, and find nothing wrong with it."""
        faults = {
            check: await self(lambda screen, script=script: screen.js(script)) for check, script in CHECKS.items()
        }
        assert {check: fault for check, fault in faults.items() if fault} == {}
        await self(lambda screen: screen.picture(self._folder / f"{name}.png"))


def refuses(screen: Screen) -> None:
    """Takes the first card to be refused: the dialog is open and a reason chosen, but nothing is said yet."""
    screen.one(".card [data-action=reject]").click()
    screen.one("dialog input[value='reason.unclear']").click()


def told(screen: Screen) -> str:
    screen.until(lambda: screen.all(".toast.refused"))
    return screen.text(".toast.refused span")


async def presses(it: Stage, shown: Any) -> str:
    """The first button of a card of the group as it was seen, although it may have been drawn anew since."""
    await it.double.press(it.moderator, shown, shown.buttons[0][0][1], forged=True)
    await it.double.wait_until(lambda d: any(one.person == it.moderator.id for one in d.toasts), 15)
    return next(one.text for one in it.double.toasts if one.person == it.moderator.id)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("first", [GROUP, WEB])
async def test_the_second_of_two_sees_who_and_when_and_the_state_is_left_once(
    stage: Callable[..., Any], driver: webdriver.Chrome, tmp_path: Path, first: str, size: tuple[int, int]
) -> None:
    async with stage("mau") as it:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, QUESTION)
        shown = await it.card(code)
        page = Page(driver, it, tmp_path)
        await page.signs_in(WEB, size)
        await page(refuses)

        if first == GROUP:
            await presses(it, shown)
            await youth.hears("đã được duyệt")
            await page(lambda screen: screen.one("dialog .danger").click())
            second = await page(told)
        else:
            await page(lambda screen: screen.one("dialog .danger").click())
            await page(lambda screen: screen.until(lambda: screen.text("[data-state=rejected] .number") == "1"))
            second = await presses(it, shown)
        await page.picture(f"hai-nguoi-{'nhom' if first == GROUP else 'trang'}-{size[0]}")

        assert f"{first} đã xử lý câu {code}" in second
        assert re.search(r"lúc \d{1,2} giờ", second)
        async with it.house.desk.store.reading() as tx:
            (submission,) = await tx.submissions.of_programme("mau", State)
            history = [entry.action.value for entry in await tx.history.of(submission.id)]
        then = State.APPROVED if first == GROUP else State.REJECTED
        assert (submission.state, submission.decided_by) == (then, first)
        assert history == ["submit", "approve" if first == GROUP else "reject"]
        await page(lambda screen: screen.until(lambda: screen.text(f"[data-state={then.value}] .number") == "1"))
        # A refused decision is an answer of 409, and the console tells of every such answer.
        complaints = await page(lambda screen: screen.complaints())
        assert [one for one in complaints if "409" not in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_group_that_shuts_the_bot_out_is_told_on_the_page_until_it_is_open_again(
    stage: Callable[..., Any], driver: webdriver.Chrome, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    async with stage("mau") as it:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, QUESTION)
        await it.card(code)
        page = Page(driver, it, tmp_path)
        await page.signs_in(WEB, size, Role.CHIEF)
        await page(lambda screen: screen.prefers(prefers_color_scheme=scheme, prefers_reduced_motion="reduce"))

        it.double.block(it.group, "Forbidden: bot was kicked from the supergroup chat")
        await it.double.bot_becomes(it.group, "kicked", by=it.moderator)
        await page(lambda screen: screen.until(lambda: screen.one("#trouble").is_displayed()))
        await page.picture(f"nhom-dong-{size[0]}-{scheme}")

        it.double.unblock(it.group)
        await it.double.bot_becomes(it.group, "member", by=it.moderator)
        await page(lambda screen: screen.until(lambda: not screen.one("#trouble").is_displayed()))
