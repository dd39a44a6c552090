"""Words that mean a command or a button, however they are typed (case, accents and spacing do not matter)."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.conversation.session import Session
from bot.domain.text import fold


class Command(StrEnum):
    START = "start"
    HELP = "help"
    MINE = "mine"
    CANCEL = "cancel"


_COMMANDS: dict[str, Command] = {
    "/start": Command.START,
    "/batdau": Command.START,
    "bat dau": Command.START,
    "/help": Command.HELP,
    "/trogiup": Command.HELP,
    "tro giup": Command.HELP,
    "/cuatoi": Command.MINE,
    "cau hoi cua toi": Command.MINE,
    "/huy": Command.CANCEL,
    "/cancel": Command.CANCEL,
    "huy": Command.CANCEL,
    "thoi": Command.CANCEL,
}

# Chỉ là lời chào, không phải câu hỏi: bot chào lại chứ không lập bản nháp.
_GREETINGS = re.compile(
    r"(xin )?(chao|hello|hi|helo|alo|hey|cam on|thanks|thank you|ok|oki|okie|vang|da)"
    r"( (ban|bot|ad|admin|a|anh|chi|moi nguoi|mn|cac ban|nhe|nha|a))*[ !.]*"
)
_OWN = re.compile(r"(sua|rut|xem)\s+(\S.*)")
OWN_WORDS = {"sua": "edit", "rut": "withdraw", "xem": "own"}


def command(text: str) -> Command | None:
    """The command that a text is; `/start@bot payload` counts as `/start`."""
    folded = fold(text)
    if folded.startswith("/"):
        folded = folded.split()[0].split("@")[0]
    return _COMMANDS.get(folded)


def is_greeting(text: str) -> bool:
    return bool(_GREETINGS.fullmatch(fold(text)))


def button(session: Session, text: str) -> str | None:
    """The button that a typed text means: its number, or its label."""
    folded = fold(text).rstrip(".) ")
    if folded.isascii() and folded.isdigit() and 1 <= int(folded) <= len(session.offered):
        return session.offered[int(folded) - 1][0]
    return next((id_ for id_, label in session.offered if folded and folded == label), None)


def own_word(text: str) -> tuple[str, str] | None:
    """`rút HY24-0042-K` as ("withdraw", "HY24-0042-K"); None for anything else."""
    found = _OWN.fullmatch(fold(text))
    return (OWN_WORDS[found[1]], found[2].upper()) if found else None
