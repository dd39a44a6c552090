"""The page “Bảng tổng hợp”: what was made, a final one by a responsible person, and only whole files go out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.role import Role
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import Desk

SAY = Catalogue.load().say


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


@pytest.fixture
async def sit(web: House) -> AsyncIterator[Any]:
    """`await sit(role)`: the browser of somebody with this role."""
    sessions = []

    async def opened(role: Role) -> Desk:
        sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        desk = Desk(web, sessions[-1])
        token, _ = await Invite(web.store, web.clock)(f"người {role.value}", role=role)
        assert (await desk.enter(token))[0] == 303
        return desk

    yield opened
    for session in sessions:
        await session.close()


async def made(web: House, desk: Desk) -> dict[str, Any]:
    """The list of files once nothing is being made any more."""
    seen = web.pulse.count
    while True:
        _, listed = await desk.get("/api/board/exports")
        if not listed["making"]:
            return listed
        seen = await web.pulse.wait(seen, 5)


async def test_the_page_is_for_moderators_only(web: House, sit: Any) -> None:
    async with aiohttp.ClientSession() as session:
        assert (await Desk(web, session).text("/ban/tep"))[0] == 403

    status, page = await (await sit(Role.VIEWER)).text("/ban/tep")

    assert status == 200
    assert SAY(Key.WEB_FILES_TITLE) in page


async def test_only_a_responsible_person_makes_a_final_file_and_it_stands_in_the_history(web: House, sit: Any) -> None:
    moderator, chief = await sit(Role.MODERATOR), await sit(Role.CHIEF)

    refused, why = await moderator.post("/api/board/export", {"final": True})
    status, _ = await chief.post("/api/board/export", {"final": True})
    listed = await made(web, chief)

    assert (refused, why["message"]) == (403, SAY(Key.FILES_ONLY_CHIEF))
    assert status == 202
    assert [(file["final"], file["by"], file["title"]) for file in listed["files"]] == [
        (True, "người chief", "Bảng tổng hợp chính thức (lần 1)")
    ]
    async with web.store.reading() as tx:
        (record,) = [one for one in await tx.history.records(after=0, limit=99) if one.what == "made_final"]
    assert (record.actor, record.subject, record.wanted) == ("người chief", "mau lần 1", listed["files"][0]["sha256"])


async def test_a_viewer_makes_none_and_is_shown_no_buttons(web: House, sit: Any) -> None:
    viewer = await sit(Role.VIEWER)

    status, _ = await viewer.post("/api/board/export", {"final": False})
    _, listed = await viewer.get("/api/board/exports")

    assert status == 403
    assert (listed["may_make"], listed["may_finish"], listed["files"]) == (False, False, [])


@pytest.mark.parametrize("body", [{"final": "yes"}, [], {"final": 1}])
async def test_a_wish_of_another_shape_is_refused_with_a_sentence(web: House, sit: Any, body: Any) -> None:
    chief = await sit(Role.CHIEF)

    status, answer = await chief.post("/api/board/export", body)

    assert (status, answer["message"]) == (400, SAY(Key.WEB_BAD_REQUEST))


async def test_a_file_goes_out_whole_uncached_and_under_its_name_and_not_once_it_was_altered(
    web: House, sit: Any
) -> None:
    moderator = await sit(Role.MODERATOR)
    await moderator.post("/api/board/export", {"final": False})
    listed = await made(web, moderator)
    async with moderator.session.get(f"{web.room.address}/api/board/exports/1") as answer:
        headers = answer.headers
    (file,) = (web.folder / "xuat" / "mau").iterdir()
    file.write_bytes(file.read_bytes() + b"more")

    status, altered = await moderator.get("/api/board/exports/1")

    assert headers["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert headers["Cache-Control"] == "no-store"
    assert listed["files"][0]["holds"] == "0 vấn đề đã duyệt, 0 câu chờ duyệt."
    assert (status, altered["message"]) == (409, SAY(Key.WEB_FILES_ALTERED))


async def test_a_letter_a_report_and_a_file_for_each_department_are_made_and_kept_nowhere(web: House, sit: Any) -> None:
    moderator = await sit(Role.MODERATOR)
    begun = {}
    for kind in ("cong-van", "bao-cao", "van-de"):
        async with moderator.session.get(f"{web.room.address}/api/board/papers/{kind}") as answer:
            begun[answer.headers["Content-Disposition"]] = (await answer.read())[:2]

    assert begun == {
        'attachment; filename="mau-cong-van.docx"': b"PK",
        'attachment; filename="mau-bao-cao.docx"': b"PK",
        'attachment; filename="mau-van-de.csv"': b"\xef\xbb",
    }
    assert not (web.folder / "xuat").exists()


async def test_a_paper_that_there_is_not_and_a_viewer_who_wants_one_are_refused(web: House, sit: Any) -> None:
    assert (await (await sit(Role.MODERATOR)).get("/api/board/papers/tho"))[0] == 404
    assert (await (await sit(Role.VIEWER)).get("/api/board/papers/bao-cao"))[0] == 403
