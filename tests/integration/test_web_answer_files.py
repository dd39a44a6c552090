"""The page “Tệp trả lời”, over real HTTP: a department's file fetched, filled in, looked at, taken in, decided about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from bot.domain.role import EVERYTHING, Role, Scope
from bot.domain.submission import Action, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from bot.usecases.moderate import Decision
from tests.doubles.web_room import House, house
from tests.filled import Filled
from tests.integration.test_web_board import Desk
from tests.world import moderator

SAY = Catalogue.load().say
OURS = {"X-Requested-With": "doithoai"}
FILES = "/api/board/answer-files"
BUS, ROAD = "Bao giờ xã Tân An có xe buýt?", "Đường liên xã bao giờ sửa?"


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        for text in (BUS, ROAD):
            await approved(built, text)
        yield built


@pytest.fixture
async def sit(web: House) -> AsyncIterator[Any]:
    """`await sit(name, role)`: the browser of somebody with this role."""
    sessions = []

    async def opened(name: str, role: Role = Role.MODERATOR, scope: Scope = EVERYTHING) -> Desk:
        sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        desk = Desk(web, sessions[-1])
        token, _ = await Invite(web.store, web.clock)(name, role=role, scope=scope)
        assert (await desk.enter(token))[0] == 303
        return desk

    yield opened
    for session in sessions:
        await session.close()


async def approved(web: House, text: str) -> Submission:
    asked = await web.ask(text, "Xã Văn Giang")
    return await web.moderate.decide(asked.id, 1, Decision(Action.APPROVE), moderator())


async def form(web: House, desk: Desk, department: str = "so-xay-dung") -> Filled:
    async with desk.session.get(f"{web.room.address}{FILES}/forms/{department}") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].endswith(f'-{department}.xlsx"')
        return Filled(BytesIO(await answer.read()))


async def send(web: House, desk: Desk, what: str, content: bytes, name: str = "về.xlsx", seen: str = "") -> Any:
    """Status and JSON."""
    headers = OURS | {"X-File-Name": quote(name)} | ({"X-Seen": seen} if seen else {})
    async with desk.session.post(f"{web.room.address}{FILES}/{what}", data=BytesIO(content), headers=headers) as answer:
        return answer.status, await answer.json()


async def take(web: House, desk: Desk, filled: Filled) -> dict[str, Any]:
    content = filled.bytes()
    _, looked = await send(web, desk, "look", content)
    status, taken = await send(web, desk, "take", content, seen=looked["seen"])
    assert status == 200
    return taken


async def test_the_page_and_what_it_asks_for_are_for_moderators_only(web: House, sit: Any) -> None:
    async with aiohttp.ClientSession() as session:
        stranger = Desk(web, session)
        assert (await stranger.text("/ban/tra-loi/tep"))[0] == 403
        assert (await stranger.get(FILES))[0] == 401
        assert (await send(web, stranger, "look", b""))[0] == 401

    assert SAY(Key.WEB_ANSWER_FILES_TITLE) in (await (await sit("Lan")).text("/ban/tra-loi/tep"))[1]


async def test_a_file_goes_out_and_comes_back_through_a_look_into_a_draft(web: House, sit: Any) -> None:
    lan = await sit("Lan")
    _, there = await lan.get(FILES)
    assert [(one["department"], one["issues"]) for one in there["forms"]] == [("Sở Xây dựng", 2)]
    filled = await form(web, lan)
    filled.answer(filled.row_of(BUS), "Từ quý II.", basis="Quyết định 12", result="Đang giải quyết")
    content = filled.bytes()

    _, looked = await send(web, lan, "look", content)
    assert (looked["ready"], looked["lines"], looked["waiting"]) == (1, [], 0)
    assert [(one["finding"], one["question"], one["theirs"]["basis"]) for one in looked["rows"]] == [
        ("new", BUS, "Quyết định 12")
    ]
    assert (await send(web, lan, "take", content + b" ", seen=looked["seen"]))[0] == 409
    status, taken = await send(web, lan, "take", content, seen=looked["seen"])

    assert status == 200
    assert "Đã nhập 1 dự thảo" in taken["summary"]
    async with web.store.reading() as tx:
        (answer,) = await tx.answers.of_programme("mau")
    assert (answer.body.text, answer.drafted_by, answer.source) == ("Từ quý II.", "Lan", "về.xlsx")


async def test_rows_that_wait_are_shown_with_both_versions_and_decided_one_by_one(web: House, sit: Any) -> None:
    lan, ha = await sit("Lan"), await sit("Hà")
    filled = await form(web, lan)
    for number in (1, 2):
        filled.answer(number, f"Bản một, dòng {number}.")
    await take(web, lan, filled)
    for number in (1, 2):
        filled.answer(number, f"Bản hai, dòng {number}.")

    taken = await take(web, lan, filled)
    _, there = await ha.get(FILES)
    first, second = there["rows"]

    assert taken["waiting"] == 2
    assert (first["now"]["text"], first["theirs"]["text"]) == ("Bản một, dòng 1.", "Bản hai, dòng 1.")
    late = await ha.post(f"{FILES}/rows/{first['id']}", {"choice": "take", "over": first["over"] + 1})
    assert late[0] == 409
    edited = {"choice": "take", "over": first["over"], "text": "Bản gộp.", "settlement": "giai-trinh"}
    assert await ha.post(f"{FILES}/rows/{first['id']}", edited) == (
        200,
        {"message": SAY(Key.WEB_ANSWER_FILES_TAKEN_ROW)},
    )
    kept = await ha.post(f"{FILES}/rows/{second['id']}", {"choice": "keep"})
    assert kept == (200, {"message": SAY(Key.WEB_ANSWER_FILES_KEPT_ROW)})
    assert (await ha.get(FILES))[1]["rows"] == []
    assert (await ha.post(f"{FILES}/rows/{second['id']}", {"choice": "keep"}))[0] == 409
    async with web.store.reading() as tx:
        bodies = [one.body for one in await tx.answers.of_programme("mau")]
    assert sorted(body.text for body in bodies) == ["Bản gộp.", "Bản một, dòng 2."]


async def test_what_cannot_be_read_or_is_too_big_gets_a_sentence(web: House, sit: Any) -> None:
    lan = await sit("Lan")
    status, told = await send(web, lan, "look", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "cũ.xls")
    assert (status, told["message"]) == (409, SAY(Key.XL_OLD_XLS, file="cũ.xls"))
    assert (await send(web, lan, "look", bytes((10 << 20) + 1)))[0] == 413
    assert (await lan.post(f"{FILES}/rows/1", {"choice": "burn"}))[0] == 400
    assert (await lan.get(f"{FILES}/forms/so-y-te"))[0] == 404


async def test_whoever_may_only_look_on_sees_what_waits_and_changes_nothing(web: House, sit: Any) -> None:
    lan, guest = await sit("Lan"), await sit("Khách", Role.VIEWER)
    filled = await form(web, lan)
    await take(web, lan, filled.answer(1, "Bản một."))
    await take(web, lan, filled.answer(1, "Bản hai."))

    _, there = await guest.get(FILES)

    assert (there["may"], len(there["rows"])) == (False, 1)
    assert (await guest.get(f"{FILES}/forms/so-xay-dung"))[0] == 403
    assert (await send(web, guest, "look", filled.bytes()))[0] == 403
    assert (await guest.post(f"{FILES}/rows/{there['rows'][0]['id']}", {"choice": "keep"}))[0] == 409
    assert len((await lan.get(FILES))[1]["rows"]) == 1
