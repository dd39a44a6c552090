"""The road in: from somebody's words to a stored submission, its history, its card and the answer, in one commit."""

import pytest

from bot.domain.message import Address, ChannelName, Inbound, Typed
from bot.domain.submission import Action, State
from bot.ports import RawUpdate
from tests.world import GROUP, NOON, World, moderator


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def test_a_question_is_stored_word_for_word_with_its_route_history_and_card(world):
    lan = world.youth()
    await lan.agrees()
    text = "  =Bao giờ quê em có xe buýt?\n\tEm cảm ơn 👩\u200d🌾  "

    submission = await lan.asks(text)

    assert submission.text == text.strip()
    assert submission.topic == "giao-thong-van-tai"
    assert (submission.state, submission.version, submission.late) == (State.WAITING, 1, False)
    assert submission.code == "HY24-0001-" + submission.code[-1]
    async with world.store.reading() as tx:
        assert [entry.action for entry in await tx.history.of(submission.id)] == [Action.SUBMIT]
        (card,) = await tx.board.of_submission(submission.id)
    assert card.address == GROUP


async def test_the_receipt_names_the_code_and_is_said_only_with_the_commit(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("Học phí năm nay thế nào?")

    said = await lan.presses("Gửi")

    (submission,) = await world.submissions()
    assert submission.code in said


async def test_a_fault_before_the_commit_leaves_neither_a_submission_nor_a_receipt(world, monkeypatch):
    lan = world.youth()
    await lan.agrees()
    await lan.types("Học phí năm nay thế nào?")
    before = await world.said_to(lan.address)

    async def breaks(*_):
        raise OSError("disk is gone")

    monkeypatch.setattr(type((await _tables(world)).board), "open", breaks)
    with pytest.raises(OSError, match="disk is gone"):
        await lan.presses("Gửi")

    assert await world.submissions() == []
    assert await world.said_to(lan.address) == before


async def _tables(world):
    async with world.store.reading() as tx:
        return tx


async def test_the_same_kept_update_handled_twice_has_one_effect(world):
    lan = world.youth()
    await lan.agrees()
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "900", "7", "{}")], NOON)
    async with world.store.reading() as tx:
        row = await tx.inbox.next(NOON)
    inbound = Inbound(lan.address, "900", NOON, Typed("Học phí năm nay thế nào?"))

    await world.receive(inbound, row.id)
    once = await world.said_to(lan.address)
    await world.receive(inbound, row.id)

    assert await world.said_to(lan.address) == once


async def test_several_questions_of_one_person_have_their_own_codes(world):
    lan = world.youth()
    await lan.agrees()
    first = await lan.asks("Học phí năm nay thế nào?")
    second = await lan.asks("Bao giờ có xe buýt?")

    listed = await lan.types("/cuatoi")

    assert first.code != second.code
    assert first.code in listed
    assert second.code in listed


async def test_an_edit_keeps_the_old_words_in_history_and_opens_a_decided_question_again(world):
    lan = world.youth()
    await lan.agrees()
    submission = await lan.asks("Học phí năm nay thế nào?")
    from bot.usecases.moderate import Decision

    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    await lan.types(f"sửa {submission.code}")
    await lan.types("Bao giờ quê em có xe buýt?")
    await lan.presses("Lưu bản sửa")

    (edited,) = await world.submissions()
    assert (edited.state, edited.text, edited.topic) == (
        State.WAITING,
        "Bao giờ quê em có xe buýt?",
        "giao-thong-van-tai",
    )
    assert edited.issue_id is None
    async with world.store.reading() as tx:
        assert (await tx.history.of(submission.id))[-1].text_before == "Học phí năm nay thế nào?"
        assert await tx.issues.of_programme(world.programme) == []


async def test_nobody_can_see_change_or_withdraw_somebody_elses_question(world):
    lan, minh = world.youth("7"), world.youth("8")
    await lan.agrees()
    await minh.agrees()
    submission = await lan.asks("Học phí năm nay thế nào?")

    for typed in (submission.code, f"xem {submission.code}", f"sửa {submission.code}", f"rút {submission.code}"):
        said = await minh.types(typed)
        assert "Không tìm thấy" in said
        assert "Học phí" not in said

    assert (await world.submissions())[0] == submission


async def test_after_the_cutoff_nothing_is_edited_or_withdrawn_and_the_reason_is_said(world):
    lan = world.youth()
    await lan.agrees()
    submission = await lan.asks("Học phí năm nay thế nào?")
    async with world.store.reading() as tx:
        world.clock.at = (await world.running.programme(tx)).window.closes_at

    for typed in (f"rút {submission.code}", f"sửa {submission.code}"):
        assert "hết hạn" in await lan.types(typed)

    assert (await world.submissions())[0].state is State.WAITING


async def test_a_late_question_is_kept_and_marked(world):
    lan = world.youth()
    async with world.store.reading() as tx:
        world.clock.at = (await world.running.programme(tx)).window.closes_at
    await lan.agrees()
    await lan.types("Em hỏi muộn về học phí")
    said = await lan.presses("Gửi (sau hạn)")

    (submission,) = await world.submissions()
    assert submission.late
    assert "sau hạn" in said


async def test_under_sixteen_nothing_is_kept_of_them(world):
    child = world.youth("9")
    await child.types("Em học lớp 6 muốn hỏi về học phí")
    await child.presses("Mình chưa đủ 16 tuổi")

    async with world.store.reading() as tx:
        assert await tx.sessions.get(child.address) is None
        assert await tx.people.get(child.address) is None
    assert await world.submissions() == []


async def test_in_a_rehearsal_everything_said_is_marked(store, tmp_path):
    world = World(store, tmp_path, rehearsal=True)
    lan = world.youth()
    await lan.agrees()
    await lan.asks("Học phí năm nay thế nào?")

    assert all(words.text.startswith("[DIỄN TẬP] ") for words in await world.said_to(lan.address))


async def test_consent_stands_on_record_with_its_version_and_instant(world):
    lan = world.youth()
    await lan.agrees()

    async with world.store.reading() as tx:
        person = await tx.people.get(Address(ChannelName.TELEGRAM, "42", "7"))
    assert person.consented_at == NOON


async def test_a_sticker_does_not_make_the_button_under_the_draft_useless(world):
    lan = world.youth()
    await lan.agrees()
    await lan.types("Học phí năm nay thế nào?")
    await lan.attaches("nhãn dán")
    await lan.types("1")

    assert [one.text for one in await world.submissions()] == ["Học phí năm nay thế nào?"]


async def test_of_somebody_under_sixteen_not_even_our_own_greeting_is_kept(world):
    child = world.youth("9")
    await child.types("Em học lớp 6")
    await child.types("alo")
    async with world.store.transaction() as tx:
        for row in await tx.outbox.claim(world.clock.now(), lambda _: True):
            await tx.outbox.sent(row.id, world.clock.now(), "1")
    await child.presses("Mình chưa đủ 16 tuổi")

    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda _: True):
            for row in rows:
                await tx.outbox.sent(row.id, world.clock.now(), "1")
    assert await world.said_to(child.address) == []
