"""The chain of the history: whatever is done to it behind the program's back is found; what a person has erased is not."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import Damage, Event, Head, Note, Verdict
from bot.domain.deadline import VIETNAM
from bot.domain.message import ChannelName
from bot.domain.submission import Action, HistoryEntry, NewSubmission, Proposal, State
from bot.ports import Walked
from bot.texts.catalogue import Catalogue
from bot.usecases.audit import Audit
from bot.usecases.voice import Voice
from storage.store import SqlStore

pytestmark = pytest.mark.sqlite_only  # its entries are altered as one would in a file; tests/postgres has a few, too

AT = datetime(2026, 11, 1, 8, tzinfo=VIETNAM)
VOICE = Voice(Catalogue.load())
ENTRIES = 9
GUARDS = ("history_no_update", "history_no_delete")


@asynccontextmanager
async def opened(file: Path):
    store = await SqlStore.open(f"sqlite+aiosqlite:///{file.as_posix()}", at=AT)
    try:
        yield store
    finally:
        await store.close()


async def write(file: Path) -> None:
    """Nine entries: of two submissions, with words and without, and of somebody's rights."""
    async with opened(file) as store, store.transaction() as tx:
        ids = []
        for text in ("Bao giờ có xe buýt?", "Sao học phí tăng?"):
            new = NewSubmission(
                "mau", "HY26", text, "viec-lam", Proposal("viec-lam", 0.9, False), ChannelName.WEB, "", None, "", "",
                AT, AT, False,
            )  # fmt: skip
            ids.append((await tx.submissions.add(new)).id)
        for number in range(ENTRIES):
            at = AT + timedelta(minutes=number)
            if number % 4 == 3:
                await tx.history.note(Note(at, "Lan", Event.REFUSED, "HY26-0001-A", "approve", "refuse.scope"))
                continue
            words = f"lời cũ {number}" if number % 3 == 1 else ""
            entry = HistoryEntry(
                ids[number % 2], at, "Hoa", Action.REJECT, State.WAITING, State.REJECTED, "", "", words
            )
            await tx.history.add(replace(entry, issue_id=number or None))


async def verdict(file: Path, written_down: str = "") -> Verdict:
    async with opened(file) as store:
        return await Audit(store, VOICE).verify(written_down)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("history") / "whole.sqlite3"
    asyncio.run(write(file))
    return file


def tampered(written: Path, *changes: str | tuple[str, tuple[object, ...]]) -> Path:
    """A copy that somebody with the file in their hands has changed, triggers out of the way and put back."""
    folder = Path(tempfile.mkdtemp(dir=written.parent))
    file = folder / "changed.sqlite3"
    with sqlite3.connect(written) as source, sqlite3.connect(file) as database:
        source.backup(database)
        triggers = [
            sql
            for (sql,) in database.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
            )
        ]
        for name in GUARDS:
            database.execute(f"DROP TRIGGER {name}")
        for change in changes:
            database.execute(*((change,) if isinstance(change, str) else change))
        for sql in triggers:
            database.execute(sql)
    for connection in (source, database):
        connection.close()
    return file


async def test_a_history_that_nobody_touched_holds_and_its_newest_hash_is_told(written: Path) -> None:
    found = await verdict(written)

    with sqlite3.connect(written) as database:
        ((newest,),) = database.execute("SELECT hash FROM history ORDER BY id DESC LIMIT 1")
    assert found == Verdict(ENTRIES, 0, Head(ENTRIES, newest))


async def test_an_empty_history_holds(tmp_path: Path) -> None:
    assert await verdict(tmp_path / "empty.sqlite3") == Verdict(0, 0, Head(0, ""))


@pytest.mark.parametrize("limit", [1, 2, ENTRIES - 1, ENTRIES, ENTRIES + 1])
async def test_pages_of_any_size_find_the_same(written: Path, limit: int) -> None:
    whole = tampered(written)
    broken = tampered(written, "UPDATE history SET actor = 'Ai đó' WHERE id = 5")

    assert (await _in_pages(whole, limit)).holds == ENTRIES
    found = await _in_pages(broken, limit)
    assert (found.holds, found.broken and (found.broken.damage, found.broken.id)) == (4, (Damage.ALTERED, 5))


async def _in_pages(file: Path, limit: int) -> Walked:
    async with opened(file) as store, store.reading() as tx:
        walked = Walked()
        while not walked.ended and walked.broken is None:
            walked = await tx.history.walk(walked, limit)
        return walked


