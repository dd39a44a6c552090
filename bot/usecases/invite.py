"""Moderators of the web board come in by a link that works once, and are let go by name."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.domain.errors import Refusal
from bot.ports import Clock, Store, Transaction
from bot.texts.keys import Key

VALID_FOR = timedelta(days=3)


def hashed(token: str) -> str:
    """What the database keeps of a token: its SHA-256, never the token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Invite:
    """Makes one-time invitations; the token itself is seen once, by whoever asked for it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, name: str, *, chief: bool = False) -> tuple[str, datetime]:
        """A token for `name` and the instant when it expires. Raises Refusal for an empty name.

        `chief`: whoever uses it becomes a responsible person, who sees private submissions.
        """
        if not name.strip():
            raise Refusal(Key.REFUSE_EMPTY_NAME)
        token = secrets.token_urlsafe(24)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.moderators.invite(name.strip(), hashed(token), now + VALID_FOR, now, chief=chief)
        return token, now + VALID_FOR


class Revoke:
    """Lets somebody go. The last responsible person only by `force`: nobody would see who is in danger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, name: str, *, force: bool = False) -> bool:
        """End every session and invitation of this name; False where nobody has it. Raises Refusal for the last one."""
        async with self._store.transaction() as tx:
            if not force and await is_last_chief(tx, name):
                raise Refusal(Key.REFUSE_LAST_CHIEF, name=name)
            return await tx.moderators.revoke(name)


async def is_last_chief(tx: Transaction, name: str) -> bool:
    """Whether this name, and no other, is a responsible person's."""
    return [one.name for one in await tx.moderators.all() if one.chief] == [name]
