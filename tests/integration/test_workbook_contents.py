"""What a workbook says beside its questions, out of a real database: what was not passed on, late, changed, decided."""

from datetime import timedelta

import pytest
from openpyxl import load_workbook

from bot.domain.answer import AnswerBody, AnswerStep, Settlement
from bot.domain.changes import Kind
from bot.domain.submission import Action, State
from bot.domain.workbook import Count, Slip
from bot.ports import SlipFile
from bot.texts.keys import Key
from bot.usecases.answering import Answering
from bot.usecases.beside import remembered
from bot.usecases.moderate import Decision
from tests.world import NOON, World, chief, moderator

PRIVATE = "Em bị bố dượng đánh nhiều lần, em không biết phải làm sao"
BUS = "Bao giờ quê em có xe buýt?"
FEES = "Học phí năm nay thế nào?"
MARK = "Đăng ký nhãn hiệu cho nhãn lồng ở đâu?"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def asks(world, text, chat=""):
    lan = world.youth(chat or text)
    await lan.agrees()
    return lan, await lan.asks(text)


async def decide(world, submission, action, by="Minh", **more):
    now = await current(world, submission)
    return await world.moderate.decide(now.id, now.version, Decision(action, **more), moderator(by))


async def current(world, submission):
    async with world.store.reading() as tx:
        return await tx.submissions.get(submission.id)


async def refused(world, text, key):
    _, submission = await asks(world, text)
    return await decide(world, submission, Action.REJECT, reason=key.value)


# ------------------------------------------------------------------ what was not passed on


async def test_what_was_not_passed_on_stands_with_its_reason_and_only_with_words_that_hurt_nobody(world):
    copy = await refused(world, "Học phí lại tăng à?", Key.R_DUPLICATE)
    rude = await refused(world, "Học phí lũ ăn hại", Key.R_OFFENSIVE)
    _, far = await asks(world, "Bao giờ tăng học phí đại học quốc gia?")
    await decide(world, far, Action.REDIRECT, body=Key.BODY_CENTRAL.value)
    back, own = await asks(world, "Xe buýt về thôn em, thôi em không hỏi nữa")
    await back.types(f"rút {own.code}")
    await back.presses("Đúng, rút câu này")
    _, spam = await asks(world, "Quảng cáo vay tiền nhanh")
    await decide(world, spam, Action.MARK_SPAM)

    content = await world.exporting.content()

    assert [(one.code, one.state, one.text, one.reason) for one in content.unforwarded] == [
        (copy.code, State.REJECTED, "Học phí lại tăng à?", "Trùng câu đã có"),
        (rude.code, State.REJECTED, "", "Lời lẽ xúc phạm"),
        (far.code, State.REDIRECTED, "Bao giờ tăng học phí đại học quốc gia?", "Bộ, ngành Trung ương"),
        (own.code, State.WITHDRAWN, "", ""),
    ]
    assert content.spam == 1


async def test_a_moderators_own_reason_is_covered_as_people_words_are(world):
    _, one = await asks(world, "Học phí năm nay thế nào?")
    await decide(world, one, Action.REJECT, reason="Đã gọi lại bạn theo số 0912345678")

    (aside,) = (await world.exporting.content()).unforwarded

    assert aside.reason == "Đã gọi lại bạn theo số [số điện thoại]"


async def test_what_came_late_is_listed_whatever_became_of_it(world):
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    await asks(world, BUS)
    world.clock.at = closes_at
    late = []
    for text in (FEES, MARK, "Học phí cao quá"):
        lan = world.youth(text)
        await lan.agrees()
        await lan.types(text)
        await lan.presses("Gửi (sau hạn)")
        late.append((await world.submissions())[-1])
    await decide(world, late[0], Action.APPROVE)
    await decide(world, late[1], Action.REJECT, reason=Key.R_PERSONAL.value)

    content = await world.exporting.content()

    assert [(one.code, one.state, one.text) for one in content.late] == [
        (late[0].code, State.APPROVED, FEES),
        (late[1].code, State.REJECTED, ""),
        (late[2].code, State.WAITING, "Học phí cao quá"),
    ]


# ------------------------------------------------------------------ what is different from the last file


async def kinds(world):
    content = await world.exporting.content()
    return {one.code: one.kinds for one in content.differences}


async def test_the_first_file_has_nothing_to_be_compared_with(world):
    await asks(world, BUS)

    content = await world.exporting.content()

    assert (content.since, content.differences) == (0, ())


