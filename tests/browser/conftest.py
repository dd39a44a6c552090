"""One Chromium for all browser tests, a fresh web room and a clean browser for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.browser import DESK, PHONE, Living, Screen, chromium


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    with Living(tmp_path, demo=True) as alive:
        yield alive


@pytest.fixture
def screen(driver: webdriver.Chrome, living: Living) -> Iterator[Screen]:
    clean(driver)
    screen = Screen(driver, living)
    screen.size(*DESK)
    yield screen
    screen.network(up=True)
    driver.get("about:blank")


@pytest.fixture
def phone(screen: Screen) -> Screen:
    screen.size(*PHONE, phone=True)
    return screen


def clean(driver: webdriver.Chrome) -> None:
    """No cookies, no wishes about colours, nothing left in the console. localStorage goes with the port."""
    driver.get("about:blank")
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    driver.get_log("browser")
