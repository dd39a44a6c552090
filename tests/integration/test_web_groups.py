"""The page of groups and the link to one card, over real HTTP with a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.submission import Action
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.moderate import Decision
from tests.doubles.web_room import House, house
from tests.world import moderator

BUS = "Bao giờ xã Tân An có xe buýt lên thành phố?"
BUS_AGAIN = "bao gio xa tan an co xe buyt len thanh pho"
SAY = Catalogue.load().say


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, demo=True) as built:
        while await built.similar.step():
            pass
        yield built


async def get(web: House, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{web.room.address}{path}") as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await (answer.json() if is_json else answer.text())


async def groups(web: House) -> dict[str, Any]:
    """The answer once no comparison is under way any more."""
    while True:
        seen = web.pulse.count
        status, answer = await get(web, "/api/board/groups")
        assert status == 200
        if not answer["making"]:
            return answer
        await web.pulse.wait(seen, 0.05)


@pytest.mark.parametrize("path", ["/ban/nhom", "/api/board/groups"])
async def test_without_an_invitation_nobody_reads_groups(tmp_path: Path, path: str) -> None:
    async with house(tmp_path) as closed:
        await closed.ask(BUS)
        await closed.ask(BUS_AGAIN)

        status, answer = await get(closed, path)

    assert status == (403 if path == "/ban/nhom" else 401)
    assert "Tân An" not in str(answer)


async def test_the_page_names_the_programme_and_says_that_nothing_is_merged(web: House) -> None:
    status, page = await get(web, "/ban/nhom")

    assert status == 200
    assert SAY(Key.WEB_GROUPS_TITLE) in page
    assert "Đối thoại với thanh niên tỉnh Hưng Yên năm 2026" in page
    assert "chưa câu nào bị gộp" in page


async def test_without_questions_there_are_no_groups(web: House) -> None:
    answer = await groups(web)

    assert (answer["groups"], answer["found"], answer["failed"]) == ([], 0, False)


async def test_a_group_shows_size_codes_states_units_and_how_alike_they_are(web: House) -> None:
    first = await web.ask(BUS, unit="Xã Văn Giang")
    second = await web.ask(f"Em chào anh chị. {BUS_AGAIN} ạ?")
    await web.ask("Chó thả rông ở khu trọ cắn người.")
    await web.moderate.decide(second.id, 1, Decision(Action.APPROVE), moderator("Lan"))

    answer = await groups(web)

    (group,) = answer["groups"]
    assert group["size"] == 2
    assert group["members"][0] == {
        "id": first.id,
        "version": 1,
        "code": first.code,
        "text": BUS,
        "state": "waiting",
        "unit": "Xã Văn Giang",
        "score": 100,
    }
    assert [group["members"][1][name] for name in ("code", "state", "unit")] == [second.code, "approved", ""]
    assert 60 <= group["members"][1]["score"] < 100
    assert (answer["found"], answer["compared"]) == (1, 3)


async def test_a_long_text_is_cut_on_this_page(web: House) -> None:
    long = f"{BUS} " + "Em đi học xa lắm. " * 40
    await web.ask(long)
    await web.ask(long)

    answer = await groups(web)

    assert all(len(member["text"]) <= 300 for member in answer["groups"][0]["members"])


async def test_one_card_is_found_by_its_code_in_whatever_state(web: House) -> None:
    first, second = await web.ask(BUS), await web.ask(BUS_AGAIN)
    await web.moderate.decide(first.id, 1, Decision(Action.APPROVE), moderator("Lan"))

    status, answer = await get(web, f"/api/board/cards?text={first.code}")

    assert status == 200
    assert [card["code"] for card in answer["cards"]] == [first.code]
    assert answer["cards"][0]["similar"] == f"Giống: {second.code} (100 %, chờ duyệt)"
    assert answer["counts"]["waiting"] == 1


@pytest.mark.parametrize("code", ["HY26-9999-A", "HY26-0001-A", "' OR 1=1", "100%_"])
async def test_a_code_that_names_nothing_brings_no_card(web: House, code: str) -> None:
    await web.ask(BUS)

    status, answer = await get(web, f"/api/board/cards?text={code}")

    assert (status, answer["cards"]) == (200, [])


async def test_a_card_of_another_programme_is_not_shown(web: House) -> None:
    old = await web.ask(BUS, programme="hung-yen-2023", receipt_prefix="HY23")

    _, answer = await get(web, f"/api/board/cards?text={old.code}")

    assert answer["cards"] == []
