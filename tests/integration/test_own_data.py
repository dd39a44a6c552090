"""People and their own data: seen, erased for good, asked about; what is gone is found in no file any more."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.audit import Event
from bot.domain.message import Address, ChannelName, Words
from bot.domain.privacy import Erasure, RequestKind
from bot.domain.submission import ASKER, Action, State
from bot.ports import RawUpdate
from bot.texts.keys import Key
from bot.usecases.audit import Audit
from bot.usecases.data_copy import DataCopy
from bot.usecases.erase import Erase, ReplayErasures
from bot.usecases.own_data import OwnData
from bot.usecases.receive import Receive
from bot.usecases.replay import ReplayList
from storage.schema import metadata
from storage.store import SqlStore
from tests.databases import SERVER
from tests.world import GROUP, NOON, PROGRAMME, World, decide, issue_of, now

CHAT = "7700990077"
TEXT = "Học phí lớp CHIMSẺ của em ở xã bao nhiêu ạ? Em là Trần Thị Chimsẻ, gọi 0912345678 nhé"


class Own(World):
    """A world whose erasures are remembered in a folder."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.list = ReplayList(self.folder / "xoa")
        self.erase = Erase(self.clock, self.voice, self.watcher, self.list)
        own = OwnData(self.clock, self.voice, self.running, self.erase)
        core = (self.store, self.clock, self.router, self.watcher, self.voice, self.running)
        self.receive = Receive(*core, self.boards, own)


@pytest.fixture
async def world(store, tmp_path):
    return Own(store, tmp_path)


@pytest.fixture
async def lan(world):
    youth = world.youth(CHAT)
    await youth.agrees()
    return youth


async def send_everything(world: World) -> None:
    """Hand over whatever waits, as the deliverer would."""
    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda _: True, limit=1000):
            for row in rows:
                await tx.outbox.sent(row.id, world.clock.now(), "1")


