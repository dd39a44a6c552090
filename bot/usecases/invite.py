"""Rights are given by name, by a link that works once or at once, and taken back by name; all of it is on record."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.domain.audit import Event, Note, granted
from bot.domain.errors import Refusal
from bot.domain.role import EVERYTHING, HAS_SCOPE, Role, Scope
from bot.domain.text import storable
from bot.ports import Clock, Moderator, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.running import Running

VALID_FOR = timedelta(days=3)


def hashed(token: str) -> str:
    """What the database keeps of a token: its SHA-256, never the token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Invite:
    """Makes one-time invitations; the token itself is seen once, by whoever asked for it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(
        self, name: str, role: Role = Role.MODERATOR, scope: Scope = EVERYTHING, *, asked_by: str = ""
    ) -> tuple[str, datetime]:
        """A token for `name` and the instant when it expires; whoever uses it gets this role and scope.

        `asked_by` is who goes on record. Raises Refusal for an empty name, or a scope that the role cannot have.
        """
        named = checked(name, role, scope)
        token = secrets.token_urlsafe(24)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.moderators.invite(named, hashed(token), now + VALID_FOR, now, role, scope)
            await tx.history.note(granted(Event.INVITED, now, asked_by, named, role, scope))
        return token, now + VALID_FOR


class Grant:
    """Gives somebody a role at once, known before or not; on the web they still come in by a link."""

    def __init__(self, store: Store, clock: Clock, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._running = running

    async def __call__(
        self,
        name: str,
        role: Role,
        scope: Scope = EVERYTHING,
        *,
        telegram: str | None = None,
        asked_by: str = "",
        force: bool = False,
    ) -> Moderator:
        """The moderator as they are now. `telegram` is the id of their account there.

        Raises Refusal for an empty name, a scope that the role cannot have or that names what this programme does not
        know, and, without `force`, for the last responsible person.
        """
        named = checked(name, role, scope)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await check_scope(tx, self._running, scope)
            if role is not Role.CHIEF and not force and await is_last_chief(tx, named):
                raise Refusal(Key.REFUSE_LAST_CHIEF, name=named)
            moderator = await tx.moderators.grant(named, now, role, scope, telegram)
            await tx.history.note(granted(Event.GRANTED, now, asked_by, named, role, scope))
        return moderator


class Revoke:
    """Lets somebody go. The last responsible person only by `force`: nobody would see who is in danger."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, name: str, *, force: bool = False, asked_by: str = "") -> bool:
        """End every session, invitation and right of this name; False where nobody has it.

        Raises Refusal for the last responsible person.
        """
        async with self._store.transaction() as tx:
            if not force and await is_last_chief(tx, name):
                raise Refusal(Key.REFUSE_LAST_CHIEF, name=name)
            known = await tx.moderators.revoke(name)
            if known:
                await tx.history.note(Note(self._clock.now(), asked_by, Event.REVOKED, name))
        return known


def checked(name: str, role: Role, scope: Scope) -> str:
    """The name as it is kept. Raises Refusal where it is empty, or where this role's rights cannot end anywhere."""
    if not (named := storable(name).strip()):
        raise Refusal(Key.REFUSE_EMPTY_NAME)
    if scope != EVERYTHING and role not in HAS_SCOPE:
        raise Refusal(Key.REFUSE_SCOPE_OF_ROLE)
    return named


async def check_scope(tx: Transaction, running: Running, scope: Scope) -> None:
    """Raises Refusal where a scope names a department or unit that the programme does not know."""
    programme, routing = await running.view(tx)
    for department in scope.departments:
        if department not in routing.departments:
            raise Refusal(Key.REFUSE_UNKNOWN_DEPARTMENT, department=department)
    known = set(programme.units)
    for unit in scope.units:
        if known and unit not in known:
            raise Refusal(Key.REFUSE_UNKNOWN_UNIT, unit=unit)


async def is_last_chief(tx: Transaction, name: str) -> bool:
    """Whether this name, and no other, is a responsible person's."""
    return [one.name for one in await tx.moderators.all() if one.chief] == [name]
