"""The private section of the web board: there for a responsible person, for nobody else, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.domain.role import Role
from bot.domain.submission import State
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import Desk

SAY = Catalogue.load().say
CRY = "Em bị bố dượng đánh, em sợ lắm"


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


async def signed_in(web: House, session: aiohttp.ClientSession, name: str, *, chief: bool) -> Desk:
    desk = Desk(web, session)
    token, _ = await Invite(web.store, web.clock)(name, Role.CHIEF if chief else Role.MODERATOR)
    assert (await desk.enter(token))[0] == 303
    return desk


@pytest.fixture
async def lan(web: House) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await signed_in(web, session, "Lan", chief=False)


@pytest.fixture
async def hoa(web: House) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await signed_in(web, session, "Chị Hoa", chief=True)


async def test_a_chief_has_the_section_and_hears_how_many_wait(web: House, hoa: Desk) -> None:
    private = await web.ask(CRY, private=True)
    await web.ask("Bao giờ có xe buýt?")

    _, everything = await hoa.get("/api/board/cards?state=waiting")
    _, answer = await hoa.get("/api/board/cards?state=private")

    assert everything["private"] == 1
    assert everything["counts"]["waiting"] == 1
    assert [card["text"] for card in everything["cards"]] == ["Bao giờ có xe buýt?"]
    assert [(card["id"], card["text"], card["private"]) for card in answer["cards"]] == [(private.id, CRY, True)]
    assert answer["cards"][0]["actions"] == ["close", "open_up"]


@pytest.mark.parametrize("path", ["?state=waiting", "?state=", "?state=rejected", "?limit=2000", "?code={code}"])
async def test_an_ordinary_moderator_sees_nothing_of_it_anywhere(web: House, lan: Desk, path: str) -> None:
    private = await web.ask(CRY, private=True)

    status, answer = await lan.get(f"/api/board/cards{path.format(code=private.code)}")

    assert status == 200
    assert (answer["cards"], answer["private"]) == ([], None)
    assert set(answer["counts"].values()) == {0}


async def test_asking_for_the_section_without_being_a_chief_is_refused_with_a_sentence(web: House, lan: Desk) -> None:
    await web.ask(CRY, private=True)

    assert await lan.get("/api/board/cards?state=private") == (403, {"message": SAY(Key.REFUSE_PRIVATE)})


@pytest.mark.parametrize("action", ["approve", "reject", "change_topic", "undo", "open_up", "close", "set_apart"])
async def test_deciding_without_being_a_chief_is_refused_and_gives_no_card(web: House, lan: Desk, action: str) -> None:
    private = await web.ask(CRY, private=True)

    status, answer = await lan.decide(private.id, 1, action, reason="reason.spam", topic="viec-lam")

    assert (status, answer) == (409, {"message": SAY(Key.REFUSE_PRIVATE), "card": None})
    assert (await web.cards.one(private.id, chief=True)).state is State.WAITING


async def test_a_chief_opens_it_up_and_everybody_sees_it_then(web: House, hoa: Desk, lan: Desk) -> None:
    private = await web.ask(CRY, private=True)

    status, answer = await hoa.decide(private.id, 1, "open_up")

    assert (status, answer["message"]) == (200, SAY(Key.DONE_OPEN_UP, code=private.code))
    assert answer["card"]["private"] is False
    _, listed = await lan.get("/api/board/cards?state=waiting")
    assert [card["text"] for card in listed["cards"]] == [CRY]


async def test_a_chief_closes_it_and_it_stays_private(web: House, hoa: Desk, lan: Desk) -> None:
    private = await web.ask(CRY, private=True)

    _, answer = await hoa.decide(private.id, 1, "close")
    _, listed = await lan.get("/api/board/cards?state=rejected")
    _, section = await hoa.get("/api/board/cards?state=private")

    assert answer["message"] == SAY(Key.DONE_CLOSE, code=private.code)
    assert listed["cards"] == []
    assert section["private"] == 0
    assert [(card["state"], card["decided_by"], card["actions"]) for card in section["cards"]] == [
        ("rejected", "Chị Hoa", ["undo"])
    ]


async def test_whoever_sets_a_question_apart_sees_it_go(web: House, lan: Desk, hoa: Desk) -> None:
    ordinary = await web.ask("Dạo này nhà em có chuyện buồn, em không muốn về")

    status, answer = await lan.decide(ordinary.id, 1, "set_apart")

    assert (status, answer) == (200, {"message": SAY(Key.DONE_SET_APART, code=ordinary.code), "card": None})
    assert (await hoa.get("/api/board/cards?state=private"))[1]["private"] == 1


async def test_the_notices_of_a_card_come_as_sentences(web: House, lan: Desk) -> None:
    await web.ask("Bao giờ có xe buýt? Gọi em 0912345621 nhé")

    _, answer = await lan.get("/api/board/cards?state=waiting")

    assert answer["cards"][0]["notices"] == ["Trong lời có số điện thoại, nên che thành 09******21."]


async def test_a_chief_who_is_signed_out_is_nobody(web: House, hoa: Desk) -> None:
    await web.ask(CRY, private=True)
    await hoa.post("/api/board/leave", {})

    assert (await hoa.get("/api/board/cards?state=private"))[0] == 401


async def test_in_the_demo_whoever_sits_there_is_the_responsible_person(tmp_path: Path) -> None:
    async with house(tmp_path, demo=True) as web, aiohttp.ClientSession() as session:
        await web.ask(CRY, private=True)

        _, answer = await Desk(web, session).get("/api/board/cards?state=private")

    assert [card["text"] for card in answer["cards"]] == [CRY]