async def found(store: SqlStore, folder: Path, *words: str) -> list[tuple[str, str]]:
    """Which of these stand in which raw file below a folder; on a server, in which table."""
    places = {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    if SERVER:
        async with store.reading() as tx:
            work = tx.privacy._work
            places |= {name: repr(await work.rows(select(table))).encode() for name, table in metadata.tables.items()}
    assert places
    forms = ("utf-8", "utf-16-le")
    return [
        (name, word) for name, held in places.items() for word in words if any(word.encode(f) in held for f in forms)
    ]


async def erases(youth, choice: str, sure: str) -> str:
    await youth.types("/xoa")
    await youth.presses(choice)
    await youth.presses(sure)
    return (await youth.world.said_to(youth.address))[-1].text


# ------------------------------------------------------------------ erased


async def test_after_an_erasure_no_file_holds_the_words_or_the_chat(world, lan, tmp_path):
    await lan.types("nháp CHIMSẺ chưa gửi bao giờ")
    await lan.presses("Bỏ")
    submission = await lan.asks(TEXT)
    await lan.rewrites(submission.code, TEXT + " Em cảm ơn ạ.")
    await decide(world, submission, Action.ASK_BACK, question="CHIMSẺ học lớp mấy?")
    await lan.types("Lớp 11 trường CHIMSẺ ạ")
    await decide(world, submission, Action.APPROVE)
    await decide(world, submission, Action.EDIT_WORDING, wording="Học phí lớp CHIMSẺ là bao nhiêu?")
    await world.exporting.make("Lan")
    async with world.store.transaction() as tx:
        raw = '{"text": "CHIMSẺ hỏng", "chat": "' + CHAT + '"}'
        await tx.inbox.add([RawUpdate("telegram", "42", "901", CHAT, raw)], NOON)
        row = await tx.inbox.next(NOON)
        await tx.inbox.quarantine(row.id, NOON, "Undecodable")
        await tx.outbox.say(GROUP, Words(f"/tim thấy {submission.code}: Học phí lớp CHIMSẺ của em"), NOON)
    await send_everything(world)
    assert await found(world.store, tmp_path, CHAT)
    assert await found(world.store, tmp_path, "CHIMSẺ")

    said = await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")
    await send_everything(world)

    assert "YC-0001-" in said
    assert await found(world.store, tmp_path, CHAT, "CHIMSẺ", "0912345678", "Chimsẻ") == []
    verdict = await Audit(world.store, world.voice).verify()
    assert verdict.broken is None
    assert verdict.erased


async def test_whoever_keeps_the_question_leaves_words_without_a_name_or_a_number(world, lan, tmp_path):
    submission = await lan.asks(TEXT)
    await send_everything(world)

    await erases(lan, "Giữ câu hỏi, xoá mình", "Đúng, xoá mình ngay")
    await send_everything(world)

    left = await now(world, submission)
    assert left.person_id is None
    assert left.state is State.WAITING
    assert left.text.startswith("Học phí lớp CHIMSẺ của em ở xã bao nhiêu ạ?")
    assert await found(world.store, tmp_path, CHAT, "0912345678", "Chimsẻ") == []


async def test_a_wording_that_others_ask_as_well_stays(world, lan):
    minh = world.youth("8")
    await minh.agrees()
    first, other = await lan.asks("Bao giờ quê em có xe buýt về tận xã?"), await minh.asks("Xe buýt tới đâu rồi ạ?")
    await decide(world, first, Action.APPROVE)
    issue = await issue_of(world, first)
    await decide(world, other, Action.APPROVE, into=issue.id)
    await decide(world, first, Action.EDIT_WORDING, wording="Kế hoạch mở tuyến xe công cộng")

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    assert (await issue_of(world, other)).edited_text == "Kế hoạch mở tuyến xe công cộng"
    assert (await now(world, first)).state is State.WITHDRAWN
    assert (await now(world, other)).text == "Xe buýt tới đâu rồi ạ?"


async def test_every_card_of_what_was_erased_is_drawn_anew_without_the_words(world, lan):
    submission = await lan.asks(TEXT)
    await send_everything(world)

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
        card = await world.cards.draw(tx, submission.id, shown)
    async with world.store.transaction() as tx:
        waiting = await tx.outbox.claim(world.clock.now(), lambda address: address == GROUP)
    assert submission.id in [row.submission_id for row in waiting]
    assert "CHIMSẺ" not in repr(card)


async def test_nobody_else_loses_anything(world, lan):
    minh = world.youth("8")
    await minh.agrees()
    await lan.asks(TEXT)
    other = await minh.asks("Học phí năm nay thế nào ạ?")
    before = await world.said_to(minh.address)

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    assert await now(world, other) == other
    assert await world.said_to(minh.address) == before


async def test_stopping_at_the_second_question_changes_nothing(world, lan):
    submission = await lan.asks(TEXT)
    await lan.types("/xoa")
    await lan.presses("Xoá cả câu hỏi")

    said = await lan.presses("Thôi, giữ nguyên")

    assert said == world.voice.text(Key.ERASE_STOPPED)
    assert await now(world, submission) == submission


async def test_an_old_button_of_an_erasure_does_nothing_once_something_else_was_asked(world, lan):
    submission = await lan.asks(TEXT)
    await lan.types("/xoa")
    await lan.presses("Xoá cả câu hỏi")
    await lan.types("/cuatoi")

    await lan.presses("Đúng, xoá hết ngay")

    assert await now(world, submission) == submission


async def test_what_was_sent_on_is_said_before_anything_is_erased(world, lan):
    submission = await lan.asks("Học phí năm nay thế nào ạ?")
    await decide(world, submission, Action.APPROVE)
    await world.exporting.make("Lan")

    said = await lan.types("/xoa")

    assert submission.code in said
    assert "không lấy lại được" in said
    assert "Sở Giáo dục và Đào tạo" in said


async def test_a_file_that_was_begun_and_never_made_was_sent_to_nobody(world, lan):
    submission = await lan.asks("Học phí năm nay thế nào ạ?")
    await decide(world, submission, Action.APPROVE)
    made = await world.exporting.make("Lan")
    async with world.store.transaction() as tx:
        _, rows = await tx.exported.last(PROGRAMME)
        await tx.exported.put(await tx.exports.begin(world.clock.now()), rows)
        sent = await tx.privacy.sent([submission.id])

    assert [one.number for one in sent] == [made.number]


async def test_withdrawing_consent_stops_the_work_and_keeps_the_record(world, lan):
    submission = await lan.asks(TEXT)

    await erases(lan, "Chỉ rút lại đồng ý", "Đúng, rút lại đồng ý")

    left = await now(world, submission)
    async with world.store.reading() as tx:
        person = await tx.people.get(lan.address)
        (consent,) = await tx.privacy.consents(person.id)
    assert (left.state, left.text) == (State.WITHDRAWN, TEXT)
    assert person.consent_version == 0
    assert consent.withdrawn_at == NOON
    asked = await lan.types("Bao giờ có xe buýt?")
    assert "đồng ý như vậy chứ" in asked


async def test_an_erasure_stands_in_the_audit_and_in_the_ledger_without_whose_it_was(world, lan):
    await lan.asks(TEXT)

    await erases(lan, "Giữ câu hỏi, xoá mình", "Đúng, xoá mình ngay")

    async with world.store.reading() as tx:
        records = await tx.history.records(after=0, limit=100)
        (done,) = await tx.privacy.erasures()
        (request,) = await tx.privacy.requests()
    (record,) = [one for one in records if one.what == Event.ERASED]
    assert (record.actor, record.subject) == (ASKER, request.code)
    assert (done.choice, done.submissions, done.request) == (Erasure.KEEP, 1, request.code)
    assert request.done_at == NOON


async def test_somebody_of_whom_nothing_is_kept_hears_that(world):
    stranger = world.youth("9")

    assert await stranger.types("/dulieu") == world.voice.text(Key.DATA_NONE)
    assert await stranger.types("/xoa") == world.voice.text(Key.DATA_NONE)
    async with world.store.reading() as tx:
        assert await tx.sessions.get(stranger.address) is None


@pytest.mark.parametrize(
    "typed", ["/xoa", "xoá dữ liệu của em", "em muốn xoá hết thông tin cá nhân", "rút lại đồng ý", "XOA DU LIEU"]
)
async def test_an_erasure_is_asked_for_in_many_ways_and_by_number(world, lan, typed):
    submission = await lan.asks("Học phí năm nay thế nào ạ?")

    await lan.types(typed)
    await lan.types("2")
    await lan.types("1")

    assert (await now(world, submission)).text == world.voice.text(Key.PRIVACY_ERASED_TEXT)


async def test_in_the_middle_of_a_draft_the_draft_goes_as_well(world, lan, tmp_path):
    await lan.types("Câu CHIMSẺ đang viết dở dang")

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")
    await send_everything(world)

    assert await found(world.store, tmp_path, "CHIMSẺ", CHAT) == []


async def test_what_waits_to_be_told_the_group_tells_no_erased_words(world, lan, tmp_path):
    await lan.asks(TEXT)
    async with world.store.transaction() as tx:
        await tx.outbox.say(GROUP, Words("/tim thấy: Học phí lớp CHIMSẺ của em ở xã bao nhiêu ạ? Em là…"), NOON)
        await tx.outbox.say(GROUP, Words("Sắp đến hạn gửi."), NOON)

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    assert [words.text for words in await world.said_to(GROUP)] == ["Sắp đến hạn gửi."]
    assert await found(world.store, tmp_path, "CHIMSẺ") == []


async def test_whoever_blocks_the_bot_after_an_erasure_leaves_no_chat_behind(world, lan, tmp_path):
    await lan.asks(TEXT)
    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda address: address == lan.address):
            for row in rows:
                await tx.outbox.failed(row.id, world.clock.now(), "Forbidden", shut=True)

    assert await found(world.store, tmp_path, CHAT, "CHIMSẺ") == []


