"""The page “Trả lời” in a real Chromium: reading, typing, confirming, releasing, and nothing lost while somebody types."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from selenium.webdriver.remote.webelement import WebElement

from bot.domain.answer import AnswerBody, AnswerStep, Settlement
from bot.domain.message import ChannelName
from bot.domain.role import By, Role
from bot.domain.submission import Action, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.moderate import Decision
from tests.browser.browser import DESK, PHONE, Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS
from tests.doubles.web_room import FixedRunning
from tests.world import chief, moderator

pytestmark = pytest.mark.browser
SAY = Catalogue.load().say
LAN = By("Nguyễn Thị Lan", Role.MODERATOR)
BUS = "Bao giờ xã Tân An có xe buýt lên thành phố để học sinh đi học ạ?"
GOOD = AnswerBody(
    "Từ tháng 3/2027, tuyến xe buýt số 208 sẽ chạy qua xã Tân An, 30 phút một chuyến vào giờ đi học. Học sinh được giảm "
    "nửa giá vé khi xuất trình thẻ học sinh.",
    "Quyết định số 1254/QĐ-UBND ngày 12/5/2026 của UBND tỉnh",
    "Phòng Quản lý vận tải, Sở Xây dựng",
    "3/2027",
    Settlement.UNDER_WAY,
)
VAGUE = AnswerBody("Sở xin ghi nhận và sẽ xem xét trong thời gian tới.")
PICTURES = os.environ.get("DOITHOAI_PICTURES")


async def _approved(living: Living, text: str, **more: object) -> Submission:
    asked = await living.house.ask(text, "Xã Văn Giang", **more)
    return await living.house.moderate.decide(asked.id, 1, Decision(Action.APPROVE), moderator())


async def _drafted(living: Living, text: str, body: AnswerBody, *steps: AnswerStep, **more: object) -> Submission:
    submission = await _approved(living, text, **more)
    answering = Answering(living.house.clock, FixedRunning())
    async with living.house.store.transaction() as tx:
        answer = await answering.draft(tx, submission.issue_id, body, LAN)
        for step in steps:
            by = moderator("Hà") if step is AnswerStep.CONFIRM else chief()
            answer = await answering.step(tx, answer.id, answer.version, step, by)
    return submission


@pytest.fixture
def furnished(living: Living) -> dict[str, Submission]:
    release = (AnswerStep.CONFIRM, AnswerStep.RELEASE)
    return {
        "drafted": living.run(_drafted(living, BUS, VAGUE)),
        "confirmed": living.run(
            _drafted(living, "Khi nào nhà ở xã hội cho công nhân mở bán?", GOOD, AnswerStep.CONFIRM)
        ),
        "released": living.run(
            _drafted(living, "Đường vào khu công nghiệp bao giờ sửa?", GOOD, *release, source=ChannelName.SLIP)
        ),
        "none": living.run(_approved(living, "Tỉnh có hỗ trợ vay vốn khởi nghiệp cho thanh niên không?")),
    }


def opened(screen: Screen, submission: Submission) -> str:
    """Unfold the question and give back what finds it. Whoever misses the button, because news moved it, presses again."""
    card = f"[data-issue='{submission.issue_id}']"

    def unfolds() -> bool:
        if folded := screen.all(f"{card}:not(.whole) .open"):
            click(screen, folded[0])
        return bool(screen.all(f"{card}.whole"))

    screen.until(unfolds)
    return card


def press(screen: Screen, within: str, label: Key) -> None:
    wanted = SAY(label)
    screen.until(lambda: wanted in screen.texts(f"{within} button"))
    button = next(one for one in screen.all(f"{within} button") if one.text == wanted)
    click(screen, button)


def click(screen: Screen, button: WebElement) -> None:
    screen.js("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button)
    button.click()


def picture(screen: Screen, name: str) -> None:
    if PICTURES:
        screen.picture(Path(PICTURES) / f"{name}.png")


def test_a_draft_is_confirmed_after_a_look_at_the_advice_and_then_released(
    screen: Screen, furnished: dict[str, Submission]
) -> None:
    screen.open("/ban/tra-loi")
    card = opened(screen, furnished["drafted"])
    screen.until(lambda: SAY(Key.HINT_NO_BASIS) in screen.texts(f"{card} .hints li"))
    picture(screen, "answers-desk")

    press(screen, card, Key.WEB_ANSWERS_CONFIRM)
    screen.until(lambda: screen.text(f"{card} .badge") == SAY(Key.ANSWER_STATE_CONFIRMED))
    press(screen, card, Key.WEB_ANSWERS_RELEASE)
    screen.one("dialog input[value=day]").click()
    picture(screen, "answers-release")
    screen.one("dialog .agree").click()
    screen.until(lambda: "15/12/2026" in screen.text(f"{card} .badge"))
    press(screen, card, Key.WEB_ANSWERS_STOP)
    screen.until(lambda: screen.text(f"{card} .badge") == SAY(Key.ANSWER_STATE_CONFIRMED))

    assert screen.complaints() == []


def test_whoever_typed_an_answer_waits_for_a_second_person(
    screen: Screen, living: Living, furnished: dict[str, Submission]
) -> None:
    screen.open("/ban/tra-loi")
    card = opened(screen, furnished["none"])
    press(screen, card, Key.WEB_ANSWERS_TYPE)
    screen.one(f"{card} textarea").send_keys("Có, theo Nghị quyết 05/2025/NQ-HĐND.")
    living.run(_approved(living, "Một câu nữa về việc làm?"))  # what comes in meanwhile moves nothing under the writer
    screen.one(f"{card} [name=due]").send_keys("6/2027")
    press(screen, card, Key.WEB_ANSWERS_SAVE)
    screen.until(lambda: screen.text(f"{card} .badge") == SAY(Key.ANSWER_STATE_DRAFTED))

    assert SAY(Key.WEB_ANSWERS_OWN) in screen.texts(f"{card} .own")
    assert SAY(Key.WEB_ANSWERS_CONFIRM) not in screen.texts(f"{card} button")
    assert "Có, theo Nghị quyết 05/2025/NQ-HĐND." in screen.texts(f"{card} .words")
    assert screen.complaints() == []


def test_an_answer_that_cannot_be_stored_stays_in_the_form(screen: Screen, furnished: dict[str, Submission]) -> None:
    screen.open("/ban/tra-loi")
    card = opened(screen, furnished["none"])
    press(screen, card, Key.WEB_ANSWERS_TYPE)
    screen.one(f"{card} textarea").send_keys("Có.")
    screen.network(up=False)
    press(screen, card, Key.WEB_ANSWERS_SAVE)
    screen.until(lambda: screen.all(".toast.refused"))

    assert screen.one(f"{card} textarea").get_property("value") == "Có."
    screen.network(up=True)
    press(screen, card, Key.WEB_ANSWERS_SAVE)
    screen.until(lambda: screen.text(f"{card} .badge") == SAY(Key.ANSWER_STATE_DRAFTED))


def test_the_states_and_the_department_narrow_the_list(screen: Screen, furnished: dict[str, Submission]) -> None:
    screen.open("/ban/tra-loi")
    screen.until(lambda: len(screen.all(".line")) == len(furnished))
    screen.one("[data-state=confirmed]").click()
    screen.until(lambda: len(screen.all(".line")) == 1)
    screen.one("#department option[value='Sở Tài chính']").click()

    screen.until(lambda: screen.text("#none") == SAY(Key.WEB_ANSWERS_NONE_HERE))


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_is_readable_and_nothing_pushes_sideways(
    screen: Screen, furnished: dict[str, Submission], size: tuple[int, int], scheme: str
) -> None:
    screen.size(*size, phone=size == PHONE)
    screen.prefers(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    screen.open("/ban/tra-loi")
    name = f"answers-{size[0]}-{scheme}"
    opened(screen, furnished["drafted"])
    check(screen, f"{name}-drafted")
    opened(screen, furnished["released"])
    check(screen, f"{name}-released")
    press(screen, f"[data-issue='{furnished['released'].issue_id}']", Key.WEB_ANSWERS_CORRECT)
    check(screen, f"{name}-typing")
    click(screen, screen.one("#tab-undelivered"))
    screen.until(lambda: screen.all("#undelivered .card"))
    check(screen, f"{name}-undelivered")
    click(screen, screen.one("#tab-missed"))
    check(screen, f"{name}-missed")


def check(screen: Screen, name: str) -> None:
    picture(screen, name)
    assert {what: screen.js(script) for what, script in CHECKS.items()} == {
        "sideways": 0,
        "small": [],
        "nameless": [],
        "contrast": [],
    }


CHECKS = {"sideways": SIDEWAYS, "small": SMALL_TARGETS, "nameless": NAMELESS, "contrast": CONTRAST}
