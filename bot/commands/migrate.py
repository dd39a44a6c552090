"""`migrate-to`: from one file of SQLite to PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from bot.commands.output import DONE, say
from bot.settings import read


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "migrate-to",
        help="chuyển dữ liệu từ tệp SQLite sang PostgreSQL",
        description="Chép toàn bộ dữ liệu từ tệp SQLite đang dùng sang một cơ sở dữ liệu PostgreSQL còn trống, rồi so "
        "từng bảng. Tệp SQLite chỉ được đọc, không bị sửa. Dừng bot trước khi chạy.",
    )
    parser.add_argument("url", metavar="ĐỊA_CHỈ", help="ví dụ postgresql://doithoai:MẬT_KHẨU@máy/doithoai")
    parser.add_argument("--dry-run", action="store_true", help="chỉ xem có chuyển được không, chưa chép gì")
    parser.set_defaults(command=_migrate)


def _migrate(parsed: argparse.Namespace) -> int:
    from bot.app import move_to

    say("Đang đọc và so từng bảng:" if parsed.dry_run else "Đang chép và so từng bảng:")
    moved = asyncio.run(move_to(read(), parsed.url, _told, dry_run=parsed.dry_run))
    rows = f"{sum(one.rows for one in moved)} dòng trong {len(moved)} bảng"
    if parsed.dry_run:
        say(f"Chuyển được: {rows}. Chưa chép gì; chạy lại không có --dry-run để chuyển.")
        return DONE
    say(f"Xong: {rows}, số dòng và mã kiểm tra của từng bảng đều khớp, chuỗi nhật ký còn nguyên.")
    say("Đặt DOITHOAI_DATABASE_URL thành địa chỉ mới rồi chạy bot. Giữ tệp SQLite cũ đến khi yên tâm.")
    say("Thư mục dữ liệu (tệp đã xuất, ảnh phiếu, mô hình) vẫn dùng như trước.")
    return DONE


def _told(moved: Any) -> None:
    say(f"  {moved.table:<20} {moved.rows:>9} dòng   {moved.checksum[:16]}")