async def test_words_that_others_wrote_as_well_are_not_taken_from_them(world, lan, tmp_path):
    greeting = "Em kính chào các bác lãnh đạo tỉnh, em xin có một ý kiến ạ"
    minh = world.youth("8")
    await minh.agrees()
    await lan.asks(f"{greeting}: học phí lớp CHIMSẺ của em bao nhiêu?")
    other = await minh.asks(f"{greeting}: bao giờ có xe buýt về xã em?")
    await decide(world, other, Action.APPROVE)
    await decide(world, other, Action.EDIT_WORDING, wording=f"{greeting}: kế hoạch mở tuyến xe buýt?")
    await send_everything(world)
    before = await world.said_to(minh.address)

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")
    await send_everything(world)

    assert (await issue_of(world, other)).edited_text == f"{greeting}: kế hoạch mở tuyến xe buýt?"
    assert await world.said_to(minh.address) == before
    assert await found(world.store, tmp_path, "CHIMSẺ", CHAT) == []


async def test_the_second_question_names_the_draft_that_goes_as_well(world, lan):
    await lan.types("Câu đang viết dở dang")
    await lan.types("/xoa")

    for choice in ("Chỉ rút lại đồng ý", "Xoá cả câu hỏi", "Giữ câu hỏi, xoá mình"):
        assert world.voice.text(Key.ERASE_DRAFT) in await lan.presses(choice)
        await lan.types("/xoa")

    await lan.presses("Thôi, giữ nguyên")
    assert "Câu đang viết dở dang" in (await world.said_to(lan.address))[-1].text


