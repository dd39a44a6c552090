"""Sessions and people: remembered until they ask to be forgotten, or never consented."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.message import Address, ChannelName
from bot.domain.person import Person

DAY = timedelta(days=1)


async def test_a_session_is_what_was_put_last(store, at, lan, minh) -> None:
    async with store.transaction() as tx:
        assert await tx.sessions.get(lan) is None
        await tx.sessions.put(lan, '{"step": "consent"}', at, draft_open=False)
        await tx.sessions.put(lan, '{"step": "draft", "text": "Đường hỏng 🚧"}', at + DAY, draft_open=True)

    async with store.reading() as tx:
        assert await tx.sessions.get(lan) == '{"step": "draft", "text": "Đường hỏng 🚧"}'
        assert await tx.sessions.get(minh) is None


async def test_sessions_with_an_open_draft_are_found(store, at, lan, minh) -> None:
    async with store.transaction() as tx:
        await tx.sessions.put(lan, "lan", at, draft_open=True)
        await tx.sessions.put(minh, "minh", at, draft_open=True)
        await tx.sessions.put(minh, "minh sent it", at, draft_open=False)

    async with store.reading() as tx:
        assert await tx.sessions.with_drafts() == [(lan, "lan")]


async def test_a_forgotten_session_is_gone_and_others_are_not(store, at, lan, minh) -> None:
    async with store.transaction() as tx:
        await tx.sessions.put(lan, "lan", at, draft_open=True)
        await tx.sessions.put(minh, "minh", at, draft_open=True)
        await tx.sessions.forget(lan)

    async with store.reading() as tx:
        assert await tx.sessions.with_drafts() == [(minh, "minh")]


async def test_sessions_of_people_who_never_consented_are_forgotten_after_a_while(store, at, lan, minh) -> None:
    newcomer = Address(ChannelName.WEB, "web", "newcomer")
    same_id_elsewhere = Address(ChannelName.WEB, "web", "lan")
    async with store.transaction() as tx:
        await tx.people.put(lan, 1, at, "", "")
        for address in (lan, minh, same_id_elsewhere):
            await tx.sessions.put(address, str(address), at, draft_open=True)
        await tx.sessions.put(newcomer, "new", at + DAY, draft_open=True)

        forgotten = await tx.sessions.forget_unconsented(at + DAY)

        assert forgotten == 2
        assert {address for address, _ in await tx.sessions.with_drafts()} == {lan, newcomer}


async def test_a_person_comes_back_as_put(store, at, lan, minh) -> None:
    async with store.transaction() as tx:
        put = await tx.people.put(lan, 1, at, "Xã Tân Hưng", "hoc-sinh")

    async with store.reading() as tx:
        assert put == Person(put.id, "telegram", "bot", "lan", 1, at, "Xã Tân Hưng", "hoc-sinh")
        assert await tx.people.get(lan) == put
        assert await tx.people.by_id(put.id) == put
        assert await tx.people.get(minh) is None
        assert await tx.people.by_id(put.id + 1) is None


async def test_the_instant_of_consent_is_that_of_the_first_consent_to_a_version(store, at, lan) -> None:
    async with store.transaction() as tx:
        first = await tx.people.put(lan, 1, at, "", "")
        later = await tx.people.put(lan, 1, at + DAY, "Xã Tân Hưng", "")
        renewed = await tx.people.put(lan, 2, at + 2 * DAY, "Xã Tân Hưng", "")

    assert (first.id, first.consented_at) == (later.id, later.consented_at) == (renewed.id, at)
    assert later.unit == "Xã Tân Hưng"
    assert (renewed.consent_version, renewed.consented_at) == (2, at + 2 * DAY)


async def test_a_forgotten_person_leaves_the_question_without_an_asker(store, at, lan, question) -> None:
    async with store.transaction() as tx:
        person = await tx.people.put(lan, 1, at, "", "")
        submission = await tx.submissions.add(question(person_id=person.id))
        await tx.people.forget(lan)

        left = await tx.submissions.get(submission.id)
        newcomer = await tx.people.put(lan, 1, at, "", "")

        assert (left.text, left.person_id) == (submission.text, None)
        assert newcomer.id != person.id
        assert await tx.submissions.of_person(newcomer.id, "mau") == []
