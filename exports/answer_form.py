"""The file that a department fills in: a row an issue, what was asked locked, what is to be answered open.

Each row says in a hidden cell what it is about (see bot/domain/answer_file.py), and a hidden row above the heads names
the columns, so that rows may be sorted and columns moved and renamed. Nothing is merged within the table: it would keep
people from sorting it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from bot.domain.answer_file import AnswerForm, FormRow, shown
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import styles
from exports.book import Book, Value
from exports.layout import HeadLine, Page
from exports.styles import Look

_MOST_CODES = 6
_GREEN = "FFE2EFDA"
_OPEN_HEADER = replace(styles.HEADER, fill=_GREEN)
_PLAIN = Look()
_ROWS_BELOW = 500  # rows below the table in which something may be added


class Field(StrEnum):
    """What stands in a column; the hidden row names them so."""

    NUMBER = "dt:number"
    MARK = "dt:mark"
    ABOUT = "dt:about"
    QUESTION = "dt:question"
    UNITS = "dt:units"
    SUPPORTING = "dt:supporting"
    ANSWER = "dt:answer"
    BASIS = "dt:basis"
    RESPONSIBLE = "dt:responsible"
    DUE = "dt:due"
    RESULT = "dt:result"


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in millimetres, 0: hidden. Printed, the whole table is made as small as the page wants it."""

    field: Field
    title: Key
    width: float
    look: Look
    value: Callable[[FormRow, Catalogue], str]


def _about(row: FormRow, words: Catalogue) -> str:
    more = len(row.codes) - _MOST_CODES
    lines = (
        *row.codes[:_MOST_CODES],
        words.say(Key.AF_MORE_CODES, count=more) if more > 0 else "",
        row.topic,
        words.say(Key.AF_RETURNED, reason=row.returned) if row.returned else "",
    )
    return "\n".join(filter(None, lines))


def result_label(row: FormRow, words: Catalogue) -> str:
    """A settlement as people choose it from the list."""
    return words.section("settlement")[row.body.settlement.value] if row.body.settlement else ""


COLUMNS = (
    Column(Field.NUMBER, Key.XL_NUMBER, 11, styles.CENTRED, lambda _row, _words: ""),
    Column(Field.ABOUT, Key.AF_ABOUT, 32, styles.BODY, _about),
    # In the middle, so that whoever copies the table from one end to the other has it with them.
    Column(Field.MARK, Key.AF_MARK, 0, _PLAIN, lambda row, _: str(row.mark)),
    Column(Field.QUESTION, Key.XL_TEXT, 66, styles.BODY, lambda row, _: shown(row.question)),
    Column(Field.UNITS, Key.XL_UNITS, 25, styles.BODY, lambda row, _: "; ".join(row.units)),
    Column(Field.SUPPORTING, Key.XL_SUPPORTING, 25, styles.BODY, lambda row, _: "; ".join(row.supporting)),
    Column(Field.ANSWER, Key.XL_ANSWER, 72, styles.FIELD, lambda row, _: row.body.text),
    Column(Field.BASIS, Key.AF_BASIS, 28, styles.FIELD, lambda row, _: row.body.basis),
    Column(Field.RESPONSIBLE, Key.AF_RESPONSIBLE, 28, styles.FIELD, lambda row, _: row.body.responsible),
    Column(Field.DUE, Key.AF_DAY, 24, styles.FIELD, lambda row, _: row.body.due),
    Column(Field.RESULT, Key.AF_RESULT, 24, styles.FIELD, result_label),
)


def write(draft: Path, form: AnswerForm, words: Catalogue) -> None:
    """Write the form into the draft."""
    book = Book()
    properties = book.properties
    properties.creator = properties.lastModifiedBy = words[Key.XL_CREATOR]
    properties.title = words[Key.AF_TITLE]
    properties.created = form.made_at.astimezone(UTC).replace(tzinfo=None)
    table = _Table(book, form, words)
    table.lock(_guide(book, form, words))
    book.seal(draft, form.made_at)


