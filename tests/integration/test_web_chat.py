"""The chat page's interface, over real HTTP with a real database."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from bot.domain.message import Words
from bot.domain.person import CONSENT_VERSION
from bot.domain.submission import State
from bot.ports import InboxRow
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.work import Undecodable
from handlers.web.chat import COOKIE, WebEdge, address_of
from tests.doubles.web_room import NOON, House, house

OURS = {"X-Requested-With": "doithoai"}
SAY = Catalogue.load().say


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


class Page:
    """A browser's part: it keeps its cookies and remembers what was said."""

    def __init__(self, web: House, session: aiohttp.ClientSession) -> None:
        self._web = web
        self.session = session

    @property
    def chat(self) -> str:
        return self.session.cookie_jar.filter_cookies(URL(self._web.room.address))[COOKIE].value

    async def open(self) -> Page:
        async with self.session.get(f"{self._web.room.address}/") as answer:
            assert answer.status == 200
        return self

    async def post(self, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"{self._web.room.address}/api/messages"
        async with self.session.post(address, data=data, headers={**OURS, **headers}) as answer:
            return answer.status, await answer.json()

    async def type(self, text: str) -> None:
        status, _ = await self.post({"id": str(uuid4()), "text": text})
        assert status == 200
        await self._web.settle()

    async def choose(self, choice: str) -> None:
        status, _ = await self.post({"id": str(uuid4()), "choice": choice})
        assert status == 200
        await self._web.settle()

    async def words(self, after: int = 0) -> list[dict[str, Any]]:
        async with self.session.get(f"{self._web.room.address}/api/messages?after={after}") as answer:
            return (await answer.json())["words"]


@pytest.fixture
async def page(web: House) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await Page(web, session).open()


async def read_events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """(id, data) of every event of a stream."""
    id_ = ""
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("id: "):
            id_ = line[4:]
        if line.startswith("data: "):
            yield id_, json.loads(line[6:])


async def kept(web: House) -> int:
    async with web.store.reading() as tx:
        return await tx.inbox.open()


# ------------------------------------------------------------------ keeping


async def test_a_message_is_kept_before_it_is_acknowledged(web: House, page: Page) -> None:
    status, answer = await page.post({"id": str(uuid4()), "text": "Bao giờ có nhà ở cho công nhân?"})

    assert (status, answer["kept"]) == (200, True)
    async with web.store.reading() as tx:
        row = await tx.inbox.next(web.clock.now())
    assert row is not None
    assert (row.platform, row.bot, row.chat) == ("web", "web", page.chat)
    assert json.loads(row.raw)["text"] == "Bao giờ có nhà ở cho công nhân?"
    assert json.loads(row.raw)["at"] == NOON.isoformat()


async def test_the_same_id_sent_again_is_acknowledged_and_adds_nothing(web: House, page: Page) -> None:
    message = {"id": str(uuid4()), "text": "Một câu hỏi"}

    first, again = await page.post(message), await page.post(message)

    assert first[0] == again[0] == 200
    assert await kept(web) == 1


async def test_an_id_that_was_handled_already_does_not_file_a_second_time(web: House, page: Page) -> None:
    message = {"id": str(uuid4()), "text": "Bắt đầu"}
    await page.post(message)
    await web.settle()
    said = await page.words()

    await page.post(message)
    await web.settle()

    assert await page.words() == said


async def test_the_same_id_in_another_chat_is_another_message(web: House, page: Page) -> None:
    message = {"id": str(uuid4()), "text": "Một câu hỏi"}
    await page.post(message)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        other = await Page(web, session).open()

        await other.post(message)

    assert await kept(web) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"khong phai json",
        b"[]",
        b"\xff\xfe",
        b'{"id": "1", "text": "ngan"}',
        b'{"text": "khong co id"}',
        b'{"id": "0123456789", "text": 5}',
        b'{"id": "0123456789", "choice": ""}',
        b'{"id": "0123456789", "choice": {"a": 1}}',
        b'{"id": "0123456789"}',
        b'{"id": "../../../etc/passwd", "text": "x"}',
        b'{"a":' * 60_000,
    ],
)
async def test_a_body_of_another_shape_is_refused_with_a_sentence(web: House, page: Page, body: bytes) -> None:
    status, answer = await page.post(body)

    assert (status, answer["message"]) == (400 if len(body) < 262_144 else 413, answer["message"])
    assert answer["message"] in {SAY(Key.WEB_BAD_REQUEST), SAY(Key.WEB_TOO_BIG, limit=256)}
    assert await kept(web) == 0


