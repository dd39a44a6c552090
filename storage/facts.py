"""Small facts of the database itself: its kind, when it was made, the last poll."""

from __future__ import annotations

from sqlalchemy import select

from storage.schema import facts
from storage.work import Work


class Facts:
    """See bot.ports.FactTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, name: str) -> str | None:
        value: str | None = await self._work.value(select(facts.c.value).where(facts.c.name == name))
        return value

    async def put(self, name: str, value: str) -> None:
        new = self._work.insert(facts).values(name=name, value=value)
        await self._work.run(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
