"""The page “Nhập phiếu” in a real browser: paste, look, take in; and a slip typed beside its photo."""

from __future__ import annotations

import pytest

from bot.domain.message import Address, ChannelName
from bot.domain.photo import NewPhoto
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from tests.browser.browser import Living, Screen
from tests.browser.test_web_pages import CONTRAST, NAMELESS, SIDEWAYS, SMALL_TARGETS
from tests.world import moderator

SAY = Catalogue.load().say
BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

pytestmark = pytest.mark.browser


async def settle(living: Living) -> None:
    while await living.house.similar.step():
        pass


async def photo(living: Living) -> int:
    house = living.house
    (house.folder / "media").mkdir()
    (house.folder / "media" / "a.png").write_bytes(PNG)
    new = NewPhoto("mau", Address(ChannelName.TELEGRAM, "42", "-1"), "f", "u", "", "Xã A", "Lan", house.clock.now())
    async with house.store.transaction() as tx:
        id_ = await tx.photos.add(new)
        assert id_ is not None
        await tx.photos.fetched(id_, "a.png", "0" * 64, "image/png")
    return id_


def fills(screen: Screen, what: str, text: str) -> None:
    screen.js("const [what, text] = arguments; document.querySelector(what).value = text;", what, text)


def presses(screen: Screen, what: str) -> None:
    screen.js("document.querySelector(arguments[0]).click();", what)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pasted_slips_are_shown_before_they_are_taken_in_and_their_codes_after(
    phone: Screen, living: Living, scheme: str
) -> None:
    living.run(settle(living))
    there = living.run(living.house.ask(BUS))
    living.run(settle(living))
    phone.prefers(prefers_color_scheme=scheme)
    phone.open("/ban/phieu")
    phone.until(lambda: phone.js("return document.body.dataset.ready && document.body.dataset.photos"))
    fills(phone, "#pasted", f"Xã A | {BUS} Em mong lắm.\nHọc phí <b>sao</b> tăng?\nXã B |")

    presses(phone, "#look")
    phone.until(lambda: phone.text("#counts") == SAY(Key.WEB_SLIPS_COUNTS, new=2, known=0, wrong=1))

    assert phone.texts("#rows .code") == [there.code]
    assert "Học phí <b>sao</b> tăng?" in phone.text("#rows tr:last-child")
    assert phone.texts("#wrong li") == [f"Dòng 3: {SAY(Key.XL_BAD_EMPTY, column='Nội dung')}"]
    assert phone.js(SIDEWAYS) == 0
    assert phone.js(NAMELESS) == []
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(CONTRAST) == []

    presses(phone, "#take")
    phone.until(lambda: phone.texts("#codes a"))

    assert phone.text("#told").startswith(SAY(Key.WEB_SLIPS_DONE, added=2, known=0, wrong=1))
    assert phone.complaints() == []


def test_a_slip_is_typed_beside_its_photo_and_what_is_refused_stays(phone: Screen, living: Living) -> None:
    number = living.run(photo(living))
    phone.open("/ban/phieu")
    phone.until(lambda: phone.texts("#photos button"))

    presses(phone, "#photos button")
    phone.until(lambda: phone.js("return document.querySelector('#photo img')?.naturalWidth") == 1)
    assert phone.js("return document.querySelector('#photo input').value") == "Xã A"
    presses(phone, "#photo button[type=submit]")
    phone.until(lambda: phone.texts("#toasts .refused"))
    fills(phone, "#photo textarea", "Bao giờ có sân bóng?")
    presses(phone, "#photo button[type=submit]")
    phone.until(lambda: SAY(Key.WEB_PHOTOS_SAVED, count=1, number=number) in phone.texts("#toasts .toast"))

    phone.until(lambda: phone.text("#photos-count") == SAY(Key.WEB_PHOTOS_NONE))
    assert phone.js(SIDEWAYS) == 0


def types(screen: Screen, what: str, text: str) -> None:
    """As a keyboard does it: the page hears of it."""
    fills(screen, what, text)
    screen.js("document.querySelector(arguments[0]).dispatchEvent(new Event('input', { bubbles: true }));", what)


def opens_the_photo(screen: Screen) -> None:
    screen.open("/ban/phieu")
    screen.until(lambda: screen.texts("#photos button"))
    presses(screen, "#photos button")
    screen.until(lambda: screen.js("return document.querySelectorAll('#photo textarea').length"))


def typed(screen: Screen) -> list[str]:
    found: list[str] = screen.js("return [...document.querySelectorAll('#photo textarea')].map((box) => box.value);")
    return found


def test_slips_that_were_typed_are_there_again_after_the_page_was_gone_until_they_are_saved(
    phone: Screen, living: Living
) -> None:
    living.run(photo(living))
    opens_the_photo(phone)
    types(phone, "#photo textarea", "Bao giờ có sân bóng?")
    phone.js("[...document.querySelectorAll('#photo button')][0].click();")
    types(phone, "#photo .fields label:last-child textarea", "Học phí <b>sao</b> tăng?")
    types(phone, "#photo form > label input", "Xã B")
    assert phone.text("#kept") == SAY(Key.WEB_PHOTOS_KEPT)

    opens_the_photo(phone)

    assert typed(phone) == ["Bao giờ có sân bóng?", "Học phí <b>sao</b> tăng?"]
    assert phone.js("return document.querySelector('#photo form > label input').value") == "Xã B"
    assert phone.text("#kept") == SAY(Key.WEB_PHOTOS_BACK)
    presses(phone, "#photo button[type=submit]")
    phone.until(lambda: phone.text("#photos-count") == SAY(Key.WEB_PHOTOS_NONE))
    assert phone.js("return Object.keys(localStorage).filter((name) => name.startsWith('doithoai-photo:'))") == []
    assert phone.js("return document.querySelector('#ended-photos button')") is None


def test_a_browser_that_keeps_nothing_says_so(phone: Screen, living: Living) -> None:
    living.run(photo(living))
    opens_the_photo(phone)

    phone.js("Storage.prototype.setItem = () => { throw new Error('full'); };")
    types(phone, "#photo textarea", "Bao giờ có sân bóng?")

    assert phone.text("#kept") == SAY(Key.WEB_PHOTOS_NOT_KEPT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_photo_that_nobody_could_read_is_shown_with_its_reason_and_opened_again(
    phone: Screen, living: Living, scheme: str
) -> None:
    number = living.run(photo(living))
    living.run(living.house.photos.unreadable(number, "Ảnh nhoè <b>nửa</b> dưới", moderator("Lan")))
    phone.prefers(prefers_color_scheme=scheme)
    phone.open("/ban/phieu")
    phone.until(lambda: phone.texts("#ended-photos li"))

    (shown,) = phone.texts("#ended-photos li")
    assert SAY(Key.WEB_PHOTOS_WHY_GIVEN, reason="Ảnh nhoè <b>nửa</b> dưới") in shown
    assert "Lan báo không đọc được lúc" in shown
    assert phone.js(SIDEWAYS) == 0
    assert phone.js(NAMELESS) == []
    assert phone.js(SMALL_TARGETS) == []
    assert phone.js(CONTRAST) == []
    presses(phone, "#ended-photos button")
    phone.until(lambda: phone.text("#photos-count") == SAY(Key.WEB_PHOTOS_COUNT, count=1))

    assert phone.js("return document.querySelector('#ended-photos').hidden") is True
    assert phone.complaints() == []
