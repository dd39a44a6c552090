"""Personal data that a moderator masks is masked wherever a colleague or a department reads it, and an undo brings all of
it back.
"""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.submission import Action, State
from bot.ports import Walked
from bot.usecases.moderate import Decision
from tests.world import World, chief, moderator

PHONE = "0912345678"
HOTLINE = "0243 825 3333"
TEXT = f"Bao giờ quê em có xe buýt? Gọi em {PHONE}, em tên Tèo."
ANSWER = "Dạ tuyến về xã Tân Việt, cứ gọi Tèo số 0912.345.678 ạ"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def asked(world, text=TEXT, chat="7"):
    youth = world.youth(chat)
    await youth.agrees()
    return youth, await youth.asks(text)


async def now(world, submission):
    async with world.store.reading() as tx:
        return await tx.submissions.get(submission.id)


async def decide(world, submission, action, by="Lan", **more):
    seen = await now(world, submission)
    return await world.moderate.decide(submission.id, seen.version, Decision(action, **more), moderator(by))


async def answered(world, text=TEXT):
    youth, one = await asked(world, text)
    await decide(world, one, Action.ASK_BACK, question=f"Số {PHONE} có phải của Tèo không?")
    await youth.types(ANSWER)
    return one


async def wording(world, submission):
    async with world.store.reading() as tx:
        return (await tx.issues.get((await tx.submissions.get(submission.id)).issue_id)).edited_text


async def everything_shown(world, submission, by=None):
    """All that a colleague reads of it on the board and a department in the workbook."""
    card = await world.cards.one(submission.id)
    steps = await world.trace(submission.id, by or moderator("Minh"))
    async with world.store.reading() as tx:
        rows = await tx.asks.of([submission.id])
    shown = [card.text, card.wording, *card.asked, *card.notices]
    shown += [words for step in steps for words in (step.before, step.after, *step.details) if words]
    shown += [words for ask in rows for words in (ask.shown_question, ask.shown_answer)]
    return "\n".join(shown)


async def workbook(world):
    found = await world.exporting.make("Lan")
    book = load_workbook(found.file, read_only=True)
    text = "\n".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )
    book.close()
    return text


@pytest.mark.parametrize("secret", ["345678", "345.678", "Tèo"])
async def test_what_is_masked_is_masked_in_the_answer_the_question_back_and_the_wording_too(world, secret):
    one = await answered(world)
    await decide(world, one, Action.APPROVE)
    await decide(world, one, Action.EDIT_WORDING, wording=f"Khi nào có xe buýt? (Tèo, {PHONE})")
    before = await everything_shown(world, one)

    await decide(world, one, Action.MASK, hide=("Tèo",))

    assert secret in before
    assert secret not in await everything_shown(world, one)
    assert secret not in await workbook(world)
    assert "Tân Việt" in await everything_shown(world, one)


async def test_an_undo_brings_all_of_it_back(world):
    one = await answered(world)
    await decide(world, one, Action.APPROVE)
    await decide(world, one, Action.EDIT_WORDING, wording=f"Khi nào có xe buýt? (Tèo, {PHONE})")
    before = await world.cards.one(one.id)
    await decide(world, one, Action.MASK, hide=("Tèo",))

    await decide(world, one, Action.UNDO, by="Minh")

    after = await world.cards.one(one.id)
    assert (after.text, after.wording, after.asked) == (before.text, before.wording, before.asked)
    await decide(world, one, Action.UNDO)
    assert await wording(world, one) == ""


async def test_masking_step_by_step_is_undone_step_by_step(world):
    one = await answered(world)
    steps = [(await world.cards.one(one.id)).asked]
    for hide in ((), ("Tèo",), ("Tân Việt",)):
        await decide(world, one, Action.MASK, hide=hide)
        steps.append((await world.cards.one(one.id)).asked)
    assert len(set(steps)) == 4

    for earlier in reversed(steps[:-1]):
        await decide(world, one, Action.UNDO)
        assert (await world.cards.one(one.id)).asked == earlier


async def test_a_number_that_only_the_answer_holds_is_reason_enough_to_mask(world):
    one = await answered(world, "Bao giờ quê em có xe buýt?")
    card = await world.cards.one(one.id)

    await decide(world, one, Action.MASK)

    assert card.has_personal
    assert "345.678" not in await everything_shown(world, one)
    assert (await now(world, one)).shown_text == ""
    assert not (await world.cards.one(one.id)).has_personal
    with pytest.raises(Refusal, match="nothing_to_mask"):
        await decide(world, one, Action.MASK)


async def test_a_hotline_that_a_moderator_put_into_the_wording_stays(world):
    _, one = await asked(world)
    await decide(world, one, Action.APPROVE)
    await decide(world, one, Action.EDIT_WORDING, wording=f"Khi nào có xe buýt? Đường dây nóng {HOTLINE}; {PHONE}")

    await decide(world, one, Action.MASK)

    assert await wording(world, one) == f"Khi nào có xe buýt? Đường dây nóng {HOTLINE}; 09******78"


