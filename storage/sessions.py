"""Sessions: where each conversation stands, as JSON that only bot.conversation understands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from bot.domain.message import Address, ChannelName
from storage.prepared import Insert, Prepared
from storage.schema import people, sessions
from storage.work import Work, address_of, address_values, here, is_address, is_here, same_address

_STATE = Prepared(lambda _: select(sessions.c.state).where(is_here(sessions)))
_PUT = Prepared(lambda insert: _fresh(insert(sessions), "state", "draft_open", "touched_at"))


class Sessions:
    """See bot.ports.SessionTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, address: Address) -> str | None:
        state: str | None = await self._work.value(_STATE, here(address))
        return state

    async def put(self, address: Address, state: str, at: datetime, *, draft_open: bool) -> None:
        fresh = {"state": state, "draft_open": draft_open, "touched_at": at}
        await self._work.run(_PUT, address_values(address) | fresh)

    async def forget(self, address: Address) -> None:
        await self._work.erase(delete(sessions).where(is_address(sessions, address)))

    async def with_drafts(self) -> list[tuple[Address, str]]:
        rows = await self._work.rows(
            select(sessions).where(sessions.c.draft_open).order_by(sessions.c.channel, sessions.c.bot, sessions.c.chat)
        )
        return [(address_of(row), row.state) for row in rows]

    async def count(self, channel: ChannelName, bot: str) -> int:
        here = (sessions.c.channel == channel.value) & (sessions.c.bot == bot)
        return int(await self._work.value(select(func.count()).select_from(sessions).where(here)))

    async def forget_unconsented(self, before: datetime) -> int:
        consented = select(people.c.id).where(same_address(people, sessions)).exists()
        return await self._work.erase(delete(sessions).where(sessions.c.touched_at < before, ~consented))


def _fresh(new: Insert, *names: str) -> Insert:
    """What is there already takes these columns of the new one."""
    return new.on_conflict_do_update(
        index_elements=["channel", "bot", "chat"], set_={name: new.excluded[name] for name in names}
    )
