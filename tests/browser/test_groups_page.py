"""Moderators and questions that are asked twice: the line on the card, the page of groups, the way from it to a card."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from bot.domain.submission import Action
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.moderate import Decision
from tests.browser.browser import Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS
from tests.world import moderator

SAY = Catalogue.load().say
BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
BUS_AGAIN = "bao gio xa tan an co xe buyt len thanh pho"
LONG = "Đườngvàothônem" * 20

pytestmark = pytest.mark.browser


async def settle(living: Living) -> None:
    while await living.house.similar.step():
        pass


def test_a_phone_shows_the_groups_readably_and_nothing_pushes_sideways(phone: Screen, living: Living) -> None:
    first = living.run(living.house.ask(BUS, "Xã Văn Giang"))
    second = living.run(living.house.ask(f"{BUS_AGAIN} {LONG[:60]}", "Trường THPT Chuyên Hưng Yên"))
    living.run(living.house.ask("Chó thả rông ở khu trọ cắn người."))
    living.run(living.house.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan")))

    phone.open("/ban/nhom")
    phone.until(lambda: phone.texts("#groups h2") == [SAY(Key.WEB_GROUPS_SIZE, size=2)])

    assert phone.texts("#groups .code") == [first.code, second.code]
    assert phone.texts("#groups .badge") == ["Chờ duyệt", "Đã duyệt"]
    assert phone.text("#groups .centre .alike") == SAY(Key.WEB_GROUPS_CENTRE)
    assert "Xã Văn Giang" in phone.text("#groups .centre")
    assert phone.text("#count") == SAY(Key.WEB_GROUPS_COUNT, groups=1, compared=3)
    assert phone.js(SIDEWAYS) == 0
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(NAMELESS) == []
    assert phone.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_page_stands_out(phone: Screen, living: Living, scheme: str) -> None:
    living.run(living.house.ask(BUS))
    living.run(living.house.ask(BUS_AGAIN))
    phone.prefers(prefers_color_scheme=scheme)

    phone.open("/ban/nhom")
    phone.until(lambda: phone.texts("#groups h2"))

    assert phone.js(CONTRAST) == []


def test_without_groups_the_page_says_so_and_new_ones_come_by_themselves(screen: Screen, living: Living) -> None:
    screen.open("/ban/nhom")
    screen.until(lambda: screen.one("#empty").is_displayed())
    assert SAY(Key.WEB_GROUPS_EMPTY) in screen.text("#empty")

    living.run(living.house.ask(BUS))
    living.run(living.house.ask(BUS_AGAIN))

    screen.until(lambda: screen.texts("#groups h2") == [SAY(Key.WEB_GROUPS_SIZE, size=2)])
    assert not screen.one("#empty").is_displayed()


def test_html_in_a_question_stays_text_in_a_group(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(f"<b>{BUS}</b>"))
    living.run(living.house.ask(f"<b>{BUS_AGAIN}</b>"))

    screen.open("/ban/nhom")
    screen.until(lambda: screen.texts("#groups .words"))

    assert screen.texts("#groups .words")[0] == f"<b>{BUS}</b>"
    assert screen.all("#groups .words b") == []


def test_from_the_board_to_the_groups_to_one_card_and_back_to_all(screen: Screen, living: Living) -> None:
    first = living.run(living.house.ask(BUS))
    second = living.run(living.house.ask(BUS_AGAIN))
    living.run(living.house.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan")))
    living.run(settle(living))
    screen.open("/ban")

    screen.one("#similar").click()
    screen.until(lambda: screen.texts("#groups .code") == [first.code, second.code])
    screen.all("#groups a.code")[1].click()
    screen.until(lambda: screen.texts("#cards .code") == [second.code])
    line = screen.text("#cards .similar")
    sought = screen.one("#search").get_attribute("value")
    screen.one("[data-state=waiting]").click()
    screen.until(lambda: screen.texts("#cards .code") == [first.code])

    assert line == f"Giống: {first.code} (100 %, chờ duyệt)"
    assert sought == second.code
    assert screen.one("#search").get_attribute("value") == ""
    assert "#" not in screen.driver.current_url


def test_typing_in_the_search_leaves_the_one_card_behind(screen: Screen, living: Living) -> None:
    first = living.run(living.house.ask(BUS))
    second = living.run(living.house.ask(BUS_AGAIN))
    screen.open("/ban")
    screen.js("location.hash = arguments[0]", first.code)
    screen.until(lambda: screen.texts("#cards .code") == [first.code])

    screen.one("#search").send_keys(Keys.CONTROL, "a")
    screen.one("#search").send_keys("tan an")

    screen.until(lambda: screen.texts("#cards .code") == [first.code, second.code])
