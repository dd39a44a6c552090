"""A real headless Chromium, and a web room that runs in a thread of its own beside the test."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from handlers.web.chat import COOKIE, address_of
from tests.doubles.web_room import House, house

T = TypeVar("T")
PHONE = (390, 844)
DESK = (1280, 800)
_PATIENCE = 15  # seconds; two cores that others use as well
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=vi",
)


class MissingBrowser(Exception):
    """There is no Chromium to test with; the message says what to install."""


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise MissingBrowser(f"Không thấy {names[0]}: cài chromium và chromium-driver rồi chạy lại.")
    return found


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a fresh profile. Raises MissingBrowser."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(_program("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


class Living:
    """A house whose worker and deliverer run by themselves, in an event loop of another thread."""

    def __init__(self, folder: Path, **how: bool) -> None:
        self._folder = folder
        self._how = how
        self._ready: Future[House] = Future()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._live(),), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.house = self._ready.result(_PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_PATIENCE)
        self._loop.close()

    async def _live(self) -> None:
        try:
            async with house(self._folder, **self._how) as built, asyncio.TaskGroup() as tasks:
                parts = [tasks.create_task(built.worker.run()), tasks.create_task(built.deliverer.run())]
                self._ready.set_result(built)
                await self._stop.wait()
                for part in parts:
                    part.cancel()
        except BaseException as fault:
            if not self._ready.done():
                self._ready.set_exception(fault)
            raise

    @property
    def address(self) -> str:
        return self.house.room.address

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the house's own loop."""
        return self.start(work).result(_PATIENCE)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin something in the house's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)


class Screen:
    """What a person does in front of a page, and sees there."""

    def __init__(self, driver: webdriver.Chrome, living: Living) -> None:
        self.driver = driver
        self.living = living

    # -------------------------------------------------------------- the device

    def size(self, width: int, height: int, *, phone: bool = False, sharp: float = 1.0) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": sharp, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": phone})

    def prefers(self, **media: str) -> None:
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def network(self, *, up: bool) -> None:
        conditions = {"offline": not up, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def open(self, path: str = "/") -> None:
        self.driver.get(f"{self.living.address}{path}")
        if path in ("/", "/ban", "/ban/nhom", "/ban/tra-loi"):
            self.until(lambda: self.js("return document.body.dataset.ready === '1'"))

    def reload(self) -> None:
        self.driver.refresh()
        self.until(lambda: self.js("return document.body.dataset.ready === '1'"))

    # -------------------------------------------------------------- looking

    def js(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return str(self.js("return document.querySelector(arguments[0])?.innerText ?? ''", css)).strip()

    def texts(self, css: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)"
        return list(self.js(script, css))

    def until(self, holds: Callable[[], Any], what: str = "") -> Any:
        """Wait until it holds. What was drawn anew in the middle of a look is looked for again."""
        waiting = WebDriverWait(self.driver, _PATIENCE, 0.05, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: holds(), what)

    def bubbles(self) -> list[str]:
        return self.texts("#log .bubble")

    def choices(self) -> list[str]:
        return self.texts("#choices .choice")

    def complaints(self) -> list[str]:
        """What the browser's console complains of (faults in scripts, things that the policy forbids)."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    # -------------------------------------------------------------- doing

    def write(self, text: str) -> None:
        self.one("#words").send_keys(text)

    def say(self, text: str) -> None:
        """Type, send, and wait for the answer."""
        before = len(self.texts(".said:not(.mine)"))
        self.write(text)
        self.one("#send").click()
        self.answered(before)

    def press(self, label: str) -> None:
        """Press one of the bot's buttons and wait for the answer."""
        self.until(lambda: label in self.choices(), label)
        before = len(self.texts(".said:not(.mine)"))
        next(one for one in self.all("#choices .choice") if one.text == label).click()
        self.answered(before)

    def answered(self, before: int) -> None:
        """Wait until the bot has said something and has nothing more to say for now."""
        self.until(lambda: len(self.texts(".said:not(.mine)")) > before)
        self.living.run(_quiet(self.living.house))
        known = self.living.run(self._newest())
        self.until(lambda: int(self.js("return document.querySelector('#log').dataset.last ?? 0")) >= known)

    async def _newest(self) -> int:
        """The newest outbox id of this browser's chat."""
        cookie = self.driver.get_cookie(COOKIE)
        assert cookie is not None
        async with self.living.house.store.reading() as tx:
            said = await tx.said(address_of(cookie["value"]), 0)
        return said[-1].id if said else 0

    def key(self, keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(keys)

    def tab(self) -> None:
        self.key(Keys.TAB)

    def picture(self, file: Path) -> None:
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.driver.get_screenshot_as_png())


async def _quiet(built: House) -> None:
    """Wait until nothing is left to receive or to deliver."""
    while True:
        seen = built.pulse.count
        async with built.store.reading() as tx:
            if not await tx.inbox.open() and await tx.outbox.next_due() is None:
                return
        await built.pulse.wait(seen, 0.5)
