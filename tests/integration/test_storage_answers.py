"""Answers as they are kept: a row a revision, changed only by whoever saw the newest version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.answer import Answer, AnswerBody, AnswerState, AnswerStep, Settlement, after

BODY = AnswerBody(
    "Sở đã trình tỉnh phương án xây sân bóng.", "Nghị quyết 12", "Phòng Thể thao", "quý II", Settlement.UNDER_WAY
)
HOUR = timedelta(hours=1)


async def _issue(tx, question, programme: str = "mau") -> int:
    issue = await tx.issues.add(programme, "van-hoa-the-thao", "so-vhttdl", [])
    prefix = "HY26" if programme == "mau" else "HY24"
    submission = await tx.submissions.add(question(programme=programme, receipt_prefix=prefix))
    await tx.submissions.change(replace(submission, issue_id=issue.id), submission.version)
    return issue.id


async def _to(tx, answer: Answer, step: AnswerStep, at) -> Answer:
    changed = await tx.answers.change(after(answer, step, "Hà", at), answer.version)
    assert changed is not None
    return changed


async def test_a_draft_comes_back_as_it_was_given(store, question, at) -> None:
    async with store.transaction() as tx:
        issue = await _issue(tx, question)
        answer = await tx.answers.add(issue, BODY, "Minh", at, "so-vhttdl.xlsx")

        assert await tx.answers.get(answer.id) == await tx.answers.newest(issue) == answer
        assert (answer.revision, answer.version, answer.state) == (1, 1, AnswerState.DRAFTED)
        assert (answer.body, answer.drafted_by, answer.drafted_at, answer.source) == (
            BODY,
            "Minh",
            at,
            "so-vhttdl.xlsx",
        )
        bare = await tx.answers.add(issue, AnswerBody("Đã rõ."), "Minh", at)
        assert (bare.revision, bare.body.settlement) == (2, None)
        assert await tx.answers.of_issue(issue) == [answer, bare]


async def test_only_the_first_of_two_who_saw_the_same_version_changes_an_answer(store, question, at) -> None:
    async with store.transaction() as tx:
        answer = await tx.answers.add(await _issue(tx, question), BODY, "Minh", at)
        confirmed = await tx.answers.change(after(answer, AnswerStep.CONFIRM, "Hà", at), answer.version)
        late = await tx.answers.change(after(answer, AnswerStep.RETURN, "Lan", at, "Chưa rõ"), answer.version)

        assert late is None
        assert confirmed == await tx.answers.get(answer.id)
        assert (confirmed.state, confirmed.version, confirmed.confirmed_by) == (AnswerState.CONFIRMED, 2, "Hà")


async def test_the_newest_and_the_newest_released_answer_of_each_issue_are_found(store, question, at) -> None:
    async with store.transaction() as tx:
        one, other = await _issue(tx, question), await _issue(tx, question)
        foreign = await _issue(tx, question, "hung-yen-2024")
        await tx.answers.add(foreign, BODY, "Minh", at)
        said = await _to(tx, await tx.answers.add(other, BODY, "Minh", at), AnswerStep.CONFIRM, at)
        said = await _to(tx, said, AnswerStep.RELEASE, at)
        correction = await tx.answers.add(other, AnswerBody("Đính chính."), "Minh", at)
        draft = await tx.answers.add(one, BODY, "Minh", at)

        assert await tx.answers.of_programme("mau") == [draft, correction]
        assert await tx.answers.released("mau") == [said]


async def test_only_confirmed_answers_whose_moment_has_come_are_due(store, question, at) -> None:
    async with store.transaction() as tx:
        soon, later, by_hand, draft = [
            await tx.answers.add(await _issue(tx, question), BODY, "Minh", at) for _ in range(4)
        ]
        moments = ((soon, at + HOUR), (later, at + 2 * HOUR), (by_hand, None))
        for answer, moment in moments:
            held = replace(after(answer, AnswerStep.CONFIRM, "Hà", at), release_at=moment)
            assert await tx.answers.change(held, answer.version)
        assert await tx.answers.change(replace(draft, release_at=at), draft.version)

        assert await tx.answers.due(at, 10) == []
        assert [answer.id for answer in await tx.answers.due(at + HOUR, 10)] == [soon.id]
        assert [answer.id for answer in await tx.answers.due(at + 3 * HOUR, 10)] == [soon.id, later.id]
        assert [answer.id for answer in await tx.answers.due(at + 3 * HOUR, 1)] == [soon.id]
