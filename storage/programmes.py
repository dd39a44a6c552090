"""Changes to running programmes: a dialogue day fixed, an intake window extended, each with who and why."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import bindparam, select

from bot.ports import ProgrammeChange
from storage.prepared import Prepared
from storage.schema import programme_changes
from storage.work import Work

_OF_PROGRAMME = Prepared(
    lambda _: (
        select(programme_changes)
        .where(programme_changes.c.programme == bindparam("programme"))
        .order_by(programme_changes.c.id)
    )
)


class Programmes:
    """See bot.ports.ProgrammeTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add_change(self, change: ProgrammeChange) -> None:
        await self._work.run(self._work.insert(programme_changes).values(asdict(change)))

    async def changes(self, programme: str) -> list[ProgrammeChange]:
        return [
            ProgrammeChange(row.programme, row.at, row.actor, row.day, row.closes_at, row.reason)
            for row in await self._work.rows(_OF_PROGRAMME, {"programme": programme})
        ]
