"""`import`, `export` and `template`: the whole road without any messenger."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.commands.chief import nobody_sees
from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, progress, say, warn
from bot.commands.parser import instant, subcommand
from bot.commands.who import account
from bot.domain.errors import Refusal
from bot.domain.person import YouthGroup
from bot.settings import Settings, read
from bot.texts.keys import Key
from bot.usecases.import_slips import Imported, ImportSlips


def add_to(commands: Any) -> None:
    """Add the three commands to the command line."""
    taken = subcommand(commands, "import", "nhập phiếu ý kiến từ tệp Excel hoặc CSV")
    taken.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv có cột “Nội dung”")
    taken.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    taken.add_argument("--approved", action="store_true", help="phiếu đã có người đọc và duyệt; không chờ duyệt nữa")
    taken.add_argument(
        "--received", type=instant, metavar="NGÀY", help="ngày nhận của phiếu không ghi ngày (mặc định: bây giờ)"
    )
    _rehearsal_and_json(taken)
    taken.set_defaults(command=_import)

    out = subcommand(commands, "export", "lập bảng tổng hợp Excel")
    out.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    out.add_argument("-o", "--output", type=Path, metavar="TỆP", help="tệp .xlsx cần ghi (mặc định: thư mục dữ liệu)")
    _rehearsal_and_json(out)
    out.set_defaults(command=_export)

    form = subcommand(commands, "template", "ghi mẫu phiếu ý kiến trống (.xlsx)")
    form.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx cần ghi")
    form.add_argument("--programme", metavar="MÃ", help="lấy tên và danh sách đơn vị của chương trình này")
    form.set_defaults(command=_template)


def _rehearsal_and_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")
    command.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


def chosen_programme(settings: Settings, named: str | None) -> str:
    """The programme a command is about. Raises Refusal where none is named or set."""
    if not (programme := named or settings.programme):
        raise Refusal(Key.REFUSE_WHICH_PROGRAMME)
    return programme


def _import(parsed: argparse.Namespace) -> int:
    settings = read()
    result, unseen = asyncio.run(_import_file(settings, parsed))
    if parsed.json:
        print_json(asdict(result))
    else:
        _report(result, approved=parsed.approved)
    if result.private and unseen:
        warn(unseen)
    return REFUSED if result.bad else DONE


async def _import_file(settings: Settings, parsed: argparse.Namespace) -> tuple[Imported, str]:
    from bot.app import group_now, open_desk, open_watcher

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        file = await asyncio.to_thread(desk.workbooks().read_slips, parsed.file)
        for column in file.ignored_columns:
            warn(f"bỏ qua cột “{column}”: không phải cột của mẫu phiếu.")
        group = await group_now(settings, desk.store)
        taking = ImportSlips(
            desk.store,
            desk.clock,
            desk.router(warn),
            open_watcher(settings),
            desk.voice,
            desk.running,
            (group,) if group else (),
        )
        with progress("Nhập phiếu", len(file.slips)) as advance:
            result = await taking(file, by=_by(), approved=parsed.approved, received=parsed.received, progress=advance)
        return result, nobody_sees(await desk.unseen())


def _report(result: Imported, *, approved: bool) -> None:
    for bad in result.bad:
        warn(f"dòng {bad.line}: {bad.reason}")
    counts = f"{result.known} phiếu đã có từ trước; {len(result.bad)} dòng không nhập được"
    say(f"Đã nhập {result.added} phiếu mới; {counts}.")
    if result.late:
        warn(f"{result.late} phiếu đến sau hạn gửi, đã đánh dấu “sau hạn”; thêm --received nếu phiếu nhận sớm hơn.")
    if approved and result.unclear:
        say(f"{result.unclear} phiếu chưa rõ cơ quan, nằm ở trang “Chưa rõ”.")
    if result.private:
        warn(
            f"{result.private} phiếu có dấu hiệu người đang gặp nguy hiểm: không vào danh sách, chỉ người phụ trách "
            "xem ở mục “Xem riêng” của bảng web."
        )
    if not approved and result.added:
        say("Phiếu đang chờ duyệt; bảng tổng hợp nêu ở trang “Chờ duyệt”.")


def _by() -> str:
    name = account()
    return f"nhập phiếu ({name})" if name else "nhập phiếu"


def _export(parsed: argparse.Namespace) -> int:
    settings = read()
    if parsed.output is not None and parsed.output.exists() and not parsed.output.is_file():
        raise Trouble(f"“{parsed.output}” không phải là tệp thường nên không ghi vào đó được. Ghi tên một tệp .xlsx.")
    return asyncio.run(_export_file(settings, parsed))


async def _export_file(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        exporting = desk.exporting()
        content = await exporting.content()
        with progress("Ghi bảng tổng hợp", content.issues + len(content.waiting)) as advance:
            record = await exporting.make("dòng lệnh", target=parsed.output, progress=advance)
    assert record is not None, "a workbook without an occasion is always made"
    if parsed.json:
        print_json({**asdict(record), "issues": content.issues, "waiting": len(content.waiting)})
    else:
        counts = f"{content.issues} câu đã duyệt, {len(content.waiting)} câu chờ duyệt"
        say(f"Đã ghi {record.file} (lần {record.number}): {counts}.")
    return DONE


def _template(parsed: argparse.Namespace) -> int:
    from bot.app import load_catalogue, load_library
    from bot.usecases.clock import WallClock
    from exports.workbook import ExcelWorkbooks

    settings = read()
    catalogue = load_catalogue(settings)
    named = parsed.programme or settings.programme
    programme = load_library(settings, WallClock()).get(named) if named else None
    groups = [catalogue[Key(f"group.{group.value}")] for group in YouthGroup]
    title = programme.title if programme else ""
    ExcelWorkbooks(catalogue).write_form(parsed.file, title, programme.units if programme else (), groups)
    say(f"Đã ghi mẫu phiếu {parsed.file}. Điền cột “Nội dung”, các cột khác để trống được.")
    return DONE
