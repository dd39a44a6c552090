"""What a typed command names: a submission by its code, a topic or a department by words, a line of an editable list.

Accents, case and spacing do not matter. Where words fit several, nobody guesses: the choices are listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.domain.department import Department, RoutingTable, Topic
from bot.domain.errors import NotFound, Refusal
from bot.domain.submission import parse_receipt_code, receipt_code
from bot.domain.text import fold, shorten
from bot.texts.keys import Key

_PIECES = 5  # as many as a code may be typed in: HY24 - 0042 - K
_MOST = 8  # choices that a sentence lists
_SHOWN = 60
_PIECE = re.compile(r"\S+")
_Named = TypeVar("_Named", bound=Topic | Department)


def code_and_rest(text: str) -> tuple[str, str]:
    """The receipt code that a text begins with, as we write it, and what follows as it was typed; ("", text) where it
    begins with none.
    """
    for _, piece in zip(range(_PIECES), _PIECE.finditer(text), strict=False):
        if parsed := parse_receipt_code(text[: piece.end()].strip(" \t\n:,;")):
            return receipt_code(*parsed), text[piece.end() :].strip(" \t\n:,;")
    return "", text.strip()


def codes(text: str) -> tuple[list[str], str]:
    """All the codes that a text begins with, and what follows them."""
    found: list[str] = []
    while True:
        code, text = code_and_rest(text)
        if not code:
            return found, text
        found.append(code)


def looks_like_code(word: str) -> bool:
    """A word with letters and several digits: somebody meant a code."""
    return bool(re.fullmatch(r"[a-z]+\d*[–-]?\d{3,7}[–-]?[a-z]?", fold(word), re.ASCII))


def topic(words: str, routing: RoutingTable) -> Topic:
    """The topic that words name, or the only one of the department that they name.

    Raises NotFound where they name nothing, Refusal with the choices where they name several.
    """
    wanted = fold(words)
    exact = [one for one in routing.topics.values() if wanted in (fold(one.name), one.code)]
    if len(exact) == 1:
        return exact[0]
    bodies = _departments(wanted, routing)
    of_bodies = [one for body in bodies for one in routing.topics_of(body.id)]
    named = [one for one in routing.topics.values() if wanted and wanted in fold(one.name)]
    return _only({one.code: one for one in (*named, *of_bodies)}, words)


def department(words: str, routing: RoutingTable) -> Department:
    """The department that words name. Raises as `topic` does."""
    return _only({body.id: body for body in _departments(fold(words), routing)}, words)


def listed(words: str, section: str, labels: Mapping[str, str], sentences: Mapping[str, str]) -> str:
    """`section.name` of the line of an editable list whose name, label or sentence this is; else the words as typed."""
    wanted = fold(words).rstrip(".")
    for name in sentences:
        spellings = (name, fold(labels.get(name, "")), fold(sentences[name]).rstrip("."))
        if wanted and wanted in spellings:
            return f"{section}.{name}"
    return words


def _departments(wanted: str, routing: RoutingTable) -> list[Department]:
    """Those that are called so; where none is, those whose names hold the words."""
    names = {body.id: [fold(name) for name in _names(body)] for body in routing.departments.values()}
    exact = [routing.departments[id_] for id_, theirs in names.items() if wanted in theirs]
    if exact or not wanted:
        return exact
    return [routing.departments[id_] for id_, theirs in names.items() if any(wanted in name for name in theirs)]


def _names(body: Department) -> Iterable[str]:
    return (body.id, body.name, body.short_name, *body.aliases)


def _only(found: Mapping[str, _Named], words: str) -> _Named:
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise NotFound(Key.ORDER_UNKNOWN_NAME, words=shorten(words, _SHOWN))
    names = [one.name for one in found.values()]
    more = ["…"] if len(names) > _MOST else []
    raise Refusal(Key.ORDER_SEVERAL, words=shorten(words, _SHOWN), choices="; ".join([*names[:_MOST], *more]))
