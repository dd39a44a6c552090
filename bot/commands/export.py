"""`export`: makes a workbook, lists those that were made, and tells whether a file is one of them."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import papers
from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, progress, say, warn
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.commands.who import account
from bot.ports import ExportRecord
from bot.settings import Settings, read
from bot.texts.catalogue import when
from bot.usecases.files import FileWords

if TYPE_CHECKING:
    from bot.app import Desk


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    out = subcommand(commands, "export", "lập bảng tổng hợp Excel, xem và kiểm tra các bảng đã lập")
    out.add_argument("-o", "--output", type=Path, metavar="TỆP", help="tệp cần ghi (mặc định: thư mục dữ liệu)")
    out.add_argument("--final", action="store_true", help="lập bản chính thức, không còn chữ “DỰ THẢO”")
    out.add_argument("--send", action="store_true", help="giao cả vào nhóm, thư mục và thư như bảng hằng tuần")
    papers.add_kinds(out)
    _common(out, None)
    out.set_defaults(command=_export)

    what = out.add_subparsers(title="việc khác", metavar="VIỆC")
    listed = subcommand(what, "list", "xem các bảng đã lập: lần, lúc, ai, dịp nào, khác lần trước, mã kiểm tra")
    listed.set_defaults(command=_list)
    verify = subcommand(what, "verify", "kiểm tra một tệp có đúng là bảng đã lập, chưa ai sửa")
    verify.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx cần kiểm tra")
    verify.set_defaults(command=_verify)
    for one in (listed, verify):
        _common(one, argparse.SUPPRESS)  # so that what stands before the word is not forgotten


def _common(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument(
        "--programme", metavar="MÃ", default=default, help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)"
    )
    command.add_argument(
        "--as-of", type=instant, metavar="LÚC", default=default, help="diễn tập như thể đang là lúc này"
    )
    command.add_argument("--json", action="store_true", default=default or False, help="in kết quả dạng JSON")


# ------------------------------------------------------------------ making one


def _export(parsed: argparse.Namespace) -> int:
    settings = read()
    if parsed.output is not None and parsed.output.exists() and not parsed.output.is_file():
        raise Trouble(f"“{parsed.output}” không phải là tệp thường nên không ghi vào đó được. Ghi tên một tệp.")
    if not parsed.paper and parsed.output is not None and parsed.output.suffix.lower() != ".xlsx":
        raise Trouble(f"“{parsed.output}” cần có đuôi .xlsx.")
    return papers.make(parsed) if parsed.paper else asyncio.run(_export_file(settings, parsed))


async def _export_file(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import group_now, open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        group = await group_now(settings, desk.store) if parsed.send else None
        exporting = desk.exporting((group,) if group else (), send=parsed.send)
        content = await exporting.content()
        with progress("Ghi bảng tổng hợp", content.issues + len(content.waiting)) as advance:
            record = await exporting.make(_by(), target=parsed.output, progress=advance, final=parsed.final)
        assert record is not None, "a workbook without an occasion is always made"
        _report(desk, record, as_json=parsed.json)
        if record.final and record.waiting:
            warn(
                f"còn {record.waiting} câu chờ duyệt; bản chính thức nêu ở trang “Chờ duyệt”, chưa chuyển cơ quan nào."
            )
        if parsed.send:
            _sent(count=bool(group) + len(desk.elsewhere()))
    return DONE


def _by() -> str:
    name = account()
    return f"dòng lệnh ({name})" if name else "dòng lệnh"


def _report(desk: Desk, record: ExportRecord, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(record))
        return
    words = FileWords(desk.voice)
    counts = f"{record.issues} vấn đề đã duyệt, {record.waiting} câu chờ duyệt"
    say(f"Đã ghi {record.file} ({'bản chính thức, ' if record.final else ''}lần {record.number}): {counts}.")
    if difference := words.difference(record):
        say(difference)
    say(f"SHA-256: {record.sha256}")


def _sent(count: int) -> None:
    if count:
        warn(f"tệp sẽ được giao đến {count} nơi khi bot chạy (doithoai run).")
    else:
        warn("chưa đặt nơi giao nào nên tệp chỉ nằm trên máy này. Xem DOITHOAI_EXPORT_FOLDER, DOITHOAI_EXPORT_MAIL_TO.")


# ------------------------------------------------------------------ those that were made


def _list(parsed: argparse.Namespace) -> int:
    return asyncio.run(_list_files(read(), parsed))


async def _list_files(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        made = await desk.exporting().made()
        words = FileWords(desk.voice)
    if parsed.json:
        print_json([asdict(record) for record in made])
    elif made:
        say("\n\n".join(_lines(words, record) for record in made))
    else:
        say("Chưa lập bảng tổng hợp nào.")
    return DONE


def _lines(words: FileWords, record: ExportRecord) -> str:
    who = ", ".join(filter(None, (record.asked_by, words.occasion(record))))
    there = Path(record.file).is_file()
    lines = (
        f"{words.name(record)}: {when(record.at)}, {who}.",
        " ".join(filter(None, (words.holds(record), words.difference(record)))),
        f"SHA-256 {record.sha256}",
        record.file if there else f"{record.file} (tệp không còn ở đó)",
    )
    return "\n  ".join(filter(None, lines))


def _verify(parsed: argparse.Namespace) -> int:
    if not parsed.file.is_file():
        raise Trouble(f"không tìm thấy tệp “{parsed.file}”. Kiểm tra lại tên và thư mục.")
    return asyncio.run(_verify_file(read(), parsed))


async def _verify_file(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        exporting = desk.exporting()
        record = await exporting.known(parsed.file)
        namesake = next((one for one in await exporting.made() if Path(one.file).name == parsed.file.name), None)
        words = FileWords(desk.voice)
    if parsed.json:
        print_json({"file": parsed.file, "intact": record is not None, "record": asdict(record) if record else None})
    elif record is not None:
        say(f"Tệp còn nguyên: {words.name(record)}, lập lúc {when(record.at)}, {record.asked_by}.")
    elif namesake is not None:
        say(f"Tệp mang tên {words.name(namesake)} nhưng đã bị sửa hoặc lưu lại: mã kiểm tra không khớp.")
    else:
        say("Không có bảng nào đã lập khớp với tệp này: tệp đã bị sửa, lưu lại, hoặc của chương trình khác.")
    return DONE if record is not None else REFUSED