class _Table:
    """The sheet with the questions."""

    def __init__(self, book: Book, form: AnswerForm, words: Catalogue) -> None:
        self._words = words
        self._page = page = _page(book, form, words, Key.AF_SHEET, [column.width for column in COLUMNS])
        page.hidden_row([column.field.value for column in COLUMNS])
        page.open(
            _block(form, words),
            [words[column.title] for column in COLUMNS],
            looks=[_OPEN_HEADER if column.look.open else styles.HEADER for column in COLUMNS],
        )
        self._first = page.last + 1
        for number, row in enumerate(form.rows, 1):
            values: list[Value] = [number, *(column.value(row, words) for column in COLUMNS[1:])]
            page.field_row(values, [column.look for column in COLUMNS])
        page.close(filtered=True)

    def lock(self, results: str) -> None:
        """Lock what is not to be filled in, without a password. `results` is where the choices for a result stand."""
        sheet, last = self._page.sheet, self._page.last + _ROWS_BELOW
        for index, column in enumerate(COLUMNS, 1):
            letter = get_column_letter(index)
            if column.look.open:
                whole: Any = sheet.column_dimensions[letter]
                whole.protection, whole.number_format = Protection(locked=False), styles.TEXT_FORMAT
            if column.field is Field.RESULT:
                choice = DataValidation(type="list", formula1=results, allow_blank=True)
                choice.errorTitle, choice.error = self._words[column.title], self._words[Key.AF_PICK]
                choice.showErrorMessage, choice.showInputMessage = True, False
                choice.add(f"{letter}{self._first}:{letter}{last}")
                sheet.data_validations.append(choice)
        protection = sheet.protection
        protection.sheet = True
        # False stands for what is allowed.
        protection.formatCells = protection.formatColumns = protection.formatRows = False
        protection.insertRows = protection.sort = protection.autoFilter = False


def _block(form: AnswerForm, words: Catalogue) -> list[HeadLine]:
    block = [
        (words[Key.XL_REHEARSAL] if form.rehearsal else "", styles.REHEARSAL),
        (words[Key.AF_TITLE], styles.TITLE),
        (form.title, styles.SUBTITLE),
        (words.say(Key.XL_THEME, theme=form.theme) if form.theme else "", styles.PLAIN_LINE),
        (words.say(Key.AF_DEPARTMENT, department=form.department), styles.SUBTITLE),
        (words.say(Key.AF_DUE, due=form.due) if form.due else "", styles.PLAIN_LINE),
        (words.say(Key.AF_STAMP, at=form.made_at, count=len(form.rows)), styles.STAMP),
        (words[Key.AF_FILL], styles.STAMP),
    ]
    return [(text, look) for text, look in block if text]


def _page(book: Book, form: AnswerForm, words: Catalogue, title: Key, widths: list[float]) -> Page:
    foot = words.say(Key.AF_FOOT, unit=form.unit, department=form.department)
    return Page(book, words[title], widths, foot=foot, rehearsal=words[Key.XL_REHEARSAL] if form.rehearsal else "")


def _guide(book: Book, form: AnswerForm, words: Catalogue) -> str:
    """The sheet that says how to fill it in. Returns the cells where the choices for a result stand."""
    page = _page(book, form, words, Key.AF_GUIDE, [styles.TABLE_WIDTH])
    page.across(words[Key.AF_GUIDE_TITLE], styles.TITLE)
    for sentence in words[Key.AF_GUIDE_TEXT].splitlines():
        page.across(sentence, _PLAIN)
    page.across(words[Key.AF_GUIDE_RESULTS], _PLAIN)
    first = page.last + 1
    for label in words.section("settlement").values():
        page.across(label, _PLAIN)
    return f"{quote_sheetname(words[Key.AF_GUIDE])}!$A${first}:$A${page.last}"
