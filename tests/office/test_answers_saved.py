"""Answer files as LibreOffice saves them come back as they were filled in; so they do by way of .ods."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.answer_file import AnswerForm, AskedIssue, FormRow
from bot.domain.deadline import VIETNAM
from bot.texts.catalogue import Catalogue
from exports.answer_form import Field
from exports.workbook import ExcelWorkbooks
from tests.filled import Filled
from tests.office.office import Office
from tests.samples import corpus

WORKBOOKS = ExcelWorkbooks(Catalogue.load())
AT = datetime(2026, 11, 21, 8, 0, tzinfo=VIETNAM)
ODD = ("=1+1", "+84 912", "0012", "TRUE", "3/4", "1e5", "Một\n\n  hai\tba", "_x0041_ <&> “”", "50 %", "👍🏽 ok")


def sent(folder: Path, count: int = 30) -> Path:
    """A form with as many questions of the corpus."""
    rows = []
    for number, example in enumerate(corpus()[:count], 1):
        issue = AskedIssue(number, number, "so-yt", (), "Y tế", example.text, (f"HY26-{number:04d}-K",), ("Xã A",))
        mark = issue.mark(b"k", "mau")
        rows.append(FormRow(mark, issue.codes, issue.topic, issue.question, issue.units, (), AnswerBody("")))
    form = AnswerForm("so-yt", "Sở Y tế", "Đối thoại", "", "Tỉnh A", "", AT, False, tuple(rows))
    WORKBOOKS.write_answer_form(form, folder / "tra-loi.xlsx")
    return folder / "tra-loi.xlsx"


def filled(folder: Path) -> Path:
    """The same with odd answers in every second row, some rows hidden."""
    opened = Filled(sent(folder))
    for number in range(1, 31, 2):
        text = ODD[number % len(ODD)]
        opened.answer(number, f"{text} – {number}", basis=text, due="03/6/2027", result="Giải trình")
        for field in (Field.ANSWER, Field.BASIS):
            opened.cell(number, field).data_type = "s"
        opened.sheet.row_dimensions[opened.head + number].hidden = number % 3 == 0
    (folder / "tra-loi.xlsx").write_bytes(opened.bytes())
    return folder / "tra-loi.xlsx"


@pytest.mark.parametrize("through", [("xlsx",), ("ods", "xlsx"), ("xlsx", "ods", "xlsx")])
def test_a_filled_in_form_comes_back_as_it_was(office: Office, tmp_path: Path, through: tuple[str, ...]) -> None:
    file = filled(tmp_path)
    before = WORKBOOKS.read_answers(file)
    assert sum(row.body.settlement is Settlement.EXPLAINED for row in before.rows) == 15

    for step, kind in enumerate(through):
        file = office.saved(file, kind, tmp_path / str(step))

    assert WORKBOOKS.read_answers(file) == before


def test_a_form_saved_untouched_says_nothing(office: Office, tmp_path: Path) -> None:
    saved = WORKBOOKS.read_answers(office.saved(sent(tmp_path), "xlsx", tmp_path / "1"))
    assert len(saved.rows) == 30
    assert all(row.empty and not row.fault and row.mark for row in saved.rows)


def test_what_was_asked_stays_locked_and_the_list_stays_a_list(office: Office, tmp_path: Path) -> None:
    opened = Filled(office.saved(sent(tmp_path), "xlsx", tmp_path / "1"))
    assert opened.sheet.protection.sheet
    assert opened.cell(1, Field.QUESTION).protection.locked
    assert not opened.cell(1, Field.ANSWER).protection.locked
    assert opened.sheet.data_validations.dataValidation
    assert opened.sheet.auto_filter.ref
