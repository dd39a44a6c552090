"""Pictures of what was measured: what was taken for what, and whether the confidence can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray

from classifier.figures import Code, Figures, Quality

_NOBODY = "Không cơ quan nào"
_INK, _SOFT, _LINE, _RIGHT, _WRONG = "#1f2933", "#7b8794", "#e4e7eb", "#2f6f8f", "#c2410c"
# What is right has one calm colour, what is wrong stands out, the darker the larger its share of the row.
_CALM = ListedColormap(["#b7d3df"])
_WRONG_SHARES = LinearSegmentedColormap.from_list("wrong", ["#fde6da", "#d9480f"])
_DARK = 0.6  # of an error's share, from which on its number is white
_WORST = 0.5  # the share of a row at which the colour of an error is at its darkest
_FEW = 20  # texts of which a share says little
_DOTS_AN_INCH = 150
_PERCENT = FuncFormatter(lambda share, _: f"{100 * share:.0f} %")

Counts = NDArray[np.intp]
Shares = NDArray[np.float64]


def draw(figures: Figures, names: Mapping[str, str], folder: Path) -> list[Path]:
    """Write `nham-lan.png` (departments) and `do-tin-cay.png` into the folder; returns the files.

    `names` are the departments' short names by id. The folder is made where it is missing. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"nham-lan.png": confusion(figures, names), "do-tin-cay.png": reliability(figures)}
    files: list[Path] = []
    for name, picture in pictures.items():
        picture.savefig(folder / name, dpi=_DOTS_AN_INCH, facecolor="white")
        files.append(folder / name)
    return files


# ------------------------------------------------------------------ what was taken for what


def confusion(figures: Figures, names: Mapping[str, str]) -> Figure:
    """Rows are the true departments, columns the proposed ones; a cell says how many per cent of its row it holds."""
    codes = _by_size(figures)
    counts = _counts(figures, codes)
    labels = [_NOBODY if code is None else names.get(code, code) for code in codes]
    side = 3.4 + 0.44 * len(codes)
    picture = Figure(figsize=(side, side * 0.94), layout="constrained")
    axes = picture.subplots()
    _cells(axes, counts)
    axes.set_xticks(range(len(codes)), labels, rotation=55, ha="right", rotation_mode="anchor", fontsize=9)
    rows = [f"{label} ({total} câu)" for label, total in zip(labels, counts.sum(axis=1), strict=True)]
    axes.set_yticks(range(len(codes)), rows, fontsize=9)
    axes.set_xlabel("Cơ quan máy chọn", fontsize=11, labelpad=8)
    axes.set_ylabel("Cơ quan đúng", fontsize=11, labelpad=8)
    axes.set_title("Câu của cơ quan nào bị máy chuyển nhầm sang cơ quan nào", fontsize=13, pad=26)
    legend = "Mỗi ô: % số câu của hàng.  Xanh: chọn đúng.  Cam: chọn nhầm, càng đậm càng nhiều."
    axes.text(0.5, 1.008, legend, transform=axes.transAxes, ha="center", va="bottom", fontsize=9.5, color=_SOFT)
    return picture


def _by_size(figures: Figures) -> list[Code]:
    """Departments with most texts first; those that were only proposed last."""
    sizes = {line.code: line.texts for line in figures.per_department}
    return sorted(sizes, key=lambda code: (-sizes[code], code or ""))


def _counts(figures: Figures, codes: list[Code]) -> Counts:
    places = {code: place for place, code in enumerate(codes)}
    counts = np.zeros((len(codes), len(codes)), dtype=np.intp)
    for pair in figures.department_pairs:
        counts[places[pair.code], places[pair.proposed]] = pair.texts
    return counts


