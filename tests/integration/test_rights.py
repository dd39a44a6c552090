"""Roles at work: in the group and on the web, given and taken back while somebody is at it, and all of it on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.domain.audit import Event
from bot.domain.errors import NotAllowedNow, Refusal
from bot.domain.role import EVERYTHING, By, Role, Scope
from bot.domain.submission import Action, State
from bot.ports import RawUpdate
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.audit import Audit, Wanted
from bot.usecases.invite import Grant, Invite, Revoke, hashed
from bot.usecases.moderate import Decision, Press
from tests.doubles.web_room import House, house
from tests.integration.test_web_board import Desk
from tests.world import GROUP, World, chief, moderator, now

SAY = Catalogue.load().say
ACCOUNT = "77"
BUS, FEES = "Bao giờ quê em có xe buýt?", "Sao tiền học phí tăng?"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def asks(world, text=BUS, chat="7"):
    youth = world.youth(chat)
    await youth.agrees()
    return await youth.asks(text)


async def press(world, submission, action, account=ACCOUNT, name="Trần Thị Lan", version=None):
    seen = version or (await now(world, submission)).version
    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
    return await world.moderate.press(Press(shown.nonce, GROUP, "1", action, seen, name, account))


async def grants(world, role, scope=EVERYTHING, name="Lan", telegram=ACCOUNT, force=False):
    grant = Grant(world.store, world.clock, world.running)
    return await grant(name, role, scope, telegram=telegram, asked_by="dòng lệnh (root)", force=force)


async def record(world):
    async with world.store.reading() as tx:
        return await tx.history.records(after=0, limit=1000)


async def notes(world):
    return [
        (one.what, one.actor, one.subject, one.wanted, one.reason)
        for one in await record(world)
        if one.what in set(Event)
    ]


# ------------------------------------------------------------------ in the group


async def test_a_member_without_a_role_moderates_under_the_name_that_the_platform_gives(world):
    submission = await asks(world)

    toast = await press(world, submission, "approve")

    approved = await now(world, submission)
    assert (toast.refused, approved.state, approved.decided_by) == (False, State.APPROVED, "Trần Thị Lan")


async def test_a_group_of_viewers_moderates_only_by_those_who_were_given_the_role(store, tmp_path):
    world = World(store, tmp_path / "xuat", group_role=Role.VIEWER)
    submission = await asks(world)
    await grants(world, Role.MODERATOR)

    refused = await press(world, submission, "approve", account="78", name="Khách")
    unfolded = await press(world, submission, "menu~departments", account="78", name="Khách")
    assert (refused.text, unfolded.text) == (SAY(Key.REFUSE_VIEWER), SAY(Key.REFUSE_VIEWER))
    assert (await now(world, submission)).state is State.WAITING

    assert not (await press(world, submission, "approve")).refused
    assert (await now(world, submission)).decided_by == "Lan"


async def test_a_role_that_changes_between_two_presses_counts_at_the_second(world):
    submission = await asks(world)
    await grants(world, Role.MODERATOR)
    assert not (await press(world, submission, "assign")).refused

    await grants(world, Role.VIEWER)
    refused = await press(world, submission, "approve")

    assert (refused.refused, refused.text) == (True, SAY(Key.REFUSE_VIEWER))
    assert (await now(world, submission)).state is State.WAITING


async def test_whoever_was_revoked_is_powerless_though_still_in_the_group(world):
    submission = await asks(world)
    await grants(world, Role.MODERATOR)

    assert await Revoke(world.store, world.clock)("Lan")
    refused = await press(world, submission, "approve")

    assert refused.text == SAY(Key.REFUSE_NO_RIGHT)
    assert (await now(world, submission)).state is State.WAITING
    assert not await Revoke(world.store, world.clock)("Lan")


async def test_an_account_belongs_to_one_name_only(world):
    await grants(world, Role.VIEWER, name="Lan")
    await grants(world, Role.CHIEF, name="Hoa")

    async with world.store.reading() as tx:
        assert (await tx.moderators.by_telegram(ACCOUNT)).by == By("Hoa", Role.CHIEF)
        assert [(one.name, one.telegram) for one in await tx.moderators.all()] == [("Lan", ""), ("Hoa", ACCOUNT)]


async def test_a_chief_in_the_group_still_decides_what_is_private_on_the_web_alone(world):
    submission = await asks(world)
    await grants(world, Role.CHIEF)
    await press(world, submission, "apart")

    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(submission.id)
        card = await world.cards.draw(tx, submission.id, shown)

    assert (card.buttons, BUS in card.text) == ((), False)


# ------------------------------------------------------------------ departments and units


async def test_a_moderator_of_a_department_decides_its_questions_and_no_others(world):
    bus, fees = await asks(world), await asks(world, FEES, "8")
    await grants(world, Role.MODERATOR, Scope(("so-gtvt",)))

    mine, not_mine = await press(world, bus, "approve"), await press(world, fees, "approve")

    assert (mine.refused, not_mine.refused, not_mine.text) == (False, True, SAY(Key.REFUSE_SCOPE))
    assert [(await now(world, one)).state for one in (bus, fees)] == [State.APPROVED, State.WAITING]


async def test_the_department_of_an_issue_counts_and_not_that_of_the_topic(world):
    bus = await asks(world)
    by = By("Lan", Role.MODERATOR, Scope(("so-gtvt",)))
    await world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator())
    await world.moderate.decide(bus.id, 2, Decision(Action.REROUTE, lead="so-gddt-old"), moderator())

    with pytest.raises(NotAllowedNow, match="scope"):
        await world.moderate.decide(bus.id, 3, Decision(Action.MARK_SPAM), by)

    others = replace(by, scope=Scope(("so-gddt-old",)))
    assert (await world.moderate.decide(bus.id, 3, Decision(Action.RESTORE), others)).state is State.WAITING


async def test_whoever_gave_a_question_to_another_department_by_mistake_takes_it_back(world):
    bus = await asks(world)
    by = By("Lan", Role.MODERATOR, Scope(("so-gtvt",)))
    await world.moderate.decide(bus.id, 1, Decision(Action.CHANGE_TOPIC, topic="hoc-phi-hoc-bong"), by)

    with pytest.raises(NotAllowedNow, match="scope"):
        await world.moderate.decide(bus.id, 2, Decision(Action.APPROVE), by)
    back = await world.moderate.decide(bus.id, 2, Decision(Action.UNDO), by)

    assert back.topic == "giao-thong-van-tai"


async def test_what_others_did_with_it_since_is_not_taken_back(world):
    bus = await asks(world)
    by = By("Lan", Role.MODERATOR, Scope(("so-gtvt",)))
    await world.moderate.decide(bus.id, 1, Decision(Action.CHANGE_TOPIC, topic="hoc-phi-hoc-bong"), by)
    await world.moderate.decide(bus.id, 2, Decision(Action.APPROVE), moderator("Minh"))

    with pytest.raises(NotAllowedNow, match="scope"):
        await world.moderate.decide(bus.id, 3, Decision(Action.UNDO), by)


async def test_a_moderator_of_a_unit_decides_what_its_young_people_ask(world):
    bus = await asks(world)
    for unit, fits in ((bus.unit or "", True), ("Một xã khác", False)):
        by = By("Lan", Role.MODERATOR, Scope((), (unit,)))
        seen = await now(world, bus)
        if fits:
            await world.moderate.decide(bus.id, seen.version, Decision(Action.ASSIGN), by)
        else:
            with pytest.raises(NotAllowedNow, match="scope"):
                await world.moderate.decide(bus.id, seen.version, Decision(Action.APPROVE), by)


@pytest.mark.parametrize(
    "done",
    [Decision(Action.EDIT_WORDING, wording="Bao giờ các xã có xe buýt?"), Decision(Action.REROUTE, lead="so-ldtbxh")],
)
async def test_what_is_common_to_several_departments_is_not_taken_back_by_a_moderator_of_one_unit(world, done):
    bus, again = await asks(world), await asks(world, f"{BUS} Em mong lắm.", "8")
    async with world.store.transaction() as tx:
        one = await tx.submissions.get(again.id)
        await tx.submissions.change(replace(one, unit="Một xã khác"), one.version)
    first = await world.moderate.decide(bus.id, 1, Decision(Action.APPROVE), moderator())
    await world.moderate.decide(again.id, 2, Decision(Action.APPROVE, into=first.issue_id), moderator())
    await world.moderate.decide(bus.id, (await now(world, bus)).version, done, moderator())
    version = (await now(world, bus)).version

    with pytest.raises(NotAllowedNow, match="scope"):
        await world.moderate.decide(bus.id, version, Decision(Action.UNDO), moderator(scope=Scope((), (bus.unit,))))

    await world.moderate.decide(bus.id, version, Decision(Action.UNDO), moderator("Minh"))


async def test_one_decision_for_many_does_what_lies_within_and_names_what_does_not(world):
    bus, fees = await asks(world), await asks(world, FEES, "8")
    by = By("Lan", Role.MODERATOR, Scope(("so-gtvt",)))

    done, refused = await world.moderate.decide_all([(bus.id, 1), (fees.id, 1)], Decision(Action.APPROVE), by)

    assert done.state is State.APPROVED
    assert (isinstance(refused, Refusal), refused.key) == (True, Key.REFUSE_SCOPE)


# ------------------------------------------------------------------ giving and taking


@pytest.mark.parametrize(
    ("role", "scope", "why"),
    [
        (Role.VIEWER, Scope(("so-gtvt",)), Key.REFUSE_SCOPE_OF_ROLE),
        (Role.CHIEF, Scope((), ("Huyện Văn Lâm",)), Key.REFUSE_SCOPE_OF_ROLE),
        (Role.MODERATOR, Scope(("so-khong-co",)), Key.REFUSE_UNKNOWN_DEPARTMENT),
        (Role.MODERATOR, Scope((), ("Xã không có",)), Key.REFUSE_UNKNOWN_UNIT),
    ],
)
async def test_a_role_that_cannot_be_given_is_refused_and_nothing_changes(world, role, scope, why):
    with pytest.raises(Refusal) as refusal:
        await grants(world, role, scope)

    assert refusal.value.key is why
    assert SAY(why, **refusal.value.values)
    assert await notes(world) == []
    async with world.store.reading() as tx:
        assert await tx.moderators.all() == []


async def test_the_last_chief_gets_no_other_role_but_by_force(world):
    await grants(world, Role.CHIEF)

    with pytest.raises(Refusal) as refusal:
        await grants(world, Role.MODERATOR)
    assert refusal.value.key is Key.REFUSE_LAST_CHIEF

    assert (await grants(world, Role.MODERATOR, force=True)).role is Role.MODERATOR


async def test_every_right_that_is_given_or_taken_is_on_record(world):
    scope = Scope(("so-gtvt",))
    await Invite(world.store, world.clock)("Minh", Role.VIEWER, asked_by="dòng lệnh (root)")
    await grants(world, Role.MODERATOR, scope)
    await Revoke(world.store, world.clock)("Lan", asked_by="dòng lệnh (root)")
    await Revoke(world.store, world.clock)("Không có ai")

    assert await notes(world) == [
        ("invited", "dòng lệnh (root)", "Minh", "viewer", ""),
        ("granted", "dòng lệnh (root)", "Lan", "moderator", "so-gtvt"),
        ("revoked", "dòng lệnh (root)", "Lan", "", ""),
    ]


# ------------------------------------------------------------------ refusals on record


async def test_every_refused_press_is_on_record_with_who_what_and_which_code(world):
    submission = await asks(world)
    await press(world, submission, "approve", version=9)
    await press(world, submission, "hack~<script>", name="Kẻ lạ")
    await grants(world, Role.VIEWER)
    await press(world, submission, "reason~spam", name="Trần Thị Lan")
    await world.moderate.press(Press("đoán-bừa", GROUP, "1", "approve", 1, "Kẻ lạ", "5"))

    assert [note for note in await notes(world) if note[0] == "refused"] == [
        ("refused", "Trần Thị Lan", submission.code, "approve", "refuse.changed"),
        ("refused", "Kẻ lạ", submission.code, "", "refuse.stale_button"),
        ("refused", "Lan", submission.code, "reject", "refuse.viewer"),
        ("refused", "Kẻ lạ", "", "approve", "refuse.stale_button"),
    ]
    assert (await now(world, submission)).version == 1


async def test_a_decision_that_is_refused_is_on_record_and_no_part_of_the_submissions_own_history(world):
    submission = await asks(world)
    async with world.store.reading() as tx:
        before = await tx.history.of(submission.id)

    with pytest.raises(Refusal):
        await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), By("Lan", Role.VIEWER))

    async with world.store.reading() as tx:
        assert await tx.history.of(submission.id) == before
    assert await notes(world) == [("refused", "Lan", submission.code, "approve", "refuse.viewer")]


async def test_the_record_keeps_no_code_of_what_is_for_a_responsible_person_alone(world):
    submission = await asks(world)
    private = await world.moderate.decide(submission.id, 1, Decision(Action.SET_APART), moderator())
    with pytest.raises(Refusal):
        await world.moderate.decide(private.id, private.version, Decision(Action.CLOSE), moderator())
    await press(world, submission, "approve")
    await world.moderate.decide(private.id, private.version, Decision(Action.CLOSE), chief())

    lines = [line async for line in Audit(world.store, world.voice).lines(Wanted())]
    assert len(lines) == 5
    assert {line.about for line in lines} == {""}
    assert [line async for line in Audit(world.store, world.voice).lines(Wanted(code=private.code))] == []


async def test_what_was_refused_before_it_came_here_is_noted_once_and_told(world):
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "1", "-1001", "{}")], world.clock.now())
        row = await tx.inbox.next(world.clock.now())
    for _ in range(2):
        await world.moderate.refused("Kẻ lạ", "/xuat", Key.REFUSE_NOT_MODERATOR, row.id, tell=GROUP)

    assert await notes(world) == [("refused", "Kẻ lạ", "", "/xuat", "refuse.not_moderator")]
    assert [words.text for words in await world.said_to(GROUP)] == [SAY(Key.REFUSE_NOT_MODERATOR)]


# ------------------------------------------------------------------ on the web


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


@asynccontextmanager
async def signed_in(web: House, role: Role, name: str = "Lan", scope: Scope = EVERYTHING) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        desk = Desk(web, session)
        token, _ = await Invite(web.store, web.clock)(name, role, scope)
        assert (await desk.enter(token))[0] == 303
        yield desk


async def card(desk: Desk, code: str) -> dict[str, object]:
    _, answer = await desk.get(f"/api/board/cards?code={code}")
    (found,) = answer["cards"]
    return dict(found)


async def test_a_viewer_reads_the_board_and_has_no_buttons_and_no_decisions(web: House) -> None:
    submission = await web.ask("Bao giờ có xe buýt?")
    async with signed_in(web, Role.VIEWER) as desk:
        shown = await card(desk, submission.code)
        status, answer = await desk.decide(submission.id, 1, "approve")
        made, _ = await desk.post("/api/board/export", {})

    assert (shown["text"], shown["actions"]) == ("Bao giờ có xe buýt?", [])
    assert (status, answer["message"], answer["card"]["actions"]) == (409, SAY(Key.REFUSE_VIEWER), [])
    assert made == 403
    assert (await web.cards.one(submission.id)).state is State.WAITING


async def test_a_role_given_on_the_command_line_counts_at_the_next_request_of_an_open_page(web: House) -> None:
    submission = await web.ask("Bao giờ có xe buýt?")
    async with signed_in(web, Role.VIEWER) as desk:
        before = await card(desk, submission.code)
        async with web.store.transaction() as tx:
            await tx.moderators.grant("Lan", web.clock.now(), Role.MODERATOR, EVERYTHING)
        after = await card(desk, submission.code)
        status, _ = await desk.decide(submission.id, 1, "approve")

    assert before["actions"] == []
    assert "approve" in str(after["actions"])
    assert status == 200


async def test_a_moderator_of_another_unit_sees_the_card_without_buttons(web: House) -> None:
    submission = await web.ask("Bao giờ có xe buýt?")
    async with signed_in(web, Role.MODERATOR, scope=Scope((), ("Xã khác",))) as desk:
        shown = await card(desk, submission.code)
        status, answer = await desk.decide(submission.id, 1, "approve")

    assert shown["actions"] == []
    assert (status, answer["message"]) == (409, SAY(Key.REFUSE_SCOPE))


async def test_whoever_was_revoked_is_out_at_the_next_request_with_an_account_in_the_group_or_without(
    web: House,
) -> None:
    submission = await web.ask("Bao giờ có xe buýt?")
    for telegram in (None, ACCOUNT):
        async with signed_in(web, Role.MODERATOR) as desk:
            async with web.store.transaction() as tx:
                await tx.moderators.grant("Lan", web.clock.now(), Role.MODERATOR, EVERYTHING, telegram)
            assert (await desk.get("/api/board/cards"))[0] == 200
            await Revoke(web.store, web.clock)("Lan")

            assert (await desk.get("/api/board/cards"))[0] == 401
            assert (await desk.decide(submission.id, 1, "approve"))[0] == 401


async def test_coming_in_by_an_invitation_is_on_record(web: House) -> None:
    async with signed_in(web, Role.CHIEF, "Chị Hoa"), web.store.reading() as tx:
        found = await tx.history.records(after=0, limit=10)

    assert [(one.what, one.actor, one.subject, one.wanted) for one in found] == [
        ("invited", "", "Chị Hoa", "chief"),
        ("signed_in", "Chị Hoa", "Chị Hoa", "chief"),
    ]


async def test_an_invitation_with_other_rights_ends_the_sessions_of_the_former_ones(store, at) -> None:
    async def signs_in(token: str, scope: Scope) -> None:
        async with store.transaction() as tx:
            await tx.moderators.invite("Lan", hashed(token), at.replace(year=2027), at, Role.MODERATOR, scope)
            assert await tx.moderators.redeem(hashed(token), token, at)

    await signs_in("first", EVERYTHING)
    await signs_in("second", EVERYTHING)
    await signs_in("third", Scope(("so-gtvt",)))

    async with store.reading() as tx:
        assert [await tx.moderators.by_session(one) is not None for one in ("first", "second", "third")] == [
            False,
            False,
            True,
        ]
