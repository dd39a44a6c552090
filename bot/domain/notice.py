"""What a moderator should see in a text before deciding: several questions in one, personal data, danger, spam.

A notice proposes; nothing is split, masked or refused by it. Only danger changes the road of a text: it goes to the
responsible person alone and never to the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

_KEPT = 2  # letters and digits that stay readable at either end of a masked number


class Danger(StrEnum):
    """What somebody seems to be in danger of, now or not long ago."""

    SELF_HARM = "self_harm"  # muốn chết, tự làm hại mình
    ABUSE = "abuse"  # bị đánh, bị xâm hại, bị giữ, bị bán, bị ép


class Spam(StrEnum):
    """Why a text seems to ask nothing."""

    ADVERTISING = "advertising"
    FLOODING = "flooding"  # lặp một chữ, một từ, một câu; gõ bừa


class Personal(StrEnum):
    """Kinds of personal data that can be recognised by their shape."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    EMAIL = "email"
    BANK_ACCOUNT = "bank_account"


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Where personal data stands in a text: `text[start:end]`."""

    kind: Personal
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Notices:
    """Everything that was noticed in one text.

    `parts`: the text cut into its questions, word for word and in order, where it holds several; else empty.
    `personal` stand in the order of the text and never overlap. `denounces`: a named person is accused of something.
    `failed`: a rule broke on this text, so nothing is known of it.
    """

    parts: tuple[str, ...] = ()
    personal: tuple[PersonalSpan, ...] = ()
    danger: Danger | None = None
    spam: Spam | None = None
    denounces: bool = False
    failed: bool = False


def replaced(text: str, spans: Iterable[PersonalSpan], words: Mapping[Personal, str]) -> str:
    """The text with the words for its kind in the place of each span: gọi [số điện thoại] nhé."""
    for span in sorted(spans, key=lambda one: -one.start):
        text = text[: span.start] + words[span.kind] + text[span.end :]
    return text


def masked(text: str, spans: Iterable[PersonalSpan]) -> str:
    """The text with the spans hidden but recognisable: 09******21, la**@gmail.com. Its length does not change."""
    shown = list(text)
    for span in spans:
        shown[span.start : span.end] = _hidden(text[span.start : span.end], span.kind)
    return "".join(shown)


def _hidden(found: str, kind: Personal) -> str:
    """Stars for every letter and digit but two at either end; of an address only its name is hidden, and to its end."""
    name, at, domain = found.partition("@") if kind is Personal.EMAIL else (found, "", "")
    places = [place for place, sign in enumerate(name) if sign.isalnum()]
    kept = min(_KEPT, len(places) // 3)
    hidden = set(places[kept:] if at else places[kept : len(places) - kept])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(name)) + at + domain
