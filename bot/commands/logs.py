"""The log of a running program: a line for people, or a JSON object a line for programs that gather logs.

Both say when, how grave, which part, what, and the ids of the work (see bot.usecases.trail). Neither holds what anybody
wrote: whoever logs names a fault by its type.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.commands.redact import Redactor
from bot.domain.deadline import VIETNAM
from bot.usecases import trail

TEXT, JSON = "text", "json"

# Some of these print parameters at lower levels, and so what people wrote.
_CHATTY = ("aiohttp.access", "aiosqlite", "alembic", "aiogram", "asyncio", "sqlalchemy")
_NAMES = {"asctime": "at", "levelname": "level", "name": "part"}


def set_up(form: str, level: int) -> None:
    """From now on everything that is logged goes to standard error in this form, graver than `level` or as grave."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == JSON else Lines())
    handler.addFilter(_add_ids)
    handler.addFilter(Redactor())
    logging.basicConfig(level=level, handlers=[handler])
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _add_ids(record: logging.LogRecord) -> bool:
    """At the handler: a filter of a logger is not asked about what the loggers below it say."""
    record.ids = dict(trail.ids())
    return True


class Lines(logging.Formatter):
    """`2026-11-20 14:05:00,123 WARNING bot.usecases.work: … [inbox=12 update=telegram/42/900]`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        line = super().formatMessage(record)
        ids = " ".join(f"{name}={value}" for name, value in getattr(record, "ids", {}).items())
        return f"{line} [{ids}]" if ids else line


class JsonLines(JsonFormatter):
    """The same as one JSON object: `at`, `level`, `part`, `message` and each id by its name."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields=_NAMES,
            reserved_attrs=[*logging.LogRecord("", 0, "", 0, "", (), None).__dict__, "message", "asctime", "ids"],
            json_ensure_ascii=False,
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - the library's name
        del datefmt
        return datetime.fromtimestamp(record.created, VIETNAM).isoformat(timespec="milliseconds")

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.update(getattr(record, "ids", {}))