async def test_an_empty_text_is_refused_with_a_sentence(web: House, page: Page) -> None:
    assert await page.post({"id": str(uuid4()), "text": " \n "}) == (400, {"message": SAY(Key.REFUSE_EMPTY_TEXT)})


async def test_a_text_of_30000_signs_is_kept_and_one_more_is_refused_with_both_numbers(web: House, page: Page) -> None:
    fits, _ = await page.post({"id": str(uuid4()), "text": "ộ" * 30_000})

    status, answer = await page.post({"id": str(uuid4()), "text": "ộ" * 30_001})

    assert (fits, status) == (200, 413)
    assert answer["message"] == SAY(Key.WEB_TOO_LONG, length="30.001", limit="30.000")
    assert await kept(web) == 1


async def test_a_body_over_256_kilobytes_is_refused_with_a_sentence(web: House, page: Page) -> None:
    status, answer = await page.post(b'{"id": "0123456789", "text": "' + b"x" * 262_144 + b'"}')

    assert (status, answer) == (413, {"message": SAY(Key.WEB_TOO_BIG, limit=256)})


async def test_a_message_without_a_cookie_is_refused_because_nobody_could_be_answered(web: House) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await Page(web, session).post({"id": str(uuid4()), "text": "Câu hỏi"})

    assert answer == (403, {"message": SAY(Key.WEB_NO_COOKIE)})


async def test_a_lone_surrogate_is_kept_and_answered(web: House, page: Page) -> None:
    status, _ = await page.post(b'{"id": "01234567-89ab", "text": "h\\ud83d\\u1ecfi"}')
    await web.settle()

    assert status == 200
    assert await page.words()


# ------------------------------------------------------------------ who may post


async def test_a_post_from_another_site_is_refused(web: House, page: Page) -> None:
    message = {"id": str(uuid4()), "text": "Câu hỏi"}

    foreign = await page.post(message, Origin="https://evil.example")
    plain = await page.post(message, **{"X-Requested-With": ""})
    own = await page.post(message, Origin=web.room.address)

    assert foreign == (403, {"message": SAY(Key.WEB_NOT_FROM_HERE)})
    assert plain == (403, {"message": SAY(Key.WEB_NOT_FROM_HERE)})
    assert own[0] == 200


async def test_every_page_forbids_foreign_scripts_frames_and_sniffing(web: House, page: Page) -> None:
    async with page.session.get(f"{web.room.address}/") as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


async def test_the_chat_cookie_is_128_random_bits_that_scripts_cannot_read(web: House) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{web.room.address}/") as answer:
        cookie = answer.cookies[COOKIE]

    assert len(bytes.fromhex(cookie.value)) == 16
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


@pytest.mark.parametrize(("trusts", "secure"), [(True, True), (False, False)])
async def test_the_cookie_is_secure_behind_a_proxy_only_if_the_operator_trusts_it(
    tmp_path: Path, trusts: bool, secure: bool
) -> None:
    async with house(tmp_path, trust_proxy=trusts) as web, aiohttp.ClientSession() as session:
        headers = {"X-Forwarded-Proto": "https"}
        async with session.get(f"{web.room.address}/", headers=headers) as answer:
            assert bool(answer.cookies[COOKIE]["secure"]) is secure


