"""The public page of questions and answers in a real browser: searched, filtered, linked to, printed, on a phone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.published import Publication, PublishedItem
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports.page import page
from tests.browser.browser import DESK, PHONE
from tests.browser.conftest import clean
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS
from tests.samples import MADE_AT, library

pytestmark = pytest.mark.browser

WORDS = Catalogue.load()
TRANSPORT, SCHOOLS = "Sở Giao thông vận tải", "Sở Giáo dục và Đào tạo"
LONG = "Đườngvàothônem" * 20
# Small targets but for links within a line of text.
TARGETS = "return [...document.querySelectorAll('input, select, button')].filter((one) => one.offsetHeight < 44).map((one) => one.id)"


def item(code: str, question: str, department: str, topic: str, *others: str) -> PublishedItem:
    answer = AnswerBody(
        f"Trả lời cho {code}.\nDòng thứ hai.", "Nghị quyết 12", "Phòng A", "30/6/2026", Settlement.UNDER_WAY
    )
    return PublishedItem((code, *others), question, department, topic, answer, MADE_AT)


ITEMS = (
    item("HY24-0001-K", "Bao giờ xã em có xe buýt?", TRANSPORT, "Giao thông", "HY24-0007-M", "HY24-0009-P"),
    item("HY24-0002-K", "Đường đến trường ngập, bao giờ sửa?", TRANSPORT, "Hạ tầng"),
    item("HY24-0003-K", "Học phí lớp 10 có được miễn không?", SCHOOLS, "Học phí"),
    item("HY24-0004-K", f"{LONG} <b>đậm</b>", SCHOOLS, "Học phí"),
)


class Page:
    """The page opened from its file, as somebody who got it by mail would."""

    def __init__(self, driver: webdriver.Chrome, file: Path) -> None:
        self.driver, self.file = driver, file

    def open(self, fragment: str = "", size: tuple[int, int] = DESK, scheme: str = "light") -> None:
        width, height = size
        how = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", how)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get("about:blank")
        self.driver.get(self.file.as_uri() + fragment)

    def js(self, script: str):
        return self.driver.execute_script(script)

    def shown(self) -> list[str]:
        return self.js(
            "return [...document.querySelectorAll('article')].filter((one) => one.offsetHeight).map((one) => one.id)"
        )

    def search(self, words: str) -> list[str]:
        field = self.driver.find_element(By.ID, "tim")
        field.send_keys(Keys.CONTROL + "a", Keys.DELETE)
        field.send_keys(words)
        return self.shown()

    def choose(self, name: str, option: str) -> list[str]:
        Select(self.driver.find_element(By.ID, name)).select_by_visible_text(option)
        return self.shown()

    def said(self, element: str) -> str:
        return self.driver.find_element(By.ID, element).text

    def complaints(self) -> list[str]:
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]


@pytest.fixture
def opened(driver: webdriver.Chrome, tmp_path: Path) -> Page:
    clean(driver)
    own = library().get("hung-yen-2024")
    named = (own.code, own.title, own.theme, own.unit, own.contact.organiser)
    made = Publication(*named, MADE_AT, False, ITEMS, own.letterhead)
    file = tmp_path / "index.html"
    file.write_text(page(made, WORDS), "utf-8")
    shown = Page(driver, file)
    shown.open()
    return shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("duong den truong", ["HY24-0002-K"]),
        ("ĐƯỜNG đến", ["HY24-0002-K"]),
        ("xe  buyt bao gio", ["HY24-0001-K"]),
        ("hy24-0009-p", ["HY24-0001-K"]),
        ("tra loi cho hy24-0003", ["HY24-0003-K"]),
        ("máy bay", []),
        ("", [one.codes[0] for one in ITEMS]),
    ],
)
def test_a_search_ignores_accents_and_knows_every_code(opened: Page, words: str, found: list[str]) -> None:
    assert opened.search(words) == found
    assert opened.said("so-cau") == WORDS[Key.PAGE_SHOWN].replace("%1", str(len(found))).replace("%2", "4")
    assert opened.driver.find_element(By.ID, "khong-thay").is_displayed() is (not found)


def test_filters_narrow_together_and_are_taken_off_at_once(opened: Page) -> None:
    by_department = opened.choose("co-quan", TRANSPORT)
    by_both = opened.choose("linh-vuc", "Hạ tầng")
    headings = opened.js("return [...document.querySelectorAll('h2')].filter((one) => one.offsetHeight).length")
    opened.driver.find_element(By.ID, "bo-loc").click()

    assert by_department == ["HY24-0001-K", "HY24-0002-K"]
    assert by_both == ["HY24-0002-K"]
    assert headings == 1
    assert len(opened.shown()) == len(ITEMS)
    assert opened.js("return document.activeElement.id") == "tim"


@pytest.mark.parametrize(
    ("fragment", "target"),
    [("#HY24-0003-K", "HY24-0003-K"), ("#HY24-0009-P", "HY24-0001-K"), ("#hy24-0002-k", "HY24-0002-K")],
)
def test_a_link_with_any_code_leads_to_its_question(opened: Page, fragment: str, target: str) -> None:
    opened.open(fragment, PHONE)

    where = opened.js("return document.activeElement.getBoundingClientRect().top / innerHeight")
    assert opened.js("return document.activeElement.id") == target
    assert 0 <= where < 0.9
    assert opened.js(f"return document.getElementById('{target}').matches(':target')")


def test_a_link_to_a_question_that_is_filtered_out_brings_it_back(opened: Page) -> None:
    opened.choose("co-quan", SCHOOLS)

    opened.js("location.hash = '#HY24-0001-K'")
    opened.driver.implicitly_wait(0)

    assert (
        opened.js("return new Promise((done) => setTimeout(() => done(document.activeElement.id), 50))")
        == "HY24-0001-K"
    )
    assert len(opened.shown()) == len(ITEMS)


def test_a_link_that_leads_nowhere_or_is_broken_leaves_the_page_as_it_is(opened: Page) -> None:
    for fragment in ("#HY24-9999-K", "#%E0%A4%A", "#cau-hoi"):
        opened.open(fragment)
        assert len(opened.shown()) == len(ITEMS)
    assert opened.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_every_text_stands_out_and_nothing_pushes_sideways(opened: Page, size: tuple[int, int], scheme: str) -> None:
    opened.open("", size, scheme)

    assert opened.js(SIDEWAYS) == 0
    assert opened.js(CONTRAST) == []
    assert opened.js(NAMELESS) == []
    assert opened.js(TARGETS) == []
    assert opened.complaints() == []


def test_the_page_loads_nothing_beside_itself(opened: Page) -> None:
    assert opened.js("return performance.getEntriesByType('resource').length") == 0
    assert opened.js("return document.querySelectorAll('b').length") == 0


def test_paper_shows_no_search(opened: Page) -> None:
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})

    hidden = opened.js("return document.querySelector('.tools').offsetHeight")
    printed = opened.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]

    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert hidden == 0
    assert base64.b64decode(printed).startswith(b"%PDF")
