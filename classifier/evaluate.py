"""How good the classifier is on texts that it never learnt from, as they stand and as others would have typed them.

`doithoai evaluate TỆP` prints what `render` makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from classifier.cases import Case
from classifier.figures import Code, Confusion, Figures, Headline, Judged, Line, measure
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
    ("Cơ quan: có trong ba gợi ý đầu", lambda of: of.departments.third),
    ("Cơ quan: F1 trung bình", lambda of: of.departments.macro_f1),
    ("Ngoài phạm vi: nhận ra", lambda of: of.scope_found),
    ("Ngoài phạm vi: câu thật bị loại nhầm", lambda of: of.scope_lost),
    ("Lĩnh vực: sai lệch của độ tin cậy (ECE)", lambda of: of.topics.calibration),
    ("Cơ quan: sai lệch của độ tin cậy (ECE)", lambda of: of.departments.calibration),
    ("Lĩnh vực: số câu giữ được 95 % đúng", lambda of: of.topics.coverage),
    ("Cơ quan: số câu giữ được 95 % đúng", lambda of: of.departments.coverage),
    ("Số câu máy dám chắc (ngưỡng của máy)", lambda of: of.answered),
    ("Đúng cơ quan trong số câu máy dám chắc", lambda of: of.precise),
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
    if (more := len(confusions) - len(rows)) > 0:
        rows.append(f"  và {more} cặp nữa; xem hết bằng --json")
    return "\n".join([f"{title} (đúng ra là → máy chọn):", *rows])


def _name(code: Code, names: Mapping[str, str]) -> str:
    return _NOBODY if code is None else names.get(code, code)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}".replace(".", ",")
