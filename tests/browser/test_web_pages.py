"""The chat page and the board in a real Chromium: what people do, and what they then see."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from bot.domain.submission import Action, State, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.moderate import Decision
from handlers.web.chat import address_of
from tests.browser.browser import Living, Screen
from tests.browser.conftest import clean
from tests.world import moderator

pytestmark = pytest.mark.browser
SAY = Catalogue.load().say

CONTRAST = """
const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const [r, g, b, a = 1] = rgb(getComputedStyle(one).backgroundColor);
    if (a > 0.99) return [r, g, b];
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('body *')].filter((node) =>
  node.checkVisibility({opacityProperty: true}) && !node.closest('.unseen, .skip, [aria-hidden=true], :disabled') &&
  [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
).map((node) => {
  const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), node.textContent.trim().slice(0, 40), node.className];
}).filter(([ratio]) => ratio < 4.5);
"""
SMALL_TARGETS = """
return [...document.querySelectorAll('button, a[href], input, select, textarea')].filter((node) =>
  node.checkVisibility() && !node.closest('.skip') && !['radio', 'checkbox'].includes(node.type)
).map((node) => [node.getBoundingClientRect().height, node.getBoundingClientRect().width, node.textContent.trim()])
 .filter(([height, width]) => height < 36 || width < 36);
"""
ON_TOP = """
const banner = document.querySelector('.rehearsal'), box = banner.getBoundingClientRect();
return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === banner;
"""
NAMELESS = """
return [...document.querySelectorAll('button, a[href], input, select, textarea, iframe')].filter((node) =>
  node.checkVisibility() && !(node.textContent.trim() || node.ariaLabel || node.title || node.labels?.[0]?.textContent.trim())
).map((node) => node.outerHTML.slice(0, 90));
"""
KEPT_HERE = """
return Object.entries(localStorage).filter(([name]) => name.startsWith('doithoai.')).map(([, text]) => JSON.parse(text))
 .filter((kept) => kept.length);