async def test_what_changed_since_the_last_file_is_told_once(world):
    _, moved = await asks(world, BUS)
    _, worded = await asks(world, MARK)
    _, merged = await asks(world, FEES)
    _, other = await asks(world, "Học phí lại tăng à?")
    back, gone = await asks(world, "Học phí và xe buýt")
    for one in (moved, worded, merged, other, gone):
        await decide(world, one, Action.APPROVE)
    await world.exporting.make("Minh")
    assert await kinds(world) == {}

    await decide(world, moved, Action.CHANGE_TOPIC, topic="viec-lam")
    await decide(world, worded, Action.EDIT_WORDING, wording="Thủ tục đăng ký nhãn hiệu tập thể?")
    await decide(world, merged, Action.MERGE, into=(await current(world, other)).issue_id)
    await back.types(f"rút {gone.code}")
    await back.presses("Đúng, rút câu này")
    _, new = await asks(world, "Việc làm hè có không?")

    content = await world.exporting.content()
    assert content.since == 1
    assert {one.code: one.kinds for one in content.differences} == {
        new.code: (Kind.NEW,),
        moved.code: (Kind.MOVED,),
        worded.code: (Kind.REWORDED,),
        merged.code: (Kind.MERGED,),
        gone.code: (Kind.TAKEN_OUT,),
    }
    texts = {one.code: one.text for one in content.differences}
    assert texts[worded.code] == "Thủ tục đăng ký nhãn hiệu tập thể?"
    assert texts[gone.code] == ""
    (shift,) = [one for one in content.differences if one.code == moved.code]
    assert (shift.before.lead, shift.now.topic) == ("Sở Giao thông vận tải", "Việc làm, thị trường lao động")

    await world.exporting.make("Minh")
    assert await kinds(world) == {}


async def test_what_went_to_the_responsible_person_is_gone_without_a_word(world):
    _, one = await asks(world, FEES)
    await decide(world, one, Action.APPROVE)
    await world.exporting.make("Minh")
    await decide(world, one, Action.RESTORE)
    await decide(world, one, Action.SET_APART)

    content = await world.exporting.content()

    (difference,) = content.differences
    assert (difference.kinds, difference.text, difference.unit) == ((Kind.GONE,), "", "")
    assert one.code not in {deed.code for deed in content.deeds}


async def test_a_supplement_tells_only_of_its_own_and_what_was_known_before_stays_known(world):
    _, known = await asks(world, BUS)
    await decide(world, known, Action.APPROVE)
    await world.exporting.make("Minh")
    _, later = await asks(world, FEES)
    await decide(world, later, Action.APPROVE)
    contents = world.exporting._contents

    content = await contents.gather(supplement=1, only={later.id})

    assert {one.code: one.kinds for one in content.differences} == {later.code: (Kind.NEW,)}
    assert {deed.code for deed in content.deeds} == {later.code}
    assert content.issues == 1
    async with world.store.transaction() as tx:
        added = await tx.exports.add(
            content.programme, content.number, content.made_at, "Minh", "", "tep.xlsx", "00", supplement=1
        )
        _, before = await tx.exported.last(content.programme)
        await tx.exported.put(added.id, remembered(content, before))
    assert await kinds(world) == {}


async def test_no_words_are_kept_with_what_a_file_held(world):
    _, one = await asks(world, FEES)
    await decide(world, one, Action.APPROVE)
    await world.exporting.make("Minh")

    async with world.store.reading() as tx:
        _, (kept,) = await tx.exported.last(world.programme)

    assert FEES not in repr(kept)
    assert (kept.code, kept.state, kept.issue) == (one.code, State.APPROVED, 1)


# ------------------------------------------------------------------ answers, figures, the log


async def test_the_answer_column_holds_what_two_people_confirmed_and_no_draft(world):
    answering = Answering(world.clock, world.running)
    _, one = await asks(world, FEES)
    issue = (await decide(world, one, Action.APPROVE)).issue_id
    body = AnswerBody("Tỉnh miễn học phí.", "Nghị quyết 05", "Phòng Kế hoạch", "9/2024", Settlement.UNDER_WAY)
    async with world.store.transaction() as tx:
        draft = await answering.draft(tx, issue, body, moderator("Minh"))

    async def answer():
        content = await world.exporting.content()
        (row,) = [row for part in content.departments for row in part.rows]
        return row.answer

    assert await answer() == ""

    async with world.store.transaction() as tx:
        await answering.step(tx, draft.id, draft.version, AnswerStep.CONFIRM, chief())
    assert await answer() == (
        "Tỉnh miễn học phí.\nCăn cứ: Nghị quyết 05\nChịu trách nhiệm: Phòng Kế hoạch\nThời hạn: 9/2024\n"
        "Kết quả: Đang giải quyết"
    )
    deeds = (await world.exporting.content()).deeds
    assert [(deed.by, deed.code) for deed in deeds[-2:]] == [("Minh", one.code), ("Chị Hoa", one.code)]


