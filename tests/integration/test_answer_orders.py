"""`/xacnhan`, `/congbo`, `/chuanhan`: answers of departments by typed command in the moderators' group."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.domain.answer import AnswerBody, AnswerState
from bot.domain.deadline import VIETNAM
from bot.domain.errors import Refusal
from bot.domain.message import ChannelName
from bot.domain.role import EVERYTHING, Role
from bot.domain.submission import Action
from bot.domain.workbook import Slip
from bot.ports import ProgrammeChange, SlipFile
from bot.texts.keys import Key
from bot.usecases.answer_orders import moment
from bot.usecases.staff import Order
from bot.usecases.telling_answers import TellAnswers
from tests.world import GROUP, NOON, World, asked, decide, issue_of, moderator

BODY = AnswerBody("Sở xin ghi nhận và sẽ xem xét trong thời gian tới.")
ACCOUNTS = {"Chị Hoa": "900", "Hà": "901", "Lan": "902"}


@pytest.fixture(params=[timedelta(0)])
async def world(store, tmp_path, request):
    built = World(store, tmp_path / "xuat", undo_window=request.param)
    async with store.transaction() as tx:
        for name, account in ACCOUNTS.items():
            role = Role.CHIEF if name == "Chị Hoa" else Role.MODERATOR
            await tx.moderators.grant(name, NOON, role, EVERYTHING, account)
    return built


async def order(world, command, argument="", by="Hà") -> str:
    before = len(await world.said_to(GROUP))
    await world.staff.command(Order(command, argument, GROUP, by, ACCOUNTS[by]))
    (said,) = (await world.said_to(GROUP))[before:]
    return said.text


async def drafted(world, *texts, body=BODY):
    """Askers of one issue each, with a draft of Lan's."""
    found = await asked(world, *texts)
    for _, submission in found:
        await decide(world, submission, Action.APPROVE)
        issue = await issue_of(world, submission)
        async with world.store.transaction() as tx:
            await world.answering.draft(tx, issue.id, body, moderator())
    return found


async def confirmed(world, *texts):
    found = await drafted(world, *texts)
    for _, submission in found:
        await order(world, "xacnhan", f"{submission.code} đồng ý 1")
    return found


async def answers(world, submission) -> list[AnswerState]:
    issue = await issue_of(world, submission)
    async with world.store.reading() as tx:
        return [one.state for one in await tx.answers.of_issue(issue.id)]


async def newest(world, submission):
    issue = await issue_of(world, submission)
    async with world.store.reading() as tx:
        return await tx.answers.newest(issue.id)


async def tell(world) -> None:
    telling = TellAnswers(world.store, world.clock, world.voice, world.running, world.pulse, world.answering)
    while await telling.step():
        pass


async def test_whoever_confirms_reads_the_answer_and_the_advice_first(world) -> None:
    ((_, submission),) = await drafted(world, "Bao giờ giảm học phí?")

    shown = await order(world, "xacnhan", submission.code)

    for part in (BODY.text, "“sẽ xem xét”", "Chưa nêu căn cứ", f"/xacnhan {submission.code} đồng ý 1", "Lan"):
        assert part in shown
    assert await answers(world, submission) == [AnswerState.DRAFTED]


async def test_a_second_person_confirms_the_revision_that_they_read_and_the_chief_releases_it(world) -> None:
    ((youth, submission),) = await drafted(world, "Bao giờ giảm học phí?")

    own = await order(world, "xacnhan", f"{submission.code} đồng ý 1", by="Lan")
    other = await order(world, "xacnhan", f"{submission.code} đồng ý 2")
    assert await answers(world, submission) == [AnswerState.DRAFTED]
    await order(world, "xacnhan", f"{submission.code} dong y 1")
    early = await order(world, "congbo", submission.code)
    done = await order(world, "congbo", submission.code, by="Chị Hoa")
    await tell(world)

    assert own == world.voice.text(Key.REFUSE_OWN_ANSWER)
    assert "Lan" in other
    assert early == world.voice.text(Key.REFUSE_ONLY_CHIEF_RELEASES)
    assert submission.code in done
    assert BODY.text in (await world.said_to(youth.address))[-1].text


