"""A call to a watch outside (healthchecks.io or one of the operator's own): a plain GET, its answer is not read."""

from __future__ import annotations

import aiohttp

_PATIENCE = aiohttp.ClientTimeout(total=15)


class HttpPinger:
    """See bot.ports.Pinger. The address may hold a secret, so it is named nowhere."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def ping(self) -> str:
        try:
            async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.get(self._url) as answer:
                return "" if answer.ok else f"HTTP {answer.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            return type(fault).__name__