async def test_figures_count_what_came_in_once_each_without_spam_and_what_was_withdrawn(world):
    early = Slip(2, MARK, "xã Tân Việt", "hoc-sinh", NOON - timedelta(days=14), "")
    await world.importing(SlipFile((early,), (), ()), by="nhập phiếu")
    _, whole = await asks(world, f"{FEES} {BUS}")
    await decide(world, whole, Action.SPLIT, parts=(FEES, BUS))
    _, spam = await asks(world, "Quảng cáo vay tiền nhanh")
    await decide(world, spam, Action.MARK_SPAM)

    figures = (await world.exporting.content()).figures

    assert figures.units == (Count("", 1), Count("xã Tân Việt", 1))
    assert figures.youth_groups == (Count("", 1), Count("Học sinh", 1))
    assert figures.weeks == (Count("2024-02-05", 1), Count("2024-02-12", 0), Count("2024-02-19", 1))


async def test_the_log_says_who_decided_what_and_ends_with_the_head_of_the_chain(world):
    _, one = await asks(world, FEES)
    await decide(world, one, Action.APPROVE, by="Minh")
    await decide(world, one, Action.EDIT_WORDING, by="Hoa", wording="Học phí năm học mới?")

    content = await world.exporting.content()

    assert [(deed.by, deed.what, deed.code, deed.from_to) for deed in content.deeds] == [
        ("Minh", "Duyệt", one.code, "chờ duyệt → đã duyệt"),
        ("Hoa", "Biên tập lời", one.code, ""),
    ]
    async with world.store.reading() as tx:
        assert content.head == await tx.history.head()
    record = await world.exporting.make("Minh")
    cells = [cell.value for row in load_workbook(record.file)["Nhật ký"].iter_rows() for cell in row if cell.value]
    assert content.head.hash in cells[-1]


async def test_that_somebody_once_was_in_danger_is_in_no_sheet(world):
    _, one = await asks(world, FEES)
    await decide(world, one, Action.SET_APART)
    now = await current(world, one)
    await world.moderate.decide(now.id, now.version, Decision(Action.OPEN_UP), chief())
    now = await current(world, one)
    await world.moderate.decide(now.id, now.version, Decision(Action.UNDO), chief())
    now = await current(world, one)
    await world.moderate.decide(now.id, now.version, Decision(Action.OPEN_UP), chief())

    content = await world.exporting.content()

    assert [row.codes for row in content.waiting] == [(one.code,)]
    assert content.deeds == ()


# ------------------------------------------------------------------ nobody can be found by it


async def test_no_cell_of_any_sheet_names_a_person_an_account_or_what_is_private(world):
    """A chat's id, telephone and mail, in every state that a submission can be in."""
    secrets = ("730055511", "0912345678", "lan.nguyen@gmail.com", PRIVATE[:25])
    account, phone, mail, _ = secrets
    lan = world.youth(account)
    await lan.agrees()
    texts = (BUS, MARK, FEES, "Học phí cao", "Học phí thấp", "Quảng cáo")
    codes = [await lan.asks(f"{text} gọi em {phone}, {mail}") for text in texts]
    await lan.types(PRIVATE)
    await lan.presses("Gửi")
    await decide(world, codes[0], Action.APPROVE)
    await decide(world, codes[1], Action.REJECT, reason=f"Đã nhắn {mail} rồi")
    await decide(world, codes[2], Action.REDIRECT, body=Key.BODY_COMMUNE.value)
    await decide(world, codes[5], Action.MARK_SPAM)
    await lan.types(f"rút {codes[4].code}")
    await lan.presses("Đúng, rút câu này")
    await world.exporting.make("Minh")
    await decide(world, codes[3], Action.APPROVE)
    await decide(world, codes[0], Action.CHANGE_TOPIC, topic="viec-lam")

    record = await world.exporting.make("Minh")

    book = load_workbook(record.file)
    cells = [
        (sheet.title, str(cell.value)) for sheet in book for row in sheet for cell in row if cell.value is not None
    ]
    assert {sheet for sheet, _ in cells} == set(book.sheetnames)
    assert [(sheet, secret) for sheet, cell in cells for secret in secrets if secret in cell] == []
    async with world.store.reading() as tx:
        (private,) = await tx.submissions.private(world.programme)
    assert private.text == PRIVATE
    assert private.code not in repr(cells)
    assert codes[4].code in repr(cells)  # the absence above is no empty file
