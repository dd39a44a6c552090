"""What befalls the moderators' group: Telegram gives it another id, or the bot may not write there. Nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import group_now
from bot.domain.submission import Action, State
from bot.ports import ListKind
from bot.settings import Settings
from bot.texts.keys import Key
from bot.usecases.boards import TRY_AGAIN, where_now
from bot.usecases.moderate import Decision
from storage.schema import FAILED, outbox
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room, here
from tests.doubles.telegram import TOKEN, Group
from tests.world import moderator

BUS, FEES, WORK = "Bao giờ quê em có xe buýt?", "Học phí năm nay sao tăng?", "Việc làm cho sinh viên ở đâu?"
NEW = -1009


@pytest.fixture
async def room(store: SqlStore, tmp_path: Path) -> AsyncIterator[GroupRoom]:
    async with group_room(store, tmp_path / "xuat") as room:
        yield room


def text(room: GroupRoom, key: Key, **values: object) -> str:
    return room.world.voice.text(key, **values)


def texts(room: GroupRoom, group: Group) -> list[str]:
    return [one.text for one in room.double.messages(group)]


async def failed(room: GroupRoom) -> int:
    async with room.world.store.reading() as tx:
        return len(await tx.outbox._work.rows(select(outbox.c.id).where(outbox.c.state == FAILED)))


async def test_what_is_masked_in_an_answer_leaves_the_cards_of_the_whole_and_of_every_part(room: GroupRoom) -> None:
    parts = (BUS, FEES)
    whole = await room.asks(" ".join(parts))
    await room.world.moderate.decide(whole.id, 1, Decision(Action.ASK_BACK, question="Bạn ở xã nào?"), moderator())
    await room.asker.types("Dạ xã Tân Việt, gọi em số 0912.345.678")
    version = (await room.now(whole)).version
    await room.settle()
    await room.world.moderate.decide(whole.id, version, Decision(Action.SPLIT, parts=parts), moderator())
    await room.settle()
    async with room.world.store.reading() as tx:
        first, _ = await tx.submissions.parts(whole.id)
    before = [words for words in texts(room, room.group) if "345.678" in words]

    await room.world.moderate.decide(first.id, 1, Decision(Action.MASK), moderator())
    await room.settle()

    assert len(before) == 3
    assert [words for words in texts(room, room.group) if "345.678" in words] == []


# ------------------------------------------------------------------ another id


@pytest.mark.parametrize("said", [True, False])
async def test_what_waits_goes_into_the_moved_group_whether_telegram_says_so_first_or_on_sending(
    room: GroupRoom, said: bool
) -> None:
    shown = await room.asks(BUS)
    await room.settle()
    pending = await room.asks(FEES)
    new = await room.double.upgrade(room.group, NEW) if said else room.double.migrate(room.group, NEW)

    await room.settle()

    here_now = texts(room, new)
    assert sum(shown.code in one for one in here_now) == 1
    assert sum(pending.code in one for one in here_now) == 1
    assert here_now.count(text(room, Key.BOARD_MOVED, chat=str(NEW))) == 1
    assert not any(pending.code in one for one in texts(room, room.group))
    assert room.double.commands[f"chat:{NEW}"]
    async with room.world.store.reading() as tx:
        assert (await tx.board.of_submission(shown.id))[0].address == here(NEW)
    assert await failed(room) == 0


async def test_the_cards_in_the_moved_group_work_and_those_of_the_former_one_are_answered_and_do_nothing(
    room: GroupRoom,
) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    old = room.card(submission.code)
    (approve,) = [data for row in old.buttons for _, data in row if ":approve:" in data]
    new = await room.double.upgrade(room.group, NEW)
    await room.settle()
    fresh = room.card(submission.code, new)

    there = await room.told(room.lan, old, approve, forged=True)
    copied = await room.told(room.lan, fresh, approve, forged=True)

    assert (there.text, there.alert) == (text(room, Key.TG_GROUP_MOVED), True)
    assert (copied.text, copied.alert) == (text(room, Key.REFUSE_STALE_BUTTON), True)
    assert (await room.now(submission)).state is State.WAITING

    done = await room.told(room.lan, fresh, fresh.labels[0])

    assert not done.alert
    assert (await room.now(submission)).state is State.APPROVED


async def test_a_card_that_was_decided_before_the_move_is_sent_anew_when_it_changes(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    await room.settle()
    await room.told(room.lan, room.card(submission.code), room.card(submission.code).labels[0])
    new = await room.double.upgrade(room.group, NEW)
    await room.settle()
    assert not any(submission.code in one for one in texts(room, new))

    version = (await room.now(submission)).version
    await room.world.moderate.decide(submission.id, version, Decision(Action.UNDO), moderator("Minh"))
    await room.settle()

    assert sum(submission.code in one for one in texts(room, new)) == 1
    assert (await room.now(submission)).state is State.WAITING


async def test_a_digest_that_names_something_waiting_stands_in_the_moved_group_with_buttons_that_work(
    room: GroupRoom,
) -> None:
    submission = await room.asks(BUS)
    now = room.world.clock.now()
    async with room.world.store.transaction() as tx:
        await tx.outbox.drop_cards(here(room.group.id), [submission.id])
        await tx.board.take_back(here(room.group.id), [submission.id])
        shown = await tx.lists.open(here(room.group.id), ListKind.DIGEST, now, [submission.id])
        await tx.outbox.listing(here(room.group.id), shown.id, now)
    await room.settle()
    new = await room.double.upgrade(room.group, NEW)
    await room.settle()

    walked = await room.told(room.lan, room.card(submission.code, new), text(room, Key.QUEUE_WALK))

    assert walked.text == text(room, Key.QUEUE_WALK_BEGINS)
    assert text(room, Key.A_REJECT) in room.card(submission.code, new).labels


async def test_what_comes_after_the_move_goes_to_the_new_id_alone(room: GroupRoom) -> None:
    new = await room.double.upgrade(room.group, NEW)
    await room.settle()

    submission = await room.asks(WORK)
    await room.settle()
    await room.double.user_types(room.minh, "/hangdoi", new)
    await room.settle()

    assert sum(submission.code in one for one in texts(room, new)) == 2
    sent = [call["chat_id"] for call in room.double.called("sendMessage")]
    assert str(room.group.id) not in [str(chat) for chat in sent]


async def test_a_start_with_the_old_setting_finds_the_group_even_after_two_moves(room: GroupRoom) -> None:
    new = await room.double.upgrade(room.group, NEW)
    await room.settle()
    await room.double.upgrade(new, NEW - 1)
    await room.settle()

    settings = Settings(telegram_token=TOKEN, telegram_group=room.group.id)
    assert await group_now(settings, room.world.store) == here(NEW - 1)
    async with room.world.store.reading() as tx:
        assert await where_now(tx, here(-77)) == here(-77)


async def test_a_strange_group_that_moves_is_none_of_ours(room: GroupRoom) -> None:
    submission = await room.asks(BUS)
    strange = room.double.group("Nhóm lạ", [room.lan], id_=-5)
    await room.double.upgrade(strange, NEW)

    await room.settle()

    assert submission.code in room.card(submission.code).text
    assert texts(room, Group(NEW, "", {})) == []


# ------------------------------------------------------------------ nothing gets in

SHUT = {
    "removed": ("Forbidden: bot was kicked from the supergroup chat", 403),
    "silent": ("Bad Request: not enough rights to send text messages to the chat", 400),
    "unknown": ("Bad Request: chat not found", 400),
}


@pytest.mark.parametrize("why", SHUT)
async def test_cards_wait_while_the_group_takes_nothing_and_all_go_out_when_it_does(
    room: GroupRoom, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    room.double.block(room.group, *SHUT[why])
    first = await room.asks(BUS)
    await room.settle()
    second = await room.asks(FEES)
    for _ in range(12):
        room.world.clock.at += TRY_AGAIN
        await room.settle()

    assert texts(room, room.group) == []
    assert await failed(room) == 0
    assert await room.boards.trouble() == Key(f"board.shut_{why}")
    assert caplog.text.count("nothing can be sent to the group") == 1

    room.double.unblock(room.group)
    room.world.clock.at += TRY_AGAIN
    await room.settle()

    assert [one.code in shown for one, shown in zip((first, second), texts(room, room.group), strict=True)] == [
        True
    ] * 2
    assert await room.boards.trouble() is None


async def test_the_bot_hears_that_it_was_put_out_and_taken_in_again_and_then_waits_no_minute(room: GroupRoom) -> None:
    room.double.block(room.group, *SHUT["removed"])
    await room.double.bot_becomes(room.group, "kicked", by=room.lan)
    await room.settle()
    heard = await room.boards.trouble()
    submission = await room.asks(BUS)
    await room.settle()

    room.double.unblock(room.group)
    await room.double.bot_becomes(room.group, "member", by=room.lan)
    await room.settle()

    assert heard is Key.BOARD_SHUT_REMOVED
    assert submission.code in texts(room, room.group)[0]
    assert await room.boards.trouble() is None


@pytest.mark.parametrize(
    ("status", "rights", "expected"),
    [
        ("restricted", {}, Key.BOARD_SHUT_SILENT),
        ("restricted", {"can_send_messages": True}, None),
        ("restricted", {"is_member": False, "can_send_messages": True}, Key.BOARD_SHUT_REMOVED),
        ("left", {}, Key.BOARD_SHUT_REMOVED),
        ("administrator", {}, None),
    ],
)
async def test_what_the_bot_is_in_the_group_says_whether_it_may_write(
    room: GroupRoom, status: str, rights: dict[str, bool], expected: Key | None
) -> None:
    await room.double.bot_becomes(room.group, status, by=room.lan, **rights)

    await room.settle()

    assert await room.boards.trouble() == expected


async def test_being_put_out_of_a_strange_group_troubles_nobody(room: GroupRoom) -> None:
    await room.double.bot_becomes(room.double.group("Nhóm lạ", id_=-5), "kicked", by=room.lan)

    await room.settle()

    assert await room.boards.trouble() is None


async def test_the_web_board_goes_on_while_the_group_takes_nothing(room: GroupRoom) -> None:
    room.double.block(room.group, *SHUT["removed"])
    submission = await room.asks(BUS)
    await room.settle()

    await room.world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Chị Hoa"))
    await room.settle()
    room.double.unblock(room.group)
    room.world.clock.at += TRY_AGAIN
    await room.settle()

    assert (await room.now(submission)).state is State.APPROVED
    assert "Chị Hoa" in room.card(submission.code).text
