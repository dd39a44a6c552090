"""How good the classifier is on texts that it never learnt from, as they stand and as others would have typed them.

`python -m classifier.evaluate [TỆP]` prints tables in Vietnamese or JSON; `evaluate`, `render` and
`classifier.cases.read_cases` are the same for other commands.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from bot.programmes.load import load_directory
from classifier.cases import Case, read_cases
from classifier.corpus import DEVELOPMENT, CorpusFault
from classifier.figures import Code, Confusion, Figures, Headline, Judged, Line, measure
from classifier.model import load
from classifier.perturb import COPIES

_CONFUSIONS = 15  # pairs shown in the table; JSON has all
_NOBODY = "(không cơ quan nào)"


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of the texts as they stand and the headline of every perturbed copy, by its name in COPIES."""

    original: Figures
    copies: dict[str, Headline]

    def as_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers."""
        return {
            "texts": self.original.headline.departments.texts,
            "original": self.original.as_json(),
            "copies": {name: asdict(headline) for name, headline in self.copies.items()},
        }


def evaluate(
    judged: Judged,
    cases: Sequence[Case],
    lead_of: Mapping[str, Code],
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Measure on the texts and on each copy; `progress` hears how many of how many sets are done. Needs a case."""
    copies: dict[str, Headline] = {}
    original = measure(judged, cases, lead_of)
    for done, (name, change) in enumerate(COPIES.items(), 1):
        if progress:
            progress(done, len(COPIES) + 1)
        changed = [replace(case, text=change(case.text, number)) for number, case in enumerate(cases)]
        copies[name] = measure(judged, changed, lead_of).headline
    if progress:
        progress(len(COPIES) + 1, len(COPIES) + 1)
    return Report(original, copies)


# ------------------------------------------------------------------ the tables

_COLUMNS = {
    "no_accents": "bỏ dấu",
    "nfd": "NFD",
    "tones": "vị trí dấu",
    "teencode": "teencode",
    "typos": "gõ sai",
    "everything": "tất cả",
}
_ROWS: tuple[tuple[str, Callable[[Headline], float | None]], ...] = (
    ("Lĩnh vực: đúng ngay lần đầu", lambda of: of.topics.first),
    ("Lĩnh vực: đúng hoặc cũng chấp nhận được", lambda of: of.topics.accepted),
    ("Lĩnh vực: có trong ba gợi ý đầu", lambda of: of.topics.third),
    ("Lĩnh vực: F1 trung bình", lambda of: of.topics.macro_f1),
    ("Cơ quan: đúng ngay lần đầu", lambda of: of.departments.first),
    ("Cơ quan: đúng hoặc cũng chấp nhận được", lambda of: of.departments.accepted),
    ("Cơ quan: như trên, chọn theo tổng xác suất", lambda of: of.departments_by_sum.accepted),
    ("Cơ quan: có trong ba gợi ý đầu", lambda of: of.departments.third),
    ("Cơ quan: F1 trung bình", lambda of: of.departments.macro_f1),
    ("Ngoài phạm vi: nhận ra", lambda of: of.scope_found),
    ("Ngoài phạm vi: câu thật bị loại nhầm", lambda of: of.scope_lost),
    ("Sai lệch của độ tin cậy (ECE)", lambda of: of.calibration),
    ("Số câu giữ được 95 % đúng", lambda of: of.coverage),
    ("Số câu máy dám chắc (ngưỡng của máy)", lambda of: of.answered),
    ("Đúng trong số câu máy dám chắc", lambda of: of.precise),
)


def render(report: Report, department_names: Mapping[str, str], *, topics: bool = True, confusions: bool = True) -> str:
    """The report as Vietnamese text. Topics are named by their codes, departments as `department_names` has them."""
    parts = [_headlines(report), _table("Từng cơ quan", report.original.per_department, department_names)]
    if topics:
        parts.append(_table("Từng lĩnh vực", report.original.per_topic, {}))
    if confusions:
        parts.append(_mistaken("Lĩnh vực hay nhầm", report.original.topic_confusions, {}))
        parts.append(_mistaken("Cơ quan hay nhầm", report.original.department_confusions, department_names))
    return "\n\n".join(part for part in parts if part) + "\n"


def _headlines(report: Report) -> str:
    first = report.original.headline
    sets = [("nguyên văn", first), *((_COLUMNS[name], headline) for name, headline in report.copies.items())]
    lines = [
        f"{first.departments.texts} câu, {first.topics.texts} câu có ghi lĩnh vực. Đơn vị: %.",
        "",
        f"{'':<44}" + "".join(f"{name:>12}" for name, _ in sets),
        *(f"{name:<44}" + "".join(f"{_percent(value(headline)):>12}" for _, headline in sets) for name, value in _ROWS),
    ]
    return "\n".join(lines)


def _table(title: str, lines: Sequence[Line], names: Mapping[str, str]) -> str:
    if not lines:
        return ""
    width = max(len(_name(line.code, names)) for line in lines)
    head = f"  {'':<{width}}{'số câu':>9}{'tìm được':>10}{'% tìm được':>12}{'máy chọn':>10}{'% chọn đúng':>13}"
    rows = [
        f"  {_name(line.code, names):<{width}}{line.texts:>9}{line.right:>10}{_percent(line.recall):>12}"
        f"{line.proposed:>10}{_percent(line.precision):>13}"
        for line in lines
    ]
    return "\n".join([f"{title} (yếu nhất trước):", head, *rows])


def _mistaken(title: str, confusions: Sequence[Confusion], names: Mapping[str, str]) -> str:
    if not confusions:
        return ""
    rows = [
        f"  {one.texts:>3}  {_name(one.code, names)} → {_name(one.proposed, names)}" for one in confusions[:_CONFUSIONS]
    ]
    more = len(confusions) - len(rows)
    return "\n".join([f"{title} (đúng ra là → máy chọn):", *rows, *([f"  … và {more} cặp nữa"] if more else [])])


def _name(code: Code, names: Mapping[str, str]) -> str:
    return _NOBODY if code is None else names.get(code, code)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}".replace(".", ",")


# ------------------------------------------------------------------ the command


def main(arguments: Sequence[str] | None = None) -> int:
    """Train or load, measure, print."""
    parsed = _parser().parse_args(arguments)
    directory = load_directory()
    routing = directory.at(parsed.date, parsed.province)
    lead_of = {topic: route.lead for topic, route in routing.routes.items()}
    try:
        cases = read_cases(parsed.file, lead_of, directory.departments)
    except (CorpusFault, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    report = evaluate(load(parsed.cache, lambda line: _say(line, sys.stderr)), cases, lead_of)
    if parsed.json:
        _say(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return 0
    names = {id_: body.short_name for id_, body in directory.departments.items()}
    _say(render(report, names, topics=parsed.topics, confusions=parsed.confusions))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier.evaluate", description="Đo bộ phân loại.")
    parser.add_argument("file", nargs="?", type=Path, default=DEVELOPMENT, metavar="TỆP", help="tệp JSONL để đo")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "doithoai", metavar="THƯ_MỤC")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2026, 3, 26), metavar="NGÀY")
    parser.add_argument("--province", default="hung-yen", metavar="TỈNH")
    parser.add_argument("--topics", action="store_true", help="in từng lĩnh vực")
    parser.add_argument("--confusions", action="store_true", help="in các cặp hay nhầm")
    parser.add_argument("--json", action="store_true", help="in mọi con số dạng JSON")
    return parser


def _say(line: str, to: TextIO | None = None) -> None:
    (to or sys.stdout).write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
