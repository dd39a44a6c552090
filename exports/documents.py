"""The papers beside the workbook: cover letter, report, booklet, public page, one file a department, issues as .csv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.domain.answer_file import AnswerForm
from bot.domain.published import Publication
from bot.domain.report import Letter, Report
from bot.domain.workbook import Content
from bot.ports import Workbooks
from bot.texts.catalogue import Catalogue
from exports import booklet, csv_file, letters, page, report, zipped
from exports.replacing import Replacing

# What is published is served by whatever web server there is; everything else stays its maker's.
_FOR_EVERYBODY = 0o644


class OfficeDocuments:
    """Papers out. A target appears whole or not at all; WorkbookFault says why it does not."""

    def __init__(self, catalogue: Catalogue, workbooks: Workbooks) -> None:
        self._words, self._workbooks = catalogue, workbooks

    def write_letter(self, letter: Letter, target: Path) -> None:
        """The cover letter with the questions as its annex, as .docx."""
        with Replacing(target) as draft:
            letters.write(draft, letter, self._words)

    def write_report(self, content: Report, target: Path) -> None:
        """The report on the collection, as .docx."""
        with Replacing(target) as draft:
            report.write(draft, content, self._words)

    def write_csv(self, content: Content, target: Path) -> None:
        """The issues for other programs, as .csv."""
        with Replacing(target) as draft:
            csv_file.write(draft, content)

    def write_archive(
        self,
        content: Content,
        forms: Sequence[AnswerForm],
        target: Path,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """The file that each department fills in, and a list, as .zip. `progress` hears how many issues are in it."""
        with Replacing(target) as draft:
            zipped.write(draft, content, forms, self._words, self._workbooks, progress or _nobody)

    def write_page(self, publication: Publication, target: Path) -> None:
        """The published questions and answers as one .html file."""
        with Replacing(target) as draft:
            page.write(draft, publication, self._words)
            draft.chmod(_FOR_EVERYBODY)

    def write_booklet(self, publication: Publication, target: Path) -> None:
        """The same as .docx."""
        with Replacing(target) as draft:
            booklet.write(draft, publication, self._words)
            draft.chmod(_FOR_EVERYBODY)


def _nobody(_issues: int) -> None:
    """Progress that nobody watches."""
