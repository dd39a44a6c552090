"""The Zalo Bot Platform over HTTP: one call, its result or its refusal.

The platform's word is not always JSON (a gateway answers in HTML) and an idle poll is refused with 408 in the body or
in the status: both are met here. The token stands in the address, so nothing of an address is ever said.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import httpx

OFFICIAL = "https://bot-api.zaloplatforms.com"
_USUAL_SECONDS = 15.0

Json = dict[str, Any]


class ZaloRefusal(Exception):
    """The platform says no. `code` is its error_code, or the HTTP status where it sent nothing readable."""

    def __init__(self, code: int, retry_after: float | None = None) -> None:
        super().__init__(f"Zalo {code}")
        self.code = code
        self.retry_after = retry_after

    @property
    def idle(self) -> bool:
        """A poll that brought nothing."""
        return self.code == HTTPStatus.REQUEST_TIMEOUT


class ZaloUnreachable(Exception):
    """The platform cannot be reached, or its answer makes no sense; the message is the kind of fault alone."""


class ZaloClient:
    """Calls methods of one bot. Close it."""

    def __init__(self, token: str, base: str = OFFICIAL, proxy: str | None = None) -> None:
        """`base` is the server's address. Raises ValueError where the proxy cannot be one."""
        for name in ("httpx", "httpcore"):  # they log addresses
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.AsyncClient(base_url=f"{base.rstrip('/')}/bot{token}/", proxy=proxy, timeout=_USUAL_SECONDS)

    async def call(self, method: str, *, seconds: float = _USUAL_SECONDS, **given: str) -> Any:
        """The method's result. Raises ZaloRefusal, ZaloUnreachable."""
        try:
            answer = await self._http.post(method, json=given, timeout=seconds)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise ZaloUnreachable(type(fault).__name__) from None
        said = _json(answer)
        if answer.is_success and said.get("ok") is True:
            return said.get("result")
        code = said.get("error_code")
        if type(code) is not int or answer.is_server_error:
            code = answer.status_code
        if answer.is_success and not said:
            raise ZaloUnreachable("not JSON")
        raise ZaloRefusal(code, _seconds(answer.headers.get("Retry-After", "")))

    async def close(self) -> None:
        await self._http.aclose()


def _json(answer: httpx.Response) -> Json:
    """What was said; nothing where it is no JSON object."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None