async def test_an_answer_is_returned_with_a_reason_and_a_confirmation_taken_back(world) -> None:
    (_, first), (_, second) = await drafted(world, "Bao giờ giảm học phí?", "Bao giờ có xe buýt?")

    await order(world, "xacnhan", f"{first.code} trả lại 1: chưa nêu ngày")
    await order(world, "xacnhan", f"{second.code} đồng ý 1")
    await order(world, "xacnhan", f"{second.code} hoàn tác")

    assert (await newest(world, first)).reason == "chưa nêu ngày"
    assert await answers(world, second) == [AnswerState.DRAFTED]


@pytest.mark.parametrize("words", ["đồng ý", "được", "trả lại", "đồng ý x", "trả lại 1"])
async def test_what_cannot_be_read_says_how_to_type_it_and_changes_nothing(world, words) -> None:
    ((_, submission),) = await drafted(world, "Bao giờ giảm học phí?")

    said = await order(world, "xacnhan", f"{submission.code} {words}")

    assert said == world.voice.text(Key.ORDER_CONFIRM_HOW, code=submission.code, revision=1)
    assert await answers(world, submission) == [AnswerState.DRAFTED]


async def test_a_release_waits_for_its_moment_and_can_be_stopped(world) -> None:
    ((_, submission),) = await confirmed(world, "Bao giờ giảm học phí?")

    await order(world, "congbo", f"{submission.code} 8:00 21/2", by="Chị Hoa")
    held = (await newest(world, submission)).release_at
    await order(world, "congbo", f"{submission.code} chờ", by="Chị Hoa")

    assert held == datetime(2024, 2, 21, 8, tzinfo=VIETNAM)
    assert (await newest(world, submission)).release_at is None


async def test_all_confirmed_ones_are_held_until_the_day_of_the_dialogue(world) -> None:
    found = await confirmed(world, "Bao giờ giảm học phí?", "Bao giờ có xe buýt?")
    await drafted(world, "Bao giờ có việc làm?")
    unknown = await order(world, "congbo", "tất cả ngày đối thoại", by="Chị Hoa")
    async with world.store.transaction() as tx:
        await tx.programmes.add_change(ProgrammeChange(world.programme, NOON, "Lan", date(2024, 3, 28), None, ""))

    said = await order(world, "congbo", "tất cả ngày đối thoại", by="Chị Hoa")

    assert unknown == world.voice.text(Key.REFUSE_NO_DIALOGUE_DAY)
    assert "Công bố 2 câu" in said
    for _, submission in found:
        assert (await newest(world, submission)).release_at == datetime(2024, 3, 28, 8, tzinfo=VIETNAM)


@pytest.mark.parametrize("world", [timedelta(minutes=2)], indirect=True)
async def test_what_is_released_now_can_be_stopped_for_as_long_as_a_decision(world) -> None:
    ((youth, submission),) = await confirmed(world, "Bao giờ giảm học phí?")
    world.clock.move(minutes=3)
    await world.tell.step()
    heard = len(await world.said_to(youth.address))

    await order(world, "congbo", submission.code, by="Chị Hoa")
    await tell(world)
    await order(world, "congbo", f"{submission.code} chờ", by="Chị Hoa")
    world.clock.move(minutes=3)
    await tell(world)
    assert len(await world.said_to(youth.address)) == heard
    await order(world, "congbo", submission.code, by="Chị Hoa")
    world.clock.move(minutes=2)
    await tell(world)

    assert len(await world.said_to(youth.address)) == heard + 1


async def test_who_was_not_reached_is_listed_with_the_reason_and_told_anew(world) -> None:
    found = await confirmed(world, "Bao giờ giảm học phí?", "Bao giờ có xe buýt?")
    (blocked, one), (_, other) = found
    assert await order(world, "chuanhan") == world.voice.text(Key.UNDELIVERED_NONE)
    await order(world, "congbo", "tất cả", by="Chị Hoa")
    await tell(world)
    await fails(world, one, "TelegramForbiddenError: Forbidden: bot was blocked by the user")

    listed = await order(world, "chuanhan")
    heard = len(await world.said_to(blocked.address))
    await order(world, "chuanhan", one.code)
    await tell(world)
    not_him = await order(world, "chuanhan", other.code)

    assert one.code in listed
    assert other.code not in listed
    assert "chặn" in listed
    assert len(await world.said_to(blocked.address)) == heard + 1
    assert not_him == world.voice.text(Key.REFUSE_NOT_UNDELIVERED)


