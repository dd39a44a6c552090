"""Which thread (forum topic) of a moderators' chat stands for which shelf."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.domain.message import Address
from bot.ports import Thread
from storage.schema import threads
from storage.work import Work, address_values, is_address


class Threads:
    """See bot.ports.ThreadTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, address: Address, shelf: str) -> Thread | None:
        here = is_address(threads, address) & (threads.c.shelf == shelf)
        row = await self._work.first(select(threads).where(here))
        return None if row is None else Thread(row.thread, row.name, row.made_at, row.closed)

    async def put(self, address: Address, shelf: str, thread: Thread) -> None:
        now = {"thread": thread.id, "name": thread.name, "made_at": thread.made_at, "closed": thread.closed}
        new = self._work.insert(threads).values(**address_values(address), shelf=shelf, **now)
        key = ["channel", "bot", "chat", "shelf"]
        await self._work.run(new.on_conflict_do_update(index_elements=key, set_=now))

    async def drop(self, address: Address, shelf: str = "") -> None:
        here = is_address(threads, address)
        await self._work.run(delete(threads).where(here & (threads.c.shelf == shelf) if shelf else here))
