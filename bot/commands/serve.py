"""`run` and `demo`: the bot at work."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import socket
import webbrowser
from pathlib import Path
from typing import Any

from bot.commands.chief import NAME_A_CHIEF, nobody_sees
from bot.commands.faults import Trouble, listening_on
from bot.commands.output import DONE, REFUSED, WRONG_USE, say, warn
from bot.commands.parser import LAST_PORT, instant, port
from bot.commands.private import keep_to_ourselves, open_to_all
from bot.settings import Settings, read

_LOOPBACK = "127.0.0.1"
_MORE_PORTS = 10  # that the demo tries after the usual one


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    run = commands.add_parser(
        "run", help="chạy bot thật", description="Chạy bot: Telegram (nếu có mã bí mật) và trang web."
    )
    run.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    run.add_argument(
        "--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này, ví dụ 2024-02-20T09:00"
    )
    run.set_defaults(command=_run, logs=True)

    demo = commands.add_parser(
        "demo",
        help="chạy thử trên máy này, không cần tài khoản nào",
        description="Chạy thử trang chat và bảng kiểm duyệt trên chính máy này; không dùng Telegram, không ra mạng.",
    )
    demo.add_argument("--programme", metavar="MÃ", default="mau", help="chương trình chạy thử (mặc định: mau)")
    demo.add_argument(
        "--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này, ví dụ 2024-02-20T09:00"
    )
    demo.add_argument(
        "--port",
        type=port,
        metavar="CỔNG",
        help="cổng (mặc định: theo DOITHOAI_WEB_BIND, đang bận thì lấy cổng trống kế tiếp)",
    )
    demo.add_argument("--ignore-token", action="store_true", help="vẫn chạy thử dù đã đặt mã bí mật Telegram")
    demo.add_argument("--no-browser", action="store_true", help="không tự mở trình duyệt")
    demo.set_defaults(command=_demo)


def _run(parsed: argparse.Namespace) -> int:
    settings = read()
    programme = parsed.programme or settings.programme
    if not programme:
        warn("chưa biết chạy chương trình nào; đặt DOITHOAI_PROGRAMME hoặc thêm --programme MÃ.")
        return WRONG_USE
    if settings.token and settings.telegram_group is None:
        warn("chưa đặt DOITHOAI_TELEGRAM_GROUP nên thẻ câu hỏi chỉ hiện ở bảng web.")
    for sentence in open_to_all(settings.data_dir, Path(".env")):
        warn(sentence)
    if not settings.token:
        warn("chưa đặt DOITHOAI_TELEGRAM_TOKEN nên chỉ chạy trang web.")
    asyncio.run(_serve(settings, programme, parsed, demo=False))
    return DONE


def _demo(parsed: argparse.Namespace) -> int:
    settings = read()
    if settings.token and not parsed.ignore_token:
        warn("đang có mã bí mật Telegram thật; bản chạy thử từ chối chạy cạnh nó. Bỏ mã đi hoặc thêm --ignore-token.")
        return REFUSED
    usual = int(settings.web_bind.rsplit(":", 1)[1])
    with listening_on(f"{_LOOPBACK}:{usual if parsed.port is None else parsed.port}"):
        chosen = _next_free(usual) if parsed.port is None else _checked(parsed.port)
    local = settings.model_copy(update={"web_bind": f"{_LOOPBACK}:{chosen}"})
    asyncio.run(_serve(local, parsed.programme, parsed, demo=True))
    return DONE


def _next_free(usual: int) -> int:
    """The usual port, or the next one that nobody listens on. Raises Trouble where all of them are taken."""
    last = min(usual + _MORE_PORTS, LAST_PORT)
    for candidate in range(usual, last + 1):
        if _free(candidate):
            if candidate != usual:
                warn(f"cổng {usual} đang có chương trình khác dùng nên lần này chạy ở cổng {candidate}.")
            return candidate
    raise Trouble(f"các cổng từ {usual} đến {last} đều đang có chương trình khác dùng. Chọn cổng khác bằng --port.")


def _free(candidate: int) -> bool:
    try:
        return _checked(candidate) == candidate
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            return False
        raise


def _checked(wanted: int) -> int:
    """The same port. Raises OSError where it cannot be listened on: better now than after opening everything."""
    with socket.socket() as trial:
        if os.name == "posix":  # as asyncio listens; elsewhere this option would take the port from its owner
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((_LOOPBACK, wanted))
    return wanted


async def _serve(settings: Settings, programme: str, parsed: argparse.Namespace, *, demo: bool) -> None:
    keep_to_ourselves()
    from bot.app import Addresses, open_desk, serve

    def announce(addresses: Addresses) -> None:
        web = addresses.web.rstrip("/")
        say(f"Đối thoại đang chạy, chương trình {programme}." + (" DIỄN TẬP." if parsed.as_of else ""))
        if demo:
            say(f"  Xem cả hai phía cạnh nhau: {web}/demo")
        say(f"  Trang chat của bạn trẻ:    {web}/")
        say(f"  Bảng của cán bộ Đoàn:      {web}/ban")
        if addresses.telegram:
            say(f"  Telegram:                  {addresses.telegram}")
        if addresses.moved_group:
            warn(
                "Telegram đã đổi mã số của nhóm kiểm duyệt và bot đang dùng mã mới; "
                f"để cấu hình khớp, xin đặt DOITHOAI_TELEGRAM_GROUP={addresses.moved_group}"
            )
        if demo:
            say(f"Bản chạy thử coi bạn là người phụ trách; khi chạy thật, mời người phụ trách bằng: {NAME_A_CHIEF}")
        say("Nhấn Ctrl+C để dừng.")
        if demo and not parsed.no_browser and _has_screen():
            webbrowser.open(f"{web}/demo")

    async with open_desk(settings, programme, as_of=parsed.as_of, demo=demo) as desk:
        if unseen := nobody_sees(await desk.unseen()):
            warn(unseen)
        with listening_on(settings.web_bind):
            await serve(desk, demo=demo, announce=announce, progress=warn)


def _has_screen() -> bool:
    return os.name == "nt" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
