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
    backup,
    classify,
    doctor,
    evaluate,
    export,
    learning,
    logs,
    migrate,
    moderators,
    papers,
    privacy,
    programmes,
    quarantine,
    release,
    serve,
    similar,
    slips,
)
from bot.commands.faults import explained
from bot.commands.output import REFUSED, WRONG_USE, mark_rehearsal, warn
from bot.commands.parser import Parser
from bot.commands.redact import never_show
from bot.domain.errors import Refusal
from bot.settings import SettingsFault, read
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
        migrate,
        quarantine,
        doctor,
        backup,
        privacy,
    ):
        subject.add_to(commands)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    parsed = build().parse_args(arguments)
    command: Command = parsed.command
    if (as_of := getattr(parsed, "as_of", None)) is not None:
        mark_rehearsal(as_of)
    try:
        _keep_a_log(parsed)
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


def _keep_a_log(parsed: argparse.Namespace) -> None:
    """A log is for whoever keeps the bot running. A command tells its user everything in a sentence of its own."""
    runs = getattr(parsed, "logs", False)
    level = logging.INFO if parsed.debug or runs else logging.ERROR
    form = logs.TEXT
    if runs:
        settings = read()
        never_show(*settings.secrets)
        form = settings.log
    logs.set_up(form, level)


def _wrong_use(fault: Exception) -> bool:
    return isinstance(fault, Refusal) and fault.key is Key.REFUSE_WHICH_PROGRAMME
