"""`programme`: the plans, their deadlines as instants, and changes to a running one."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import explained
from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import day, instant, subcommand
from bot.commands.who import account
from bot.domain.deadline import Deadline, Instant, Reading
from bot.domain.programme import Programme
from bot.ports import ProgrammeChange
from bot.programmes.check import check
from bot.programmes.load import Library
from bot.settings import read
from bot.texts.catalogue import short_day, when
from bot.usecases.clock import WallClock

if TYPE_CHECKING:
    from bot.app import InForce

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
    command = subcommand(commands, "programme", "xem, kiểm tra và điều chỉnh chương trình đối thoại")
    what = command.add_subparsers(title="việc", metavar="VIỆC", required=True)
    listed = subcommand(what, "list", "các chương trình có sẵn")
    listed.set_defaults(command=_list)
    show = subcommand(what, "show", "một chương trình: hạn trong kế hoạch, cách hiểu, thời điểm")
    show.add_argument("code", metavar="MÃ", help="mã chương trình, xem: doithoai programme list")
    show.add_argument("--day", type=day, metavar="NGÀY", help="tính thử với ngày đối thoại này")
    show.set_defaults(command=_show)
    checked = subcommand(what, "check", "kiểm tra một tệp kế hoạch, nêu từng chỗ sai")
    checked.add_argument("file", type=Path, metavar="TỆP", help="tệp .toml của kế hoạch")
    checked.set_defaults(command=_check)
    for one in (listed, show, checked):
        one.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    dated = subcommand(what, "date", "ấn định ngày đối thoại của chương trình đang chạy")
    dated.add_argument("code", metavar="MÃ", help="mã chương trình, xem: doithoai programme list")
    dated.add_argument("day", type=day, metavar="NGÀY", help="ngày đối thoại, ví dụ 22/03/2024")
    dated.set_defaults(command=_date)
    extend = subcommand(what, "extend", "đổi hạn gửi của chương trình đang chạy")
    extend.add_argument("code", metavar="MÃ", help="mã chương trình, xem: doithoai programme list")
    extend.add_argument(
        "instant",
        type=instant,
        metavar="LÚC",
        help="hạn gửi mới, ví dụ 2024-03-03T17:00 (không ghi giờ: từ đầu ngày ấy)",
    )
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


def _in_force(library: Library) -> Mapping[str, InForce]:
    """What was changed since the files were written. Without it a plan can still be shown, so a fault only warns."""
    from bot.app import in_force

    try:
        return asyncio.run(in_force(read(), library))
    except Exception as fault:  # noqa: BLE001 - whatever it is, the files themselves can still be shown
        warn(f"chưa đọc được các điều chỉnh đã ghi nên chỉ nêu theo tệp kế hoạch: {explained(fault)}")
        return {}


def _list(parsed: argparse.Namespace) -> int:
    library = _library()
    revised = _in_force(library)
    changes = {code: one.changes for code, one in revised.items()}
    programmes = [revised[one.code].programme if one.code in revised else one for one in library.all()]
    if parsed.json:
        print_json([_summary(programme, changes.get(programme.code, ())) for programme in programmes])
        return DONE
    table(["Mã", "Đơn vị", "Ngày đối thoại", "Hạn gửi của thanh niên"], [_line(one, changes) for one in programmes])
    return DONE


def _line(programme: Programme, changes: Mapping[str, Sequence[ProgrammeChange]]) -> list[str]:
    mark = " (đã điều chỉnh)" if programme.code in changes else ""
    closes = f"{when(programme.window.closes_at)}; {_close_basis(programme)}{mark}"
    return [programme.code, programme.unit, _weekday(programme.dialogue.day), closes]


def _summary(programme: Programme, changes: Sequence[ProgrammeChange]) -> dict[str, Any]:
    return {
        "code": programme.code,
        "level": programme.level.value,
        "unit": programme.unit,
        "year": programme.year,
        "theme": programme.theme,
        "dialogue_day": programme.dialogue.day,
        "window": _window(programme),
        "changes": [
            {"at": one.at, "by": one.actor, "reason": one.reason, "day": one.day, "closes_at": one.closes_at}
            for one in changes
        ],
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
    revised = _in_force(library).get(parsed.code)
    changes = revised.changes if revised else ()
    programme = revised.programme if revised else programme
    if parsed.day:
        programme = programme.on_day(parsed.day)
    routing = programme.routing(library.directory)
    if parsed.json:
        departments = [{"id": body.id, "name": body.name} for body in routing.departments.values()]
        deadlines = [row for deadline in programme.all_deadlines() for row in _rows(programme, deadline)]
        print_json({**_details(programme, changes), "deadlines": deadlines, "departments": departments})
        return DONE
    _print_head(programme)
    for change in changes:
        say(f"(đã điều chỉnh: {_change(change)})")
    _print_deadlines(programme)
    named = [routing.departments[id_].name for id_ in programme.named_departments if id_ in routing.departments]
    say("Cơ quan kế hoạch nêu tên: " + (", ".join(named) or "không nêu; theo danh bạ tại thời điểm chương trình"))
    if programme.gaps:
        say("Kế hoạch để trống: " + "; ".join(programme.gaps))
    return DONE


def _change(change: ProgrammeChange) -> str:
    what = [f"ngày đối thoại thành {_weekday(change.day)}"] if change.day else []
    what += [f"hạn gửi thành {when(change.closes_at)}"] if change.closes_at else []
    return f"{', '.join(what)}; lý do: {change.reason}; {change.actor} ghi lúc {when(change.at)}"


def _details(programme: Programme, changes: Sequence[ProgrammeChange]) -> dict[str, Any]:
    return {
        **_summary(programme, changes),
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
    say(
        f"Ngày đối thoại: {_weekday(dialogue.day)}"
        + (f" (kế hoạch ghi: {dialogue.day_wording})" if dialogue.day_wording else "")
    )
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
                say(f"    ngày cuối {last}; ngày làm việc cuối {working}; hết hạn lúc {when(one.closes_at)}")
            elif deadline.phrase.needs_dialogue_day:
                say("    chưa tính được vì chưa ấn định ngày đối thoại")
    say("")


def _weekday(value: date | None) -> str:
    names = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
    return f"{names[value.weekday()]}, {short_day(value)}" if value else "chưa ấn định"


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

    by = account() or "dòng lệnh"
    async with open_desk(read(), parsed.code, as_of=parsed.as_of) as desk:
        change = ChangeProgramme(desk.store, desk.clock, desk.running)
        if "day" in parsed:
            before, after = await change.confirm_day(parsed.day, by=by, reason=parsed.reason)
        else:
            before, after = await change.extend(parsed.instant, by=by, reason=parsed.reason)
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
