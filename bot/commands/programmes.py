"""`programme`: the plans, their deadlines as instants, and changes to a running one."""

from __future__ import annotations

import argparse
import asyncio
import getpass
from datetime import UTC, date
from pathlib import Path
from typing import Any

from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import day, instant
from bot.domain.deadline import Deadline, Instant, Reading
from bot.domain.programme import Programme
from bot.programmes.check import check
from bot.programmes.load import Library
from bot.settings import read
from bot.texts.catalogue import when
from bot.usecases.clock import WallClock

_READINGS = {
    Reading.BEFORE_THAT_DAY: "không tính ngày đó",
    Reading.THAT_DAY_INCLUDED: "tính cả ngày đó",
    Reading.DAYS_BACK: "lùi {days} ngày từ ngày đối thoại, ngày ấy vẫn kịp",
    Reading.DAYS_BACK_EXCLUDED: "trước hẳn ngày lùi {days} ngày",
    Reading.DIALOGUE_DAY_COUNTED: "ngày đối thoại là ngày thứ nhất trong {days} ngày",
    Reading.END_OF_MONTH: "đến hết tháng",
    Reading.DAYS_ON: "{days} ngày sau, không tính ngày đối thoại (BLDS Đ147.3)",
    Reading.NONE: "chưa tính được ngày",
}


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser("programme", help="xem, kiểm tra và điều chỉnh chương trình đối thoại")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    listed = what.add_parser("list", help="các chương trình có sẵn")
    listed.set_defaults(command=_list)
    show = what.add_parser("show", help="một chương trình: hạn trong kế hoạch, cách hiểu, thời điểm")
    show.add_argument("code", metavar="MÃ")
    show.add_argument("--day", type=day, metavar="NGÀY", help="tính thử với ngày đối thoại này")
    show.set_defaults(command=_show)
    checked = what.add_parser("check", help="kiểm tra một tệp kế hoạch, nêu từng chỗ sai")
    checked.add_argument("file", type=Path, metavar="TỆP")
    checked.set_defaults(command=_check)
    for one in (listed, show, checked):
        one.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    dated = what.add_parser("date", help="ấn định ngày đối thoại của chương trình đang chạy")
    dated.add_argument("code", metavar="MÃ")
    dated.add_argument("day", type=day, metavar="NGÀY")
    dated.set_defaults(command=_date)
    extend = what.add_parser("extend", help="đổi hạn gửi của chương trình đang chạy")
    extend.add_argument("code", metavar="MÃ")
    extend.add_argument("instant", type=instant, metavar="LÚC")
    extend.set_defaults(command=_extend)
    for one in (dated, extend):
        one.add_argument("--reason", required=True, metavar="LÝ DO", help="lý do, được ghi lại")
        one.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")


def _library() -> Library:
    from bot.app import load_library

    library = load_library(read(), WallClock())
    for fault in library.faults:
        warn(str(fault))
    return library


def _list(parsed: argparse.Namespace) -> int:
    programmes = _library().all()
    if parsed.json:
        print_json([_summary(programme) for programme in programmes])
        return DONE
    rows = [
        [one.code, one.unit, str(one.year), one.theme, when(one.window.closes_at), _close_basis(one)]
        for one in programmes
    ]
    table(["Mã", "Đơn vị", "Năm", "Chủ đề", "Hạn gửi của thanh niên", "Căn cứ"], rows)
    return DONE


def _summary(programme: Programme) -> dict[str, Any]:
    return {
        "code": programme.code,
        "level": programme.level.value,
        "unit": programme.unit,
        "year": programme.year,
        "theme": programme.theme,
        "dialogue_day": programme.dialogue.day,
        "window": _window(programme),
    }


def _window(programme: Programme) -> dict[str, Any]:
    window = programme.window
    return {
        "opens_at": window.opens_at,
        "closes_at": window.closes_at,
        "basis": window.basis,
        "note": window.note,
        "proposed_closes_at": programme.proposed_close,
    }


def _close_basis(programme: Programme) -> str:
    return "kế hoạch" if programme.window.basis == "plan" else "tự chọn"


def _show(parsed: argparse.Namespace) -> int:
    library = _library()
    programme = library.get(parsed.code)
    if parsed.day:
        programme = programme.on_day(parsed.day)
    routing = programme.routing(library.directory)
    if parsed.json:
        departments = [{"id": body.id, "name": body.name} for body in routing.departments.values()]
        deadlines = [row for deadline in programme.all_deadlines() for row in _rows(programme, deadline)]
        print_json({**_details(programme), "deadlines": deadlines, "departments": departments})
        return DONE
    _print_head(programme)
    _print_deadlines(programme)
    named = [routing.departments[id_].name for id_ in programme.named_departments if id_ in routing.departments]
    say("Cơ quan kế hoạch nêu tên: " + (", ".join(named) or "không nêu; theo danh bạ tại thời điểm chương trình"))
    if programme.gaps:
        say("Kế hoạch để trống: " + "; ".join(programme.gaps))
    return DONE


def _details(programme: Programme) -> dict[str, Any]:
    return {
        **_summary(programme),
        "title": programme.title,
        "issuer": programme.issuer,
        "number": programme.number,
        "plan_date": programme.plan_date,
        "province": programme.province,
        "directory_day": programme.directory_day,
        "day_wording": programme.dialogue.day_wording,
        "organiser": programme.contact.organiser,
        "controller": programme.contact.controller,
        "contact": programme.contact.contact,
        "gaps": list(programme.gaps),
    }


