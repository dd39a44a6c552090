"""The conversation with a young person: `advance(session, event, scene) -> Turn`, pure, no waiting.

A step is a function; STEPS is the whole list. What a step wants done in the world it *wishes* for, and the outcome
comes back as the next event. Nothing that somebody typed is ever dropped: words that arrive where a button was
expected join the draft.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.conversation import commands
from bot.conversation.commands import Command
from bot.conversation.session import (
    Answer,
    Answered,
    Copied,
    CopyData,
    Demand,
    Edit,
    Edited,
    Erase,
    Event,
    File,
    Filed,
    Find,
    Found,
    Gone,
    Heard,
    Listed,
    ListOwn,
    Own,
    Propose,
    Proposed,
    Rate,
    Rated,
    Refused,
    Requested,
    Scene,
    Session,
    Step,
    TakeBack,
    TookBack,
    Turn,
    Unsaid,
    Unsay,
    Weigh,
    Weighed,
    Withdraw,
    Withdrew,
)
from bot.domain.message import Attached, Choice, Chose, Say, Typed
from bot.domain.notice import Danger
from bot.domain.person import CONSENT_VERSION, YouthGroup
from bot.domain.privacy import SAID_IN_WORDS, Erasure, RequestKind
from bot.domain.programme import Intake
from bot.domain.submission import ASKER_ACTIONS, Action, State, allowed, parse_receipt_code, receipt_code
from bot.domain.text import clean, fold, shorten, storable
from bot.texts.keys import Key

MAX_TEXT = 30_000
_MAX_UNIT = 100
_UNITS_AS_BUTTONS = 12
_LIKELY_UNITS = 6
_OWN_SHOWN = 8

_SKIP = Choice("skip", Key.B_SKIP)
_NEW = Choice("new", Key.B_NEW)
_MINE = Choice("mine", Key.B_MINE)
_HELP = Choice("help", Key.B_HELP)
_BACK = Choice("back", Key.B_BACK)
_DATA = Choice("data", Key.B_DATA)
_ERASE = Choice("erase", Key.B_ERASE)
_REQUEST = Choice("request", Key.B_REQUEST)
_DOWNLOAD = Choice("download", Key.B_DOWNLOAD)
_ERASE_STOP = Choice("erase-stop", Key.B_ERASE_STOP)
_SKIP_REASON = Choice("skip-reason", Key.B_SKIP)
# The version stands in the buttons: one under an older text is no consent to a newer one.
_AGREE = Choice(f"consent-yes-{CONSENT_VERSION}", Key.B_CONSENT_YES)
_UNDER_AGE = Choice(f"consent-minor-{CONSENT_VERSION}", Key.B_CONSENT_MINOR)
_DISAGREE = Choice(f"consent-no-{CONSENT_VERSION}", Key.B_CONSENT_NO)
_CONSENT = (_AGREE, _UNDER_AGE, _DISAGREE)
_CONSENT_IDS = frozenset(choice.id for choice in _CONSENT)
_ALWAYS = frozenset(choice.id for choice in (_NEW, _MINE, _HELP, _DATA, _ERASE, _REQUEST))
_RATE = "rate-"  # buttons under an answer, which was said between two turns: they work at any time
_CARE = {Danger.SELF_HARM: Key.CARE_SELF_HARM, Danger.ABUSE: Key.CARE_ABUSE}
_GROUPS = tuple(Choice(f"group-{group.value}", Key(f"group.{group.value}")) for group in YouthGroup)


def advance(session: Session, event: Event, scene: Scene) -> Turn:
    """One step of the conversation."""
    match event:
        case Heard():
            return _heard(session, event, scene)
        case Proposed():
            return _show_draft(session, event, scene)
        case Filed():
            return _filed(session, event, scene)
        case Listed(own):
            return _listed(session, own)
        case Found():
            return _found(session, event, scene)
        case Edited(code, private):
            key = Key.EDITED_PRIVATE if private else Key.EDITED
            return Turn(_ready(session), (Say(key, {"code": code}, (_NEW, _MINE)),))
        case Answered(code, private):
            return _answered(session, code, private=private)
        case TookBack():
            return _took_back(session, event, scene)
        case Rated() | Unsaid():
            return _about_answer(session, event, scene)
        case Copied() | Weighed() | Gone() | Requested():
            return _done_about_data(session, event)
        case Withdrew(code):
            return _settled(session, Say(Key.WITHDREW, {"code": code}, (_NEW, _MINE)))
        case Refused(refusal):
            return _settled(replace(session, editing=""), Say(refusal.key, dict(refusal.values), (_NEW, _MINE)))


# ------------------------------------------------------------------ what came in


def _heard(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Whoever tells of danger hears where help is at once, before consent and whatever else is being asked."""
    turn = _answer(session, heard, scene)
    if scene.danger is None:
        return turn
    if isinstance(turn.wish, Propose):  # the draft, once shown, begins with the same words, and nothing stands before
        return replace(turn, says=tuple(say for say in turn.says if say.key is not Key.DRAFT_JOINED))
    return _after((Say(_CARE[scene.danger]),), turn)


