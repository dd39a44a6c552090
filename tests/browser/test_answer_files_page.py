"""The page “Tệp trả lời” in a real browser: a file looked at and taken in, a row decided about."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By as Where

from bot.domain.answer import AnswerBody
from bot.domain.submission import Action
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.moderate import Decision
from exports.workbook import ExcelWorkbooks
from tests.browser.browser import Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS
from tests.doubles.web_room import FixedRunning
from tests.filled import Filled
from tests.world import moderator

WORDS = Catalogue.load()
SAY = WORDS.say
BUS, ROAD = "Bao giờ xã Tân An có xe buýt lên thành phố?", "Đường liên xã bao giờ <b>sửa</b>?"

pytestmark = pytest.mark.browser


async def asked(living: Living) -> None:
    for text in (BUS, ROAD):
        added = await living.house.ask(text, "Xã A")
        await living.house.moderate.decide(added.id, 1, Decision(Action.APPROVE), moderator())


async def filled(living: Living, folder: Path) -> Path:
    """The department's file with two answers; to one question somebody else answered meanwhile."""
    house = living.house
    ((form, file),) = await house.answer_forms.write(None, folder)
    assert len(form.rows) == 2
    opened = Filled(file)
    opened.answer(1, "Sở đã trình phương án tuyến buýt.\nDự kiến chạy từ quý II.", basis="Quyết định 12/QĐ-UBND")
    opened.answer(2, "Sửa trong <i>năm</i> nay.", due="30/6/2027", result="Đang giải quyết")
    file.write_bytes(opened.bytes())
    async with house.store.transaction() as tx:
        issue = form.rows[1].mark.issue
        await Answering(house.clock, FixedRunning()).draft(
            tx, issue, AnswerBody("Chưa có kế hoạch sửa."), moderator("Hà")
        )
    return file


def presses(screen: Screen, what: str) -> None:
    screen.js("document.querySelector(arguments[0]).click();", what)


def sound(screen: Screen) -> None:
    assert screen.js(SIDEWAYS) == 0
    assert screen.js(NAMELESS) == []
    assert screen.js(SMALL_TARGETS) == []
    assert screen.js(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_looked_at_taken_in_and_its_conflict_decided(
    phone: Screen, living: Living, tmp_path: Path, scheme: str
) -> None:
    living.run(asked(living))
    file = living.run(filled(living, tmp_path / "gui"))
    phone.prefers(prefers_color_scheme=scheme)
    phone.open("/ban/tra-loi/tep")
    phone.until(lambda: phone.js("return document.body.dataset.ready"))
    assert phone.texts("#forms .about-form") == ["Sở Xây dựng – 2 vấn đề"]
    sound(phone)

    phone.driver.find_element(Where.ID, "file").send_keys(str(file))
    presses(phone, "#look")
    phone.until(lambda: "1 trả lời mới" in phone.text("#summary"))
    assert SAY(Key.FINDING_CONFLICT) in phone.text("#lines")
    assert "Sửa trong <i>năm</i> nay." in phone.text("#rows")
    sound(phone)
    presses(phone, "#take")
    phone.until(lambda: len(phone.texts("#waiting > li")) == 1)

    assert "Đã nhập 1 dự thảo" in phone.text("#told")
    assert "Chưa có kế hoạch sửa." in phone.text("#waiting")
    assert ROAD in phone.text("#waiting")
    sound(phone)
    presses(phone, "#waiting .buttons button:nth-child(3)")
    phone.until(
        lambda: phone.js("return document.querySelector('#waiting textarea')?.value") == "Sửa trong <i>năm</i> nay."
    )
    sound(phone)
    presses(phone, "#waiting .fields .main")
    phone.until(lambda: phone.texts("#waiting > li") == [])
    assert WORDS[Key.WEB_ANSWER_FILES_TAKEN_ROW] in phone.text("#toasts")


def test_what_cannot_be_read_is_said_and_nothing_is_shown(screen: Screen, living: Living, tmp_path: Path) -> None:
    living.run(asked(living))
    ExcelWorkbooks(WORDS).write_form(tmp_path / "phieu.xlsx", "", (), ())
    screen.open("/ban/tra-loi/tep")
    screen.until(lambda: screen.js("return document.body.dataset.ready"))

    presses(screen, "#look")
    assert screen.text("#refused") == WORDS[Key.WEB_ANSWER_FILES_NOTHING]
    screen.driver.find_element(Where.ID, "file").send_keys(str(tmp_path / "phieu.xlsx"))
    presses(screen, "#look")
    screen.until(lambda: "Không thấy cột" in screen.text("#refused"))
    assert screen.js("return document.getElementById('preview').hidden")
    sound(screen)
