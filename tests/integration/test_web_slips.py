"""The page “Nhập phiếu”, over real HTTP with a real database: slips by file, pasted, and typed from photos."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from bot.domain.message import Address, ChannelName
from bot.domain.photo import NewPhoto
from bot.domain.role import EVERYTHING, Role
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import hashed
from handlers.web.board import moment
from handlers.web.signin import COOKIE
from tests.doubles.web_room import House, house

SAY = Catalogue.load().say
OURS = {"X-Requested-With": "doithoai"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, demo=True) as built:
        while await built.similar.step():
            pass
        yield built


async def ask(
    web: House, method: str, path: str, *, cookie: str = "", json: object = None, **how: Any
) -> tuple[int, Any]:
    """Status, and the body as JSON or bytes."""
    headers = OURS | how.pop("headers", {}) | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{web.room.address}{path}", headers=headers, json=json, **how) as answer,
    ):
        is_json = answer.content_type == "application/json"
        return answer.status, await (answer.json() if is_json else answer.read())


async def look(web: House, content: Any, name: str = "", **how: Any) -> tuple[int, Any]:
    headers = {"X-File-Name": quote(name)} if name else {}
    return await ask(web, "POST", "/api/board/slips/preview", data=content, headers=headers, **how)


async def take(web: House, content: bytes | str, seen: str, name: str = "") -> dict[str, Any]:
    """The ended job."""
    headers = {"X-Seen": seen} | ({"X-File-Name": quote(name)} if name else {})
    status, job = await ask(web, "POST", "/api/board/slips/import", data=content, headers=headers)
    assert status == 202
    async with asyncio.timeout(20):
        while not job["ended"]:
            status, job = await ask(web, "GET", f"/api/board/slips/jobs/{seen}")
            assert status == 200
    return job


async def signed_in(web: House, role: Role) -> str:
    async with web.store.transaction() as tx:
        moderator = await tx.moderators.grant(f"Người {role.value}", web.clock.now(), role, EVERYTHING)
        await tx.moderators.invite(moderator.name, "t", web.clock.now().replace(year=2099), web.clock.now(), role)
        await tx.moderators.redeem("t", hashed("phien"), web.clock.now())
    return "phien"


async def photo(web: House) -> int:
    """A photo that waits to be typed."""
    address = Address(ChannelName.TELEGRAM, "42", "-1")
    new = NewPhoto("mau", address, "f", "u", "", "Xã A", "Lan", web.clock.now())
    (web.folder / "media").mkdir()
    (web.folder / "media" / "a.jpg").write_bytes(JPEG)
    async with web.store.transaction() as tx:
        id_ = await tx.photos.add(new)
        assert id_ is not None
        await tx.photos.fetched(id_, "a.jpg", "0" * 64, "image/jpeg")
    return id_


# ------------------------------------------------------------------ by file and pasted


async def test_a_file_is_looked_at_then_taken_in_and_its_codes_are_told(web: House) -> None:
    file = "Nội dung;Đơn vị;Ngày\nBao giờ có xe buýt?;Xã A;\nHọc phí?;Xã B;31/02/2024\n".encode("utf-8-sig")

    status, preview = await look(web, file, "phiếu tháng 2.csv")
    job = await take(web, file, preview["seen"], "phiếu tháng 2.csv")

    assert status == 200
    assert (preview["new"], preview["known"], preview["wrong"]) == (1, 0, 1)
    assert preview["bad"][0]["place"] == "Ô C3"
    assert [row["text"] for row in preview["rows"]] == ["Bao giờ có xe buýt?"]
    assert (job["result"]["added"], job["result"]["bad"]) == (1, 1)
    (code,) = job["result"]["codes"]
    again = (await look(web, file, "phiếu tháng 2.csv"))[1]
    assert [(row["known"], row["code"]) for row in again["rows"]] == [(True, code)]


async def test_a_paste_with_braces_and_markup_comes_back_as_it_was(web: House) -> None:
    text = "Xã A | {0} <b>Câu</b> {unit}"

    preview = (await look(web, text))[1]
    job = await take(web, text, preview["seen"])

    assert preview["rows"][0]["text"] == "{0} <b>Câu</b> {unit}"
    assert job["result"]["added"] == 1


async def test_columns_that_are_not_read_are_told_in_the_preview(web: House) -> None:
    file = ("Nội dung" + ";" * 60 + "Ghi chú\nBao giờ có xe buýt?\n").encode()

    preview = (await look(web, file, "a.csv"))[1]

    assert preview["unread"] == SAY(Key.XL_UNREAD, column="BI", limit=50)
    assert (await look(web, "Câu"))[1]["unread"] == ""


async def test_units_that_the_plan_does_not_list_are_told_in_the_preview_and_days_to_come_are_refused(
    web: House,
) -> None:
    file = "Nội dung;Đơn vị;Ngày\nBao giờ có xe buýt?;Sao Hỏa;\nHọc phí?;Sao Kim;01/02/2099\n".encode("utf-8-sig")

    preview = (await look(web, file, "a.csv"))[1]
    job = await take(web, file, preview["seen"], "a.csv")

    assert preview["strange"] == ["Sao Hỏa"]
    assert preview["bad"] == [
        {"place": SAY(Key.XL_PLACE_LINE, line=3), "reason": SAY(Key.XL_BAD_FUTURE, day="01/02/2099")}
    ]
    assert (job["result"]["added"], job["result"]["bad"]) == (1, 1)


async def test_something_else_than_was_looked_at_is_not_taken_in(web: House) -> None:
    preview = (await look(web, "Câu một"))[1]

    status, answer = await ask(
        web, "POST", "/api/board/slips/import", data="Câu hai", headers={"X-Seen": preview["seen"]}
    )

    assert (status, answer["message"]) == (409, SAY(Key.WEB_SLIPS_CHANGED))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"PK\x03\x04" + bytes(100), "a.xlsx", SAY(Key.XL_BROKEN, file="a.xlsx")),
        (b"chu", "a.pdf", SAY(Key.XL_WRONG_TYPE, file="a.pdf")),
        (b"   \n", "", SAY(Key.XL_PASTE_EMPTY)),
        (b"\xff\xfe", "", SAY(Key.WEB_BAD_REQUEST)),
    ],
)
async def test_what_cannot_be_read_gets_its_sentence(web: House, content: bytes, name: str, said: str) -> None:
    status, answer = await look(web, content, name)

    assert (status, answer["message"]) == (409, said)


async def test_a_file_that_is_too_big_is_refused_before_it_is_all_here(web: House) -> None:
    status, answer = await look(web, io.BytesIO(bytes((10 << 20) + 1)), "a.xlsx")

    assert (status, answer["message"]) == (413, SAY(Key.WEB_SLIPS_TOO_BIG, limit=10))


async def test_a_job_that_nobody_knows_is_told_so(web: House) -> None:
    status, answer = await ask(web, "GET", f"/api/board/slips/jobs/{'a' * 64}")

    assert (status, answer["message"]) == (404, SAY(Key.WEB_SLIPS_NO_JOB))


# ------------------------------------------------------------------ who may


async def test_without_an_invitation_nobody_sees_or_sends_anything(tmp_path: Path) -> None:
    async with house(tmp_path) as closed:
        await photo(closed)

        page = await ask(closed, "GET", "/ban/phieu")
        answers = [
            await look(closed, "Câu"),
            await ask(closed, "POST", "/api/board/slips/import", data="Câu"),
            await ask(closed, "GET", "/api/board/photos"),
            await ask(closed, "GET", "/api/board/photos/1/picture"),
            await ask(closed, "POST", "/api/board/photos/1/typed", json={"slips": [{"text": "Câu"}]}),
            await ask(closed, "POST", "/api/board/photos/1/reopen", json={}),
        ]

        async with closed.store.reading() as tx:
            assert sum((await tx.submissions.counts("mau")).values()) == 0
    assert page[0] == 403
    assert [status for status, _ in answers] == [401] * 6


async def test_a_viewer_reads_the_page_and_adds_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as closed:
        cookie = await signed_in(closed, Role.VIEWER)
        id_ = await photo(closed)

        page = await ask(closed, "GET", "/ban/phieu", cookie=cookie)
        looked = await look(closed, "Câu", cookie=cookie)
        typed = await ask(
            closed, "POST", f"/api/board/photos/{id_}/typed", cookie=cookie, json={"slips": [{"text": "Câu"}]}
        )

    assert page[0] == 200
    assert (looked[0], looked[1]["message"]) == (403, SAY(Key.REFUSE_VIEWER))
    assert (typed[0], typed[1]["message"]) == (409, SAY(Key.REFUSE_VIEWER))


# ------------------------------------------------------------------ photos


async def test_a_photo_is_taken_shown_and_typed(web: House) -> None:
    id_ = await photo(web)

    listed = (await ask(web, "GET", "/api/board/photos"))[1]
    taken = await ask(web, "POST", f"/api/board/photos/{id_}/take", json={})
    picture = await ask(web, "GET", f"/api/board/photos/{id_}/picture")
    saved = await ask(
        web,
        "POST",
        f"/api/board/photos/{id_}/typed",
        json={"slips": [{"text": "Câu một"}, {"text": "Câu hai", "unit": "Xã B"}]},
    )
    left = (await ask(web, "GET", "/api/board/photos"))[1]

    assert [(one["id"], one["unit"], one["here"], one["holder"]) for one in listed["photos"]] == [
        (id_, "Xã A", True, "")
    ]
    assert (taken[0], taken[1]["id"]) == (200, id_)
    assert picture == (200, JPEG)
    assert (saved[0], len(saved[1]["codes"]), saved[1]["message"]) == (
        200,
        2,
        SAY(Key.WEB_PHOTOS_SAVED, count=2, number=id_),
    )
    assert left["photos"] == []


async def test_an_unreadable_photo_is_listed_with_its_reason_and_opened_again(web: House) -> None:
    id_ = await photo(web)
    why = "Nhoè <b>{by}</b>"

    ended = await ask(web, "POST", f"/api/board/photos/{id_}/unreadable", json={"reason": why})
    listed = (await ask(web, "GET", "/api/board/photos"))[1]
    again = await ask(web, "POST", f"/api/board/photos/{id_}/reopen", json={})
    after = (await ask(web, "GET", "/api/board/photos"))[1]
    twice = await ask(web, "POST", f"/api/board/photos/{id_}/reopen", json={})

    assert ended[0] == 200
    (one,) = listed["ended"]
    who = SAY(Key.WEB_DEMO_MODERATOR)
    assert (one["id"], one["unit"], one["unreadable"], one["picture"]) == (id_, "Xã A", True, True)
    assert one["why"] == SAY(Key.WEB_PHOTOS_WHY_GIVEN, reason=why)
    assert one["how"] == SAY(Key.WEB_PHOTOS_ENDED_UNREADABLE, by=who, at=moment(web.clock.now()))
    assert again == (200, {"message": SAY(Key.WEB_PHOTOS_REOPENED, number=id_)})
    assert ([one["id"] for one in after["photos"]], after["ended"]) == ([id_], [])
    assert (twice[0], twice[1]["message"]) == (409, SAY(Key.PHOTO_NOT_UNREADABLE, number=id_))


@pytest.mark.parametrize(
    "body",
    [{"slips": "x"}, {"slips": [{"text": 3}]}, {"slips": [{"text": "x"}] * 51}, {"slips": [{"text": "x" * 30_001}]}],
)
async def test_nonsense_from_the_page_changes_nothing(web: House, body: object) -> None:
    id_ = await photo(web)

    status, answer = await ask(web, "POST", f"/api/board/photos/{id_}/typed", json=body)

    assert (status, answer["message"]) == (400, SAY(Key.WEB_BAD_REQUEST))
    assert len((await ask(web, "GET", "/api/board/photos"))[1]["photos"]) == 1


async def test_a_picture_is_served_as_a_picture_and_nothing_else(web: House) -> None:
    id_ = await photo(web)
    (web.folder / "media" / "a.jpg").write_bytes(b"<script>alert(1)</script>")

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{web.room.address}/api/board/photos/{id_}/picture") as answer,
    ):
        assert answer.content_type == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (web.folder / "media" / "a.jpg").unlink()
    assert (await ask(web, "GET", f"/api/board/photos/{id_}/picture"))[0] == 404
