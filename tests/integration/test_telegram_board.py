"""The moderators' group: one message a card, redrawn in place, whatever people wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName, Words
from bot.ports import Card, CardButton, ShownCard
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.voice import Voice
from handlers.telegram.board import TelegramBoard
from handlers.telegram.channel import TelegramChannel
from handlers.telegram.threads import Threads
from storage.store import SqlStore
from tests.doubles.telegram import Group, TelegramDouble
from tests.doubles.telegram_room import StillClock

CATALOGUE = Catalogue.load()
CARD = Card(
    submission_id=1,
    version=2,
    code="HY26-0001-A",
    head="HY26-0001-A · chờ duyệt",
    text="Bao giờ có <b>xe buýt</b> & đèn đường?",
    facts=(("Đơn vị", "Xã <Tân> Hưng"),),
    lines=("Máy đề xuất: Giao thông → Sở Xây dựng (chắc 91 %)",),
    state="waiting",
    buttons=((CardButton("Duyệt", "approve"),), (CardButton("Đổi cơ quan", "menu~departments"),)),
)
HOSTILE = ["<", "</blockquote>", "&lt;", "<script>alert(1)</script>", "'\"", "\x00\ud800", "\u202e", "😀" * 5000, "e" + "\u0301" * 9000, "{0} %s", "\n\n\n", "<!--", "&#60;b&#62;"]  # fmt: skip


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble() as double:
        yield double


@pytest.fixture
def group(double: TelegramDouble) -> Group:
    return double.group("Kiểm duyệt")


@pytest.fixture
def shown(group: Group) -> ShownCard:
    return ShownCard(1, Address(ChannelName.TELEGRAM, "4242", str(group.id)), 1, "AbC-_f012345", None, "")


@pytest.fixture
async def board(double: TelegramDouble, store: SqlStore) -> AsyncIterator[TelegramBoard]:
    async with double.bot() as bot:
        threads = Threads(bot, store, StillClock(), Voice(CATALOGUE))
        yield TelegramBoard(bot, TelegramChannel(bot), CATALOGUE, threads)


async def test_a_card_shows_its_values_as_written(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    id_ = await board.show(CARD, shown)

    card = double.last(group)
    assert id_ == str(card.id)
    assert card.marked("bold") == ["HY26-0001-A · chờ duyệt", "Đơn vị:"]
    assert card.marked("blockquote") == ["Bao giờ có <b>xe buýt</b> & đèn đường?"]
    assert "Đơn vị: Xã <Tân> Hưng" in card.text
    assert card.buttons == (
        (("Duyệt", "m:AbC-_f012345:approve:2"),),
        (("Đổi cơ quan", "m:AbC-_f012345:menu~departments:2"),),
    )


async def test_a_card_is_redrawn_in_place(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    first = await board.show(CARD, shown)

    again = await board.show(replace(CARD, version=3, head="đã duyệt", buttons=()), replace(shown, message_id=first))

    assert again == first
    (card,) = double.messages(group)
    assert (card.text.splitlines()[0], card.buttons) == ("đã duyệt", ())


async def test_redrawing_what_has_not_changed_is_no_fault(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    first = await board.show(CARD, shown)

    assert await board.show(CARD, replace(shown, message_id=first)) == first
    assert len(double.messages(group)) == 1


async def test_a_card_that_was_deleted_is_sent_anew(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    first = await board.show(CARD, shown)
    await double.delete_message(double.last(group))

    again = await board.show(CARD, replace(shown, message_id=first))

    assert again != first
    assert [str(card.id) for card in double.messages(group)] == [again]


@pytest.mark.parametrize("text", HOSTILE)
async def test_nothing_that_people_write_breaks_a_card(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard, text: str
) -> None:
    await board.show(replace(CARD, text=text, facts=((text, text),), lines=(text,), head=f"HY {text}"), shown)

    assert {mark["type"] for mark in double.last(group).entities} <= {"bold", "blockquote", "expandable_blockquote"}
    assert len(double.called("sendMessage")) == 1


async def test_a_card_whose_markup_is_refused_comes_plain(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    double.fail_next("sendMessage", 400, description='Bad Request: can\'t parse entities: Unsupported start tag "x"')

    await board.show(CARD, shown)

    card = double.last(group)
    assert (card.entities, card.labels) == ((), ["Duyệt", "Đổi cơ quan"])
    assert "Bao giờ có <b>xe buýt</b> & đèn đường?" in card.text


async def test_a_redrawing_whose_markup_is_refused_comes_plain_in_place(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    first = await board.show(CARD, shown)
    double.fail_next("editMessageText", 400, description="Bad Request: can't parse entities: x")

    assert await board.show(replace(CARD, version=3), replace(shown, message_id=first)) == first
    assert [card.entities for card in double.messages(group)] == [()]


async def test_a_long_question_is_cut_visibly(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    await board.show(replace(CARD, text="dài " * 3000), shown)

    assert CATALOGUE[Key.CARD_FIRST_LINES] in double.last(group).text


async def test_a_group_that_moved_says_where_to(
    double: TelegramDouble, group: Group, board: TelegramBoard, shown: ShownCard
) -> None:
    double.migrate(group, -1000777)

    with pytest.raises(DeliveryError) as found:
        await board.show(CARD, shown)

    assert (found.value.moved_to, found.value.permanent) == ("-1000777", False)


async def test_a_flooded_group_says_how_long_to_wait(
    double: TelegramDouble, board: TelegramBoard, shown: ShownCard
) -> None:
    double.fail_next("sendMessage", 429, retry_after=21)

    with pytest.raises(DeliveryError) as found:
        await board.show(CARD, shown)

    assert found.value.retry_after == 21


async def test_the_group_is_told_in_plain_words(double: TelegramDouble, group: Group, board: TelegramBoard) -> None:
    await board.tell(str(group.id), Words("Có 2 tin <chưa đọc>"))

    assert (double.last(group).text, double.last(group).entities) == ("Có 2 tin <chưa đọc>", ())


async def test_a_file_reaches_the_group_with_its_caption(
    double: TelegramDouble, group: Group, board: TelegramBoard, tmp_path: Path
) -> None:
    file = tmp_path / "tong-hop.xlsx"
    file.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 2000)

    id_ = await board.send_file(str(group.id), file, "Bảng <tổng hợp> " + "dài " * 400)

    (document,) = double.documents(group)
    assert (str(document.message_id), document.name, document.content) == (id_, "tong-hop.xlsx", file.read_bytes())
    assert document.caption.startswith("Bảng <tổng hợp> ")
    assert document.caption.endswith("…")


async def test_a_file_that_is_gone_is_given_up(group: Group, board: TelegramBoard, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError) as found:
        await board.send_file(str(group.id), tmp_path / "mất.xlsx", "")

    assert found.value.permanent
