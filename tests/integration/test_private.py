"""Somebody in danger: the answer at once, the road to the responsible person alone, and nothing of it anywhere else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import bot.app
from bot.domain.errors import NotAllowedNow, NotFound, Refusal
from bot.domain.notice import Notices
from bot.domain.role import EVERYTHING, By, Role
from bot.domain.submission import SYSTEM, Action, State
from bot.domain.workbook import Slip
from bot.ports import Invitation, SlipFile
from bot.settings import Settings
from bot.texts.keys import Key
from bot.usecases.apart import has_chief
from bot.usecases.feed import Feed
from bot.usecases.import_slips import ImportSlips
from bot.usecases.invite import Invite, Revoke, hashed
from bot.usecases.look_again import LookAgain
from bot.usecases.moderate import Decision, Press
from bot.usecases.noticing import Noticing
from bot.usecases.queue import Queue, Wish
from bot.usecases.remind import Remind
from classifier.watch import Watch
from tests.world import GROUP, NOON, WordRouter, World, chief, moderator

CRY = "Em bị bố dượng đánh, em sợ lắm, xin cứu em"
SAD = "em không muốn sống nữa"
PLAIN = "Bao giờ quê em có xe buýt?"


@pytest.fixture
async def world(store, tmp_path):
    world = World(store, tmp_path / "xuat")
    await signs_in(world, "Chị Hoa", chief=True)
    return world


async def signs_in(world, name, *, chief):
    token, _ = await Invite(world.store, world.clock)(name, Role.CHIEF if chief else Role.MODERATOR)
    async with world.store.transaction() as tx:
        return await tx.moderators.redeem(hashed(token), hashed(token + "s"), NOON), hashed(token + "s")


@pytest.fixture
async def lan(world):
    lan = world.youth()
    await lan.agrees()
    return lan


async def private_of(world):
    async with world.store.reading() as tx:
        return await tx.submissions.private(world.programme)


async def confides(world, lan, text=CRY):
    await lan.types(text)
    await lan.presses("Gửi")
    return (await private_of(world))[-1]


async def history_of(world, submission):
    async with world.store.reading() as tx:
        return await tx.history.of(submission.id)


async def cards_of(world, submission):
    async with world.store.reading() as tx:
        return await tx.board.of_submission(submission.id)


async def drawn(world, submission):
    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
        return shown, await world.cards.draw(tx, submission.id, shown)


async def to_group(world):
    return [words.text for words in await world.said_to(GROUP)]


# ------------------------------------------------------------------ what the young person hears


async def test_the_draft_is_answered_with_care_and_numbers_to_call_before_anything_is_sent(world, lan):
    said = await lan.types(CRY)

    assert all(number in said for number in ("111", "113", "115"))
    assert "chỉ người phụ trách của chương trình đọc" in said
    assert CRY in said
    assert await private_of(world) == []


@pytest.mark.parametrize("label", ["Sửa", "Bỏ"])
async def test_nobody_has_to_send_it(world, lan, label):
    await lan.types(SAD)

    await lan.presses(label)

    assert await private_of(world) == []
    assert await to_group(world) == []


async def test_the_receipt_promises_no_public_answer(world, lan):
    await lan.types(SAD)

    said = await lan.presses("Gửi")

    (submission,) = await private_of(world)
    assert submission.code in said
    assert "không được trả lời công khai" in said
    assert "Có kết quả mình sẽ nhắn" not in said


async def test_whoever_has_not_consented_yet_hears_where_help_is_all_the_same(world):
    said = await world.youth("9").types(CRY)

    assert said.index("113 (công an)") < said.index("Bạn đã đủ 16 tuổi")


async def test_in_the_middle_of_the_profile_it_is_answered_at_once_too(world):
    minh = world.youth("9")
    await minh.types("/start")
    await minh.presses("Đồng ý, mình đủ 16 tuổi")
    await minh.presses("Bỏ qua")

    said = await minh.types(SAD)

    assert "115 (cấp cứu)" in said
    assert SAD in said


async def test_two_messages_that_are_a_cry_only_together_are_seen(world, lan):
    await lan.types("em muốn hỏi thật là dạo này em chán lắm, em muốn")
    said = await lan.types("chết")

    assert "115 (cấp cứu)" in said


async def test_a_call_for_help_knows_no_cutoff(world, lan):
    world.clock.at = (await window(world)).closes_at + timedelta(days=3)

    said = await lan.types(SAD)
    await lan.presses("Gửi")

    assert "sau hạn" not in said
    assert len(await private_of(world)) == 1


async def test_before_the_window_opens_it_is_taken_in_as_well(world, lan):
    world.clock.at = (await window(world)).opens_at - timedelta(days=3)

    submission = await confides(world, lan, SAD)

    assert (submission.private, submission.state) == (True, State.WAITING)


async def window(world):
    async with world.store.reading() as tx:
        return (await world.running.programme(tx)).window


async def test_nobody_is_reminded_of_such_a_draft(world, lan):
    await lan.types(SAD)
    world.clock.at = (await window(world)).closes_at - timedelta(minutes=10)

    assert await Remind(world.store, world.clock, world.voice, world.running)() == 0


async def test_ones_own_list_says_who_has_it_and_no_state_of_the_queue(world, lan):
    submission = await confides(world, lan)

    said = await lan.types("/cuatoi")

    assert f"{submission.code} – chờ người phụ trách xem riêng" in said


# ------------------------------------------------------------------ where nothing of it is


async def test_the_group_hears_one_neutral_sentence_and_gets_no_card(world, lan):
    submission = await confides(world, lan)

    assert await to_group(world) == ["Có một tin nhắn cần người phụ trách xem riêng trên bảng web."]
    assert await cards_of(world, submission) == []


async def test_no_list_count_workbook_feed_or_likeness_holds_it(world, lan):
    twin = world.youth("8")
    await twin.agrees()
    ordinary = await twin.asks("Bao giờ quê em có xe buýt lên thành phố ạ?")
    private = await confides(world, lan, f"Bao giờ quê em có xe buýt lên thành phố ạ? {SAD}")
    while await world.similar.step():
        pass

    async with world.store.reading() as tx:
        comparable = await tx.submissions.comparable(limit=10)
        cardless = await tx.board.cardless(GROUP, world.programme, 10)
        decisions = await tx.decisions.all()
        several = await tx.submissions.some([ordinary.id, private.id])
        counts = await tx.submissions.counts(world.programme)
    view = await Queue(world.store, world.clock, world.running, world.cards).look(Wish(), By("Lan", Role.MODERATOR))
    content = await world.exporting.content()

    assert [one.id for one in await world.submissions()] == [ordinary.id]
    assert sum(counts.values()) == 1
    assert [facts.id for facts in await world.cards.facts(State)] == [ordinary.id]
    assert [place.code for place in view.places] == [ordinary.code]
    assert (comparable, cardless, decisions) == ([(ordinary.id, ordinary.text)], [], [])
    assert [one.id for one in several] == [ordinary.id]
    assert private.code not in str(content)
    assert SAD not in str(content)
    assert await Feed(world.store, world.clock, world.running, (GROUP,))() == 0
    assert private.code not in (await world.cards.one(ordinary.id)).similar


async def test_it_is_in_no_sheet_of_a_workbook_whatever_became_of_it(world, lan):
    await world.youth("8").agrees()
    waiting = await confides(world, lan, SAD)
    closed = await confides(world, lan, CRY)
    await world.moderate.decide(closed.id, 1, Decision(Action.CLOSE), chief("Chị Hoa"))

    record = await world.exporting.make("Lan")

    from openpyxl import load_workbook

    cells = [str(cell.value) for sheet in load_workbook(record.file) for row in sheet for cell in row if cell.value]
    assert not any(hidden in cell for cell in cells for hidden in (SAD, CRY, waiting.code, closed.code))


# ------------------------------------------------------------------ who may decide


@pytest.mark.parametrize("action", list(Action))
async def test_an_ordinary_moderator_can_do_nothing_to_it(world, lan, action):
    submission = await confides(world, lan)

    with pytest.raises(NotAllowedNow) as refused:
        await world.moderate.decide(
            submission.id, 1, Decision(action, topic="viec-lam", reason="reason.spam"), moderator("Minh")
        )

    assert refused.value.key is Key.REFUSE_PRIVATE
    assert await private_of(world) == [submission]


@pytest.mark.parametrize("action", ["approve", "topic~viec-lam", "reason~spam", "undo", "apart", "menu~reasons"])
async def test_an_old_button_in_the_group_is_refused_and_shows_no_word(world, lan, action):
    before = await lan.asks(PLAIN)
    (shown,) = await cards_of(world, before)
    await lan.types(f"sửa {before.code}")
    await lan.types(CRY)
    await lan.presses("Lưu bản sửa")

    toast = await world.moderate.press(Press(shown.nonce, GROUP, "1", action, 1, "Minh"))

    assert (toast.text, toast.refused) == ("Câu này chỉ người phụ trách xem và xử lý, trên bảng web.", True)
    _, card = await drawn(world, before)
    assert CRY not in repr(card)
    assert PLAIN not in repr(card)


async def test_only_a_chief_reads_its_card(world, lan):
    submission = await confides(world, lan)

    with pytest.raises(NotFound):
        await world.cards.one(submission.id)
    facts = await world.cards.one(submission.id, chief=True)

    assert (facts.text, facts.private) == (CRY, True)
    assert facts.actions == (Action.CLOSE, Action.OPEN_UP)
    assert facts.notices[0] == "Có vẻ người viết, hoặc người được nhắc đến, đang bị người khác làm hại."
    assert facts.similar == ""


@pytest.mark.parametrize("action", [Action.APPROVE, Action.CHANGE_TOPIC, Action.REJECT, Action.SET_APART, Action.UNDO])
async def test_a_chief_too_must_open_it_up_before_it_is_decided_like_others(world, lan, action):
    submission = await confides(world, lan)

    with pytest.raises(NotAllowedNow):
        await world.moderate.decide(submission.id, 1, Decision(action, "viec-lam", "reason.spam"), chief("Hoa"))


async def test_opened_up_it_goes_to_the_group_like_any_other_and_the_asker_is_told(world, lan):
    submission = await confides(world, lan)

    opened = await world.moderate.decide(submission.id, 1, Decision(Action.OPEN_UP), chief("Chị Hoa"))

    assert (opened.private, opened.state) == (False, State.WAITING)
    assert await private_of(world) == []
    _, card = await drawn(world, submission)
    assert card.text == CRY
    assert any("Người phụ trách (Chị Hoa) đã đọc riêng câu này" in line for line in card.lines)
    assert [button.action for button in card.buttons[0]] in (["approve"], ["approve-unclear"])
    assert "chuyển vào hàng chờ duyệt chung" in (await world.said_to(lan.address))[-1].text
    assert [(entry.actor, entry.action, entry.reason) for entry in await history_of(world, submission)] == [
        ("asker", Action.SUBMIT, ""),
        (SYSTEM, Action.SET_APART, "abuse"),
        ("Chị Hoa", Action.OPEN_UP, ""),
    ]


async def test_closed_it_stays_private_the_asker_is_told_kindly_and_it_can_be_taken_up_again(world, lan):
    submission = await confides(world, lan)

    closed = await world.moderate.decide(submission.id, 1, Decision(Action.CLOSE), chief("Chị Hoa"))

    told = (await world.said_to(lan.address))[-1].text
    assert (closed.private, closed.state, closed.decided_by) == (True, State.REJECTED, "Chị Hoa")
    assert "Người phụ trách đã đọc lời bạn gửi" in told
    assert "liên hệ" not in told
    assert "chưa được đưa vào đối thoại" not in told
    assert await world.submissions() == []
    assert "người phụ trách đã xem" in await lan.types("/cuatoi")
    again = await world.moderate.decide(submission.id, 2, Decision(Action.UNDO), chief("Chị Hoa"))
    assert (again.private, again.state) == (True, State.WAITING)
    assert "Người phụ trách đang xem lại lời bạn gửi" in (await world.said_to(lan.address))[-1].text


async def test_a_moderator_who_sees_what_the_machine_did_not_sets_it_apart(world, lan):
    submission = await lan.asks("Mấy hôm nay nhà em có chuyện, em ngồi một mình ở bờ sông hoài")
    (shown,) = await cards_of(world, submission)

    toast = await world.moderate.press(Press(shown.nonce, GROUP, "1", "apart", 1, "Minh"))

    assert not toast.refused
    assert [one.id for one in await private_of(world)] == [submission.id]
    _, card = await drawn(world, submission)
    assert (card.text, card.buttons, card.facts) == ("Câu này chỉ người phụ trách xem, trên bảng web.", (), ())
    assert submission.text not in repr(card)
    assert (await to_group(world))[-1] == "Có một tin nhắn cần người phụ trách xem riêng trên bảng web."
    assert "chuyển riêng cho người phụ trách" in (await world.said_to(lan.address))[-1].text


async def test_it_cannot_be_withdrawn_from_view_by_a_button_of_the_menu_alone(world, lan):
    submission = await lan.asks(PLAIN)
    (shown,) = await cards_of(world, submission)
    await world.moderate.press(Press(shown.nonce, GROUP, "1", "menu~reasons", 1, "Minh"))

    _, card = await drawn(world, submission)

    assert "apart" in [button.action for row in card.buttons for button in row]


# ------------------------------------------------------------------ edits


async def test_an_edit_into_danger_takes_the_card_back_and_the_issue_apart(world, lan):
    submission = await lan.asks(PLAIN)
    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    await lan.types(f"sửa {submission.code}")

    said = await lan.types(CRY)
    saved = await lan.presses("Lưu bản sửa")

    (private,) = await private_of(world)
    _, card = await drawn(world, submission)
    async with world.store.reading() as tx:
        issues = await tx.issues.of_programme(world.programme)
    assert "chỉ người phụ trách của chương trình đọc" in said
    assert "Chỉ người phụ trách đọc bản mới" in saved
    assert (private.id, private.state, private.issue_id, issues) == (submission.id, State.WAITING, None, [])
    assert CRY not in repr(card)
    assert PLAIN not in repr(card)
    assert [entry.action for entry in await history_of(world, submission)][-2:] == [Action.EDIT, Action.SET_APART]


async def test_an_edit_out_of_danger_opens_nothing(world, lan):
    submission = await confides(world, lan)
    await lan.types(f"sửa {submission.code}")

    said = await lan.types(PLAIN)
    await lan.presses("Lưu bản sửa")

    (private,) = await private_of(world)
    assert "chỉ người phụ trách của chương trình đọc" in said
    assert (private.text, private.private) == (PLAIN, True)
    assert await cards_of(world, submission) == []
    assert len(await to_group(world)) == 1


async def test_what_was_promised_with_the_draft_holds_though_the_submission_was_opened_up_meanwhile(world, lan):
    submission = await confides(world, lan)
    await lan.types(f"sửa {submission.code}")
    said = await lan.types("Nhà em ở số 5 ngõ 3, xin đừng cho ai biết")
    assert "chỉ người phụ trách của chương trình đọc" in said
    await world.moderate.decide(submission.id, 1, Decision(Action.OPEN_UP), chief("Hoa"))

    await lan.presses("Lưu bản sửa")

    (private,) = await private_of(world)
    assert private.private
    _, card = await drawn(world, private)
    assert "ngõ 3" not in card.text
    assert [entry.action for entry in await history_of(world, submission)][-2:] == [Action.EDIT, Action.SET_APART]


async def test_a_closed_cry_that_is_heard_again_is_announced_again(world, lan):
    submission = await confides(world, lan)
    await world.moderate.decide(submission.id, 1, Decision(Action.CLOSE), chief("Hoa"))
    before = await to_group(world)
    await lan.types(f"sửa {submission.code}")
    await lan.types("Ông ấy lại đánh em nữa, em muốn chết cho xong")

    await lan.presses("Lưu bản sửa")

    assert await to_group(world) == [*before, before[0]]
    assert (await private_of(world))[0].state is State.WAITING


async def test_what_is_withdrawn_is_gone_for_the_chief_too(world, lan):
    submission = await confides(world, lan)
    await lan.types(f"rút {submission.code}")

    await lan.presses("Đúng, rút câu này")

    assert await private_of(world) == []
    assert await world.submissions() == []


# ------------------------------------------------------------------ slips


async def test_a_slip_that_tells_of_danger_is_private_even_where_slips_were_read_before(world):
    slips = SlipFile(
        (Slip(2, PLAIN, "", "", NOON, "Phiếu"), Slip(3, CRY, "", "", NOON, ""), Slip(4, SAD, "", "", NOON, "")), ()
    )

    done = await world.importing(slips, by="Lan", approved=True)

    assert (done.added, done.private) == (3, 2)
    assert [(one.text, one.state) for one in await private_of(world)] == [(CRY, State.WAITING), (SAD, State.WAITING)]
    assert [(one.text, one.state) for one in await world.submissions()] == [(PLAIN, State.APPROVED)]
    assert await to_group(world) == ["Có một tin nhắn cần người phụ trách xem riêng trên bảng web."]


# ------------------------------------------------------------------ chiefs


async def test_the_newest_invitation_says_who_is_chief_and_ends_the_sessions_of_the_other_role(world):
    await Revoke(world.store, world.clock)("Chị Hoa", force=True)

    async def seen(session):
        async with world.store.reading() as tx:
            return await tx.moderators.by_session(session), await has_chief(tx)

    ordinary, first = await signs_in(world, "Lan", chief=False)
    assert (ordinary.chief, (await seen(first))[1]) == (False, False)

    chief, second = await signs_in(world, "Lan", chief=True)
    assert chief.chief
    assert await seen(first) == (None, True)
    assert (await seen(second))[0].chief

    again, third = await signs_in(world, "Lan", chief=False)
    assert not again.chief
    assert await seen(second) == (None, False)
    assert not (await seen(third))[0].chief


async def test_the_last_chief_is_let_go_only_by_force(world):
    await signs_in(world, "Lan", chief=False)
    revoke = Revoke(world.store, world.clock)

    with pytest.raises(Refusal) as refused:
        await revoke("Chị Hoa")

    assert refused.value.key is Key.REFUSE_LAST_CHIEF
    assert await revoke("Lan")
    assert await revoke("Chị Hoa", force=True)
    assert not await revoke("Chị Hoa")


async def test_one_of_two_chiefs_may_go(world):
    await signs_in(world, "Anh Bình", chief=True)

    assert await Revoke(world.store, world.clock)("Chị Hoa")


async def test_an_invitation_is_open_until_it_is_used_or_runs_out(world):
    invite = Invite(world.store, world.clock)
    _, expires_at = await invite("Lan", Role.CHIEF)

    async with world.store.reading() as tx:
        assert await tx.moderators.invited(world.clock.now()) == [Invitation("Lan", Role.CHIEF, EVERYTHING, expires_at)]
        assert await tx.moderators.invited(expires_at) == []


async def test_where_there_is_no_chief_the_group_and_the_log_say_so_without_a_word_of_it(world, lan, caplog):
    await Revoke(world.store, world.clock)("Chị Hoa", force=True)

    await confides(world, lan)

    (said,) = await to_group(world)
    assert "chưa có người phụ trách" in said
    (warned,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "no responsible person" in warned
    assert CRY not in caplog.text


# ------------------------------------------------------------------ looked at again after the phrases changed


UNSEEN = "Mấy hôm nay em chỉ muốn hóa thành đám mây"  # no packaged phrase knows it


@pytest.fixture
def newer(tmp_path):
    """A watcher whose phrases the operator changed."""
    own = tmp_path / "phrases.toml"
    own.write_text('[self_harm]\nadd = ["muốn hóa thành đám mây"]\n', "utf-8")
    return Noticing(Watch.open(own))


async def looked_again(world, watcher):
    core = (world.store, world.clock, world.pulse)
    again = LookAgain(*core, watcher, world.voice, world.running, world.boards)
    while await again.step():
        pass
    return again


async def test_what_waits_is_set_apart_by_newer_phrases_as_if_it_had_just_arrived(world, lan, newer):
    submission = await lan.asks(UNSEEN)
    other = await lan.asks(PLAIN)
    (shown,) = await cards_of(world, submission)
    await world.moderate.press(Press(shown.nonce, GROUP, "1", "menu~reasons", 1, "Minh"))

    await looked_again(world, newer)

    assert [one.id for one in await private_of(world)] == [submission.id]
    assert [one.id for one in await world.submissions()] == [other.id]
    _, card = await drawn(world, submission)
    assert (card.buttons, UNSEEN in repr(card)) == ((), False)
    last = (await history_of(world, submission))[-1]
    assert (last.actor, last.action, last.reason) == (SYSTEM, Action.SET_APART, "self_harm")
    assert await to_group(world) == ["Có một tin nhắn cần người phụ trách xem riêng trên bảng web."]
    assert f"Câu {submission.code} của bạn đã được chuyển riêng" in (await world.said_to(lan.address))[-1].text


async def test_many_at_once_call_the_group_once_and_none_is_missed(world, newer):
    slips = tuple(Slip(line, f"{UNSEEN} {line}", "", "", NOON, "") for line in range(2, 52))
    await world.importing(SlipFile(slips, ()), by="Lan")

    again = await looked_again(world, newer)

    assert len(await private_of(world)) == 50
    assert len(await to_group(world)) == 1
    assert not await again.step()


async def test_words_that_a_chief_opened_up_are_never_set_apart_again(world, lan):
    submission = await confides(world, lan)
    await world.moderate.decide(submission.id, 1, Decision(Action.OPEN_UP), chief("Chị Hoa"))

    await looked_again(world, world.watcher)

    assert await private_of(world) == []
    assert [one.id for one in await world.submissions()] == [submission.id]


async def test_other_words_put_in_their_place_since_are_looked_at(world, lan, newer):
    submission = await confides(world, lan)
    await world.moderate.decide(submission.id, 1, Decision(Action.OPEN_UP), chief("Chị Hoa"))
    await lan.types(f"sửa {submission.code}")
    await lan.types(UNSEEN)
    await lan.presses("Lưu bản sửa")
    card = (await drawn(world, submission))[1]
    assert not any("đã đọc riêng" in line for line in card.lines)

    await looked_again(world, newer)

    assert [one.id for one in await private_of(world)] == [submission.id]


async def test_what_is_decided_or_withdrawn_is_left_alone(world, lan, newer):
    approved = await lan.asks(UNSEEN)
    await world.moderate.decide(approved.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    withdrawn = await lan.asks(f"{UNSEEN} nữa")
    await lan.types(f"rút {withdrawn.code}")
    await lan.presses("Đúng, rút câu này")

    await looked_again(world, newer)

    assert await private_of(world) == []


class Blind:
    """A watcher without any phrase."""

    def look(self, text):
        return Notices()


async def test_the_running_house_looks_again_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(bot.app, "load_router", lambda *_: WordRouter())
    settings = Settings(data_dir=tmp_path / "data", web_bind="127.0.0.1:0", train_at="off")
    async with asyncio.timeout(60), bot.app.open_desk(settings, "hung-yen-2024", as_of=NOON) as desk:
        core = (desk.store, desk.clock, WordRouter(), Blind(), desk.voice, desk.running)
        await ImportSlips(*core)(SlipFile((Slip(2, CRY, "", "", NOON, ""),), ()), by="Lan")
        before = await desk.unseen()

        async with bot.app.open_house(desk):
            while not (found := await desk.unseen()):
                await desk.pulse.wait(desk.pulse.count, 5)

    assert (before, found) == (0, 1)


# ------------------------------------------------------------------ a fault in the rules


class Broken:
    """A watcher with a fault in one of its rules."""

    def look(self, text):
        raise RuntimeError(f"cannot read {text}")


@pytest.fixture
async def faulty(store, tmp_path):
    return World(store, tmp_path / "xuat", watcher=Noticing(Broken()))


async def test_with_a_broken_watcher_questions_cards_boards_and_slips_go_on(faulty, caplog):
    lan = faulty.youth()
    await lan.agrees()

    submission = await lan.asks(PLAIN)
    done = await faulty.importing(SlipFile((Slip(2, CRY, "", "", NOON, ""),), ()), by="Lan")

    assert (await drawn(faulty, submission))[1].text == PLAIN
    assert [facts.text for facts in await faulty.cards.facts(State)] == [PLAIN, CRY]
    assert (done.added, done.private) == (1, 0)
    await looked_again(faulty, faulty.watcher)
    assert "RuntimeError" in caplog.text
    assert not any(words in caplog.text for words in (PLAIN, CRY))


# ------------------------------------------------------------------ what an ordinary card proposes


async def lines_of(world, lan, text):
    submission = await lan.asks(text)
    _, card = await drawn(world, submission)
    return [line for line in card.lines if line in (await world.cards.one(submission.id)).notices]


async def test_a_card_proposes_to_split_several_questions_with_the_topic_of_each(world, lan):
    (line,) = await lines_of(world, lan, "1. Bao giờ quê em có xe buýt?\n2. Học phí năm nay có tăng không?")

    assert line.startswith("Có vẻ có 2 câu hỏi, nên tách: ① “1. Bao giờ quê em có xe buýt?” (")
    assert "② “2. Học phí năm nay có tăng không?” (" in line


async def test_questions_of_one_subject_are_not_proposed_for_splitting(world, lan):
    assert await lines_of(world, lan, "1. Bao giờ có xe buýt về huyện?\n2. Vé xe buýt giá bao nhiêu?") == []


async def test_a_card_proposes_masks_for_personal_data(world, lan):
    (line,) = await lines_of(world, lan, "Xe buýt bao giờ có? Gọi em 0912345621 hoặc lan.anh@gmail.com")

    assert line == "Trong lời có số điện thoại, địa chỉ e-mail, nên che thành 09******21, la*.***@gmail.com."


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Vay tiền nhanh không thế chấp, giải ngân trong ngày, liên hệ zalo", "Có vẻ là thư rác (quảng cáo"),
        ("test test test test test test test", "Có vẻ là thư rác (lặp"),
        ("Em tố cáo ông Nguyễn Văn Nam tham nhũng", "Có vẻ tố cáo đích danh một người"),
    ],
)
async def test_a_card_warns_of_spam_and_of_an_accusation_by_name(world, lan, text, part):
    (line,) = await lines_of(world, lan, text)

    assert line.startswith(part)


async def test_a_decided_card_proposes_nothing_any_more(world, lan):
    submission = await lan.asks("Xe buýt bao giờ có? Gọi em 0912345621")
    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))

    assert (await world.cards.one(submission.id)).notices == ()
