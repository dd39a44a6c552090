"""`moderator`: who may work at the web board."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.commands.chief import NAME_A_CHIEF, nobody_sees
from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.settings import Settings, read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.app import Desk
    from bot.ports import Invitation, Moderator


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
    listed = subcommand(what, "list", "danh sách cán bộ và lời mời chưa dùng")
    listed.add_argument("--json", action="store_true", help="in dạng JSON")
    listed.set_defaults(command=_list)
    revoke = subcommand(what, "revoke", "thu hồi quyền của một người")
    revoke.add_argument("name", metavar="TÊN", help="tên như trong danh sách: doithoai moderator list")
    revoke.add_argument(
        "--force",
        action="store_true",
        help="thu hồi cả người phụ trách duy nhất, dù sau đó không ai xem được lời riêng",
    )
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
    from bot.usecases.invite import Invite, is_last_chief

    settings = read()
    async with _desk(settings, parsed) as desk:
        token, expires_at = await Invite(desk.store, desk.clock)(parsed.name, chief=parsed.chief)
        async with desk.store.reading() as tx:
            steps_down = not parsed.chief and await is_last_chief(tx, parsed.name.strip())
    base = settings.web_url.rstrip("/") or f"http://{settings.web_bind}"
    say(f"{base}/vao?ma={token}")
    role = ", người phụ trách" if parsed.chief else ""
    warn(f"gửi riêng liên kết này cho {parsed.name}{role}; dùng được một lần, đến {when(expires_at)}.")
    if steps_down:
        warn(
            f"{parsed.name} đang là người phụ trách duy nhất; dùng liên kết này thì thành cán bộ duyệt và không còn ai "
            f"xem được lời riêng. Giữ vai trò ấy thì mời lại bằng: {NAME_A_CHIEF}"
        )
    return DONE


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_listed(parsed))


async def _listed(parsed: argparse.Namespace) -> int:
    async with _desk(read(), parsed) as desk, desk.store.reading() as tx:
        everybody = await tx.moderators.all()
        invited = await tx.moderators.invited(desk.clock.now())
    if parsed.json:
        signed_in = [asdict(one) | {"expires_at": None} for one in everybody]
        print_json(signed_in + [{"id": None, "since": None} | asdict(one) for one in invited])
        return DONE
    rows = [[one.name, _role(one), f"từ {when(one.since)}"] for one in everybody]
    rows += [
        [one.name, _role(one), f"đã mời, chưa vào; lời mời dùng được đến {when(one.expires_at)}"] for one in invited
    ]
    if rows:
        table(["Tên", "Vai trò", "Tình trạng"], rows)
    else:
        say("Chưa có ai. Mời người đầu tiên bằng: doithoai moderator invite TÊN")
    return DONE


def _role(one: Moderator | Invitation) -> str:
    return "người phụ trách" if one.chief else "cán bộ duyệt"


def _revoke(parsed: argparse.Namespace) -> int:
    return asyncio.run(_revoked(parsed))


async def _revoked(parsed: argparse.Namespace) -> int:
    from bot.usecases.invite import Revoke

    async with _desk(read(), parsed) as desk:
        before = await desk.unseen()
        known = await Revoke(desk.store)(parsed.name, force=parsed.force)
        unseen = await desk.unseen()
    if not known:
        warn(f"không có ai tên “{parsed.name}”. Xem danh sách: doithoai moderator list")
        return REFUSED
    say(f"Đã thu hồi quyền của {parsed.name}.")
    if before is None and unseen is not None:
        warn(nobody_sees(unseen))
    return DONE
