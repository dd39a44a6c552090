"""A submission's card as Telegram HTML. Every value is escaped; what a young person wrote is a block of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from bot.domain.split import cut, utf16_length
from bot.domain.text import storable
from bot.ports import Card, DrawnList, ShownCard, ShownList
from handlers.telegram.channel import LIMIT

MODERATOR = "m:"
LIST = "l:"
_VERSION = re.compile(r"\d{1,9}", re.ASCII)  # made-up data may hold more digits than a number takes
_PART_LENGTHS = (600, 300, 150, 75)
_FOLDED_FROM = 700
_ROOM_FOR_TEXT = 1000


def card_html(card: Card, first_lines: str) -> str:
    """The card, at most 4096 UTF-16 units once Telegram has read the markup. `first_lines` says that text was cut."""
    return _lay_out(card, first_lines, _HTML)


def card_plain(card: Card, first_lines: str) -> str:
    """The same card without any markup."""
    return _lay_out(card, first_lines, _PLAIN)


def card_rows(card: Card, shown: ShownCard) -> list[tuple[tuple[str, str], ...]]:
    """Rows of (callback data, label): m:<nonce>:<action>:<version>."""
    return [
        tuple((f"{MODERATOR}{shown.nonce}:{button.action}:{card.version}", button.label) for button in row)
        for row in card.buttons
    ]


def list_rows(drawn: DrawnList, shown: ShownList) -> list[tuple[tuple[str, str], ...]]:
    """Rows of (callback data, label): l:<nonce>:<action>."""
    return [tuple((f"{LIST}{shown.nonce}:{button.action}", button.label) for button in row) for row in drawn.buttons]


def parse_list_press(data: str) -> tuple[str, str] | None:
    """(nonce, action) of a list's button; None where the data is none of ours."""
    nonce, _, action = data.removeprefix(LIST).partition(":")
    return (nonce, action) if data.startswith(LIST) and nonce and action else None


def parse_press(data: str) -> tuple[str, str, int] | None:
    """(nonce, action, version) of a moderator's button; None where the data is none of ours."""
    nonce, _, rest = data.removeprefix(MODERATOR).partition(":")
    action, _, version = rest.rpartition(":")
    if not data.startswith(MODERATOR) or not nonce or not action or not _VERSION.fullmatch(version):
        return None
    return nonce, action, int(version)


@dataclass(frozen=True, slots=True)
class _Markup:
    text: Callable[[str], str]
    bold: Callable[[str], str]
    quote: Callable[[str], str]


def _as_is(text: str) -> str:
    return text


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def _quote(text: str) -> str:
    folded = " expandable" if utf16_length(text) > _FOLDED_FROM else ""
    return f"<blockquote{folded}>{escape(text)}</blockquote>"


_HTML = _Markup(escape, _bold, _quote)
_PLAIN = _Markup(_as_is, _as_is, _as_is)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Everything of a card but the person's text."""

    head: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]

    def length(self) -> int:
        parts = [self.head, *(f"{label}: {value}" for label, value in self.facts), *self.lines]
        return sum(utf16_length(part) + 1 for part in parts)


def _lay_out(card: Card, first_lines: str, markup: _Markup) -> str:
    frame = _frame(card)
    text, is_cut = _fitting(storable(card.text), LIMIT - frame.length(), first_lines)
    return "\n".join(
        [
            markup.bold(frame.head),
            markup.quote(text),
            *([markup.text(first_lines)] if is_cut else []),
            *(f"{markup.bold(f'{label}:')} {markup.text(value)}" for label, value in frame.facts),
            *(markup.text(line) for line in frame.lines),
        ]
    )


def _frame(card: Card) -> _Frame:
    """The frame, its parts cut shorter and shorter until the person's text keeps a fair share of the card."""
    for length in _PART_LENGTHS:
        frame = _Frame(
            _line(card.head, length),
            tuple((_line(label, length), _line(value, length)) for label, value in card.facts),
            tuple(_line(line, length) for line in card.lines),
        )
        if frame.length() <= LIMIT - _ROOM_FOR_TEXT:
            break
    return frame


def _fitting(text: str, room: int, first_lines: str) -> tuple[str, bool]:
    """As much of the text as there is room for, and whether something was left out."""
    if utf16_length(text) <= room:
        return text, False
    return cut(text, room - utf16_length(first_lines) - 1), True


def _line(text: str, length: int) -> str:
    return cut(" ".join(storable(text).split()), length)
