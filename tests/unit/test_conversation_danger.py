"""Somebody tells of danger: what the pure conversation answers, at every step, and what it wishes for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.conversation import Scene, Session, advance
from bot.conversation.session import Edited, File, Filed, Heard, Own, Propose, Proposed, Step
from bot.domain.deadline import VIETNAM
from bot.domain.message import Typed
from bot.domain.notice import Danger
from bot.domain.person import CONSENT_VERSION
from bot.programmes.load import Library
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.voice import Voice

PROGRAMME = Library.open(None, datetime(2024, 2, 20, tzinfo=VIETNAM).date()).get("hung-yen-2024")
NOW = datetime(2024, 2, 20, 12, tzinfo=VIETNAM)
WORDS = Heard(Typed("em không muốn sống nữa"), NOW)
CARE = {Danger.SELF_HARM: Key.CARE_SELF_HARM, Danger.ABUSE: Key.CARE_ABUSE}


def consented(**fields: object) -> Session:
    usual = {"step": Step.READY, "consent_version": CONSENT_VERSION, "profile_asked": True}
    return Session(**(usual | fields))


def keys(turn) -> list[Key]:
    return [say.key for say in turn.says]


@pytest.mark.parametrize("danger", list(Danger))
@pytest.mark.parametrize("step", [Step.NEW, Step.CONSENT, Step.UNIT, Step.GROUP])
def test_care_comes_first_wherever_something_else_is_being_asked(step, danger):
    version = 0 if step in (Step.NEW, Step.CONSENT) else CONSENT_VERSION
    session = Session(step=step, consent_version=version)

    turn = advance(session, WORDS, Scene(PROGRAMME, NOW, danger))

    if isinstance(turn.wish, Propose):
        turn = advance(
            turn.session, Proposed("", "", sure=False, out_of_scope=False, danger=danger, private=True), SCENE
        )
    assert keys(turn)[0] is CARE[danger]
    assert turn.session.draft == "em không muốn sống nữa"


SCENE = Scene(PROGRAMME, NOW)


@pytest.mark.parametrize("step", list(Step))
def test_at_no_step_is_danger_left_without_an_answer(step):
    session = consented(step=step, draft="câu cũ" if step in (Step.DRAFT, Step.REWRITE) else "", subject="HY24-0001-A")

    turn = advance(session, WORDS, Scene(PROGRAMME, NOW, Danger.SELF_HARM))

    assert Key.CARE_SELF_HARM in keys(turn) or isinstance(turn.wish, Propose)


def test_the_same_words_are_said_once_and_not_twice():
    heard = advance(consented(), WORDS, Scene(PROGRAMME, NOW, Danger.SELF_HARM))
    proposed = Proposed("", "", sure=False, out_of_scope=False, danger=Danger.SELF_HARM, private=True)

    shown = advance(heard.session, proposed, SCENE)

    assert keys(heard) + keys(shown) == [Key.CARE_SELF_HARM, Key.DRAFT_PRIVATE]


def test_a_confided_draft_has_the_usual_three_buttons_and_no_topic_or_warning():
    late = PROGRAMME.window.closes_at + timedelta(days=1)
    session = consented(step=Step.DRAFT, draft="em không muốn sống nữa", draft_typed_at=late)
    proposed = Proposed("", "", sure=False, out_of_scope=False, danger=Danger.SELF_HARM, private=True)

    turn = advance(session, proposed, Scene(PROGRAMME, late))

    assert keys(turn) == [Key.CARE_SELF_HARM, Key.DRAFT_PRIVATE]
    assert [choice.label for choice in turn.says[-1].choices] == [Key.B_SEND, Key.B_REWRITE, Key.B_DROP]
    assert turn.session.confiding


@pytest.mark.parametrize("days", [-30, 0, 30])
def test_sending_wishes_to_file_it_whatever_the_window_says(days):
    at = PROGRAMME.window.opens_at + timedelta(days=days)
    session = consented(step=Step.DRAFT, draft="em không muốn sống nữa", draft_typed_at=at, confiding=True)
    session = Session(
        **{**{f: getattr(session, f) for f in Session.__dataclass_fields__}, "offered": (("send-1", "gui"),)}
    )

    turn = advance(session, Heard(Typed("gửi"), at), Scene(PROGRAMME, at))

    assert isinstance(turn.wish, File)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (Filed("HY24-0001-A", late=False, private=True), Key.RECEIPT_PRIVATE),
        (Filed("HY24-0001-A", late=True, private=True), Key.RECEIPT_PRIVATE),
        (Edited("HY24-0001-A", private=True), Key.EDITED_PRIVATE),
        (Edited("HY24-0001-A"), Key.EDITED),
    ],
)
def test_what_was_sent_privately_has_its_own_receipt_and_leaves_no_mark_on_the_next_draft(event, key):
    turn = advance(consented(draft="x", confiding=True), event, SCENE)

    assert keys(turn) == [key]
    assert (turn.session.draft, turn.session.confiding) == ("", False)


def test_new_words_that_tell_of_nothing_take_the_mark_away():
    proposed = Proposed("Việc làm", "Sở Nội vụ", sure=True, out_of_scope=False)

    turn = advance(consented(step=Step.DRAFT, draft="Bao giờ có xe?", confiding=True), proposed, SCENE)

    assert not turn.session.confiding


def test_a_session_of_an_older_version_is_not_confiding():
    assert Session.from_json('{"step": "ready"}').confiding is False


@pytest.mark.parametrize("state", ["waiting", "rejected", "withdrawn"])
def test_every_state_of_a_private_submission_has_its_words(state):
    said = Voice(Catalogue.load())._state(Own("HY24-0001-A", state, "…", private=True))

    assert said == Catalogue.load()[Key(f"private_state.{state}")]


def test_nothing_about_drafts_stands_before_the_care_where_the_words_join_one():
    session = consented(step=Step.DRAFT, draft="Học phí năm nay thế nào?")

    turn = advance(session, WORDS, Scene(PROGRAMME, NOW, danger=Danger.SELF_HARM))

    assert isinstance(turn.wish, Propose)
    assert keys(turn) == []
    assert Key.DRAFT_JOINED in keys(advance(session, WORDS, Scene(PROGRAMME, NOW)))
