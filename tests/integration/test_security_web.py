"""The web room under attack, route by route, found by themselves: other sites, strangers, people of other units, odd
bodies, floods, slow connections. (reliability.md X9, X11, X13; OWASP ASVS 5.0)
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import select

import handlers.web.guard
import handlers.web.server
from bot.domain.role import EVERYTHING, Role, Scope
from bot.domain.submission import Action
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite, Revoke, hashed
from bot.usecases.moderate import Decision
from handlers.web import signin
from handlers.web.pace import Buckets
from storage.schema import metadata
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import OURS, Desk
from tests.world import moderator

SAY = Catalogue.load().say
STATIC = Path(handlers.web.guard.__file__).parent / "static"
# What may change though nothing was done: sessions and invitations of this test, the record of refusals, marks.
LOOSE = {"facts", "sign_ins", "invitations", "moderators", "history", "inbox"}
MINE, NOT_MINE = Scope(units=("Xã Văn Giang",)), "Phường Mỹ Hào"


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


@pytest.fixture
async def sit(web: House) -> AsyncIterator[Any]:
    """`await sit(name, role, scope)`: the browser of somebody with this role; of a stranger without a name."""
    sessions = []

    async def opened(name: str = "", role: Role = Role.MODERATOR, scope: Scope = EVERYTHING) -> Desk:
        sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        desk = Desk(web, sessions[-1])
        if name:
            token, _ = await Invite(web.store, web.clock)(name, role=role, scope=scope)
            assert (await desk.enter(token))[0] == 303
        return desk

    yield opened
    for session in sessions:
        await session.close()


async def filled(web: House) -> None:
    """One submission that waits and one that an answer is drafted for, both of a unit that is not everybody's."""
    await web.ask("Bao giờ có sân bóng cho thanh niên ạ?", NOT_MINE)
    asked = await web.ask("Bao giờ có xe buýt để học sinh đi học?", NOT_MINE)
    await web.moderate.decide(asked.id, 1, Decision(Action.APPROVE), moderator())


def routes(web: House, method: str) -> list[str]:
    """The paths of the site, with 1 for each number in them."""
    found = {one.resource.canonical for one in web.room._runner.app.router.routes() if one.method == method}
    named = {
        "{name}": "board.js",
        "{digest}": "0" * 64,
        "{kind}": "van-de",
        "{department}": "so-xay-dung",
        "{step}": "confirm",
    }
    for name, value in named.items():
        found = {path.replace(name, value) for path in found}
    return sorted(re.sub(r"\{\w+\}", "1", path) for path in found)


async def everything(web: House) -> dict[str, list[Any]]:
    """Every row of every table that nobody may change by accident."""
    async with web.store.reading() as tx:
        work = tx.inbox._work
        tables = [table for table in metadata.sorted_tables if table.name not in LOOSE]
        return {table.name: [tuple(row) for row in await work.rows(select(table))] for table in tables}


# What each route would do, if it did anything: bodies that a right person could send.
BODIES: dict[str, object] = {
    "/api/messages": {"id": str(uuid4()), "text": "Em hỏi ạ"},
    "/api/board/cards/1/decide": {"version": 1, "action": "approve"},
    "/api/board/decide-all": {"chosen": [[1, 1]], "decision": {"action": "approve"}},
    "/api/board/gather": {"chosen": [[1, 1], [2, 2]], "text": "Chung", "department": ""},
    "/api/board/gather/undo": [{"id": 1, "version": 1, "was": 1}],
    "/api/board/answers/1/draft": {"over": 0, "text": "Từ tháng 3."},
    "/api/board/answers/1/confirm": {"answer": 1, "version": 1},
    "/api/board/answers/1/release": {"answer": 1, "version": 1},
    "/api/board/answers/release": {},
    "/api/board/answer-files/rows/1": {"choice": "keep"},
    "/api/board/photos/1/typed": {"slips": [{"text": "Em hỏi"}]},
    "/api/board/photos/1/unreadable": {"reason": "mờ"},
    "/api/board/export": {"final": False},
}


