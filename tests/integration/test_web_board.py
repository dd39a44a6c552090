"""The moderators' board and its door, over real HTTP with a real database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.submission import State
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.invite import VALID_FOR, Invite
from handlers.web.signin import COOKIE
from tests.doubles.web_room import House, house

OURS = {"X-Requested-With": "doithoai"}
SAY = Catalogue.load().say

AFTER_CUTOFF = datetime(2026, 12, 2, 9, 30, tzinfo=VIETNAM)


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


class Desk:
    """A moderator's browser."""

    def __init__(self, web: House, session: aiohttp.ClientSession) -> None:
        self.web = web
        self.session = session

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(f"{self.web.room.address}{path}") as answer:
            return answer.status, await answer.json()

    async def text(self, path: str) -> tuple[int, str]:
        async with self.session.get(f"{self.web.room.address}{path}") as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, body: object, headers: dict[str, str] = OURS) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(f"{self.web.room.address}{path}", data=data, headers=headers) as answer:
            return answer.status, await answer.json()

    async def decide(self, id_: int, version: int, action: str, **more: object) -> tuple[int, Any]:
        return await self.post(f"/api/board/cards/{id_}/decide", {"version": version, "action": action, **more})

    async def enter(self, token: str) -> tuple[int, str]:
        """Press the button of the invitation's page."""
        address, origin = f"{self.web.room.address}/vao", {"Origin": self.web.room.address}
        async with self.session.post(address, data={"ma": token}, headers=origin, allow_redirects=False) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def stranger(web: House) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Desk(web, session)


@pytest.fixture
async def desk(web: House) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        desk = Desk(web, session)
        token, _ = await Invite(web.store, web.clock)("Nguyễn Ngọc Anh")
        assert (await desk.enter(token))[0] == 303
        yield desk


# ------------------------------------------------------------------ the door


async def test_without_an_invitation_the_board_says_how_to_get_in(stranger: Desk) -> None:
    status, page = await stranger.text("/ban")

    assert status == 403
    assert SAY(Key.WEB_DOOR_TITLE) in page


@pytest.mark.parametrize("path", ["texts", "topics", "cards", "exports", "exports/1", "stream"])
async def test_without_an_invitation_nothing_of_the_board_can_be_read(web: House, stranger: Desk, path: str) -> None:
    await web.ask("Câu hỏi bí mật về việc làm")

    assert await stranger.get(f"/api/board/{path}") == (401, {"message": SAY(Key.WEB_BOARD_SIGN_IN)})


async def test_without_an_invitation_nothing_can_be_decided_or_made(web: House, stranger: Desk) -> None:
    submission = await web.ask("Câu hỏi về việc làm")

    assert (await stranger.decide(submission.id, 1, "approve"))[0] == 401
    assert (await stranger.post("/api/board/export", {}))[0] == 401
    assert (await web.cards.one(submission.id)).state is State.WAITING


async def test_looking_at_the_link_does_not_use_it_and_pressing_the_button_uses_it_once(
    web: House, stranger: Desk
) -> None:
    token, _ = await Invite(web.store, web.clock)("Trần Minh")
    for _ in range(3):
        status, page = await stranger.text(f"/vao?ma={token}")
        assert status == 200
        assert SAY(Key.WEB_INVITE_BUTTON) in page

    first, _ = await stranger.enter(token)
    again, page = await stranger.enter(token)

    assert (first, again) == (303, 403)
    assert "Liên kết mời không đúng, đã dùng hoặc đã hết hạn" in page


async def test_an_expired_or_invented_link_is_refused(web: House, stranger: Desk) -> None:
    token, _ = await Invite(web.store, web.clock)("Trần Minh")
    web.clock.later(seconds=VALID_FOR.total_seconds())

    assert (await stranger.enter(token))[0] == 403
    assert (await stranger.enter("x" * 500))[0] == 403
    assert (await stranger.text("/ban"))[0] == 403


async def test_a_token_with_html_in_it_stays_text(stranger: Desk) -> None:
    _, page = await stranger.text('/vao?ma="><script>alert(1)</script>')

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


