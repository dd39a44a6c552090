"""`release`: confirmed answers reach their askers, now or at a moment; `undelivered`: whom they did not reach."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, say, warn
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.commands.who import account
from bot.domain.errors import NotFound, Refusal
from bot.domain.role import By, Role
from bot.settings import Settings, read
from bot.texts.catalogue import when
from bot.texts.keys import Key

if TYPE_CHECKING:
    from bot.app import Desk
    from bot.domain.submission import Submission
    from bot.ports import Transaction


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    out = subcommand(commands, "release", "công bố các câu trả lời đã được người thứ hai xác nhận")
    out.add_argument("code", nargs="?", default="", metavar="MÃ", help="chỉ câu này (mặc định: tất cả)")
    moment = out.add_mutually_exclusive_group()
    moment.add_argument("--at", type=instant, metavar="LÚC", help="tự công bố vào lúc này, ví dụ 15/12/2026 08:00")
    moment.add_argument("--wait", action="store_true", help="dừng công bố: chờ đến khi có người công bố")
    _common(out)
    out.set_defaults(command=_release)

    missing = subcommand(commands, "undelivered", "xem ai chưa nhận được câu trả lời đã công bố, gửi lại cho họ")
    missing.add_argument("--again", nargs="+", default=[], metavar="MÃ", help="gửi lại cho người gửi các câu này")
    missing.add_argument("-o", "--output", type=Path, metavar="TỆP", help="ghi danh sách để in theo đơn vị (.xlsx)")
    _common(missing)
    missing.set_defaults(command=_undelivered)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    command.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")
    command.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


def _by() -> By:
    name = account()
    return By(f"dòng lệnh ({name})" if name else "dòng lệnh", Role.CHIEF)


# ------------------------------------------------------------------ releasing


def _release(parsed: argparse.Namespace) -> int:
    return asyncio.run(_release_them(read(), parsed))


async def _release_them(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        now = desk.clock.now()
        if parsed.at is not None and parsed.at <= now:
            raise Refusal(Key.REFUSE_ANSWER_PAST, at=parsed.at)
        until = None if parsed.wait else parsed.at or now
        if parsed.code:
            return await _one(desk, parsed, until)
        batch = await desk.answers().release_all(until, _by())
    at = when(batch.at) if batch.at else desk.voice.text(Key.ANSWER_ONCE)
    if parsed.json:
        refused = [code for code, _ in batch.refused]
        print_json({"released": batch.done, "at": batch.at, "refused": refused})
    else:
        say(desk.voice.text(Key.ANSWER_BATCH, count=batch.done, at=at))
        for code, why in batch.refused:
            warn(f"{code}: {desk.voice.text(why.key, **why.values)}")
    return REFUSED if batch.refused else DONE


async def _one(desk: Desk, parsed: argparse.Namespace, until: datetime | None) -> int:
    async with desk.store.transaction() as tx:
        submission = await _coded(desk, tx, parsed.code)
        answer = await tx.answers.newest(submission.issue_id) if submission.issue_id else None
        if answer is None:
            raise NotFound(Key.REFUSE_NO_DRAFT, code=submission.code)
        kept = await desk.answers().release_in(tx, answer.id, answer.version, until, _by())
    at = kept.released_at or kept.release_at
    if parsed.json:
        print_json({"released": 1, "at": at, "refused": []})
    else:
        shown = when(at) if at else desk.voice.text(Key.ANSWER_ONCE)
        say(desk.voice.text(Key.ANSWER_BATCH, count=1, at=shown))
    return DONE


# ------------------------------------------------------------------ who was not reached


def _undelivered(parsed: argparse.Namespace) -> int:
    if parsed.output is not None and parsed.output.suffix.lower() != ".xlsx":
        raise Trouble(f"“{parsed.output}” cần có đuôi .xlsx.")
    return asyncio.run(_show(read(), parsed))


async def _show(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        answers = desk.answers()
        for code in parsed.again:
            async with desk.store.transaction() as tx:
                await answers.again(tx, (await _coded(desk, tx, code)).id, _by())
        missing = await answers.not_reached()
        if parsed.output is not None:
            await answers.print_missing(parsed.output)
    if parsed.json:
        print_json(
            [
                {"code": one.submission.code, "unit": one.submission.unit, "why": one.why, "again": one.again}
                for one in missing
            ]
        )
        return DONE
    for code in parsed.again:
        say(desk.voice.text(Key.UNDELIVERED_AGAIN, code=code))
    for one in missing:
        unit = one.submission.unit or desk.voice.text(Key.ANSWER_NO_UNIT)
        say(desk.voice.text(Key.UNDELIVERED_LINE, code=one.submission.code, unit=unit, why=answers.why(one)))
    if not missing:
        say(desk.voice.text(Key.UNDELIVERED_NONE))
    return DONE


async def _coded(desk: Desk, tx: Transaction, code: str) -> Submission:
    submission = await tx.submissions.by_code(code.strip().upper())
    if submission is None or submission.programme != desk.running.code or submission.private:
        raise NotFound(Key.ORDER_UNKNOWN_CODE, code=code)
    return submission