def body_of(path: str) -> object:
    return BODIES.get(path, {})


# ------------------------------------------------------------------ other sites


async def test_no_route_changes_anything_but_by_a_post_of_our_own_page(web: House, sit: Any) -> None:
    chief = await sit("Hoa", Role.CHIEF)
    await filled(web)
    before, posts = await everything(web), routes(web, "POST")
    methods = {one.method for one in web.room._runner.app.router.routes()}

    assert methods == {"GET", "HEAD", "POST"}
    assert len(posts) > 20
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": web.room.address + ".evil.example"},
        {"Origin": "http://[::1"},
    )
    attacks = [{}, *foreign, *({**OURS, **one} for one in foreign), {"Content-Type": "text/plain"}]
    for path in posts:
        for headers in attacks:
            status, _ = await chief.post(path, body_of(path), headers)
            assert status == 403, (path, headers)

    assert await everything(web) == before


async def test_looking_changes_nothing(web: House, sit: Any) -> None:
    chief = await sit("Hoa", Role.CHIEF)
    await filled(web)
    before = await everything(web)

    for path in routes(web, "GET"):
        if "stream" not in path:
            async with chief.session.get(f"{web.room.address}{path}") as answer:
                assert answer.status < 500, path

    assert await everything(web) == before


async def test_after_signing_in_one_goes_nowhere_but_to_the_board(web: House, sit: Any) -> None:
    stranger = await sit()
    token, _ = await Invite(web.store, web.clock)("Lan")
    address = f"{web.room.address}/vao?next=https://evil.example&ma={token}"

    form = {"ma": token, "next": "https://evil.example", "to": "//evil.example"}
    async with stranger.session.post(
        address, data=form, headers={"Origin": web.room.address}, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/ban")


# ------------------------------------------------------------------ who may what


async def test_a_stranger_gets_nothing_of_the_board_by_any_route(web: House, sit: Any) -> None:
    stranger = await sit()
    await filled(web)
    before = await everything(web)

    for path in routes(web, "GET"):
        async with stranger.session.get(f"{web.room.address}{path}") as answer:
            if path.startswith("/api/board"):
                assert answer.status == 401, path
            if path.startswith("/ban"):
                assert answer.status == 403, path
    for path in routes(web, "POST"):
        if path.startswith("/api/board") and path != "/api/board/leave":
            assert (await stranger.post(path, body_of(path)))[0] == 401, path

    assert await everything(web) == before


@pytest.mark.parametrize(("role", "scope"), [(Role.VIEWER, EVERYTHING), (Role.MODERATOR, MINE)])
async def test_whoever_may_not_changes_nothing_by_any_route(web: House, sit: Any, role: Role, scope: Scope) -> None:
    await filled(web)
    desk = await sit("Khách", role, scope)
    before = await everything(web)

    for path in routes(web, "POST"):
        free = path.endswith(("/leave", "/export", "/preview", "/look")) or path == "/api/messages"
        if path.startswith("/api/board") and not free:
            status, _ = await desk.post(path, body_of(path))
            assert status in (200, 400, 403, 404, 409), (path, status)

    assert await everything(web) == before


async def test_a_viewer_makes_no_file_and_reads_none_in(web: House, sit: Any) -> None:
    viewer = await sit("Khách", Role.VIEWER)

    for path in ("/api/board/export", "/api/board/slips/preview", "/api/board/slips/import"):
        assert (await viewer.post(path, {}))[0] == 403, path
    for path in ("/api/board/answer-files/look", "/api/board/answer-files/take"):
        assert (await viewer.post(path, {}))[0] == 403, path
    made = ("/api/board/papers/van-de", "/api/board/answer-files/forms/so-xay-dung", "/api/board/photos/1/picture")
    for path in made:
        async with viewer.session.get(f"{web.room.address}{path}") as answer:
            assert answer.status == 403, path


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2f..%2f.env",
        "/static/%2e%2e%2fserver.py",
        "/static//etc/passwd",
        "/api/board/exports/..%2f..%2fweb.sqlite3",
        "/api/board/exports/-1",
        "/api/board/exports/999999999",
        "/api/board/photos/0/picture",
        "/api/board/photos/..%2f1/picture",
        "/api/board/papers/..%2f..%2fetc",
        "/api/board/answer-files/forms/..%2f..%2fetc",
        "/api/board/slips/jobs/..%2f..%2fetc",
    ],
)
async def test_no_path_leads_to_a_file_that_is_not_meant(web: House, sit: Any, path: str) -> None:
    chief = await sit("Hoa", Role.CHIEF)

    async with chief.session.get(aiohttp.client.URL(f"{web.room.address}{path}", encoded=True)) as answer:
        assert answer.status == 404
        assert b"root:" not in await answer.read()


