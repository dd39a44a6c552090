"""The page “Bảng tổng hợp”: making a workbook, making a final one after a question, everything readable on a phone."""

from __future__ import annotations

import pytest

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from tests.browser.browser import Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS

SAY = Catalogue.load().say

pytestmark = pytest.mark.browser


def titles(screen: Screen) -> list[str]:
    return screen.texts("#files h3")


def test_a_draft_and_then_after_a_question_a_final_one(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Bao giờ xã Tân An có xe buýt?"))
    screen.open("/ban/tep")
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_FILES_EMPTY))

    screen.one("#make").click()
    screen.until(lambda: titles(screen) == ["Bảng tổng hợp lần 1"])
    screen.one("#finish").click()
    screen.until(
        lambda: (
            screen.text("dialog p") == f"{SAY(Key.WEB_FILES_FINISH_WAITING, count=1)} {SAY(Key.WEB_FILES_FINISH_ASK)}"
        )
    )
    screen.one("dialog .cancel").click()
    screen.until(lambda: not screen.one("dialog").is_displayed())
    assert titles(screen) == ["Bảng tổng hợp lần 1"]
    screen.until(lambda: screen.one("#finish").is_enabled())
    screen.one("#finish").click()
    screen.until(lambda: screen.one("dialog .agree").is_displayed())  # it asks first how many still wait
    screen.one("dialog .agree").click()
    screen.until(lambda: titles(screen) == ["Bảng tổng hợp chính thức (lần 2)", "Bảng tổng hợp lần 1"])

    assert screen.texts("#files .badge") == [SAY(Key.WEB_FILES_FINAL), SAY(Key.WEB_FILES_DRAFT)]
    assert screen.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_readably_and_nothing_pushes_sideways(phone: Screen, living: Living, scheme: str) -> None:
    phone.prefers(prefers_color_scheme=scheme)
    phone.open("/ban/tep")
    phone.until(lambda: phone.one("#make").is_displayed())
    phone.one("#make").click()
    phone.until(lambda: titles(phone))
    phone.one(".papers summary").click()

    assert phone.js(SIDEWAYS) == 0
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(NAMELESS) == []
    assert phone.js(CONTRAST) == []