@pytest.mark.parametrize("typed", ["/xoa", "/dulieu"])
async def test_words_held_before_any_consent_are_named_and_not_lost_unasked(world, typed):
    stranger = world.youth("9")
    await stranger.types("Học phí năm nay thế nào ạ?")

    assert await stranger.types(typed) == world.voice.text(Key.DATA_DRAFT)
    async with world.store.reading() as tx:
        assert "Học phí năm nay thế nào" in await tx.sessions.get(stranger.address)

    await stranger.presses("Không đồng ý")
    async with world.store.reading() as tx:
        assert await tx.sessions.get(stranger.address) is None


@pytest.mark.parametrize("channel", [ChannelName.TELEGRAM, ChannelName.WEB])
async def test_after_a_copy_in_the_middle_of_a_draft_a_typed_yes_still_sends_it(world, channel):
    youth = world.youth("9", channel)
    await youth.agrees()
    await youth.types("Học phí năm nay thế nào ạ?")
    await youth.types("/dulieu")

    await youth.types("gửi")

    assert [one.text for one in await world.submissions()] == ["Học phí năm nay thế nào ạ?"]


# ------------------------------------------------------------------ once more after a restore


async def restored(world: Own, backup: bytes, tmp_path: Path) -> tuple[SqlStore, Own]:
    folder = tmp_path / "khoi-phuc"
    folder.mkdir()
    (folder / "x.sqlite3").write_bytes(backup)
    store = await SqlStore.open(f"sqlite:///{folder / 'x.sqlite3'}", at=NOON)
    again = Own(store, folder)
    again.list = world.list
    again.erase = Erase(again.clock, again.voice, again.watcher, world.list)
    return store, again


