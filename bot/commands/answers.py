"""`forms`: the files that departments fill in; `answers`: takes them in when they come back."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, say, warn
from bot.commands.parser import instant, subcommand
from bot.commands.slips import chosen_programme
from bot.commands.who import account
from bot.domain.answer_file import AskedIssue, Finding, OpenRow
from bot.domain.role import By, Role
from bot.settings import Settings, read
from bot.usecases.answer_files import AnswerFiles, Choice, Outcome, Review
from bot.usecases.answer_words import AnswerWords
from bot.usecases.slip_desk import Given

if TYPE_CHECKING:
    from bot.app import Desk

_MOST = 100


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    out = subcommand(commands, "forms", "lập tệp Excel để từng cơ quan điền câu trả lời")
    out.add_argument(
        "departments", nargs="*", metavar="CƠ_QUAN", help="tên hoặc mã cơ quan (mặc định: mọi cơ quan được hỏi)"
    )
    out.add_argument("-o", "--output", type=Path, metavar="THƯ_MỤC", help="nơi ghi tệp (mặc định: thư mục dữ liệu)")
    _common(out)
    out.set_defaults(command=_forms)

    back = subcommand(commands, "answers", "nhập tệp trả lời cơ quan gửi lại; xem và quyết định các dòng còn vướng")
    back.add_argument("file", type=Path, nargs="?", metavar="TỆP", help="tệp .xlsx cơ quan đã điền")
    back.add_argument("--dry-run", action="store_true", help="chỉ xem trước: dòng nào mới, sửa, vướng; không lưu gì")
    back.add_argument("--take", type=int, nargs="+", default=[], metavar="SỐ", help="nhận các dòng chờ quyết định này")
    back.add_argument("--keep", type=int, nargs="+", default=[], metavar="SỐ", help="giữ bản đang có, bỏ các dòng này")
    _common(back)
    back.set_defaults(command=_answers)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    command.add_argument("--as-of", type=instant, metavar="LÚC", help="diễn tập như thể đang là lúc này")
    command.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


# ------------------------------------------------------------------ files out


def _forms(parsed: argparse.Namespace) -> int:
    if parsed.output is not None and parsed.output.exists() and not parsed.output.is_dir():
        raise Trouble(f"“{parsed.output}” không phải là thư mục. Ghi tên một thư mục.")
    return asyncio.run(_write_forms(read(), parsed))


async def _write_forms(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk
    from bot.usecases import named

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        async with desk.store.reading() as tx:
            _, routing = await desk.running.view(tx)
        wanted = [named.department(words, routing).id for words in parsed.departments]
        made = await desk.answer_forms().write(wanted or None, parsed.output)
    if parsed.json:
        print_json([{"department": form.department, "issues": len(form.rows), "file": file} for form, file in made])
    else:
        for form, file in made:
            say(f"{form.department}: {len(form.rows)} vấn đề, {file}")
    asked = {form.id for form, _ in made}
    for id_ in wanted:
        if id_ not in asked:
            warn(f"{routing.name(id_)} chưa được hỏi câu nào nên không có tệp.")
    if not made and not wanted:
        warn("chưa có câu hỏi nào đã duyệt và có cơ quan trả lời.")
    return DONE if made else REFUSED


# ------------------------------------------------------------------ files back


def _answers(parsed: argparse.Namespace) -> int:
    if parsed.file is not None and (parsed.take or parsed.keep):
        raise Trouble("mỗi lần chỉ làm một việc: nhập TỆP, hoặc --take, --keep cho các dòng chờ quyết định.")
    if parsed.file is None and parsed.dry_run:
        raise Trouble("--dry-run cần tên tệp trả lời.")
    if parsed.file is not None and not parsed.file.is_file():
        raise Trouble(f"không tìm thấy tệp “{parsed.file}”. Kiểm tra lại tên và thư mục.")
    return asyncio.run(_take_answers(read(), parsed))


async def _take_answers(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import open_desk

    async with open_desk(settings, chosen_programme(settings, parsed.programme), as_of=parsed.as_of) as desk:
        files = desk.answer_files(desk.answer_forms())
        if parsed.file is not None:
            given = Given(await asyncio.to_thread(parsed.file.read_bytes), parsed.file.name)
            review = await (files.look(given) if parsed.dry_run else files.take(given, _by()))
            _show(review, desk, as_json=parsed.json)
            return DONE if review.complete else REFUSED
        await _decide(desk, files, parsed)
        _show_open(await files.undecided(), desk, as_json=parsed.json)
    return DONE


def _by() -> By:
    name = account()
    return By(f"dòng lệnh ({name})" if name else "dòng lệnh", Role.CHIEF)


async def _decide(desk: Desk, files: AnswerFiles, parsed: argparse.Namespace) -> None:
    """All of them or, where one is refused, none."""
    async with desk.store.transaction() as tx:
        for choice, numbers in ((Choice.TAKE, parsed.take), (Choice.KEEP, parsed.keep)):
            for number in numbers:
                await files.decide(tx, number, choice, _by())


def _show(review: Review, desk: Desk, *, as_json: bool) -> None:
    if as_json:
        counts = {finding.value: review.count(finding) for finding in Finding}
        rows = [_row(one) for one in review.outcomes]
        print_json({"file": review.name, "sha256": review.sha256, "applied": review.applied} | counts | {"rows": rows})
        return
    words = AnswerWords(desk.voice)
    for line in words.lines(review):
        warn(line)
    say(words.summary(review))
    for row in review.waiting:
        issue = next(one.found.issue for one in review.outcomes if one.open == row)
        say(words.open_row(row, issue))
    if review.waiting:
        say("Quyết định từng dòng: doithoai answers --take SỐ (nhận bản trong tệp) hoặc --keep SỐ (giữ bản cũ).")


def _row(outcome: Outcome) -> dict[str, object]:
    found = outcome.found
    return {
        "finding": found.finding,
        "place": found.row.place if found.row else "",
        "issue": found.issue.number if found.issue else None,
        "codes": found.issue.codes if found.issue else (),
        "fault": found.row.fault if found.row else "",
        "waits": outcome.open.id if outcome.open else None,
        "answer": outcome.answer.id if outcome.answer else None,
    }


def _show_open(rows: list[tuple[OpenRow, AskedIssue | None]], desk: Desk, *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(row) | {"issue": issue.number if issue else None} for row, issue in rows])
    else:
        say("\n".join(AnswerWords(desk.voice).open_rows(rows, _MOST)))
