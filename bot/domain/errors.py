"""Refusals: what somebody is told when a request cannot be carried out.

A refusal is not a fault. It names the sentence of the catalogue that explains it, so that every edge (chat, page,
command line) can say the same thing. Faults are ordinary exceptions and never reach a person as they are.
"""

from __future__ import annotations

from enum import StrEnum

from bot.texts.keys import Key


class Refusal(Exception):
    """Something was asked for that the rules do not allow; `key` and `values` make the sentence that says why."""

    def __init__(self, key: Key, **values: object) -> None:
        super().__init__(key.value)
        self.key = key
        self.values = values


class NotAllowedNow(Refusal):
    """The action is not in the table of transitions for the present state."""


class AlreadyDecided(Refusal):
    """Somebody else changed the subject first (compare-and-set on the version failed)."""


class NotFound(Refusal):
    """A code, a programme or a button that names nothing."""


class Shut(StrEnum):
    """Why a chat takes nothing from us. Somebody there can mend it, so what is for moderators waits."""

    REMOVED = "removed"  # bot không còn trong nhóm
    SILENT = "silent"  # bot còn trong nhóm nhưng không được gửi tin
    UNKNOWN = "unknown"  # không có nhóm nào mang số ấy


class DeliveryError(Exception):
    """A channel could not hand over a message.

    `permanent`: no later try can succeed (blocked, chat gone). `retry_after`: seconds the platform asked us to wait.
    `moved_to`: the chat id that replaced the old one (a Telegram group that became a supergroup). `shut`: the chat lets
    the bot write nothing at present; for one person's chat that is the end of the message. `prepared`: nothing is
    wrong; one step was done that the message needs (its part of the chat was made), and the message itself comes next.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        moved_to: str | None = None,
        shut: Shut | None = None,
        prepared: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.shut = shut
        self.prepared = prepared
