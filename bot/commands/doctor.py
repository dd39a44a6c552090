"""`doctor`: looks after an installation and says of each thing how it is and what to do; changes nothing.

The checks are in `bot.commands.checks`; this is how they are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.commands.checks import CHECKS, Area, Patient
from bot.commands.output import print_json
from bot.commands.parser import subcommand
from bot.domain.checkup import Grade, Remark, worst
from bot.settings import SettingsFault, read
from bot.usecases.clock import WallClock

_SIGNS = {Grade.FINE: ("✓", "green"), Grade.MIND: ("!", "yellow"), Grade.WRONG: ("✗", "red")}
_INDENT = " " * 4
_VERDICTS = {
    Grade.FINE: "Mọi thứ đều ổn.",
    Grade.MIND: "Chạy được; có {minds} điều nên xem.",
    Grade.WRONG: "Có {wrongs} điều phải sửa, {minds} điều nên xem.",
}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    doctor = subcommand(
        commands, "doctor", "khám toàn bộ: thiết đặt, Telegram, đĩa, dữ liệu, sao lưu… và nêu việc nên làm"
    )
    doctor.add_argument("--json", action="store_true", help="in dạng JSON")
    doctor.epilog = "Không sửa gì. Mã thoát: 0 mọi thứ ổn; 1 có điều nên xem; 2 có điều phải sửa."
    doctor.set_defaults(command=_doctor)


def _doctor(parsed: argparse.Namespace) -> int:
    findings = asyncio.run(_examine(quiet=parsed.json))
    remarks = [remark for found in findings.values() for remark in found]
    grade = worst(remarks)
    if parsed.json:
        areas = {area: list(map(_plain, found)) for area, found in findings.items()}
        print_json({"grade": grade.name.lower(), "areas": areas})
    else:
        _say_verdict(grade, remarks)
    return int(grade)


async def _examine(*, quiet: bool) -> dict[str, list[Remark]]:
    """Every area with its remarks, each shown as soon as it is known unless `quiet`."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        settings = read()
    except SettingsFault as fault:
        found = [Remark(Grade.WRONG, str(fault), "Sửa tệp .env theo câu trên rồi chạy lại.")]
        if not quiet:
            _show(console, "Thiết đặt", found)
        return {"Thiết đặt": found}
    findings = {}
    async with Patient.open(settings, WallClock()) as patient:
        for area in CHECKS:
            findings[area.name] = await _remarks(area, patient)
            if not quiet:
                _show(console, area.name, findings[area.name])
    return findings


async def _remarks(area: Area, patient: Patient) -> list[Remark]:
    """What is found there. A check that fails itself is a finding, and the next ones go on."""
    try:
        return [remark async for remark in area.check(patient)]
    except Exception as fault:  # noqa: BLE001 - named by its type: its text may hold secrets
        return [Remark(Grade.WRONG, f"Không kiểm tra được ({type(fault).__name__}).")]


def _show(console: Console, area: str, remarks: list[Remark]) -> None:
    """The area and its lines: wrapped for a screen, one line each for whatever reads them elsewhere."""
    if not remarks:
        return
    console.print(Text(area, style="bold"))
    width = console.width if console.is_terminal else sys.maxsize
    for remark in remarks:
        sign, colour = _SIGNS[remark.grade]
        found = Text(fill(remark.found, width, initial_indent=f"  {sign} ", subsequent_indent=_INDENT))
        found.stylize(colour, 2, 3)
        console.print(found)
        if remark.todo:
            console.print(Text(fill(remark.todo, width, initial_indent=f"{_INDENT}→ ", subsequent_indent=_INDENT)))


def _say_verdict(grade: Grade, remarks: list[Remark]) -> None:
    minds, wrongs = (sum(remark.grade is one for remark in remarks) for one in (Grade.MIND, Grade.WRONG))
    sign, colour = _SIGNS[grade]
    verdict = _VERDICTS[grade].format(minds=minds, wrongs=wrongs)
    Console(highlight=False, soft_wrap=True).print(Text.assemble("\n", (sign, colour), f" {verdict}"))


def _plain(remark: Remark) -> dict[str, str]:
    return {"grade": remark.grade.name.lower(), "found": remark.found, "todo": remark.todo}
