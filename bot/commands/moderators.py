"""`moderator`: who may work at the web board and in the group, and what they may do there."""

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
from bot.commands.who import account
from bot.domain.role import Role, Scope
from bot.settings import Settings, read
from bot.texts.catalogue import when

if TYPE_CHECKING:
    from bot.app import Desk
    from bot.ports import Invitation, Moderator

_GIVEN = tuple(role.value for role in Role if role is not Role.NONE)
_ROLES = (
    "viewer: xem; moderator: duyệt; chief: người phụ trách, làm mọi việc và một mình xem, xử lý riêng lời của người "
    "đang gặp nguy hiểm"
)
_DIGITS = 20


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "moderator", "mời cán bộ duyệt câu hỏi, cấp và thu hồi quyền")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    invite = subcommand(what, "invite", "tạo liên kết mời dùng một lần")
    invite.add_argument("name", metavar="TÊN", help="tên hiện trên thẻ, ví dụ “Lan – Ban Phong trào”")
    invite.set_defaults(command=_invite)
    grant = subcommand(what, "grant", "cấp hoặc đổi quyền của một người, có hiệu lực ngay")
    grant.add_argument("name", metavar="TÊN", help="tên hiện trên thẻ; người chưa có trong danh sách thì được thêm vào")
    grant.add_argument("--telegram", type=_account, metavar="ID", help="mã số tài khoản Telegram của người ấy")
    grant.add_argument(
        "--force",
        action="store_true",
        help="đổi cả vai trò của người phụ trách duy nhất, dù sau đó không ai xem được lời riêng",
    )
    grant.set_defaults(command=_grant)
    listed = subcommand(what, "list", "danh sách cán bộ, quyền và lời mời chưa dùng")
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
    invite.add_argument("--role", type=_role, default=Role.MODERATOR, metavar="VAI", help=_ROLES)
    grant.add_argument("--role", type=_role, required=True, metavar="VAI", help=_ROLES)
    for one in (invite, grant):
        one.add_argument(
            "--department",
            action="append",
            default=[],
            metavar="MÃ",
            help="chỉ duyệt câu của cơ quan này (dùng nhiều lần được)",
        )
        one.add_argument(
            "--unit",
            action="append",
            default=[],
            metavar="TÊN",
            help="chỉ duyệt câu của đơn vị này (dùng nhiều lần được)",
        )
    for one in (invite, grant, listed, revoke):
        one.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
        one.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")


def _role(text: str) -> Role:
    if text not in _GIVEN:
        raise argparse.ArgumentTypeError(f"không có vai “{text}”; chọn một trong: {', '.join(_GIVEN)}")
    return Role(text)


def _account(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise argparse.ArgumentTypeError(
            f"“{text}” không phải mã số tài khoản Telegram; cần một dãy số, ví dụ 123456789 (không phải tên @…)"
        )
    return text


def _desk(settings: Settings, parsed: argparse.Namespace) -> AbstractAsyncContextManager[Desk]:
    from bot.app import open_desk

    return open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of)


def _invite(parsed: argparse.Namespace) -> int:
    return asyncio.run(_invited(parsed))


async def _invited(parsed: argparse.Namespace) -> int:
    from bot.usecases.invite import Invite, check_scope, is_last_chief

    settings, scope = read(), _scope(parsed)
    async with _desk(settings, parsed) as desk:
        async with desk.store.reading() as tx:
            await check_scope(tx, desk.running, scope)
            steps_down = parsed.role is not Role.CHIEF and await is_last_chief(tx, parsed.name.strip())
        invite = Invite(desk.store, desk.clock)
        token, expires_at = await invite(parsed.name, parsed.role, scope, asked_by=_by())
        role = _label(desk, parsed.role)
    base = settings.web_url.rstrip("/") or f"http://{settings.web_bind}"
    say(f"{base}/vao?ma={token}")
    warn(f"gửi riêng liên kết này cho {parsed.name}, {role}{_ends(scope)}; dùng được một lần, đến {when(expires_at)}.")
    if steps_down:
        warn(
            f"{parsed.name} đang là người phụ trách duy nhất; dùng liên kết này thì thôi vai trò ấy và không còn ai "
            f"xem được lời riêng. Giữ vai trò ấy thì mời lại bằng: {NAME_A_CHIEF}"
        )
    return DONE


