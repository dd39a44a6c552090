"""`quarantine`: updates that the bot could not handle, looked at, tried again, or dropped with a reason."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import instant, subcommand
from bot.commands.who import account
from bot.ports import PutAside
from bot.settings import read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.usecases.quarantine import Quarantine

_DIGITS = 18
_LONGEST_REASON = 500


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "quarantine", "tin nhắn bot không xử lý được: xem, thử lại, hoặc bỏ có ghi lý do")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)

    listed = subcommand(what, "list", "danh sách, không kèm nội dung")
    listed.set_defaults(command=_list)

    shown = subcommand(what, "show", "nội dung thô của một tin, chỉ để người vận hành xem")
    shown.add_argument("id", type=_number, metavar="SỐ", help="số trong danh sách")
    shown.set_defaults(command=_show)

    again = subcommand(what, "retry", "cho bot thử xử lý lại, ví dụ sau khi nâng cấp")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=_number, nargs="*", default=[], metavar="SỐ", help="số trong danh sách")
    which.add_argument("--all", action="store_true", help="tất cả những tin còn nội dung")
    again.set_defaults(command=_retry)

    dropped = subcommand(what, "drop", "bỏ một tin; tên tài khoản và lý do được ghi vào sổ việc")
    dropped.add_argument("id", type=_number, metavar="SỐ", help="số trong danh sách")
    dropped.add_argument("--reason", type=_reason, required=True, metavar="LÝ DO", help="vì sao bỏ")
    dropped.set_defaults(command=_drop)

    for one in (listed, shown, again, dropped):
        one.add_argument("--as-of", type=instant, metavar="LÚC", help="của cơ sở dữ liệu diễn tập")
        one.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise argparse.ArgumentTypeError(f"“{text}” không phải số của một tin; xem: doithoai quarantine list")
    return int(text)


def _reason(text: str) -> str:
    if not (reason := " ".join(text.split())) or len(reason) > _LONGEST_REASON:
        raise argparse.ArgumentTypeError(f"cần một lý do, nhiều nhất {_LONGEST_REASON} ký tự")
    return reason


@asynccontextmanager
async def _quarantine(parsed: argparse.Namespace) -> AsyncIterator[Quarantine | None]:
    """What is in quarantine; None, and a sentence, where there is no database yet."""
    from bot.app import open_for_reading
    from bot.usecases.clock import WallClock
    from bot.usecases.quarantine import Quarantine

    async with open_for_reading(read(), as_of=parsed.as_of) as store:
        if store is None:
            warn("chưa có cơ sở dữ liệu nên chưa có tin nào.")
        yield Quarantine(store, WallClock(parsed.as_of)) if store else None


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_listed(parsed))


async def _listed(parsed: argparse.Namespace) -> int:
    async with _quarantine(parsed) as quarantine:
        if quarantine is None:
            return REFUSED
        aside = await quarantine.all()
    if parsed.json:
        print_json([_facts(one) for one in aside])
    elif not aside:
        say("Không có tin nào bot không xử lý được.")
    else:
        headings = ["Số", "Kênh", "Mã tin", "Nhận lúc", "Lỗi", "Nội dung"]
        table(headings, [_line(one) for one in aside])
        say("Xem nội dung: doithoai quarantine show SỐ. Thử lại: doithoai quarantine retry SỐ, hoặc --all.")
    return DONE


def _line(one: PutAside) -> list[str]:
    kept = "còn" if one.raw else "đã xoá theo hạn"
    return [str(one.id), one.platform, one.update_id, when(one.received_at), one.error, kept]


def _facts(one: PutAside) -> dict[str, object]:
    """Everything but what people wrote."""
    return {
        "id": one.id,
        "platform": one.platform,
        "update_id": one.update_id,
        "received_at": one.received_at,
        "put_aside_at": one.put_aside_at,
        "error": one.error,
        "kept": bool(one.raw),
    }


def _show(parsed: argparse.Namespace) -> int:
    return asyncio.run(_shown(parsed))


async def _shown(parsed: argparse.Namespace) -> int:
    async with _quarantine(parsed) as quarantine:
        if quarantine is None:
            return REFUSED
        one = await quarantine.get(parsed.id)
    if not one.raw:
        warn(f"nội dung của tin số {one.id} đã được xoá theo hạn lưu.")
    if parsed.json:
        print_json({**_facts(one), "chat": one.chat, "raw": _readable(one.raw)})
        return DONE
    say(f"Tin số {one.id}, {one.platform}, mã {one.update_id}, nhận {when(one.received_at)}. Lỗi: {one.error}.")
    if one.raw:
        warn("đây là lời riêng của người gửi: chỉ xem để tìm lỗi, không chép đi nơi khác.")
        print_json(_readable(one.raw))
    return DONE


def _readable(raw: str) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw


def _retry(parsed: argparse.Namespace) -> int:
    return asyncio.run(_retried(parsed))


async def _retried(parsed: argparse.Namespace) -> int:
    async with _quarantine(parsed) as quarantine:
        if quarantine is None:
            return REFUSED
        ids = [one.id for one in await quarantine.all() if one.raw] if parsed.all else list(dict.fromkeys(parsed.id))
        count = await quarantine.retry(ids)
    if parsed.json:
        print_json({"retried": ids})
    else:
        say(f"Đã đưa {count} tin trở lại hàng chờ; bot đang chạy sẽ xử lý ngay. Tin nào vẫn lỗi sẽ quay lại đây.")
    return DONE


def _drop(parsed: argparse.Namespace) -> int:
    return asyncio.run(_dropped(parsed))


async def _dropped(parsed: argparse.Namespace) -> int:
    name = account()
    async with _quarantine(parsed) as quarantine:
        if quarantine is None:
            return REFUSED
        await quarantine.drop(parsed.id, f"dòng lệnh ({name})" if name else "dòng lệnh", parsed.reason)
    if parsed.json:
        print_json({"dropped": parsed.id})
    else:
        say(f"Đã bỏ tin số {parsed.id}; lý do đã ghi vào sổ việc (doithoai audit list).")
    return DONE
