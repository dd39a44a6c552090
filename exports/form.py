"""The empty slip form: one row a question, lists to pick from, and how to fill it in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import styles
from exports.cells import BODY_SIZE, escaped, pieces, readable
from exports.styles import FONT, Look

# Rows with lines around them, which a printer prints; lists and text format go on as far as slips are read.
RULED_ROWS = 200
LAST_ROW = 20_000
_HEAD = 4
# Title of the column, millimetres, and the column of the lists sheet from which to pick.
_COLUMNS: tuple[tuple[Key, float, str], ...] = (
    (Key.XL_FORM_TEXT, 110, ""),
    (Key.XL_FORM_UNIT, 45, "A"),
    (Key.XL_FORM_GROUP, 42, "B"),
    (Key.XL_FORM_RECEIVED, 27, ""),
    (Key.XL_FORM_SOURCE, 28, ""),
)


def write(target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str], words: Catalogue) -> None:
    """Write the form. Cells are formatted as text: Excel must not turn a day round or a sentence into a formula."""
    book = Workbook()
    styles.standard_font(book)
    book.properties.creator = book.properties.lastModifiedBy = words[Key.XL_CREATOR]
    sheet: Any = book.active
    _slips(sheet, title, words)
    _guide(book.create_sheet(words[Key.XL_FORM_GUIDE]), words)
    lists = book.create_sheet(words[Key.XL_FORM_LISTS])
    lists.sheet_state = "hidden"
    for column, names in enumerate((units, youth_groups), 1):
        _list(sheet, lists, column, names, words)
    book.save(target)


def _slips(sheet: Any, title: str, words: Catalogue) -> None:
    sheet.title = words[Key.XL_FORM_SHEET]
    styles.set_page(sheet, foot=readable(title), rehearsal="")
    for line, (text, look) in enumerate(
        (
            (words[Key.XL_FORM_TITLE], styles.TITLE),
            (title, styles.SUBTITLE),
            (words[Key.XL_FORM_GUIDE_SHORT], styles.STAMP),
        ),
        1,
    ):
        _across(sheet, line, text, look)
    for column, (key, width, _) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = styles.column_width(width)
        _put(sheet.cell(_HEAD, column), words[key], styles.HEADER)
    sheet.row_dimensions[_HEAD].height = styles.row_height(2)
    _blank_rows(sheet)
    right = get_column_letter(len(_COLUMNS))
    sheet.freeze_panes = f"A{_HEAD + 1}"
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"
    sheet.auto_filter.ref = f"A{_HEAD}:{right}{_HEAD + RULED_ROWS}"


def _across(sheet: Any, line: int, text: str, look: Look) -> None:
    right = get_column_letter(len(_COLUMNS))
    sheet.merge_cells(f"A{line}:{right}{line}")
    _put(sheet.cell(line, 1), text, look)
    piece = pieces(readable(text), styles.inner_width(styles.TABLE_WIDTH), size=look.size, bold=look.bold)[0]
    sheet.row_dimensions[line].height = styles.row_height(piece.lines, look.size)


def _blank_rows(sheet: Any) -> None:
    """Rows that look like a table and read as empty; their heights stay free, so that they grow with the text."""
    side = Side(style="thin", color="FF808080")
    border = Border(left=side, right=side, top=side, bottom=side)
    for column in range(1, len(_COLUMNS) + 1):
        _text_cell(sheet.column_dimensions[get_column_letter(column)])
        for line in range(_HEAD + 1, _HEAD + RULED_ROWS + 1):
            cell = sheet.cell(line, column)
            _text_cell(cell)
            cell.border = border


def _text_cell(cell: Any) -> None:
    cell.font, cell.number_format = Font(name=FONT, size=BODY_SIZE), "@"
    cell.alignment = Alignment(vertical="top", wrap_text=True)


def _guide(sheet: Any, words: Catalogue) -> None:
    styles.set_page(sheet, foot="", rehearsal="")
    sheet.column_dimensions["A"].width = styles.column_width(styles.TABLE_WIDTH)
    _put(sheet.cell(1, 1), words[Key.XL_FORM_GUIDE_TITLE], styles.TITLE)
    for line, sentence in enumerate(words[Key.XL_FORM_GUIDE_TEXT].splitlines(), 2):
        _put(sheet.cell(line, 1), sentence, Look())
        piece = pieces(sentence, styles.inner_width(styles.TABLE_WIDTH))[0]
        sheet.row_dimensions[line].height = styles.row_height(piece.lines) + 4


def _list(sheet: Any, lists: Any, number: int, names: Sequence[str], words: Catalogue) -> None:
    """Put names on the hidden sheet and let the matching column pick from them; something else may be typed too."""
    letter = get_column_letter(number)
    for line, name in enumerate(names, 1):
        _put(lists.cell(line, number), name, Look())
    if not names:
        return
    formula = f"'{lists.title}'!${letter}$1:${letter}${len(names)}"
    choice = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    choice.prompt, choice.showInputMessage = words[Key.XL_FORM_PICK], True
    place = next(index for index, (_, _, source) in enumerate(_COLUMNS, 1) if source == letter)
    choice.add(f"{get_column_letter(place)}{_HEAD + 1}:{get_column_letter(place)}{LAST_ROW}")
    sheet.add_data_validation(choice)


def _put(cell: Any, text: str, look: Look) -> None:
    cell.value = escaped(readable(text))
    cell.data_type = "s"
    look.dress(cell)
