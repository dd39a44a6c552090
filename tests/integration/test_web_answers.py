"""The page “Trả lời”: answers typed, confirmed by a second person, released by the responsible one; who missed them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import pytest

from bot.domain.answer import AnswerState
from bot.domain.message import ChannelName
from bot.domain.role import EVERYTHING, Role, Scope
from bot.domain.submission import Action, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from bot.usecases.moderate import Decision
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import Desk
from tests.world import moderator

SAY = Catalogue.load().say
BUS = "Bao giờ xã Tân An có xe buýt để học sinh đi học?"
LINES = "/api/board/answers"


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
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


async def approved(web: House, text: str = BUS, **fields: object) -> Submission:
    asked = await web.ask(text, "Xã Văn Giang", **fields)
    return await web.moderate.decide(asked.id, 1, Decision(Action.APPROVE), moderator())


async def drafted(web: House, desk: Desk, text: str = "Từ tháng 3/2027.") -> dict[str, Any]:
    """The sheet after somebody typed an answer to the only question."""
    submission = await approved(web)
    status, sheet = await desk.post(f"{LINES}/{submission.issue_id}/draft", {"over": 0, "text": text})
    assert status == 200
    return sheet


def at(sheet: dict[str, Any]) -> dict[str, int]:
    return {"answer": sheet["answer"]["id"], "version": sheet["answer"]["version"]}


async def test_the_page_is_for_moderators_only(web: House, sit: Any) -> None:
    async with aiohttp.ClientSession() as session:
        assert (await Desk(web, session).text("/ban/tra-loi"))[0] == 403
        assert (await Desk(web, session).get(LINES))[0] == 401

    assert SAY(Key.WEB_ANSWERS_TITLE) in (await (await sit("Lan")).text("/ban/tra-loi"))[1]


async def test_an_answer_is_typed_confirmed_by_another_and_released_by_the_responsible_person(
    web: House, sit: Any
) -> None:
    lan, ha, chief = await sit("Lan"), await sit("Hà"), await sit("Chị Hoa", Role.CHIEF)
    sheet = await drafted(web, lan)
    path = f"{LINES}/{sheet['issue']}"

    own = await lan.post(f"{path}/confirm", at(sheet))
    status, confirmed = await ha.post(f"{path}/confirm", at(sheet))
    refused, why = await ha.post(f"{path}/release", {**at(confirmed), "until": ""})
    _, held = await chief.post(f"{path}/release", {**at(confirmed), "until": ""})
    _, stopped = await chief.post(f"{path}/release", {**at(held), "until": "chờ"})

    assert own == (409, {"message": SAY(Key.REFUSE_OWN_ANSWER)})
    assert (status, confirmed["state"]) == (200, AnswerState.CONFIRMED)
    assert (refused, why["message"]) == (409, SAY(Key.REFUSE_ONLY_CHIEF_RELEASES))
    assert held["answer"]["held"] == "14:07, 20/11/2026"  # two minutes to stop it
    assert (stopped["state"], stopped["answer"]["held"]) == (AnswerState.CONFIRMED, "")


async def test_advice_stands_beside_a_draft_and_blocks_nothing(web: House, sit: Any) -> None:
    sheet = await drafted(web, await sit("Lan"), "Sở sẽ xem xét.")

    assert SAY(Key.HINT_NO_BASIS) in sheet["hints"]
    status, _ = await (await sit("Hà")).post(f"{LINES}/{sheet['issue']}/confirm", at(sheet))
    assert status == 200


async def test_whoever_looked_at_an_older_answer_hears_who_was_first_and_loses_nothing(web: House, sit: Any) -> None:
    lan, ha = await sit("Lan"), await sit("Hà")
    sheet = await drafted(web, lan)

    draft = await ha.post(f"{LINES}/{sheet['issue']}/draft", {"over": 0, "text": "Khác."})
    await ha.post(f"{LINES}/{sheet['issue']}/return", {**at(sheet), "reason": "chưa nêu ngày"})
    step = await ha.post(f"{LINES}/{sheet['issue']}/confirm", at(sheet))
    _, seen = await lan.get(f"{LINES}/{sheet['issue']}")

    assert [draft[0], step[0]] == [409, 409]
    assert "Lan" in draft[1]["message"]
    assert (seen["state"], seen["answer"]["reason"]) == ("returned", "chưa nêu ngày")


async def test_all_confirmed_ones_are_held_until_the_morning_of_the_dialogue(web: House, sit: Any) -> None:
    lan, ha, chief = await sit("Lan"), await sit("Hà"), await sit("Chị Hoa", Role.CHIEF)
    sheet = await drafted(web, lan)
    await ha.post(f"{LINES}/{sheet['issue']}/confirm", at(sheet))
    await approved(web, "Bao giờ có nhà ở cho công nhân thuê?")

    status, told = await chief.post(f"{LINES}/release", {"until": "ngày đối thoại"})
    _, listed = await chief.get(LINES)

    assert status == 200
    assert "1 câu trả lời" in told["message"]
    assert {line["standing"] for line in listed["lines"]} == {
        SAY(Key.ANSWER_HELD_UNTIL, at="8 giờ 00 thứ Ba, ngày 15/12/2026"),
        SAY(Key.ANSWER_STATE_NONE),
    }
    assert listed["day"] == "15/12/2026"


async def test_a_viewer_and_somebody_of_another_department_change_nothing(web: House, sit: Any) -> None:
    viewer = await sit("Tú", Role.VIEWER)
    elsewhere = await sit("Minh", Role.MODERATOR, Scope(departments=("so-y-te",)))
    submission = await approved(web)

    for desk, why in ((viewer, Key.REFUSE_VIEWER), (elsewhere, Key.REFUSE_SCOPE)):
        answer = await desk.post(f"{LINES}/{submission.issue_id}/draft", {"over": 0, "text": "Có."})
        assert answer == (409, {"message": SAY(why)})
    _, listed = await viewer.get(LINES)
    assert (listed["may_answer"], listed["may_release"]) == (False, False)
    assert [line["state"] for line in listed["lines"]] == ["none"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("draft", {"over": "x", "text": "a"}),
        ("draft", {"over": 0, "text": "a", "settlement": "khac"}),
        ("draft", []),
        ("confirm", {"answer": "1"}),
        ("release", {"until": 5}),
    ],
)
async def test_a_wish_of_another_shape_is_refused_with_a_sentence(web: House, sit: Any, path: str, body: Any) -> None:
    submission = await approved(web)
    answer = await (await sit("Lan")).post(f"{LINES}/{submission.issue_id}/{path}", body)
    assert answer == (400, {"message": SAY(Key.WEB_BAD_REQUEST)})


@pytest.mark.parametrize("until", ["8:00 1/1/2020", "bao giờ cũng được"])
async def test_a_moment_that_is_over_or_none_is_refused(web: House, sit: Any, until: str) -> None:
    status, _ = await (await sit("Chị Hoa", Role.CHIEF)).post(f"{LINES}/release", {"until": until})
    assert status == 409


async def test_an_unknown_issue_is_said_to_be_none(web: House, sit: Any) -> None:
    assert (await (await sit("Lan")).get(f"{LINES}/999"))[0] == 404


async def test_a_slip_that_cannot_be_told_stands_in_the_list_and_in_the_printed_sheet(web: House, sit: Any) -> None:
    lan, ha, chief = await sit("Lan"), await sit("Hà"), await sit("Chị Hoa", Role.CHIEF)
    submission = await approved(web, source=ChannelName.SLIP)
    path = f"{LINES}/{submission.issue_id}"
    _, sheet = await lan.post(f"{path}/draft", {"over": 0, "text": "Từ tháng 3/2027."})
    _, sheet = await ha.post(f"{path}/confirm", at(sheet))
    _, held = await chief.post(f"{path}/release", {**at(sheet), "until": ""})
    web.clock.later(minutes=3)
    async with web.store.transaction() as tx:
        (due,) = await tx.answers.due(web.clock.now(), 9)
        await web.answers._answering.release_due(tx, due)

    _, listed = await lan.get(f"{LINES}/undelivered")
    refused = await lan.post(f"{LINES}/undelivered/{submission.id}", {})
    async with lan.session.get(f"{web.room.address}{LINES}/undelivered.xlsx") as answer:
        (web.folder / "in.xlsx").write_bytes(await answer.read())

    assert held["answer"]["held"]
    assert [(one["code"], one["unit"], one["again"]) for one in listed["missing"]] == [
        (submission.code, "Xã Văn Giang", False)
    ]
    assert refused == (409, {"message": SAY(Key.REFUSE_CANNOT_BE_TOLD, code=submission.code)})
    cells = [cell for row in openpyxl.load_workbook(web.folder / "in.xlsx").active.values for cell in row]
    for written in ("Xã Văn Giang", submission.code, BUS, "Từ tháng 3/2027."):
        assert written in cells
