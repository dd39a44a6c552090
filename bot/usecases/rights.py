"""What somebody in the moderators' group may do: the role that they were given, or the one that every member has."""

from __future__ import annotations

from bot.domain.errors import NotAllowedNow
from bot.domain.role import By, Role
from bot.ports import Transaction
from bot.texts.keys import Key


class Rights:
    """Looked up at every press, so that what is granted or revoked counts at once. That somebody is in the group at all
    is the platform's word, asked before (handlers/telegram/members.py).
    """

    def __init__(self, group_role: Role = Role.MODERATOR) -> None:
        self._group_role = group_role

    async def in_group(self, tx: Transaction, name: str, account: str) -> By:
        """Whoever has this account on the platform; `name` is what the platform calls them."""
        known = await tx.moderators.by_telegram(account) if account else None
        return known.by if known else By(name, self._group_role)


def may_act(by: By) -> None:
    """Raises NotAllowedNow for whoever lost every right: in the group or not, nothing is done or told for them."""
    if by.role is Role.NONE:
        raise NotAllowedNow(Key.REFUSE_NO_RIGHT)
