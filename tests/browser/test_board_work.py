"""Everything that a moderator does on the board beside yes and no, in a real Chromium, on a desk and on a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from selenium.webdriver.common.keys import Keys

from bot.domain.role import By, Role
from bot.domain.submission import Action, State, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.moderate import Decision
from tests.browser.browser import DESK, PHONE, Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS

pytestmark = pytest.mark.browser
SAY = Catalogue.load().say
LAN = By("Lan", Role.CHIEF)
BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
PICTURES = os.environ.get("DOITHOAI_PICTURES")  # a folder: every dialog is kept there to be looked at


def approved(living: Living, text: str) -> Submission:
    asked = living.run(living.house.ask(text))
    return living.run(living.house.moderate.decide(asked.id, 1, Decision(Action.APPROVE), LAN))


def choose(screen: Screen, action: str) -> None:
    """Something of the menu "Việc khác…" of the first card."""
    screen.one(".card [data-action=more]").click()
    screen.one(f".card .menu [data-action={action}]").click()


def listed(screen: Screen, state: str) -> None:
    screen.js("document.querySelector(`[data-state=${arguments[0]}]`).click()", state)
    screen.until(lambda: screen.all(f".badge.{state}"))


def now(living: Living, submission: Submission) -> State:
    return living.run(living.house.cards.one(submission.id)).state


def test_two_versions_of_a_question_are_merged_after_a_look_at_both(screen: Screen, living: Living) -> None:
    first = approved(living, BUS)
    second = living.run(living.house.ask("Khi nào mở tuyến xe buýt về Tân An?"))
    screen.open("/ban")
    screen.key("j")
    screen.key("m")
    screen.until(lambda: screen.all(".target"))
    screen.one("dialog input").send_keys("tan an")
    screen.until(lambda: screen.texts(".target strong") == [first.code])
    screen.one(".target").click()

    shown = screen.texts("dialog blockquote")
    screen.one("dialog .main").click()
    screen.until(lambda: screen.text("[data-state=approved] .number") == "2")

    assert shown == [second.text, BUS]
    assert living.run(living.house.cards.one(first.id)).members == (first.code, second.code)


def test_a_wording_shows_what_changes_and_is_saved_beside_the_original(screen: Screen, living: Living) -> None:
    submission = approved(living, BUS)
    screen.open("/ban")
    listed(screen, "approved")
    screen.key("j")
    screen.key("w")
    area = screen.one("#wording")
    area.clear()
    area.send_keys("Bao giờ xã Tân An có xe khách?")

    gone, come = screen.texts("dialog .diff del"), screen.texts("dialog .diff ins")
    screen.one("dialog .main").click()
    screen.until(lambda: "xe khách" in screen.text(".card .wording"))

    assert (gone, come) == (["buýt lên thành phố?"], ["khách?"])
    assert living.run(living.house.cards.one(submission.id)).text == BUS


def test_departments_of_an_issue_are_chosen_from_a_list_with_search(screen: Screen, living: Living) -> None:
    submission = approved(living, BUS)
    screen.open("/ban")
    listed(screen, "approved")
    choose(screen, "reroute")
    screen.one("dialog input").send_keys("y te")
    screen.until(lambda: len(screen.all(".body-row")) == 1)
    screen.one("[data-key='lead:so-y-te']").click()
    screen.one("dialog .main").click()
    screen.until(lambda: "Sở Y tế" in screen.text(".card .proposal"))

    card = living.run(living.house.cards.one(submission.id))
    assert (card.department, card.supporting_ids) == ("so-y-te", ("cong-an-tinh",))


def test_words_that_are_tapped_or_typed_are_hidden_as_the_preview_shows(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Anh Bình ở thôn An lấy tiền, gọi 0912345678."))
    screen.open("/ban")
    choose(screen, "mask")
    next(one for one in screen.all(".tokens button") if one.text == "Bình").click()
    screen.one("#hide").send_keys("An" + Keys.ENTER)

    preview = screen.text("dialog .preview")
    screen.one("dialog .main").click()
    screen.until(lambda: "[đã che]" in screen.text(".card .words"))

    assert preview == "Anh [đã che] ở thôn [đã che] lấy tiền, gọi 09******78."
    assert living.run(living.house.cards.one(submission.id)).text == preview


def test_what_is_out_of_scope_is_sent_to_a_body_of_the_list_or_of_own_words(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Mất điện"))
    screen.open("/ban")
    choose(screen, "redirect")
    screen.one("dialog input[value=own]").click()
    screen.one("dialog textarea").send_keys("Điện lực khu vực")
    screen.one("dialog .main").click()
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_WAITING))

    assert living.run(living.house.cards.one(submission.id)).body == "Điện lực khu vực"


def test_the_menu_is_walked_with_the_keyboard_and_escape_leads_back(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(BUS))
    screen.open("/ban")
    screen.js("document.querySelector('[data-action=more]').focus()")
    screen.key(Keys.ENTER)
    screen.key(Keys.ARROW_DOWN)
    second = screen.js("return document.activeElement.dataset.action")
    screen.key("j")
    screen.key(Keys.ESCAPE)

    assert second == screen.js("return document.querySelectorAll('.menu button')[1].dataset.action")
    assert screen.js("return document.activeElement.dataset.action") == "more"
    assert not screen.one(".menu").is_displayed()


def test_the_history_tells_in_words_what_was_done(screen: Screen, living: Living) -> None:
    submission = approved(living, BUS)
    screen.open(f"/ban#{submission.code}")
    screen.until(lambda: screen.all(".card"))
    screen.one(".card .history").click()
    screen.until(lambda: screen.texts(".steps strong") == ["Duyệt", "Gửi"])

    assert "Từ “chờ duyệt” sang “đã duyệt”." in screen.text(".steps")


def test_filters_stay_in_the_address_over_a_reload(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(BUS, "Xã Văn Giang"))
    other = living.run(living.house.ask("Việc làm", "Phường Mỹ Hào"))
    screen.open("/ban")
    screen.js(
        "const s = document.querySelector('#unit'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))",
        "Phường Mỹ Hào",
    )
    screen.until(lambda: screen.texts("#cards .code") == [other.code])

    screen.reload()

    assert screen.texts("#cards .code") == [other.code]
    assert screen.js("return document.querySelector('#unit').value") == "Phường Mỹ Hào"
    screen.one("#clear").click()
    screen.until(lambda: len(screen.all(".card")) == 2)


def test_cards_are_drawn_as_somebody_comes_to_them(screen: Screen, living: Living) -> None:
    for number in range(75):
        living.run(living.house.ask(f"Câu {number} về việc làm"))
    screen.open("/ban")
    first = len(screen.all(".card"))

    screen.js("scrollTo(0, document.body.scrollHeight)")
    screen.until(lambda: len(screen.all(".card")) > first)

    assert first == 30
    assert screen.text("#count") == "75 câu"


def test_a_range_is_selected_with_shift_and_refused_with_one_reason_and_taken_back(
    screen: Screen, living: Living
) -> None:
    asked = [living.run(living.house.ask(f"Câu {number} về việc làm")) for number in range(4)]
    screen.open("/ban")
    screen.all(".choose input")[0].click()
    screen.js("document.querySelectorAll('.choose input')[2].dispatchEvent(new MouseEvent('click', {shiftKey: true}))")
    screen.until(lambda: screen.text("#chosen") == SAY(Key.WEB_BULK_CHOSEN, count=3))
    screen.one("#bulk-reject").click()
    screen.one("dialog input[value='reason.unclear']").click()
    screen.one("dialog .danger").click()
    screen.until(lambda: screen.texts("#cards .code") == [asked[3].code])
    rejected = [now(living, one) for one in asked]

    screen.until(lambda: screen.all(".toast button"))
    screen.one(".toast button").click()
    screen.until(lambda: len(screen.all(".card")) == 4)

    assert rejected == [State.REJECTED, State.REJECTED, State.REJECTED, State.WAITING]
    assert {now(living, one) for one in asked} == {State.WAITING}


def test_all_that_fit_are_approved_at_once(screen: Screen, living: Living) -> None:
    asked = [living.run(living.house.ask(f"Câu {number} về việc làm")) for number in range(3)]
    screen.open("/ban")
    screen.key("j")
    screen.key("x")
    screen.until(lambda: screen.one("#bulk").is_displayed())
    screen.one("#select-all").click()
    screen.one("#bulk-approve").click()
    screen.one("dialog .agree").click()
    screen.until(lambda: screen.text("[data-state=approved] .number") == "3")

    assert {now(living, one) for one in asked} == {State.APPROVED}


def test_of_many_those_that_could_not_be_done_are_listed_by_code_with_the_reason(
    screen: Screen, living: Living
) -> None:
    asked = [living.run(living.house.ask(f"Câu {number} về việc làm")) for number in range(2)]
    living.run(living.house.moderate.decide(asked[1].id, 1, Decision(Action.ASSIGN), LAN))
    screen.open("/ban")
    screen.key("j")
    screen.key("x")
    screen.one("#select-all").click()
    screen.one("#bulk-assign").click()
    screen.until(lambda: screen.all(".outcomes li"))

    assert screen.text(".outcomes").splitlines() == [asked[1].code, SAY(Key.REFUSE_NOT_NOW)]
    assert living.run(living.house.cards.one(asked[0].id)).assignee == SAY(Key.WEB_DEMO_MODERATOR)


def test_a_proposed_group_becomes_one_issue(screen: Screen, living: Living) -> None:
    first = living.run(living.house.ask(BUS))
    second = living.run(living.house.ask("bao gio xa tan an co xe buyt len thanh pho"))
    screen.open("/ban/nhom")
    screen.until(lambda: screen.all(".group-head button"))
    screen.one(".group-head button").click()
    prefilled = screen.one("#common").get_attribute("value")
    screen.one("dialog .main").click()
    screen.until(lambda: SAY(Key.WEB_GATHER_DONE, count=2) in screen.texts(".toast span"))

    card = living.run(living.house.cards.one(second.id))
    assert prefilled == BUS
    assert card.members == (first.code, second.code)


def test_a_card_says_who_else_looks_at_it(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(BUS))
    screen.open("/ban")
    screen.js(
        "fetch('/api/board/looking', {method: 'POST', headers: {'X-Requested-With': 'doithoai'},"
        " body: JSON.stringify({page: 'another', card: Number(document.querySelector('.card').dataset.id)})})"
    )

    screen.until(lambda: screen.texts(".badge.looking") == [f"{SAY(Key.WEB_DEMO_MODERATOR)} đang xem"])


LEAVE = {
    "closed": "window.location = 'about:blank'",
    "hidden": "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
    "document.dispatchEvent(new Event('visibilitychange'))",
}


@contextmanager
def neighbour(living: Living) -> Iterator[list[object]]:
    """Another open page: who is at which card, as it hears of it."""
    heard: list[object] = [{}]

    async def listen() -> None:
        async with aiohttp.ClientSession() as session, session.get(f"{living.address}/api/board/stream?page=b") as news:
            name = b""
            async for line in news.content:
                name = line if line.startswith(b"event:") else name
                if line.startswith(b"data:") and b"looking" in name:
                    heard.append(json.loads(line.removeprefix(b"data:")))

    listening = living.start(listen())
    yield heard
    listening.cancel()


# Half a minute later such a page would be forgotten anyway, but nobody here waits that long.
@pytest.mark.parametrize("how", LEAVE)
def test_a_page_that_is_closed_or_hidden_is_at_no_card_at_once(screen: Screen, living: Living, how: str) -> None:
    asked = living.run(living.house.ask(BUS))
    screen.open("/ban")
    with neighbour(living) as heard:
        screen.key("j")
        screen.until(lambda: heard[-1] == {str(asked.id): [SAY(Key.WEB_DEMO_MODERATOR)]})

        screen.js(LEAVE[how])

        screen.until(lambda: heard[-1] == {})


def test_a_page_that_comes_back_from_the_browsers_memory_says_again_where_it_is(screen: Screen, living: Living) -> None:
    living.run(living.house.ask(BUS))
    screen.open("/ban")
    with neighbour(living) as heard:
        screen.key("j")
        screen.until(lambda: heard[-1])
        screen.js("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
        screen.until(lambda: not heard[-1])

        screen.js("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

        screen.until(lambda: heard[-1])


@pytest.mark.parametrize("path", ["/ban", "/ban/nhom"])
def test_what_was_merged_at_once_is_taken_back_at_once(screen: Screen, living: Living, path: str) -> None:
    first = living.run(living.house.ask(BUS))
    second = living.run(living.house.ask("bao gio xa tan an co xe buyt len thanh pho"))
    screen.open(path)
    if path == "/ban":
        screen.key("j")
        screen.key("x")
        screen.one("#select-all").click()
        screen.one("#bulk-merge").click()
    else:
        screen.until(lambda: screen.all(".group-head button"))
        screen.one(".group-head button").click()
    screen.one("dialog .main").click()
    screen.until(lambda: SAY(Key.WEB_GATHER_DONE, count=2) in screen.texts(".toast span"))
    together = living.run(living.house.cards.one(first.id)).members

    screen.one(".toast button").click()
    screen.until(lambda: SAY(Key.WEB_GATHER_UNDONE, count=2) in screen.texts(".toast span"))

    assert together == (first.code, second.code)
    assert [now(living, one) for one in (first, second)] == [State.WAITING, State.WAITING]


def test_masking_shows_beforehand_what_becomes_of_the_answer_and_the_wording(screen: Screen, living: Living) -> None:
    submission = approved(living, "Bao giờ có xe? Gọi 0912345678.")
    wording = Decision(Action.EDIT_WORDING, wording="Bao giờ có xe? (anh Bình, 0912 345 678)")
    living.run(living.house.moderate.decide(submission.id, submission.version, wording, LAN))
    screen.open("/ban")
    listed(screen, "approved")
    choose(screen, "mask")
    screen.one("#hide").send_keys("Bình" + Keys.ENTER)

    preview = screen.texts("dialog .preview p")
    screen.one("dialog .main").click()
    screen.until(lambda: "[đã che]" in screen.text(".card .wording"))

    assert preview == ["Bao giờ có xe? Gọi 09******78.", "Bao giờ có xe? (anh [đã che], 09** *** *78)"]
    card = living.run(living.house.cards.one(submission.id))
    assert [card.text, card.wording] == preview


# ------------------------------------------------------------------ how it looks


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_dialog_can_be_read_and_touched(
    screen: Screen, living: Living, size: tuple[int, int], scheme: str
) -> None:
    living.run(living.house.ask(f"{BUS} Nghiêng{'nghiêng' * 30} 0912345678"))
    approved(living, BUS)
    screen.prefers(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    screen.size(*size, phone=size == PHONE)
    screen.open("/ban")
    found: dict[str, object] = {}

    def look(name: str) -> None:
        faults = {check: screen.js(script) for check, script in CHECKS.items()}
        found.update({f"{name} {check}": fault for check, fault in faults.items() if fault})
        if PICTURES:
            screen.picture(Path(PICTURES) / f"{name}-{size[0]}-{scheme}.png")
        screen.js("document.querySelector('dialog').close()")

    for state, actions in WORK.items():
        listed(screen, state)
        look(state)
        for action in actions:
            screen.js("document.querySelector('.card [data-action=more]').click()")
            screen.js(f"document.querySelector('.card .menu [data-action={action}]').click()")
            screen.until(lambda: screen.one("dialog").is_displayed())
            look(action)
    screen.js("document.querySelector('.history').click()")
    screen.until(lambda: screen.all(".steps li"))
    look("history")
    screen.js("document.querySelector('.choose input').click()")
    look("bulk")

    assert found == {}
    assert screen.complaints() == []


CHECKS = {
    "contrast": CONTRAST,
    "nameless": NAMELESS,
    "sideways": SIDEWAYS,
    "small": SMALL_TARGETS.replace(".skip", ".skip, .tokens"),
}
WORK = {
    "waiting": ("merge", "mask", "ask_back", "split", "redirect", "set_apart"),
    "approved": ("edit_wording", "reroute"),
}
