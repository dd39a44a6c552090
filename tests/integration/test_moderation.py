"""What moderators can do beside yes and no: merge, word, redirect, mask, take on; and take everything back."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.message import Address, ChannelName
from bot.domain.person import CONSENT_VERSION
from bot.domain.submission import Action, NewSubmission, Standing, State
from bot.usecases.moderate import Decision
from tests.world import NOON, PROGRAMME, World, asked, decide, issue_of, moderator, now

WINDOW = timedelta(minutes=2)


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
async def unhurried(store, tmp_path):
    """Askers are told after two minutes."""
    return World(store, tmp_path / "xuat", undo_window=WINDOW)


async def told(world, youth):
    """What the asker heard since the receipt."""
    said = [words.text for words in await world.said_to(youth.address)]
    return said[max(place for place, text in enumerate(said) if "Đã nhận" in text or "mã" in text.lower()) + 1 :]


# ------------------------------------------------------------------ one question of many


async def test_a_second_version_of_a_question_joins_the_issue_of_the_first_and_keeps_its_asker(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    issue = await issue_of(world, first)

    joined = await decide(world, second, Action.APPROVE, into=issue.id)

    async with world.store.reading() as tx:
        together = await tx.submissions.of_issue(issue.id)
    assert joined.state is State.APPROVED
    assert [(one.code, one.text, one.person_id) for one in together] == [
        (one.code, one.text, one.person_id) for one in (first, second)
    ]


async def test_what_was_merged_comes_out_again_with_the_route_of_its_own_topic(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Tiền học phí sao tăng?")
    for one in (first, second):
        await decide(world, one, Action.APPROVE)
    common = await issue_of(world, first)
    await decide(world, second, Action.MERGE, into=common.id)
    assert (await issue_of(world, second)).id == common.id

    await decide(world, second, Action.UNMERGE)

    alone = await issue_of(world, second)
    assert alone.id != common.id
    assert alone.lead == "so-gddt-old"
    assert (await issue_of(world, first)).id == common.id


async def test_one_alone_cannot_be_taken_out_nor_merged_with_itself(world):
    ((_, one),) = await asked(world, "Bao giờ quê em có xe buýt?")
    await decide(world, one, Action.APPROVE)

    with pytest.raises(Refusal, match="not_merged"):
        await decide(world, one, Action.UNMERGE)
    with pytest.raises(Refusal, match="merged_already"):
        await decide(world, one, Action.MERGE, into=(await issue_of(world, one)).id)


async def test_an_issue_that_nobody_asks_or_that_is_not_there_cannot_be_joined(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    issue = await issue_of(world, first)
    await decide(world, first, Action.RESTORE)

    for nowhere in (issue.id, 999):
        with pytest.raises(NotFound, match="no_issue"):
            await decide(world, second, Action.APPROVE, into=nowhere)
    assert (await now(world, second)).state is State.WAITING


async def test_the_wording_of_an_issue_is_edited_and_every_original_stays(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.APPROVE, into=(await issue_of(world, first)).id)

    await decide(world, first, Action.EDIT_WORDING, wording="Kế hoạch mở tuyến xe buýt về các xã?")
    await decide(world, second, Action.EDIT_WORDING, wording="Khi nào mở tuyến xe buýt về các xã?", by="Minh")

    assert (await issue_of(world, first)).edited_text == "Khi nào mở tuyến xe buýt về các xã?"
    assert [(await now(world, one)).text for one in (first, second)] == [first.text, second.text]
    card = await world.cards.one(first.id)
    assert (card.wording, card.members) == ("Khi nào mở tuyến xe buýt về các xã?", (first.code, second.code))


async def test_whoever_looks_at_another_submission_of_a_changed_issue_is_told_who_changed_it(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.APPROVE, into=(await issue_of(world, first)).id)
    seen = await now(world, second)
    await decide(world, first, Action.EDIT_WORDING, wording="Khi nào mở tuyến xe buýt?", by="Minh")

    with pytest.raises(AlreadyDecided) as refusal:
        await world.moderate.decide(
            second.id, seen.version, Decision(Action.EDIT_WORDING, wording="Khác"), moderator("Lan")
        )

    assert refusal.value.values["by"] == "Minh"
    assert (await issue_of(world, second)).edited_text == "Khi nào mở tuyến xe buýt?"


async def test_other_departments_are_given_to_the_whole_issue_and_all_askers_hear_of_it(world):
    (an, first), (binh, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.APPROVE, into=(await issue_of(world, first)).id)

    await decide(
        world, first, Action.REROUTE, lead="so-xay-dung-old", supporting=("so-gtvt", "so-xay-dung-old", "so-gtvt")
    )

    issue = await issue_of(world, second)
    assert (issue.lead, issue.supporting) == ("so-xay-dung-old", ("so-gtvt",))
    for youth in (an, binh):
        assert "Sở Xây dựng" in (await told(world, youth))[-1]


async def test_a_department_that_the_programme_does_not_know_is_refused(world):
    ((_, one),) = await asked(world, "Bao giờ quê em có xe buýt?")
    await decide(world, one, Action.APPROVE)

    with pytest.raises(NotFound, match="unknown_department"):
        await decide(world, one, Action.REROUTE, lead="so-bia")


async def test_another_topic_takes_a_merged_submission_out_and_leaves_the_others(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    common = await issue_of(world, first)
    await decide(world, second, Action.APPROVE, into=common.id)

    await decide(world, second, Action.CHANGE_TOPIC, topic="hoc-phi-hoc-bong")

    assert (await issue_of(world, first)) == common
    assert (await issue_of(world, second)).lead == "so-gddt-old"


# ------------------------------------------------------------------ not for this dialogue


async def test_what_is_out_of_scope_names_who_is_responsible(world):
    ((an, one),) = await asked(world, "Bao giờ quê em có xe buýt?")
    with pytest.raises(Refusal, match="needs_body"):
        await decide(world, one, Action.REDIRECT, body=" ")

    await decide(world, one, Action.REDIRECT, body="body.commune")

    assert (await now(world, one)).state is State.REDIRECTED
    assert "Ủy ban nhân dân xã, phường nơi bạn ở" in (await told(world, an))[-1]


async def test_nobody_writes_back_to_spam_and_it_can_be_restored(world):
    ((an, one),) = await asked(world, "Bao giờ quê em có xe buýt?")

    await decide(world, one, Action.MARK_SPAM)
    await decide(world, one, Action.RESTORE, by="Minh")

    assert (await now(world, one)).state is State.WAITING
    assert await told(world, an) == []


async def test_personal_data_is_masked_for_everybody_and_the_original_stays(world):
    ((_, one),) = await asked(world, "Xe buýt sao chưa có? Gọi em 0912345678 nhé, em tên Tèo.")

    await decide(world, one, Action.MASK, hide=("Tèo",))

    card = await world.cards.one(one.id)
    kept = await now(world, one)
    assert "0912345678" not in card.text
    assert "Tèo" not in card.text
    assert "xe buýt" in card.text.lower()
    assert kept.text == one.text
    await decide(world, one, Action.UNDO)
    assert (await world.cards.one(one.id)).text == one.text


async def test_where_there_is_nothing_to_mask_nothing_is_masked(world):
    ((_, one),) = await asked(world, "Bao giờ quê em có xe buýt?")

    with pytest.raises(Refusal, match="nothing_to_mask"):
        await decide(world, one, Action.MASK)


async def test_who_took_a_submission_on_is_seen_and_locks_nobody_out(world):
    ((_, one),) = await asked(world, "Bao giờ quê em có xe buýt?")

    await decide(world, one, Action.ASSIGN, by="Lan")
    assert (await world.cards.one(one.id)).assignee == "Lan"
    with pytest.raises(NotAllowedNow):
        await decide(world, one, Action.ASSIGN, by="Minh")

    approved = await decide(world, one, Action.APPROVE, by="Minh")
    assert (approved.assignee, approved.decided_by) == ("", "Minh")


# ------------------------------------------------------------------ taking back

EVERY_DECISION = [
    Decision(Action.APPROVE),
    Decision(Action.APPROVE, unclear=True),
    Decision(Action.CHANGE_TOPIC, topic="viec-lam"),
    Decision(Action.REJECT, reason="reason.unclear"),
    Decision(Action.REDIRECT, body="Cục Đăng kiểm"),
    Decision(Action.MARK_SPAM),
    Decision(Action.ASSIGN),
    Decision(Action.MASK),
]
EVERY_DECISION_ON_AN_APPROVED_ONE = [
    Decision(Action.CHANGE_TOPIC, topic="viec-lam"),
    Decision(Action.REROUTE, lead="so-xay-dung-old", supporting=("so-gtvt",)),
    Decision(Action.EDIT_WORDING, wording="Khi nào có xe buýt?"),
    Decision(Action.MASK),
    Decision(Action.RESTORE),
]


@pytest.mark.parametrize("decision", EVERY_DECISION, ids=lambda one: one.action.value)
async def test_every_decision_on_a_waiting_submission_can_be_undone(world, decision):
    ((_, one),) = await asked(world, "Bao giờ có xe buýt? Gọi 0912345678.")
    await world.moderate.decide(one.id, one.version, decision, moderator("Lan"))

    await decide(world, one, Action.UNDO, by="Minh")

    assert await now(world, one) == replace(one, version=3)


@pytest.mark.parametrize("decision", EVERY_DECISION_ON_AN_APPROVED_ONE, ids=lambda one: one.action.value)
async def test_every_decision_on_an_approved_submission_can_be_undone(world, decision):
    ((_, one),) = await asked(world, "Bao giờ có xe buýt? Gọi 0912345678.")
    approved = await decide(world, one, Action.APPROVE)
    issue = await issue_of(world, one)
    await world.moderate.decide(one.id, approved.version, decision, moderator("Lan"))

    await decide(world, one, Action.UNDO, by="Minh")

    assert await now(world, one) == replace(approved, version=approved.version + 2)
    assert await issue_of(world, one) == issue


async def test_undoing_again_goes_back_decision_by_decision_to_the_beginning(world):
    (_, first), (_, one) = await asked(world, "Xe buýt bao giờ về xã em ạ?", "Bao giờ quê em có xe buýt?")
    await decide(world, first, Action.APPROVE)
    steps = [await now(world, one)]
    for decision in (
        Decision(Action.ASSIGN),
        Decision(Action.CHANGE_TOPIC, topic="viec-lam"),
        Decision(Action.APPROVE),
        Decision(Action.MERGE, into=(await issue_of(world, first)).id),
        Decision(Action.RESTORE),
        Decision(Action.REJECT, reason="Câu này đã có."),
    ):
        seen = steps[-1]
        steps.append(await world.moderate.decide(one.id, seen.version, decision, moderator("Lan")))

    for earlier in reversed(steps[:-1]):
        back = await decide(world, one, Action.UNDO)
        assert replace(back, version=earlier.version) == earlier

    with pytest.raises(NotAllowedNow):
        await decide(world, one, Action.UNDO)


async def test_a_decision_on_an_issue_that_was_changed_since_is_not_undone_over_the_others_head(world):
    (_, first), (_, second) = await asked(world, "Bao giờ quê em có xe buýt?", "Xe buýt bao giờ về xã em ạ?")
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.APPROVE, into=(await issue_of(world, first)).id)
    await decide(world, first, Action.EDIT_WORDING, wording="Lời của Lan")
    await decide(world, second, Action.EDIT_WORDING, wording="Lời của Minh", by="Minh")

    with pytest.raises(NotAllowedNow, match="issue_changed"):
        await decide(world, first, Action.UNDO)
    assert (await issue_of(world, first)).edited_text == "Lời của Minh"

    await decide(world, second, Action.UNDO, by="Minh")
    await decide(world, first, Action.UNDO)
    assert (await issue_of(world, first)).edited_text == ""


async def test_what_was_decided_about_other_words_cannot_be_undone(world):
    ((an, one),) = await asked(world, "Bao giờ quê em có xe buýt?")
    await decide(world, one, Action.REJECT, reason="reason.unclear")
    await an.rewrites(one.code, "Tuyến xe buýt về xã em bao giờ chạy?")

    assert Action.UNDO not in (await now(world, one)).actions()
    with pytest.raises(NotAllowedNow):
        await decide(world, one, Action.UNDO)


async def test_every_decision_leaves_an_entry_that_says_what_stood_before(world):
    ((_, one),) = await asked(world, "Bao giờ quê em có xe buýt?")
    await decide(world, one, Action.APPROVE)
    await decide(world, one, Action.EDIT_WORDING, wording="Khi nào có xe buýt?")
    await decide(world, one, Action.UNDO, by="Minh")

    async with world.store.reading() as tx:
        _, approve, word, undo = await tx.history.of(one.id)

    assert isinstance(approve.standing, Standing)
    assert approve.standing.state is State.WAITING
    assert (word.issue_id, word.text_before) == (approve.issue_id, "")
    assert (undo.actor, undo.reason, undo.standing) == ("Minh", "edit_wording", None)


# ------------------------------------------------------------------ what the asker hears


async def test_nothing_is_told_before_the_window_is_over_and_then_once(unhurried):
    ((an, one),) = await asked(unhurried, "Bao giờ quê em có xe buýt?")
    await decide(unhurried, one, Action.APPROVE)

    unhurried.clock.move(seconds=119)
    assert not await unhurried.tell.step()
    assert await told(unhurried, an) == []

    unhurried.clock.move(seconds=1)
    assert await unhurried.tell.step()
    assert not await unhurried.tell.step()
    (heard,) = await told(unhurried, an)
    assert "Sở Giao thông vận tải" in heard


async def test_what_was_taken_back_in_time_is_never_told(unhurried):
    ((an, one),) = await asked(unhurried, "Bao giờ quê em có xe buýt?")
    await decide(unhurried, one, Action.REJECT, reason="reason.unclear")
    unhurried.clock.move(seconds=60)
    await decide(unhurried, one, Action.UNDO)

    unhurried.clock.move(hours=1)
    await unhurried.tell.step()

    assert await told(unhurried, an) == []


async def test_several_decisions_within_the_window_are_one_message_about_the_last(unhurried):
    ((an, one),) = await asked(unhurried, "Bao giờ quê em có xe buýt?")
    await decide(unhurried, one, Action.APPROVE)
    await decide(unhurried, one, Action.CHANGE_TOPIC, topic="hoc-phi-hoc-bong")
    await decide(unhurried, one, Action.REROUTE, lead="so-xay-dung-old")

    unhurried.clock.move(minutes=3)
    await unhurried.tell.step()

    (heard,) = await told(unhurried, an)
    assert "đã được duyệt và sẽ được chuyển đến Sở Xây dựng" in heard


async def test_what_was_told_and_is_taken_back_later_is_told_too(unhurried):
    ((an, one),) = await asked(unhurried, "Bao giờ quê em có xe buýt?")
    await decide(unhurried, one, Action.APPROVE)
    unhurried.clock.move(minutes=3)
    await unhurried.tell.step()

    await decide(unhurried, one, Action.UNDO)
    unhurried.clock.move(minutes=3)
    await unhurried.tell.step()

    assert "đang được xem xét lại" in (await told(unhurried, an))[-1]


async def test_words_that_the_asker_changed_meanwhile_make_held_news_pointless(unhurried):
    ((an, one),) = await asked(unhurried, "Bao giờ quê em có xe buýt?")
    await decide(unhurried, one, Action.REJECT, reason="reason.unclear")
    await an.rewrites(one.code, "Tuyến xe buýt về xã em bao giờ chạy?")
    heard = len(await unhurried.said_to(an.address))

    unhurried.clock.move(minutes=3)
    await unhurried.tell.step()

    assert len(await unhurried.said_to(an.address)) == heard


# ------------------------------------------------------------------ many at once


async def three_hundred(world):
    """Of one person each, put in at once."""
    async with world.store.transaction() as tx:
        for number in range(300):
            address = Address(ChannelName.TELEGRAM, "42", f"9{number}")
            person = await tx.people.put(address, CONSENT_VERSION, NOON, "", "")
            await tx.submissions.add(
                NewSubmission(
                    PROGRAMME, "HY24", f"Câu {number}: bao giờ có xe buýt?", "giao-thong-van-tai", None,
                    ChannelName.TELEGRAM, "", person.id, "", "", NOON, NOON, late=False,
                )
            )  # fmt: skip
    return await world.submissions(State.WAITING)


@pytest.mark.parametrize("moderators", [2, 8])
async def test_of_several_moderators_at_once_each_submission_is_decided_by_exactly_one(world, moderators):
    """reliability.md S5: nothing decided twice, nobody told twice, nothing left; the others hear who was first."""
    seen = await three_hundred(world)
    wishes = (Decision(Action.APPROVE), Decision(Action.REJECT, reason="reason.unclear"))
    refusals: list[Refusal] = []

    async def works(number: int) -> int:
        mine, done = list(seen), 0
        random.Random(number).shuffle(mine)
        for one in mine:
            by = moderator(f"Cán bộ {number}")
            try:
                await world.moderate.decide(one.id, one.version, wishes[number % 2], by)
                done += 1
            except AlreadyDecided as refusal:
                refusals.append(refusal)
        return done

    done = await asyncio.gather(*map(works, range(moderators)))

    assert sum(done) == 300
    assert len(refusals) == 300 * (moderators - 1)
    assert all(one.values["by"].startswith("Cán bộ ") and one.values["at"] for one in refusals)
    assert await world.submissions(State.WAITING) == []
    async with world.store.reading() as tx:
        for one in await world.submissions():
            assert len(await tx.history.of(one.id)) == 1
            person = await tx.people.by_id(one.person_id)
            assert len(await tx.said(Address(ChannelName.TELEGRAM, "42", person.chat), 0)) == 1