def backup_of(file: Path) -> bytes:
    copy = file.with_suffix(".copy")
    with sqlite3.connect(file) as live, sqlite3.connect(copy) as other:
        live.backup(other)
    live.close()
    other.close()
    content = copy.read_bytes()
    copy.unlink()
    return content


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("choice", "sure", "words"),
    [
        ("Xoá cả câu hỏi", "Đúng, xoá hết ngay", ("CHIMSẺ", CHAT, "0912345678")),
        ("Giữ câu hỏi, xoá mình", "Đúng, xoá mình ngay", ("Chimsẻ", CHAT, "0912345678")),
    ],
)
async def test_a_backup_that_is_put_back_knows_the_erased_no_more(world, lan, database, tmp_path, choice, sure, words):
    await lan.asks(TEXT)
    await send_everything(world)
    backup = backup_of(database)
    await erases(lan, choice, sure)
    store, again = await restored(world, backup, tmp_path)
    assert await found(store, tmp_path / "khoi-phuc", *words)

    replayed = await ReplayErasures(store, again.erase, world.list)()

    assert replayed == 1
    assert await found(store, tmp_path / "khoi-phuc", *words) == []
    assert await ReplayErasures(store, again.erase, world.list)() == 0
    await store.close()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("choice", "sure"),
    [("Xoá cả câu hỏi", "Đúng, xoá hết ngay"), ("Giữ câu hỏi, xoá mình", "Đúng, xoá mình ngay")],
)
async def test_what_still_waited_in_a_backup_is_said_to_nobody_who_was_erased(
    world, lan, database, tmp_path, choice, sure
):
    await lan.asks(TEXT)
    backup = backup_of(database)
    await erases(lan, choice, sure)
    store, again = await restored(world, backup, tmp_path)

    await ReplayErasures(store, again.erase, world.list)()

    assert await again.said_to(lan.address) == []
    assert await found(store, tmp_path / "khoi-phuc", CHAT, "0912345678", "Chimsẻ") == []
    await store.close()


@pytest.mark.sqlite_only
async def test_whoever_came_back_since_is_somebody_new(world, lan, database, tmp_path):
    await lan.asks(TEXT)
    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")
    world.clock.move(days=1)
    await lan.agrees()
    new = await lan.asks("Bao giờ có xe buýt?")
    store, again = await restored(world, backup_of(database), tmp_path)
    async with store.transaction() as tx:  # as if this database had never heard of the erasure
        await tx.privacy._work.connection.exec_driver_sql("DELETE FROM erasures")

    assert await ReplayErasures(store, again.erase, world.list)() == 1

    async with store.reading() as tx:
        assert (await tx.submissions.get(new.id)).text == "Bao giờ có xe buýt?"
        assert await tx.people.get(lan.address) is not None
    await store.close()