@pytest.mark.sqlite_only  # looks into the file
async def test_the_session_cookie_is_unreadable_for_scripts_and_only_its_hash_is_stored(
    web: House, stranger: Desk
) -> None:
    token, _ = await Invite(web.store, web.clock)("Trần Minh")
    await stranger.enter(token)

    (cookie,) = [one for one in stranger.session.cookie_jar if one.key == COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value.encode() not in (web.folder / "web.sqlite3").read_bytes()


async def test_a_revoked_moderator_is_out_at_once(web: House, desk: Desk) -> None:
    async with web.store.transaction() as tx:
        await tx.moderators.revoke("Nguyễn Ngọc Anh")

    assert (await desk.get("/api/board/cards"))[0] == 401


async def test_leaving_forgets_the_session_on_this_device(desk: Desk) -> None:
    assert (await desk.post("/api/board/leave", {}))[0] == 200

    assert (await desk.get("/api/board/cards"))[0] == 401


async def test_the_door_cannot_be_pushed_from_another_site(web: House, stranger: Desk) -> None:
    token, _ = await Invite(web.store, web.clock)("Trần Minh")
    address = f"{web.room.address}/vao"

    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        async with stranger.session.post(address, data={"ma": token}, headers=headers) as answer:
            assert answer.status == 403

    assert (await stranger.enter(token))[0] == 303


async def test_the_board_may_not_be_framed_outside_the_demo(desk: Desk) -> None:
    async with desk.session.get(f"{desk.web.room.address}/ban") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


# ------------------------------------------------------------------ reading


async def test_cards_come_with_everything_a_moderator_needs_and_the_counts_of_every_state(
    web: House, desk: Desk
) -> None:
    past = {"late": True, "typed_at": AFTER_CUTOFF, "received_at": AFTER_CUTOFF}
    await web.ask("Khi nào công nhân được vay vốn mua nhà ở xã hội?", "Phường Mỹ Hào", "cong-nhan", **past)
    await web.ask("Bao giờ có thêm xe buýt?")

    _, answer = await desk.get("/api/board/cards?state=waiting")

    card = answer["cards"][0]
    assert [one["code"][:9] for one in answer["cards"]] == ["HY26-0001", "HY26-0002"]
    assert answer["counts"] == dict.fromkeys(State, 0) | {"waiting": 2}
    assert card["text"] == "Khi nào công nhân được vay vốn mua nhà ở xã hội?"
    assert (card["unit"], card["group"], card["source"]) == (
        "Phường Mỹ Hào",
        "Công nhân, người lao động",
        "Trang web",
    )
    assert card["received_at"] == "09:30, 02/12/2026"
    assert card["late"] is True
    assert card["department_name"] == "Sở Xây dựng"
    assert card["actions"] == [
        "approve", "change_topic", "reject", "redirect", "mark_spam", "set_apart", "mask", "split", "ask_back", "assign",
    ]  # fmt: skip
    assert len(card["alternatives"]) == 3
    assert 0 < card["confidence"] < 1


async def test_cards_can_be_asked_for_by_state_and_number(web: House, desk: Desk) -> None:
    first = await web.ask("Câu một về việc làm")
    await web.ask("Câu hai về việc làm")
    await web.ask("Câu ba về việc làm")
    await desk.decide(first.id, 1, "reject", reason="reason.spam")

    _, waiting = await desk.get("/api/board/cards?state=waiting&limit=1")
    _, rejected = await desk.get("/api/board/cards?state=rejected")
    _, everything = await desk.get("/api/board/cards?state=nonsense&limit=-1")

    assert [card["text"] for card in waiting["cards"]] == ["Câu hai về việc làm"]
    assert [card["text"] for card in rejected["cards"]] == ["Câu một về việc làm"]
    assert len(everything["cards"]) == 3


async def test_topics_stand_under_the_department_that_leads_them(desk: Desk) -> None:
    _, answer = await desk.get("/api/board/topics")

    by_id = {body["id"]: [topic["code"] for topic in body["topics"]] for body in answer["departments"]}
    assert by_id["so-xay-dung"] == ["giao-thong", "nha-o"]
    assert by_id[""] == ["ngoai-pham-vi"]
    assert list(by_id)[-1] == ""


# ------------------------------------------------------------------ deciding


async def test_approving_answers_with_a_sentence_and_the_new_card(web: House, desk: Desk) -> None:
    submission = await web.ask("Bao giờ có thêm xe buýt?")

    status, answer = await desk.decide(submission.id, 1, "approve")

    assert (status, answer["message"]) == (200, SAY(Key.DONE_APPROVE, code=submission.code))
    assert answer["card"]["state"] == "approved"
    assert answer["card"]["decided_by"] == "Nguyễn Ngọc Anh"
    assert answer["card"]["decided_at"] == "14:05, 20/11/2026"
    assert answer["card"]["actions"] == [
        "change_topic", "reroute", "edit_wording", "merge", "unmerge", "mask", "restore", "undo",
    ]  # fmt: skip


async def test_the_department_can_be_changed_and_everything_undone(web: House, desk: Desk) -> None:
    submission = await web.ask("Bao giờ có thêm xe buýt?")

    _, moved = await desk.decide(submission.id, 1, "change_topic", topic="moi-truong")
    _, approved = await desk.decide(submission.id, 2, "approve")
    _, undone = await desk.decide(submission.id, 3, "undo")

    assert moved["message"] == f"Đã chuyển {submission.code} sang Sở Nông nghiệp và Môi trường."
    assert approved["card"]["department_name"] == "Sở Nông nghiệp và Môi trường"
    assert (undone["card"]["state"], undone["card"]["topic"]) == ("waiting", "moi-truong")


async def test_a_topic_that_is_nobodys_is_named_in_the_answer(web: House, desk: Desk) -> None:
    submission = await web.ask("Bao giờ có thêm xe buýt?")

    _, moved = await desk.decide(submission.id, 1, "change_topic", topic="ngoai-pham-vi")

    assert moved["message"] == SAY(Key.WEB_BOARD_MOVED_TO_NOBODY, code=submission.code, topic="Ngoài phạm vi")


async def test_a_refusal_takes_a_listed_reason_or_own_words(web: House, desk: Desk) -> None:
    first, second = await web.ask("Câu một"), await web.ask("Câu hai")

    _, listed = await desk.decide(first.id, 1, "reject", reason="reason.unclear")
    _, own = await desk.decide(second.id, 1, "reject", reason="Bạn nêu rõ tên đường giúp nhé.")

    assert listed["card"]["reason"] == SAY(Key.R_UNCLEAR)
    assert own["card"]["reason"] == "Bạn nêu rõ tên đường giúp nhé."


async def test_whoever_comes_second_changes_nothing_and_learns_who_was_first(web: House, desk: Desk) -> None:
    submission = await web.ask("Bao giờ có thêm xe buýt?")
    await desk.decide(submission.id, 1, "approve")

    status, answer = await desk.decide(submission.id, 1, "reject", reason="reason.spam")

    assert status == 409
    assert "Nguyễn Ngọc Anh đã xử lý câu" in answer["message"]
    assert (answer["card"]["state"], answer["card"]["version"]) == ("approved", 2)


async def test_a_refusal_without_a_reason_or_with_an_unknown_topic_is_answered_with_a_sentence(
    web: House, desk: Desk
) -> None:
    submission = await web.ask("Bao giờ có thêm xe buýt?")

    no_reason = await desk.decide(submission.id, 1, "reject")
    no_topic = await desk.decide(submission.id, 1, "change_topic", topic="khong-co")
    not_now = await desk.decide(submission.id, 1, "undo")

    assert (no_reason[0], no_reason[1]["message"]) == (409, SAY(Key.REFUSE_NEEDS_REASON))
    assert no_topic == (404, {"message": SAY(Key.REFUSE_UNKNOWN_TOPIC, topic="khong-co")})
    assert (not_now[0], not_now[1]["message"]) == (409, SAY(Key.REFUSE_NOT_NOW))
    assert (await web.cards.one(submission.id)).version == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": "1", "action": "approve"}',
        b'{"version": true, "action": "approve"}',
        b'{"version": 1, "action": "destroy"}',
        b'{"version": 1, "action": "reject", "reason": ["x"]}',
    ],
)
async def test_a_decision_of_another_shape_is_refused_with_a_sentence(web: House, desk: Desk, body: bytes) -> None:
    submission = await web.ask("Câu hỏi")

    answer = await desk.post(f"/api/board/cards/{submission.id}/decide", body)

    assert answer == (400, {"message": SAY(Key.WEB_BAD_REQUEST)})
    assert (await web.cards.one(submission.id)).version == 1


