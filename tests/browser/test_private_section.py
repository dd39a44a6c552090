"""The section of the responsible person on the board: marked, readable on a phone, and gone for everybody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium import webdriver

from bot.domain.submission import State
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from tests.browser.browser import DESK, Living, Screen
from tests.browser.conftest import clean
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS

pytestmark = pytest.mark.browser
SAY = Catalogue.load().say
CRY = "Em bị bố dượng đánh, em sợ lắm, không dám nói với ai"
PLAIN = "Bao giờ có xe buýt? Với lại học phí có tăng không, gọi em 0912345621 nhé"


def waiting(screen: Screen) -> str:
    """What the section's tab counts. The tabs are drawn anew at any time, so the page itself is asked."""
    return screen.js("return document.querySelector('#states .secret .number')?.textContent ?? ''")


def state_word(screen: Screen) -> str:
    """What the only card says of its state, as in the middle of a sentence."""
    (word,) = screen.texts(".card .badge:not(.secret)")
    return word[0].lower() + word[1:]


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
    assert state_word(phone) == SAY(Key.PS_WAITING)
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
    assert screen.text("#dialog .dialog-body") == SAY(Key.WEB_BOARD_ASK_OPEN_UP)
    screen.one("#dialog .agree").click()
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_PRIVATE))
    screen.js("document.querySelector('#states [data-state=waiting]').click()")
    screen.until(lambda: screen.texts(".card .words") == [CRY])

    assert screen.js("return document.querySelector('#private-note').hidden") is True
    assert screen.texts(".card.secret") == []


def test_closed_a_card_says_so_and_can_be_taken_up_again(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(CRY, private=True))
    open_section(screen)

    screen.one('[data-action="close"]').click()
    assert screen.text("#dialog .dialog-body") == SAY(Key.WEB_BOARD_ASK_CLOSE)
    screen.one("#dialog .agree").click()
    screen.until(lambda: screen.texts(".card .line.decided"))

    assert screen.texts(".card .line.decided")[0].startswith("Đã xem xong, giữ riêng – ")
    screen.until(lambda: waiting(screen) == "0")
    assert screen.texts(".card .actions button") == [SAY(Key.A_UNDO)]
    assert state_word(screen) == SAY(Key.PS_REJECTED)


@pytest.mark.parametrize("action", ["open_up", "close"])
def test_nothing_happens_to_a_private_card_where_the_question_is_answered_with_no(
    screen: Screen, living: Living, action: str
) -> None:
    private = living.run(living.house.ask(CRY, private=True))
    open_section(screen)

    screen.one(f'[data-action="{action}"]').click()
    screen.one("#dialog .cancel").click()

    assert not screen.one("#dialog").is_displayed()
    assert waiting(screen) == "1"
    facts = living.run(living.house.cards.one(private.id, chief=True))
    assert (facts.version, facts.private, facts.state) == (private.version, True, State.WAITING)


def test_neither_button_of_a_private_card_is_the_main_one(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(CRY, private=True))

    open_section(screen)

    assert screen.all(".card.secret .actions .main") == []


def test_a_moderator_sets_a_question_apart_from_the_dialog_of_reasons(phone: Screen, living: Living) -> None:
    living.run(living.house.ask("Dạo này nhà em có chuyện buồn lắm"))
    phone.open("/ban")
    phone.until(lambda: phone.texts(".card"))

    phone.one('[data-action="reject"]').click()
    phone.one("#dialog .apart").click()
    phone.until(lambda: waiting(phone) == "1")

    phone.until(lambda: phone.texts(".card") == [])
    assert phone.js(SIDEWAYS) == 0


def test_an_ordinary_moderator_who_sets_a_card_apart_is_told_so_and_sees_it_no_more(
    driver: webdriver.Chrome, tmp_path: Path
) -> None:
    clean(driver)
    with Living(tmp_path) as closed:
        screen = Screen(driver, closed)
        screen.size(*DESK)
        token, _ = closed.run(Invite(closed.house.store, closed.house.clock)("Lan"))
        asked = closed.run(closed.house.ask("Dạo này nhà em có chuyện buồn lắm"))
        screen.open(f"/vao?ma={token}")
        screen.one("form button").click()
        screen.until(lambda: screen.texts(".card .code") == [asked.code])

        screen.one('[data-action="reject"]').click()
        screen.one("#dialog .apart").click()
        screen.until(lambda: screen.texts(".toast") == [SAY(Key.DONE_SET_APART, code=asked.code)])

        screen.until(lambda: screen.texts(".card") == [])
        assert screen.complaints() == []
        driver.get("about:blank")


def test_what_was_noticed_stands_on_the_card(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(PLAIN))
    screen.open("/ban")
    screen.until(lambda: screen.texts(".card .line.notice"))

    assert screen.texts(".card .line.notice")[-1] == "Trong lời có số điện thoại, nên che thành 09******21."
    assert screen.js(CONTRAST) == []
