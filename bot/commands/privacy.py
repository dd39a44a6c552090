"""`privacy`: requests about personal data, erasures for people who come to the office, terms, and the report."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import privacy_report
from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import subcommand
from bot.commands.slips import chosen_programme
from bot.commands.who import account
from bot.domain.deadline import VIETNAM
from bot.domain.privacy import DAYS, Erasure, Request, RequestKind
from bot.settings import read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.app import Desk

_CHOICES = {
    Erasure.WORDS: "xoá cả lời và mọi thứ nối với người gửi",
    Erasure.KEEP: "giữ câu hỏi, xoá mọi thứ nối với người gửi",
    Erasure.CONSENT: "rút lại đồng ý, chưa xoá gì",
}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "privacy", "dữ liệu cá nhân: yêu cầu, xoá, thời hạn lưu, báo cáo")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    _add_requests(what)
    _add_erase(what)
    kept = subcommand(what, "retention", "xoá ngay những gì quá thời hạn lưu (vốn tự chạy mỗi đêm)")
    kept.add_argument("--dry-run", action="store_true", help="chỉ đếm, chưa xoá gì")
    kept.set_defaults(command=lambda parsed: asyncio.run(_retain(parsed)))
    report = subcommand(what, "report", "báo cáo về dữ liệu cá nhân, không có dữ liệu của ai")
    report.add_argument("-o", "--output", type=Path, metavar="TỆP", help="ghi ra tệp .md (mặc định: in ra màn hình)")
    report.set_defaults(command=lambda parsed: asyncio.run(_report(parsed)))
    for one in (*what.choices.values(),):
        one.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
        one.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


def _add_requests(what: Any) -> None:
    listed = subcommand(what, "requests", "xem các yêu cầu đang chờ, việc gần hạn nhất trước")
    listed.add_argument("--all", action="store_true", help="xem cả yêu cầu đã xong")
    listed.set_defaults(command=lambda parsed: asyncio.run(_requests(parsed)))
    added = subcommand(what, "add", "ghi một yêu cầu nhận trên giấy hoặc tại chỗ")
    kinds = [kind.value for kind in RequestKind]
    added.add_argument("--kind", required=True, choices=kinds, metavar="LOẠI", help=f"một trong: {', '.join(kinds)}")
    added.add_argument("--asker", required=True, metavar="AI", help="ai yêu cầu; xoá khi yêu cầu xong")
    added.add_argument("--words", default="", metavar="LỜI", help="yêu cầu điều gì; xoá khi yêu cầu xong")
    added.add_argument("--about", default="", metavar="MÃ", help="về câu có mã này")
    added.set_defaults(command=lambda parsed: asyncio.run(_add(parsed)))
    known = subcommand(what, "acknowledge", "ghi rằng đã báo cho người yêu cầu là đã nhận")
    known.set_defaults(command=lambda parsed: asyncio.run(_acknowledge(parsed)))
    done = subcommand(what, "done", "ghi một yêu cầu đã giải quyết; người hỏi qua bot được báo")
    done.add_argument("--note", required=True, metavar="LỜI", help="đã làm gì; người hỏi qua bot đọc được lời này")
    done.set_defaults(command=lambda parsed: asyncio.run(_done(parsed)))
    for one in (known, done):
        one.add_argument("code", metavar="MÃ", help="mã yêu cầu, ví dụ YC-0007-K")


def _add_erase(what: Any) -> None:
    erase = subcommand(what, "erase", "xoá cho một người đến tận nơi: câu có mã này và mọi thứ của người gửi câu ấy")
    erase.add_argument("code", metavar="MÃ", help="mã nhận của một câu, ví dụ HY24-0042-G")
    erase.add_argument("--asked-by", required=True, metavar="AI", help="ai yêu cầu, với tư cách gì (không ghi họ tên)")
    erase.add_argument("--reason", required=True, metavar="LÝ_DO", help="căn cứ, ví dụ “đơn ngày 02/3/2026”")
    erase.add_argument(
        "--choice",
        type=Erasure,
        default=Erasure.WORDS,
        choices=list(_CHOICES),
        metavar="CÁCH",
        help="; ".join(f"{choice}: {does}" for choice, does in _CHOICES.items()) + " (mặc định words)",
    )
    erase.add_argument("--photo", type=int, metavar="SỐ", help="xoá cả ảnh phiếu số này")
    erase.add_argument("--yes", action="store_true", help="xoá thật; không có thì chỉ xem trước")
    erase.set_defaults(command=lambda parsed: asyncio.run(_erase(parsed)))


@asynccontextmanager
async def _desk(parsed: argparse.Namespace) -> AsyncIterator[Desk]:
    from bot.app import open_desk

    settings = read()
    async with open_desk(settings, chosen_programme(settings, parsed.programme)) as desk:
        yield desk


def _by() -> str:
    name = account()
    return f"dòng lệnh ({name})" if name else "dòng lệnh"


# ------------------------------------------------------------------ requests


async def _requests(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        found = await desk.data_requests().all(open_only=not parsed.all)
        now = desk.clock.now()
    if parsed.json:
        print_json([asdict(one) | {"late": one.is_late(now)} for one in found])
    elif found:
        rows = [[one.code, _kind(one), one.source, _standing(one, one.is_late(now)), _what(one)] for one in found]
        table(["Mã", "Loại", "Đến từ", "Tình trạng", "Nội dung"], rows)
    else:
        say("Không có yêu cầu nào đang chờ." if not parsed.all else "Chưa có yêu cầu nào.")
    return DONE


def _kind(request: Request) -> str:
    return privacy_report.KINDS[request.kind]


def _standing(request: Request, late: bool) -> str:
    if request.done_at:
        return f"xong {request.done_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    terms = f"nhận {request.received_at.astimezone(VIETNAM):%d/%m/%Y}, xong trước {when(request.done_by)}"
    unsaid = "" if request.acknowledged_at else f"; chưa báo đã nhận, hạn {when(request.reply_by)}"
    return ("QUÁ HẠN: " if late else "") + terms + unsaid


def _what(request: Request) -> str:
    return "; ".join(filter(None, (request.about, request.asker, request.words, request.note)))


async def _add(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        made = await desk.data_requests().add(RequestKind(parsed.kind), parsed.asker, parsed.words, parsed.about)
    if parsed.json:
        print_json(asdict(made))
    else:
        say(f"Đã ghi yêu cầu {made.code}: báo đã nhận trước {when(made.reply_by)}, xong trước {when(made.done_by)}.")
    return DONE


async def _acknowledge(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        known = await desk.data_requests().acknowledge(parsed.code)
    if parsed.json:
        print_json(asdict(known))
    else:
        say(f"Đã ghi: người yêu cầu {known.code} đã được báo. Xong trước {when(known.done_by)}.")
    return DONE


async def _done(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        told = await desk.data_requests().done(parsed.code, _by(), parsed.note)
    if parsed.json:
        print_json({"code": parsed.code, "told": told})
        return DONE
    how = "Người hỏi được bot nhắn lời này." if told else "Người hỏi không ở trong bot: hãy tự báo cho họ."
    say(f"Đã ghi {parsed.code.upper()} xong. {how}")
    return DONE


# ------------------------------------------------------------------ erasing


async def _erase(parsed: argparse.Namespace) -> int:
    from bot.usecases.erase_by_hand import Order

    order = Order(parsed.code, parsed.choice, _by(), f"{parsed.asked_by}; {parsed.reason}", parsed.photo)
    async with _desk(parsed) as desk:
        by_hand = desk.erase_by_hand()
        about = await by_hand.look(order)
        code = await by_hand(order) if parsed.yes else ""
    if parsed.json:
        print_json({"request": code, "codes": about.codes, "known_person": about.known_person, "sent": about.sent})
        return DONE if parsed.yes else REFUSED
    whose = "của một người đã gửi qua bot" if about.known_person else "nhập từ phiếu"
    say(f"{len(about.codes)} câu {whose}: {', '.join(about.codes)}.")
    if about.sent:
        say(f"Đã nằm trong bảng gửi đi (bản đã gửi không lấy lại được): {', '.join(about.sent)}.")
    if not parsed.yes:
        warn(f"chưa làm gì. Sẽ {_CHOICES[parsed.choice]}; thêm --yes để làm thật, không lấy lại được.")
        return REFUSED
    say(f"Đã làm: {_CHOICES[parsed.choice]}. Mã yêu cầu: {code}.")
    return DONE


# ------------------------------------------------------------------ terms and the report


async def _retain(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        runs = await desk.retention().run(dry=parsed.dry_run)
        days = desk.settings.kept_days
    if parsed.json:
        print_json([asdict(run) for run in runs])
        return DONE
    counts = {run.kind: run.count for run in runs}
    rows = [
        [kind.value, privacy_report.KEPT[kind], _term(term), _term(DAYS[kind]), str(counts.get(kind, "–"))]
        for kind, term in days.items()
    ]
    table(["Loại", "Là gì", "Thời hạn", "Mặc định", "Sẽ xoá" if parsed.dry_run else "Đã xoá"], rows)
    return DONE


def _term(days: int) -> str:
    return f"{days} ngày" if days else "không xoá"


async def _report(parsed: argparse.Namespace) -> int:
    async with _desk(parsed) as desk:
        made = await desk.privacy_report()()
    if parsed.json:
        print_json(privacy_report.as_data(made))
    elif parsed.output:
        await asyncio.to_thread(parsed.output.write_text, privacy_report.as_markdown(made), "utf-8")
        say(f"Đã ghi {parsed.output}.")
    else:
        say(privacy_report.as_markdown(made))
    return DONE
