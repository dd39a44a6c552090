"""Files of answers that came back, and what stood in them that a person has to decide about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from bot.domain.answer import AnswerBody, Settlement
from bot.domain.answer_file import FileState, Finding, OpenRow, RowState, SentFile
from storage.schema import answer_files as files
from storage.schema import answer_rows as rows
from storage.work import Work, address_of, address_values


class AnswerFiles:
    """See bot.ports.AnswerFileTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def sent(self, file: SentFile) -> int:
        return await self._add(file, FileState.FETCHING)

    async def next_to_fetch(self, after: int = 0) -> SentFile | None:
        waits = (files.c.state == FileState.FETCHING.value) & (files.c.id > after)
        row = await self._work.first(select(files).where(waits).order_by(files.c.id).limit(1))
        return None if row is None else _file(row)

    async def refused(self, id_: int, reason: str) -> None:
        await self._end(id_, state=FileState.REFUSED.value, reason=reason)

    async def taken(self, file: SentFile, sha256: str, applied: int) -> int:
        if not file.id:
            return await self._add(file, FileState.TAKEN, sha256=sha256, applied=applied)
        await self._end(file.id, state=FileState.TAKEN.value, sha256=sha256, applied=applied)
        return file.id

    async def open(self, row: OpenRow) -> OpenRow:
        new = self._work.insert(rows).values(
            file_id=row.file_id,
            issue_id=row.issue_id,
            digest=row.digest,
            place=row.place,
            finding=row.finding.value,
            question=row.question,
            text=row.body.text,
            basis=row.body.basis,
            responsible=row.body.responsible,
            due=row.body.due,
            settlement=row.body.settlement.value if row.body.settlement else "",
            state=RowState.OPEN.value,
            decided_by="",
        )
        await self._work.run(new.on_conflict_do_nothing(index_elements=["issue_id", "digest"]))
        same = (rows.c.issue_id == row.issue_id) & (rows.c.digest == row.digest)
        (kept,) = await self._work.rows(_with_file().where(same))
        return _row(kept)

    async def get(self, id_: int) -> OpenRow | None:
        row = await self._work.first(_with_file().where(rows.c.id == id_))
        return None if row is None else _row(row)

    async def undecided(self, programme: str) -> list[OpenRow]:
        waits = (rows.c.state == RowState.OPEN.value) & (files.c.programme == programme)
        return [_row(row) for row in await self._work.rows(_with_file().where(waits).order_by(rows.c.id))]

    async def decide(self, id_: int, state: RowState, by: str, at: datetime) -> bool:
        waits = (rows.c.id == id_) & (rows.c.state == RowState.OPEN.value)
        decided = update(rows).where(waits).values(state=state.value, decided_by=by, decided_at=at, question="")
        return bool(await self._work.run(decided))

    async def _add(self, file: SentFile, state: FileState, *, sha256: str = "", applied: int = 0) -> int:
        new = self._work.insert(files).values(
            programme=file.programme,
            name=file.name,
            sha256=sha256,
            state=state.value,
            **address_values(file.address),
            thread=file.thread,
            file_id=file.file_id,
            unique_id=file.unique_id,
            sent_by=file.by,
            account=file.account,
            sent_at=file.at,
            reason="",
            applied=applied,
        )
        (row,) = await self._work.rows(new.returning(files.c.id))
        return int(row.id)

    async def _end(self, id_: int, **values: object) -> None:
        waits = (files.c.id == id_) & (files.c.state == FileState.FETCHING.value)
        await self._work.run(update(files).where(waits).values(**values))


def _with_file() -> Select[Any]:
    return select(rows, files.c.name.label("file")).join(files, files.c.id == rows.c.file_id)


def _file(row: Row[Any]) -> SentFile:
    return SentFile(
        programme=row.programme,
        name=row.name,
        address=address_of(row),
        thread=row.thread,
        file_id=row.file_id,
        unique_id=row.unique_id,
        by=row.sent_by,
        account=row.account,
        at=row.sent_at,
        id=row.id,
    )


def _row(row: Row[Any]) -> OpenRow:
    settlement = Settlement(row.settlement) if row.settlement else None
    return OpenRow(
        file_id=row.file_id,
        file=row.file,
        place=row.place,
        issue_id=row.issue_id,
        finding=Finding(row.finding),
        question=row.question,
        body=AnswerBody(row.text, row.basis, row.responsible, row.due, settlement),
        digest=row.digest,
        state=RowState(row.state),
        decided_by=row.decided_by,
        id=row.id,
    )
