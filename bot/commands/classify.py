"""`classify`: what the machine makes of one text, or of a file of them."""

from __future__ import annotations

import argparse
import errno
import json
import os
from pathlib import Path
from typing import Any

from bot.commands.faults import Trouble, working_on
from bot.commands.output import DONE, REFUSED, WRONG_USE, as_json_line, print_json, progress, say, warn
from bot.domain.department import RoutingTable
from bot.domain.errors import Refusal
from bot.domain.submission import Proposal
from bot.ports import Model
from bot.settings import Settings, read
from bot.texts.keys import Key
from bot.usecases.cards import quoted
from bot.usecases.clock import WallClock

_BATCH = 500
_DEFAULT_PROGRAMME = "mau"


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "classify",
        help="xếp thử một câu hỏi vào lĩnh vực và cơ quan",
        description="Xếp thử một câu (hoặc một tệp JSONL, mỗi dòng một đối tượng có “text”) vào lĩnh vực và cơ quan.",
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", metavar="CÂU", help="câu hỏi cần xếp")
    what.add_argument("--jsonl", type=Path, metavar="TỆP", help="tệp JSONL cần xếp")
    command.add_argument("-o", "--output", type=Path, metavar="TỆP", help="tệp JSONL kết quả (dùng cùng --jsonl)")
    command.add_argument(
        "--programme", metavar="MÃ", help="cơ quan theo chương trình này (mặc định: DOITHOAI_PROGRAMME hoặc mau)"
    )
    command.add_argument("--explain", action="store_true", help="kèm các từ ngữ khiến máy chọn như vậy")
    command.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    command.set_defaults(command=_classify)


def _classify(parsed: argparse.Namespace) -> int:
    if (parsed.jsonl is None) != (parsed.output is None):
        warn("thiếu -o TỆP để ghi kết quả của --jsonl." if parsed.jsonl else "-o chỉ dùng cùng --jsonl TỆP.")
        return WRONG_USE
    settings = read()
    routing = _routing(settings, parsed.programme or settings.programme or _DEFAULT_PROGRAMME)
    if parsed.jsonl is not None:
        return _file(settings, routing, parsed)
    return _one(settings, routing, parsed)


def _routing(settings: Settings, programme: str) -> RoutingTable:
    from bot.app import load_library

    library = load_library(settings, WallClock())
    return library.get(programme).routing(library.directory)


def _one(settings: Settings, routing: RoutingTable, parsed: argparse.Namespace) -> int:
    from bot.app import load_router

    text: str = parsed.text
    if not text.strip():
        raise Refusal(Key.REFUSE_EMPTY_TEXT)
    router = load_router(settings, warn)
    proposal = router.propose(text, routing.leads)
    result = described(proposal, routing)
    because = router.explain(text, proposal.topic) if parsed.explain else ()
    if parsed.json:
        print_json({"text": text, **result, **({"because": because} if parsed.explain else {})})
        return DONE
    for guess in result["alternatives"]:
        mark = "→" if guess["topic"] == result["topic"] else " "
        department = routing.name(guess["department"]) or "không cơ quan nào"
        say(f"{mark} {100 * guess['confidence']:3.0f} %  {routing.topics[guess['topic']].name}  –  {department}")
    if result["supporting"]:
        say("Phối hợp: " + ", ".join(routing.name(id_) for id_ in result["supporting"]))
    if parsed.explain:
        say(f"Dựa vào các từ: {quoted(because)}" if because else "Không có từ nào trong câu giúp máy nhận ra lĩnh vực.")
    if result["abstained"]:
        say("Máy chưa chắc: câu này cần người quyết định.")
    return DONE


def described(proposal: Proposal, routing: RoutingTable) -> dict[str, Any]:
    """The public shape of a classification: what `--jsonl` adds to each object."""
    route = routing.route(proposal.topic)
    return {
        "topic": proposal.topic,
        "department": route.lead,
        "department_name": routing.name(route.lead) or None,
        "supporting": list(route.supporting),
        "confidence": round(proposal.confidence, 4),
        "abstained": proposal.abstained,
        "alternatives": [
            {"topic": topic, "department": routing.route(topic).lead, "confidence": round(confidence, 4)}
            for topic, confidence in proposal.alternatives
        ],
    }


def _file(settings: Settings, routing: RoutingTable, parsed: argparse.Namespace) -> int:
    from bot.app import load_router

    source, target = parsed.jsonl, parsed.output
    rows, bad = _read(source)
    for line, reason in bad:
        warn(f"{source.name}, dòng {line}: {reason}")
    router = load_router(settings, warn)
    with working_on(target):
        _write(target, rows, router, routing, explain=parsed.explain)
    if parsed.json:
        lines = [{"line": line, "reason": reason} for line, reason in bad]
        print_json({"file": target, "classified": len(rows), "bad": lines})
    else:
        say(f"Đã xếp {len(rows)} câu vào {target}; {len(bad)} dòng không đọc được.")
    return REFUSED if bad else DONE


def _write(target: Path, rows: list[dict[str, Any]], router: Model, routing: RoutingTable, *, explain: bool) -> None:
    """The target appears whole or not at all; a device (/dev/stdout) is written to, never put aside by a file."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not target.is_file():
        _write_lines(target, rows, router, routing, explain=explain)
        return
    partial = target.with_name(target.name + ".dang-ghi")
    try:
        _write_lines(partial, rows, router, routing, explain=explain)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_lines(
    file: Path, rows: list[dict[str, Any]], router: Model, routing: RoutingTable, *, explain: bool
) -> None:
    with file.open("w", encoding="utf-8") as out, progress("Xếp loại", len(rows)) as advance:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            proposals = router.propose_all([row["text"] for row in batch], routing.leads)
            for row, proposal in zip(batch, proposals, strict=True):
                because = {"because": router.explain(row["text"], proposal.topic)} if explain else {}
                out.write(as_json_line({**row, **described(proposal, routing), **because}))
            advance(start + len(batch))


def _read(source: Path) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    rows: list[dict[str, Any]] = []
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(_text(source).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # also a number of thousands of digits, brackets without end
            bad.append((number, "không phải một đối tượng JSON"))
            continue
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            rows.append(row)
        else:
            bad.append((number, "thiếu “text” là một chuỗi"))
    return rows, bad


def _text(source: Path) -> str:
    with working_on(source):
        content = source.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise Trouble(
            f"tệp “{source}”, dòng {line} không ở bảng mã UTF-8. Mở bằng trình soạn thảo, lưu lại với mã UTF-8."
        ) from fault
