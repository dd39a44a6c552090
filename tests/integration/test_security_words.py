"""Words as an attacker would write them: look-alikes and turned lines, lone surrogates and NUL by every road, markup,
headers, formulas. (reliability.md X1, X4, X5, X12, X13)
"""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody
from bot.domain.disguise import disguised
from bot.domain.message import Words
from bot.domain.submission import Action
from bot.ports import Card
from bot.texts.keys import Key
from bot.usecases.slip_desk import Given
from classifier.corpus import read_corpus
from classifier.normalise import views
from exports.cells import needs_quote
from exports.csv_file import quoted
from handlers.post import mail
from handlers.telegram.cards import card_html
from handlers.telegram.channel import LIMIT, TelegramChannel
from storage.store import SqlStore
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_html import parse_html, utf16
from tests.unit.test_telegram_cards import CARD, MARK
from tests.world import NOON, World, asked, chief, decide, issue_of

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
ODD = "Em\ud83d hỏi\x00 về xe buýt\udc00 ạ"
STORED = "Em\ufffd hỏi về xe buýt\ufffd ạ"
HOSTILE = (
    "<b>", "</b>", "</blockquote>", "<a href='tg://user?id=1'>", "&lt;", "&#60;", "&", "<", ">", '"', "'", "<!--", "\x00",
    "\ud800", "\u202e", "😀", "🇻🇳", "👩\u200d🌾", "ễ", "e\u0302\u0303", "a" + "\u0301" * 300, "{text}", "{0}", "%s", "`", "*_[x](y)",
    "\r\n", "\u2028", "=1+1", "Câu hỏi của em ", "\ufffe", "\U000e0041",
)  # fmt: skip


def hostile(seed: int, pieces: int) -> str:
    chosen = random.Random(seed)
    return "".join(chosen.choice(HOSTILE) for _ in range(chosen.randrange(1, pieces)))


@pytest.fixture
async def world(store: SqlStore, tmp_path: Path) -> World:
    return World(store, tmp_path / "xuat")


# ------------------------------------------------------------------ what a machine and a moderator see


