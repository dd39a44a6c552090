"""`evaluate`: how good the machine is on texts that somebody has judged, as they stand and as others type."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import Trouble, working_on
from bot.commands.output import DONE, print_json, progress, say, warn
from bot.commands.parser import subcommand
from bot.settings import read
from bot.usecases.clock import WallClock

if TYPE_CHECKING:
    from bot.domain.department import RoutingTable
    from classifier.cases import Case
    from classifier.figures import Figures

_DEFAULT_PROGRAMME = "mau"


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "evaluate", "đo máy trên một tệp câu đã có người xếp sẵn")
    command.epilog = (
        "Mỗi dòng của tệp là một đối tượng JSON: “text”, “topic” hoặc “department”, có thể thêm “also” là danh sách "
        "lĩnh vực hay cơ quan khác cũng chấp nhận được. Mã lĩnh vực và cơ quan có trong docs/chuong-trinh.md."
    )
    command.add_argument("file", type=Path, metavar="TỆP", help="tệp JSONL cần đo")
    command.add_argument(
        "--programme", metavar="MÃ", help="cơ quan theo chương trình này (mặc định: DOITHOAI_PROGRAMME hoặc mau)"
    )
    command.add_argument("--topics", action="store_true", help="in cả từng lĩnh vực")
    command.add_argument("--plots", type=Path, metavar="THƯ_MỤC", help="vẽ bảng nhầm lẫn và độ tin cậy thành ảnh PNG")
    command.add_argument("--json", action="store_true", help="in mọi con số dạng JSON")
    command.set_defaults(command=_evaluate)


def _evaluate(parsed: argparse.Namespace) -> int:
    from bot.app import load_classifier, load_library
    from classifier.evaluate import evaluate, render
    from classifier.perturb import COPIES

    settings = read()
    library = load_library(settings, WallClock())
    programme = library.get(parsed.programme or settings.programme or _DEFAULT_PROGRAMME)
    routing = programme.routing(library.directory)
    cases = _cases(parsed.file, routing)
    classifier = load_classifier(settings, warn)
    with progress("Đo", len(COPIES) + 1) as advance:
        report = evaluate(classifier, cases, routing.leads, lambda done, _: advance(done))
    names = {id_: body.short_name for id_, body in routing.everybody.items()}
    pictures = _draw(report.original, names, parsed.plots) if parsed.plots else []
    if parsed.json:
        print_json({**report.as_json(), "programme": programme.code, **({"plots": pictures} if pictures else {})})
        return DONE
    say(render(report, names, topics=parsed.topics).rstrip())
    for picture in pictures:
        say(f"Đã vẽ {picture}")
    return DONE


def _cases(file: Path, routing: RoutingTable) -> list[Case]:
    from classifier.cases import read_cases
    from classifier.corpus import CorpusFault

    try:
        with working_on(file):
            return read_cases(file, routing.leads, routing.everybody)
    except CorpusFault as fault:
        raise Trouble(f"không đo được: {fault}.") from fault


def _draw(figures: Figures, names: dict[str, str], folder: Path) -> list[Path]:
    from classifier.plots import draw

    with working_on(folder):
        return draw(figures, names, folder)
