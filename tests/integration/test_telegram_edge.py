"""The edge translates: each kind of update becomes the right use case, and nobody slips past the group's door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.message import Address, Attached, ChannelName, Chose, Inbound, Typed, Words
from bot.ports import InboxRow
from bot.texts.keys import Key
from bot.usecases.lists import ListPress
from bot.usecases.moderate import Press, Toast
from bot.usecases.pulse import Pulse
from bot.usecases.staff import Order
from bot.usecases.work import Undecodable, Worker
from handlers.telegram.channel import TelegramChannel, keyboard
from handlers.telegram.inbound import KINDS
from handlers.telegram.poller import raw_update
from tests.doubles.telegram import Group, Person, Shown
from tests.doubles.telegram_room import Desk, StillClock, desk
from tests.doubles.telegram_shapes import SAMPLES, SERVICE, poison

AN_HERE = Address(ChannelName.TELEGRAM, "4242", "5")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as room:
        yield room


@pytest.fixture
def an(room: Desk) -> Person:
    return room.double.user(5, "An")


@pytest.fixture
def lan(room: Desk) -> Person:
    return room.double.user(77, "Trần Thị Lan")


@pytest.fixture
def group(room: Desk, lan: Person) -> Group:
    group = room.double.group("Kiểm duyệt", [lan])
    room.edge._members.group = str(group.id)
    return group


async def card_in(room: Desk, chat: Group | Person, data: str = "m:AbC-_f012345:menu~departments:3") -> Shown:
    """A message of the bot with one button."""
    await room.bot.send_message(chat.id, "thẻ", reply_markup=keyboard([((data, "Nút"),)]))
    return room.double.last(chat)


def text(room: Desk, key: Key) -> str:
    return room.voice.text(key)


# ------------------------------------------------------------------ young people


async def test_words_come_in_as_typed_with_the_servers_time(room: Desk, an: Person) -> None:
    typed = "  <b>Bao giờ</b> có xe buýt? e\u0302\u200b "
    message = await room.double.user_types(an, typed, at=datetime(2026, 11, 1, 16, 59, 59, tzinfo=UTC))

    await room.handle_next()

    sent_at = datetime(2026, 11, 1, 16, 59, 59, tzinfo=UTC)
    assert room.noted.inbounds == [Inbound(AN_HERE, str(message.id), sent_at, Typed(typed))]


async def test_a_rehearsal_moves_the_servers_time_with_ours(tmp_path: Path) -> None:
    clock = StillClock(offset=timedelta(days=-900))
    async with desk(tmp_path, clock=clock) as room:
        await room.double.user_types(room.double.user(5), "chào")
        await room.handle_next()

    assert room.noted.inbounds[0].sent_at == clock.at - timedelta(days=900)


@pytest.mark.parametrize("typed", ["/start", "/cuatoi@doi_thoai_bot", "1", "😀", "\ud800", "a\x00b"])
async def test_commands_and_odd_signs_of_a_private_chat_are_words(room: Desk, an: Person, typed: str) -> None:
    await room.double.user_types(an, typed)

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Typed(typed)]


@pytest.mark.parametrize("kind", SAMPLES)
async def test_each_kind_of_thing_has_its_word(room: Desk, an: Person, kind: str) -> None:
    await room.double.user_sends(an, kind)

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Attached(text(room, KINDS[kind]))]


async def test_a_caption_comes_with_the_thing(room: Desk, an: Person) -> None:
    await room.double.user_sends(an, "photo", caption="Đường hỏng, bao giờ sửa?")

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Attached("ảnh", "Đường hỏng, bao giờ sửa?")]


async def test_a_message_of_a_kind_yet_to_come_is_still_answered(room: Desk, an: Person) -> None:
    await room.double.raw_update(
        {
            "message": {
                "message_id": 3,
                "date": 1_760_000_000,
                "chat": {"id": an.id, "type": "private"},
                "from": {"id": an.id, "is_bot": False, "first_name": "An"},
                "hologram": {"file_id": "x"},
            }
        }
    )

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Attached(text(room, Key.TG_KIND_OTHER))]


@pytest.mark.parametrize("kind", SERVICE)
async def test_notices_that_nobody_wrote_are_passed_over(room: Desk, an: Person, kind: str) -> None:
    await room.double.user_sends(an, kind)

    await room.handle_next()

    assert room.noted.inbounds == []
    assert await room.said() == []


async def test_an_edited_message_is_met_with_what_to_do_instead(room: Desk, an: Person) -> None:
    message = await room.double.user_types(an, "cũ")
    await room.handle_next()
    await room.poller.poll()
    await room.double.user_edits(message, "mới")

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Typed("cũ")]
    assert await room.said() == [("5", text(room, Key.TG_EDITED))]


async def test_a_sentence_of_the_room_is_said_once_though_the_update_is_handled_twice(room: Desk, an: Person) -> None:
    message = await room.double.user_types(an, "cũ")
    await room.handle_next()
    await room.double.user_edits(message, "mới")

    row = await room.handle_next()
    await room.edge.handle(row)

    assert len(await room.said()) == 1


async def test_a_pressed_choice_comes_in_with_our_time_and_its_clock_stops(room: Desk, an: Person) -> None:
    await TelegramChannel(room.bot).say("5", Words("Gửi đi chứ?", (("send", "Gửi"),)))
    query = await room.double.press(an, room.double.last(an), "Gửi")

    await room.handle_next()

    assert room.noted.inbounds == [Inbound(AN_HERE, query, room.clock.now(), Chose("send"))]
    assert [toast.text for toast in room.double.toasts] == [""]


async def test_a_choice_under_a_message_too_old_to_be_shown_counts(room: Desk, an: Person) -> None:
    shown = await card_in(room, an, "c:send")
    await room.double.press(an, shown, "c:send", inaccessible=True)

    await room.handle_next()

    assert [inbound.content for inbound in room.noted.inbounds] == [Chose("send")]


@pytest.mark.parametrize(
    "fault", [{"status": 400}, {"status": 500}, {"disconnect": "before"}, {"status": 429, "retry_after": 5}]
)
async def test_a_choice_counts_though_its_answer_fails(room: Desk, an: Person, fault: dict[str, Any]) -> None:
    shown = await card_in(room, an, "c:send")
    await room.double.press(an, shown, "Nút")
    room.double.fail_next("answerCallbackQuery", **fault)

    await room.handle_next()

    assert len(room.noted.inbounds) == 1


async def test_a_fault_of_a_use_case_reaches_the_worker(room: Desk, an: Person) -> None:
    async def broken(inbound: Inbound, inbox_id: int | None = None) -> None:
        raise OSError("disk full")

    room.edge._receive = broken
    await room.double.user_types(an, "chào")

    with pytest.raises(OSError, match="disk full"):
        await room.handle_next()


async def test_a_fault_of_a_use_case_is_not_logged_with_its_words(
    room: Desk, an: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(inbound: Inbound, inbox_id: int | None = None) -> None:
        raise ValueError("số 0912345678")

    caplog.set_level("DEBUG")
    room.edge._receive = broken
    await room.double.user_types(an, "số 0912345678")

    with pytest.raises(ValueError, match="0912345678"):
        await room.handle_next()
    ours = [record for record in caplog.records if record.name.startswith(("handlers", "aiogram"))]
    assert ours
    assert not any("0912345678" in record.getMessage() or record.exc_info for record in ours)


# ------------------------------------------------------------------ what cannot be read


async def test_what_cannot_be_decoded_is_answered_and_handed_to_quarantine(room: Desk, an: Person) -> None:
    for name, update in poison(an.id).items():
        row = row_of(update)

        with pytest.raises(Undecodable):
            await room.edge.handle(row)

        said = await room.said()
        assert (name, said) == (name, [("5", text(room, Key.UNREADABLE))] if name in ANSWERABLE else [])


ANSWERABLE = set(poison(5)) - {
    "a payload that is text", "a payload that is a list", "nothing at all", "a chat without an id",
}  # fmt: skip


def row_of(update: dict[str, Any]) -> InboxRow:
    raw = raw_update({"update_id": 1, **update}, 4242)
    return InboxRow(1, raw.platform, raw.bot, raw.update_id, raw.chat, raw.raw, 0, datetime.now(UTC))


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_what_cannot_be_decoded_in_a_group_gets_no_answer_there(room: Desk, kind: str) -> None:
    with pytest.raises(Undecodable):
        await room.edge.handle(row_of({"message": {"chat": {"id": -9, "type": kind}, "text": 3}}))

    assert await room.said() == []


async def test_poison_goes_into_quarantine_and_what_is_behind_it_is_handled(room: Desk, an: Person) -> None:
    for update in poison(an.id).values():
        await room.double.raw_update(update)
    await room.double.user_types(an, "câu phía sau")
    await room.poller.poll()
    worker = Worker(room.store, room.clock, Pulse(), room.voice, {("telegram", "4242"): room.edge})

    while await worker.step():
        pass

    assert [inbound.content for inbound in room.noted.inbounds] == [Typed("câu phía sau")]
    async with room.store.reading() as tx:
        assert (await tx.inbox.quarantined(), await tx.inbox.open()) == (len(poison(an.id)), 0)


# ------------------------------------------------------------------ the moderators' group


async def test_a_press_of_a_moderator_reaches_the_use_case_whole(room: Desk, group: Group, lan: Person) -> None:
    card = await card_in(room, group)
    await room.double.press(lan, card, "Nút")

    await room.handle_next()

    here = Address(ChannelName.TELEGRAM, "4242", str(group.id))
    assert room.noted.presses == [
        Press("AbC-_f012345", here, str(card.id), "menu~departments", 3, "Trần Thị Lan", "77")
    ]
    assert [(toast.person, toast.text, toast.alert) for toast in room.double.toasts] == [
        (77, "Đã duyệt HY26-0001-A.", False)
    ]


async def test_a_refusal_of_the_use_case_is_shown_as_an_alert_of_at_most_200_signs(
    room: Desk, group: Group, lan: Person
) -> None:
    room.noted.toast = Toast("Đã xử lý rồi. " * 50, refused=True)
    await room.double.press(lan, await card_in(room, group), "Nút")

    await room.handle_next()

    (toast,) = room.double.toasts
    assert toast.alert
    assert toast.text.endswith("…")
    assert len(toast.text) <= 200


@pytest.mark.parametrize("status", ["creator", "administrator", "member", "restricted"])
async def test_everybody_in_the_group_may_decide(room: Desk, group: Group, lan: Person, status: str) -> None:
    room.double.set_status(group, lan, status)
    await room.double.press(lan, await card_in(room, group), "Nút")

    await room.handle_next()

    assert len(room.noted.presses) == 1


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_whoever_is_not_in_the_group_changes_nothing(room: Desk, group: Group, an: Person, status: str) -> None:
    room.double.set_status(group, an, status)
    await room.double.press(an, await card_in(room, group), "Nút")

    await room.handle_next()

    assert room.noted.presses == []
    assert [(toast.text, toast.alert) for toast in room.double.toasts] == [(text(room, Key.REFUSE_NOT_MODERATOR), True)]
    assert room.noted.refusals == [("An", "menu~departments", Key.REFUSE_NOT_MODERATOR, None)]


async def test_a_removed_moderator_is_powerless_within_a_minute(room: Desk, group: Group, lan: Person) -> None:
    card = await card_in(room, group)
    await room.double.press(lan, card, "Nút")
    await room.handle_next()
    room.double.set_status(group, lan, "kicked")

    room.clock.later(59)
    await room.double.press(lan, card, "Nút")
    await room.poller.poll()
    await room.handle_next()
    room.clock.later(1)
    await room.double.press(lan, card, "Nút")
    await room.poller.poll()
    await room.handle_next()

    assert len(room.noted.presses) == 2
    assert len(room.double.called("getChatMember")) == 2


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 400}, {"disconnect": "before"}, {"status": 502, "html": True}]
)
async def test_whoever_cannot_be_checked_is_refused_and_may_try_again(
    room: Desk, group: Group, lan: Person, fault: dict[str, Any]
) -> None:
    card = await card_in(room, group)
    room.double.fail_next("getChatMember", **fault)
    await room.double.press(lan, card, "Nút")
    await room.handle_next()
    assert room.noted.presses == []
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.TG_CHECK_FAILED)]

    await room.double.press(lan, card, "Nút")
    await room.poller.poll()
    await room.handle_next()
    assert len(room.noted.presses) == 1


async def test_a_press_in_a_foreign_group_changes_nothing(room: Desk, group: Group, lan: Person) -> None:
    foreign = room.double.group("Nhóm khác", [lan], id_=-1002000)
    await room.double.press(lan, await card_in(room, foreign), "Nút")

    await room.handle_next()

    assert room.noted.presses == []
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.REFUSE_NOT_MODERATOR)]
    assert room.double.called("getChatMember") == []


async def test_a_moderators_button_in_a_private_chat_changes_nothing(room: Desk, group: Group, lan: Person) -> None:
    await room.double.press(lan, await card_in(room, lan), "Nút")

    await room.handle_next()

    assert (room.noted.presses, room.noted.inbounds) == ([], [])
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.REFUSE_NOT_MODERATOR)]


async def test_without_a_configured_group_nobody_may_decide(room: Desk, lan: Person) -> None:
    somewhere = room.double.group("Nhóm nào đó", [lan])
    await room.double.press(lan, await card_in(room, somewhere), "Nút")

    await room.handle_next()

    assert room.noted.presses == []


@pytest.mark.parametrize("data", ["m:AbC:approve", "m::approve:1", "m:AbC:approve:một", "c:send", "rác", "m:"])
async def test_forged_data_in_the_group_is_a_stale_button(room: Desk, group: Group, lan: Person, data: str) -> None:
    await room.double.press(lan, await card_in(room, group), data, forged=True)

    await room.handle_next()

    assert (room.noted.presses, room.noted.inbounds) == ([], [])
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.REFUSE_STALE_BUTTON)]


async def test_an_anonymous_administrator_is_asked_for_a_name(room: Desk, group: Group) -> None:
    anonymous = room.double.user(1087968824, "Group", is_bot=True)
    room.double.set_status(group, anonymous, "administrator")
    await room.double.press(anonymous, await card_in(room, group), "Nút")

    await room.handle_next()

    assert room.noted.presses == []
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.TG_ANONYMOUS)]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/xuat", "/xuat"),
        ("/xuat@doi_thoai_bot", "/xuat"),
        ("/XUAT@Doi_Thoai_Bot ngay", "/xuat"),
        ("/trogiup", "/trogiup"),
    ],
)
async def test_a_command_in_the_group_is_carried_out(
    room: Desk, group: Group, lan: Person, typed: str, command: str
) -> None:
    await room.double.user_types(lan, typed, group)

    await room.handle_next()

    assert room.noted.commands == [(command, Address(ChannelName.TELEGRAM, "4242", str(group.id)), "Trần Thị Lan")]


async def test_what_follows_a_command_and_the_card_it_answers_are_passed_on(
    room: Desk, group: Group, lan: Person
) -> None:
    card = await card_in(room, group)
    answered = {"message_id": card.id, "date": 0, "chat": {"id": group.id, "type": "supergroup", "title": "x"}}
    await room.double.user_types(lan, "/Sua@doi_thoai_bot  lời mới\ncủa câu", group, reply_to_message=answered)

    await room.handle_next()

    address = Address(ChannelName.TELEGRAM, "4242", str(group.id))
    assert room.noted.orders == [Order("sua", "lời mới\ncủa câu", address, "Trần Thị Lan", str(lan.id), str(card.id))]


async def test_what_is_said_in_a_topic_answers_no_message_unless_somebody_answers_one(
    room: Desk, group: Group, lan: Person
) -> None:
    room.double.make_forum(group)
    made = await room.bot.create_forum_topic(group.id, "Sở Y tế")
    card = await room.bot.send_message(group.id, "thẻ", message_thread_id=made.message_thread_id)
    answered = {"reply_to_message": room.double._messages[group.id][card.message_id]}
    root = {"message_thread_id": 77, "reply_to_message": {**answered["reply_to_message"], "message_id": 77}}
    await room.double.user_types(lan, "/duyet", group, thread="Sở Y tế")
    await room.double.user_types(lan, "/duyet", group, thread="Sở Y tế", **answered)
    await room.double.user_types(lan, "/duyet", group, **root)  # General: an answer carries an id that names no topic
    await room.double.user_types(lan, "Câu này hay.", group, thread="Sở Y tế")  # nobody is asked to carry that out

    for _ in range(4):
        await room.handle_next()

    thread = str(made.message_thread_id)
    found = [(order.thread, order.reply_to) for order in room.noted.orders]
    assert found == [(thread, ""), (thread, str(card.message_id)), ("", "77")]


async def test_a_button_of_a_list_is_passed_on_and_answered(room: Desk, group: Group, lan: Person) -> None:
    message = await card_in(room, group, "l:AbC-_f012345:page~2")
    await room.double.press(lan, message, "Nút")

    await room.handle_next()

    address = Address(ChannelName.TELEGRAM, "4242", str(group.id))
    assert room.noted.lists.presses == [
        ListPress("AbC-_f012345", address, str(message.id), "page~2", "Trần Thị Lan", str(lan.id))
    ]
    assert [toast.text for toast in room.double.toasts] == ["Mời chọn."]


@pytest.mark.parametrize("data", ["l:", "l:AbC-_f012345", "l:AbC-_f012345:", "l::walk"])
async def test_a_forged_button_of_a_list_is_refused(room: Desk, group: Group, lan: Person, data: str) -> None:
    await room.double.press(lan, await card_in(room, group), data, forged=True)

    await room.handle_next()

    assert room.noted.lists.presses == []
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.REFUSE_STALE_BUTTON)]


async def test_a_list_is_nothing_for_somebody_outside_the_group(room: Desk, group: Group, an: Person) -> None:
    await room.double.press(an, await card_in(room, group, "l:AbC-_f012345:walk"), "Nút")

    await room.handle_next()

    assert room.noted.lists.presses == []
    assert [toast.text for toast in room.double.toasts] == [text(room, Key.REFUSE_NOT_MODERATOR)]


@pytest.mark.parametrize(
    "typed", ["/xuat@another_bot", "/xuatra", "/start", "xuat", "xem /xuat", "/xuat_khac", "chào cả nhà", "/"]
)
async def test_everything_else_in_the_group_is_left_alone(room: Desk, group: Group, lan: Person, typed: str) -> None:
    await room.double.user_types(lan, typed, group)

    await room.handle_next()

    assert (room.noted.commands, room.noted.inbounds, await room.said()) == ([], [], [])


async def test_things_and_edits_in_the_group_are_left_alone(room: Desk, group: Group, lan: Person) -> None:
    message = await room.double.user_sends(lan, "photo", group, caption="/xuat")
    await room.double.user_edits(message, "/xuat")
    await room.handle_next()
    await room.handle_next()

    assert (room.noted.commands, room.noted.inbounds, await room.said()) == ([], [], [])


async def test_commands_of_other_groups_are_left_alone(room: Desk, group: Group, lan: Person) -> None:
    foreign = room.double.group("Nhóm khác", [lan], id_=-1002000)
    await room.double.user_types(lan, "/xuat", foreign)

    await room.handle_next()

    assert (room.noted.commands, await room.said()) == ([], [])


async def test_a_command_of_an_anonymous_administrator_is_refused_with_a_hint(
    room: Desk, group: Group, lan: Person
) -> None:
    await room.double.user_types(lan, "/xuat", group, anonymous=True)

    await room.handle_next()

    assert room.noted.commands == []
    here = Address(ChannelName.TELEGRAM, "4242", str(group.id))
    assert room.noted.refusals == [(group.title, "/xuat", Key.TG_ANONYMOUS, here)]


async def test_a_command_of_somebody_who_only_comments_is_refused(room: Desk, group: Group, an: Person) -> None:
    await room.double.user_types(an, "/xuat", group)

    await room.handle_next()

    assert room.noted.commands == []
    here = Address(ChannelName.TELEGRAM, "4242", str(group.id))
    assert room.noted.refusals == [("An", "/xuat", Key.REFUSE_NOT_MODERATOR, here)]


async def test_until_a_group_is_set_the_log_tells_the_operator_its_number_and_nothing_else(
    room: Desk, lan: Person, caplog: pytest.LogCaptureFixture
) -> None:
    group = room.double.group("Kiểm duyệt", [lan])
    await room.double.user_types(lan, "/xuat chuyện riêng", group)

    await room.handle_next()

    assert f"DOITHOAI_TELEGRAM_GROUP={group.id}" in caplog.text
    assert "chuyện riêng" not in caplog.text
    assert room.noted.commands == []
