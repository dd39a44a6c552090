"""Which database a command looks into: the bot's own, that of a rehearsal, or that of the demo."""

from __future__ import annotations

import argparse

from bot.commands.parser import instant

DEMO_PROGRAMME = "mau"
DEMO_APART = "bản chạy thử (doithoai demo) có dữ liệu riêng; muốn xem dữ liệu ấy thì thêm --demo."


def add_database(command: argparse.ArgumentParser, rehearsal: str) -> None:
    """Add --as-of, which `rehearsal` explains, and --demo: one of them, or the bot's own data."""
    which = command.add_mutually_exclusive_group()
    which.add_argument("--as-of", type=instant, metavar="LÚC", help=rehearsal)
    which.add_argument("--demo", action="store_true", help="xem dữ liệu của bản chạy thử (doithoai demo)")


def demo_or(parsed: argparse.Namespace) -> str | None:
    """The programme that was named; with --demo the one that the demo runs unless told otherwise."""
    named: str | None = parsed.programme
    return named or (DEMO_PROGRAMME if parsed.demo else None)
