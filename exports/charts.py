"""The charts of a workbook: real ones, which Excel draws from the rows beside them and draws anew where they change.

openpyxl's stubs know little of charts, hence so many `Any`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from exports import styles

# In millimetres: a chart is as tall as its bars need, and fits a printed page below the title block.
_LEAST, _MOST, _AROUND, _A_BAR = 60.0, 92.0, 26.0, 6.5
_MM_IN_CM = 10.0
_LETTERS, _SMALL_LETTERS, _MANY = 1000, 700, 12  # hundredths of a point; smaller ones where there are many bars
_COLOURS = ("1F4E79", "9DC3E6")
_GAP, _OVERLAP = 40, 0


@dataclass(frozen=True, slots=True)
class Bars:
    """The rows `first` to `last` of a sheet as bars, the first on top. `names` is the column (from 1) of their names;
    `series` are the columns of their numbers, each with what it is called.
    """

    names: int
    series: Sequence[tuple[int, str]]
    first: int
    last: int

    @property
    def height(self) -> float:
        """How tall the chart is, in millimetres."""
        return min(_MOST, max(_LEAST, _AROUND + _A_BAR * (self.last - self.first + 1) * len(self.series)))

    @property
    def _size(self) -> int:
        return _SMALL_LETTERS if self.last - self.first >= _MANY else _LETTERS

    def chart(self, sheet: Any, width: float) -> Any:
        """The chart, `width` millimetres wide."""
        chart: Any = BarChart()
        chart.type, chart.gapWidth, chart.overlap = "bar", _GAP, _OVERLAP
        chart.width, chart.height = width / _MM_IN_CM, self.height / _MM_IN_CM
        for (column, title), colour in zip(self.series, _COLOURS, strict=False):
            chart.series.append(self._series(sheet, column, title, colour))
        chart.set_categories(Reference(sheet, min_col=self.names, min_row=self.first, max_row=self.last))
        if len(self.series) > 1:
            chart.legend.position, chart.legend.txPr = "b", _letters(_LETTERS)
        else:
            chart.legend = None
        _axes(chart, self._size)
        return chart

    def _series(self, sheet: Any, column: int, title: str, colour: str) -> Any:
        made: Any = Series(Reference(sheet, min_col=column, min_row=self.first, max_row=self.last))
        made.tx = SeriesLabel(v=title)
        made.graphicalProperties.solidFill = colour
        labels: Any = DataLabelList()
        labels.showVal, labels.txPr = True, _letters(self._size)
        labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
        made.dLbls = labels
        return made


def _axes(chart: Any, size: int) -> None:
    names, numbers = chart.x_axis, chart.y_axis
    names.delete = numbers.delete = False  # Excel takes an axis of which nothing is said for a deleted one
    names.scaling.orientation = "maxMin"  # the first on top
    names.tickLblSkip = 1  # every name, where a program would leave out each second one
    numbers.crosses = "max"  # and the numbers below
    numbers.scaling.min, numbers.number_format, numbers.majorGridlines = 0, "0", None
    names.txPr = numbers.txPr = _letters(size)
    chart.layout = Layout()


def _letters(size: int) -> RichText:
    font: Any = CharacterProperties(sz=size, latin=Font(typeface=styles.FONT))
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), endParaRPr=font)])
