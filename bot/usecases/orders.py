"""Decisions by typed command, one for every button: from words to a Decision. Nothing here knows a platform.

`DECISIONS` is the whole table. Each reads what follows the code; what cannot be read is refused in a sentence that says
how to type it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.department import RoutingTable
from bot.domain.errors import AlreadyDecided, NotAllowedNow, Refusal
from bot.domain.submission import Action, State, Submission
from bot.domain.text import fold, shorten
from bot.texts.keys import Key
from bot.usecases import named
from bot.usecases.decide import Decision
from bot.usecases.voice import Voice

_UNCLEAR = ("chua ro", "chua ro co quan")
_SHOWN = 60
_BETWEEN = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A submission and the words that somebody typed after its code."""

    submission: Submission
    words: str
    routing: RoutingTable
    voice: Voice


def decision(name: str, wanted: Wanted) -> Decision:
    """What the command `name` decides. Raises a Refusal where its words cannot be read or the state forbids it."""
    made = DECISIONS[name].read(wanted)
    submission = wanted.submission
    if made.action in submission.actions():
        return made
    state = wanted.voice.text(Key(f"state.{submission.state.value}"))
    if submission.decided_at is not None:
        raise AlreadyDecided(
            Key.ORDER_DECIDED, code=submission.code, by=submission.decided_by, at=submission.decided_at, state=state
        )
    raise NotAllowedNow(Key.ORDER_NOT_NOW, code=submission.code, state=state)


def _approve(wanted: Wanted) -> Decision:
    unclear = fold(wanted.words) in _UNCLEAR
    if wanted.words and not unclear:
        raise Refusal(Key.ORDER_TOO_MUCH, words=shorten(wanted.words, _SHOWN))
    waits = wanted.submission.state is State.WAITING
    if waits and not unclear and wanted.routing.route(wanted.submission.topic).lead is None:
        raise Refusal(Key.ORDER_NO_DEPARTMENT, code=wanted.submission.code)
    return Decision(Action.APPROVE, unclear=unclear)


def _change_topic(wanted: Wanted) -> Decision:
    return Decision(Action.CHANGE_TOPIC, topic=named.topic(_needed(wanted, Key.ORDER_NEEDS_TOPIC), wanted.routing).code)


def _reroute(wanted: Wanted) -> Decision:
    words = _needed(wanted, Key.ORDER_NEEDS_DEPARTMENT)
    lead, *supporting = (
        named.department(one, wanted.routing).id for one in filter(None, map(str.strip, _BETWEEN.split(words)))
    )
    return Decision(Action.REROUTE, lead=lead, supporting=tuple(supporting))


def _word(wanted: Wanted) -> Decision:
    return Decision(Action.EDIT_WORDING, wording=_needed(wanted, Key.ORDER_NEEDS_WORDING))


def _split(wanted: Wanted) -> Decision:
    """A line for each question, or nothing: then as the machine sees it."""
    return Decision(Action.SPLIT, parts=tuple(filter(None, map(str.strip, wanted.words.splitlines()))))


def _ask_back(wanted: Wanted) -> Decision:
    return Decision(Action.ASK_BACK, question=_needed(wanted, Key.ORDER_NEEDS_QUESTION))


def _refuse(wanted: Wanted) -> Decision:
    return Decision(Action.REJECT, reason=_chosen(wanted, "reason", Key.ORDER_NEEDS_REASON))


def _redirect(wanted: Wanted) -> Decision:
    return Decision(Action.REDIRECT, body=_chosen(wanted, "body", Key.ORDER_NEEDS_BODY))


def _mask(wanted: Wanted) -> Decision:
    """The words as one piece where the text holds them so, else the pieces between commas. Whole words, as decided."""
    words, shown = wanted.words, wanted.submission.shown
    pieces = (words,) if _holds(shown, words) else tuple(filter(None, map(str.strip, _BETWEEN.split(words))))
    if missing := [piece for piece in pieces if not _holds(shown, piece)]:
        raise Refusal(Key.ORDER_NOT_IN_TEXT, words=shorten("; ".join(missing), _SHOWN), code=wanted.submission.code)
    return Decision(Action.MASK, hide=pieces)


def _holds(text: str, piece: str) -> bool:
    return bool(piece) and re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None


def _plain(action: Action) -> Callable[[Wanted], Decision]:
    """A decision that needs no words; where some were typed somebody meant something else."""

    def read(wanted: Wanted) -> Decision:
        if wanted.words:
            raise Refusal(Key.ORDER_TOO_MUCH, words=shorten(wanted.words, _SHOWN))
        return Decision(action)

    return read


@dataclass(frozen=True, slots=True)
class Spoken:
    """A decision as it is typed: the action, and what reads the words behind the code for it."""

    action: Action
    read: Callable[[Wanted], Decision]


def _plainly(action: Action) -> Spoken:
    return Spoken(action, _plain(action))


DECISIONS: Mapping[str, Spoken] = {
    "duyet": Spoken(Action.APPROVE, _approve),
    "doi": Spoken(Action.CHANGE_TOPIC, _change_topic),
    "chutri": Spoken(Action.REROUTE, _reroute),
    "sua": Spoken(Action.EDIT_WORDING, _word),
    "tach": _plainly(Action.UNMERGE),
    "tachcau": Spoken(Action.SPLIT, _split),
    "hoilai": Spoken(Action.ASK_BACK, _ask_back),
    "khongcho": _plainly(Action.GO_ON),
    "khongduyet": Spoken(Action.REJECT, _refuse),
    "ngoaiphamvi": Spoken(Action.REDIRECT, _redirect),
    "thurac": _plainly(Action.MARK_SPAM),
    "che": Spoken(Action.MASK, _mask),
    "rieng": _plainly(Action.SET_APART),
    "nhan": _plainly(Action.ASSIGN),
    "tra": _plainly(Action.UNASSIGN),
    "hoantac": _plainly(Action.UNDO),
    "khoiphuc": _plainly(Action.RESTORE),
}


def _needed(wanted: Wanted, missing: Key) -> str:
    if not wanted.words:
        raise Refusal(missing, code=wanted.submission.code)
    return wanted.words


def _chosen(wanted: Wanted, section: str, missing: Key) -> str:
    """A line of an editable list by its label, or own words; where nothing was typed the list is shown."""
    sentences = wanted.voice.catalogue.section(section)
    labels = wanted.voice.catalogue.section(f"{section}_label")
    if not wanted.words:
        raise Refusal(missing, code=wanted.submission.code, choices="; ".join(labels.values()))
    return named.listed(wanted.words, section, labels, sentences)