async def test_the_acts_of_askers_are_not_a_moderators_to_do(web: House, desk: Desk) -> None:
    submission = await web.ask("Câu hỏi")

    status, _ = await desk.decide(submission.id, 1, "withdraw")

    assert status == 409
    assert (await web.cards.one(submission.id)).state is State.WAITING


async def test_a_decision_posted_from_another_site_changes_nothing(web: House, desk: Desk) -> None:
    submission = await web.ask("Câu hỏi")
    path, body = f"/api/board/cards/{submission.id}/decide", {"version": 1, "action": "approve"}

    plain = await desk.post(path, body, {})
    foreign = await desk.post(path, body, {**OURS, "Origin": "https://evil.example"})

    assert plain[0] == foreign[0] == 403
    assert (await web.cards.one(submission.id)).state is State.WAITING


async def test_the_stream_beats_when_something_changed(web: House, desk: Desk) -> None:
    async with desk.session.get(f"{web.room.address}/api/board/stream") as answer:
        first = await _next_event(answer)

        await web.ask("Câu mới")
        second = await _next_event(answer)

    assert second > first


async def _next_event(answer: aiohttp.ClientResponse) -> int:
    async for raw in answer.content:
        if raw.startswith(b"data: "):
            return json.loads(raw[6:])
    raise AssertionError("the stream ended")


