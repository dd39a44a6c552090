"""Answer files in the moderators' group, through the Bot API double: asked for, sent back, decided about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody
from bot.domain.role import EVERYTHING, Role
from bot.domain.submission import Action
from bot.texts.keys import Key
from bot.usecases.answer_post import MAX_BYTES
from bot.usecases.moderate import Decision
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room
from tests.doubles.telegram import Person
from tests.filled import Filled
from tests.world import moderator

FEES, BUSES = "Bao giờ giảm học phí?", "Khi nào có xe buýt về xã?"
EDUCATION = "Sở Giáo dục và Đào tạo"


@pytest.fixture
async def room(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    async with group_room(store, tmp_path / "xuat") as room:
        for text in (FEES, BUSES):
            asked = await room.asks(text)
            await room.world.moderate.decide(asked.id, asked.version, Decision(Action.APPROVE), moderator())
        await room.settle()
        yield room


async def settle(room: GroupRoom) -> None:
    await room.settle()
    while await room.world.answer_post.step():
        pass
    await room.settle()


async def types(room: GroupRoom, text: str, by: Person | None = None, **extra: object) -> str:
    """Type in the group; what the bot said last."""
    await room.double.user_types(by or room.lan, text, room.group, **extra)
    await settle(room)
    return said(room)


def said(room: GroupRoom) -> str:
    return room.double.messages(room.group)[-1].text


def text(room: GroupRoom, key: Key, **values: object) -> str:
    return room.world.voice.text(key, **values)


async def form(room: GroupRoom, department: str = EDUCATION) -> Filled:
    """The file that the group gets when it asks for one, opened."""
    await types(room, f"/traloi {department}")
    return Filled(BytesIO(room.double.documents(room.group)[-1].content))


async def sends(room: GroupRoom, content: bytes, by: Person | None = None, name="tra-loi.xlsx", caption="/traloi"):
    """A file in the group; what the bot said last."""
    file_id = f"tep-{len(content)}-{name}"
    room.double.holds(file_id, content)
    document = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": name, "file_size": len(content)}
    await room.double.user_sends(by or room.lan, "document", room.group, document=document, caption=caption)
    await settle(room)
    return said(room)


async def answers(room: GroupRoom, question: str = FEES) -> list[tuple[str, str]]:
    issue = next(one.issue_id for one in await room.world.submissions() if one.text == question)
    async with room.world.store.reading() as tx:
        return [(one.body.text, one.drafted_by) for one in await tx.answers.of_issue(issue)]


async def test_a_department_named_in_any_way_or_all_of_them_get_files_with_what_to_do(room) -> None:
    for words, count in (("sở giáo dục và đào tạo", 1), ("tatca", 2), ("TẤT CẢ", 2)):
        before = len(room.double.documents(room.group))
        await types(room, f"/traloi {words}")
        sent = room.double.documents(room.group)[before:]
        assert len(sent) == count
        assert all("Chuyển cơ quan điền các cột màu xanh" in one.caption for one in sent)
        assert all(one.name.endswith(".xlsx") for one in sent)


async def test_a_department_that_is_asked_nothing_or_is_none_gets_a_sentence(room) -> None:
    assert await types(room, "/traloi Sở Y tế") == text(room, Key.AF_NOTHING_ASKED)
    assert "Sở Mây" in await types(room, "/traloi Sở Mây")
    assert room.double.documents(room.group) == []


async def test_a_file_with_the_command_below_it_is_taken_in_and_the_group_reads_what_came_of_it(room) -> None:
    filled = (await form(room)).answer(1, "Giảm từ năm học tới.")

    told = await sends(room, filled.bytes(), room.minh)

    assert "1 trả lời mới" in told
    assert "Đã nhập 1 dự thảo" in told
    assert await answers(room) == [("Giảm từ năm học tới.", "Minh")]
    assert "1 không đổi" in await sends(room, filled.bytes(), room.lan)
    assert len(await answers(room)) == 1


async def test_the_bare_command_in_answer_to_a_file_takes_that_file_in(room) -> None:
    content = (await form(room)).answer(1, "Giảm từ năm học tới.").bytes()
    said_before = await sends(room, content, caption="")
    assert "Đã nhập" not in said_before
    document = {"file_id": f"tep-{len(content)}-tra-loi.xlsx", "file_unique_id": "u", "file_name": "tra-loi.xlsx"}
    chat = {"id": room.group.id, "type": "supergroup", "title": "x"}
    answered = {"message_id": 5, "date": 1, "chat": chat, "document": document}

    assert "Đã nhập 1 dự thảo" in await types(room, "/traloi", room.minh, reply_to_message=answered)
    assert len(await answers(room)) == 1


async def test_rows_in_conflict_are_listed_with_their_commands_and_decided_one_by_one(room) -> None:
    filled = await form(room)
    await sends(room, filled.answer(1, "Bản một.").bytes())
    told = await sends(room, filled.answer(1, "Bản hai.").bytes(), name="ban-hai.xlsx")
    async with room.world.store.reading() as tx:
        (row,) = await tx.answer_files.undecided(room.world.programme)

    assert f"Số {row.id}:" in told
    assert "/traloi nhan SỐ" in told
    listed = await types(room, "/traloi")
    assert f"Số {row.id}:" in listed
    assert "ban-hai.xlsx" in listed
    assert await types(room, "/traloi nhan") == text(room, Key.AF_WHICH_ROW)
    assert "Đã nhập dự thảo" in await types(room, f"/traloi nhận {row.id}", room.minh)
    assert await answers(room) == [("Bản một.", "Trần Thị Lan"), ("Bản hai.", "Minh")]
    assert "đã quyết định" in await types(room, f"/traloi giu {row.id}")
    assert text(room, Key.AF_OPEN_NONE) in await types(room, "/traloi")


async def test_keeping_what_stands_puts_the_row_away(room) -> None:
    filled = await form(room)
    await sends(room, filled.answer(1, "Bản một.").bytes())
    await sends(room, filled.answer(1, "Bản hai.").bytes())
    async with room.world.store.reading() as tx:
        (row,) = await tx.answer_files.undecided(room.world.programme)

    assert "Giữ bản đang có" in await types(room, f"/traloi giữ {row.id}")

    assert await answers(room) == [("Bản một.", "Trần Thị Lan")]
    assert "đã quyết định dòng trả lời" in await sends(room, filled.bytes(), name="lai.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("cu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), Key.XL_OLD_XLS),
        ("anh.pdf", b"%PDF-1.7", Key.XL_WRONG_TYPE),
        ("hong.xlsx", b"PK\x03\x04 no zip", Key.XL_BROKEN),
        ("bang.csv", b"a,b", Key.AF_ONLY_XLSX),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(room, name, content, key) -> None:
    assert text(room, key, file=name) in await sends(room, content, name=name)
    async with room.world.store.reading() as tx:
        assert await tx.answer_files.next_to_fetch() is None


async def test_a_file_that_is_too_big_is_not_even_fetched(room) -> None:
    document = {"file_id": "to", "file_unique_id": "to", "file_name": "to.xlsx", "file_size": MAX_BYTES + 1}
    await room.double.user_sends(room.lan, "document", room.group, document=document, caption="/traloi")
    await settle(room)
    assert said(room) == text(room, Key.AF_TOO_BIG, limit=10)


async def test_a_file_that_telegram_has_no_more_is_told(room) -> None:
    document = {"file_id": "mat", "file_unique_id": "mat", "file_name": "mat.xlsx"}
    await room.double.user_sends(room.lan, "document", room.group, document=document, caption="/traloi")
    await settle(room)
    assert text(room, Key.AF_GONE) in said(room)


async def test_whoever_may_only_look_on_changes_nothing(room) -> None:
    content = (await form(room)).answer(1, "Giảm.").bytes()
    async with room.world.store.transaction() as tx:
        await tx.moderators.grant("Minh", room.world.clock.now(), Role.VIEWER, EVERYTHING, str(room.minh.id))

    assert await sends(room, content, room.minh) == text(room, Key.REFUSE_VIEWER)
    assert await types(room, "/traloi tatca", room.minh) == text(room, Key.REFUSE_VIEWER)
    assert await answers(room) == []


async def test_a_stranger_s_file_is_none_of_ours(room) -> None:
    content = (await form(room)).answer(1, "Giảm.").bytes()
    await sends(room, content, room.double.user(99, "Người lạ"))
    assert await answers(room) == []
    assert [one.actor for one in await room.refusals()] == ["Người lạ"]


async def test_what_was_asked_for_and_sent_before_a_restart_is_done_after_it_once(room) -> None:
    filled = (await form(room)).answer(1, "Giảm.")
    content, before = filled.bytes(), len(room.double.documents(room.group))
    room.double.holds("tep", content)
    document = {"file_id": "tep", "file_unique_id": "tep", "file_name": "tep.xlsx"}
    await room.double.user_types(room.lan, "/traloi tatca", room.group)
    await room.double.user_sends(room.lan, "document", room.group, document=document, caption="/traloi")
    await room.settle()  # what is done beside the chats is not at work yet

    assert await answers(room) == []
    await settle(room)

    assert await answers(room) == [("Giảm.", "Trần Thị Lan")]
    assert len(room.double.documents(room.group)) == before + 2
    await settle(room)
    assert len(room.double.documents(room.group)) == before + 2


async def test_a_draft_by_hand_after_the_file_was_made_is_not_overwritten(room) -> None:
    filled = await form(room)
    issue = next(one.issue_id for one in await room.world.submissions() if one.text == FEES)
    async with room.world.store.transaction() as tx:
        await room.world.answering.draft(tx, issue, AnswerBody("Gõ tay."), moderator("Hà"))

    told = await sends(room, filled.answer(1, "Trong tệp.").bytes())

    assert text(room, Key.FINDING_CONFLICT) in told
    assert await answers(room) == [("Gõ tay.", "Hà")]