def _rows(programme: Programme, deadline: Deadline) -> list[dict[str, Any]]:
    return [_row(programme, deadline, one) for one in programme.instants(deadline)]


def _row(programme: Programme, deadline: Deadline, one: Instant) -> dict[str, Any]:
    return {
        "programme": programme.code,
        "id": deadline.id,
        "kind": deadline.kind,
        "wording": deadline.wording,
        "reading": deadline.label(one.reading),
        "chosen": one.chosen,
        "basis": one.basis.value,
        "last_day": one.last_day,
        "last_working_day": one.last_working_day,
        "closes_at": one.closes_at,
        "closes_at_utc": one.closes_at.astimezone(UTC) if one.closes_at else None,
    }


def _print_head(programme: Programme) -> None:
    say(f"{programme.code}: {programme.title}")
    say(f"Chủ đề: {programme.theme}")
    say(f"Ban hành: {programme.issuer or 'không rõ'}; số {programme.number or 'để trống'}")
    dialogue = programme.dialogue
    fixed = _weekday(dialogue.day) if dialogue.day else "chưa ấn định"
    say(f"Ngày đối thoại: {fixed}" + (f" (kế hoạch ghi: {dialogue.day_wording})" if dialogue.day_wording else ""))
    window = programme.window
    say(f"Nhận câu hỏi: từ {when(window.opens_at)} đến {when(window.closes_at)} ({_close_basis(programme)})")
    if window.note:
        say(f"  {window.note}")
    contact = programme.contact
    say(f"Tổ chức: {contact.organiser}; kiểm soát dữ liệu: {contact.controller}; liên hệ: {contact.contact}")


def _print_deadlines(programme: Programme) -> None:
    """A block a deadline, not a table: an instant cut short by a narrow window would be worse than a long list."""
    for deadline in programme.all_deadlines():
        say(f"\n{deadline.id}: “{deadline.wording}”")
        for one in programme.instants(deadline):
            reading = _READINGS[one.reading].format(days=deadline.phrase.days)
            say(f"  {'Hiểu là' if one.chosen else 'Cũng có thể hiểu'}: {reading}")
            if one.closes_at is not None:
                last, working = _weekday(one.last_day), _weekday(one.last_working_day)
                say(f"    ngày cuối {last}; ngày làm việc cuối {working}; hết hạn từ {one.closes_at.isoformat()}")
    say("")


def _weekday(value: date | None) -> str:
    names = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
    return f"{names[value.weekday()]} {value:%d/%m/%Y}" if value else "–"


def _check(parsed: argparse.Namespace) -> int:
    clock = WallClock()
    findings = check(parsed.file, _library().directory, clock.now().date())
    faulty = any(finding.severity == "fault" for finding in findings)
    if parsed.json:
        print_json(
            [{"severity": one.severity, "file": one.file, "key": one.key, "reason": one.reason} for one in findings]
        )
        return REFUSED if faulty else DONE
    names = {"fault": "lỗi", "warning": "cảnh báo", "advice": "gợi ý"}
    for one in findings:
        say(f"{one.file}: {one.key or '(cả tệp)'}: {names[one.severity]}: {one.reason}")
    say(f"{parsed.file.name}: " + ("chưa dùng được, xem các lỗi trên." if faulty else "dùng được."))
    return REFUSED if faulty else DONE


def _date(parsed: argparse.Namespace) -> int:
    return asyncio.run(_changed(parsed))


def _extend(parsed: argparse.Namespace) -> int:
    return asyncio.run(_changed(parsed))


async def _changed(parsed: argparse.Namespace) -> int:
    from bot.app import open_desk
    from bot.usecases.change_programme import ChangeProgramme

    async with open_desk(read(), parsed.code, as_of=parsed.as_of) as desk:
        change = ChangeProgramme(desk.store, desk.clock, desk.running)
        if "day" in parsed:
            before, after = await change.confirm_day(parsed.day, by=getpass.getuser(), reason=parsed.reason)
        else:
            before, after = await change.extend(parsed.instant, by=getpass.getuser(), reason=parsed.reason)
    _print_difference(before, after)
    return DONE


def _print_difference(before: Programme, after: Programme) -> None:
    if before.dialogue.day != after.dialogue.day:
        say(f"Ngày đối thoại: {_weekday(before.dialogue.day)} → {_weekday(after.dialogue.day)}")
    if before.window.closes_at != after.window.closes_at:
        say(f"Hạn gửi: {when(before.window.closes_at)} → {when(after.window.closes_at)}")
    for deadline in after.all_deadlines():
        was, now = before.instants(deadline)[0].closes_at, after.instants(deadline)[0].closes_at
        if was != now:
            shown = [when(one) if one else "chưa tính được" for one in (was, now)]
            say(f"{deadline.id} ({deadline.wording}): {shown[0]} → {shown[1]}")
    if after.delivered_by and after.window.closes_at > after.delivered_by:
        warn(f"hạn gửi của thanh niên ở sau hạn giao câu hỏi ({when(after.delivered_by)}).")