# ------------------------------------------------------------------ sessions


async def test_signing_out_ends_the_session_for_whoever_copied_its_cookie(web: House, sit: Any) -> None:
    lan = await sit("Lan")
    copied = {cookie.key: cookie.value for cookie in lan.session.cookie_jar}

    assert (await lan.post("/api/board/leave", {}))[0] == 200

    async with (
        aiohttp.ClientSession(cookies=copied) as thief,
        thief.get(f"{web.room.address}/api/board/cards") as answer,
    ):
        assert answer.status == 401


async def test_a_session_ends_by_itself_after_sixty_days_whatever_the_browser_says(web: House, sit: Any) -> None:
    lan = await sit("Lan")
    web.clock.later(days=59, hours=23)
    assert (await lan.get("/api/board/texts"))[0] == 200

    web.clock.later(hours=2)

    assert (await lan.get("/api/board/texts"))[0] == 401


async def test_a_revoked_moderators_open_stream_says_nothing_more(web: House, sit: Any) -> None:
    lan = await sit("Lan")
    async with lan.session.get(f"{web.room.address}/api/board/stream?page=a") as stream:
        assert await stream.content.readline() == b"retry: 2000\n"

        await Revoke(web.store, web.clock)("Lan")

        async with asyncio.timeout(5):
            rest = await stream.content.read()  # to its end
    assert rest.count(b"event: news") <= 1  # what it said before


async def test_of_two_who_press_the_same_invitation_at_once_one_comes_in(web: House, sit: Any) -> None:
    token, _ = await Invite(web.store, web.clock)("Lan")
    desks = [await sit() for _ in range(5)]

    statuses = [status for status, _ in await asyncio.gather(*(desk.enter(token) for desk in desks))]

    assert sorted(statuses) == [303, 403, 403, 403, 403]


async def test_a_cookie_is_lax_unreadable_for_scripts_and_behind_https_secure(tmp_path: Path) -> None:
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    async with house(tmp_path, trust_proxy=True) as web, aiohttp.ClientSession() as session:
        token, _ = await Invite(web.store, web.clock)("Lan")
        headers = {**https, "Origin": web.room.address}
        async with session.post(
            f"{web.room.address}/vao", data={"ma": token}, headers=headers, allow_redirects=False
        ) as answer:
            cookies = [answer.headers["Set-Cookie"]]
        async with session.get(f"{web.room.address}/", headers=https) as answer:
            cookies.append(answer.headers["Set-Cookie"])

    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert "SameSite=Lax" in cookie


# ------------------------------------------------------------------ headers


async def test_every_answer_forbids_what_no_page_needs(web: House, sit: Any) -> None:
    chief = await sit("Hoa", Role.CHIEF)

    for path in [*routes(web, "GET"), "/nowhere", "/api/nowhere"]:
        if "stream" in path:
            continue
        async with chief.session.get(f"{web.room.address}{path}") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "Strict-Transport-Security" not in answer.headers  # not over http: nobody could come in any more
            assert answer.headers["Referrer-Policy"] == ("strict-origin" if path == "/vao" else "same-origin")