async def test_whoever_heard_it_and_was_forgotten_since_is_not_among_them(world) -> None:
    ((youth, submission),) = await confirmed(world, "Bao giờ giảm học phí?")
    await order(world, "congbo", submission.code, by="Chị Hoa")
    await tell(world)
    async with world.store.transaction() as tx:
        ((row, issue),) = [
            (one.outbox_id, one.answer.issue_id) for one in await tx.answer_news.tellings(world.programme)
        ]
        await tx.outbox.sent(row, world.clock.now(), "1")
        await tx.people.forget(youth.address)
        await tx.outbox.forget(youth.address)

    sheet = await world.answers.sheet(issue)

    assert (sheet.told, sheet.waiting, sheet.missing) == (1, 0, ())
    assert await order(world, "chuanhan") == world.voice.text(Key.UNDELIVERED_NONE)


async def fails(world, submission, error) -> None:
    async with world.store.transaction() as tx:
        (row,) = [
            one.outbox_id
            for one in await tx.answer_news.tellings(world.programme)
            if one.submission.id == submission.id
        ]
        await tx.outbox.failed(row, world.clock.now(), error)


async def test_a_slip_is_for_its_unit_to_tell_and_cannot_be_told_anew(world) -> None:
    await world.importing(SlipFile((Slip(2, "Bao giờ có xe buýt?", "Xã Tân Việt", "", None, "phiếu"),), ()), by="Lan")
    (submission,) = await world.submissions()
    assert submission.source is ChannelName.SLIP
    await decide(world, submission, Action.APPROVE)
    issue = await issue_of(world, submission)
    async with world.store.transaction() as tx:
        await world.answering.draft(tx, issue.id, BODY, moderator())
    await order(world, "xacnhan", f"{submission.code} đồng ý 1")
    await order(world, "congbo", submission.code, by="Chị Hoa")

    listed = await order(world, "chuanhan")
    again = await order(world, "chuanhan", submission.code)
    table = await world.answers.table()

    assert "Xã Tân Việt" in listed
    assert again == world.voice.text(Key.REFUSE_CANNOT_BE_TOLD, code=submission.code)
    assert [row[:2] for row in table.rows] == [("Xã Tân Việt", submission.code)]
    assert BODY.text in table.rows[0]


async def test_the_figures_tell_of_answers_and_of_what_askers_think(world) -> None:
    (youth, submission), *_ = await confirmed(world, "Bao giờ giảm học phí?", "Bao giờ có xe buýt?")
    await order(world, "congbo", submission.code, by="Chị Hoa")
    await tell(world)
    await youth.presses("Chưa đúng ý")

    figures = await order(world, "thongke")

    assert "2 trên 2 câu" in figures
    assert "1 đã công bố" in figures
    assert "0 đúng ý, 1 chưa đúng ý" in figures


DAY = date(2024, 3, 28)


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("", NOON),
        ("ngay", NOON),
        ("chờ ký", None),
        ("ngày đối thoại", datetime(2024, 3, 28, 8, tzinfo=VIETNAM)),
        ("8:00 15/12", datetime(2024, 12, 15, 8, tzinfo=VIETNAM)),
        ("8h30 ngày 15/12/2025", datetime(2025, 12, 15, 8, 30, tzinfo=VIETNAM)),
        ("15/12", datetime(2024, 12, 15, 8, tzinfo=VIETNAM)),
        ("14 giờ 15", datetime(2024, 2, 20, 14, 15, tzinfo=VIETNAM)),
        ("lúc 17g, ngày 1/3", datetime(2024, 3, 1, 17, tzinfo=VIETNAM)),
    ],
)
def test_a_moment_is_read_as_people_write_it(words, at) -> None:
    assert moment(words, DAY, NOON) == at


@pytest.mark.parametrize(
    "words",
    ["mai", "25:00", "8:99", "31/2", "8:00 19/2", "11:59", "1/1/1", "²/3", "8h 0/5", "0/9", "15/12/0000", ",", "lúc"],
)
def test_a_moment_that_is_none_or_is_over_is_refused(words) -> None:
    with pytest.raises(Refusal):
        moment(words, DAY, NOON)
