"""An argument parser that speaks Vietnamese, and the shapes of arguments that several commands share."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from typing import Any, NoReturn

from bot.domain.deadline import VIETNAM

LAST_PORT = 65_535
_YEARS = range(2000, 2101)
_SAID = {
    "usage: ": "cách dùng: ",
    "positional arguments": "đối số",
    "options": "tuỳ chọn",
    "show this help message and exit": "in hướng dẫn này rồi thoát",
    "show program's version number and exit": "in phiên bản rồi thoát",
    "the following arguments are required: %s": "còn thiếu: %s",
    "unrecognized arguments: %s": "không hiểu: %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s chưa rõ là tuỳ chọn nào: %(matches)s",
    "ignored explicit argument %r": "tuỳ chọn này không kèm giá trị, đang có “%s”",
    "unexpected option string: %s": "không hiểu tuỳ chọn: %s",
    "expected one argument": "cần một giá trị",
    "expected at most one argument": "chỉ nhận nhiều nhất một giá trị",
    "expected at least one argument": "cần ít nhất một giá trị",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "không có “%(value)s”; chọn một trong: %(choices)s",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "không có “%(value)s”, có phải là “%(closest)s”? Chọn một trong: %(choices)s"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": "không có “%(parser_name)s”; chọn một trong: %(choices)s",
    "invalid %(type)s value: %(value)r": "giá trị không hợp lệ: %(value)s",
    "not allowed with argument %s": "không dùng cùng %s",
    "one of the arguments %s is required": "cần một trong các tuỳ chọn %s",
    "%(prog)s: error: %(message)s\n": "%(message)s\n",
}


def _say(message: str) -> str:
    return _SAID.get(message, message)


# argparse takes its sentences from gettext through this module global; there is no public way to hand it others.
argparse._ = _say  # type: ignore[attr-defined]


class Parser(argparse.ArgumentParser):
    """Wrong use: one sentence and how to see the help, exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"doithoai: {message}. Xem hướng dẫn: {self.prog} --help\n")


def subcommand(commands: Any, name: str, does: str) -> Parser:
    """A command whose own help begins with the line that stands beside it in the list of commands."""
    made: Parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
    return made


def instant(text: str) -> datetime:
    """`2024-02-20T09:00`, `2024-02-20 09:00`, `2024-02-20` or `20/02/2024 09:00`; without a zone it is Viet Nam's."""
    for form in ("%d/%m/%Y %H:%M", "%d/%m/%Y"):
        try:
            return _in_range(datetime.strptime(text, form).replace(tzinfo=VIETNAM), text)
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"không đọc được thời điểm “{text}”; viết như 2024-02-20T09:00 hoặc 20/02/2024 09:00"
        ) from None
    return _in_range(read if read.tzinfo else read.replace(tzinfo=VIETNAM), text)


def _in_range(read: datetime, text: str) -> datetime:
    if read.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"“{text}” ở ngoài khoảng năm {_YEARS[0]}–{_YEARS[-1]}")
    return read


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose one."""
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"“{text}” không phải một cổng; cần một số từ 1 đến {LAST_PORT}, ví dụ 8081")
    return int(text)


def day(text: str) -> date:
    """A day in the same forms."""
    read = instant(text)
    if read.astimezone(VIETNAM).time() != time():
        raise argparse.ArgumentTypeError(f"“{text}” cần là một ngày, không kèm giờ")
    return read.astimezone(VIETNAM).date()