COLUMNS: dict[str, st.SearchStrategy[object]] = {
    "submission_id": st.sampled_from([None, 1, 2]),
    "at": st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(str) | st.text(),  # noqa: DTZ001 - as SQLite writes it
    "actor": st.text(),
    "action": st.sampled_from([*Action, *Event]) | st.text(),
    "state_before": st.none() | st.sampled_from(list(State)),
    "state_after": st.none() | st.sampled_from(list(State)),
    "reason": st.text(),
    "topic": st.text() | st.binary(),
    "issue_id": st.none() | st.integers(0, 99),
    "standing": st.text(),
    "subject": st.text(),
    "wanted": st.text(),
    "content_hash": st.text("0123456789abcdef", min_size=64, max_size=64),
    "hash": st.text("0123456789abcdef", min_size=64, max_size=64),
}


def _storable(value: object) -> bool:
    return not isinstance(value, str) or value.isprintable()


@settings(max_examples=60)
@given(st.data())
async def test_whatever_is_altered_in_whichever_entry_is_found_there(written: Path, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(sorted(COLUMNS)))
    id_ = data.draw(st.integers(1, ENTRIES))
    value = data.draw(COLUMNS[column].filter(_storable))
    with sqlite3.connect(written) as database:
        ((before,),) = database.execute(f"SELECT {column} FROM history WHERE id = ?", (id_,))
    changed = tampered(written, (f"UPDATE history SET {column} = ? WHERE id = ?", (value, id_)))
    with sqlite3.connect(changed) as database:
        ((after,),) = database.execute(f"SELECT {column} FROM history WHERE id = ?", (id_,))

    found = await verdict(changed)

    if after == before:
        assert found.broken is None
    else:
        assert found.broken is not None
        assert (found.broken.damage, found.broken.id, found.holds) == (Damage.ALTERED, id_, id_ - 1)


@settings(max_examples=25)
@given(gone=st.sets(st.integers(1, ENTRIES), min_size=1))
async def test_whichever_entries_are_removed_the_first_gap_is_found(written: Path, gone: set[int]) -> None:
    marks = ",".join(map(str, gone))
    removed = tampered(
        written,
        f"DELETE FROM history_texts WHERE entry_id IN ({marks})",
        f"DELETE FROM history WHERE id IN ({marks})",
    )
    first = min(gone)
    behind = [id_ for id_ in range(first, ENTRIES + 1) if id_ not in gone]

    found = await verdict(removed)

    assert found.holds == first - 1
    assert found.broken is not None
    expected = (Damage.REMOVED, behind[0]) if behind else (Damage.CUT, first - 1)
    assert (found.broken.damage, found.broken.id) == expected


@settings(max_examples=25)
@given(pair=st.lists(st.integers(1, ENTRIES), min_size=2, max_size=2, unique=True))
async def test_two_entries_that_changed_places_are_found_at_the_first_of_them(written: Path, pair: list[int]) -> None:
    one, other = sorted(pair)
    swapped = tampered(
        written,
        "DELETE FROM history_texts",
        f"UPDATE history SET id = 1000 WHERE id = {one}",
        f"UPDATE history SET id = {one} WHERE id = {other}",
        f"UPDATE history SET id = {other} WHERE id = 1000",
    )

    found = await verdict(swapped)

    assert found.broken is not None
    assert (found.broken.id, found.holds) == (one, one - 1)


@settings(max_examples=25)
@given(place=st.integers(0, ENTRIES), copied=st.integers(1, ENTRIES))
async def test_an_entry_that_somebody_slipped_in_is_found_where_it_stands(
    written: Path, place: int, copied: int
) -> None:
    columns = "submission_id, at, state_before, state_after, reason, topic, issue_id"
    later = range(ENTRIES, place, -1)
    slipped = tampered(
        written,
        "DELETE FROM history_texts",
        *(f"UPDATE history SET id = {id_ + 1} WHERE id = {id_}" for id_ in later),
        f"INSERT INTO history (id, {columns}, actor, action, standing, content_hash, subject, wanted, hash) "
        f"SELECT {place + 1}, {columns}, 'Hoa', 'approve', '', '', '', '', hash FROM history "
        f"WHERE id = {copied if copied <= place else copied + 1}",
    )

    found = await verdict(slipped)

    assert found.broken is not None
    kind = Damage.INSERTED if place < ENTRIES else Damage.ALTERED  # behind the last one nothing tells the two apart
    assert (found.broken.damage, found.broken.id, found.holds) == (kind, place + 1, place)


