"""What the board's page costs with 2,000 waiting cards, as ratios to 200: `python -m tests.benchmarks.bench_board`.

A real Chromium in front of the real room and database. Ratios matter, absolute figures drift: each is the median of
several goes, and both sizes are measured in one run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.browser.browser import DESK, Living, Screen, chromium

SIZES = (200, 2_000)
GOES = 7
UNITS = ("Phường Phố Hiến", "Phường Mỹ Hào", "Xã Văn Giang", "Xã Khoái Châu")
WORDS = ("việc làm", "xe buýt", "nhà ở", "học nghề", "rác thải", "wifi", "khám bệnh", "sân bóng", "vay vốn", "lừa đảo")
NARROW = "const s = document.querySelector('#unit'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))"
SEARCH = "const s = document.querySelector('#search'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))"
FIRST = "return document.querySelector('.card .code')?.textContent ?? ''"
DRAWN = "return document.querySelectorAll('.card').length"
TALLEST = 600  # cards that somebody scrolls through


async def fill(living: Living, count: int) -> None:
    for number in range(count):
        text = f"Câu {number}: {WORDS[number % len(WORDS)]} ở xã em bao giờ mới được quan tâm hơn?"
        await living.house.ask(text, UNITS[number % len(UNITS)])


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def look(screen: Screen, size: int) -> dict[str, float]:
    """What each thing that a moderator does takes."""
    part = size // len(UNITS)

    def narrowed(value: str, then: int) -> Callable[[], object]:
        def act() -> None:
            screen.js(NARROW, value)
            screen.until(lambda: listed(screen) == then)

        return act

    def sought(text: str, then: int) -> Callable[[], object]:
        def act() -> None:
            screen.js(SEARCH, text)
            screen.until(lambda: listed(screen) == then)

        return act

    def approved() -> None:
        before = screen.js(FIRST)
        screen.one(".card [data-action=approve]").click()
        screen.until(lambda: screen.js(FIRST) != before)

    views = [timed(lambda: screen.open("/ban")) for _ in range(GOES)]
    drawn = float(screen.js(DRAWN))
    filters, searches = [], []
    for _ in range(GOES):
        filters.append(timed(narrowed(UNITS[0], part)))
        screen.js("document.querySelector('#clear').click()")
        screen.until(lambda: listed(screen) == size)
        searches.append(timed(sought("xe buyt", size // len(WORDS))))
        sought("", size)()
    scroll(screen, min(size, TALLEST))
    tall = float(screen.js(DRAWN))
    screen.js("scrollTo(0, 0)")
    decisions = [timed(approved) for _ in range(GOES)]
    return {
        "first view": median(views),
        "cards drawn at first": drawn,
        "filter by unit": median(filters),
        "search": median(searches),
        "cards drawn after scrolling": tall,
        "decision after scrolling": median(decisions),
    }


def listed(screen: Screen) -> int:
    """How many the list holds, by what the page says."""
    digits = screen.text("#count").split(" ")[0].replace(".", "")
    return int(digits) if digits.isdigit() else -1


def scroll(screen: Screen, count: int) -> None:
    while (drawn := int(screen.js(DRAWN))) < count:
        screen.js("scrollTo(0, document.body.scrollHeight)")
        screen.until(lambda before=drawn: int(screen.js(DRAWN)) > before)


def main() -> None:
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as driver:
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder, Living(Path(folder), demo=True) as living:
                living.start(fill(living, size)).result()
                screen = Screen(driver, living)
                screen.size(*DESK)
                found[size] = look(screen, size)
    small, large = (found[size] for size in SIZES)
    sys.stdout.write(f"{'':<32}{SIZES[0]:>10}{SIZES[1]:>10}{'ratio':>8}\n")
    for name, value in small.items():
        sys.stdout.write(f"{name:<32}{value:>10.1f}{large[name]:>10.1f}{large[name] / value:>8.2f}\n")


if __name__ == "__main__":
    main()
