"""Moderators of the web board: invited once by link, signed in by a session. Only hashes of both secrets are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.ports import Invitation, Moderator
from storage.schema import invitations, moderators, sign_ins
from storage.work import Work


class Moderators:
    """See bot.ports.ModeratorTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def invite(
        self, name: str, token_hash: str, expires_at: datetime, at: datetime, *, chief: bool = False
    ) -> None:
        await self._work.run(
            self._work.insert(invitations).values(
                token_hash=token_hash, name=name, created_at=at, expires_at=expires_at, chief=chief
            )
        )

    async def redeem(self, token_hash: str, session_hash: str, at: datetime) -> Moderator | None:
        used = await self._work.rows(
            update(invitations)
            .where(
                invitations.c.token_hash == token_hash,
                invitations.c.used_at.is_(None),
                invitations.c.expires_at > at,
            )
            .values(used_at=at)
            .returning(invitations.c.name, invitations.c.chief)
        )
        return await self._sign_in(used[0].name, session_hash, at, chief=used[0].chief) if used else None

    async def by_session(self, session_hash: str) -> Moderator | None:
        signed_in = select(moderators).join(sign_ins).where(sign_ins.c.session_hash == session_hash)
        row = await self._work.first(signed_in)
        return None if row is None else _moderator(row)

    async def all(self) -> list[Moderator]:
        return [_moderator(row) for row in await self._work.rows(select(moderators).order_by(moderators.c.id))]

    async def invited(self, at: datetime) -> list[Invitation]:
        usable = select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > at)
        rows = await self._work.rows(usable.order_by(invitations.c.expires_at, invitations.c.name))
        return [Invitation(row.name, row.chief, row.expires_at) for row in rows]

    async def revoke(self, name: str) -> bool:
        # Signed-in sessions go with the moderator (ON DELETE CASCADE); history keeps the name.
        known = await self._work.run(delete(moderators).where(moderators.c.name == name))
        invited = await self._work.run(delete(invitations).where(invitations.c.name == name))
        return known + invited > 0

    async def _sign_in(self, name: str, session_hash: str, at: datetime, *, chief: bool) -> Moderator:
        new = self._work.insert(moderators).values(name=name, since=at, chief=chief)
        await self._work.run(new.on_conflict_do_nothing(index_elements=["name"]))
        (row,) = await self._work.rows(select(moderators).where(moderators.c.name == name))
        if row.chief != chief:
            # Whoever is signed in under this name was given the other role: nobody comes by a role through a name.
            await self._work.run(delete(sign_ins).where(sign_ins.c.moderator_id == row.id))
            await self._work.run(update(moderators).where(moderators.c.id == row.id).values(chief=chief))
            (row,) = await self._work.rows(select(moderators).where(moderators.c.id == row.id))
        await self._work.run(
            self._work.insert(sign_ins).values(session_hash=session_hash, moderator_id=row.id, created_at=at)
        )
        return _moderator(row)


def _moderator(row: Row[Any]) -> Moderator:
    return Moderator(row.id, row.name, row.since, row.chief)
