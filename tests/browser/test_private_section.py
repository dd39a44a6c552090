"""The section of the responsible person on the board: marked, readable on a phone, and gone for everybody else."""

from __future__ import annotations

import pytest

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from tests.browser.browser import Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS

pytestmark = pytest.mark.browser
SAY = Catalogue.load().say
CRY = "Em bị bố dượng đánh, em sợ lắm, không dám nói với ai"
PLAIN = "Bao giờ có xe buýt? Với lại học phí có tăng không, gọi em 0912345621 nhé"


def waiting(screen: Screen) -> str:
    """What the section's tab counts. The tabs are drawn anew at any time, so the page itself is asked."""
    return screen.js("return document.querySelector('#states .secret .number')?.textContent ?? ''")


def open_section(screen: Screen) -> None:
    screen.open("/ban")
    screen.until(lambda: waiting(screen))
    screen.js("document.querySelector('#states .secret').click()")
    screen.until(lambda: screen.js("return document.querySelectorAll('.card.secret').length"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_section_is_marked_and_everything_in_it_can_be_read(
    phone: Screen, living: Living, scheme: str
) -> None:
    living.run(living.house.ask(CRY, "Xã Văn Giang", private=True))
    living.run(living.house.ask(PLAIN))
    phone.prefers(prefers_color_scheme=scheme)

    open_section(phone)

    assert waiting(phone) == "1"
    assert phone.text("#private-note") == SAY(Key.WEB_BOARD_PRIVATE_NOTE)
    assert phone.texts(".card .words") == [CRY]
    assert phone.texts(".card .badge.secret") == [SAY(Key.CARD_PRIVATE)]
    assert phone.texts(".card .line.notice") == [SAY(Key.CARD_ABUSE)]
    assert phone.texts(".card .actions button") == [SAY(Key.A_CLOSE), SAY(Key.A_OPEN_UP)]
    assert phone.js(CONTRAST) == []
    assert phone.js(SIDEWAYS) == 0
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(NAMELESS) == []
    assert phone.complaints() == []


def test_opened_up_a_card_leaves_the_section_and_stands_in_the_queue(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(CRY, private=True))
    open_section(screen)

    screen.one('[data-action="open_up"]').click()
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_PRIVATE))
    screen.js("document.querySelector('#states [data-state=waiting]').click()")
    screen.until(lambda: screen.texts(".card .words") == [CRY])

    assert screen.js("return document.querySelector('#private-note').hidden") is True
    assert screen.texts(".card.secret") == []


def test_closed_a_card_says_so_and_can_be_taken_up_again(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(CRY, private=True))
    open_section(screen)

    screen.one('[data-action="close"]').click()
    screen.until(lambda: screen.texts(".card .line.decided"))

    assert screen.texts(".card .line.decided")[0].startswith("Đã có người liên hệ riêng – ")
    assert waiting(screen) == "0"
    assert screen.texts(".card .actions button") == [SAY(Key.A_UNDO)]


def test_a_moderator_sets_a_question_apart_from_the_dialog_of_reasons(phone: Screen, living: Living) -> None:
    living.run(living.house.ask("Dạo này nhà em có chuyện buồn lắm"))
    phone.open("/ban")
    phone.until(lambda: phone.texts(".card"))

    phone.one('[data-action="reject"]').click()
    phone.one("#dialog .apart").click()
    phone.until(lambda: waiting(phone) == "1")

    phone.until(lambda: phone.texts(".card") == [])
    assert phone.js(SIDEWAYS) == 0


def test_what_was_noticed_stands_on_the_card(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(PLAIN))
    screen.open("/ban")
    screen.until(lambda: screen.texts(".card .line.notice"))

    assert screen.texts(".card .line.notice")[-1] == "Trong lời có số điện thoại, nên che thành 09******21."
    assert screen.js(CONTRAST) == []
