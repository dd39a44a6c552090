"""Moderation: one decision each, whoever presses; the second learns who was first; outsiders do nothing."""

import asyncio

import pytest

from bot.domain.errors import AlreadyDecided, NotAllowedNow, NotFound, Refusal
from bot.domain.message import Address, ChannelName
from bot.domain.submission import Action, State
from bot.usecases.moderate import Decision, Press
from tests.world import GROUP, World, moderator


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


@pytest.fixture
async def asked(world):
    lan = world.youth()
    await lan.agrees()
    return lan, await lan.asks("Bao giờ quê em có xe buýt?")


async def card_of(world, submission):
    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
        return shown, await world.cards.draw(tx, submission.id, shown)


async def press(world, submission, action, version=1, by="Minh", address=GROUP, nonce=None):
    shown, _ = await card_of(world, submission)
    return await world.moderate.press(Press(nonce or shown.nonce, address, "1", action, version, by))


async def test_approving_makes_an_issue_and_tells_the_asker_the_department(world, asked):
    lan, submission = asked

    toast = await press(world, submission, "approve")

    (approved,) = await world.submissions(State.APPROVED)
    async with world.store.reading() as tx:
        issue = await tx.issues.get(approved.issue_id)
    assert (issue.topic, issue.lead) == ("giao-thong-van-tai", "so-gtvt")
    assert not toast.refused
    assert "Sở Giao thông vận tải" in (await world.said_to(lan.address))[-1].text


async def test_a_refusal_needs_a_reason_and_tells_it_to_the_asker(world, asked):
    lan, submission = asked
    with pytest.raises(Refusal):
        await world.moderate.decide(submission.id, 1, Decision(Action.REJECT, reason="  "), moderator("Minh"))

    await press(world, submission, "reason~unclear")

    assert "Chưa rõ bạn muốn hỏi" in (await world.said_to(lan.address))[-1].text
    assert (await world.submissions())[0].state is State.REJECTED


async def test_own_words_can_be_the_reason_and_are_never_a_template(world, asked):
    lan, submission = asked
    await world.moderate.decide(
        submission.id, 1, Decision(Action.REJECT, reason="Đã nêu {code} ở câu trước"), moderator("Minh")
    )

    assert "Đã nêu {code} ở câu trước" in (await world.said_to(lan.address))[-1].text


async def test_changing_the_department_before_approval_says_nothing_and_afterwards_tells_the_asker(world, asked):
    lan, submission = asked
    said = len(await world.said_to(lan.address))
    await press(world, submission, "topic~viec-lam")
    assert len(await world.said_to(lan.address)) == said

    await press(world, submission, "approve", version=2)
    await press(world, submission, "topic~hoc-phi-hoc-bong", version=3)

    (moved,) = await world.submissions(State.APPROVED)
    async with world.store.reading() as tx:
        assert (await tx.issues.get(moved.issue_id)).lead == "so-gddt-old"
    assert "Sở Giáo dục và Đào tạo" in (await world.said_to(lan.address))[-1].text


async def test_undo_takes_the_question_out_of_its_issue_and_back_into_the_queue(world, asked):
    _, submission = asked
    await press(world, submission, "approve")
    await press(world, submission, "undo", version=2)

    (waiting,) = await world.submissions()
    assert (waiting.state, waiting.issue_id, waiting.decided_by) == (State.WAITING, None, "")
    async with world.store.reading() as tx:
        assert await tx.issues.of_programme(world.programme) == []
        actions = [entry.action for entry in await tx.history.of(submission.id)]
    assert actions == [Action.SUBMIT, Action.APPROVE, Action.UNDO]


async def test_the_second_press_changes_nothing_and_says_who_decided_and_when(world, asked):
    lan, submission = asked
    await press(world, submission, "approve", by="Minh")
    told = len(await world.said_to(lan.address))

    toast = await press(world, submission, "reason~spam", by="Hoa")

    assert toast.refused
    assert "Minh" in toast.text
    assert "12 giờ 00" in toast.text
    assert (await world.submissions())[0].decided_by == "Minh"
    assert len(await world.said_to(lan.address)) == told


async def test_eight_moderators_at_once_decide_each_question_once(world):
    # Of one person the board shows five cards a minute at most: these are twelve people.
    people = [world.youth(f"7{number}") for number in range(12)]
    submissions = []
    for number, youth in enumerate(people):
        await youth.agrees()
        submissions.append(await youth.asks(f"Câu hỏi số {number} về học phí"))
    told = [len(await world.said_to(youth.address)) for youth in people]

    presses = [
        press(world, submission, "approve" if number % 2 else "reason~unclear", by=f"M{number}")
        for submission in submissions
        for number in range(8)
    ]
    toasts = await asyncio.gather(*presses)

    assert sum(not toast.refused for toast in toasts) == len(submissions)
    assert [len(await world.said_to(youth.address)) for youth in people] == [before + 1 for before in told]
    assert all(submission.version == 2 for submission in await world.submissions())


@pytest.mark.parametrize(
    ("address", "nonce"),
    [
        (Address(ChannelName.TELEGRAM, "42", "-999"), None),
        (GROUP, "AAAAAAAAAAAA"),
    ],
)
async def test_a_forged_or_foreign_button_changes_nothing(world, asked, address, nonce):
    _, submission = asked

    toast = await press(world, submission, "approve", address=address, nonce=nonce)

    assert toast.refused
    assert (await world.submissions())[0] == submission


