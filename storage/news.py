"""What askers are to be told about decisions, held back while a moderator may still take them back."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update

from bot.domain.submission import Told
from storage.schema import news
from storage.work import Work

_told: TypeAdapter[Told] = TypeAdapter(Told)


class News:
    """See bot.ports.NewsTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def hold(self, submission_id: int, since: Told, due_at: datetime) -> None:
        new = self._work.insert(news).values(
            submission_id=submission_id, due_at=due_at, since=_told.dump_json(since).decode()
        )
        # What the asker knows stays what it was when the first of several decisions was made.
        await self._work.run(new.on_conflict_do_update(index_elements=["submission_id"], set_={"due_at": due_at}))

    async def since(self, submission_id: int) -> Told | None:
        held = await self._work.value(select(news.c.since).where(news.c.submission_id == submission_id))
        return None if held is None else _told.validate_json(held)

    async def drop(self, submission_id: int) -> None:
        await self._work.run(delete(news).where(news.c.submission_id == submission_id))

    async def due(self, at: datetime, limit: int) -> list[int]:
        found = select(news.c.submission_id).where(news.c.due_at <= at).order_by(news.c.due_at).limit(limit)
        return [row.submission_id for row in await self._work.rows(found)]

    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        return await self._work.run(update(news).where(news.c.due_at > latest).values(due_at=at))