"""
SIDEWAYS = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def to_the_draft(screen: Screen, question: str) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.press("Đồng ý, mình đủ 16 tuổi")
    screen.press("Phường Phố Hiến")
    screen.press("Sinh viên")
    screen.say(question)


# ------------------------------------------------------------------ the chat page


def test_a_young_person_goes_from_the_first_page_to_a_receipt_by_touch(phone: Screen, living: Living) -> None:
    to_the_draft(phone, "Bao giờ phường mình có thêm tuyến xe buýt đến trường ạ?")
    phone.press("Gửi")

    (card,) = living.run(living.house.cards.facts([State.WAITING], 10))
    assert card.text == "Bao giờ phường mình có thêm tuyến xe buýt đến trường ạ?"
    assert (card.unit, card.group) == ("Phường Phố Hiến", "Sinh viên")
    assert f"Mã: {card.code}" in phone.bubbles()[-1]
    assert phone.complaints() == []


def test_the_header_says_who_asks_and_until_when_in_words(phone: Screen) -> None:
    phone.open()

    assert phone.text("h1") == "Đối thoại với thanh niên tỉnh Hưng Yên năm 2026"
    assert "Hạn gửi: 24 giờ thứ Hai, ngày 30/11/2026" in phone.text("#deadline")


def test_a_reload_brings_the_whole_conversation_back_in_its_order(screen: Screen) -> None:
    to_the_draft(screen, "Khi nào có nhà ở cho công nhân?")
    before, choices = screen.bubbles(), screen.choices()

    screen.reload()

    assert screen.bubbles() == before
    assert screen.choices() == choices
    assert "Khi nào có nhà ở cho công nhân?" in before


def test_what_was_typed_but_not_sent_survives_a_reload(screen: Screen) -> None:
    screen.open()
    screen.write("Em muốn hỏi về")

    screen.reload()

    assert screen.js("return document.querySelector('#words').value") == "Em muốn hỏi về"


def test_a_message_written_without_a_network_is_kept_and_sent_when_it_is_tapped(screen: Screen) -> None:
    screen.open()
    screen.network(up=False)
    screen.write("Đường vào thôn hỏng nặng" + Keys.ENTER)
    screen.until(lambda: screen.text(".again") == SAY(Key.WEB_FAILED))
    screen.until(lambda: screen.text("#state") == SAY(Key.WEB_OFFLINE))
    screen.network(up=True)

    screen.js("document.querySelector('.again')?.click()")
    screen.until(lambda: len(screen.bubbles()) > 1)

    assert screen.bubbles()[0] == "Đường vào thôn hỏng nặng"
    assert screen.all(".mine.failed") == []


def test_a_failed_message_is_still_there_when_the_page_is_opened_again(screen: Screen) -> None:
    screen.open()
    screen.network(up=False)
    screen.write("Câu chưa gửi được" + Keys.ENTER)
    screen.until(lambda: screen.all(".mine.failed"))
    screen.driver.get("about:blank")
    screen.network(up=True)

    screen.open()
    screen.until(lambda: len(screen.bubbles()) > 1)

    assert screen.bubbles().count("Câu chưa gửi được") == 1


def test_two_quick_taps_on_a_button_are_one_choice(screen: Screen) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.until(lambda: len(screen.choices()) == 3)

    screen.js("const one = document.querySelector('.choice'); one.click(); one.click();")
    screen.until(lambda: "Bỏ qua" in screen.choices())

    assert len([text for text in screen.bubbles() if text == "Đồng ý, mình đủ 16 tuổi"]) == 1


def test_digits_press_the_buttons_where_nobody_types(screen: Screen) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.until(lambda: len(screen.choices()) == 3)
    screen.js("document.activeElement.blur()")

    screen.key("1")

    screen.until(lambda: "Bỏ qua" in screen.choices())


def test_a_digit_in_the_input_is_only_a_digit(screen: Screen) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.until(lambda: len(screen.choices()) == 3)

    screen.write("1")

    assert screen.js("return document.querySelector('#words').value") == "1"
    assert len(screen.choices()) == 3


def test_enter_sends_on_a_desk_and_shift_enter_makes_a_new_line(screen: Screen) -> None:
    screen.open()

    screen.write("dòng một" + Keys.SHIFT + Keys.ENTER + Keys.NULL + "dòng hai")
    assert screen.bubbles() == []
    screen.write(Keys.ENTER)

    screen.until(lambda: screen.bubbles()[:1] == ["dòng một\ndòng hai"])


def test_the_input_grows_to_five_lines_and_no_further(screen: Screen) -> None:
    screen.open()
    height = "return document.querySelector('#words').offsetHeight"
    one = screen.js(height)
    set_text = "const w = document.querySelector('#words'); w.value = arguments[0]; w.dispatchEvent(new Event('input'))"

    screen.js(set_text, "\n".join("abcde"))
    five = screen.js(height)
    screen.js(set_text, "\n".join("abcdefghijk"))

    assert one == 44
    assert 120 < five < 150
    assert abs(screen.js(height) - five) <= 3


def test_html_that_somebody_typed_stays_text(screen: Screen) -> None:
    evil = "<img src=x onerror=document.title='bị'><b>đậm</b>"
    to_the_draft(screen, evil)

    assert evil in screen.bubbles()
    assert screen.all("#log img, #log b") == []
    assert "Đối thoại" in screen.driver.title


def test_a_text_that_is_too_long_is_named_with_its_numbers_and_stays_in_the_input(screen: Screen) -> None:
    screen.open()
    fill = (
        "const w = document.querySelector('#words'); w.value = 'ă'.repeat(30001); w.dispatchEvent(new Event('input'))"
    )
    screen.js(fill)

    screen.one("#send").click()

    assert screen.text("#complaint") == SAY(Key.WEB_TOO_LONG, length="30.001", limit="30.000")
    assert screen.js("return document.querySelector('#words').value.length") == 30_001
    assert screen.bubbles() == []


def test_a_word_without_blanks_does_not_push_the_page_sideways(phone: Screen) -> None:
    to_the_draft(phone, "https://example.vn/" + "a" * 400)

    assert phone.js(SIDEWAYS) == 0
    assert phone.js("const s = document.querySelector('#scroll'); return s.scrollWidth - s.clientWidth") == 0


def test_somebody_under_16_reads_why_it_ends_here_even_after_a_reload(screen: Screen) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.press("Mình chưa đủ 16 tuổi")
    assert screen.bubbles()[-1] == SAY(Key.MINOR)

    screen.reload()

    assert screen.bubbles()[-1] == SAY(Key.MINOR)


@pytest.mark.parametrize("refusal", ["Mình chưa đủ 16 tuổi", "Không đồng ý"])
def test_after_a_refusal_this_device_forgets_the_conversation_too(screen: Screen, living: Living, refusal: str) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.until(lambda: refusal in screen.choices())
    screen.press(refusal)
    assert screen.bubbles()[-2] == refusal
    screen.until(lambda: not screen.js(KEPT_HERE))

    living.house.clock.later(minutes=3)
    screen.reload()

    assert screen.bubbles() == []
    assert screen.one("#welcome").is_displayed()


def test_what_the_server_has_no_trace_of_is_not_shown_from_this_device(screen: Screen, living: Living) -> None:
    screen.open()
    screen.one("#begin").click()
    screen.until(lambda: len(screen.choices()) == 3)
    chat = screen.driver.get_cookie("doithoai_chat")["value"]
    screen.driver.get("about:blank")
    living.run(forget(living, chat))
    living.house.clock.later(minutes=3)

    screen.open()

    assert screen.bubbles() == []
    assert screen.one("#welcome").is_displayed()


async def forget(living: Living, chat: str) -> None:
    """What an ending that this browser never heard of leaves behind: nothing."""
    async with living.house.store.transaction() as tx:
        await tx.sessions.forget(address_of(chat))
        await tx.outbox.forget(address_of(chat))


def test_words_that_come_by_themselves_appear_and_do_not_take_the_buttons_away(screen: Screen, living: Living) -> None:
    to_the_draft(screen, "Câu đang viết về việc làm")
    choices = screen.choices()

    cookie = screen.driver.get_cookie("doithoai_chat")["value"]
    living.run(living.house.say(cookie, "Câu HY26-0001-A của bạn đã được duyệt."))
    screen.until(lambda: screen.bubbles()[-1] == "Câu HY26-0001-A của bạn đã được duyệt.")

    assert screen.choices() == choices


IN_SIGHT = """
const [node, view] = [arguments[0].getBoundingClientRect(), document.querySelector('#scroll').getBoundingClientRect()];
return node.top >= view.top && node.bottom <= view.bottom;
"""


def test_on_a_small_phone_the_numbers_to_call_are_in_sight_and_a_tap_calls_them(phone: Screen) -> None:
    phone.size(360, 640, phone=True)
    to_the_draft(phone, "Câu hỏi về việc làm")

    phone.say("Em bị bố dượng đánh, gọi 111, 113, 115 cho em với, em sợ lắm")

    care = phone.all(".said:not(.mine) .bubble:has(a.call)")[0]
    phone.until(lambda: care.text)  # it comes into sight slowly
    assert care.text == SAY(Key.CARE_ABUSE)
    assert phone.js(IN_SIGHT, care) is True
    numbers = care.find_elements("css selector", "a")
    assert [(one.text, one.get_dom_attribute("href")) for one in numbers] == [
        ("113", "tel:113"),
        ("111", "tel:111"),
        ("115", "tel:115"),
    ]
    assert phone.all(".mine a") == []
    assert phone.js(SMALL_TARGETS) == []
    assert phone.complaints() == []


def test_of_several_bubbles_that_do_not_fit_together_the_first_is_read_first(phone: Screen, living: Living) -> None:
    to_the_draft(phone, "Câu hỏi về việc làm")
    phone.reload()
    cookie = phone.driver.get_cookie("doithoai_chat")["value"]
    end = "const s = document.querySelector('#scroll'); return s.scrollHeight - s.scrollTop - s.clientHeight"
    assert phone.js(end) < 2

    living.run(several(living, cookie, [f"{number}. {'dài ' * 140}" for number in (1, 2, 3)]))
    phone.until(lambda: len(phone.bubbles()) and phone.bubbles()[-1].startswith("3. "))

    first = "return [...document.querySelectorAll('.said .bubble')].find((one) => one.textContent.startsWith('1. '))"
    phone.until(lambda: phone.js(IN_SIGHT, phone.js(first)))
    assert phone.js(end) > 60
    assert phone.one("#newer").is_displayed()
    phone.one("#newer").click()
    assert phone.js(end) < 2


async def several(living: Living, chat: str, texts: list[str]) -> None:
    for text in texts:
        await living.house.say(chat, text)


def test_screen_readers_hear_new_words_politely_and_everything_has_a_name(screen: Screen) -> None:
    to_the_draft(screen, "Câu hỏi về việc làm")

    log = screen.one("#log")
    assert (log.get_attribute("role"), log.get_attribute("aria-live")) == ("log", "polite")
    assert screen.js(NAMELESS) == []


def test_the_keyboard_reaches_everything_and_lands_on_the_next_buttons(screen: Screen) -> None:
    screen.open()
    screen.one("#begin").send_keys(Keys.ENTER)
    screen.until(lambda: len(screen.choices()) == 3)

    screen.one("#choices .choice").send_keys(Keys.ENTER)
    screen.until(lambda: "Bỏ qua" in screen.choices())

    screen.until(lambda: screen.js("return document.activeElement.matches('#choices .choice')"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/ban", "/vao", "/vao?ma=abc"])
def test_every_text_stands_out_from_what_is_behind_it(phone: Screen, living: Living, scheme: str, path: str) -> None:
    if path == "/":
        to_the_draft(phone, "Câu hỏi về việc làm")
    living.run(living.house.ask("Câu hỏi về việc làm, lương", "Xã Văn Giang", "cong-nhan", late=True))
    living.run(living.house.ask("Câu không rõ", "Xã Văn Giang"))
    phone.prefers(prefers_color_scheme=scheme)

    phone.open(path)

    assert phone.js(CONTRAST) == []
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(SIDEWAYS) == 0


def test_whoever_wants_less_motion_gets_none(screen: Screen) -> None:
    screen.prefers(prefers_reduced_motion="reduce")
    screen.open()

    moving = "return getComputedStyle(document.querySelector('.dots i')).animationName"
    assert screen.js(moving) == "none"


# ------------------------------------------------------------------ the board


def test_a_question_appears_on_the_board_is_approved_and_the_asker_reads_it(screen: Screen, living: Living) -> None:
    to_the_draft(screen, "Bao giờ có thêm xe buýt ạ?")
    screen.press("Gửi")
    chat = screen.driver.current_window_handle
    screen.driver.switch_to.new_window("tab")
    screen.size(1280, 800)
    screen.open("/ban")
    code = screen.text(".card .code")

    screen.one("[data-action=approve]").click()
    screen.until(lambda: screen.text(".toast span") == SAY(Key.DONE_APPROVE, code=code))
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_WAITING))
    screen.driver.close()
    screen.driver.switch_to.window(chat)

    screen.until(lambda: screen.bubbles()[-1] == SAY(Key.TOLD_APPROVED, code=code, department="Sở Xây dựng"))
    assert screen.complaints() == []


def test_new_questions_and_others_decisions_come_to_the_board_by_themselves(screen: Screen, living: Living) -> None:
    screen.open("/ban")
    assert screen.texts(".card .code") == []

    submission = living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.until(lambda: screen.texts(".card .code") == [submission.code])
    living.run(living.house.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Lan")))

    screen.until(lambda: screen.texts(".card .code") == [])
    assert screen.text("[data-state=approved] .number") == "1"


def test_a_decision_that_came_too_late_says_who_was_first(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.open("/ban")
    screen.js("window.EventSource = class {}")
    moderate = living.house.moderate
    screen.js(
        "const f = window.fetch; window.held = []; window.fetch = (a, o) => o?.method === 'POST' ? f(a, o) : new Promise(() => {})"
    )
    living.run(moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Lan")))

    screen.one("[data-action=approve]").click()

    screen.until(lambda: f"Lan đã xử lý câu {submission.code} lúc" in screen.text(".toast.refused"))


def test_the_department_is_changed_with_the_keyboard_alone(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Bao giờ có thêm xe buýt?"))
    screen.open("/ban")

    screen.key("j")
    screen.key("c")
    screen.until(lambda: screen.all("dialog[open]"))
    search = screen.one("dialog input[type=search]")
    search.send_keys("rac thai")
    assert screen.texts("dialog .found .pick") == ["Môi trường, rác thải, nước sạch"]
    screen.one("dialog .found .pick").send_keys(Keys.ENTER)
    screen.until(lambda: screen.text(".proposal strong") == "Sở Nông nghiệp và Môi trường")
    screen.key("d")

    screen.until(lambda: screen.text("[data-state=approved] .number") == "1")
    assert living.run(living.house.cards.one(submission.id)).department_name == "Sở Nông nghiệp và Môi trường"


def test_a_refusal_asks_for_a_reason_first(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.open("/ban")
    screen.one("[data-action=reject]").click()
    screen.until(lambda: screen.all("dialog[open]"))
    assert not screen.one("dialog .danger").is_enabled()

    screen.one("dialog input[value=own]").click()
    screen.one("dialog textarea").send_keys("Bạn nêu rõ tên công ty giúp nhé.")
    screen.one("dialog .danger").click()
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_WAITING))

    card = living.run(living.house.cards.one(submission.id))
    assert (card.state, card.reason) == (State.REJECTED, "Bạn nêu rõ tên công ty giúp nhé.")


def test_a_decision_is_undone_from_its_toast(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.open("/ban")
    screen.one("[data-action=approve]").click()
    screen.until(lambda: screen.all(".toast button"))

    screen.one(".toast button").click()

    screen.until(lambda: screen.text("[data-state=waiting] .number") == "1")
    screen.until(lambda: len(screen.all(".card")) == 1)


def test_a_changed_department_is_changed_back_from_its_toast(screen: Screen, living: Living) -> None:
    submission = living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.open("/ban")
    screen.one("[data-action=change_topic]").click()
    screen.one("dialog .found [data-topic=giao-thong]").click()

    screen.until(lambda: "Sở Xây dựng" in screen.text(".toast span"))

    screen.one(".toast button").click()
    screen.until(lambda: "Sở Nội vụ" in screen.text(".card .proposal"))

    assert living.run(living.house.cards.one(submission.id)).topic == "viec-lam"


def test_the_picker_finds_beginnings_of_words_departments_first_and_scopes_last(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Câu hỏi về việc làm, lương, tuyển dụng"))
    screen.open("/ban")
    screen.one("[data-action=change_topic]").click()
    search = screen.one("dialog input[type=search]")

    found = {}
    for query in ("y te", "so y te", "the thao", "ap thong"):
        search.clear()
        search.send_keys(query)
        found[query] = screen.texts("dialog .found .pick span")

    health, waste, movement = (
        "Khám chữa bệnh, sức khỏe tâm thần",
        "Môi trường, rác thải, nước sạch",
        "Phong trào Đoàn, tình nguyện",
    )
    assert found["y te"] == [health, waste, movement]
    assert found["so y te"][0] == health
    assert found["the thao"] == ["Thiết chế văn hóa, thể thao"]
    assert found["ap thong"] == []


async def take_in(living: Living) -> None:
    while await living.house.similar.step():
        pass


def test_the_code_of_a_twin_leads_to_its_card(screen: Screen, living: Living) -> None:
    first, _ = [living.run(living.house.ask("Bao giờ xã mình có xe buýt ạ?")) for _ in range(2)]
    living.run(take_in(living))
    screen.open("/ban")
    link = f'.line.similar a[href="#{first.code}"]'
    screen.until(lambda: screen.all(link))

    screen.js("document.querySelector(arguments[0]).click()", link)

    screen.until(lambda: screen.texts(".card .code") == [first.code])


def test_guesses_that_are_next_to_nothing_are_not_shown(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Việc làm, lao động, tuyển dụng, lương"))
    screen.open("/ban")

    screen.one("[data-action=change_topic]").click()

    assert screen.texts("dialog .pick em") == [SAY(Key.WEB_BOARD_CURRENT)]


FOCUSED = (
    "return document.activeElement.closest('.card')?.querySelector('.words')?.textContent ?? document.activeElement.id"
)


def three(screen: Screen, living: Living) -> list[Submission]:
    """Three waiting questions, the keyboard on the second."""
    asked = [living.run(living.house.ask(f"Câu {number} về việc làm")) for number in (1, 2, 3)]
    screen.open("/ban")
    screen.key("j")
    screen.key("j")
    assert screen.js(FOCUSED) == "Câu 2 về việc làm"
    return asked


def test_a_card_that_somebody_else_decides_leaves_its_place_to_the_next_one(screen: Screen, living: Living) -> None:
    _, second, third = three(screen, living)

    living.run(living.house.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan")))
    screen.until(lambda: screen.js(FOCUSED) == "Câu 3 về việc làm")
    living.run(living.house.moderate.decide(third.id, 1, Decision(Action.APPROVE), moderator("Lan")))

    screen.until(lambda: screen.js(FOCUSED) == "Câu 1 về việc làm")


def test_a_card_decided_by_others_behind_an_open_dialog_leaves_its_place_too(screen: Screen, living: Living) -> None:
    _, second, _ = three(screen, living)
    screen.key("c")
    screen.until(lambda: screen.all("dialog[open]"))
    living.run(living.house.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan")))
    screen.until(lambda: len(screen.all(".card")) == 2)

    screen.one("dialog .found [data-topic=giao-thong]").click()
    screen.until(lambda: "Lan đã xử lý" in screen.text(".toast.refused"))

    screen.until(lambda: screen.js(FOCUSED) == "Câu 3 về việc làm")


def test_a_lost_race_leaves_the_keyboard_at_its_place(screen: Screen, living: Living) -> None:
    _, second, _ = three(screen, living)
    screen.js(
        "window.real = window.fetch; window.fetch = (a, o) => o?.method === 'POST' ? real(a, o) : new Promise(() => {})"
    )
    living.run(living.house.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan")))

    screen.key("d")

    screen.until(lambda: "Lan đã xử lý" in screen.text(".toast.refused"))
    screen.until(lambda: screen.js(FOCUSED) == "Câu 3 về việc làm")


def test_z_takes_back_my_own_last_decision_wherever_the_keyboard_is(screen: Screen, living: Living) -> None:
    first, second, _ = three(screen, living)
    living.run(living.house.moderate.decide(first.id, 1, Decision(Action.APPROVE), moderator("Lan")))
    screen.key("d")
    screen.until(lambda: screen.text("[data-state=approved] .number") == "2")
    screen.until(lambda: screen.js(FOCUSED) == "Câu 3 về việc làm")

    screen.key("z")
    screen.until(lambda: screen.text("[data-state=approved] .number") == "1")

    assert living.run(living.house.cards.one(second.id)).state is State.WAITING
    assert screen.js(FOCUSED) == "Câu 3 về việc làm"
    screen.key("z")
    screen.until(lambda: SAY(Key.WEB_BOARD_NOTHING_TO_UNDO) in screen.texts(".toast span"))
    assert living.run(living.house.cards.one(first.id)).state is State.APPROVED


def test_a_topic_of_nobody_says_so_and_an_unclear_one_begins_with_a_capital(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Em muốn hỏi xổ số"))
    screen.open("/ban")
    assert screen.text(".proposal strong") == SAY(Key.WEB_BOARD_NOBODY)
    assert screen.texts("#department option")[1] == f"{SAY(Key.WEB_BOARD_NOBODY)} (1)"

    screen.one("[data-action=approve-unclear]").click()
    screen.until(lambda: screen.text("[data-state=approved] .number") == "1")
    screen.one("[data-state=approved]").click()

    screen.until(lambda: screen.text(".proposal strong") == "Chưa rõ cơ quan")
    assert screen.texts("#department option")[1] == "Chưa rõ cơ quan (1)"


def test_a_card_redrawn_without_a_server_keeps_its_pictures(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Câu hỏi về việc làm"))
    screen.open("/ban")

    pictures = "return [...document.querySelectorAll('use')].map((one) => one.getAttribute('href'))"
    missing = [name for name in screen.js(pictures) if not (name.startswith("#") and screen.all(f"symbol{name}"))]

    assert missing == []
    assert screen.one(".card .icon use").rect["width"] > 0


@pytest.mark.parametrize("width", [390, 1280])
def test_no_toast_lies_over_the_buttons_of_the_lowest_card(screen: Screen, living: Living, width: int) -> None:
    for number in range(8):
        living.run(living.house.ask(f"Câu {number} về việc làm"))
    screen.size(width, 800)
    screen.open("/ban")
    screen.one("[data-action=approve]").click()
    screen.until(lambda: screen.all(".toast"))

    screen.js("scrollTo(0, document.body.scrollHeight)")

    above = screen.js("return [...document.querySelectorAll('.card')].at(-1).getBoundingClientRect().bottom")
    toasts = screen.one("#toasts").rect
    top = toasts["y"] - screen.js("return scrollY")
    assert above <= top or top + toasts["height"] < above - 150


def test_searching_needs_no_accents_and_departments_narrow_the_list(screen: Screen, living: Living) -> None:
    for text in ("Rác thải ở Đồng Tiến", "Đường hỏng", "Việc làm cho sinh viên"):
        living.run(living.house.ask(text))
    screen.open("/ban")

    screen.one("#search").send_keys("dong tien")
    screen.until(lambda: screen.texts(".card .words") == ["Rác thải ở Đồng Tiến"])
    screen.one("#search").send_keys("không có")
    screen.until(lambda: screen.text("#empty h2") == SAY(Key.WEB_BOARD_EMPTY_FILTER))
    screen.js("const s = document.querySelector('#search'); s.value = ''; s.dispatchEvent(new Event('input'))")
    screen.js(
        "const s = document.querySelector('#department'); s.value = 'so-noi-vu'; s.dispatchEvent(new Event('change'))"
    )

    screen.until(lambda: screen.texts(".card .words") == ["Việc làm cho sinh viên"])


def test_a_workbook_is_asked_for_and_then_lies_ready(screen: Screen, living: Living) -> None:
    screen.open("/ban")

    screen.one("#export").click()

    screen.until(lambda: SAY(Key.WEB_BOARD_EXPORTED, number=1) in screen.texts(".toast span"))
    assert screen.one("#files a").get_attribute("href").endswith("/api/board/exports/1")


def test_html_in_a_question_stays_text_on_the_board(screen: Screen, living: Living) -> None:
    evil = "<img src=x onerror=alert(1)> =1+1"
    living.run(living.house.ask(evil, unit="<b>Xã</b>"))
    screen.open("/ban")

    assert screen.texts(".card .words") == [evil]
    assert screen.all(".card img, .card b") == []


def test_the_words_that_decided_stand_beside_the_proposal_until_it_is_approved(screen: Screen, living: Living) -> None:
    living.run(living.house.ask("Câu hỏi về Việc làm ở quê"))
    screen.open("/ban")
    assert screen.text(".proposal .because") == "Dựa vào các từ: “Việc làm”"

    screen.one("[data-action=approve]").click()
    screen.until(lambda: screen.text("[data-state=approved] .number") == "1")
    screen.one("[data-state=approved]").click()

    screen.until(lambda: screen.texts(".card .words") == ["Câu hỏi về Việc làm ở quê"])
    assert screen.all(".proposal .because") == []


def test_a_card_of_a_time_without_a_model_says_so_and_its_department_is_chosen_by_hand(
    screen: Screen, living: Living
) -> None:
    submission = living.run(living.house.ask("Bao giờ có thêm xe buýt?", topic="", proposal=None))
    screen.open("/ban")
    assert screen.text(".proposal") == "Chưa phân loại"
    assert screen.text("[data-action=change_topic]") == "Chọn cơ quan"
    assert screen.texts("#department option")[1] == "Chưa rõ cơ quan (1)"

    screen.one("[data-action=change_topic]").click()
    screen.until(lambda: screen.all("dialog[open]"))
    screen.one("dialog input[type=search]").send_keys("rac thai")
    screen.one("dialog .found .pick").click()

    screen.until(lambda: screen.text(".proposal strong") == "Sở Nông nghiệp và Môi trường")
    assert living.run(living.house.cards.one(submission.id)).department_name == "Sở Nông nghiệp và Môi trường"


def test_a_question_mark_shows_the_keys(screen: Screen) -> None:
    screen.open("/ban")

    screen.key("?")

    screen.until(lambda: screen.all("dialog[open]"))
    assert screen.texts("kbd") == ["J", "K", "D", "C", "R", "M", "W", "A", "H", "X", "Z", "G", "/", "?"]
    assert screen.js(NAMELESS) == []


# ------------------------------------------------------------------ both sides


def test_in_the_demo_both_sides_live_on_one_page(screen: Screen) -> None:
    screen.open("/demo")
    young, board = screen.all("iframe")

    screen.driver.switch_to.frame(young)
    screen.until(lambda: screen.js("return document.body.dataset.ready === '1'"))
    screen.one("#begin").click()
    for label in ("Đồng ý, mình đủ 16 tuổi", "Bỏ qua", "Bỏ qua"):
        screen.press(label)
    screen.say("Bao giờ có thêm xe buýt?")
    screen.press("Gửi")
    screen.driver.switch_to.default_content()
    screen.driver.switch_to.frame(board)

    screen.until(lambda: screen.texts(".card .words") == ["Bao giờ có thêm xe buýt?"])
    screen.driver.switch_to.default_content()


def test_on_a_phone_the_demo_shows_one_side_at_a_time(phone: Screen) -> None:
    phone.open("/demo")
    assert [frame.is_displayed() for frame in phone.all("iframe")] == [True, False]

    phone.one("#tab-board").click()

    assert [frame.is_displayed() for frame in phone.all("iframe")] == [False, True]


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_in_a_rehearsal_the_banner_stays_in_sight_on_both_pages(
    driver: webdriver.Chrome, tmp_path: Path, size: tuple[int, int]
) -> None:
    clean(driver)
    with Living(tmp_path, demo=True, rehearsal=True) as living:
        screen = Screen(driver, living)
        screen.size(*size)
        for number in range(9):
            living.run(living.house.ask(f"Câu {number} về việc làm"))
        for path in ("/", "/ban"):
            screen.open(path)
            screen.js("scrollTo(0, 600)")
            assert screen.js("return scrollY") == (600 if path == "/ban" else 0)
            assert "DIỄN TẬP" in screen.text(".rehearsal")
            assert screen.js(ON_TOP)
        driver.get("about:blank")