async def test_the_list_holds_no_chat_and_no_word_and_is_for_this_account_alone(world, lan, tmp_path):
    await lan.asks(TEXT)

    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")

    files = sorted((tmp_path / "xoa").iterdir())
    assert [file.name for file in files] == ["da-xoa.jsonl", "khoa"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert not any(word.encode() in file.read_bytes() for file in files for word in (CHAT, "CHIMSẺ"))
    (line,) = await world.list.lines()
    assert world.list.is_about(line, lan.address)
    assert not world.list.is_about(line, Address(ChannelName.TELEGRAM, "42", "8"))


async def test_a_line_that_a_sudden_end_left_half_written_spoils_no_other(world, lan, tmp_path):
    await lan.asks(TEXT)
    await erases(lan, "Xoá cả câu hỏi", "Đúng, xoá hết ngay")
    with (tmp_path / "xoa" / "da-xoa.jsonl").open("ab") as file:
        file.write(b'{"mark": "half')

    await world.list.add(NOON, Erasure.KEEP, lan.address, [])

    assert [line.choice for line in await world.list.lines()] == [Erasure.WORDS, Erasure.KEEP]


async def test_an_erasure_that_could_not_be_committed_is_made_up_for(world, lan, monkeypatch):
    submission = await lan.asks(TEXT)
    await lan.types("/xoa")
    await lan.presses("Xoá cả câu hỏi")

    async def breaks(*_, **__):
        raise OSError("disk is gone")

    with monkeypatch.context() as patched:
        async with world.store.reading() as tx:
            patched.setattr(type(tx.privacy), "forget_chat", breaks)
        with pytest.raises(OSError, match="disk is gone"):
            await lan.presses("Đúng, xoá hết ngay")
    assert (await now(world, submission)).text == TEXT

    assert await ReplayErasures(world.store, world.erase, world.list)() == 1

    assert (await now(world, submission)).text == world.voice.text(Key.PRIVACY_ERASED_TEXT)


# ------------------------------------------------------------------ seen


async def test_a_copy_holds_everything_that_is_kept_and_no_officials_name(world, lan):
    submission = await lan.asks("Học phí năm nay thế nào <b>ạ</b>?")
    await lan.rewrites(submission.code, "Học phí năm học này thế nào ạ?")
    await decide(world, submission, Action.APPROVE, "Cán bộ Tên Riêng")
    await world.exporting.make("Lan")
    await lan.types("một câu đang viết dở")
    copy = DataCopy(world.store, world.clock, world.voice, world.running)

    made = await copy(lan.address)

    page = made.html.decode()
    for held in (
        submission.code,
        "Học phí năm học này thế nào ạ?",
        "Học phí năm nay thế nào &lt;b&gt;ạ&lt;/b&gt;?",
        "một câu đang viết dở",
        CHAT,
        "Sở Giáo dục và Đào tạo, trong bảng tổng hợp lần 1",
        "đồng ý như vậy chứ",
        "cán bộ Đoàn",
    ):
        assert held in page
        assert held.replace("&lt;", "<").replace("&gt;", ">") in made.text
    assert "Tên Riêng" not in page + made.text
    assert "<script" not in page


async def test_a_copy_is_asked_for_in_the_outbox_and_recorded_as_done(world, lan):
    await send_everything(world)

    said = await lan.types("/dulieu")

    async with world.store.transaction() as tx:
        rows = await tx.outbox.claim(world.clock.now(), lambda _: True)
        (request,) = await tx.privacy.requests()
    assert rows[0].kind == "copy"
    assert request.code in said
    assert (request.kind, request.done_at) == (RequestKind.ACCESS, NOON)


async def test_on_the_page_the_copy_is_fetched_and_nothing_is_sent(world):
    lan = world.youth("a" * 32, ChannelName.WEB)
    await lan.agrees()

    await lan.types("/dulieu")

    async with world.store.reading() as tx:
        said = await tx.said(lan.address, 0)
    assert ("download", "Tải về") in said[-1].words.choices


# ------------------------------------------------------------------ asked of a person


async def test_what_only_a_person_can_do_waits_with_the_laws_term(world, lan):
    await lan.types("/yeucau")
    await lan.presses("Sửa thông tin sai")

    said = await lan.types("Em ghi nhầm đơn vị, em ở xã Tân Hưng")

    async with world.store.reading() as tx:
        (request,) = await tx.privacy.requests(open_only=True)
        address = await tx.privacy.reply_to(request.id)
    assert (request.kind, request.words) == (RequestKind.CORRECTION, "Em ghi nhầm đơn vị, em ở xã Tân Hưng")
    assert request.acknowledged_at == NOON
    assert request.done_by.date() == (NOON + timedelta(days=11)).date()
    assert address == lan.address
    assert request.code in said
    assert await world.submissions() == []


async def test_a_consent_is_kept_with_the_sentence_that_was_read(world, lan):
    async with world.store.reading() as tx:
        person = await tx.people.get(lan.address)
        (consent,) = await tx.privacy.consents(person.id)

    assert consent.at == NOON
    assert consent.version == person.consent_version
    assert "Bạn đã đủ 16 tuổi và đồng ý như vậy chứ?" in consent.words