def _cells(axes: Axes, counts: Counts) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(counts), dtype=bool)
    for own, colours, top in ((right, _CALM, 1.0), (~right, _WRONG_SHARES, _WORST)):
        axes.imshow(np.ma.masked_where(~own | (counts == 0), shares), cmap=colours, vmin=0, vmax=top)
    axes.set_xticks(np.arange(len(counts) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(counts) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=_LINE, linewidth=0.7)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_color(_LINE)
    for row, column in np.argwhere(counts):
        share = float(shares[row, column])
        colour = "white" if row != column and share > _DARK * _WORST else _INK
        axes.text(column, row, _shown(share), ha="center", va="center", fontsize=8.5, color=colour)


def _shown(share: float) -> str:
    """Whole per cent, halves up; what is there at all is never a zero."""
    return f"{int(100 * share + 0.5)}" if share >= 0.005 else "<1"  # noqa: PLR2004 - half a per cent


# ------------------------------------------------------------------ whether the confidence can be believed


def reliability(figures: Figures) -> Figure:
    """Topics and departments side by side: above what came true of each confidence, below how many texts had it."""
    picture = Figure(figsize=(11, 6.4), layout=ConstrainedLayoutEngine(wspace=0.06))
    above, below = picture.subplots(2, 2, sharex="col", sharey="row", height_ratios=[3.2, 1])
    for place, (title, quality) in enumerate(
        (("Lĩnh vực", figures.headline.topics), ("Cơ quan", figures.headline.departments))
    ):
        _curve(above[place], title, quality)
        _sizes(below[place], quality)
    above[0].set_ylabel("Thật sự đúng")
    below[0].set_ylabel("Số câu")
    picture.suptitle("Máy nói chắc bao nhiêu thì có đúng bấy nhiêu không?", fontsize=13)
    return picture


def _curve(axes: Axes, title: str, quality: Quality) -> None:
    """What came true of each confidence, against the line on which both are equal."""
    axes.plot([0, 1], [0, 1], color=_SOFT, linestyle="--", linewidth=1, label="nói bao nhiêu đúng bấy nhiêu")
    bins = [part for part in quality.spread if part.texts]
    sure, true = [part.confidence for part in bins], [part.accepted for part in bins]
    axes.plot(sure, true, color=_RIGHT, marker="o", markersize=6, linewidth=1.6, label="máy này", clip_on=False)
    if few := [part for part in bins if part.texts < _FEW]:
        sure, true = [part.confidence for part in few], [part.accepted for part in few]
        said = f"dưới {_FEW} câu, chưa nói lên gì"
        axes.scatter(sure, true, s=36, color="white", edgecolors=_RIGHT, label=said, zorder=3, clip_on=False)
    error = "–" if quality.calibration is None else f"{100 * quality.calibration:.1f} điểm %".replace(".", ",")
    axes.set_title(f"{title}: {quality.texts} câu, lệch trung bình {error}", fontsize=11)
    axes.set(xlim=(0, 1), ylim=(0, 1.04))
    axes.yaxis.set_major_formatter(_PERCENT)
    axes.yaxis.set_major_locator(MultipleLocator(0.2))
    axes.grid(color=_LINE, linewidth=0.7)
    axes.legend(loc="upper left", fontsize=9, frameon=False)


def _sizes(axes: Axes, quality: Quality) -> None:
    """How many texts had each confidence."""
    width = 1 / len(quality.spread)
    middles = [(place + 0.5) * width for place in range(len(quality.spread))]
    counts = [part.texts for part in quality.spread]
    axes.bar(middles, counts, width=0.86 * width, color="#b7ccd8")
    for middle, count in zip(middles, counts, strict=True):
        axes.text(middle, count, f" {count}", ha="center", va="bottom", fontsize=9, color=_INK)
    axes.set(xlim=(0, 1), ylim=(0, 1.25 * max([*counts, 1])))
    axes.set_xlabel("Độ chắc máy nói ra")
    axes.xaxis.set_major_formatter(_PERCENT)
    axes.xaxis.set_major_locator(MultipleLocator(0.2))
    axes.spines[["top", "right"]].set_visible(False)
