"""What is over its term goes, kind by kind, once a day; what is not, stays; each run is on record."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody
from bot.domain.message import Address, ChannelName, Words
from bot.domain.photo import NewPhoto, PhotoState
from bot.domain.privacy import DAYS, FOREVER, Kept
from bot.domain.role import Role
from bot.domain.submission import Action, State
from bot.ports import RawUpdate, Walked
from bot.usecases.erase import Erase
from bot.usecases.retention import RAN_AT, Retention
from bot.usecases.schedule import started_at
from tests.world import GROUP, NOON, World, decide, issue_of, now

TEXT = "Học phí lớp em ở xã bao nhiêu ạ? Em là Trần Thị Chimsẻ, gọi 0912345678 nhé"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path)


@pytest.fixture
async def lan(world):
    youth = world.youth("7700990077")
    await youth.agrees()
    return youth


def retention(world: World, **days: int) -> Retention:
    """Only these kinds, each with its days; the others are kept for ever."""
    terms = dict.fromkeys(Kept, FOREVER) | {Kept[name.upper()]: term for name, term in days.items()}
    erase = Erase(world.clock, world.voice, world.watcher)
    return Retention(world.store, world.clock, world.voice, world.running, erase, terms, world.folder)


def counts(runs) -> dict[Kept, int]:
    return {run.kind: run.count for run in runs}


async def over(world: World, days: int) -> None:
    """So many days after the programme."""
    async with world.store.reading() as tx:
        closes_at = (await world.running.programme(tx)).window.closes_at
    world.clock.at = closes_at + timedelta(days=days, seconds=1)


# ------------------------------------------------------------------ who wrote


async def test_who_wrote_is_forgotten_ninety_days_after_the_programme_and_not_a_day_before(world, lan):
    submission = await lan.asks(TEXT)
    await over(world, 89)
    assert counts(await retention(world, identity=90).run())[Kept.IDENTITY] == 0

    await over(world, 90)
    runs = await retention(world, identity=90).run()

    left = await now(world, submission)
    assert counts(runs)[Kept.IDENTITY] == 1
    assert left.person_id is None
    assert left.text.startswith("Học phí lớp em ở xã bao nhiêu ạ?")
    assert "0912345678" not in left.text
    async with world.store.reading() as tx:
        assert await tx.people.get(lan.address) is None
        assert await tx.sessions.get(lan.address) is None


async def test_whoever_wrote_lately_or_was_answered_lately_is_not_forgotten(world, lan):
    minh = world.youth("8")
    await minh.agrees()
    question = await minh.asks("Bao giờ quê em có xe buýt?")
    await decide(world, question, Action.APPROVE)
    issue = await issue_of(world, question)
    await over(world, 85)
    await lan.types("/cuatoi")
    async with world.store.transaction() as tx:
        answer = await tx.answers.add(issue.id, AnswerBody("Quý II."), "Sở", world.clock.now())
        row = await tx.outbox.say(minh.address, Words("Quý II."), world.clock.now())
        await tx.answer_news.told(answer.id, [question.id], row, world.clock.now())
    await over(world, 170)

    runs = await retention(world, identity=90).run()

    assert counts(runs)[Kept.IDENTITY] == 0
    await over(world, 176)
    assert counts(await retention(world, identity=90).run())[Kept.IDENTITY] == 2


async def test_a_dry_run_counts_and_changes_nothing(world, lan):
    submission = await lan.asks(TEXT)
    await over(world, 91)

    runs = await retention(world, identity=90, outbox=30).run(dry=True)

    assert counts(runs)[Kept.IDENTITY] == 1
    assert await now(world, submission) == submission
    async with world.store.reading() as tx:
        assert await tx.privacy.runs() == []
        assert await tx.privacy.erasures() == []


async def test_words_stay_unless_the_operator_wants_them_gone(world, lan):
    submission = await lan.asks(TEXT)
    await decide(world, submission, Action.APPROVE)
    await over(world, 400)
    assert Kept.WORDS not in counts(await retention(world).run())
    assert (await now(world, submission)).text == TEXT

    runs = await retention(world, words=365).run()

    assert counts(runs)[Kept.WORDS] == 1
    left = await now(world, submission)
    assert (left.text, left.state) == ("(Lời đã xoá theo yêu cầu về dữ liệu cá nhân.)", State.APPROVED)
    assert counts(await retention(world, words=365).run())[Kept.WORDS] == 0


# ------------------------------------------------------------------ rows


async def test_each_kind_of_row_goes_at_its_own_term(world, lan):
    submission = await lan.asks("Học phí năm nay thế nào?")
    await lan.rewrites(submission.code, "Học phí năm học này thế nào ạ?")
    updates = [RawUpdate("telegram", "42", id_, "7", '{"text": "Chimsẻ"}') for id_ in ("1", "2")]
    async with world.store.transaction() as tx:
        await tx.inbox.add(updates, NOON)
        done = await tx.inbox.next(NOON)
        await tx.inbox.done(done.id, NOON)
        aside = await tx.inbox.next(NOON)
        await tx.inbox.quarantine(aside.id, NOON, "Undecodable")
        while rows := await tx.outbox.claim(NOON, lambda _: True):
            for row in rows:
                await tx.outbox.sent(row.id, NOON, "1")
        await tx.moderators.invite("Lan", "hash", NOON + timedelta(days=7), NOON, Role.VIEWER)
    before = await retention(world, former=5, inbox=5, quarantine=5, outbox=5, invitations=5).run()
    assert set(counts(before).values()) == {0}
    world.clock.move(days=13)

    runs = await retention(world, former=5, inbox=5, quarantine=5, outbox=5, invitations=5).run()

    gone = counts(runs)
    assert (gone[Kept.FORMER], gone[Kept.INBOX], gone[Kept.QUARANTINE], gone[Kept.INVITATIONS]) == (1, 1, 1, 1)
    assert gone[Kept.OUTBOX] > 5
    assert await world.said_to(lan.address) == []
    async with world.store.reading() as tx:
        assert await tx.inbox.quarantined() == 1  # that there was one stays known, what it said does not
        assert (await tx.history.of(submission.id))[-1].text_before == ""
        assert (await tx.history.walk(Walked(), 100)).broken is None


async def test_what_was_not_sent_yet_never_goes(world, lan):
    await lan.types("Học phí năm nay thế nào?")
    waiting = await world.said_to(lan.address)
    world.clock.move(days=400)

    await retention(world, outbox=1).run()

    assert await world.said_to(lan.address) == waiting


# ------------------------------------------------------------------ files


def aged(file: Path, world: World, days: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x")
    at = (world.clock.now() - timedelta(days=days)).timestamp()
    os.utime(file, (at, at))
    return file


async def test_old_files_go_and_young_ones_stay(world):
    old, young = aged(world.folder / "tam" / "cu.xlsx", world, 3), aged(world.folder / "tam" / "moi.xlsx", world, 0)
    book = aged(world.folder / "xuat" / "hung-yen-2024" / "lan-01.xlsx", world, 3)

    runs = await retention(world, temporary=2, exports=30).run()

    assert counts(runs) == {Kept.TEMPORARY: 1, Kept.EXPORTS: 0}
    assert (old.exists(), young.exists(), book.exists()) == (False, True, True)


async def test_the_picture_of_a_typed_slip_goes_and_its_record_stays(world):
    picture = aged(world.folder / "media" / "abc.jpg", world, 0)
    async with world.store.transaction() as tx:
        new = NewPhoto(world.programme, GROUP, "file-1", "unique-1", "", "Xã Tân An", "Lan", NOON)
        id_ = await tx.photos.add(new)
        other = await tx.photos.add(replace(new, unique_id="unique-2"))
        for one in (id_, other):
            await tx.photos.fetched(one, "abc.jpg", "abc", "image/jpeg")
        await tx.photos.end(id_, PhotoState.DONE, "Lan", NOON, slips=1)
    world.clock.move(days=31)

    first = await retention(world, photos=30).run()
    assert picture.exists()  # the other photo still waits, and it is the same picture
    async with world.store.transaction() as tx:
        await tx.photos.end(other, PhotoState.DONE, "Lan", NOON, slips=1)
    second = await retention(world, photos=30).run()

    assert (counts(first)[Kept.PHOTOS], counts(second)[Kept.PHOTOS]) == (1, 1)
    assert not picture.exists()
    async with world.store.reading() as tx:
        photo = await tx.photos.get(id_)
    assert (photo.state, photo.file, photo.file_id) == (PhotoState.DONE, "", "")


# ------------------------------------------------------------------ once a day


async def test_it_runs_once_a_day_and_makes_up_for_a_night_that_was_slept_through(world):
    daily = retention(world, inbox=7)
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(world.programme), NOON.isoformat())

    looks = [await daily()]
    for hours in (10, 10, 1, 72):
        world.clock.move(hours=hours)
        looks.append(await daily())

    assert looks == [False, False, True, False, True]
    async with world.store.reading() as tx:
        assert len(await tx.privacy.runs()) == 2
        assert await tx.facts.get(RAN_AT) == world.clock.now().isoformat()


async def test_an_address_that_is_nobodys_costs_nobody_anything(world, lan):
    await lan.asks(TEXT)
    stranger = Address(ChannelName.TELEGRAM, "42", "999")

    async with world.store.transaction() as tx:
        await Erase(world.clock, world.voice, world.watcher).chat(tx, stranger)

    assert await world.said_to(lan.address)


def test_every_kind_has_a_term():
    assert set(DAYS) == set(Kept)
