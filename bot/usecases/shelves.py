"""Where things belong on a board that keeps them apart: a shelf for each department, one for what is unclear, one for
spam and one for the log. A board without shelves passes over all of it.
"""

from __future__ import annotations

from bot.domain.submission import State
from bot.ports import Shelf
from bot.texts.keys import Key
from bot.usecases.voice import Voice

UNCLEAR, SPAM, LOG = "unclear", "spam", "log"
NAMES = {UNCLEAR: Key.SHELF_UNCLEAR, SPAM: Key.SHELF_SPAM, LOG: Key.SHELF_LOG}


def named(id_: str, voice: Voice) -> Shelf:
    """One of the shelves that are no department's."""
    return Shelf(id_, voice.text(NAMES[id_]))


def of_department(id_: str, short_name: str) -> Shelf:
    """A department's; `short_name` fits a title."""
    return Shelf(f"department:{id_}", short_name)


def shelf_of(
    state: State, *, department: str, short_name: str, unclear: bool, spam: bool, voice: Voice
) -> Shelf | None:
    """Where a card belongs; None where it stays as it was decided.

    `department` is the body that it goes to, "" for none; `unclear`: nobody confirmed it and the machine is not sure,
    or it was approved without one; `spam`: its words look like spam.
    """
    if state is State.SPAM or (state is State.WAITING and spam):
        return named(SPAM, voice)
    if state not in (State.WAITING, State.APPROVED):
        return None
    return named(UNCLEAR, voice) if unclear or not department else of_department(department, short_name)