def _grant(parsed: argparse.Namespace) -> int:
    return asyncio.run(_granted(parsed))


async def _granted(parsed: argparse.Namespace) -> int:
    from bot.usecases.invite import Grant

    scope = _scope(parsed)
    async with _desk(read(), parsed) as desk:
        before = await desk.unseen()
        given = await Grant(desk.store, desk.clock, desk.running)(
            parsed.name, parsed.role, scope, telegram=parsed.telegram, asked_by=_by(), force=parsed.force
        )
        unseen = await desk.unseen()
        role = _label(desk, given.role)
    say(f"{given.name}: {role}{_ends(given.scope)}, có hiệu lực ngay.")
    if not given.telegram:
        warn(
            "chưa có mã tài khoản Telegram nên quyền này chỉ dùng trên web; muốn dùng trong nhóm thì thêm "
            "--telegram ID. Chưa vào bảng web lần nào thì mời bằng: doithoai moderator invite TÊN --role VAI"
        )
    if before is None and unseen is not None:
        warn(nobody_sees(unseen))
    return DONE


def _scope(parsed: argparse.Namespace) -> Scope:
    return Scope(tuple(dict.fromkeys(parsed.department)), tuple(dict.fromkeys(parsed.unit)))


def _ends(scope: Scope) -> str:
    ends = ", ".join((*scope.departments, *scope.units))
    return f" (chỉ {ends})" if ends else ""


def _label(desk: Desk, role: Role) -> str:
    return desk.voice.catalogue.section("role")[role.value]


def _by() -> str:
    name = account()
    return f"dòng lệnh ({name})" if name else ""


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_listed(parsed))


async def _listed(parsed: argparse.Namespace) -> int:
    async with _desk(read(), parsed) as desk, desk.store.reading() as tx:
        everybody = await tx.moderators.all()
        invited = await tx.moderators.invited(desk.clock.now())
    if parsed.json:
        signed_in = [asdict(one) | {"expires_at": None} for one in everybody]
        print_json(signed_in + [{"id": None, "since": None, "telegram": ""} | asdict(one) for one in invited])
        return DONE
    rows = [[*_named(desk, one), one.telegram, f"từ {when(one.since)}"] for one in everybody]
    rows += [
        [*_named(desk, one), "", f"đã mời, chưa vào; lời mời dùng được đến {when(one.expires_at)}"] for one in invited
    ]
    if rows:
        table(["Tên", "Vai trò", "Telegram", "Tình trạng"], rows)
    else:
        say("Chưa có ai. Mời người đầu tiên bằng: doithoai moderator invite TÊN")
    return DONE


def _named(desk: Desk, one: Moderator | Invitation) -> list[str]:
    return [one.name, f"{_label(desk, one.role)}{_ends(one.scope)}"]


def _revoke(parsed: argparse.Namespace) -> int:
    return asyncio.run(_revoked(parsed))


async def _revoked(parsed: argparse.Namespace) -> int:
    from bot.usecases.invite import Revoke

    async with _desk(read(), parsed) as desk:
        before = await desk.unseen()
        known = await Revoke(desk.store, desk.clock)(parsed.name, force=parsed.force, asked_by=_by())
        unseen = await desk.unseen()
    if not known:
        warn(f"không có ai tên “{parsed.name}”. Xem danh sách: doithoai moderator list")
        return REFUSED
    say(f"Đã thu hồi quyền của {parsed.name}. Người ấy còn trong nhóm Telegram thì nên đưa ra khỏi nhóm.")
    if before is None and unseen is not None:
        warn(nobody_sees(unseen))
    return DONE
