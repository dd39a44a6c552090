"""The `doithoai` command line: what each command takes, and how refusals and faults leave it.

Exit codes: 0 done, 1 refused or partly done, 2 wrong use. Errors are one Vietnamese sentence on standard error; a
traceback is shown only with --debug.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from importlib.metadata import version

from bot.commands import (
    answers,
    audit,
    classify,
    evaluate,
    export,
    learning,
    moderators,
    papers,
    programmes,
    release,
    serve,
    similar,
    slips,
)
from bot.commands.faults import explained
from bot.commands.output import REFUSED, WRONG_USE, mark_rehearsal, warn
from bot.commands.parser import Parser
from bot.domain.errors import Refusal
from bot.settings import SettingsFault
from bot.texts.keys import Key

Command = Callable[[argparse.Namespace], int]


def build() -> Parser:
    """The whole command line."""
    parser = Parser(
        prog="doithoai",
        description="Đối thoại: bot nhận câu hỏi của thanh niên cho chương trình đối thoại với lãnh đạo tỉnh, xã.",
        epilog="Mã thoát: 0 xong; 1 bị từ chối hoặc chỉ làm được một phần; 2 dùng sai cách.",
    )
    parser.add_argument(
        "--version", action="version", version=f"doithoai {version('doithoai')}", help="in phiên bản rồi thoát"
    )
    parser.add_argument("--debug", action="store_true", help="in vết lỗi đầy đủ khi có sự cố")
    commands = parser.add_subparsers(title="lệnh", metavar="LỆNH", required=True, parser_class=Parser)
    for subject in (
        serve,
        slips,
        export,
        papers,
        answers,
        release,
        classify,
        similar,
        evaluate,
        learning,
        programmes,
        moderators,
        audit,
    ):
        subject.add_to(commands)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    parsed = build().parse_args(arguments)
    # A log is for whoever keeps the bot running. A command tells its user everything in a sentence of its own.
    level = logging.INFO if parsed.debug or getattr(parsed, "logs", False) else logging.ERROR
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Some of these print parameters at lower levels, and so what people wrote.
    for chatty in ("aiohttp.access", "aiosqlite", "alembic", "aiogram", "asyncio", "sqlalchemy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    command: Command = parsed.command
    if (as_of := getattr(parsed, "as_of", None)) is not None:
        mark_rehearsal(as_of)
    try:
        return command(parsed)
    except KeyboardInterrupt:
        return REFUSED
    except SettingsFault as fault:
        warn(str(fault))
        return WRONG_USE
    except Exception as fault:
        if parsed.debug:
            raise
        warn(explained(fault))
        return WRONG_USE if _wrong_use(fault) else REFUSED


def _wrong_use(fault: Exception) -> bool:
    return isinstance(fault, Refusal) and fault.key is Key.REFUSE_WHICH_PROGRAMME