async def test_an_entry_below_the_first_is_found(written: Path) -> None:
    below = tampered(
        written,
        "INSERT INTO history (id, at, actor, action, reason, topic, standing, content_hash, subject, wanted, hash) "
        "SELECT -5, at, actor, action, reason, topic, standing, content_hash, subject, wanted, hash FROM history WHERE id = 1",
    )

    found = await verdict(below)

    assert found.broken is not None
    assert (found.broken.damage, found.broken.id, found.holds) == (Damage.INSERTED, -5, 0)


# ------------------------------------------------------------------ words beside the entries


@settings(max_examples=20)
@given(erased=st.sets(st.sampled_from([2, 5])))
async def test_words_that_a_person_has_erased_break_nothing_and_are_counted(written: Path, erased: set[int]) -> None:
    marks = ",".join(map(str, erased))

    found = await verdict(tampered(written, f"DELETE FROM history_texts WHERE entry_id IN ({marks})"))

    assert (found.broken, found.holds, found.erased) == (None, ENTRIES, len(erased))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history_texts SET text = 'lời khác' WHERE entry_id = 2",
        "UPDATE history_texts SET elsewhere = '[]' WHERE entry_id = 2",
        "UPDATE history_texts SET key = '00112233445566778899aabbccddeeff' WHERE entry_id = 2",
        "UPDATE history_texts SET key = 'không phải khoá' WHERE entry_id = 2",
        "UPDATE history_texts SET key = x'00' WHERE entry_id = 2",
    ],
)
async def test_words_that_are_not_those_of_their_entry_are_found(written: Path, change: str) -> None:
    found = await verdict(tampered(written, change))

    assert found.broken is not None
    assert (found.broken.damage, found.broken.id, found.broken.code) == (Damage.TEXT, 2, "HY26-0002-D")


async def test_words_put_beside_an_entry_that_had_none_are_found(written: Path) -> None:
    put = "INSERT INTO history_texts (entry_id, text, key) VALUES (1, 'lời thêm', '00112233445566778899aabbccddeeff')"

    found = await verdict(tampered(written, put))

    assert found.broken is not None
    assert (found.broken.damage, found.broken.id) == (Damage.TEXT, 1)


# ------------------------------------------------------------------ what an office wrote down


async def test_a_hash_that_was_written_down_is_found_again_and_one_of_another_history_is_not(
    written: Path, tmp_path: Path
) -> None:
    then = (await verdict(written)).head
    other = tmp_path / "other.sqlite3"
    await write(other)
    with sqlite3.connect(other) as database:
        database.execute("DROP TRIGGER history_no_delete")
    forged = (await verdict(other)).head
    longer = tampered(written)
    async with opened(longer) as store, store.transaction() as tx:
        await tx.history.note(Note(AT, "Lan", Event.REVOKED, "Minh"))

    assert (await verdict(longer, then.hash)).known is True
    assert (await verdict(longer, then.hash[:12])).known is True
    assert (await verdict(longer, "0" * 64)).known is False
    assert (await verdict(longer)).known is None
    assert forged.hash != then.hash, (
        "words are hashed with keys of their own: the same story twice is not the same chain"
    )


async def test_the_head_is_the_newest_entry(store, at) -> None:
    async with store.transaction() as tx:
        assert await tx.history.head() == Head(0, "")
        await tx.history.note(Note(at, "Lan", Event.REVOKED, "Minh"))
        one = await tx.history.head()
        await tx.history.note(Note(at, "Lan", Event.REVOKED, "Minh"))
        two = await tx.history.head()

    assert (one.count, two.count, one.hash == two.hash) == (1, 2, False)


async def test_what_is_about_no_submission_is_no_ones_history(store, at, question) -> None:
    async with store.transaction() as tx:
        submission = await tx.submissions.add(question())
        entry = HistoryEntry(submission.id, at, "asker", Action.SUBMIT, None, State.WAITING)
        told = await tx.history.add(entry)
        note = await tx.history.note(Note(at, "Lan", Event.REFUSED, submission.code, "approve", "refuse.scope"))

        assert await tx.history.of(submission.id) == [replace(entry, id=told)]
        assert await tx.history.get(note) is None
        assert await tx.history.newest() == told
        assert await tx.history.touched(0, 10) == [(told, submission.id)]
        assert [record.what for record in await tx.history.records(after=0, limit=10)] == ["submit", "refused"]
