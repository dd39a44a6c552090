"""What the moderators' side remembers: cards, sign-ins, programme changes, exports, slips, facts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.role import Role
from bot.domain.submission import State
from bot.ports import ExportRecord, Moderator, ProgrammeChange
from storage.store import SqlStore

DAY = timedelta(days=1)


# ------------------------------------------------------------------ cards


async def test_a_card_is_opened_once_a_chat_and_found_by_its_nonce(store, question, group, minh) -> None:
    async with store.transaction() as tx:
        submission = await tx.submissions.add(question())
        card = await tx.board.open(group, submission.id)
        again = await tx.board.open(group, submission.id)
        elsewhere = await tx.board.open(minh, submission.id)

        assert again == card
        assert (card.address, card.submission_id, card.message_id, card.menu) == (group, submission.id, None, "")
        assert elsewhere.nonce != card.nonce
        assert await tx.board.by_nonce(card.nonce) == card
        assert await tx.board.by_nonce("guessed") is None
        assert await tx.board.of_submission(submission.id) == [card, elsewhere]
        assert await tx.board.of_submission(submission.id + 1) == []


async def test_nonces_are_long_fit_a_button_and_never_repeat(store, question, group) -> None:
    async with store.transaction() as tx:
        cards = [await tx.board.open(group, (await tx.submissions.add(question())).id) for _ in range(50)]

    assert {len(card.nonce) for card in cards} == {12}
    assert len({card.nonce for card in cards}) == 50
    assert all(sign.isascii() and (sign.isalnum() or sign in "-_") for card in cards for sign in card.nonce)


async def test_a_card_remembers_its_message_and_its_menu(store, question, group) -> None:
    async with store.transaction() as tx:
        card = await tx.board.open(group, (await tx.submissions.add(question())).id)
        await tx.board.shown(card.id, "4711")
        await tx.board.set_menu(card.id, "topics:so-nv")

        expected = replace(card, message_id="4711", menu="topics:so-nv")
        assert await tx.board.open(group, card.submission_id) == expected


async def test_what_waits_is_counted_where_it_has_a_card_and_listed_where_it_has_none(
    store, question, group, minh
) -> None:
    async with store.transaction() as tx:
        carded, decided, *bare = [await tx.submissions.add(question(text)) for text in "abcde"]
        elsewhere = await tx.submissions.add(question(programme="khac", receipt_prefix="K"))
        for one in (carded, decided, elsewhere):
            await tx.board.open(group, one.id)
        await tx.board.open(minh, bare[0].id)
        for one in (decided, bare[1]):
            await tx.submissions.change(replace(one, state=State.REJECTED), 1)

        assert await tx.board.undecided(group, "mau") == 1
        assert await tx.board.undecided(minh, "khac") == 0
        assert await tx.board.cardless(group, "mau", 10) == [bare[0].id, bare[2].id]
        assert await tx.board.cardless(group, "mau", 1) == [bare[0].id]


# ------------------------------------------------------------------ moderators


async def invite(store: SqlStore, at, token: str = "token", name: str = "Chị Hoa") -> None:
    async with store.transaction() as tx:
        await tx.moderators.invite(name, token, at + DAY, at, Role.MODERATOR)


async def redeem(store: SqlStore, at, token: str = "token", session: str = "session") -> Moderator | None:
    async with store.transaction() as tx:
        return await tx.moderators.redeem(token, session, at)


async def test_an_invitation_makes_a_moderator_who_is_signed_in(store, at) -> None:
    await invite(store, at)

    moderator = await redeem(store, at)

    assert (moderator.name, moderator.since) == ("Chị Hoa", at)
    async with store.reading() as tx:
        assert await tx.moderators.by_session("session") == moderator
        assert await tx.moderators.by_session("token") is None
        assert await tx.moderators.all() == [moderator]


async def test_an_invitation_is_good_once_even_for_two_at_the_same_moment(store, at) -> None:
    await invite(store, at)

    both = await asyncio.gather(redeem(store, at, session="one"), redeem(store, at, session="two"))

    assert [moderator is not None for moderator in both] == [True, False]
    async with store.reading() as tx:
        assert await tx.moderators.by_session("two") is None


@pytest.mark.parametrize(("after", "valid"), [(DAY - timedelta(seconds=1), True), (DAY, False)])
async def test_an_invitation_ends_at_its_instant(store, at, after, valid) -> None:
    await invite(store, at)

    assert (await redeem(store, at + after) is not None) is valid


async def test_an_unknown_invitation_makes_nobody(store, at) -> None:
    assert await redeem(store, at, "guessed") is None
    async with store.reading() as tx:
        assert await tx.moderators.all() == []


async def test_a_second_invitation_of_the_same_name_is_the_same_moderator_on_another_device(store, at) -> None:
    await invite(store, at, "phone")
    await invite(store, at, "desk")
    phone = await redeem(store, at, "phone", "s1")
    desk = await redeem(store, at + timedelta(hours=1), "desk", "s2")

    assert phone == desk
    async with store.reading() as tx:
        assert await tx.moderators.by_session("s1") == await tx.moderators.by_session("s2") == phone


async def test_revoking_ends_every_session_and_invitation_of_the_name_and_no_other(store, at) -> None:
    for token, name in (("t1", "Hoa"), ("t2", "Hoa"), ("t3", "Bình")):
        await invite(store, at, token, name)
    await redeem(store, at, "t1", "s1")
    other = await redeem(store, at, "t3", "s3")

    async with store.transaction() as tx:
        assert await tx.moderators.revoke("Hoa")
        assert not await tx.moderators.revoke("Hoa")
        assert not await tx.moderators.revoke("Không có ai")

    assert await redeem(store, at, "t2", "s2") is None
    async with store.reading() as tx:
        assert await tx.moderators.by_session("s1") is None
        assert await tx.moderators.by_session("s3") == other
        assert await tx.moderators.all() == [other]


async def test_a_moderator_invited_but_never_signed_in_can_be_revoked(store, at) -> None:
    await invite(store, at)

    async with store.transaction() as tx:
        assert await tx.moderators.revoke("Chị Hoa")
    assert await redeem(store, at) is None


# ------------------------------------------------------------------ programmes and exports


async def test_changes_of_a_programme_come_oldest_first(store, at) -> None:
    day = ProgrammeChange("mau", at, "Hoa", date(2026, 12, 1), None, "có giấy mời")
    longer = ProgrammeChange("mau", at + DAY, "Hoa", None, at + 9 * DAY, "mưa bão")
    async with store.transaction() as tx:
        for change in (day, replace(day, programme="khac"), longer):
            await tx.programmes.add_change(change)

        assert await tx.programmes.changes("mau") == [day, longer]
        assert await tx.programmes.changes("none") == []


async def export(tx, at, number: int, occasion: str, programme: str = "mau") -> bool:
    return await tx.exports.add(programme, number, at, "Hoa", occasion, "bang.xlsx", "ab12")


async def test_an_export_is_recorded_once_a_number_and_once_an_occasion(store, at) -> None:
    async with store.transaction() as tx:
        assert await tx.exports.next_number("mau") == 1
        assert await export(tx, at, 1, "week:2026-11-02")
        assert not await export(tx, at, 1, "")
        assert not await export(tx, at, 2, "week:2026-11-02")
        assert await export(tx, at, 2, "")
        assert await export(tx, at, 3, "")
        assert await export(tx, at, 1, "week:2026-11-02", "khac")

        assert await tx.exports.next_number("mau") == 4
        assert await tx.exports.has("mau", "week:2026-11-02")
        assert not await tx.exports.has("mau", "cutoff")
        records = await tx.exports.of_programme("mau")
        assert [(record.number, record.occasion) for record in records] == [(1, "week:2026-11-02"), (2, ""), (3, "")]
        assert records[0] == ExportRecord(records[0].id, "mau", 1, at, "Hoa", "week:2026-11-02", "bang.xlsx", "ab12")


# ------------------------------------------------------------------ slips and facts


async def test_slips_are_counted_as_a_multiset_a_programme(store) -> None:
    async with store.transaction() as tx:
        await tx.slips.count("mau", {"a": 2, "b": 1})
        await tx.slips.count("mau", {"a": 3, "c": 1})
        await tx.slips.count("khac", {"a": 7})
        await tx.slips.count("mau", {})

        assert await tx.slips.seen("mau", iter(["a", "b", "d", "a"])) == {"a": 5, "b": 1, "d": 0}
        assert await tx.slips.seen("mau", []) == {}


async def test_thousands_of_slips_are_counted_at_once(store) -> None:
    counts = {f"key {number}": number % 3 + 1 for number in range(3000)}
    async with store.transaction() as tx:
        await tx.slips.count("mau", counts)

    async with store.reading() as tx:
        assert await tx.slips.seen("mau", counts) == counts


async def test_a_fact_is_what_was_put_last(store) -> None:
    async with store.transaction() as tx:
        assert await tx.facts.get("kind") is None
        await tx.facts.put("kind", "demo")
        await tx.facts.put("kind", "production")

        assert await tx.facts.get("kind") == "production"
