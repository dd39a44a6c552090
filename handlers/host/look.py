"""A look at an address of the web: whether anybody answers there, what, and what time it is where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp_socks import ProxyConnector, ProxyError

_PATIENCE = aiohttp.ClientTimeout(total=10)
_ENOUGH = 64 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What an address answered. `fault`: why it did not, by type. `at`: the clock of whoever answered."""

    status: int = 0
    body: str = ""
    at: datetime | None = None
    fault: str = ""


async def look(url: str, proxy: str = "") -> Seen:
    """Never raises for what the network does."""
    connector = ProxyConnector.from_url(proxy) if proxy else None
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=_PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_ENOUGH)
            return Seen(answer.status, body.decode("utf-8", "replace"), _date(answer.headers.get("Date", "")))
    except (aiohttp.ClientError, ProxyError, OSError, TimeoutError, UnicodeError) as fault:
        return Seen(fault=type(fault).__name__)


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
