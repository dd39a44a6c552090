"""Who may moderate: signed in by a link, or named by command. Of links and sessions only hashes are kept."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.role import EVERYTHING, Role, Scope
from bot.ports import Invitation, Moderator
from storage.schema import invitations, moderators, sign_ins
from storage.work import Work


class Moderators:
    """See bot.ports.ModeratorTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def invite(
        self, name: str, token_hash: str, expires_at: datetime, at: datetime, role: Role, scope: Scope = EVERYTHING
    ) -> None:
        await self._work.run(
            self._work.insert(invitations).values(
                token_hash=token_hash, name=name, created_at=at, expires_at=expires_at, **_rights(role, scope)
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
            .returning(invitations)
        )
        return await self._sign_in(used[0], session_hash, at) if used else None

    async def grant(self, name: str, at: datetime, role: Role, scope: Scope, telegram: str | None = None) -> Moderator:
        if telegram is not None:
            taken = update(moderators).where(moderators.c.telegram == telegram, moderators.c.name != name)
            await self._work.run(taken.values(telegram=None))
        rights = _rights(role, scope) | ({} if telegram is None else {"telegram": telegram})
        new = self._work.insert(moderators).values(name=name, since=at, **rights)
        await self._work.run(new.on_conflict_do_update(index_elements=["name"], set_=rights))
        (row,) = await self._work.rows(select(moderators).where(moderators.c.name == name))
        return _moderator(row)

    async def by_session(self, session_hash: str, since: datetime | None = None) -> Moderator | None:
        signed_in = select(moderators).join(sign_ins).where(sign_ins.c.session_hash == session_hash)
        if since is not None:
            signed_in = signed_in.where(sign_ins.c.created_at >= since)
        row = await self._work.first(signed_in)
        return None if row is None else _moderator(row)

    async def leave(self, session_hash: str) -> None:
        await self._work.run(delete(sign_ins).where(sign_ins.c.session_hash == session_hash))

    async def by_telegram(self, account: str) -> Moderator | None:
        row = await self._work.first(select(moderators).where(moderators.c.telegram == account))
        return None if row is None else _moderator(row)

    async def all(self) -> list[Moderator]:
        return [_moderator(row) for row in await self._work.rows(select(moderators).order_by(moderators.c.id))]

    async def invited(self, at: datetime) -> list[Invitation]:
        usable = select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > at)
        rows = await self._work.rows(usable.order_by(invitations.c.expires_at, invitations.c.name))
        return [Invitation(row.name, Role(row.role), _scope(row), row.expires_at) for row in rows]

    async def revoke(self, name: str) -> bool:
        named = moderators.c.name == name
        invited = await self._work.run(delete(invitations).where(invitations.c.name == name))
        # Signed-in sessions go with the moderator (ON DELETE CASCADE); history keeps the name.
        gone = await self._work.run(delete(moderators).where(named, moderators.c.telegram.is_(None)))
        still_there = (named, moderators.c.role != Role.NONE.value)
        kept = update(moderators).where(*still_there).values(_rights(Role.NONE, EVERYTHING)).returning(moderators.c.id)
        disarmed = await self._work.rows(kept)
        for row in disarmed:
            await self._work.run(delete(sign_ins).where(sign_ins.c.moderator_id == row.id))
        return invited + gone + len(disarmed) > 0

    async def _sign_in(self, invitation: Row[Any], session_hash: str, at: datetime) -> Moderator:
        role, scope = Role(invitation.role), _scope(invitation)
        was = await self._work.first(select(moderators).where(moderators.c.name == invitation.name))
        if was is not None and (Role(was.role), _scope(was)) != (role, scope):
            # Whoever is signed in under this name was given other rights: nobody comes by a right through a name.
            await self._work.run(delete(sign_ins).where(sign_ins.c.moderator_id == was.id))
        moderator = await self.grant(invitation.name, at, role, scope)
        await self._work.run(
            self._work.insert(sign_ins).values(session_hash=session_hash, moderator_id=moderator.id, created_at=at)
        )
        return moderator


def _rights(role: Role, scope: Scope) -> dict[str, Any]:
    lists = {"departments": list(scope.departments), "units": list(scope.units)}
    return {"role": role.value} | {name: json.dumps(ends, ensure_ascii=False) for name, ends in lists.items()}


def _scope(row: Row[Any]) -> Scope:
    return Scope(tuple(json.loads(row.departments)), tuple(json.loads(row.units)))


def _moderator(row: Row[Any]) -> Moderator:
    return Moderator(row.id, row.name, row.since, Role(row.role), _scope(row), row.telegram or "")