async def test_an_old_wording_is_not_read_in_the_history_of_what_was_masked_since_but_by_a_chief(world):
    _, one = await asked(world)
    await decide(world, one, Action.APPROVE)
    await decide(world, one, Action.EDIT_WORDING, wording=f"Khi nào có xe buýt? Gọi {PHONE}")
    await decide(world, one, Action.EDIT_WORDING, wording="Khi nào có xe buýt về các xã?")

    await decide(world, one, Action.MASK)

    assert PHONE not in await everything_shown(world, one)
    assert PHONE in await everything_shown(world, one, chief())
    await decide(world, one, Action.UNDO)
    assert PHONE in await everything_shown(world, one)


async def test_whoever_shares_the_issue_cannot_undo_a_wording_over_a_masking(world):
    _, first = await asked(world)
    _, second = await asked(world, "Xe buýt bao giờ về xã em ạ?", "8")
    await decide(world, first, Action.APPROVE)
    await decide(world, second, Action.APPROVE, into=(await now(world, first)).issue_id)
    await decide(world, second, Action.EDIT_WORDING, wording=f"Khi nào có xe buýt? {PHONE}")
    await decide(world, second, Action.EDIT_WORDING, wording=f"Bao giờ có xe buýt? {PHONE}")

    await decide(world, first, Action.MASK)

    assert (await world.cards.one(second.id)).wording == "Bao giờ có xe buýt? 09******78"
    assert PHONE not in await everything_shown(world, second)
    with pytest.raises(NotAllowedNow, match="issue_changed"):
        await decide(world, second, Action.UNDO)


async def share_an_issue(world):
    _, first = await asked(world)
    _, second = await asked(world, "Xe buýt bao giờ về xã em ạ?", "8")
    await decide(world, second, Action.APPROVE)
    await decide(world, first, Action.APPROVE, into=(await now(world, second)).issue_id)
    return first, second


@pytest.mark.parametrize("leaves", [Action.UNMERGE, Action.RESTORE])
async def test_what_was_masked_in_a_question_stays_so_in_the_old_wordings_of_the_issue_that_it_left(world, leaves):
    first, second = await share_an_issue(world)
    for words in ("Khi nào có xe buýt?", "Bao giờ có xe buýt?"):
        await decide(world, second, Action.EDIT_WORDING, wording=f"{words} {PHONE}")
    await decide(world, first, Action.MASK)

    await decide(world, first, leaves)

    assert PHONE not in await everything_shown(world, second)
    assert PHONE in await everything_shown(world, second, chief())


async def test_an_undo_brings_no_wording_back_that_was_there_before_another_question_was_masked(world):
    first, second = await share_an_issue(world)
    for words in (f"Khi nào có xe buýt? {PHONE}", "Bao giờ có xe buýt?"):
        await decide(world, second, Action.EDIT_WORDING, wording=words)
    await decide(world, first, Action.MASK)

    with pytest.raises(NotAllowedNow, match="issue_changed"):
        await decide(world, second, Action.UNDO)

    assert await wording(world, second) == "Bao giờ có xe buýt?"


async def test_what_is_masked_in_a_part_is_masked_in_its_whole_and_in_what_the_whole_was_answered(world):
    whole = await answered(world, f"{TEXT} Với lại học phí năm nay có tăng không ạ?")
    await decide(world, whole, Action.SPLIT, parts=(TEXT, "Học phí năm nay có tăng không ạ?"))
    async with world.store.reading() as tx:
        first, second = await tx.submissions.parts(whole.id)

    await decide(world, first, Action.MASK, hide=("Tèo",))

    for one in (whole, first, second):
        shown = await everything_shown(world, one)
        assert [secret for secret in (PHONE, "345.678", "Tèo") if secret in shown] == []
    assert (await now(world, whole)).state is State.SPLIT

    await decide(world, first, Action.UNDO)
    assert (await now(world, whole)).shown == whole.text
    assert "345.678" in await everything_shown(world, whole)


async def test_a_new_answer_after_a_masking_is_masked_by_another_one(world):
    one = await answered(world)
    await decide(world, one, Action.MASK)
    await decide(world, one, Action.ASK_BACK, question="Bạn ở xã nào?")
    await world.youth("7").types(f"Em ở xã An Vĩ, số mới {PHONE}")
    assert PHONE in await everything_shown(world, one)

    await decide(world, one, Action.MASK)

    assert PHONE not in await everything_shown(world, one)


async def test_what_was_masked_elsewhere_is_bound_into_the_chain(world):
    one = await answered(world)
    await decide(world, one, Action.MASK)

    async with world.store.reading() as tx:
        (entry,) = [found for found in await tx.history.of(one.id) if found.action is Action.MASK]
        walked = await tx.history.walk(Walked(), 100)
    assert [change.place.value for change in entry.elsewhere] == ["question", "answer"]
    assert (walked.broken, walked.ended) == (None, True)
