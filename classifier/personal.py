"""Personal data that shows by its shape: phone numbers, identity numbers, e-mail addresses, bank accounts.

A number counts only where its shape and the words before it fit; sums of money, years, decrees, tax codes, hotlines and
receipt codes stay what they are. The rules are those of Viet Nam's numbering plan (mobile 03, 05, 07, 08, 09 and eight
digits more; fixed 02 and nine more) and of the twelve digits of the citizen's card (province 001 to 096, century).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bot.domain.notice import Personal, PersonalSpan
from bot.domain.text import fold

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?<![.\-_])")
_JOINT = r"[ .\-\u00a0]{0,2}"  # what people put between the groups of a number
# A run of digits in groups; the first sign of a phone number is sometimes typed as the letter o.
_NUMBER = re.compile(rf"(?<![\w./,\-+])(?:\(?\+?\d|[oO](?=\d))(?:{_JOINT}[()]?{_JOINT}\d){{7,18}}(?![\w/])(?![.,\-]\d)")
_NEAR, _AFTER = 42, 16  # signs that are looked at before and after a number

_MONEY = re.compile(r"\s*(?:dong|vnd|d\b|trieu|ty|nghin|ngan|usd|m2|ha|kg|nguoi|%)")
_NO_PERSON = re.compile(
    r"(?:mst|ma so thue|ma ho so|ma van don|van don|don hang|quyet dinh|cong van|ma|hoa don|so phieu)\W*(?:so\W*)?$"
)
_IDENTITY = re.compile(r"\b(?:cccd|cmnd|cmt|cmtnd|can cuoc|chung minh)\b[^.;\n]*$")
_ACCOUNT = re.compile(r"\b(?:stk|so tai khoan|tai khoan(?: ngan hang)?|so tk|tk)\b[^.;\n\d]{0,16}$")
_BANK = re.compile(
    r"\b(?:vietcombank|vcb|techcombank|tcb|agribank|bidv|vietinbank|mb|mbbank|acb|sacombank|tpbank|vpbank|ngan hang)\b"
)

_MOBILE = re.compile(r"(?:0|84)[35789]\d{8}")
_FIXED = re.compile(r"(?:0|84)2\d{9}")
_CARD = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}")
_OLD_CARD_DIGITS, _CARD_DIGITS = 9, 12
_ACCOUNT_DIGITS = range(8, 20)


class _Number(NamedTuple):
    """A run of digits and what stands around it, folded."""

    digits: str
    before: str
    after: str


def spans(text: str) -> tuple[PersonalSpan, ...]:
    """Everything personal in a text, in its order, without overlaps. Any string will do."""
    found = [PersonalSpan(Personal.EMAIL, match.start(), match.end()) for match in _EMAIL.finditer(text)]
    taken = [(span.start, span.end) for span in found]
    for kind, start, end in _numbers(text):
        if all(end <= first or last <= start for first, last in taken):
            found.append(PersonalSpan(kind, start, end))
    return tuple(sorted(found, key=lambda span: span.start))


def _numbers(text: str) -> Iterator[tuple[Personal, int, int]]:
    for match in _NUMBER.finditer(text):
        number = _Number(
            _digits(match.group()),
            fold(text[max(0, match.start() - _NEAR) : match.start()]),
            fold(text[match.end() : match.end() + _AFTER]),
        )
        if _MONEY.match(number.after) or _NO_PERSON.search(number.before):
            continue
        if kind := next((kind for kind, fits in _RULES if fits(number)), None):
            yield kind, match.start(), match.end()


def _digits(number: str) -> str:
    plain = unicodedata.normalize("NFKC", number).lower().replace("o", "0", 1)
    return "".join(sign for sign in plain if sign.isdecimal())


def _is_account(number: _Number) -> bool:
    named = _ACCOUNT.search(number.before)
    if named is None or len(number.digits) not in _ACCOUNT_DIGITS:
        return False
    return named.group().split()[0] != "tk" or bool(_BANK.search(f"{number.before} {number.after}"))


def _is_identity(number: _Number) -> bool:
    if _IDENTITY.search(number.before):
        return len(number.digits) in (_OLD_CARD_DIGITS, _CARD_DIGITS)
    return bool(_CARD.fullmatch(number.digits))


def _is_phone(number: _Number) -> bool:
    return bool(_MOBILE.fullmatch(number.digits) or _FIXED.fullmatch(number.digits))


# The first rule that fits names the number: an account may look like a phone number.
_RULES: tuple[tuple[Personal, Callable[[_Number], bool]], ...] = (
    (Personal.BANK_ACCOUNT, _is_account),
    (Personal.ID_NUMBER, _is_identity),
    (Personal.PHONE, _is_phone),
)
