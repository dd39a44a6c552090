"""How good the classifier is, on texts that it never learnt from: `python -m classifier.evaluate`.

Prints a table in Vietnamese; `--confusions` adds the topics that are taken for each other, `--topics` every topic.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bot.domain.department import RoutingTable
from bot.domain.submission import Proposal
from bot.programmes.load import load_directory
from classifier.corpus import DEVELOPMENT, Row, read_development
from classifier.model import Classifier, load
from classifier.normalise import strip_accents

_BINS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.right / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one set of texts.

    `first` is the topic itself in the first place, `accepted` the topic or one that a person would accept as well,
    `third` the topic among the best three. `department` counts as `accepted` does (None without a routing table).
    `answered` are the texts on which the machine did not abstain, `precise` those of them that are accepted.
    `calibration` is the mean gap between confidence and truth (share of `accepted`), in points. `confusions` lists
    (topic, proposed instead, how often), most frequent first.
    """

    first: Share
    accepted: Share
    third: Share
    department: Share | None
    answered: Share
    precise: Share
    macro_f1: float
    calibration: float
    per_topic: dict[str, Share]
    confusions: tuple[tuple[str, str, int], ...]


def evaluate(classifier: Classifier, rows: Sequence[Row], routing: RoutingTable | None = None) -> Figures:
    """Classify every text as it stands and compare."""
    proposals = classifier.propose_all([row.text for row in rows])
    pairs = list(zip(rows, proposals, strict=True))
    accepted = [_accepted(row, proposal) for row, proposal in pairs]
    answered = [right for right, (_, proposal) in zip(accepted, pairs, strict=True) if not proposal.abstained]
    missed = Counter((row.topic, proposal.topic) for row, proposal in pairs if not _accepted(row, proposal))
    return Figures(
        first=_share(proposal.topic == row.topic for row, proposal in pairs),
        accepted=_share(accepted),
        third=_share(row.topic in dict(proposal.alternatives) for row, proposal in pairs),
        department=_share(_same_department(row, proposal, routing) for row, proposal in pairs) if routing else None,
        answered=Share(len(answered), len(pairs)),
        precise=_share(answered),
        macro_f1=_macro_f1(pairs),
        calibration=_calibration([proposal.confidence for proposal in proposals], accepted),
        per_topic={
            topic: _share(_accepted(row, proposal) for row, proposal in pairs if row.topic == topic)
            for topic in sorted({row.topic for row in rows})
        },
        confusions=tuple((*pair, count) for pair, count in missed.most_common()),
    )


def without_accents(rows: Sequence[Row]) -> list[Row]:
    """The same texts as somebody types them who uses no accents."""
    return [row._replace(text=strip_accents(row.text)) for row in rows]


def _share(outcomes: Iterable[bool]) -> Share:
    known = list(outcomes)
    return Share(sum(known), len(known))


def _accepted(row: Row, proposal: Proposal) -> bool:
    return proposal.topic == row.topic or proposal.topic in row.also


def _same_department(row: Row, proposal: Proposal, routing: RoutingTable) -> bool:
    wanted = {routing.route(topic).lead for topic in (row.topic, *row.also)}
    return routing.route(proposal.topic).lead in wanted


def _macro_f1(pairs: Sequence[tuple[Row, Proposal]]) -> float:
    """The mean over the topics of 2·right / (texts of the topic + texts proposed for it), in percent."""
    texts = Counter(row.topic for row, _ in pairs)
    proposed = Counter(proposal.topic for _, proposal in pairs)
    right = Counter(row.topic for row, proposal in pairs if proposal.topic == row.topic)
    return float(np.mean([200 * right[topic] / (texts[topic] + proposed[topic]) for topic in texts | proposed]))


def _calibration(confidences: Sequence[float], right: Sequence[bool]) -> float:
    confidence, truth = np.array(confidences), np.array(right, dtype=float)
    places = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float((confidence - truth)[places == place].sum())) for place in range(_BINS)]
    return 100 * sum(gaps) / len(confidence)


# ------------------------------------------------------------------ the command


def main(arguments: Sequence[str] | None = None) -> int:
    """Train or load, measure, print."""
    parsed = _parser().parse_args(arguments)
    classifier = load(parsed.cache, _say)
    rows = read_development(parsed.file)
    routing = load_directory().at(parsed.date, parsed.province)
    plain, stripped = evaluate(classifier, rows, routing), evaluate(classifier, without_accents(rows), routing)
    _say(f"{len(rows)} câu, {len(plain.per_topic)} lĩnh vực; cơ quan theo ngày {parsed.date:%d/%m/%Y}.\n")
    _say(f"{'':44}{'nguyên văn':>12}{'bỏ dấu':>10}")
    for (name, value), (_, bare) in zip(_lines(plain), _lines(stripped), strict=True):
        _say(f"{name:<44}{value:>12.1f}{bare:>10.1f}")
    if parsed.topics:
        _say("\nTừng lĩnh vực (đúng / số câu):")
        for topic, share in sorted(plain.per_topic.items(), key=lambda item: item[1].percent):
            _say(f"  {topic:<30}{share.right:>3} / {share.of}")
    if parsed.confusions:
        _say("\nHay nhầm (lĩnh vực đúng → máy đoán):")
        for topic, guess, count in plain.confusions:
            _say(f"  {count:>3}  {topic} → {guess}")
    return 0


def _lines(figures: Figures) -> list[tuple[str, float]]:
    assert figures.department is not None
    return [
        ("Đúng lĩnh vực ngay lần đầu (%)", figures.first.percent),
        ("Đúng, kể cả lĩnh vực cũng chấp nhận được (%)", figures.accepted.percent),
        ("Đúng cơ quan chủ trì (%)", figures.department.percent),
        ("Có trong ba gợi ý đầu (%)", figures.third.percent),
        ("F1 trung bình các lĩnh vực (%)", figures.macro_f1),
        ("Số câu máy dám chắc (%)", figures.answered.percent),
        ("Đúng trong số câu máy dám chắc (%)", figures.precise.percent),
        ("Sai lệch của độ tin cậy (điểm)", figures.calibration),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier.evaluate", description="Đo bộ phân loại.")
    parser.add_argument("file", nargs="?", type=Path, default=DEVELOPMENT, metavar="TỆP", help="tệp JSONL để đo")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "doithoai", metavar="THƯ_MỤC")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2026, 3, 26), metavar="NGÀY")
    parser.add_argument("--province", default="hung-yen", metavar="TỈNH")
    parser.add_argument("--topics", action="store_true", help="in từng lĩnh vực")
    parser.add_argument("--confusions", action="store_true", help="in các cặp hay nhầm")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
