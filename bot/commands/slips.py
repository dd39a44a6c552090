"""`import` and `template`: slips in, without any messenger."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.chief import nobody_sees
from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, progress, say, table, warn
from bot.commands.parser import instant, subcommand
from bot.commands.who import account
from bot.domain.errors import Refusal
from bot.domain.person import YouthGroup
from bot.domain.programme import Programme
from bot.domain.text import shorten
from bot.domain.workbook import BadSlip
from bot.ports import SlipFile
from bot.settings import Settings, read
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.import_slips import Imported, ImportSlips
from bot.usecases.preview_slips import Preview, Row

if TYPE_CHECKING:
    from bot.app import Desk

_PASTED = Path("-")
_SHOWN = 80
_SHOWN_UNITS = 500
_PAPER = (".docx", ".pdf")


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    taken = subcommand(commands, "import", "nhập phiếu ý kiến từ tệp Excel, CSV hoặc phần chữ dán vào")
    taken.add_argument(
        "file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv có cột “Nội dung”; “-” để đọc phần chữ dán vào"
    )
    taken.add_argument("--dry-run", action="store_true", help="chỉ xem trước: phiếu nào mới, đã có, lỗi; không lưu gì")
    taken.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    taken.add_argument("--approved", action="store_true", help="phiếu đã có người đọc và duyệt; không chờ duyệt nữa")
    taken.add_argument(
        "--received", type=instant, metavar="NGÀY", help="ngày nhận của phiếu không ghi ngày (mặc định: bây giờ)"
    )
    _rehearsal_and_json(taken)
    taken.set_defaults(command=_import)

    form = subcommand(commands, "template", "ghi mẫu phiếu ý kiến trống (.xlsx), hoặc phiếu giấy để in (.docx, .pdf)")
    form.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx, .docx hoặc .pdf cần ghi")
    form.add_argument("--programme", metavar="MÃ", help="lấy tên, hạn nộp và danh sách đơn vị của chương trình này")
    form.add_argument(
        "--link", metavar="ĐỊA CHỈ", help="địa chỉ in thành mã QR trên phiếu giấy (mặc định: DOITHOAI_WEB_URL)"
    )
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
    if parsed.dry_run:
        return asyncio.run(_preview(settings, parsed))
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
        file = await _read_slips(desk, parsed)
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


async def _read_slips(desk: Desk, parsed: argparse.Namespace) -> SlipFile:
    """The slips of a file, or of standard input where it is “-”, and a warning of all that is odd. Raises a Refusal."""
    workbooks, file = desk.workbooks(), parsed.file
    if file == _PASTED:
        raw = await asyncio.to_thread(sys.stdin.buffer.read)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise Trouble("Phần chữ dán vào không phải UTF-8 nên không đọc được.") from fault
        read = await asyncio.to_thread(workbooks.read_pasted, text)
    else:
        read = await asyncio.to_thread(workbooks.read_slips, file)
    for column in read.ignored_columns:
        warn(f"bỏ qua cột “{column}”: không phải cột của mẫu phiếu.")
    if read.unread:
        warn(read.unread)
    checked = await desk.check_slips()(read, parsed.received)
    if checked.strange_units:
        warn(f"đơn vị không có trong kế hoạch: {shorten('; '.join(checked.strange_units), _SHOWN_UNITS)}.")
    return checked


async def _preview(settings: Settings, parsed: argparse.Namespace) -> int:
    """What an import would do. The database is opened as an import would open it, and stays as it is."""
    from bot.app import open_desk, open_similar
    from bot.usecases.preview_slips import PreviewSlips
    from bot.usecases.similar import FindSimilar

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        file = await _read_slips(desk, parsed)
        similar = FindSimilar(desk.store, desk.running, open_similar)
        while await similar.step():
            pass
        with progress("Xem trước", len(file.slips)) as advance:
            found = await PreviewSlips(desk.store, desk.running, similar)(file, progress=advance)
    if parsed.json:
        print_json(asdict(found))
    else:
        _show(found)
    return REFUSED if found.bad else DONE


def _show(found: Preview) -> None:
    _warn_of_bad(found.bad)
    table(
        ["Dòng", "Tình trạng", "Nội dung", "Đơn vị"],
        [[str(row.slip.line), _status(row), shorten(row.slip.text, _SHOWN), row.slip.unit] for row in found.rows],
    )
    if found.compared < found.new:
        warn(f"mới so {found.compared} phiếu đầu với các câu đã có.")
    counts = f"{found.new} phiếu mới, {found.known} phiếu đã có, {len(found.bad)} dòng không nhập được"
    say(f"Xem trước: {counts}. Chưa lưu gì; bỏ --dry-run để nhập.")


def _status(row: Row) -> str:
    if row.known:
        return f"đã có {row.code}".rstrip()
    return f"giống {row.score:.0%} {row.alike}" if row.alike else "mới"


def _warn_of_bad(bad: Sequence[BadSlip]) -> None:
    for one in bad:
        warn(f"{one.place or f'Dòng {one.line}'}: {one.reason}")


def _report(result: Imported, *, approved: bool) -> None:
    _warn_of_bad(result.bad)
    counts = f"{result.known} phiếu đã có từ trước; {len(result.bad)} dòng không nhập được"
    say(f"Đã nhập {result.added} phiếu mới; {counts}.")
    if result.late:
        warn(f"{result.late} phiếu đến sau hạn gửi, đã đánh dấu “sau hạn”.")
    if result.late_undated:
        warn(f"{result.late_undated} phiếu trong số đó không ghi ngày nhận; thêm --received nếu phiếu nhận sớm hơn.")
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


def _template(parsed: argparse.Namespace) -> int:
    from bot.app import load_catalogue, load_library
    from bot.usecases.clock import WallClock
    from exports.workbook import ExcelWorkbooks

    settings = read()
    catalogue = load_catalogue(settings)
    named = parsed.programme or settings.programme
    programme = load_library(settings, WallClock()).get(named) if named else None
    groups = [catalogue[Key(f"group.{group.value}")] for group in YouthGroup]
    if parsed.file.suffix.lower() in _PAPER:
        return _paper(parsed, programme, groups, catalogue)
    title = programme.title if programme else ""
    ExcelWorkbooks(catalogue).write_form(parsed.file, title, programme.units if programme else (), groups)
    say(f"Đã ghi mẫu phiếu {parsed.file}. Điền cột “Nội dung”, các cột khác để trống được.")
    return DONE


def _paper(parsed: argparse.Namespace, programme: Programme | None, groups: list[str], catalogue: Catalogue) -> int:
    from bot.usecases.clock import WallClock
    from exports.paper_slip import PaperSlip, write_docx, write_pdf
    from exports.replacing import Replacing

    link = parsed.link or read().web_url
    slip = PaperSlip(groups, link=link)
    if programme is not None:
        slip = PaperSlip(
            groups,
            organiser=programme.contact.organiser,
            title=programme.title,
            theme=programme.theme,
            closes_at=programme.window.closes_at,
            controller=programme.contact.controller,
            contact=programme.contact.contact,
            link=link,
        )
    write = write_pdf if parsed.file.suffix.lower() == ".pdf" else write_docx
    with Replacing(parsed.file) as draft:
        write(draft, slip, catalogue, WallClock().now())
    if not link:
        warn("phiếu chưa có mã QR vì chưa biết địa chỉ; đặt DOITHOAI_WEB_URL hoặc thêm --link https://t.me/TÊN_BOT.")
    if programme is None:
        warn("phiếu chưa có tên chương trình và hạn nộp; thêm --programme MÃ.")
    say(f"Đã ghi phiếu giấy {parsed.file}: mỗi tờ A4 ngang hai phiếu, cắt theo đường giữa.")
    return DONE
