"""`audit`: whether the history is whole, what it says, and its sheet."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, progress, say, table, warn
from bot.commands.parser import instant, subcommand
from bot.domain.audit import Break, Damage, Verdict
from bot.domain.deadline import VIETNAM
from bot.domain.submission import parse_receipt_code, receipt_code
from bot.settings import read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.usecases.audit import Audit, Wanted

_HEX = frozenset("0123456789abcdef")
_SHORTEST, _LONGEST = 12, 64
_SAID = {
    Damage.ALTERED: "mục số {id} đã bị sửa",
    Damage.REMOVED: "có mục bị gỡ ngay trước mục số {id}",
    Damage.CUT: "có mục bị gỡ sau mục số {id}, mục cuối còn lại",
    Damage.INSERTED: "mục số {id} do ai đó chèn vào",
    Damage.TEXT: "lời lưu kèm mục số {id} đã bị sửa",
}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "audit", "kiểm tra, xem và xuất sổ việc: ai làm gì, lúc nào")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    verify = subcommand(what, "verify", "kiểm tra sổ việc còn nguyên, không ai sửa, gỡ hay chèn")
    verify.add_argument("--head", type=_hash, metavar="MÃ", help="mã đã ghi lại lần trước: còn nằm trong sổ hay không")
    verify.add_argument("--json", action="store_true", help="in dạng JSON")
    verify.set_defaults(command=_verify)

    listed = subcommand(what, "list", "xem sổ việc, mới nhất ở cuối")
    listed.add_argument("--limit", type=_positive, default=200, metavar="SỐ", help="nhiều nhất mấy mục (mặc định 200)")
    listed.add_argument("--json", action="store_true", help="in dạng JSON")
    listed.set_defaults(command=_list)

    out = subcommand(what, "export", "xuất sổ việc ra bảng .xlsx hoặc .csv, không kèm lời của ai")
    out.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv cần ghi")
    out.set_defaults(command=_export)

    listed.add_argument("code", nargs="?", default="", metavar="MÃ", help="chỉ những việc về câu có mã này")
    out.add_argument("--code", default="", metavar="MÃ", help="chỉ những việc về câu có mã này")
    for one in (listed, out):
        one.add_argument("--since", type=instant, metavar="LÚC", help="từ lúc này, ví dụ 20/02/2024")
        one.add_argument("--by", default="", metavar="TÊN", help="chỉ những việc của người có tên này")
    for one in (verify, listed, out):
        one.add_argument("--as-of", type=instant, metavar="LÚC", help="sổ của cơ sở dữ liệu diễn tập")


def _hash(text: str) -> str:
    wanted = text.strip().lower()
    if not (_SHORTEST <= len(wanted) <= _LONGEST and set(wanted) <= _HEX):
        raise argparse.ArgumentTypeError(f"“{text}” không phải mã của sổ; cần ít nhất {_SHORTEST} ký tự 0–9, a–f")
    return wanted


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("1000000") and int(text) > 0):
        raise argparse.ArgumentTypeError(f"“{text}” không phải một số đếm được, ví dụ 200")
    return int(text)


@asynccontextmanager
async def _audit(parsed: argparse.Namespace) -> AsyncIterator[Audit | None]:
    """What reads the history; None, and a sentence, where there is no database yet."""
    from bot.app import load_catalogue, open_for_reading
    from bot.usecases.audit import Audit
    from bot.usecases.voice import Voice

    settings = read()
    async with open_for_reading(settings, as_of=parsed.as_of) as store:
        if store is None:
            warn("chưa có cơ sở dữ liệu nên chưa có sổ việc.")
            yield None
        else:
            yield Audit(store, Voice(load_catalogue(settings), rehearsal=parsed.as_of is not None))


# ------------------------------------------------------------------ verify


def _verify(parsed: argparse.Namespace) -> int:
    verdict = asyncio.run(_verified(parsed))
    if verdict is None:
        return REFUSED
    if parsed.json:
        print_json(asdict(verdict))
    else:
        _report(verdict)
    return REFUSED if verdict.broken or verdict.known is False else DONE


async def _verified(parsed: argparse.Namespace) -> Verdict | None:
    async with _audit(parsed) as audit:
        if audit is None:
            return None
        with progress("Kiểm tra sổ việc", await audit.count()) as advance:
            return await audit.verify(parsed.head or "", advance)


def _report(verdict: Verdict) -> None:
    erased = f"; lời kèm {verdict.erased} mục đã xoá theo yêu cầu" if verdict.erased else ""
    if verdict.broken is not None:
        warn(f"sổ việc không còn nguyên: {_where(verdict.broken)}. {verdict.holds} mục trước đó còn nguyên{erased}.")
    else:
        say(f"Sổ việc còn nguyên: {verdict.holds} mục{erased}.")
        if verdict.head.hash:
            say(f"Mã của mục mới nhất, ghi lại để lần sau đối chiếu bằng --head: {verdict.head.hash}")
    if verdict.known is False:
        warn("mã đã ghi lại không có trong sổ: sổ đã bị thay hoặc bị cắt bớt từ sau lúc ấy, hoặc mã bị ghi nhầm.")
    elif verdict.known:
        say("Mã đã ghi lại có trong sổ: từ lúc ấy về trước không có gì đổi.")


def _where(broken: Break) -> str:
    about = f"câu {broken.code}" if broken.code else ""
    at = f"lúc {when(broken.at)}" if broken.at else ""
    details = ", ".join(filter(None, (about, at)))
    return _SAID[broken.damage].format(id=broken.id) + (f" ({details})" if details else "")


# ------------------------------------------------------------------ list and export


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_listed(parsed))


async def _listed(parsed: argparse.Namespace) -> int:
    async with _audit(parsed) as audit:
        if audit is None:
            return REFUSED
        lines = deque([line async for line in audit.lines(_wanted(parsed))], maxlen=parsed.limit)
    if parsed.json:
        print_json([asdict(line) for line in lines])
    elif lines:
        rows = [
            [str(one.id), f"{one.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}", one.by, one.what, one.about, one.from_to]
            for one in lines
        ]
        reasons = [one.reason for one in lines]
        table(
            ["Số", "Lúc", "Ai", "Việc", "Về", "Thay đổi", "Lý do"],
            [[*row, reason] for row, reason in zip(rows, reasons, strict=True)],
        )
    else:
        say("Không có việc nào như vậy trong sổ.")
    return DONE


def _export(parsed: argparse.Namespace) -> int:
    if parsed.file.suffix.lower() not in (".xlsx", ".csv"):
        raise Trouble(f"“{parsed.file}” cần có đuôi .xlsx hoặc .csv.")
    return asyncio.run(_exported(parsed))


async def _exported(parsed: argparse.Namespace) -> int:
    from bot.app import load_catalogue, workbooks
    from bot.usecases.clock import WallClock

    async with _audit(parsed) as audit:
        if audit is None:
            return REFUSED
        made = await audit.table(_wanted(parsed), WallClock(parsed.as_of).now())
    await asyncio.to_thread(workbooks(load_catalogue(read())).write_table, made, parsed.file.absolute())
    say(f"Đã ghi {len(made.rows)} mục vào {parsed.file}.")
    return DONE


def _wanted(parsed: argparse.Namespace) -> Wanted:
    from bot.usecases.audit import Wanted

    return Wanted(_code(parsed.code), parsed.by, parsed.since)


def _code(typed: str) -> str:
    """A code in the spelling of the history; what is no code may be the name of somebody whose rights changed."""
    parsed = parse_receipt_code(typed)
    return receipt_code(*parsed) if parsed else typed.strip()
