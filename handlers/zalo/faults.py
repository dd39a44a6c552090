"""What Zalo's refusals mean to the deliverer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from bot.domain.errors import DeliveryError
from handlers.zalo.client import ZaloRefusal, ZaloUnreachable

QUOTA = HTTPStatus.TOO_MANY_REQUESTS
_PAUSE = 60.0
_PERMANENT = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})


@contextmanager
def delivering() -> Iterator[None]:
    """Whatever the client raises inside leaves as a DeliveryError.

    A wrong token (401) is not permanent: the messages are sound and go out once an operator has mended it. Nor is 403,
    which the platform's own list explains as an internal fault.
    """
    try:
        yield
    except ZaloRefusal as refusal:
        pause = (refusal.retry_after or _PAUSE) if refusal.code == QUOTA else refusal.retry_after
        raise DeliveryError(str(refusal), permanent=refusal.code in _PERMANENT, retry_after=pause) from None
    except ZaloUnreachable as fault:
        raise DeliveryError(f"Zalo: {fault}") from None