def test_five_hundred_questions_are_the_same_to_the_classifier_however_they_are_composed() -> None:
    chosen = random.Random(20261121)
    texts = [one.text for one in chosen.sample(read_corpus(), 500)]

    for text in texts:
        hidden = "".join(sign + chosen.choice(["", *INVISIBLE]) for sign in text)
        same = {views(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} | {views(hidden)}
        assert same == {views(text)}, text


def test_no_honest_question_of_the_corpus_seems_disguised() -> None:
    assert [one.text for one in read_corpus() if disguised(one.text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bao giờ có хe buýt?", True),  # a Cyrillic х
        ("Bao giờ có xе buýt?", True),  # a Cyrillic е
        ("Οng chủ tịch", True),  # a Greek Ο
        ("ｘe buýt", True),
        ("𝐱e buýt", True),
        ("giá \u202e000.01\u202c đồng", True),
        ("\u2066abc\u2069", True),
        ("Bao giờ có xe buýt?", False),
        ("đo 5 µm, góc α, α-amylase, β", False),
        ("ភាសាខ្មែរ và tiếng Việt", False),
        ("Здравствуйте, em hỏi ạ", False),
        ("👩\u200d🌾 e\u0302\u0303 \u200b", False),
    ],
)
def test_turned_lines_and_mixed_letters_are_recognised(text: str, found: bool) -> None:
    assert disguised(text) is found


async def test_a_card_warns_of_a_disguised_text_and_of_no_other(world: World) -> None:
    (_, odd), (_, plain) = await asked(world, "Bao giờ có хe buýt ạ?", "Bao giờ có xe buýt ạ?")
    warning = world.voice.text(Key.CARD_DISGUISED)

    assert warning in (await world.cards.one(odd.id)).notices
    assert warning not in (await world.cards.one(plain.id)).notices
    assert odd.text == "Bao giờ có хe buýt ạ?"  # kept as written


# ------------------------------------------------------------------ lone surrogates and NUL


async def test_what_no_database_holds_comes_in_by_every_road_and_is_stored_readable(world: World) -> None:
    lan = world.youth()
    await lan.agrees()

    submission = await lan.asks(ODD)
    assert submission.text == STORED

    await lan.rewrites(submission.code, f"{ODD} sửa")
    (submission,) = await world.submissions()
    assert submission.text == f"{STORED} sửa"

    await lan.attaches("ảnh", ODD)
    await decide(world, submission, Action.APPROVE)
    await decide(world, submission, Action.EDIT_WORDING, wording=ODD)
    assert (await issue_of(world, submission)).edited_text == STORED


async def test_an_answer_and_a_slip_with_such_signs_are_stored_readable_too(world: World) -> None:
    ((_, submission),) = await asked(world, "Bao giờ có xe buýt ạ?")
    await decide(world, submission, Action.APPROVE)
    issue = await issue_of(world, submission)

    await world.answers.draft(issue.id, 0, AnswerBody(ODD, ODD, ODD, ODD), chief())
    sheet = await world.answers.sheet(issue.id)
    assert "\x00" not in repr(sheet).encode("utf-8").decode()

    table = f"Ý kiến\tĐơn vị\n{ODD.encode('utf-8', 'replace').decode()}\tPhường 1\x00\n"
    preview = await world.slips.look(Given(table.encode(), ""))
    assert all("\x00" not in row.slip.text + row.slip.unit for row in preview.rows)


# ------------------------------------------------------------------ Telegram


def test_five_hundred_hostile_cards_are_read_without_a_foreign_tag_and_fit_one_message() -> None:
    for seed in range(500):
        text = hostile(seed, 400 if seed % 10 == 0 else 40)
        shown, entities = parse_html(card_html(_card(text), MARK))

        assert utf16(shown) <= LIMIT
        assert {entity["type"] for entity in entities} <= {"bold", "blockquote", "expandable_blockquote"}


def _card(text: str) -> Card:
    return replace(CARD, text=text, facts=(("Đơn vị", text[:200]),), lines=(text[:200],))


async def test_hostile_words_reach_a_chat_whole_and_telegram_refuses_none() -> None:
    async with TelegramDouble() as double, double.bot() as bot:
        double.user(5)
        channel = TelegramChannel(bot)
        for seed in range(60):
            await channel.say("5", Words(f"Câu {seed}: {hostile(seed, 600)}"))

        assert not double.refused
        assert all(utf16(shown.text) <= LIMIT for shown in double.messages(5))
        assert all(not shown.entities for shown in double.messages(5))


# ------------------------------------------------------------------ files and letters


def test_no_cell_of_a_csv_file_begins_as_a_formula_does() -> None:
    begins = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\n=", " =", "\x00=", "\ufeff=", '"=', "'=")
    for seed in range(500):
        cell = quoted(random.Random(seed).choice(begins) + hostile(seed, 10))
        line = io.StringIO()
        csv.writer(line).writerow([cell])

        (read,) = next(csv.reader(io.StringIO(line.getvalue())))
        assert not needs_quote(read)
        assert read.lstrip("\ufeff ")[:1] not in tuple("=+-@\t\r\n＝＋－＠"), seed


@pytest.mark.parametrize("subject", ["Bảng\r\nBcc: a@evil.example", "Bảng\nX: y", "Bảng\r\n\r\n<html>"])
def test_a_subject_makes_no_header_of_its_own(subject: str) -> None:
    server = mail.MailServer("h", 25, mail.Security.NONE, "doan@example.vn", "Đoàn\r\nBcc: b@evil.example", "", "")
    try:
        letter = mail._letter(server, ["a@example.vn"], subject, "Nội dung", NOON, "1")
    except ValueError:
        return  # refused as a whole: no letter at all goes out

    read = message_from_bytes(letter.as_bytes())
    assert {"Bcc", "X"}.isdisjoint(read.keys())