@pytest.mark.parametrize("action", ["", "nuke", "topic~khong-co", "topic~", "submit", "withdraw", "undo"])
async def test_an_action_that_the_table_or_the_directory_does_not_know_changes_nothing(world, asked, action):
    _, submission = asked

    toast = await press(world, submission, action)

    assert toast.refused
    assert (await world.submissions())[0] == submission


async def test_an_askers_action_cannot_be_taken_by_a_moderator(world, asked):
    _, submission = asked
    with pytest.raises(NotAllowedNow):
        await world.moderate.decide(submission.id, 1, Decision(Action.WITHDRAW), moderator("Minh"))


async def test_deciding_on_an_older_version_after_the_askers_edit_is_refused_as_changed(world, asked):
    lan, submission = asked
    await lan.types(f"sửa {submission.code}")
    await lan.types("Học phí năm nay thế nào?")
    await lan.presses("Lưu bản sửa")

    with pytest.raises(AlreadyDecided) as refusal:
        await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))

    assert refusal.value.key == "refuse.changed"


async def test_an_unknown_submission_is_refused(world):
    with pytest.raises(NotFound):
        await world.moderate.decide(999, 1, Decision(Action.APPROVE), moderator("Minh"))


async def test_a_question_nobody_could_route_can_be_approved_with_its_department_open(world):
    lan = world.youth()
    await lan.agrees()
    submission = await lan.asks("Chuyện này em không biết hỏi ai")
    _, card = await card_of(world, submission)
    labels = [button.label for row in card.buttons for button in row]
    assert "Duyệt, chưa rõ cơ quan" in labels

    await press(world, submission, "approve-unclear")

    content = await world.exporting.content()
    assert [row.text for row in content.unclear] == ["Chuyện này em không biết hỏi ai"]


async def test_the_menus_unfold_on_the_card_and_fold_again_after_a_decision(world, asked):
    _, submission = asked
    await press(world, submission, "menu~departments")
    _, card = await card_of(world, submission)
    labels = [button.label for row in card.buttons for button in row]
    assert "Sở GTVT" in labels
    assert "Sở LĐ-TB&XH" in labels

    await press(world, submission, "menu~topics~so-ldtbxh")
    _, card = await card_of(world, submission)
    assert "Việc làm, thị trường lao động" in [button.label for row in card.buttons for button in row]

    await press(world, submission, "topic~viec-lam")
    _, card = await card_of(world, submission)
    assert [[button.action for button in row] for row in card.buttons] == [
        ["approve"],
        ["menu~departments", "menu~reasons", "undo"],
        ["assign", "menu~more"],
    ]


async def test_every_button_of_every_menu_fits_into_sixty_four_bytes(world, asked):
    _, submission = asked
    for menu in ("", "menu~departments", "menu~reasons", "menu~topics~so-nnptnt", "menu~topics~so-ldtbxh"):
        if menu:
            await press(world, submission, menu)
        shown, card = await card_of(world, submission)
        for row in card.buttons:
            for button in row:
                assert len(f"m:{shown.nonce}:{button.action}:{card.version + 9_999}".encode()) <= 64


async def test_a_card_says_when_the_question_came_and_that_a_greeting_is_nobodys_business(world):
    lan = world.youth()
    await lan.agrees()
    _, card = await card_of(world, await lan.asks("Mua quảng cáo bên em nhé các bác"))

    assert ("Gửi lúc", "12 giờ 00 thứ Ba, ngày 20/02/2024") in card.facts
    assert "không thuộc cơ quan nào" in card.lines[0]


async def test_a_card_shows_the_words_that_decided_as_they_were_typed_until_somebody_decides(world, asked):
    _, submission = asked

    _, card = await card_of(world, submission)
    assert "Dựa vào các từ: “xe buýt”" in card.lines
    assert (await world.cards.one(submission.id)).because == ("xe buýt",)

    await press(world, submission, "topic~viec-lam")
    _, card = await card_of(world, submission)
    assert not any("Dựa vào" in line for line in card.lines)


async def test_a_card_names_no_account(world, asked):
    _, submission = asked
    _, card = await card_of(world, submission)

    assert "telegram:42:7" not in repr(card)


async def test_whoever_comes_after_an_undo_or_a_change_of_topic_learns_who_made_it(world, asked):
    _, submission = asked
    await press(world, submission, "topic~viec-lam", by="Lan")

    toast = await press(world, submission, "approve", by="Minh")

    assert toast.refused
    assert "Lan" in toast.text


async def test_a_made_up_reason_is_refused_and_never_told_to_anybody(world, asked):
    lan, submission = asked
    told = len(await world.said_to(lan.address))

    toast = await press(world, submission, "reason~abc")

    assert toast.refused
    assert len(await world.said_to(lan.address)) == told


async def test_a_refusal_after_the_cutoff_promises_no_edit(world, asked):
    lan, submission = asked
    async with world.store.reading() as tx:
        world.clock.at = (await world.running.programme(tx)).window.closes_at

    await press(world, submission, "reason~unclear")

    assert "câu mới" in (await world.said_to(lan.address))[-1].text


async def test_in_a_rehearsal_the_toast_is_marked_too(store, tmp_path):
    world = World(store, tmp_path, rehearsal=True)
    lan = world.youth()
    await lan.agrees()
    submission = await lan.asks("Học phí năm nay thế nào?")

    assert (await press(world, submission, "approve")).text.startswith("[DIỄN TẬP]")