async def test_behind_https_a_browser_is_told_to_stay_there(tmp_path: Path) -> None:
    async with house(tmp_path, trust_proxy=True) as web, aiohttp.ClientSession() as session:
        async with session.get(web.room.address, headers={"X-Forwarded-Proto": "https"}) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        async with session.get(web.room.address, headers={"X-Forwarded-Proto": "http"}) as answer:
            assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("page", sorted(one.name for one in STATIC.glob("*.html")))
def test_a_page_has_nothing_that_its_own_policy_would_forbid(page: str) -> None:
    text = (STATIC / page).read_text("utf-8")

    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)


@pytest.mark.parametrize("script", sorted(one.name for one in STATIC.glob("*.js")))
def test_a_script_makes_no_markup_out_of_words(script: str) -> None:
    text = (STATIC / script).read_text("utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)


# ------------------------------------------------------------------ odd bodies

ODD = {
    "deep JSON": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "a lone surrogate": b'{"id": "%s", "text": "\\ud83d a", "reason": "\\udc00", "page": "\\ud800"}'
    % uuid4().bytes.hex().encode(),
    "NUL": b'{"id": "%s", "text": "a\\u0000b"}' % uuid4().bytes.hex().encode(),
    "broken UTF-8": b'{"id": "\xff\xfe", "text": "\xc3"}',
    "another encoding": '{"id": "x"}'.encode("utf-16"),
    "a huge number": b'{"version": 1' + b"0" * 5000 + b', "action": "approve"}',
    "not a number": b'{"version": NaN, "action": "approve"}',
    "the same key twice": b'{"version": 1, "version": 2, "action": "approve"}',
    "nothing": b"",
    "null": b"null",
    "a list": b"[1, 2, 3]",
    "a form": b"------x\r\nContent-Disposition: form-data; name=ma\r\n\r\nabc\r\n------x--\r\n",
}


@pytest.mark.parametrize("what", ODD)
async def test_an_odd_body_is_refused_by_every_route_with_a_sentence_and_changes_nothing(
    web: House, sit: Any, what: str
) -> None:
    chief = await sit("Hoa", Role.CHIEF)
    await filled(web)
    async with chief.session.get(web.room.address):
        pass
    before = await everything(web)

    for path in routes(web, "POST"):
        if path == "/api/board/export":  # any object is a wish for a draft
            continue
        headers = {**OURS, "Origin": web.room.address}
        if what == "a form":
            headers["Content-Type"] = "multipart/form-data; boundary=----x"
        async with chief.session.post(
            f"{web.room.address}{path}", data=ODD[what], headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status < 500, path
            assert await answer.read()

    after = await everything(web)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


# ------------------------------------------------------------------ floods


class Ticks:
    """Seconds that pass only when told to."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def ticks(web: House) -> Ticks:
    """The buckets of the site on a clock that stands still."""
    ticks = Ticks()
    web.room._guard._buckets = Buckets(ticks)
    return ticks


async def posted(
    web: House, session: aiohttp.ClientSession, **headers: str
) -> tuple[int, aiohttp.typedefs.LooseHeaders]:
    body = json.dumps({"id": str(uuid4()), "text": "Bao giờ có xe buýt ạ?"})
    async with session.post(f"{web.room.address}/api/messages", data=body, headers={**OURS, **headers}) as answer:
        await answer.read()
        return answer.status, answer.headers


async def visit(web: House, session: aiohttp.ClientSession) -> None:
    async with session.get(web.room.address) as answer:
        assert answer.status == 200


async def test_one_browser_that_floods_is_held_back_and_the_others_are_not(web: House, ticks: Ticks, sit: Any) -> None:
    flooder, other = (await sit()).session, (await sit()).session
    await visit(web, flooder)
    await visit(web, other)

    statuses = [(await posted(web, flooder))[0] for _ in range(80)]

    assert statuses == [200] * 60 + [429] * 20
    assert (await posted(web, other))[0] == 200
    status, headers = await posted(web, flooder)
    assert (status, headers["Retry-After"]) == (429, "1")
    async with web.store.reading() as tx:
        assert await tx.inbox.open() == 61

    ticks.at += 60

    assert (await posted(web, flooder))[0] == 200


async def test_an_address_that_floods_with_ever_new_browsers_is_held_back(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        handlers.web.guard, "RULES", (handlers.web.guard.Rule("GET", "/", *2 * (handlers.web.pace.Pace(5, 5),)),)
    )
    async with house(tmp_path, trust_proxy=True) as web:
        web.room._guard._buckets = Buckets(Ticks())

        async def seen(address: str, made_up: str = "") -> int:
            forwarded = {"X-Forwarded-For": f"{made_up}{address}"}
            async with aiohttp.ClientSession() as new, new.get(f"{web.room.address}/vao", headers=forwarded) as answer:
                return answer.status

        # What the flooder writes into the header itself stands in front of what the proxy adds, and counts for nothing.
        statuses = [await seen("203.0.113.9", f"198.51.100.{number}, ") for number in range(8)]

        assert statuses == [403] * 5 + [429] * 3
        assert await seen("203.0.113.10") == 403


async def test_without_a_proxy_nobody_takes_another_address_by_a_header(
    web: House, ticks: Ticks, monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        handlers.web.guard, "RULES", (handlers.web.guard.Rule("GET", "/", *2 * (handlers.web.pace.Pace(5, 5),)),)
    )
    statuses = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        for number in range(8):
            forwarded = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
            async with session.get(f"{web.room.address}/vao", headers=forwarded) as answer:
                statuses.append(answer.status)

    assert statuses == [403] * 5 + [429] * 3


async def test_a_browser_keeps_eight_streams_open_and_no_more(web: House, sit: Any) -> None:
    session = (await sit()).session
    await visit(web, session)
    open_ = [await session.get(f"{web.room.address}/api/stream") for _ in range(9)]
    try:
        assert [one.status for one in open_] == [200] * 8 + [429]
    finally:
        for one in open_:
            one.close()


async def test_guessing_invitations_is_soon_over(web: House, ticks: Ticks, sit: Any) -> None:
    statuses = [(await (await sit()).enter(f"đoán {number}"))[0] for number in range(35)]

    assert statuses == [403] * 30 + [429] * 5


# ------------------------------------------------------------------ slow connections


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_connection_that_asks_nothing_is_closed(tmp_path: Path, monkeypatch: Any, begun: bytes) -> None:
    monkeypatch.setattr(handlers.web.server, "_IDLE", 0.1)
    async with house(tmp_path) as web:
        reader, writer = await asyncio.open_connection(*web.room.address.removeprefix("http://").split(":"))
        writer.write(begun)

        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("path", ["/api/messages", "/api/board/slips/preview"])
async def test_a_body_that_is_dripped_in_is_not_waited_for(web: House, sit: Any, monkeypatch: Any, path: str) -> None:
    monkeypatch.setattr(handlers.web.guard, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(handlers.web.guard, "UPLOAD_SECONDS", 0.1)
    lan = await sit("Lan")
    more = asyncio.Event()

    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await more.wait()

    async with lan.session.post(f"{web.room.address}{path}", data=dripping(), headers=OURS) as answer:
        assert (answer.status, await answer.json()) == (408, {"message": SAY(Key.WEB_TOO_SLOW)})
    more.set()


# ------------------------------------------------------------------ invitations


async def test_an_invitation_stands_in_no_log_and_only_its_hash_in_the_database(
    web: House, sit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token, expires = await Invite(web.store, web.clock)("Lan")
    stranger = await sit()

    await stranger.text(f"/vao?ma={token}")
    await stranger.enter(token)

    assert expires - web.clock.now() <= timedelta(days=3)
    assert token not in caplog.text
    async with web.store.reading() as tx:
        kept = [tuple(row) for row in await tx.inbox._work.rows(select(metadata.tables["invitations"]))]
    assert hashed(token) in kept[0]
    assert token not in str(kept)
    assert signin.COOKIE in {cookie.key for cookie in stranger.session.cookie_jar}