async def test_one_chat_never_sees_the_words_of_another(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        other = await Page(web, session).open()

        assert await page.words() != []
        assert await other.words() == []


# ------------------------------------------------------------------ the conversation


async def test_a_person_goes_from_greeting_to_receipt(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-yes-{CONSENT_VERSION}")
    await page.choose("skip")
    await page.choose("skip")
    await page.type("Bao giờ phường có thêm xe buýt cho học sinh?")
    ((send, _), *_) = (await page.words())[-1]["choices"]
    await page.choose(send)

    async with web.store.reading() as tx:
        (submission,) = await tx.submissions.of_programme("mau", list(State))
    assert submission.text == "Bao giờ phường có thêm xe buýt cho học sinh?"
    assert submission.typed_at == NOON
    assert submission.code in (await page.words())[-1]["text"]


async def test_words_carry_their_buttons_and_the_time_in_viet_nam(web: House, page: Page) -> None:
    await page.type("Bắt đầu")

    last = (await page.words())[-1]

    assert [choice[0] for choice in last["choices"]] == [
        f"consent-{answer}-{CONSENT_VERSION}" for answer in ("yes", "minor", "no")
    ]
    assert last["at"] == "2026-11-20T14:05:00+07:00"


async def test_only_words_after_an_id_are_given(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-yes-{CONSENT_VERSION}")
    everything = await page.words()

    assert await page.words(int(everything[0]["id"])) == everything[1:]
    assert await page.words(int(everything[-1]["id"])) == []


async def test_the_stream_says_what_is_there_and_then_what_comes(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    greeting = await page.words()
    async with page.session.get(f"{web.room.address}/api/stream?after=0") as answer:
        events = read_events(answer)
        first_id, first = await anext(events)

        await web.say(page.chat, "Câu của bạn đã được duyệt.")
        await web.settle()
        _, second = await anext(events)

    assert first == greeting
    assert first_id == greeting[-1]["id"]
    assert [words["text"] for words in second] == ["Câu của bạn đã được duyệt."]


async def test_a_stream_that_comes_back_goes_on_after_the_last_event(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    last = (await page.words())[-1]["id"]
    await web.say(page.chat, "Tin mới")
    await web.settle()

    headers = {"Last-Event-ID": last}
    async with page.session.get(f"{web.room.address}/api/stream?after=0", headers=headers) as answer:
        _, words = await anext(read_events(answer))

    assert [one["text"] for one in words] == ["Tin mới"]


# ------------------------------------------------------------------ words that leave no trace


async def test_somebody_under_16_still_reads_the_refusal_though_the_database_keeps_nothing(
    web: House, page: Page
) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-minor-{CONSENT_VERSION}")

    async with web.store.reading() as tx:
        stored = [said.words.text for said in await tx.said(address_of(page.chat), 0)]
    assert SAY(Key.MINOR) not in stored
    assert (await page.words())[-1]["text"] == SAY(Key.MINOR)


async def test_the_last_words_of_a_forgotten_chat_tell_the_page_to_forget_it_too(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    assert not any(words.get("gone") for words in await page.words())

    await page.choose(f"consent-minor-{CONSENT_VERSION}")

    assert (await page.words())[-1]["gone"] is True


async def test_a_chat_whose_message_still_waits_to_be_read_is_not_forgotten(web: House, page: Page) -> None:
    await page.post({"id": str(uuid4()), "text": "Bắt đầu"})
    await web.say(page.chat, SAY(Key.FAULT), ephemeral=True)
    while await web.deliverer.step():
        pass

    (apology,) = await page.words()

    assert apology["text"] == SAY(Key.FAULT)
    assert "gone" not in apology


async def test_words_without_trace_are_gone_after_two_minutes(web: House, page: Page) -> None:
    await page.type("Bắt đầu")
    await page.choose(f"consent-minor-{CONSENT_VERSION}")
    web.clock.later(minutes=2, seconds=1)

    assert SAY(Key.MINOR) not in [words["text"] for words in await page.words()]


async def test_words_without_trace_are_shown_once_to_a_stream_that_saw_them_waiting(web: House, page: Page) -> None:
    await web.say(page.chat, "Lời không lưu", ephemeral=True)
    async with page.session.get(f"{web.room.address}/api/stream?after=0") as answer:
        events = read_events(answer)
        _, waiting = await anext(events)

        await web.settle()
        await web.say(page.chat, "Lời sau")
        await web.settle()
        _, after = await anext(events)

    assert [words["text"] for words in waiting] == ["Lời không lưu"]
    assert [words["text"] for words in after] == ["Lời sau"]


async def test_words_without_trace_reach_nobody_else(web: House, page: Page) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        other = await Page(web, session).open()
        await web.say(page.chat, "Lời không lưu", ephemeral=True)
        await web.settle()

        assert [words["text"] for words in await page.words()] == ["Lời không lưu"]
        assert await other.words() == []


async def test_words_that_were_blanked_later_do_not_come_back_from_memory(web: House, page: Page) -> None:
    await web.say(page.chat, "Sẽ bị xoá")
    await web.settle()
    (said,) = await page.words()

    assert web.room.channel.vanished(page.chat, 0, []) != []
    assert await page.words(int(said["id"])) == []


async def test_a_message_that_the_deliverer_repeats_is_the_same_message(web: House, page: Page) -> None:
    await web.say(page.chat, "Đã nhận")
    (said,) = await page.words()

    id_ = await web.room.channel.say(page.chat, Words("(gửi lại) Đã nhận"))

    assert id_ == said["id"]
    assert await page.words() == [said]


# ------------------------------------------------------------------ the edge


@pytest.mark.parametrize("raw", ["", "[]", "5", "{}", '{"id": "a", "at": "hôm qua", "text": "x"}', '{"id":"a","at":1}'])
async def test_a_kept_row_of_another_shape_goes_to_quarantine_and_not_round_in_circles(raw: str) -> None:
    async def receive(*_: object) -> None:
        raise AssertionError

    with pytest.raises(Undecodable):
        await WebEdge(receive).handle(InboxRow(1, "web", "web", "k", "c", raw, 0, NOON))


# ------------------------------------------------------------------ health


async def test_health_says_how_much_waits(web: House, page: Page) -> None:
    await page.post({"id": str(uuid4()), "text": "Bắt đầu"})
    await web.say(page.chat, "Chờ gửi")
    web.clock.later(seconds=90)

    async with page.session.get(f"{web.room.address}/health/live") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True})
    async with page.session.get(f"{web.room.address}/health/ready") as answer:
        assert answer.status == 200
        assert await answer.json() == {
            "ok": True,
            "inbox_open": 1,
            "inbox_quarantined": 0,
            "outbox_overdue": 90.0,
        }


async def test_a_database_that_takes_no_writes_is_not_ready(
    web: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError

    monkeypatch.setattr(web.store, "transaction", broken)

    async with page.session.get(f"{web.room.address}/health/ready") as answer:
        reason = {"name": "database", "says": SAY(Key.HEALTH_DATABASE, fault="OSError")}
        assert (answer.status, await answer.json()) == (503, {"ok": False, "reasons": [reason]})


async def test_a_fault_becomes_a_sentence_and_the_log_holds_no_words(
    web: House, page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("INSERT … 'bí mật của Lan'")

    monkeypatch.setattr(web.store, "intake", broken)

    status, answer = await page.post({"id": str(uuid4()), "text": "bí mật của Lan"})

    assert (status, answer) == (500, {"message": SAY(Key.WEB_FAULT)})
    assert "RuntimeError" in caplog.text
    assert "bí mật" not in caplog.text


async def test_templates_and_unknown_files_are_not_served(web: House, page: Page) -> None:
    for path in ("/static/chat.html", "/static/..%2Fserver.py", "/static/nothing.js", "/nowhere"):
        async with page.session.get(f"{web.room.address}{path}") as answer:
            assert answer.status == 404, path