async def test_stopping_ends_open_streams_at_once(tmp_path: Path) -> None:
    async with (
        house(tmp_path, demo=True) as web,
        aiohttp.ClientSession() as session,
        session.get(f"{web.room.address}/api/board/stream") as answer,
    ):
        await _next_event(answer)

        await asyncio.wait_for(web.room.stop(), 1)

        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.content.read()


# ------------------------------------------------------------------ workbooks


async def _made(web: House, desk: Desk) -> dict[str, Any]:
    """The list of files once nothing is being made any more."""
    seen = web.pulse.count
    while True:
        _, listed = await desk.get("/api/board/exports")
        if not listed["making"]:
            return listed
        seen = await web.pulse.wait(seen, 5)


async def test_a_workbook_is_made_listed_and_downloaded(web: House, desk: Desk) -> None:
    status, _ = await desk.post("/api/board/export", {})
    listed = await _made(web, desk)

    async with desk.session.get(f"{web.room.address}/api/board/exports/1") as answer:
        body, disposition = await answer.read(), answer.headers["Content-Disposition"]

    assert status == 202
    assert [(file["number"], file["by"], file["here"]) for file in listed["files"]] == [(1, "Nguyễn Ngọc Anh", True)]
    assert listed["failed"] is False
    assert body.startswith(b"PK")
    assert disposition == f'attachment; filename="{listed["files"][0]["name"]}"'


async def test_a_workbook_that_could_not_be_made_is_said_so(web: House, desk: Desk) -> None:
    web.workbooks.fault = OSError()
    await desk.post("/api/board/export", {})

    listed = await _made(web, desk)

    assert (listed["files"], listed["failed"]) == ([], True)


async def test_a_file_that_is_gone_or_lies_outside_the_data_folder_is_not_handed_out(web: House, desk: Desk) -> None:
    outside = web.folder.parent / "ngoai.xlsx"
    outside.write_bytes(b"PK")
    async with web.store.transaction() as tx:
        await tx.exports.add("mau", 1, web.clock.now(), "Lan", "", str(outside), "0")
        await tx.exports.add("mau", 2, web.clock.now(), "Lan", "", str(web.folder / "mat.xlsx"), "0")

    _, listed = await desk.get("/api/board/exports")

    assert [file["here"] for file in listed["files"]] == [False, False]
    for number in (1, 2, 3):
        assert (await desk.get(f"/api/board/exports/{number}"))[0] == 404


# ------------------------------------------------------------------ demo and rehearsal


async def test_in_the_demo_the_board_opens_by_itself_and_both_sides_stand_on_one_page(tmp_path: Path) -> None:
    async with house(tmp_path, demo=True) as web, aiohttp.ClientSession() as session:
        desk = Desk(web, session)
        submission = await web.ask("Bao giờ có thêm xe buýt?")

        _, page = await desk.text("/demo")
        _, answer = await desk.decide(submission.id, 1, "approve")
        _, board = await desk.text("/ban")

    assert 'src="/"' in page
    assert 'src="/ban"' in page
    assert answer["card"]["decided_by"] == SAY(Key.WEB_DEMO_MODERATOR)
    assert SAY(Key.WEB_DEMO_MODERATOR) in board


async def test_the_demo_answers_only_to_this_machines_own_names(tmp_path: Path) -> None:
    async with house(tmp_path, demo=True) as web, aiohttp.ClientSession() as session:
        port = web.room.address.rsplit(":", 1)[1]
        for host, status in ((f"evil.example:{port}", 421), (f"localhost:{port}", 200), (f"127.0.0.1:{port}", 200)):
            async with session.get(f"{web.room.address}/ban", headers={"Host": host}) as answer:
                assert answer.status == status, host


async def test_outside_the_demo_there_is_no_demo_page(stranger: Desk) -> None:
    assert (await stranger.text("/demo"))[0] == 404


@pytest.mark.parametrize(("rehearsal", "hidden"), [(True, False), (False, True)])
async def test_in_a_rehearsal_every_page_says_so(tmp_path: Path, rehearsal: bool, hidden: bool) -> None:
    async with house(tmp_path, demo=True, rehearsal=rehearsal) as web, aiohttp.ClientSession() as session:
        for path in ("/", "/ban", "/demo", "/vao", "/vao?ma=x"):
            _, page = await Desk(web, session).text(path)
            assert ('class="rehearsal" hidden>' in page) is hidden, path
            assert ("<title>[DIỄN TẬP]" in page) is rehearsal, path


def test_what_people_read_on_the_web_stands_in_the_catalogue() -> None:
    static = Path(__file__).parents[2] / "handlers" / "web" / "static"
    vietnamese = set("ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ")

    for file in static.iterdir():
        if file.suffix in {".html", ".js"}:
            found = vietnamese & set(file.read_text("utf-8").lower()) - {"đ"}
            assert not found, (file.name, found)
