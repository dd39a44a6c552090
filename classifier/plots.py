"""Pictures of what was measured: what was taken for what, and whether the confidence can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.figures import Code, Figures, Quality

_NOBODY = "(không cơ quan nào)"
_INK, _SOFT, _RIGHT, _WRONG = "#1f2933", "#9aa5b1", "#1f7a4d", "#c2410c"
_DOTS_AN_INCH = 150


def draw(figures: Figures, names: Mapping[str, str], folder: Path) -> list[Path]:
    """Write `nham-lan.png` (departments) and `do-tin-cay.png` into the folder; returns the files.

    `names` are the departments' short names by id. The folder is made where it is missing. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"nham-lan.png": _confusion(figures, names), "do-tin-cay.png": _reliability(figures)}
    files: list[Path] = []
    for name, picture in pictures.items():
        picture.savefig(folder / name, dpi=_DOTS_AN_INCH, facecolor="white")
        files.append(folder / name)
    return files


def _confusion(figures: Figures, names: Mapping[str, str]) -> Figure:
    """Rows are the true departments, columns the proposed ones; a cell's colour is its share of the row."""
    codes = _by_size(figures)
    places = {code: place for place, code in enumerate(codes)}
    counts = np.zeros((len(codes), len(codes)), dtype=int)
    for pair in figures.department_pairs:
        counts[places[pair.code], places[pair.proposed]] = pair.texts
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    labels = [_NOBODY if code is None else names.get(code, code) for code in codes]
    side = 3.2 + 0.42 * len(codes)
    picture = Figure(figsize=(side, side * 0.92), layout="constrained")
    axes = picture.subplots()
    axes.imshow(shares, cmap="Greens", vmin=0, vmax=1)
    axes.set_xticks(range(len(codes)), labels, rotation=90, fontsize=8)
    axes.set_yticks(range(len(codes)), labels, fontsize=8)
    axes.set_xlabel("Máy chọn")
    axes.set_ylabel("Đúng ra là")
    axes.set_title("Cơ quan nào bị nhầm sang cơ quan nào (số câu)", fontsize=11, pad=12)
    axes.tick_params(length=0)
    for row, column in np.argwhere(counts):
        _number(axes, int(row), int(column), int(counts[row, column]), dark=bool(shares[row, column] > 0.5))  # noqa: PLR2004
    return picture


def _by_size(figures: Figures) -> list[Code]:
    """Departments with most texts first; those that were only proposed last."""
    sizes = {line.code: line.texts for line in figures.per_department}
    return sorted(sizes, key=lambda code: (-sizes[code], code or ""))


def _number(axes: Axes, row: int, column: int, count: int, *, dark: bool) -> None:
    colour = "white" if dark else _INK if row == column else _WRONG
    axes.text(column, row, str(count), ha="center", va="center", fontsize=7, color=colour)


def _reliability(figures: Figures) -> Figure:
    picture = Figure(figsize=(9.5, 4.9), layout="constrained")
    left, right = picture.subplots(1, 2, sharey=True)
    _curve(left, "Lĩnh vực", figures.headline.topics)
    _curve(right, "Cơ quan", figures.headline.departments)
    left.set_ylabel("Tỷ lệ thật sự đúng")
    picture.suptitle("Máy nói chắc bao nhiêu thì có đúng bấy nhiêu không?", fontsize=12)
    return picture


def _curve(axes: Axes, title: str, quality: Quality) -> None:
    """Bins of equally many texts against the line on which confidence and truth are equal."""
    axes.plot([0, 1], [0, 1], color=_SOFT, linestyle="--", linewidth=1, label="tin được hoàn toàn")
    sure, true = [part.confidence for part in quality.bins], [part.accepted for part in quality.bins]
    axes.plot(sure, true, color=_RIGHT, marker="o", markersize=5, linewidth=1.5, label="máy này")
    error = "–" if quality.calibration is None else f"{100 * quality.calibration:.1f} %".replace(".", ",")
    axes.set_title(f"{title}: lệch trung bình {error}, {quality.texts} câu", fontsize=10)
    axes.set_xlabel("Độ chắc máy nói ra")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    axes.grid(color="#e4e7eb", linewidth=0.7)
    axes.legend(loc="upper left", fontsize=8, frameon=False)
