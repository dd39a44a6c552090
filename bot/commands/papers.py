"""`export --letter`, `--report`, `--zip`, `--csv`: papers beside the workbook; `publish`: what everybody may read."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from bot.commands.faults import Trouble
from bot.commands.output import DONE, print_json, progress, say
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.settings import Settings, read
from bot.usecases.papers import SUFFIXES, PaperKind

_OPTIONS = (
    ("--letter", PaperKind.LETTER, "lập công văn kèm phụ lục câu hỏi (.docx) thay cho bảng Excel"),
    ("--report", PaperKind.REPORT, "lập báo cáo kết quả tổng hợp (.docx) thay cho bảng Excel"),
    ("--zip", PaperKind.ARCHIVE, "lập mỗi cơ quan một tệp Excel, gói chung (.zip)"),
    ("--csv", PaperKind.ROWS, "ghi mỗi vấn đề một dòng cho phần mềm khác (.csv)"),
)


def add_to(commands: Any) -> None:
    """Add `publish` to the command line."""
    out = subcommand(commands, "publish", "ghi trang hỏi – đáp cho mọi người xem, gồm các câu trả lời đã công bố")
    out.add_argument("folder", type=Path, metavar="THƯ_MỤC", help="nơi ghi index.html (chưa có thì được tạo)")
    out.add_argument("--docx", action="store_true", help="ghi thêm tập hỏi – đáp hoi-dap.docx")
    out.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    out.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")
    out.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    out.set_defaults(command=_publish)


def add_kinds(export: argparse.ArgumentParser) -> None:
    """Let `export` make another paper in the place of the workbook: `paper` is its kind, None where none is named."""
    kinds = export.add_mutually_exclusive_group()
    for option, kind, does in _OPTIONS:
        kinds.add_argument(option, dest="paper", action="store_const", const=kind, help=does)


def make(parsed: argparse.Namespace) -> int:
    """Make the paper that `export` was asked for."""
    suffix = SUFFIXES[parsed.paper]
    if parsed.output is not None and parsed.output.suffix.lower() != suffix:
        raise Trouble(f"“{parsed.output}” cần có đuôi {suffix}.")
    if parsed.send:
        raise Trouble("--send chỉ dùng cho bảng tổng hợp Excel.")
    return asyncio.run(_make(read(), parsed))


async def _make(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        papers = desk.papers()
        with progress("Ghi tệp", await papers.count()) as advance:
            file, content = await papers.make(parsed.paper, parsed.output, advance, final=parsed.final)
    if parsed.json:
        print_json({"file": file, "kind": parsed.paper, "issues": content.issues, "final": content.final})
    else:
        say(f"Đã ghi {file}: {content.issues} vấn đề đã duyệt.")
    return DONE


def _publish(parsed: argparse.Namespace) -> int:
    if parsed.folder.exists() and not parsed.folder.is_dir():
        raise Trouble(f"“{parsed.folder}” không phải là thư mục. Ghi tên một thư mục.")
    return asyncio.run(_published(read(), parsed))


async def _published(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        publication, files = await desk.publishing().write(parsed.folder, booklet=parsed.docx)
    if parsed.json:
        print_json({"files": files, "answers": len(publication.items)})
    else:
        say(f"Đã ghi {', '.join(map(str, files))}: {len(publication.items)} câu trả lời đã công bố.")
    return DONE
