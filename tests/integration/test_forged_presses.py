"""Forged, stale, foreign and repeated presses, through the real edge: each gets a sentence and changes nothing; the
valid one among them works. (reliability.md X6)
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.role import EVERYTHING, Role
from bot.domain.submission import State, Submission
from bot.texts.keys import Key
from bot.usecases.invite import Grant
from handlers.telegram.channel import keyboard
from storage.store import SqlStore
from tests.doubles.group_room import GroupRoom, group_room
from tests.doubles.telegram import ANONYMOUS_ADMIN, Shown, Toast

STALE = Key.REFUSE_STALE_BUTTON


@dataclass
class Attack:
    """A card in the group, and what its buttons carry."""

    room: GroupRoom
    submission: Submission
    card: Shown
    nonce: str

    def data(self, action: str = "approve", version: object = 1) -> str:
        return f"m:{self.nonce}:{action}:{version}"

    async def forged(self, data: str) -> Toast:
        return await self.room.told(self.room.lan, self.card, data, forged=True)

    async def other_message(self, chat: object) -> Shown:
        """A message of the bot's own in some chat, with the card's button under it."""
        async with self.room.double.bot() as bot:
            await bot.send_message(chat.id, "khác", reply_markup=keyboard([((self.data(), "Nút"),)]))
        return self.room.double.last(chat)


@pytest.fixture
async def attack(store: SqlStore, tmp_path: Path) -> AsyncIterator[Attack]:
    async with group_room(store, tmp_path / "xuat") as room:
        submission = await room.asks("Bao giờ quê em có xe buýt?")
        await room.settle()
        card = room.card(submission.code)
        async with store.reading() as tx:
            (shown,) = await tx.board.of_submission(submission.id)
        yield Attack(room, submission, card, shown.nonce)


async def a_removed_moderator(attack: Attack) -> Toast:
    attack.room.double.set_status(attack.room.group, attack.room.minh, "kicked")
    return await attack.room.told(attack.room.minh, attack.card, attack.data())


async def a_viewer(attack: Attack) -> Toast:
    world, minh = attack.room.world, attack.room.double.user(79, "Khách")
    attack.room.double.set_status(attack.room.group, minh, "member")
    await Grant(world.store, world.clock, world.running)("Khách", Role.VIEWER, EVERYTHING, telegram="79")
    return await attack.room.told(minh, attack.card, attack.data())


async def an_anonymous_administrator(attack: Attack) -> Toast:
    nobody = attack.room.double.user(ANONYMOUS_ADMIN, "Group", is_bot=True)
    attack.room.double.set_status(attack.room.group, nobody, "administrator")
    return await attack.room.told(nobody, attack.card, attack.data())


async def another_chat(attack: Attack) -> Toast:
    foreign = attack.room.double.group("Nhóm khác", [attack.room.lan], id_=-2002)
    return await attack.room.told(attack.room.lan, await attack.other_message(foreign), "Nút")


async def another_message(attack: Attack) -> Toast:
    return await attack.room.told(attack.room.lan, await attack.other_message(attack.room.group), "Nút")


async def a_private_chat(attack: Attack) -> Toast:
    return await attack.room.told(attack.room.lan, await attack.other_message(attack.room.lan), "Nút")


async def a_channel(attack: Attack) -> Toast:
    """A post of a channel, whose chat is of a kind of its own."""
    channel = {"id": -3003, "type": "channel", "title": "Kênh"}
    before = len(attack.room.double.toasts)
    query = await attack.room.double.press(attack.room.lan, attack.card, attack.data())
    pending = attack.room.double._queue[-1].update["callback_query"]
    assert pending["id"] == query
    pending["message"] = {**pending["message"], "chat": channel}
    await attack.room.settle()
    assert len(attack.room.double.toasts) == before + 1
    return attack.room.double.toasts[-1]


def data_of(make: Callable[[Attack], str]) -> Callable[[Attack], Awaitable[Toast]]:
    async def press(attack: Attack) -> Toast:
        return await attack.forged(make(attack))

    return press


FORGERIES: dict[str, tuple[Callable[[Attack], Awaitable[Toast]], Key]] = {
    "another version": (data_of(lambda one: one.data(version=7)), Key.REFUSE_CHANGED),
    "a version beyond counting": (data_of(lambda one: one.data(version="9" * 40)), STALE),
    "another chat": (another_chat, Key.REFUSE_NOT_MODERATOR),
    "another message": (another_message, STALE),
    "a private chat": (a_private_chat, Key.REFUSE_NOT_MODERATOR),
    "a channel": (a_channel, Key.REFUSE_NOT_MODERATOR),
    "a forged nonce": (data_of(lambda _: "m:AAAAAAAAAAAA:approve:1"), STALE),
    "a forged action": (data_of(lambda one: one.data("drop-table")), STALE),
    "an unknown topic": (data_of(lambda one: one.data("topic~khong-co")), Key.REFUSE_UNKNOWN_TOPIC),
    "an unknown reason": (data_of(lambda one: one.data("reason~khong-co")), Key.REFUSE_NEEDS_REASON),
    "an unknown body": (data_of(lambda one: one.data("body~khong-co")), Key.REFUSE_NEEDS_BODY),
    "an unknown issue": (data_of(lambda one: one.data("merge~999")), Key.REFUSE_NO_ISSUE),
    "no issue at all": (data_of(lambda one: one.data("merge~")), STALE),
    "an issue beyond counting": (data_of(lambda one: one.data("merge~" + "9" * 30)), STALE),
    "data that is too long": (data_of(lambda one: one.data("x" * 5000, version="9" * 5000)), STALE),
    "another bot's data": (data_of(lambda _: "vote:yes"), STALE),
    "a removed moderator": (a_removed_moderator, Key.REFUSE_NOT_MODERATOR),
    "a viewer": (a_viewer, Key.REFUSE_VIEWER),
    "an anonymous administrator": (an_anonymous_administrator, Key.TG_ANONYMOUS),
}


async def decisions(attack: Attack) -> list[str]:
    async with attack.room.world.store.reading() as tx:
        return [entry.action.value for entry in await tx.history.of(attack.submission.id)]


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_press_changes_nothing_is_answered_and_is_on_record(attack: Attack, name: str) -> None:
    press, why = FORGERIES[name]
    before = (await attack.room.now(attack.submission), await decisions(attack))

    toast = await press(attack)

    assert (await attack.room.now(attack.submission), await decisions(attack)) == before
    assert toast.alert
    assert all(part in toast.text for part in re.split(r"\{\w+\}", attack.room.world.voice.catalogue[why]))
    (refusal,) = await attack.room.refusals()
    assert refusal.reason == why.value


async def test_after_every_forgery_the_valid_press_works_once_and_the_asker_hears_once(attack: Attack) -> None:
    for press, _ in FORGERIES.values():
        assert (await press(attack)).alert
    card = attack.room.card(attack.submission.code)

    valid = await attack.room.told(attack.room.lan, card, attack.data())
    again = await attack.room.told(attack.room.lan, card, attack.data(), forged=True)

    assert not valid.alert
    assert again.alert
    assert "Trần Thị Lan" in again.text
    assert (await attack.room.now(attack.submission)).state is State.APPROVED
    assert len(await attack.room.refusals()) == len(FORGERIES) + 1
    heard = await attack.room.world.said_to(attack.room.asker.address)
    assert sum("đã được duyệt" in words.text for words in heard) == 1
