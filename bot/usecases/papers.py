"""The papers beside the workbook: the same content as a letter with its annex, a report, a file for each department,
rows for other programs. They are drafts of the moment: numbered and kept is the workbook alone (see exporting.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.domain.answer_file import AnswerForm
from bot.domain.deadline import VIETNAM
from bot.domain.programme import Programme
from bot.domain.report import Letter, Plan, Report
from bot.domain.workbook import Content
from bot.ports import Documents, Store
from bot.usecases.answer_forms import AnswerForms, answers_due
from bot.usecases.contents import Contents
from bot.usecases.running import Running

Progress = Callable[[int], None]


class PaperKind(StrEnum):
    """What can be written from a workbook's content. The value begins the name of its file."""

    LETTER = "cong-van"
    REPORT = "bao-cao"
    ARCHIVE = "tung-co-quan"
    ROWS = "van-de"


SUFFIXES: Mapping[PaperKind, str] = {
    PaperKind.LETTER: ".docx",
    PaperKind.REPORT: ".docx",
    PaperKind.ARCHIVE: ".zip",
    PaperKind.ROWS: ".csv",
}


class Papers:
    """Writes papers of the running programme. `folder` is where files are kept that nobody named."""

    def __init__(
        self,
        store: Store,
        running: Running,
        contents: Contents,
        forms: AnswerForms,
        documents: Documents,
        folder: Path,
    ) -> None:
        self._forms = forms
        self._store = store
        self._running = running
        self._contents = contents
        self._documents = documents
        self._folder = folder

    async def count(self) -> int:
        """How many issues a paper would hold now."""
        return (await self._contents.gather()).issues

    async def make(
        self, kind: PaperKind, target: Path | None = None, progress: Progress | None = None, *, final: bool = False
    ) -> tuple[Path, Content]:
        """Write a paper of what stands now; returns its file and the content. `final`: it is no draft.

        Raises a Refusal where it cannot be written.
        """
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
        asked = await self._forms.asked() if kind is PaperKind.ARCHIVE else None
        content = asked.content if asked else await self._contents.gather(final=final)
        file = (target or self._folder / programme.code / self._name(kind, content)).absolute()
        if target is None:
            file.parent.mkdir(parents=True, exist_ok=True)
        forms = self._forms.of(asked) if asked else []
        await asyncio.to_thread(self._write, kind, programme, content, forms, file, progress)
        return file, content

    def _write(
        self,
        kind: PaperKind,
        programme: Programme,
        content: Content,
        forms: Sequence[AnswerForm],
        file: Path,
        progress: Progress | None,
    ) -> None:
        match kind:
            case PaperKind.LETTER:
                self._documents.write_letter(letter(programme, content), file)
            case PaperKind.REPORT:
                self._documents.write_report(report(programme, content), file)
            case PaperKind.ARCHIVE:
                self._documents.write_archive(content, forms, file, progress)
            case PaperKind.ROWS:
                self._documents.write_csv(content, file)

    def _name(self, kind: PaperKind, content: Content) -> str:
        mark = "dien-tap-" if content.rehearsal else ""
        at: datetime = content.made_at.astimezone(VIETNAM)
        return f"{mark}{content.programme}-{kind}-{at:%Y%m%d-%H%M}{SUFFIXES[kind]}"


def letter(programme: Programme, content: Content) -> Letter:
    """The facts of the cover letter, all of them from the plan."""
    due = answers_due(programme)
    return Letter(content, _plan(programme), programme.contact.organiser, programme.home_affairs, due)


def report(programme: Programme, content: Content) -> Report:
    """The facts of the report on the collection."""
    window, contact = programme.window, programme.contact
    return Report(
        content,
        _plan(programme),
        contact.organiser,
        programme.home_affairs,
        window.opens_at,
        window.closes_at,
        programme.units,
    )


def _plan(programme: Programme) -> Plan:
    return Plan(programme.issuer, programme.title, programme.number, programme.plan_date)
