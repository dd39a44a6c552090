"""Sessions: where each conversation stands, as JSON that only bot.conversation understands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.domain.message import Address
from storage.schema import people, sessions
from storage.work import Work, address_of, address_values, is_address, same_address


class Sessions:
    """See bot.ports.SessionTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, address: Address) -> str | None:
        state: str | None = await self._work.value(select(sessions.c.state).where(is_address(sessions, address)))
        return state

    async def put(self, address: Address, state: str, at: datetime, *, draft_open: bool) -> None:
        fresh = {"state": state, "draft_open": draft_open, "touched_at": at}
        new = self._work.insert(sessions).values(**address_values(address), **fresh)
        await self._work.run(new.on_conflict_do_update(index_elements=["channel", "bot", "chat"], set_=fresh))

    async def forget(self, address: Address) -> None:
        await self._work.erase(delete(sessions).where(is_address(sessions, address)))

    async def with_drafts(self) -> list[tuple[Address, str]]:
        rows = await self._work.rows(
            select(sessions).where(sessions.c.draft_open).order_by(sessions.c.channel, sessions.c.bot, sessions.c.chat)
        )
        return [(address_of(row), row.state) for row in rows]

    async def forget_unconsented(self, before: datetime) -> int:
        consented = select(people.c.id).where(same_address(people, sessions)).exists()
        return await self._work.erase(delete(sessions).where(sessions.c.touched_at < before, ~consented))
