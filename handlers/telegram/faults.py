"""What Telegram's refusals mean to the deliverer.

A reason is kept in the database and in the log, so it never holds what people wrote (the server quotes unreadable
markup) nor an address with the token in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

from bot.domain.errors import DeliveryError, Shut

_QUOTED = re.compile(r"\".*\"", re.DOTALL)
_SHUT = {
    "chat not found": Shut.UNKNOWN,
    "rights to send": Shut.SILENT,  # "have no rights to send a message", "not enough rights to send text messages …"
    "CHAT_WRITE_FORBIDDEN": Shut.SILENT,
    "CHAT_RESTRICTED": Shut.SILENT,
    "TOPIC_CLOSED": Shut.SILENT,  # the group at large; a closed thread is met in threads.py
}
_PERMANENT = (TelegramForbiddenError, TelegramBadRequest, TelegramEntityTooLarge)


@contextmanager
def delivering() -> Iterator[None]:
    """Whatever aiogram raises inside leaves as a DeliveryError."""
    try:
        yield
    except AiogramError as fault:
        raise delivery_error(fault) from None


def delivery_error(fault: AiogramError) -> DeliveryError:
    """The bits that the deliverer acts on.

    A wrong token (401) is not permanent: the messages are sound and go out once an operator has mended it.
    """
    match fault:
        case TelegramRetryAfter():
            return DeliveryError("TelegramRetryAfter", retry_after=float(fault.retry_after))
        case TelegramMigrateToChat():
            return DeliveryError("TelegramMigrateToChat", moved_to=str(fault.migrate_to_chat_id))
        case TelegramForbiddenError() | TelegramBadRequest():
            reason = f"{type(fault).__name__}: {_QUOTED.sub('…', fault.message)}"
            return DeliveryError(reason, permanent=True, shut=_shut(fault))
        case _:
            return DeliveryError(type(fault).__name__, permanent=isinstance(fault, _PERMANENT))


def _shut(fault: TelegramForbiddenError | TelegramBadRequest) -> Shut | None:
    """Why the chat takes nothing, where that is what Telegram says."""
    said = next((why for words, why in _SHUT.items() if words in fault.message), None)
    return said or (Shut.REMOVED if isinstance(fault, TelegramForbiddenError) else None)
