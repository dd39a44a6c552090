"""aiogram's HTTP session, whose every fault is one of aiogram's own."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

_NETWORK = (ProxyError, ProxyConnectionError, ProxyTimeoutError, OSError, UnicodeError)


class Session(AiohttpSession):
    """Turns what aiogram lets through (a proxy's faults, a censor's page that is no UTF-8) into TelegramNetworkError.

    The fault is named by its type alone: its text may hold the address, and with it the token.
    """

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        try:
            return await super().make_request(bot, method, timeout)
        except _NETWORK as fault:
            raise TelegramNetworkError(method=method, message=type(fault).__name__) from None


def open_session(api_base: str | None, proxy: str | None) -> Session:
    """`api_base` None is the official server; `proxy` is an HTTP or SOCKS address or None.

    Raises ValueError for a proxy that cannot be one.
    """
    api = TelegramAPIServer.from_base(api_base) if api_base else PRODUCTION
    return Session(proxy=proxy or None, api=api)
