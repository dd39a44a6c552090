"""The second line of defence of every log: what must not stand there is taken out on the way.

The first line is that nobody logs it: faults are named by their type, people's words never. But a library may put an
address with the bot's token into its fault, and a traceback may quote what somebody wrote.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
import unicodedata
from types import TracebackType

_SHORTEST = 4  # a shorter secret would black out ordinary words
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\w-])(?:bot)?\d+:[\w-]{30,}"), "[token]"),
    (re.compile(r"(/bot)\d+:[^/\s\"']+"), r"\1[token]"),  # the token in an address, whatever it looks like
    (re.compile(r"(?<=://)[^/\s\"'@]+@"), "[login]@"),
    (re.compile(r"(?i)([?&](?:ma|token|secret|key)=)[^&\s\"']+"), r"\1[secret]"),
    (
        re.compile(r"(?i)\b((?:x-[\w-]*-)?(?:authorization|cookie|secret[\w-]*)[\"']?\s*[:=]\s*)[^\r\n,;]+"),
        r"\1[secret]",
    ),
    (re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w.])(?:\+?84|0)[ .-]?[235789](?:[ .-]?\d){8}(?!\w)"), "[phone]"),
)
_secrets: set[str] = set()


def never_show(*secrets: str) -> None:
    """Take these very words out too, whatever they look like."""
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def redacted(text: str) -> str:
    """The text without tokens, logins, phone numbers and e-mail addresses, and without what else was named secret."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    for rule, instead in _RULES:
        text = rule.sub(instead, text)
    return text


def one_line(text: str) -> str:
    """The text with what would begin a line, move a cursor or turn the reading order shown as an escape: nobody who
    writes to us can make a line of the log look like another one.
    """
    return "".join(sign if _harmless(sign) else sign.encode("unicode_escape").decode() for sign in text)


def _harmless(sign: str) -> bool:
    return sign == " " or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


class Redactor(logging.Filter):
    """At a handler, so that what libraries log comes through as well: the message on one line, a traceback indented."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = one_line(redacted(_message(record))), None
        if record.exc_info or record.exc_text:
            told = record.exc_text or _told(record.exc_info)
            record.exc_info, record.exc_text = None, _indented(redacted(told))
        if record.stack_info:
            record.stack_info = redacted(record.stack_info)
        return True


def redact_crashes() -> None:
    """A fault that ends the program is printed by the interpreter itself, past every log: that too without secrets."""

    def show(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(redacted("".join(traceback.format_exception(kind, fault, trace))))

    sys.excepthook = show


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit their sentence: the sentence alone still helps
        return str(record.msg)


def _told(fault: object) -> str:
    return "".join(traceback.format_exception(*fault)) if isinstance(fault, tuple) else ""


def _indented(trace: str) -> str:
    return "\n".join(f"    {one_line(line.expandtabs(4))}" for line in trace.rstrip("\n").split("\n"))
