"""Released answers reach everybody who asked, once each, whatever happens around them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.answer import AnswerBody, AnswerStep, Settlement
from bot.domain.submission import Action
from bot.usecases.answering import Answering
from bot.usecases.telling_answers import TellAnswers
from tests.world import World, asked, chief, decide, issue_of, moderator

BODY = AnswerBody("Có, từ tháng 9.", "Nghị quyết 05", "Phòng Kế hoạch", "9/2024", Settlement.UNDER_WAY)


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
def answering(world):
    return Answering(world.clock, world.running)


@pytest.fixture
def telling(world, answering):
    return TellAnswers(world.store, world.clock, world.voice, world.running, world.pulse, answering)


async def released(world, answering, issue_id, body=BODY):
    async with world.store.transaction() as tx:
        answer = await answering.draft(tx, issue_id, body, moderator())
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
        return await answering.step(tx, answer.id, answer.version, AnswerStep.RELEASE, chief())


async def tell_all(telling) -> int:
    steps = 0
    while await telling.step():
        steps += 1
    return steps


async def answers_to(world, youth) -> list[str]:
    said = await world.said_to(youth.address)
    return [words.text for words in said if any(id_.startswith("rate-") for id_, _ in words.choices)]


async def approved(world, *texts):
    """Askers and their submissions, all in one issue."""
    found = await asked(world, *texts)
    await decide(world, found[0][1], Action.APPROVE)
    issue = await issue_of(world, found[0][1])
    for _, submission in found[1:]:
        await decide(world, submission, Action.APPROVE, into=issue.id)
    return found, issue


async def test_everybody_in_the_issue_hears_the_answer_once_with_their_own_code(world, answering, telling) -> None:
    found, issue = await approved(world, "Bao giờ giảm học phí?", "Học phí bao giờ giảm ạ?", "giam hoc phi di")
    await released(world, answering, issue.id)
    await tell_all(telling)
    assert not await telling.step()

    for youth, submission in found:
        (text,) = await answers_to(world, youth)
        assert submission.code in text
        for part in ("Sở Giáo dục", BODY.text, BODY.basis, BODY.responsible, BODY.due, "Đang giải quyết"):
            assert part in text


async def test_an_answer_is_heard_only_after_its_release_and_empty_fields_leave_no_line(
    world, answering, telling
) -> None:
    ((youth, _),), issue = await approved(world, "Bao giờ giảm học phí?")
    async with world.store.transaction() as tx:
        answer = await answering.draft(tx, issue.id, AnswerBody("Có."), moderator())
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
    assert not await telling.step()
    async with world.store.transaction() as tx:
        await answering.step(tx, answer.id, answer.version, AnswerStep.RELEASE, chief())
    await tell_all(telling)
    (text,) = await answers_to(world, youth)
    assert not any(word in text for word in ("Căn cứ", "chịu trách nhiệm", "Thời hạn", "Kết quả"))


async def test_whoever_is_merged_into_the_issue_later_hears_it_too(world, answering, telling) -> None:
    ((first, _),), issue = await approved(world, "Bao giờ giảm học phí?")
    await released(world, answering, issue.id)
    await tell_all(telling)
    late = world.youth("99")
    await late.agrees()
    submission = await late.asks("Học phí có giảm không?")
    await decide(world, submission, Action.APPROVE, into=issue.id)
    await tell_all(telling)

    assert len(await answers_to(world, late)) == 1
    assert len(await answers_to(world, first)) == 1


async def test_two_questions_of_one_person_in_one_issue_are_one_message(world, answering, telling) -> None:
    youth = world.youth()
    await youth.agrees()
    one, other = await youth.asks("Bao giờ giảm học phí?"), await youth.asks("Học phí giảm bao nhiêu?")
    await decide(world, one, Action.APPROVE)
    issue = await issue_of(world, one)
    await decide(world, other, Action.APPROVE, into=issue.id)
    await released(world, answering, issue.id)
    await tell_all(telling)

    (text,) = await answers_to(world, youth)
    assert one.code in text
    assert other.code in text


async def test_a_correction_says_that_it_is_one_and_only_the_newest_is_told(world, answering, telling) -> None:
    found, issue = await approved(world, "Bao giờ giảm học phí?", "Học phí bao giờ giảm?")
    await released(world, answering, issue.id)
    await tell_all(telling)
    await released(world, answering, issue.id, AnswerBody("Không phải tháng 9 mà tháng 10."))
    await released(world, answering, issue.id, AnswerBody("Tháng 11."))
    await tell_all(telling)

    for youth, _ in found:
        first, second = await answers_to(world, youth)
        assert "đính chính" not in first
        assert "đính chính" in second
        assert "Tháng 11." in second


async def test_whoever_withdrew_or_was_taken_out_hears_nothing(world, answering, telling) -> None:
    found, issue = await approved(world, "Bao giờ giảm học phí?", "Học phí bao giờ giảm?", "giam hoc phi")
    (stays, _), (leaves, left), (undone, other) = found
    await leaves.types(f"rút {left.code}")
    await leaves.presses("Đúng, rút câu này")
    await decide(world, other, Action.UNDO)
    await released(world, answering, issue.id)
    await tell_all(telling)

    assert len(await answers_to(world, stays)) == 1
    assert await answers_to(world, leaves) == await answers_to(world, undone) == []


async def test_a_held_answer_is_told_when_its_moment_has_come(world, answering, telling) -> None:
    ((youth, _),), issue = await approved(world, "Bao giờ giảm học phí?")
    moment = world.clock.now() + timedelta(days=3)
    async with world.store.transaction() as tx:
        answer = await answering.draft(tx, issue.id, BODY, moderator())
        answer = await answering.step(tx, answer.id, answer.version, AnswerStep.CONFIRM, moderator("Hà"))
        await answering.hold(tx, answer.id, answer.version, moment, chief())
    assert not await telling.step()
    world.clock.move(days=3)
    await tell_all(telling)

    assert len(await answers_to(world, youth)) == 1


async def test_many_askers_are_told_in_small_transactions(world, answering, telling) -> None:
    ((youth, _),), issue = await approved(world, "Bao giờ giảm học phí?")
    others = [world.youth(f"8{number:03d}") for number in range(60)]
    for other in others:
        await other.agrees()
        submission = await other.asks("Học phí?")
        await decide(world, submission, Action.APPROVE, into=issue.id)
    await released(world, answering, issue.id)

    assert await tell_all(telling) == 4  # 61 people, twenty at a time
    assert {len(await answers_to(world, one)) for one in (youth, *others)} == {1}


async def test_what_an_official_wrote_is_never_a_template(world, answering, telling) -> None:
    ((youth, _),), issue = await approved(world, "Bao giờ giảm học phí?")
    wild = AnswerBody("{code} {department!r} {0} <b>%s</b>", "{x}", "{y}", "{z}")
    await released(world, answering, issue.id, wild)
    await tell_all(telling)
    (text,) = await answers_to(world, youth)
    assert all(part in text for part in (wild.text, wild.basis, wild.responsible, wild.due))


async def test_tellings_say_what_became_of_each(world, answering, telling) -> None:
    found, issue = await approved(world, "Bao giờ giảm học phí?", "Học phí bao giờ giảm?")
    await released(world, answering, issue.id)
    async with world.store.reading() as tx:
        before = await tx.answer_news.tellings(world.programme)
    assert [(one.submission.code, one.state, one.outbox_id) for one in before] == [
        (submission.code, "", None) for _, submission in found
    ]
    await tell_all(telling)
    async with world.store.reading() as tx:
        after = await tx.answer_news.tellings(world.programme)
    async with world.store.transaction() as tx:
        await tx.outbox.failed(after[0].outbox_id, world.clock.now(), "blocked")
    async with world.store.reading() as tx:
        after = await tx.answer_news.tellings(world.programme)
    assert [(one.state, one.error) for one in after] == [("failed", "blocked"), ("waiting", "")]

    async with world.store.transaction() as tx:
        await tx.answer_news.again(after[0].answer.id, after[0].submission.id)
    await tell_all(telling)
    assert len(await answers_to(world, found[0][0])) == 2