def _answer(session: Session, heard: Heard, scene: Scene) -> Turn:
    match heard.content:
        case Typed(text):
            return _typed(session, text, heard.at, scene)
        case Chose(choice):
            return _chose(session, choice, heard.at, scene)
        case Attached(kind, caption):
            return _attached(session, kind, caption, heard.at, scene)


def _typed(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    text = storable(text)
    if choice := commands.button(session, text):
        return _chose(session, choice, at, scene)
    if rest := commands.words_after(text):
        return _typed(session, rest, at, scene)
    wanted = commands.command(text)
    if wanted in commands.ABOUT_DATA:
        return _about_data(session, wanted, scene)
    if session.step is Step.REQUEST_WORDS and wanted is None and not scene.danger:
        return _in_request(session, text, at, scene)
    if session.consent_version != CONSENT_VERSION:
        if session.step is Step.CONSENT and commands.is_answer_to_consent(text):
            return _answered_consent(session, text)
        if wanted or commands.is_noise(text):
            return _ask_consent(session, scene, anew=wanted is Command.START)
        held, notice = _with_words(session, text, at, scene)
        return _after(notice, _ask_consent(held, scene))
    if wanted or commands.is_unknown_command(text):
        return _commanded(session, wanted or Command.HELP, scene)
    if not scene.danger and (said := commands.rating(text)):  # a call for help is no reason: see _in_rate
        return _rate_in_words(session, *said)
    return STEPS[session.step](session, text, at, scene)


def _chose(session: Session, choice: str, at: datetime, scene: Scene) -> Turn:
    if choice.startswith(_ABOUT_DATA):
        return _chose_about_data(session, choice, scene)
    if session.consent_version != CONSENT_VERSION:
        return _consented(session, choice, scene) if choice in _CONSENT_IDS else _ask_consent(session, scene)
    offered = {id_ for id_, _ in session.offered} | _ALWAYS
    for beginning, answer in _CHOICES.items():
        fits = choice == beginning or (beginning.endswith("-") and choice.startswith(beginning))
        if fits and (choice in offered or beginning == _RATE):
            return answer(session, choice.removeprefix(beginning), at, scene)
    return _settled(session, Say(Key.CHOOSE, {}, (_NEW, _MINE, _HELP)))


def _attached(session: Session, kind: str, caption: str, at: datetime, scene: Scene) -> Turn:
    if caption.strip():
        return _after((Say(Key.ATTACHED_CAPTION, {"kind": kind}),), _typed(session, caption, at, scene))
    notice = Say(Key.ATTACHED, {"kind": kind})
    if session.consent_version != CONSENT_VERSION:
        return _after((notice,), _ask_consent(session, scene))
    return Turn(session, (notice,))


def _after(says: tuple[Say, ...], turn: Turn) -> Turn:
    """A turn with something said before it."""
    return replace(turn, says=(*says, *turn.says))


def _commanded(session: Session, wanted: Command, scene: Scene) -> Turn:
    match wanted:
        case Command.START:
            return _start_again(session, scene)
        case Command.HELP:
            return _help(session, "", scene.now, scene)
        case Command.MINE:
            return Turn(session, (), ListOwn())
        case Command.CANCEL:
            return _cancel(session, scene)
        case Command.DATA | Command.ERASE | Command.REQUEST:
            return _about_data(session, wanted, scene)


def _start_again(session: Session, scene: Scene) -> Turn:
    if session.draft:
        return _after((_greeting(scene),), _propose(session))
    return Turn(_ready(session), (_greeting(scene), Say(Key.ASK_QUESTION, {}, (_MINE, _HELP))))


def _cancel(session: Session, scene: Scene) -> Turn:
    if session.step is Step.REWRITE:
        return _propose(session)
    if session.step is Step.DRAFT:
        return _drop(session, "", scene.now, scene)
    return _settled(session, Say(Key.CANCELLED, {}, (_NEW, _MINE)))


# ------------------------------------------------------------------ consent and profile


def _ask_consent(session: Session, scene: Scene, *, anew: bool = False) -> Turn:
    values = {"controller": scene.programme.contact.controller, "contact": scene.programme.contact.contact}
    waiting = replace(session, step=Step.CONSENT)
    if session.step is Step.CONSENT and not anew:
        return Turn(waiting, (Say(Key.CONSENT_AGAIN, {}, _CONSENT),))
    held = (Say(Key.CONSENT_HELD),) if session.draft else ()
    return Turn(waiting, (_greeting(scene), *held, Say(Key.CONSENT, values, _CONSENT)))


def _answered_consent(session: Session, text: str) -> Turn:
    """Neither yes nor no: an age below sixteen ends it like the button, anything else asks for an explicit word."""
    if commands.is_under_age(text):
        return Turn(None, (Say(Key.MINOR),))
    return Turn(session, (Say(Key.CONSENT_CLEARLY, {}, _CONSENT),))


def _consented(session: Session, choice: str, scene: Scene) -> Turn:
    """Luật Thanh niên Điều 1 and Luật 91/2025/QH15 Điều 9, 24: from 16 on, and only by an explicit word."""
    if choice == _UNDER_AGE.id:
        return Turn(None, (Say(Key.MINOR),))
    if choice == _DISAGREE.id and session.consent_version:
        return Turn(replace(_ready(session), step=Step.CONSENT), (Say(Key.CONSENT_NO_ANEW),))
    if choice == _DISAGREE.id:
        return Turn(None, (Say(Key.CONSENT_NO),))
    agreed = replace(session, consent_version=CONSENT_VERSION)
    return _go_on(agreed) if agreed.profile_asked else _ask_unit(agreed, scene)


def _ask_unit(session: Session, scene: Scene) -> Turn:
    units = scene.programme.units
    shown = units if len(units) <= _UNITS_AS_BUTTONS else ()
    choices = (*(Choice(f"unit-{units.index(unit)}", unit) for unit in shown), _SKIP)
    key = Key.ASK_UNIT if shown else Key.ASK_UNIT_TYPED
    return Turn(replace(session, step=Step.UNIT), (Say(key, {}, choices),))


def _in_unit(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    typed = commands.unit_name(text)
    if not typed:
        return _ask_group(session)
    units = scene.programme.units
    sought = fold(typed.split(",")[0])
    likely = [unit for unit in units if sought and sought in fold(unit)]
    exact = [unit for unit in units if fold(typed) == fold(unit)]
    if len(exact or likely) == 1:
        return _ask_group(replace(session, unit=(exact or likely)[0]), noted=True)
    if 1 < len(likely) <= _LIKELY_UNITS:
        choices = (*(Choice(f"unit-{units.index(unit)}", unit) for unit in likely), _SKIP)
        return Turn(session, (Say(Key.ASK_UNIT_WHICH, {"typed": typed}, choices),))
    if commands.is_noise(text):
        return _ask_unit(session, scene)
    if commands.asks(text):
        held, notice = _with_words(session, text, at, scene)
        return _after(notice, _ask_group(held))
    return _ask_group(replace(session, unit=typed[:_MAX_UNIT]), noted=True)


def _chose_unit(session: Session, index: str, _at: datetime, scene: Scene) -> Turn:
    units = scene.programme.units
    known = index.isdigit() and int(index) < len(units)
    return _ask_group(replace(session, unit=units[int(index)] if known else session.unit))


def _ask_group(session: Session, *, noted: bool = False) -> Turn:
    """`noted`: the unit was typed, so it is said back before going on."""
    asked = Say(Key.ASK_GROUP, {}, (*_GROUPS, _SKIP))
    says = (Say(Key.UNIT_NOTED, {"unit": session.unit}), asked) if noted else (asked,)
    return Turn(replace(session, step=Step.GROUP), says)


def _in_group(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    if commands.is_noise(text):
        return _ask_group(session)
    held, notice = _with_words(session, text, at, scene)
    return _after(notice, _go_on(held))


def _chose_group(session: Session, group: str, _at: datetime, _scene: Scene) -> Turn:
    return _go_on(replace(session, youth_group=group))


def _skip(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    return _ask_group(session) if session.step is Step.UNIT else _go_on(session)


def _go_on(session: Session) -> Turn:
    """After the profile: on to the held draft, or to the first question."""
    known = replace(session, profile_asked=True, step=Step.READY)
    return _propose(known) if known.draft else Turn(known, _ready_says())


# ------------------------------------------------------------------ writing a question


def _in_ready(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    if named := commands.own_word(text):
        return _choose_own(session, *named)
    if parsed := parse_receipt_code(text):
        return Turn(session, (), Find(receipt_code(*parsed)))
    # "Dạ vâng ạ" is an answer where something was asked, and thanks where nothing was.
    if scene.asked and not session.draft and not session.anew and not commands.is_wordless(text):
        return Turn(session, (), Answer(scene.asked, text.strip()))
    if commands.is_thanks(text):
        return _settled(session, Say(Key.YOU_ARE_WELCOME, {}, (_NEW, _MINE)))
    if commands.is_greeting(text):
        return _settled(session, _hello(scene))
    if commands.wants_a_person(text):
        return _help(session, "", at, scene)
    if commands.is_wordless(text):
        return _settled(session, Say(Key.NOT_UNDERSTOOD_YET, {}, (_MINE, _HELP)))
    return _add_words(session, text, at, scene)


def _in_draft(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    """More words join the draft, and that is said; a code or a command about another question is none of it."""
    if commands.is_noise(text):
        return _propose(session)
    if commands.own_word(text) or parse_receipt_code(text) or commands.wants_a_person(text):
        return _in_ready(session, text, at, scene)
    longer, notice = _with_words(session, text, at, scene)
    joined = () if notice or longer is session else (Say(Key.DRAFT_JOINED),)
    return _after((*notice, *joined), _propose(longer))


def _in_rewrite(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    """The old draft stays until there are real words to put in its place."""
    if commands.is_noise(text):
        return Turn(session, (Say(Key.REWRITE),))
    return _add_words(replace(session, draft="", draft_typed_at=None), text, at, scene)


def _add_words(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    longer, notice = _with_words(session, text, at, scene)
    return _after(notice, _propose(longer))


def _with_words(session: Session, text: str, at: datetime, scene: Scene) -> tuple[Session, tuple[Say, ...]]:
    """The session with a text joined to its draft; where the draft is full, the same session and a sentence about it.

    The instant of the last words counts for the cutoff. No channel lets a single text over MAX_TEXT through.
    """
    draft = f"{session.draft}\n{text.strip()}" if session.draft else text.strip()
    if not clean(text):
        return session, ()
    if len(draft) > MAX_TEXT:
        return session, (Say(Key.DRAFT_TOO_LONG, {"limit": MAX_TEXT, "left_out": shorten(text, 80)}),)
    return replace(session, draft=draft, draft_typed_at=at, draft_answered_at=scene.now), ()


def _propose(session: Session) -> Turn:
    if not session.draft:
        return Turn(_ready(session), (Say(Key.NOT_UNDERSTOOD), *_ready_says()))
    return Turn(replace(session, step=Step.DRAFT), (), Propose(session.draft))


def _standing(session: Session, at: datetime, scene: Scene) -> Intake:
    """Where the draft stands to the window if it is confirmed at `at`.

    A draft written before the opening and confirmed after it counts as written when it is confirmed.
    """
    window, typed_at = scene.programme.window, session.draft_typed_at or at
    if typed_at < window.opens_at:
        return window.judge(at, at)
    return window.judge(typed_at, at, shown_at=session.draft_answered_at)


def _show_draft(session: Session, seen: Proposed, scene: Scene) -> Turn:
    session = replace(session, confiding=seen.private)
    if seen.private:
        return _show_confided(session, seen)
    values = {"text": session.draft, "topic": seen.topic, "department": seen.department, "code": session.editing}
    if session.editing:
        key = Key.DRAFT_EDIT
    elif seen.out_of_scope:
        key = Key.DRAFT_OUT_OF_SCOPE
    else:
        key = Key.DRAFT if seen.sure and seen.department else Key.DRAFT_UNSURE
    late = _standing(session, scene.now, scene) is Intake.LATE and not session.editing
    contact = {"closes": scene.programme.window.closes_at, "organiser": scene.programme.contact.organiser}
    warning = (Say(Key.DRAFT_LATE, contact),) if late else ()
    choices = _draft_choices(session, late=late)
    return Turn(replace(session, step=Step.DRAFT), (*warning, Say(key, values, choices)))


def _show_confided(session: Session, seen: Proposed) -> Turn:
    """No topic, no department, no cutoff: who will read it, that nobody else will, and the same three buttons."""
    care = (Say(_CARE[seen.danger]),) if seen.danger else ()
    key = Key.DRAFT_PRIVATE_EDIT if session.editing else Key.DRAFT_PRIVATE
    says = Say(key, {"text": session.draft, "code": session.editing}, _draft_choices(session))
    return Turn(replace(session, step=Step.DRAFT), (*care, says))


def _draft_choices(session: Session, *, late: bool = False) -> tuple[Choice, ...]:
    """The buttons under a draft carry its checksum, so that a button under an older draft cannot send this one."""
    mark = f"{zlib.crc32(f'{session.editing}:{session.draft}'.encode('utf-8', 'replace')):08x}"
    label = Key.B_SAVE_EDIT if session.editing else Key.B_SEND_LATE if late else Key.B_SEND
    return (
        Choice(f"send-{mark}", label),
        Choice(f"rewrite-{mark}", Key.B_REWRITE),
        Choice(f"drop-{mark}", Key.B_DROP),
    )


def remind(session: Session, scene: Scene) -> Turn:
    """Shortly before the cutoff: show somebody the draft that was never sent."""
    closes_at = scene.programme.window.closes_at
    says = Say(Key.REMIND_DRAFT, {"text": session.draft, "closes": closes_at}, _draft_choices(session))
    return Turn(replace(session, step=Step.DRAFT, reminded_for=closes_at), (says,))


def _send(session: Session, _rest: str, at: datetime, scene: Scene) -> Turn:
    if not session.draft:
        return Turn(_ready(session), _ready_says())
    standing = _standing(session, at, scene)
    if session.editing:
        return _send_edit(session, standing, scene)
    if session.confiding:  # a call for help knows no cutoff
        return Turn(session, (), File(session.draft, session.draft_typed_at or at, standing is Intake.LATE))
    window = scene.programme.window
    if standing is Intake.EARLY:
        return Turn(session, (Say(Key.DRAFT_EARLY, {"opens": window.opens_at}, _draft_choices(session)),))
    typed_at = session.draft_typed_at or at
    return Turn(
        session, (), File(session.draft, typed_at if typed_at >= window.opens_at else at, standing is Intake.LATE)
    )


def _send_edit(session: Session, standing: Intake, scene: Scene) -> Turn:
    """A new wording that comes too late is not thrown away: it stays a draft, which can be sent as a late question."""
    if standing is not Intake.LATE or session.confiding:
        return Turn(session, (), Edit(session.editing, session.draft))
    return _after((_closed(session.editing, scene),), _propose(replace(session, editing="")))


def _filed(session: Session, filed: Filed, scene: Scene) -> Turn:
    values = {
        "code": filed.code,
        "closes": scene.programme.window.closes_at,
        "organiser": scene.programme.contact.organiser,
    }
    key = Key.RECEIPT_PRIVATE if filed.private else Key.RECEIPT_LATE if filed.late else Key.RECEIPT
    held = (Say(Key.RECEIPT_HELD),) if filed.held and not session.told_held else ()
    return Turn(replace(_ready(session), told_held=filed.held), (*held, Say(key, values, (_NEW, _MINE))))


def _rewrite(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    if not session.draft:
        return Turn(_ready(session), _ready_says())
    return Turn(replace(session, step=Step.REWRITE), (Say(Key.REWRITE),))


def _drop(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    say = Say(Key.DROPPED, {}, (_MINE, _HELP))
    if session.editing:
        say = Say(Key.EDIT_DROPPED, {"code": session.editing}, (_NEW, _MINE))
    return Turn(_ready(session), (say,))


def _new(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    return _propose(session) if session.draft else Turn(replace(_ready(session), anew=True), _ready_says())


# ------------------------------------------------------------------ what was asked back


def _answered(session: Session, code: str, *, private: bool) -> Turn:
    """The answer is in. Whoever meant something else says so with one button and loses no word."""
    key = Key.ANSWERED_PRIVATE if private else Key.ANSWERED
    no_answer = () if private else (Choice(f"no-answer-{code}", Key.B_NO_ANSWER),)
    return Turn(_ready(session), (Say(key, {"code": code}, (*no_answer, _NEW, _MINE)),))


def _no_answer(session: Session, code: str, _at: datetime, _scene: Scene) -> Turn:
    return Turn(session, (), TakeBack(code))


def _took_back(session: Session, event: TookBack, scene: Scene) -> Turn:
    held, notice = _with_words(replace(session, anew=True), event.text, scene.now, scene)
    return _after((Say(Key.TOOK_BACK, {"code": event.code}), *notice), _propose(held))


# ------------------------------------------------------------------ what departments answered


def _rate(session: Session, rest: str, at: datetime, scene: Scene) -> Turn:
    id_, _, said = rest.partition("-")
    if not (id_.isascii() and id_.isdigit()) or said not in ("yes", "no"):
        return _help(session, "", at, scene)
    return Turn(session, (), Rate(said == "yes", int(id_)))


def _rate_in_words(session: Session, good: bool, code: str, words: str) -> Turn:
    parsed = parse_receipt_code(code)
    if code and not parsed:
        return _settled(session, Say(Key.REFUSE_NO_CODE, {"code": code}, (_NEW, _MINE)))
    return Turn(session, (), Rate(good, code=receipt_code(*parsed) if parsed else "", words=words))


def _about_answer(session: Session, event: Rated | Unsaid, scene: Scene) -> Turn:
    return _rated(session, event) if isinstance(event, Rated) else _unsaid(session, event, scene)


def _rated(session: Session, rated: Rated) -> Turn:
    """Whoever says that an answer misses the point is asked why, and need not say."""
    values = {"code": rated.code}
    done = replace(session, rating=0)
    if rated.good:
        return _settled(done, Say(Key.RATED_GOOD, values, (_NEW, _MINE)))
    if rated.words:
        no_reason = Choice(f"no-reason-{rated.answer_id}", Key.B_NO_REASON)
        return _settled(done, Say(Key.RATED_WHY, values, (no_reason, _NEW, _MINE)))
    asked = replace(session, step=Step.RATE, subject=rated.code, rating=rated.answer_id)
    return Turn(asked, (Say(Key.RATED_BAD, values, (_SKIP_REASON, _NEW)),))


def _in_rate(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    """Words after “Chưa đúng ý” are the reason. What tells of danger is none: the responsible person has to read it."""
    if commands.is_noise(text):
        return _skip_reason(session, "", at, scene)
    if scene.danger or commands.own_word(text) or parse_receipt_code(text) or commands.wants_a_person(text):
        back = replace(session, step=Step.DRAFT if session.draft else Step.READY, subject="", rating=0)
        return STEPS[back.step](back, text, at, scene)
    return Turn(session, (), Rate(good=False, answer_id=session.rating, words=text.strip()))


def _skip_reason(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    return _settled(replace(session, rating=0), Say(Key.RATED_NO_REASON, {}, (_NEW, _MINE)))


def _no_reason(session: Session, answer_id: str, _at: datetime, _scene: Scene) -> Turn:
    return Turn(session, (), Unsay(int(answer_id)))


def _unsaid(session: Session, event: Unsaid, scene: Scene) -> Turn:
    held, notice = _with_words(replace(session, anew=True), event.text, scene.now, scene)
    return _after((Say(Key.UNSAID, {"code": event.code}), *notice), _propose(held))


# ------------------------------------------------------------------ one's own submissions


def _list_own(session: Session, _rest: str, _at: datetime, _scene: Scene) -> Turn:
    return Turn(session, (), ListOwn())


def _listed(session: Session, own: tuple[Own, ...]) -> Turn:
    if not own:
        return _settled(session, Say(Key.MINE_NONE, {}, (_HELP,)))
    shown = own[:_OWN_SHOWN]
    choices = (*(Choice(f"own-{one.code}", one.code) for one in shown), _NEW)
    key = Key.MINE if len(own) == len(shown) else Key.MINE_MORE
    says = Say(key, {"own": shown, "more": len(own) - len(shown)}, choices)
    return Turn(replace(session, step=Step.MINE), (says,))


def _find(session: Session, code: str, _at: datetime, _scene: Scene) -> Turn:
    return Turn(session, (), Find(code))


def _show_one(session: Session, own: Own, scene: Scene) -> Turn:
    """What may still be done to it is offered; after the cutoff that is nothing."""
    buttons = {
        Action.EDIT: Choice(f"edit-{own.code}", Key.B_EDIT),
        Action.WITHDRAW: Choice(f"withdraw-{own.code}", Key.B_WITHDRAW),
    }
    open_ = () if _is_closed(scene.now, scene) else allowed(State(own.state), ASKER_ACTIONS)
    says = Say(Key.ONE, {"own": own}, (*(buttons[action] for action in open_), _BACK))
    return Turn(replace(session, step=Step.ONE, subject=own.code), (says,))


def _choose_own(session: Session, word: str, code: str) -> Turn:
    """`sửa MÃ`, `rút MÃ`, `xem MÃ`: first it must be a code, and one of the person's own."""
    if (parsed := parse_receipt_code(code)) is None:
        return _settled(session, Say(Key.REFUSE_NO_CODE, {"code": code}, (_NEW, _MINE)))
    return Turn(session, (), Find(receipt_code(*parsed), word))


def _found(session: Session, found: Found, scene: Scene) -> Turn:
    wanted = {"edit": Action.EDIT, "withdraw": Action.WITHDRAW}.get(found.then)
    if wanted is None or not allowed(State(found.own.state), (wanted,)):
        return _show_one(session, found.own, scene)
    step = _edit if wanted is Action.EDIT else _withdraw
    return step(session, found.own.code, scene.now, scene)


def _edit(session: Session, code: str, at: datetime, scene: Scene) -> Turn:
    if _is_closed(at, scene):
        return _settled(session, _closed(code, scene))
    if session.draft:
        return _settled(session, Say(Key.EDIT_DRAFT_FIRST, {"code": code}))
    return Turn(replace(session, step=Step.EDIT, subject=code), (Say(Key.EDIT_ASK, {"code": code}),))


def _in_edit(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    """The new wording becomes a draft of its own, shown back like any other before anything changes."""
    if commands.is_noise(text):
        return Turn(session, (Say(Key.EDIT_ASK, {"code": session.subject}),))
    return _add_words(replace(session, editing=session.subject), text, at, scene)


def _withdraw(session: Session, code: str, at: datetime, scene: Scene) -> Turn:
    if _is_closed(at, scene):
        return _settled(session, _closed(code, scene))
    sure = Choice(f"yes-withdraw-{code}", Key.B_YES_WITHDRAW)
    return Turn(
        replace(session, step=Step.WITHDRAW, subject=code), (Say(Key.WITHDRAW_ASK, {"code": code}, (sure, _BACK)),)
    )


def _withdraw_now(session: Session, code: str, at: datetime, scene: Scene) -> Turn:
    if _is_closed(at, scene):
        return _settled(session, _closed(code, scene))
    return Turn(session, (), Withdraw(code))


def _is_closed(at: datetime, scene: Scene) -> bool:
    window = scene.programme.window
    return window.judge(max(at, window.opens_at), at) is Intake.LATE


def _closed(code: str, scene: Scene) -> Say:
    values = {"code": code, "closes": scene.programme.window.closes_at, "contact": scene.programme.contact.contact}
    return Say(Key.REFUSE_AFTER_CUTOFF, values, (_NEW, _MINE))


# ------------------------------------------------------------------ one's own data


def _about_data(session: Session, wanted: Command, scene: Scene) -> Turn:
    """Whoever never consented, or does no more, has these rights as well."""
    match wanted:
        case Command.DATA:
            return Turn(session, (), CopyData())
        case Command.ERASE:
            return Turn(session, (), Weigh())
        case _:
            choices = (_DATA, _ERASE, *_REQUESTS, _ERASE_STOP)
            asked = Say(Key.REQUEST_ASK, {"controller": scene.programme.contact.controller}, choices)
            return Turn(replace(session, step=Step.REQUEST), (asked,))


def _chose_about_data(session: Session, choice: str, scene: Scene) -> Turn:
    """Menus open at any time; what they lead to has to be offered just now."""
    if choice in _MENUS:
        return _about_data(session, _MENUS[choice], scene)
    action, _, rest = choice.partition("-")
    if choice not in {id_ for id_, _ in session.offered}:
        return _stopped(session, Key.CHOOSE)
    match action:
        case "request":
            return Turn(replace(session, step=Step.REQUEST_WORDS, subject=rest), (Say(Key.REQUEST_WORDS),))
        case "sure":
            return Turn(session, (), Erase(Erasure(rest)))
        case "erase" if choice != _ERASE_STOP.id:
            return Turn(session, (), Weigh(Erasure(rest)))
        case _:
            return _stopped(session, Key.ERASE_STOPPED)


def _done_about_data(session: Session, event: Copied | Weighed | Gone | Requested) -> Turn:
    match event:
        case Copied():
            return _copied(session, event)
        case Weighed():
            return _weighed(session, event)
        case Gone():
            return _gone(session, event)
        case Requested(code, due):
            return _settled(session, Say(Key.REQUEST_TAKEN, {"code": code, "due": due}, (_NEW, _MINE)))


def _copied(session: Session, copied: Copied) -> Turn:
    if not copied.code:
        return _only_draft(session) if session.draft else _stopped(session, Key.DATA_NONE)
    key, values = Key.DATA_READY if copied.ready else Key.DATA_COMING, {"code": copied.code}
    if session.step is Step.DRAFT and not copied.ready:
        return _settled(session, Say(key, values))
    # A page shows the buttons of the last message alone; a typed “gửi” has to mean the draft all the same.
    download = (_DOWNLOAD,) if copied.ready else ()
    others = _draft_choices(session) if session.step is Step.DRAFT else (_ERASE, _REQUEST)
    return Turn(session, (Say(key, values, (*download, *others)),))


def _only_draft(session: Session) -> Turn:
    """Whoever has not consented yet has words held here and nothing else: they say what becomes of them."""
    return Turn(replace(session, step=Step.CONSENT), (Say(Key.DATA_DRAFT, {}, _CONSENT),))


def _weighed(session: Session, weighed: Weighed) -> Turn:
    """Asked twice, the second time with what cannot be undone. Of somebody of whom nothing is kept nothing stays."""
    if not weighed.known:
        return _only_draft(session) if session.draft else Turn(None, (Say(Key.DATA_NONE),))
    values = {"count": weighed.count, "shared": weighed.shared}
    if weighed.choice is None:
        return Turn(replace(session, step=Step.ERASE), (Say(Key.ERASE_ASK, values, (*_ERASURES, _ERASE_STOP)),))
    key, sure = _SURE[weighed.choice]
    asked = Say(key, values if weighed.choice is not Erasure.KEEP else {}, (sure, _ERASE_STOP))
    draft = (Say(Key.ERASE_DRAFT),) if session.draft else ()
    return Turn(replace(session, step=Step.ERASE_SURE), (*draft, asked))


def _gone(session: Session, gone: Gone) -> Turn:
    """Nothing of the chat is kept, but where only the consent is withdrawn: then that stays on record."""
    if gone.choice is Erasure.CONSENT:
        known = Session(profile_asked=session.profile_asked, unit=session.unit, youth_group=session.youth_group)
        return Turn(known, (Say(Key.CONSENT_WITHDRAWN, {"code": gone.code}, (_ERASE,)),))
    key = Key.ERASED_KEEP if gone.choice is Erasure.KEEP else Key.ERASED_WORDS
    return Turn(None, (Say(key, {"code": gone.code}),))


def _in_request(session: Session, text: str, at: datetime, scene: Scene) -> Turn:
    """The next words are the request. What tells of danger is none: nobody may wait for days to read it."""
    done = replace(session, step=Step.DRAFT if session.draft else Step.READY, subject="")
    if scene.danger:
        return STEPS[done.step](done, text, at, scene)
    if commands.is_noise(text):
        return Turn(session, (Say(Key.REQUEST_WORDS),))
    return Turn(done, (), Demand(RequestKind(session.subject), text.strip()))


def _stopped(session: Session, key: Key) -> Turn:
    """Nothing was done. Whoever did not consent goes on where they were: at the question whether they do."""
    if session.consent_version != CONSENT_VERSION:
        return Turn(session if session.step is Step.CONSENT else replace(session, step=Step.NEW), (Say(key),))
    return _settled(session, Say(key, {}, (_NEW, _MINE, _HELP)))


_ABOUT_DATA = ("data", "download", "erase", "sure-", "request")
_MENUS = {
    _DATA.id: Command.DATA,
    _DOWNLOAD.id: Command.DATA,  # pressed where a page cannot fetch it
    _ERASE.id: Command.ERASE,
    _REQUEST.id: Command.REQUEST,
}
_ERASURES = tuple(Choice(f"erase-{one.value}", Key(f"button.erase_{one.value}")) for one in Erasure)
_REQUESTS = tuple(Choice(f"request-{one.value}", Key(f"button.request_{one.value}")) for one in SAID_IN_WORDS)
_SURE = {
    one: (Key(f"chat.erase_sure_{one.value}"), Choice(f"sure-{one.value}", Key(f"button.sure_{one.value}")))
    for one in Erasure
}


# ------------------------------------------------------------------ small things


def _greeting(scene: Scene) -> Say:
    programme = scene.programme
    values = {
        "organiser": programme.contact.organiser,
        "unit": programme.unit,
        "theme": programme.theme,
        "opens": programme.window.opens_at,
        "closes": programme.window.closes_at,
    }
    standing = programme.window.judge(scene.now, scene.now)
    keys = {Intake.EARLY: Key.GREET_EARLY, Intake.OPEN: Key.GREET, Intake.LATE: Key.GREET_LATE}
    return Say(keys[standing], values)


def _help(session: Session, _rest: str, _at: datetime, scene: Scene) -> Turn:
    values = {"closes": scene.programme.window.closes_at, "contact": scene.programme.contact.contact}
    key = Key.HELP_LATE if _is_closed(scene.now, scene) else Key.HELP
    return Turn(session, (Say(key, values, (_NEW, _MINE)),))


def _hello(scene: Scene) -> Say:
    key = Key.HELLO_LATE if _is_closed(scene.now, scene) else Key.HELLO
    return Say(key, {"closes": scene.programme.window.closes_at}, (_MINE, _HELP))


def _ready_says() -> tuple[Say, ...]:
    return (Say(Key.ASK_QUESTION, {}, (_MINE, _HELP)),)


def _ready(session: Session) -> Session:
    """Back to the beginning of a question; the draft is done with."""
    done = replace(session, draft="", draft_typed_at=None, draft_answered_at=None, editing="", confiding=False)
    return replace(done, step=Step.READY, subject="", anew=False, rating=0)


def _settled(session: Session, say: Say) -> Turn:
    """Something beside the draft is done: an unsent draft is shown again, else a new question may begin."""
    if session.draft:
        return replace(_propose(replace(session, subject="")), says=(say,))
    return Turn(_ready(session), (say,))


StepFunction = Callable[[Session, str, datetime, Scene], Turn]

STEPS: dict[Step, StepFunction] = {
    Step.NEW: _in_ready,
    Step.CONSENT: _in_ready,
    Step.UNIT: _in_unit,
    Step.GROUP: _in_group,
    Step.READY: _in_ready,
    Step.DRAFT: _in_draft,
    Step.REWRITE: _in_rewrite,
    Step.MINE: _in_ready,
    Step.ONE: _in_ready,
    Step.EDIT: _in_edit,
    Step.WITHDRAW: _in_ready,
    Step.RATE: _in_rate,
    Step.ERASE: _in_ready,
    Step.ERASE_SURE: _in_ready,
    Step.REQUEST: _in_ready,
    Step.REQUEST_WORDS: _in_request,
}

_CHOICES: dict[str, StepFunction] = {
    "skip": _skip,
    "unit-": _chose_unit,
    "group-": _chose_group,
    "send-": _send,
    "rewrite-": _rewrite,
    "drop-": _drop,
    "new": _new,
    "mine": _list_own,
    "back": _list_own,
    "help": _help,
    "own-": _find,
    "edit-": _edit,
    "withdraw-": _withdraw,
    "yes-withdraw-": _withdraw_now,
    "no-answer-": _no_answer,
    _RATE: _rate,
    "skip-reason": _skip_reason,
    "no-reason-": _no_reason,
}
