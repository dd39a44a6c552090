"""The board at work, over real HTTP with a real database: filters, many at once, histories, who else is looking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.role import By, Role
from bot.domain.submission import Action, HistoryEntry, State, Submission
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import Invite
from bot.usecases.moderate import Decision
from handlers.web.presence import Presence
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import Desk

SAY = Catalogue.load().say
LAN = By("Lan", Role.CHIEF)


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


@asynccontextmanager
async def desk_of(web: House, name: str, role: Role = Role.MODERATOR) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        desk = Desk(web, session)
        token, _ = await Invite(web.store, web.clock)(name, role=role)
        assert (await desk.enter(token))[0] == 303
        yield desk


@pytest.fixture
async def desk(web: House) -> AsyncIterator[Desk]:
    async with desk_of(web, "Minh") as opened:
        yield opened


async def codes(desk: Desk, query: str) -> list[str]:
    status, answer = await desk.get(f"/api/board/cards?{query}")
    assert status == 200
    return [code for _, _, code in answer["places"]]


async def decide(web: House, submission: Submission, action: Action, **more: Any) -> Submission:
    async with web.store.reading() as tx:
        now = await tx.submissions.get(submission.id)
    assert now is not None
    return await web.moderate.decide(submission.id, now.version, Decision(action, **more), LAN)


# ------------------------------------------------------------------ filters


async def test_the_queue_is_narrowed_by_department_topic_unit_and_state(web: House, desk: Desk) -> None:
    road = await web.ask("Đường hỏng", "Xã Văn Giang")
    house_ = await web.ask("Khi nào có nhà ở?", "Xã Văn Giang")
    work = await web.ask("Việc làm cho sinh viên", "Phường Mỹ Hào")
    nobody = await web.ask("Xổ số")
    await decide(web, house_, Action.APPROVE)
    await decide(web, house_, Action.REROUTE, lead="so-y-te")

    assert await codes(desk, "department=so-xay-dung") == [road.code]
    assert await codes(desk, "department=so-y-te") == [house_.code]
    assert await codes(desk, "department=-") == [nobody.code]
    assert await codes(desk, "topic=nha-o") == [house_.code]
    assert await codes(desk, "unit=Xã Văn Giang") == [road.code, house_.code]
    assert await codes(desk, "unit=Xã Văn Giang&state=waiting") == [road.code]
    assert await codes(desk, "") == [road.code, work.code, nobody.code, house_.code]


async def test_what_nobody_leads_yet_is_found_as_unclear(web: House, desk: Desk) -> None:
    unclear = await web.ask("Đường hỏng")
    unread = await web.ask("Không ai biết", topic="", proposal=None)
    await web.ask("Việc làm")
    await decide(web, unclear, Action.APPROVE, unclear=True)

    assert await codes(desk, "department=?") == [unread.code, unclear.code]


async def test_the_queue_is_narrowed_by_age_and_to_what_is_mine(web: House, desk: Desk) -> None:
    old = await web.ask("Câu cũ")
    web.clock.later(days=3)
    new = await web.ask("Câu mới")
    await desk.decide(new.id, 1, "assign")
    await decide(web, old, Action.ASSIGN)

    assert await codes(desk, "days=3") == [old.code]
    assert await codes(desk, "days=7") == []
    assert await codes(desk, "mine=1") == [new.code]


@pytest.mark.parametrize(
    "typed", ["dong tien", "ĐỒNG TIẾN rác", "hy26-0001", "HY26 0001 Q", "hy260001q", "nong nghiep"]
)
async def test_a_search_needs_no_accents_and_knows_codes_units_and_departments(
    web: House, desk: Desk, typed: str
) -> None:
    found = await web.ask("Rác thải ở Đồng Tiến")
    await web.ask("Đường hỏng")

    assert await codes(desk, f"text={typed}") == [found.code]


async def test_signs_that_a_database_reads_as_any_letter_are_only_signs(web: House, desk: Desk) -> None:
    await web.ask("Giảm 100 phần trăm")
    exact = await web.ask("Giảm 100% học_phí")

    assert await codes(desk, "text=100%25 c_p") == [exact.code]


async def test_what_is_masked_is_not_found_by_what_was_hidden(web: House, desk: Desk) -> None:
    hidden = await web.ask("Anh Bình ở xã lấy tiền, gọi 0912345678")

    await decide(web, hidden, Action.MASK, hide=("Bình",))

    assert await codes(desk, "text=binh") == []
    assert await codes(desk, "text=0912345678") == []
    assert await codes(desk, "text=lay tien") == [hidden.code]


async def test_words_that_the_asker_changed_are_found_as_they_stand(web: House, desk: Desk) -> None:
    submission = await web.ask("Đường hỏng")
    async with web.store.transaction() as tx:
        await tx.submissions.change(replace(submission, text="Cầu gãy"), 1)

    assert await codes(desk, "text=cau gay") == [submission.code]
    assert await codes(desk, "text=duong") == []


async def test_a_list_of_thousands_comes_as_places_and_cards_only_as_they_are_asked_for(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Câu số {number} về việc làm") for number in range(130)]

    _, answer = await desk.get("/api/board/cards?state=waiting&limit=2")
    _, some = await desk.get(f"/api/board/cards?ids={asked[99].id},{asked[3].id},999999,x")

    assert [place[2] for place in answer["places"]] == [one.code for one in asked]
    assert [card["code"] for card in answer["cards"]] == [one.code for one in asked[:2]]
    assert answer["total"] == 130
    assert {card["code"] for card in some["cards"]} == {asked[99].code, asked[3].code}


async def test_what_there_is_to_narrow_by_is_counted_in_the_state_that_is_looked_at(web: House, desk: Desk) -> None:
    await web.ask("Đường hỏng", "Xã Văn Giang")
    await web.ask("Nhà ở", "Xã Văn Giang")
    await decide(web, await web.ask("Việc làm"), Action.APPROVE)

    _, answer = await desk.get("/api/board/cards?state=waiting&text=nothing")

    assert answer["departments"] == [{"id": "so-xay-dung", "name": "Sở Xây dựng", "count": 2}]
    assert answer["units"] == [{"id": "Xã Văn Giang", "name": "Xã Văn Giang", "count": 2}]
    assert sorted(one["id"] for one in answer["topics"]) == ["giao-thong", "nha-o"]


async def test_private_ones_are_in_no_list_and_no_card_of_anybody_but_the_responsible_person(web: House) -> None:
    secret = await web.ask("Lời riêng về việc làm", private=True)

    async with desk_of(web, "Minh") as desk, desk_of(web, "Hoa", Role.CHIEF) as chief:
        _, cards = await desk.get(f"/api/board/cards?ids={secret.id}")
        status, _ = await desk.get("/api/board/cards?state=private")
        history, _ = await desk.get(f"/api/board/cards/{secret.id}/history")
        mine = await codes(chief, "state=private")

        assert await codes(desk, "text=rieng") == []
        assert (cards["cards"], status, history) == ([], 403, 404)
        assert mine == [secret.code]


# ------------------------------------------------------------------ joining


async def test_issues_to_join_are_found_by_words_without_accents_or_by_a_code(web: House, desk: Desk) -> None:
    first, second = await web.ask("Bao giờ có xe buýt?"), await web.ask("Xe buýt đâu rồi?")
    other = await web.ask("Nhà ở cho công nhân")
    for one in (first, other):
        await decide(web, one, Action.APPROVE)
    _, answer = await desk.get(f"/api/board/issues?text={first.code}")
    (issue,) = answer["issues"]
    await decide(web, second, Action.APPROVE, into=issue["issue"])

    _, found = await desk.get("/api/board/issues?text=xe buyt dau")
    _, without = await desk.get(f"/api/board/issues?text=&without={issue['issue']}")

    assert found["issues"] == [
        {
            "issue": issue["issue"],
            "code": first.code,
            "text": "Bao giờ có xe buýt?",
            "department": "Sở Xây dựng",
            "members": [first.code, second.code],
        }
    ]
    assert [one["code"] for one in without["issues"]] == [other.code]


# ------------------------------------------------------------------ many at once


async def test_many_are_decided_at_once_and_each_that_came_too_late_says_why(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Đường hỏng {number}") for number in range(3)]
    await decide(web, asked[1], Action.REJECT, reason="reason.spam")

    _, answer = await desk.post(
        "/api/board/decide-all", {"chosen": [[one.id, 1] for one in asked], "decision": {"action": "approve"}}
    )

    assert [bool(one["refused"]) for one in answer["outcomes"]] == [False, True, False]
    assert answer["outcomes"][1]["code"] == asked[1].code
    assert "Lan đã xử lý câu" in answer["outcomes"][1]["refused"]
    assert await codes(desk, "state=approved") == [asked[0].code, asked[2].code]


async def test_a_viewer_decides_nothing_not_even_many_at_once(web: House) -> None:
    asked = await web.ask("Đường hỏng"), await web.ask("Đường xấu")
    chosen = [[one.id, 1] for one in asked]

    async with desk_of(web, "Xem", Role.VIEWER) as viewer:
        _, many = await viewer.post("/api/board/decide-all", {"chosen": chosen, "decision": {"action": "approve"}})
        _, gathered = await viewer.post("/api/board/gather", {"chosen": chosen})
        _, seen = await viewer.get("/api/board/cards?state=waiting")

    assert {one["refused"] for one in (*many["outcomes"], *gathered["outcomes"])} == {SAY(Key.REFUSE_VIEWER)}
    assert [card["actions"] for card in seen["cards"]] == [[], []]


async def test_a_group_becomes_one_issue_with_its_wording_and_department_and_every_original_stays(
    web: House, desk: Desk
) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(3)]
    await decide(web, asked[2], Action.APPROVE)

    _, answer = await desk.post(
        "/api/board/gather",
        {
            "chosen": [[asked[0].id, 1], [asked[1].id, 1], [asked[2].id, 2]],
            "wording": "Bao giờ có xe buýt?",
            "lead": "so-y-te",
        },
    )

    assert [one["refused"] for one in answer["outcomes"]] == ["", "", ""]
    assert answer["problems"] == []
    card = await web.cards.one(asked[2].id)
    assert card.members == tuple(one.code for one in asked)
    assert (card.wording, card.department, card.text) == ("Bao giờ có xe buýt?", "so-y-te", asked[2].text)


async def test_whoever_of_a_group_came_too_late_stays_out_and_the_others_are_joined(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(3)]
    await decide(web, asked[0], Action.REJECT, reason="reason.spam")

    _, answer = await desk.post("/api/board/gather", {"chosen": [[one.id, 1] for one in asked]})

    assert [bool(one["refused"]) for one in answer["outcomes"]] == [True, False, False]
    assert (await web.cards.one(asked[1].id)).members == (asked[1].code, asked[2].code)
    assert (await web.cards.one(asked[0].id)).state is State.REJECTED


async def gathered(web: House, desk: Desk, *asked: Submission) -> list[dict[str, int]]:
    """Waiting ones become one issue with a wording and a department of its own; what can be taken back."""
    chosen = [[one.id, 1] for one in asked]
    wanted = {"chosen": chosen, "wording": "Bao giờ có xe buýt về xã?", "lead": "so-y-te"}
    _, answer = await desk.post("/api/board/gather", wanted)
    assert [one["refused"] for one in answer["outcomes"]] == [""] * len(asked)
    return answer["made"]


async def test_a_gathering_is_taken_back_at_once_with_its_wording_and_department(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(4)]
    made = await gathered(web, desk, *asked)

    status, answer = await desk.post("/api/board/gather/undo", made)

    assert (status, {one["refused"] for one in answer["outcomes"]}) == (200, {""})
    assert sorted(one["code"] for one in answer["outcomes"]) == [one.code for one in asked]
    cards = [await web.cards.one(one.id) for one in asked]
    assert [(card.state, card.issue, card.wording) for card in cards] == [(State.WAITING, None, "")] * 4


async def test_of_a_gathering_those_stay_with_which_somebody_dealt_since(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(4)]
    made = await gathered(web, desk, *asked)
    await decide(web, asked[1], Action.UNMERGE)
    await decide(web, asked[2], Action.RESTORE)

    _, answer = await desk.post("/api/board/gather/undo", made)

    left = {one["code"]: one["refused"] for one in answer["outcomes"] if one["refused"]}
    assert left == dict.fromkeys((asked[1].code, asked[2].code), SAY(Key.REFUSE_CHANGED_SINCE))
    states = [(await web.cards.one(one.id)).state for one in asked]
    assert states == [State.WAITING, State.APPROVED, State.WAITING, State.WAITING]


async def test_where_the_common_wording_was_changed_since_its_submission_stays_and_the_others_leave(
    web: House, desk: Desk
) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(3)]
    made = await gathered(web, desk, *asked)
    await decide(web, asked[2], Action.EDIT_WORDING, wording="Lời của Lan")

    _, answer = await desk.post("/api/board/gather/undo", made)

    left = {one["code"]: one["refused"] for one in answer["outcomes"] if one["refused"]}
    assert left == {asked[0].code: SAY(Key.REFUSE_ISSUE_CHANGED), asked[2].code: SAY(Key.REFUSE_CHANGED_SINCE)}
    assert (await web.cards.one(asked[0].id)).wording == "Lời của Lan"
    assert (await web.cards.one(asked[0].id)).members == (asked[0].code, asked[2].code)
    assert (await web.cards.one(asked[1].id)).state is State.WAITING


async def test_what_was_in_an_issue_before_a_gathering_is_there_again_after_its_undo(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(3)]
    own = await decide(web, asked[2], Action.APPROVE)
    chosen = [[asked[0].id, 1], [asked[1].id, 1], [asked[2].id, 2]]
    _, answer = await desk.post("/api/board/gather", {"chosen": chosen})

    await desk.post("/api/board/gather/undo", answer["made"])

    card = await web.cards.one(asked[2].id)
    assert (card.state, card.issue, card.members) == (State.APPROVED, own.issue_id, ())


async def test_a_gathering_cannot_be_taken_back_by_a_viewer_nor_twice(web: House, desk: Desk) -> None:
    asked = [await web.ask(f"Bao giờ có xe buýt {number}?") for number in range(2)]
    made = await gathered(web, desk, *asked)

    async with desk_of(web, "Xem", Role.VIEWER) as viewer:
        _, refused = await viewer.post("/api/board/gather/undo", made)
    await desk.post("/api/board/gather/undo", made)
    _, again = await desk.post("/api/board/gather/undo", made)

    assert {one["refused"] for one in refused["outcomes"]} == {SAY(Key.REFUSE_VIEWER)}
    assert {one["refused"] for one in again["outcomes"]} == {SAY(Key.REFUSE_CHANGED_SINCE)}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("decide-all", {"action": "approve", "chosen": [[2**70, 1]]}),
        ("gather", {"chosen": [[2**70, 1], [2**71, 1]]}),
        ("gather/undo", [{"submission": 2**70, "entry": 2**71}]),
        ("looking", {"page": "a", "card": 2**70}),
    ],
)
async def test_an_id_that_no_database_can_hold_is_a_bad_request(desk: Desk, path: str, body: object) -> None:
    status, answer = await desk.post(f"/api/board/{path}", body)
    assert (status, answer["message"]) == (400, SAY(Key.WEB_BAD_REQUEST))


@pytest.mark.parametrize("path", ["decide-all", "gather", "gather/undo", "looking"])
@pytest.mark.parametrize("body", [b"", b"5", b'{"chosen": [["1", 1]]}', b'{"chosen": [[1]], "decision": 5, "page": 5}'])
async def test_a_wish_of_another_shape_is_refused_with_a_sentence(desk: Desk, path: str, body: bytes) -> None:
    assert await desk.post(f"/api/board/{path}", body) == (400, {"message": SAY(Key.WEB_BAD_REQUEST)})


# ------------------------------------------------------------------ histories


async def history(desk: Desk, submission: Submission) -> list[dict[str, Any]]:
    status, answer = await desk.get(f"/api/board/cards/{submission.id}/history")
    assert status == 200
    return answer["steps"]


async def test_a_history_says_who_did_what_when_from_what_to_what_and_why(web: House, desk: Desk) -> None:
    submission = await web.ask("Đường hỏng")
    await decide(web, submission, Action.CHANGE_TOPIC, topic="moi-truong")
    web.clock.later(minutes=5)
    await decide(web, submission, Action.REJECT, reason="reason.unclear")
    await decide(web, submission, Action.UNDO)

    undo, reject, topic, submit = await history(desk, submission)

    assert (undo["what"], undo["details"]) == (
        "Hoàn tác",
        ["Từ “không duyệt” sang “chờ duyệt”.", "Lấy lại việc: Không duyệt."],
    )
    assert (reject["by"], reject["at"], reject["undone"]) == ("Lan", "14:10, 20/11/2026", True)
    assert reject["details"][1] == f"Lý do, nơi giải quyết: {SAY(Key.R_UNCLEAR)}"
    assert topic["details"] == ["Lĩnh vực: từ “Hạ tầng giao thông” sang “Môi trường, rác thải, nước sạch”."]
    assert (submit["what"], submit["undone"]) == ("Gửi", False)


async def test_wordings_show_what_changed_even_through_another_submission_of_the_issue(web: House, desk: Desk) -> None:
    first, second = await web.ask("Bao giờ có xe buýt?"), await web.ask("Xe buýt đâu?")
    approved = await decide(web, first, Action.APPROVE)
    await decide(web, second, Action.APPROVE, into=approved.issue_id)
    await decide(web, first, Action.EDIT_WORDING, wording="Khi nào có xe buýt?")
    await decide(web, second, Action.EDIT_WORDING, wording="Khi nào mở tuyến xe buýt?")

    last, before, *_ = await history(desk, first)

    assert (last["before"], last["after"]) == ("Khi nào có xe buýt?", "Khi nào mở tuyến xe buýt?")
    assert last["details"] == [f"Làm trên thẻ {second.code} của câu chung."]
    assert (before["before"], before["after"]) == (first.text, "Khi nào có xe buýt?")


async def test_an_askers_edit_shows_both_texts_until_something_of_it_was_masked(web: House, desk: Desk) -> None:
    submission = await web.ask("Anh Bình lấy tiền, đường hỏng")
    async with web.store.transaction() as tx:
        changed = await tx.submissions.change(replace(submission, text="Anh Bình không sửa đường"), 1)
        assert changed is not None
        edited = HistoryEntry(
            submission.id,
            web.clock.now(),
            "asker",
            Action.EDIT,
            State.WAITING,
            State.WAITING,
            topic=submission.topic,
            text_before=submission.text,
        )
        await tx.history.add(edited)
    shown = (await history(desk, submission))[0]

    await decide(web, submission, Action.MASK, hide=("Bình",))
    hidden = await history(desk, submission)

    assert (shown["by"], shown["before"], shown["after"]) == (
        "Người gửi",
        "Anh Bình lấy tiền, đường hỏng",
        "Anh Bình không sửa đường",
    )
    assert "Bình" not in json.dumps(hidden, ensure_ascii=False)


def test_every_action_has_words_in_a_history() -> None:
    named = set(Catalogue.load().section("trace"))

    assert {action.value for action in Action} <= named


# ------------------------------------------------------------------ who else is looking


async def next_looking(answer: aiohttp.ClientResponse) -> Any:
    name = b""
    async for raw in answer.content:
        if raw.startswith(b"event: "):
            name = raw[7:].strip()
        if raw.startswith(b"data: ") and name == b"looking":
            return json.loads(raw[6:])
    raise AssertionError("the stream ended")


async def test_others_see_who_is_at_a_card_and_whoever_leaves_it_is_gone(web: House, desk: Desk) -> None:
    submission = await web.ask("Đường hỏng")
    async with (
        desk_of(web, "Hoa") as other,
        other.session.get(f"{web.room.address}/api/board/stream?page=b") as stream,
    ):
        await desk.post("/api/board/looking", {"page": "a", "card": submission.id})
        came = await asyncio.wait_for(next_looking(stream), 10)
        await desk.post("/api/board/looking", {"page": "a", "card": None})
        left = await asyncio.wait_for(next_looking(stream), 10)

    assert came == {str(submission.id): ["Minh"]}
    assert left == {}


async def test_nobody_hears_that_a_private_submission_is_looked_at(web: House, desk: Desk) -> None:
    secret, common = await web.ask("Riêng", private=True), await web.ask("Chung")
    async with (
        desk_of(web, "Hoa", Role.CHIEF) as chief,
        desk.session.get(f"{web.room.address}/api/board/stream?page=b") as stream,
    ):
        await chief.post("/api/board/looking", {"page": "a", "card": secret.id})
        await chief.post("/api/board/looking", {"page": "c", "card": common.id})

        assert await asyncio.wait_for(next_looking(stream), 10) == {str(common.id): ["Hoa"]}


async def test_whoever_says_nothing_more_is_forgotten() -> None:
    presence = Presence(forgotten_after=0.01)
    presence.at("a", "Minh", 7)
    seen = presence.pulse.count

    await presence.pulse.wait(seen, 10)

    assert presence.others("b") == {}


async def test_ones_own_pages_are_no_company() -> None:
    presence = Presence()
    presence.at("a", "Minh", 7)
    presence.at("b", "Hoa", 7)

    assert presence.others("a", "Minh") == {7: ["Hoa"]}
    assert presence.others("c", "Minh") == {7: ["Hoa"]}
    assert presence.others("b", "Hoa") == {7: ["Minh"]}
    presence.close()
