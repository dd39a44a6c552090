"""`moderator`: who may work at the web board."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.settings import Settings, read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.app import Desk


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "moderator", "mời và quản lý cán bộ duyệt câu hỏi trên web")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    invite = subcommand(what, "invite", "tạo liên kết mời dùng một lần")
    invite.add_argument("name", metavar="TÊN", help="tên hiện trên thẻ, ví dụ “Lan – Ban Phong trào”")
    invite.add_argument(
        "--chief",
        action="store_true",
        help="người phụ trách: xem và xử lý riêng lời của người đang gặp nguy hiểm, không ai khác thấy",
    )
    invite.set_defaults(command=_invite)
    listed = subcommand(what, "list", "danh sách cán bộ")
    listed.add_argument("--json", action="store_true", help="in dạng JSON")
    listed.set_defaults(command=_list)
    revoke = subcommand(what, "revoke", "thu hồi quyền của một người")
    revoke.add_argument("name", metavar="TÊN", help="tên như trong danh sách: doithoai moderator list")
    revoke.set_defaults(command=_revoke)
    for one in (invite, listed, revoke):
        one.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
        one.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")


def _desk(settings: Settings, parsed: argparse.Namespace) -> AbstractAsyncContextManager[Desk]:
    from bot.app import open_desk

    return open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of)


def _invite(parsed: argparse.Namespace) -> int:
    return asyncio.run(_invited(parsed))


async def _invited(parsed: argparse.Namespace) -> int:
    from bot.usecases.invite import Invite

    settings = read()
    async with _desk(settings, parsed) as desk:
        token, expires_at = await Invite(desk.store, desk.clock)(parsed.name, chief=parsed.chief)
    base = settings.web_url.rstrip("/") or f"http://{settings.web_bind}"
    say(f"{base}/vao?ma={token}")
    role = ", người phụ trách" if parsed.chief else ""
    warn(f"gửi riêng liên kết này cho {parsed.name}{role}; dùng được một lần, đến {when(expires_at)}.")
    return DONE


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_listed(parsed))


async def _listed(parsed: argparse.Namespace) -> int:
    async with _desk(read(), parsed) as desk, desk.store.reading() as tx:
        everybody = await tx.moderators.all()
    if parsed.json:
        print_json([asdict(one) for one in everybody])
    elif everybody:
        rows = [[one.name, "người phụ trách" if one.chief else "cán bộ duyệt", when(one.since)] for one in everybody]
        table(["Tên", "Vai trò", "Từ lúc"], rows)
    else:
        say("Chưa có ai. Mời người đầu tiên bằng: doithoai moderator invite TÊN")
    return DONE


def _revoke(parsed: argparse.Namespace) -> int:
    return asyncio.run(_revoked(parsed))


async def _revoked(parsed: argparse.Namespace) -> int:
    async with _desk(read(), parsed) as desk, desk.store.transaction() as tx:
        known = await tx.moderators.revoke(parsed.name)
    if not known:
        warn(f"không có ai tên “{parsed.name}”. Xem danh sách: doithoai moderator list")
        return REFUSED
    say(f"Đã thu hồi quyền của {parsed.name}.")
    return DONE
