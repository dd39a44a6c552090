"""What departments do to the files that they fill in, by openpyxl, which stands for whatever program they have."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from bot.texts.catalogue import Catalogue
from exports.answer_form import COLUMNS, Field

WORDS = Catalogue.load()
TITLES = {column.field: WORDS[column.title] for column in COLUMNS}


class Filled:
    """A form that was opened in a spreadsheet."""

    def __init__(self, file: Path) -> None:
        self.book: Workbook = load_workbook(file)
        self.sheet: Any = self.book.worksheets[0]

    @property
    def head(self) -> int:
        """The number of the row with the headings."""
        return next(cell.row for row in self.sheet for cell in row if cell.value == TITLES[Field.ANSWER])

    def column(self, field: Field) -> int:
        """Where a column is, by its heading."""
        return next(cell.column for cell in self.sheet[self.head] if cell.value == TITLES[field])

    def cell(self, number: int, field: Field) -> Any:
        """A cell of the table; rows count from 1."""
        return self.sheet.cell(self.head + number, self.column(field))

    def answer(self, number: int, text: str, **more: str) -> Filled:
        """Fill in a row; `more` by the name of the field: basis, responsible, due, result."""
        self.cell(number, Field.ANSWER).value = text
        for name, value in more.items():
            self.cell(number, Field[name.upper()]).value = value
        return self

    def row_of(self, question: str) -> int:
        """The row (from 1) that asks this."""
        column = self.column(Field.QUESTION)
        rows = range(1, self.sheet.max_row - self.head + 1)
        return next(one for one in rows if self.sheet.cell(self.head + one, column).value == question)

    def bytes(self) -> bytes:
        """The file as it is sent back."""
        kept = BytesIO()
        self.book.save(kept)
        return kept.getvalue()
