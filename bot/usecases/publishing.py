"""What everybody may read: released answers beside the questions as the workbook words them, names off."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.answer import Answer
from bot.domain.programme import Programme
from bot.domain.published import Publication, PublishedItem
from bot.domain.workbook import Content, Row
from bot.ports import Documents, Store
from bot.texts.keys import Key
from bot.usecases.contents import Contents
from bot.usecases.running import Running
from bot.usecases.voice import Voice

PAGE, BOOKLET = "index.html", "hoi-dap.docx"


class Publishing:
    """Writes the public page and the booklet of the running programme."""

    def __init__(self, store: Store, voice: Voice, running: Running, contents: Contents, documents: Documents) -> None:
        self._store = store
        self._voice = voice
        self._running = running
        self._contents = contents
        self._documents = documents

    async def gather(self) -> Publication:
        """Everything that is released now. A question whose askers all withdrew it is not published any more."""
        async with self._store.reading() as tx:
            programme = await self._running.programme(tx)
            issues = {issue.id: issue.number for issue in await tx.issues.of_programme(programme.code)}
            released = await tx.answers.released(programme.code)
        answers = {issues[answer.issue_id]: answer for answer in released if answer.issue_id in issues}
        content = await self._contents.gather()
        return self._publication(programme, content, answers)

    async def write(self, folder: Path, *, booklet: bool) -> tuple[Publication, list[Path]]:
        """Write the page, and the booklet where it is wanted, into a folder that is made where it is missing."""
        publication = await self.gather()
        return publication, await asyncio.to_thread(self._write, publication, folder, booklet)

    def _write(self, publication: Publication, folder: Path, booklet: bool) -> list[Path]:
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / PAGE]
        self._documents.write_page(publication, files[0])
        if booklet:
            files.append(folder / BOOKLET)
            self._documents.write_booklet(publication, files[1])
        return files

    def _publication(self, programme: Programme, content: Content, answers: dict[int, Answer]) -> Publication:
        asked = [
            (row, part.name, group.topic) for part in content.departments for group in part.groups for row in group.rows
        ]
        asked += [(row, self._voice.text(Key.PAPER_PART_UNCLEAR), row.topic) for row in content.unclear]
        items = [self._item(*one, answers[one[0].number]) for one in asked if one[0].number in answers]
        return Publication(
            programme=programme.code,
            title=programme.title,
            theme=programme.theme,
            unit=programme.unit,
            organiser=programme.contact.organiser,
            made_at=content.made_at,
            rehearsal=content.rehearsal,
            items=tuple(items),
            letterhead=programme.letterhead,
        )

    def _item(self, row: Row, department: str, topic: str, answer: Answer) -> PublishedItem:
        assert answer.released_at is not None, "a released answer has an instant"
        return PublishedItem(row.codes, row.text, department, topic, answer.body, answer.released_at)
