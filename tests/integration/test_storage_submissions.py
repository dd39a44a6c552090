"""Submissions, issues and history: word for word, numbered without gaps, changed by one person at a time, never rewritten."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from bot.domain.message import ChannelName
from bot.domain.submission import Action, HistoryEntry, State, receipt_code
from bot.domain.text import storable

MINUTE = timedelta(minutes=1)


async def add(store, new):
    async with store.transaction() as tx:
        return await tx.submissions.add(new)


async def test_a_submission_comes_back_as_written(store, question, at) -> None:
    new = question(typed_at=at - MINUTE, late=True)

    added = await add(store, new)

    assert (added.number, added.code, added.version, added.state) == (1, receipt_code("HY26", 1), 1, State.WAITING)
    fields = (
        "programme",
        "text",
        "topic",
        "proposal",
        "source",
        "source_label",
        "unit",
        "youth_group",
        "typed_at",
        "received_at",
        "late",
    )
    assert [getattr(added, name) for name in fields] == [getattr(new, name) for name in fields]
    async with store.reading() as tx:
        assert await tx.submissions.get(added.id) == added
        assert await tx.submissions.by_code(added.code) == added
        assert await tx.submissions.get(added.id + 1) is None
        assert await tx.submissions.by_code("HY26-9999-A") is None


async def test_a_slip_without_a_proposal_comes_back_without_one(store, question) -> None:
    added = await add(store, question(source=ChannelName.SLIP, source_label="Chi đoàn 5", proposal=None))

    async with store.reading() as tx:
        assert await tx.submissions.get(added.id) == added
    assert (added.source, added.source_label, added.proposal) == (ChannelName.SLIP, "Chi đoàn 5", None)


VIETNAMESE = st.text(alphabet="aăâđêôơưAĐ ̣̀̃́̉ \t\n", max_size=40)
HOSTILE = st.text(max_size=60).map(storable)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("👨‍👩‍👧‍👦 🇻🇳 e\u0323\u0302\u0301" + "\u0301" * 500)
@example("'; DROP TABLE submissions; -- :name ? %s {unit} \\")
@example("=HYPERLINK(1)\ufffe\uffff\u202e\x07\x1b[2J")
@given(st.one_of(VIETNAMESE, HOSTILE))
async def test_any_text_comes_back_sign_for_sign(store, question, text) -> None:
    added = await add(store, question(text))

    async with store.reading() as tx:
        kept = await tx.submissions.get(added.id)
    assert kept.text == text


async def test_numbers_of_a_programme_have_no_gaps_and_no_doubles(store, question) -> None:
    added = await asyncio.gather(*(add(store, question(str(time))) for time in range(30)))
    other = await add(store, question(programme="khac", receipt_prefix="TB24"))

    assert sorted(one.number for one in added) == list(range(1, 31))
    assert len({one.code for one in added}) == 30
    assert (other.number, other.code) == (1, receipt_code("TB24", 1))


async def test_a_change_is_kept_and_raises_the_version(store, question, at) -> None:
    added = await add(store, question())
    async with store.transaction() as tx:
        issue = await tx.issues.add("mau", "dat-dai", "so-nnmt", ())
        changed = replace(
            added,
            text="Đã sửa",
            state=State.APPROVED,
            topic="dat-dai",
            proposal=None,
            unit="",
            youth_group="khac",
            typed_at=at + MINUTE,
            late=True,
            issue_id=issue.id,
            reason="vì sao",
            decided_by="Chị Hoa",
            decided_at=at + MINUTE,
        )
        saved = await tx.submissions.change(changed, added.version)

    assert saved == replace(changed, version=2)
    async with store.reading() as tx:
        assert await tx.submissions.get(added.id) == saved


async def test_of_two_who_decide_at_once_one_is_told_that_the_other_was_first(store, question) -> None:
    added = await add(store, question())

    async def decide(state: State, by: str):
        async with store.transaction() as tx:
            return await tx.submissions.change(replace(added, state=state, decided_by=by), added.version)

    first, second = await asyncio.gather(decide(State.APPROVED, "Hoa"), decide(State.REJECTED, "Bình"))

    assert first is not None
    assert second is None
    async with store.reading() as tx:
        assert await tx.submissions.get(added.id) == replace(added, state=State.APPROVED, decided_by="Hoa", version=2)


async def test_a_change_does_not_bring_a_forgotten_person_back(store, question, at, lan) -> None:
    async with store.transaction() as tx:
        person = await tx.people.put(lan, 1, at, "", "")
        added = await tx.submissions.add(question(person_id=person.id))
    async with store.transaction() as tx:
        await tx.people.forget(lan)

    async with store.transaction() as tx:
        await tx.submissions.change(replace(added, state=State.APPROVED), added.version)
        kept = await tx.submissions.get(added.id)

    assert (kept.state, kept.person_id) == (State.APPROVED, None)


async def test_a_persons_questions_come_newest_first_and_only_of_one_programme(store, question, at, lan, minh) -> None:
    async with store.transaction() as tx:
        person, other = [await tx.people.put(address, 1, at, "", "") for address in (lan, minh)]
        await tx.submissions.add(question("1", person_id=person.id))
        await tx.submissions.add(question("not theirs", person_id=other.id))
        await tx.submissions.add(question("2", person_id=person.id))
        await tx.submissions.add(question("elsewhere", person_id=person.id, programme="khac", receipt_prefix="K"))

        assert [one.text for one in await tx.submissions.of_person(person.id, "mau")] == ["2", "1"]


async def test_a_programmes_questions_come_by_number_state_and_count(store, question) -> None:
    async with store.transaction() as tx:
        added = [await tx.submissions.add(question(text)) for text in "abcd"]
        await tx.submissions.add(question("elsewhere", programme="khac", receipt_prefix="K"))
        await tx.submissions.change(replace(added[0], state=State.APPROVED), 1)
        await tx.submissions.change(replace(added[2], state=State.REJECTED), 1)

        decided = await tx.submissions.of_programme("mau", [State.REJECTED, State.APPROVED])
        waiting = await tx.submissions.of_programme("mau", iter([State.WAITING]))

        assert [one.text for one in decided] == ["a", "c"]
        assert [one.text for one in waiting] == ["b", "d"]
        assert await tx.submissions.of_programme("mau", []) == []
        found = {State.WAITING: 2, State.APPROVED: 1, State.REJECTED: 1}
        assert await tx.submissions.counts("mau") == dict.fromkeys(State, 0) | found
        assert await tx.submissions.counts("none") == dict.fromkeys(State, 0)


# ------------------------------------------------------------------ issues


async def test_an_issue_is_numbered_in_its_programme_and_can_be_changed(store, question) -> None:
    async with store.transaction() as tx:
        first = await tx.issues.add("mau", "viec-lam", "so-nv", ("so-gddt", "so-tc"))
        second = await tx.issues.add("mau", "ngoai-pham-vi", None, ())
        other = await tx.issues.add("khac", "viec-lam", None, ())
        for issue in (first, second):
            added = await tx.submissions.add(question())
            await tx.submissions.change(replace(added, issue_id=issue.id), 1)
        changed = replace(
            first, topic="dat-dai", lead="so-nnmt", supporting=("so-xd",), edited_text="Lời chung", last_decision=7
        )
        await tx.issues.change(changed)

        assert (first.number, second.number, other.number) == (1, 2, 1)
        assert first.supporting == ("so-gddt", "so-tc")
        assert await tx.issues.of_programme("mau") == [changed, second]
        assert await tx.issues.get(second.id) == second
        assert await tx.issues.get(other.id + 1) is None


async def test_an_issue_that_nobody_asks_any_more_is_not_listed_and_keeps_its_number(store, question) -> None:
    async with store.transaction() as tx:
        issue = await tx.issues.add("mau", "viec-lam", None, ())
        added = await tx.submissions.add(question())
        held = await tx.submissions.change(replace(added, issue_id=issue.id), 1)
        assert await tx.issues.of_programme("mau") == [issue]
        assert [one.id for one in await tx.submissions.of_issue(issue.id)] == [added.id]

        await tx.submissions.change(replace(held, issue_id=None), 2)

        assert await tx.issues.of_programme("mau") == []
        assert await tx.issues.get(issue.id) == issue
        assert (await tx.issues.add("mau", "viec-lam", None, ())).number == 2


async def test_a_submission_cannot_belong_to_an_issue_that_is_not_there(store, question) -> None:
    added = await add(store, question())

    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        async with store.transaction() as tx:
            await tx.submissions.change(replace(added, issue_id=99), 1)


# ------------------------------------------------------------------ history

REPLACED = (
    "REPLACE INTO history SELECT id, submission_id, at, 'nobody', action, state_before, state_after, reason, topic, "
    "issue_id, standing, subject, wanted, content_hash, hash FROM history"
)


@pytest.fixture
async def entries(store, question, at) -> list[HistoryEntry]:
    async with store.transaction() as tx:
        one, other = [await tx.submissions.add(question(text)) for text in ("1", "2")]
        told = [
            HistoryEntry(one.id, at, "asker", Action.SUBMIT, None, State.WAITING),
            HistoryEntry(
                one.id, at + MINUTE, "Hoa", Action.REJECT, State.WAITING, State.REJECTED, "vì sao", "dat-dai", "cũ"
            ),
        ]
        others = HistoryEntry(other.id, at, "asker", Action.SUBMIT, None, State.WAITING)
        ids = [await tx.history.add(entry) for entry in (told[0], others, told[1])]
    return [replace(told[0], id=ids[0]), replace(told[1], id=ids[2])]


async def test_history_is_told_oldest_first_and_only_of_the_one_asked_for(store, entries) -> None:
    async with store.reading() as tx:
        assert await tx.history.of(entries[0].submission_id) == entries


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = 'nobody'",
        "UPDATE history SET id = id + 100",
        "DELETE FROM history",
        "DELETE FROM history WHERE id = 1",
        "UPDATE history SET hash = ''",
        pytest.param(REPLACED, marks=pytest.mark.sqlite_only),
        pytest.param("TRUNCATE history CASCADE", marks=pytest.mark.postgres_only),
    ],
)
async def test_history_is_never_rewritten(store, entries, statement) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with store._database.writer.begin() as connection:
            await connection.exec_driver_sql(statement)

    async with store.reading() as tx:
        assert await tx.history.of(entries[0].submission_id) == entries


@pytest.mark.sqlite_only
async def test_history_is_not_rewritten_with_another_tool_either(store, entries, database) -> None:
    connection = sqlite3.connect(database)

    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        connection.execute("DELETE FROM history")
    connection.close()
